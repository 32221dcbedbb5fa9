"""The texts of SPARQL constraints: parsed once, refused where they would fetch (SHACL, section 5)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self

from pyparsing import ParseBaseException
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import SPARQLError

from eild.errors import ShapesError

if TYPE_CHECKING:
    from rdflib.plugins.sparql.sparql import Query

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
    with _IllFormedQuery():
        query = prepareQuery(f"{header} {body}")
    if query.algebra.get("datasetClause") or _uses_service(query.algebra):
        message = "a SPARQL constraint uses SERVICE or FROM, which would fetch from elsewhere"
        raise ShapesError(message, hint="write the constraint over the data graph alone")
    return query


def _uses_service(root: object) -> bool:
    """Tell whether an algebra expression holds a SERVICE pattern, without recursion."""
    waiting, seen = [root], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, CompValue):
            if part.name == "ServiceGraphPattern":
                return True
            waiting.extend(part.values())
        elif isinstance(part, list | tuple | set):
            waiting.extend(part)
    return False
