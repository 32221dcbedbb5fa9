"""From content to a response: entity tag, conditions, content coding, caching and the fields of every answer."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

import brotli  # type: ignore[import-untyped] # the package has no stubs
import zstandard
from flask import Response, current_app, request
from werkzeug.http import http_date

from eild import media
from eild.web.problems import (
    Problem,
    choose_problem_format,
    render_json,
    render_text,
)
from eild.web.ranges import is_older, matches_tag, names_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from eild.media import Format
    from eild.web.site import Site

PUBLIC: Final = "public, max-age=300"
"""Caching of what belongs to a version: shared caches may keep it five minutes, and then ask by tag."""
IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""Caching of what never changes under its name."""
UNCACHED: Final = "no-store"
"""Caching of what differs each time."""

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every page."""

_SMALLEST_CODED: Final = 860
_BROTLI_QUALITY: Final = 4
_PACKED: Final = frozenset({"font/woff2"})  # compressed in itself: no coding makes it smaller


def current_site() -> Site:
    """Return the site of the running application."""
    site: Site = current_app.extensions["eild"]
    return site


def accept_header() -> str | None:
    """Return the Accept field of the request, repeated lines joined."""
    return ",".join(request.headers.getlist("Accept")) or None


def _compress(body: bytes, coding: str) -> bytes:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(body)
    if coding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return gzip.compress(body, compresslevel=6, mtime=0)


def choose_coding() -> str | None:
    """Return the content coding that the request likes best."""
    return media.choose_coding(",".join(request.headers.getlist("Accept-Encoding")) or None)


def _may_be_unmodified() -> bool:
    return request.method in {"GET", "HEAD"}


def _code_tag(tag: str, coding: str | None) -> str:
    """Return the tag of content in a coding: other bytes have another tag."""
    return f'{tag[:-1]}-{coding}"' if coding else tag


def is_unmodified(tag: str, issued: datetime | None = None) -> bool:
    """Tell whether the client has this version already (RFC 9110, section 13.2.2).

    :param issued: when the content was released, where that is not the day of the version in service
    """
    if not _may_be_unmodified():
        return False
    if "If-None-Match" in request.headers:
        return matches_tag(request.headers["If-None-Match"], tag)
    return is_older(request.headers.get("If-Modified-Since"), issued or current_site().publication.issued)


def make_bodiless(response: Response, status: int) -> Response:
    """Return a response with a status that has no content, and so no type of content."""
    response.status_code = status
    response.headers.pop("Content-Type", None)
    return response


def respond(
    make: Callable[[], bytes],
    form: Format,
    *,
    tag: str = "",
    cache: str = PUBLIC,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a response with content in a form.

    :param make: makes the content; not called where the client names its tag. A date or an asterisk claims nothing,
        so that what cannot be made fails as ever
    :param form: its form
    :param tag: a strong entity tag of the content without coding; empty where it differs each time
    :param cache: the Cache-Control field
    :param headers: further fields
    """
    response = Response(status=200)
    response.headers["Vary"] = "Accept, Accept-Encoding"
    response.headers["Cache-Control"] = UNCACHED if current_site().live and not tag else cache
    response.headers.update(headers or {})
    coding = None if form.media_type in _PACKED else choose_coding()
    if tag:
        response.headers["ETag"] = _code_tag(tag, coding)
        response.headers["Last-Modified"] = http_date(current_site().publication.issued)
        if names_tag(request.headers.get("If-None-Match"), response.headers["ETag"]) and _may_be_unmodified():
            return make_bodiless(response, 304)  # who has the tag had the content
    body = make()
    if len(body) < _SMALLEST_CODED:
        coding = None
    if tag:
        response.headers["ETag"] = _code_tag(tag, coding)
        if is_unmodified(response.headers["ETag"]):
            return make_bodiless(response, 304)
    if coding:
        body = _compress(body, coding)
        response.headers["Content-Encoding"] = coding
    response.headers["Content-Type"] = form.content_type
    if form is media.HTML:
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.set_data(body)
    return response


def respond_problem(problem: Problem, render_page: Callable[[Problem], bytes]) -> Response:
    """Return the response that an error makes, in the form that the client likes best.

    :param render_page: makes the page for people
    """
    form = choose_problem_format(accept_header())
    renderers = {media.PROBLEM: render_json, media.HTML: render_page, media.TEXT: render_text}
    response = respond(lambda: renderers[form](problem), form, cache=UNCACHED, headers=problem.headers)
    response.status_code = problem.status
    return response
