"""Byte ranges and conditional requests as pure functions (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

_RANGE: Final = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)
_TAG: Final = re.compile(r'(?:W/)?"[^"]*"')
_MAX_DIGITS: Final = 18


class UnsatisfiableRangeError(ValueError):
    """The range lies outside the file."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return first and last byte of the one range that a field asks for, or nothing where all is to be sent.

    A field that cannot be read, or asks for several ranges, is passed over as the RFC allows.

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
    """Tell whether an If-None-Match field holds a tag itself, compared weakly as section 13.1.2 asks."""
    return any(found.removeprefix("W/") == tag for found in _TAG.findall(header or ""))


def matches_tag(header: str | None, tag: str) -> bool:
    """Tell whether an If-None-Match field holds a tag, or the asterisk that stands for any."""
    return (header or "").strip() == "*" or names_tag(header, tag)


def is_older(header: str | None, modified: datetime) -> bool:
    """Tell whether nothing changed since the date of an If-Modified-Since field; an unreadable one says no."""
    if not header:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return False


def range_applies(header: str | None, tag: str, modified: datetime) -> bool:
    """Tell whether a Range field counts, given If-Range (section 13.1.5): a strong tag or the exact date."""
    if not header:
        return True
    header = header.strip()
    if header.startswith(('"', "W/")):
        return header == tag
    try:
        return parsedate_to_datetime(header) == modified.replace(microsecond=0)
    except (ValueError, TypeError):
        return False
