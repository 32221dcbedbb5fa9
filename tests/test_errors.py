"""The tree of errors."""

from __future__ import annotations

import re

import pytest

from eild import errors
from eild.errors import DataError, EildError, FactError, Location, ProblemsError


def all_errors(base: type[EildError] = EildError) -> set[type[EildError]]:
    """Return all error classes below one."""
    return {base}.union(*(all_errors(child) for child in base.__subclasses__() if child.__module__ == errors.__name__))


def test_errors_docstring_draws_every_class_with_its_codes() -> None:
    """The drawing in the module's docstring has each class, and the exit code and HTTP status that it has."""
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert drawn == {error.__name__ for error in all_errors() - {EildError}}
    for name, code, status in re.findall(r"── (\w+) .*exit (\d)\s+(\d{3})", errors.__doc__ or ""):
        assert (getattr(errors, name).exit_code, getattr(errors, name).http_status) == (int(code), int(status))


@pytest.mark.parametrize(
    ("location", "text"),
    [(Location("f"), "f"), (Location("f", 2), "f:2"), (Location("f", 2, 3), "f:2:3"), (Location("f", 0, 3), "f")],
)
def test_location_shows_what_is_known(location: Location, text: str) -> None:
    """A column without a line tells nothing."""
    assert str(location) == text


def test_error_shows_place_message_and_hint_on_one_line() -> None:
    """What, where, and what to do."""
    assert str(DataError("it is wrong", location=Location("f", 1), hint="mend it")) == "f:1: it is wrong (mend it)"
    assert str(DataError("it is wrong")) == "it is wrong"


def test_problems_error_lists_problems_by_place() -> None:
    """One line each in the order of places, then their number."""
    problems = [FactError("b", location=Location("f", 10)), FactError("a", location=Location("f", 9)), FactError("c")]
    assert str(ProblemsError(problems)).splitlines() == ["c", "f:9: a", "f:10: b", "3 problems in the data"]
    assert str(ProblemsError(problems[:1])).endswith("1 problem in the data")
