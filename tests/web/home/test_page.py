"""Tests of the home page: its figures are counted, its doors open, its commands work, of own and of other data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from lxml import html

from eild.claims import ClaimIndex
from eild.claims.disagreements import list_disagreements
from eild.web.home.overview import TOP_CLASSES, choose_example

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from lxml.html import HtmlElement

    from eild.web.frame.site import Site

PEOPLE = {"Accept": "text/html"}


def open_home(client: FlaskClient) -> HtmlElement:
    """Return the home page as a tree."""
    answer = client.get("/", headers=PEOPLE)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def read_text(element: HtmlElement) -> str:
    """Return the text of an element with single spaces."""
    return " ".join(str(element.xpath("string()")).split())


def test_home_figures_are_those_of_the_data(own_client: FlaskClient, own_site: Site) -> None:
    """Every figure is counted: claims, speakers, documents, disagreements, and the words that stand in the text."""
    page = open_home(own_client)
    shown = {
        read_text(div.cssselect("dt")[0]): read_text(div.cssselect("dd")[0]) for div in page.cssselect(".figures div")
    }
    claims = own_site.claims.curated
    assert shown["claims"] == str(len(claims))
    assert shown["speakers"] == str(len({item.iri for claim in claims for item in claim.claimants}))
    assert shown["disagreements"] == str(len(list_disagreements(own_site.claims)))
    exact, total = shown["passages verified verbatim"].split(" of ")
    assert exact == total
    query = "PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> ASK { ?s a nif:Sentence }"
    assert own_client.get("/sparql", query_string={"query": query, "format": "json"}).json == {
        "head": {},
        "boolean": True,
    }
    assert int(shown["sentences encoded"]) > 0


def test_home_example_is_a_claim_that_shows_much(own_client: FlaskClient, own_site: Site) -> None:
    """The claim taken apart has a speaker, an addressee and a day; its words are marked and its page is linked."""
    claim = choose_example(own_site.claims)
    assert claim is not None
    assert claim.addressees
    assert claim.time is not None
    assert not claim.is_warned
    (panel,) = open_home(own_client).cssselect('section[aria-labelledby="example"]')
    marked = [read_text(mark) for mark in panel.cssselect("mark")]
    assert set(marked) <= {" ".join(words.exact.split()) for words in claim.words}
    assert panel.cssselect(f'a[href="./doc/claim/{claim.number}"]')
    assert "verbatim" in read_text(panel)


def test_home_doors_open(own_client: FlaskClient) -> None:
    """Each door leads to a page that answers, and at least read, claims, timeline, disagreements and data are there."""
    doors = {a.text: urljoin("/", a.get("href", "")) for a in open_home(own_client).cssselect(".doors a")}
    assert {"Read the article", "Browse claims", "Timeline", "Disagreements", "Download"} <= doors.keys()
    for path in doors.values():
        assert own_client.get(path, headers=PEOPLE).status_code == 200, path


def test_home_disagreements_lead_to_their_places(own_client: FlaskClient) -> None:
    """The disagreements on the home page are anchors of the page of disagreements."""
    links = [a.get("href", "") for a in open_home(own_client).cssselect('[aria-labelledby="disagreements"] .what a')]
    assert links
    target = html.fromstring(own_client.get("/disagreements", headers=PEOPLE).text)
    places = {element.get("id") for element in target.cssselect("[id]")}
    assert {link.partition("#")[2] for link in links} <= places


@pytest.mark.parametrize("which", ["own_client", "client", "foreign"])
def test_home_commands_answer(which: str, request: pytest.FixtureRequest) -> None:
    """Each curl line of the page, asked of the same site, is answered with 200 in the end."""
    client: FlaskClient = request.getfixturevalue(which)
    text = str(open_home(client).cssselect('[aria-labelledby="machines"] pre')[0].xpath("string()"))
    paths = re.findall(r"\$EILD/(\S+)", text)
    assert "sparql" in paths
    for path in paths:
        given = {"query": "SELECT * {?s ?p ?o} LIMIT 5"} if path == "sparql" else None
        here = f"/{path}"
        answer = client.get(here, query_string=given, headers={"Accept": "text/turtle, */*"})
        while answer.status_code in {302, 303}:
            here = urljoin(here, answer.headers["Location"])
            answer = client.get(here, headers={"Accept": "text/turtle, */*"})
        assert answer.status_code == 200, path


def test_home_foreign_data_shows_classes_with_counts(publish: Callable[..., FlaskClient]) -> None:
    """Of other data the page says which classes there are, how many of each, and leads to the list of each."""
    kinds = "\n".join(f":a{n} a :Kind{n % 30} ." for n in range(60)) + "\n:b a :Kind0 ."
    client = publish("data.ttl", f"@prefix : <http://example.org/> .\n{kinds}")
    page = open_home(client)
    (section,) = page.cssselect('section[aria-labelledby="classes"]')
    items = section.cssselect("li")
    assert len(items) == TOP_CLASSES
    assert read_text(section.cssselect("h2 .count")[0]) == "30"
    assert read_text(items[0].cssselect(".count")[0]) == "3"
    link = urljoin("/", items[0].cssselect("a")[0].get("href", ""))
    rows = client.get(f"{link}&format=csv").text.split()
    assert rows[0] == "entity,name,class"
    assert len(rows) == 4
    assert not page.cssselect('[aria-labelledby="figures"], .claims')
    labels = {a.text for a in page.cssselect(".doors a")}
    assert "Browse claims" not in labels
    assert "Query with SPARQL" in labels


def test_home_foreign_copy_of_eild_has_claims(own_client: FlaskClient, publish: Callable[..., FlaskClient]) -> None:
    """Claims of EILD's ontology in somebody's file are shown as claims, under that file's own title."""
    where = own_client.get("/dumps/latest/eild.nt").headers["Location"]
    text = own_client.get(urljoin("/dumps/latest/", where)).text
    page = open_home(publish("copy.nt", text, base="https://w3id.org/eild/"))
    assert page.cssselect(".figures")
    assert page.cssselect('section[aria-labelledby="example"] mark')
    assert "Who said what" not in read_text(page.cssselect("h1")[0])


def test_choose_example_no_claims_none() -> None:
    """An index without claims has no example."""
    assert choose_example(ClaimIndex({}, {})) is None
