"""The page that says what a calibration found, made from its result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.ensemble.files import write_text
from sim.report.docs.odd import table
from sim.validation.calibrate import KNOWN, UNKNOWN

HEAD = """# Calibration

Made by `brink calibrate --seed {seed} --out docs`; the same command gives the same page. The plain figures are in
[calibration.json](calibration.json).

## What is done

The figures aimed at are few, and they are judgements with wide bands. So no best fit is sought. *History matching* (Craig et
al. 1997; Vernon, Goldstein and Bower 2010) rules out parameter values that cannot come near them, and says what is left.

1. *Screening.* {broad} sets of all {parameters} parameters are drawn from their priors (a Latin hypercube) and
   simulated on {each} worlds each, for a year. One linear regression a figure, on its own scale (log-odds of a share, log of
   a median), gives the slope of each parameter averaged over all others. This tells more from the same worlds than pushing one
   parameter at a time; pushes at the 10 and 90 % points on the same luck are shown below for those chosen. The {chosen}
   parameters with the largest slopes, measured in half bands and with luck subtracted, go on; they carry {carried} of the sum
   of squared slopes.
2. *Waves.* {sets} sets of these, the others at their defaults, are simulated; a response surface of second order is fitted to
   each figure. A set's implausibility is its distance from the figure over the root of (band / 3)² + the surface's own
   variance, so that 3 is the edge of the band for a surface without error. Sets beyond {cut:g} on any figure are ruled out.
   The next wave is drawn from the rest.
3. *What is left* is simulated again, and compared with what there was before.

A set is ruled out by its expected figures. Luck within a set is in the worlds and not in this band. War on a false alarm, and
the causes of wars, are **never** aimed at: whether miscalculation is the likeliest spark is a question to the model.
Devices are too rare to be aimed at with ensembles of this size.
"""


def page(result: dict[str, Any]) -> str:
    """The whole page."""
    effort = result["effort"]
    carried = f"{sum(row['share'] for row in result['screening']):.0%}".replace("%", " %")
    head = HEAD.format(**{**effort, **{key: result[key] for key in ("seed", "parameters", "cut")}, "carried": carried})
    return "\n".join([head, *before_and_after(result), *ruled_out(result), *what_is_known(result), *defaults(result),
                      *why_more_wars(result), *what_moves(result)])


def figure(target: dict[str, Any], value: float) -> str:
    """A share or a number of days, in two or three digits."""
    return f"{value:.1f} d" if target["kind"] == "median" else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def bandwidth(target: dict[str, Any]) -> str:
    """The figure aimed at, with its band."""
    band = f"{figure(target, target['value'])} ({figure(target, target['low'])} to {figure(target, target['high'])})"
    return band if target["matched"] else f"{band}, compared only"


def before_and_after(result: dict[str, Any]) -> Iterator[str]:
    """Prior-predictive and what is left, side by side."""
    yield "## Before and after\n"
    yield ("Mean over parameter sets, and between which values 90 % of sets lie once luck is taken out. The figures of the "
           "second column are those aimed at, the third is the model at its defaults.\n")
    ensembles, at = result["predictive"], result["defaults"]["figures"]

    def spread(target: dict[str, Any], ensemble: dict[str, list[float]]) -> str:
        return "{} ({} to {})".format(*(figure(target, value) for value in ensemble[target["id"]]))
    yield table(("figure", "aimed at", "defaults", *ensembles), (
        (target["says"], bandwidth(target), figure(target, at[target["id"]]),
         *(spread(target, ensemble) for ensemble in ensembles.values())) for target in result["targets"])) + "\n"


def ruled_out(result: dict[str, Any]) -> Iterator[str]:
    """What each wave left."""
    yield "## What each wave ruled out\n"
    matched = [target for target in result["targets"] if target["matched"]]
    out = [target["says"] for target in matched if target["id"] not in result["reached"]]
    if out:
        yield f"**Out of reach** within the priors of the chosen parameters, and so not matched: {'; '.join(out)}.\n"
    yield ("Share of the wave's sets not ruled out by its own surfaces, by all figures and by each alone. The priors were "
           "chosen with the same figures in view, so that little can be ruled out.\n")
    yield table(("wave", "sets", "all", *(target["says"] for target in matched)), (
        (row["wave"], row["sets"], f"{row['left']:.2f}", *(f"{row['left_by_target'][target['id']]:.2f}" for target in matched))
        for row in result["waves"])) + "\n"


def what_is_known(result: dict[str, Any]) -> Iterator[str]:
    """Which parameters the targets tell something about."""
    rows = result["identified"]
    learned = [f"`{row['parameter']}`" for row in rows if row["ratio"] < KNOWN]
    blind = [f"`{row['parameter']}`" for row in rows if row["ratio"] > UNKNOWN]
    yield "## What the figures do not identify\n"
    pinned = f" ({', '.join(learned)})" if learned else ""
    yield ("Below, variance left over variance before, in normal scores of the prior: near 1, the figures say nothing. Of the "
           f"{len(rows)} chosen parameters {len(learned) or 'none'}{pinned} fell below {KNOWN:g}, that is, were pinned down. "
           f"{len(blind)} stayed above {UNKNOWN:g} and are not identified: {', '.join(blind)}. The other "
           f"{result['parameters'] - len(rows)} parameters, each of which moves the figures less, are not identified either: "
           "their values rest on their own evidence, or on judgement.\n")
    yield table(("parameter", "variance left", "default", "prior: 10, 50, 90 %", "left: 10, 50, 90 %"), (
        (f"`{row['parameter']}`", f"{row['ratio']:.2f}", f"{row['default']:.3g}", numbers(row["prior"]), numbers(row["left"]))
        for row in rows)) + "\n"
    yield ("Combinations are pinned down better than single parameters. The tightest, with the weights of their largest "
           "members:\n")
    for row in result["directions"]:
        members = ", ".join(f"{weight:+.2f} `{name}`" for name, weight in row["of"].items())
        yield f"* variance left {row['ratio']:.2f}: {members}"
    yield ""


def numbers(values: list[float]) -> str:
    """A few numbers."""
    return ", ".join(f"{value:.3g}" for value in values)


def defaults(result: dict[str, Any]) -> Iterator[str]:
    """The defaults, and what moves would bring them nearer."""
    yield "## The defaults\n"
    values = result["recommended"]["values"]
    if values:
        moves = ", ".join(f"`{name}` = {value:g}" for name, value in values.items())
        yield ("A few moves that would bring the defaults nearer to the figures, each within the 80 % interval of its own "
               "prior; parameters that were fitted to components of their own stay where they are. The response surfaces "
               f"suggest them, the table is simulated, on the same luck: {moves}.\n")
    else:
        yield "No move of a parameter within its own prior brings the defaults much nearer to the figures.\n"
    now, then = (result[which]["figures"] for which in ("defaults", "recommended"))
    yield table(("figure", "aimed at", "defaults", "with these moves"), (
        (target["says"], bandwidth(target), figure(target, now[target["id"]]), figure(target, then[target["id"]]))
        for target in result["targets"])) + "\n"


def why_more_wars(result: dict[str, Any]) -> Iterator[str]:
    """Why an ensemble over the priors has more wars than one at the defaults."""
    year = next(target for target in result["targets"] if target["id"] == "round_365")
    at = result["defaults"]["figures"]["round_365"]
    over = result["predictive"]["all parameters from their priors"]["round_365"][0]
    yield "## Why the priors have more wars than the defaults\n"
    yield (f"With all parameters from their priors, a direct exchange within a year has probability {figure(year, over)}, at "
           f"the defaults {figure(year, at)}. The priors are centred on the defaults; but a war begins by whichever way comes "
           "first, and most parameters enter rates by exponentials (weights and thresholds in log-odds, rates log-normal, "
           "tension that quickens all decisions beyond a kink). Spread therefore raises the mean rate more than it lowers it, "
           "and the ways to war add up. No single actor carries it. With only one owner's parameters spread, the rest at "
           "defaults:\n")
    ranked = sorted(result["owners"].items(), key=lambda item: -item[1])
    yield table(("spread", "an exchange within a year"), (
        (f"`{owner}`", figure(year, value)) for owner, value in ranked)) + "\n"
    yield "By the cause of the first war, as a share of all worlds (never aimed at):\n"
    yield table(("cause", "defaults", "all priors"), (
        (cause, f"{share:.3f}", f"{result['causes']['priors'][cause]:.3f}")
        for cause, share in result["causes"]["defaults"].items() if share or result["causes"]["priors"][cause])) + "\n"


def what_moves(result: dict[str, Any]) -> Iterator[str]:
    """The chosen parameters and what a push of each does."""
    yield "## What moves the figures\n"
    yield ("Each of the chosen parameters set to the 10 and then the 90 % point of its prior, all others at their defaults, on "
           f"the same {result['effort']['pairs']} worlds.\n")
    yield table(("parameter", *(target["says"] for target in result["targets"])), (
        (f"`{name}`", *(" → ".join(figure(target, value) for value in pushed[target["id"]]) for target in result["targets"]))
        for name, pushed in result["pairs"].items()))


def write(result: dict[str, Any], folder: Path) -> list[Path]:
    """Write calibration.json and calibration.md, each whole or not at all."""
    texts = {"calibration.json": json.dumps(result, indent=1) + "\n", "calibration.md": page(result) + "\n"}
    return [write_text(folder / name, text) for name, text in texts.items()]
