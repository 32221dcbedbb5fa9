"""Queries by GET without the framework: negotiation, checks and evaluation as the route does them, in fewer steps.

The route ``/sparql`` (:mod:`eild.web.sparql`) answers whatever is asked of it. Most of what is asked is a query in the
URL whose answer may be kept, in a form for programs. This answers those; all else, and all errors, it leaves to the
route: an engine's failure is handed over, so that no query is evaluated twice.
"""

from __future__ import annotations

import time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from eild import media
from eild.errors import EildError
from eild.store.engine import QueryRequest
from eild.store.guard import QueryShape, check_query_text
from eild.web import protocol
from eild.web.cache import FAILURE, NOT_MODIFIED, Answer, Note
from eild.web.content import Wishes, find_coding, make_content
from eild.web.respond import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIEnvironment

    from eild.media import Format
    from eild.web.connections import ConnectionGuard
    from eild.web.protocol import Call
    from eild.web.site import Site

_LONGEST_REMEMBERED: Final = 256


def _choose_forms(form: str, wanted: str, accept: str | None) -> tuple[Format | None, Format | None]:
    """Return the forms for rows and for a graph; see :func:`eild.web.protocol.choose_forms`."""
    return protocol.choose_forms(QueryShape(form, volatile=False), wanted, accept)


_remember_forms = lru_cache(maxsize=1024)(_choose_forms)


class QuickQueries:
    """Answers queries by GET.

    :param site: the dataset and its engine
    :param common: header fields of every answer
    :param guard: what watches the connections of clients, where a server runs
    """

    def __init__(self, site: Site, common: Mapping[str, str], guard: ConnectionGuard | None = None) -> None:
        self._site = site
        self._common = common
        self._guard = guard

    def answer(self, environ: WSGIEnvironment) -> Answer | None:
        """Return the answer to a request at ``/sparql``, which lasts; nothing where the route has to answer it.

        :param environ: the WSGI environment of a GET whose head was checked
        """
        if self._site.live:
            return None
        try:
            call = protocol.parse_call("GET", environ["QUERY_STRING"].encode("latin-1"), "", b"")
            if call.query is None or "download" in environ["QUERY_STRING"]:
                return None
            shape = check_query_text(call.query, self._site.settings.query_bytes)
            if not shape.form or shape.volatile:
                return None
            accept = environ.get("HTTP_ACCEPT")
            short = len(accept or "") + len(call.format) <= _LONGEST_REMEMBERED
            rows, graph = (_remember_forms if short else _choose_forms)(shape.form, call.format, accept)
        except (EildError, UnicodeEncodeError):
            return None
        form = rows or graph
        if form is None or form is media.HTML:
            return None
        return self._evaluate(environ, call, shape, form)

    def _evaluate(self, environ: WSGIEnvironment, call: Call, shape: QueryShape, form: Format) -> Answer | None:
        site = self._site
        is_abandoned = None
        if self._guard is not None:
            is_abandoned = partial(self._guard.is_gone, environ["REMOTE_ADDR"], time.monotonic())
        wanted = QueryRequest(
            shape.text,
            None if shape.makes_graph else form,
            form if shape.makes_graph else None,
            call.default_graphs,
            call.named_graphs,
            is_abandoned=is_abandoned,
        )
        tag = site.make_tag(*protocol.list_tag_parts(call, form))
        wishes = Wishes(
            "GET",
            find_coding(environ.get("HTTP_ACCEPT_ENCODING")),
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE"),
        )
        try:
            content = make_content(
                lambda: site.engine.evaluate(wanted).body,
                form,
                wishes,
                site.publication.issued,
                tag=tag,
                cache=PUBLIC,
                headers=self._common,
            )
        except EildError as error:
            environ[FAILURE] = (call.query, error)
            return None
        unmodified = content.status != 200  # noqa: PLR2004 - it is 304 then
        if unmodified:
            del content.fields["Last-Modified"]  # the tag says more (RFC 9110, section 15.4.5)
        else:
            content.fields["Content-Length"] = str(len(content.body))
        note = Note("/sparql", "not_modified" if unmodified else "ok", is_query=True, query=call.query)
        status, body = (NOT_MODIFIED, None) if unmodified else ("200 OK", content.body)
        return Answer(status, list(content.fields.items()), body, note)
