"""The whole model against base rates and history: rounds, wars, verdicts, talks, the street, threats, aggregates."""

from __future__ import annotations

from math import inf

import numpy as np

from sim.model.arenas.war import CAMPAIGN
from sim.model.codes import Deal
from sim.validation.calibration_targets import TARGETS
from sim.validation.checks import Curves, Finding, Histogram, check, mean, middle, quantile
from sim.validation.experiments import JANUARY_ENDS, YEAR, by_then
from sim.validation.experiments_runner import Laboratory

ICB = {43: 0.03, 90: 0.07, 180: 0.17, 365: 0.33}
"""Share of rivalries with a new crisis by then, given 189 quiet days."""

DYAD = {43: 0.15, 90: 0.29, 180: 0.47, 365: 0.68}
"""The same by this dyad's own three rounds in 626 days."""

TALKS = {"nuclear": "talks on the nuclear file", "with missiles": "talks with missiles", "all issues": "talks on all issues"}


@check("gaps", "Gaps between rounds", ("fig-icb-gaps", "fig-dyad-rate"),
       "Between the international crises since 1946 (slow) and this dyad's own rate (fast).",
       ("israel.lone_strike_rate", "us.strike_rate", "us.carry_out_rate"), ("year",))
def gaps(lab: Laboratory) -> Finding:
    """When a new round of direct fire comes after 189 quiet days, against two base rates."""
    first = lab.measured("year")["first_day"]
    readings = tuple(mean(f"a round within {days} days", by_then(first, days), ICB[days], DYAD[days]) for days in ICB)
    days = np.arange(0, YEAR + 1, 5)
    model = np.array([by_then(first, int(day)).mean() for day in days])
    points = {"ICB, given 189 quiet days": ICB, "the dyad alone": DYAD}
    return Finding(readings, len(first), Curves(days, {"model": model}, "days", "share of worlds", points))


@check("war-lengths", "Lengths of wars", ("fig-war-length", "fig-icb"),
       "Median of all 4-5 days; of campaigns 12 to a quarter; 90 % point 37 to a factor of 1.5; short ones .45 to a third; "
       "long ones .1 (.03-.2).", ("us.press_rate", "war.tolerance", "war.cooling_rate", "war.end_rate", "war.by_pressure"),
       ("year",))
def war_lengths(lab: Laboratory) -> Finding:
    """Wars of a simulated year against a mixture of exchanges, campaigns and long wars."""
    year = lab.measured("year")
    every, campaigns = year["war_length"], year["war_length"][year["war_rung"] >= CAMPAIGN]
    readings = (middle("all exchanges, median", every, 4, 5, "days"),
                quantile("all exchanges, 90 % point", every, 0.9, 37 / 1.5, 37 * 1.5, "days"),
                middle("campaigns (rung 7 and up), median", campaigns, 12 * 0.75, 12 / 0.75, "days", observed=12),
                mean("share of exchanges that last a day or two", every <= 2, 0.3, 0.6, observed=0.45),
                mean("share that last more than 30 days", every > 30, 0.03, 0.2, observed=0.1))
    picture = Histogram({"all exchanges": every, "campaigns": campaigns}, np.arange(0.5, 45.5), "days", observed=12)
    return Finding(readings, len(every), picture)


@check("verdicts", "False and missed verdicts", ("fig-verdict-target", "bas-coe-2016"),
       "US wrong on at most 3 % of days, Israel on 5-12 %, Israel's missile verdict on at least 70 %. No figure for what is "
       "missed.", ("israel.bias", "israel.bar", "israel.reading_spread", "israel.blindness", "israel.missile_trigger"),
       ("no nuclear work", "no nuclear work, missiles count", "hidden cascades"))
def verdicts(lab: Laboratory) -> Finding:
    """A year of peace in which Iran does no nuclear work, and one in which cascades stand hidden."""
    nothing = lab.measured("no nuclear work")
    missiles = lab.measured("no nuclear work, missiles count")["missiles"]
    hidden = lab.measured("hidden cascades")
    readings = (mean("US verdict where Iran does nothing, share of days", nothing["us"], -inf, 0.03),
                mean("Israel's nuclear verdict where Iran does nothing", nothing["israel"], 0.05, 0.12),
                mean("Israel's missile verdict, while Iran builds", missiles, 0.70, inf),
                mean("US verdict missed where cascades stand hidden", 1 - hidden["us"]),
                mean("Israel's missed there", 1 - hidden["israel"]))
    picture = Histogram({"Israel, nothing to see": nothing["israel"], "US, nothing to see": nothing["us"]},
                        np.linspace(0, 1, 26), "share of days with a verdict", (0.05, 0.12))
    return Finding(readings, len(missiles), picture)


@check("deals", "Deals while talking", ("fig-deal-target", "fig-deal-hazard"),
       "Nuclear demands .20-.45; all four issues at most .05.", ("talks.deal_rate", "talks.by_gap", "talks.approach"),
       tuple(TALKS.values()))
def deals(lab: Laboratory) -> Finding:
    """Half a year of continuous talks, by US demands; nobody strikes, nobody walks out."""
    days = np.arange(0, 181, 5)
    signed = {says: lab.measured(name)["deal_day"] for says, name in TALKS.items()}
    readings = (mean("nuclear demands: a deal in 180 days of talks", signed["nuclear"] >= 0, 0.2, 0.45),
                mean("all four issues", signed["all issues"] >= 0, -inf, 0.05),
                mean("nuclear and missiles", signed["with missiles"] >= 0))
    lines = {says: np.array([by_then(day, int(until)).mean() for until in days]) for says, day in signed.items()}
    return Finding(readings, len(signed["nuclear"]), Curves(days, lines, "days of talks", "share with a deal"))


@check("protests", "The protest wave of January 2026", ("fig-protest-2026", "fig-protest-deaths", "fig-protest-fit"),
       "Medians within the reported ranges: crackdown day 7-12, ebb 1-5 days, deaths 2,600-14,000.",
       ("street.fear", "street.deaths_a_day", "street.spread", "iran.crackdown_threshold"), ("year",))
def protests(lab: Laboratory) -> Finding:
    """Crackdown, ebb and deaths against what was reported."""
    year = lab.measured("year")
    cracked = year["first_crackdown"] >= 0
    ebbed = cracked & year["ebbed"]
    deaths = year["protest_deaths"][cracked]
    readings = (middle("day of the crackdown, median", year["first_crackdown"][cracked], 7, 12, "days", observed=9.5),
                mean("share of worlds with a crackdown by 31 January", cracked),
                middle("days from the peak until half as many come, median", year["wave_ebbs"][ebbed], 1, 5, "days"),
                middle("deaths by 31 January, median", deaths, 2600, 14000, "deaths", observed=5000))
    picture = Histogram({"deaths by 31 January": deaths}, np.linspace(0, 15000, 41), "deaths", (2600, 14000), 5000)
    return Finding(readings, int(cracked.sum()), picture)


@check("threats", "Threat and restraint", ("fig-january-restraint", "fig-market-january", "fig-threat-credibility"),
       "Carried out by 31 January in .10-.45 of worlds with a crackdown; credibility .35-.45 where not.",
       ("us.intervene_rate", "us.threat_on_crackdown", "us.intervene_on_deaths", "us.preparation", "us.credibility_gain"),
       ("year",))
def threats(lab: Laboratory) -> Finding:
    """What Washington did about its threats of January 2026."""
    year = lab.measured("year")
    cracked = (year["first_crackdown"] >= 0) & (year["first_crackdown"] <= JANUARY_ENDS)
    kept = ~year["executed"] & cracked & year["threatened"]
    readings = (mean("a threat is carried out by 31 January, given a crackdown", year["executed"][cracked], 0.10, 0.45),
                mean("a threat is made by then, given a crackdown", year["threatened"][cracked]),
                mean("credibility on 31 January, where threatened and not carried out",
                     year["credibility"][kept], 0.35, 0.45),
                mean("credibility on 11 February, in the same worlds", year["credibility_later"][kept]))
    picture = Histogram({"credibility on 31 January": year["credibility"], "on 11 February": year["credibility_later"]},
                        np.linspace(0.2, 0.8, 31), "credibility", (0.35, 0.45))
    return Finding(readings, int(cracked.sum()), picture)


@check("aggregates", "Aggregates of a year", ("fig-aggregate-priors", "fig-aggregate-nuclear"),
       "Stated bands; where there is none, a factor of four for rare things and of two for regional war. Causes are never a "
       "target.", ("israel.lone_strike_rate", "talks.deal_rate", "iran.dash_rate"), ("year",))
def aggregates(lab: Laboratory) -> Finding:
    """Headline probabilities against the bands of analysts' judgement."""
    year = lab.measured("year")
    war = year["first_day"] >= 0
    readings = [mean(f"a direct exchange within {one.within} days", by_then(year["first_day"], one.within), one.low, one.high,
                     observed=one.value) for one in TARGETS if one.column == "first_day"]
    readings += [
        mean("a deal within a year", year["deal_day"] >= 0, 0.10, 0.40, observed=0.22),
        mean("a broad deal", year["deal_kind"] == Deal.BROAD, -inf, 0.06, observed=0.03),
        mean("weapon-grade material", year["weapon_day"] >= 0, 0.04 / 4, 0.04 * 4, observed=0.04),
        mean("a device", year["device_day"] >= 0, -inf, 0.01 * 4, observed=0.01),
        mean("three fronts, given a war", (year["regional_day"] >= 0)[war], 0.35 / 2, 0.35 * 2, observed=0.35)]
    return Finding(tuple(readings), len(war))


CRISIS = (gaps, war_lengths, verdicts, deals, protests, threats, aggregates)
