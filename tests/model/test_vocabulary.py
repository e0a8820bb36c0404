"""The words in which the crisis is written: those whose result is the same to the last bit on every machine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from crisis_helpers import crisis
from scipy import special

from sim.engine.nodes import Compute, Node, Store
from sim.engine.traced_day import TracedDay, trace_day
from sim.model.crisis import Crisis

PLAIN = {np.add, np.subtract, np.multiply, np.divide, np.floor_divide, np.negative, np.absolute, np.square, np.sqrt, np.floor,
         np.rint, np.maximum, np.minimum}
"""Of which there is one right result."""

QUESTIONS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, np.bitwise_and, np.bitwise_or,
             np.invert, np.logical_and, np.logical_or, np.logical_not}

FORMULAS = {np.exp, np.log, special.ndtri}
"""Whose formula the compiled engine has too."""


@pytest.fixture(scope="module")
def words() -> set[Node]:
    """All values of all rules, effects and daily methods."""
    model = crisis(1, log=False)
    found: set[Node] = set()
    left = list(roots(trace_day(model, model.clocks.order.rules)))
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left.extend(node.operands)
    return found


def roots(day: TracedDay) -> Iterator[Node]:
    for rule in day.rules.rules:
        yield from (node for node in rule if node is not None)
    for function in (*day.days.values(), *day.effects.values(), *(function for function, _ in day.conditions.values())):
        for one in function.statements:
            yield one.node if isinstance(one, Compute) else one.value if isinstance(one, Store) else one.cause


def test_no_number_is_of_double_precision(words):
    assert {node.kind.str for node in words} <= {"<f4", "<i2", "<i4", "<i8", "|b1"}
    assert len(words) > 5000


def test_nothing_is_used_that_libraries_and_processors_compute_differently(words):
    assert {node.op for node in words if isinstance(node.op, np.ufunc)} - PLAIN - QUESTIONS - FORMULAS == set()


def test_a_day_can_be_traced_after_the_model_of_its_rules_is_released():
    first = crisis(1, log=False, model=type("Crisis", (Crisis,), {}))
    rules = first.clocks.order.rules
    first.release()
    assert trace_day(crisis(1, log=False), rules).days["before", True].nodes > 100
