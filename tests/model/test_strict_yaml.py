"""The reader of YAML files: plain values, a line for every mistake, and an end to what is told."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import PlainValidator

from sim.errors import MOST_TOLD, BrinkError
from sim.model.strict_yaml import Mistakes, Schema, Text, YamlDocument, each, is_file_name, must, read, whole


class Part(Schema):
    missing = "{key} must say {missing!r}"

    size: Annotated[int, whole(1, 5), must(lambda n: n != 3, "size: {value} is an odd one")]
    share: float = 0.0
    name: Text = "-"


def parts(content: Any) -> dict[str, Part]:
    return each(content, lambda _, held: Part.of(held))


class Whole(Schema):
    title: Text = "untitled"
    parts: Annotated[dict[str, Part], PlainValidator(parts)]


def told(text: str, make: Any = Whole.of, **options: Any) -> list[str]:
    with pytest.raises(BrinkError) as caught:
        YamlDocument("a.yaml", text, **options).read(make)
    return str(caught.value).splitlines()


def test_plain_values_come_from_a_text() -> None:
    text = "a: 1\nb: [x, 'y', 2.5, {c: true}]\nd:\ne: 2026-02-14\nf: '1'\ng: !!str 7\nh: 1e2\ni: .inf\nj: 0x10\n"
    content = YamlDocument("a.yaml", text).content
    assert content == {"a": 1.0, "b": ("x", "y", 2.5, {"c": True}), "d": None, "e": "2026-02-14", "f": "1", "g": "7", "h": 100,
                       "i": ".inf", "j": "0x10"}
    assert YamlDocument("a.yaml", "").content is None


def test_every_mistake_of_every_level_has_its_line() -> None:
    text = "titel: x\nparts:\n  one: {size: 9, nme: y}\n  two: {}\n  three:\n    size: 3\n    share: 1e400\n  four: 5\n"
    assert told(text) == [
        "a.yaml:1: unknown key 'titel'; did you mean 'title'?",
        "a.yaml:3: size must be a whole number from 1 to 5",
        "a.yaml:3: unknown key 'nme'; did you mean 'name'?",
        "a.yaml:4: two must say 'size'",
        "a.yaml:6: size: 3 is an odd one",
        "a.yaml:7: share must be a finite number",
        "a.yaml:8: expected keys and values, like 'title: My what-if'",
    ]


def test_a_sound_text_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("title: |\n  Two\n  lines\nparts: {one: {size: 4, share: 1}}\n", encoding="utf-8")
    made = read(tmp_path / "a.yaml", Whole.of)
    assert (made.title, made.parts["one"].size, made.parts["one"].share) == ("Two lines", 4, 1.0)


@pytest.mark.parametrize("text", ["title: !!seq foo", "title: !!float {a: 1}", "title: !!float nan", "title: !run x",
                                  "title: !!int 'x'", "? !!map [a]\n: 1"])
def test_a_tag_that_makes_a_value_something_else_is_refused(text: str) -> None:
    assert any("1: tags (" in line for line in told(text))


@pytest.mark.parametrize(("text", "value"), [("!!int 3", 3.0), ("!!float 3", 3.0), ("!!str true", "true"),
                                             ("!!seq [1]", (1.0,)), ("!!map {a: b}", {"a": "b"}),
                                             ("!!bool true", True), ("!!null ~", None)])
def test_a_tag_that_says_what_a_value_is_anyway_changes_nothing(text: str, value: Any) -> None:
    assert YamlDocument("a.yaml", f"a: {text}").read(lambda content: content["a"]) == value


def test_where_lines_mean_nothing_none_is_named() -> None:
    assert told("{titel: x, parts: {}}", numbered=False) == ["a.yaml: unknown key 'titel'; did you mean 'title'?"]
    assert told("[a", numbered=False)[0].startswith("a.yaml: not valid YAML: ")


def test_at_most_so_many_mistakes_are_told_and_looked_into() -> None:
    looked = []

    def refuse(key: str, held: Any) -> None:
        looked.append(key)
        raise Mistakes([((), f"{{key}} is wrong, in {{parent}} {held:g}")])

    text = "all:\n" + "".join(f"  k{i}: {i}\n" for i in range(3900))
    lines = told(text, lambda content: each(content, lambda _, below: each(below, refuse)))
    assert lines[:2] == ["a.yaml:2: k0 is wrong, in all 0", "a.yaml:3: k1 is wrong, in all 1"]
    assert lines[MOST_TOLD:] == ["a.yaml: there are more mistakes than these 20"]
    assert len(looked) == MOST_TOLD + 1


@pytest.mark.parametrize("count", [1300, 20_000])
@pytest.mark.parametrize("line", ["  israel.missile_triggerx{}: 1\n", "  {}: [1]\n", "  us.bias{}: {{vlue: 1, nte: 2}}\n",
                                  "  a: 1\n", "  {}" + 4999 * "w" + ": 1\n"])
def test_the_largest_file_of_mistakes_takes_little_time(line: str, count: int, tmp_path: Path) -> None:
    from sim.scenario import scenario

    path = tmp_path / "many.yaml"
    lines = "".join(line.format(i) for i in range(count))
    path.write_text("parameters:\n" + lines[:lines.rfind("\n", 0, 250_000) + 1], encoding="utf-8")
    scenario.load("baseline").changed(set={"us.bias": 0.1})  # what importing the model costs is not meant
    began = time.process_time()
    with pytest.raises(BrinkError) as caught:
        scenario.load(path)
    assert time.process_time() - began < 2  # a second where nothing else runs
    told = str(caught.value).splitlines()
    assert len(told) in (1, MOST_TOLD + 1) and max(map(len, told)) < 1000


@pytest.mark.parametrize("text", ["[" + 127_000 * "1," + "]", "- 1\n" * 60_000, "a: |\n" + " x\n" * 80_000, "#x\n" * 80_000,
                                  "a: " + 120_000 * "x ", "a: " + 250_000 * "1", "[" * 250_000, "---\n" * 60_000,
                                  'a: "' + 120_000 * "\\n" + '"', "\n" * 250_000, "%F x\n" * 50_000, "a: &" + 200_000 * "s"])
def test_the_largest_text_of_any_kind_takes_little_time(text: str) -> None:
    YamlDocument("a.yaml", "a: 1")
    began = time.process_time()
    with suppress(BrinkError):
        YamlDocument("a.yaml", text).read(Whole.of)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(("content", "says"), [
    ("\ufefftitle: x\nparts: {}\n".encode(), None), ("title: ä\n".encode("latin-1"), "encoding UTF-8"),
    ("title: x\n".encode("utf-16"), "encoding UTF-8"), (b"a: 1\n" * 60_000, "is too large"), (b"", "expected keys and values")])
def test_a_file_is_text_of_bounded_size(content: bytes, says: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    if says is None:
        assert read(tmp_path / "a.yaml", Whole.of).title == "x"
        return
    with pytest.raises(BrinkError, match=says):
        read(tmp_path / "a.yaml", Whole.of)


@pytest.mark.parametrize("name", ["nowhere.yaml", "a\0b.yaml", 300 * "n", "", "loop"])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(BrinkError):
        read(tmp_path / name, Whole.of)


@pytest.mark.parametrize(("name", "right"), [("a.yaml", True), ("ä b.csv", True), ("../a", False), ("a\\b", False),
                                             ("a\0b", False), ("a" * 300, False), ("ü" * 200, False), ("\ud800", True)])
def test_names_of_files_beside_another(name: str, right: bool) -> None:
    assert is_file_name(name) is right
