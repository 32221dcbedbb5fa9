"""Tests of the one reading of a query: what it finds, and that queries which share it are read as if each alone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from eild.errors import EildError
from eild.query.text import query as reading
from eild.query.text.query import Query, read_query
from eild.query.text.scope import list_columns

VENDOR = Path(__file__).parents[2] / "vendor" / "w3c-sparql"
QUERIES = sorted(VENDOR.rglob("*.rq"))


def read_alone(text: str) -> Query:
    """Return a query read without what was learnt from others."""
    return reading._read_whole(text)[0]


def check_same(text: str) -> None:
    """Hold a reading that may be shared against that of the text alone."""
    try:
        alone = read_alone(text)
    except EildError as error:
        with pytest.raises(type(error)):
            read_query(text)
        return
    shared = read_query(text)
    assert (shared.structure is None) is (alone.structure is None)
    if shared.structure is not None and alone.structure is not None:
        assert asdict(shared.structure) == asdict(alone.structure)
        assert list(shared.sources) == list(alone.sources)
        assert list(shared.kinds) == list(alone.kinds)
        assert shared.is_literal == alone.is_literal


def test_read_query_every_query_that_the_engine_takes() -> None:
    """Of the vendored W3C queries, all that the engine takes are read."""
    unread = []
    for path in QUERIES:
        text = path.read_bytes().decode("utf-8", "replace")
        try:
            Store().query(text, base_iri="http://example.org/")
        except SyntaxError:
            continue
        except (RuntimeError, ValueError, OSError):
            pass
        if read_query(text).structure is None:
            unread.append(path.name)
    assert not unread
    assert len(QUERIES) > 700


CONSTANTS = [
    "<http://e/a>",
    "<http://e/from#named>",
    "'select'",
    '"FROM <a>"',
    "'''it's'''",
    '"""a"b"""',
    "7",
    "2.5",
    "<>",
]
TEMPLATES = [
    "SELECT ?s { ?s {} {} FILTER(?o != {}) } # {}",
    "SELECT ?s FROM {} { ?s ?p {} , {}@en , {}^^{} } LIMIT {}",
    "ASK { FILTER(?a < {} && {} > ?a) VALUES ?x { {} {} } }",
    "PREFIX e: {} CONSTRUCT { ?s e:p {} } WHERE { ?s e:p{} ?o ; {} 1.{} }",
    "SELECT (REPLACE({}, {}, {}) AS ?x) { BIND({}+{} AS ?y) } ORDER BY {}(?x)",
    "ASK { ?s ?p 'a\\{} }",
    "ASK { ?s ?p e:x\\#{} }",
    "ASK { FILTER(?a<{}) FILTER(?b<?c&&{}>?d) }",
]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TEMPLATES), st.lists(st.sampled_from(CONSTANTS), min_size=8, max_size=8))
def test_read_query_other_constants_read_as_alone(template: str, constants: list[str]) -> None:
    """Queries that differ in constants alone share a structure; each is read as if it were the only one."""
    pieces = template.split("{}")
    text = "".join(
        piece + constant for piece, constant in zip(pieces, [*constants[: len(pieces) - 1], ""], strict=True)
    )
    check_same(text)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ASK { FILTER(?a <x:y> ?b) ?s ?p 'x' }", "ASK { FILTER(?a < ?b) ?s ?p 'x' }"),
        ("ASK { FILTER(<x:y>) ?s ?p 'x' }", "ASK { FILTER(<) ?s ?p 'y' }"),
        ("ASK { ?s ?p 'x' }", "ASK { ?s ?p 'x }"),
        ("ASK { ?s ?p <x:y> }", "ASK { ?s ?p \0<\0 }"),
    ],
)
def test_read_query_sign_of_a_constant_is_not_taken_for_one(first: str, second: str) -> None:
    """A text with a lone "<" or quotation mark does not share the structure of one with an IRI or string there."""
    for one in (first, second, first):
        check_same(one)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<", ">", "?a", "<x:y>", "'", '"', "#", "\\", "1", ".", "{", "}", "\n", "&&", "e:"]),
        max_size=12,
    )
)
def test_read_query_any_pieces_read_as_alone(pieces: list[str]) -> None:
    """Nothing that could hide where a constant ends makes a query share another one's structure wrongly."""
    for end in ("x", "y"):
        check_same(f"ASK {{ FILTER({''.join(pieces)}) ?s ?p '{end}' }}")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", ["s", "p", "o"]),
        ("SELECT * { ?person ?p [ ?q ?age ] OPTIONAL { ?b ?c ?person } }", ["person", "p", "q", "age", "b", "c"]),
        ("SELECT * { ?s a ?t FILTER(?x = 1) MINUS { ?y ?z ?s } }", ["s", "t"]),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } VALUES (?v ?w) { } BIND(1 AS ?n) }", ["g", "s", "p", "o", "v", "w", "n"]),
        ("SELECT * { { SELECT ?b (1 AS ?a) { ?c ?d ?b } } UNION { ?e ?f ?b } }", ["b", "a", "e", "f"]),
        ("SELECT * { ?s ?p (?x ?y) . ?z ^a/!a ?s } VALUES ?k { 1 }", ["s", "p", "x", "y", "z", "k"]),
        ("SELECT * { ?s ?p ?o ~ ?r {| ?q ?v |} . << ?a ?b ?c >> ?d <<( ?e ?f ?g )>> }", list("sporqvabcdefg")),
        ("SELECT * { ?x ?y 1 . << ?s ?p << ?a ?b ?c >> ~ ?r >> . << ?d ?e ?f >> }", list("xyspabcrdef")),
        ("SELECT ?from (1 AS ?named) { ?from ?limit ?values }", ["from", "named"]),
    ],
)
def test_list_columns_in_order_of_appearance(text: str, columns: list[str]) -> None:
    """The columns of SELECT * are the variables that the pattern may bind, as they appear."""
    found = read_query(text).structure
    assert found is not None
    assert list(list_columns(found.select)) == columns
    Store().query(text)


KEYWORDS = ["from", "NAMED", "graph", "Service", "select", "limit", "VALUES", "base"]


@pytest.mark.parametrize("word", KEYWORDS)
def test_read_query_keyword_as_name_is_no_keyword(word: str) -> None:
    """Variables, prefixes, labels, strings and comments that are called like keywords are none."""
    text = (
        f"PREFIX {word}: <http://e/{word}#> # {word} <x:y>\n"
        f"SELECT ?{word} {{ ?{word} {word}:{word} _:{word} ; <http://e/{word}> '{word} <x:y>'@en , \"{word}\" }}"
    )
    found = read_query(text).structure
    assert found is not None
    assert (found.form, found.dataset, found.service, found.select.limit) == ("SELECT", [], -1, -1)
    assert list(found.variables) == [word]
