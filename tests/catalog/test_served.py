"""Tests of the catalogue over HTTP: what it promises is so, in every syntax, in the document and in the graph."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF

from eild import media
from eild.catalog.urls import URL_PROPERTIES
from eild.namespaces import DATASET_IRI, DCAT, IANA_MEDIA_TYPES, SPDX, VOID
from eild.rdf.syntaxes import RDF_FORMATS
from eild.terms import BASE

if TYPE_CHECKING:
    from rdflib.term import Node
    from tests.catalog.conftest import Served

    from eild.dataset import BuiltDataset

GRAPH_FORMS = [form for form in media.DOCUMENT_FORMATS if form is not media.HTML]
NAMED = f"{BASE}graph/catalog"


def read(content: bytes, form: media.Format) -> set[str]:
    """Return the triples of a document."""
    return {str(quad.triple) for quad in pyoxigraph.parse(content, RDF_FORMATS[form.name])}


@pytest.mark.parametrize("form", GRAPH_FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("path", ["/catalog", "/.well-known/void", "/"])
def test_get_catalog_each_syntax_same_triples(served: Served, path: str, form: media.Format) -> None:
    """Catalogue, VoID and root answer with the same triples in each syntax, with the content type of its standard."""
    response = served.get(path, form.media_type)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == form.content_type
    assert "Accept" in response.headers["Vary"]
    assert read(response.content, form) == read(served.get("/catalog.nt").content, media.N_TRIPLES)


@pytest.mark.parametrize(("path", "kind"), [("/catalog", "text/turtle"), ("/.well-known/void", "text/turtle")])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_catalog_accept_wildcard_is_turtle(served: Served, path: str, kind: str, method: str) -> None:
    """Harvesters that accept anything get RDF, and HEAD says the same as GET."""
    response = served.client.request(method, path, headers={"Accept": "*/*"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, kind)
    assert response.headers["ETag"]
    again = served.client.request(method, path, headers={"Accept": "*/*", "If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_get_root_accept_wildcard_is_the_page(served: Served) -> None:
    """Who accepts anything at the root gets the page."""
    assert served.get("/").headers["Content-Type"] == media.HTML.content_type


def test_get_catalog_html_is_a_page_with_all_downloads(served: Served) -> None:
    """The page lists every file, with links that lead there."""
    page = served.get("/catalog", "text/html")
    assert page.headers["Content-Type"] == media.HTML.content_type
    for url in served.read_catalog().objects(None, DCAT.downloadURL):
        assert f'href="./dumps/{str(url).rpartition("/")[2]}"' in page.text


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0"])
def test_get_catalog_accept_nothing_on_offer_406(served: Served, accept: str) -> None:
    """What is not on offer is refused with a list of what is."""
    response = served.get("/catalog", f"{accept}, text/plain")
    assert response.status_code == 406


def test_graph_of_the_catalog_is_the_document(served: Served) -> None:
    """The endpoint holds the catalogue as a named graph, its URLs pointed to the public URL as in the document."""
    response = served.client.get(
        "/sparql",
        params={"query": f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{NAMED}> {{ ?s ?p ?o }} }}", "format": "nt"},
    )
    held = pyoxigraph.Store()  # the engine writes some literals anew
    held.extend(pyoxigraph.parse(served.get("/catalog.nt").content, pyoxigraph.RdfFormat.N_TRIPLES))
    assert read(response.content, media.N_TRIPLES) == {str(quad.triple) for quad in held}


def test_catalog_is_not_in_the_default_graph(served: Served) -> None:
    """The catalogue is a named graph only."""
    assert served.select(f"SELECT ?d {{ ?d <{DCAT.downloadURL}> ?url }}") == []


def test_public_url_changes_urls_and_no_iris(served: Served, own_dataset: BuiltDataset) -> None:
    """With a public URL only access, download and endpoint URLs differ from the catalogue of the build."""
    del own_dataset
    built = read(served.get("/dumps/catalog.ttl").content, media.TURTLE)
    shown = read(served.get("/catalog.nt").content, media.N_TRIPLES)
    assert {line.replace(served.url, BASE) for line in shown} == built
    properties = {str(name) for name in URL_PROPERTIES}
    for line in shown - built:
        assert any(name in line for name in properties) or line.startswith(f"<{served.url}")
    assert all(served.url in line for line in shown - built)


def promised_type(catalog: Graph, part: Node) -> str:
    """Return the media type by which a file of the catalogue is sent."""
    sent = catalog.value(part, DCAT.compressFormat) or catalog.value(part, DCAT.mediaType)
    return str(sent).removeprefix(str(IANA_MEDIA_TYPES))


def test_every_file_of_the_catalog_is_as_promised(served: Served) -> None:
    """Each download answers with the media type, size and checksum that the catalogue gives."""
    catalog = served.read_catalog()
    parts = list(catalog.subjects(DCAT.downloadURL, None))
    assert len(parts) == 21
    for part in parts:
        response = served.client.get(
            str(catalog.value(part, DCAT.downloadURL)), headers={"Accept-Encoding": "identity"}
        )
        assert response.status_code == 200
        assert response.headers["Content-Type"] == promised_type(catalog, part)
        assert str(len(response.content)) == str(catalog.value(part, DCAT.byteSize))
        checksum = catalog.value(catalog.value(part, SPDX.checksum), SPDX.checksumValue)
        assert hashlib.sha256(response.content).hexdigest() == str(checksum)


def test_data_dumps_are_those_of_the_dataset_alone(served: Served) -> None:
    """The nanopublications are a distribution, but no dump of the dataset: they are made from it."""
    catalog = served.read_catalog()
    dumps = {str(value) for value in catalog.objects(DATASET_IRI, VOID.dataDump)}
    downloads = {str(value) for value in catalog.objects(None, DCAT.downloadURL)}
    assert dumps < downloads
    assert {"-nanopubs." in name for name in downloads - dumps} == {True}
    assert not any("-nanopubs." in name for name in dumps)


def test_every_url_of_the_catalog_answers(served: Served) -> None:
    """Each URL to request, and each IRI of the dataset that is named, leads to a successful answer."""
    catalog = served.read_catalog()
    urls = {str(value) for name in URL_PROPERTIES for value in catalog.objects(None, URIRef(name.value))}
    assert all(url.startswith(served.url) for url in urls)
    named = {str(term) for triple in catalog for term in triple if isinstance(term, URIRef) and term.startswith(BASE)}
    paths = {iri.partition("#")[0].removeprefix(BASE) for iri in named}
    failed = {}
    for url in sorted(urls | {served.url + path for path in paths}):
        response = served.client.head(url, follow_redirects=True)
        if response.status_code != 200:
            failed[url] = response.status_code
    assert failed == {}


def test_versions_are_the_data_s(served: Served, own_dataset: BuiltDataset) -> None:
    """Version and day of issue are those of the data."""
    catalog = served.read_catalog()
    for name in (DCAT.version, OWL.versionInfo):
        assert str(catalog.value(DATASET_IRI, name)) == own_dataset.version
    assert str(catalog.value(DATASET_IRI, DCTERMS.issued)) == own_dataset.issued.isoformat()


def test_get_graph_is_the_graph(served: Served, own_dataset: BuiltDataset) -> None:
    """The IRI of a named graph answers with its triples, and only there; the catalogue's too."""
    for name, graph in own_dataset.graphs.items():
        response = served.get(f"/graph/{name}", "application/n-triples")
        assert response.status_code == 200
        assert len(read(response.content, media.N_TRIPLES)) == len(graph)
    found = served.get("/graph/catalog", "application/n-triples").content
    assert read(found, media.N_TRIPLES) == read(served.get("/catalog.nt").content, media.N_TRIPLES)
    assert served.get("/graph/none").status_code == 404


def test_examples_and_roots_are_described(served: Served) -> None:
    """Example and root resources are resources of the dataset with a document each."""
    catalog = served.read_catalog()
    found = {*catalog.objects(DATASET_IRI, VOID.exampleResource), *catalog.objects(DATASET_IRI, VOID.rootResource)}
    assert len(found) == 6
    for iri in found:
        assert served.get("/" + str(iri).removeprefix(BASE)).status_code == 303


def test_void_document_says_what_it_is_about(served: Served) -> None:
    """The well-known document is a description of the dataset."""
    catalog = served.read_catalog()
    document = URIRef(f"{BASE}.well-known/void")
    assert (document, RDF.type, VOID.DatasetDescription) in catalog
