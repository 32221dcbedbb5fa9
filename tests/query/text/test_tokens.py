"""Tests of reading a query's signs: where "less than" and an IRI could be taken for each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from eild.query.text.tokens import SignReader, find_keyword, pin_iri, unpin_column


def read(text: str) -> tuple[list[str], str]:
    """Return the signs of a text and the text that is evaluated."""
    reader = SignReader(text)
    return [sign.text for sign in reader], reader.text


@pytest.mark.parametrize(
    ("text", "evaluated"),
    [
        ("ASK{FILTER(?a<'>'&&?b>1)}", "ASK{FILTER(?a< '>'&&?b>1)}"),
        ("ASK{FILTER(?a<?b&&?c>?d)}", "ASK{FILTER(?a< ?b&&?c>?d)}"),
        ("ASK{FILTER(?a<STR(?b)&&?c>'')}", "ASK{FILTER(?a< STR(?b)&&?c>'')}"),
        ("ASK{BIND(1 AS ?x)FILTER(?x<#>\n2)}", "ASK{BIND(1 AS ?x)FILTER(?x< #>\n2)}"),
        ("ASK{?s ?p 1.FILTER(?p<'x'&&'y'>'')}", "ASK{?s ?p 1.FILTER(?p< 'x'&&'y'>'')}"),
        ("SELECT ?x(?x<'a'&&?x>''AS ?y){}", "SELECT ?x(?x< 'a'&&?x>''AS ?y){}"),
        ("SELECT(1 AS ?x)(?x<'a'&&?x>''AS ?y){}", "SELECT(1 AS ?x)(?x< 'a'&&?x>''AS ?y){}"),
        ("SELECT*{}ORDER BY ?x(?x<'a'&&?x>'')", "SELECT*{}ORDER BY ?x(?x< 'a'&&?x>'')"),
        ("SELECT*{}GROUP BY STR(?x)(?x<'a'&&?x>'')", "SELECT*{}GROUP BY STR(?x)(?x< 'a'&&?x>'')"),
        ("ASK{FILTER<x:f>(?x<'a'&&?x>'')}", "ASK{FILTER<x:f>(?x< 'a'&&?x>'')}"),
    ],
)
def test_sign_reader_less_than_in_an_expression_gets_a_space(text: str, evaluated: str) -> None:
    """Between an operand and what follows it in an expression, the sign cannot begin an IRI any more."""
    assert read(text)[1] == evaluated


@pytest.mark.parametrize(
    ("text", "evaluated"),
    [
        ("ASK{VALUES(?a ?b){(<x:#a> <x:#b>)}}", r"ASK{VALUES(?a ?b){(<x:#a> <x:\U00000023b>)}}"),
        ("ASK{(<x:a> <x:o'b>) ?p ?o}", r"ASK{(<x:a> <x:o\U00000027b>) ?p ?o}"),
        ("ASK{FILTER(1<2)(?a <x:#>) ?p ?o}", r"ASK{FILTER(1<2)(?a <x:\U00000023>) ?p ?o}"),
        ("ASK{?s ?p (1 <x:(b)>)}", r"ASK{?s ?p (1 <x:\U00000028b\U00000029>)}"),
    ],
)
def test_sign_reader_iri_in_rows_gets_escapes(text: str, evaluated: str) -> None:
    """After another value of a row or collection, an IRI cannot be read as a comparison any more."""
    assert read(text)[1] == evaluated
    Store().query(text)
    Store().query(evaluated)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s <http://e/x#y> ?o ; a <http://e/o'neill> }",
        "SELECT * { ?s (<http://e/x#y>/<http://e/x#z>)* ?o }",
        "SELECT * { ?s ?p ?o FILTER(?o = <http://e/x#y> && ?o < 5 && 3 > ?s) }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (<http://e/x#y>, <http://e/x#z>)) }",
        "SELECT * { VALUES ?x { <http://e/x#y> <http://e/x#z> } }",
        "SELECT (COUNT(DISTINCT <http://e/f#x>(?x)) AS ?n) {}",
        "SELECT * { VALUES (?a ?b) { (<http://e/x> <http://e/y-z/1>) } }",
    ],
)
def test_sign_reader_plain_query_stays_the_same(text: str) -> None:
    """Where nothing can be taken for something else, the query is evaluated as it was given."""
    assert read(text)[1] == text


@pytest.mark.parametrize(
    ("word", "keyword"),
    [
        ("filter", "FILTER"),
        ("1.FILTER", "FILTER"),
        ("1e5OPTIONAL", "OPTIONAL"),
        ("trueMINUS", "MINUS"),
        (".BIND", "BIND"),
        ("ex:.UNION", "UNION"),
        ("ex:a.UNION", ""),
        ("ex:UNION", ""),
        ("a", ""),
        ("true", ""),
        ("1.5e3", ""),
    ],
)
def test_find_keyword_fused_words_taken_apart(word: str, keyword: str) -> None:
    """A keyword is found where nothing but a number, a truth value or a full stop stands before it."""
    assert find_keyword(word) == keyword


def test_unpin_column_leads_back_to_the_query_as_given() -> None:
    """A column behind an escape that was put in is where the person wrote it."""
    given, pinned = "(<x:a> <x:#b>) here", read("{(<x:a> <x:#b>) here")[1][1:]
    assert pinned != given
    assert unpin_column(pinned, pinned.index("here")) == given.index("here")
    assert unpin_column(given, 3) == 3


@given(st.text(alphabet=st.sampled_from("<>()'\"#?a:.\\u0041 {}[]"), max_size=200))
def test_sign_reader_any_text_nothing_lost(text: str) -> None:
    """The signs stand in the text in order, and what is evaluated has the same signs."""
    reader, end = SignReader(text), 0
    for sign in reader:
        assert sign.offset >= end
        if sign.kind != "word":  # of which escapes are undone
            assert text.startswith(sign.text, sign.offset)
            end = sign.offset + len(sign.text)
    assert SignReader(reader.text).text or not text


def test_pin_iri_long_plain_iri_gets_one_escape() -> None:
    """A very long IRI without conspicuous characters could be a long division, so it gets an escape too."""
    assert pin_iri(f"<{'a/' * 600}>").startswith(r"<\U00000061/")


@pytest.mark.parametrize(
    ("text", "evaluated"),
    [
        (r"\u0053ELECT ?\u0073 { ?s ?p ?o }", "SELECT ?s { ?s ?p ?o }"),
        (
            r"PREFIX \u0065x: <http://e/> ASK { ?s ex:\u0070 '\u0027' }",
            r"PREFIX ex: <http://e/> ASK { ?s ex:p '\u0027' }",
        ),
        (r"ASK { ?s <http://e/\u0070> ?o }", r"ASK { ?s <http://e/\u0070> ?o }"),
        (r"ASK { ?s ?p ex:a\u0020b }", r"ASK { ?s ?p ex:a\u0020b }"),
    ],
)
def test_sign_reader_escapes_in_names_undone(text: str, evaluated: str) -> None:
    """The engine knows escapes in strings and IRIs; in names and keywords they are undone before it, if they fit."""
    assert read(text)[1] == evaluated
