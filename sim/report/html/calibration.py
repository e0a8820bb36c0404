"""The page that says what a calibration found, made from its result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.ensemble.files import write_text
from sim.report.docs.odd import table
from sim.report.html.render import fill
from sim.validation.calibrate import KNOWN, UNKNOWN


def page(result: dict[str, Any]) -> str:
    """The whole page, in Markdown."""
    rows = result["identified"]
    carried = f"{sum(row['share'] for row in result['screening']):.0%}".replace("%", " %")
    year, at = next(target for target in result["targets"] if target["id"] == "round_365"), result["defaults"]["figures"]
    words = {key: result[key] for key in ("seed", "parameters", "cut", "identified", "directions")}
    return str(fill(
        "calibration.md", **result["effort"], **words, carried=carried, KNOWN=KNOWN, UNKNOWN=UNKNOWN,
        learned=[f"`{row['parameter']}`" for row in rows if row["ratio"] < KNOWN],
        blind=[f"`{row['parameter']}`" for row in rows if row["ratio"] > UNKNOWN],
        unreached=[target["says"] for target in matched(result) if target["id"] not in result["reached"]],
        before_and_after=before_and_after(result), ruled_out=ruled_out(result), what_is_known=what_is_known(result),
        moves=result["recommended"]["values"], nearer=nearer(result), year_defaults=figure(year, at["round_365"]),
        year_priors=figure(year, result["predictive"]["all parameters from their priors"]["round_365"][0]),
        by_owner=by_owner(result, year), by_cause=by_cause(result), pushed=pushed(result)))


def figure(target: dict[str, Any], value: float) -> str:
    """A share or a number of days, in two or three digits."""
    return f"{value:.1f} d" if target["kind"] == "median" else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def bandwidth(target: dict[str, Any]) -> str:
    """The figure aimed at, with its band."""
    band = f"{figure(target, target['value'])} ({figure(target, target['low'])} to {figure(target, target['high'])})"
    return band if target["matched"] else f"{band}, compared only"


def matched(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures aimed at."""
    return [target for target in result["targets"] if target["matched"]]


def before_and_after(result: dict[str, Any]) -> str:
    """Prior-predictive and what is left, side by side."""
    ensembles, at = result["predictive"], result["defaults"]["figures"]

    def spread(target: dict[str, Any], ensemble: dict[str, list[float]]) -> str:
        return "{} ({} to {})".format(*(figure(target, value) for value in ensemble[target["id"]]))
    return table(("figure", "aimed at", "defaults", *ensembles), (
        (target["says"], bandwidth(target), figure(target, at[target["id"]]),
         *(spread(target, ensemble) for ensemble in ensembles.values())) for target in result["targets"]))


def ruled_out(result: dict[str, Any]) -> str:
    """What each wave left."""
    aimed = matched(result)
    return table(("wave", "sets", "all", *(target["says"] for target in aimed)), (
        (row["wave"], row["sets"], f"{row['left']:.2f}", *(f"{row['left_by_target'][target['id']]:.2f}" for target in aimed))
        for row in result["waves"]))


def what_is_known(result: dict[str, Any]) -> str:
    """Which parameters the targets tell something about."""
    return table(("parameter", "variance left", "default", "prior: 10, 50, 90 %", "left: 10, 50, 90 %"), (
        (f"`{row['parameter']}`", f"{row['ratio']:.2f}", f"{row['default']:.3g}", numbers(row["prior"]), numbers(row["left"]))
        for row in result["identified"]))


def numbers(values: list[float]) -> str:
    """A few numbers."""
    return ", ".join(f"{value:.3g}" for value in values)


def nearer(result: dict[str, Any]) -> str:
    """The defaults, and where moves would bring them."""
    now, then = (result[which]["figures"] for which in ("defaults", "recommended"))
    return table(("figure", "aimed at", "defaults", "with these moves"), (
        (target["says"], bandwidth(target), figure(target, now[target["id"]]), figure(target, then[target["id"]]))
        for target in result["targets"]))


def by_owner(result: dict[str, Any], year: dict[str, Any]) -> str:
    """Wars within a year if only one owner's parameters are spread."""
    ranked = sorted(result["owners"].items(), key=lambda item: -item[1])
    return table(("spread", "an exchange within a year"), ((f"`{owner}`", figure(year, value)) for owner, value in ranked))


def by_cause(result: dict[str, Any]) -> str:
    """Wars by their cause."""
    return table(("cause", "defaults", "all priors"), (
        (cause, f"{share:.3f}", f"{result['causes']['priors'][cause]:.3f}")
        for cause, share in result["causes"]["defaults"].items() if share or result["causes"]["priors"][cause]))


def pushed(result: dict[str, Any]) -> str:
    """The chosen parameters and what a push of each does."""
    return table(("parameter", *(target["says"] for target in result["targets"])), (
        (f"`{name}`", *(" → ".join(figure(target, value) for value in found[target["id"]]) for target in result["targets"]))
        for name, found in result["pairs"].items()))


def write(result: dict[str, Any], folder: Path) -> list[Path]:
    """Write calibration.json and calibration.md, each whole or not at all."""
    texts = {"calibration.json": json.dumps(result, indent=1) + "\n", "calibration.md": page(result) + "\n"}
    return [write_text(folder / name, text) for name, text in texts.items()]
