"""The words of this model in plain language, each declared once, and ways to lead to them from any page.

    st.markdown(f"How dangerous each day is ({term('hazard')})")   # a link; its meaning shows when one points at it
    note("world", "luck", "error")                                 # "Words on this page", which opens in place
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from sim.model import evidence
from sim.model.evidence import Reference
from sim.report.html.render import render

ALL = "all"
"""Stands for the whole glossary in a link."""


@dataclass(frozen=True)
class GlossaryTerm:
    """A word, what it means, and ids of the ledger where it comes from, if it has a source."""

    name: str
    says: str
    sources: tuple[str, ...] = ()
    group: str = ""


def _terms(group: str, *entries: tuple[str, str, str] | tuple[str, str, str, tuple[str, ...]]) -> Iterator[
        tuple[str, GlossaryTerm]]:
    for id, name, says, *sources in entries:
        yield id, GlossaryTerm(name, says, tuple(*sources), group)


TERMS: dict[str, GlossaryTerm] = dict([
    *_terms(
        "How the model works",
        ("world", "World", "One simulated history, from the first day to the last. All worlds begin alike and then differ "
         "by luck alone."),
        ("ensemble", "Ensemble", "Many worlds together. How often something happens among them is how likely the model "
         "takes it to be."),
        ("luck", "Luck", "What nobody decides: the dice that the computer rolls for each decision and each accident. World "
         "number 17 always rolls the same dice, whatever you change, so that two scenarios can be compared fairly."),
        ("seed", "Seed", "A number that stands for a whole set of luck. The same seed gives the same worlds again; another "
         "one gives other luck."),
        ("scenario", "Scenario", "A starting story: what is the case on the first day, and what the parameters are."),
        ("baseline", "Baseline", "The scenario in which everything is as the documents describe it on 30 December 2025. "
         "What-ifs are held against it."),
        ("parameter", "Parameter", "A number in a rule, such as how fast missiles are built. You can change each of them; "
         "each says what it means and what it rests on."),
        ("prior", "Prior", "Which values of a parameter are plausible before anything is simulated, and how plausible each "
         "is. A wide prior means that little is known."),
        ("intervention", "Intervention", "Something that you make happen in a scenario on a day, or when a condition is "
         "first met: a mediator's message, say, or an oil shock."),
        ("claim", "Claim", "A statement of one of the news reports, retold in our words. The model treats it as what a "
         "source says, not as truth."),
        ("assumption", "Assumption", "A value that nothing but the authors' judgement supports. It says so, and its prior "
         "is wide."),
    ),
    *_terms(
        "How likely, and how sure",
        ("base-rate", "Base rate", "How often something like this happened in the past, without any model. It is the first "
         "thing to hold a model's number against.", ("fig-icb-gaps", "fig-dyad-rate")),
        ("hazard", "Hazard", "How likely something is today if it has not happened yet. It tells how dangerous a day is, "
         "while a curve of shares tells how much has piled up."),
        ("error", "Monte Carlo error", "How far the number would still move if you simulated again with other luck. More "
         "worlds make it smaller; they do not make the model any truer."),
        ("paired", "Paired difference", "The difference between two scenarios that share their luck, world by world. "
         "What luck does to both cancels out, so that a small effect can be seen with few worlds."),
        ("flip", "Flip", "A world in which something happens with your change and does not happen without it, or the other "
         "way round, on the same luck."),
        ("band", "Band", "A range that holds a stated part of the worlds, such as nine of ten."),
        ("median", "Median", "The value in the middle: half of the worlds lie below it, half above."),
        ("probability-words", "Probability words", "Unlikely, likely and so on, each for a fixed range, as intelligence "
         "analysts use them (Intelligence Community Directive 203)."),
        ("conditional", "Given that", "A share among only those worlds in which something else happened, such as a long war "
         "given that there is a war."),
        ("hindcast", "Hindcast", "A forecast of what is past already. The model starts on 30 December 2025 and is asked "
         "what was known by 11 February 2026."),
        ("brier", "Brier score", "A mark for a forecast: the square of its distance from what happened. 0 is perfect, and "
         "always saying one half earns 0.25."),
        ("log-score", "Log score", "A mark for a forecast that punishes being sure and wrong. Lower is better, and always "
         "saying one half earns 0.69."),
        ("calibration", "Calibration", "Whether what is called 70 % likely comes true seven times in ten. Also: finding "
         "which values of the parameters can give the figures that are known."),
    ),
    *_terms(
        "Missiles and defence",
        ("interceptor", "Interceptor", "A missile that is fired to stop a missile. Israel's upper layers and the US systems "
         "in the region have a limited number, and replacing them takes long.", ("fig-june-2025-salvos",)),
        ("salvo", "Salvo", "Many missiles fired at once, so that some get through."),
        ("launcher", "Launcher", "A vehicle that fires ballistic missiles. A missile without a launcher is of little use, so "
         "that launchers can matter more than missiles.", ("fig-launchers",)),
        ("reconstitution", "Reconstitution", "Rebuilding what was destroyed in June 2025. Israel counts missiles as well as "
         "nuclear work; Washington asks for proof of nuclear work. That gap is one way to war.", ("L075", "L105")),
        ("campaign", "Campaign", "A war of many days with goals, not a single exchange of fire."),
    ),
    *_terms(
        "Iran's nuclear programme",
        ("breakout", "Breakout", "The dash from a civilian programme to enough weapon-grade material for a bomb. The model "
         "knows stages only, and no arithmetic."),
        ("cascades", "Cascades", "Centrifuges joined in rows, which enrich uranium. Covert cascades are hidden ones."),
        ("access", "Access", "How much inspectors are allowed to see, from nothing (0) to everything (1).", ("fig-access",)),
        ("snapback", "Snapback", "The return of the sanctions of the United Nations on Iran, in September 2025.",
         ("fig-snapback",)),
    ),
    *_terms(
        "Bargaining, threats and fear",
        ("light", "Red light, green light", "How far Washington backs an Israeli strike: red forbids, amber looks away, green "
         "permits, joint takes part.", ("L046",)),
        ("ultimatum", "Ultimatum", "A demand with a deadline and a threat."),
        ("audience-cost", "Audience cost", "What it costs a government at home to back down from a threat it made in public. "
         "It makes a threat believable, and hard to leave.", ("fearon-1994",)),
        ("red-line", "Red line", "What a side says it will not give up, such as Iran's missiles."),
        ("pre-emption", "Pre-emption and prevention", "A pre-emptive strike answers an attack that is believed to be coming "
         "now; a preventive one answers a threat that is believed to be growing."),
        ("false-alarm", "False alarm", "A drill or a shadow that is taken for the start of an attack. If it is answered by "
         "a strike, it is a war by mistake.", ("L101", "fig-alarm-fit")),
        ("security-dilemma", "Security dilemma", "What one side does to be safe makes the other afraid, who then arms, which "
         "makes the first afraid."),
        ("reassurance", "Reassurance", "Word through a third party that one will not strike first. It calms as long as it is "
         "believed.", ("fig-reassurance",)),
        ("rung", "Escalation ladder", "Eleven rungs from quiet to nuclear use (0 to 10), after Herman Kahn.", ("kahn-1965",)),
        ("tension", "Tension", "How close to fire everybody thinks things are, on a scale of the model from 0 to 1.5. When "
         "it is high, decisions come faster."),
        ("partner", "Partner", "An armed group that Iran supplies: Hezbollah, the Houthis, Iraqi militias, Hamas."),
    ),
])
"""Every word that is explained, by id."""


def term(id: str, text: str = "") -> str:
    """Markdown for a word: a link to its entry on the page Start, with its meaning as the tooltip.

    `text` is how the word stands in the sentence; else its name in lower case.
    """
    entry = TERMS[id]
    return f'[{text or lowered(entry.name)}](./?term={id} "{entry.name}: {entry.says}")'


def lowered(name: str) -> str:
    """A name as it stands within a sentence."""
    return name if name.startswith(("Monte", "Brier")) else name[0].lower() + name[1:]


def note(*ids: str) -> None:
    """A button that opens the meanings of these words in place: for fingers and keyboards, which cannot point."""
    with st.popover("Words on this page", type="tertiary"):
        for id in ids:
            st.markdown(f"**{TERMS[id].name}.** {TERMS[id].says}")
        st.markdown(f"[All words](./?term={ALL})")


def found(search: str = "") -> dict[str, GlossaryTerm]:
    """The words whose name or meaning holds the text."""
    wanted = search.strip().lower()
    return {id: entry for id, entry in TERMS.items() if wanted in f"{entry.name} {entry.says}".lower()}


def listed(terms: dict[str, GlossaryTerm]) -> Markup:
    """The words by group, in columns that fold on a narrow screen."""
    groups = dict.fromkeys(entry.group for entry in terms.values())
    return render("glossary", [(group, [(id, entry.name, entry.says, "; ".join(map(cited, entry.sources)))
                                        for id, entry in terms.items() if entry.group == group]) for group in groups])


def cited(id: str) -> str:
    """A source in a few words: author and year of a work, else the id of a claim or figure."""
    entry = evidence.load().find(id)
    if isinstance(entry, Reference) and not entry.provenance and entry.cite:
        return entry.cite.split(".,")[0].split(",")[0] + f" {id.rpartition('-')[2]}"
    return id
