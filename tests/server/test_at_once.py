"""Tests of answering without waiting: what is answered so gets the answer of the route, and all else is handed over."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from werkzeug.test import Client, create_environ

from eild.errors import BusyError, EildError, QueryTimeoutError
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.query.inside import InsideEngine
from eild.server.cache import AnswerCache
from eild.server.crew import Crew
from eild.server.layer import CacheLayer
from eild.server.reception import Exchange
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eild.query.engine import QueryAnswer, QueryRequest
    from eild.web.frame.site import Site

    ReadNumbers = Callable[[str | Metrics], Callable[..., float]]
    Submit = Callable[[QueryRequest], Future[QueryAnswer]]

MEBIBYTE = 1024 * 1024
QUERIES = (
    "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50",
    "SELECT ?p ?o { <https://w3id.org/eild/dataset> ?p ?o } LIMIT 100",
    "ASK { ?s ?p ?o }",
    "ASK { ?s ?p 'ü€' }",
    "DESCRIBE <https://w3id.org/eild/dataset>",
    "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o LIMIT 2",
    "SELECT * {",
    "SELECT * { 'x' ?p ?o }",
    "DROP ALL",
    "",
)
FIELDS: tuple[dict[str, str], ...] = (
    {},
    {"Accept": "text/turtle, text/csv"},
    {"Accept": "text/html"},
    {"Accept-Encoding": "gzip"},
    {"If-None-Match": "*"},
    {"Range": "bytes=0-1"},
    {"Host": "two,hosts"},
)


class Recorder:
    """Takes one answer, as the server does."""

    def __init__(self) -> None:
        self.status = 0
        self.fields: Sequence[tuple[str, str]] = ()
        self.body = b""
        self.answered = threading.Event()

    def response_bytes(self, status: int, fields: Sequence[tuple[str, str]], body: bytes) -> None:
        """Take a whole answer."""
        if not self.answered.is_set():
            self.status, self.fields, self.body = status, fields, body
            self.answered.set()

    def response_iter(self, status: int, fields: Sequence[tuple[str, str]], body: object) -> None:
        """Fail: nothing here is long."""
        raise NotImplementedError


class Front:
    """A layer whose engine evaluates at once, and which counts what it evaluates.

    :param site: the dataset
    :param submit: takes queries in place of the engine
    :param inside: evaluates cheap queries
    """

    def __init__(self, site: Site, submit: Submit | None = None, inside: InsideEngine | None = None) -> None:
        self.metrics = Metrics()
        self.asked = 0
        self._site = site
        queries = QuickQueries(site, list_common_fields(site), None, submit or self._submit, inside)
        accounts = Accounts(self.metrics)
        cache = AnswerCache(8 * MEBIBYTE)
        self.layer = CacheLayer(create_app(site, accounts), cache, accounts, queries)

    def _submit(self, request: QueryRequest) -> Future[QueryAnswer]:
        self.asked += 1
        future: Future[QueryAnswer] = Future()
        try:
            future.set_result(self._site.engine.evaluate(request))
        except EildError as error:
            future.set_exception(error)
        return future

    def ask(self, path: str, fields: Mapping[str, str] | None = None, method: str = "GET") -> tuple[Recorder, bool]:
        """Return the answer, and whether the layer took the request upon itself."""
        recorder = Recorder()
        exchange = Exchange(
            recorder, create_environ(path, method=method, headers=dict(fields or {})), Crew(4, idle=0.1)
        )
        at_once = self.layer.answer_at_once(exchange)
        if not at_once:
            exchange.answer(self.layer)
        assert recorder.answered.wait(20)
        return recorder, at_once


@pytest.fixture(scope="module")
def inside(site: Site) -> InsideEngine:
    """Return what evaluates cheap queries."""
    found = InsideEngine.load(site.publication, prefixes=site.prefixes, result_bytes=MEBIBYTE)
    assert found is not None
    return found


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_at_once_any_query_answered_like_the_route(site: Site, inside: InsideEngine, query: str, method: str) -> None:
    """Anew, again and from memory, whatever is asked for: status, fields and content are those of the route."""
    front, plain = Front(site, inside=inside), Client(create_app(site))
    path = f"/sparql?query={quote(query)}"
    for fields in FIELDS:
        expected = plain.open(path, method=method, headers=fields)
        for _ in range(3):
            found, _ = front.ask(path, fields, method)
            assert (found.status, found.body) == (expected.status_code, expected.data), fields
            assert sorted(dict(found.fields).items()) == sorted(expected.headers.items()), fields


def test_at_once_most_queries_taken(site: Site, inside: InsideEngine) -> None:
    """Queries for programs are taken, cheap ones evaluated here; pages, conditions and what is wrong are not."""
    front = Front(site, inside=inside)

    def is_taken(query: str, **fields: str) -> bool:
        return front.ask(f"/sparql?query={quote(query)}", {key.replace("_", "-"): fields[key] for key in fields})[1]

    assert is_taken("ASK { ?s ?p ?o }")
    assert front.asked == 0
    assert is_taken(QUERIES[0])
    assert front.asked == 1
    assert is_taken(QUERIES[0])
    assert front.asked == 1
    assert not is_taken("ASK { ?s ?p ?o }", Accept="text/html")
    assert not is_taken("ASK { ?s ?p 1 }", If_None_Match='"x"')
    assert not is_taken("ASK { ?s ?p 1 }", Range="bytes=0-1")
    assert not is_taken("DROP ALL")
    assert not front.ask("/")[1]


def test_at_once_cheap_query_kept_from_the_second_time(
    site: Site, inside: InsideEngine, read_numbers: ReadNumbers
) -> None:
    """An answer that costs next to nothing is kept when it is asked for again, not when it is asked for once."""
    front = Front(site, inside=inside)
    path = f"/sparql?query={quote('ASK { ?s ?p ?o }')}"
    for hits in (0, 0, 1, 2):
        front.ask(path)
        assert read_numbers(front.metrics)("eild_cache_requests_total", result="hit") == hits


def test_at_once_engine_fails_told_by_the_route_and_counted_once(site: Site, read_numbers: ReadNumbers) -> None:
    """A failure of the engine is told as ever; nothing stays in flight."""

    def submit(_: QueryRequest) -> Future[QueryAnswer]:
        future: Future[QueryAnswer] = Future()
        future.set_exception(QueryTimeoutError("too slow"))
        return future

    front = Front(site, submit)
    found, at_once = front.ask(f"/sparql?query={quote('ASK {}')}")
    assert (found.status, at_once) == (503, True)
    assert b"too slow" in found.body
    numbers = read_numbers(front.metrics)
    assert numbers("eild_queries_total", outcome="timeout") == 1
    assert numbers("eild_http_requests_in_flight") == 0


def test_at_once_no_place_for_a_query_handed_over(site: Site, read_numbers: ReadNumbers) -> None:
    """Where the engine has no place the route tries once more, and no equal request waits for ever."""

    def submit(_: QueryRequest) -> Future[QueryAnswer]:
        raise BusyError("too many")

    front = Front(site, submit)
    for number in range(2):
        found, at_once = front.ask(f"/sparql?query={quote(f'ASK {{ ?s ?p {number} }}')}")
        assert (found.status, at_once) == (200, False)
    assert read_numbers(front.metrics)("eild_http_requests_in_flight") == 0


def test_at_once_large_answer_coded_by_a_thread_that_may_wait(site: Site) -> None:
    """An answer that takes a while to compress is the same, whoever compresses it."""
    query = "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 300"
    path = f"/sparql?query={quote(query)}&format=json"
    expected = Client(create_app(site)).get(path, headers={"Accept-Encoding": "gzip"})
    found, at_once = Front(site).ask(path, {"Accept-Encoding": "gzip"})
    assert (at_once, found.status, len(found.body)) == (True, 200, len(expected.data))
    assert dict(found.fields)["Content-Encoding"] == "gzip"


def test_inside_large_answer_left_to_the_processes(site: Site) -> None:
    """An answer over the limit of this process is no failure: the query processes judge it by the limit of all."""
    small = InsideEngine.load(site.publication, prefixes=site.prefixes, result_bytes=10)
    front = Front(site, inside=small)
    found, at_once = front.ask(f"/sparql?query={quote('ASK { ?s ?p ?o }')}")
    assert (found.status, at_once, front.asked) == (200, True, 1)


def test_inside_answer_that_takes_long_to_compress_sent_by_a_thread(site: Site, inside: InsideEngine) -> None:
    """A cheap query with a long answer is evaluated here and compressed by a thread that may wait."""
    front, query = Front(site, inside=inside), "SELECT * { ?s ?p ?o } LIMIT 200"
    path = f"/sparql?query={quote(query)}&format=json"
    found, at_once = front.ask(path, {"Accept-Encoding": "gzip"})
    assert (found.status, at_once, front.asked) == (200, True, 0)
    assert dict(found.fields)["Content-Encoding"] == "gzip"
    assert front.ask(path)[0].body == gzip.decompress(found.body)


def test_inside_other_dataset_not_taken(site: Site, inside: InsideEngine) -> None:
    """A query over graphs of the client's choice is not judged."""
    front = Front(site, inside=inside)
    front.ask(f"/sparql?query={quote('ASK { ?s ?p ?o }')}&default-graph-uri=https://w3id.org/eild/graph/claims")
    assert front.asked == 1
