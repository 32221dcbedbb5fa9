"""How a server process and a query process talk: a length, a JSON head, and for answers the bytes of the result."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, Final

from eild import media
from eild.errors import (
    EildError,
    Location,
    NotAcceptableError,
    QueryError,
    ResultTooLargeError,
    UsageError,
)
from eild.store.engine import QueryAnswer, QueryRequest

if TYPE_CHECKING:
    import socket

    from eild.media import Format

_HEAD: Final = struct.Struct("!IQ")
_FORMATS: Final[dict[str, Format]] = {form.media_type: form for form in (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)}
_ERRORS: Final[dict[str, type[EildError]]] = {
    kind.__name__: kind for kind in (QueryError, ResultTooLargeError, NotAcceptableError, UsageError)
}


class ClosedError(ConnectionError):
    """The other side went away."""


def _receive_exactly(connection: socket.socket, size: int) -> bytes:
    content = bytearray(size)
    view, done = memoryview(content), 0
    while done < size:
        count = connection.recv_into(view[done:])
        if not count:
            raise ClosedError
        done += count
    return bytes(content)


def _send(connection: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    text = json.dumps(head).encode()
    connection.sendall(_HEAD.pack(len(text), len(body)) + text)
    if body:
        connection.sendall(body)


def _receive(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    head_size, body_size = _HEAD.unpack(_receive_exactly(connection, _HEAD.size))
    head: dict[str, Any] = json.loads(_receive_exactly(connection, head_size))
    return head, _receive_exactly(connection, body_size)


def send_request(connection: socket.socket, request: QueryRequest) -> None:
    """Send a query.

    :raises OSError: if the other side is gone
    """
    head = {
        "text": request.text,
        "results": request.results.media_type if request.results else None,
        "graph": request.graph.media_type if request.graph else None,
        "default_graphs": request.default_graphs,
        "named_graphs": request.named_graphs,
    }
    _send(connection, head)


def receive_request(connection: socket.socket) -> QueryRequest:
    """Wait for a query.

    :raises ClosedError: if the other side went away
    """
    head, _ = _receive(connection)
    return QueryRequest(
        text=head["text"],
        results=_FORMATS.get(head["results"]),
        graph=_FORMATS.get(head["graph"]),
        default_graphs=tuple(head["default_graphs"]),
        named_graphs=tuple(head["named_graphs"]),
    )


def send_outcome(connection: socket.socket, outcome: QueryAnswer | EildError) -> None:
    """Send an answer or the reason why there is none.

    :raises OSError: if the other side is gone
    """
    if isinstance(outcome, QueryAnswer):
        _send(connection, {"format": outcome.format.media_type}, outcome.body)
        return
    place = outcome.location
    _send(
        connection,
        {
            "error": type(outcome).__name__,
            "message": outcome.message,
            "hint": outcome.hint,
            "place": [place.path, place.line, place.column] if place else None,
        },
    )


def receive_outcome(connection: socket.socket) -> QueryAnswer:
    """Wait for an answer and return it, or raise the failure that came instead.

    :raises EildError: the failure that the query process reports
    :raises ClosedError: if the query process died
    """
    head, body = _receive(connection)
    if "format" in head:
        return QueryAnswer(_FORMATS[head["format"]], body)
    kind = _ERRORS.get(head["error"], QueryError)
    error = kind(head["message"], hint=head["hint"])
    error.location = Location(*head["place"]) if head["place"] else None
    raise error
