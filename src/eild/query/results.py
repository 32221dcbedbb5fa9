"""Serialize the results of the engine completely, within a size limit and within the characters of XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from eild import media
from eild.errors import NotAcceptableError, ResultTooLargeError
from eild.query.engine import QueryAnswer
from eild.rdf.syntaxes import RESULT_FORMATS
from eild.rdf.terms import write_term
from eild.rdf.writing import repair_xml, write_grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import IO

    from pyoxigraph import BlankNode, Triple

    from eild.media import Format
    from eild.query.engine import QueryRequest

_QUOTED: Final = re.compile('[",\r\n]').search
_ROWS_AT_ONCE: Final = 1000


class CappedBuffer:
    """A binary file that takes no more than a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._parts: list[bytes] = []
        self._left = limit
        self._limit = limit

    def write(self, data: bytes) -> int:
        """Append the data.

        :raises ResultTooLargeError: if that would exceed the limit
        """
        self._left -= len(data)
        if self._left < 0:
            message = f"the result is too large (limit: {self._limit} bytes)"
            raise ResultTooLargeError(message, hint="add LIMIT, select fewer columns, or download a dump from /dumps/")
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: all data are here already."""

    def content(self) -> bytes:
        """Return everything written."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


def _require(form: Format | None, what: str) -> Format:
    if form is None:
        message = f"the query returns {what}, and none of the accepted formats can represent that"
        offers = media.RESULT_FORMATS if what == "rows" else media.GRAPH_FORMATS
        types = tuple(offer.media_type for offer in offers)
        raise NotAcceptableError(message, suggestions=types, hint="request one of the available formats")
    return form


def _make_cell(term: NamedNode | Literal | BlankNode | Triple | None) -> str:
    """Return a value of a CSV row (SPARQL 1.1 Query Results CSV, section 3)."""
    if term is None:
        return ""
    value = term.value if isinstance(term, NamedNode | Literal) else write_term(term)
    if _QUOTED(value):
        value = value.replace('"', '""')
        return f'"{value}"'
    return value


def _write_csv(solutions: QuerySolutions, buffer: CappedBuffer) -> None:
    """Write solutions as CSV; the engine's own writer does not quote IRIs, in which commas may stand.

    :raises ResultTooLargeError: if they are more than the buffer takes
    """
    lines = [",".join(variable.value for variable in solutions.variables)]
    empty = '""' if len(solutions.variables) == 1 else ""  # a line without anything would be passed over by readers
    for solution in solutions:
        lines.append(",".join([_make_cell(term) for term in solution]) or empty)
        if len(lines) == _ROWS_AT_ONCE:
            buffer.write("".join(f"{line}\r\n" for line in lines).encode())
            lines.clear()
    buffer.write("".join(f"{line}\r\n" for line in lines).encode())


def serialize_results(
    results: QuerySolutions | QueryBoolean | QueryTriples,
    request: QueryRequest,
    limit: int,
    prefixes: Mapping[str, str],
) -> QueryAnswer:
    """Return results completely serialized, in the form that the request wants for their kind.

    :param limit: the greatest number of bytes
    :param prefixes: what Turtle and TriG may abbreviate
    :raises ResultTooLargeError: if they are more
    :raises NotAcceptableError: if the request has no form for their kind, or the form cannot carry them
    """
    if isinstance(results, QueryTriples):
        return serialize_triples(results, request, limit, prefixes)
    buffer = CappedBuffer(limit)
    form = request.results or _require(None, "rows")
    if form is media.CSV and isinstance(results, QuerySolutions):
        _write_csv(results, buffer)
    else:
        results.serialize(buffer, RESULT_FORMATS[form.name])  # type: ignore[arg-type] # it has what is called
    content = buffer.content()
    return QueryAnswer(form, repair_xml(content) if form is media.XML else content)


def serialize_triples(
    triples: Iterable[Triple],
    request: QueryRequest,
    limit: int,
    prefixes: Mapping[str, str],
) -> QueryAnswer:
    """Return triples completely serialized, in the form that the request wants for graphs.

    :param limit: the greatest number of bytes
    :param prefixes: what Turtle and TriG may abbreviate
    :raises ResultTooLargeError: if they are more
    :raises NotAcceptableError: if the request has no form for graphs, or the form cannot carry them
    """
    buffer = CappedBuffer(limit)
    form = _require(request.graph, "a graph")
    write_grouped(triples, cast("IO[bytes]", buffer), form, prefixes)
    content = buffer.content()
    return QueryAnswer(form, repair_xml(content) if form is media.RDF_XML else content)
