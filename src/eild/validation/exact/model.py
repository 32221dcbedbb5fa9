"""Shapes as the evaluator applies them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rdflib import Graph, URIRef
    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.exact.index import Index
    from eild.validation.exact.terms import Term
    from eild.validation.grammar.paths import Path

    Values: TypeAlias = dict[Term, None]
    Check: TypeAlias = Callable[["Term", "Values"], Iterable["Fault"]]
    Solution: TypeAlias = dict[str, Node]


@dataclass(frozen=True)
class Fault:
    """What a constraint finds at a focus node.

    :ivar value: the value at fault; None if it is no single value
    :ivar unmet: shapes with the nodes that were to conform to them, from which details come
    :ivar path: the property at fault, if it is not the path of the shape
    :ivar messages: the messages of this fault alone
    :ivar parameter: what the message names, if it is not the parameter of the constraint
    """

    value: Term | None = None
    unmet: tuple[tuple[Shape, Term], ...] = ()
    path: Node | None = None
    messages: tuple[Node, ...] = ()
    parameter: Node | None = None


@dataclass(frozen=True)
class Constraint:
    """One constraint of a shape.

    :ivar component: its component
    :ivar parameter: the value of its parameter
    :ivar check: finds the faults of a focus node and its values
    :ivar severity: its own severity; that of the shape if it has none
    :ivar messages: its own messages; those of the shape if it has none
    :ivar source: the node that results name as ``sh:sourceConstraint``
    """

    component: URIRef
    parameter: Node
    check: Check
    severity: Node | None = None
    messages: tuple[Node, ...] = ()
    source: Node | None = None


@dataclass
class Shape:
    """A node shape or property shape.

    :ivar node: its node in the shapes graph
    :ivar path_node: the node of its path; None for a node shape
    :ivar path: its path
    :ivar severity: its severity
    :ivar messages: its messages
    :ivar deactivated: whether everything conforms to it
    :ivar constraints: its constraints
    :ivar properties: the property shapes that its values are validated by
    """

    node: Node
    path_node: Node | None
    path: Path | None
    severity: Node
    messages: tuple[Node, ...]
    deactivated: bool
    constraints: list[Constraint] = field(default_factory=list)
    properties: list[Shape] = field(default_factory=list)


class Applied(Protocol):
    """What an evaluation asks of shapes with their places."""

    def location(self, shape: Node, /) -> Location | None:
        """Return where a shape is written."""

    def targets_of(self, shape: Node, /) -> list[tuple[Node, URIRef, Node]]:
        """Return the targets that a shape declares."""


class Selecting(Protocol):
    """What runs the queries of shapes."""

    def select(self, holder: Node, predicate: URIRef, bindings: Mapping[str, Node], path: str = "") -> list[Solution]:
        """Return the solutions of a query of the shapes graph."""

    def select_targets(self, target: Node) -> list[Term]:
        """Return the nodes that a ``sh:SPARQLTarget`` selects."""


class Evaluation(Protocol):
    """What constraints ask of the validation that they are part of."""

    @property
    def index(self) -> Index:
        """The data."""

    @property
    def shapes(self) -> Graph:
        """The shapes graph."""

    @property
    def applied(self) -> Applied:
        """The shapes with their places."""

    @property
    def queries(self) -> Selecting:
        """What runs queries."""

    def shape(self, node: Node | None) -> Shape:
        """Return the shape of a node."""

    def conforms(self, shape: Shape, focus: Term) -> bool:
        """Return whether a node conforms to a shape."""

    def targets(self, node: Node) -> dict[Term, None]:
        """Return the nodes that a shape targets."""

    def alternatives(self, parameter: Node) -> list[Node]:
        """Return the members of a list, or a node that is no list by itself."""

    def items(self, head: Node) -> list[Node]:
        """Return the members of a list of the shapes graph."""

    def upper_classes(self, kind: Term) -> list[Term]:
        """Return the superclasses of a class in the data."""

    def locate(self, subject: Node, predicate: Node, obj: Node) -> Location | None:
        """Return the place of a triple of the shapes graph."""
