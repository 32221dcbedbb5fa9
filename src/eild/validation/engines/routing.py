"""Which engine applies which shape.

EILD's own evaluator (:mod:`eild.validation.exact`) defines the verdict. The fast engine is taken for the shapes of
which it is known to give the same: shapes of SHACL 1.0 that do not refer to themselves, on regular literals. The
evidence is in the tests: every fixture of the project's shapes, generated data against generated shapes, and the W3C
suite.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import SH

from eild.located.nodes import TripleTerm
from eild.located.statements import write_node
from eild.validation.engines.irregular import Irregular, find_irregular, find_irregular_nodes
from eild.validation.engines.queried import find_queries, why_exact
from eild.validation.exact.annotations import REIFIES_NODE
from eild.validation.exact.compiler import find_reached, find_recursive
from eild.validation.exact.lexical import BOUNDS
from eild.validation.exact.queries import find_validator, parameters_of
from eild.validation.grammar.terms import CORE, CORE_1_2, local_name, sh

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.located.statements import Statements
    from eild.validation.shapes import Shapes

RANGES: Final = frozenset(sh(name) for name in "minExclusive minInclusive maxExclusive maxInclusive".split())
"""The parameters that are bounds of values."""
BETWEEN: Final = frozenset({SH.lessThan, SH.lessThanOrEquals})
"""The parameters that compare the values of two properties."""
_COMPARING: Final = RANGES | BETWEEN | {sh("datatype")}
"""The parameters whose verdict depends on the values of literals."""
_ORDERED: Final = re.compile(
    rb'(?!"NaN")"(?:[^"\\]|\\.)*+"(?:\^\^<http://www\.w3\.org/2001/XMLSchema#'
    b"(?:"
    + "|".join((*BOUNDS, "decimal", "double", "float", "date", "dateTime", "time", "gYear", "gYearMonth")).encode()
    + rb")>)?"
)
"""Matches the literals that all engines order alike, if they are regular: numbers, dates, times and plain strings."""
_LISTS: Final = frozenset({sh("class"), sh("datatype"), sh("nodeKind")})
_PATHS: Final = frozenset({sh("equals"), sh("disjoint"), sh("lessThan"), sh("lessThanOrEquals")})
_REPEATABLE: Final = frozenset(CORE) - {sh("sparql")}
_IN_DATA: Final = frozenset(sh(name) for name in ("shape", "incomplete", "incompleteURIStart"))
_NAMESPACE: Final = str(SH).encode()


@dataclass
class Plan:
    """Which engine applies which shapes.

    :ivar fast: shapes for the fast engine
    :ivar exact: shapes for EILD's own evaluator, each with the reason
    :ivar split: shapes whose SPARQL constraints are for the fast engine and all others for EILD's own evaluator
    """

    fast: list[Node] = field(default_factory=list)
    exact: dict[Node, str] = field(default_factory=dict)
    split: set[Node] = field(default_factory=set)


@dataclass(frozen=True)
class Traits:
    """What decides about data.

    :ivar irregular: the irregular literals that there are
    :ivar rdf_1_2: whether there are terms of RDF 1.2
    :ivar terms: the terms of SHACL that data use for validation
    :ivar named: the shapes that data name by ``sh:shape``
    :ivar unordered: the properties that ``sh:lessThan`` and its like compare and that have values on which engines
        differ: other than numbers, dates, times and plain strings
    """

    irregular: Irregular
    rdf_1_2: bool
    terms: frozenset[str]
    named: frozenset[Node]
    unordered: frozenset[Node] = frozenset()


def find_traits(data: Statements, shapes: Graph) -> Traits:
    """Return what decides about data which engine may validate them."""
    used = any(_NAMESPACE in part.lines for part in data.parts)
    wanted = {write_node(term): term for term in _IN_DATA}
    found = [(wanted[term], o) for term in wanted for _, _, o in data.with_predicate(term)] if used else []
    nodes = {write_node(node): node for node in set(shapes.subjects())} if found else {}
    named = frozenset(nodes[obj] for term, obj in found if term == sh("shape") and obj in nodes)
    names = frozenset(local_name(term) for term, _ in found)
    return Traits(find_irregular(data), data.rdf_1_2, names, named, _find_unordered(data, shapes))


def _find_unordered(data: Statements, shapes: Graph) -> frozenset[Node]:
    """Return the properties that shapes compare and whose values in the data engines order differently."""
    compared = {other for term in BETWEEN for other in shapes.objects(None, term)}
    compared |= {path for term in BETWEEN for shape in shapes.subjects(term) for path in shapes.objects(shape, SH.path)}
    names = {write_node(node): node for node in compared if isinstance(node, URIRef)}
    if not names:
        return frozenset()
    stated = re.compile(rb"^\S+ (" + b"|".join(map(re.escape, names)) + rb") (.*) \.$", re.MULTILINE)
    found = (match for part in data.parts for match in stated.finditer(part.lines))
    return frozenset({names[match[1]] for match in found if not _ORDERED.fullmatch(match[2])})


def make_plan(data: Statements, shapes: Shapes) -> Plan:
    """Return which engine applies which shape.

    :param data: the data, with what they refer to
    :param shapes: the shapes
    """
    return _Planner(shapes, find_traits(data, shapes.graph)).plan()


class _Planner:
    """Judges shapes one by one."""

    def __init__(self, shapes: Shapes, traits: Traits) -> None:
        self._shapes = shapes
        self._graph = shapes.graph
        self._traits = traits
        self._recursive = shapes.keep("recursive", lambda: find_recursive(shapes.graph))
        self._annotated = shapes.keep("annotated", lambda: _find_annotated(shapes.graph))
        key = ("reasons", bool(traits.irregular), traits.irregular.digits, traits.unordered)
        self._known: dict[Node, str] = shapes.keep(key, dict)

    def plan(self) -> Plan:
        """Return which engine applies which shape."""
        plan, traits = Plan(), self._traits
        for root in dict.fromkeys((*self._shapes.targeted, *sorted(traits.named, key=str))):
            reached = self._shapes.keep(("reached", root), partial(find_reached, self._graph, root))
            reason = self._reason(root, reached)
            in_queries = {shape for shape in reached if (shape, SH.sparql, None) in self._graph}
            uses_numbers = traits.irregular.numbers and any(self._has_queries(shape) for shape in reached)
            if not reason and not uses_numbers:
                plan.fast.append(root)
                continue
            plan.exact[root] = reason or "a query may compute with numbers that the fast engine cannot hold"
            plain = not (uses_numbers or traits.rdf_1_2 or traits.terms or self._recursive & reached)
            plain = plain and self._annotated.isdisjoint(in_queries)
            plain = plain and not any(why_exact(self._graph, shape, traits.irregular.digits) for shape in in_queries)
            if in_queries and plain and in_queries <= find_reporting(self._graph, root):
                plan.split.add(root)
        return plan

    def _has_queries(self, shape: Node) -> bool:
        return self._shapes.keep(("queries", shape), lambda: any(True for _ in find_queries(self._graph, shape)))

    def _reason(self, root: Node, reached: set[Node]) -> str:
        """Return why a shape is for EILD's own evaluator; an empty string if it is not."""
        if self._traits.rdf_1_2:
            return "the data have terms of RDF 1.2"
        if self._traits.terms & {"incomplete", "incompleteURIStart"}:
            return "the data use sh:incomplete of SHACL 1.2"
        if root in self._traits.named:
            return "the data name the shape by sh:shape of SHACL 1.2"
        if any(predicate == sh("targetWhere") for _, predicate, _ in self._shapes.targets_of(root)):
            return "sh:targetWhere is of SHACL 1.2"
        if self._recursive & reached:
            return "the shape refers to itself"
        return next(filter(None, map(self._reason_of_shape, sorted(reached, key=str))), "")

    def _reason_of_shape(self, shape: Node) -> str:
        known = self._known.get(shape)
        if known is None:
            known = self._known[shape] = (
                "a constraint is annotated, as in SHACL 1.2"
                if shape in self._annotated
                else self._reason_of_terms(shape)
                or _reason_of_parameters(self._graph, shape)
                or _reason_of_components(self._graph, shape)
                or why_exact(self._graph, shape, self._traits.irregular.digits)
            )
        return known

    def _reason_of_terms(self, shape: Node) -> str:
        graph = self._graph
        used = set(graph.predicates(shape))
        newer = sorted(local_name(term) for term in used if term in CORE_1_2)
        if newer:
            return f"sh:{newer[0]} is of SHACL 1.2"
        compared = used & _COMPARING
        if compared:
            bounds = find_irregular_nodes(value for term in compared for value in graph.objects(shape, term))
            if self._traits.irregular or bounds:
                return f"sh:{min(map(local_name, compared))} meets literals on which engines differ"
        if not all(_is_ordered(bound) for term in used & RANGES for bound in graph.objects(shape, term)):
            return "a bound is of a type on whose order engines differ"
        if used & BETWEEN:
            nodes = {node for term in (SH.path, *BETWEEN) for node in graph.objects(shape, term)}
            if nodes & self._traits.unordered or not all(isinstance(node, URIRef) for node in nodes):
                return "properties are compared that have values on whose order engines differ"
        for term in used & (_REPEATABLE | _LISTS | _PATHS):
            values = list(graph.objects(shape, term))
            if len(values) > 1:
                return f"sh:{local_name(term)} has several values"
            if term in _LISTS | _PATHS and not isinstance(values[0], URIRef):
                return f"sh:{local_name(term)} with a list or path is of SHACL 1.2"
        return ""


def _is_ordered(bound: Node) -> bool:
    """Return whether engines order all literals alike with respect to a bound."""
    return isinstance(bound, Literal) and _ORDERED.fullmatch(write_node(bound)) is not None


def find_reporting(graph: Graph, root: Node) -> set[Node]:
    """Return a shape and the property shapes that report for themselves: what ``sh:property`` leads to."""
    found, waiting = {root}, [root]
    while waiting:
        for inner in graph.objects(waiting.pop(), SH.property):
            if inner not in found:
                found.add(inner)
                waiting.append(inner)
    return found


def _find_annotated(graph: Graph) -> set[Node]:
    """Return the shapes of which a triple is annotated."""
    return {term.subject for term in graph.objects(None, REIFIES_NODE) if isinstance(term, TripleTerm)}


def _reason_of_parameters(graph: Graph, shape: Node) -> str:
    if str(graph.value(shape, SH.minLength)) == "0":
        return "sh:minLength 0 excludes blank nodes, which the fast engine lets pass"
    counts = (SH.qualifiedMinCount, SH.qualifiedMaxCount)
    if (shape, SH.qualifiedValueShape, None) in graph and all((shape, term, None) not in graph for term in counts):
        return "sh:qualifiedValueShape without a number has no effect, and the fast engine refuses it"
    if graph.value(shape, SH.closed) == sh("ByTypes"):
        return "sh:ByTypes is of SHACL 1.2"
    if graph.value(shape, SH.nodeKind) == sh("TripleTerm"):
        return "sh:TripleTerm is of SHACL 1.2"
    return ""


def _reason_of_components(graph: Graph, shape: Node) -> str:
    """Return why the components that shapes declare are for EILD's own evaluator."""
    is_property = (shape, SH.path, None) in graph
    for component in set(graph.subjects(SH.parameter)):
        required = [path for path, optional in parameters_of(graph, component) if not optional]
        is_used = required and all((shape, path, None) in graph for path in required)
        if not is_used:
            continue
        validator, _ = find_validator(graph, component, is_property=is_property)
        if validator is None:
            return "a constraint component has no validator for the shape, and is ignored"
        if is_property and (validator, SH.ask, None) in graph:
            return "the fast engine does not name the values that an ASK validator rejects"
    return ""
