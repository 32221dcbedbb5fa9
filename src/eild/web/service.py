"""The SPARQL 1.1 Service Description of the endpoint, made from what is loaded and what is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from eild import media

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.store.publication import Publication
    from eild.web.urls import Urls

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
PREFIXES: Final = {"sd": SD, "void": VOID, "rdf": RDF, "format": FORMATS, "xsd": "http://www.w3.org/2001/XMLSchema#"}
"""What the description abbreviates."""

_FORMAT_NAMES: Final = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
}


def _triple(subject: str, predicate: str, value: str | int) -> Triple:
    term = Literal(value) if isinstance(value, int) else NamedNode(value)
    return Triple(NamedNode(subject), NamedNode(predicate), term)


def _describe_dataset(publication: Publication, triples: int, dataset: str) -> Iterator[Triple]:
    default = f"{publication.base}dataset#default-graph"
    yield _triple(dataset, RDF + "type", SD + "Dataset")
    yield _triple(dataset, SD + "defaultGraph", default)
    yield _triple(default, RDF + "type", SD + "Graph")
    yield _triple(default, VOID + "triples", triples)
    for graph in publication.graphs.values():
        if graph.iri.startswith("_:"):
            continue
        named = f"{publication.base}dataset#graph-{quote(graph.name.strip('<>'), safe='')}"
        content = f"{named}-content"
        yield _triple(dataset, SD + "namedGraph", named)
        yield _triple(named, RDF + "type", SD + "NamedGraph")
        yield _triple(named, SD + "name", graph.iri)
        yield _triple(named, SD + "graph", content)
        yield _triple(content, RDF + "type", SD + "Graph")
        yield _triple(content, VOID + "triples", graph.triples)


def build_service_description(publication: Publication, triples: int, urls: Urls) -> list[Triple]:
    """Return the description: endpoint, language, result formats, default dataset and named graphs.

    No federation, no entailment and no dereferencing of FROM are claimed, for there is none.

    :param triples: triples in the default graph
    """
    service = f"{publication.base}sparql"
    dataset = f"{publication.base}dataset#served"
    found = [
        _triple(service, RDF + "type", SD + "Service"),
        _triple(service, SD + "endpoint", urls.absolute("sparql")),
        _triple(service, SD + "supportedLanguage", SD + "SPARQL11Query"),
        _triple(service, SD + "defaultDataset", dataset),
        _triple(service, SD + "feature", SD + "EmptyGraphs"),
    ]
    forms = (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)
    found += [_triple(service, SD + "resultFormat", FORMATS + _FORMAT_NAMES[form.name]) for form in forms]
    found += _describe_dataset(publication, triples, dataset)
    return found
