"""The queries that shapes lead to, and why the fast engine cannot be trusted with some of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib.namespace import SH

from eild.validation.grammar.expressions import find_arguments, find_expressions
from eild.validation.grammar.queries import NOT_CODE, code_of

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
_TOKEN: Final = re.compile(r"[?$]\w+|[\w.-]*:[\w.%-]*|(?:\d[\w.]*|\.\d+)|[A-Za-z]\w*|&&|\|\||[^\s\w]")
_OPERAND: Final = re.compile(r"[?$]\w+|\.?\d[\w.]*")
_NAMED: Final = re.compile(r"[\w.-]*:[\w.%-]*|a")
_CAST: Final = re.compile(r"(?:XMLSchema#|:)(?:integer|decimal|double|float|string)>?\s*\(")
_TRUTH: Final = re.compile(r"(?:\b(?:FILTER|HAVING|IF)\s*\(|&&|\|\||!)[\s(!]*[?$]\w+\s*(?:\)|,|&&|\|\|)", re.IGNORECASE)
"""Matches variables as conditions: a text with a language is one, which the fast engine takes for an error."""
_SUBSTRING: Final = re.compile(r"\bSUBSTR\s*\(", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"[?$]\w")
_POSITIVE: Final = re.compile(r"\s*[1-9][0-9]*\s*")
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
        if has_chain(query):
            return "a query subtracts or divides in a chain, which the fast engine computes from its end"
        code = code_of(query)
        if _CAST.search(query) or _TRUTH.search(code) or _starts_before(code):
            return "a query has a cast, a SUBSTR or a condition on which engines differ"
    return ""


def _starts_before(code: str) -> bool:
    """Return whether a SUBSTR has a constant start other than a positive integer."""
    for call in _SUBSTRING.finditer(code):
        arguments = find_arguments(code, call.end())
        start = code[slice(*arguments[1])] if len(arguments) > 1 else ""
        if not _VARIABLE.search(start) and not _POSITIVE.fullmatch(start):
            return True
    return False


def has_chain(query: str) -> bool:
    """Return whether a query subtracts, and then adds or subtracts, or divides, and then multiplies or divides.

    Such operators are evaluated from the left (SPARQL 1.1 Query, rules 116 and 117).
    """
    tokens = _TOKEN.findall(_mask(query))
    levels: list[set[str]] = [set()]
    for number, token in enumerate(tokens):
        before, after = tokens[number - 1] if number else "", tokens[number + 1] if number + 1 < len(tokens) else ""
        if token in {"(", "{", "["}:
            levels.append(set())
        elif token in {")", "}", "]"}:
            levels[:] = levels[:-1] or [set()]
        elif token not in {"+", "-", "*", "/"}:
            is_function = after == "(" and (token[0].isalpha() or _NAMED.fullmatch(token))
            if not is_function and not _OPERAND.fullmatch(token):
                levels[-1].clear()
        elif _is_binary(before, after):
            seen, group = levels[-1], "-" if token in {"+", "-"} else "/"
            if group in seen:
                return True
            if group == "-":
                seen.clear()
            if token == group:
                seen.add(group)
    return False


def _is_binary(before: str, after: str) -> bool:
    """Return whether an operator stands between two numbers: it may also be a sign, or part of a property path."""
    is_path = _NAMED.fullmatch(before) or _NAMED.fullmatch(after) or after == "^"
    return not is_path and (before == ")" or _OPERAND.fullmatch(before) is not None)


def _mask(query: str) -> str:
    """Return a query in which strings and IRIs are names, without comments."""
    return NOT_CODE.sub(lambda match: {"<": " :iri ", "#": " "}.get(match[0][0], " ?text "), query)


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
