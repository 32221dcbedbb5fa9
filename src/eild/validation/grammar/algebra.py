"""SPARQL constraints as RDFLib's algebra, parsed once and refused if they would fetch (SHACL, section 5).

RDFLib's parser takes a quarter of a second to be loaded, so this is imported where a query is to be parsed.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from types import MethodType
from typing import TYPE_CHECKING, Any, Final, Self

import rdflib
from pyparsing import ParseBaseException
from rdflib import Literal
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.operators import EBV, string
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue, Expr
from rdflib.plugins.sparql.sparql import SPARQLError

from eild.errors import ShapesError
from eild.xpath.regex import PatternError, matches, replace, translate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.plugins.sparql.sparql import Query

CONDITION: Final = "Condition"
"""The name of the expression that holds the condition of a FILTER."""

_CACHED_QUERIES: Final = 2048


class _IllFormedQuery:
    """A context in which each way that RDFLib says "ill-formed query" becomes a :class:`ShapesError`."""

    def __enter__(self) -> Self:
        """Return the context itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> None:
        """Convert pyparsing's errors, and the plain ``Exception`` that RDFLib raises; let all others pass."""
        if isinstance(error, ParseBaseException):
            message = f"ill-formed SPARQL constraint: {error.msg} at line {error.lineno}, column {error.column}"
            raise ShapesError(message, hint="check the query's syntax") from error
        if isinstance(error, SPARQLError) or kind is Exception:
            message = f"ill-formed SPARQL constraint: {error}"
            raise ShapesError(message, hint="declare prefixes by sh:declare, name them by sh:prefixes") from error


@lru_cache(maxsize=_CACHED_QUERIES)
def parse_query(prefixes: tuple[tuple[str, str], ...], body: str) -> Query:
    """Parse the text of a SPARQL constraint, once.

    :param prefixes: the declared prefixes with their namespaces, sorted
    :param body: the query as the shape has it; lines of error messages count in it
    :raises ShapesError: if it is malformed, uses an undeclared prefix, or would fetch from elsewhere
    """
    header = " ".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in prefixes)
    with _IllFormedQuery(), _as_written():
        parsed = parseQuery(f"{header} {body}")
        _keep_filters(parsed[1])
        query = translateQuery(parsed)
    if query.algebra.get("datasetClause") or _uses_service(query.algebra):
        message = "a SPARQL constraint uses SERVICE or FROM, which would fetch from elsewhere"
        raise ShapesError(message, hint="write the constraint over the data graph alone")
    return query


@contextmanager
def _as_written() -> Iterator[None]:
    """Keep the lexical forms of literals in a query: RDFLib makes 1 of 01, and of 1e400 what is no double."""
    normalize = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = normalize


def _keep_filters(root: object) -> None:
    """Put each condition of a FILTER into an expression: RDFLib leaves out one that is a constant such as ``false``."""
    for part in list(iterate_parts(root)):
        if part.name == "Filter":
            part["expr"] = Expr(CONDITION, _evaluate_condition, expr=part["expr"])


def _evaluate_condition(expression: Any, _context: object) -> Literal:  # noqa: ANN401 - as RDFLib has it
    return Literal(EBV(expression.expr))


@lru_cache(maxsize=_CACHED_QUERIES)
def parse_translated(prefixes: tuple[tuple[str, str], ...], body: str) -> Query:
    """Parse a query as :func:`parse_query` does; its REGEX and REPLACE are those of XPath, computed patterns too.

    :raises ShapesError: if it is malformed, or would fetch
    :raises PatternError: if XPath has no such expression
    """
    query = parse_query.__wrapped__(prefixes, body)  # a copy of its own
    for part in iterate_parts(query.algebra):
        if part.name in _OF_XPATH and isinstance(part, Expr):
            expression: Any = part
            flags = expression.get("flags")
            if isinstance(expression.pattern, Literal) and isinstance(flags, Literal | None):
                translate(str(expression.pattern), str(flags or ""))
            expression._evalfn = MethodType(_OF_XPATH[part.name], part)  # noqa: SLF001 - RDFLib has no other way
    return query


def _evaluate_regex(expression: Any, _context: object) -> Literal:  # noqa: ANN401 - as RDFLib has it
    """Evaluate REGEX (SPARQL 1.1 Query, section 17.4.3.14)."""
    text, pattern = string(expression.text), string(expression.pattern)
    with _AsErrors():
        return Literal(matches(str(text), str(pattern), str(expression.flags or "")))


def _evaluate_replace(expression: Any, _context: object) -> Literal:  # noqa: ANN401 - as RDFLib has it
    """Evaluate REPLACE (SPARQL 1.1 Query, section 17.4.3.15)."""
    text, pattern, by = string(expression.arg), string(expression.pattern), string(expression.replacement)
    with _AsErrors():
        replaced = replace(str(text), str(pattern), str(by), str(expression.flags or ""))
        return Literal(replaced, datatype=text.datatype, lang=text.language)


class _AsErrors:
    """A context in which what XPath refuses is an error of the expression, as SPARQL has it."""

    def __enter__(self) -> Self:
        """Return the context itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> None:
        """Convert errors of patterns."""
        if isinstance(error, PatternError):
            raise SPARQLError(str(error)) from error


_OF_XPATH: Final = {"Builtin_REGEX": _evaluate_regex, "Builtin_REPLACE": _evaluate_replace}


def iterate_parts(root: object) -> Iterator[CompValue]:
    """Yield the parts of an algebra expression, without recursion."""
    waiting, seen = [root], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, CompValue):
            yield part
            waiting.extend(part.values())
            waiting.append(vars(part).get("graph"))  # the pattern of EXISTS, translated, is beside the parsed one
        elif isinstance(part, list | tuple | set):
            waiting.extend(part)


def _uses_service(root: object) -> bool:
    """Return whether an algebra expression holds a SERVICE pattern."""
    return any(part.name == "ServiceGraphPattern" for part in iterate_parts(root))
