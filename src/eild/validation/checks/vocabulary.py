"""Classes and properties that shapes speak of and an ontology does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib import BNode, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

from eild.errors import ShapesError
from eild.validation.checks.terms import did_you_mean
from eild.validation.grammar.paths import PathError, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located import LocatedGraph

_CLASSES: Final = (RDFS.Class, OWL.Class, RDFS.Datatype)
_PROPERTIES: Final = (
    RDF.Property,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.SymmetricProperty,
    OWL.TransitiveProperty,
    OWL.OntologyProperty,
)
_OF_CLASSES: Final = (SH.targetClass, SH["class"])
_OF_PROPERTIES: Final = (
    SH.path,
    SH.targetSubjectsOf,
    SH.targetObjectsOf,
    SH.equals,
    SH.disjoint,
    SH.lessThan,
    SH.lessThanOrEquals,
)
_NAMESPACE: Final = re.compile(r".*[#/]", re.DOTALL)


def check_vocabulary(located: LocatedGraph, ontology: Graph) -> Iterator[ShapesError]:
    """Yield a fault for each class and property of a target or path that the ontology does not declare.

    Only terms in a namespace of the ontology's own are judged: one that the IRI of an ``owl:Ontology`` begins, or where
    none is declared any in which there are declarations. Others may be declared elsewhere.

    :param located: the shapes
    :param ontology: classes and properties with their types; those that the shapes graph declares count too
    """
    graphs = (ontology, located.graph)
    classes = {term for graph in graphs for kind in _CLASSES for term in graph.subjects(RDF.type, kind)}
    classes |= {term for graph in graphs for term in graph.subjects(RDFS.subClassOf)}
    properties = {term for graph in graphs for kind in _PROPERTIES for term in graph.subjects(RDF.type, kind)}
    properties |= {term for graph in graphs for term in graph.subjects(RDFS.subPropertyOf)}
    owned = _owned({_namespace(term) for term in (classes | properties) if (term, None, None) in ontology}, ontology)
    for kind, known, uses in (("class", classes, _classes(located)), ("property", properties, _properties(located))):
        names = sorted(str(term) for term in known if isinstance(term, URIRef))
        for subject, predicate, term in uses:
            if isinstance(term, URIRef) and term not in known and _namespace(term) in owned:
                near = did_you_mean(str(term), [name for name in names if _namespace(URIRef(name)) == _namespace(term)])
                place = located.locate(subject, predicate, term)
                other = properties if kind == "class" else classes
                reason = f"it is a {'property' if kind == 'class' else 'class'}" if term in other else near
                hint = reason or "declare it in the ontology"
                yield ShapesError(f"the ontology has no {kind} {term.n3()}", location=place, hint=hint)


def _owned(namespaces: set[str], ontology: Graph) -> set[str]:
    """Return those namespaces that the ontology speaks for."""
    own = namespaces - {str(namespace) for namespace in (RDF, RDFS, OWL, SH, SKOS)}
    declared = tuple(str(iri).rstrip("#/") for iri in ontology.subjects(RDF.type, OWL.Ontology))
    return {namespace for namespace in own if namespace.startswith(declared)} if declared else own


def _namespace(term: Node) -> str:
    found = _NAMESPACE.match(str(term))
    return found[0] if found and not isinstance(term, BNode) else ""


def _classes(located: LocatedGraph) -> Iterator[tuple[Node, Node, Node]]:
    for predicate in _OF_CLASSES:
        yield from located.graph.triples((None, predicate, None))


def _properties(located: LocatedGraph) -> Iterator[tuple[Node, Node, Node]]:
    graph = located.graph
    for predicate in _OF_PROPERTIES:
        yield from graph.triples((None, predicate, None))
    for path in graph.objects(None, SH.path):
        if isinstance(path, BNode):
            try:
                yield from (part.triple for part in parse_path(graph, path).properties() if part.triple)
            except PathError:
                continue  # an error of its own
