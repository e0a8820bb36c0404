"""Codes that stand in whole-number fields, and their names for people."""

from __future__ import annotations

from typing import ClassVar

from sim.model import palette


class Code(int):
    """A number with its words and colour, for people."""

    says: str
    colour: str

    def __new__(cls, says: str, colour: str = palette.GREY, number: int = 0) -> Code:
        """A code of that number."""
        made = super().__new__(cls, number)
        made.says, made.colour = says, colour
        return made


def code(says: str, colour: str = palette.GREY) -> int:
    """Declare a member of `Codes` that people see: its words and its colour. Its class gives it the next number."""
    return Code(says, colour)


class Codes:
    """Whole numbers with names: class attributes, because reading an Enum's members costs more than the rule around it.

    Members are plain ints, so that arrays of whole numbers keep their dtype. They are numbered in their order; what people
    call them is in `members`.
    """

    members: ClassVar[dict[str, Code]]
    """The codes in the order of their numbers, by their names in columns."""

    def __init_subclass__(cls) -> None:
        declared = {name: value for name, value in vars(cls).items() if name.isupper()}
        cls.members = {}
        for number, (name, value) in enumerate(declared.items()):
            label = name.lower().replace("_", " ")
            shown = value if isinstance(value, Code) else Code(label.capitalize())
            cls.members[label] = Code(shown.says, shown.colour, number)
            setattr(cls, name, number)

    @classmethod
    def names(cls) -> list[str]:
        """The names in the order of their numbers."""
        return list(cls.members)


class Light(Codes):
    """How far Washington backs an Israeli strike."""

    RED, AMBER, GREEN, JOINT = range(4)


class Scope(Codes):
    """What the United States demands in talks."""

    NUCLEAR, WITH_MISSILES, ALL_ISSUES = range(3)


class Initiator(Codes):
    """Who fired first in a war."""

    NOBODY = code("Nobody", palette.SILVER)
    ISRAEL = code("Israel alone", palette.CORNFLOWER)
    BOTH = code("Israel and US", palette.INDIGO)
    UNITED_STATES = code("US alone", palette.COBALT)
    IRAN = code("Iran", palette.TANGERINE)


class Cause(Codes):
    """Why the first shot of a war was fired."""

    NONE = code("None", palette.SILVER)
    PREVENTIVE = code("Preventive", palette.LAGOON)
    JOINT = code("Joint", palette.INDIGO)
    FALSE_ALARM = code("False alarm", palette.MAGENTA)
    TRUE_ALARM = code("True alarm", palette.AMBER)
    ULTIMATUM = code("Ultimatum", palette.BRICK)
    CRACKDOWN = code("Crackdown", palette.MAUVE)
    PARTNERS = code("Partners", palette.UMBER)
    REPRISAL = code("Reprisal", palette.KHAKI)
    RELAPSE = code("Relapse")


class Ending(Codes):
    """How a war ended."""

    NONE, FADED, IMPOSED, MEDIATED, COLLAPSE = range(5)


class Talks(Codes):
    """Where the nuclear talks stand."""

    DORMANT, EXPLORATORY, ROUNDS, SUSPENDED, SIGNED, IN_FORCE = range(6)


class Deal(Codes):
    """What was agreed."""

    NONE = code("None", palette.SILVER)
    INTERIM = code("Interim", palette.SAGE)
    NUCLEAR = code("Nuclear", palette.PINE)
    BROAD = code("Broad", palette.OLIVE)


class Front(Codes):
    """Where fire is exchanged."""

    IRAN_ISRAEL, IRAN_US, LEBANON, GAZA, YEMEN, IRAQ = range(6)


class Stage(Codes):
    """Iran's nuclear programme, in stages without arithmetic."""

    NONE, SALVAGE, CASCADES, WEAPON_GRADE, WEAPONISING, DEVICE = range(6)


RUNGS = ("quiet", "rhetoric", "covert action", "alerts and build-up", "harassment by partners", "limited strike",
         "exchange of strikes", "sustained campaign", "several fronts or US and Israel together",
         "energy, Gulf or leadership targets", "regime change or nuclear use")
"""The escalation ladder, after Kahn 1965."""
