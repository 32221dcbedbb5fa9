"""Replace what differs between two recordings of the same behaviour: times, durations, measured values, paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MASK: Final = "***"
"""What stands for a masked value."""

MASKED_FIELDS: Final = frozenset({"date"})
"""Names of header fields whose values are masked everywhere, in lowercase."""

SETS: Final = frozenset({"allow", "access-control-allow-methods"})
"""Names of header fields whose members have no order, in lowercase; they are sorted."""

_DURATION: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+)? ?(?:s|ms|seconds|milliseconds)\b")
_SAMPLE: Final = re.compile(r"^(?P<series>[a-zA-Z_:][\w:]*(?:\{.*\})?) \S+(?: \d+)?$", re.MULTILINE)
_LOG_MEMBER: Final = re.compile(r'("(?:time|duration)": )("[^"]*"|[^,}]+)')


def mask_places(text: str, places: Sequence[tuple[str, str]]) -> str:
    """Replace the paths of directories by their roles.

    :param places: pairs of a path and the role that replaces it, the longest path first
    """
    for path, role in places:
        text = text.replace(path, role)
    return text


def mask_durations(text: str) -> str:
    """Replace numbers that are followed by a unit of time."""
    return _DURATION.sub(lambda found: MASK + re.sub(r"^[\d.]+", "", found[0]), text)


def mask_metrics(text: str) -> str:
    """Replace the values of samples in Prometheus's text format, and sort the lines.

    Comments (``# HELP``, ``# TYPE``) and the series themselves, with their labels, remain.
    """
    lines = _SAMPLE.sub(rf"\g<series> {MASK}", text).splitlines()
    return "\n".join(sorted(lines)) + "\n"


def mask_log(text: str) -> str:
    """Replace times and durations in a request log of one JSON object per line, and sort the lines.

    Threads write to the log: requests that follow each other closely may change places.
    """
    return "\n".join(sorted(_LOG_MEMBER.sub(rf'\1"{MASK}"', text).splitlines()))


def _sort_members(value: str) -> str:
    return ", ".join(sorted(member.strip() for member in value.split(",")))


def mask_fields(fields: Iterable[tuple[str, str]], *, masked: frozenset[str] = MASKED_FIELDS) -> list[list[str]]:
    """Return header fields sorted by lowercase name, with the values of the given fields masked.

    Fields of the same name keep their order, which has a meaning (RFC 9110, section 5.3).

    :param masked: lowercase names of the fields to mask
    """
    lowered = [(name.lower(), _sort_members(value) if name.lower() in SETS else value) for name, value in fields]
    return [[name, MASK if name in masked else value] for name, value in sorted(lowered, key=lambda field: field[0])]
