"""Tests of the one shape of errors."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild import media
from eild.errors import BusyError, DataError, Location, MediaTypeError, MethodError, NotFoundError, QueryError
from eild.exchange.problems import MAX_BYTES, Problem, build_problem, choose_problem_format, render_json, render_text


def test_build_problem_query_error_has_place() -> None:
    """Line and column of a query are told; they are numbers of their own in the document."""
    error = QueryError("it is wrong", location=Location("query", 2, 3), hint="mend it")
    assert json.loads(render_json(build_problem(error))) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "it is wrong",
        "hint": "mend it",
        "line": 2,
        "column": 3,
    }


def test_build_problem_file_location_not_told() -> None:
    """A path of the server's file system never leaves it."""
    problem = build_problem(DataError("it is wrong", location=Location("/srv/secret.ttl", 2, 3)))
    assert b"secret" not in render_json(problem) + render_text(problem)
    assert problem.line == 0


@pytest.mark.parametrize(
    ("error", "name", "value"),
    [
        (MethodError("no", allowed=("GET", "POST")), "Allow", "GET, POST"),
        (BusyError("no"), "Retry-After", "5"),
        (MediaTypeError("no"), "Accept-Post", "application/x-www-form-urlencoded, application/sparql-query"),
    ],
)
def test_build_problem_status_brings_its_fields(error: QueryError, name: str, value: str) -> None:
    """405, 415 and 503 say what would do and when."""
    assert build_problem(error).headers[name] == value


def test_build_problem_not_found_suggests() -> None:
    """What comes near is part of the document."""
    problem = build_problem(NotFoundError("no", suggestions=("a", "b")))
    assert json.loads(render_json(problem))["suggestions"] == ["a", "b"]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, media.PROBLEM),
        ("*/*", media.PROBLEM),
        ("application/sparql-results+json", media.PROBLEM),
        ("text/turtle", media.PROBLEM),
        ("application/json", media.PROBLEM),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", media.HTML),
        ("text/plain", media.TEXT),
    ],
)
def test_choose_problem_format_accept_form(accept: str | None, form: media.Format) -> None:
    """An error is never refused as not acceptable: the problem document is the last resort."""
    assert choose_problem_format(accept) is form


@given(st.text(max_size=3000), st.text(max_size=3000), st.lists(st.text(max_size=900), max_size=20))
def test_render_any_problem_small_and_well_formed(detail: str, hint: str, suggestions: list[str]) -> None:
    """Machine forms are at most two kilobytes, whatever went wrong."""
    problem = build_problem(NotFoundError(detail, suggestions=tuple(suggestions), hint=hint))
    document, text = render_json(problem), render_text(problem)
    assert len(document) <= MAX_BYTES
    assert len(text) <= MAX_BYTES
    assert json.loads(document)["status"] == 404
    assert text.decode().startswith("404 Not Found\n")


def test_problem_title_phrase_of_status() -> None:
    """The title is the phrase of the status."""
    assert Problem(422, "x").title == "Unprocessable Entity" or Problem(422, "x").title == "Unprocessable Content"
