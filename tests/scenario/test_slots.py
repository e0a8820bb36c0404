"""Methods that a room above fills in: there for users of `sim`, and a clear message where nobody has filled them."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import sim
from sim.scenario.slots import Slot, give

FILLED = {sim.Run: ("explain", "fork", "why", "pathways", "typical", "report"), sim.Comparison: ("as_dict", "save", "report"),
          sim.Scenario: ("as_yaml",)}


class Thing:
    """Something with a method from elsewhere."""

    weigh = Slot("How heavy it is.", "take the thing from the shelf")


def test_an_empty_slot_says_where_its_method_comes_from():
    assert "weigh" in dir(Thing())
    assert Thing.weigh.__doc__ == "How heavy it is."
    assert not hasattr(Thing(), "weigh")
    with pytest.raises(AttributeError, match=r"Thing.weigh comes with `import sim`: take the thing from the shelf"):
        Thing().weigh()


def test_a_slot_that_is_filled_is_a_method():
    class Other(Thing):
        """One whose slot is filled."""

        weigh = Slot("How heavy it is.")

    give(Other, weigh=lambda thing, unit: f"1 {unit}")
    assert Other().weigh("kg") == "1 kg"
    assert not hasattr(Thing(), "weigh")


def test_what_a_class_does_not_declare_cannot_be_given():
    with pytest.raises(AttributeError, match="measure"):
        give(Thing, measure=len)


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, names in FILLED.items() for name in names])
def test_users_find_every_method_with_its_arguments_and_purpose(owner, name):
    method = getattr(owner, name)
    assert name in dir(owner)
    assert inspect.isfunction(method)
    assert inspect.getdoc(method)
    assert "return" in method.__annotations__
    assert method.__annotations__.keys() - {"return"} == inspect.signature(method).parameters.keys()


@pytest.mark.parametrize("name", ["run", "load", "compare", "Run", "Comparison"])
def test_each_name_of_sim_comes_with_all_methods(name):
    """In a process that has imported nothing else."""
    told = _in_a_new_process(f"import sim; sim.{name}; from sim.ensemble.results import Run; print(Run.explain.__name__,"
                             f" Run.report.__name__)")
    assert told == "explain report"


def test_without_sim_a_run_says_what_it_lacks():
    told = _in_a_new_process("from sim.ensemble.run import run; made = run(worlds=2, days=2)\n"
                             "try: made.explain(0)\nexcept AttributeError as error: print(error)")
    assert told == "Run.explain comes with `import sim`: take the run from sim.run or sim.load"


def test_import_sim_imports_nothing_else():
    told = _in_a_new_process("import sys, sim; print([name for name in sys.modules if name.startswith('sim.')])")
    assert told == "[]"


def _in_a_new_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
