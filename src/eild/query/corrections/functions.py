"""Functions and aggregates that rewritten queries call where the engine's own are wrong."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from eild.query.corrections.values import (
    compute,
    convert,
    make_number,
    negate,
    parse_boolean,
    parse_duration,
    parse_moment,
    parse_number,
    round_number,
)
from eild.rdf.kinds import XSD
from eild.xpath.regex import PatternError, matches, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.query.corrections.values import Number

    Term = NamedNode | BlankNode | Literal | Triple

NAMESPACE: Final = "urn:x-eild:function:"
"""The start of the IRIs of these functions, which no query of a client can mean."""

_TRUE: Final = Literal(True)  # noqa: FBT003 - it is a value
_FALSE: Final = Literal(False)  # noqa: FBT003 - it is a value
_STRINGS: Final = frozenset({f"{XSD}string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"})
_POINT: Final = 5_000
_DAYTIME: Final = frozenset({f"{XSD}dateTime", f"{XSD}date", f"{XSD}time"})


def _read_strings(terms: tuple[Term, ...]) -> list[str] | None:
    """Return the texts of arguments that must be strings, all but the first without language; None if they are not."""
    texts = []
    for number, term in enumerate(terms):
        if not isinstance(term, Literal) or term.datatype.value not in _STRINGS or (number and term.language):
            return None
        texts.append(term.value)
    return texts


def _match(*terms: Term) -> Term | None:
    """REGEX (SPARQL 1.1 Query, section 17.4.3.14)."""
    texts = _read_strings(terms)
    try:
        return None if texts is None else _TRUE if matches(*texts) else _FALSE
    except PatternError:
        return None


def _replace(*terms: Term) -> Term | None:
    """REPLACE (SPARQL 1.1 Query, section 17.4.3.15)."""
    texts, first = _read_strings(terms), terms[0]
    try:
        found = None if texts is None else replace(*texts)
    except PatternError:
        return None
    if found is None or not isinstance(first, Literal):
        return None
    return Literal(found, language=first.language) if first.language else Literal(found)


def _order(left: Term, right: Term) -> int | None:
    """Return less than, equal to or more than 0 as the operators compare; None if they do not."""
    if not isinstance(left, Literal) or not isinstance(right, Literal):
        return None
    values: tuple[Number | bool | None, Number | bool | None] = parse_number(left), parse_number(right)
    if None in values:
        values = parse_boolean(left), parse_boolean(right)
    first, second = values
    if first is None or second is None or first != first or second != second:  # noqa: PLR0124 - NaN
        return None
    return (first > second) - (first < second)


def _compare(accepted: frozenset[int], *terms: Term) -> Term | None:
    order = _order(*terms)
    return None if order is None else _TRUE if order in accepted else _FALSE


def _calculate(sign: str, left: Term, right: Term) -> Term | None:
    """Return the result of an arithmetic operator on numbers, or on dates and durations."""
    if not isinstance(left, Literal) or not isinstance(right, Literal):
        return None
    first, second = parse_number(left), parse_number(right)
    if first is not None and second is not None:
        number = compute(sign, first, second)
        return None if number is None else make_number(number)
    if sign not in {"+", "-"}:
        return None
    moment, duration = parse_moment(left), parse_duration(right)
    if sign == "+" and moment is None:
        moment, duration = parse_moment(right), parse_duration(left)
    if moment is None or duration is None:
        return None
    found = moment.add(duration if sign == "+" else duration.negate())
    return None if found is None else found.write()


def _apply(change: Callable[[Number], Number | None], term: Term) -> Term | None:
    """Return the number that a number is changed to; None of any other term."""
    number = parse_number(term) if isinstance(term, Literal) else None
    found = None if number is None else change(number)
    return None if found is None else make_number(found)


def _is_number(term: Term) -> Term:
    """ISNUMERIC (SPARQL 1.1 Query, section 17.4.2.4)."""
    is_number = isinstance(term, Literal) and term.value == term.value.strip() and parse_number(term) is not None
    return _TRUE if is_number else _FALSE


def _convert(name: str, term: Term) -> Term | None:
    return convert(name, term) if isinstance(term, Literal) else None


def _find_among(found: Term, missing: Term, left: Term, *others: Term) -> Term | None:
    """Return whether a value is one of others (SPARQL 1.1 Query, section 17.4.1.9)."""
    orders = [0 if left == other else _order(left, other) for other in others]
    if 0 in orders:
        return found
    return None if None in orders else missing


def _write_order(value: Number) -> str:
    """Return a text that sorts as a number does."""
    if value != value:  # noqa: PLR0124 - NaN comes after all
        return "3"
    if value in {float("inf"), float("-inf")}:
        return "2~" if value > 0 else "0"
    number = Decimal(value)
    if not number:
        return "1~"
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    text = f"{number.adjusted() + _POINT:05}{digits}"
    if number > 0:
        return f"2{text}"
    return "1" + "".join(str(9 - int(digit)) for digit in text) + "~"


def make_key(term: Term) -> str:
    """Return a text whose order is that of all terms: blank nodes, IRIs, literals by kind and value, triples.

    SPARQL 1.1 Query, section 15.1, leaves open how kinds of literals follow each other; here numbers come before dates
    and times, and these before all others, which their characters order.
    """
    if isinstance(term, BlankNode):
        return "0"
    if isinstance(term, NamedNode):
        return f"1{term.value}"
    if not isinstance(term, Literal):
        return f"9{make_key(term.subject)}\t{make_key(term.predicate)}\t{make_key(term.object)}"
    kind = term.datatype.value
    if (number := parse_number(term)) is not None:
        return f"2{_write_order(number)}"
    if kind in _DAYTIME and (moment := parse_moment(term)) is not None:
        seconds, has_zone = moment.count_seconds()
        return f"3{kind}\t{_write_order(seconds)}\t{int(has_zone)}"  # without a zone, universal time is meant
    if (duration := parse_duration(term)) is not None:
        return f"4{_write_order(duration.months)}\t{_write_order(duration.seconds)}"
    return f"5{term.value}\t{term.language or ''}\t{kind}"


def _key(term: Term) -> Term:
    return Literal(make_key(term))


class Extreme:
    """MIN or MAX, in the order of :func:`make_key`.

    :param sign: 1 for the greatest, -1 for the least
    """

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._key = ""
        self._term: Term | None = None

    def accumulate(self, term: Term) -> None:
        """Take a value into account."""
        key = make_key(term)
        if self._term is None or (key > self._key if self._sign > 0 else key < self._key):
            self._key, self._term = key, term

    def finish(self) -> Term | None:
        """Return the value; None if there was none."""
        return self._term


class Sum:
    """SUM or AVG of numbers, exact for integers and decimals of any size; of other values, an error.

    :param is_average: whether the sum is divided by the number of values
    :param is_distinct: whether equal terms count once
    """

    def __init__(self, *, is_average: bool = False, is_distinct: bool = False) -> None:
        self._sum: Number | None = 0
        self._count = 0
        self._is_average = is_average
        self._seen: set[Term] | None = set() if is_distinct else None

    def accumulate(self, term: Term) -> None:
        """Take a value into account."""
        if self._seen is not None:
            if term in self._seen:
                return
            self._seen.add(term)
        number = parse_number(term) if isinstance(term, Literal) else None
        self._sum = None if number is None or self._sum is None else compute("+", self._sum, number)
        self._count += 1

    def finish(self) -> Term | None:
        """Return the value; None if there is none."""
        total = self._sum
        if self._is_average and self._count and total is not None:
            total = compute("/", total, self._count)
        return None if total is None else make_number(total)


COMPARISONS: Final = {"<": "less", ">": "greater", "<=": "not-greater", ">=": "not-less", "=": "equal", "!=": "unequal"}
"""Names of functions that compare, by operator."""
ARITHMETIC: Final = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
"""Names of functions that compute, by operator."""

CONVERTED: Final = frozenset({"integer", "decimal", "double", "float"})
"""Local names of the datatypes that there are functions for that convert values to them."""

_ACCEPTED: Final = {
    "less": frozenset({-1}),
    "greater": frozenset({1}),
    "not-greater": frozenset({-1, 0}),
    "not-less": frozenset({0, 1}),
    "equal": frozenset({0}),
    "unequal": frozenset({-1, 1}),
}


def _name(name: str) -> NamedNode:
    return NamedNode(NAMESPACE + name)


FUNCTIONS: Final[dict[NamedNode, Callable[..., Any]]] = {
    _name("matches"): _match,
    _name("replace"): _replace,
    _name("key"): _key,
    **{_name(f"to-{name}"): partial(_convert, name) for name in CONVERTED},
    **{_name(name.lower()): partial(_apply, partial(round_number, name)) for name in ("ABS", "CEIL", "FLOOR", "ROUND")},
    _name("negate"): partial(_apply, negate),
    _name("same"): partial(_apply, lambda number: number),
    _name("is-number"): _is_number,
    _name("among"): partial(_find_among, _TRUE, _FALSE),
    _name("not-among"): partial(_find_among, _FALSE, _TRUE),
    **{_name(name): partial(_compare, accepted) for name, accepted in _ACCEPTED.items()},
    **{_name(name): partial(_calculate, sign) for sign, name in ARITHMETIC.items()},
}
"""All functions by IRI."""
AGGREGATES: Final[dict[NamedNode, Callable[[], Any]]] = {
    _name("min"): partial(Extreme, -1),
    _name("max"): partial(Extreme, 1),
    _name("sum"): Sum,
    _name("sum-of-distinct"): partial(Sum, is_distinct=True),
    _name("avg"): partial(Sum, is_average=True),
    _name("avg-of-distinct"): partial(Sum, is_average=True, is_distinct=True),
}
"""All aggregates by IRI."""
