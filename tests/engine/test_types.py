"""What mypy finds in a state: a name that is misspelt, read or written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SLIPS = '''
from sim.engine import Ensemble, State, level


class War(State):
    key = "war"
    weariness = level("weariness")


class Actor(State):
    war: War
    hawks = level("share of hawks")

    def live(self) -> None:
        self.hawks += self.war.weariness
        self.hawk += 1
        self.war.wearines()


class World(Ensemble):
    def live(self) -> None:
        self.agents.doo("live")
'''


@pytest.mark.slow
def test_a_misspelt_name_of_a_state_is_an_error_of_types(tmp_path):
    pytest.importorskip("mypy")
    slips = tmp_path / "slips.py"
    slips.write_text(SLIPS)
    done = subprocess.run([sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", slips], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    errors = [line.partition("error: ")[2] for line in done.stdout.splitlines()[:-1]]
    assert [error.partition(";")[0].partition("  ")[0] for error in errors] == [
        '"Actor" has no attribute "hawk"', '"War" has no attribute "wearines"', '"AgentSet" has no attribute "doo"']
