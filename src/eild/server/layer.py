"""Response cache in front of the application; identical concurrent requests are evaluated once.

The cache key is the path, the query string, the ``Accept`` field and the content coding. Requests whose response may
depend on anything else (ranges, bodies, expectations) bypass the cache. Only responses that the application marks as
publicly cacheable are stored. Requests are checked first, as in the application, and each response is counted and
logged as one from the application is.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from eild.errors import EildError, RequestError
from eild.exchange.answer import FAILURE, NOTE, STARTED, Answer, Note
from eild.exchange.conditions import names_tag
from eild.exchange.content import find_coding
from eild.exchange.head import check_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from eild.exchange.accounts import Accounts
    from eild.query.engine import QueryAnswer
    from eild.server.cache import AnswerCache, Flight, Key
    from eild.server.reception import Exchange
    from eild.web.endpoint.asking import PlannedQuery, QuickQueries

WAIT_SECONDS: Final = 60.0
"""How long a request waits for the answer of an equal one, before it asks for itself."""
JOINED_BYTES: Final = 1024 * 1024
"""Content up to this size is sent in one piece, also where nothing is kept."""
ROUTE: Final = "/sparql"
"""The path at which queries may be answered without the application."""

_KEY: Final = "eild.key"
_BODILESS: Final = frozenset({"204", "304"})
_KEPT: Final = frozenset({200, 301, 303, 304})
_SHARED_OUTCOMES: Final = frozenset({"refused", "too_large", "timeout"})
_KNOWN_FIELDS: Final = frozenset({"", "accept", "accept-encoding"})
_FIRST_ERROR: Final = 400
_UNKEYED: Final = frozenset(
    {"HTTP_EXPECT", "HTTP_TRANSFER_ENCODING", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE"}
)


def make_key(environ: WSGIEnvironment) -> Key | None:
    """Return the cache key of a request; None if its answer may depend on more than the key."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "CONTENT_LENGTH" in environ:
        return None
    if _UNKEYED & environ.keys():
        return None
    coding = find_coding(environ.get("HTTP_ACCEPT_ENCODING"))
    return environ["PATH_INFO"], environ["QUERY_STRING"], environ.get("HTTP_ACCEPT"), coding


def find_key(environ: WSGIEnvironment) -> Key | None:
    """Return the key of a request, made once however often it is asked for; see :func:`make_key`."""
    if _KEY not in environ:
        environ[_KEY] = make_key(environ)
    key: Key | None = environ[_KEY]
    return key


def is_sound(environ: WSGIEnvironment) -> bool:
    """Return whether the header section of a request passes its checks; the application reports what is wrong."""
    try:
        check_request(environ)
    except RequestError:
        return False
    return True


def is_lasting(answer: Answer) -> bool:
    """Return whether the application lets an answer be kept for equal requests."""
    if answer.code not in _KEPT or not answer.find("cache-control").startswith("public"):
        return False
    varies = {part.strip().lower() for part in answer.find("vary").split(",")}
    return varies <= _KNOWN_FIELDS and not answer.find("set-cookie")


def is_shared(answer: Answer) -> bool:
    """Return whether equal requests that wait get the same error: each would meet it."""
    return answer.code >= _FIRST_ERROR and answer.note.outcome in _SHARED_OUTCOMES


class _Capture:
    """What the application answers, before it is sent."""

    def __init__(self) -> None:
        self.status = ""
        self.fields: list[tuple[str, str]] = []
        self._written: list[bytes] = []

    def start(self, status: str, fields: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        """Take status and fields, as ``start_response`` of WSGI."""
        self.status, self.fields = status, fields
        return self._written.append

    def find_length(self) -> int | None:
        """Return the stated length of the content."""
        stated = next((value for name, value in self.fields if name.lower() == "content-length"), "")
        return int(stated) if stated.isdigit() else None

    def is_stream(self, most: int) -> bool:
        """Return whether the content is to be sent piece by piece: it is long, or nobody knows how long."""
        if self._written or self.status[:3] in _BODILESS:
            return False
        length = self.find_length()
        return length is None or length > most

    def join(self, content: Iterable[bytes]) -> bytes:
        """Return the whole content."""
        try:
            return b"".join([*self._written, *content])
        finally:
            close = getattr(content, "close", None)
            if close:
                close()

    def take(self, body: bytes, note: object) -> Answer | None:
        """Return the answer; None if the application left no note about it.

        :param body: the whole content
        :param note: what the application left in the environment
        """
        if not isinstance(note, Note):
            return None
        if self.status.startswith("304"):
            return Answer(self.status, self.fields, None, note)
        fields = self.fields
        if self.find_length() is None:
            fields = [*fields, ("Content-Length", str(len(body)))]
        return Answer(self.status, fields, body, note)


class CacheLayer:
    """A WSGI application in front of another.

    :param application: answers what is not kept
    :param cache: keeps answers; of this version of the data alone
    :param accounts: counts and logs answers
    :param quick: answers common queries in the place of the application, if anything does
    """

    def __init__(
        self,
        application: WSGIApplication,
        cache: AnswerCache,
        accounts: Accounts,
        quick: QuickQueries | None = None,
    ) -> None:
        self._application = application
        self._cache = cache
        self._accounts = accounts
        self._metrics = accounts.metrics
        self._quick = quick
        self._most = max(cache.largest, JOINED_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        environ.setdefault(STARTED, time.perf_counter())
        key = find_key(environ)
        if key is None or not is_sound(environ):
            self._metrics.count_cache("passed")
            return self._pass(environ, start_response)
        kept = self._cache.get(key)
        if kept is not None:
            content = self._send(kept, environ, start_response, "hit")
            if content is not None:
                return content
        if environ["REQUEST_METHOD"] == "HEAD":
            self._metrics.count_cache("miss")
            return self._pass(environ, start_response)
        flight, leads = self._cache.join(key)
        if leads:
            return self._lead(key, flight, environ, start_response)
        shared = flight.wait(WAIT_SECONDS)
        content = self._send(shared, environ, start_response, "shared") if shared else None
        if content is not None:
            return content
        self._metrics.count_cache("miss")
        return self._pass(environ, start_response)

    def answer_at_once(self, exchange: Exchange) -> bool:
        """Answer without waiting, now or when the engine has evaluated; tell whether that is so.

        What it does not answer is for this layer as a WSGI application.
        """
        environ = exchange.environ
        environ[STARTED] = time.perf_counter()
        key = find_key(environ)
        if key is None or not is_sound(environ):
            return False
        kept = self._cache.get(key)
        if kept is None:
            return self._ask_at_once(key, exchange)
        chosen = self._choose(kept, environ)
        if chosen is None:
            return False
        exchange.send(chosen.status, chosen.fields, self._settle(chosen, environ, "hit"))
        return True

    def _ask_at_once(self, key: Key, exchange: Exchange) -> bool:
        """Hand a query to the engine where it takes that without waiting; tell whether it has."""
        environ = exchange.environ
        if self._quick is None or environ["PATH_INFO"] != ROUTE or environ["REQUEST_METHOD"] != "GET":
            return False
        asked = self._quick.prepare(environ)
        if asked is None:
            return False
        try:
            found = self._quick.evaluate_inside(asked)
        except EildError as error:
            environ[FAILURE] = error
            return False
        if found is None:
            return self._submit_at_once(key, exchange, asked)
        if asked.is_short(found):
            answer = asked.make_answer(found)
            self._cache.put_again(key, answer)
            exchange.send(answer.status, answer.fields, self._settle(answer, environ, "miss"))
        else:
            exchange.defer(partial(self._code, key, asked, found))
        return True

    def _code(
        self, key: Key, asked: PlannedQuery, found: QueryAnswer, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Send an answer that takes a while to compress, and keep it."""
        answer = asked.make_answer(found)
        self._cache.put(key, answer)
        return self._deliver(answer, environ, start_response, "miss")

    def _submit_at_once(self, key: Key, exchange: Exchange, asked: PlannedQuery) -> bool:
        """Hand a query to the engine's processes; tell whether they have taken it."""
        if self._quick is None:
            return False
        flight, leads = self._cache.join(key)
        if not leads:
            return False
        self._metrics.begin_request()
        future = self._quick.submit(asked)
        if future is None:
            self._metrics.drop_request()
            self._cache.leave(key, flight, None)
            return False
        future.add_done_callback(partial(self._take_answer, key, flight, exchange, asked))
        return True

    def _take_answer(
        self, key: Key, flight: Flight, exchange: Exchange, asked: PlannedQuery, future: Future[QueryAnswer]
    ) -> None:
        """Send what the engine has answered; have the application tell what it has not."""
        self._metrics.drop_request()
        environ, error = exchange.environ, future.exception()
        if isinstance(error, EildError):
            environ[FAILURE] = error
        elif error is None and asked.is_short(future.result()):
            self._send_answer(key, flight, exchange, asked.make_answer(future.result()))
            return

        def resume(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if error is not None:
                return self._lead(key, flight, environ, start_response)
            answer = asked.make_answer(future.result())
            self._finish(key, flight, answer)
            return self._deliver(answer, environ, start_response, "miss")

        exchange.defer(resume)

    def _send_answer(self, key: Key, flight: Flight, exchange: Exchange, answer: Answer) -> None:
        """Send an answer, keep it, and share it with equal requests."""
        self._finish(key, flight, answer)
        content = self._settle(answer, exchange.environ, "miss")
        exchange.send(answer.status, answer.fields, content)

    def _finish(self, key: Key, flight: Flight, answer: Answer) -> None:
        """Keep an answer, and share it with equal requests."""
        self._cache.put(key, answer)
        self._cache.leave(key, flight, answer)

    def _pass(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have the application answer; one piece of content is sent with less effort than a stream."""
        capture = _Capture()
        content = self._application(environ, cast("StartResponse", capture.start))
        start_response(capture.status, capture.fields)
        if capture.is_stream(self._most):
            return content
        return [capture.join(content)]

    def _lead(
        self, key: Key, flight: Flight, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Make the answer, keep it where it lasts, and share it with equal requests."""
        shared: Answer | None = None
        try:
            answer = self._answer_quickly(environ)
            if answer is not None:
                if answer.body is not None or names_tag(environ.get("HTTP_IF_NONE_MATCH"), answer.tag):
                    self._cache.put(key, answer)
                shared = answer
                return self._deliver(answer, environ, start_response, "miss")
            self._metrics.count_cache("miss")
            capture = _Capture()
            content = self._application(environ, cast("StartResponse", capture.start))
            start_response(capture.status, capture.fields)
            if capture.is_stream(self._most):
                return content
            body = capture.join(content)
            answer = capture.take(body, environ.get(NOTE))
            shared = self._keep(key, environ, answer) if answer else None
        finally:
            self._cache.leave(key, flight, shared)
        return [body]

    def _answer_quickly(self, environ: WSGIEnvironment) -> Answer | None:
        """Return an answer that needs no application."""
        if self._quick is None or environ["PATH_INFO"] != ROUTE or FAILURE in environ:
            return None
        self._metrics.begin_request()
        try:
            return self._quick.answer(environ)
        finally:
            self._metrics.drop_request()

    def _keep(self, key: Key, environ: WSGIEnvironment, answer: Answer) -> Answer | None:
        """Keep an answer where it lasts, and return it where equal requests share it."""
        named = environ.get("HTTP_IF_NONE_MATCH")
        if not is_lasting(answer):
            return answer if is_shared(answer) else None
        if answer.body is not None or names_tag(named, answer.tag):
            self._cache.put(key, answer)
        return answer

    @staticmethod
    def _choose(answer: Answer, environ: WSGIEnvironment) -> Answer | None:
        """Return the answer to send for one that is there.

        None if only its tag is known and the client has another.
        """
        if answer.is_held(environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")):
            return answer.make_unmodified()
        return None if answer.body is None else answer

    def _send(
        self, answer: Answer, environ: WSGIEnvironment, start_response: StartResponse, how: str
    ) -> Iterable[bytes] | None:
        """Send an answer that is there; return None if only its tag is known and the client has another.

        :param how: what the numbers call it
        """
        chosen = self._choose(answer, environ)
        if chosen is None:
            return None
        return self._deliver(chosen, environ, start_response, how)

    def _deliver(
        self, answer: Answer, environ: WSGIEnvironment, start_response: StartResponse, how: str
    ) -> Iterable[bytes]:
        """Send an answer by WSGI, count it and log it."""
        start_response(answer.status, answer.fields)
        return [self._settle(answer, environ, how)]

    def _settle(self, answer: Answer, environ: WSGIEnvironment, how: str) -> bytes:
        """Return the content to send, having counted and logged the answer."""
        method = environ["REQUEST_METHOD"]
        content = b"" if method == "HEAD" else answer.body or b""
        self._metrics.count_cache(how)
        self._accounts.enter(
            answer.note,
            method=method,
            path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
            status=answer.code,
            size=len(content),
            started=environ[STARTED],
        )
        return content
