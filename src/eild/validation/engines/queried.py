"""The queries that shapes lead to, and why the fast engine cannot be trusted with some of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib.namespace import SH

from eild.validation.grammar.expressions import find_expressions
from eild.validation.grammar.queries import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

_TELLING: Final = re.compile(r"[?$](?:message|failure)\b")
_VALUE: Final = re.compile(r"[?$]value\b")
_PRODUCT: Final = re.compile(r"\*")
_SUM: Final = re.compile(r"\b(?:SUM|AVG)\s*\(", re.IGNORECASE)
_ARITHMETIC: Final = re.compile(r"[?$)\d]\w*\s*[-+*/]\s*[?$(\w]|\b(?:SUM|AVG)\s*\(", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<![\w?$:])\d[\d.]*")
_DIGITS: Final = 18
"""Digits that the fast engine's integers and decimals hold."""
_DIGITS_OF_COUNTS: Final = 9
"""Digits that a sum over all data may add to those of its terms."""
_VALIDATORS: Final = (SH.validator, SH.nodeValidator, SH.propertyValidator)


def find_queries(graph: Graph, shape: Node) -> Iterator[str]:
    """Yield the queries that are run to apply a shape: of its SPARQL constraints, its components and its targets."""
    holders = [*graph.objects(shape, SH.sparql), *graph.objects(shape, SH.target)]
    for component, parameter in graph.subject_objects(SH.parameter):
        if any((shape, path, None) in graph for path in graph.objects(parameter, SH.path)):
            for predicate in _VALIDATORS:
                holders += graph.objects(component, predicate)
    for holder in dict.fromkeys(holders):
        for predicate in (SH.select, SH.ask):
            yield from map(str, graph.objects(holder, predicate))


def why_exact(graph: Graph, shape: Node, digits: int) -> str:
    """Return why a shape's queries are for EILD's own evaluator; an empty string if they are not.

    :param graph: the shapes graph
    :param shape: the shape
    :param digits: digits of the longest number of the data
    """
    for constraint in graph.objects(shape, SH.sparql):
        query = str(graph.value(constraint, SH.select) or "")
        texts = [text for holder in (constraint, shape) for text in graph.objects(holder, SH.message)]
        if not _VALUE.search(query) and any("{?value}" in text or "{$value}" in text for text in map(str, texts)):
            return "a message shows {?value}, which the query does not give"
    for query in find_queries(graph, shape):
        if _TELLING.search(query):
            return "a query tells ?message or ?failure"
        if not all(expression.is_translatable for expression in find_expressions(query)):
            return "a query computes a regular expression or a replacement"
        if may_overflow(query, digits):
            return "a query computes with numbers that may become too large for the fast engine"
    return ""


def may_overflow(query: str, digits: int) -> bool:
    """Return whether what a query computes may have more digits than the fast engine holds.

    :param query: the query
    :param digits: digits of the longest number of the data
    """
    code = code_of(query)
    if not _ARITHMETIC.search(code):
        return False
    longest = max(digits, *(len(number.replace(".", "")) for number in ["", *_NUMBER.findall(code)]))
    needed = longest * (1 + len(_PRODUCT.findall(code))) + len(re.findall(r"[-+]", code))
    return needed + (_DIGITS_OF_COUNTS if _SUM.search(code) else 0) > _DIGITS
