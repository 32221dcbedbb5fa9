"""Tests of resources over HTTP: retired IRIs, pages of documents, what documents say of themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS

from eild.dataset import build_dataset
from eild.documents.index import DocumentIndex
from eild.facts.retired import COLUMNS
from eild.namespaces import DATASET_IRI, HYDRA, VOID
from eild.publication.directory import write_build
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient
    from rdflib.term import Node

    from eild.web.frame.site import Site

BASE = "https://w3id.org/eild/"
RETIRED = (
    f'{BASE}id/claim/900-002-9,2031-06-01,"The words were read wrongly, so nobody claims this.",',
    f"{BASE}id/agent/harbor-board,2031-06-01,Spelt as in the text.,{BASE}id/agent/board",
)


@pytest.fixture
def retiring(small_copy: Path, tmp_path: Path, open_site: Callable[[Path], Site]) -> FlaskClient:
    """Return a client of a site whose dataset has a withdrawn and a renamed resource."""
    table = "\n".join((",".join(COLUMNS), *RETIRED)) + "\n"
    (small_copy / "data" / "retired.csv").write_text(table, encoding="utf-8")
    seeds, data, shapes = (small_copy / name for name in ("seeds", "data", "shapes"))
    dataset = build_dataset(seeds=seeds, data=data, shapes=shapes)
    return create_app(open_site(write_build(dataset, tmp_path / "dist"))).test_client()


@pytest.mark.parametrize(
    "path",
    [
        "/id/claim/900-002-9",
        "/doc/claim/900-002-9",
        "/doc/claim/900-002-9.ttl",
        f"/doc?iri={BASE}id/claim/900-002-9",
    ],
)
def test_get_withdrawn_resource_410_with_reason_and_day(retiring: FlaskClient, path: str) -> None:
    """What was withdrawn is gone, not unknown: the answer says since when and why, to programs and to people."""
    response = retiring.get(path)
    assert response.status_code == 410
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json is not None
    assert (response.json["status"], response.json["title"]) == (410, "Gone")
    assert "2031-06-01: The words were read wrongly, so nobody claims this." in response.json["detail"]
    page = retiring.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "The words were read wrongly" in page.text


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/id/agent/harbor-board", "/id/agent/board"),
        ("/id/agent/harbor-board?format=ttl", "/id/agent/board?format=ttl"),
        ("/doc/agent/harbor-board", "/doc/agent/board"),
        ("/doc/agent/harbor-board.jsonld", "/doc/agent/board.jsonld"),
        (f"/doc?iri={BASE}id/agent/harbor-board", "/doc/agent/board"),
        (f"/doc?iri={BASE}id/agent/harbor-board&format=nt", "/doc/agent/board.nt"),
    ],
)
def test_get_renamed_resource_301_to_present_name(retiring: FlaskClient, path: str, location: str) -> None:
    """What was renamed is at its new name for good, in the same form; the reference is relative."""
    response = retiring.get(path)
    assert response.status_code == 301
    assert not response.headers["Location"].startswith(("http", "/"))
    assert urljoin(path, response.headers["Location"]) == location
    present = retiring.get(location)
    if present.status_code == 303:
        present = retiring.get(urljoin(location, present.headers["Location"]))
    assert present.status_code == 200


def test_get_resource_never_published_404(retiring: FlaskClient) -> None:
    """What was never there is not gone."""
    assert retiring.get("/id/claim/900-002-8").status_code == 404


def read_document(client: FlaskClient, path: str) -> Graph:
    """Return the graph of a document."""
    response = client.get(path, headers={"Accept": "application/n-triples"})
    assert response.status_code == 200
    return Graph().parse(data=response.data, format="nt")


def test_get_document_says_what_it_is_about_and_of_which_dataset(own_client: FlaskClient) -> None:
    """A document names its topic, its dataset, its licence, version and date, by canonical IRIs."""
    graph = read_document(own_client, "/doc/agent/eild")
    document = URIRef(f"{BASE}doc/agent/eild")
    assert set(graph.predicate_objects(document)) >= {
        (RDF.type, FOAF.Document),
        (FOAF.primaryTopic, URIRef(f"{BASE}id/agent/eild")),
        (VOID.inDataset, DATASET_IRI),
        (DCTERMS.license, URIRef("https://creativecommons.org/licenses/by-sa/4.0/")),
    }
    assert graph.value(document, DCTERMS.issued) is not None
    assert str(graph.value(document, OWL.versionInfo)) == own_client.get("/").headers["EILD-Dataset-Version"]


MANY = 250
LINKS = "@prefix : <http://example.org/> .\n" + "".join(f":s{number:03} :to :x .\n" for number in range(MANY))


def test_get_document_pages_say_in_rdf_how_they_hang_together(publish: Callable[..., FlaskClient]) -> None:
    """Each page of a document names the first, the last and its neighbours, and how much there is on all of them."""
    client = publish("links.ttl", LINKS)
    document = URIRef("http://example.org/doc/x")
    subjects: list[Node] = []
    path, seen = "/doc/x", 0
    while path:
        graph = read_document(client, path)
        seen += 1
        page = URIRef(f"{document}?page={seen}")
        assert graph.value(document, HYDRA.view) == page
        assert graph.value(document, HYDRA.totalItems) == Literal(MANY)
        assert graph.value(page, HYDRA.first) == URIRef(f"{document}?page=1")
        assert graph.value(page, HYDRA.last) == URIRef(f"{document}?page=3")
        assert graph.value(page, HYDRA.previous) == (URIRef(f"{document}?page={seen - 1}") if seen > 1 else None)
        subjects += graph.subjects(URIRef("http://example.org/to"))
        following = graph.value(page, HYDRA.next)
        path = str(following).removeprefix("http://example.org") if following else ""
    assert seen == 3
    assert len(subjects) == len(set(subjects)) == MANY


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".jsonld", ".rdf", ".html"])
def test_get_document_form_next_page_in_same_form(publish: Callable[..., FlaskClient], suffix: str) -> None:
    """The Link field of each form leads on to the next page in that form, to the last one."""
    client = publish("links.ttl", LINKS)
    path, pages = f"/doc/x{suffix}", 0
    while path:
        response = client.get(path)
        assert response.status_code == 200
        pages += 1
        match = re.search(r'<([^>]*)>; rel="next"', response.headers["Link"])
        path = urljoin(path, match[1]) if match else ""
        assert not path or f"{suffix}?page={pages + 1}" in path
    assert pages == 3


def test_get_document_cut_says_so_in_rdf(publish: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a store yields no more links than its limit, the document says that there may be more, and no total."""
    monkeypatch.setattr(DocumentIndex, "most_incoming", MANY)
    graph = read_document(publish("links.ttl", LINKS), "/doc/x")
    document = URIRef("http://example.org/doc/x")
    assert graph.value(document, HYDRA.totalItems) is None
    assert "use a query for the rest" in str(graph.value(document, RDFS.comment))


def test_get_document_without_base_claims_no_name(publish: Callable[..., FlaskClient]) -> None:
    """Where the operator named neither base nor public URL, a document has no IRI and says nothing of itself."""
    graph = read_document(publish("links.ttl", LINKS, base=""), "/doc?iri=http://example.org/x")
    assert not list(graph.subjects(RDF.type, FOAF.Document))
