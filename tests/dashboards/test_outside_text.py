"""Text from a link, a file or a run directory is shown as it is: no picture, link, heading or symbol comes of it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

pytest.importorskip("streamlit")
pytest.importorskip("markdown_it")

from markdown_it import MarkdownIt

import dashboards
import sim
from dashboards.app import PAGES
from dashboards.plain import code, literal

NAMES = [name for pages in PAGES.values() for name, _, _ in pages]
HOSTILE = ("a` ![i](http://evil.example/i.png) [Log in](http://evil.example/) <img src=//evil.example> http://evil.example/x "
           "www.evil.example x@evil.example **b** # h :red[r] :material/home: $e$ :evil: ``")
ACTS = re.compile(r"https?://|www\.|\w@\w|:[\w/-]+:", re.IGNORECASE)
"""What a browser makes a link or a symbol of where it stands in plain text."""

DRAWS = {"link_open", "image", "html_inline", "html_block", "strong_open", "em_open", "heading_open"}


def drawn(text: str) -> list[str]:
    """What of a text in Markdown is more than text and code and speaks of evil."""
    found = []
    for block in MarkdownIt("commonmark").parse(text):
        pieces = [block, *(block.children or ())]
        found += [f"{piece.type}: {piece.content or piece.attrs}" for piece in pieces
                  if piece.type in DRAWS and "evil" in f"{piece.content}{piece.attrs}"]
        plain = "".join(piece.content for piece in block.children or () if piece.type in ("text", "text_special"))
        found += [plain[max(one.start() - 20, 0):one.end() + 20] for one in ACTS.finditer(plain) if "evil" in plain]
    return found


def shown(app) -> list[str]:
    """All that a page shows as Markdown, tooltips and labels included."""
    found = []
    for element in (*app.main, *app.sidebar):
        proto = getattr(element, "proto", None)
        found += [str(getattr(proto, name)) for name in ("body", "label", "help") if getattr(proto, name, "")]
    return found


@pytest.mark.parametrize("text", [HOSTILE, "# a\n\n* b\n\n    c\n===\n", "\u202e\x1b[2J", "```\n<b>x</b>\n```", "|a|b|\n|-|-|",
                                  "`", "``", "1. x", "a  \nb", "~~x~~", "&lt;img&gt;", "HTTPS://evil.example",
                                  "WWW.evil.example"])
def test_the_doors_draw_nothing(text):
    for door in (literal, code):
        made = door(text)
        assert "\n" not in made and made.isprintable() is ("\u2060" not in made)
        for around in ("{}", "**{}**", "- {}", ":gray[{}]", "a {} b"):
            tokens = [piece for block in MarkdownIt("commonmark").parse(around.format(made)) for piece in block.children or ()]
            assert {piece.type for piece in tokens} <= {"text", "text_special", "code_inline", "strong_open", "strong_close"}
            assert not ACTS.search("".join(piece.content for piece in tokens if piece.type.startswith("text")))


@pytest.mark.parametrize("text", [HOSTILE, f"`{HOSTILE}`", f"**{HOSTILE}**"])
def test_what_goes_round_the_doors_would_be_seen(text):
    assert len(drawn(text)) > 3


@pytest.mark.parametrize("text", ["a_b*c", "x: 1, y: 2", "50 % (of it)", "it's <5"])
def test_a_reader_sees_the_text_itself(text):
    block = MarkdownIt("commonmark").parse(literal(text))[1]
    assert "".join(piece.content for piece in block.children) == text
    assert [piece.content for piece in MarkdownIt("commonmark").parse(code(text))[1].children] == [text]


@pytest.fixture(scope="module")
def hostile_library(tmp_path_factory):
    """A run whose description says hostile things wherever it holds text."""
    place = tmp_path_factory.mktemp("library")
    sim.run("inspectors_back", worlds=64, days=30, uncertainty="priors", sets=32).save(place / "evil")
    about = place / "evil" / "run.json"
    whole = json.loads(about.read_text("utf-8"))
    for key in ("title", "says"):
        whole["scenario"][key] = HOSTILE
    about.write_text(json.dumps(whole), "utf-8")
    return place


LINE = "{on: 10, shock: mediation, note: " + json.dumps(HOSTILE) + "}"


@pytest.mark.parametrize("query", [
    {"do": [LINE], "notes": [f"israel.missile_trigger: {HOSTILE}"], "set": "israel.missile_trigger:0.7", "tune": "israel"},
    {"run": "evil", "driver": HOSTILE, "item": HOSTILE, "term": HOSTILE, "path": HOSTILE},
    {"do": [HOSTILE], "set": f"{HOSTILE}:1", "scenario": HOSTILE, "notes": [HOSTILE]}], ids=["note", "run", "wrong"])
@pytest.mark.parametrize("name", NAMES)
def test_no_page_draws_what_a_link_or_a_run_says(opened, hostile_library, monkeypatch, name, query):
    monkeypatch.setenv("BRINK_LIBRARY", str(hostile_library))
    app = opened(name, worlds=100, days=30, sets=32, **query)
    assert [found for text in shown(app) for found in drawn(text)] == []


SINKS = {"markdown", "caption", "write", "info", "warning", "error", "success", "title", "header", "subheader", "button",
         "toggle", "expander", "progress", "metric", "popover", "page_link", "way", "folded", "form_submit_button"}
"""Methods that take Markdown."""

OUTSIDE = re.compile(
    r"(?<![.\w])(error|message|mistake|wanted|error_message)\b|\b(given\.name|view\.(run|beside|do|set|notes)|now\.(do|set|notes)|"
    r"scenario\.(title|says|name|sources|interventions)|\w+\.note|driver\.key|swing\.key|in_words\(base|title_of|headline)\b")
"""How what comes from outside, or may, is called in the pages."""


@pytest.mark.parametrize("path", sorted(Path(dashboards.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_every_call_takes_outside_text_through_a_door(path):
    assert around_the_doors(path.read_text("utf-8")) == []


@pytest.mark.parametrize("text", [
    'st.markdown(scenario.title)', 'st.caption(f"From {view.run}")', 'st.error("No: " + str(error))',
    'st.write("; ".join(f"`{line}`" for line in now.do))', 'st.button("x", help=one.note)',
    'st.info("a" if b else f"{page.title_of(name)}")'])
def test_a_call_that_goes_round_them_is_found(text):
    assert len(around_the_doors(text)) == 1


def around_the_doors(program: str) -> list[str]:
    """The pieces of text from outside that a program gives to Markdown as they are."""
    return [f"{call.lineno}: {ast.unparse(piece)}" for call in ast.walk(ast.parse(program))
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SINKS
            for text in (*call.args[:2], *(word.value for word in call.keywords if word.arg in ("help", "label", "body")))
            for piece in pieces(text) if OUTSIDE.search(ast.unparse(piece))]


def pieces(text: ast.AST) -> list[ast.AST]:
    """The expressions that give a text its words, without those that went through a door, are counted or are formatted."""
    if isinstance(text, ast.Call) and ast.unparse(text.func) in ("literal", "code", "len", "count", "partial"):
        return []
    if isinstance(text, ast.FormattedValue):
        return [] if text.format_spec else pieces(text.value)
    inside = {ast.JoinedStr: ("values",), ast.BinOp: ("left", "right"), ast.IfExp: ("body", "orelse"), ast.List: ("elts",),
              ast.GeneratorExp: ("elt",), ast.Starred: ("value",)}.get(type(text))
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr == "join":
        return [piece for part in text.args for piece in pieces(part)]
    if isinstance(text, ast.GeneratorExp) and pieces(text.elt):
        return [text]
    if inside is None:
        return [] if isinstance(text, ast.Constant) else [text]
    found = [getattr(text, name) for name in inside]
    return [piece for part in found for one in (part if isinstance(part, list) else [part]) for piece in pieces(one)]
