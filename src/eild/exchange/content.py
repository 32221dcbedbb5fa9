"""Content with its validators, coding and header fields, as a pure function: what is sent is decided here alone."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import brotli  # type: ignore[import-untyped] # the package has no stubs
import zstandard
from werkzeug.http import http_date

from eild import media
from eild.exchange.conditions import UNCONDITIONAL, Preconditions, names_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from eild.media import Format

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every page."""
VARY: Final = "Accept, Accept-Encoding"
"""What of a request content depends on besides its URL."""
PUBLIC: Final = "public, max-age=300"
"""Caching of what belongs to a version: shared caches may keep it five minutes, and then ask by tag."""
IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""Caching of what never changes under its name."""
UNCACHED: Final = "no-store"
"""Caching of what differs each time."""

SMALLEST_CODED: Final = 860
"""Content of fewer bytes is not coded."""
_BROTLI_QUALITY: Final = 4
_PACKED: Final = frozenset({"font/woff2"})  # compressed in itself: no coding makes it smaller
_OK: Final = 200
_NOT_MODIFIED: Final = 304

_LONGEST_REMEMBERED: Final = 256
_remember_coding = lru_cache(maxsize=256)(media.choose_coding)
format_date = lru_cache(maxsize=16)(http_date)
"""Return a date as a header field has it."""


def find_coding(header: str | None) -> str | None:
    """Return the content coding for an Accept-Encoding field; see :func:`eild.media.choose_coding`."""
    if header and len(header) > _LONGEST_REMEMBERED:
        return media.choose_coding(header)
    return _remember_coding(header)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a request says of how it wants content.

    :ivar coding: the content coding that it likes best
    :ivar conditions: its preconditions
    """

    coding: str | None = None
    conditions: Preconditions = UNCONDITIONAL


PLAIN: Final = Wishes()
"""The wishes of a request that has none."""


@dataclass(slots=True)
class Content:
    """What is sent: status, header fields and bytes."""

    status: int
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def _compress(body: bytes, coding: str) -> bytes:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(body)
    if coding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return gzip.compress(body, compresslevel=6, mtime=0)


def _code_tag(tag: str, coding: str | None) -> str:
    """Return the tag of content in a coding: other bytes have another tag."""
    return f'{tag[:-1]}-{coding}"' if coding else tag


def make_content(  # noqa: PLR0913 - what content depends on, by name
    make: Callable[[], bytes],
    form: Format,
    wishes: Wishes,
    issued: datetime,
    *,
    tag: str,
    cache: str,
    headers: Mapping[str, str] | None = None,
) -> Content:
    """Return content in a form.

    :param make: makes the content; not called if the client names its tag. A date or an asterisk claims nothing,
        so content that cannot be made fails as usual
    :param form: its form
    :param wishes: what the request says
    :param issued: when what it is made of was last modified
    :param tag: a strong entity tag of the content without coding; empty if it differs each time
    :param cache: the Cache-Control field
    :param headers: further fields
    :raises PreconditionError: if a precondition of the request is false
    """
    conditions = wishes.conditions
    fields = {"Vary": VARY, "Cache-Control": cache, **(headers or {})}
    coding = None if form.media_type in _PACKED else wishes.coding
    if tag:
        fields["ETag"] = _code_tag(tag, coding)
        fields["Last-Modified"] = format_date(issued)
        if (
            conditions.match is None
            and conditions.unmodified_since is None
            and names_tag(conditions.none_match, fields["ETag"])
        ):
            return Content(_NOT_MODIFIED, fields)  # who has the tag had the content
    body = make()
    if len(body) < SMALLEST_CODED:
        coding = None
    if tag:
        fields["ETag"] = _code_tag(tag, coding)
    conditions.require(fields.get("ETag", ""), issued if tag else None)
    if tag and conditions.is_unmodified(fields["ETag"], issued):
        return Content(_NOT_MODIFIED, fields)
    if coding:
        body = _compress(body, coding)
        fields["Content-Encoding"] = coding
    fields["Content-Type"] = form.content_type
    if form is media.HTML:
        fields.setdefault("Content-Security-Policy", CONTENT_POLICY)
    return Content(_OK, fields, body)
