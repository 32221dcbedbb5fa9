"""Answers the requests of one version of the data: from memory, in place, by a query process, or by the application.

Everything here runs in the loop of the process, so there is no lock, and of several equal requests at the same time
one is answered while the others wait in a list. The cache key is the path, the query string, the ``Accept`` field, the
content coding and, where the data have names in several languages, which of these the request asks for. Requests whose
response may depend on anything else (ranges, bodies, expectations) bypass the cache. Only responses that the
application marks as cacheable are stored. Each response is counted and logged once.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol

from eild.errors import BusyError, ClientGoneError, EildError
from eild.exchange.answer import FAILURE, REFUSAL, Answer, Note
from eild.exchange.conditions import names_tag
from eild.exchange.content import find_coding
from eild.exchange.problems import build_problem, render_json
from eild.server.keeping.cache import Key, Known, Packed
from eild.server.keeping.keeper import CHEAP_SECONDS, Keeper, hand_to_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any
    from wsgiref.types import WSGIApplication

    from eild.exchange.accounts import Accounts
    from eild.query.engine import QueryAnswer, QueryRequest
    from eild.server.bridge import Bridge, Reply
    from eild.server.keeping.cache import AnswerCache
    from eild.server.request import Request
    from eild.web.endpoint.asking import PlannedQuery, QuickQueries

JOINED_BYTES: Final = 1024 * 1024
"""Content up to this size is sent in one piece, also where nothing is kept."""
ROUTE: Final = "/sparql"
"""The path at which queries may be answered without the application."""

_KEPT: Final = frozenset({200, 301, 303, 304})
_SHARED_OUTCOMES: Final = frozenset({"refused", "too_large", "timeout"})
_KNOWN_FIELDS: Final = frozenset({"", "accept", "accept-encoding"})
_UNKEYED: Final = frozenset(
    {"HTTP_EXPECT", "HTTP_TRANSFER_ENCODING", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE"}
)


class Processes(Protocol):
    """Evaluates queries in other processes (:class:`eild.query.workers.pool.PooledEngine`)."""

    def submit(self, request: QueryRequest, settle: Callable[[QueryAnswer | EildError], None]) -> Callable[[], None]:
        """Begin to evaluate a query, and return a function that gives it up.

        :param settle: called once in the loop, later
        :raises BusyError: if too many wait already
        """


def make_key(environ: Mapping[str, Any], read_languages: Callable[[str], str] | None = None) -> Key | None:
    """Return the cache key of a request; None if its answer may depend on more than the key.

    :param read_languages: returns what matters of an Accept-Language field; None if nothing does
    """
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "CONTENT_LENGTH" in environ or REFUSAL in environ:
        return None
    if not _UNKEYED.isdisjoint(environ):
        return None
    coding = find_coding(environ.get("HTTP_ACCEPT_ENCODING"))
    key = environ["PATH_INFO"], environ["QUERY_STRING"], environ.get("HTTP_ACCEPT"), coding
    return key if read_languages is None else (*key, read_languages(environ.get("HTTP_ACCEPT_LANGUAGE", "")))


def is_lasting(answer: Answer, *, by_language: bool = False) -> bool:
    """Return whether the application lets an answer be kept for equal requests.

    :param by_language: whether equal requests ask for the same languages; shared caches cannot tell, so that what
        depends on that is private
    """
    varies = {part.strip().lower() for part in answer.find("vary").split(",")}
    policy = "private" if by_language and "accept-language" in varies else "public"
    if answer.code not in _KEPT or not answer.find("cache-control").startswith(policy):
        return False
    known = _KNOWN_FIELDS | {"accept-language"} if by_language else _KNOWN_FIELDS
    return varies <= known and not answer.find("set-cookie")


def is_shared(answer: Answer) -> bool:
    """Return whether equal requests that wait get the same error: each would meet it."""
    return answer.code >= HTTPStatus.BAD_REQUEST and answer.note.outcome in _SHARED_OUTCOMES


def choose(answer: Answer, environ: Mapping[str, Any]) -> Answer | None:
    """Return the answer to send for one that is there; None if only its tag is known and the client has another."""
    if answer.is_held(environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")):
        return answer.make_unmodified()
    return None if answer.body is None else answer


def _leave_failure(environ: dict[str, Any], error: EildError) -> None:
    """Leave the failure of a query for the application, without what was at work when it failed.

    That includes results of the engine, which no thread but that of the loop may let go.
    """
    error.__cause__ = error.__context__ = None
    environ[FAILURE] = error.with_traceback(None)


def _recall_nothing(_: bytes) -> Known | None:
    return None


class Desk:
    """Answers requests.

    :param application: answers what nothing else does
    :param bridge: the threads that the application runs in
    :param cache: keeps answers; of this version of the data alone
    :param accounts: counts and logs answers
    :param quick: understands queries in the place of the application
    :param processes: evaluates queries; None if another server does
    :param hand_over: hands an answer to the other processes
    :param cheap_seconds: in less an answer is made as cheaply as it is kept
    :param read_languages: returns what matters of an Accept-Language field; None if nothing does
    """

    def __init__(  # noqa: PLR0913 - the parts of a server, by name
        self,
        application: WSGIApplication,
        *,
        bridge: Bridge,
        cache: AnswerCache,
        accounts: Accounts,
        quick: QuickQueries | None = None,
        processes: Processes | None = None,
        hand_over: Callable[[Key, Answer | Packed], None] = hand_to_nobody,
        cheap_seconds: float = CHEAP_SECONDS,
        read_languages: Callable[[str], str] | None = None,
    ) -> None:
        self._application = application
        self._bridge = bridge
        self._cache = cache
        self._accounts = accounts
        self._metrics = accounts.metrics
        self._quick = quick
        self._processes = processes
        self._cheap_seconds = cheap_seconds
        self.keeper = Keeper(cache, bridge, hand_over, cheap_seconds)
        """Keeps what is answered."""
        self._read_languages = read_languages
        self._most = max(cache.largest, JOINED_BYTES)
        self._flights: dict[Key, list[Request]] = {}
        # Each line of a log is written when its request is answered, by what the request was.
        self.recall: Callable[[bytes], Known | None] = _recall_nothing if accounts.logs else cache.recall
        """Returns what is sent for the bytes of a head before anything is parsed, if that is known."""

    def count_recalled(self) -> None:
        """Count what was recalled since this was done last."""
        for known, number in self._cache.take_hits():
            self._accounts.enter_many(known.answer.note, known.method, known.answer.code, number)

    def refuse(self, request: Request, problem: EildError) -> None:
        """Answer what cannot be read as a request, so that no route sees it."""
        found = build_problem(problem)
        body = render_json(found)
        fields = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
        answer = Answer(f"{found.status} {found.title.upper()}", fields, body, Note("none", "refused"))
        self._give(request, answer, "passed")

    def take(self, request: Request) -> None:
        """Answer a request, now or later."""
        environ = request.environ
        key = make_key(environ, self._read_languages)
        if key is None:
            self._pass(request)
            return
        kept = self._cache.get(key)
        chosen = None if kept is None else choose(kept, environ)
        if kept is not None and chosen is not None:
            self._give(request, chosen, "hit", key)
            if kept.is_held_back:
                self.keeper.share(key, kept)
        elif environ["REQUEST_METHOD"] == "HEAD":
            self._apply(None, request, "miss")
        elif key in self._flights:
            self._flights[key].append(request)
        else:
            self._lead(key, request)

    def _pass(self, request: Request) -> None:
        """Answer a request whose answer is not kept."""
        environ = request.environ
        is_query = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == ROUTE and REFUSAL not in environ
        if not is_query or not self._ask(None, request):
            self._apply(None, request, "passed")

    def _lead(self, key: Key, request: Request) -> None:
        """Answer the first of equal requests."""
        self._flights[key] = []
        if request.environ["PATH_INFO"] != ROUTE or not self._ask(key, request):
            self._apply(key, request, "miss")

    def _land(self, key: Key | None, answer: Answer | None) -> None:
        """Answer the requests that wait for an equal one; each by itself where its answer is not for all."""
        for request in self._flights.pop(key, ()) if key is not None else ():
            chosen = None if answer is None else choose(answer, request.environ)
            if chosen is not None:
                self._give(request, chosen, "shared", key)
            elif request.channel.gone:
                request.channel.drop()  # it may be half open, and would stay so
            else:
                self.take(request)

    # Queries

    def _ask(self, key: Key | None, request: Request) -> bool:
        """Answer a query, now or later; tell whether that is so, or the application must."""
        environ = request.environ
        asked = None if self._quick is None else self._quick.understand(environ, request.body)
        if asked is None or self._quick is None:
            return False
        try:
            unmodified = asked.find_unmodified()
            if unmodified is not None:
                self._finish(key, request, unmodified, lasts=True)
                return True
            started = perf_counter()
            found = self._quick.evaluate_inside(asked)
            if found is not None:
                found.seconds = perf_counter() - started
                self._answer(key, request, asked, found)
                return True
        except EildError as error:
            _leave_failure(environ, error)
            return False
        return self._submit(key, request, asked)

    def _submit(self, key: Key | None, request: Request, asked: PlannedQuery) -> bool:
        """Hand a query to the query processes; tell whether there are any."""
        if self._processes is None:
            return False
        try:
            request.abandon = self._processes.submit(asked.request, partial(self._take_outcome, key, request, asked))
        except BusyError as error:
            _leave_failure(request.environ, error)
            return False
        self._metrics.begin_request()
        return True

    def _take_outcome(
        self, key: Key | None, request: Request, asked: PlannedQuery, outcome: QueryAnswer | EildError
    ) -> None:
        """Send what the query processes answered; have the application tell what they did not."""
        self._metrics.drop_request()
        request.abandon = None
        if isinstance(outcome, ClientGoneError) and request.channel.gone:
            note = Note(ROUTE, "gone", is_query=True, query=asked.query)
            self._account(request, note, int(HTTPStatus.SERVICE_UNAVAILABLE), 0)
            request.channel.drop()
            self._land(key, None)
        elif isinstance(outcome, EildError):
            self._fail(key, request, outcome)
        else:
            try:
                outcome.seconds = max(outcome.seconds, self._cheap_seconds)  # to hand a query over is never cheap
                self._answer(key, request, asked, outcome)
            except EildError as error:
                self._fail(key, request, error)

    def _fail(self, key: Key | None, request: Request, error: EildError) -> None:
        """Have the application tell that a query failed."""
        _leave_failure(request.environ, error)
        self._apply(key, request, "passed" if key is None else "miss")

    def _answer(self, key: Key | None, request: Request, asked: PlannedQuery, found: QueryAnswer) -> None:
        """Send what an engine answered; a thread compresses what takes long."""
        if asked.is_short(found):
            self._finish(key, request, asked.make_answer(found), lasts=asked.cacheable, seconds=found.seconds)
            return

        def take(answer: Answer | None) -> None:
            if answer is None:
                self._fail(key, request, EildError("the answer could not be made"))
            else:
                self._finish(key, request, answer, lasts=asked.cacheable)

        self._bridge.run(partial(asked.make_answer, found), take)

    def _finish(self, key: Key | None, request: Request, answer: Answer, *, lasts: bool, seconds: float = inf) -> None:
        """Send the answer to a query, keep it where it lasts, and share it with equal requests."""
        self._give(request, answer, "passed" if key is None else "miss")
        if key is not None and lasts and (answer.body is not None or self._names(request, answer)):
            self.keeper.keep(key, answer, seconds)
        self._land(key, answer if lasts else None)

    @staticmethod
    def _names(request: Request, answer: Answer) -> bool:
        """Return whether a client names the tag of an answer, rather than any."""
        return names_tag(request.environ.get("HTTP_IF_NONE_MATCH"), answer.tag)

    # The application

    def _apply(self, key: Key | None, request: Request, how: str) -> None:
        """Have the application answer.

        :param how: what the numbers call it
        """
        self._metrics.count_cache(how)
        self.count_recalled()
        self._bridge.answer(self._application, request, self._most, partial(self._take_reply, key, request))

    def _take_reply(self, key: Key | None, request: Request, reply: Reply | None) -> None:
        """Send what the application answered, keep it where it lasts, and share it with equal requests."""
        if reply is None:
            fields = [("Content-Length", "0")]
            answer = Answer("500 INTERNAL SERVER ERROR", fields, b"", Note("none", "failed"))
            request.channel.send(answer, b"")
            self._land(key, None)
            return
        made = reply.make_answer()
        if made is None:
            request.channel.stream(reply.status, reply.fields, self._bridge.stream(reply.content))
            self._land(key, None)
            return
        lasts = is_lasting(made, by_language=self._read_languages is not None)
        request.channel.send(made, b"" if request.environ["REQUEST_METHOD"] == "HEAD" else made.body or b"")
        if key is not None and lasts and (made.body is not None or self._names(request, made)):
            self.keeper.keep(key, made)
        self._land(key, made if lasts or is_shared(made) else None)

    # Answers

    def _give(self, request: Request, answer: Answer, how: str, key: Key | None = None) -> None:
        """Send an answer, count it and log it.

        :param how: what the numbers call it
        :param key: what the answer is kept under, if it is
        """
        method = request.environ["REQUEST_METHOD"]
        body = b"" if method == "HEAD" else answer.body or b""
        self._account(request, answer.note, answer.code, len(body), how)
        if request.channel.send(answer, body) and key is not None:
            self._cache.learn(request.head, Known(key, answer, method, body))

    def _account(self, request: Request, note: Note, status: int, size: int, how: str = "") -> None:
        """Count and log an answer."""
        environ = request.environ
        path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
        self._accounts.enter(
            note,
            method=environ["REQUEST_METHOD"],
            path=path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace"),
            status=status,
            size=size,
            started=request.started,
            cache=how,
        )
