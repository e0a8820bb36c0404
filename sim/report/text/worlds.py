"""What separates worlds, where they go, and the stories that stand for them, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote

import pandas as pd

from sim.analysis.pathways.association import Separation
from sim.analysis.pathways.pathways import Pathways
from sim.analysis.pathways.typical import Typical
from sim.ensemble.results import Run
from sim.model.registry import events, tell_event
from sim.report.text.tables import show_list, show_table, wrapped
from sim.words import LIMITS, count, error_points, of_hundred, say, two_digits

MORE, LESS, PARAMETERS = 12, 6, 10
"""Most rows shown of events that come more often before, of those that come less often, and of parameters."""
FEW_SETS = 256
"""Parameter sets below which little can be said about several hundred parameters."""
PATHS = 8
"""The commonest paths that are shown."""


def event_names(events: Iterable[str]) -> dict[str, str]:
    """Each event in words."""
    return {name: tell_event(name) for name in events}


def show_why(run: Run, directory: Path, found: Separation, out: Path | None = None) -> None:
    """The outcome, its last steps, what goes before it more and less often, parameters, and how far all this carries.

    `directory` is where the run is kept, and `out` where tables and picture are, if they are.
    """
    names = event_names({*found.events["event"], *found.last_steps["event"]})
    say(*_head(run, found, names), "")
    clear = found.events[found.events["clear"]]
    more, less = clear[clear["ratio"] > 1].head(MORE), clear[clear["ratio"] < 1].iloc[::-1].head(LESS)
    for words, rows in (("More often before it", more), ("Less often before it", less)):
        if len(rows):
            say(f"{words if found.before else words.replace('before it', 'where it came true')}:")
            _show_events(found, rows, names)
            say()
    say(*_foot(run, directory, found, more, names))
    if out is not None:
        say(f"Tables and picture are in {out}")


def _head(run: Run, found: Separation, names: dict[str, str]) -> Iterator[str]:
    above = "" if found.above != found.above else f"above {two_digits(found.above)} {found.question.unit}".rstrip() + " in "
    yield (f"{found.question.says}: {above}{found.cases:,} of {found.worlds:,} worlds ({run.scenario.title}; those whose "
           "events are kept)")
    if len(found.last_steps):
        days = f"on average {two_digits(found.lead)} days before" if found.lead else "on the same day"
        yield f"The last step towards it, by the log, {days}:"
        for row in found.last_steps.itertuples():
            yield f"  {of_hundred(row.share):>12} of 100 ± {error_points(row.se)}  {names[row.event]}"


def _show_events(found: Separation, rows: pd.DataFrame, names: dict[str, str]) -> None:
    """One row per kind of event, in worlds of 100."""
    columns = (("in 100 before it", "in 100 others, same date", "times the rate") if found.before
               else ("in 100 where it came true", "in 100 others", "times as often"))
    show_table(("event", *columns, "90 % interval", "goes with"), (
        (names[row.event], of_hundred(row.cases), of_hundred(row.others), two_digits(row.ratio),
         f"{two_digits(row.low)} to {two_digits(row.high)}", f"{100 * row.share:.0f} of 100 ± {100 * row.se:.1f}")
        for row in rows.itertuples()), whole=True)


def _foot(run: Run, directory: Path, found: Separation, more: pd.DataFrame, names: dict[str, str]) -> Iterator[str]:
    if len(more):
        yield from wrapped(sentence(found, more.iloc[0], names))
    yield from wrapped(_compared(found))
    if len(found.parameters):
        yield from _parameters(found)
    elif found.sets > 1:
        yield from wrapped(f"Of parameters {found.sets} sets tell nothing; run with --sets {FEW_SETS} or more.")
    test = command(run, directory, more)
    yield from wrapped("All of this is association within the model: what goes before need not be what brings about."
                       + " To see what an event does, forbid it and keep the luck:" * bool(test))
    yield from [f"  {test}"] * bool(test)
    yield LIMITS


def sentence(found: Separation, row: pd.Series, names: dict[str, str]) -> str:
    """One row of the table in words."""
    with_it, others = of_hundred(row["cases"]), of_hundred(row["others"])
    ratio, low, high = (two_digits(row[column]) for column in ("ratio", "low", "high"))
    times = f"{ratio} times (90 % interval {low} to {high})"
    if found.before is None:
        return (f'In words: "{names[row["event"]]}" happened in {with_it} of 100 worlds where it came true, against {others} '
                f"of 100 where it did not. Where that happened, it came true {times} as often.")
    when = "the last step towards it" if len(found.last_steps) else "it"
    return (f'In words: in the {found.before} days before {when}, "{names[row["event"]]}" had happened in {with_it} of 100 '
            f"worlds, against {others} of 100 others on the same date. It came at {times} the rate where that had happened.")


def _compared(found: Separation) -> str:
    many, clear = len(found.events), int(found.events["clear"].sum())
    text = (f"{many} kinds of event were compared, each on its own. {clear} stand out when chance finds are held to 5 % of "
            "those that do (Benjamini and Hochberg 1995); the foremost of these are shown. \"Goes with\" is how much of the "
            "outcome would go if the event did, were all of the association its effect (less than 0: how much more there "
            "would be)")
    if found.before is None:
        return f"{text}. The outcome has no day, so what it led to is among these events too."
    return f"{text}. Worlds are compared on the same date" + (", that of the last step" if found.lead > 0 else "") + (
        ", and only what happened at least a day earlier counts.")


def _parameters(found: Separation) -> Iterator[str]:
    """The parameters that differ most, as places in their priors."""
    stands = int(found.parameters["clear"].sum())
    yield ""
    yield "Parameters that differ most between worlds with it and without (mean place in the prior, in points of 100):"
    for row in found.parameters.head(PARAMETERS).itertuples():
        notes = ["within chance"] * (not row.clear) + [f"moves with {row.moves_with}"] * bool(row.moves_with)
        yield f"  {row.parameter:<34}{row.difference:+6.1f} ± {row.se:.1f}  {'; '.join(notes)}".rstrip()
    yield f"Of {len(found.parameters)} that vary, {stands} stand out from chance by the same rule."
    if found.parameters["moves_with"].any():
        yield from wrapped(f"With {found.sets} sets some parameters rise and fall together: of those that move with each "
                            "other any may be the one that counts. More --sets part them.")
    if found.sets < FEW_SETS:
        yield from wrapped(f"There are only {found.sets} parameter sets, too few to tell several hundred parameters apart; "
                            f"run with --sets {FEW_SETS} or more.")
    yield ""


def command(run: Run, directory: Path, more: pd.DataFrame) -> str:
    """The command that tests the foremost event which can be forbidden; "" if there is none."""
    known = events()
    able = [name for name in more["event"] if name in known and known[name].declaration.clocked]
    return f"brink compare {quote(str(directory))} --do '{{on: {run.scenario.date}, forbid: {able[0]}}}'" if able else ""


def show_pathways(run: Run, place: Path, paths: Pathways, typical: Typical, out: Path | None) -> None:
    """Shares of the answers, the commonest paths, and the stories.

    `place` is where the run is kept, and `out` where tables and picture are, if they are.
    """
    say(f"{run.scenario.title}: pathways of {count(paths.worlds, 'world')} (those whose events are kept), "
        f"{count(run.days, 'day')}\n")
    show_answers(paths)
    shown = paths.paths.head(PATHS)
    say(f"\nThe commonest {len(shown)} of {len(paths.paths):,} whole paths, {of_hundred(shown['share'].sum())} of 100 "
        "worlds:")
    for row in shown.itertuples():
        say(*wrapped(f"{row.says} (world {row.world})", f"{_share(row.share, row.se)}  "))
    many = len(typical.stories)
    say(f"\n{count(many, 'story', 'stories')} that {'stands' if many == 1 else 'stand'} for all worlds, told by the world in "
        f"{'its' if many == 1 else 'the'} middle{'' if many == 1 else ' of each'}.")
    if many > 1:
        say(f"They shade into one another: their mean silhouette is {typical.clusters.silhouette:.2f}, where 1 would be "
            "sharply apart.")
    for i, story in enumerate(typical.stories, 1):
        say(*wrapped(f"{_share(story.share, story.se).strip()} worlds: {story.title}", f"  {i}. "),
            f"     {story.ends}",
            f"     See it: brink explain {quote(str(place))} --world {story.world}")
    say("\nThe most typical world by how it goes:")
    for kind, world in typical.by_kind().items():
        say(f"  {kind:<15} brink explain {quote(str(place))} --world {world}")
    say(LIMITS)
    if out is not None:
        say(f"Tables and picture are in {out}")


def show_answers(paths: Pathways) -> None:
    """Each question, with its answers and their shares of 100 worlds."""
    show_list(
        (question.label, "; ".join(f"{row.label} {of_hundred(row.share)} ± {error_points(row.se)}"
                                   for row in paths.nodes[paths.nodes["question"] == question.id].itertuples()))
        for question in paths.questions)


def _share(share: float, error: float) -> str:
    return f"{of_hundred(share):>3} of 100 ± {error_points(error)}"
