"""Measure the dashboard as its visitors meet it. One command: python benchmarks/dashboard.py [--quick] [--only PART]

A server is started on a free port, with its workers. Pictures are timed in a real browser (the system's Chromium), many
visitors by connections that speak the browser's own protocol, since ten browsers on the server's cores would time
themselves. --quick takes fewer tries, and fewer and smaller updates for memory.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests" / "browser")]

from run import Row, table  # noqa: E402
from served import Server, serving  # noqa: E402
from window import Window, browsing  # noqa: E402

PAGE = "what_if"
"""The page whose sliders change what is simulated."""

KEY = "iran.fear_of_carriers"
"""A parameter that changes what is simulated."""

WORLDS = 1000
TUNING = {"worlds": WORLDS, "tune": "iran"}
"""The view with the sliders of one actor open."""

VISITORS, MANY = 10, 20
PAUSE = 2.0, 8.0
"""Seconds that a visitor looks at a picture before moving the next slider."""

WATCH = """() => {
    window.moved = window.finished = window.drawn = 0;
    const charts = '[data-testid=stVegaLiteChart], [data-testid=stHtml]';
    const app = document.querySelector('[data-testid=stApp]');
    const changed = (one) => (one.target.closest ? one.target : one.target.parentElement)?.closest(charts);
    new MutationObserver(all => { if (all.some(changed)) window.drawn = performance.now(); })
        .observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true,
                                 attributeFilter: ['d', 'transform', 'aria-label']});
    new MutationObserver(() => { if (app.dataset.testScriptState === 'notRunning') window.finished = performance.now(); })
        .observe(app, {attributeFilter: ['data-test-script-state']});
    document.addEventListener('keyup', () => { window.moved = performance.now(); window.finished = window.drawn = 0; }, true);
}"""
"""Notes, in the browser's own time, when a slider was let go, the server had finished, and a chart changed last."""


class Visitor:
    """A connection as a browser opens it, which looks at one page; `bytes` came with the last update."""

    def __init__(self, line: Any, page: str) -> None:
        self.line, self.page, self.bytes = line, page, 0

    def update(self, **query: object) -> float:
        """Look at another view; the seconds until all of it has arrived. Raises RuntimeError if it shows an error."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        wish, began, self.bytes = BackMsg(), time.perf_counter(), 0
        wish.rerun_script.query_string, wish.rerun_script.page_name = urlencode(query), self.page
        self.line.send(wish.SerializeToString())
        while True:
            raw = self.line.recv(timeout=120)
            self.bytes += len(raw)
            message = ForwardMsg.FromString(raw)
            if message.HasField("script_finished") and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - began
            element = message.delta.new_element
            if element.HasField("exception") or element.alert.format in (element.alert.ERROR, element.alert.WARNING):
                raise RuntimeError(element.exception.message or element.alert.body)


@contextmanager
def visiting(server: Server, page: str = PAGE) -> Iterator[Visitor]:
    """A visitor to whom the unchanged scenario has been shown."""
    from websockets.sync.client import connect
    from websockets.typing import Origin, Subprotocol

    address = f"ws://{server.host}/_stcore/stream"
    with connect(address, origin=Origin(server.address), subprotocols=[Subprotocol("streamlit")], max_size=None) as line:
        visitor = Visitor(line, page)
        visitor.update(**TUNING)
        yield visitor


def family(pid: int) -> list[int]:
    """A process and all that come from it."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return [pid, *(member for child in children for member in family(child))]


def memory_of(server: Server) -> float:
    """Resident memory of the server and its workers in MB."""
    lines = [Path(f"/proc/{pid}/statm").read_text().split() for pid in family(server.process.pid)]
    return sum(int(fields[1]) for fields in lines) * os.sysconf("SC_PAGE_SIZE") / 2**20


def labour_of(server: Server) -> float:
    """CPU seconds that the server and its workers have used."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in family(server.process.pid)]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def seconds(taken: list[float]) -> str:
    """A median, with the range around it."""
    return f"{median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f}, {len(taken)} tries)"


def values() -> Iterator[dict[str, object]]:
    """Views that nobody has opened yet: each sets another parameter."""
    for i in range(10**6):
        yield {"set": f"{KEY}:{0.3 + i / 10**5:.5f}"}


FRESH = values()


def opening(server: Server, quick: bool) -> Iterator[Row]:
    """From the address to the first picture, in a browser that was never there."""
    def first_picture(**query: object) -> float:
        with browsing() as browser:
            window = Window(browser, server)
            began = time.perf_counter()
            window.page.goto(server.link("outlook", **query))
            window.page.wait_for_selector(".brink-card")
            window.page.wait_for_selector("[data-testid=stVegaLiteChart] svg.marks")
            return time.perf_counter() - began

    tries = 3 if quick else 9
    first_picture()
    yield Row("opening the outlook, cold browser, result kept: cards and first chart",
              seconds([first_picture() for _ in range(tries)]), "4 s", "2.5 s")
    yield Row("the same, to be simulated first", seconds([first_picture(**next(FRESH)) for _ in range(tries)]), "4 s", "2.5 s")


def slider(server: Server, quick: bool) -> Iterator[Row]:
    """From a slider that is let go to the last change in a chart."""
    with browsing() as browser:
        window = Window(browser, server).open(PAGE, **TUNING)
        window.page.evaluate(WATCH)
        moved(window, 0)
        marks = [moved(window, i % 5) for i in range(5 if quick else 15)]
    finished, drawn = map(list, zip(*marks, strict=True))
    yield Row(f"from a released slider to new charts, {WORLDS:,} worlds", seconds(drawn), "2 s", "1 s")
    yield Row("of which until the server has finished", seconds(finished), "", "")


def moved(window: Window, place: int) -> tuple[float, float]:
    """Seconds from letting a slider go until the server has finished, and to the last change in a chart."""
    before = window.page.url
    window.main.get_by_role("slider").nth(place).press("ArrowRight")
    window.page.wait_for_function("before => location.href !== before", arg=before)
    window.page.wait_for_function("() => window.finished && window.drawn && performance.now() - window.drawn > 1000")
    window.rest()
    finished, drawn = window.page.evaluate("[window.finished - window.moved, window.drawn - window.moved]")
    return finished / 1000, drawn / 1000


def visitors(server: Server, quick: bool) -> Iterator[Row]:
    """Ten at a time, each of whom changes a parameter, waits, looks, and changes it again."""
    for says, pause in ((f"each looks for {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s between two", PAUSE), ("without a pause", (0, 0))):
        threads, taken, wrong = crowd(server, VISITORS, pause, lambda: range(3 if quick else 10))
        for thread in threads:
            thread.join()
        last = quantiles(taken, n=20)[-1] if len(taken) > 1 else float("nan")
        share = sum(one <= 5 for one in taken) / max(len(taken), 1)
        yield Row(f"{VISITORS} visitors, {WORLDS:,} worlds an update, {says}",
                  f"{share:.0%} within 5 s; median {median(taken):.1f} s, 95 % within {last:.1f} s; "
                  f"{len(taken)} updates, {len(wrong)} errors{': ' + wrong[0] if wrong else ''}",
                  "95 % within 5 s, no error" if pause == PAUSE else "", "")


def crowd(server: Server, many: int, pause: tuple[float, float],
          rounds: Callable[[], Iterable[object]]) -> tuple[list[threading.Thread], list[float], list[str]]:
    """So many visitors, each of whom makes an update a round: their threads, what updates take, and what goes wrong."""
    taken: list[float] = []
    wrong: list[str] = []

    def visit(number: int) -> None:
        luck = random.Random(number)
        with visiting(server) as visitor:
            for _ in rounds():
                time.sleep(luck.uniform(*pause))
                try:
                    taken.append(visitor.update(**TUNING, **next(FRESH)))
                except (RuntimeError, TimeoutError) as error:
                    wrong.append(str(error) or "no answer within two minutes")

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    return threads, taken, wrong


def memory(server: Server, quick: bool) -> Iterator[Row]:
    """Resident memory over many updates, no two the same."""
    updates, worlds = (100, 100) if quick else (500, WORLDS)
    seen = []
    with visiting(server) as visitor:
        for i in range(updates + 1):
            if i % (updates // 10) == 0:
                seen.append(memory_of(server))
            visitor.update(**{**TUNING, "worlds": worlds}, **next(FRESH))
    yield Row(f"memory of server and workers over {updates} updates of {worlds:,} worlds",
              f"{max(seen):,.0f} MB at most; {seen[0]:,.0f} MB before, {', '.join(f'{one:,.0f}' for one in seen[1:])}",
              "2,000 MB, flat", "")


def losses(server: Server, quick: bool) -> Iterator[Row]:
    """Many at a time for two minutes, while three workers are killed as the system does to whoever takes too much memory.

    Where the day is compiled workers are threads, and there is none to kill; BRINK_ENGINE=numpy has processes.
    """
    end, seen = time.monotonic() + (40 if quick else 120), [memory_of(server)]
    threads, taken, wrong = crowd(server, MANY, PAUSE, lambda: iter(lambda: time.monotonic() < end, False))
    kills = [end - (end - time.monotonic()) * share for share in (0.75, 0.5, 0.25)]
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        seen.append(memory_of(server))
        if kills and time.monotonic() > kills[0] and (found := workers_of(server)):
            os.kill(random.choice(found), signal.SIGKILL)
            kills.pop(0)
    yield Row(f"{MANY} visitors, {3 - len(kills)} workers killed: errors in {len(taken)} updates; memory at most",
              f"{len(wrong)}{': ' + wrong[0] if wrong else ''}; {max(seen):,.0f} MB", "0; 2,000 MB", "")


def workers_of(server: Server) -> list[int]:
    """The worker processes, which are copies of one that starts them."""
    def started_by(pid: int) -> bytes:
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        return Path(f"/proc/{parent}/cmdline").read_bytes()
    return [pid for pid in family(server.process.pid) if b"forkserver" in started_by(pid)]


def shares(server: Server, quick: bool) -> Iterator[Row]:
    """Where the time of an update goes, on the server."""
    import sim

    fresh: list[float] = []
    again: list[float] = []
    drawn: list[float] = []
    labour: list[float] = []
    with visiting(server) as visitor:
        for view in itertools.islice(FRESH, 3 if quick else 9):
            marks = [labour_of(server)]
            for taken in (fresh, again):
                taken.append(visitor.update(**TUNING, **view))
                marks.append(labour_of(server))
            labour.append(marks[1] - marks[0])
            drawn.append(marks[2] - marks[1])
    alone = []
    for _ in fresh:
        began = time.process_time()
        sim.run(worlds=WORLDS)
        alone.append(time.process_time() - began)
    yield Row("an update on the server, simulated anew", seconds(fresh), "", "")
    yield Row("the same, result kept: script and sending", f"{seconds(again)}, {visitor.bytes / 1e3:,.0f} kB", "", "")
    yield Row("CPU of the two, and of the simulation in one process",
              f"{median(labour):.2f} s, {median(drawn):.2f} s, {median(alone):.2f} s", "", "")


PARTS: dict[str, Callable[[Server, bool], Iterator[Row]]] = {
    "opening": opening, "slider": slider, "shares": shares, "visitors": visitors, "losses": losses, "memory": memory}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer tries")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; can be given more than once")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is ended too
    rows = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        with visiting(server):
            pass
        for name, part in PARTS.items():
            if not options.only or name in options.only:
                print(f"-- {name}; load of the machine {os.getloadavg()[0]:.1f}", flush=True)
                for row in part(server, options.quick):
                    print(f"{row.what}: {row.measured}" + (f" (must {row.must})" if row.must else ""), flush=True)
                    rows.append(row)
    print(f"\n{table(rows)}")


if __name__ == "__main__":
    main()
