"""The registry of parameters: complete, searchable, and clear about what cannot be."""

import math

import pytest

from sim.errors import BrinkError, nearest, shown
from sim.model import registry

TRIGGER = "israel.missile_trigger"


def says(key: str, value: object, unit: str = "") -> str:
    with pytest.raises(BrinkError) as caught:
        registry.check(key, value, unit)
    return str(caught.value)


def says_of_start(key: str, value: object, unit: str = "") -> str:
    with pytest.raises(BrinkError) as caught:
        registry.check_start(key, value, unit)
    return str(caught.value)


def test_nearest_names_the_nearest_or_nothing() -> None:
    assert nearest("basline", ["baseline", "other"]) == "; did you mean 'baseline'?"
    assert nearest("xyz", ["baseline"]) == ""


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (0.5, "0.5"), (3, "3"), ("a", "'a'"), ([], "a list"),
                                             ({}, "a mapping"), (b"", "a bytes")])
def test_values_are_shown_as_written(value: object, text: str) -> None:
    assert shown(value) == text


def test_every_state_has_parameters_fields_or_events() -> None:
    from sim.model.crisis import Crisis

    keys = [*registry.catalogue(), *registry.fields(), *registry.events()]
    assert len(keys) == len(set(keys)), "a name means one thing"
    assert {key.partition(".")[0] for key in keys} == {state.key for state in Crisis.states}


def test_every_default_is_within_its_bounds_and_its_prior() -> None:
    for key, entry in registry.catalogue().items():
        assert registry.check(key, entry.declaration.default) is None
        low, high = entry.declaration.prior.interval(registry.PRIOR_MASS)
        assert low <= entry.declaration.default <= high, key


def test_every_parameter_says_what_it_means_and_in_what_unit() -> None:
    for key, entry in registry.catalogue().items():
        assert entry.declaration.why, key
        assert entry.declaration.unit, key


def test_every_field_can_be_started_where_it_starts() -> None:
    for key, entry in registry.fields().items():
        if not isinstance(entry.declaration.start, str) and entry.declaration.entries is None:
            registry.check_start(key, entry.declaration.start)


def test_search_looks_in_name_meaning_unit_and_evidence() -> None:
    trigger = registry.find(TRIGGER)
    for pattern in ("MISSILE_TRIGGER", "intolerable", "pre-war stock", trigger.declaration.evidence[0],
                    "israel.missile_t*"):
        assert TRIGGER in [entry.key for entry in registry.search(pattern)], pattern
    assert len(registry.search()) == len(registry.catalogue())
    assert registry.search("no such thing") == []


def test_rows_are_plain_and_markdown_has_a_line_each() -> None:
    entries = registry.search("iran.*")
    for row in registry.rows(entries):
        assert row["high"] is None or math.isfinite(row["high"])
    lines = registry.markdown(entries).splitlines()
    assert len(lines) == 2 + len(entries)
    assert all(line.replace("\\|", "").count("|") == 7 for line in lines)


def test_an_unknown_name_gets_the_nearest() -> None:
    assert says("israel.missle_trigger", 1) == (
        "no parameter 'israel.missle_trigger'; did you mean 'israel.missile_trigger'?")
    assert says("missile_trigger", 1) == "no parameter 'missile_trigger'; did you mean 'israel.missile_trigger'?"
    assert says("zzz", 1) == "no parameter 'zzz'; see brink parameters"
    assert says_of_start("iran.acess", 1) == "no state variable 'iran.acess'; did you mean 'iran.access'?"


def test_a_starting_value_is_no_parameter_and_the_other_way_round() -> None:
    assert says("iran.access", 1) == "'iran.access' is a starting value, not a parameter: set it under start"
    assert says_of_start(TRIGGER, 1) == f"'{TRIGGER}' is a parameter, not a starting value: set it under parameters"


@pytest.mark.parametrize(("value", "text"), [
    ("0.8", f"{TRIGGER}: '0.8' is not a number"),
    (True, f"{TRIGGER}: true is not a number"),
    (None, f"{TRIGGER}: has no value"),
    ([1.0], f"{TRIGGER}: a list is not a number"),
    (math.nan, f"{TRIGGER}: nan is not a finite number"),
    (-math.inf, f"{TRIGGER}: -inf is not a finite number"),
    (4, f"{TRIGGER}: 4 must be between 0.1 and 3 (share of the pre-war stock)"),
])
def test_impossible_values(value: object, text: str) -> None:
    assert says(TRIGGER, value) == text


def test_a_value_below_its_bound() -> None:
    assert says("israel.by_urge", -1) == "israel.by_urge: -1 must be between 0 and 9 (log-odds)"


def test_a_wrong_unit_names_the_right_one() -> None:
    assert says(TRIGGER, 0.8, "percent") == f"{TRIGGER} is in 'share of the pre-war stock', not 'percent'"
    assert registry.check(TRIGGER, 0.7, "share of the pre-war stock") is None
    assert says_of_start("iran.access", 1, "days") == "iran.access has no unit, but got 'days'"


def test_a_value_outside_its_prior_only_warns() -> None:
    assert registry.check(TRIGGER, 0.75) is None
    warning = registry.check(TRIGGER, 2.0)
    assert warning is not None
    assert warning.startswith(f"{TRIGGER}: 2 is outside the central 98 % of its prior, ")


def test_a_field_that_a_parameter_starts_names_it() -> None:
    assert says_of_start("iran.missiles", 1000) == (
        "iran.missiles starts at the value of a parameter: set the parameter iran.missiles_at_start instead")


def test_starting_values_have_kinds() -> None:
    registry.check_start("war.on", True)
    registry.check_start("war.rung", 4)
    assert says_of_start("war.rung", 4.5) == "war.rung: 4.5 is not a whole number"
    assert says_of_start("iran.access", 1.5) == "iran.access: 1.5 must be between 0 and 1"
    assert says_of_start("iran.access", True) == "iran.access: true is not a number"


def test_a_field_of_several_numbers_cannot_be_set() -> None:
    several = [(key, entry.declaration) for key, entry in registry.fields().items() if entry.declaration.entries]
    for key, field in several:
        assert says_of_start(key, 1) == (
            f"{key} holds {field.entries} numbers: give a list of {field.entries} in a scenario file")
