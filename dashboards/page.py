"""What all pages share: the view in the link, results computed by the workers, the library, and the words around them."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, wait
from contextlib import AbstractContextManager, contextmanager
from itertools import cycle
from typing import Any, ParamSpec, TypeAlias, TypeVar

import streamlit as st

import sim
from dashboards import link, mishap
from dashboards.plain import code, literal
from dashboards.work import Job, Workshop
from sim.analysis.library import Library
from sim.ensemble.run import Progress
from sim.model import registry
from sim.scenario import scenario as scenarios
from sim.words import LIMITS, count

A_TASK = 4096
"""Worlds of a task: few enough that others get their turn and that the bar has some steps."""

A_LOOK = 0.25
"""Seconds between two updates of the bar, which cost the browser more than the server."""

MOST_KEPT = 10
"""Results that a visitor can keep in the library, so that nobody fills it for all."""

P = ParamSpec("P")
T = TypeVar("T")
Work: TypeAlias = Callable[[Executor, Progress], T]
"""What a job does, with an executor for its tasks and a function that takes how many of them are done."""


@st.cache_resource(show_spinner=False)
def workshop() -> Workshop:
    """The workers of this server."""
    return Workshop()


def visitor() -> str:
    """Who looks, in however many windows: a browser by the token that this server gave it, else an address, else this page."""
    token = st.context.cookies.get("_streamlit_xsrf", "")
    try:
        _, mask, masked, _ = token.split("|")  # the same bytes under another mask each time
        return bytes(a ^ b for a, b in zip(bytes.fromhex(masked), cycle(bytes.fromhex(mask)), strict=False)).hex()
    except ValueError:
        page: str = st.session_state.setdefault("visitor", uuid.uuid4().hex)
        return st.context.ip_address or page


def view() -> link.Link:
    """What the link says; what is wrong with it is shown. A page that is switched to keeps the view of the last one."""
    page, given = st.session_state.get("page"), {name: st.query_params.get_all(name) for name in st.query_params}
    query = {name: texts if name in ("do", "notes") else texts[-1] for name, texts in given.items()}
    found, wrong = link.read(query)
    if not query and st.session_state.get("seen_on", page) != page:
        found = st.session_state.get("view", found).elsewhere()
        show(found)
    st.session_state["view"], st.session_state["seen_on"] = found, page
    tell("\n".join(wrong), st.warning)
    return found


def show(new: link.Link) -> None:
    """Make another view the present one, and put it into the link."""
    st.session_state["view"] = new
    st.query_params.from_dict(new.link())


def change(**fields: Any) -> None:
    """Change some fields of the present view."""
    show(st.session_state.get("view", link.Link()).with_(**fields))


def way(page: str, label: str, there: link.Link, **more: Any) -> None:
    """A link to a page that shows this view; it names the scenario, for an empty link would mean "as before"."""
    st.page_link(f"app_pages/{page}.py", label=label, query_params={"scenario": there.scenario, **there.link()}, **more)


def opening(title: str, says: str) -> link.Link:
    """The head of a page: its title, and what it is for. The view of the visitor."""
    found = view()
    st.title(title)
    st.write(says)
    return found


def steered(widget: Callable[..., Any], key: str, value: Any, then: Callable[[Any], None], *words: Any, **more: Any) -> Any:
    """A widget that shows a value, whatever it showed before; when it is changed, `then` gets the new one."""
    st.session_state[key] = value
    return widget(*words, key=key, on_change=lambda: then(st.session_state[key]), **more)


def bound(widget: Callable[..., Any], label: str, options: Sequence[Any], field: str, **more: Any) -> Any:
    """A widget of choices that shows a field of the view and changes it."""
    value = getattr(st.session_state["view"], field)
    return steered(widget, f"view.{field}", value if value in options else options[0],
                   lambda chosen: change(**{field: value if chosen is None else chosen}), label, options, **more)


def folded(label: str, key: str, fill: Callable[[], object], **more: Any) -> None:
    """An expander that is filled only when it is open."""
    with st.expander(label, key=key, on_change="rerun", **more) as box:
        if box.open:
            fill()


def rows(table: Any, key: str, then: Callable[[int], None], **more: Any) -> None:
    """A table of which a row can be ticked; `then` gets its number."""
    def ticked() -> None:
        if chosen := st.session_state[key].selection.rows:
            then(chosen[0])

    st.dataframe(table, hide_index=True, key=key, on_select=ticked, selection_mode="single-row", **more)


def simulated(scenario: sim.Scenario, worlds: int, seed: int = 1, **more: Any) -> sim.Run:
    """The run of a scenario: from the cache, or simulated now under a bar."""
    with _run(scenario, worlds, seed, **more) as job:
        return _result(job, f"Simulating {worlds:,} worlds")


def _run(scenario: sim.Scenario, worlds: int, seed: int, **more: Any) -> AbstractContextManager[Job]:
    """The job of simulating a scenario. Raises BrinkError if it has too many days."""
    if scenario.days > link.MOST_DAYS:
        raise sim.BrinkError(f"the dashboard simulates at most {link.MOST_DAYS} days; use brink run for more")

    def work(executor: Executor, progress: Progress) -> sim.Run:
        jobs = max(workshop().pieces, worlds // A_TASK)
        return sim.run(scenario, worlds=worlds, seed=seed, jobs=jobs, executor=executor, progress=progress, **more)

    return ordered(_key(scenario, worlds, seed, **more), work, size_of)


def _key(scenario: sim.Scenario, worlds: int, seed: int, **more: Any) -> str:
    """All that a run depends on."""
    return f"run {scenario.name} {scenario.lineage} {scenario.hash} {worlds} {seed} {sorted(more.items())}"


def side_by_side(here: sim.Scenario, there: sim.Scenario, worlds: int, seed: int = 1) -> sim.Comparison:
    """Two scenarios on the same luck, compared; both are simulated at once, unless they are cached."""
    with _run(here, worlds, seed) as one, _run(there, worlds, seed) as other:
        a, b = (_result(job, f"Simulating {worlds:,} worlds") for job in (one, other))
    key = f"comparison of {_key(here, worlds, seed)} and {_key(there, worlds, seed)}"
    return computed(key, lambda: sim.Comparison.of(a, b), "Comparing", lambda made: made.rows)


def size_of(result: Any) -> int:
    """Bytes of the runs of a result; of any other one, a megabyte."""
    runs = (result.a, result.b) if isinstance(result, sim.Comparison) else (result,)
    return sum(sum(table.nbytes for table in run.tables.values()) if isinstance(run, sim.Run) else 2**20 for run in runs)


def computed(key: str, make: Callable[[], T], says: str, fill: Callable[[T], object] = lambda made: None) -> T:
    """What is made in a thread of the workshop, with what `fill` caches in it, once for all visitors."""
    def work(*unused: object) -> T:
        made = make()
        fill(made)
        return made

    return waited_for(key, work, says)


def library() -> Library:
    """The folder with runs and comparisons that `brink dashboard --library` names, or `runs` where the server was started."""
    return Library(os.environ.get("BRINK_LIBRARY") or "runs")


@st.cache_resource(show_spinner=False)
def keepers() -> defaultdict[str, set[str]]:
    """The names of what each visitor has kept in the library since the server began."""
    return defaultdict(set)


def keep(run: sim.Run, name: str) -> str:
    """Keep a run in the library under a name; the name it got. Raises BrinkError if it cannot be kept, see `Library.keep`."""
    shelf, mine = library(), keepers()[visitor()]
    if len(mine & {*shelf.names()}) >= MOST_KEPT:
        raise sim.BrinkError(f"you keep {MOST_KEPT} results here already, the most for one visitor; take others as files")
    mine.add(given := shelf.keep(run, name))
    return given


def opened(name: str) -> sim.Run:
    """A run of the library, read in the workshop and cached there. Raises BrinkError if there is none of that name."""
    shelf = library()
    return computed(f"library {shelf.folder} {name} {shelf.stamp(name)}", lambda: shelf.open(name), "Opening")


def waited_for(key: str, work: Work[T], says: str, size: Callable[[T], int] = size_of) -> T:
    """The result of a job, under a bar that says what is being done; a visitor who moves on cancels it."""
    with ordered(key, work, size) as job:
        return _result(job, says)


def in_a_worker(function: Callable[P, T], *given: P.args, **named: P.kwargs) -> Work[T]:
    """The work of calling a function in one of the worker processes."""
    return lambda executor, progress: executor.submit(function, *given, **named).result()


@contextmanager
def ordered(key: str, work: Work[T], size: Callable[[T], int], who: str = "") -> Iterator[Job]:
    """A job, as long as somebody waits for it, this visitor or `who`; visitors who request the same key share it."""
    job = workshop().order(who or visitor(), hashlib.sha256(key.encode()).hexdigest(), work, size)
    try:
        yield job
    finally:
        workshop().leave(job)


def _result(job: Job, says: str) -> Any:
    """The result of a job, which is waited for under a bar with a button that cancels it."""
    if job.future.done():
        return job.future.result()
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, f"{says} …")
        stop = st.button("Cancel", key=f"cancel-{job.key[:12]}")
    if stop:
        place.empty()
        st.info("Cancelled. Change something, or reload the page, to go on.")
        st.stop()
    began = time.monotonic()
    while not wait([job.future], A_LOOK).done:
        waited = time.monotonic() - began  # shown because some work cannot say how far it is
        bar.progress(min(job.share, 1.0), f"{says} … {waited:.0f} s")  # ends this script if the visitor has moved on
    place.empty()
    return job.future.result()


def controls(now: link.Link, worlds: bool = True) -> None:
    """The choices on every page of results: the scenario, and how many worlds if there is a choice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bound(st.selectbox, "Scenario", scenarios.names(), "scenario", format_func=title_of,
              help="A story to start from; change it under What if.")
        if worlds:
            how_many(now)
    if now.set or now.do:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Changed:** " + "; ".join([*(f"{code(key)} = {value:g}" for key, value in now.set),
                                                     *(literal(line) for line in now.do)]))
            st.button("Undo all changes", on_click=lambda: change(set=(), do=(), notes=()))
    elif now.scenario != "baseline":
        st.markdown(literal(headline(now.scenario)[1]))


def how_many(now: link.Link) -> None:
    """The choice of how many worlds; a number that only the link names is one of the options."""
    bound(st.segmented_control, "Worlds", sorted({*link.LIVE, now.worlds}), "worlds", required=True,
          format_func=lambda count: f"{count:,}", help="1,000 at once; more worlds make the error smaller and take longer.")


def tell(text: object, show: Callable[[str], object] = st.error) -> None:
    """Show what is wrong, or another message, a line each."""
    for line in str(text).splitlines():
        show(literal(line))


section = mishap.instead(tell)
"""For functions that show a part of a page: what goes wrong in it is told in its place."""


def name_of(key: str) -> str:
    """A parameter or state variable in words: its owner, and its name."""
    owner, _, name = key.partition(".")
    return f"{registry.called(owner)}: {name.replace('_', ' ')}"


@st.cache_data(max_entries=256, show_spinner=False)
def headline(name: str) -> tuple[str, str]:
    """Title and description of a scenario of the library."""
    return scenarios.headline(name)


def title_of(name: str) -> str:
    """The title of a scenario of the library."""
    return headline(name)[0]


def footer(run: sim.Run | None = None) -> None:
    """The limits of the model, and the run that the page shows."""
    made = "" if run is None else (f" {literal(run.scenario.title)}: {count(run.size, 'simulated world')} of "
                                   f"{count(run.days, 'day')}, seed {run.seed}.")
    st.caption(f"{LIMITS}{made}")
