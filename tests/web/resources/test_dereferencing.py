"""Tests that every IRI of the data leads to what the data says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

import pytest
from pyoxigraph import RdfFormat, parse

from eild.publication.collisions import OWN_PATHS
from eild.web.frame.routes import list_routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from pyoxigraph import Triple
    from werkzeug.test import TestResponse

BASE = "https://data.example/"
HEAD = f"""@prefix : <{BASE}> . @prefix v: <{BASE}vocab#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@base <{BASE}> .
"""
NAMES = [
    "plain",
    "dataset/trees",
    "dataset/trees.ttl",
    "dataset/air.rdf",
    "page.html",
    "item?id=5",
    "item?id=5&format=ttl",
    "?p=7",
    "ontology",
    "shapes",
    "claims",
    "id/5",
    "5",
    "doc/x",
    "dumps/x.ttl",
    "search",
    "seed/1",
    "np/RA",
    "graph/x",
    "a%20b",
    "é",
]


def follow(client: FlaskClient, path: str, accept: str = "application/n-triples") -> TestResponse:
    """Return the answer at a path, redirections followed."""
    for _ in range(4):
        response = client.get(path, headers={"Accept": accept})
        if response.status_code not in {301, 303}:
            break
        path = urljoin(path, response.headers["Location"])
    return response


def read(response: TestResponse) -> list[Triple]:
    """Return the triples of an answer."""
    assert response.status_code == 200, response.text
    return [quad.triple for quad in parse(response.data, RdfFormat.N_TRIPLES)]


@pytest.fixture(scope="module")
def client(publish: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of data whose IRIs are hard to serve."""
    rows = "".join(f'<{name}> rdfs:label "this is {name}" .\n' for name in NAMES)
    graphs = ":g1 { :s :p :o } :g2 { :s :p 5 }"
    text = HEAD + rows + 'v:A rdfs:label "A" ; rdfs:subClassOf v:B . v:B rdfs:label "B" . ' + graphs
    return publish("names.trig", text, base=BASE)


@pytest.mark.parametrize("name", NAMES)
def test_get_iri_leads_to_its_own_document(client: FlaskClient, name: str) -> None:
    """Whatever an IRI looks like, its path, and the page that links lead to, are about it and nothing else."""
    iri = f"{BASE}{name}"
    for path in (f"/{quote(name, safe='/?=&%')}", f"/doc?iri={quote(iri, safe='')}"):
        triples = read(follow(client, path))
        about = [t.object.value for t in triples if t.predicate.value.endswith("primaryTopic")]  # type: ignore[union-attr]
        assert about == [iri], path
        assert f'"this is {name}"' in {str(triple.object) for triple in triples}


def test_get_hash_namespace_describes_all_its_terms(client: FlaskClient) -> None:
    """The document of a namespace that ends in # has all terms, as RDF and as anchors of a page."""
    found = {str(triple) for triple in read(follow(client, "/vocab"))}
    assert f'<{BASE}vocab#B> <http://www.w3.org/2000/01/rdf-schema#label> "B"' in found
    assert any("subClassOf" in line for line in found)
    page = follow(client, "/vocab", "text/html").text
    assert 'id="A"' in page
    assert 'id="B"' in page
    assert "<loc>http://127.0.0.1:8000/doc/vocab</loc>" in client.get("/sitemap.xml").text


def test_get_named_graph_answers_with_its_statements(client: FlaskClient) -> None:
    """The IRI of a named graph stands for the graph; a page says how large it is."""
    lines = {str(triple) for triple in read(follow(client, "/g1"))}
    assert f"<{BASE}s> <{BASE}p> <{BASE}o>" in lines
    assert not any(line.startswith(f"<{BASE}s>") and "integer" in line for line in lines)
    assert "1 triple is in the graph" in follow(client, "/g1", "text/html").text
    assert follow(client, f"/doc?iri={quote(BASE, safe='')}g2").status_code == 200


def test_get_iri_of_own_page_is_told_and_described(client: FlaskClient) -> None:
    """Where the server has a page itself, RDF says what the data says, and so does the look-up."""
    assert follow(client, "/search", "text/html").status_code == 200
    assert "this is search" in follow(client, "/search").text
    assert client.get("/search?q=this&page=999", headers={"Accept": "text/html"}).status_code == 404
    assert client.get("/search?q=this", headers={"Accept": "application/n-triples"}).status_code == 406


@pytest.mark.parametrize("which", ["own_client", "foreign"])
def test_get_iris_of_catalogue_dereference(which: str, request: pytest.FixtureRequest) -> None:
    """The dataset, its distributions and all else that the catalogue mints have documents."""
    client = request.getfixturevalue(which)
    catalog = read(client.get("/catalog.nt"))
    base = next(t.subject.value for t in catalog if str(t.object).endswith("dcat#Catalog>")).removesuffix("catalog")  # type: ignore[union-attr]
    minted = {t.subject.value for t in catalog if str(t.subject).startswith(f"<{base}dataset")}  # type: ignore[union-attr]
    for iri in (f"{base}dataset", next(iri for iri in sorted(minted) if iri.endswith("#distribution-ttl"))):
        response = client.get("/doc", query_string={"iri": iri}, headers={"Accept": "application/n-triples"})
        assert len([t for t in read(response) if t.subject.value == iri]) > 3  # type: ignore[union-attr]
    names = {triple.predicate.value.rpartition("#")[2] for triple in read(follow(client, "/dataset"))}
    assert {"distribution", "downloadURL"} <= names
    assert follow(client, "/dataset", "text/html").status_code == 200


def test_get_sitemap_without_base_lists_all_pages(publish: Callable[..., FlaskClient]) -> None:
    """Data without a base has its pages at /doc?iri=…, which are listed, and crawlers may read them."""
    client = publish("a.ttl", '<http://far.example/a> <http://far.example/p> "x" .', base="")
    assert "doc?iri=http%3A%2F%2Ffar.example%2Fa<" in client.get("/sitemap.xml").text.replace("&amp;", "&")
    assert "doc?iri" not in client.get("/robots.txt").text


def test_own_paths_are_those_of_the_declared_routes(foreign: FlaskClient) -> None:
    """The paths that are told to hide IRIs are exactly those at which a site of any data answers."""
    answered = {f"reconcile/suggest/{kind}" for kind in ("entity", "property", "type")}
    assert all(foreign.get(f"/{path}?prefix=a").status_code == 200 for path in answered)
    for route in list_routes(foreign.application).values():
        path = route.rule.removeprefix("/")
        if path and "<" not in path and "GET" in route.methods and foreign.get(f"/{path}").status_code != 404:
            answered.add(path)
    assert answered <= OWN_PATHS
    needing = {"concepts"}  # data with concept schemes
    assert {path for path in OWN_PATHS if "." not in path or path.startswith(".")} <= answered | needing
