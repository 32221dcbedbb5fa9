"""Anonymous resources that stand for something: lists, class expressions of OWL, and statements about statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild import nodes
from eild.documents.index import REIFIES
from eild.terms import OWL

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from eild.documents.index import Documents

    Node = NamedNode | BlankNode
    Value = NamedNode | BlankNode | Literal

MOST_ITEMS: Final = 1000
"""How many items of a list are read."""
MOST_DEPTH: Final = 12
"""How deep expressions are read."""

_QUANTIFIERS: Final = {OWL.someValuesFrom: "some", OWL.allValuesFrom: "only", OWL.hasValue: "value"}
_COUNTS: Final = {
    OWL.cardinality: "exactly",
    OWL.qualifiedCardinality: "exactly",
    OWL.minCardinality: "at least",
    OWL.minQualifiedCardinality: "at least",
    OWL.maxCardinality: "at most",
    OWL.maxQualifiedCardinality: "at most",
}
_COMBINED: Final = {OWL.unionOf: " or ", OWL.intersectionOf: " and "}
_NEGATED: Final = (OWL.complementOf, OWL.datatypeComplementOf)
_FACETS: Final = {
    "minInclusive": "at least",
    "maxInclusive": "at most",
    "minExclusive": "greater than",
    "maxExclusive": "less than",
    "pattern": "matching",
    "length": "of length",
    "minLength": "of length at least",
    "maxLength": "of length at most",
    "totalDigits": "of digits at most",
    "fractionDigits": "of decimals at most",
    "langRange": "in the language",
}
_STATEMENTS: Final = {
    nodes.OWL.annotatedSource: (nodes.OWL.annotatedProperty, nodes.OWL.annotatedTarget),
    nodes.RDF.subject: (nodes.RDF.predicate, nodes.RDF.object),
}
"""How an axiom (OWL 2 Mapping to RDF, section 3.2.2) or an rdf:Statement names subject, predicate and object."""
_RECORDS: Final = (nodes.OWL.Axiom, nodes.RDF.Statement)
"""What there is only in data with records about statements: their types."""
STRUCTURE: Final = frozenset((*_STATEMENTS, *(name for names in _STATEMENTS.values() for name in names), REIFIES))
"""The properties that join a record about a statement to the statement."""


def is_list(documents: Documents, node: Node) -> bool:
    """Return whether a node is a list (RDF 1.1 Schema, section 5.2)."""
    return node == nodes.RDF.nil or bool(documents.find_objects(node, nodes.RDF.first))


def list_items(documents: Documents, head: Node) -> list[Value]:
    """Return the items of a list, at most :data:`MOST_ITEMS`; a circle ends where it closes."""
    found: list[Value] = []
    seen: set[object] = set()
    node: Value = head
    while isinstance(node, NamedNode | BlankNode) and node not in seen and len(found) < MOST_ITEMS:
        seen.add(node)
        found += documents.find_objects(node, nodes.RDF.first)[:1]
        node = next(iter(documents.find_objects(node, nodes.RDF.rest)), nodes.RDF.nil)
    return found


def find_list_head(documents: Documents, cell: Node) -> Node:
    """Return the first cell of the list to which a cell belongs."""
    seen = {cell}
    for _ in range(MOST_ITEMS):
        before = [t.subject for t in documents.incoming(cell) if t.predicate == nodes.RDF.rest]
        if not before or not isinstance(before[0], NamedNode | BlankNode) or before[0] in seen:
            break
        cell = before[0]
        seen.add(cell)
    return cell


def read_expression(documents: Documents, node: Node, depth: int = 0) -> list[str | Value]:
    """Return a class expression in words, as the Manchester syntax has it: texts and the terms between them.

    :param node: a blank node
    :returns: an empty list if it is no expression that can be said in words
    """
    if not isinstance(node, BlankNode) or depth > MOST_DEPTH:
        return []
    expression = _Expression(documents, node, depth)
    ways = (expression.read_restriction, expression.read_combination, expression.read_range)
    return next((parts for way in ways if (parts := way())), [])


class _Expression:
    """A blank node that may be a class expression, a data range or an inverse property of OWL 2."""

    def __init__(self, documents: Documents, node: BlankNode, depth: int) -> None:
        self._documents = documents
        self._node = node
        self._depth = depth

    def _first(self, name: str) -> Value | None:
        return next(iter(self._documents.find_objects(self._node, NamedNode(name))), None)

    def _inner(self, value: Value) -> list[str | Value]:
        """Return an expression inside this one, in brackets if it has several parts."""
        said = read_expression(self._documents, value, self._depth + 1) if isinstance(value, BlankNode) else []
        compound = any(part in {" or ", " and "} for part in said if isinstance(part, str))
        return ["(", *said, ")"] if compound else said or [value]

    def _list(self, name: str) -> list[Value] | None:
        head = self._first(name)
        return list_items(self._documents, head) if isinstance(head, NamedNode | BlankNode) else None

    def _join(self, items: list[Value], between: str) -> list[str | Value]:
        joined: list[str | Value] = []
        for number, item in enumerate(items):
            joined += [*([between] if number else []), *self._inner(item)]
        return joined

    def read_restriction(self) -> list[str | Value]:
        """Return a restriction on a property (OWL 2 Mapping to RDF, table 1)."""
        on = self._first(OWL.onProperty)
        if on is None:
            return []
        start = self._inner(on)
        for name, word in _QUANTIFIERS.items():
            if (value := self._first(name)) is not None:
                return [*start, f" {word} ", *self._inner(value)]
        for name, word in _COUNTS.items():
            number = self._first(name)
            if isinstance(number, Literal):
                kind = self._first(OWL.onClass) or self._first(OWL.onDataRange)
                counted = [*start, f" {word} {number.value}"]
                return counted if kind is None else [*counted, " ", *self._inner(kind)]
        return [*start, " itself"] if self._first(OWL.hasSelf) is not None else []

    def read_combination(self) -> list[str | Value]:
        """Return a union, an intersection, a complement, an enumeration, or the inverse of a property."""
        for name, word in _COMBINED.items():
            if items := self._list(name):
                return self._join(items, word)
        for name in _NEGATED:
            if (value := self._first(name)) is not None:
                return ["not ", *self._inner(value)]
        if members := self._list(OWL.oneOf):
            return ["one of ", *self._join(members, ", ")]
        inverse = self._first(OWL.inverseOf)
        return [] if inverse is None else ["inverse of ", *self._inner(inverse)]

    def read_range(self) -> list[str | Value]:
        """Return a datatype with restrictions: ``integer at least 5``."""
        datatype, restrictions = self._first(OWL.onDatatype), self._list(OWL.withRestrictions)
        if datatype is None or restrictions is None:
            return []
        parts: list[str | Value] = [datatype]
        for item in restrictions:
            for triple in self._documents.outgoing(item) if isinstance(item, NamedNode | BlankNode) else ():
                word = _FACETS.get(triple.predicate.value.rpartition("#")[2])
                if word and isinstance(triple.object, NamedNode | BlankNode | Literal):
                    parts += [f"{', ' if len(parts) > 1 else ' '}{word} ", triple.object]
        return parts


def collect_notes(documents: Documents, node: Node) -> dict[tuple[Value, Value], list[Node]]:
    """Return the records that say something of the statements about a node, by property and value of the statement.

    They are axioms and rdf:Statements; reifiers (RDF 1.2) are told by :meth:`Documents.annotating`.
    """
    found: dict[tuple[Value, Value], list[Node]] = {}
    if not any(documents.incoming(kind) for kind in _RECORDS):
        return found
    for link in documents.incoming(node):
        names = _STATEMENTS.get(link.predicate)
        record = link.subject
        if names is None or not isinstance(record, NamedNode | BlankNode):
            continue
        properties, values = (documents.find_objects(record, name) for name in names)
        for key in ((name, value) for name in properties for value in values):
            if record not in found.setdefault(key, []):
                found[key].append(record)
    return found


def says_of_statement(documents: Documents, link: Triple) -> bool:
    """Return whether a link comes from a record about a statement that is there, beside which it is shown."""
    names = _STATEMENTS.get(link.predicate)
    record = link.subject
    if names is None or not isinstance(record, BlankNode) or not isinstance(link.object, NamedNode | BlankNode):
        return False
    wanted = [documents.find_objects(record, name) for name in names]
    return any(t.predicate in wanted[0] and t.object in wanted[1] for t in documents.outgoing(link.object))
