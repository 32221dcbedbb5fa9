"""Numbers over time as one picture: a line for each point in time, as far apart as the days are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST_TIMES: Final = 3
_INSTANT: Final = re.compile(r"(-?\d{1,9})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)[\d:.]*)?)?)?(?:Z|[+-]\d\d:\d\d)?")
_MARGIN: Final = 1.0
"""Per cent of the width that stay free on both sides, so that the first and the last line are seen whole."""
_PLACES: Final = 3


@dataclass(frozen=True)
class Mark:
    """A number at a time.

    :ivar x: where its time is, in percent of the width
    :ivar y: where its value is, in percent of the height from above
    """

    x: float
    y: float


@dataclass(frozen=True)
class Series:
    """Numbers over time.

    :ivar marks: the numbers in the order of time
    :ivar zero: where zero is, in percent of the height from above
    :ivar first: the first time, as the answer writes it
    :ivar last: the last time
    :ivar least: the smallest number
    :ivar most: the largest number
    """

    marks: Sequence[Mark]
    zero: float
    first: str
    last: str
    least: str
    most: str


def read_instant(text: str) -> float | None:
    """Return a year, month, day or time of day as a number of years; None if it is none of these.

    :param text: a literal of XML Schema, or a number that is a year
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(part) if part else None for part in match.groups())
    days = 30.4375 * ((month or 1) - 1) + (day or 1) - 1 + ((hour or 0) + (minute or 0) / 60) / 24
    return (year or 0) + days / 365.25


def build_series(points: Sequence[tuple[str, str]]) -> Series | None:
    """Return the picture of numbers over time; None if there are too few times, or if one cannot be read.

    :param points: time and number of each row as the answer writes them, in the order of time; the numbers are finite
    """
    times = [read_instant(time) for time, _ in points]
    known = [time for time in times if time is not None]
    if len(known) < len(points) or len(set(known)) < _FEWEST_TIMES:
        return None
    values = [float(number) for _, number in points]
    begin, span = min(known), max(known) - min(known)
    most, least = max(0.0, *values), min(0.0, *values)
    height = (most - least) or 1.0

    def place(value: float) -> float:
        return round(100 * (most / height - value / height), _PLACES)

    width = 100 - 2 * _MARGIN
    marks = [
        Mark(round(_MARGIN + width * (time - begin) / span, _PLACES), place(value))
        for time, value in zip(known, values, strict=True)
    ]
    numbers = [number for _, number in points]
    return Series(marks, place(0.0), points[0][0], points[-1][0], min(numbers, key=float), max(numbers, key=float))
