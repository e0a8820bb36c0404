"""YAML files that people write, read so that every error can name its line.

The files are YAML 1.2 without aliases, tags and duplicate keys: plain keys, text, numbers and lists. Nothing in a file
is ever run, and reading one reads no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from sim.errors import BrinkError, nearest

LARGEST = 256_000
"""Bytes that a file may have at most."""

DEEPEST = 10
"""Levels of lists and mappings within each other."""

KINDS = {"map", "seq", "null", "bool", "int", "float", "str", "timestamp"}
"""What YAML itself tells apart; any other tag was written by hand."""

Value: TypeAlias = "str | float | bool | dict[str, Node] | list[Node] | None"


class Node(NamedTuple):
    """A value and the line on which it starts, counted from 1."""

    value: Value
    line: int


class Problems:
    """What is wrong with one file, gathered so that all of it is said at once."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.found: list[tuple[int, str]] = []

    def add(self, line: int, says: str) -> None:
        """Note one problem; `says` may hold several lines, of which each is one."""
        self.found += [(line, text) for text in says.splitlines()]

    def raise_any(self) -> None:
        """Raise BrinkError with a line a problem, in the order of the file, if there is any."""
        if self.found:
            raise BrinkError("\n".join(f"{self.path}:{line}: {says}" for line, says in sorted(self.found)))

    def unknown_keys(self, content: Mapping[str, Node], known: Iterable[str]) -> None:
        """Note every key that is not known."""
        names = list(known)
        for key in content.keys() - set(names):
            hint = nearest(key, names) or f"; known are {', '.join(names)}"
            self.add(content[key].line, f"unknown key {key!r}{hint}")

    def text(self, content: Mapping[str, Node], key: str, default: str = "") -> str:
        """The text at a key; anything else than one line's worth of text is noted as a problem."""
        node = content.get(key)
        if node is None:
            return default
        if not isinstance(node.value, str) or not node.value.strip():
            self.add(node.line, f"{key} must be text")
            return default
        return " ".join(node.value.split())

    def whole(self, node: Node, name: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`; anything else is noted as a problem."""
        value = node.value
        if isinstance(value, bool) or not isinstance(value, float) or not value.is_integer() or not low <= value <= high:
            self.add(node.line, f"{name} must be a whole number from {low} to {high:,}")
            return low
        return int(value)

    def items(self, node: Node, name: str) -> list[Node]:
        """The items of a list of names, or the one name that stands there; if there is none, that is noted as a problem."""
        found = node.value if isinstance(node.value, list) else [node]
        if not found or any(not isinstance(item.value, str) for item in found):
            self.add(node.line, f"{name} must be a name, or a list of names")
            return []
        return found

    def mapping(self, content: Mapping[str, Node], key: str) -> dict[str, Node]:
        """The keys and values below a key; an empty key is an empty mapping."""
        node = content.get(key)
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            self.add(node.line, f"{key} must hold lines like 'name: 0.5'")
            return {}
        return node.value


def read(path: Path, problems: Problems) -> dict[str, Node]:
    """The keys and values of a file.

    Raises BrinkError if it cannot be read at all; duplicate keys and tags are noted as problems.
    """
    return read_text(_text(path), problems)


def read_text(text: str, problems: Problems) -> dict[str, Node]:
    """The keys and values of a text that was a file; as `read`."""
    if len(text) > LARGEST:
        raise BrinkError(f"{problems.path}: is too large; a file has at most {LARGEST // 1000} kB")
    content = parse(text, problems).value
    if not isinstance(content, dict):
        problems.raise_any()
        raise BrinkError(f"{problems.path}: expected keys and values, like 'title: My what-if'")
    return content


def parse(text: str, problems: Problems) -> Node:
    """The value of a text, as of a file. Raises BrinkError if it cannot be read at all."""
    root = _composed(problems.path, text)
    return Node(None, 1) if root is None else _node(root, problems)


def _text(path: Path) -> str:
    if path.is_dir():
        raise BrinkError(f"{path}: is a directory, not a file")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise BrinkError(f"{path}: {size // 1000} kB is too large; a file has at most {LARGEST // 1000} kB")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrinkError(f"{path}: no such file{_sibling(path)}") from None
    except UnicodeDecodeError:
        raise BrinkError(f"{path}: is not UTF-8 text") from None
    except OSError as error:
        raise BrinkError(f"{path}: cannot be read ({error.strerror})") from None


def _sibling(path: Path) -> str:
    folder = path.parent
    return nearest(path.name, [other.name for other in folder.glob("*.y*ml")]) if folder.is_dir() else ""


def _composed(path: Path | str, text: str) -> Any:
    """The tree of nodes of a text, or None if it is empty."""
    from ruamel.yaml import YAML  # costly, and only needed here
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        _refuse(path, YAML(typ="safe", pure=True).parse(text))
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = f"{error.problem_mark.line + 1}: " if error.problem_mark else " "
        raise BrinkError(f"{path}:{line}not valid YAML: {' '.join(str(error.problem).split())}") from None
    except YAMLError as error:
        raise BrinkError(f"{path}: not valid YAML: {str(error).splitlines()[0]}") from None


def _refuse(path: Path | str, events: Iterable[Any]) -> None:
    """Raise BrinkError for aliases and deep nesting, which small files can use to eat time and memory."""
    from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

    depth = 0
    for event in events:
        place = f"{path}:{event.start_mark.line + 1}"
        if isinstance(event, AliasEvent):
            raise BrinkError(f"{place}: aliases (*{event.anchor}) are not allowed; write the value out")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise BrinkError(f"{place}: nested more than {DEEPEST} deep")


def _node(raw: Any, problems: Problems) -> Node:
    line = raw.start_mark.line + 1
    kind = str(raw.tag).removeprefix("tag:yaml.org,2002:")
    if kind not in KINDS:
        problems.add(line, f"tags ({kind}) are not allowed")
        return Node("-", line)
    if kind == "map":
        return Node(_mapping(raw, problems), line)
    if kind == "seq":
        return Node([_node(item, problems) for item in raw.value], line)
    return Node(_scalar(kind, raw.value), line)


def _mapping(raw: Any, problems: Problems) -> dict[str, Node]:
    content: dict[str, Node] = {}
    for key, value in raw.value:
        line = key.start_mark.line + 1
        if not isinstance(key.value, str):
            problems.add(line, "a key must be one word")
        elif key.value in content:
            problems.add(line, f"{key.value!r} is set twice; first on line {content[key.value].line}")
        else:
            content[key.value] = Node(_node(value, problems).value, line)
    return content


def _scalar(kind: str, text: str) -> str | float | bool | None:
    """A number, truth value, nothing or text. A number that Python does not read as one stays text."""
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in {"int", "float"}:
        try:
            return float(text)
        except ValueError:
            return text
    return text
