"""Values of literals and their order, as SPARQL's operators compare them (SPARQL 1.1 Query, section 17.3).

Integers and decimals are exact, whatever their size. A number of type ``xsd:double`` or ``xsd:float`` is compared
after the other one is promoted to its type. What an operator does not compare has no order.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from functools import lru_cache
from math import isnan
from typing import TYPE_CHECKING, Final

from eild.validation.exact.lexical import BOUNDS, XSD, is_well_formed, read_integer
from eild.validation.exact.temporal import Duration, Moment, parse_duration, parse_temporal

if TYPE_CHECKING:
    from typing import TypeAlias

    import pyoxigraph

    _Value: TypeAlias = "Fraction | float | str | bool | Moment | Duration"

_TEMPORAL: Final = {
    name: name.replace("dateTimeStamp", "dateTime")
    for name in "date dateTime dateTimeStamp time gYear gYearMonth".split()
}
_DURATIONS: Final = frozenset({"duration", "yearMonthDuration", "dayTimeDuration"})
_CACHED_VALUES: Final = 65536


def compare(one: pyoxigraph.Literal, other: pyoxigraph.Literal) -> int | None:
    """Return -1, 0 or 1 as a literal is less than, equal to or greater than another; None if they have no order."""
    if one.language is not None or other.language is not None:
        return None
    first, second = (read_value(term.value, term.datatype.value) for term in (one, other))
    if first is None or second is None or first[0] != second[0]:
        return None
    left, right = first[1], second[1]
    if isinstance(left, Moment) and isinstance(right, Moment):
        return left.compare(right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return left.compare(right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, Fraction | float | bool) and isinstance(right, Fraction | float | bool):
        left, right = _promote(left, right, {first[2], second[2]})
        if any(isinstance(value, float) and isnan(value) for value in (left, right)):
            return None
        return (left > right) - (left < right)
    return None


@lru_cache(maxsize=_CACHED_VALUES)
def read_value(text: str, datatype: str) -> tuple[str, _Value, str] | None:
    """Return the kind of a literal, its value and the local name of its type; None if it has no value with an order.

    :param text: the lexical form
    :param datatype: IRI of the datatype
    """
    if not datatype.startswith(XSD):
        return None
    name = datatype.removeprefix(XSD)
    if name == "string":
        return "string", text, name
    if not is_well_formed(text, datatype):
        return None
    if name in BOUNDS:
        return "number", Fraction(read_integer(text)), "integer"
    if name == "decimal":
        whole, _, rest = text.partition(".")
        return (
            "number",
            Fraction(read_integer((whole if whole not in {"", "+", "-"} else f"{whole}0") + rest), 10 ** len(rest)),
            name,
        )
    if name in {"double", "float"}:
        return "number", _read_float(text, name), name
    if name == "boolean":
        return "boolean", text in {"true", "1"}, name
    if name in _TEMPORAL:
        moment = parse_temporal(text, name)
        return None if moment is None else (_TEMPORAL[name], moment, name)
    return ("duration", parse_duration(text), name) if name in _DURATIONS else None


def _read_float(text: str, name: str) -> float:
    value = float(text.replace("INF", "inf"))
    return _to_single(value) if name == "float" else value


def _to_single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _to_double(value: Fraction | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _promote(left: Fraction | float, right: Fraction | float, types: set[str]) -> tuple[Fraction | float, ...]:
    """Return two numbers as SPARQL compares them: exact unless one of them is a float or double."""
    if "double" in types:
        return _to_double(left), _to_double(right)
    if "float" in types:
        return _to_single(_to_double(left)), _to_single(_to_double(right))
    return left, right
