"""The section on evidence: the claims and works on which the contents of a report rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sim.engine.parameters import ASSUMPTION
from sim.model import evidence
from sim.model.evidence import Claim, Reference
from sim.report.html.render import Row, render

KINDS = {"web": "from the web", "background": "background knowledge", "assumption": "assumption", "computed": "own computation"}
"""Where a figure comes from."""


def section(uses: Iterable[tuple[str, Sequence[str]]]) -> dict[str, Any]:
    """The evidence for the contents of a report, given as pairs of a name and the ids of its evidence.

    Rows of a table of "claims" and of one of "others", and how many of the things shown "rest" on judgement alone.
    """
    shown = defaultdict(list)
    for name, ids in uses:
        for id in ids:
            shown[id].append(name)
    ledger = evidence.load()
    return {"claims": [_claim(claim, shown[id]) for id, claim in ledger.claims.items() if id in shown],
            "others": [_reference(one, shown[id]) for id, one in ledger.references.items() if id in shown],
            "judged": ASSUMPTION, "rest": len(set(shown[ASSUMPTION]))}


def _claim(claim: Claim, uses: Sequence[str]) -> Row:
    ledger = evidence.load()
    disputes = (f"Disputed: {one.says} Resolved: {one.resolution}" for one in ledger.disputes(claim))
    return render("anchor", claim.id), (claim.says, ledger.where(claim), *disputes), claim.status, _listed(uses)


def _reference(one: Reference, uses: Sequence[str]) -> Row:
    cited = [one.cite] if one.says and one.cite else []
    origin = f"{KINDS.get(one.provenance, 'work')}, {'checked' if one.checked else 'not checked'}"
    links = (render("outside", url) for url in one.url)
    return render("anchor", one.id), (one.says or one.cite, *cited, origin, *links), _listed(uses)


def _listed(uses: Sequence[str]) -> tuple[str, str]:
    return "", "; ".join(dict.fromkeys(use.rstrip(".") for use in uses))
