"""The SPARQL 1.1 Service Description of the endpoint, made from what is loaded and what is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from eild import media

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def _describe_graph(graph: str, triples: int) -> Iterator[Triple]:
    yield _triple(graph, RDF + "type", SD + "Graph")
    yield _triple(graph, VOID + "triples", triples)


def _describe_dataset(publication: Publication, triples: int, service: str) -> Iterator[Triple]:
    """Yield the default dataset and its default graph."""
    served = f"{publication.base}dataset#served"
    default = f"{publication.base}dataset#default-graph"
    yield _triple(service, SD + "defaultDataset", served)
    yield _triple(served, RDF + "type", SD + "Dataset")
    yield _triple(served, SD + "defaultGraph", default)
    yield from _describe_graph(default, triples)


def _describe_named_graphs(publication: Publication, service: str) -> Iterator[Triple]:
    """Yield the named graphs, and their collection, of which FROM and the protocol may make another dataset."""
    served = f"{publication.base}dataset#served"
    available = f"{publication.base}dataset#available"
    yield _triple(service, SD + "feature", SD + "EmptyGraphs")
    yield _triple(service, SD + "availableGraphs", available)
    yield _triple(available, RDF + "type", SD + "GraphCollection")
    for graph in publication.graphs.values():
        if graph.iri.startswith("_:"):
            continue  # nobody can name it
        named = f"{publication.base}dataset#graph-{quote(graph.name.strip('<>'), safe='')}"
        content = f"{named}-content"
        yield _triple(served, SD + "namedGraph", named)
        yield _triple(available, SD + "namedGraph", named)
        yield _triple(named, RDF + "type", SD + "NamedGraph")
        yield _triple(named, SD + "name", graph.iri)
        yield _triple(named, SD + "graph", content)
        yield from _describe_graph(content, graph.triples)


def _describe_functions(service: str, functions: Iterable[str]) -> Iterator[Triple]:
    for function in functions:
        yield _triple(service, SD + "extensionFunction", function)
        yield _triple(function, RDF + "type", SD + "Function")


def build_service_description(
    publication: Publication, triples: int, urls: Urls, functions: Iterable[str] = (), *, live: bool = False
) -> list[Triple]:
    """Return the description: endpoint, language, result formats, functions, default dataset and named graphs.

    Claimed is only what is so. There is no federation, and FROM fetches nothing; the default graph is data of its own
    or the merge of *some* graphs, so that it is not called the union of all named graphs; a graph without triples
    stays one of the dataset.

    :param triples: triples in the default graph
    :param functions: IRIs of the functions that the engine has beyond SPARQL 1.1
    :param live: whether another server answers: its functions, named graphs and features are its own to describe
    """
    service = f"{publication.base}sparql"
    found = [
        _triple(service, RDF + "type", SD + "Service"),
        _triple(service, SD + "endpoint", urls.absolute("sparql")),
        _triple(service, SD + "supportedLanguage", SD + "SPARQL11Query"),
    ]
    forms = (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)
    found += [_triple(service, SD + "resultFormat", FORMATS + _FORMAT_NAMES[form.name]) for form in forms]
    found += _describe_dataset(publication, triples, service)
    if not live:
        found += _describe_named_graphs(publication, service)
        found += _describe_functions(service, functions)
    return found
