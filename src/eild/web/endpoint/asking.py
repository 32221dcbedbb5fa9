"""What the endpoint does with a query, for the route and for queries that need no framework.

The route ``/sparql`` (:mod:`eild.web.endpoint.sparql`) answers every call. Most calls are a query for a program, which
:class:`QuickQueries` understands without the route. It leaves everything else, and all errors, to the route; the
failure of an engine is handed over, so that no query is evaluated twice.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from eild import media
from eild.errors import EildError, ResultTooLargeError
from eild.exchange.answer import ALONE, NOT_MODIFIED, Answer, Mould, Note
from eild.exchange.conditions import UNCONDITIONAL, Preconditions
from eild.exchange.content import PLAIN, PUBLIC, SMALLEST_CODED, UNCACHED, Wishes, find_coding, make_content
from eild.query.engine import QueryRequest
from eild.query.text.guard import QueryShape, check_query_text
from eild.query.text.query import read_query
from eild.web.endpoint import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from eild.exchange.content import Content
    from eild.media import Format
    from eild.query.engine import QueryAnswer
    from eild.query.inside import InsideEngine
    from eild.query.text.query import Query
    from eild.web.endpoint.protocol import Call
    from eild.web.frame.site import Site

_ROUTE: Final = "/sparql"
_OK: Final = "200 OK"
_MOST_RECIPES: Final = 512
_LONGEST_REMEMBERED: Final = 256
_LONGEST_AT_ONCE: Final = 8192
_LONGEST_CODED: Final = 16 * 1024
_CONDITIONS: Final = frozenset(
    f"HTTP_{name}" for name in ("IF_MATCH", "IF_UNMODIFIED_SINCE", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "RANGE")
)


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
    is_page = form is media.HTML
    parts = page_parts if is_page else ()
    about = protocol.list_tag_parts(form, call.query or "", call.default_graphs, call.named_graphs)
    tag = site.make_tag(*about, *parts, has_names=is_page) if cacheable else ""
    return Plan(request, form, cacheable, tag)


def _read_wishes(environ: Mapping[str, Any]) -> Wishes:
    """Return what a request says of content."""
    coding, conditions = find_coding(environ.get("HTTP_ACCEPT_ENCODING")), Preconditions.read(environ)
    return PLAIN if coding is None and conditions is UNCONDITIONAL else Wishes(coding, conditions)


class _NotMadeError(Exception):
    """The client does not name the tag of the content, so that it has to be made."""


def _refuse_to_make() -> bytes:
    raise _NotMadeError


class Recipe:
    """What the answers have in common that queries get which differ in constants alone, for one Accept field.

    :param plan: of one of them
    :param issued: when the data were released
    :param common: header fields of every answer
    """

    __slots__ = ("_common", "_issued", "_mould", "cacheable", "form", "graph", "rows")

    def __init__(self, plan: Plan, issued: datetime, common: Mapping[str, str]) -> None:
        self.rows = plan.request.results
        self.graph = plan.request.graph
        self.form = plan.form
        self.cacheable = plan.cacheable
        self._issued = issued
        self._common = common
        self._mould: Mould | None = None

    def make_content(self, make: Callable[[], bytes], wishes: Wishes, tag: str) -> Content:
        """Return the content of an answer; see :func:`eild.exchange.content.make_content`.

        :raises PreconditionError: if a precondition of the request is false
        """
        cache = PUBLIC if self.cacheable else UNCACHED
        return make_content(make, self.form, wishes, self._issued, tag=tag, cache=cache, headers=self._common)

    def make_answer(self, body: bytes, tag: str, note: Note) -> Answer:
        """Return the answer to a request without preconditions, not coded."""
        if self._mould is None:
            self._mould = Mould(_OK, self.make_content(bytes, PLAIN, tag).fields)
        return self._mould.make(tag, body, note)


@dataclass(slots=True)
class PlannedQuery:
    """A query and how its answer is wanted.

    :ivar query: its text, as it was sent
    :ivar request: what the engine is asked
    :ivar recipe: how its answer is made
    :ivar tag: entity tag of the answer without coding; empty if the answer may differ each time
    :ivar wishes: what the request says of content
    """

    query: str
    request: QueryRequest
    recipe: Recipe
    tag: str
    wishes: Wishes

    @property
    def cacheable(self) -> bool:
        """Whether the answer is the same each time."""
        return self.recipe.cacheable

    def is_short(self, answer: QueryAnswer) -> bool:
        """Return whether an answer can be sent with so little work that nobody has to wait for it."""
        return self.wishes.coding is None or len(answer.body) <= _LONGEST_CODED

    def find_unmodified(self) -> Answer | None:
        """Return the answer for a client that names the tag of the content; None if the query must be evaluated."""
        if self.wishes.conditions.none_match is None:
            return None
        with contextlib.suppress(_NotMadeError):
            return self._answer(_refuse_to_make)
        return None

    def make_answer(self, answer: QueryAnswer) -> Answer:
        """Return what is sent of what the engine answered.

        :raises PreconditionError: if a precondition of the request is false
        """
        wishes, body = self.wishes, answer.body
        if wishes.conditions is UNCONDITIONAL and (wishes.coding is None or len(body) < SMALLEST_CODED):
            made = self.recipe.make_answer(body, self.tag, Note(_ROUTE, "ok", is_query=True, query=self.query))
            made.packed = answer.packed
            return made
        return self._answer(lambda: body)

    def _answer(self, make: Callable[[], bytes]) -> Answer:
        content = self.recipe.make_content(make, self.wishes, self.tag)
        unmodified = content.status != 200  # noqa: PLR2004 - it is 304 then
        if unmodified:
            del content.fields["Last-Modified"]  # the tag says more (RFC 9110, section 15.4.5)
        else:
            content.fields["Content-Length"] = str(len(content.body))
        note = Note(_ROUTE, "not_modified" if unmodified else "ok", is_query=True, query=self.query)
        status, body = (NOT_MODIFIED, None) if unmodified else (_OK, content.body)
        return Answer(status, list(content.fields.items()), body, note)


class QuickQueries:
    """Understands queries for programs, and evaluates those that are cheap for sure.

    :param site: the dataset and its engine
    :param common: header fields of every answer
    :param inside: evaluates cheap queries in this process, where the data is held here
    """

    def __init__(self, site: Site, common: Mapping[str, str], inside: InsideEngine | None = None) -> None:
        self._inside = inside
        self._site = site
        self._common = common
        self._recipes: dict[tuple[str | None, tuple[str, str]], Recipe] = {}

    def evaluate_inside(self, asked: PlannedQuery) -> QueryAnswer | None:
        """Return the answer to a query that is provably cheap; None if it may not be, or if the answer is large.

        :raises EildError: if the query fails
        """
        if self._inside is None or not self._inside.takes(asked.request):
            return None
        try:
            return self._inside.evaluate(asked.request)
        except ResultTooLargeError:  # the query processes have the limit of all
            return None

    def understand(self, environ: Mapping[str, Any], body: bytes = b"") -> PlannedQuery | None:
        """Return the query of a request at ``/sparql``; None if the route must answer it or report an error.

        :param environ: the WSGI environment of a GET or POST whose head was checked
        :param body: the content of a POST
        """
        site, alone = self._site, None
        if site.live:
            return None
        try:
            if environ["REQUEST_METHOD"] == "GET" and len(environ["QUERY_STRING"]) <= _LONGEST_AT_ONCE:
                part = environ.get(ALONE) or protocol.find_query_alone(environ["QUERY_STRING"])
                text = protocol.decode_query(part) if part else None
                if text is not None and 4 * len(text) <= site.settings.query_bytes:
                    alone = read_query(text)
            recipe = self._recipes.get((environ.get("HTTP_ACCEPT"), alone.key)) if alone is not None else None
            if alone is None or recipe is None:
                return self._plan(environ, body, alone)
        except (EildError, UnicodeEncodeError):
            return None
        given = alone.given
        parts = protocol.list_tag_parts(recipe.form, given)
        tag = site.make_tag(*parts, has_names=False) if recipe.cacheable else ""
        request = QueryRequest(alone.text, recipe.rows, recipe.graph)
        return PlannedQuery(given, request, recipe, tag, _read_wishes(environ))

    def _plan(self, environ: Mapping[str, Any], body: bytes, alone: Query | None) -> PlannedQuery | None:
        """Return the query of a request whatever it is; see :meth:`understand`.

        :param alone: the query if it is all that the request sends
        :raises EildError: if the route must report an error
        """
        method, parameters, accept = environ["REQUEST_METHOD"], environ["QUERY_STRING"], environ.get("HTTP_ACCEPT")
        if len(parameters) + len(body) > _LONGEST_AT_ONCE or len(accept or "") > _LONGEST_REMEMBERED:
            return None
        # The route sees to what a version of a media type excludes, and to files that are saved.
        if "version" in (accept or "") or "download" in parameters:
            return None
        is_safe = method == "GET"
        if not is_safe and _CONDITIONS & environ.keys():
            return None
        kind, coding = environ.get("CONTENT_TYPE", ""), environ.get("HTTP_CONTENT_ENCODING", "")
        call = protocol.parse_call(method, parameters.encode("latin-1"), kind, body, coding)
        if call.query is None:
            return None
        shape = check_query_text(call.query, self._site.settings.query_bytes)
        if not shape.form:
            return None
        plan = plan_query(self._site, call, shape, accept, is_safe=is_safe)
        if plan.is_page:
            return None
        recipe = Recipe(plan, self._site.publication.issued, self._common)
        if alone is not None and any(alone.key):
            if len(self._recipes) >= _MOST_RECIPES:
                self._recipes.clear()
            self._recipes[accept, alone.key] = recipe
        return PlannedQuery(call.query, plan.request, recipe, plan.tag, _read_wishes(environ))
