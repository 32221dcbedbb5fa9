"""Tests of the reading room: the text as given, claims beside their words, links both ways, filters, other forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html
from pyoxigraph import NamedNode, RdfFormat, parse

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

PATH = "/seed/000"


def read_page(client: FlaskClient, query: str = "") -> html.HtmlElement:
    """Return the page of the article, parsed."""
    response = client.get(PATH + query, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return html.fromstring(response.text)


def read_text(page: html.HtmlElement) -> str:
    """Return what stands in the article's column, without the numbers of claims and claims, in one line of words."""
    for mark in page.cssselect(".text sup, .text .within"):
        mark.drop_tree()
    return " ".join(" ".join(part.text_content() for part in page.cssselect(".text")).split())


@pytest.mark.parametrize("query", ["", "?marks=none", "?marks=contested", "?stance=denies", "?notes=within"])
def test_read_any_marks_text_is_that_of_the_seed(own_client: FlaskClient, own_site: Site, query: str) -> None:
    """Whatever is marked, the words of the running text stand there exactly as given, but for hidden ones."""
    article = own_site.claims.articles["000"]
    body = [unit.text for unit in article.units if unit.kind.value in {"sentence", "entry"}]
    shown = read_text(read_page(own_client, f"{query}{'&' if query else '?'}words=all"))
    assert shown == " ".join(" ".join(body).split())


@pytest.mark.parametrize("query", ["", "?notes=within"])
def test_read_claims_each_has_a_note_and_words_that_lead_to_each_other(
    own_client: FlaskClient, own_site: Site, query: str
) -> None:
    """Every curated claim is numbered once, its words lead to its note, and the note back to its words."""
    page = read_page(own_client, query)
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for number in range(1, len(own_site.claims.curated) + 1):
        assert ids.count(f"n{number}") == ids.count(f"w{number}") == 1
    targets = {link.get("href")[1:] for link in page.cssselect("a") if link.get("href", "").startswith("#")}
    assert targets <= set(ids)
    assert {f"{kind}{n}" for kind in "nw" for n in range(1, len(own_site.claims.curated) + 1)} <= targets


def test_read_stance_filter_only_those_claims(own_client: FlaskClient, own_site: Site) -> None:
    """A filter shows the claims of one stance, and says how many there are in all."""
    page = read_page(own_client, "?stance=denies")
    wanted = [claim for claim in own_site.claims.curated if claim.stance.slug == "denies"]
    assert len(page.cssselect(".notes > .claim")) == len(page.cssselect(".notes > .claim.denies")) == len(wanted)
    assert f"{len(wanted)} of {len(own_site.claims.curated)} claims" in " ".join(page.text_content().split())


def test_read_notes_beside_by_paragraph_or_within_by_sentence(own_client: FlaskClient) -> None:
    """Claims stand together beside a paragraph, or after their sentence, and forms keep what the reader chose."""
    page = read_page(own_client)
    assert not page.cssselect(".text .notes")
    for column in page.cssselect(".beside"):
        (summary,) = column.cssselect(":scope > summary")
        count = len(column.cssselect(".claim"))
        assert " ".join(summary.text_content().split()).startswith(f"{count} claim{'s' if count != 1 else ''} on this ")
    page = read_page(own_client, "?notes=within")
    assert not page.cssselect(".beside")
    sentence = page.cssselect("span[id='s000-012']")[0]
    assert sentence.getnext().cssselect("a[href$='doc/claim/000-012-1']")
    assert page.cssselect("select[name=notes] option[selected]")[0].get("value") == "within"


def test_read_warned_words_hidden_until_asked_for(own_client: FlaskClient, own_site: Site) -> None:
    """Words with a warning are not on the page unless a reader asks for them."""
    warned = {words.exact for claim in own_site.claims.curated for words in claim.words if words.warning}
    assert warned
    page, whole = read_page(own_client), read_page(own_client, "?words=all")
    for words in warned:
        assert words not in page.text_content()
    assert "[offensive words hidden]" in page.text_content()
    assert "[offensive words hidden]" not in whole.text_content()


def test_read_as_text_bytes_of_the_seed(own_client: FlaskClient, own_site: Site) -> None:
    """The plain form is the text as given."""
    response = own_client.get(PATH, headers={"Accept": "text/plain"})
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text == own_site.claims.articles["000"].text


def test_read_as_json_ld_annotations_of_every_evidence(own_client: FlaskClient, own_site: Site) -> None:
    """As JSON-LD the page is one annotation for each claim and evidence, with the claim as body."""
    content = own_client.get(f"{PATH}?format=jsonld").data
    triples = [quad.triple for quad in parse(content, RdfFormat.JSON_LD)]
    bodies = {t.object.value for t in triples if t.predicate == NamedNode("http://www.w3.org/ns/oa#hasBody")}
    assert bodies == {claim.iri for claim in own_site.claims.curated}
    kind = NamedNode("http://www.w3.org/ns/oa#Annotation")
    assert sum(t.object == kind for t in triples) == sum(len(claim.words) for claim in own_site.claims.curated)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/seed/001", 404),
        ("/seed/000?stance=hates", 400),
        ("/seed/000?marks=x", 400),
        ("/seed/000?notes=x", 400),
        ("/seed/000?format=ttl", 400),
    ],
)
def test_read_what_is_not_there_refused_with_what_is(own_client: FlaskClient, path: str, status: int) -> None:
    """A seed, stance or form that is not there is refused, and the answer says what there is."""
    response = own_client.get(path, headers={"Accept": "application/json"})
    assert response.status_code == status
    assert response.json is not None
    assert response.json["detail"]


def test_list_seeds_own_data_leads_to_the_article(own_client: FlaskClient) -> None:
    """The list of seeds leads to each, and foreign data have none."""
    page = html.fromstring(own_client.get("/seed/", headers={"Accept": "text/html"}).text)
    assert "../seed/000" in [link.get("href") for link in page.cssselect("main a")]


def test_list_seeds_foreign_data_not_found(foreign: FlaskClient) -> None:
    """Data without a text have nothing to read, and the section is not in the frame."""
    assert foreign.get("/seed/").status_code == 404
    assert 'href="./seed/"' not in foreign.get("/", headers={"Accept": "text/html"}).text
