"""Tests of values that the engine does not compute with, held against the engine where it does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from eild.query.corrections.functions import AGGREGATES, FUNCTIONS, NAMESPACE, Extreme, make_key
from eild.query.corrections.values import make_number, parse_duration, parse_moment, parse_number
from eild.rdf.kinds import XSD

STORE: Final = Store()
DATES: Final = st.dates().map(lambda day: (f"{day:%m-%d}", day.year)).map(lambda pair: f"{pair[1]:04}-{pair[0]}")
CLOCKS: Final = st.times().map(lambda time: f"{time:%H:%M:%S}")
ZONES: Final = st.sampled_from(["", "Z", "+05:30", "-11:00"])
DURATIONS: Final = st.one_of(
    st.integers(0, 5000).map(lambda number: (f"P{number}D", "dayTimeDuration")),
    st.integers(0, 200_000).map(lambda number: (f"PT{number}S", "dayTimeDuration")),
    st.integers(0, 400).map(lambda number: (f"P{number}M", "yearMonthDuration")),
    st.tuples(st.integers(0, 30), st.integers(0, 60)).map(lambda pair: (f"P{pair[0]}M{pair[1]}D", "duration")),
)


def typed(text: str, name: str) -> Literal:
    """Return a literal of a datatype of XML Schema."""
    return Literal(text, datatype=NamedNode(XSD + name))


def call(name: str, *terms: Any) -> Any:
    """Return what a function of ours returns."""
    return FUNCTIONS[NamedNode(NAMESPACE + name)](*terms)


def ask(expression: str) -> Any:
    """Return the value that the engine gives an expression; None if it fails."""
    rows = STORE.query(f"SELECT ({expression} AS ?x) {{}}")
    assert isinstance(rows, QuerySolutions)
    return next(rows)["x"]


@settings(max_examples=300, deadline=None)
@given(DATES, CLOCKS, ZONES, DURATIONS, st.sampled_from(["+", "-"]))
def test_arithmetic_of_dates_as_the_engine_where_it_does_not_fail(
    date: str, clock: str, zone: str, duration: tuple[str, str], operator: str
) -> None:
    """Sums and differences of moments and durations are the engine's, where it has any."""
    name = {"+": "add", "-": "subtract"}[operator]
    length = typed(*duration)
    for moment in (
        typed(date + zone, "date"),
        typed(f"{date}T{clock}{zone}", "dateTime"),
        typed(clock + zone, "time"),
    ):
        bare, ours = ask(f"{moment} {operator} {length}"), call(name, moment, length)
        is_error = moment.datatype.value.endswith("time") and duration[1] != "dayTimeDuration"
        if bare is not None and not is_error:
            assert ours == bare


SUMS: Final = [
    ("2024-01-31", "date", "P1M", "yearMonthDuration", "2024-02-29"),
    ("2023-12-31", "date", "P1D", "dayTimeDuration", "2024-01-01"),
    ("2024-02-29", "date", "P1Y", "yearMonthDuration", "2025-02-28"),
    ("2023-12-31Z", "date", "PT36H", "dayTimeDuration", "2024-01-01Z"),
    ("-0001-12-31", "date", "P1D", "dayTimeDuration", "0000-01-01"),
    ("2024-12-31T23:59:59.5", "dateTime", "PT0.5S", "dayTimeDuration", "2025-01-01T00:00:00"),
    ("2024-10-31T10:00:00+02:00", "dateTime", "P4M", "duration", "2025-02-28T10:00:00+02:00"),
    ("23:59:00", "time", "PT2M", "dayTimeDuration", "00:01:00"),
    ("24:00:00", "time", "PT1H", "dayTimeDuration", "01:00:00"),
    ("10:00:00", "time", "P1M", "yearMonthDuration", None),
]


@pytest.mark.parametrize(("text", "kind", "length", "length_kind", "expected"), SUMS)
def test_add_over_ends_of_months_and_years(
    text: str, kind: str, length: str, length_kind: str, expected: str | None
) -> None:
    """Days go over to the next month and year, months end where they are shorter, times begin anew."""
    found = call("add", typed(text, kind), typed(length, length_kind))
    assert found == (None if expected is None else typed(expected, kind))
    assert call("add", typed(length, length_kind), typed(text, kind)) == found


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("127", "byte", 127),
        ("128", "byte", None),
        ("-1", "nonNegativeInteger", None),
        (" 7 ", "integer", 7),
        ("99999999999999999999", "integer", 99999999999999999999),
        ("1.50", "decimal", Decimal("1.5")),
        ("1e3", "integer", None),
        ("1e3", "double", 1000.0),
        ("inf", "double", None),
        ("١", "integer", None),
        ("1_000", "integer", None),
    ],
)
def test_parse_number_by_the_rules_of_its_datatype(text: str, name: str, value: object) -> None:
    """A literal is a number if its datatype has it, in spelling and range."""
    assert parse_number(typed(text, name)) == value


@pytest.mark.parametrize("text", ["2024-02-30", "2024-13-01", "24-01-01", "2024-01-01T00:00:00", ""])
def test_parse_moment_what_is_none(text: str) -> None:
    """A day that does not exist is no date."""
    assert parse_moment(typed(text, "date")) is None


@pytest.mark.parametrize(
    ("text", "name"), [("P", "duration"), ("PT", "duration"), ("P1M", "dayTimeDuration"), ("1D", "duration")]
)
def test_parse_duration_what_is_none(text: str, name: str) -> None:
    """A duration has at least one part, of those that its datatype has."""
    assert parse_duration(typed(text, name)) is None


NUMBERS: Final = st.one_of(
    st.integers(-(10**25), 10**25),
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9),
    st.floats(allow_nan=False),
)


@given(NUMBERS, NUMBERS)
def test_make_key_orders_numbers_by_value(first: Any, second: Any) -> None:
    """Keys of numbers are in the order of the numbers, whatever their datatypes and sizes."""
    keys = [make_key(make_number(number)) for number in (first, second)]
    assert (keys[0] < keys[1]) is (first < second)
    assert (keys[0] == keys[1]) is (first == second)


def test_make_key_orders_kinds() -> None:
    """Blank nodes come before IRIs, these before numbers, times and texts, and triples at the end."""
    node = NamedNode("http://e/a")
    terms: list[Any] = [
        *(BlankNode("b"), node, typed("-INF", "double"), Literal(-3), typed("1e300", "double"), typed("NaN", "double")),
        *(typed("2024-01-01", "date"), typed("2024-01-01T12:00:00+02:00", "dateTime")),
        *(typed("2024-01-01T11:00:00Z", "dateTime"), typed("P1D", "dayTimeDuration"), typed("P1M", "duration")),
        *(Literal("10"), Literal("a"), Literal("a", language="de"), Literal("b"), Triple(node, node, node)),
    ]
    keys = [make_key(term) for term in terms]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_extreme_among_kinds() -> None:
    """MIN and MAX go by the order of keys, and have no value without any."""
    for sign, expected in ((-1, Literal(8)), (1, Literal("5"))):
        extreme = Extreme(sign)
        assert extreme.finish() is None
        for term in (Literal(90), Literal("5"), Literal(8)):
            extreme.accumulate(term)
        assert extreme.finish() == expected
    assert len(AGGREGATES) == 6


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("less", (Literal("a"), Literal(1))),
        ("less", (typed("NaN", "double"), Literal(1))),
        ("greater", (NamedNode("http://e/a"), Literal(1))),
        ("add", (Literal("a"), Literal(1))),
        ("divide", (Literal(1), Literal(0))),
        ("multiply", (typed("2024-01-01", "date"), typed("P1D", "dayTimeDuration"))),
        ("matches", (Literal(1), Literal("1"))),
        ("matches", (Literal("a"), Literal("("))),
        ("replace", (Literal("a"), Literal("a"), Literal("$"))),
    ],
)
def test_function_that_is_an_error_has_no_value(name: str, terms: tuple[Any, ...]) -> None:
    """What is an error of XPath is one."""
    assert call(name, *terms) is None


def test_functions_of_strings_keep_the_language() -> None:
    """REPLACE keeps the language of its first argument, and REGEX takes a string with one."""
    word = Literal("noon", language="en")
    assert call("replace", word, Literal("(o)\\1"), Literal("<$1>")) == Literal("n<o>n", language="en")
    assert str(call("matches", word, Literal("(.)\\1"))) == str(typed("true", "boolean"))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["ABS", "CEIL", "FLOOR", "ROUND", "-", "+"]), st.decimals(-1000, 1000, places=3))
def test_functions_of_decimals_as_the_engine_within_its_bounds(name: str, number: Decimal) -> None:
    """What is computed for numbers beyond its bounds is what the engine computes within them."""
    value = make_number(number)
    ours = call({"-": "negate", "+": "same"}.get(name, name.lower()), value)
    bare = ask(f"{name}({value})")
    assert parse_number(ours) == parse_number(bare)
    assert ours.datatype == bare.datatype


def test_functions_of_decimals_beyond_the_bounds_of_the_engine() -> None:
    """Every digit counts, a half is rounded up, and there is no negative zero."""
    for name, text, right in (
        ("ceil", "1.0000000000000000000000001", "2"),
        ("floor", "-1.0000000000000000000000001", "-2"),
        ("round", "-2.5000000000000000000000000", "-2"),
        ("round", "-2.5000000000000000000000001", "-3"),
        ("ceil", "-0.0000000000000000000000001", "0"),
        ("negate", "0.0000000000000000000000001", "-0.0000000000000000000000001"),
    ):
        assert call(name, typed(text, "decimal")) == typed(right, "decimal")
    for term in (typed("1.5", "double"), Literal("1"), NamedNode("http://example.org/a")):
        assert call("round", term) is None


def test_is_number_by_the_rules_of_its_datatype() -> None:
    """White space belongs to no number of RDF, and a value out of range is none."""
    numbers = [
        typed("98765432109876543210", "integer"),
        typed("INF", "double"),
        typed("0.12345678901234567890", "decimal"),
    ]
    others = [typed(" 1 ", "integer"), typed("300", "byte"), typed("inf", "double"), Literal("1"), NamedNode("urn:x")]
    assert {str(call("is-number", term).value) for term in numbers} == {"true"}
    assert {str(call("is-number", term).value) for term in others} == {"false"}
