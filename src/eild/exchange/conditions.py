"""Byte ranges and conditional requests as pure functions (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from eild.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_RANGE: Final = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)
_TAG: Final = re.compile(r'(?:W/)?"[^"]*"')
_MAX_DIGITS: Final = 18
_FIELDS: Final = frozenset(
    {"HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}
)


class UnsatisfiableRangeError(ValueError):
    """The range lies outside the file."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of the range that a field asks for; None if the whole file is to be sent.

    A malformed field, or one that asks for several ranges, is ignored, as the RFC allows.

    :param size: bytes in the file
    :raises UnsatisfiableRangeError: if no byte of the file lies in the range
    """
    match = _RANGE.fullmatch((header or "").strip())
    if match is None or not (match[1] or match[2]) or max(map(len, match.groups())) > _MAX_DIGITS:
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        if not length:
            raise UnsatisfiableRangeError
        return size - length, size - 1
    first, last = int(match[1]), int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None
    if first >= size:
        raise UnsatisfiableRangeError
    return first, min(last, size - 1)


def names_tag(header: str | None, tag: str) -> bool:
    """Return whether an If-None-Match field holds a tag itself, compared weakly as section 13.1.2 asks."""
    return any(found.removeprefix("W/") == tag for found in _TAG.findall(header or ""))


def matches_tag(header: str | None, tag: str) -> bool:
    """Return whether an If-None-Match field holds a tag, or the asterisk that stands for any."""
    return (header or "").strip() == "*" or names_tag(header, tag)


def is_older(header: str | None, modified: datetime) -> bool:
    """Return whether nothing changed since the date of an If-Modified-Since field; an unreadable one says no."""
    if not header:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return False


def matches_strongly(header: str, tag: str) -> bool:
    """Return whether an If-Match field holds a tag, compared strongly (section 13.1.1), or the asterisk for any.

    :param tag: the entity tag of the content; empty if it has none, which only the asterisk matches
    """
    return header.strip() == "*" or (bool(tag) and tag in _TAG.findall(header))


def is_newer(header: str, modified: datetime) -> bool:
    """Return whether content changed after the date of an If-Unmodified-Since field; False if it is not a date."""
    try:
        return modified.replace(microsecond=0) > parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return False


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The fields that make a GET or HEAD request conditional, but for If-Range (RFC 9110, section 13.1).

    :ivar match: the If-Match field
    :ivar unmodified_since: the If-Unmodified-Since field
    :ivar none_match: the If-None-Match field
    :ivar modified_since: the If-Modified-Since field
    """

    match: str | None = None
    unmodified_since: str | None = None
    none_match: str | None = None
    modified_since: str | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Preconditions:
        """Return the preconditions of a request.

        :param environ: the WSGI environment; other methods than GET and HEAD have no preconditions here, because they
            select no representation that a tag or a date could belong to
        """
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or _FIELDS.isdisjoint(environ):
            return UNCONDITIONAL
        return cls(
            environ.get("HTTP_IF_MATCH"),
            environ.get("HTTP_IF_UNMODIFIED_SINCE"),
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE"),
        )

    def require(self, tag: str, modified: datetime | None) -> None:
        """Check the preconditions that must hold before content is sent: the first two steps of section 13.2.2.

        :param tag: the entity tag of the content; empty if it has none
        :param modified: when the content was last modified; None if that is unknown
        :raises PreconditionError: if one of them is false
        """
        hint = "request the content again without the condition"
        if self.match is not None:
            if not matches_strongly(self.match, tag):
                raise PreconditionError("no entity tag of If-Match is that of the content", hint=hint)
        elif self.unmodified_since is not None and modified is not None and is_newer(self.unmodified_since, modified):
            raise PreconditionError("the content was modified after the date of If-Unmodified-Since", hint=hint)

    def is_unmodified(self, tag: str, modified: datetime) -> bool:
        """Return whether the client has the content already: the next two steps of section 13.2.2, which lead to 304.

        :param tag: the entity tag of the content
        :param modified: when it was last modified
        """
        if self.none_match is not None:
            return matches_tag(self.none_match, tag)
        return is_older(self.modified_since, modified)


UNCONDITIONAL: Final = Preconditions()
"""The preconditions of a request that has none."""


def range_applies(header: str | None, tag: str, modified: datetime) -> bool:
    """Return whether a Range field counts, given If-Range (section 13.1.5): a strong tag or the exact date."""
    if not header:
        return True
    header = header.strip()
    if header.startswith(('"', "W/")):
        return header == tag
    try:
        return parsedate_to_datetime(header) == modified.replace(microsecond=0)
    except (ValueError, TypeError):
        return False
