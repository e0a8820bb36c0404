"""The section on evidence: what the sources say that bears on what a report shows, and where they say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap

from sim.engine.parameters import ASSUMPTION
from sim.model import evidence
from sim.model.evidence import Claim, Reference
from sim.report.html.markup import Html, Part, html, table, tag

ABOUT = ("The claims are told in our own words. They are what sources say, some of them with a stake in being believed: "
         "the model takes them as beliefs of those who hold them, or as questions to put to the test, and not as truth. "
         "The five documents are three independent lines of reporting, and none is later than 11 February 2026.")


KINDS = {"web": "from the web", "background": "background knowledge", "assumption": "assumption", "computed": "own computation"}
"""Where a figure comes from."""


def section(uses: Iterable[tuple[str, Sequence[str]]]) -> Html:
    """The evidence behind what a report shows: pairs of what is shown and the ids that it rests on."""
    shown = defaultdict(list)
    for name, ids in uses:
        for id in ids:
            shown[id].append(name)
    claims = [(claim, shown[id]) for id, claim in evidence.load().claims.items() if id in shown]
    others = [(one, shown[id]) for id, one in evidence.load().references.items() if id in shown]
    return html(
        tag("p", ABOUT),
        table("Claims of the documents.", ("claim", "says", "status", "bears on"), starmap(_claim, claims),
              wide=(2, 3)) if claims else "",
        table("Figures and works.", ("id", "says", "bears on"), starmap(_reference, others),
              wide=(2,)) if others else "",
        tag("p", f"{len(set(shown[ASSUMPTION]))} of the things shown here rest on judgement alone.", id=f"e-{ASSUMPTION}")
        if ASSUMPTION in shown else "")


def _claim(claim: Claim, uses: Sequence[str]) -> Sequence[Part]:
    ledger = evidence.load()
    disputes = (tag("small", f"Disputed: {one.says} Resolved: {one.resolution}")
                for one in ledger.disputes(claim))
    return _anchor(claim.id), [claim.says, tag("small", ledger.where(claim)), *disputes], claim.status, _listed(uses)


def _reference(one: Reference, uses: Sequence[str]) -> Sequence[Part]:
    links = (tag("small", tag("a", url, href=url, rel="noreferrer")) for url in one.url)
    return _anchor(one.id), [one.says or one.cite, *_small(one), *links], _listed(uses)


def _small(one: Reference) -> Iterator[Html]:
    if one.says and one.cite:
        yield tag("small", one.cite)
    yield tag("small", f"{KINDS.get(one.provenance, 'work')}, {'checked' if one.checked else 'not checked'}")


def _anchor(id: str) -> Html:
    return tag("span", id, id=f"e-{id}")


def _listed(uses: Sequence[str]) -> Html:
    return tag("small", "; ".join(dict.fromkeys(use.rstrip(".") for use in uses)))
