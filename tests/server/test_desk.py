"""Tests of the desk: the same answers from memory, in place and by query processes, and nothing else from there."""

from __future__ import annotations

import gc
import gzip
import json
import math
import socket
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client as Plain

from eild.errors import BusyError, ClientGoneError, EildError, QueryError, QueryTimeoutError, ResultTooLargeError
from eild.exchange.accounts import Accounts
from eild.exchange.answer import Answer
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import RequestLog
from eild.query.inside import InsideEngine
from eild.server.desk import Desk
from eild.server.keeping.cache import AnswerCache, Packed
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from werkzeug.test import TestResponse

    from eild.query.engine import QueryAnswer, QueryEngine, QueryRequest
    from eild.server.front import Front
    from eild.server.keeping.cache import Key
    from eild.web.frame.site import Site

    ReadNumbers = Callable[[str | Metrics], Callable[..., float]]

MEBIBYTE = 1024 * 1024
QUERY = "/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2020"
NOW = "/sparql?query=SELECT%20%28NOW%28%29%20AS%20%3Fx%29%20%7B%7D"
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


@dataclass
class CountingEngine:
    """An engine that counts what it is asked, and answers when it is let; also as query processes do."""

    engine: QueryEngine
    asked: int = 0
    error: EildError | None = None
    refuses: bool = False
    abandoned: threading.Event = field(default_factory=threading.Event)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    let: threading.Event = field(default_factory=threading.Event)
    front: Front | None = None

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Answer, or fail as wanted."""
        self.asked += 1
        self.begun.release()
        assert self.let.wait(20)
        if self.error is not None:
            raise self.error
        return self.engine.evaluate(request)

    def submit(self, request: QueryRequest, settle: Callable[[QueryAnswer | EildError], None]) -> Callable[[], None]:
        """Answer later."""
        if self.refuses:
            raise BusyError("too many")
        assert self.front is not None

        def run() -> QueryAnswer | EildError:
            try:
                return self.evaluate(request)
            except EildError as error:
                return error

        self.front.bridge.run(run, settle)
        return self.abandoned.set

    def close(self) -> None:
        """Do nothing: the engine belongs to others."""


@dataclass
class Served:
    """The desk, its client, and what it is made of."""

    client: Any
    engine: CountingEngine
    metrics: Metrics
    cache: AnswerCache
    handed: list[tuple[Key, Answer | Packed]]

    def count(self, result: str) -> float:
        """Return how many requests met the cache so."""
        counted = threading.Event()
        assert self.engine.front is not None
        self.engine.front.loop.call_soon_threadsafe(self._count_recalled, counted)
        assert counted.wait(10)
        families = text_string_to_metric_families(self.metrics.render("1").decode())
        samples = [sample for family in families for sample in family.samples]
        wanted = ("eild_cache_requests_total", {"result": result})
        return next(sample.value for sample in samples if (sample.name, sample.labels) == wanted)

    def _count_recalled(self, counted: threading.Event) -> None:
        assert self.engine.front is not None
        self.engine.front.desk.count_recalled()
        counted.set()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """Return the answer to a GET."""
        return self.client.open(path, headers)

    def await_handed(self, number: int) -> list[tuple[Key, Answer | Packed]]:
        """Return what was handed over as soon as there is so much: large answers are packed after they are sent."""
        deadline = time.monotonic() + 10
        while len(self.handed) < number and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.handed

    def ask_together(self, path: str, number: int) -> list[Any]:
        """Send equal requests; the engine is let as soon as one has reached it and the others had time to."""
        answers: list[Any] = []
        self.engine.let.clear()
        threads = [threading.Thread(target=lambda: answers.append(self.get(path))) for _ in range(number)]
        for thread in threads:
            thread.start()
        assert self.engine.begun.acquire(timeout=20)
        threading.Event().wait(0.3)
        self.engine.let.set()
        for thread in threads:
            thread.join(20)
        return answers


@pytest.fixture
def make_desk(site: Site, run: Callable[..., Any]) -> Callable[..., Served]:
    """Return a function that runs the desk over the application of a site."""

    def make_tested(
        megabytes: int = 8,
        log: RequestLog | None = None,
        *,
        quick: bool = True,
        inside: InsideEngine | None = None,
        over: Site | None = None,
        cheap_seconds: float = math.inf,
    ) -> Served:
        """Run a desk, with or without what answers queries in place of the application.

        :param over: another site
        :param cheap_seconds: of processor time up to which an answer in place is cheap
        """
        used = over or site
        engine = CountingEngine(used.engine)
        engine.let.set()
        metrics = Metrics()
        used = replace(used, engine=engine)
        accounts = Accounts(metrics, log)
        application = create_app(used, accounts)
        cache = AnswerCache(megabytes * MEBIBYTE)
        handed: list[tuple[Key, Answer | Packed]] = []

        def make(front: Front) -> Desk:
            engine.front = front
            return Desk(
                application,
                bridge=front.bridge,
                cache=cache,
                accounts=accounts,
                quick=QuickQueries(used, list_common_fields(used), inside) if quick else None,
                processes=engine,
                hand_over=lambda key, answer: handed.append((key, answer)),
                cheap_seconds=cheap_seconds,
            )

        return Served(run(make, metrics), engine, metrics, cache, handed)

    return make_tested


@pytest.fixture(params=[True, False], ids=["quick", "route"])
def front(make_desk: Callable[..., Served], request: pytest.FixtureRequest) -> Served:
    """Return the desk over the small dataset, with and without what answers queries in place of the route."""
    return make_desk(quick=request.param)


@pytest.fixture(scope="module")
def inside(site: Site) -> InsideEngine:
    """Return what evaluates cheap queries."""
    found = InsideEngine.load(site.publication, prefixes=site.prefixes, result_bytes=MEBIBYTE)
    assert found is not None
    return found


def list_fields(answer: TestResponse) -> list[tuple[str, str]]:
    """Return the fields of an answer of the application alone, but for those that a connection adds, sorted."""
    return sorted((name, value) for name, value in answer.headers if name.lower() not in {"connection", "date"})


def list_paths(site: Site) -> list[str]:
    """Return one path of each kind, with what the published files are called."""
    dump = site.publication.find_dump(".ttl").name
    return [QUERY, "/", "/sparql", "/ontology", "/shapes.ttl", f"/dumps/{dump}", "/dumps/", "/id/agent/x", "/nowhere"]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/rdf+xml;q=0.5, text/turtle", "image/png"])
@pytest.mark.parametrize("coding", ["", "gzip", "zstd, br;q=0.5"])
def test_desk_every_kind_answers_as_the_application(site: Site, front: Served, accept: str, coding: str) -> None:
    """Anew and from memory, by GET and HEAD, with and without conditions: status, fields and content are the same."""
    plain = Plain(create_app(site))
    for path in list_paths(site):
        fields = {"Accept": accept} | ({"Accept-Encoding": coding} if coding else {})
        expected = plain.get(path, headers=fields)
        for _ in range(4):  # anew, from memory, and from memory before anything is parsed
            found = front.get(path, headers=fields)
            assert (found.status, found.data) == (expected.status, expected.data), path
            assert found.headers == list_fields(expected)
        head = front.client.open(path, fields, "HEAD")
        assert (head.status, head.data) == (expected.status, b"")
        assert head.headers == list_fields(plain.head(path, headers=fields))
        for name, value in (("If-None-Match", expected.headers.get("ETag")), ("If-None-Match", '"other"')):
            conditional = fields | {name: value or "*"}
            assert front.get(path, headers=conditional).status == plain.get(path, headers=conditional).status


def test_desk_equal_request_not_evaluated_again(front: Served) -> None:
    """The second of two equal queries costs the engine nothing; one that differs in form or coding does."""
    first = front.get(QUERY)
    assert front.get(QUERY).data == first.data
    assert front.client.open(QUERY, method="HEAD").find("Content-Length") == str(len(first.data))
    assert front.engine.asked == 1
    front.get(QUERY, headers={"Accept": "text/csv"})
    front.get(f"{QUERY}&format=xml")
    front.get(QUERY, headers={"Accept-Encoding": "gzip"})
    assert front.engine.asked == 4
    assert (front.count("hit"), front.count("miss")) == (2, 4)


def test_desk_who_has_the_answer_gets_304_from_memory(front: Served) -> None:
    """Tag, weak tag, list, asterisk and date are conditions; what they do not name is sent whole."""
    first = front.get(QUERY)
    tag, date = first.find("ETag"), first.find("Last-Modified")
    for name, value, status in (
        ("If-None-Match", tag, 304),
        ("If-None-Match", f'"other", W/{tag}', 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", '"other"', 200),
        ("If-None-Match", "", 200),
        ("If-Modified-Since", date, 304),
        ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 304),
        ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("If-Modified-Since", "yesterday", 200),
    ):
        answer = front.get(QUERY, headers={name: value})
        assert answer.status_code == status, (name, value)
        assert answer.find("ETag") == tag
        assert (answer.find("Content-Type") is not None) is (status == 200)
    assert front.engine.asked == 1
    assert front.count("hit") == 9


def test_desk_tag_of_an_answer_never_made_known_from_the_second_time(site: Site, front: Served) -> None:
    """Who names the tag of an answer gets 304 though this process never made it, and the answer if he drops it."""
    tag = Plain(create_app(site)).get(QUERY).headers["ETag"]
    for _ in range(3):
        assert front.get(QUERY, headers={"If-None-Match": tag}).status_code == 304
    assert (front.engine.asked, front.count("hit")) == (0, 2)
    assert front.get(QUERY, headers={"If-None-Match": '"other"'}).status_code == 200
    assert front.get(QUERY).status_code == 200
    assert front.engine.asked == 1


def test_desk_what_must_not_be_stored_is_not(front: Served) -> None:
    """Answers that differ each time, errors and numbers are made each time."""
    for path in (NOW, "/sparql?query=nonsense", "/health/live", "/metrics", "/doc/agent/none"):
        front.get(path)
        front.get(path)
    assert front.count("hit") == 0
    assert front.cache.size == 0


def test_desk_ranges_bodies_and_posts_pass(site: Site, front: Served) -> None:
    """What depends on more than path, parameters and Accept is left to the application."""
    path = f"/dumps/{site.publication.find_dump('.nt').name}"
    whole = front.get(path).data
    part = front.get(path, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.data) == (206, whole[1:4])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = front.client.open("/sparql", form, "POST", b"query=ASK%20%7B%7D")
    assert json.loads(posted.data)["boolean"] is True
    assert posted.find("Cache-Control") == "no-store"
    assert front.client.open("/sparql", method="OPTIONS").status_code < 300
    assert front.client.open("/health/live", data=b"body").status_code == 200
    assert front.count("passed") == 4


def test_desk_malformed_request_refused_though_its_answer_is_kept(front: Served) -> None:
    """A request that names two hosts, or sends too many fields, is refused whatever it asks for."""
    assert front.get(QUERY).status_code == 200
    assert front.get(QUERY, headers={"Host": "a,b"}).status_code == 400
    assert front.get(QUERY, headers={"X-Long": "x" * 70_000}).status_code == 431
    assert front.get(QUERY).status_code == 200
    assert front.count("hit") == 1


def test_desk_equal_requests_at_once_evaluated_once(front: Served) -> None:
    """Eight equal queries at the same time are one query for the engine, and all get its answer."""
    answers = front.ask_together(QUERY, 8)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert front.engine.asked == 1
    assert front.count("shared") + front.count("hit") == 7


@pytest.mark.parametrize("error", [QueryError("bad"), QueryTimeoutError("slow"), ResultTooLargeError("large")])
def test_desk_equal_requests_at_once_share_the_refusal(front: Served, error: EildError) -> None:
    """A query that is ended takes its equals with it: they would end alike. It is asked anew the next time."""
    front.engine.error = error
    answers = front.ask_together(QUERY, 6)
    assert {answer.status_code for answer in answers} == {error.http_status}
    assert len({answer.data for answer in answers}) == 1
    asked = front.engine.asked
    assert asked == 1
    front.get(QUERY)
    assert front.engine.asked == asked + 1


@pytest.mark.parametrize("error", [BusyError("full"), ClientGoneError("gone")])
def test_desk_failure_of_one_request_alone_not_shared(front: Served, error: EildError) -> None:
    """Where one client goes away, or finds all places taken, the others are asked for by themselves."""
    front.engine.error = error
    front.ask_together(QUERY, 4)
    assert front.engine.asked == 4


def test_desk_without_memory_answers_all_the_same(make_desk: Callable[..., Served]) -> None:
    """A cache of no size keeps nothing and breaks nothing."""
    front = make_desk(0)
    assert front.get(QUERY).data == front.get(QUERY).data
    assert (front.engine.asked, front.count("hit")) == (2, 0)


def test_desk_client_that_waits_for_an_answer_nobody_makes_let_go(make_desk: Callable[..., Served]) -> None:
    """Where the first of equal requests is given up, one that waited and sends no more does not stay open for ever."""
    front = make_desk()
    front.engine.let.clear()
    front.engine.error = ClientGoneError("gone")
    head = f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", front.client.port), 10) as other:
        with socket.create_connection(("127.0.0.1", front.client.port), 10) as first:
            first.sendall(head)
            assert front.engine.begun.acquire(timeout=10)
            other.sendall(head)
            threading.Event().wait(0.2)
            other.shutdown(socket.SHUT_WR)
            threading.Event().wait(0.2)
        assert front.engine.abandoned.wait(10)
        front.engine.let.set()
        other.settimeout(5)
        assert other.recv(1) == b""
    assert front.engine.asked == 1


def test_desk_large_file_sent_whole_and_not_kept(site: Site, make_desk: Callable[..., Served], tmp_path: Path) -> None:
    """A file that has no place in memory is sent in pieces, complete."""
    info = site.publication.find_dump(".nt")
    large = bytes(range(256)) * 8192
    (tmp_path / info.name).write_bytes(large)
    publication = replace(
        site.publication,
        folder=tmp_path,
        files={**site.publication.files, info.name: replace(info, size=len(large))},
    )
    front = make_desk(1, over=replace(site, publication=publication))
    assert front.get(f"/dumps/{info.name}").data == large
    assert front.cache.size == 0


def test_desk_answers_from_memory_counted_and_logged(
    make_desk: Callable[..., Served], tmp_path: Path, read_numbers: ReadNumbers
) -> None:
    """An answer from memory is a line of the log and counts by route, status and outcome, like one made anew."""
    log = tmp_path / "log"
    front = make_desk(log=RequestLog(str(log)))
    tag = front.get(QUERY).find("ETag")
    front.get(QUERY)
    front.get(QUERY, headers={"If-None-Match": tag})
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["ok", "ok", "not_modified"]
    assert lines[0]["bytes"] == lines[1]["bytes"] > lines[2]["bytes"] == 0
    assert len({line["query_hash"] for line in lines}) == 1
    assert {line["path"] for line in lines} == {"/sparql"}
    numbers = read_numbers(front.metrics)
    assert numbers("eild_http_requests_total", route="/sparql", method="GET", status="200") == 2
    assert numbers("eild_http_requests_total", route="/sparql", method="GET", status="304") == 1
    assert numbers("eild_queries_total", outcome="ok") == 2
    assert numbers("eild_queries_total", outcome="not_modified") == 1
    assert numbers("eild_http_requests_in_flight") == 0


def test_desk_path_that_is_no_utf8_logged(make_desk: Callable[..., Served], tmp_path: Path) -> None:
    """A path that nobody can read is shown as well as can be."""
    log = tmp_path / "log"
    front = make_desk(log=RequestLog(str(log)))
    front.get("/%ff")
    assert len(log.read_text().splitlines()) == 1


# In place and by query processes


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_quick_any_query_answered_like_the_route(
    site: Site, make_desk: Callable[..., Served], inside: InsideEngine, query: str, method: str
) -> None:
    """Anew, again and from memory, whatever is asked for: status, fields and content are those of the route."""
    front, plain = make_desk(inside=inside), Plain(create_app(site))
    path = f"/sparql?query={quote(query)}"
    for fields in FIELDS:
        expected = plain.open(path, method=method, headers=fields)
        for _ in range(4):
            found = front.client.open(path, fields, method)
            assert (found.status, found.data) == (expected.status, expected.data), fields
            assert found.headers == list_fields(expected), fields


@pytest.mark.parametrize("query", QUERIES)
def test_quick_posted_query_answered_like_the_route(
    site: Site, make_desk: Callable[..., Served], inside: InsideEngine, query: str
) -> None:
    """A query in a body, in each of its forms, gets the answer of the route."""
    front, plain = make_desk(inside=inside), Plain(create_app(site))
    bodies = (
        ("application/sparql-query", query.encode()),
        ("application/x-www-form-urlencoded; charset=utf-8", f"query={quote(query)}&format=csv".encode()),
        ("text/plain", query.encode()),
    )
    for kind, body in bodies:
        for fields in ({}, {"Accept-Encoding": "gzip"}, {"Accept": "text/html"}, {"If-None-Match": "*"}):
            sent = {**fields, "Content-Type": kind}
            expected = plain.post("/sparql?other=1", headers=sent, data=body)
            found = front.client.open("/sparql?other=1", sent, "POST", body)
            assert (found.status, found.data) == (expected.status, expected.data), sent
            assert found.headers == list_fields(expected), sent


def test_quick_failure_keeps_nothing_of_the_engine(
    make_desk: Callable[..., Served], inside: InsideEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a failed query held is let go in the loop: the engine lets no other thread do that, and it would stay."""
    found: list[sys.UnraisableHookArgs] = []
    monkeypatch.setattr(sys, "unraisablehook", found.append)
    query = "CONSTRUCT { ?s <http://a.example/1> ?o } { ?s a ?o } LIMIT 10"  # which RDF/XML cannot represent
    front = make_desk(inside=inside)
    gc.collect()
    gc.disable()
    try:
        failed = front.client.open(f"/sparql?query={quote(query)}", {"Accept": "application/rdf+xml"})
        gc.collect()
    finally:
        gc.enable()
    assert failed.status_code == 406
    assert not found


def test_quick_cheap_query_kept_from_the_second_time(make_desk: Callable[..., Served], inside: InsideEngine) -> None:
    """An answer that costs next to nothing is kept when it is asked for again, not when it is asked for once."""
    front = make_desk(inside=inside)
    path = f"/sparql?query={quote('ASK { ?s ?p ?o }')}"
    for hits in (0, 0, 1, 2, 3):
        front.get(path)
        assert front.count("hit") == hits
    assert front.engine.asked == 0


def test_quick_dear_query_kept_at_once(make_desk: Callable[..., Served], inside: InsideEngine) -> None:
    """An answer that takes some time is kept the first time, and handed to the other processes from the second."""
    front = make_desk(inside=inside, cheap_seconds=0)
    path = f"/sparql?query={quote('ASK { ?s ?p ?o }')}"
    for hits in (0, 1, 2):
        front.get(path)
        assert front.count("hit") == hits
        assert [key[1] for key, _ in front.handed] == [path.partition("?")[2]] * (hits > 0)
    assert front.engine.asked == 0


def test_desk_answers_handed_over_once(make_desk: Callable[..., Served], inside: InsideEngine) -> None:
    """Other processes get what engine and application made, large answers packed; not what is cheap or passes."""
    front = make_desk(inside=inside)
    large = f"/sparql?query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 2000')}"
    for path in (QUERY, "/", large, NOW, "/nowhere", large, "/"):
        front.get(path)
    front.get("/", {"If-None-Match": "*"})
    assert front.count("hit") >= 2
    found = {(key[0], key[1]): answer for key, answer in front.await_handed(2)}
    assert len(found) == len(front.handed) == 2
    assert isinstance(found["/sparql", large.partition("?")[2]], Packed)
    page = found["/", ""]
    assert isinstance(page, Answer) or page.unpack().code == 200


def test_desk_answers_of_other_processes_kept(make_desk: Callable[..., Served]) -> None:
    """What another process has made is answered from memory as it would have been there."""
    first, second = make_desk(), make_desk()
    large = f"/sparql?query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 2000')}"
    for number, path in enumerate((QUERY, "/", large), start=1):
        expected = first.get(path)
        assert first.count("miss") > 0
        assert second.engine.front is not None
        key, answer = first.await_handed(number)[-1]
        second.engine.front.desk.keeper.take_over(key, answer)  # type: ignore[union-attr] # a desk
        found = second.get(path)
        assert (found.status, found.data, found.headers) == (expected.status, expected.data, expected.headers)
    assert second.count("hit") == 3
    assert second.count("miss") == 0


def test_recall_equal_bytes_same_answer_without_parsing(
    make_desk: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the third time the bytes of a head are enough; other bytes for the same answer are parsed."""
    front = make_desk()
    first = [front.get(QUERY) for _ in range(3)][-1]
    monkeypatch.setattr("eild.server.connection.RequestReader", None)
    assert front.get(QUERY) == first
    monkeypatch.undo()
    assert front.get(QUERY, {"X-Other": "1"}) == first
    assert front.count("hit") == 4
    assert front.engine.asked == 1


def test_quick_engine_fails_told_by_the_route_and_counted_once(
    make_desk: Callable[..., Served], read_numbers: ReadNumbers
) -> None:
    """A failure of the engine is told as ever; nothing stays in flight."""
    front = make_desk()
    front.engine.error = QueryTimeoutError("too slow")
    found = front.get(f"/sparql?query={quote('ASK {}')}")
    assert found.status_code == 503
    assert b"too slow" in found.data
    assert front.engine.asked == 1
    numbers = read_numbers(front.metrics)
    assert numbers("eild_queries_total", outcome="timeout") == 1
    assert numbers("eild_http_requests_in_flight") == 0


def test_quick_no_place_for_a_query_told(make_desk: Callable[..., Served], read_numbers: ReadNumbers) -> None:
    """Where the engine has no place the client is told to come again, and no equal request waits for ever."""
    front = make_desk()
    front.engine.refuses = True
    for _ in range(2):
        found = front.get(f"/sparql?query={quote('ASK { ?s ?p 1 }')}")
        assert found.status_code == 503
        assert found.find("Retry-After")
    assert read_numbers(front.metrics)("eild_http_requests_in_flight") == 0


def test_quick_client_gone_query_given_up_and_counted(
    make_desk: Callable[..., Served], read_numbers: ReadNumbers
) -> None:
    """A query whose client disconnects is given up at once."""
    front = make_desk()
    front.engine.let.clear()
    with socket.create_connection(("127.0.0.1", front.client.port)) as client:
        client.sendall(f"GET {QUERY} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert front.engine.begun.acquire(timeout=20)
    assert front.engine.abandoned.wait(20)
    front.engine.error = ClientGoneError("gone")
    front.engine.let.set()
    assert front.get("/health/live").status_code == 200
    assert front.count("miss") >= 1
    assert read_numbers(front.metrics)("eild_queries_total", outcome="gone") == 1


@pytest.mark.parametrize("cheap", [True, False])
def test_quick_answer_that_takes_long_to_compress_same_as_ever(
    site: Site, make_desk: Callable[..., Served], inside: InsideEngine, *, cheap: bool
) -> None:
    """An answer that takes a while to compress is the same, whoever compresses it."""
    front = make_desk(inside=inside if cheap else None)
    path = f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 200')}&format=json"
    expected = Plain(create_app(site)).get(path, headers={"Accept-Encoding": "gzip"})
    found = front.get(path, {"Accept-Encoding": "gzip"})
    assert (found.status_code, found.find("Content-Encoding")) == (200, "gzip")
    assert gzip.decompress(found.data) == gzip.decompress(expected.data) == front.get(path).data
    assert front.engine.asked == (0 if cheap else 2)


def test_inside_large_answer_left_to_the_processes(site: Site, make_desk: Callable[..., Served]) -> None:
    """An answer over the limit of this process is no failure: the query processes judge it by the limit of all."""
    small = InsideEngine.load(site.publication, prefixes=site.prefixes, result_bytes=10)
    front = make_desk(inside=small)
    found = front.get(f"/sparql?query={quote('ASK { ?s ?p ?o }')}")
    assert (found.status_code, front.engine.asked) == (200, 1)


def test_inside_other_dataset_not_taken(make_desk: Callable[..., Served], inside: InsideEngine) -> None:
    """A query over graphs of the client's choice is not judged."""
    front = make_desk(inside=inside)
    front.get(f"/sparql?query={quote('ASK { ?s ?p ?o }')}&default-graph-uri=https://w3id.org/eild/graph/claims")
    assert front.engine.asked == 1
