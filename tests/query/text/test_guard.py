"""Tests of the scan that queries pass before any parser."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.errors import BodyTooLargeError, EildError, QueryError, UpdateRefusedError
from eild.query.text.guard import check_query_text
from eild.query.text.limits import MAX_DEPTH, MAX_KEYWORDS

LIMIT = 65536

FORMS = [
    ("SELECT * { ?s ?p ?o }", "SELECT"),
    ("select*{?s ?p ?o}", "SELECT"),
    ("SELECT(1 AS ?x){}", "SELECT"),
    ("ask{}", "ASK"),
    ("PREFIX select: <http://e/> BASE <http://ask/> CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "CONSTRUCT"),
    ("# SELECT\nDESCRIBE <http://e/x>", "DESCRIBE"),
    ('VERSION "1.2" ASK {}', "ASK"),
    ("", ""),
    ("hello", ""),
    ("{}", ""),
]


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_check_query_text_query_form_found(text: str, form: str) -> None:
    """The form is the first keyword after the prologue; a text without one is left to the parser."""
    assert check_query_text(text, LIMIT).form == form


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a> <b> <c> }",
        "delete where { ?s ?p ?o }",
        "PREFIX ex: <http://e/> CLEAR ALL",
        "LOAD <file:///etc/passwd>",
        "WITH <http://g> DELETE {} WHERE {}",
        "DROP ALL",
    ],
)
def test_check_query_text_update_refused(text: str) -> None:
    """An update is refused with 403 and the reason."""
    with pytest.raises(UpdateRefusedError, match="read-only"):
        check_query_text(text, LIMIT)


SERVICES = [
    "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }",
    "SELECT * { service silent ?x { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o.SERVICE<http://e/>{} }",
    "SELECT * { ?s ?p 1SERVICE <http://e/>{} }",
    'SELECT * { ?s ?p "a"SERVICE <http://e/>{} }',
    "ASK { { SELECT * { FILTER EXISTS { SeRvIcE ex:x { } } } } }",
    "SELECT * {\n# comment\nSERVICE<http://e/>{}}",
    "ASK { SERVICESILENT <http://e/> {} }",
    "PREFIX ex: <http://e/> ASK { SERVICEex:x {} }",
    "PREFIX ex: <http://e/> ASK { ?s ?p 1SERVICESILENTex:x{} }",
    "PREFIX ex: <http://e/> ASK { ?s ?p 1e5SERVICEex:x{} }",
    "PREFIX ex: <http://e/> ASK { ?s ?p trueSERVICESILENTex:x#\n{} }",
    "PREFIX ex: <http://e/> ASK { ?s ?p ex:.SERVICESILENTex:x{} }",
    "PREFIX ex: <http://e/> ASK { ?s ?p ex:a\\'SERVICE ?x{} . SERVICE ex:b {} }",
    "ASK { ?s ?p trueSERVICE<http://e/>{} }",
    "ASK { ?s <http://e/\\u0070'> ?o . SERVICE <http://e/> {} #'\n}",
    "ASK { ?s <http://e/\\u0070#> ?o . SERVICE <http://e/> {} }",
    "ASK { ?s <http://e/\\U00000070#> ?o . SERVICE <http://e/> {} }",
    "ASK { FILTER(?a<'>' ) SERVICE <http://e/> {} FILTER(''='') }",
    "ASK { FILTER(?a<#>'''\n1) SERVICE <http://e/> {} #'''\n}",
    "ASK { BIND(1 AS ?x)SERVICE ?x {} }",
    "ASK { VALUES ?x {1 UNDEF}SERVICE?x{} }",
    "ASK { ?s ?p 'a'@en . SERVICE ?x {} }",
    "PREFIX SERVICE: <http://e/> ASK { SERVICESERVICE:x {} }",
    "PREFIX SILENT: <http://e/> ASK { SERVICE SILENT:x {} }",
]


@pytest.mark.parametrize("text", SERVICES)
def test_check_query_text_service_refused(text: str) -> None:
    """SERVICE is refused in every position and spelling, with its place."""
    with pytest.raises(QueryError, match="SERVICE") as caught:
        check_query_text(text, LIMIT)
    place = caught.value.location
    assert place is not None
    line = text.splitlines()[place.line - 1]
    assert "service" in line[place.column - 1 :].lower()


ESCAPED = [r"\u0053ERVICE", r"SER\u0056ICE", r"\U00000053ervice", r"1.\u0073ervice", "service\\u0020"]


@pytest.mark.parametrize("word", ESCAPED)
def test_check_query_text_escaped_service_refused(word: str) -> None:
    """Escapes do not hide SERVICE, whether or not an engine undoes them."""
    with pytest.raises(QueryError, match=r"SERVICE|escape"):
        check_query_text(f"ASK {{ {word} <http://e/> {{ ?s ?p ?o }} }}", LIMIT)


HARMLESS = [
    'SELECT * { ?s ?p "SERVICE <http://e/> {}" }',
    "SELECT * { ?s ?p 'it\\'s SERVICE' }",
    'SELECT * { ?s ?p """a " SERVICE "" b""" }',
    "SELECT * { ?s <http://e/SERVICE> ?o } # SERVICE <http://e/> {}",
    "SELECT ?service $SERVICE { ?service ?p $SERVICE }",
    "PREFIX service: <http://e/> SELECT * { ?s service:x service:SERVICE . }",
    "PREFIX ex: <http://e/> SELECT * { GRAPH ex:SERVICE { ?s ?p ?o } }",
    "PREFIX service: <http://e/> SELECT * { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX sd: <http://e/> SELECT * { ?s a sd:Service ; sd:service ?x }",
    "SELECT * { ?s ?p ?o FILTER(?a<?b && ?c>?d) }",
    "SELECT * { ?services ?p _:service }",
    "SELECT (COUNT(*) AS ?customer_service) {}",
    "PREFIX service: <http://e/> SELECT * FROM service:g { ?s ?p ?o }",
    "PREFIX service: <http://e/> SELECT * FROM NAMED service:g { ?s ?p ?o }",
    "SELECT * { VALUES (?a ?b) { (<http://e/x#service> <http://e/x#SERVICE>) } }",
    "SELECT * { FILTER(?a < 'SERVICE' && ?b > 'SERVICE {}') }",
    "SELECT * { FILTER(?a<'SERVICE x:y {}'&&?b>'') }",
    "SELECT * { ?s <http://e/O'Neill_(service)> 'customer service' }",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_check_query_text_word_service_elsewhere_passes(text: str) -> None:
    """The word in strings, IRIs, comments, names and variables is no federation."""
    assert check_query_text(text, LIMIT).form == "SELECT"


def test_check_query_text_long_text_413() -> None:
    """A text over the limit is refused with its size and the limit."""
    with pytest.raises(BodyTooLargeError, match="at most 65536 bytes, not 65537"):
        check_query_text("x" * (LIMIT + 1), LIMIT)


NESTED = [
    ("SELECT ({} AS ?x) {{}}", "(", "1", ")", 1),
    ("ASK {}", "{", "", "}", 0),
    ("ASK {{ {} }}", "[ ?p ", "1", "]", 1),
    ("ASK {}", "{ FILTER EXISTS ", "{}", "}", 1),
]


@pytest.mark.parametrize(("query", "opening", "inner", "closing", "more"), NESTED)
def test_check_query_text_deep_nesting_refused_at_limit(
    query: str, opening: str, inner: str, closing: str, more: int
) -> None:
    """Nesting up to the limit passes, one level more names the limit; the query's own brackets count."""
    depth = MAX_DEPTH - more
    check_query_text(query.format(opening * depth + inner + closing * depth), LIMIT)
    with pytest.raises(QueryError, match=f"more than {MAX_DEPTH} levels"):
        check_query_text(query.format(opening * (depth + 1) + inner + closing * (depth + 1)), LIMIT)


REPEATED = {
    "OPTIONAL": ("ASK {{ {} }}", "OPTIONAL {} "),
    "MINUS": ("ASK {{ {} }}", "MINUS {} "),
    "UNION": ("ASK {{ {{}} {} }}", "UNION {} "),
    "BIND": ("ASK {{ {} }}", "BIND(1 AS ?x) "),
    "AS": ("SELECT {} {{}}", "(1 AS ?x) "),
    "FILTER": ("ASK {{ {} }}", "FILTER(?x) "),
    "||": ("ASK {{ FILTER(1{}) }}", "||1"),
    "&&": ("ASK {{ FILTER(1{}) }}", "&&1"),
    "|": ("ASK {{ ?s a{} ?o }}", "|a"),
}


@pytest.mark.parametrize("keyword", MAX_KEYWORDS)
def test_check_query_text_many_parts_refused_at_limit(keyword: str) -> None:
    """A keyword may occur up to its limit, once more names the limit."""
    limit = MAX_KEYWORDS[keyword]
    query, part = REPEATED[keyword]
    check_query_text(query.format(part * limit), LIMIT)
    with pytest.raises(QueryError, match=f"at most {limit} "):
        check_query_text(query.format(part * (limit + 1)), LIMIT)


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("SELECT (NOW() AS ?t) {}", True),
        ("SELECT (rand() AS ?t) {}", True),
        ("SELECT (UUID() AS ?t) {}", True),
        ("CONSTRUCT { [] ?p ?o } { ?s ?p ?o }", True),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", False),
        ("SELECT ('NOW()' AS ?now) {}", False),
    ],
)
def test_check_query_text_answers_that_vary_are_told(text: str, *, volatile: bool) -> None:
    """A query whose answer differs each time must not be cached."""
    assert check_query_text(text, LIMIT).volatile is volatile


@given(st.text(alphabet=st.sampled_from("\"'\\<>{}()[]#?$@.:_ \nSERVICEaeu0%-"), max_size=300))
def test_check_query_text_any_text_shape_or_refusal(text: str) -> None:
    """No text leads to anything but a shape or an expected refusal."""
    status = 200
    try:
        check_query_text(text, LIMIT)
    except EildError as error:
        status = error.http_status
    assert status in {200, 400, 403}


@pytest.mark.parametrize("piece", ['"', "'", '"""', "'''x", "<", "\\", "#", "@a-", "a:", "<a", '"\\', "."])
def test_check_query_text_hostile_repetition_linear(piece: str) -> None:
    """The scan of repeated half-open tokens takes time in proportion to the text."""
    text = piece * (LIMIT // len(piece))
    started = time.process_time()
    with contextlib.suppress(QueryError):
        check_query_text(text, LIMIT)
    assert time.process_time() - started < 5
