"""Comparisons in queries as SPARQL defines them (SPARQL 1.1 Query, section 17.3): RDFLib orders what has no order.

RDFLib compares a string with a number, two IRIs, or ill-typed literals, and does not know dates before the year 1. An
operator of order here compares what :func:`eild.validation.exact.values.compare` does, and is an error otherwise.
"""

from __future__ import annotations

from functools import lru_cache
from types import MethodType
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox
from rdflib import Literal
from rdflib.plugins.sparql.parserutils import Expr
from rdflib.plugins.sparql.sparql import SPARQLError

from eild.validation.exact.terms import to_term
from eild.validation.exact.values import compare
from eild.validation.grammar.algebra import iterate_parts, parse_translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.plugins.sparql.sparql import Query

_ALLOWED: Final = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}
_CACHED_QUERIES: Final = 2048


@lru_cache(maxsize=_CACHED_QUERIES)
def parse_exact(prefixes: tuple[tuple[str, str], ...], body: str) -> Query:
    """Parse a query whose comparisons are those of SPARQL; see :func:`parse_translated`.

    :raises ShapesError: if it is malformed, or would fetch
    """
    query: Query = parse_translated.__wrapped__(prefixes, body)
    for part in iterate_parts(query.algebra):
        if part.name == "RelationalExpression" and isinstance(part, Expr):
            expression: Any = part
            expression._evalfn = MethodType(_make(expression._evalfn), part)  # noqa: SLF001 - RDFLib has no other way
    return query


def _make(original: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return the evaluation of a comparison, given RDFLib's."""

    def evaluate(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as RDFLib has it
        allowed = _ALLOWED.get(str(expression.op)) if expression.other is not None else None
        if allowed is None:
            return original(context)
        terms = [to_term(side) for side in (expression.expr, expression.other) if isinstance(side, Literal)]
        literals = [term for term in terms if isinstance(term, ox.Literal)]
        order = compare(*literals) if len(literals) == 2 else None  # noqa: PLR2004 - both sides
        if order is None:
            message = "these values have no order"
            raise SPARQLError(message)
        return Literal(order in allowed)

    return evaluate
