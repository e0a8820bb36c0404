"""The evidence ledger is complete, sound, and says clearly what is wrong when it is not."""

from pathlib import Path

import pytest

from sim.errors import BrinkError
from sim.model.evidence import PROVENANCES, STATUSES, Claim, Ledger, Place, load
from sim.model.ledger import LEDGER

SOUND = """
documents:
  "000": {title: A report, outlet: Paper, date: 2025-12-29, independent_line: Paper, paragraphs: 9}
conflicts:
  X1: {says: They differ., claims: [L001], resolution: Neither.}
claims:
  L001: {says: It rained., at: ["000¶9"], status: initial}
references:
  author-1999: {cite: "Author (1999)", checked: true}
  fig-rain: {says: It rains 2 mm a day (1-3)., from: web, url: https://example.org, checked: true}
hindcast:
  H1: {says: Does it rain?, day: 1, observed: true, claims: [L001], base_rate: 0.5, scored: true}
"""


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ledger.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_claims_are_there_in_order(ledger: Ledger) -> None:
    assert list(ledger.claims) == [f"L{number:03}" for number in range(1, 117)]


def test_other_sections_are_complete(ledger: Ledger) -> None:
    assert list(ledger.documents) == ["000", "001", "002", "003", "004"]
    assert list(ledger.conflicts) == [f"X{number}" for number in range(1, 7)]
    assert list(ledger.hindcast) == [f"H{number}" for number in range(1, 16)]


def test_five_documents_are_three_lines_of_reporting(ledger: Ledger) -> None:
    assert {document.independent_line for document in ledger.documents.values()} == {"Axios", "CNN", "Reuters"}


def test_every_place_exists_once(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        assert claim.at and list(claim.at) == sorted(set(claim.at)), claim.id
        for place in claim.at:
            assert 1 <= place.paragraph <= ledger.documents[place.document].paragraphs, claim.id


def test_claims_are_one_short_sentence(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        assert len(claim.says.split()) <= 40, claim.id
        assert claim.says.endswith(".") and ". " not in claim.says, claim.id


def test_statuses_are_valid_and_all_used(ledger: Ledger) -> None:
    assert {claim.status for claim in ledger.claims.values()} == set(STATUSES)


def test_mere_context_is_rare(ledger: Ledger) -> None:
    assert sum(bool(claim.context) for claim in ledger.claims.values()) <= 10


def test_figures_say_a_value_and_where_it_is_from(ledger: Ledger) -> None:
    for id, reference in ledger.references.items():
        if id.startswith("fig-"):
            assert reference.says and reference.provenance in PROVENANCES, id
        else:
            assert reference.cite and not reference.provenance, id


def test_what_was_seen_on_the_web_says_where(ledger: Ledger) -> None:
    for reference in ledger.references.values():
        assert reference.provenance != "web" or reference.cite, reference.id


def test_targets_rest_on_claims_and_have_a_base(ledger: Ledger) -> None:
    for target in ledger.hindcast.values():
        assert target.claims or target.references, target.id
        assert set(target.claims) <= set(ledger.claims), target.id
        assert 0 < target.day <= 43, target.id
        assert (target.base_rate is None) == (target.base == "no change" or not target.scored), target.id
    assert [target.id for target in ledger.hindcast.values() if not target.scored] == ["H7"]


def test_lines_are_short_but_for_addresses() -> None:
    long = [line for line in LEDGER.read_text(encoding="utf-8").splitlines() if len(line) > 110]
    assert all("http" in line for line in long)


def test_find_returns_any_entry(ledger: Ledger) -> None:
    for section in ledger.sections:
        for id, entry in section.items():
            assert ledger.find(id) is entry
    assert len(ledger.ids) == sum(map(len, ledger.sections))


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("L16", "L116"), ("fearon-1996", "fearon-1995"), ("fig-brent-paths", "fig-brent-path")],
)
def test_lookup_error_names_the_nearest_id(ledger: Ledger, wrong: str, nearest: str) -> None:
    with pytest.raises(LookupError, match=f"'{wrong}'; the nearest is '{nearest}"):
        ledger.find(wrong)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (["000¶9"], "Axios, 29 Dec 2025, paragraph 9"),
        (["000¶5", "000¶7"], "Axios, 29 Dec 2025, paragraphs 5 and 7"),
        (
            ["000¶5", "000¶7", "000¶8", "004¶11"],
            "Axios, 29 Dec 2025, paragraphs 5, 7 and 8; Reuters in The Straits Times, 11 Feb 2026, paragraph 11",
        ),
    ],
)
def test_where_reads_like_a_citation(ledger: Ledger, places: list[str], words: str) -> None:
    claim = Claim(id="L000", says="Something.", at=tuple(places), status="initial")
    assert ledger.where(claim) == words


def test_load_is_cached() -> None:
    assert load() is load()


def test_a_sound_ledger_loads(tmp_path: Path) -> None:
    ledger = load(written(tmp_path, SOUND))
    assert ledger.claims["L001"].at == (Place("000", 9),)
    assert ledger.references["fig-rain"].url == ("https://example.org",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("000¶9", "000¶10", "7: L001: 000¶10 is not among the 9 paragraphs of 000"),
        ("000¶9", "005¶1", "7: L001: 005¶1 is in no known document"),
        ("000¶9", "000-9", "7: L001: place '000-9' is not written like '000¶5'"),
        ("000¶9", "000¶0", "7: L001: 000¶0 is not among the 9 paragraphs of 000"),
        ('["000¶9"]', "[]", "7: L001: no place in the documents"),
        ("status: initial", "status: rumour", "7: L001: status 'rumour' is none of initial, background"),
        ("says: It rained.", "say: It rained.", "7: L001: says must be given"),
        ("status: initial", "status: initial, contxt: None", "7: unknown key 'contxt'; did you mean 'context'?"),
        (", status: initial", "", "7: L001: status must be given"),
        ("observed: true, claims: [L001]", "observed: true, claims: [L002]", "12: H1: 'L002' is not in the ledger"),
        ("observed: true, claims: [L001]", "observed: true", "12: H1: neither claim nor reference supports"),
        ("differ., claims: [L001]", "differ., claims: [L009]", "5: X1: 'L009' is not in the ledger"),
        ("base_rate: 0.5, ", "", "12: H1: a scored target needs a base_rate between 0 and 1, or base: no change"),
        ("base_rate: 0.5, ", "base_rate: 1e400, ", "12: base_rate must be a finite number"),
        ("author-1999:", "L001:", "9: L001: the id is used twice"),
        ("  fig-rain:", "  author-1999:", "10: 'author-1999' is set twice; first on line 9"),
        ("from: web", "from: hearsay", "10: fig-rain: from 'hearsay' is none of web, background, assumption, computed"),
        ("2025-12-29", "29 December", "3: date: '29 December' is not a date like 2026-02-14"),
        ("paragraphs: 9", "paragraphs: nine", "3: paragraphs must be a whole number from 1 to 1,000"),
        ("differ., claims: [L001]", "differ., claims: L001", "5: claims must be a list"),
        ("status: initial}", "status: initial}\n  L002: rained", "8: expected keys and values"),
        ("conflicts:", "quarrels:", "4: unknown key 'quarrels'; known are documents, conflicts, claims"),
        (SOUND, "[]", " expected keys and values, like 'title: My what-if'"),
    ],
)
def test_a_fault_is_told_in_one_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SOUND
    path = written(tmp_path, SOUND.replace(old, new))
    with pytest.raises(BrinkError) as caught:
        load(path)
    assert any(line.startswith(f"{path}:{message}") for line in str(caught.value).splitlines())


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND.replace("9}", "0}").replace("initial", "rumour").replace("true, base", "maybe, base"))
    with pytest.raises(BrinkError) as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 2
