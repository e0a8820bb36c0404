"""Validation: the checks as data, the fast ones run here, and the table and report made of them."""

from __future__ import annotations

import json
from math import inf

import numpy as np
import pytest
from typer.testing import CliRunner

from sim import cli
from sim.errors import BrinkError
from sim.model.evidence import load
from sim.model.registry import catalogue
from sim.report.html import validation
from sim.validation import validate
from sim.validation.checks import Check, Curves, Finding, Histogram, Reading, SignEffects, covered, mean, middle, near
from sim.validation.checks_crisis import CRISIS
from sim.validation.checks_mechanisms import MECHANISMS
from sim.validation.experiments_runner import Laboratory, experiment


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    """1,024 worlds an experiment, 3,072 for the year."""
    return Laboratory(1024)


class Clerk(Laboratory):
    """A laboratory that notes what it is asked for, and has another do it."""

    def __init__(self, other: Laboratory) -> None:
        super().__init__(other.worlds)
        self.other, self.asked = other, set()

    def measured(self, name):
        self.asked.add(name)
        return self.other.measured(name)


@pytest.mark.parametrize("check", [*MECHANISMS, *CRISIS], ids=lambda check: check.id)
def test_the_model_fits(check, laboratory):
    """Each component and aggregate within its stated tolerance, on 10,000 or more samples of a mechanism, 1,024 worlds or
    more of an experiment."""
    finding = check.look(laboratory)
    assert finding.samples >= 1000
    assert [f"{reading.says}: {reading.value:.3g}, wanted {reading.wanted}" for reading in finding.readings
            if not reading.passed] == []


def test_checks_are_named_once_and_rest_on_the_ledger():
    ids = [check.id for check in validate.CHECKS]
    assert len(set(ids)) == len(ids)
    for check in validate.CHECKS:
        assert check.evidence
        assert set(check.evidence) <= load().ids
        assert set(check.moved_by) <= set(catalogue())
        assert check.tolerance and check.compares
        assert all(experiment(name) for name in check.needs)


def test_a_check_asks_only_for_the_experiments_that_it_names(laboratory):
    for check in (*MECHANISMS, *CRISIS):
        clerk = Clerk(laboratory)
        check.look(clerk)
        assert clerk.asked == set(check.needs)


# readings

def test_a_reading_lies_within_its_figure_or_not():
    assert Reading("", 1.0, "within", 1, 2).passed and not Reading("", 2.1, "within", 1, 2).passed
    assert Reading("", 5.0).passed
    assert near("", 95, 100, 0.05).passed and not near("", 94, 100, 0.05).passed


def test_a_band_covers_what_was_observed_or_not():
    samples = np.arange(101.0)
    assert covered("", samples, 10).passed and not covered("", samples, 91).passed


def test_nothing_passes_that_is_not_a_number():
    assert not Reading("", float("nan"), "within", 0, 1).passed
    assert not Reading("", float("nan"), "within", -inf, 1).passed


def test_medians_and_means_know_their_bands_and_errors():
    samples = np.arange(101.0)
    assert middle("", samples, 0, 100).band == (10, 90)
    share = mean("", np.array([True, False, True, False]), 0, 1)
    assert (share.value, share.error, share.band) == (0.5, 0.25, None)


@pytest.mark.parametrize(("reading", "words"), [
    (Reading("", 1.0), "no figure"), (Reading("", 1.0, "within", 1, 2), "1 to 2"),
    (Reading("", 1.0, "within", 1), "at least 1"), (Reading("", 1.0, "within", high=0.05), "at most 0.05"),
    (Reading("", 0.0, "within", 0, 0), "0"),
    (covered("", np.arange(9.0), 3), "80 % of worlds cover 3"),
])
def test_what_is_wanted_in_words(reading, words):
    assert reading.wanted == words


# the laboratory

def test_processes_do_not_change_what_an_experiment_gives():
    names = ("talks on all issues", "talks with missiles")
    one, two = Laboratory(96), Laboratory(96)
    one.prepare(names)
    two.prepare(names, jobs=2)
    for name in names:
        assert all(np.array_equal(one.made[name][key], two.made[name][key]) for key in one.made[name])


def test_an_experiment_is_made_once():
    bare = Laboratory(32)
    assert bare.measured("talks with missiles") is bare.measured("talks with missiles")


# the report

FITS = Reading("a share", 0.5, "within", 0, 1, band=(0.2, 0.8), observed=0.4, error=0.01)
MISSES = Reading("a day", 9, "within", 1, 2)
PICTURES = (None, Histogram({"<a>": np.arange(10.0)}, np.arange(11.0), "days", (2, 4), 3.0),
            Curves(np.arange(3.0), {"a": np.arange(3.0)}, "x", "y", points={"b": {1: 2.0}}),
            SignEffects({"a": (1, 0.5, 0.1), "b": (0, -0.1, 0.1)}))


def made_up(*readings, picture=None, id="made-up"):
    return Check(id, "A <check>", "This against that.", ("L001",), "Closely.", lambda lab: Finding(readings, 10, picture),
                 ("us.bar",))


def results(*checks):
    return validate.validate(Laboratory(2), checks)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: type(picture).__name__)
def test_the_page_needs_nothing_from_elsewhere(picture):
    page = validation.reports(results(made_up(FITS, MISSES, picture=picture)), Laboratory(2))["validation.html"]
    assert page == validation.reports(results(made_up(FITS, MISSES, picture=picture)), Laboratory(2))["validation.html"]
    for outside in ("<script", "<link", "src=", 'href="http', "url(http", "@import"):
        assert outside not in page
    assert page.count('<div class="brink-strip"') == 2
    assert page.count("<svg") == (picture is not None)
    assert "A &lt;check&gt;" in page and "does not fit" in page
    assert "0 of 1 checks pass" in page


def test_markdown_has_a_row_for_each_reading():
    text = validation.reports(results(made_up(FITS), made_up(MISSES, id="other")), Laboratory(2))["validation.md"]
    assert "| a share | 0.50 ± 0.01  | 0 to 1 | 0.40 | fits |" in text
    assert "| a day | 9  | 1 to 2 |  | **does not fit** |" in text
    assert "1 of 2 checks pass" in text


def run(*arguments, checks, monkeypatch):
    monkeypatch.setattr(validate, "CHECKS", checks)
    return CliRunner().invoke(cli.app, ["validate", "--worlds", "8", "--jobs", "1", *arguments])


def test_the_command_tells_by_its_exit_code_whether_all_fits(monkeypatch, tmp_path):
    good = run("--out", str(tmp_path / "a"), checks=(made_up(FITS),), monkeypatch=monkeypatch)
    assert (good.exit_code, "All 1 checks pass." in good.stdout) == (0, True)
    bad = run("--out", str(tmp_path / "a"), checks=(made_up(FITS), made_up(MISSES, id="b")), monkeypatch=monkeypatch)
    assert bad.exit_code == 1
    assert "a day: 9, wanted 1 to 2" in bad.stdout and "moved most by us.bar" in bad.stdout
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["validation.html", "validation.json", "validation.md"]


def test_json_says_it_all_and_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    shown = run("--json", checks=(made_up(FITS, Reading("more", 1.0)),), monkeypatch=monkeypatch)
    told, = json.loads(shown.stdout)
    assert told["passed"] and [reading["tested"] for reading in told["readings"]] == [True, False]
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_one_clear_line(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    shown = run("--out", str(tmp_path / "file"), checks=(made_up(FITS),), monkeypatch=monkeypatch)
    assert shown.exit_code == 2
    assert len(shown.stderr.splitlines()) == 1


def test_an_unknown_check_is_told_the_nearest():
    assert [check.id for check in validate.named(["cliff"])] == ["cliff"]
    with pytest.raises(BrinkError, match=r"'clif'.*cliff"):
        validate.named(["clif"])
