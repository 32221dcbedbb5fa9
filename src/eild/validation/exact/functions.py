"""Arithmetic, casts and functions of queries (SPARQL 1.1 Query, sections 17.4 and 17.5), exact whatever the size."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction
from math import ceil, copysign, inf, isinf, isnan, nan
from math import floor as round_down
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.plugins.sparql.sparql import SPARQLError

from eild.validation.exact.lexical import BOUNDS, is_well_formed, read_integer
from eild.validation.exact.lexical import XSD as NAMESPACE
from eild.validation.exact.moments import compute_moments
from eild.validation.exact.values import read_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    Number = Fraction | float

FIELDS: Final = ("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS")
"""The functions that return a part of a date or time."""

_TYPES: Final = ("integer", "decimal", "float", "double")
"""The types of numbers, each of which is promoted to those after it."""
_QUOTIENTS: Final = Context(prec=40)
_MOMENT: Final = re.compile(
    r"(?:(?P<YEAR>-?[0-9]{4,})-(?P<MONTH>[0-9]{2})-(?P<DAY>[0-9]{2}))?T?"
    r"(?:(?P<HOURS>[0-9]{2}):(?P<MINUTES>[0-9]{2}):(?P<SECONDS>[0-9]{2}(?:\.[0-9]+)?))?(?:Z|[+-][0-9:]+)?"
)
_OF_DATES: Final = frozenset({"dateTime", "dateTimeStamp", "date", "time"})
_CAST_MOMENTS: Final = {
    ("dateTime", "date"): re.compile(r"(?P<kept>.+)T[0-9:.]+(?P<zone>.*)"),
    ("dateTime", "time"): re.compile(r".+T(?P<kept>[0-9:.]+)(?P<zone>.*)"),
    ("date", "dateTime"): re.compile(r"(?P<kept>-?[0-9]+-[0-9]{2}-[0-9]{2})(?P<zone>.*)"),
}


def _number(term: Node) -> tuple[Number, str]:
    """Return the value of a number and its type.

    :raises SPARQLError: if the term is no number
    """
    if isinstance(term, Literal) and term.datatype is not None:
        found = read_value(str(term), str(term.datatype))
        if found is not None and found[0] == "number" and isinstance(found[1], Fraction | float):
            return found[1], found[2]
    message = "this is not a number"
    raise SPARQLError(message)


def _is_number(term: Node) -> bool:
    try:
        _number(term)
    except SPARQLError:
        return False
    return True


def _write(value: Number, kind: str) -> Literal:
    """Return a number as a literal of a type."""
    return Literal(_text_of(value), datatype=XSD[kind], normalize=False)


def _text_of(value: Number) -> str:
    if isinstance(value, float):
        if isnan(value) or isinf(value):
            return "NaN" if isnan(value) else "INF" if value > 0 else "-INF"
        return repr(value)
    if value.denominator == 1:
        return _digits(value.numerator)
    places = _places(value.denominator)
    if places is None:
        return f"{_QUOTIENTS.divide(Decimal(value.numerator), Decimal(value.denominator)):f}"
    sign, digits = "-" if value < 0 else "", _digits(abs(value.numerator) * 10**places // value.denominator)
    digits = digits.rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _digits(number: int) -> str:
    """Return an integer of any length in decimal; Python's own way has a bound."""
    return f"{Decimal(number):f}"


def _places(denominator: int) -> int | None:
    """Return how many decimal places a fraction has; None if it has no end."""
    counts = []
    for factor in (2, 5):
        count = 0
        while denominator % factor == 0:
            denominator //= factor
            count += 1
        counts.append(count)
    return max(counts) if denominator == 1 else None


def compute(one: Node, operator: str, other: Node) -> Node:
    """Return the sum, difference, product or quotient of two numbers, or of dates, times and durations.

    :raises SPARQLError: if there is none, as for an exact number that is divided by zero
    """
    if not _is_number(one) and not _is_number(other):
        return compute_moments(one, operator, other)
    (left, first), (right, second) = _number(one), _number(other)
    kind = max(first, second, key=_TYPES.index)
    if kind in {"float", "double"}:
        return _write(_compute_floats(_as_float(left), operator, _as_float(right)), kind)
    left, right = Fraction(left), Fraction(right)
    if operator == "/":
        if not right:
            message = "a number is divided by zero"
            raise SPARQLError(message)
        return _write(left / right, "decimal")
    return _write({"+": left + right, "-": left - right, "*": left * right}[operator], kind)


def _compute_floats(left: float, operator: str, right: float) -> float:
    if operator == "/" and not right:
        return nan if not left or isnan(left) else copysign(inf, left) * copysign(1.0, right)
    try:
        if operator == "/":
            return left / right
        return {"+": left + right, "-": left - right, "*": left * right}[operator]
    except OverflowError:
        return inf


def _as_float(value: Number) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def as_number(term: Node) -> Node:
    """Return a number itself.

    :raises SPARQLError: if it is none
    """
    _number(term)
    return term


def negate(term: Node) -> Node:
    """Return a number with the other sign."""
    value, kind = _number(term)
    return _write(-value, kind)


def absolute(term: Node) -> Node:
    """Return a number without its sign."""
    value, kind = _number(term)
    return _write(-value if value < 0 else value, kind)


def _to_whole(term: Node, round_exact: Callable[[Number], int]) -> Node:
    value, kind = _number(term)
    if isinstance(value, float):
        special = isnan(value) or isinf(value)
        return _write(value if special else copysign(float(round_exact(value)), value), kind)
    return _write(Fraction(round_exact(value)), kind)


def ceiling(term: Node) -> Node:
    """Return the least whole number that is not less than a number."""
    return _to_whole(term, ceil)


def floor(term: Node) -> Node:
    """Return the greatest whole number that is not greater than a number."""
    return _to_whole(term, round_down)


def rounded(term: Node) -> Node:
    """Return the whole number nearest to a number; of two the greater one."""
    return _to_whole(term, lambda value: round_down(value + Fraction(1, 2)))


def is_numeric(term: Node) -> Node:
    """Return whether a term is a number: a well-formed literal of such a type."""
    return _boolean(_is_number(term))


def text(term: Node) -> Node:
    """Return the lexical form of a literal, or the text of an IRI.

    :raises SPARQLError: if it is neither
    """
    if isinstance(term, BNode) or not isinstance(term, Literal | URIRef):
        message = "only literals and IRIs have a text"
        raise SPARQLError(message)
    return Literal(str(term))


def _string(term: Node) -> Literal:
    if isinstance(term, Literal) and (term.language or term.datatype in {None, XSD.string}):
        return term
    message = "this is not a string"
    raise SPARQLError(message)


def _whole(term: Node) -> Number:
    value, _ = _number(term)
    if isinstance(value, float) and (isnan(value) or isinf(value)):
        return value
    return Fraction(round_down(Fraction(value) + Fraction(1, 2)))


def substring(source: Node, start: Node, length: Node | None) -> Node:
    """Return a part of a string (XPath Functions, section 5.4.3): positions are rounded, and may be outside."""
    string, first = _string(source), _whole(start)
    end = None if length is None else first + _whole(length)
    if isnan(first) or (end is not None and isnan(end)):
        return _like(string, "")
    begin = 0 if first <= 1 else len(string) if first > len(string) else int(first) - 1
    stop = len(string) if end is None or end > len(string) else max(int(end) - 1, 0)
    return _like(string, str(string)[begin:stop])


def _like(string: Literal, part: str) -> Literal:
    if string.language:
        return Literal(part, lang=string.language)
    return Literal(part, datatype=string.datatype)


def _strings(one: Node, other: Node) -> tuple[Literal, str]:
    """Return a string and another that may stand with it (section 17.4.3.1.2)."""
    first, second = _string(one), _string(other)
    if second.language and second.language.lower() != (first.language or "").lower():
        message = "these strings have different languages"
        raise SPARQLError(message)
    return first, str(second)


def _boolean(value: bool) -> Literal:  # noqa: FBT001 - what is written
    return Literal("true" if value else "false", datatype=XSD.boolean)


def contains(one: Node, other: Node) -> Node:
    """Return whether a string has another in it."""
    first, second = _strings(one, other)
    return _boolean(second in str(first))


def starts(one: Node, other: Node) -> Node:
    """Return whether a string begins with another."""
    first, second = _strings(one, other)
    return _boolean(str(first).startswith(second))


def ends(one: Node, other: Node) -> Node:
    """Return whether a string ends with another."""
    first, second = _strings(one, other)
    return _boolean(str(first).endswith(second))


def before(one: Node, other: Node) -> Node:
    """Return what stands before another string; a simple empty string if it does not occur."""
    first, second = _strings(one, other)
    found, at, _ = str(first).partition(second) if second else ("", "x", "")
    return _like(first, found) if at else Literal("")


def after(one: Node, other: Node) -> Node:
    """Return what stands after another string; a simple empty string if it does not occur."""
    first, second = _strings(one, other)
    _, at, found = str(first).partition(second) if second else ("", "x", str(first))
    return _like(first, found) if at else Literal("")


def field(name: str) -> Callable[[Node], Node]:
    """Return the function that returns a part of a date or time.

    :param name: one of :data:`FIELDS`
    """

    def read(term: Node) -> Node:
        kind = str(term.datatype or "").removeprefix(NAMESPACE) if isinstance(term, Literal) else ""
        found = None
        if kind in _OF_DATES and is_well_formed(str(term), NAMESPACE + kind):
            match = _MOMENT.fullmatch(str(term))
            found = match[name] if match else None
        if found is None:
            message = "this value has no such part"
            raise SPARQLError(message)
        if name == "SECONDS":
            return _write(Fraction(found), "decimal")
        return _write(Fraction(0 if name == "HOURS" and found == "24" else read_integer(found)), "integer")

    return read


def cast(term: Node, datatype: str) -> Node:
    """Return a term as a literal of a datatype of XML Schema (section 17.5).

    :raises SPARQLError: if it cannot be one
    """
    kind = datatype.removeprefix(NAMESPACE)
    if not isinstance(term, Literal) and not (isinstance(term, URIRef) and kind == "string"):
        message = "only literals have another type"
        raise SPARQLError(message)
    found = _canonical(term) if kind == "string" else _cast_literal(term, kind) if isinstance(term, Literal) else None
    if found is None or not datatype.startswith(NAMESPACE):
        message = "this value cannot have that type"
        raise SPARQLError(message)
    return Literal(found, datatype=URIRef(datatype), normalize=False)


def _canonical(term: Literal | URIRef) -> str:
    """Return what a term is as a string (XPath Functions, section 19.2): numbers and Booleans in canonical form."""
    found = read_value(str(term), str(term.datatype)) if isinstance(term, Literal) and term.datatype else None
    if found is None or not isinstance(found[1], bool | Fraction | float):
        return str(term)
    value = found[1]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not (isnan(value) or isinf(value)) and (not value or 1e-6 <= abs(value) < 1e6):  # noqa: PLR2004 - bounds of the section
        shown = f"{Decimal(repr(value)):f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    if isinstance(value, float) and not (isnan(value) or isinf(value)):
        mantissa, exponent = f"{Decimal(repr(value)).normalize():E}".split("E")
        return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}E{int(exponent)}"
    return _text_of(value)


def _cast_literal(term: Literal, kind: str) -> str | None:
    """Return the lexical form that a literal has in another type; None if it has none."""
    source = "string" if term.datatype is None else str(term.datatype).removeprefix(NAMESPACE)
    if term.language is not None:
        return None
    if source in {"string", kind}:
        form = str(term).strip(" \t\r\n")
        return form if is_well_formed(form, NAMESPACE + kind) else None
    value = read_value(str(term), str(term.datatype))
    if value is not None and isinstance(value[1], bool | Fraction | float):
        return _cast_number(value[1], kind)
    moments = _CAST_MOMENTS.get((source.replace("dateTimeStamp", "dateTime"), kind))
    match = moments.fullmatch(str(term)) if moments is not None and value is not None else None
    return None if match is None else f"{match['kept']}{'T00:00:00' if kind == 'dateTime' else ''}{match['zone']}"


def _cast_number(value: bool | Number, kind: str) -> str | None:  # noqa: FBT001 - a value of that type
    if kind == "boolean":
        return "true" if value and value == value else "false"  # noqa: PLR0124 - NaN is false
    number: Number = Fraction(value) if isinstance(value, bool) else value
    if kind in {"float", "double"}:
        return _text_of(_as_float(number))
    if isinstance(number, float) and (isnan(number) or isinf(number)):
        return None
    exact = Fraction(number)
    if kind == "decimal":
        return _text_of(exact)
    form = _digits(int(exact))
    return form if is_well_formed(form, NAMESPACE + kind) and kind in BOUNDS else None
