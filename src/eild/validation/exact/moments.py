"""Arithmetic of dates, times and durations (XPath Functions 3.1, section 9; XML Schema 1.1 part 2, appendix E.3.3).

SPARQL 1.1 leaves it to engines (section 17.3.1), and those beside this one have it, too.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from rdflib import Literal
from rdflib.namespace import XSD
from rdflib.plugins.sparql.sparql import SPARQLError

from eild.validation.exact.temporal import Duration, Moment, days_of_month, find_date
from eild.validation.exact.values import read_value

if TYPE_CHECKING:
    from rdflib.term import Node

_DAY: Final = 86400
_MOMENTS: Final = frozenset({"date", "dateTime", "time"})


def compute_moments(one: Node, operator: str, other: Node) -> Node:
    """Return the sum or difference of dates, times and durations.

    :raises SPARQLError: if there is none
    """
    (left, first), (right, second) = _read(one), _read(other)
    zone = str(one)[-6:] if isinstance(left, Moment) else str(other)[-6:]
    if isinstance(left, Moment) and isinstance(right, Moment):
        if operator == "-" and first == second and left.zoned == right.zoned:
            return _duration(Duration(0, left.seconds - right.seconds), "dayTimeDuration")
    elif operator in {"+", "-"}:
        sign = 1 if operator == "+" else -1
        if isinstance(left, Moment) and isinstance(right, Duration):
            return _add(left, first, Duration(sign * right.months, sign * right.seconds), zone)
        if isinstance(left, Duration) and isinstance(right, Moment) and operator == "+":
            return _add(right, second, left, zone)
        if isinstance(left, Duration) and isinstance(right, Duration):
            total = Duration(left.months + sign * right.months, left.seconds + sign * right.seconds)
            return _duration(total, first if first == second else "duration")
    raise _no_result()


def _no_result() -> SPARQLError:
    return SPARQLError("there is no such operation for these values")


def _read(term: Node) -> tuple[Moment | Duration, str]:
    found = read_value(str(term), str(term.datatype)) if isinstance(term, Literal) and term.datatype else None
    if found is not None and isinstance(found[1], Duration):
        return found[1], found[2]
    if found is not None and isinstance(found[1], Moment) and found[0] in _MOMENTS:
        return found[1], found[0]
    raise _no_result()


def _add(moment: Moment, kind: str, duration: Duration, zone: str) -> Node:
    """Return a moment moved by a duration: by its months first, then by its seconds.

    :param zone: the end of the lexical form of the moment, with its time zone if it has one
    """
    offset = _offset(zone) if moment.zoned else 0
    local = moment.seconds + offset
    if kind == "time":
        if duration.months:
            raise _no_result()
        return Literal(_clock((local + duration.seconds) % _DAY) + _zone(moment, zone), datatype=XSD.time)
    year, month, day = find_date(int(local // _DAY))
    total = year * 12 + month - 1 + duration.months
    year, month = total // 12, total % 12 + 1
    first, length = days_of_month(year, month)
    moved = Fraction((first + min(day, length) - 1) * _DAY) + local % _DAY + duration.seconds
    year, month, day = find_date(int(moved // _DAY))
    date = f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"
    clock = f"T{_clock(moved % _DAY)}" if kind == "dateTime" else ""
    return Literal(f"{date}{clock}{_zone(moment, zone)}", datatype=XSD[kind], normalize=False)


def _zone(moment: Moment, zone: str) -> str:
    if not moment.zoned:
        return ""
    return "Z" if zone.endswith("Z") else zone


def _offset(zone: str) -> int:
    if zone.endswith("Z"):
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


def _clock(seconds: Fraction) -> str:
    whole = int(seconds)
    within = seconds % 60
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{'0' if within < 10 else ''}{_seconds(within)}"  # noqa: PLR2004 - two digits


def _seconds(value: Fraction) -> str:
    """Return seconds with as many decimals as they have: lexical forms give a finite number of them."""
    rest, decimals = value % 1, ""
    while rest:
        rest *= 10
        decimals += str(int(rest))
        rest %= 1
    return f"{int(value)}.{decimals}" if decimals else str(int(value))


def _duration(duration: Duration, kind: str) -> Node:
    """Return a duration as a literal in its canonical form."""
    if duration.months * duration.seconds < 0:
        raise _no_result()
    months, seconds = abs(duration.months), abs(duration.seconds)
    text = "".join(f"{value}{unit}" for value, unit in ((months // 12, "Y"), (months % 12, "M")) if value)
    days, rest = int(seconds // _DAY), seconds % _DAY
    text += f"{days}D" if days else ""
    parts = ((int(rest // 3600), "H"), (int(rest // 60 % 60), "M"))
    clock = "".join(f"{value}{unit}" for value, unit in parts if value)
    clock += f"{_seconds(rest % 60)}S" if rest % 60 else ""
    text += f"T{clock}" if clock else ""
    sign = "-" if duration.months < 0 or duration.seconds < 0 else ""
    zero = "0M" if kind == "yearMonthDuration" else "T0S"
    return Literal(f"{sign}P{text or zero}", datatype=XSD[kind], normalize=False)
