"""The guard's limits against the engine: what just passes must not end the process that evaluates it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from eild.errors import QueryError
from eild.query.text.guard import check_query_text
from eild.query.text.limits import MAX_DEPTH, MAX_KEYWORDS, MAX_OPERATORS, MAX_UNARY
from eild.query.text.terms import MAX_TERM_DEPTH

LIMIT = 65536
PREFIX = "PREFIX e: <http://example.org/> "

CHILD = """
import json, resource, sys
import pyoxigraph
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
node = pyoxigraph.NamedNode("http://example.org/p")
store = pyoxigraph.Store()
store.add(pyoxigraph.Quad(node, node, node))
for name, text in json.load(sys.stdin):
    print(name, flush=True)
    try:
        results = store.query(text)
        if not isinstance(results, pyoxigraph.QueryBoolean):
            list(results)
    except (SyntaxError, RuntimeError):
        pass
print("done", flush=True)
"""

NESTED = {
    "function": ("SELECT (", "STR(", "?y", ")", " AS ?x) {}"),
    "coalesce": ("SELECT (", "COALESCE(", "1", ")", " AS ?x) {}"),
    "condition": ("SELECT (", "IF(1,1,", "1", ")", " AS ?x) {}"),
    "parentheses": ("SELECT (", "(", "1", ")", " AS ?x) {}"),
    "negation": ("SELECT (", "!(", "1", ")", " AS ?x) {}"),
    "triple function": ("SELECT (", "TRIPLE(e:a,e:b,", "1", ")", " AS ?x) {}"),
    "list": ("SELECT (", "1 IN (", "1", ")", " AS ?x) {}"),
    "group": ("ASK {", "{", "", "}", "}"),
    "exists": ("ASK {", "FILTER EXISTS {", "", "}", "}"),
    "not exists": ("ASK {", "?s ?p ?o FILTER NOT EXISTS {", "", "}", "}"),
    "optional": ("ASK {", "?s ?p ?o OPTIONAL {", "", "}", "}"),
    "minus": ("ASK {", "?s ?p ?o MINUS {", "", "}", "}"),
    "union": ("ASK {", "{} UNION {", "", "}", "}"),
    "graph": ("ASK {", "GRAPH ?g {", "", "}", "}"),
    "blank node": ("ASK {", "[e:p ", "1", "]", "}"),
}
"""What may be nested as deep as brackets may."""
NESTED_TERMS = {
    "collection": ("ASK {", "(", "1", ")", " ?p ?o}"),
    "collection object": ("ASK {?s ?p ", "(", "1", ")", "}"),
    "path": ("ASK {?s ", "(", "e:p", ")", " ?o}"),
    "path star": ("ASK {?s ", "(", "e:p", ")*", " ?o}"),
    "path sequence": ("ASK {?s ", "(e:p/", "e:p", ")", " ?o}"),
    "path inverse": ("ASK {?s ", "^(", "e:p", ")", " ?o}"),
    "triple term": ("ASK {?s ?p ", "<<(?a ?b ", "?c", ")>>", "}"),
    "reified triple": ("ASK {?s ?p ", "<<?a ?b ", "?c", ">>", "}"),
}
"""What may be nested only as deep as terms may."""
REPEATED = {
    "optional": ("ASK {", "OPTIONAL {}", "}", MAX_KEYWORDS["OPTIONAL"]),
    "minus": ("ASK {?s ?p ?o ", "MINUS {?s e:p ?o}", "}", MAX_KEYWORDS["MINUS"]),
    "union": ("ASK {{}", "UNION {}", "}", MAX_KEYWORDS["UNION"]),
    "bind": ("ASK {", "BIND(1 AS ?x{n})", "}", MAX_KEYWORDS["BIND"]),
    "columns": ("SELECT ", "(1 AS ?x{n})", "{}", MAX_KEYWORDS["AS"]),
    "fused columns": ("SELECT ", "(1AS?x{n})", "{}", MAX_KEYWORDS["AS"]),
    "filter": ("ASK {", "FILTER(?x{n}) ", "}", MAX_KEYWORDS["FILTER"]),
    "or": ("ASK { FILTER(1", "||?x{n}", ") }", MAX_KEYWORDS["||"]),
    "and": ("ASK { FILTER(1", "&&?x{n}", ") }", MAX_KEYWORDS["&&"]),
    "alternative": ("ASK {?s e:p", "|e:p{n}", " ?o}", MAX_KEYWORDS["|"]),
    "plus": ("SELECT (1", "+1", " AS ?x) {}", MAX_OPERATORS - 1),
    "minus sign": ("SELECT (1", "-1", " AS ?x) {}", MAX_OPERATORS),
    "times": ("SELECT (1", "*1", " AS ?x) {}", MAX_OPERATORS),
    "not": ("SELECT (", "!", "1 AS ?x) {}", MAX_UNARY),
    "inverse": ("ASK {?s ", "^", "e:p ?o}", MAX_UNARY),
}
"""What may be repeated up to a limit."""


def make_nested(parts: tuple[str, str, str, str, str], depth: int) -> str:
    """Return a query with something nested."""
    before, opening, middle, closing, after = parts
    return f"{PREFIX}{before}{opening * depth}{middle}{closing * depth}{after}"


def make_repeated(parts: tuple[str, str, str, int], times: int) -> str:
    """Return a query with something repeated."""
    before, piece, after, _ = parts
    return PREFIX + before + "".join(piece.replace("{n}", str(number)) for number in range(times)) + after


def list_queries() -> list[tuple[str, str]]:
    """Return, by name, the queries that just pass."""
    nested = [(name, make_nested(parts, MAX_DEPTH - 2)) for name, parts in NESTED.items()]
    nested += [(name, make_nested(parts, MAX_TERM_DEPTH)) for name, parts in NESTED_TERMS.items()]
    return nested + [(name, make_repeated(parts, parts[3])) for name, parts in REPEATED.items()]


def test_check_query_text_what_just_passes_leaves_the_engine_alive() -> None:
    """Every construct at its limit is evaluated or refused by a process that lives on."""
    queries = [(name, check_query_text(text, LIMIT).text) for name, text in list_queries()]
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    names = child.stdout.split("\n")
    assert names[-2:] == ["done", ""], f"the process ended at {names[-2]} with {child.returncode} {child.stderr}"


@pytest.mark.parametrize("name", [*NESTED, *NESTED_TERMS])
def test_check_query_text_nesting_that_ends_the_engine_refused(name: str) -> None:
    """Nesting is refused far below what ends the engine."""
    parts = NESTED.get(name) or NESTED_TERMS[name]
    with pytest.raises(QueryError, match="levels deep"):
        check_query_text(make_nested(parts, 700), LIMIT)


@pytest.mark.parametrize("name", REPEATED)
def test_check_query_text_repetition_over_the_limit_refused(name: str) -> None:
    """One more than the limit is refused."""
    parts = REPEATED[name]
    with pytest.raises(QueryError, match=r"at most|more than"):
        check_query_text(make_repeated(parts, parts[3] + 2), LIMIT)


HIDDEN = [
    "ASK {{ FILTER(?a<'>' && {bomb}) FILTER(''='') }}",
    "ASK {{ FILTER(?a<#>'''\n && {bomb}) #'''\n}}",
    "ASK {{ FILTER(?a<{opening}?b>1{closing}) }}",
    "ASK {{ ?s <http://e/\\u0070'> ?o FILTER({bomb}) FILTER(''='') }}",
    "ASK {{ ?s <http://e/\\u0070#> ?o FILTER({bomb}) }}",
    "ASK {{ ?s ?p 1.FILTER(?a<'>' && {bomb}) FILTER(''='') }}",
    "ASK {{ ?s ?p ?o·x FILTER({bomb}) }}",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_check_query_text_nesting_behind_what_looks_like_an_iri_refused(text: str) -> None:
    """Nesting cannot be hidden from the scan by signs that can be read in two ways."""
    opening, closing = "STR(" * 2000, ")" * 2000
    with pytest.raises(QueryError, match="levels deep"):
        check_query_text(text.format(bomb=f"{opening}1{closing}", opening=opening, closing=closing), LIMIT)
