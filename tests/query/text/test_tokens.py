"""Tests of reading a query's tokens: where "less than" and an IRI could be taken for each other, and of escapes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from eild.errors import QueryError
from eild.query.text.guard import check_query_text
from eild.query.text.tokens import Tokens, iterate_tokens

LIMIT = 65536


def evaluated(text: str) -> str:
    """Return the text that is evaluated for a query."""
    return check_query_text(text, LIMIT).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASK{FILTER(?a<'>'&&?b>1)}", "ASK{FILTER(?a< '>'&&?b>1)}"),
        ("ASK{FILTER(?a<?b&&?c>?d)}", "ASK{FILTER(?a< ?b&&?c>?d)}"),
        ("ASK{FILTER(?a<STR(?b)&&?c>'')}", "ASK{FILTER(?a< STR(?b)&&?c>'')}"),
        ("ASK{BIND(1 AS ?x)FILTER(?x<#>\n2)}", "ASK{BIND(1 AS ?x)FILTER(?x< #>\n2)}"),
        ("ASK{?s ?p 1.FILTER(?p<'x'&&'y'>'')}", "ASK{?s ?p 1.FILTER(?p< 'x'&&'y'>'')}"),
        ("SELECT ?x(?x<'a'&&?x>''AS ?y){}", "SELECT ?x(?x< 'a'&&?x>''AS ?y){}"),
        ("SELECT(1 AS ?x)(?x<'a'&&?x>''AS ?y){}", "SELECT(1 AS ?x)(?x< 'a'&&?x>''AS ?y){}"),
        ("SELECT*{}ORDER BY ?x(?x<'a'&&?x>'')", "SELECT*{}ORDER BY ?x(?x< 'a'&&?x>'')"),
        ("SELECT(1 AS ?z){}GROUP BY STR(?x)(?x<'a'&&?x>'')", "SELECT(1 AS ?z){}GROUP BY STR(?x)(?x< 'a'&&?x>'')"),
        ("ASK{FILTER<x:f>(?x<'a'&&?x>'')}", "ASK{FILTER<x:f>(?x< 'a'&&?x>'')}"),
        ("ASK{FILTER(?a<=?b&&?c>=?d)}", "ASK{FILTER(?a<= ?b&&?c>=?d)}"),
    ],
)
def test_read_less_than_in_an_expression_gets_a_space(text: str, expected: str) -> None:
    """Between an operand and what follows it in an expression, the sign cannot begin an IRI any more."""
    assert evaluated(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s <http://e/x#y> ?o ; a <http://e/o'neill> }",
        "SELECT * { ?s (<http://e/x#y>/<http://e/x#z>)* ?o }",
        "SELECT * { ?s ?p ?o FILTER(?o = <http://e/x#y> && ?o < 5 && 3 > ?s) }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (<http://e/x#y>, <http://e/x#z>)) }",
        "SELECT * { VALUES ?x { <http://e/x#y> <http://e/x#z> } }",
        "SELECT (COUNT(DISTINCT <http://e/f#x>) AS ?n) {}",
        "SELECT * { VALUES (?a ?b) { (<http://e/x> <http://e/y-z/1>) } }",
        "ASK{VALUES(?a ?b){(<x:#a> <x:#b>)}}",
        "ASK{(<x:a> <x:o'b>) ?p ?o}",
        "ASK{FILTER(1<2)(?a <x:#>) ?p ?o}",
        "ASK{?s ?p (1 <x:(b)>)}",
    ],
)
def test_read_query_without_doubt_stays_the_same(text: str) -> None:
    """Where the grammar has a place for an IRI alone, the query is evaluated as it was given."""
    assert evaluated(text) == text
    Store().query(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\u0053ELECT ?s { ?s ?p ?o }", "SELECT ?s { ?s ?p ?o }"),
        (
            r"PREFIX \u0065x: <http://e/> ASK { ?s ex:\u0070 '\u0027' }",
            r"PREFIX ex: <http://e/> ASK { ?s ex:p '\u0027' }",
        ),
        (r"PREFIX e\u0078: <http://e/> ASK { ?s e\u0078:p ?o }", "PREFIX ex: <http://e/> ASK { ?s ex:p ?o }"),
        (r"ASK { ?s <http://e/\u0070> ?o }", r"ASK { ?s <http://e/\u0070> ?o }"),
        (r"ASK { ?s ?p ex:a\u0020b }", r"ASK { ?s ?p ex:a\u0020b }"),
    ],
)
def test_read_escapes_in_names_undone(text: str, expected: str) -> None:
    """The engine knows escapes in strings and IRIs; in names and keywords they are undone before it, if they fit."""
    assert evaluated(text) == expected


@given(st.text(alphabet=st.sampled_from("<>()'\"#?a:.\\u0041 {}[]"), max_size=200))
def test_tokens_any_text_nothing_lost(text: str) -> None:
    """Tokens, white space and comments together are the text, and the tokens stand in it in order."""
    assert "".join(match[0] for match in iterate_tokens(text)) == text
    tokens = Tokens(text)
    assert tokens.offsets == sorted(tokens.offsets)
    assert tokens.offsets[-1] == len(text)


@given(st.text(alphabet=st.sampled_from("<>'\"#?a:. "), max_size=60))
def test_tokens_split_comparison_as_read_from_there(text: str) -> None:
    """After "less than", tokens are those of the rest of the text by itself."""
    given_text = f"?x<{text}"
    tokens = Tokens(given_text)
    if tokens.kinds[1] != "iri":
        return
    tokens.split_comparison(1)
    sign = tokens.texts[1]
    rest = Tokens(given_text[2 + len(sign) :])
    assert tokens.texts[2:] == rest.texts
    assert tokens.kinds[2:] == rest.kinds
    assert [offset - 2 - len(sign) for offset in tokens.offsets[2:]] == rest.offsets


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        "a-",
        "a.b-c_",
        "1",
        "1.",
        "a:b.",
        "a:b,",
        "e:.",
        "\\\\u0041.",
        "_:a.",
        "<a",
        "?a<?b,?b>?c,",
        "'",
        '"""',
        "@a-",
        "\\",
    ],
)
def test_read_query_long_text_is_not_read_again_and_again(unit: str) -> None:
    """Work is in proportion to length: if each place were read to the end of the text, this would take minutes."""
    text = f"ASK {{ FILTER(1 IN ({unit * (200_000 // len(unit))}1)) }}"
    with contextlib.suppress(QueryError):
        check_query_text(text, 1 << 20)
