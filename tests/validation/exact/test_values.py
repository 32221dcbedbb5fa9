"""Lexical forms, values and their order, beside another implementation of XML Schema."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import pyoxigraph as ox
import pytest
from elementpath import datatypes
from hypothesis import given
from hypothesis import strategies as st

from eild.validation.exact.lexical import BOUNDS, XSD, is_well_formed
from eild.validation.exact.values import compare

OTHERS: Final = {
    "date": datatypes.Date,
    "dateTime": datatypes.DateTime,
    "time": datatypes.Time,
    "gYear": datatypes.GregorianYear,
    "gMonthDay": datatypes.GregorianMonthDay,
    "gYearMonth": datatypes.GregorianYearMonth,
    "gMonth": datatypes.GregorianMonth,
    "gDay": datatypes.GregorianDay,
    "duration": datatypes.Duration,
    "yearMonthDuration": datatypes.YearMonthDuration,
    "base64Binary": datatypes.Base64Binary,
    "Name": datatypes.Name,
    "NMTOKEN": datatypes.NMToken,
    "dayTimeDuration": datatypes.DayTimeDuration,
    "hexBinary": datatypes.HexBinary,
    "language": datatypes.Language,
    "NCName": datatypes.NCName,
}
NUMBERS: Final = st.one_of(
    st.integers(-(10**30), 10**30).map(lambda n: (str(n), "integer")),
    st.decimals(-(10**6), 10**6, places=4).map(lambda n: (str(n), "decimal")),
)


def literal(text: str, name: str) -> ox.Literal:
    """Return a literal of a datatype of XML Schema."""
    return ox.Literal(text, datatype=ox.NamedNode(XSD + name))


@pytest.mark.parametrize("name", OTHERS)
@given(data=st.data())
def test_is_well_formed_agrees_with_another_implementation(name: str, data: st.DataObject) -> None:
    """Near misses of a lexical form are told from right ones as elementpath tells them."""
    shape = {
        "date": r"-?[0-9]{4,5}-[01][0-9]-[0-3][0-9](Z|[+-][01][0-9]:[0-5][0-9])?",
        "dateTime": r"-?[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,4})?(Z|\+1[0-5]:00)?",
        "time": r"[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,4})?(Z|-0[0-9]:30)?",
        "gYear": r"-?[0-9]{3,5}(Z)?",
        "gMonthDay": r"--[01][0-9]-[0-3][0-9]",
        "gYearMonth": r"-?[0-9]{3,5}-[01][0-9](Z|[+-]1[0-5]:00)?",
        "gMonth": r"--[01][0-9](Z|-0[0-9]:30)?",
        "gDay": r"---[0-3][0-9](Z|\+1[0-5]:00)?",
        "yearMonthDuration": r"-?P([0-9]{1,2}Y)?([0-9]{1,2}M)?",
        "base64Binary": r"[A-Za-z0-9+/]{0,8}={0,2}",
        "Name": r"[a-z0-9_:.-]{1,6}",
        "NMTOKEN": r"[a-z0-9_:.,-]{1,6}",
        "duration": r"-?P([0-9]Y)?([0-9]M)?([0-9]D)?(T([0-9]H)?([0-9]M)?([0-9](\.[0-9])?S)?)?",
        "dayTimeDuration": r"-?P([0-9]D)?(T([0-9]H)?([0-9](\.[0-9])?S)?)?",
        "hexBinary": r"[0-9a-gA-F]{0,5}",
        "language": r"[a-zA-Z0-9]{1,9}(-[a-zA-Z0-9]{1,9})?",
        "NCName": r"[a-z0-9_:.-]{1,6}",
    }[name]
    text = data.draw(st.from_regex(shape, fullmatch=True).filter(str.isascii))
    try:
        made = getattr(OTHERS[name], "fromstring", OTHERS[name])(text)
    except (ValueError, TypeError, OverflowError):
        made = None
    assert is_well_formed(text, XSD + name) == (made is not None), text


@pytest.mark.parametrize(
    ("text", "name", "right"),
    [
        ("nan", "double", False),
        ("inf", "double", False),
        ("NaN", "double", True),
        ("+INF", "float", True),
        ("2_500", "integer", False),
        (" 1", "integer", False),
        ("1.", "decimal", True),
        (".", "decimal", False),
        ("9" * 5000, "integer", True),
        ("-0031-09-02", "date", True),
        ("2025-07-14T09:30:00Z", "date", False),
        ("2023-12-31T24:00:00", "dateTime", True),
        ("2023-12-31T24:00:01", "dateTime", False),
        ("1900-02-29", "date", False),
        ("0000-02-29", "date", True),
        ("256", "unsignedByte", False),
        ("-0", "nonNegativeInteger", True),
        ("P0D", "yearMonthDuration", False),  # elementpath takes it for one
        ("P1M", "yearMonthDuration", True),
        ("yes", "boolean", False),
        ("a  b", "token", False),
        ("abc", "unknownType", True),
    ],
)
def test_is_well_formed_by_the_letter(text: str, name: str, *, right: bool) -> None:
    """The forms of XML Schema, not those of a programming language."""
    assert is_well_formed(text, XSD + name) is right


@given(one=NUMBERS, other=NUMBERS)
def test_compare_integers_and_decimals_exactly(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Numbers that no machine word holds are compared by value."""
    first, second = Fraction(one[0]), Fraction(other[0])
    assert compare(literal(*one), literal(*other)) == (first > second) - (first < second)


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        (("-0031-09-02", "date"), ("-0030-01-01", "date"), -1),
        (("2023-12-31T24:00:00", "dateTime"), ("2024-01-01T00:00:00", "dateTime"), 0),
        (("2020-01-01T00:00:00", "dateTime"), ("2020-01-01T10:00:00Z", "dateTime"), None),
        (("2020-01-01T00:00:00", "dateTime"), ("2020-01-02T10:00:00Z", "dateTime"), -1),
        (("P1M", "duration"), ("P30D", "duration"), None),
        (("P1M", "duration"), ("P32D", "duration"), -1),
        (("NaN", "double"), ("1", "integer"), None),
        (("0.1", "float"), ("0.1", "decimal"), 0),
        (("false", "boolean"), ("1", "boolean"), -1),
        (("1", "integer"), ("1", "string"), None),
        (("x", "integer"), ("1", "integer"), None),
        (("2020-01", "gYearMonth"), ("2020-01-01", "date"), None),
    ],
)
def test_compare_by_the_operators_of_sparql(one: tuple[str, str], other: tuple[str, str], order: int | None) -> None:
    """What an operator does not compare has no order."""
    assert compare(literal(*one), literal(*other)) == order


def test_bounds_are_those_of_xml_schema() -> None:
    """The least and the greatest value belong to a type, the next ones do not."""
    for name, (least, greatest) in BOUNDS.items():
        for bound, step in ((least, -1), (greatest, 1)):
            if bound is not None:
                assert is_well_formed(str(bound), XSD + name)
                assert not is_well_formed(str(bound + step), XSD + name)
