"""The part of the catalogue that SPARQL clients read: SPARQL 1.1 Service Description.

The description lists only features that the endpoint supports. There is no federation, and FROM fetches nothing. The
default graph is separate data or the merge of *some* graphs, so it is not called the union of all named graphs. A
graph without triples is still part of the dataset. The server adds the extension functions of its engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, XSD

from eild import media
from eild.catalog.authorities import FORMAT_NAMES
from eild.namespaces import SD, VOID

if TYPE_CHECKING:
    from rdflib import Graph

    from eild.catalog.description import Description
    from eild.catalog.inventory import NamedGraph


def add_service_description(graph: Graph, about: Description) -> None:
    """Add endpoint, language, formats, default dataset and named graphs."""
    service = URIRef(about.service)
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, SD.endpoint, URIRef(f"{about.base}sparql")))
    graph.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    for form in (*media.RESULT_FORMATS, *media.GRAPH_FORMATS):
        graph.add((service, SD.resultFormat, FORMAT_NAMES[form]))
    served, default = about.part("served"), about.part("default-graph")
    graph.add((service, SD.defaultDataset, served))
    graph.add((served, RDF.type, SD.Dataset))
    graph.add((served, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    if about.statistics:
        _count(graph, default, about.statistics.triples)
    if about.live:
        return
    available = about.part("available")
    graph.add((service, SD.feature, SD.EmptyGraphs))
    graph.add((service, SD.availableGraphs, available))
    graph.add((available, RDF.type, SD.GraphCollection))
    for named in about.graphs:
        if not named.iri.startswith("_:"):  # nobody can name the others
            _add_named_graph(graph, about, named)


def _count(graph: Graph, subject: URIRef, number: int) -> None:
    graph.add((subject, VOID.triples, Literal(str(number), datatype=XSD.integer, normalize=False)))


def _add_named_graph(graph: Graph, about: Description, named: NamedGraph) -> None:
    name = f"graph-{quote(named.name.strip('<>'), safe='')}"
    part, content = about.part(name), about.part(f"{name}-content")
    graph.add((about.part("served"), SD.namedGraph, part))
    graph.add((about.part("available"), SD.namedGraph, part))
    graph.add((part, RDF.type, SD.NamedGraph))
    graph.add((part, SD.name, URIRef(named.iri)))
    graph.add((part, SD.graph, content))
    graph.add((content, RDF.type, SD.Graph))
    _count(graph, content, named.triples)
    if named.comment:
        graph.add((content, DCTERMS.title, Literal(named.name, lang="en")))
        graph.add((content, RDFS.comment, Literal(named.comment, lang="en")))
