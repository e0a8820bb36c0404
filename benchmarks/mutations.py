"""Damage to files, from a random generator. What has been done to a file is told in words, so that a fault can be told of.

A tree of files is a mapping of relative paths to what is there: bytes, or a `Special` in place of a file.
"""

from __future__ import annotations

import copy
import io
import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

LARGEST = 256_000
"""Bytes to which files are blown up; what a reader of text takes at most."""

MOST = 5_000_000
"""Bytes to which repetition makes a file grow; more than any reader takes."""

DEEPEST = 60
"""Levels of a file's structure that can be changed; what is deeper is changed as bytes."""

CANARY = "brink_canary"
"""What code in a file would name; nothing may ever be run or opened that holds it."""


class Raw(str):
    """A piece of text that is written as it stands."""


class Special(NamedTuple):
    """What is there in place of a file: nothing, a directory, or a link to another place."""

    kind: str
    to: str = ""


Files: TypeAlias = "dict[str, bytes | Special]"

SPECIALS = (Special("nothing"), Special("directory"), Special("link", "/etc/passwd"), Special("link", "/dev/null"),
            Special("link", "nowhere"), Special("link", "."), Special("link", "itself"))

NUMBERS = ("0", "-1", "-0", "1e308", "-1e308", "1e400", "-1e400", "1e-400", "2147483648", "65566", "9" * 30, "9" * 5000,
           "1" + "0" * 400, "0.30000000000000004", "1e5", "3650", "3651", "1.5", "4e-324")
TEXTS = ("", " ", "\ud800", "\0", "a\0b", "\x1b[31mred\x07", "n" * 300, "\u202eabc", "a\nb", "a\u2028b", "\x85",
         "../../etc/passwd",
         "/etc/passwd", "C:\\x", "=1+1", "<script>x</script>", "![x](http://x)", "{key}", "{parent}", "{missing}", "%s%n", "٣",
         "é" * 200, "ﬀ", "2026-02-30", "9999-12-31", "0001-01-01", "10000-01-01", "2026-02-14T00:00:00Z", "-", "nan", "inf",
         "baseline", "case.yaml", "priors", "none", "day", "x" * 100_000)
YAML = ("~", "yes", "null", "true", "[]", "{}", ".nan", ".inf", "-.inf", "0x1F", "0o17", "1_000", "100,000", "12:30:45",
        "!!seq foo",
        "!!map foo", "!!float nan", "!!float foo", "!!int 1e400", "!!bool maybe", "!!null x", "!!binary x", "!!timestamp 1",
        "!!set {a}",
        "!!omap [a: 1]", "!foo bar", "! x", "&a 1", "*a", "&a [*a]", "<<: 1", "? [a]\n: b", "|\n  x", ">-", "@x", "`x",
        "%YAML 9.9",
        "---", "...", "--- a\n--- b", "- - - -", "{a: b", "[a", "'", '"', "\t", "# x", "{[a]: b}", "{? {a: b} : c}",
        f"!!python/object/apply:os.system [touch {CANARY}]", f"!!python/name:{CANARY}", f"!!python/object/new:{CANARY} []")
JSON = ("null", "true", "[]", "{}", "NaN", "Infinity", "-Infinity", "[[]]", "{\"a\": {}}", "[1]", "[null]", "[", "}", "01",
        "1.", "'a'", "\"\\ud800\"", "\"\\u0000\"")


def token(rng: Random, words: Sequence[str] = (), yaml: bool = True) -> str:
    """A piece of a file that readers may not expect; `words` are those that they know."""
    kind = rng.randrange(5)
    if kind == 0:
        return rng.choice(NUMBERS)
    if kind == 1:
        return json.dumps(rng.choice(TEXTS))
    if kind == 2 and words:
        return near(rng, rng.choice(words)) if rng.random() < 0.3 else rng.choice(words)
    return rng.choice(YAML if yaml else JSON)


def near(rng: Random, word: str) -> str:
    """A word that is nearly this one."""
    at = rng.randrange(len(word) + 1)
    return word[:at] + rng.choice("abcx_.1é") + word[at + rng.randrange(2):]


# damage to bytes

def _span(rng: Random, content: bytes) -> tuple[int, int]:
    low = rng.randrange(len(content) + 1)
    return low, min(len(content), low + rng.choice((1, 2, 8, 64, 1000)))


def flipped(rng: Random, content: bytes) -> bytes:
    """Some bits turned."""
    made = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 50)) if made else 0):
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def cut_off(rng: Random, content: bytes) -> bytes:
    """The beginning alone."""
    return content[:rng.randrange(len(content) + 1)]


def piece_out(rng: Random, content: bytes) -> bytes:
    """A piece left out."""
    low, high = _span(rng, content)
    return content[:low] + content[high:]


def piece_in(rng: Random, content: bytes) -> bytes:
    """A piece put in that does not belong there."""
    low, high = _span(rng, content)
    strange = token(rng).encode(errors="surrogatepass")
    return content[:low] + rng.choice((strange, bytes([rng.randrange(256)]), content[low:high])) + content[low:]


def lines_changed(rng: Random, content: bytes) -> bytes:
    """A line deleted, doubled, indented, or exchanged with another."""
    lines = content.splitlines(keepends=True) or [b""]
    i, j, how = rng.randrange(len(lines)), rng.randrange(len(lines)), rng.randrange(4)
    if how == 0:
        del lines[i]
    elif how == 1:
        lines[i:i] = [lines[i]] * min(rng.choice((1, 1, 30, 3000)), max(MOST // len(lines[i]), 1) if lines[i] else 1)
    elif how == 2:
        lines[i] = rng.choice((b" ", b"\t", b"      ")) + lines[i]
    else:
        lines[i], lines[j] = lines[j], lines[i]
    return b"".join(lines)


def recoded(rng: Random, content: bytes) -> bytes:
    """In another encoding, or with other ends of lines."""
    text = content.decode("latin-1")
    return rng.choice((text.encode("utf-16"), text.encode("utf-16-le"), b"\xef\xbb\xbf" + content,
                       (text + "# \xfc").encode("latin-1"),
                       content.replace(b"\n", b"\r\n"), content.replace(b"\n", b"\r"), text.encode("utf-32"),
                       content.replace(b"\n", b"\xe2\x80\xa8"), content.replace(b" ", b"\xc2\xa0")))


def blown_up(rng: Random, content: bytes) -> bytes:
    """As large as a file may be, or a little larger."""
    size = LARGEST - 1 + rng.randrange(2) * 2
    piece = rng.choice((content or b"a", b"a", b"\n", b"[", b"{a: ", b"- ", b"a: 1\n", b"? ", b"&a ", b"! ", b"'", b"\0", b"#",
                        b"\t", b"a,", b"- - ", b"*a ", b"\xf0\x9f\x98\x80", b"1"))
    return rng.choice((b"", content)) + (piece * (size // len(piece)))[:max(size - len(content), 0)]


def emptied(rng: Random, content: bytes) -> bytes:
    """Nothing, or next to nothing."""
    return rng.choice((b"", b"\n", b" ", b"\0", b"null", b"[]", b"{}", b"0", b'""', b"\xff\xfe", b"---\n", b"\xef\xbb\xbf"))


BYTES: tuple[Callable[[Random, bytes], bytes], ...] = (flipped, cut_off, piece_out, piece_in, lines_changed, lines_changed,
                                                       recoded, blown_up, emptied)


def words_changed(rng: Random, content: bytes, words: Sequence[str], yaml: bool = True) -> bytes:
    """One to three words replaced."""
    text = content.decode("utf-8", "surrogateescape")
    for _ in range(rng.choice((1, 1, 2, 3))):
        found = list(re.finditer(r"[\w.+-]+", text))
        if found:
            low, high = rng.choice(found).span()
            text = text[:low] + token(rng, words, yaml) + text[high:]
    return text.encode("utf-8", "surrogatepass" if text < "\udc80" else "replace")


# damage to structure

def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every place of a value within containers, as container and key."""
    found: list[tuple[Any, Any]] = []
    stack = [tree]
    while stack:
        at = stack.pop()
        inner = list(at.items()) if isinstance(at, dict) else list(enumerate(at))
        found += [(at, key) for key, _ in inner]
        stack += [value for _, value in inner if isinstance(value, dict | list)]
    return found


def _nested(rng: Random, value: Any) -> Any:
    deep = rng.choice((1, 2, 9, 12, 500, 50_000))
    open_, close = rng.choice((("[", "]"), ("{a: ", "}"), ('{"a": ', "}")))
    return Raw(open_ * deep + flow(value) + close * deep)


def _tagged(rng: Random, value: Any) -> Any:
    tag = rng.choice(("!!seq", "!!map", "!!float", "!!int", "!!str", "!!null", "!!bool", "!!set", "!!timestamp", "!x", "&a",
                      "*a", "!!merge"))
    return Raw(f"{tag} {flow(value)}")


def _many(rng: Random, at: Any, key: Any, words: Sequence[str]) -> None:
    """Thousands of values where there was one."""
    count = min(rng.choice((25, 1000, 7000)), max(MOST // len(flow(at[key])), 1))
    if isinstance(at, list):
        at[key:key] = [copy.deepcopy(at[key]) for _ in range(count)]
        return
    stem = str(rng.choice([*words, key]))
    at.update((f"{stem}{rng.choice('xyz')}{i}", copy.deepcopy(at[key])) for i in range(count))


def reshaped(rng: Random, tree: Any, words: Sequence[str], yaml: bool) -> str:
    """Change a value somewhere in a tree; what has been done, in words."""
    places = _places(tree)
    if not places:
        return "as it was"
    at, key = rng.choice(places)
    how = rng.choice(("token", "token", "token", "gone", "renamed", "nested", "other", "many", "kind",
                      "tagged" if yaml else "token"))
    if how == "token":
        at[key] = Raw(token(rng, words, yaml))
    elif how == "gone":
        del at[key]
    elif how == "renamed" and isinstance(at, dict):
        at[rng.choice((near(rng, str(key)), rng.choice(TEXTS), *words[:1]))] = at.pop(key)
    elif how == "nested":
        at[key] = _nested(rng, at[key])
    elif how == "other":
        other, there = rng.choice(places)
        at[key] = copy.deepcopy(other[there]) if not isinstance(other, list) or there < len(other) else None
    elif how == "many":
        _many(rng, at, key, words)
    elif how == "kind":
        at[key] = rng.choice((str, lambda value: [value], lambda value: {"a": value}, lambda value: len(str(value)),
                              bool, lambda value: [value] * 3, lambda value: dict.fromkeys(map(str, value), 1)
                              if isinstance(value, list) else [value]))(at[key])
    else:
        at[key] = _tagged(rng, at[key])
    return f"{how} at {str(key)[:60]!r}"


def flow(tree: Any) -> str:
    """A tree on one line, as JSON, which YAML is too."""
    if isinstance(tree, Raw):
        return str(tree)
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list | tuple):
        return "[" + ", ".join(map(flow, tree)) + "]"
    return json.dumps(tree if isinstance(tree, str | float | int | None) else str(tree))


def block(tree: Any, indent: str = "") -> str:
    """A tree as people write YAML."""
    if not isinstance(tree, dict) or not tree:
        return indent + flow(tree) + "\n"
    lines = []
    for key, value in tree.items():
        name = str(key) if re.fullmatch(r"[\w.]+", str(key)) else json.dumps(str(key))
        inner = isinstance(value, dict) and value and len(indent) < 4
        lines.append(f"{indent}{name}:\n{block(value, indent + '  ')}" if inner else f"{indent}{name}: {flow(value)}\n")
    return "".join(lines)


# damage to tables

def _cast(rng: Random, table: pa.Table, at: int) -> pa.Table:
    kind = rng.choice((pa.string(), pa.float64(), pa.int8(), pa.bool_(), pa.null(), pa.int64(), pa.list_(pa.int64()),
                       pa.date32()))
    column = table.column(at)
    try:
        made = column.cast(kind, safe=False)
    except pa.ArrowException:
        made = pa.nulls(table.num_rows, kind)
    return table.set_column(at, table.column_names[at], made)


def _filled(rng: Random, table: pa.Table, at: int) -> pa.Table:
    value = rng.choice((None, float("nan"), float("inf"), -1, 0, 2**31 - 1, -2**31, 10**18, 1e308))
    kind = table.schema.field(at).type
    try:
        made = pa.array([value] * table.num_rows, kind)
    except (pa.ArrowException, OverflowError, TypeError):
        made = pa.nulls(table.num_rows, kind)
    return table.set_column(at, table.column_names[at], made)


def _exchanged(rng: Random, table: pa.Table, at: int) -> pa.Table:
    names = table.column_names
    other = rng.randrange(len(names))
    names[at], names[other] = names[other], names[at]
    return table.rename_columns(names)


def _rows(rng: Random, table: pa.Table, at: int) -> pa.Table:
    count = table.num_rows
    return rng.choice((table.slice(0, 0), table.slice(0, count // 2), table.slice(1), pa.concat_tables([table, table]),
                       table.take(pa.array(rng.sample(range(count), count), pa.int64()))))


TABLES: dict[str, Callable[[Random, pa.Table, int], pa.Table]] = {
    "dropped": lambda rng, table, at: table.remove_column(at),
    "renamed": lambda rng, table, at: table.rename_columns([near(rng, name) if i == at else name
                                                            for i, name in enumerate(table.column_names)]),
    "twice": lambda rng, table, at: table.append_column(table.column_names[at], table.column(at)),
    "no metadata": lambda rng, table, at: table.replace_schema_metadata(None),
    "exchanged": _exchanged, "cast": _cast, "filled": _filled, "rows": _rows,
}


def table_changed(rng: Random, content: bytes) -> tuple[bytes, str]:
    """A table with another structure or content, and what has been done to it."""
    table = pq.read_table(io.BytesIO(content))
    how, at = rng.choice(sorted(TABLES)), rng.randrange(table.num_columns)
    name, made = table.column_names[at], io.BytesIO()
    pq.write_table(TABLES[how](rng, table, at), made)
    return made.getvalue(), f"{how}: {name}"


# damage to a tree of files

def damage(rng: Random, files: Files, touched: Sequence[str], words: Sequence[str]) -> str:
    """Change one of the touched files, or sometimes two; what has been done, in words."""
    return "; ".join(_damaged(rng, files, rng.choice(touched), words) for _ in range(rng.choice((1, 1, 1, 2))))


def _damaged(rng: Random, files: Files, name: str, words: Sequence[str]) -> str:
    content = files[name]
    if isinstance(content, Special):
        return f"{name}: as it was"
    chance = rng.random()
    if chance < 0.03 and name[-4:] != ".txt":
        files[name] = special = rng.choice(SPECIALS)
        return f"{name}: {' '.join(special)}"
    if chance < 0.06 and (others := [other for other in files if other != name and other[-5:] == name[-5:]]):
        other = rng.choice(others)
        files[name] = files[other]
        return f"{name}: what belongs to {other}"
    files[name], says = _content(rng, name, content, words)
    return f"{name}: {says}"


def _content(rng: Random, name: str, content: bytes, words: Sequence[str]) -> tuple[bytes, str]:
    """Other content for a file, of the kind that its name tells."""
    yaml, chance = not name.endswith(".json"), rng.random()
    if name.endswith(".parquet"):
        if chance < 0.75:
            try:
                return table_changed(rng, content)
            except (pa.ArrowException, OSError):
                pass  # damaged already
    elif name.endswith((".yaml", ".json")) and chance < 0.55 and (tree := _tree(content, yaml)) is not None:
        says = "; ".join(reshaped(rng, tree, words, yaml) for _ in range(rng.choice((1, 1, 2, 4))))
        text = block(tree) if yaml and rng.random() < 0.7 else flow(tree)
        return text.encode("utf-8", "surrogatepass"), says
    elif chance < 0.8:
        return words_changed(rng, content, words, yaml), "words changed"
    way = rng.choice(BYTES)
    return way(rng, content), way.__name__.replace("_", " ")


def _tree(content: bytes, yaml: bool) -> Any:
    """The structure of a file that is whole; None of one that is not."""
    try:
        if not yaml:
            found = json.loads(content)
        else:
            import ruamel.yaml

            found = ruamel.yaml.YAML(typ="safe", pure=True).load(content.decode()) if len(content) < 20_000 else None
    except Exception:  # whatever a parser may raise on a file that has been damaged before
        return None
    return found if isinstance(found, dict | list) and _is_plain(found) else None


def _is_plain(tree: Any) -> bool:
    """Whether a tree is one that can be walked: not too deep, not within itself, not of too many values."""
    level, seen = [tree], 0
    for _ in range(DEEPEST):
        below = (value for at in level for value in (at.values() if isinstance(at, dict) else at))
        level = [value for value in below if isinstance(value, dict | list)]
        seen += len(level)
        if not level or seen > LARGEST:
            break
    return not level
