"""The page on a calibration, in Markdown, made from its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.ensemble.files import json_text, write_text
from sim.report.docs.odd import table
from sim.report.html.render import fill
from sim.validation.calibrate import KNOWN, UNKNOWN

YEAR = "round_365"
"""The figure that is compared most: an exchange within a year."""


def page(result: dict[str, Any]) -> str:
    """The whole page, in Markdown."""
    rows, targets = result["identified"], {target["id"]: target for target in result["targets"]}
    carried = f"{sum(row['share'] for row in result['screening']):.0%}".replace("%", " %")
    words = {key: result[key] for key in ("seed", "parameters", "cut", "identified", "directions")}
    priors = result["predictive"]["all parameters from their priors"]
    return str(fill(
        "calibration.md", **result["effort"], **words, **tables(result, targets), carried=carried, KNOWN=KNOWN, UNKNOWN=UNKNOWN,
        learned=[f"`{row['parameter']}`" for row in rows if row["ratio"] < KNOWN],
        blind=[f"`{row['parameter']}`" for row in rows if row["ratio"] > UNKNOWN],
        unreached=[target["says"] for id, target in targets.items() if target["matched"] and id not in result["reached"]],
        moves=result["recommended"]["values"], year_priors=figure(targets[YEAR], priors[YEAR][0]),
        year_defaults=figure(targets[YEAR], result["defaults"]["figures"][YEAR])))


def tables(result: dict[str, Any], targets: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The tables of the page, by name."""
    says, aimed = [target["says"] for target in targets.values()], [one for one in targets.values() if one["matched"]]
    now, then = (result[which]["figures"] for which in ("defaults", "recommended"))
    ensembles, causes = result["predictive"], result["causes"]
    owners = sorted(result["owners"].items(), key=lambda item: -item[1])
    return {
        "before_and_after": table(("figure", "aimed at", "defaults", *ensembles), (
            (one["says"], bandwidth(one), figure(one, now[id]), *(
                "{} ({} to {})".format(*(figure(one, value) for value in ensemble[id])) for ensemble in ensembles.values()))
            for id, one in targets.items())),
        "ruled_out": table(("wave", "sets", "all", *(one["says"] for one in aimed)), (
            (row["wave"], row["sets"], f"{row['left']:.2f}", *(f"{row['left_by_target'][one['id']]:.2f}" for one in aimed))
            for row in result["waves"])),
        "what_is_known": table(("parameter", "variance left", "default", "prior: 10, 50, 90 %", "left: 10, 50, 90 %"), (
            (f"`{row['parameter']}`", f"{row['ratio']:.2f}", f"{row['default']:.3g}", numbers(row["prior"]),
             numbers(row["left"])) for row in result["identified"])),
        "nearer": table(("figure", "aimed at", "defaults", "with these moves"), (
            (one["says"], bandwidth(one), figure(one, now[id]), figure(one, then[id])) for id, one in targets.items())),
        "by_owner": table(("spread", "an exchange within a year"), (
            (f"`{owner}`", figure(targets[YEAR], value)) for owner, value in owners)),
        "by_cause": table(("cause", "defaults", "all priors"), (
            (cause, f"{share:.3f}", f"{causes['priors'][cause]:.3f}")
            for cause, share in causes["defaults"].items() if share or causes["priors"][cause])),
        "pushed": table(("parameter", *says), (
            (f"`{name}`", *(" → ".join(figure(one, value) for value in found[id]) for id, one in targets.items()))
            for name, found in result["pairs"].items())),
    }


def figure(target: dict[str, Any], value: float) -> str:
    """A share or a number of days, in two or three digits."""
    return f"{value:.1f} d" if target["kind"] == "median" else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def bandwidth(target: dict[str, Any]) -> str:
    """The target with its band, as text."""
    band = f"{figure(target, target['value'])} ({figure(target, target['low'])} to {figure(target, target['high'])})"
    return band if target["matched"] else f"{band}, compared only"


def numbers(values: list[float]) -> str:
    """Numbers to three digits, separated by commas."""
    return ", ".join(f"{value:.3g}" for value in values)


def write(result: dict[str, Any], folder: Path) -> list[Path]:
    """Write calibration.json and calibration.md, each whole or not at all."""
    texts = {"calibration.json": json_text(result), "calibration.md": page(result) + "\n"}
    return [write_text(folder / name, text) for name, text in texts.items()]
