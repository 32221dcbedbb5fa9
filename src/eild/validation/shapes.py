"""Shapes: reading them, checking that they are well-formed, and listing their targets and constraints.

pySHACL passes over a misspelt ``sh:`` term in silence, and a shape that looks at nothing conforms. Both are found
here before anything is validated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rdflib import BNode, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH

from eild.errors import DataError, IllFormedShapesError, Location, ShapesError
from eild.located import LocatedGraph
from eild.validation.checks import check_located_shapes, note_shapes
from eild.validation.files import load_rdf
from eild.validation.grammar.terms import COMPONENTS, TARGETS, sh

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from pathlib import Path

    from rdflib import Graph
    from rdflib.term import Node

    from eild.validation.notes import Note

Made = TypeVar("Made")

_OTHER_TARGETS: Final = (sh("targetWhere"), sh("target"))
_CLASSES: Final = (RDFS.Class, OWL.Class)
_KINDS: Final = (SH.NodeShape, SH.PropertyShape, SH.Shape)


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
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def graph(self) -> Graph:
        """Return the shapes graph."""
        return self.located.graph

    def keep(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is made of the shapes, made once: they do not change.

        :param key: what it is
        :param make: makes it
        """
        if key not in self._kept:
            self._kept[key] = make()
        made: Made = self._kept[key]
        return made

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Return what the shapes say without effect, in the order of their places."""
        return note_shapes(self.located)

    def location(self, shape: Node) -> Location | None:
        """Return where a shape is written."""
        return self.located.subjects.get(shape)

    @cached_property
    def _classes(self) -> frozenset[Node]:
        """The classes of classes: ``rdfs:Class``, ``owl:Class`` and what the shapes state to be subclasses of them."""
        found = (kind for upper in _CLASSES for kind in self.graph.transitive_subjects(RDFS.subClassOf, upper))
        return frozenset(kind for kind in found if kind is not None)

    @cached_property
    def _implicit(self) -> frozenset[Node]:
        """The shapes that are classes and so target their instances (SHACL, section 2.1.3.3; SHACL 1.2)."""
        graph = self.graph
        found = set(graph.subjects(RDF.type, sh("ShapeClass")))
        for kind in _KINDS:
            for shape in graph.subjects(RDF.type, kind):
                if not self._classes.isdisjoint(graph.objects(shape, RDF.type)):
                    found.add(shape)
        return frozenset(shape for shape in found if isinstance(shape, URIRef))

    @cached_property
    def _declared(self) -> dict[Node, list[tuple[Node, URIRef, Node]]]:
        """The targets that each shape declares; an implicit class target as ``sh:targetClass``."""
        found: dict[Node, list[tuple[Node, URIRef, Node]]] = {}
        for predicate in (*TARGETS, *_OTHER_TARGETS):
            for shape, target in sorted(self.graph.subject_objects(predicate), key=lambda pair: str(pair[1])):
                if predicate != sh("target") or (target, SH.select, None) in self.graph:
                    found.setdefault(shape, []).append((shape, predicate, target))
        for shape in self._implicit:
            if (shape, SH.targetClass, shape) not in self.graph:
                found.setdefault(shape, []).append((shape, SH.targetClass, shape))
        return found

    @cached_property
    def targeted(self) -> tuple[Node, ...]:
        """Return the shapes that have a target, in the order of their IRIs."""
        return tuple(sorted(self._declared, key=self._order))

    def _order(self, shape: Node) -> tuple[bool, str, Location]:
        """Return what orders shapes the same way in each run: IRIs first, then shapes without names by their places."""
        blank = isinstance(shape, BNode)
        return blank, "" if blank else str(shape), self.location(shape) or Location("")

    def targets_of(self, shape: Node) -> list[tuple[Node, URIRef, Node]]:
        """Return the targets that a shape declares: the shape, how, and what is targeted."""
        return self._declared.get(shape, [])

    def targets(self) -> Iterator[tuple[Node, URIRef, Node]]:
        """Yield each target as shape, predicate and target; an implicit class target as ``sh:targetClass``."""
        for shape in self.targeted:
            yield from self._declared[shape]

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
    parts, faults = [], []
    for path in paths:
        try:
            parts.append(load_rdf(path))
        except DataError as error:
            fault = ShapesError(error.message, location=error.location, hint=error.hint)
            fault.__cause__ = error
            faults.append(fault)
    if faults:
        raise faults[0] if len(faults) == 1 else IllFormedShapesError(faults)
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
