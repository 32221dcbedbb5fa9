"""Values of literals that the engine does not compute with: large numbers, truth values in order, dates with durations.

Comparison and arithmetic are those of XPath Functions 3.1 (sections 4, 7, 8 and 9), as SPARQL 1.1 Query, section 17.3,
maps its operators.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    InvalidOperation,
    localcontext,
)
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from eild.rdf.kinds import INTEGERS, XSD

if TYPE_CHECKING:
    from collections.abc import Callable

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_MOMENT: Final = re.compile(
    r"(?:(-?[0-9]{4,})-([0-9]{2})-([0-9]{2}))?(?:(T?)([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DURATION: Final = re.compile(
    r"(-)?P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_MONTHS: Final = 12
_DAY: Final = 86_400
_DIGITS: Final = 400
_LONGEST: Final = 2_000
_LAST_PLACE: Final = Decimal(1).scaleb(-18)  # as in the engine, which leaves out the rest of a quotient
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}

Number = int | Decimal | float


def parse_number(literal: Literal) -> Number | None:
    """Return the value of a number; None if a literal is not well-formed as one (XML Schema 1.1 part 2, section 3)."""
    kind, text = literal.datatype.value, literal.value.strip(" \t\r\n")
    if not kind.startswith(XSD) or len(text) > _LONGEST:
        return None
    name = kind[len(XSD) :]
    if name in INTEGERS:
        if not _INTEGER.fullmatch(text):
            return None
        number = int(text)
        least, most = INTEGERS[name]
        return number if (least is None or number >= least) and (most is None or number <= most) else None
    if name == "decimal" and _DECIMAL.fullmatch(text):
        return Decimal(text)
    if name in {"double", "float"} and _DOUBLE.fullmatch(text):
        return float(text)
    return None


def parse_boolean(literal: Literal) -> bool | None:
    """Return a truth value; None if a literal is none."""
    if literal.datatype.value != f"{XSD}boolean":
        return None
    return {"true": True, "1": True, "false": False, "0": False}.get(literal.value.strip(" \t\r\n"))


def make_number(value: Number) -> Literal:
    """Return a number as a literal."""
    if isinstance(value, int):
        return Literal(str(value), datatype=NamedNode(f"{XSD}integer"))
    if isinstance(value, float):
        return Literal(value)
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".") or "0"
    text = "0" if text == "-0" else text
    return Literal(text, datatype=NamedNode(f"{XSD}decimal"))


def round_number(name: str, value: Number) -> Number | None:
    """Return an integer or decimal as ABS, CEIL, FLOOR or ROUND has it (XPath Functions 3.1, section 4.4).

    :param value: a number; None is returned for floating-point numbers, which the engine computes with
    """
    if isinstance(value, int):
        return abs(value) if name == "ABS" else value
    if isinstance(value, float):
        return None
    if name == "ABS":
        return value.copy_abs()
    nearest = ROUND_HALF_DOWN if value < 0 else ROUND_HALF_UP
    return value.to_integral_value({"CEIL": ROUND_CEILING, "FLOOR": ROUND_FLOOR, "ROUND": nearest}[name])


def negate(value: Number) -> Number:
    """Return a number with the other sign."""
    return value.copy_negate() if isinstance(value, Decimal) else -value


def compute(sign: str, left: Number, right: Number) -> Number | None:
    """Return the result of ``+``, ``-``, ``*`` or ``/``; None if it is an error."""
    with localcontext(Context(prec=_DIGITS)):
        if isinstance(left, float) or isinstance(right, float):
            left, right = float(left), float(right)
        elif sign == "/" or isinstance(left, Decimal) or isinstance(right, Decimal):
            left, right = Decimal(left), Decimal(right)
        try:
            found: Number = _OPERATORS[sign](left, right)
            if sign == "/" and isinstance(found, Decimal) and found.is_finite():
                found = found.quantize(_LAST_PLACE, ROUND_DOWN)
        except (ArithmeticError, InvalidOperation):
            return None
        return found


def convert(name: str, literal: Literal) -> Literal | None:
    """Return a number or a string as a number of another datatype (XPath Functions 3.1, section 19), or None.

    :param name: ``integer``, ``decimal``, ``double`` or ``float``
    """
    if literal.datatype.value == f"{XSD}string":
        return _convert_text(name, literal.value)
    number = parse_number(literal)
    if number is None:
        return None
    try:
        if name == "integer":
            return make_number(int(number))
        return make_number(Decimal(number)) if name == "decimal" else _make_float(name, float(number))
    except (ArithmeticError, ValueError):
        return None


def _convert_text(name: str, text: str) -> Literal | None:
    number = parse_number(Literal(text, datatype=NamedNode(XSD + name)))
    if number is None:
        return None
    return _make_float(name, number) if isinstance(number, float) else make_number(number)


def _make_float(name: str, number: float) -> Literal:
    return Literal(Literal(number).value, datatype=NamedNode(XSD + name))


@dataclass(frozen=True)
class Duration:
    """A duration: months and seconds (XML Schema 1.1 part 2, section 3.3.6)."""

    months: int
    seconds: Decimal

    def negate(self) -> Duration:
        """Return the same duration backwards."""
        return Duration(-self.months, -self.seconds)


def parse_duration(literal: Literal) -> Duration | None:
    """Return a duration; None if a literal is none."""
    name = literal.datatype.value.removeprefix(XSD)
    if name not in {"duration", "dayTimeDuration", "yearMonthDuration"}:
        return None
    match = _DURATION.fullmatch(literal.value.strip(" \t\r\n"))
    if match is None or not any(match.groups()[1:]) or literal.value.rstrip().endswith("T"):
        return None
    sign = -1 if match[1] else 1
    years, months, days, hours, minutes = (int(match[number] or 0) for number in range(2, 7))
    seconds = Decimal(match[7] or 0) + days * _DAY + hours * 3600 + minutes * 60
    if (name == "dayTimeDuration" and (match[2] or match[3])) or (
        name == "yearMonthDuration" and any(match.groups()[3:])
    ):
        return None
    return Duration(sign * (years * _MONTHS + months), sign * seconds)


def _count_days(year: int, month: int, day: int) -> int:
    """Return the number of a day of the proleptic Gregorian calendar, in which the year 0 is a leap year."""
    year -= month <= 2  # noqa: PLR2004 - years begin in March here
    era_year = year % 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1  # noqa: PLR2004 - as before
    return year // 400 * 146_097 + era_year * 365 + era_year // 4 - era_year // 100 + day_of_year


def _find_day(number: int) -> tuple[int, int, int]:
    """Return year, month and day of a number of a day."""
    era, day_of_era = divmod(number, 146_097)
    era_year = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * era_year + era_year // 4 - era_year // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)  # noqa: PLR2004 - as in _count_days
    return era * 400 + era_year + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1  # noqa: PLR2004


def _count_month_days(year: int, month: int) -> int:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and is_leap else _MONTH_DAYS[month - 1]  # noqa: PLR2004 - February


@dataclass(frozen=True)
class Moment:
    """A date, a time, or both.

    :ivar kind: ``date``, ``time`` or ``dateTime``
    :ivar day: the number of the day; 0 for a time
    :ivar seconds: of the day
    :ivar zone: as it is written; empty if there is none
    """

    kind: str
    day: int
    seconds: Decimal
    zone: str

    def write(self) -> Literal:
        """Return it as a literal."""
        whole, rest = divmod(self.seconds, 1)
        clock = f"{int(whole) // 3600:02}:{int(whole) // 60 % 60:02}:{int(whole) % 60:02}"
        if rest:
            clock += f"{rest:f}"[1:].rstrip("0")
        year, month, day = _find_day(self.day)
        date = f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"
        text = {"date": date, "time": clock, "dateTime": f"{date}T{clock}"}[self.kind]
        return Literal(text + self.zone, datatype=NamedNode(XSD + self.kind))

    def add(self, duration: Duration) -> Moment | None:
        """Return the moment a duration later (XML Schema 1.1 part 2, appendix E.3.3); None if that is an error."""
        if self.kind == "time" and duration.months:
            return None
        day = self.day
        if duration.months:
            year, month, of_month = _find_day(day)
            months = year * _MONTHS + month - 1 + duration.months
            year, month = months // _MONTHS, months % _MONTHS + 1
            day = _count_days(year, month, min(of_month, _count_month_days(year, month)))
        total = day * _DAY + self.seconds + duration.seconds
        days, seconds = divmod(total, _DAY)
        if seconds < 0:  # a Decimal has the sign of the dividend
            days, seconds = days - 1, seconds + _DAY
        if self.kind == "time":
            return Moment("time", 0, seconds, self.zone)
        return Moment(self.kind, int(days), seconds if self.kind == "dateTime" else Decimal(0), self.zone)

    def count_seconds(self) -> tuple[Decimal, bool]:
        """Return the seconds since the first day in universal time, and whether the time zone is known."""
        seconds = self.day * _DAY + self.seconds
        if self.zone in {"", "Z"}:
            return seconds, bool(self.zone)
        offset = int(self.zone[1:3]) * 3600 + int(self.zone[4:]) * 60
        return seconds - (offset if self.zone[0] == "+" else -offset), True


def parse_moment(literal: Literal) -> Moment | None:
    """Return a date, a time or both; None if a literal is none."""
    kind = literal.datatype.value.removeprefix(XSD)
    match = _MOMENT.fullmatch(literal.value.strip(" \t\r\n")) if kind in {"date", "time", "dateTime"} else None
    if match is None or (match[1] is not None) != (kind != "time") or (match[5] is not None) != (kind != "date"):
        return None
    if (match[4] == "T") != (kind == "dateTime"):
        return None
    day = 0
    if match[1]:
        year, month, of_month = int(match[1]), int(match[2]), int(match[3])
        if not 1 <= month <= _MONTHS or not 1 <= of_month <= _count_month_days(year, month):
            return None
        day = _count_days(year, month, of_month)
    hours, minutes, seconds = int(match[5] or 0), int(match[6] or 0), Decimal(match[7] or 0)
    is_midnight = hours == 24 and not minutes and not seconds  # noqa: PLR2004 - the end of the day
    if (hours > 23 and not is_midnight) or minutes > 59 or seconds >= 60:  # noqa: PLR2004 - a clock
        return None
    total = hours * 3600 + minutes * 60 + seconds
    if is_midnight:
        day, total = (day + 1, Decimal(0)) if match[1] else (0, Decimal(0))
    return Moment(kind, day, Decimal(total), match[8] or "")
