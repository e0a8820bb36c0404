"""YAML files that people write, read so that every error can name its line.

The files are YAML 1.2 without aliases, tags and duplicate keys: plain keys, text, numbers and lists. Nothing in a file
is ever run, and reading one reads no other. A `Schema` describes what a file may hold.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from sim.errors import MOST_TOLD, BrinkError, cut, nearest, outside, path_of, shown
from sim.words import is_unicode

LARGEST = 256_000
"""Bytes that a file may have at most."""

DEEPEST = 10
"""Levels of lists and mappings within each other."""

MOST_VALUES, MOST_WORDS = 8000, 30_000
"""Keys, values and lists that a file may have at most, and words: reading takes its time for each."""

CORE = "tag:yaml.org,2002:"
KINDS = {"MappingStartEvent": "map", "SequenceStartEvent": "seq"}
"""Kinds of value that are not one word, by what begins them."""

MUST_BE = {"bool_type": "true or false", "string_type": "text", "tuple_type": "a list"}
"""What pydantic calls otherwise than people who write files."""

Way: TypeAlias = tuple[str | int, ...]
"""The keys and places in lists that lead from a value to one inside it."""

Key = TypeVar("Key", str, int)
T = TypeVar("T")


class Mistakes(BrinkError):
    """Mistakes within one value, each with the way to it, by which it finds its line, and what is wrong.

    In the text, `{key}` stands for the key of the value and `{parent}` for the one above; several lines are as many mistakes.
    """

    def __init__(self, found: Iterable[tuple[Way, str]]) -> None:
        super().__init__("mistakes")
        self.found = list(found)


class Schema(BaseModel):
    """What a mapping in a file may hold. Its validators raise BrinkError, whose text is what the user reads."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True, arbitrary_types_allowed=True)

    expected: ClassVar[str] = "expected keys and values, like 'title: My what-if'"
    """The message for anything but a mapping."""

    missing: ClassVar[str] = "{key}: {missing} must be given"
    """The message for a missing key."""

    @classmethod
    def of(cls, content: Any, context: Any = None) -> Self:
        """What a mapping holds. Raises BrinkError with all mistakes."""
        if not isinstance(content, dict):
            raise BrinkError(cls.expected)
        try:
            return cls.model_validate(content, context=context)
        except ValidationError as error:
            first = error.errors(include_url=False)[:MOST_TOLD + 1]
            raise Mistakes(one for found in first for one in cls._mistakes(found)) from None

    @classmethod
    def _mistakes(cls, found: Mapping[str, Any]) -> Iterable[tuple[Way, str]]:
        """What pydantic found, in words."""
        way, kind = found["loc"], found["type"]
        if kind == "value_error":
            return within(way, found["ctx"]["error"])
        if kind == "extra_forbidden":
            return [(way, unknown_key(way[-1], [field.alias or name for name, field in cls.model_fields.items()]))]
        if kind == "missing":
            return [(way[:-1], cls.missing.format_map({**found["input"], "key": "{key}", "missing": way[-1]}))]
        must_be = MUST_BE.get(kind) or found["msg"].removeprefix("Input should be ")
        return [(way, f"{{key}} must be {must_be}")]


def refuse(found: Iterable[tuple[Way, str]]) -> None:
    """Raise BrinkError if there are mistakes, with as many as are listed."""
    if first := list(islice(found, MOST_TOLD + 1)):
        raise Mistakes(first)


def within(way: Way, error: BrinkError) -> list[tuple[Way, str]]:
    """The mistakes of a value, with the way to it."""
    return [((*way, *further), says) for further, says in getattr(error, "found", [((), str(error))])]


def unknown_key(key: str, known: Sequence[str]) -> str:
    """The message for an unknown key, with the nearest known one."""
    return f"unknown key {shown(key)}{nearest(key, known) or '; known are ' + ', '.join(known)}"


def each(content: dict[Key, Any], read: Callable[[Key, Any], T]) -> dict[Key, T]:
    """What is read of each value, by key. Raises BrinkError with the mistakes of all, or of as many as are listed."""
    if not isinstance(content, dict):
        raise BrinkError("{key} must hold lines like 'name: 0.5'")
    made: dict[Key, T] = {}
    found: list[tuple[Way, str]] = []
    for key, value in content.items():
        try:
            made[key] = read(key, value)
        except BrinkError as error:
            found += within((key,), error)
        if len(found) > MOST_TOLD:
            break
    refuse(found)
    return made


def one_line(value: Any) -> str:
    """Text without breaks of lines. Raises BrinkError for anything else."""
    if not isinstance(value, str) or not value.strip():
        raise BrinkError("{key} must be text")
    return " ".join(value.split())


def whole(low: int, high: int) -> BeforeValidator:
    """What reads a whole number from `low` to `high`."""
    def read(value: Any) -> int:
        if type(value) is not float or not low <= value <= high or value != int(value):
            raise BrinkError(f"{{key}} must be a whole number from {low} to {high:,}")
        return int(value)

    return BeforeValidator(read)


def names(value: Any) -> tuple[str, ...]:
    """The items of a list of names, or the one name that stands there. Raises BrinkError if there is none."""
    found = value if isinstance(value, tuple) else (value,)
    if not found or any(not isinstance(item, str) for item in found):
        raise BrinkError("{key} must be a name, or a list of names")
    return found


Text = Annotated[str, BeforeValidator(one_line)]
"""One line's worth of text."""


def must(right: Callable[[Any], bool], says: str) -> AfterValidator:
    """What refuses a value that is not right; `{value}` in the text stands for it."""
    def check(value: Any) -> Any:
        if not right(value):
            raise BrinkError(says.replace("{value}", shown(value)))
        return value

    return AfterValidator(check)


def parsed_date(value: Any) -> datetime.date:
    """A date written like 2026-02-14. Raises BrinkError for anything else."""
    try:
        if isinstance(value, str) and len(value) == len("2026-02-14"):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise BrinkError(f"{shown(value)} is not a date like 2026-02-14")


def dated(value: Any) -> datetime.date:
    """A date, as `parsed_date`; the message for anything else begins with its key."""
    try:
        return parsed_date(value)
    except BrinkError as error:
        raise BrinkError(f"{{key}}: {error}") from None


def is_file_name(name: str) -> bool:
    """Whether a name can be that of a file beside another one."""
    return len(name.encode(errors="replace")) < 256 and not re.search(r"[/\\\0]", name)


def read(path: Path, make: Callable[[Any], T]) -> T:
    """What is made of the content of a file. Raises BrinkError with one line per mistake, each with its file and line."""
    return YamlDocument(path, content_of(path)).read(make)


class YamlDocument:
    """A text as plain values: dicts, tuples, text, floats, truth values, None. It knows the line of each.

    Raises BrinkError if it cannot be read at all. Duplicate keys and tags are listed with the other mistakes.

    Parameters
    ----------
    name : of the file, with which every error begins
    text : what stands in it
    numbered : whether errors name their line
    """

    def __init__(self, name: Path | str, text: str, numbered: bool = True) -> None:
        self.name, self.numbered = str(name), numbered
        self.lines: dict[Way, int] = {}
        self.found: list[tuple[int, str]] = []
        self.infinite: list[tuple[int, str]] = []
        """Numbers that are not finite, which are mistakes whatever they are for."""
        if len(text) > LARGEST:
            raise BrinkError(f"{name}: is too large; a file has at most {LARGEST // 1000} kB")
        if sum(1 for _ in re.finditer(r"[^\s,]+", text)) > MOST_WORDS:
            raise BrinkError(f"{name}: has too many words; a file has at most {MOST_WORDS:,}, and tables belong in CSV files")
        self.content = self._parsed(text)

    def read(self, make: Callable[[Any], T]) -> T:
        """What is made of the content, by a schema perhaps. Raises BrinkError with one line per mistake, in order."""
        found = list(self.found)
        try:
            made = make(self.content)
        except BrinkError as error:
            found += [self._placed(way, says) for way, says in within((), error)]
        told = {line for line, _ in found}
        found += [(line, says) for line, says in self.infinite if line not in told]
        if found:
            raise self._told(found)
        return made

    def _told(self, found: Iterable[tuple[int, str]]) -> BrinkError:
        """The error that tells of these mistakes, in the order of their lines."""
        listed = sorted(((line, text) for line, says in found for text in says.splitlines()), key=itemgetter(0))
        more = [(0, f"there are more mistakes than these {MOST_TOLD}")] if len(listed) > MOST_TOLD else []
        return BrinkError("\n".join(f"{self._place(line)}: {text}" for line, text in [*listed[:MOST_TOLD], *more]))

    def _wrong(self, event: Any, says: str) -> None:
        """Note a mistake. Raises BrinkError if there are more than are told."""
        self.found.append((_line(event), says))
        if len(self.found) > MOST_TOLD:
            raise self._told(self.found)

    def _placed(self, way: Way, says: str) -> tuple[int, str]:
        """A mistake with its line, or 0 if it is one of the whole; steps that are not in the text lead nowhere."""
        at: Way = ()
        for step in way:
            at = (*at, step) if (*at, step) in self.lines else at
        parent, key = ["", "", *(step for step in at if isinstance(step, str))][-2:]
        return self.lines[at] if at else 0, says.replace("{key}", key).replace("{parent}", parent)

    def _place(self, line: int) -> str:
        return f"{self.name}:{line}" if self.numbered and line else self.name

    def _parsed(self, text: str) -> Any:
        """The value of the whole text; None if it is empty."""
        from ruamel.yaml import YAML  # costly, and only needed here
        from ruamel.yaml.error import YAMLError
        from ruamel.yaml.nodes import ScalarNode

        yaml, content = YAML(typ="safe", pure=True), None
        self._events = self._allowed(yaml.parse(text))
        resolve: Callable[..., object] = yaml.resolver.resolve
        self._tag: Callable[[Any], str] = lambda event: str(resolve(ScalarNode, event.value, (not event.style, False)))
        with outside(self.name, "not valid YAML"):
            try:
                for event in self._events:
                    if type(event).__name__ == "DocumentStartEvent":
                        if () in self.lines:
                            raise BrinkError(f"{self._place(_line(event))}: not valid YAML: but found another document")
                        content = self._value(next(self._events), ())
            except YAMLError as error:
                mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", str(error).partition("\n")[0])
                place = self._place(mark.line + 1 if mark else 0)
                raise BrinkError(f"{place}: not valid YAML: {' '.join(str(problem).split())}") from None
        return content

    def _allowed(self, events: Iterable[Any]) -> Iterator[Any]:
        """Raise BrinkError for aliases, deep nesting and many values, which small files can use to eat time and memory, and for
        text that is none.
        """
        depth = values = 0
        for event in events:
            kind = type(event).__name__
            values += kind == "ScalarEvent" or kind.endswith("StartEvent")
            if values > MOST_VALUES:
                raise BrinkError(f"{self._place(_line(event))}: too much; a file has at most {MOST_VALUES:,} keys and values, "
                                 "and tables belong in CSV files")
            if kind == "AliasEvent":
                raise BrinkError(f"{self._place(_line(event))}: aliases (*{event.anchor}) are not allowed; write the value out")
            if not is_unicode(getattr(event, "value", None) or ""):
                raise BrinkError(f"{self._place(_line(event))}: {ascii(event.value)[:80]} is no Unicode text")
            depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
            if depth > DEEPEST + 2:  # a stream and a document begin as lists and mappings do
                raise BrinkError(f"{self._place(_line(event))}: nested more than {DEEPEST} deep")
            yield event

    def _value(self, event: Any, way: Way) -> Any:
        """The value that begins with an event. Its tag may say what it is anyway, or that it is text."""
        self.lines.setdefault(way, _line(event))
        kind = KINDS.get(type(event).__name__) or self._tag(event).removeprefix(CORE)
        tag = (event.tag or kind).removeprefix(CORE)
        if tag != kind and {tag, kind} != {"int", "float"} and (tag != "str" or kind in ("map", "seq")):
            self._wrong(event, f"tags ({cut(tag, 30)}) are not allowed")
        if kind == "map":
            return self._mapping(way)
        if kind == "seq":
            return tuple(self._value(item, (*way, i)) for i, item in enumerate(self._until("SequenceEndEvent")))
        value = _scalar("str" if tag == "str" else kind, event.value)
        if isinstance(value, float) and not math.isfinite(value):
            self.infinite.append((_line(event), f"{event.value[:40]} is not a finite number"))
        return value

    def _mapping(self, way: Way) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for event in self._until("MappingEndEvent"):
            if type(event).__name__ != "ScalarEvent":
                self._wrong(event, "a key must be one word")
                self._value(event, (*way, "?"))
                self._value(next(self._events), (*way, "?"))
                continue
            at = (*way, event.value)
            if event.value in content:
                self._wrong(event, f"{shown(event.value)} is set twice; first on line {self.lines[at]}")
            self.lines.setdefault(at, _line(event))
            content.setdefault(event.value, self._value(next(self._events), at))
        return content

    def _until(self, end: str) -> Iterator[Any]:
        return takewhile(lambda event: type(event).__name__ != end, self._events)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def content_of(path: Path, largest: int = LARGEST) -> str:
    """The text of a file of so many bytes at most. Raises BrinkError if it cannot be read."""
    path_of(path)
    with outside(path):
        try:
            if path.is_dir():
                raise BrinkError(f"{path}: is a directory, not a file")
            with path.open("rb") as file:
                content = file.read(largest + 1)
            if len(content) > largest:
                raise BrinkError(f"{path}: is too large; a file like this has at most {largest // 1000:,} kB")
            return content.decode("utf-8-sig")
        except FileNotFoundError:
            siblings = [other.name for other in islice(path.parent.glob(f"*{path.suffix}"), 1000)]
            raise BrinkError(f"{path}: no such file{nearest(path.name, siblings)}") from None
        except UnicodeDecodeError:
            raise BrinkError(f"{path}: is not UTF-8 text; save it with the encoding UTF-8") from None


def _scalar(kind: str, text: str) -> str | float | bool | None:
    """A number, truth value, nothing or text. A number that Python does not read as one stays text."""
    if kind in {"int", "float"}:
        try:
            return float(text)
        except ValueError:
            return text
    return {"null": None, "bool": text.lower() == "true"}.get(kind, text)
