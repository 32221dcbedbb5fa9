"""What the endpoint does with a query, for the route and for queries by GET that need no framework.

The route ``/sparql`` (:mod:`eild.web.endpoint.sparql`) answers every call. Most calls are a query in the URL whose
result may be cached, in a format for programs. :class:`QuickQueries` answers those. It leaves everything else, and all
errors, to the route; the failure of an engine is handed over, so that no query is evaluated twice.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from eild import media
from eild.errors import BusyError, EildError, ResultTooLargeError
from eild.exchange.answer import FAILURE, NOT_MODIFIED, Answer, Note
from eild.exchange.conditions import Preconditions
from eild.exchange.content import PUBLIC, Wishes, find_coding, make_content
from eild.query.engine import QueryRequest
from eild.query.text.guard import QueryShape, check_query_text
from eild.web.endpoint import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import datetime
    from wsgiref.types import WSGIEnvironment

    from eild.exchange.clients import ClientGuard
    from eild.media import Format
    from eild.query.engine import QueryAnswer
    from eild.query.inside import InsideEngine
    from eild.web.endpoint.protocol import Call
    from eild.web.frame.site import Site

    Submit = Callable[[QueryRequest], Future[QueryAnswer]]

_LONGEST_REMEMBERED: Final = 256
_LONGEST_AT_ONCE: Final = 8192
_LONGEST_CODED: Final = 16 * 1024


def _choose_forms(form: str, wanted: str, accept: str | None) -> tuple[Format | None, Format | None]:
    """Return the forms for rows and for a graph; see :func:`eild.web.endpoint.protocol.choose_forms`."""
    return protocol.choose_forms(QueryShape(form, volatile=False), wanted, accept)


_remember_forms = lru_cache(maxsize=1024)(_choose_forms)


@dataclass(frozen=True, slots=True)
class Plan:
    """A query as the engine is asked it, and the representation of its result.

    :ivar request: query, dataset and formats for the engine
    :ivar form: format of the response
    :ivar cacheable: whether the response is the same each time
    :ivar tag: entity tag of the response without coding; an empty string if the response may differ each time
    """

    request: QueryRequest
    form: Format
    cacheable: bool
    tag: str

    @property
    def is_page(self) -> bool:
        """Whether the response is a page."""
        return media.HTML in {self.request.results, self.request.graph}


def plan_query(  # noqa: PLR0913 - what an answer depends on, by name
    site: Site,
    call: Call,
    shape: QueryShape,
    accept: str | None,
    *,
    is_safe: bool = True,
    is_abandoned: Callable[[], bool] | None = None,
    page_parts: Sequence[str] = (),
) -> Plan:
    """Return what the endpoint does with a query.

    :param call: the call that holds the query
    :param shape: what the checks of the query found
    :param accept: the Accept field
    :param is_safe: whether the method is GET or HEAD, so that the response may be cached
    :param is_abandoned: returns whether the client has disconnected
    :param page_parts: what tells a page from others about the same query
    :raises NotAcceptableError: if no format that the query can have is acceptable
    :raises UsageError: if ``format`` names no format that the query can have
    """
    short = len(accept or "") + len(call.format) <= _LONGEST_REMEMBERED
    rows, graph = (_remember_forms if short else _choose_forms)(shape.form, call.format, accept)
    form = rows or graph or media.JSON
    request = QueryRequest(shape.text, rows, graph, call.default_graphs, call.named_graphs, is_abandoned=is_abandoned)
    cacheable = is_safe and bool(shape.form) and not shape.volatile
    parts = page_parts if form is media.HTML else ()
    tag = site.make_tag(*protocol.list_tag_parts(call, form), *parts) if cacheable else ""
    return Plan(request, form, cacheable, tag)


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """A query and how its answer is wanted.

    :ivar query: its text, as it was sent
    :ivar plan: what the engine is asked, and how its result is represented
    :ivar wishes: what the request says of content
    :ivar issued: when the data were released
    :ivar common: header fields of every answer
    """

    query: str
    plan: Plan
    wishes: Wishes
    issued: datetime
    common: Mapping[str, str]

    def is_short(self, answer: QueryAnswer) -> bool:
        """Return whether an answer can be sent with so little work that nobody has to wait for it."""
        return self.wishes.coding is None or len(answer.body) <= _LONGEST_CODED

    def make_answer(self, answer: QueryAnswer) -> Answer:
        """Return what is sent of what the engine answered."""
        return self.answer(lambda: answer.body)

    def answer(self, make: Callable[[], bytes]) -> Answer:
        """Return what is sent.

        :param make: makes the content; not called if the client has it already
        """
        content = make_content(
            make, self.plan.form, self.wishes, self.issued, tag=self.plan.tag, cache=PUBLIC, headers=self.common
        )
        unmodified = content.status != 200  # noqa: PLR2004 - it is 304 then
        if unmodified:
            del content.fields["Last-Modified"]  # the tag says more (RFC 9110, section 15.4.5)
        else:
            content.fields["Content-Length"] = str(len(content.body))
        note = Note("/sparql", "not_modified" if unmodified else "ok", is_query=True, query=self.query)
        status, body = (NOT_MODIFIED, None) if unmodified else ("200 OK", content.body)
        return Answer(status, list(content.fields.items()), body, note)


class QuickQueries:
    """Answers queries by GET.

    :param site: the dataset and its engine
    :param common: header fields of every answer
    :param guard: what watches the connections of clients, if a server runs
    :param submit: hands a query to the engine without waiting, where it can
    :param inside: evaluates cheap queries in this process, where the data is held here
    """

    def __init__(
        self,
        site: Site,
        common: Mapping[str, str],
        guard: ClientGuard | None = None,
        submit: Submit | None = None,
        inside: InsideEngine | None = None,
    ) -> None:
        self._submit = submit
        self._inside = inside
        self._site = site
        self._common = common
        self._guard = guard

    def answer(self, environ: WSGIEnvironment) -> Answer | None:
        """Return the cacheable answer to a request at ``/sparql``; None if the route must answer it.

        :param environ: the WSGI environment of a GET whose head was checked
        """
        asked = self._understand(environ)
        if asked is None:
            return None
        try:
            return asked.answer(lambda: self._site.engine.evaluate(asked.plan.request).body)
        except EildError as error:
            environ[FAILURE] = error
            return None

    def prepare(self, environ: WSGIEnvironment) -> PlannedQuery | None:
        """Return the query of a request at ``/sparql`` if that takes no waiting, otherwise None.

        That is where the query is read without doubt, and nothing that the client has already is asked for again.
        """
        if self._submit is None or "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ:
            return None
        if len(environ["QUERY_STRING"]) > _LONGEST_AT_ONCE or len(environ.get("HTTP_ACCEPT", "")) > _LONGEST_REMEMBERED:
            return None
        return self._understand(environ)

    def evaluate_inside(self, asked: PlannedQuery) -> QueryAnswer | None:
        """Return the answer to a query that is provably cheap; None if it may not be, or if the answer is large.

        :raises EildError: if the query fails
        """
        if self._inside is None or not self._inside.takes(asked.plan.request):
            return None
        with contextlib.suppress(ResultTooLargeError):  # the query processes have the limit of all
            return self._inside.evaluate(asked.plan.request)
        return None

    def submit(self, asked: PlannedQuery) -> Future[QueryAnswer] | None:
        """Hand a query to the engine, where that takes queries without waiting and has a place for one more."""
        if self._submit is None:
            return None
        with contextlib.suppress(BusyError):
            return self._submit(asked.plan.request)
        return None

    def _understand(self, environ: WSGIEnvironment) -> PlannedQuery | None:
        """Return the query of a request; None if the route must answer it or report an error."""
        if self._site.live:
            return None
        try:
            call = protocol.parse_call("GET", environ["QUERY_STRING"].encode("latin-1"), "", b"")
            if call.query is None or "download" in environ["QUERY_STRING"]:
                return None
            shape = check_query_text(call.query, self._site.settings.query_bytes)
            if not shape.form or shape.volatile:
                return None
            if "version" in environ.get("HTTP_ACCEPT", ""):
                return None  # the route sees to what a version of a media type excludes
            watch = self._watch(environ)
            plan = plan_query(self._site, call, shape, environ.get("HTTP_ACCEPT"), is_abandoned=watch)
        except (EildError, UnicodeEncodeError):
            return None
        if plan.is_page:
            return None
        wishes = Wishes(find_coding(environ.get("HTTP_ACCEPT_ENCODING")), Preconditions.read(environ))
        return PlannedQuery(call.query, plan, wishes, self._site.publication.issued, self._common)

    def _watch(self, environ: WSGIEnvironment) -> Callable[[], bool] | None:
        """Return what returns whether the client has disconnected; None if nothing watches connections."""
        if self._guard is None:
            return None
        return partial(self._guard.is_gone, environ["REMOTE_ADDR"], time.monotonic())
