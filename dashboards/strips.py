"""Small range plots made of HTML: where the model's number lies between what is wanted and what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.html.markup import Html, Part, folded, html, tag
from sim.validation.checks import digits, strip

STYLE = """
<style>
.brink-checks details { border-bottom: 1px solid rgba(128,128,128,.3); padding: 0.45rem 0; }
.brink-checks summary { cursor: pointer; font-weight: 600; display: flex; gap: 0.6rem; align-items: baseline; }
.brink-checks summary::before { content: "▸"; flex: none; opacity: .7; }
.brink-checks details[open] > summary::before { content: "▾"; }
.brink-checks summary span:first-of-type { flex: 1; }
.brink-state { font-weight: 400; font-size: 0.85rem; white-space: nowrap; }
.brink-checks p { margin: 0.4rem 0; font-size: 0.9rem; line-height: 1.45; }
.brink-reading { display: grid; grid-template-columns: minmax(0, 2.2fr) minmax(0, 1.1fr) minmax(0, 1.2fr) minmax(7rem, 1.4fr);
  gap: 0.15rem 0.9rem; padding: 0.3rem 0; font-size: 0.88rem; align-items: center;
  border-top: 1px dotted rgba(128,128,128,.35); }
.brink-reading.head { font-size: 0.8rem; opacity: .8; border-top: none; }
.brink-strip-plot { position: relative; height: 18px; }
.brink-strip-plot span { position: absolute; box-sizing: border-box; }
.brink-strip-plot .wanted { top: 1px; height: 16px; min-width: 2px; background: rgba(128,128,128,.3); }
.brink-strip-plot .band { top: 8px; height: 2px; background: #2f7fb8; }
.brink-strip-plot .dot { top: 4px; width: 10px; height: 10px; margin-left: -5px; border-radius: 50%; background: #2f7fb8; }
.brink-strip-plot .dot.off { background: #d55e00; border-radius: 0; }
.brink-strip-plot .known { top: 4px; width: 10px; height: 10px; margin-left: -5px; transform: rotate(45deg);
  border: 2px solid currentColor; }
@media (max-width: 640px) { .brink-reading { grid-template-columns: 1fr 1fr; }
  .brink-reading > :first-child { grid-column: 1 / -1; }
  .brink-reading.head { display: none; } }
</style>
"""

KEY = ("Grey: the range that was wanted. Dot: the model, its line the middle 80 % of samples. Diamond: what was observed.")


def plot(value: float | None, low: float | None = None, high: float | None = None, band: Sequence[float] | None = None,
         observed: float | None = None, passed: bool = True, says: str = "") -> Html:
    """One strip; without a value only the ranges are drawn."""
    middle = value if value is not None else (band[0] + band[1]) / 2 if band else 0.0
    place = strip(middle, low, high, band, observed)
    marks = [_span("wanted", place.wanted), _span("band", place.band),
             "" if value is None else _point("dot" if passed else "dot off", place.value),
             "" if place.observed is None else _point("known", place.observed)]
    return tag("div", marks, class_="brink-strip-plot", role="img", aria_label=says)


def _span(kind: str, ends: tuple[float, float] | None) -> Part:
    if ends is None:
        return ""
    return tag("span", class_=kind, style=f"left: {100 * ends[0]:.1f}%; width: {100 * (ends[1] - ends[0]):.1f}%")


def _point(kind: str, at: float) -> Html:
    return tag("span", class_=kind, style=f"left: {100 * at:.1f}%")


def row(says: str, model: str, wanted: str, drawn: Part) -> Html:
    """A line of a list of readings."""
    return tag("div", tag("div", says), tag("div", model), tag("div", wanted), drawn, class_="brink-reading")


def head(known: str) -> Html:
    """The names of the columns."""
    return tag("div", tag("div", ""), tag("div", "model"), tag("div", known), tag("div", ""), class_="brink-reading head")


def check(one: Mapping[str, Any]) -> Html:
    """A check that opens: what is compared, and its readings."""
    readings = one["readings"]
    tested = sum(reading["tested"] for reading in readings)
    state = "fits" if one["passed"] else "does not fit"
    moved = f" Moved most by {', '.join(one['moved_by'])}." if one["moved_by"] else ""
    return folded([tag("span", one["title"]), tag("span", f"{state}, {tested} of {len(readings)} readings tested",
                                                  class_="brink-state")],
                  tag("p", f"{one['compares']} {one['tolerance']}"), head("wanted, or observed"),
                  (reading_row(reading) for reading in readings),
                  tag("p", f"{one['samples']:,} samples. Figures: {', '.join(one['evidence'])}.{moved}"))


def reading_row(reading: Mapping[str, Any]) -> Html:
    """One number of the model beside what it is held against."""
    error = f" ± {digits(reading['error'])}" if reading["error"] else ""
    known = "" if reading["observed"] is None else f"observed {digits(reading['observed'])}"
    wanted = reading["wanted"] if reading["tested"] else known or "no figure to hold it against"
    drawn = plot(reading["value"], reading["low"], reading["high"], reading["band"], reading["observed"], reading["passed"],
                 f"{reading['says']}: model {digits(reading['value'])}, {wanted}, "
                 f"{'fits' if reading['passed'] else 'does not fit'}")
    return row(reading["says"], f"{digits(reading['value'])}{error} {reading['unit']}".strip(), wanted, drawn)


def measure(line: Mapping[str, Any]) -> Html:
    """A measure of a past war beside the model's 80 % band; of deaths only the band."""
    known = digits(line["low"]) if line["low"] == line["high"] else f"{digits(line['low'])} to {digits(line['high'])}"
    middle = None if line["id"].startswith("dead") else line["median"]
    band = f"{digits(line['model_low'])} to {digits(line['model_high'])}"
    drawn = plot(middle, line["low"], line["high"], (line["model_low"], line["model_high"]), passed=line["fits"],
                 says=f"{line['says']}: observed {known}, model {band}")
    return row(line["says"], band if middle is None else f"{digits(middle)} ({band})", known, drawn)


def listed(parts: Part) -> Html:
    """Rows or checks, with their style."""
    return html(Html(STYLE), tag("div", parts, class_="brink-checks"))
