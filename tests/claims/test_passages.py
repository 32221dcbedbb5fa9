"""Tests of the text cut by evidence: nothing is lost, nothing moves, every claim is found where its words are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from eild.claims import Claim, ClaimIndex, Named, Words, load_claims
from eild.claims.passages import cut_segments, read_sections
from eild.documents.index import DocumentIndex
from eild.media import N_TRIPLES
from eild.rdf.canonical import serialize_graph

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset

TEXT = "The gazette said that the well was polluted and never closed."


@pytest.fixture(scope="module")
def index(own_dataset: BuiltDataset) -> ClaimIndex:
    """Return the claims of EILD's own dataset."""
    content = serialize_graph(own_dataset.merged(), N_TRIPLES)
    return load_claims(DocumentIndex(quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)))


def make_claim(number: int, *spans: tuple[int, int], stance: str = "affirms") -> Claim:
    """Return a claim on some spans of the text."""
    words = tuple(Words(f"urn:e{number}", "000", start, end, TEXT[start:end]) for start, end in spans)
    return Claim(f"urn:c{number}", f"000-001-{number}", "", Named(stance, f"urn:stance/{stance}"), words=words)


spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT))).filter(lambda span: span[0] < span[1])


@given(st.lists(st.lists(spans, min_size=1, max_size=3), max_size=6))
def test_cut_segments_any_spans_together_they_are_the_text(evidence: list[list[tuple[int, int]]]) -> None:
    """However spans overlap, the segments join to the text, and each lists the claims whose spans hold it."""
    claims = [make_claim(number, *own) for number, own in enumerate(evidence)]
    segments = cut_segments(TEXT, 0, len(TEXT), claims)
    assert "".join(segment.text for segment in segments) == TEXT
    start = 0
    for segment in segments:
        end = start + len(segment.text)
        expected = [c for c in claims if any(w.start <= start and w.end >= end for w in c.words)]
        assert list(segment.claims) == expected
        start = end
    for claim in claims:
        assert sum(claim in segment.first_of for segment in segments) == 1
        assert sum(claim in segment.last_of for segment in segments) == 1


def test_cut_segments_shared_words_look_plain_and_only_the_denial_stands_out() -> None:
    """Words that an affirmation and a denial share look plain; those that only the denial rests on look contested."""
    claims = [make_claim(1, (0, 11)), make_claim(2, (4, 16), stance="denies")]
    leading = [segment.leading.stance.slug for segment in cut_segments(TEXT, 0, 20, claims) if segment.leading]
    assert leading == ["affirms", "affirms", "denies"]


def test_read_sections_own_article_text_and_claims_are_whole(index: ClaimIndex) -> None:
    """The heads and blocks of all sections hold the text of every unit, and every claim begins in one of them."""
    article = index.articles["000"]
    sections = read_sections(article, index.curated)
    passages = [p for section in sections for p in (*section.head, *(q for b in section.blocks for q in b.passages))]
    assert [passage.unit for passage in passages] == list(article.units)
    for passage in passages:
        assert "".join(segment.text for segment in passage.segments) == passage.unit.text
    begun = [claim.number for section in sections for claim in section.claims]
    assert sorted(begun) == sorted(claim.number for claim in index.curated)


def test_read_sections_claims_on_titles_and_headings_belong_to_their_sections(index: ClaimIndex) -> None:
    """A claim that rests on a title or a heading is a claim of the section that it heads."""
    article = index.articles["000"]
    heads = [unit for unit in article.units if unit.kind.value in {"title", "heading"}]
    claims = [make_claim(unit.number, (unit.begin, unit.end)) for unit in heads]
    sections = read_sections(article, claims)
    assert [section.claims for section in sections] == [(claim,) for claim in claims]
    assert [section.head[0].segments[0].claims for section in sections] == [(claim,) for claim in claims]


def test_read_sections_own_article_white_space_between_sentences_kept(index: ClaimIndex) -> None:
    """A paragraph joined from its passages stands in the text exactly so."""
    article = index.articles["000"]
    for section in read_sections(article, index.curated):
        for block in section.blocks:
            joined = "".join(passage.before + passage.unit.text for passage in block.passages)
            assert joined in article.text
        assert 0 < section.covered <= section.words or not section.claims
