"""Dates, times and durations of XML Schema 1.1 (part 2, sections 3.3.6 to 3.3.14): lexical forms and their order.

Years have any number of digits and may be negative or zero, and ``24:00:00`` is the start of the next day. Two values
of which only one has a time zone have an order if it is the same for every time zone (section 3.3.7).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_YEAR: Final = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH: Final = "(?P<month>0[1-9]|1[0-2])"
_DAY: Final = "(?P<day>0[1-9]|[12][0-9]|3[01])"
_TIME: Final = (
    r"(?:(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
    r"|(?P<end>24:00:00(?:\.0+)?))"
)
_ZONE: Final = r"(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_FORMS: Final = {
    name: re.compile(form + _ZONE)
    for name, form in {
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}(?=Z|[+-])",
        "date": f"{_YEAR}-{_MONTH}-{_DAY}",
        "time": _TIME,
        "gYearMonth": f"{_YEAR}-{_MONTH}",
        "gYear": _YEAR,
        "gMonthDay": f"--{_MONTH}-{_DAY}",
        "gMonth": f"--{_MONTH}",
        "gDay": f"---{_DAY}",
    }.items()
}
_DURATION: Final = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+(?:\.[0-9]+)?)S)?)?"
)
_DAYS_BEFORE: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY: Final = 2
_MOST_OFFSET: Final = 14 * 3600
_LEAP_YEAR: Final = 1972
_REFERENCES: Final = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))
"""Months from which two durations are compared (XML Schema 1.1, section 3.3.6)."""


@dataclass(frozen=True)
class Moment:
    """A value of one of the date and time types.

    :ivar seconds: seconds on the time line, as if its time zone were UTC if it has none
    :ivar zoned: whether it has a time zone
    """

    seconds: Fraction
    zoned: bool

    def compare(self, other: Moment) -> int | None:
        """Return -1, 0 or 1 as this is before, at or after another moment; None if that depends on the time zone."""
        if self.zoned == other.zoned:
            return _sign(self.seconds - other.seconds)
        earliest, latest = self.seconds - other.seconds - _MOST_OFFSET, self.seconds - other.seconds + _MOST_OFFSET
        return _sign(earliest) if earliest > 0 or latest < 0 else None


@dataclass(frozen=True)
class Duration:
    """A duration.

    :ivar months: its years and months
    :ivar seconds: its days and times
    """

    months: int
    seconds: Fraction

    def compare(self, other: Duration) -> int | None:
        """Return -1, 0 or 1 as this is shorter than, equal to or longer than another; None if that depends."""
        found = {_sign(_add(reference, self) - _add(reference, other)) for reference in _REFERENCES}
        return found.pop() if len(found) == 1 else None


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _add(reference: tuple[int, int], duration: Duration) -> Fraction:
    total = reference[0] * 12 + reference[1] - 1 + duration.months
    return _days(total // 12, total % 12 + 1, 1) * 86400 + duration.seconds


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days(year: int, month: int, day: int) -> Fraction:
    """Return the days from the start of year 1 of the proleptic Gregorian calendar."""
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    days += _DAYS_BEFORE[month - 1] + (month > _FEBRUARY and _is_leap(year))
    return Fraction(days + day - 1)


def days_of_month(year: int, month: int) -> tuple[int, int]:
    """Return the number of the first day of a month, as :func:`find_date` counts them, and how many days it has."""
    length = _MONTH_LENGTHS[month - 1] + (month == _FEBRUARY and _is_leap(year))
    return int(_days(year, month, 1)), length


def find_date(days: int) -> tuple[int, int, int]:
    """Return year, month and day, given days from the start of year 1 of the proleptic Gregorian calendar."""
    year = days * 400 // 146097 + 1  # the mean length of years; at most one too late or too early
    while _days(year, 1, 1) > days:
        year -= 1
    while _days(year + 1, 1, 1) <= days:
        year += 1
    month = next(month for month in range(12, 0, -1) if _days(year, month, 1) <= days)
    return year, month, int(days - _days(year, month, 1)) + 1


def parse_temporal(text: str, name: str) -> Moment | None:
    """Return the value of a date or time; None if the lexical form is not one of its type.

    :param text: the lexical form
    :param name: local name of the datatype in XML Schema
    """
    match = _FORMS[name].fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts.get("year") or _LEAP_YEAR)
    month, day = int(parts.get("month") or 1), int(parts.get("day") or 1)
    length = _MONTH_LENGTHS[month - 1] + (month == _FEBRUARY and _is_leap(year))
    if day > length:
        return None
    seconds = _days(year, month, day) * 86400
    if parts.get("end"):
        seconds += 0 if name == "time" else 86400
    elif parts.get("hour"):
        seconds += int(parts["hour"]) * 3600 + int(parts["minute"]) * 60 + Fraction(parts["second"])
    return Moment(seconds - _offset(parts["zone"]), parts["zone"] is not None)


def _offset(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


def parse_duration(text: str) -> Duration:
    """Return the value of a duration of any of the three types, whose lexical form is known to be right."""
    match = _DURATION.fullmatch(text)
    if match is None:
        message = f"{text!r} is not a duration"
        raise ValueError(message)
    amounts = {name: Fraction(value or 0) for name, value in match.groupdict().items() if name != "sign"}
    sign = -1 if match["sign"] else 1
    months = int(amounts["years"] * 12 + amounts["months"])
    seconds = amounts["days"] * 86400 + amounts["hours"] * 3600 + amounts["minutes"] * 60 + amounts["seconds"]
    return Duration(sign * months, sign * seconds)
