"""Tests of work in a process of its own."""

from __future__ import annotations

import copy
import os

import pytest

from eild.apart import run_apart
from eild.errors import DataError, EildError, EnvironmentFailure, Location, MethodError, ProblemsError


def add(left: int, *, right: int) -> tuple[int, int]:
    """Return a sum and the process that found it, and print something."""
    print("not the result", flush=True)  # noqa: T201 - to see where it goes
    return left + right, os.getpid()


def fail(path: str) -> None:
    """Fail as expected."""
    raise DataError("no data", location=Location(path, 3), hint="bring some")


def crash() -> None:
    """Fail as nobody expects."""
    raise ZeroDivisionError


def test_apart_result_from_another_process(capfd: pytest.CaptureFixture[str]) -> None:
    """The result comes back alone; what is printed goes to standard error."""
    found, pid = run_apart(add, 2, right=3)
    assert found == 5
    assert pid != os.getpid()
    assert capfd.readouterr() == ("", "not the result\n")


def test_apart_error_as_it_was_raised() -> None:
    """An error has its message, location and remedy."""
    with pytest.raises(DataError) as caught:
        run_apart(fail, "data.ttl")
    assert str(caught.value) == "data.ttl:3: no data (bring some)"
    assert caught.value.location == Location("data.ttl", 3)


def test_apart_crash_says_where_the_reason_is(capfd: pytest.CaptureFixture[str]) -> None:
    """A bug ends the process, which says so."""
    with pytest.raises(EnvironmentFailure, match="exit code 1"):
        run_apart(crash)
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        ProblemsError([DataError("one", location=Location("a", 1)), DataError("two")]),
        MethodError("no", allowed=("GET",), hint="ask otherwise"),
    ],
)
def test_error_copied_to_another_process_is_the_same(error: EildError) -> None:
    """Every error can be copied, whatever its constructor takes."""
    copied = copy.copy(error)
    assert type(copied) is type(error)
    assert str(copied) == str(error)
    assert vars(copied).keys() == vars(error).keys()
    assert copied.args == error.args
