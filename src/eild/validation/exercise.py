"""What a validation looked at: which shapes and constraints met data, and which data no shape looks at.

A constraint that meets no value cannot find fault, and data that no shape looks at conform to anything: the figures
show how much a report that conforms is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH

from eild.validation.exact.components import is_true
from eild.validation.grammar.paths import INVERSE, PROPERTY, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.shapes import Constraint, Shapes

    Triple: TypeAlias = "tuple[Node, Node, Node]"

_WITHOUT_VALUES: Final = frozenset({SH.MinCountConstraintComponent, SH.QualifiedMinCountConstraintComponent})
"""Components that find fault where there is no value: a focus node is enough to exercise them."""


@dataclass(frozen=True)
class ConstraintExercise:
    """How often a constraint was held against data.

    :ivar constraint: the constraint
    :ivar focus_nodes: how many nodes its shape was applied to
    :ivar values: how many values it was applied to
    :ivar location: place of its shape
    """

    constraint: Constraint
    focus_nodes: int
    values: int
    location: Location | None

    @property
    def is_exercised(self) -> bool:
        """Return whether the constraint could find fault."""
        return bool(self.focus_nodes if self.constraint.component in _WITHOUT_VALUES else self.values)


@dataclass(frozen=True)
class Exercise:
    """What shapes and data had to do with each other.

    :ivar constraints: each constraint, in the order of shapes and components
    :ivar subjects: how many resources the data describe
    :ivar focus_subjects: how many of them a shape was applied to
    :ivar triples: how many triples the data have
    :ivar touched_triples: how many of them led a shape from a focus node to a value, or to a focus node by its type
    :ivar untouched: each property with the number of its triples that nothing looked at, most first
    """

    constraints: tuple[ConstraintExercise, ...]
    subjects: int
    focus_subjects: int
    triples: int
    touched_triples: int
    untouched: tuple[tuple[URIRef, int], ...]

    @property
    def exercised(self) -> int:
        """Return how many constraints could find fault."""
        return sum(found.is_exercised for found in self.constraints)


def measure_exercise(data: Graph, shapes: Shapes, *, context: Graph | None = None) -> Exercise:
    """Return which shapes, constraints and data take part in a validation (SHACL, sections 2.1 and 2.3).

    SPARQL constraints count the focus nodes of their shape as values: what a query reads is not looked into.

    :param data: the data
    :param shapes: the shapes
    :param context: where else ``rdfs:subClassOf`` is stated
    """
    measure = _Measure(data, shapes, context)
    for shape in shapes.targeted:
        measure.visit(shape, measure.focus_nodes(shape))
    found = tuple(
        ConstraintExercise(
            constraint,
            len(measure.focus.get(constraint.shape, ())),
            measure.values.get(constraint.shape, 0),
            shapes.location(constraint.shape),
        )
        for constraint in shapes.constraints()
    )
    subjects = set(data.subjects())
    seen = {node for nodes in measure.focus.values() for node in nodes}
    counts: dict[URIRef, int] = {}
    for triple in data:
        if triple not in measure.touched and isinstance(triple[1], URIRef):
            counts[triple[1]] = counts.get(triple[1], 0) + 1
    return Exercise(
        constraints=found,
        subjects=len(subjects),
        focus_subjects=len(subjects & seen),
        triples=len(data),
        touched_triples=len(measure.touched),
        untouched=tuple(sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))),
    )


class _Measure:
    """Follows shapes through data and counts."""

    def __init__(self, data: Graph, shapes: Shapes, context: Graph | None) -> None:
        self._data = data
        self._shapes = shapes
        self._context = context
        self.focus: dict[Node, set[Node]] = {}
        self.values: dict[Node, int] = {}
        self.touched: set[Triple] = set()

    def focus_nodes(self, shape: Node) -> set[Node]:
        """Return the nodes of the data that the targets of a shape stand for."""
        found: set[Node] = set()
        for declared, predicate, target in self._shapes.targets():
            if declared != shape:
                continue
            if predicate == SH.targetNode:
                found.add(target)
            elif predicate == SH.targetClass:
                for kind in self._subclasses(target):
                    for node in self._data.subjects(RDF.type, kind):
                        found.add(node)
                        self.touched.add((node, RDF.type, kind))
            else:
                place = 0 if predicate == SH.targetSubjectsOf else 2
                found.update(triple[place] for triple in self._data.triples((None, target, None)))
        return found

    def _subclasses(self, kind: Node) -> set[Node]:
        graphs = [self._data] if self._context is None else [self._data, self._context]
        found, waiting = {kind}, [kind]
        while waiting:
            upper = waiting.pop()
            lower = {node for graph in graphs for node in graph.subjects(RDFS.subClassOf, upper)} - found
            found |= lower
            waiting.extend(lower)
        return found

    def visit(self, shape: Node, focus: set[Node]) -> None:
        """Apply a shape and the property shapes in it to focus nodes, each once."""
        waiting: list[tuple[Node, set[Node]]] = [(shape, focus)]
        graph = self._shapes.graph
        while waiting:
            current, nodes = waiting.pop()
            fresh = nodes - self.focus.setdefault(current, set())
            if not fresh or is_true(graph.value(current, SH.deactivated)):
                continue
            self.focus[current] |= fresh
            path = graph.value(current, SH.path)
            values = fresh if path is None else set(self._follow(fresh, path))
            count = len(values) if path is None else self._last_count
            if (current, SH.sparql, None) in graph or (current, SH.closed, None) in graph:
                count = max(count, len(fresh))
            self.values[current] = self.values.get(current, 0) + count
            for predicate in (SH.property, SH.node, SH.qualifiedValueShape):
                waiting.extend((inner, values) for inner in graph.objects(current, predicate))

    def _follow(self, focus: set[Node], node: Node) -> Iterator[Node]:
        """Yield the values of a path, and remember the triples that lead to them where the path is one property."""
        path = parse_path(self._shapes.graph, node)
        inverse = path.parts[0].iri if path.kind == INVERSE and path.parts[0].kind == PROPERTY else None
        self._last_count = 0
        for start in focus:
            if isinstance(start, Literal):
                continue
            for value in path.follow(self._data, start, lambda iri: iri):
                self._last_count += 1
                yield value
                if path.iri is not None:
                    self.touched.add((start, path.iri, value))
                elif inverse is not None:
                    self.touched.add((value, inverse, start))
