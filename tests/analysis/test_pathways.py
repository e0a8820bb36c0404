"""Pathways, and the typical worlds that stand for all."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.pathways import k_medoids
from sim.analysis.pathways.event_log import NEVER, EventLog
from sim.analysis.pathways.pathways import QUESTIONS, EventTimes, answered, pathways
from sim.analysis.pathways.typical import KINDS, Story, distances, typical, typical_world
from sim.cli import app
from sim.errors import BrinkError
from sim.model import registry


@pytest.fixture(scope="module")
def run():
    return sim.run("baseline", worlds=256, days=200, seed=3)


def told(*worlds: list[tuple[int, str]]) -> EventLog:
    """The history of worlds in each of which these events happened on these days."""
    names = sorted({name for world in worlds for _, name in world})
    rows = [(w, day, names.index(name)) for w, world in enumerate(worlds) for day, name in world]
    world, day, event = np.array(rows, int).reshape(-1, 3).T
    return EventLog(world, day, event, np.full(len(rows), -1), names, len(worlds))


def test_history_tells_when_how_often_and_what_led_to_it():
    history = EventLog(np.array([1, 0, 1, 1, 1]), np.array([9, 3, 2, 5, 5]), np.array([0, 0, 0, 1, 2]),
                       np.array([-1, -1, -1, 0, 1]), ["a", "b", "c"], 3)
    assert history.when("a").tolist() == [3, 2, NEVER]
    assert history.when("a", 1).tolist() == [NEVER, 9, NEVER]
    assert history.count("a").tolist() == [1, 2, 0]
    assert history.when("unknown").tolist() == [NEVER] * 3
    (first,) = history.origin(history.entries("c"))
    assert (history.names[history.event[first]], history.day[first]) == ("a", 2)


# Pathways

def test_what_flows_into_an_answer_flows_out(run):
    paths = pathways(run)
    nodes = paths.nodes.set_index("node")["count"]
    assert (paths.nodes.groupby("question")["count"].sum() == paths.worlds).all()
    into, out = (paths.links.groupby(side)["count"].sum() for side in ("target", "source"))
    inner = [node for node in nodes.index if not node.startswith(("opening:", "end:"))]
    assert (into[inner] == nodes[inner]).all()
    assert (out[inner] == nodes[inner]).all()
    assert paths.paths["count"].sum() == paths.worlds
    assert paths.paths["share"].sum() == pytest.approx(1)


def test_streams_add_up_to_links(run):
    paths = pathways(run)
    summed = paths.streams("turn").groupby(["source", "target"])["count"].sum()
    assert summed.to_dict() == paths.links.set_index(["source", "target"])["count"].to_dict()


def test_worlds_are_found_by_where_they_went(run):
    paths = pathways(run)
    assert all(paths.nodes["count"] == [len(paths.worlds_through(node)) for node in paths.nodes["node"]])
    for link in paths.links.itertuples():
        assert len(paths.worlds_through(link.source, link.target)) == link.count
    way = paths.of(17)
    assert [node.split(":")[0] for node in way] == [question.id for question in QUESTIONS]
    assert 17 in paths.worlds_through(*way)
    with pytest.raises(BrinkError, match="did you mean 'talks:deal'"):
        paths.worlds_through("talks:deall")
    with pytest.raises(BrinkError, match="worlds 0 to 255"):
        paths.of(256)


def test_pathways_agree_with_the_outcomes(run):
    paths = pathways(run)
    war = run.happened("round_two")
    assert np.array_equal(np.flatnonzero(~war), paths.worlds_through("turn:nobody"))
    quiet = np.flatnonzero(~war & ~run.happened("deal"))
    assert set(quiet) <= {*paths.worlds_through("end:quiet"), *paths.worlds_through("end:regime")}
    assert not run.happened("round_two")[paths.worlds_through("end:quiet")].any()
    assert run.happened("deal")[paths.worlds_through("talks:deal")].all()
    assert not run.happened("first_round")[paths.worlds_through("opening:neither")].any()


def test_answers_of_worlds_made_by_hand():
    course = EventTimes(told(
        [(5, "talks.convene"), (9, "talks.agree_narrowly")],
        [(3, "us.set_ultimatum"), (5, "talks.convene"), (8, "talks.breaks_off"), (20, "war.begins"), (24, "war.ends")],
        [(4, "war.begins")],
        [(5, "talks.convene"), (6, "war.begins"), (8, "war.ends"), (9, "war.begins"), (12, "war.ends"),
         (30, "us.drop_ultimatum")],
        [],
    ), np.array(["nobody", "united states", "iran", "israel", "nobody"]))
    found = [[question.answers[a].id for question, a in zip(QUESTIONS, row, strict=True)] for row in answered(course)]
    assert found == [
        ["talks", "deal", "low", "nobody", "deal"],
        ["ultimatum", "broken", "ultimatum", "united_states", "truce"],
        ["war", "none", "low", "iran", "at_war"],
        ["talks", "open", "low", "israel", "again"],
        ["neither", "none", "low", "nobody", "quiet"],
    ]


def test_the_picture_shows_all_worlds_in_every_column(run):
    from matplotlib.patches import Rectangle

    from sim.report.figures.pathways import pathways as draw

    blocks = [patch for patch in draw(run, pathways(run)).axes[0].patches if isinstance(patch, Rectangle)]
    heights = {x: sum(block.get_height() for block in blocks if block.get_x() == x) for x in range(len(QUESTIONS))}
    assert list(heights.values()) == pytest.approx([heights[0]] * len(QUESTIONS))


# Typical worlds

def scattered(n: int, seed: int = 0):
    points = np.random.default_rng(seed).normal(size=(n, 2)) + np.repeat([[0, 0], [6, 0], [0, 6]], n // 3, axis=0)
    return np.hypot(*(points[:, None] - points).transpose(2, 0, 1)).astype(np.float32)


def test_medoids_find_three_heaps_and_no_swap_is_better():
    apart = scattered(60)
    found = k_medoids.best(apart, 2, 6)
    assert len(found.medoids) == 3
    assert sorted(np.bincount(found.labels)) == [20, 20, 20]
    cost = apart[:, found.medoids].min(axis=1).sum()
    for cluster in range(3):
        for item in range(60):
            others = np.append(np.delete(found.medoids, cluster), item)
            assert apart[:, others].min(axis=1).sum() >= cost - 1e-4


def test_medoids_are_the_middle_of_their_clusters():
    apart = scattered(90, seed=4)
    found = k_medoids.cluster(apart, 4)
    for i, item in enumerate(found.medoids):
        own = np.flatnonzero(found.labels == i)
        assert item in own
        assert apart[item, own].sum() == pytest.approx(min(apart[one, own].sum() for one in own))


def test_silhouette_is_that_of_its_definition():
    apart, labels = scattered(12, seed=2), np.array([0, 1, 2] * 4)
    expected = []
    for i, own in enumerate(labels):
        inside = apart[i, (labels == own) & (np.arange(12) != i)].mean()
        outside = min(apart[i, labels == other].mean() for other in range(3) if other != own)
        expected.append((outside - inside) / max(inside, outside))
    assert k_medoids.silhouette(apart, labels) == pytest.approx(np.mean(expected), abs=1e-5)


def test_worlds_that_do_not_differ_are_one_story():
    found = k_medoids.best(np.zeros((9, 9), np.float32), 3, 6)
    assert found.labels.tolist() == [0] * 9
    assert len(found.medoids) == 1


def test_distance_counts_what_differs_and_when():
    history = told([(10, "war.begins")], [(100, "war.begins")], [], [(10, "war.begins"), (50, "us.set_ultimatum")])
    apart = distances(history)
    war, ultimatum = registry.story("war.begins").weight, registry.story("us.set_ultimatum").weight
    assert apart[0].tolist() == pytest.approx([0, war * 90 / 180, war, ultimatum])
    assert np.array_equal(apart, apart.T)


def test_distance_keeps_the_triangle(run):
    apart = distances(EventLog.of(run))[:40, :40]
    assert (apart[:, None, :] <= apart[:, :, None] + apart[None, :, :] + 1e-4).all()


def test_stories_stand_for_all_worlds(run):
    found = typical(run)
    assert 3 <= len(found.stories) <= 6
    assert sum(story.count for story in found.stories) == 256
    assert sum(story.share for story in found.stories) == pytest.approx(1)
    assert all(earlier.count >= later.count for earlier, later in pairwise(found.stories))
    war = run.happened("round_two")
    for i, story in enumerate(found.stories):
        assert found.clusters.labels[story.world] == i
        assert ("the war lasts" in story.title or "first war lasts" in story.title) == war[story.world]
        assert story.war == pytest.approx(war[found.clusters.labels == i].mean())


def test_the_typical_world_of_a_kind_is_of_that_kind(run):
    quiet = typical_world(run, "quiet")
    assert not run.happened("round_two")[quiet]
    assert not run.happened("deal")[quiet]
    assert run.happened("round_two")[typical_world(run, "war")]
    apart, worlds = distances(EventLog.of(run)), np.flatnonzero(run.happened("round_two"))
    sums = apart[np.ix_(worlds, worlds)].sum(axis=1)
    assert sums[worlds == typical_world(run, "war")] == pytest.approx(sums.min())
    assert typical(run).by_kind()["war"] == typical_world(run, "war")


def test_what_is_not_there_is_no_typical_world():
    short = sim.run("baseline", worlds=8, days=3)
    with pytest.raises(BrinkError, match="none of the 8 worlds"):
        typical_world(short, "deal")
    with pytest.raises(BrinkError, match="did you mean 'war'"):
        typical_world(short, "wars")
    assert set(typical(short).by_kind()) <= set(KINDS)


# The command

@pytest.fixture(scope="module")
def kept(run, tmp_path_factory):
    return run.save(tmp_path_factory.mktemp("kept") / "mine")


def brink(*arguments: str):
    return CliRunner().invoke(app, arguments)


def test_pathways_are_told_and_kept(kept, tmp_path):
    result = brink("pathways", str(kept), "--out", str(tmp_path / "ways"))
    assert result.exit_code == 0, result.stderr
    assert "The commonest 8 of" in result.stdout
    assert f"brink explain {kept} --world" in result.stdout
    assert {path.name for path in Path(tmp_path / "ways").iterdir()} == {
        "nodes.csv", "links.csv", "paths.csv", "stories.csv", "pathways.png", "pathways.svg"}


def test_pathways_as_json_keep_nothing(kept, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = json.loads(brink("pathways", str(kept), "--json").stdout)
    assert sum(story["share"] for story in content["stories"]) == pytest.approx(1)
    assert len(content["paths"]) == 8
    assert list(tmp_path.iterdir()) == []


def test_pathways_of_what_is_no_run(tmp_path):
    result = brink("pathways", str(tmp_path / "nothing"), "--out", str(tmp_path / "ways"))
    assert result.exit_code == 2
    assert "there is no such directory" in result.stderr
    assert not (tmp_path / "ways").exists()


def test_a_run_without_events_says_so():
    bare = sim.run("baseline", worlds=4, days=2, keep_events=0)
    with pytest.raises(BrinkError, match="kept no events"):
        pathways(bare)


@pytest.mark.parametrize(("count", "war", "deal", "says"), [
    (100, 0.25, 0.001, "Of these worlds 25 of 100 see a war, fewer than 1 a deal."),
    (8, 0.25, 0.5, "Of 8 worlds 2 see a war, 4 a deal."), (1, 1.0, 0.0, "Of 1 world 1 sees a war, 0 a deal.")])
def test_of_few_worlds_so_many_are_told_and_not_so_many_of_a_hundred(count, war, deal, says):
    assert Story("", 0, count, 0.5, 0.1, war, deal).ends == says
