"""Declarations of prefixes for queries (SHACL, section 5.2.1): well-formed, and one namespace for each prefix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import OWL, RDF, SH, XSD

from eild.errors import Location, ShapesError
from eild.validation.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

    from eild.located import LocatedGraph

_PREFIX: Final = re.compile(r"(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")


def check_prefixes(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield the errors of ``sh:declare``, ``sh:prefix`` and ``sh:namespace``, and of prefixes with two namespaces."""
    graph = located.graph
    for holder, declaration in graph.subject_objects(SH.declare):
        place = located.locate(holder, SH.declare, declaration)
        if isinstance(declaration, Literal):
            hint = "write sh:declare [ sh:prefix … ; sh:namespace … ]"
            yield ShapesError("the value of sh:declare must be a prefix declaration", location=place, hint=hint)
            continue
        for predicate, name in ((SH.prefix, "sh:prefix"), (SH.namespace, "sh:namespace")):
            values = list(graph.objects(declaration, predicate))
            if len(values) != 1:
                message = f"a prefix declaration has {len(values) or 'no'} {name} instead of one"
                own = located.locate(declaration, predicate) if values else place
                yield ShapesError(message, location=own, hint=f"give it one {name}")
                continue
            fault = _fault_of(predicate, values[0])
            if fault:
                at = located.locate(declaration, predicate, values[0])
                yield ShapesError(f"the value of {name} must be {fault}", location=at, hint="see SHACL, section 5.2.1")
    for holder in sorted(set(graph.objects(None, SH.prefixes)), key=str):
        if isinstance(holder, Literal):
            subject = next(graph.subjects(SH.prefixes, holder))
            place = located.locate(subject, SH.prefixes, holder)
            yield ShapesError(
                "the value of sh:prefixes must be a resource", location=place, hint="name what has sh:declare"
            )
    named = {frozenset(graph.objects(query, SH.prefixes)) for query in set(graph.subjects(SH.prefixes))}
    faults = [fault for holders in named for fault in _check_conflicts(located, holders)]
    yield from {fault.message: fault for fault in faults}.values()


def _fault_of(predicate: Node, value: Node) -> str:
    """Return what a value must be, or an empty string if it is right or can mean one thing only."""
    if predicate == SH.prefix:
        plain = isinstance(value, Literal) and value.datatype in {None, XSD.string} and not value.language
        return "" if plain and _PREFIX.fullmatch(str(value)) else "a prefix as a string"
    if isinstance(value, URIRef) and _IRI.fullmatch(str(value)):
        return ""
    is_text = isinstance(value, Literal) and value.datatype in {None, XSD.string, XSD.anyURI} and not value.language
    return "" if is_text and _IRI.fullmatch(str(value)) else "an IRI as a literal of datatype xsd:anyURI"


def _check_conflicts(located: LocatedGraph, named: frozenset[Node]) -> Iterator[ShapesError]:
    """Yield an error for each prefix that has two namespaces among the declarations that a query reaches.

    :param named: the values of ``sh:prefixes`` of the query
    """
    graph = located.graph
    ontologies = set(graph.subjects(RDF.type, OWL.Ontology))
    reached = {holder for one in named for holder in graph.transitive_objects(one, OWL.imports) if holder is not None}
    holders = reached if named & ontologies else reached | ontologies
    found: dict[str, dict[str, Location]] = {}
    for holder in holders:
        for declaration in graph.objects(holder, SH.declare):
            prefix, namespace = graph.value(declaration, SH.prefix), graph.value(declaration, SH.namespace)
            if prefix is not None and namespace is not None:
                place = located.locate(declaration, SH.namespace, namespace) or Location("")
                known = found.setdefault(str(prefix), {})
                known[str(namespace)] = min(place, known.get(str(namespace), place))
    for name, namespaces in sorted(found.items()):
        if len(namespaces) > 1:
            places = sorted((place, iri) for iri, place in namespaces.items())
            shown = ", ".join(f"<{iri}> at {place}" for place, iri in places)
            message = f"the prefix {name}: has {len(places)} namespaces: {shown}"
            yield ShapesError(message, location=places[0][0], hint="keep one of them")


def note_prefixes(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note for each namespace that is not written as a literal of datatype ``xsd:anyURI``."""
    for declaration, namespace in located.graph.subject_objects(SH.namespace):
        if not (isinstance(namespace, Literal) and namespace.datatype == XSD.anyURI):
            message = "the value of sh:namespace is not a literal of datatype xsd:anyURI"
            place = located.locate(declaration, SH.namespace, namespace)
            hint = f'write "{namespace}"^^xsd:anyURI'
            yield Note(message, place, hint, strict=False)
