"""From a shapes graph to shapes with their constraints (SHACL, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rdflib import BNode, URIRef
from rdflib.namespace import RDF

from eild.errors import ShapesError
from eild.validation.exact import comparisons, components, logic
from eild.validation.exact.annotations import read_annotation
from eild.validation.exact.model import Constraint, Shape
from eild.validation.grammar.lists import list_cells
from eild.validation.grammar.paths import parse_path
from eild.validation.grammar.terms import COMPONENTS, sh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.validation.exact.model import Check, Evaluation

    Compile = Callable[[Evaluation, Shape, Node], Check]

_LESS: Final = frozenset({-1})
_AT_MOST: Final = frozenset({-1, 0})
_GREATER: Final = frozenset({1})
_AT_LEAST: Final = frozenset({0, 1})

COMPILERS: Final[dict[str, Compile]] = {
    "class": components.check_class,
    "datatype": components.check_datatype,
    "nodeKind": components.check_node_kind,
    "minCount": components.check_count(least=True),
    "maxCount": components.check_count(least=False),
    "minExclusive": components.check_range(_GREATER),
    "minInclusive": components.check_range(_AT_LEAST),
    "maxExclusive": components.check_range(_LESS),
    "maxInclusive": components.check_range(_AT_MOST),
    "minLength": components.check_length(least=True),
    "maxLength": components.check_length(least=False),
    "pattern": components.check_pattern,
    "singleLine": components.check_single_line,
    "languageIn": components.check_languages,
    "uniqueLang": components.check_unique_languages,
    "in": components.check_in,
    "hasValue": components.check_has_value,
    "rootClass": components.check_root_class,
    "expression": components.check_expression,
    "equals": comparisons.check_equals,
    "disjoint": comparisons.check_disjoint,
    "subsetOf": comparisons.check_subset,
    "lessThan": comparisons.check_less(_LESS),
    "lessThanOrEquals": comparisons.check_less(_AT_MOST),
    "closed": comparisons.check_closed,
    "minListLength": comparisons.check_list_length(least=True),
    "maxListLength": comparisons.check_list_length(least=False),
    "uniqueMembers": comparisons.check_unique_members,
    "uniqueValuesFor": comparisons.check_unique_key,
    "reifierShape": comparisons.check_reifiers,
    "node": logic.check_node,
    "nodeByExpression": logic.check_node,
    "not": logic.check_not,
    "and": logic.check_list_of_shapes(lambda count, total: count == total),
    "or": logic.check_list_of_shapes(lambda count, _: count > 0),
    "xone": logic.check_list_of_shapes(lambda count, _: count == 1),
    "qualifiedMinCount": logic.check_qualified(least=True),
    "qualifiedMaxCount": logic.check_qualified(least=False),
    "someValue": logic.check_some,
    "memberShape": logic.check_members,
}
"""What compiles the constraint of each parameter, by its name."""

_WITH_SOURCE: Final = frozenset({"expression", "nodeByExpression"})
_NAMING: Final = {
    **dict.fromkeys((sh("property"), sh("node"), sh("nodeByExpression"), sh("someValue"), sh("memberShape")), False),
    **dict.fromkeys((sh("reifierShape"), sh("qualifiedValueShape")), False),
    sh("not"): True,
}
"""The parameters whose value is a shape; True if more values of it conforming means fewer outside."""
_QUALIFIED: Final = sh("qualifiedValueShape")
_BOUNDING: Final = frozenset({sh("qualifiedMaxCount"), sh("qualifiedValueShapesDisjoint")})
_LISTING: Final = {sh("and"): False, sh("or"): False, sh("xone"): True}


def named_shapes(graph: Graph, shape: Node) -> Iterator[tuple[Node, bool]]:
    """Yield the shapes that a shape refers to (SHACL, section 3.4.3), each with whether it does so negatively."""
    stated: list[tuple[Any, Node]] = list(graph.predicate_objects(shape))
    bounded = any(predicate in _BOUNDING for predicate, _ in stated)
    for predicate, value in stated:
        if predicate in _NAMING:
            yield value, _NAMING[predicate] or (bounded and predicate == _QUALIFIED)
        elif predicate in _LISTING:
            members = (graph.value(cell, RDF.first) for cell in list_cells(graph, value))
            yield from ((member, _LISTING[predicate]) for member in members if member is not None)


def find_reached(graph: Graph, shape: Node) -> set[Node]:
    """Return a shape and all shapes that it refers to, directly or through others."""
    found, waiting = {shape}, [shape]
    while waiting:
        for inner, _ in named_shapes(graph, waiting.pop()):
            if inner not in found:
                found.add(inner)
                waiting.append(inner)
    return found


def find_recursive(graph: Graph) -> frozenset[Node]:
    """Return the shapes that refer to themselves, and those that lie between two such."""
    edges = {shape: {inner for inner, _ in named_shapes(graph, shape)} for shape in set(graph.subjects())}
    edges = {shape: inner for shape, inner in edges.items() if inner}
    while True:
        named = {inner for found in edges.values() for inner in found}
        kept = {shape: found & edges.keys() for shape, found in edges.items() if shape in named}
        kept = {shape: found for shape, found in kept.items() if found}
        if len(kept) == len(edges):
            return frozenset(edges)
        edges = kept


def compile_shape(run: Evaluation, shape: Shape) -> None:
    """Fill a shape with its constraints.

    :raises ShapesError: if a constraint cannot be applied
    """
    graph = run.shapes
    for predicate, value in sorted(graph.predicate_objects(shape.node), key=lambda pair: (str(pair[0]), str(pair[1]))):
        annotation = read_annotation(graph, [(shape.node, predicate, value)])
        if annotation.deactivated:
            continue
        if predicate == sh("property"):
            shape.properties.append(run.shape(value))
            continue
        name = str(predicate).removeprefix(str(sh("")))
        compile_check = COMPILERS.get(name) if str(predicate).startswith(str(sh(""))) else None
        if compile_check is None:
            continue
        if name in _WITH_SOURCE and (isinstance(value, BNode) or value == sh("this")):
            message = f"sh:{name} with a node expression that is not a constant is not supported yet (SHACL 1.2)"
            raise ShapesError(message, location=run.locate(shape.node, predicate, value))
        constraint = Constraint(
            component=COMPONENTS[URIRef(str(predicate))],
            parameter=value,
            check=compile_check(run, shape, value),
            severity=annotation.severity,
            messages=annotation.messages,
            source=value if name in _WITH_SOURCE else None,
        )
        shape.constraints.append(constraint)


def make_shape(run: Evaluation, node: Node) -> Shape:
    """Return a shape without its constraints."""
    graph = run.shapes
    path = graph.value(node, sh("path"))
    severity = graph.value(node, sh("severity"))
    return Shape(
        node=node,
        path_node=path,
        path=None if path is None else parse_path(graph, path),
        severity=sh("Violation") if severity is None else severity,
        messages=tuple(sorted(graph.objects(node, sh("message")), key=str)),
        deactivated=components.is_true(graph.value(node, sh("deactivated"))),
    )
