"""Each command that prints a table prints it as CSV too, and nothing else there."""

from __future__ import annotations

import io
from unittest import mock

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.validation import forecast


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return sim.run(worlds=80, days=40).save(tmp_path_factory.mktemp("csv") / "run")


@pytest.mark.parametrize(("command", "columns"), [
    ("run --worlds 4 --days 2", {"id", "estimate", "se", "word", "n"}),
    ("compare baseline inspectors_back --worlds 4 --days 2", {"id", "a", "b", "difference", "se", "verdict"}),
    ("fork RUN --world 1 --day 38 --futures 4", {"id", "estimate", "came"}),
    ("fork RUN --world 1 --day 38 --futures 4 --set us.bias=0.1", {"id", "a", "b", "difference"}),
    ("pathways RUN", {"node", "share", "se"}), ("scenarios", {"name", "title", "says"}),
    ("shocks", {"name", "says", "size", "evidence"}), ("parameters missile", {"key", "default", "prior", "evidence"}),
    ("evidence", {"id", "says", "status"}), ("hindcast --worlds 4", {"id", "model", "base"}),
    ("hindcast june_2025 --worlds 4", {"id", "median", "fits"}),
    ("forecast --worlds 64 --out f.json", {"id", "by", "probability"}),
])
def test_a_table_as_csv(place, tmp_path, monkeypatch, command, columns):
    monkeypatch.chdir(tmp_path)
    with mock.patch.dict(forecast.forecast.__kwdefaults__, enough=20, least=10):  # worlds that agree take long to find
        done = CliRunner().invoke(app, [*command.replace("RUN", str(place)).split(), "--csv"])
    assert done.exit_code == 0, done.stderr
    table = pd.read_csv(io.StringIO(done.stdout))
    assert columns <= set(table)
    assert len(table) > 1
    assert "nan" not in done.stdout.lower().split(",")
    assert not (tmp_path / "runs").exists()


def test_a_claim_is_no_table():
    done = CliRunner().invoke(app, ["evidence", "L101", "--csv"])
    assert done.exit_code == 2
    assert done.stderr == "brink: --csv is for the list of all claims; leave L101 out\n"
