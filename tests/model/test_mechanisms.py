"""The mechanisms by themselves, against published figures, other people's code, and brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import special, stats

from sim.model.mechanisms import alarm, assessment, bargaining, market, prevention, protest, quantiles, salvo, termination

GRID = ((np.arange(40_000) + 0.5) / 40_000).astype(np.float32)
"""Evenly spread uniform draws: their means are integrals, without Monte Carlo error."""

NORMALS = special.ndtri(GRID).astype(np.float32)
WORLDS = 20_000


def across(value: float, n: int = GRID.size) -> np.ndarray:
    return np.full(n, value, np.float32)


# inverse distribution functions

@pytest.mark.parametrize(("mean", "sd"), [(1, 8**-0.5), (11, 5), (45, 15), (150, 80), (400, 200), (180, 103)])
def test_gamma_quantiles(mean, sd):
    law = stats.gamma((mean / sd) ** 2, scale=sd**2 / mean)
    drawn = quantiles.gamma(GRID, np.float32(mean), np.float32(sd))
    shares = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
    assert np.quantile(drawn, shares) == pytest.approx(law.ppf(shares), rel=0.02)
    assert (drawn.mean(), drawn.std()) == pytest.approx((mean, sd), rel=0.01)


@pytest.mark.parametrize("mean", [2, 5, 20, 100])
def test_poisson_counts(mean):
    drawn = quantiles.poisson(NORMALS, across(mean))
    assert (drawn == np.rint(drawn)).all() and drawn.min() >= 0
    assert drawn.mean() == pytest.approx(mean, rel=0.03)
    assert drawn.std() == pytest.approx(mean**0.5, rel=0.05)
    inner = [0.1, 0.5, 0.9]
    assert np.quantile(drawn, inner) == pytest.approx(stats.poisson(mean).ppf(inner), abs=1)


@pytest.mark.parametrize(("trials", "share"), [(10, 0.55), (60, 0.55), (50, 0.1), (30, 0.14), (100, 0.9)])
def test_binomial_counts(trials, share):
    law = stats.binom(trials, share)
    drawn = quantiles.binomial(NORMALS, across(trials), np.float32(share))
    assert (drawn == np.rint(drawn)).all() and drawn.min() >= 0 and drawn.max() <= trials
    assert drawn.mean() == pytest.approx(law.mean(), rel=0.03)
    assert drawn.std() == pytest.approx(law.std(), rel=0.05)


def test_a_binomial_of_no_trials_is_zero():
    assert (quantiles.binomial(NORMALS, across(0), np.float32(0.5)) == 0).all()


@pytest.mark.parametrize("mean", [0.02, 0.1, 0.5, 1, 5, 44])
def test_overdispersed_counts_keep_their_mean_and_spread_however_small_the_mean(mean):
    """Deaths by rare and weak fire must not be rounded away: the mean holds to 5 %, the sd to 15 %."""
    law = stats.nbinom(0.4, 0.4 / (0.4 + mean))
    drawn = quantiles.overdispersed(GRID, across(mean), 0.4)
    assert (drawn == np.rint(drawn)).all() and drawn.min() >= 0
    assert drawn.mean() == pytest.approx(mean, rel=0.05)
    if mean >= 5:
        assert drawn.std() == pytest.approx(law.std(), rel=0.15)


def test_lognormal_median_and_spread():
    drawn = np.log(quantiles.lognormal(NORMALS, 95.0, 0.6))
    assert (np.median(drawn), drawn.std()) == pytest.approx((np.log(95), 0.6), rel=0.01)


# salvoes: June 2025

def campaign(rounds: float, days: int = 12, launchers: float = 360, missiles: float = 2700) -> dict[str, np.ndarray]:
    """A campaign with the fitted values, in `WORLDS` worlds."""
    rng = np.random.default_rng(1)
    launchers, missiles, rounds = (across(start, WORLDS) for start in (launchers, missiles, rounds))
    total = {name: np.zeros(WORLDS, np.float32) for name in ("fired", "stopped", "impacts", "used")}
    for day in range(days):
        burst = rng.random(WORLDS, np.float32)
        firing, engaging, leaking = rng.standard_normal((3, WORLDS), np.float32)
        fired = salvo.launched(launchers, missiles, 0.41, 0.21, day, 1.0, burst, firing)
        engaged, used, impacts = salvo.intercept(fired, rounds, 0.55, across(1.6, WORLDS), 0.70, (engaging, leaking))
        missiles, rounds, launchers = missiles - fired, rounds - used, launchers * np.exp(np.float32(-0.09))
        for name, today in (("fired", fired), ("stopped", engaged - impacts), ("impacts", impacts), ("used", used)):
            total[name] += today
        assert missiles.min() >= 0 and rounds.min() > -1e-3
    return {**total, "launchers": launchers, "rounds": rounds}


def test_the_salvo_model_gives_june_2025():
    """550 launches, 44 impacts, 483 shots, a third of the launchers left; 10 and 90 % points within 8 %."""
    end = campaign(600)
    assert end["fired"].mean() == pytest.approx(550, rel=0.05)
    assert np.quantile(end["fired"], [0.1, 0.9]) == pytest.approx([453, 662], rel=0.08)
    assert end["stopped"].mean() == pytest.approx(258, rel=0.06)
    assert end["impacts"].mean() == pytest.approx(44, rel=0.08)
    assert np.quantile(end["impacts"], [0.1, 0.9]) == pytest.approx([33, 58], rel=0.12)
    assert end["used"].mean() == pytest.approx(483, rel=0.05)
    assert end["launchers"][0] == pytest.approx(122, abs=1)


@pytest.mark.parametrize(("rounds", "impacts"), [(600, 44), (450, 61), (350, 113), (250, 164), (150, 216)])
def test_the_interceptor_cliff(rounds, impacts):
    """To 15 %, and to 20 % at the knee, where a few rounds more or less decide."""
    assert campaign(rounds)["impacts"].mean() == pytest.approx(impacts, rel=0.2 if rounds == 450 else 0.15)


def test_the_knee_moves_with_the_attack():
    """230 launchers: 28 impacts with rounds in plenty, 41 with 300 rounds, 61 with 250 (to 15 %)."""
    impacts = [campaign(rounds, launchers=230)["impacts"].mean() for rounds in (600, 300, 250)]
    assert impacts == pytest.approx([28, 41, 61], rel=0.15)
    needed = salvo.rounds_needed(230.0, 0.41, 0.21, 0.09, 0.55, 1.6)
    assert needed == pytest.approx(campaign(2000, days=40, launchers=230)["used"].mean(), rel=0.05)


def test_nobody_fires_or_stops_what_is_not_there():
    few = across(3)
    assert salvo.launched(across(360), few, 0.41, 0.21, 0, 1.0, GRID, NORMALS).max() <= 3
    engaged, used, impacts = salvo.intercept(across(40), few, 0.55, across(1.6), 0.7, (NORMALS, NORMALS[::-1].copy()))
    assert used.max() <= 3 and (impacts <= engaged).all() and (engaged <= 40).all()
    empty = salvo.intercept(across(40), across(0), 0.55, across(1.6), 0.7, (NORMALS, NORMALS))
    assert (empty[0] == empty[2]).all() and not empty[1].any()


def test_a_leak_is_a_probability_that_falls_with_every_round():
    shots = np.linspace(0, 4, 100)
    leaking = salvo.leak(shots, 0.7)
    assert leaking[0] == 1 and (np.diff(leaking) < 0).all() and leaking[-1] > 0
    assert salvo.leak(np.array([1.0]), 0.7) == pytest.approx(0.3)
    assert salvo.leak(shots[shots >= 1], 1.0) == pytest.approx(0, abs=1e-30)


# oil

def test_oil_prices_follow_the_published_estimates_for_hormuz():
    """From 69 dollars: 1.75 million barrels a day for half a year some 90, ten for a month some 111 (to 4 %)."""
    def price(loss, days):
        return 69 * np.exp(market.supply_shock(loss, days, 0.75, 0.27))
    assert price(1.75, 180) == pytest.approx(90, rel=0.04)
    assert price(10, 30) == pytest.approx(111, rel=0.04)
    assert price(0, 100) == 69


# bargaining

def best_by_search(wants, fears, us, iran, steps=41):
    """The largest smaller surplus over a fine grid of packages."""
    grid = np.linspace(0, 1, steps)
    limits, relief, verification = np.meshgrid(grid, grid, grid, indexing="ij")
    ours = wants[0] * np.sqrt(limits) + wants[2] * np.sqrt(verification) - wants[1] * relief**2 + us
    theirs = fears[1] * relief - fears[0] * limits**2 - fears[2] * verification**2 + iran
    return np.minimum(ours, theirs).max()


def zones(spread: float, pairs: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Widths by the closed form and by search, for sides within a factor exp(spread) of those of day 0."""
    rng = np.random.default_rng(1)
    usual = np.array([[0.5, 0.35, 0.22], [0.35, 0.55, 0.15]])[:, :, None]
    wants, fears = (usual * np.exp(rng.uniform(-spread, spread, (2, 3, pairs)))).astype(np.float32)
    us, iran = rng.uniform(-0.4, 0.0, (2, pairs)).astype(np.float32)
    width = bargaining.zone(bargaining.frontier(wants, fears), us, iran)
    return width, np.array([best_by_search(wants[:, i], fears[:, i], us[i], iran[i]) for i in range(pairs)])


@pytest.mark.parametrize(("spread", "excess"), [(0.3, 0.03), (1.0, 0.15)])
def test_the_zone_is_the_best_package_of_a_fine_grid(spread, excess):
    """Never narrower; wider by `excess` at most, where one side would have to count for more than four times the other."""
    width, searched = zones(spread)
    assert (width > searched - 0.002).all()
    assert (width < searched + excess).all()
    assert np.median(width - searched) < 0.01


def test_a_zone_widens_with_what_either_side_gains_and_narrows_with_its_fallback():
    wants, fears = np.array([[0.5], [0.35], [0.22]], np.float32), np.array([[0.35], [0.55], [0.15]], np.float32)
    def width(us=0.0, iran=0.0, wants=wants, fears=fears):
        return bargaining.zone(bargaining.frontier(wants, fears), np.float32([us]), np.float32([iran])).item()
    assert width(us=-0.2) < width() and width(iran=-0.2) < width()
    assert width(wants=wants * [[1.5], [1], [1]]) > width() and width(wants=wants * [[1], [2], [1]]) < width()
    assert width(fears=fears * [[1], [1.5], [1]]) > width() and width(fears=fears * [[2], [1], [1]]) < width()


def test_distance_is_zero_where_positions_meet_and_one_at_the_ends():
    weights, issues = np.ones(6, np.float32), bargaining.NARROW
    here, there = np.zeros((6, 2), np.float32), np.ones((6, 2), np.float32)
    assert bargaining.distance(here, here, weights, issues) == pytest.approx([0, 0])
    assert bargaining.distance(here, there, weights, issues) == pytest.approx([1, 1])


# fear

def test_the_threshold_of_fear_is_that_of_the_best_reply():
    """Israel .57, Iran .80 on day 0; clipped to [.05, .98]."""
    belief = special.expit(alarm.threshold(np.array([4.0, 8.0, 0.0, 100.0]), np.array([3.0, 2.0, 1.0, 0.1])))
    assert belief == pytest.approx([0.571, 0.80, 0.05, 0.98], abs=0.001)


def false_alarms(resting: float, resemblance: float) -> float:
    """Share of 20,000 years, with an exercise of three days every 25 days, in which fear passes Israel's threshold."""
    rng = np.random.default_rng(1)
    fear, exercise, alarmed = across(resting, WORLDS), np.zeros(WORLDS), np.zeros(WORLDS, bool)
    bar = alarm.threshold(np.array(4.0), np.array(3.0))
    for _ in range(365):
        exercise = np.where(rng.random(WORLDS) < 1 / 25, 3, np.maximum(exercise - 1, 0))
        signal = resemblance * (exercise > 0) + rng.standard_normal(WORLDS)
        fear = alarm.updated(fear, across(resting, WORLDS), 0.6, alarm.evidence(signal, 1.5))
        alarmed |= rng.random(WORLDS) < 0.5 * special.expit((fear - bar) / 0.3)
    return alarmed.mean()


def test_reassurance_cuts_false_alarms_several_fold():
    base, reassured = false_alarms(-5.3, 1.0), false_alarms(-6.3, 1.0)
    assert reassured < base / 3
    assert false_alarms(-5.3, 0.5) < base / 3


def test_evidence_is_the_log_likelihood_ratio():
    signal = np.linspace(-3, 4, 50)
    ratio = stats.norm.logpdf(signal, 1.5) - stats.norm.logpdf(signal, 0)
    assert alarm.evidence(signal, np.array(1.5)) == pytest.approx(ratio)


# believing in stages

def test_an_assessment_is_bayes_rule():
    rng = np.random.default_rng(2)
    prior = rng.dirichlet(np.ones(6), 100).T.astype(np.float32)
    reading = rng.uniform(-0.3, 1.3, 100).astype(np.float32)
    posterior = assessment.learned(prior, reading, across(0.2, 100))
    likelihood = stats.norm.pdf(reading, assessment.INDEX[:, None], 0.2)
    assert posterior.sum(axis=0) == pytest.approx(np.ones(100), abs=1e-5)
    assert posterior == pytest.approx(prior * likelihood / (prior * likelihood).sum(axis=0), abs=2e-3)
    assert (assessment.at_least(posterior, 0) == pytest.approx(np.ones(100), abs=1e-5))
    assert (np.diff([assessment.at_least(posterior, stage) for stage in range(6)], axis=0) <= 0).all()


@pytest.mark.parametrize("days", [0, 1, 30, 1000])
def test_expected_drift_moves_belief_on_and_loses_none(days):
    belief = np.full((6, 3), 1 / 6, np.float32)
    drifted = assessment.expected_drift(belief, across(days, 3))
    assert drifted.sum(axis=0) == pytest.approx(np.ones(3), abs=1e-5)
    assert drifted.min() >= 0 and (np.cumsum(drifted, axis=0) <= np.cumsum(belief, axis=0) + 1e-6).all()
    assert (belief == np.float32(1 / 6)).all()


def test_an_analysts_errors_persist_with_unit_variance():
    rng = np.random.default_rng(3)
    errors = [rng.standard_normal(WORLDS)]
    for _ in range(12):
        errors.append(assessment.persistent(errors[-1], 0.8, rng.standard_normal(WORLDS)))
    assert np.std(errors[-1]) == pytest.approx(1, abs=0.03)
    assert np.corrcoef(errors[-2], errors[-1])[0, 1] == pytest.approx(0.8, abs=0.02)


# how wars end

def test_what_a_side_expects_is_the_mean_of_its_beta_belief():
    """Day after day of the same lesson: prior 6 % worth three days, nine days at 30 %."""
    expected, weight = 0.06, 3.0
    for _ in range(9):
        expected, weight = termination.learned(expected, weight, 0.3, 1.0), weight + 1
    assert expected == pytest.approx((0.06 * 3 + 0.3 * 9) / 12)
    assert termination.learned(0.2, 5.0, 0.9, 0.0) == pytest.approx(0.2)


def test_fighting_teaches_less_and_less():
    days = np.array([1.0, 3.0, 6.0, 12.0])
    assert termination.information(days, 3.0) == pytest.approx([1, 1, 0.25, 0.0625])


# why now

def test_a_faster_rebuild_raises_the_urge_by_the_threat_and_by_the_window():
    calm, fast = (prevention.missile_threat(later, 2.0) for later in (1800.0, 2600.0))
    def urge(threat, success_later):
        return prevention.urge(threat, 0.85, success_later, 1.0, 1.0, 0.9)
    assert urge(fast, 0.7) > urge(calm, 0.7) > urge(calm, 0.8)
    assert prevention.missile_threat(np.array([2000.0, -5.0]), 2.0) == pytest.approx([2, 0])


def test_a_war_costs_thrice_the_damage_without_interceptors():
    plenty, none = (prevention.war_cost(1650.0, rounds, 300.0) for rounds in (3000.0, 0.0))
    assert plenty == pytest.approx(1.0, abs=0.01)
    assert (none - 0.4) / (plenty - 0.4) == pytest.approx(3, abs=0.1)
    assert np.isfinite(prevention.war_cost(np.array(1650.0), np.array(1e6), np.array(1.0)))


# protest

def wave(days: int = 40, crackdown: int | None = None) -> list[float]:
    """Turnout of a wave from two days before day 0, with a crackdown on some day."""
    turnout, turnouts = np.array(0.025), []
    for day in range(days):
        repression = 0.0 if crackdown is None or day < crackdown else np.exp(-(day - crackdown) / 20)
        turnout = protest.participation(turnout, 0.5 ** (day / 17), 0.15, repression, 0.0, spread=0.45, fatigue=0.10,
                                        fear=1.1, noise=0.0)
        turnouts.append(float(turnout))
    return turnouts


def test_a_protest_wave_reaches_the_crackdown_in_its_second_week_and_is_down_days_after():
    free = wave()
    reached = next(day for day, turnout in enumerate(free) if turnout > 0.35)
    assert 4 <= reached <= 12
    put_down = wave(crackdown=reached)
    assert max(put_down) < 0.5 and put_down[reached + 5] < 0.1
    assert all(0.001 <= turnout <= 1 for turnout in itertools.chain(free, put_down))
