"""A remote SPARQL server as query engine, queried by the SPARQL 1.1 Protocol.

Its response is read completely, parsed, and serialized again. An error message at the end of a result, a truncated
result, malformed JSON and missing rows are reported as errors, never returned as a result.
"""

from __future__ import annotations

import json
import re
import threading
import traceback
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlencode

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, parse_query_results

from eild import media
from eild.errors import BackendError, BackendTimeoutError, BusyError, DataError, EildError, QueryError
from eild.query.deadline import Deadline
from eild.query.engine import QueryRequest, query_limits
from eild.query.results import serialize_results, serialize_triples
from eild.query.text.query import Query, read_query
from eild.query.text.tokens import locate
from eild.rdf.reading import read_bytes
from eild.rdf.syntaxes import GRAPH_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import Triple

    from eild.config import Settings
    from eild.query.engine import QueryAnswer, QueryLimits
    from eild.query.transport import Reply

REMOTE_CONNECTIONS: Final = 4
"""Queries at the same time to another SPARQL server, for each that would be evaluated here."""
ROWS_TYPE: Final = "application/sparql-results+json"
"""What SELECT and ASK are asked for in: where it breaks off, it does not parse."""
GRAPH_TYPE: Final = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"
"""What CONSTRUCT and DESCRIBE are asked for in."""

_CHARSET: Final = re.compile(r';\s*charset\s*=\s*"?([^";\s]+)', re.IGNORECASE)
_ROW_TYPES: Final = {ROWS_TYPE, "application/json"}
_VIRTUOSO: Final = "virtuoso"
_VIRTUOSO_ASK: Final = "__ASK_RETVAL"
_VIRTUOSO_NODE: Final = re.compile(rb'("type": *"bnode", *"value": *")nodeID://(?=[A-Za-z0-9]+")')
_VIRTUOSO_PARTIAL: Final = "x-sql-state"
_VIRTUOSO_ROWS: Final = "x-sparql-maxrows"
_TIMED_OUT: Final = re.compile(r"time[d ]*[ -]?out|cancell?ed", re.IGNORECASE)
_LONGEST_EXCERPT: Final = 300
_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_CLIENT_ERRORS: Final = {400, 413, 414, 422}
_TIMEOUTS: Final = {408, 504}
_WAITING_PER_QUERY: Final = 8
_HINT: Final = "contact the operator of the server; add LIMIT, or download a dump"


def _excerpt(body: bytes) -> str:
    """Return the beginning of what a server says, on one line and printable."""
    text = body[: 4 * _LONGEST_EXCERPT].decode("utf-8", "replace")
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain[:_LONGEST_EXCERPT]


def build_row_check(query: Query) -> str:
    """Return the SELECT query whose rows a CONSTRUCT or DESCRIBE query makes its graph of; empty if there are none.

    A server that cuts rows says so for SELECT alone; this query tells whether it cut those of a graph.

    :param query: the query
    """
    found = query.structure
    if found is None or found.form not in {"CONSTRUCT", "DESCRIBE"}:
        return ""
    if found.form == "DESCRIBE" and found.select.where is None:
        return ""
    prologue = query.write(0, found.head) + query.gaps[found.head] if found.head else ""
    return f"{prologue}SELECT * {query.write(found.body, len(query.sources))}"


class RemoteEngine:
    """A :class:`~eild.query.engine.QueryEngine` that asks a SPARQL server.

    :param url: the server's endpoint; user name and password in it are sent as basic authentication
    :param limits: seconds of a query, from connecting to the last byte, and bytes of its result
    :param prefixes: what Turtle answers may abbreviate
    :param connections: how many queries at the same time
    """

    def __init__(self, url: str, limits: QueryLimits, prefixes: Mapping[str, str], connections: int) -> None:
        from eild.query.transport import Transport  # its HTTP client takes memory in servers that ask no other one

        self._transport = Transport(url, limits.result_bytes, connections)
        self._limits = limits
        self._prefixes = prefixes
        self._slots = threading.BoundedSemaphore(connections)
        self._queue = threading.BoundedSemaphore(connections * _WAITING_PER_QUERY)
        self._running = self._waiting = 0

    @property
    def url(self) -> str:
        """The server's endpoint, without user name and password."""
        return self._transport.url

    def count(self) -> dict[str, int]:
        """Return how many queries run and wait, as :meth:`eild.query.workers.pool.PooledEngine.count` does."""
        return {"short": 0, "slow": self._running, "waiting": self._waiting, "idle": 0}

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Return the complete answer; see :meth:`eild.query.engine.QueryEngine.evaluate`.

        :raises BackendError: if the server is away, fails, or sends what is no complete answer
        :raises BackendTimeoutError: if it is too slow
        """
        if not self._queue.acquire(blocking=False):
            raise BusyError("too many queries are waiting", hint="try again in a few seconds")
        try:
            self._waiting += 1
            free = self._slots.acquire(timeout=self._limits.timeout)
            self._waiting -= 1
            if not free:
                raise BusyError("the backend server is busy", hint="try again in a few seconds")
            self._running += 1
            try:
                return self._evaluate(request, Deadline(self._limits.timeout))
            except EildError as error:
                _forget_frames(error)
                raise
            finally:
                self._running -= 1
                self._slots.release()
        finally:
            self._queue.release()

    def _evaluate(self, request: QueryRequest, deadline: Deadline) -> QueryAnswer:
        query = read_query(request.text)
        form = query.structure.form if query.structure else ""
        if form in {"CONSTRUCT", "DESCRIBE"}:
            triples = self._ask_graph(request, query, deadline)
            return serialize_triples(triples, request, self._limits.result_bytes, self._prefixes)
        if not form and query.first_word not in {"SELECT", "ASK"}:  # what else it may be, its result would not tell
            place, expected = query.failure
            message = "syntax error in the query"
            raise QueryError(message, location=locate(request.text, place), hint=f"expected here: {expected}")
        reply = self._ask(request, request.text, ROWS_TYPE, deadline)
        results = self._parse_rows(reply, form)
        try:
            return serialize_results(results, request, self._limits.result_bytes, self._prefixes)
        except (SyntaxError, ValueError) as error:
            raise self._broken(f"its rows are malformed: {_excerpt(str(error).encode())}") from error

    def _ask(self, request: QueryRequest, text: str, accept: str, deadline: Deadline) -> Reply:
        """Send a query and return the reply to it where that is an answer.

        :raises QueryError: if the server rejects the query
        :raises BackendError: if it fails
        :raises BackendTimeoutError: if it is too slow, or says that it was
        """
        pairs = [("query", text)]
        pairs += [("default-graph-uri", iri) for iri in request.default_graphs]
        pairs += [("named-graph-uri", iri) for iri in request.named_graphs]
        reply = self._transport.post(urlencode(pairs, errors="replace").encode(), accept, deadline)
        if reply.status == _OK:
            return reply
        said = _excerpt(reply.body)
        if reply.status in _TIMEOUTS or (reply.status not in _CLIENT_ERRORS and _TIMED_OUT.search(said)):
            message = f"the backend SPARQL server aborted the query: {said or reply.status}"
            raise BackendTimeoutError(message, hint="make the query more selective or add LIMIT")
        if reply.status in _CLIENT_ERRORS:
            message = f"the backend SPARQL server rejected the query: {said or reply.status}"
            raise QueryError(message, hint="change the part of the query that the message names")
        if reply.status in _REDIRECTS:
            raise self._broken(f"it responded with status {reply.status}, and redirects are not followed")
        raise self._broken(f"it responded with status {reply.status}: {said}")

    def _check_whole(self, reply: Reply, rows: int) -> None:
        """Refuse what the server itself marks as partial.

        :raises BackendError: if it does
        """
        if state := reply.fields.get(_VIRTUOSO_PARTIAL):
            raise self._broken(f"it sent only part of the result (state {state[:20]})")
        most = _parse_count(reply.fields.get(_VIRTUOSO_ROWS, ""))
        if most is not None and rows >= most:
            raise self._broken(f"it sends at most {most} rows of a result, and there may be more")

    def _parse_rows(self, reply: Reply, form: str) -> QuerySolutions | QueryBoolean:
        kind = _media_type(reply)
        if kind not in _ROW_TYPES:
            raise self._broken(f"it sent {kind[:60] or 'no media type'} instead of {ROWS_TYPE}")
        content = _VIRTUOSO_NODE.sub(rb"\1", reply.body)
        try:
            rows = 0
            results = parse_query_results(content, format=QueryResultsFormat.JSON)
            if isinstance(results, QuerySolutions):
                names = [variable.value for variable in results.variables]
                values = [[row[index] for index in range(len(names))] for row in results]
                rows = len(values)
                if names == [_VIRTUOSO_ASK] and form == "ASK":
                    answer = any(value is not None and str(value).startswith('"1"') for (value,) in values)
                    return _make_boolean(answer)
            else:
                json.loads(content)  # the parser stops at the value: the rest may be cut or foreign
        except (SyntaxError, ValueError, RecursionError) as error:
            raise self._broken(f"its result is incomplete or malformed: {_excerpt(str(error).encode())}") from error
        if form and isinstance(results, QueryBoolean) != (form == "ASK"):
            raise self._broken(f"it sent a result that {form} does not return")
        self._check_whole(reply, rows)
        if isinstance(results, QueryBoolean):
            return results
        return cast("QuerySolutions", parse_query_results(content, format=QueryResultsFormat.JSON))

    def _ask_graph(self, request: QueryRequest, query: Query, deadline: Deadline) -> list[Triple]:
        reply = self._ask(request, request.text, GRAPH_TYPE, deadline)
        kind = _media_type(reply)
        if kind not in GRAPH_TYPES:
            raise self._broken(f"it sent {kind[:60] or 'no media type'} instead of a graph")
        try:
            quads, _ = read_bytes(reply.body, GRAPH_TYPES[kind], name=self.url, charset=_charset(reply))
        except DataError as error:
            raise self._broken(f"its graph is incomplete or malformed: {_describe(error)}") from error
        found = [quad.triple for quad in quads]
        self._check_whole(reply, 0)
        cuts_graphs = reply.fields.get("server", "").lower().startswith(_VIRTUOSO)  # and says nothing of it
        if cuts_graphs and (check := build_row_check(query)):
            self._parse_rows(self._ask(request, check, ROWS_TYPE, deadline), "SELECT")
        return found

    def _broken(self, what: str) -> BackendError:
        return BackendError(f"the backend SPARQL server did not return a complete result: {what}", hint=_HINT)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()


def _forget_frames(error: BaseException) -> None:
    """Drop the local values that a failure still holds: results may only be dropped by the thread that read them."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for failure in chain:
        traceback.clear_frames(failure.__traceback__)


def _parse_count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _media_type(reply: Reply) -> str:
    return reply.fields.get("content-type", "").partition(";")[0].strip().lower()


def _charset(reply: Reply) -> str:
    """Return the ``charset`` parameter of the content type, an empty string if there is none."""
    found = _CHARSET.search(reply.fields.get("content-type", ""))
    return found[1] if found else ""


def _describe(error: DataError) -> str:
    """Return what is wrong with a document, with its line."""
    line = f"line {error.location.line}: " if error.location and error.location.line else ""
    return _excerpt(f"{line}{error.message}".encode())


def _make_boolean(value: bool) -> QueryBoolean:  # noqa: FBT001 - it is what is made
    text = json.dumps({"head": {}, "boolean": value})
    return cast("QueryBoolean", parse_query_results(text.encode(), format=QueryResultsFormat.JSON))


def list_rows(engine: RemoteEngine, query: str) -> Sequence[Sequence[dict[str, str] | None]]:
    """Return the rows of a SELECT query of this site's own, values as in SPARQL 1.1 Query Results JSON."""
    content = json.loads(engine.evaluate(QueryRequest(query, results=media.JSON)).body)
    names = content["head"]["vars"]
    return [[row.get(name) for name in names] for row in content["results"]["bindings"]]


def make_remote_engine(settings: Settings, prefixes: Mapping[str, str]) -> RemoteEngine:
    """Return the engine that asks the SPARQL server which the settings name.

    :raises UsageError: if its URL is none
    """
    connections = REMOTE_CONNECTIONS * settings.query_workers
    return RemoteEngine(settings.store, query_limits(settings), prefixes, connections)
