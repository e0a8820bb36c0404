"""Work for visitors: shared results, fair turns, cancelling, bounds, and workers that die."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

pytest.importorskip("streamlit")

import sim
from dashboards import work
from dashboards.work import ALWAYS, MOST_A_VISITOR, MOST_JOBS, Dropped, Workshop, joined
from sim.ensemble import workers
from sim.ensemble.tasks import run_batch
from sim.errors import BrinkError

ENDED = (Dropped, workers.Stopped, CancelledError)


def days(seconds: float) -> str:
    """A task that, like a simulation, asks each day whether it should go on."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        workers.go_on(0)
        time.sleep(0.01)
    return "done"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module", params=["auto", "numpy"])
def workshop(request: pytest.FixtureRequest) -> Iterator[Workshop]:
    """One whose workers are threads, where the day is compiled, and one whose workers are processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRINK_ENGINE", request.param)
        shop = Workshop(processes=2)
        yield shop
        shop.close()


mortal = pytest.mark.parametrize("workshop", ["numpy"], indirect=True)
"""Workers that can be killed without the server: processes."""


def tasks(count: int, seconds: float, finished: list[str] | None = None, name: str = ""):
    """Work that hands out so many tasks and waits for all."""
    def work(executor, progress):
        futures = [executor.submit(days, seconds) for _ in range(count)]
        for i, future in enumerate(futures):
            future.result()
            progress(i + 1, count)
            if finished is not None:
                finished.append(name)
        return name
    return work


def test_a_run_through_the_workshop_equals_one_made_directly(workshop):
    def work(executor, progress):
        return sim.run(worlds=100, days=20, executor=executor, progress=progress)
    job = workshop.order("anna", "run", work, lambda run: 1000)
    run = job.future.result(timeout=60)
    workshop.leave(job)
    assert run.tables["worlds"].equals(sim.run(worlds=100, days=20).tables["worlds"])
    assert job.share == 1


def test_who_asks_the_same_gets_the_same_result_without_work(workshop):
    calls = []

    def work(executor, progress):
        calls.append(1)
        return executor.submit(days, 0.1).result()
    jobs = [workshop.order(name, "same", work) for name in ("anna", "ben")]
    assert jobs[0] is jobs[1]
    assert [job.future.result(timeout=30) for job in jobs] == ["done", "done"]
    later = workshop.order("cleo", "same", work)
    assert later.future.done()
    assert calls == [1]
    for job in (*jobs, later):
        workshop.leave(job)


def test_a_heavy_visitor_does_not_starve_another(workshop):
    finished: list[str] = []
    heavy = workshop.order("heavy", "heavy", tasks(20, 0.1, finished, "heavy"))
    time.sleep(0.15)
    light = workshop.order("light", "light", tasks(2, 0.1, finished, "light"))
    assert light.future.result(timeout=30) == "light"
    assert finished.count("heavy") < 12
    assert heavy.future.result(timeout=30) == "heavy"
    workshop.leave(heavy)
    workshop.leave(light)


def test_free_workers_have_nothing_to_do_and_nobody_waits_for_them(workshop):
    def until(free: int) -> None:
        end = time.monotonic() + 30
        while workshop.free != free and time.monotonic() < end:
            time.sleep(0.01)
        assert workshop.free == free
    until(2)
    one = workshop.order("anna", "one of two", tasks(1, 60.0))
    until(1)
    more = workshop.order("ben", "more than two", tasks(3, 60.0))
    until(0)
    for job in (one, more):
        workshop.leave(job)
    until(2)


def test_small_jobs_are_cut_for_whoever_is_alone_and_left_whole_for_a_class(workshop, monkeypatch):
    monkeypatch.setattr(workshop, "seen", {})
    for visitor, lately, pieces in (("anna", 1e9, 2), ("anna", 1e9, 2), ("ben", 1e9, 1), ("ben", 0, 2)):
        monkeypatch.setattr(work, "LATELY", lately)
        workshop.leave(workshop.order(visitor, f"cut for {visitor} {lately}", lambda executor, progress: "done"))
        soon(lambda: workshop.free == 2)
        assert workshop.pieces == pieces


def test_a_job_that_nobody_waits_for_is_dropped_and_its_tasks_stop(workshop):
    job = workshop.order("anna", "long", tasks(6, 60.0))
    time.sleep(0.3)
    workshop.leave(job)
    with pytest.raises(ENDED):
        job.future.result(timeout=10)
    quick = workshop.order("ben", "quick", tasks(2, 0.05, name="quick"))
    assert quick.future.result(timeout=10) == "quick"
    workshop.leave(quick)
    assert not workshop.jobs


def test_while_one_still_waits_the_job_goes_on(workshop):
    first = workshop.order("anna", "shared", tasks(2, 0.4, name="shared"))
    second = workshop.order("ben", "shared", tasks(2, 0.4, name="shared"))
    workshop.leave(first)
    assert second.future.result(timeout=10) == "shared"
    workshop.leave(second)


def test_a_visitor_cannot_pile_up_jobs(workshop):
    jobs = [workshop.order("greedy", f"pile {i}", tasks(1, 5.0)) for i in range(MOST_A_VISITOR)]
    with pytest.raises(BrinkError, match="other windows"):
        workshop.order("greedy", "one more", tasks(1, 5.0))
    for job in jobs:
        workshop.leave(job)
    for job in jobs:
        with pytest.raises(ENDED):
            job.future.result(timeout=10)


def test_results_are_kept_within_a_bound():
    shop = Workshop(processes=1, kept=100)
    try:
        for i in range(5):
            job = shop.order("anna", f"kept {i}", lambda executor, progress: "x", lambda result: 30)
            job.future.result(timeout=10)
            shop.leave(job)
        too_large = shop.order("anna", "huge", lambda executor, progress: "y", lambda result: 1000)
        assert too_large.future.result(timeout=10) == "y"
        assert shop.kept.currsize <= 100
        assert len(shop.kept) == 3
        assert "huge" not in shop.kept
    finally:
        shop.close()


def test_an_error_of_the_work_reaches_who_waits_and_is_not_kept(workshop):
    def work(executor, progress):
        raise BrinkError("no such scenario")
    job = workshop.order("anna", "wrong", work)
    with pytest.raises(BrinkError, match="no such scenario"):
        job.future.result(timeout=10)
    workshop.leave(job)
    assert "wrong" not in workshop.kept


def dies_once(mark) -> str:
    """A task whose worker is killed the first time, as the system does to whoever takes too much memory."""
    if not mark.exists():
        mark.touch()
        die()
    return "done"


@mortal
def test_what_was_lost_with_a_worker_is_done_again(workshop, tmp_path):
    job = workshop.order("anna", "dies once", lambda executor, progress: executor.submit(dies_once, tmp_path / "mark").result())
    assert job.future.result(timeout=60) == "done"
    workshop.leave(job)


@mortal
def test_what_kills_its_worker_twice_is_refused_and_takes_nothing_along(workshop):
    beside = workshop.order("ben", "beside it", tasks(4, 0.3, name="beside"))
    job = workshop.order("anna", "deadly", lambda executor, progress: executor.submit(die).result())
    with pytest.raises(BrinkError, match="ended early, twice"):
        job.future.result(timeout=60)
    assert beside.future.result(timeout=60) == "beside"
    again = workshop.order("anna", "after", tasks(2, 0.05, name="after"))
    assert again.future.result(timeout=60) == "after"
    for one in (job, beside, again):
        workshop.leave(one)


@mortal
def test_a_mistake_after_a_death_is_told_as_it_is(workshop, tmp_path):
    def work(executor, progress):
        return executor.submit(dies_then_fails, tmp_path / "mark").result()
    job = workshop.order("anna", "dies, then fails", work)
    with pytest.raises(FloatingPointError):
        job.future.result(timeout=60)
    workshop.leave(job)


def dies_then_fails(mark):
    dies_once(mark)
    raise FloatingPointError("no number")


@mortal
def test_each_worker_can_be_killed_under_six_visitors_and_all_are_served(workshop):
    jobs = [order_run(workshop, f"mourner {i}", days=120, seed=i) for i in range(6)]
    for place in range(workshop.processes):
        soon(lambda place=place: workshop.loads.get(place) and workshop.pools[place]._processes)
        os.kill(next(iter(workshop.pools[place]._processes)), signal.SIGKILL)
    assert [job.future.result(timeout=120).seed for job in jobs] == list(range(6))
    for job in jobs:
        workshop.leave(job)


@mortal
def test_an_idle_worker_that_is_killed_is_replaced(workshop):
    soon(lambda: workshop.free == workshop.processes)
    for pool in workshop.pools:
        for pid in pool._processes:
            os.kill(pid, signal.SIGKILL)
    soon(lambda: all(pool._broken for pool in workshop.pools))
    job = workshop.order("anna", "after idle", tasks(4, 0.05, name="after idle"))
    assert job.future.result(timeout=60) == "after idle"
    workshop.leave(job)


def test_whoever_has_nothing_running_is_let_in():
    shop, done = Workshop(processes=1), threading.Event()
    wait = lambda executor, progress: done.wait(60)  # noqa: E731
    try:
        for i in range(MOST_JOBS):
            shop.order(f"visitor {i // MOST_A_VISITOR}", f"{i}", wait)
        for i in range(ALWAYS):
            shop.order("late", f"late {i}", wait)
        with pytest.raises(BrinkError, match="many visitors"):
            shop.order("late", "one more", wait)
    finally:
        done.set()
        shop.close()


def test_many_visitors_at_once(workshop):
    results: list[str] = []

    def visit(name: str) -> None:
        job = workshop.order(name, f"crowd {name}", tasks(2, 0.02, name=name))
        results.append(job.future.result(timeout=60))
        workshop.leave(job)
    threads = [threading.Thread(target=visit, args=(f"v{i}",)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(f"v{i}" for i in range(20))
    assert not workshop.loads


def waits(gate):
    """A task that ends when this file is there."""
    while not os.path.exists(gate):
        workers.go_on(0)
        time.sleep(0.01)


def soon(holds):
    """Wait until something holds that is about to."""
    end = time.monotonic() + 30
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    assert holds()


def order_run(shop, visitor, **arguments):
    return shop.order(visitor, f"run of {visitor} {arguments}", lambda executor, progress: sim.run(
        worlds=100, executor=executor, progress=progress, **arguments))


@pytest.fixture
def let_go(workshop, tmp_path):
    """All workers are busy, until this is called."""
    gate = tmp_path / "gate"
    job = workshop.order("busy", str(gate), lambda executor, progress: [
        future.result() for future in [executor.submit(waits, gate) for _ in range(workshop.processes)]])
    soon(lambda: not workshop.places)
    yield gate.touch
    workshop.leave(job)


@pytest.fixture
def runs(workshop, let_go):
    """The runs of several visitors who all ask while the workers are busy, so that they wait together."""
    def made(ask):
        jobs = [order_run(workshop, f"v{i}", **arguments) for i, arguments in enumerate(ask)]
        soon(lambda: sum(map(len, workshop.queues.values())) == len(ask))
        let_go()
        for job in jobs:
            job.future.exception(timeout=60)
            workshop.leave(job)
        return [job.future for job in jobs]
    return made


def equal(made, arguments):
    alone = sim.run(worlds=100, **arguments)
    return all(made.tables[name].equals(table) for name, table in alone.tables.items())


@pytest.fixture
def loads(workshop, monkeypatch):
    """How many errands went to a worker in one go."""
    seen: list[int] = []

    def noting(load):
        seen.append(len(load))
        return joined(load)
    monkeypatch.setattr(work, "joined", noting)
    return seen


def test_those_who_wait_are_simulated_together_and_get_what_they_would_have_got_alone(runs, loads):
    ask = [{"days": 30, "set": {"israel.missile_trigger": value}} for value in (0.65, 0.7, 0.75, 0.79)]
    made = runs([*ask, {"days": 31}])
    assert max(loads) == 4
    assert all(equal(future.result(), arguments) for future, arguments in zip(made, [*ask, {"days": 31}], strict=True))


def test_one_that_fails_does_not_take_along_those_beside_it(runs, loads, monkeypatch):
    monkeypatch.setattr("sim.ensemble.run.run_batch", fails_where_told)
    monkeypatch.setattr(work, "run_batch", fails_where_told)
    good, bad = {"days": 30}, {"days": 30, "set": {"israel.missile_trigger": 0.5}}
    first, second = runs([good, bad])
    assert 2 in loads
    assert equal(first.result(), good)
    with pytest.raises(FloatingPointError):
        second.result()


def fails_where_told(batch, each_day=None):
    if any(task.plan.scenario.parameters.get("israel.missile_trigger") == 0.5 for task in batch):
        raise FloatingPointError("no number")
    return run_batch(batch, each_day)


def test_together_they_stay_within_a_width(runs, loads, monkeypatch):
    monkeypatch.setattr(work, "TOGETHER", 250)
    runs([{"days": 20, "set": {"israel.missile_trigger": value}} for value in (0.65, 0.7, 0.75, 0.79)])
    assert max(loads) == 2


def test_when_one_of_several_leaves_the_others_get_their_run(workshop, let_go, monkeypatch):
    gone, stays = (order_run(workshop, name, days=200, set={"israel.missile_trigger": value})
                   for name, value in (("anna", 0.7), ("ben", 0.75)))
    soon(lambda: sum(map(len, workshop.queues.values())) == 2)
    left = []

    def as_they_begin(load):
        if len(load) == 2:
            left.append(workshop.leave(gone))
        return joined(load)
    monkeypatch.setattr(work, "joined", as_they_begin)
    let_go()
    assert stays.future.result(timeout=60).size == 100
    assert len(left) == 1
    with pytest.raises(Dropped):
        gone.future.result(timeout=60)
    workshop.leave(stays)
