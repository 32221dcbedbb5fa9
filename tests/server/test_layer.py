"""Tests of the layer in front of the application: same answers from memory, and nothing else from there."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from eild.errors import BusyError, ClientGoneError, EildError, QueryError, QueryTimeoutError, ResultTooLargeError
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import RequestLog
from eild.server.cache import AnswerCache
from eild.server.layer import CacheLayer
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from werkzeug.test import TestResponse

    from eild.query.engine import QueryAnswer, QueryEngine, QueryRequest
    from eild.web.frame.site import Site

    ReadNumbers = Callable[[str | Metrics], Callable[..., float]]

MEBIBYTE = 1024 * 1024
QUERY = "/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2020"
NOW = "/sparql?query=SELECT%20%28NOW%28%29%20AS%20%3Fx%29%20%7B%7D"


@dataclass
class CountingEngine:
    """An engine that counts what it is asked, and answers when it is let."""

    engine: QueryEngine
    asked: int = 0
    error: EildError | None = None
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    let: threading.Event = field(default_factory=threading.Event)

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Answer, or fail as wanted."""
        self.asked += 1
        self.begun.release()
        assert self.let.wait(20)
        if self.error is not None:
            raise self.error
        return self.engine.evaluate(request)

    def close(self) -> None:
        """Do nothing: the engine belongs to others."""


@dataclass
class Front:
    """The layer, its client, and what it is made of."""

    client: Client
    engine: CountingEngine
    metrics: Metrics
    cache: AnswerCache

    def count(self, result: str) -> float:
        """Return how many requests met the cache so."""
        families = text_string_to_metric_families(self.metrics.render("1").decode())
        samples = [sample for family in families for sample in family.samples]
        wanted = ("eild_cache_requests_total", {"result": result})
        return next(sample.value for sample in samples if (sample.name, sample.labels) == wanted)

    def ask_together(self, path: str, number: int) -> list[TestResponse]:
        """Send equal requests; the engine is let as soon as one has reached it and the others had time to."""
        answers: list[TestResponse] = []
        self.engine.let.clear()
        threads = [threading.Thread(target=lambda: answers.append(self.client.get(path))) for _ in range(number)]
        for thread in threads:
            thread.start()
        assert self.engine.begun.acquire(timeout=20)
        threading.Event().wait(0.3)
        self.engine.let.set()
        for thread in threads:
            thread.join(20)
        return answers


def make_front(site: Site, megabytes: int = 8, log: RequestLog | None = None, *, quick: bool = True) -> Front:
    """Return the layer over the application of a site, with or without what answers queries in its place."""
    engine = CountingEngine(site.engine)
    engine.let.set()
    metrics = Metrics()
    site = replace(site, engine=engine)
    accounts = Accounts(metrics, log)
    application = create_app(site, accounts)
    queries = QuickQueries(site, list_common_fields(site)) if quick else None
    cache = AnswerCache(megabytes * MEBIBYTE)
    return Front(Client(CacheLayer(application, cache, accounts, queries)), engine, metrics, cache)


@pytest.fixture(params=[True, False], ids=["quick", "route"])
def front(site: Site, request: pytest.FixtureRequest) -> Front:
    """Return the layer over the small dataset, with and without what answers queries in place of the route."""
    return make_front(site, quick=request.param)


def list_paths(site: Site) -> list[str]:
    """Return one path of each kind, with what the published files are called."""
    dump = site.publication.find_dump(".ttl").name
    return [QUERY, "/", "/sparql", "/ontology", "/shapes.ttl", f"/dumps/{dump}", "/dumps/", "/id/agent/x", "/nowhere"]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/rdf+xml;q=0.5, text/turtle", "image/png"])
@pytest.mark.parametrize("coding", ["", "gzip", "zstd, br;q=0.5"])
def test_layer_every_kind_answers_as_the_application(site: Site, front: Front, accept: str, coding: str) -> None:
    """Anew and from memory, by GET and HEAD, with and without conditions: status, fields and content are the same."""
    plain = Client(create_app(site))
    for path in list_paths(site):
        fields = {"Accept": accept} | ({"Accept-Encoding": coding} if coding else {})
        expected = plain.get(path, headers=fields)
        for _ in range(2):
            found = front.client.get(path, headers=fields)
            assert (found.status, found.data) == (expected.status, expected.data), path
            assert sorted(found.headers) == sorted(expected.headers)
        head = front.client.head(path, headers=fields)
        assert (head.status, head.data) == (expected.status, b"")
        assert sorted(head.headers) == sorted(plain.head(path, headers=fields).headers)
        for name, value in (("If-None-Match", expected.headers.get("ETag")), ("If-None-Match", '"other"')):
            conditional = fields | {name: value or "*"}
            assert front.client.get(path, headers=conditional).status == plain.get(path, headers=conditional).status


def test_layer_equal_request_not_evaluated_again(front: Front) -> None:
    """The second of two equal queries costs the engine nothing; one that differs in form or coding does."""
    first = front.client.get(QUERY)
    assert front.client.get(QUERY).data == first.data
    assert front.client.head(QUERY).content_length == len(first.data)
    assert front.engine.asked == 1
    front.client.get(QUERY, headers={"Accept": "text/csv"})
    front.client.get(f"{QUERY}&format=xml")
    front.client.get(QUERY, headers={"Accept-Encoding": "gzip"})
    assert front.engine.asked == 4
    assert (front.count("hit"), front.count("miss")) == (2, 4)


def test_layer_who_has_the_answer_gets_304_from_memory(front: Front) -> None:
    """Tag, weak tag, list, asterisk and date are conditions; what they do not name is sent whole."""
    first = front.client.get(QUERY)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
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
        answer = front.client.get(QUERY, headers={name: value})
        assert answer.status_code == status, (name, value)
        assert answer.headers["ETag"] == tag
        assert ("Content-Type" in answer.headers) is (status == 200)
    assert front.engine.asked == 1
    assert front.count("hit") == 9


def test_layer_tag_of_an_answer_never_made_known_from_the_second_time(site: Site, front: Front) -> None:
    """Who names the tag of an answer gets 304 though this process never made it, and the answer if he drops it."""
    tag = Client(create_app(site)).get(QUERY).headers["ETag"]
    for _ in range(3):
        assert front.client.get(QUERY, headers={"If-None-Match": tag}).status_code == 304
    assert (front.engine.asked, front.count("hit")) == (0, 2)
    assert front.client.get(QUERY, headers={"If-None-Match": '"other"'}).status_code == 200
    assert front.client.get(QUERY).status_code == 200
    assert front.engine.asked == 1


def test_layer_what_must_not_be_stored_is_not(front: Front) -> None:
    """Answers that differ each time, errors and numbers are made each time."""
    for path in (NOW, "/sparql?query=nonsense", "/health/live", "/metrics", "/doc/agent/none"):
        front.client.get(path)
        front.client.get(path)
    assert front.count("hit") == 0
    assert front.cache.size == 0


def test_layer_ranges_bodies_and_posts_pass(site: Site, front: Front) -> None:
    """What depends on more than path, parameters and Accept is left to the application."""
    path = f"/dumps/{site.publication.find_dump('.nt').name}"
    whole = front.client.get(path).data
    part = front.client.get(path, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.data) == (206, whole[1:4])
    posted = front.client.post("/sparql", data={"query": "ASK {}"})
    assert json.loads(posted.data)["boolean"] is True
    assert posted.headers["Cache-Control"] == "no-store"
    assert front.client.options("/sparql").status_code < 300
    assert front.client.get("/health/live", data=b"body").status_code == 200
    assert front.count("passed") == 4


def test_layer_malformed_request_refused_though_its_answer_is_kept(front: Front) -> None:
    """A request that names two hosts, or sends too many fields, is refused whatever it asks for."""
    assert front.client.get(QUERY).status_code == 200
    assert front.client.get(QUERY, headers={"Host": "a,b"}).status_code == 400
    assert front.client.get(QUERY, headers={"X-Long": "x" * 70_000}).status_code == 431
    assert front.client.get(QUERY).status_code == 200
    assert front.count("hit") == 1


def test_layer_equal_requests_at_once_evaluated_once(front: Front) -> None:
    """Eight equal queries at the same time are one query for the engine, and all get its answer."""
    answers = front.ask_together(QUERY, 8)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert front.engine.asked == 1
    assert front.count("shared") + front.count("hit") == 7


@pytest.mark.parametrize("error", [QueryError("bad"), QueryTimeoutError("slow"), ResultTooLargeError("large")])
def test_layer_equal_requests_at_once_share_the_refusal(front: Front, error: EildError) -> None:
    """A query that is ended takes its equals with it: they would end alike. It is asked anew the next time."""
    front.engine.error = error
    answers = front.ask_together(QUERY, 6)
    assert {answer.status_code for answer in answers} == {error.http_status}
    assert len({answer.data for answer in answers}) == 1
    asked = front.engine.asked
    assert asked == 1
    front.client.get(QUERY)
    assert front.engine.asked == asked + 1


@pytest.mark.parametrize("error", [BusyError("full"), ClientGoneError("gone")])
def test_layer_failure_of_one_request_alone_not_shared(front: Front, error: EildError) -> None:
    """Where one client goes away, or finds all places taken, the others are asked for by themselves."""
    front.engine.error = error
    front.ask_together(QUERY, 4)
    assert front.engine.asked == 4


def test_layer_without_memory_answers_all_the_same(site: Site) -> None:
    """A cache of no size keeps nothing and breaks nothing."""
    front = make_front(site, 0)
    assert front.client.get(QUERY).data == front.client.get(QUERY).data
    assert (front.engine.asked, front.count("hit")) == (2, 0)


def test_layer_large_file_sent_whole_and_not_kept(site: Site, tmp_path: Path) -> None:
    """A file that has no place in memory is sent in pieces, complete."""
    info = site.publication.find_dump(".nt")
    large = bytes(range(256)) * 8192
    (tmp_path / info.name).write_bytes(large)
    publication = replace(
        site.publication,
        folder=tmp_path,
        files={**site.publication.files, info.name: replace(info, size=len(large))},
    )
    front = make_front(replace(site, publication=publication), 1)
    assert front.client.get(f"/dumps/{info.name}").data == large
    assert front.cache.size == 0


def test_layer_answers_from_memory_counted_and_logged(site: Site, tmp_path: Path, read_numbers: ReadNumbers) -> None:
    """An answer from memory is a line of the log and counts by route, status and outcome, like one made anew."""
    log = tmp_path / "log"
    front = make_front(site, log=RequestLog(str(log)))
    tag = front.client.get(QUERY).headers["ETag"]
    front.client.get(QUERY)
    front.client.get(QUERY, headers={"If-None-Match": tag})
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


def test_layer_path_that_is_no_utf8_logged(site: Site, tmp_path: Path) -> None:
    """A path that nobody can read is shown as well as can be."""
    log = tmp_path / "log"
    front = make_front(site, log=RequestLog(str(log)))
    front.client.get("/%ff")
    assert len(log.read_text().splitlines()) == 1
