"""Tests of claims as typed values, over EILD's own dataset: what is read equals what a query finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, QuerySolutions, RdfFormat, parse

from eild.claims import OPPOSED, SLOTS, STANCES, ClaimIndex, load_claims
from eild.documents.index import DocumentIndex
from eild.media import N_TRIPLES
from eild.namespaces import EILD
from eild.rdf.canonical import serialize_graph
from eild.terms import BASE

if TYPE_CHECKING:
    from pyoxigraph import Store

    from eild.dataset import BuiltDataset


@pytest.fixture(scope="module")
def index(own_dataset: BuiltDataset) -> ClaimIndex:
    """Return the claims of EILD's own dataset."""
    content = serialize_graph(own_dataset.merged(), N_TRIPLES)
    return load_claims(DocumentIndex(quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)))


def count(store: Store, pattern: str) -> int:
    """Return how many solutions a pattern has."""
    found = store.query(f"PREFIX eild: <{EILD}> SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    assert isinstance(found, QuerySolutions)
    number = next(iter(found))["n"]
    assert isinstance(number, Literal)
    return int(number.value)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("claimants", "claimant"),
        ("addressees", "addressee"),
        ("propositions", "hasProposition"),
        ("words", "evidence"),
        ("documents", "statedIn"),
        ("reports", "reportsClaim"),
        ("contested_by", "contestedBy"),
        ("responds_to", "respondsTo"),
        ("alternatives", "alternativeTo"),
        ("hedges", "hedge"),
        ("elections", "aboutElection"),
    ],
)
def test_load_claims_each_property_as_often_as_in_the_data(
    index: ClaimIndex, oxigraph: Store, field: str, name: str
) -> None:
    """Every value of a property of a claim is read once."""
    read = sum(len(getattr(claim, field)) for claim in index.claims.values())
    assert read == count(oxigraph, f"?claim a eild:Claim ; eild:{name} ?value")


@pytest.mark.parametrize("slot", SLOTS)
def test_load_claims_each_slot_as_often_as_in_the_data(index: ClaimIndex, oxigraph: Store, slot: str) -> None:
    """Every value of a slot of a claimed proposition is read once for each proposition."""
    propositions = {part.named.iri: part for claim in index.claims.values() for part in claim.propositions}
    read = sum(len(part.slots.get(slot, ())) for part in propositions.values())
    wanted = f"{{ SELECT DISTINCT ?p {{ ?c a eild:Claim ; eild:hasProposition ?p }} }} ?p eild:{slot} ?value"
    assert read == count(oxigraph, wanted)


def test_load_claims_words_stand_in_the_text_where_they_say(index: ClaimIndex) -> None:
    """The words of every claim are cut out of the seed by their offsets."""
    for claim in index.claims.values():
        assert claim.words
        for words in claim.words:
            assert index.articles[words.seed].text[words.start : words.end] == words.exact


def test_load_claims_stances_are_those_of_the_closed_list(index: ClaimIndex) -> None:
    """Pages know every stance of the data; relays have no propositions, all others have some."""
    assert {claim.stance.slug for claim in index.claims.values()} <= set(STANCES)
    assert set(STANCES) > OPPOSED
    for claim in index.claims.values():
        assert bool(claim.propositions) == (claim.stance.slug != "reports"), claim.number


def test_load_claims_order_is_that_of_the_text(index: ClaimIndex) -> None:
    """Claims come by seed, unit and running number, counted as numbers."""
    numbers = [tuple(int(part) for part in claim.number.split("-")) for claim in index.claims.values()]
    assert numbers == sorted(numbers)
    assert all(iri == f"{BASE}id/claim/{claim.number}" for iri, claim in index.claims.items())


def test_trace_speakers_official_behind_newspaper_three_links(index: ClaimIndex) -> None:
    """A claim of an official whom a newspaper cites is traced from the article through the newspaper."""
    claim = index.claims[f"{BASE}id/claim/000-018-2"]
    assert [link.number for link in index.trace_speakers(claim)] == ["000-018-0", "000-018-1", "000-018-2"]


def test_trace_speakers_every_claim_ends_with_itself_and_has_no_loop(index: ClaimIndex) -> None:
    """A chain is finite and ends with the claim that is traced."""
    for claim in index.claims.values():
        chain = index.trace_speakers(claim)
        assert chain[-1] is claim
        assert len({link.iri for link in chain}) == len(chain)


def test_load_claims_foreign_triples_empty() -> None:
    """Data without claims of EILD's kind have an index without any."""
    triples = (quad.triple for quad in parse(b"<urn:a> a <urn:b> .", RdfFormat.TURTLE))
    index = load_claims(DocumentIndex(triples))
    assert not index.claims
    assert not index.articles
