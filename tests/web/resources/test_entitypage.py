"""Tests of the pages of resources that claims name, for every one of EILD's own dataset, and of other data."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from lxml import html
from pyoxigraph import Literal, NamedNode

from eild.claims.involvement import find_involvements
from eild.documents.index import DocumentIndex
from eild.namespaces import resource_iri
from eild.web.browse.entitycatalog import list_entities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

NAMED = re.compile(r"“[^”]*”|non-interference|pledges not:")
"""What may hold a negation: quoted words, a name, and the stance of a claim that somebody relays."""
NEGATED = re.compile(r"\b(?:not|no|never|none|nobody|without)\b|n['’]t\b", re.IGNORECASE)
JSON_LD = re.compile(r"(?s)<script type=\"application/ld\+json\">.*?</script>")


def read_page(client: FlaskClient, path: str, query: str = "") -> html.HtmlElement:
    """Return a page, parsed."""
    response = client.get(f"/{path}{query}", headers={"Accept": "text/html"})
    assert response.status_code == 200, path
    return html.fromstring(response.text)


def parse_shown(content: str) -> str:
    """Return the words of a page that people see; its description for search engines is data."""
    page: html.HtmlElement = html.fromstring(JSON_LD.sub("", content))
    text: str = page.text_content()
    return text


def has_words(term: object, words: Iterable[str]) -> bool:
    """Tell whether a literal holds any of some words."""
    return isinstance(term, Literal) and any(part in term.value for part in words)


def squeeze(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def test_entity_page_every_entity_claims_counted_and_listed(own_client: FlaskClient, own_site: Site) -> None:
    """The page of whatever claims name lists every one of them, says how many, and has no heading out of order."""
    for entity in list_entities(own_site):
        page = read_page(own_client, own_site.urls.document(entity.named.iri))
        involvements = find_involvements(own_site.claims, entity.named.iri)
        listed = {link.get("href").rpartition("/")[2] for link in page.cssselect("ul.claims .what a")}
        assert listed == {claim.number for item in involvements for claim in item.claims}, entity
        for section in page.cssselect("section[aria-labelledby^=claims-]"):
            count = int(section.cssselect("h2 .count")[0].text_content())
            assert count == len(section.cssselect("li.claim"))
        levels = [int(head.tag[1]) for head in page.iter("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        names = [node.get("id") for node in page.iter() if node.get("id")]
        assert len(names) == len(set(names)), entity


def test_entity_page_no_negation_beside_a_stance(own_client: FlaskClient, own_site: Site) -> None:
    """Beside the label of a stance stands the neutral positive proposition, never a negated sentence."""
    for entity in list_entities(own_site):
        for item in read_page(own_client, own_site.urls.document(entity.named.iri)).cssselect(".claims .what"):
            outside = NAMED.sub("", item.text_content())
            assert not NEGATED.search(outside), (entity, outside)


def test_entity_page_facts_name_who_says_so(own_client: FlaskClient) -> None:
    """Nothing is given of an entity without a link to a claim of somebody, with short words beside descriptions."""
    page = read_page(own_client, "doc/agent/spamouflage")
    given = page.cssselect("section[aria-labelledby=given] dd")
    assert given
    for value in given:
        links = [link.get("href") for link in value.cssselect(".note a")]
        assert links
        assert all("/doc/claim/" in link for link in links)
    kinds = page.cssselect("section[aria-labelledby=given] .facts > div")[0]
    assert squeeze(kinds.text_content()).startswith("Kind")
    assert "the article" in kinds.text_content()
    assert "“" in kinds.text_content()


def test_entity_page_what_is_spoken_against_not_given_as_target(own_client: FlaskClient) -> None:
    """What is only spoken against is marked so among the neighbours, and is not among what the text gives."""
    page = read_page(own_client, "doc/agent/china")
    given = squeeze(page.cssselect("section[aria-labelledby=given]")[0].text_content())
    assert "2022 midterms" in given
    assert not re.search("pledges not|denies|negates", given)
    picture = page.cssselect("svg.neighbours")[0]
    assert re.search(r"\((?:pledges not|denies|negates)\)", squeeze(picture.text_content()))
    assert [curve for curve in picture.cssselect("path") if curve.get("stroke-dasharray")]


def test_entity_page_links_elsewhere_with_strength(own_client: FlaskClient) -> None:
    """Links to other datasets stand apart from the record, each with the strength of its match."""
    page = read_page(own_client, "doc/agent/china")
    links = [squeeze(item.text_content()) for item in page.cssselect("section[aria-labelledby=elsewhere] li")]
    assert "wikidata.org: Q148 exact" in links
    assert "en.wikipedia.org: China page about it" in links
    assert "wikidata" not in page.cssselect("section[aria-labelledby=facts]")[0].text_content()


@pytest.mark.parametrize("claims", [True, False])
def test_entity_page_editor_readings_apart(own_client: FlaskClient, claims: bool) -> None:
    """EILD's own readings have a section of their own, wherever they are about."""
    page = read_page(own_client, "doc/agent/eild" if claims else "doc/agent/china")
    titles = [squeeze(head.text_content()) for head in page.cssselect("h2")]
    assert any(title.startswith("Its readings of the text") for title in titles) is claims


def test_word_pages_every_proposition_evidence_and_sentence(own_client: FlaskClient, own_site: Site) -> None:
    """Each shows its sentences as the text has them, with marks, and the claims that rest on it, by stance."""
    index = own_site.claims
    for claim in index.curated:
        words = next((words for words in claim.words if not words.warning), None)
        paths = [f"doc/proposition/{part.named.slug}" for part in claim.propositions]
        paths += [f"doc/evidence/{words.iri.rpartition('/')[2]}"] if words else []
        paths += [f"doc/sentence/{unit}" for unit in claim.units]
        for path in paths:
            page = read_page(own_client, path)
            listed = {link.get("href").rpartition("/")[2] for link in page.cssselect("ul.claims .what a")}
            assert claim.number in listed, path
            article = index.articles[claim.units[0].partition("-")[0]]
            for quote in page.cssselect("blockquote"):
                shown = quote.text_content()
                assert shown in article.text or "[offensive words hidden]" in shown, path
            assert page.cssselect("blockquote mark a[href*='/doc/claim/']"), path
            assert page.cssselect(f"a[href*='/seed/{article.number}#s']"), path


def test_word_pages_warned_words_hidden_until_asked_for(own_client: FlaskClient, own_site: Site) -> None:
    """Words with a warning stand on no page about a resource unless asked for, in no title and no list either."""
    warned = own_site.claims.list_warned_words()
    assert warned
    assert isinstance(own_site.documents, DocumentIndex)
    index, base = own_site.documents, f"{own_site.urls.base}id/"
    nodes = [node for node in index.subjects() if isinstance(node, NamedNode) and node.value.startswith(base)]
    holding = {node.value for node in nodes for part in index.outgoing(node) if has_words(part.object, warned)}
    around = {str(part.subject).strip("<>") for iri in holding for part in index.incoming(NamedNode(iri))}
    for iri in sorted({*holding, *around}):
        path = own_site.urls.document(iri)
        text = own_client.get(f"/{path}", headers={"Accept": "text/html"}).text
        shown = parse_shown(text)
        assert not any(words in shown for words in warned), path
    quotation = next(words for claim in own_site.claims.curated for words in claim.words if words.warning)
    page = read_page(own_client, own_site.urls.document(quotation.iri), "?words=all")
    assert quotation.exact in page.text_content()


def test_word_pages_other_claims_of_the_sentence_hide_too(own_client: FlaskClient, own_site: Site) -> None:
    """On the pages of claims beside a warned quotation its words are hidden as well, also where no mark covers them."""
    quotation = next(words for claim in own_site.claims.curated for words in claim.words if words.warning)
    beside = [
        claim
        for claim in own_site.claims.curated
        if set(claim.units) & set(quotation.units) and not any(words.warning for words in claim.words)
    ]
    assert beside
    for claim in beside:
        page = read_page(own_client, own_site.urls.document(claim.iri))
        assert not any(quotation.exact in quote.text_content() for quote in page.cssselect("blockquote"))
        assert "[offensive words hidden]" in page.text_content()
    stance = "negates"
    text = own_client.get(f"/seed/{quotation.seed}?stance={stance}").text
    assert quotation.exact not in parse_shown(text)


def test_word_pages_sentence_leads_to_its_neighbours(own_client: FlaskClient, own_site: Site) -> None:
    """The page of a sentence leads to the one before and the one after, the first and the last to one of them."""
    number = next(iter(own_site.claims.articles))
    last = len(own_site.claims.articles[number].units)
    for unit, wanted in ((1, ["next"]), (5, ["prev", "next"]), (last, ["prev"])):
        page = read_page(own_client, f"doc/sentence/{number}-{unit:03d}")
        assert [link.get("rel") for link in page.cssselect("nav[aria-label=Sentences] a")] == wanted


def test_entity_page_foreign_own_facts_incoming_and_neighbours(foreign: FlaskClient) -> None:
    """Somebody else's resource has its class, its facts, what points to it, and its neighbours by the triples."""
    page = read_page(foreign, "doc?iri=http://example.org/fish")
    assert squeeze(page.cssselect("h1")[0].text_content()) == "fish"
    picture = page.cssselect("svg.neighbours")[0]
    assert picture.get("role") == "group"
    assert "cat <b>&</b>" in squeeze(picture.text_content()).lower()
    cat = read_page(foreign, "doc?iri=http://example.org/cat")
    assert squeeze(cat.cssselect(".kind")[0].text_content()).endswith("Animal")
    assert not cat.cssselect("svg.neighbours b")


def test_entity_page_foreign_script_links_lead_nowhere(foreign: FlaskClient) -> None:
    """An IRI that browsers would run leads to the page about it, in facts, pictures and links elsewhere."""
    page = read_page(foreign, "doc?iri=http://elsewhere.example/mouse")
    assert "javascript" in page.text_content()
    assert not [link for link in page.cssselect("a") if link.get("href", "").startswith("javascript:")]


def test_entity_page_foreign_named_graphs_one_query_away(publish: Callable[..., FlaskClient]) -> None:
    """Where the data have named graphs, a query tells what they say of a resource."""
    trig = "<http://example.org/g> { <http://example.org/a> <http://example.org/p> <http://example.org/b> }"
    client = publish("one.trig", trig)
    links = read_page(client, "doc?iri=http://example.org/a").cssselect("a")
    (link,) = [link for link in links if "named graph" in link.text_content()]
    answer = client.get("/" + link.get("href").lstrip("./"), headers={"Accept": "text/csv"})
    assert "http://example.org/g" in answer.text


def test_entity_page_foreign_claims_of_eild_kind(client: FlaskClient, site: Site) -> None:
    """Another dataset in EILD's terms has the same pages: the small one of the tests."""
    speaker = next(iter(site.claims.curated)).claimants[0]
    page = read_page(client, site.urls.document(speaker.iri))
    assert page.cssselect("section[aria-labelledby=claims-claimant]")
    assert str(resource_iri("agent", "eild")) not in page.text_content()
