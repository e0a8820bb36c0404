"""What drives it: which parameters move an outcome, how surely, and where it flips."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from math import isnan

import streamlit as st

import sim
from dashboards import charts_drivers as charts
from dashboards import link, page
from dashboards.plain import code, literal
from sim.analysis.sensitivity import chance, one_at_a_time, rank_correlation
from sim.model.outcomes import OUTCOMES
from sim.report.html.render import render
from sim.words import count, percent

EACH = 64
"""Worlds per set."""
DRAWS = (64, 128, 256)
SHOWN, LISTED, CHECKED = 12, 40, 8
"""Parameters in the charts, in the lists to choose from, and in the check one at a time."""
WORLDS = 1000
SAYS = {outcome.id: outcome.says for outcome in OUTCOMES if outcome.kind != "code" and outcome.unit != "deaths"}
PARTS = ("#8a8f98", "#0072b2", "#56b4e9")


def main() -> None:
    """The page."""
    view = page.opening("What drives it", "Nobody knows the model's parameters exactly. Here all of them are drawn at once "
                        "from what is thought possible (their priors), again and again, to see which of them an outcome "
                        "follows.")
    view = view.with_(outcome=choosing(view))
    run, place = source(view)
    key = f"drivers {view.outcome} {run.about}"
    found = page.computed(key, lambda: rank_correlation.Drivers.of(run, view.outcome), "Ranking",
                          lambda made: (made.ranked, made.split))
    st.caption(place)
    question = run.question(view.outcome)
    unit = question.shown.unit if question.kind == "mean" else None
    finding(found, view.outcome, unit)
    tornado(found, unit)
    split(found)
    flipping(found, view, unit, run.base(question))
    alone(found, view, run.scenario, unit)
    page.folded(f"All {len(found.names)} parameters", "all", partial(everything, found, unit))
    page.footer(run)


def choosing(view: link.Link) -> str:
    """sim.Scenario, outcome and number of draws; the outcome that is chosen."""
    page.controls(view, worlds=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        outcome = page.bound(st.selectbox, "Outcome", list(SAYS), "outcome", format_func=SAYS.__getitem__,
                             help="What the parameters may move.")
        draws = sorted({*DRAWS, view.sets})
        page.bound(st.segmented_control, "Draws of all parameters", draws, "sets", required=True,
                   help=f"Each draw is simulated in {EACH} worlds. More draws tell weaker drivers from chance; 256 take "
                        "about ten seconds on two cores.")
    return outcome


def source(view: link.Link) -> tuple[sim.Run, str]:
    """The run over draws of the priors: one that is open in the library, else one made on the spot; and what it is in words."""
    if view.run:
        run = page.opened(view.run)
        if run.sets >= chance.FEWEST:
            st.button("Draw again from the priors instead", on_click=lambda: page.change(run=""))
            return run, (f"From {literal(view.run)} in the library: {count(run.sets, 'draw')}, {count(run.size, 'world')} of "
                         f"{count(run.days, 'day')}.")
    run = page.simulated(view.chosen(), EACH * view.sets, view.seed, uncertainty="priors", sets=view.sets, keep_events=0)
    return run, (f"{run.sets:,} draws of {len(run.parameters.columns) - 1} parameters, {EACH} worlds of {run.days} days each. "
                 "What the scenario or you have set stays as it is.")


@page.section
def finding(found: rank_correlation.Drivers, outcome: str, unit: str | None) -> None:
    """The parameters above the line of chance, in words."""
    clear = found.clear
    mean = charts.in_words(found.mean, unit)
    give = f"± {100 * found.error:.1f}" if unit is None else f"± {found.error:.2g}"
    st.markdown(f"**{SAYS[outcome]}**: {mean} ({give}) over all draws. Of {len(found.names)} parameters, "
                + (f"**{len(clear)} stand{'s' if len(clear) == 1 else ''} above what chance alone would do**:" if clear else
                   "**none stands above what chance alone would do**. That does not mean that none matters: many may, each a "
                   f"little, and {found.sets} draws do not tell them apart."
                   + (" Choose more draws to see weaker ones." if found.sets < DRAWS[-1] else "")))
    for driver in clear[:5]:
        low, high = (charts.in_words(value, unit) for value in (driver.bottom, driver.top))
        gap = charts.gap(driver.difference, driver.error, unit)
        st.markdown(f"- **{literal(page.name_of(driver.key))}** ({code(driver.key)}): {low} where it is lowest, {high} where "
                    f"it is highest ({gap}).  \n  {literal(charts.meaning(driver.key))}")
    if len(clear) > 5:
        st.markdown(f"- and {len(clear) - 5} more, in the charts below")


@page.section
def tornado(found: rank_correlation.Drivers, unit: str | None) -> None:
    """The two charts of the strongest parameters."""
    shown = found.ranked[:SHOWN]
    left, right = st.columns(2)
    charts.tornado(found, shown, unit).draw(
        "tornado", "How far: low against high values (tornado)",
        "Draws are put in order by one parameter. Bars reach from the mean of all draws (dashed) to that of the third with "
        "its lowest, and its highest, values; grey lines are 90 % bands. Faint bars: chance could do this.", at=left)
    charts.ranks(found, shown).draw(
        "ranks", "How surely: rank correlation",
        "+1: the outcome always rises with the parameter; -1: it always falls; 0: no relation. In 19 of 20 cases the "
        f"strongest of {len(found.names)} parameters that do nothing stays in the grey zone (below {found.line:.2f}). "
        "Filled dots stand above it. Lines are 90 % bands.", at=right)


@page.section
def split(found: rank_correlation.Drivers) -> None:
    """What of the spread between draws is luck."""
    part = found.split
    st.subheader("Luck or parameters?")
    if part.spread == 0:
        st.info("The outcome is the same in all draws.")
        return
    if part.too_few:
        st.info(f"With {found.sets} draws luck cannot be told from parameters: the draws differ no more than luck alone may "
                "make them, or too few of them tell. Choose more draws.")
        return
    named = (1 - part.luck) * part.told
    shares = (part.luck, named, max(0.0, 1 - part.luck - named))
    says = ("luck of so few worlds per draw", "parameters above the line of chance",
            "other parameters, and parameters acting together")
    texts = [f"{percent(share)} {text}" for share, text in zip(shares, says, strict=True)]
    pieces = zip(accumulate((0.0, *shares)), shares, PARTS, strict=False)
    st.html(render("bar", tuple(pieces), "; ".join(texts), "parts") + render("key", tuple(zip(PARTS, texts, strict=True))))
    spread = f"{100 * part.freed:.1f} points" if found.share else f"{part.freed:.3g}"
    st.caption("Why the outcome is not the same in all draws: shares of its variance between draws. Luck is "
               f"{percent(part.luck)} ± {100 * part.error:.1f}; without it the draws spread by {spread} (standard deviation). "
               "The second share is what the parameters above the line predict in draws that were left out when they were "
               "chosen.")


@page.section
def flipping(found: rank_correlation.Drivers, view: link.Link, unit: str | None, base: float) -> None:
    """One parameter along its values, and two together."""
    st.subheader("Where it flips")
    names = [driver.key for driver in found.ranked[:LISTED]]
    first = view.driver if view.driver in found.names else names[0]
    second = view.other_driver if view.other_driver in found.names else next(name for name in names if name != first)
    left, right = st.columns(2)
    with left:
        choose("One parameter", first, names, "driver")
        charts.scatter(found, first, unit).draw(
            "scatter", page.name_of(first),
            "A dot is one draw of all parameters. Dots scatter by the luck of its worlds and by all other parameters; the line "
            "joins the means of six equal groups of draws, with 90 % bands.")
    with right:
        choose("and another", second, names, "other_driver")
        st.markdown("**Both together**")
        if first == second:
            st.info("Choose two different parameters to see them together.")
            return
        cells = found.region(first, second)
        levels = {"one half": 0.5, **({} if isnan(base) else {"the base rate": base})} if found.share else {}
        what, level = rank_correlation.crossed(cells, {**levels, "the mean of all draws": found.mean})
        charts.region(cells, (first, second), level, unit).draw("region")
        few = min(cell.sets for cell in cells)
        st.caption(f"The outcome where both parameters lie in a third of their values each; at least {few} draws per square. "
                   f"\"above\" and \"below\" say where it is clearly on one side of {what} "
                   f"({charts.in_words(level, unit)}), by a 90 % band.")


def choose(label: str, chosen: str, names: list[str], field: str) -> None:
    """A list of parameters, the strongest first, that changes the view."""
    page.steered(st.selectbox, f"pick.{field}", chosen, lambda key: page.change(**{field: key}), label,
                 list(dict.fromkeys([*names, chosen])), format_func=page.name_of,
                 help=f"The {LISTED} with the strongest rank correlation, the strongest first.")


@page.section
def alone(found: rank_correlation.Drivers, view: link.Link, scenario: sim.Scenario, unit: str | None) -> None:
    """The check one at a time, on request."""
    keys = tuple(driver.key for driver in found.ranked[:CHECKED])
    st.subheader("One at a time, on the same luck")
    st.write(f"The strongest {CHECKED} above, each set to the low and to the high end of its prior while all else, luck "
             "included, stays the same. That shows what each does by itself, with small errors, where all others stand at "
             "their usual value.")
    wanted = ("alone", scenario.hash, view.seed, view.outcome, keys)
    if st.session_state.get("alone") != wanted:
        st.button(f"Check them ({2 * CHECKED + 1} versions of {WORLDS:,} worlds)", key="check",
                  on_click=lambda: st.session_state.update(alone=wanted))
        return
    try:
        swings = page.waited_for(f"{wanted} {WORLDS}", lambda executor, progress: one_at_a_time.one_at_a_time(
            scenario, keys, view.outcome, worlds=WORLDS, seed=view.seed, jobs=2, executor=executor, progress=progress),
            f"Simulating {2 * CHECKED + 1} versions")
    except sim.BrinkError as error:
        page.tell(error)
        return
    charts.swings(swings, unit).draw("swings")
    st.caption("Bars: how the outcome differs from the unchanged scenario. Grey lines: 90 % bands on shared luck. Faint bars "
               "are less than three errors from none. A parameter that is strong above and does nothing here acts only "
               "together with others, or was there by chance.")
    for swing in swings if scenario.hash == view.chosen().hash else ():
        with st.container(horizontal=True, vertical_alignment="center", key=f"swing-{swing.key}"):
            st.markdown(f"**{literal(page.name_of(swing.key))}**")
            for end, move in (("low", swing.low), ("high", swing.high)):
                label = f"{end}, {move.value:g}: {charts.gap(move.difference, move.error, unit)}"
                changed = view.setting(swing.key, move.value).with_(tune=swing.key.partition(".")[0], run="", beside="")
                page.way("what_if", label, changed, help="Open in What if")


def everything(found: rank_correlation.Drivers, unit: str | None) -> None:
    """All parameters as a table."""
    scale, what = (100, "points") if unit is None else (1, unit)
    high = f"High less low third ({what})"
    rows = [{"Parameter": page.name_of(driver.key), "Key": driver.key, "Rank correlation": driver.rank, "Band from": driver.low,
             "to": driver.high, "Above the line": driver.clear, high: scale * driver.difference, "±": scale * driver.error,
             "Meaning": charts.meaning(driver.key)} for driver in found.ranked]
    number = st.column_config.NumberColumn(format="%.2f")
    st.dataframe(rows, hide_index=True, alt="All parameters by the strength of their rank correlation",
                 column_config=dict.fromkeys(("Rank correlation", "Band from", "to", "±", high), number))


main()
