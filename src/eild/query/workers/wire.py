"""The protocol between a server process and a query process: lengths, seconds, a head, and a body.

The head of a common message is one of a few byte strings; that of any other message is JSON. Received data is treated
as text only.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from typing import TYPE_CHECKING, Any, Final

from eild import media
from eild.errors import EildError, Location, NotAcceptableError, QueryError, ResultTooLargeError, UsageError
from eild.exchange.packing import pack, unpack
from eild.query.engine import QueryAnswer, QueryRequest

if TYPE_CHECKING:
    from eild.media import Format

_HEAD: Final = struct.Struct("!IQd")
_HELLO: Final = struct.Struct("!I")
_SMALL: Final = 64 * 1024
_FORMATS: Final[dict[str, Format]] = {form.media_type: form for form in (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)}
_ERRORS: Final[dict[str, type[EildError]]] = {
    kind.__name__: kind for kind in (QueryError, ResultTooLargeError, NotAcceptableError, UsageError)
}


def _name(form: Format | None) -> str:
    return form.media_type if form else ""


def _list_wishes() -> dict[tuple[Format | None, Format | None], bytes]:
    """Return the heads of queries on the whole dataset, by the formats for solutions and for a graph."""
    rows, graphs = (None, *media.RESULT_FORMATS), (None, *media.GRAPH_FORMATS)
    return {(row, graph): f"?{_name(row)} {_name(graph)}".encode() for row in rows for graph in graphs}


_WISHES: Final = _list_wishes()
_WISHED: Final = {head: forms for forms, head in _WISHES.items()}
_SIGNS: Final = {(False, False): "=", (True, False): "!", (False, True): "~", (True, True): "^"}
_ANSWERS: Final = {
    (form.media_type, last, packed): f"{sign}{form.media_type}".encode()
    for form in _FORMATS.values()
    for (last, packed), sign in _SIGNS.items()
}
_ANSWERED: Final = {head: (_FORMATS[name], last, packed) for (name, last, packed), head in _ANSWERS.items()}


class ClosedError(ConnectionError):
    """The other side went away."""


def _receive_into(connection: socket.socket, content: bytearray, done: int) -> bytes:
    """Fill the rest of a buffer and return it."""
    with memoryview(content) as view:
        while done < len(content):
            count = connection.recv_into(view[done:])
            if not count:
                raise ClosedError
            done += count
    return bytes(content)


def _pack_start(head: bytes | dict[str, Any], body: bytes, seconds: float = 0.0) -> bytes:
    """Return what comes before the body of a message."""
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return _HEAD.pack(len(text), len(body), seconds) + text


def _send(connection: socket.socket, head: bytes | dict[str, Any], body: bytes = b"", seconds: float = 0.0) -> None:
    start = _pack_start(head, body, seconds)
    if len(body) <= _SMALL:
        connection.sendall(start + body)
    else:
        connection.sendall(start)
        connection.sendall(body)


def _receive(connection: socket.socket) -> tuple[bytes, bytes]:
    """Return the one message that is to come: most fit into the first piece that arrives."""
    start = connection.recv(_SMALL)
    if not start:
        raise ClosedError
    if len(start) < _HEAD.size:
        start = _receive_into(connection, bytearray(start.ljust(_HEAD.size, b"\0")), len(start))
    head_size, body_size, _ = _HEAD.unpack_from(start)
    end = _HEAD.size + head_size
    if len(start) < end:
        start = _receive_into(connection, bytearray(start.ljust(end, b"\0")), len(start))
    head = start[_HEAD.size : end]
    if len(start) == end + body_size:
        return head, start[end:]
    body = bytearray(body_size)
    arrived = start[end:]
    body[: len(arrived)] = arrived
    return head, _receive_into(connection, body, len(arrived))


def send_hello(connection: socket.socket, pid: int) -> None:
    """Send the ID of this process.

    :raises OSError: if the peer has disconnected
    """
    connection.sendall(_HELLO.pack(pid))


def receive_hello(connection: socket.socket) -> int:
    """Return the ID of the process that has accepted the connection.

    :raises ClosedError: if the peer has disconnected
    :raises BlockingIOError: if none has accepted it yet, and the socket does not block
    """
    pid: int = _HELLO.unpack(_receive_into(connection, bytearray(_HELLO.size), 0))[0]
    return pid


def pack_request(request: QueryRequest) -> bytes:
    """Return the message that asks a query."""
    body = request.text.encode("utf-8", "surrogatepass")
    short = _WISHES.get((request.results, request.graph))
    if short is not None and not request.default_graphs and not request.named_graphs:
        return _pack_start(short, body) + body
    head = {
        "results": _name(request.results),
        "graph": _name(request.graph),
        "default_graphs": request.default_graphs,
        "named_graphs": request.named_graphs,
    }
    return _pack_start(head, body) + body


def receive_request(connection: socket.socket) -> QueryRequest:
    """Wait for a query.

    :raises ClosedError: if the other side went away
    """
    head, body = _receive(connection)
    text = body.decode("utf-8", "surrogatepass")
    if head in _WISHED:
        return QueryRequest(text, *_WISHED[head])
    found = json.loads(head)
    return QueryRequest(
        text,
        _FORMATS.get(found["results"]),
        _FORMATS.get(found["graph"]),
        default_graphs=tuple(found["default_graphs"]),
        named_graphs=tuple(found["named_graphs"]),
    )


def send_outcome(connection: socket.socket, outcome: QueryAnswer | EildError, *, last: bool = False) -> None:
    """Send an answer or the reason why there is none.

    :param last: whether this process takes no further query
    :raises OSError: if the other side is gone
    """
    if isinstance(outcome, QueryAnswer):
        packed = pack(outcome.body)
        head = _ANSWERS[outcome.format.media_type, last, packed is not None]
        _send(connection, head, outcome.body if packed is None else packed, outcome.seconds)
        return
    place = outcome.location
    _send(
        connection,
        {
            "error": type(outcome).__name__,
            "message": outcome.message,
            "hint": outcome.hint,
            "last": last,
            "place": [place.path, place.line, place.column] if place else None,
        },
    )


def _parse_outcome(start: bytes, body: bytes, seconds: float) -> tuple[QueryAnswer | EildError, bool]:
    """Return the outcome for a head and a body, and whether the query process accepts no more queries.

    :param seconds: how long the engine took
    :raises ClosedError: if the query process sends what none does
    """
    if start in _ANSWERED:
        form, last, is_packed = _ANSWERED[start]
        try:
            content, packed = (unpack(body), body) if is_packed else (body, None)
            return QueryAnswer(form, content, packed, seconds), last
        except ValueError as cause:
            raise ClosedError from cause
    head = json.loads(start)
    kind = _ERRORS.get(head["error"], QueryError)
    error = kind(head["message"], hint=head["hint"])
    error.location = Location(*head["place"]) if head["place"] else None
    return error, bool(head["last"])


class OutcomeReader:
    """Takes in one outcome after the other from a connection, as their bytes arrive, without waiting for any.

    :param connection: the connected socket
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._start = b""
        self._head = b""
        self._seconds = 0.0
        self._body = bytearray()
        self._filled = -1  # of the body; negative as long as the head is not whole

    def read(self) -> tuple[QueryAnswer | EildError, bool] | None:
        """Return an answer or the failure that came instead, and whether the query process takes no more queries.

        None until all of it has arrived.

        :raises ClosedError: if the query process died
        :raises OSError: if the connection broke
        """
        with contextlib.suppress(BlockingIOError):
            if self._filled < 0:
                found = self._read_start()
                if found is not None or self._filled < 0:
                    return found
            with memoryview(self._body) as view:
                while self._filled < len(view):
                    count = self._connection.recv_into(view[self._filled :], 0, socket.MSG_DONTWAIT)
                    if not count:
                        raise ClosedError
                    self._filled += count
            outcome = _parse_outcome(self._head, bytes(self._body), self._seconds)
            self._start, self._body, self._filled = b"", bytearray(), -1
            return outcome
        return None

    def _read_start(self) -> tuple[QueryAnswer | EildError, bool] | None:
        """Take in the first piece; return the outcome where that is all of it, as it is for most."""
        piece = self._connection.recv(_SMALL, socket.MSG_DONTWAIT)
        if not piece:
            raise ClosedError
        start = self._start = self._start + piece
        if len(start) < _HEAD.size:
            return None
        head_size, body_size, self._seconds = _HEAD.unpack_from(start)
        end = _HEAD.size + head_size
        if len(start) < end:
            return None
        self._head, arrived = start[_HEAD.size : end], start[end:]
        if len(arrived) == body_size:
            self._start = b""
            return _parse_outcome(self._head, arrived, self._seconds)
        self._body, self._filled = bytearray(body_size), len(arrived)
        self._body[: len(arrived)] = arrived
        return None
