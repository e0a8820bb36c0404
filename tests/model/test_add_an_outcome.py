"""docs/how-to/add-an-outcome.md works as it stands: two lines, and the outcome is wherever outcomes are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from sim.model import palette
from sim.model.outcomes import OUTCOMES, later

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "add-an-outcome.md").read_text("utf-8")
DECLARED, TESTED = (textwrap.dedent(block) for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))

ASKED = """
import sys
from importlib import util
from pathlib import Path

import sim.model

spec = util.find_spec("sim.model.outcomes")
head, end, tail = Path(spec.origin).read_text("utf-8").partition("\\n)\\n\\nBY_ID")
module = util.module_from_spec(spec)
sys.modules[spec.name] = sim.model.outcomes = module
exec(compile(head + "\\n" + sys.argv[1] + end + tail, spec.origin, "exec"), module.__dict__)

import sim
from sim.report.html import comparison, run
from sim.report.text.run import show_run

made = sim.run(worlds=64, days=60)
pair = sim.compare("baseline", set={"israel.bias": 0.1}, worlds=64, days=60)
show_run(made, None, everything=True)
print("PART", *pair.outcomes["id"], *made.worlds.columns)
if "headline" in sys.argv[1]:
    from dashboards import cards
    print("PART", run.report(made), "PART", comparison.report(pair))
    print("PART", *(cards.card(made, id, 60) for id in module.ON_CARDS))
"""
"""Declares an outcome before anything else reads the declarations, and shows what comes of it."""

SAYS = "A war begins within 30 days of the first round of talks"


def shown(declared: str) -> list[str]:
    """The table of a run, the columns of a comparison and of worlds, the page of either, and the cards of the dashboard."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160"}
    done = subprocess.run([sys.executable, "-c", ASKED, declared], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("PART")


def test_two_lines_are_enough():
    assert len(DECLARED.strip().splitlines()) == 2
    table, columns = shown(DECLARED)
    assert SAYS in table
    assert columns.split().count("war_after_talks") == 2


def test_a_headline_stands_under_its_theme_and_has_a_card_in_its_colour():
    pytest.importorskip("streamlit")
    _, _, *pages, cards = shown(DECLARED.replace("theme=TALKS", "theme=TALKS, headline=4, colour=palette.OLIVE"))
    for page in pages:
        assert SAYS in page[page.index("Talks and deals"):]
        assert 'id="card-war_after_talks"' in page and "Other outcomes" not in page
    assert SAYS in cards and palette.OLIVE in cards


def test_the_test_of_the_page_passes():
    names = {"np": np, "later": later}
    exec(TESTED, names)
    names["test_a_war_after_talks"]()
    assert "war_after_talks" not in {outcome.id for outcome in OUTCOMES}
