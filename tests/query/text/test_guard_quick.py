"""Tests that the quick judgement of a query is that of the scan, and is never made where the scan could refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.errors import QueryError, UpdateRefusedError
from eild.query.text import guard
from eild.query.text.guard import MAX_KEYWORDS, MAX_TERM_DEPTH, check_query_text

VENDOR = Path(__file__).parents[2] / "vendor" / "w3c-sparql"
QUERIES = sorted(VENDOR.rglob("*.rq"))
PIECES = (
    *"{}()[]<>!+-*/^.;,=&|#\n \t'\"\\@?:_a1",
    *(
        "SELECT ",
        "ASK ",
        "CONSTRUCT ",
        "DESCRIBE ",
        "INSERT DATA ",
        "PREFIX a: <b#> ",
        "BASE <x:> ",
        "WHERE ",
        "LIMIT 3",
    ),
    *("OPTIONAL ", "UNION ", "MINUS ", "BIND(", " AS ", "NOW()", "now ()", "RAND()", "UUID()", "STRUUID", "BNODE()"),
    *(
        "FILTER(",
        "?s ",
        "?p ",
        "?o ",
        "_:b ",
        "<http://a.example/know#now>",
        '"text"',
        "'SERVICE'",
        "\\u0053",
        "service",
    ),
    *(
        "service",
        "LIMIT 3",
        "<<",
        ">>",
        "ſervice",
        "knows",
        "a:now",
        "1.now()",
        "# comment\n",
        "# SELECT\n",
        "SELECT*",
        "ask:x ",
        "VALUES ",
    ),
)


def judge_slowly(text: str, monkeypatch: pytest.MonkeyPatch) -> guard.QueryShape | Exception:
    """Return what the scan alone says of a text."""
    with monkeypatch.context() as patch:
        patch.setattr(guard, "judge_quickly", lambda *_: None)
        try:
            return check_query_text(text, 100_000)
        except (QueryError, UpdateRefusedError) as error:
            return error


def check_agreement(text: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Hold the quick judgement of a text against that of the scan; tell whether there is one."""
    quick = guard.judge_quickly(text, 65536)
    if quick is None:
        return False
    slow = judge_slowly(text, monkeypatch)
    assert isinstance(slow, guard.QueryShape), (text, slow)
    assert (quick.form, quick.volatile) == (slow.form, slow.volatile)
    assert quick.text == text
    return True


def test_judge_quickly_real_queries_as_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the W3C's test queries most are judged quickly, and all as by the scan."""
    texts = [path.read_text(encoding="utf-8", errors="surrogateescape") for path in QUERIES]
    quick = [text for text in texts if check_agreement(text, monkeypatch)]
    assert len(texts) > 200
    assert len(quick) > len(texts) / 2


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["", "SELECT * ", "CONSTRUCT ", "ASK "]))
def test_judge_quickly_any_pieces_as_the_scan(pieces: list[str], start: str) -> None:
    """However keywords, signs, escapes and comments follow each other, the quick judgement is the scan's."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        check_agreement(start + "".join(pieces), monkeypatch)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {" + "{" * MAX_TERM_DEPTH + "}" * MAX_TERM_DEPTH + "}",
        "ASK {" + "".join(" MINUS {}" for _ in range(MAX_KEYWORDS["MINUS"] + 1)) + "}",
        "SELECT * { FILTER(" + "!" * 101 + "?x) }",
        "SELECT * { FILTER(0" + "+0" * 1001 + ") }",
        "SELECT * { SERVICE <x:y> {} }",
        "SELECT * { \\u0053ERVICE <x:y> {} }",
        "SELECT * { \u017fervice <x:y> {} }",
        "SELECT * { << ?a ?b ?c >> ?d ?e }",
        "SELECT (NOW() AS ?x) {}",
        "CONSTRUCT { [] ?p ?o } { ?s ?p ?o }",
        "CONSTRUCT { _:b ?p ?o } { ?s ?p ?o }",
        "DROP ALL",
        "PREFIX select: <x:> DROP ALL",
        "#\nASK {}",
        "ASK {} #" + "x" * 5000,
    ],
)
def test_judge_quickly_what_needs_a_scan_left_to_it(text: str) -> None:
    """Where counting characters does not tell, the scan is asked."""
    assert guard.judge_quickly(text, 65536) is None
