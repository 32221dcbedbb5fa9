"""What a query may be before the engine sees it, and what kind of query it is."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import Final

from eild.errors import BodyTooLargeError, QueryError, UpdateRefusedError
from eild.query.text.limits import find_danger, refuse_service
from eild.query.text.query import Query, read_query
from eild.query.text.tokens import locate

UPDATE_FORMS: Final = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
"""The keywords that begin an update."""

_LARGE: Final = 64 * 1024
_ONE_LARGE_AT_A_TIME: Final = threading.Lock()  # the tokens of a query of 1 MiB take up to 100 MiB
_VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


@dataclass(frozen=True)
class QueryShape:
    """What decides how a query is answered.

    :ivar form: the query form, empty if the query was not read
    :ivar volatile: whether answers vary by themselves
    :ivar text: the query to evaluate: what was given, written so that every parser reads the same tokens
    """

    form: str
    volatile: bool
    text: str = ""

    @property
    def makes_graph(self) -> bool:
        """Whether the answer is a graph."""
        return self.form in {"CONSTRUCT", "DESCRIBE"}


def _check_unread(query: Query) -> None:
    """Refuse a text that is an update, or that is not read and may harm the engine.

    :raises UpdateRefusedError: if it is an update
    :raises QueryError: if it may do harm
    """
    form = query.first_word
    if form in UPDATE_FORMS:
        message = f"{form} is an update, and this endpoint is read-only"
        hint = "use SELECT, ASK, CONSTRUCT or DESCRIBE; to change a copy of the data, download a dump"
        raise UpdateRefusedError(message, hint=hint)
    danger = find_danger(query.given)
    if danger is None:
        return
    what, offset = danger
    if "SERVICE" in what:
        raise refuse_service(query.given, offset)
    stuck, expected = query.failure
    message = f"the query cannot be parsed from this position on, and contains {what}"
    hint = f"expected: {expected}" if expected else "shorten the query"
    raise QueryError(message, location=locate(query.given, stuck), hint=hint)


def check_query_text(text: str, max_bytes: int) -> QueryShape:
    """Return what kind of query a text is, or refuse it.

    A text that is not read passes without a form, unless it may harm the engine, which tells whether it is a query.

    :param text: the query
    :param max_bytes: the greatest length in UTF-8
    :raises BodyTooLargeError: if it is longer
    :raises QueryError: if it is nested too deep, has too many parts or asks other endpoints
    :raises UpdateRefusedError: if it is an update
    """
    if len(text) * 4 > max_bytes and (size := len(text.encode("utf-8", "surrogatepass"))) > max_bytes:
        message = f"the query must have at most {max_bytes} bytes, not {size}"
        raise BodyTooLargeError(message, hint="shorten it, for example, by splitting VALUES lists into several queries")
    with _ONE_LARGE_AT_A_TIME if len(text) > _LARGE else contextlib.nullcontext():
        query = read_query(text)
    found = query.structure
    if found is None:
        _check_unread(query)
        return QueryShape("", volatile=False, text=text)
    if found.service >= 0:
        raise refuse_service(text, query.find_offset(found.service))
    makes_nodes = found.form == "CONSTRUCT" and found.makes_nodes
    volatile = makes_nodes or not _VOLATILE.isdisjoint(found.functions)
    return QueryShape(found.form, volatile, query.text)
