"""Scenario and view files: layered, traceable, and every mistake named with its line."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import BrinkError
from sim.model import registry, strict_yaml
from sim.scenario import scenario
from sim.scenario.scenario import Scenario, Source, load, load_view, parse_setting

TRIGGER = "israel.missile_trigger"
TRIGGERS = st.floats(0.125, 3.0, width=32)


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(path: Path) -> list[str]:
    """What loading a file says, without the path."""
    with pytest.raises(BrinkError) as caught:
        load(path)
    return [line.removeprefix(f"{path}:").strip() for line in str(caught.value).splitlines()]


def mistake(folder: Path, text: str) -> str:
    """What loading a file with this text says, which must be one line."""
    (only,) = mistakes(written(folder, text))
    return only


# The library

def test_the_library_starts_with_the_baseline_and_has_no_ledger() -> None:
    assert scenario.names()[0] == "baseline"
    assert "evidence" not in scenario.names()


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_of_the_library_loads_and_speaks(name: str) -> None:
    loaded = load(name)
    assert scenario.headline(name) == (loaded.title, loaded.says)
    assert loaded.title
    assert loaded.says.endswith((".", "?"))
    assert loaded.lineage[0] == "baseline"
    assert loaded.lineage[-1] == loaded.name == name


def test_the_baseline_changes_nothing() -> None:
    assert load("baseline").parameters == {}
    assert load("baseline").days == 365


def test_an_unknown_scenario_gets_the_nearest() -> None:
    with pytest.raises(BrinkError, match=r"^no scenario 'basline'; did you mean 'baseline'\?$"):
        load("basline")
    with pytest.raises(BrinkError, match=r"^no scenario 'zzz'; see brink scenarios$"):
        load("zzz")


# Layers

def test_a_child_overrides_its_parents_and_each_value_knows_who_set_it(tmp_path: Path) -> None:
    written(tmp_path, f"extends: baseline\ndays: 100\nparameters: {{{TRIGGER}: 0.65, israel.bias: 0.1}}\n"
                      "start: {iran.access: 0.5}\n", "parent.yaml")
    child = load(written(tmp_path, f"title: A child\nsays: It differs.\nextends: parent.yaml\nparameters:\n"
                                   f"  {TRIGGER}: {{value: 0.75, unit: share of the pre-war stock, note: a hunch}}\n"))
    assert (child.name, child.title, child.says, child.days) == ("mine", "A child", "It differs.", 100)
    assert child.parameters == {TRIGGER: 0.75, "israel.bias": 0.1}
    assert child.start == {"iran.access": 0.5}
    assert child.lineage == ["baseline", "parent", "mine"]
    assert child.sources == {"days": Source("parent"), TRIGGER: Source("mine", "a hunch"),
                             "israel.bias": Source("parent"), "iran.access": Source("parent")}


def test_without_title_a_scenario_is_called_by_its_file(tmp_path: Path) -> None:
    assert load(written(tmp_path, "days: 10\n")).title == "mine"


def test_values_by_hand_go_on_top_of_a_view_on_top_of_a_scenario(tmp_path: Path) -> None:
    view = load_view(written(tmp_path, f"name: Press\nnote: my reading\n"
                                       f"parameters: {{{TRIGGER}: 0.65, israel.bias: 0.1}}"))
    changed = load("baseline").changed(set={TRIGGER: 0.8, "iran.access": 1}, days=30, view=view)
    assert changed.parameters == {TRIGGER: 0.8, "israel.bias": 0.1}
    assert changed.start == {"iran.access": 1.0}
    assert changed.days == 30
    assert changed.lineage == ["baseline", "mine.yaml", "set by hand"]
    assert changed.sources["israel.bias"] == Source("mine.yaml", "my reading")
    assert changed.sources[TRIGGER] == changed.sources["days"] == Source("set by hand")


def test_no_change_is_no_layer() -> None:
    assert load("baseline").changed() == load("baseline")


def test_values_far_from_their_priors_warn() -> None:
    baseline = load("baseline")
    assert baseline.warnings() == []
    assert len(baseline.changed(set={TRIGGER: 2.0}).warnings()) == 1


def test_what_ifs_of_the_library_mean_what_they_set() -> None:
    for name in scenario.names():
        assert load(name).warnings() == [], name


def test_all_mistakes_by_hand_are_said_at_once() -> None:
    with pytest.raises(BrinkError) as caught:
        load("baseline").changed(set={"zzz": 1, TRIGGER: 9, "iran.access": 7})
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("days", [0, -1, 3651, 1.5, "7", True, None])
def test_impossible_horizons(days: object, tmp_path: Path) -> None:
    path = written(tmp_path, f"days: {json.dumps(days)}")
    (says,) = mistakes(path)
    assert says.startswith("1: days: ")
    assert says.endswith("must be a whole number from 1 to 3,650")


# Canonical form

@settings(max_examples=30, deadline=None)
@given(st.fixed_dictionaries({}, optional={TRIGGER: TRIGGERS, "israel.bias": st.floats(-0.5, 0.5),
                                           "iran.access": st.floats(0, 1)}), st.none() | st.integers(1, 3650))
def test_canonical_form_and_pickle_keep_everything(values: dict[str, float], days: int | None) -> None:
    changed = load("baseline").changed(set=values, days=days)
    again = Scenario.from_dict(json.loads(json.dumps(changed.as_dict())))
    assert again.as_dict() == changed.as_dict()
    assert again.hash == changed.hash == pickle.loads(pickle.dumps(changed)).hash


@settings(max_examples=20, deadline=None)
@given(TRIGGERS, TRIGGERS)
def test_the_hash_tells_scenarios_apart_and_nothing_else(one: float, other: float) -> None:
    baseline = load("baseline")
    hashes = [baseline.changed(set={TRIGGER: value}).hash for value in (one, other)]
    assert (hashes[0] == hashes[1]) == (one == other)
    assert baseline.hash not in hashes


def test_the_hash_is_that_of_the_values_whoever_set_them(tmp_path: Path) -> None:
    path = written(tmp_path, f"extends: baseline\ntitle: x\nparameters: {{{TRIGGER}: 0.8}}")
    assert load(path).hash == load("baseline").changed(set={TRIGGER: 0.8}).hash


def test_no_path_of_this_machine_in_the_canonical_form(tmp_path: Path) -> None:
    assert str(tmp_path) not in json.dumps(load(written(tmp_path, "days: 3")).as_dict())


# Settings typed at a terminal

@settings(max_examples=50, deadline=None)
@given(TRIGGERS, st.sampled_from(["", " "]), st.sampled_from(["", " share of the pre-war stock"]))
def test_settings_round_trip(value: float, space: str, unit: str) -> None:
    assert parse_setting(f"{TRIGGER}{space}={space}{value!r}{unit}") == (TRIGGER, value)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_setting_or_a_clear_error(text: str) -> None:
    try:
        key, _ = parse_setting(text)
    except BrinkError as error:
        assert str(error)
    else:
        assert key in registry.catalogue() or key in registry.fields()


@pytest.mark.parametrize(("text", "says"), [
    ("israel.bias", "'israel.bias' is not of the form key=value, like israel.missile_trigger=0.75"),
    ("=1", "'=1' is not of the form key=value, like israel.missile_trigger=0.75"),
    ("israel.bias=", "'israel.bias=' is not of the form key=value, like israel.missile_trigger=0.75"),
    ("israel.bias=much", "israel.bias: 'much' is not a number"),
    ("israel.bias=nan", "israel.bias: nan is not a finite number"),
    ("israel.bias=0.1 days", "israel.bias is in 'stage index', not 'days'"),
    ("israel.biass=1", "no parameter 'israel.biass'; did you mean 'israel.bias'?"),
])
def test_mistyped_settings(text: str, says: str) -> None:
    with pytest.raises(BrinkError) as caught:
        parse_setting(text)
    assert str(caught.value) == says


# Mistakes in files

def test_all_mistakes_of_a_file_are_said_at_once_in_its_order(tmp_path: Path) -> None:
    path = written(tmp_path, f"""titel: What if
extends: baselin
days: 0
parameters:
  israel.missle_trigger: 0.8
  {TRIGGER}: {{value: 0.8, unit: percent, nte: x}}
  israel.bias: "0.1"
start:
  iran.access: 2
interventions: [strike]
days: 4
""")
    assert mistakes(path) == [
        "1: unknown key 'titel'; did you mean 'title'?",
        "2: no scenario 'baselin'; did you mean 'baseline'?",
        "3: days: 0 must be a whole number from 1 to 3,650",
        "5: no parameter 'israel.missle_trigger'; did you mean 'israel.missile_trigger'?",
        "6: israel.missile_trigger is in 'share of the pre-war stock', not 'percent'",
        "6: unknown key 'nte'; did you mean 'note'?",
        "7: israel.bias: '0.1' is not a number",
        "9: iran.access: 2 must be between 0 and 1",
        "10: an intervention must say when and what, like {on: 2026-02-14, force: israel.strikes}",
        "11: 'days' is set twice; first on line 3",
    ]


@pytest.mark.parametrize(("text", "says"), [
    ("zzz: 1", "1: unknown key 'zzz'; known are title, says, extends, date, days, parameters, start, interventions"),
    ("title: [a]", "1: title must be text"),
    ("title: ''", "1: title must be text"),
    ("parameters: 3", "1: parameters must hold lines like 'name: 0.5'"),
    ("title: a\nparameters:\n  israel.bias:", "3: israel.bias: has no value"),
    ("parameters: {israel.bias: {note: x}}", "1: israel.bias: has no value"),
    ("parameters: {israel.bias: .inf}", "1: israel.bias: '.inf' is not a number"),
    ("title: !!python/name:os.system x", "1: tags (python/name:os.system) are not allowed"),
    ("title: !run x", "1: tags (!run) are not allowed"),
    ("? [a]\n: 1", "1: a key must be one word"),
    ("title: &a x\nsays: *a", "2: aliases (*a) are not allowed; write the value out"),
    ("title: [", "1: not valid YAML: expected the node content, but found '<stream end>'"),
    ("title: a\n---\ntitle: b", "2: not valid YAML: but found another document"),
    ("title: \0", "not valid YAML: unacceptable character #x0000: special characters are not allowed"),
    ("[" * 100_000, "1: nested more than 10 deep"),
    ("", "expected keys and values, like 'title: My what-if'"),
    ("- 1", "expected keys and values, like 'title: My what-if'"),
    ("extends: ../baseline.yaml",
     "1: extends takes the name of a scenario or of a file beside this one, not '../baseline.yaml'"),
    ("extends: \"a\\0b.yaml\"", "1: extends takes the name of a scenario or of a file beside this one, not 'a\\x00b.yaml'"),
    ("title: x\ninterventions: [{on: 3, shift: oil.price, by: 1e400}]", "2: 1e400 is not a finite number"),
    ("title: x\ninterventions: [{on: 3, forbid: us.threaten, for: 1e400}]",
     "2: 1e400 is not a finite number"),
    ("title: x\ninterventions: [{forbid: us.threaten, when: {variable: war.tension, is: [1]}}]",
     "2: when: war.tension is a number: 'is' must be one of above, below, at least, at most, equal to, not a list"),
    ("title: x\ninterventions: [{forbid: us.threaten, when: {variable: [1], is: above, value: 1}}]",
     "2: when: no state variable 'a list'; see docs/odd.md"),
    ("date:", "1: date: nothing is not a date like 2026-02-14"),
    ("parameters: ''", "1: parameters must hold lines like 'name: 0.5'"),
    ("extends: nobody.yaml", "1: extends: there is no file 'nobody.yaml' beside this one"),
    ("extends: mine.yaml", "1: extends goes round in a circle: mine -> mine"),
])
def test_mistakes_in_files(text: str, says: str, tmp_path: Path) -> None:
    assert mistake(tmp_path, text) == says


def test_mistakes_of_values_and_of_days_are_told_together(tmp_path: Path) -> None:
    path = written(tmp_path, "days: 30\ninterventions:\n  - on: 99\n    force: us.threaten\n  - on: 3\n    force: us.threten\n")
    assert mistakes(path) == ["3: on: 99 must be a day from 0 to 29 (2025-12-30 to 2026-01-28)",
                              "6: force: no event 'us.threten'; did you mean 'us.threaten'?"]


def test_a_chain_of_parents_has_an_end(tmp_path: Path) -> None:
    (tmp_path / "s0.yaml").write_text("extends: baseline\n")
    for i in range(1, 1200):
        (tmp_path / f"s{i}.yaml").write_text(f"extends: s{i - 1}.yaml\n")
    assert load(tmp_path / "s30.yaml").lineage[-1] == "s30"
    with pytest.raises(BrinkError, match="a scenario has at most 50 parents, one above the other"):
        load(tmp_path / "s1199.yaml")


def test_a_longer_circle(tmp_path: Path) -> None:
    written(tmp_path, "extends: b.yaml", "a.yaml")
    written(tmp_path, "extends: a.yaml", "b.yaml")
    with pytest.raises(BrinkError, match="circle: a -> b -> a"):
        load(tmp_path / "a.yaml")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    written(tmp_path, "days: 3")
    assert mistakes(tmp_path / "mien.yaml") == ["no such file; did you mean 'mine.yaml'?"]
    assert mistakes(tmp_path / "no folder" / "x.yaml") == ["no such file"]
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    assert mistakes(folder) == ["is a directory, not a file"]
    (tmp_path / "latin.yaml").write_bytes(b"title: \xe9t\xe9")
    assert mistakes(tmp_path / "latin.yaml") == ["is not UTF-8 text; save it with the encoding UTF-8"]
    assert mistakes(written(tmp_path, "#" * (strict_yaml.LARGEST + 1), "large.yaml")) == [
        "is too large; a file like this has at most 256 kB"]


def test_numbers_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, "title: no\nparameters: {israel.bias: 1e-1}"))
    assert loaded.title == "no"
    assert loaded.parameters == {"israel.bias": 0.1}


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=60))
def test_any_file_loads_or_names_itself(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        load(path)
    except BrinkError as error:
        assert all(line.startswith(f"{path}:") for line in str(error).splitlines())


# Views

def test_a_view_without_name_is_called_by_its_file(tmp_path: Path) -> None:
    view = load_view(written(tmp_path, f"parameters: {{{TRIGGER}: {{value: 0.65, note: chapter 3}}}}", "press.yaml"))
    assert view.name == "press"
    assert view.layer.notes == {TRIGGER: "chapter 3"}


def test_mistakes_in_views_are_like_those_in_scenarios(tmp_path: Path) -> None:
    path = written(tmp_path, "nmae: Press\nparameters:\n  israel.bias: 3\nstart: {iran.access: 1}")
    with pytest.raises(BrinkError) as caught:
        load_view(path)
    assert str(caught.value).splitlines() == [
        f"{path}:1: unknown key 'nmae'; did you mean 'name'?",
        f"{path}:3: israel.bias: 3 must be between -0.5 and 0.5 (stage index)",
        f"{path}:4: unknown key 'start'; known are name, note, parameters",
    ]


@pytest.mark.parametrize("values", ["israel.bias=0.05", [("a", 1)], {3: 1}])
def test_values_that_are_no_mapping_of_keys_are_one_line(values):
    with pytest.raises(BrinkError):
        scenario.load("baseline").changed(set=values)
