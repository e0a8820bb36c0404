"""What the model is worth, for a terminal: validation with the words of its report, hindcasts, forecasts and their scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from sim.ensemble.estimates import FEWEST
from sim.report.text.tables import show_table
from sim.validation.checks import Reading, digits
from sim.validation.experiments_runner import Laboratory
from sim.validation.hindcast import CAVEAT, Hindcast, Score
from sim.validation.june_2025 import Line, WarReplay
from sim.validation.scoring import Scored
from sim.validation.validate import HONESTY, Result
from sim.words import TOO_FEW, error_points, percent, say, two_digits


def show(results: Sequence[Result], laboratory: Laboratory, place: Path | None) -> None:
    """One line per check, and one per reading that does not fit."""
    width = max(len(result.check.id) for result in results)
    for result in results:
        tested, wrong = sum(reading.rule != "shown" for reading in result.finding.readings), failures(result)
        state = "pass" if result.finding.passed else "FAIL"
        say(f"{state}  {result.check.id:<{width}}  {tested - len(wrong)} of {tested} readings fit: {result.check.title}")
        for reading in wrong:
            say(f"      {reading.says}: {number(reading)} {reading.unit}".rstrip() + f", wanted {reading.wanted}")
        if wrong and result.check.moved_by:
            say(f"      moved most by {', '.join(result.check.moved_by)}")
    say("", verdict(results), HONESTY, made_from(laboratory))
    if place is not None:
        say(f"The report is {place / 'validation.html'}")


def failures(result: Result) -> list[Reading]:
    """The readings out of their ranges."""
    return [reading for reading in result.finding.readings if not reading.passed]


def missed(result: Result) -> str:
    """The readings out of their ranges, in words."""
    return "; ".join(f"{reading.says}: {number(reading)}, wanted {reading.wanted}" for reading in failures(result))


def number(reading: Reading) -> str:
    """The model's number with its Monte Carlo error."""
    return digits(reading.value) + (f" ± {digits(reading.error)}" if reading.error else "")


def known(reading: Reading) -> str:
    """The observed value; "" if there is none."""
    return "" if reading.observed is None else digits(reading.observed)


def verdict(results: Sequence[Result]) -> str:
    """How many checks pass, in a sentence."""
    passed = sum(result.finding.passed for result in results)
    return f"{passed} of {len(results)} checks pass." if passed < len(results) else f"All {len(results)} checks pass."


def made_from(laboratory: Laboratory) -> str:
    """The parameters, worlds and seed behind the numbers, in words."""
    return (f"Default parameters, {laboratory.worlds:,} worlds an experiment (three times as many for the year, half as many "
            f"for each group of a pushed arrow), seed {laboratory.seed}.")


def show_hindcast(result: Hindcast) -> None:
    """One row per target, the means, and what they are worth."""
    say(f"Hindcast of {result.scenario}, 30 December 2025 to 11 February 2026: {result.worlds:,} worlds, "
        f"seed {result.seed}\n")
    show_table(("id", "target", "observed", "model", "base rate", "model's score", "base's score"), (
        (score.id, score.says, *_cells(score)) for score in result.scores), whole=True)
    means = result.means
    say(f"\nProbabilities are those given to what was observed. Mean over {len(result.binary)} scored yes-or-no targets, "
        f"lower is better: log score {means['model_score']:.3f} (base rates {means['base_score']:.3f}), "
        f"Brier {means['model_brier']:.3f} ({means['base_brier']:.3f}).")
    say(f"Crackdown by 11 February in {percent(result.crackdown)} of worlds, a US threat over it in "
        f"{percent(result.threatened)}, carried out in {_carried_out(result)} of these.")
    say(CAVEAT)


def _carried_out(result: Hindcast) -> str:
    """Of the threats, the share that is carried out; of too few, that it cannot be told."""
    return percent(result.struck_given_threat) if result.threatened * result.worlds >= FEWEST else TOO_FEW


def _cells(score: Score) -> tuple[str, ...]:
    if score.measure == "CRPS":
        band = f"{score.model:,.0f} ({score.low:,.0f} to {score.high:,.0f})"
        return (f"{score.observed:g}", band, f"{score.base:g}: no change", f"CRPS {two_digits(score.model_score)}",
                f"CRPS {two_digits(score.base_score)}")
    observed = "yes" if score.observed else "no"
    if not score.scored:
        return observed, percent(score.model), "", "not scored: an input", ""
    return observed, percent(score.model), percent(score.base), f"{score.model_score:.2f}", f"{score.base_score:.2f}"


def show_replay(replay: WarReplay) -> None:
    """The war of June 2025, observed and simulated."""
    say(f"June 2025 replayed: {replay.worlds:,} worlds, seed {replay.seed}\n")
    _show_measures(replay.lines)
    outside = [line.says for line in replay.lines if not line.fits and not isnan(line.median)]
    say(f"\nOutside the model's 80 % band: {'; '.join(outside) if outside else 'nothing'}.")
    say(f"The United States joins in {percent(replay.joined)} of worlds; fire lasts 12 days or more in "
        f"{percent(replay.long)}.")
    say(f"\nAmong the {replay.given_worlds:,} worlds with 10 to 14 days of fire:\n")
    _show_measures(replay.given)
    say(f"\nWith nothing forced, by 11 August 2025: {_shares(replay.initiators)} by who fired first; "
        f"{_shares(replay.causes)} by cause.")


def _show_measures(lines: tuple[Line, ...]) -> None:
    show_table(("measure", "observed", "model, middle", "model, 80 % of worlds", ""), (
        (line.says, f"{line.low:g}" if line.low == line.high else f"{line.low:g} to {line.high:g}", *_modelled(line))
        for line in lines))


def _modelled(line: Line) -> tuple[str, str, str]:
    """The model's middle and band, and whether what was observed lies outside."""
    if isnan(line.median):
        return "", TOO_FEW, ""
    return f"{line.median:.0f}", f"{line.model_low:.0f} to {line.model_high:.0f}", "" if line.fits else "outside"


def _shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {percent(share)}" for name, share in shares.items())


def show_forecast(content: Mapping[str, Any], place: str) -> None:
    """What worlds were kept, and the probability of each question by each deadline."""
    start = content["start"]
    say(f"Forecast from {content['from']}: {start['simulated']:,} worlds simulated, {start['agreeing']:,} agree with what "
        f"the documents report, effective sample size {start['effective_sample_size']:.0f}; {content['worlds']:,} futures\n")
    show_table(("question", *(f"by {entry['by']}" for entry in content["questions"][0]["deadlines"])), (
        (question["says"], *(f"{percent(by['probability'])} ± {error_points(by['error'])}" for by in question["deadlines"]))
        for question in content["questions"]))
    say("", content["reading"], f"The forecast is in {place}")


def show_scored(scored: Scored, picture: str) -> None:
    """The score of each question, and their means."""
    show_table(("question", "happened", "deadlines", "Brier", "log", "RPS"), (
        (row.id, row.happened or ("annulled" if row.annulled else "not yet"), str(row.deadlines),
         *("" if isnan(value) else f"{value:.3f}" for value in (row.brier, row.log, row.rps)))
        for row in scored.rows), whole=True)
    means = scored.means
    say(f"\nMean over {len(scored.pairs)} resolved pairs of question and deadline, lower is better: Brier "
        f"{means['brier']:.3f}, log {means['log']:.3f}; mean RPS over {len(scored.complete)} questions {means['rps']:.3f}.")
    say("Deadlines of one question, and questions of one crisis, hang together: read these as one case, not many.")
    say(f"The calibration picture is in {picture}")
