"""The log is complete: what happened can be told from it alone."""

from __future__ import annotations

import numpy as np
import pytest
from arms_race import ArmsRace
from engine_helpers import firings, live

from sim.engine import RandomStreams


@pytest.fixture(scope="module")
def race():
    return live(ArmsRace(np.arange(600), RandomStreams(4)), 200)


def test_counts_follow_from_the_log(race):
    happened = firings(race)
    for side in (race.north, race.south):
        np.testing.assert_array_equal(happened[f"{side.key}.attack"], side.attacks)
        np.testing.assert_array_equal(happened[f"{side.key}.attack"], race.clocks.used[
            race.clocks.names.index(f"{side.key}.attack")])
    np.testing.assert_array_equal(happened["border.war_breaks_out"], race.border.wars)
    np.testing.assert_array_equal(happened["border.war_breaks_out"] - happened["border.peace_returns"], race.border.war)
    np.testing.assert_array_equal(race.north.loss.used, race.border.wars)
    assert (race.border.wars > 2).mean() > 0.5


def test_every_war_and_every_peace_has_its_cause(race):
    log, names = race.log.table(), np.array(["calendar", *race.event_names])
    causes = {name: set(names[log["because"][log["event"] == i] + 1]) for i, name in enumerate(race.event_names)}
    assert causes["border.war_breaks_out"] == {"north.attack", "south.attack"}
    assert causes["border.peace_returns"] == {"border.make_peace", "border.winter_comes"}
    assert causes["border.winter_comes"] == causes["north.arm"] == {"calendar"}


def test_a_cause_stands_before_its_effect_on_the_same_day_and_in_the_same_world(race):
    log = race.log.table()
    place = list(zip(log["day"].tolist(), log["world"].tolist(), log["event"].tolist(), strict=True))
    seen = set()
    for at, because in zip(place, log["because"].tolist(), strict=True):
        assert because < 0 or (*at[:2], because) in seen
        seen.add(at)


def test_the_table_is_in_order_and_small(race):
    log = race.log.table()
    assert (np.diff(log["day"]) >= 0).all()
    assert {name: values.dtype.name for name, values in log.items()} == {
        "day": "int16", "world": "int32", "event": "int16", "because": "int16"}
    assert len({len(values) for values in log.values()}) == 1
