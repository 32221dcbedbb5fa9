"""One validation: data and shapes in, results out (SHACL, section 3.4).

A shape that refers to itself is applied so that a node conforms unless something says that it does not: while a node
is checked against a shape, it counts as conforming to it. Shapes that refer to themselves through a negation
(``sh:not``, ``sh:xone``, ``sh:qualifiedMaxCount``) have no such reading and are refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rdflib.namespace import RDF

from eild.errors import ShapesError
from eild.validation.exact.compiler import compile_shape, find_reached, make_shape, named_shapes
from eild.validation.exact.index import SUBCLASS
from eild.validation.exact.queries import Queries, compile_queries
from eild.validation.exact.targets import find_targets
from eild.validation.exact.terms import Term, to_node, to_term
from eild.validation.grammar.lists import list_cells
from eild.validation.grammar.terms import sh
from eild.validation.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.exact.index import Index
    from eild.validation.exact.model import Constraint, Fault, Shape
    from eild.validation.shapes import Shapes

_MOST_DETAILS: Final = 50
"""Results that explain one other result; further ones are left out."""
_DEEPEST_DETAILS: Final = 4
_FREE: Final = 1 << 30
_SPARQL: Final = sh("SPARQLConstraintComponent")


class Run:
    """Applies shapes to data.

    :param index: the data, with what they refer to
    :param applied: the shapes
    :param without_queries: shapes whose SPARQL constraints are applied elsewhere
    :ivar index: the data
    :ivar shapes: the shapes graph
    :ivar applied: the shapes with their places
    :ivar queries: what runs their queries
    """

    def __init__(self, index: Index, applied: Shapes, *, without_queries: frozenset[Node] = frozenset()) -> None:
        self.index = index
        self.applied = applied
        self.shapes: Graph = applied.graph
        self.queries = Queries(self)
        self._without_queries = without_queries
        self._skipping = False
        self._compiled: dict[Node, Shape] = {}
        self._targets: dict[Node, dict[Term, None]] = {}
        self._known: dict[tuple[Node, Term], bool] = {}
        self._open: dict[tuple[Node, Term], int] = {}
        self._lowest = _FREE
        self._validating: set[tuple[Node, Term]] = set()

    def results(self, targeted: Iterable[Node]) -> Iterator[Result]:
        """Yield the results of shapes for the nodes that they target.

        :raises ShapesError: if a shape cannot be applied
        """
        for node in targeted:
            self._refuse_negative_recursion(node)
            self._skipping = node in self._without_queries
            shape = self.shape(node)
            try:
                for focus in self.targets(node):
                    yield from self.validate(shape, focus)
            except RecursionError as error:
                message = "the data nest deeper than shapes that refer to themselves can be followed"
                raise ShapesError(message, location=self.applied.location(node)) from error

    def shape(self, node: Node | None) -> Shape:
        """Return the shape of a node, compiled once."""
        if node is None:
            message = "a parameter without a shape"
            raise AssertionError(message)
        known = self._compiled.get(node)
        if known is None:
            known = self._compiled[node] = make_shape(self, node)
            compile_shape(self, known)
            compile_queries(self, known)
        return known

    def targets(self, node: Node) -> dict[Term, None]:
        """Return the nodes that a shape targets."""
        known = self._targets.get(node)
        if known is None:
            known = self._targets[node] = find_targets(self, node)
        return known

    def validate(self, shape: Shape, focus: Term) -> Iterator[Result]:
        """Yield the results of one node against one shape."""
        key = (shape.node, focus)
        if shape.deactivated or key in self._validating:
            return
        self._validating.add(key)
        try:
            values = self.values(shape, focus)
            for constraint in shape.constraints:
                if self._skipping and constraint.component == _SPARQL:
                    continue
                for fault in constraint.check(focus, values):
                    yield self._result(shape, constraint, focus, fault)
            for inner in shape.properties:
                for value in values:
                    if shape.path is None or not self.index.is_incomplete(value):
                        yield from self.validate(inner, value)
        finally:
            self._validating.discard(key)

    def complete(self, result: Result, number: int = 0) -> Result:
        """Return a result of another engine with the details and messages that this one gives it, if any.

        :param result: the result; if it lacks the value of a property, as one of a validator with ASK may, it is given
            one of those that there are
        :param number: how many results that are equal come before it
        """
        shape = self.shape(result.shape)
        focus = to_term(result.focus)
        equal = 0
        for constraint in shape.constraints:
            if constraint.component != result.component:
                continue
            if result.constraint is not None and constraint.source != result.constraint:
                continue
            for fault in constraint.check(focus, self.values(shape, focus)):
                own = self._result(shape, constraint, focus, fault)
                if result.value in {own.value, None}:
                    if equal == number:
                        return replace(
                            result, value=own.value, details=own.details, messages=own.messages, parameter=own.parameter
                        )
                    equal += 1
        return result

    def values(self, shape: Shape, focus: Term) -> dict[Term, None]:
        """Return the value nodes of a focus node."""
        return {focus: None} if shape.path is None else shape.path.follow(self.index, focus, to_term)

    def conforms(self, shape: Shape, focus: Term) -> bool:
        """Return whether a node conforms to a shape."""
        key = (shape.node, focus)
        known = self._known.get(key)
        if known is not None:
            return known
        depth = self._open.get(key)
        if depth is not None:
            self._lowest = min(self._lowest, depth)
            return True
        outer, self._lowest = self._lowest, _FREE
        depth = self._open[key] = len(self._open)
        try:
            found = shape.deactivated or self._meets(shape, focus)
        finally:
            del self._open[key]
        if not found or self._lowest >= depth:  # else it rests on what an outer check assumes
            self._known[key] = found
            self._lowest = outer
        else:
            self._lowest = min(outer, self._lowest)
        return found

    def _meets(self, shape: Shape, focus: Term) -> bool:
        values = self.values(shape, focus)
        if any(True for constraint in shape.constraints for _ in constraint.check(focus, values)):
            return False
        checked = [v for v in values if shape.path is None or not self.index.is_incomplete(v)]
        return all(self.conforms(inner, value) for inner in shape.properties for value in checked)

    def _result(self, shape: Shape, constraint: Constraint, focus: Term, fault: Fault) -> Result:
        path = shape.path_node if fault.path is None else fault.path
        return Result(
            shape=shape.node,
            component=constraint.component,
            focus=to_node(focus),
            severity=shape.severity if constraint.severity is None else constraint.severity,
            path=path,
            value=None if fault.value is None else to_node(fault.value),
            parameter=constraint.parameter if fault.parameter is None else fault.parameter,
            constraint=constraint.source,
            messages=fault.messages or constraint.messages or shape.messages,
            details=self._details(fault),
        )

    def _details(self, fault: Fault) -> tuple[Result, ...]:
        if not fault.unmet or len(self._validating) > _DEEPEST_DETAILS * 2:
            return ()
        found: list[Result] = []
        for shape, node in fault.unmet:
            for result in self.validate(shape, node):
                found.append(result)
                if len(found) == _MOST_DETAILS:
                    return tuple(found)
        return tuple(found)

    def alternatives(self, parameter: Node) -> list[Node]:
        """Return the members of a list, or a node that is no list by itself."""
        is_list = parameter == RDF.nil or (parameter, RDF.first, None) in self.shapes
        return self.items(parameter) if is_list else [parameter]

    def items(self, head: Node) -> list[Node]:
        """Return the members of a well-formed list of the shapes graph."""
        found = (self.shapes.value(cell, RDF.first) for cell in list_cells(self.shapes, head))
        return [item for item in found if item is not None]

    def upper_classes(self, kind: Term) -> list[Term]:
        """Return the superclasses of a class in the data."""
        found, waiting = dict[Term, None](), [kind]
        while waiting:
            for upper in self.index.objects(waiting.pop(), SUBCLASS):
                if upper not in found:
                    found[upper] = None
                    waiting.append(upper)
        return list(found)

    def locate(self, subject: Node, predicate: Node, obj: Node) -> Location | None:
        """Return the place of a triple of the shapes graph."""
        return self.applied.located.locate(subject, predicate, obj)

    def _refuse_negative_recursion(self, node: Node) -> None:
        """Raise an error if a shape refers to itself through a negation.

        :raises ShapesError: if it does
        """
        for shape in sorted(find_reached(self.shapes, node), key=str):
            for inner, negative in named_shapes(self.shapes, shape):
                if negative and shape in find_reached(self.shapes, inner):
                    message = "a shape refers to itself through a negation, for which SHACL defines no outcome"
                    hint = "remove the negation (sh:not, sh:xone, sh:qualifiedMaxCount) from the cycle"
                    raise ShapesError(message, location=self.applied.location(shape), hint=hint)
