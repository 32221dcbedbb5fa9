"""Tests of byte ranges and conditions (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.errors import PreconditionError
from eild.exchange.conditions import (
    UNCONDITIONAL,
    Preconditions,
    UnsatisfiableRangeError,
    is_older,
    matches_tag,
    parse_range,
    range_applies,
)

MODIFIED = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-9", (0, 9)),
        ("bytes=5-", (5, 99)),
        ("bytes=-5", (95, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=90-200", (90, 99)),
        (" Bytes = 1 - 2 ", (1, 2)),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_parse_range_field_first_and_last(header: str | None, expected: tuple[int, int] | None) -> None:
    """One range is taken; what cannot be read, or is several, is passed over."""
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_parse_range_outside_file_unsatisfiable(header: str) -> None:
    """A range without a byte of the file cannot be satisfied."""
    with pytest.raises(UnsatisfiableRangeError):
        parse_range(header, 100)


@given(st.text(alphabet="bytes=0123456789-, ", max_size=30), st.integers(min_value=1, max_value=1000))
def test_parse_range_any_field_lies_in_file(header: str, size: int) -> None:
    """Whatever range is returned lies in the file."""
    try:
        found = parse_range(header, size)
    except UnsatisfiableRangeError:
        found = None
    assert found is None or 0 <= found[0] <= found[1] < size


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, False), ("", False), ("*", True), ('"a"', True), ('W/"a"', True), ('"b", "a"', True), ('"b"', False)],
)
def test_matches_tag_field_weak_comparison(header: str | None, *, expected: bool) -> None:
    """Tags are compared weakly, lists and the asterisk count."""
    assert matches_tag(header, '"a"') is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, False), (DATE, True), ("Fri, 02 Jan 2026 03:04:04 GMT", False), ("yesterday", False), ("", False)],
)
def test_is_older_field_date_comparison(header: str | None, *, expected: bool) -> None:
    """Nothing changed if the date is not before the modification; an unreadable date says nothing."""
    assert is_older(header, MODIFIED) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, True), ('"a"', True), ('W/"a"', False), ('"b"', False), (DATE, True), ("yesterday", False)],
)
def test_range_applies_if_range_strong_comparison(header: str | None, *, expected: bool) -> None:
    """If-Range takes a strong tag or the exact date."""
    assert range_applies(header, '"a"', MODIFIED) is expected


EARLIER, LATER = "Fri, 02 Jan 2026 03:04:04 GMT", "Fri, 02 Jan 2026 03:04:06 GMT"


@pytest.mark.parametrize(
    ("match", "since", "tag", "holds"),
    [
        (None, None, '"a"', True),
        ('"a"', None, '"a"', True),
        ('"x", "a"', None, '"a"', True),
        ('W/"a"', None, '"a"', False),
        ('"A"', None, '"a"', False),
        ("a", None, '"a"', False),
        ("", None, '"a"', False),
        ("*", None, '"a"', True),
        ("*", None, "", True),
        ('"a"', None, "", False),
        ('""', None, "", False),
        (None, LATER, '"a"', True),
        (None, DATE, '"a"', True),
        (None, EARLIER, '"a"', False),
        (None, "yesterday", '"a"', True),
        ('"a"', EARLIER, '"a"', True),
        ('"x"', LATER, '"a"', False),
    ],
)
def test_require_preconditions_strong_tag_before_date(
    match: str | None, since: str | None, tag: str, *, holds: bool
) -> None:
    """If-Match compares strongly and wins over If-Unmodified-Since, of which a malformed date is ignored."""
    conditions = Preconditions(match=match, unmodified_since=since)
    if holds:
        conditions.require(tag, MODIFIED)
    else:
        with pytest.raises(PreconditionError):
            conditions.require(tag, MODIFIED)


def test_require_unknown_date_ignored() -> None:
    """Content without a date of modification meets every If-Unmodified-Since."""
    Preconditions(unmodified_since=EARLIER).require("", None)


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_read_preconditions_of_other_methods_none(method: str) -> None:
    """A request that selects no representation has no preconditions."""
    assert Preconditions.read({"REQUEST_METHOD": method, "HTTP_IF_MATCH": '"a"'}) == UNCONDITIONAL
