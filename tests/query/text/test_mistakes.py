"""Tests of what is said about queries that the parser rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild import media
from eild.errors import QueryError
from eild.query.engine import QueryRequest

if TYPE_CHECKING:
    from eild.query.embedded import EmbeddedEngine

MISTAKES = [
    ("SELECT * { ?s ex:p ?o }", (1, 15), "prefix ex: is not declared", "PREFIX ex: <http://example.org/>"),
    ("SELECT * {\n  ?s foo:p ?o }", (2, 6), "prefix foo: is not declared", "PREFIX foo: <"),
    ("ASK { ?s ex:p b:o }", (1, 10), "prefixes ex: and b: are not", "PREFIX ex: <http://example.org/> PREFIX b: <…>"),
    ("PREFIX ex: <http://e/> SELECT * { ?s :p ?o }", (1, 38), "prefix : is not declared", "PREFIX : <"),
    ("SELECT * { ?s ?p ?o", (1, 10), "this { is not closed", "bracket"),
    ("SELECT * { ?s ?p ?o }}", (1, 22), "unexpected }", "bracket"),
    ("SELECT * { FILTER(1 } )", (1, 21), "this } does not match the (", "bracket"),
    ("SELECT ?s { ?s ?p ?o } GROUP BY ?p", (1, 8), "?s, which is neither grouped nor aggregated", "(COUNT(?s)"),
    ("SELECT ?s (MAX(?o) AS ?m) { ?s ?p ?o }", (1, 8), "the variable ?s, which is neither", "?s to GROUP BY"),
    ("SELECT (SUM(?o) + ?o AS ?x) { ?s ?p ?o }", (1, 19), "the variable ?o, which is neither", "COUNT"),
    ("SELECT (MAX(?o) AS ?x) (?p AS ?y) { ?s ?p ?o }", (1, 25), "the variable ?p, which is neither", "COUNT"),
    ("SELECT (COUNT(*) AS ?n) (?o + ?n AS ?y) { ?s ?p ?o } GROUP BY ?s", (1, 26), "?o, which is neither", "COUNT"),
    ("SELECT (1 AS ?x) (2 AS ?x) {}", (1, 30), "the same name for two columns", "AS"),
    ("", (1, 1), "the query is empty", "SELECT"),
    ("SELECT * { ?s ?p }", (1, 18), "syntax error in the query", "after"),
    ("SELECT * { ?s ?p ?o } SELECT * {}", (1, 23), "syntax error in the query", "after"),
    ("ASK {}\n\n  nonsense", (3, 3), "syntax error in the query", "after"),
    ("hello", (1, 1), "must start with a prologue or a query form", "SELECT"),
    ("SELECT * { ?a ?b ?c BIND(?a AS ?b) }", (1, 21), "bind ?b", "another variable"),
    ("SELECT * { { ?a ?b ?c . BIND(1 AS ?c) } }", (1, 25), "bind ?c", "another variable"),
    ("SELECT SUM(?x) { ?s ?p ?x }", (1, 8), "aggregate SUM must be in parentheses", "(SUM(?x) AS ?sum)"),
    ("SELECT ?s COUNT( DISTINCT ?x ) { ?s ?p ?x }", (1, 11), "COUNT must be", "(COUNT( DISTINCT ?x ) AS ?count)"),
    ("PREFIX s: https://s.example/#\nASK {}", (1, 11), "must be in angle brackets", "<https://s.example/#>"),
    ("PREFIX u: urn:x:\nASK {}", (1, 11), "must be in angle brackets", "<urn:x:>"),
    ("ASK { ?s a http://s.example/T . }", (1, 12), "must be in angle brackets", "<http://s.example/T>"),
    ("ASK { ?s ?p \u201cword\u201d }", (1, 13), "is not a SPARQL quotation mark", 'use "'),
    ("ASK { ?s ?p \u2018word\u2019 }", (1, 13), "is not a SPARQL quotation mark", "use '"),
    ("ASK { ?s\u00a0?p ?o }", (1, 9), "U+00A0 is not allowed here", "plain space"),
    ("ASK { ?s ?p 1 \u2013 2 }", (1, 15), "U+2013 is not allowed here", "hyphen"),
    ("SELECT ?s { ?s ?p ?o GROUP BY ?s }", (1, 22), "syntax error in the query", "expected at"),
    ("SELECT * { ?s ?p ?o } GROUP BY ?s", None, "not allowed with GROUP BY", "list the variables"),
    ("SELECT (?s AS ?o) { ?s ?p ?o }", (1, 8), "a column ?o, because the pattern binds ?o", "different name"),
    ("ASK { { SELECT ?p (1 AS ?o) { ?s ?p ?o } } }", (1, 19), "the pattern binds ?o", "different name"),
    ('ASK { ?s ?p "word\u201d }', (1, 18), "\u201d is not a SPARQL quotation mark", 'use "'),
    ("ASK { ?s ?p 'word }", (1, 13), "this string is not closed", "end it with '"),
    ('ASK { ?s ?p "two\nlines" }', (1, 13), "this string is not closed", 'write \\"'),
    ("SELECT ?s, ?p { ?s ?p ?o }", (1, 10), "separated by spaces", "remove the commas"),
    ("ASK { ?s ?p ?o FILTER(?o == 1) }", None, "SPARQL has no operator ==", "use ="),
    ("ASK { ?s ?p ?o FILTER(?o <> 1) }", None, "SPARQL has no operator <>", "use !="),
    ("ASK { ?s ?p ?o FILTER(?o and true) }", (1, 26), "SPARQL has no operator AND", "use &&"),
    ("ASK { ?s ?p ?o FILTER(?o LIKE 'a%') }", (1, 26), "SPARQL has no operator LIKE", "CONTAINS"),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), MISTAKES)
def test_evaluate_malformed_query_place_and_hint(
    engine: EmbeddedEngine, text: str, place: tuple[int, int] | None, message: str, hint: str
) -> None:
    """A malformed query is told with line, column, what is wrong and what to do."""
    with pytest.raises(QueryError) as caught:
        engine.evaluate(QueryRequest(text, media.JSON, media.TURTLE))
    found = caught.value.location
    assert found is not None
    assert place in {None, (found.line, found.column)}
    assert message in caught.value.message
    assert hint in caught.value.hint
