"""Trust: what the model is, how it compares with what is known, what it cannot do, and what would prove it wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup

from dashboards import charts_evidence, page
from dashboards.glossary import note, term
from sim.model import lookup
from sim.report.html.render import range_plot, render
from sim.validation import calibrate, hindcast, published
from sim.validation.checks import digits
from sim.words import percent, two_digits

KEY = "Grey: the range that was wanted. Dot: the model, its line the middle 80 % of samples. Diamond: what was observed."

IS = ("A way to think: rules for what each side sees, wants and fears, each of which can be looked up and changed.",
      "A way to compare: what a change does, all else and all luck being the same.",
      "Open to doubt: every number names its evidence, or says that it is a judgement.")
IS_NOT = ("A forecast of the world. Its probabilities hold under its assumptions.",
          "A guide to operations or to markets. Sites are classes of depth, nuclear steps are stages, and no unit is tracked.",
          "A portrait of people. Offices act in it, by rules that are far simpler than anybody is.")

LIMITS = (
    "It starts from five news reports of three independent lines, none later than 11 February 2026, and from public figures.",
    "Russia, China, Europe and the Gulf states do not decide anything in it; they are part of the surroundings.",
    "Actors weigh a handful of terms each. They do not plan ahead, and domestic politics is a few numbers.",
    "What is very rare, such as a nuclear device, cannot be estimated well from ensembles of this size.",
    "Checks and hindcast are in-sample: those who chose the parameters knew the figures. Only a forecast that was frozen "
    "beforehand is a test.",
    "An error (±) counts luck alone. That rules may be wrong is in no error bar.")

WRONG = (
    "Forecasts that were frozen (`brink forecast`) and scored later (`brink score`) do no better than base rates over many "
    "questions.",
    "A new round of fire comes, and its salvoes, interceptions or length lie outside what nine of ten worlds have for such "
    "a war.",
    "Missiles, partners and rights are all on the table, Tehran's red line stands, and there is a deal all the same.",
    "Interceptors run short in plain sight, and no more gets through than before.",
    "Records show that promises not to strike first changed nobody's readiness, or that alarms came as often with them.",
    "Records show that a first strike was decided for a reason for which the model has no term.")


def main() -> None:
    """All of it, from what it is to what would prove it wrong."""
    page.opening("Trust", "How far should you believe this model? Here is how it compares with what is known, and where it "
                 "ends.")
    left, right = st.columns(2)
    for column, title, lines in ((left, "What it is", IS), (right, "What it is not", IS_NOT)):
        column.subheader(title)
        column.markdown("\n".join(f"- {line}" for line in lines))
    note("hindcast", "base-rate", "brier", "log-score", "calibration", "prior", "band")
    st.header("Compared with known figures")
    found = published.read("validation")
    st.markdown(f"**{found['verdict']}** {found['honesty']}")
    st.html(render("together", map(check, found["checks"])))
    st.caption(f"{KEY} {found['made_from']} Make them again with `{published.STUDIES['validation']}`.")
    past()
    june()
    unknown()
    ends()
    page.footer()


@page.section
def past() -> None:
    """The hindcast."""
    st.header("Asked about the past: 30 December 2025 to 11 February 2026")
    st.markdown(f"In a {term('hindcast')} the model starts on 30 December and is asked what was known six weeks later. It is "
                f"compared with what {term('base-rate', 'base rates')} alone would have said.")
    if seed := st.session_state.get("hindcast-now"):
        work = page.in_a_worker(hindcast.hindcast, "baseline", 4096, seed)
        result = page.waited_for(f"hindcast 4096 {seed}", work, "Asking about the past").as_dict()
    else:
        result = published.read("hindcast")
    scored = [one for one in result["targets"] if one["scored"] and one["measure"] == "log"]
    charts_evidence.given_to_what_happened(scored).draw("hindcast")
    means, count = result["means"], result["targets_in_means"]
    st.markdown(
        f"Mean over {count} yes-or-no targets, lower is better: {term('log-score')} **{means['model_score']:.3f}** (base rates "
        f"{means['base_score']:.3f}), {term('brier')} **{means['model_brier']:.3f}** (base rates {means['base_brier']:.3f}).")
    for one in result["targets"]:
        if one["measure"] == "CRPS":
            inside = "" if one["low"] <= one["observed"] <= one["high"] else ", which misses it"
            st.markdown(f"**{one['id']}** {one['says']} Observed: **{one['observed']:,g}**. Model: {one['low']:,.0f} to "
                        f"{one['high']:,.0f} in 80 % of worlds{inside}. No change: {one['base']:,g}. Error (CRPS) of the model "
                        f"{two_digits(one['model_score'])}, of no change {two_digits(one['base_score'])}.")
    st.warning(result["caveat"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{result['worlds']:,} worlds, seed {result['seed']}. To the right is better.")
        st.button("Ask again now, with other luck",
                  on_click=lambda: st.session_state.update({"hindcast-now": (seed or 1) + 1}),
                  help="Simulates 4,096 worlds of 44 days on this machine: a few seconds.")


@page.section
def june() -> None:
    """The war of June 2025, replayed."""
    st.header("The war of June 2025, replayed")
    replay = published.read("june_2025")
    outside = [line["says"] for line in replay["lines"] if not line["fits"]]
    st.markdown(f"The first strike of 13 June is forced; the rest is left to the model. Outside its 80 %: "
                f"**{'; '.join(outside) if outside else 'nothing'}**. The United States joins in {percent(replay['joined'])} "
                f"of worlds, and fire lasts 12 days or more in {percent(replay['long'])}.")
    wars = {"all wars": ("lines", "worlds"), "wars of 10 to 14 days": ("given", "given_worlds")}
    lines, count = (replay[key] for key in wars[st.segmented_control(
        "Compare with", list(wars), default="all wars", required=True, key="june-worlds",
        help="The real war had 12 days of fire.")])
    st.html(render("together", [head("observed"), *map(measure, lines)]))
    st.caption(f"{count:,} worlds. Grey: what was observed. Line: the middle 80 % of worlds; dot: the middle world. Deaths are "
               "shown as ranges only.")
    free = ", ".join(f"{name} {percent(share)}" for name, share in replay["initiators"].items())
    st.markdown(f"If **no** strike is forced, who fires first by 11 August 2025: {free}.")


@page.section
def unknown() -> None:
    """What calibration leaves open, and what the numbers rest on."""
    st.header("What nobody knows well")
    rows = lookup.search(kind="parameter")
    alone = sum(row["rests on"] == "assumption" for row in rows)
    some = sum("assumption" in row["rests on"] for row in rows)
    found = published.read("calibration")
    war = found["predictive"]["all parameters from their priors"]["round_365"]
    st.markdown(
        f"Of {len(rows)} parameters {alone} rest on judgement alone, and {some - alone} in part. With the parameters at their "
        f"defaults, {percent(found['defaults']['figures']['round_365'])} of worlds see fire between Iran and Israel or the "
        f"United States within a year. With all of them drawn from their {term('prior', 'priors')} it is {percent(war[0])}, "
        f"and between {percent(war[1])} and {percent(war[2])} in nine of ten parameter sets.")
    names = {"drawn from all priors": "all parameters from their priors", "not ruled out": "the chosen ones not ruled out"}
    charts_evidence.calibrated(found["targets"], {says: found["predictive"][name] for says, name in names.items()},
                               found["defaults"]["figures"]).draw("calibration")
    blind = sum(row["ratio"] > calibrate.UNKNOWN for row in found["identified"])
    st.caption(f"Lines: nine of ten parameter sets, or the band that was aimed at. {term('calibration', 'Calibration')} seeks "
               f"no best fit; it rules out what cannot come near the figures. Of the {len(found['identified'])} parameters "
               f"that move the figures most, {blind} stay as unknown as before. War on a false alarm was never aimed at.")


def ends() -> None:
    """Limits, and what would prove the model wrong."""
    left, right = st.columns(2)
    left.header("What it cannot do")
    left.html(render("bullets", LIMITS))
    right.header("What would prove it wrong")
    right.markdown("\n".join(f"- {line}" for line in WRONG))
    st.caption("The pages docs/odd.md, docs/validation.md and docs/calibration.md of the project tell all of it at length.")


def head(known: str) -> Markup:
    """The names of the columns of range plots."""
    return render("reading", ("", "model", known), class_="head")


def check(one: Mapping[str, Any]) -> Markup:
    """A check that opens: what is compared, and its readings."""
    readings = one["readings"]
    tested = sum(reading["tested"] for reading in readings)
    state = "fits" if one["passed"] else "does not fit"
    moved = f" Moved most by {', '.join(one['moved_by'])}." if one["moved_by"] else ""
    return render("check", one["title"], f"{state}, {tested} of {len(readings)} readings tested",
                  f"{one['compares']} {one['tolerance']}", [head("wanted, or observed"), *map(reading_row, readings)],
                  f"{one['samples']:,} samples. Figures: {', '.join(one['evidence'])}.{moved}")


def reading_row(reading: Mapping[str, Any]) -> Markup:
    """One number of the model, and what it is compared with."""
    error = f" ± {digits(reading['error'])}" if reading["error"] else ""
    known = "" if reading["observed"] is None else f"observed {digits(reading['observed'])}"
    wanted = reading["wanted"] if reading["tested"] else known or "no figure to hold it against"
    drawn = range_plot(f"{reading['says']}: model {digits(reading['value'])}, {wanted}, "
                       f"{'fits' if reading['passed'] else 'does not fit'}", reading["value"], reading["low"],
                       reading["high"], reading["band"], reading["observed"], reading["passed"])
    return render("reading", (reading["says"], f"{digits(reading['value'])}{error} {reading['unit']}".strip(), wanted), drawn)


def measure(line: Mapping[str, Any]) -> Markup:
    """A measure of a past war, and the model's 80 % band; of deaths only the band."""
    known = digits(line["low"]) if line["low"] == line["high"] else f"{digits(line['low'])} to {digits(line['high'])}"
    middle = None if line["id"].startswith("dead") else line["median"]
    band = f"{digits(line['model_low'])} to {digits(line['model_high'])}"
    drawn = range_plot(f"{line['says']}: observed {known}, model {band}", middle, line["low"], line["high"],
                       (line["model_low"], line["model_high"]), passed=line["fits"])
    return render("reading", (line["says"], band if middle is None else f"{digits(middle)} ({band})", known), drawn)


main()
