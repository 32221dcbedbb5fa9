"""Tests of the page of a claim, for every claim of EILD's own dataset."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from lxml import html

from eild.claims.sentences import build_sentence
from eild.terms import BASE

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

NAMED = re.compile(r"“[^”]*”|non-interference|pledges not:")
"""What may hold a negation: quoted words, a name, and the stance of a claim that somebody relays."""
NEGATED = re.compile(r"\b(?:not|no|never|none|nobody|without)\b|n['’]t\b", re.IGNORECASE)


def read_page(client: FlaskClient, number: str, query: str = "") -> html.HtmlElement:
    """Return the page of a claim, parsed."""
    response = client.get(f"/doc/claim/{number}.html{query}")
    assert response.status_code == 200
    return html.fromstring(response.text)


def squeeze(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def test_claim_page_every_claim_sentence_chain_words_and_links(own_client: FlaskClient, own_site: Site) -> None:
    """Every claim has its sentence, the chain to its speaker, its words in their sentence, and its forms."""
    index = own_site.claims
    for claim in index.claims.values():
        page = read_page(own_client, claim.number)
        assert squeeze(page.cssselect("h1")[0].text_content()) == squeeze(build_sentence(claim, index))
        chain = page.cssselect(".chain li")
        assert len(chain) == len(index.trace_speakers(claim))
        assert [item.get("aria-current") for item in chain][-1] == "true"
        marked = "".join(part.text_content() for part in page.cssselect("blockquote mark"))
        if not claim.is_warned:
            assert all(words.exact.replace("\n", "") in marked or len(claim.words) > 1 for words in claim.words)
        sentences = [squeeze(item.text_content()) for item in page.cssselect("blockquote")]
        assert len(sentences) == len(claim.units)


def test_claim_page_no_negation_beside_a_stance(own_client: FlaskClient, own_site: Site) -> None:
    """Beside the label of a stance stands the neutral positive proposition, never a negated sentence."""
    for claim in own_site.claims.claims.values():
        for item in read_page(own_client, claim.number).cssselect(".claims .what"):
            outside = NAMED.sub("", item.text_content())
            assert not NEGATED.search(outside), (claim.number, outside)


def test_claim_page_warned_words_hidden_until_asked_for(own_client: FlaskClient, own_site: Site) -> None:
    """Words with a warning are hidden, and shown where a reader asks for them."""
    warned = [claim for claim in own_site.claims.claims.values() if claim.is_warned]
    assert warned
    for claim in warned:
        words = next(part.exact for part in claim.words if part.warning)
        assert words not in read_page(own_client, claim.number).cssselect("blockquote")[0].text_content()
        whole = read_page(own_client, claim.number, "?words=all")
        assert any(words in item.text_content() for item in whole.cssselect("blockquote"))


def test_claim_page_opposed_claims_listed_with_stance(own_client: FlaskClient, own_site: Site) -> None:
    """Claims that contest it stand under "for and against", each with the word of its stance."""
    claim = next(item for item in own_site.claims.curated if item.contested_by)
    page = read_page(own_client, claim.number)
    section = page.cssselect('section[aria-labelledby="stances"]')[0]
    linked = {link.get("href").rpartition("/")[2] for link in section.cssselect(".what a")}
    assert {own_site.claims.claims[iri].number for iri in claim.contested_by} <= linked
    assert all(item.cssselect(".stance")[0].text_content().strip() for item in section.cssselect("li"))


def test_claim_page_nobody_opposed_says_so(own_client: FlaskClient, own_site: Site) -> None:
    """The page says whether no other claim is opposed or on the same proposition; the editor's view counts too."""
    curated = own_site.claims.curated
    uses = Counter(part.named.iri for item in curated for part in item.propositions)
    alone = next(
        item
        for item in curated
        if not item.opponents and item.propositions and all(uses[part.named.iri] == 1 for part in item.propositions)
    )
    by_the_editor = next(item for item in curated if item.disagrees and not item.contested_by)
    for claim in (alone, by_the_editor):
        page = read_page(own_client, claim.number)
        text = squeeze(page.cssselect('section[aria-labelledby="stances"]')[0].text_content())
        assert ("No other claim takes a stance" in text) == (not claim.opponents)


@pytest.mark.parametrize("number", ["000-018-2", "000-002-1", "000-018-0"])
def test_claim_page_query_answers(own_client: FlaskClient, own_site: Site, number: str) -> None:
    """The query behind the page finds the words of the claim."""
    page = read_page(own_client, number)
    link = next(item.get("href") for item in page.cssselect("a") if item.text_content() == "SPARQL query for this page")
    rows = own_client.get(f"/{link.lstrip('./')}&format=json").json
    claim = own_site.claims.claims[f"{BASE}id/claim/{number}"]
    assert rows is not None
    assert {row["words"]["value"] for row in rows["results"]["bindings"]} == {words.exact for words in claim.words}
