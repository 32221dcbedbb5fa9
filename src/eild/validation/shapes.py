"""Shapes: reading them, checking that they are well-formed, and listing their targets and constraints.

pySHACL passes over a misspelt ``sh:`` term in silence, and a shape that looks at nothing conforms. Both are found
here before anything is validated.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH

from eild.errors import DataError, Location, ShapesError
from eild.located import LocatedGraph
from eild.validation.engine import parse_query
from eild.validation.files import load_rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from rdflib import Graph
    from rdflib.term import Node

SHACL_TERMS: Final = frozenset(
    [str(term).removeprefix(str(SH)) for term in dir(SH) if not term.startswith("_")]
    + "and class in not or".split()  # keywords of Python, which dir() leaves out
    + "if then else exists count distinct min max sum limit offset orderBy desc groupConcat separator minus".split()
    + "values".split()
)
"""Every term of the SHACL vocabulary: core, SPARQL, advanced features and JavaScript."""

TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
"""The target declarations of SHACL core."""

_LISTS_OF_SHAPES: Final = (SH["and"], SH["or"], SH.xone)
_CLASSES: Final = (RDFS.Class, OWL.Class)


def _component(name: str) -> URIRef:
    return SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]


COMPONENTS: Final[dict[URIRef, URIRef]] = {
    SH[name]: _component(name)
    for name in (
        "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength "
        "maxLength pattern languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone node "
        "closed hasValue in qualifiedMinCount qualifiedMaxCount"
    ).split()
} | {SH.sparql: SH.SPARQLConstraintComponent}
"""The constraint component that each parameter switches on (``sh:property`` aside, which only leads on)."""


@dataclass(frozen=True)
class Constraint:
    """One way in which a shape can find fault: the unit that fixtures and coverage count.

    :ivar shape: the shape
    :ivar component: the constraint component
    """

    shape: Node
    component: URIRef


@dataclass(frozen=True)
class Shapes:
    """A shapes graph with the place of each of its triples.

    :ivar located: the triples and their places
    """

    located: LocatedGraph = field(repr=False)

    @property
    def graph(self) -> Graph:
        """Return the shapes graph."""
        return self.located.graph

    def location(self, shape: Node) -> Location | None:
        """Return where a shape is written."""
        return self.located.subjects.get(shape)

    @cached_property
    def targeted(self) -> tuple[Node, ...]:
        """Return the shapes that have a target, in the order of their IRIs."""
        graph = self.graph
        found = {shape for predicate in TARGETS for shape in graph.subjects(predicate)}
        for kind in (SH.NodeShape, SH.PropertyShape):
            found.update(s for s in graph.subjects(RDF.type, kind) if self._is_class(s))
        return tuple(sorted(found, key=str))

    def _is_class(self, shape: Node) -> bool:
        return any((shape, RDF.type, kind) in self.graph for kind in _CLASSES)

    def targets(self) -> Iterator[tuple[Node, URIRef, Node]]:
        """Yield each target as shape, predicate and target; an implicit class target as ``sh:targetClass``."""
        for shape in self.targeted:
            for predicate in TARGETS:
                for target in sorted(self.graph.objects(shape, predicate), key=str):
                    yield shape, predicate, target
            if self._is_class(shape):
                yield shape, SH.targetClass, shape

    def constraints(self) -> list[Constraint]:
        """Return every constraint that can yield a finding of its own: of shapes with targets, and their properties.

        Shapes that are only named by ``sh:node``, ``sh:or`` and the like report through the shape that names them.
        """
        graph = self.graph
        waiting, seen = list(self.targeted), set(self.targeted)
        while waiting:
            for inner in graph.objects(waiting.pop(), SH.property):
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)
        found = {
            Constraint(shape, COMPONENTS[predicate])
            for shape in seen
            for predicate in graph.predicates(shape)
            if isinstance(predicate, URIRef) and predicate in COMPONENTS
        }
        return sorted(found, key=lambda constraint: (str(constraint.shape), str(constraint.component)))


def load_shapes(paths: Iterable[Path]) -> Shapes:
    """Read shapes from files, together as one shapes graph, and check that they are well-formed.

    :raises ShapesError: if a file is unreadable or unparsable, or the shapes are ill-formed; all faults are named
    """
    parts = []
    for path in paths:
        try:
            parts.append(load_rdf(path))
        except DataError as error:
            raise ShapesError(error.message, location=error.location, hint=error.hint) from error
    shapes = Shapes(LocatedGraph().merge(parts))
    faults = check_shapes(shapes)
    if faults:
        raise _as_one(faults)
    return shapes


def _as_one(faults: list[ShapesError]) -> ShapesError:
    """Return one error that names all faults, each on a line of its own."""
    if len(faults) == 1:
        return faults[0]
    return ShapesError("\n".join([*(str(fault) for fault in faults), f"{len(faults)} faults in the shapes"]))


def check_shapes(shapes: Shapes) -> list[ShapesError]:
    """Return the faults of a shapes graph: unknown SHACL terms, and SPARQL constraints that do not parse."""
    faults = [*_unknown_terms(shapes), *_ill_formed_queries(shapes)]
    return sorted(faults, key=lambda fault: (fault.location or Location(""), fault.message))


def _unknown_terms(shapes: Shapes) -> Iterator[ShapesError]:
    found: dict[tuple[str, Location | None], ShapesError] = {}
    for triple, places in shapes.located.places.items():
        for term in triple:
            name = str(term).removeprefix(str(SH))
            if not isinstance(term, URIRef) or name == str(term) or name in SHACL_TERMS or not name:
                continue
            near = difflib.get_close_matches(name, SHACL_TERMS, n=1, cutoff=0.6)
            hint = f"did you mean sh:{near[0]}?" if near else "see https://www.w3.org/TR/shacl/ for its terms"
            place = places[0] if places else None
            message = f"unknown SHACL term sh:{name}"
            found[name, place] = ShapesError(message, location=place, hint=hint)
    yield from found.values()


def _ill_formed_queries(shapes: Shapes) -> Iterator[ShapesError]:
    graph = shapes.graph
    for predicate in (SH.select, SH.ask):
        for node, text in graph.subject_objects(predicate):
            place = shapes.located.locate(node, predicate, text)
            if not isinstance(text, Literal):
                yield ShapesError("a SPARQL query is not a literal", location=place, hint="write it as a string")
                continue
            try:
                parse_query(_prefixes(graph, node), str(text))
            except ShapesError as error:
                yield ShapesError(error.message, location=place, hint=error.hint)


def _prefixes(graph: Graph, node: Node) -> tuple[tuple[str, str], ...]:
    """Return the prefixes that are declared for a query, sorted."""
    prefixes = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}
    ontologies = set(graph.subjects(RDF.type, OWL.Ontology))
    for named in set(graph.objects(node, SH.prefixes)):
        for holder in {named} if named in ontologies else {named, *ontologies}:
            for declaration in graph.objects(holder, SH.declare):
                prefix, namespace = graph.value(declaration, SH.prefix), graph.value(declaration, SH.namespace)
                if prefix is not None and namespace is not None:
                    prefixes[str(prefix)] = str(namespace)
    return tuple(sorted(prefixes.items()))
