"""Shapes: reading them, checking that they are well-formed, and listing their targets and constraints.

pySHACL passes over a misspelt ``sh:`` term in silence, and a shape that looks at nothing conforms. Both are found
here before anything is validated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rdflib import BNode, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH

from eild.errors import DataError, IllFormedShapesError, Location, ShapesError
from eild.located import LocatedGraph
from eild.validation.checks import check_located_shapes, note_shapes
from eild.validation.files import load_rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from rdflib import Graph
    from rdflib.term import Node

    from eild.validation.findings import Note

TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
"""The target declarations of SHACL core."""

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

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Return what the shapes say without effect, in the order of their places."""
        return note_shapes(self.located)

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
        return tuple(sorted(found, key=self._order))

    def _order(self, shape: Node) -> tuple[bool, str, Location]:
        """Return what orders shapes the same way in each run: IRIs first, then shapes without names by their places."""
        blank = isinstance(shape, BNode)
        return blank, "" if blank else str(shape), self.location(shape) or Location("")

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
        return sorted(found, key=lambda constraint: (self._order(constraint.shape), str(constraint.component)))


def load_shapes(paths: Iterable[Path], *, ontology: Graph | None = None) -> Shapes:
    """Read shapes from files, together as one shapes graph, and check that they are well-formed.

    :param paths: the files
    :param ontology: the vocabulary whose classes and properties the shapes may use; not checked if not given
    :raises ShapesError: if a file is unreadable or unparsable, or the shapes are ill-formed; all faults are named
    """
    parts = []
    for path in paths:
        try:
            parts.append(load_rdf(path))
        except DataError as error:
            raise ShapesError(error.message, location=error.location, hint=error.hint) from error
    return build_shapes(LocatedGraph().merge(parts), ontology=ontology)


def build_shapes(located: LocatedGraph, *, ontology: Graph | None = None) -> Shapes:
    """Return the shapes of a graph, once they are found well-formed.

    :param located: the triples of the shapes with their places
    :param ontology: the vocabulary whose classes and properties the shapes may use; not checked if not given
    :raises ShapesError: if the shapes are ill-formed; all faults are named
    """
    shapes = Shapes(located)
    faults = check_shapes(shapes, ontology=ontology)
    if faults:
        raise faults[0] if len(faults) == 1 else IllFormedShapesError(faults)
    return shapes


def check_shapes(shapes: Shapes, *, ontology: Graph | None = None) -> list[ShapesError]:
    """Return the faults of a shapes graph by the rules of SHACL and beyond: see :mod:`eild.validation.checks`."""
    return check_located_shapes(shapes.located, ontology=ontology)
