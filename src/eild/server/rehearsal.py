"""Requests that nobody sent, answered before the HTTP processes are copied from the one that has loaded a version.

What they need is made once then, and all processes share its memory, rather than each making its own at its first
request. Nobody counts or logs them.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from eild.documents.index import DocumentIndex
from eild.errors import EildError
from eild.server.bridge import COMMON, Reply
from eild.server.desk import ROUTE
from eild.web.app import create_app
from eild.web.warming import MANY

if TYPE_CHECKING:
    from eild.server.version import Version
    from eild.web.endpoint.asking import QuickQueries

PATHS: Final = ("/", ROUTE, "/health/live")
"""Paths of pages that need what most pages need."""
QUERIES: Final = ("ASK {}", "SELECT ?s { ?s a ?class } LIMIT 1", "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 1")
"""Queries that need what most queries need."""


def _write_request(path: str, query: str = "") -> dict[str, Any]:
    return {
        **COMMON,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.errors": sys.stderr,
        "wsgi.input": io.BytesIO(),
    }


def _ask(quick: QuickQueries, text: str) -> None:
    asked = quick.understand(_write_request(ROUTE, f"query={quote(text)}"))
    found = None if asked is None else quick.evaluate_inside(asked)
    if asked is not None and found is not None:
        asked.make_answer(found)


def rehearse(version: Version) -> None:
    """Answer some requests over small data, and keep what that needed.

    Of large data, and of data in a store on disk or on another server, nothing is made: that would delay the start.
    """
    documents = version.site.documents
    if not isinstance(documents, DocumentIndex) or documents.count_subjects() >= MANY:
        return
    application = create_app(version.site)  # not the version's own, which would count them
    for path in PATHS:
        reply = Reply()
        reply.take(application(_write_request(path), reply.start), 0, bodiless=False)
    for text in QUERIES:
        try:
            _ask(version.quick, text)
        except EildError:
            continue  # whoever asks is told
