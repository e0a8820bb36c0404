"""Codes that stand in whole-number fields, and their names for people."""

from __future__ import annotations


class Codes:
    """Whole numbers with names: class attributes, because reading an Enum's members costs more than the rule around it."""

    @classmethod
    def names(cls) -> list[str]:
        """The names in the order of their numbers."""
        codes = {value: name for name, value in vars(cls).items() if name.isupper()}
        return [codes[i].lower().replace("_", " ") for i in range(len(codes))]


class Light(Codes):
    """How far Washington backs an Israeli strike."""

    RED, AMBER, GREEN, JOINT = range(4)


class Scope(Codes):
    """What the United States demands in talks."""

    NUCLEAR, WITH_MISSILES, ALL_ISSUES = range(3)


class Initiator(Codes):
    """Who fired first in a war."""

    NOBODY, ISRAEL, BOTH, UNITED_STATES, IRAN = range(5)


class Cause(Codes):
    """Why the first shot of a war was fired."""

    NONE, PREVENTIVE, JOINT, FALSE_ALARM, TRUE_ALARM, ULTIMATUM, CRACKDOWN, PARTNERS, REPRISAL, RELAPSE = range(10)


class Ending(Codes):
    """How a war ended."""

    NONE, FADED, IMPOSED, MEDIATED, COLLAPSE = range(5)


class Talks(Codes):
    """Where the nuclear talks stand."""

    DORMANT, EXPLORATORY, ROUNDS, SUSPENDED, SIGNED, IN_FORCE = range(6)


class Deal(Codes):
    """What was agreed."""

    NONE, INTERIM, NUCLEAR, BROAD = range(4)


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
