"""The names of :mod:`eild.terms` as RDFLib's nodes, for modules that build, read or check RDFLib's graphs."""

from __future__ import annotations

from typing import Final

from rdflib import Graph, URIRef
from rdflib.namespace import ClosedNamespace, Namespace

from eild import terms


def _close(vocabulary: terms.Vocabulary) -> ClosedNamespace:
    return ClosedNamespace(str(vocabulary), sorted(vocabulary.names or ()))


ONTOLOGY_IRI: Final = URIRef(terms.ONTOLOGY_IRI)
SHAPES_IRI: Final = URIRef(terms.SHAPES_IRI)
DATASET_IRI: Final = URIRef(terms.DATASET_IRI)
CATALOG_IRI: Final = URIRef(terms.CATALOG_IRI)
NANOPUBS_IRI: Final = URIRef(terms.NANOPUBS_IRI)
QUERIES_IRI: Final = URIRef(terms.QUERIES_IRI)
PREFIXES_IRI: Final = URIRef(terms.PREFIXES_IRI)
ENDPOINT_IRI: Final = URIRef(terms.ENDPOINT_IRI)
SPARQL_PROTOCOL_IRI: Final = URIRef(terms.SPARQL_PROTOCOL_IRI)

EILD: Final = _close(terms.EILD)
NP: Final = _close(terms.NP)
NPX: Final = _close(terms.NPX)
DCAT: Final = _close(terms.DCAT)
DCATAP: Final = _close(terms.DCATAP)
VOID: Final = _close(terms.VOID)
VOID_EXT: Final = _close(terms.VOID_EXT)
SD: Final = _close(terms.SD)
SPDX: Final = _close(terms.SPDX)
VCARD: Final = _close(terms.VCARD)
HYDRA: Final = _close(terms.HYDRA)

NIF: Final = Namespace(str(terms.NIF))
OA: Final = Namespace(str(terms.OA))
CITO: Final = Namespace(str(terms.CITO))
SCHEMA: Final = Namespace(str(terms.SCHEMA))
FORMATS: Final = Namespace(str(terms.FORMATS))
AUTHORITY: Final = Namespace(str(terms.AUTHORITY))
IANA_MEDIA_TYPES: Final = Namespace(str(terms.IANA_MEDIA_TYPES))


def resource_iri(kind: str, slug: str) -> URIRef:
    """Return the node of a resource, e.g. ``resource_iri("claim", "000-012-1")``.

    :raises ValueError: if the kind is not one of :data:`eild.terms.KINDS`
    """
    return URIRef(terms.resource_iri(kind, slug))


def graph_iri(module: str) -> URIRef:
    """Return the node of a module's named graph, e.g. ``graph_iri("claims")``."""
    return URIRef(terms.graph_iri(module))


def empty_graph() -> Graph:
    """Return a new graph that knows the prefixes of :data:`eild.terms.PREFIXES` and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in terms.PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
