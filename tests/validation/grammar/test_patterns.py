"""Queries read from their text: what they tell agrees with RDFLib's algebra, and all others are not read."""

from __future__ import annotations

from typing import Any

import pytest
from rdflib import URIRef
from rdflib.namespace import RDF
from rdflib.paths import Path

from eild.validation.grammar.algebra import iterate_parts, parse_query
from eild.validation.grammar.patterns import read_plain

EX = "https://example.org/"
PREFIXES = {"ex": EX, "": f"{EX}none#", "xsd": "http://www.w3.org/2001/XMLSchema#"}


def predicates_of(path: Any) -> set[str]:
    """Return the properties that a path of RDFLib has."""
    if isinstance(path, URIRef):
        return {str(path)}
    parts = path.args if hasattr(path, "args") else [getattr(path, "arg", None) or path.path]
    return {predicate for part in parts for predicate in predicates_of(part)}


def patterns_of(query: str) -> set[tuple[frozenset[str], str]]:
    """Return the triple patterns that RDFLib reads."""
    found = set()
    algebra = parse_query(tuple(sorted(PREFIXES.items())), query).algebra
    for part in iterate_parts(algebra):
        for row in part.triples if part.name in {"BGP", "TriplesBlock"} else ():
            for verb, obj in zip(row[1::3], row[2::3], strict=True):
                single = isinstance(obj, URIRef) and not isinstance(verb, Path)
                found.add((frozenset(predicates_of(verb)), str(obj) if single else ""))
    return found


@pytest.mark.parametrize(
    "body",
    [
        "{ $this ex:p ?value }",
        '{ $this a ex:C ; ex:p ?a , ex:o ; . ?a ex:q \'x\'@en , """}""" , 1.5 , -2 , true . }',
        "{ $this ex:p 'a'^^xsd:integer ; :q ?o FILTER ( ?o > 1 ) ?o ex:r _:b . }",
        "{ $this ^ex:p/ex:q ?value . ?value ex:r|ex:s ?o ; ex:t+ ex:o }",
        "{ FILTER NOT EXISTS { ?s <https://example.org/p> $this } # a } comment\n }",
        "{ $this ex:p ?value FILTER ( !EXISTS { ?value a ex:D } && ?value < 3 ) ?value ex:q ?q }",
        "{ { $this ex:p ?value } UNION { ?value ex:q $this } OPTIONAL { ?value ex:r ?x } }",
        "{ $this ex:p ?value BIND ( STR(?value) AS ?n ) FILTER regex(?n, '{ $this ex:z ?o }') }",
        "{ $this ex:p.q ?value . $this ex:p-q ?o. }",
    ],
)
def test_read_plain_patterns_are_those_of_the_algebra(body: str) -> None:
    """Each triple pattern is read with its predicates."""
    query = f"SELECT $this ?value WHERE {body}"
    plain = read_plain(query, PREFIXES)
    assert plain is not None
    assert set(plain.patterns) == patterns_of(query)
    assert plain.projected == {"this", "value"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this { $this ?p ?o }",
        "SELECT $this { $this ex:p* ?o }",
        "SELECT $this { $this ex:p? ?o }",
        "SELECT $this { $this !ex:p ?o }",
        "SELECT $this { $this (ex:p|ex:q)+ ?o }",
        "SELECT $this { $this ex:p [ ex:q 1 ] }",
        "SELECT $this { $this ex:p ( 1 2 ) }",
        "SELECT $this { $this ex:p ?o { SELECT $this { $this ex:q ?x } } }",
        "SELECT $this { GRAPH ?g { $this ex:p ?o } }",
        "SELECT $this { $this other:p ?o }",
        "SELECT $this { $this <p> ?o }",
        "SELECT $this { $this ex:p%20q ?o }",
        "SELECT $this { $this ex:p '\\u0022 . ?s ?p ?o }",
        "PREFIX ex: <https://example.com/> SELECT $this { $this ex:p ?o }",
        "SELECT $this { $this ex:p ?o",
    ],
)
def test_read_plain_query_beyond_is_not_read(query: str) -> None:
    """What may see other statements than its predicates tell is left to RDFLib's parser."""
    assert read_plain(query, PREFIXES) is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT $this { FILTER NOT EXISTS { ?any ex:p $this } }", True),
        ("SELECT $this { $this ex:p ?o FILTER ( isIRI(?o) && !sameTerm(?o, $this) ) }", True),
        ("SELECT $this { $this ex:p ?o FILTER ( ?o <= 3 ) }", True),
        ("SELECT $this { $this ex:p ?o FILTER ( !( ?o != $this ) ) }", True),
        ("SELECT $this { $this ex:p ?o FILTER ( ?o ) }", False),
        ("SELECT $this { $this ex:p ?o FILTER ( ?o + 1 < 3 ) }", False),
        ("SELECT $this { $this ex:p ?o FILTER ( !?o < 3 ) }", False),
        ("SELECT $this { $this ex:p ?o FILTER ( ?o < 3 && true ) }", False),
        ("SELECT $this { $this ex:p ?o FILTER ( ?o IN (1) ) }", False),
        ("SELECT $this { $this ex:p ?o FILTER ( ?o = 'x' ) }", False),
        ("SELECT $this { $this ex:p 1 }", False),
        ("SELECT $this { OPTIONAL { $this ex:p ?o } }", False),
        ("SELECT $this { { $this ex:p ?o } UNION { $this ex:q ?o } }", False),
        ("SELECT $this { $this ex:p ?o BIND ( ?o AS ?x ) }", False),
        ("SELECT $this { $this ex:p ?o } LIMIT 1", False),
        ("SELECT $this (1 AS ?value) { $this ex:p ?o }", False),
    ],
)
def test_read_plain_structural_is_what_no_value_decides(query: str, *, expected: bool) -> None:
    """Only comparisons of variables and integers look at values, each in parentheses of its own."""
    plain = read_plain(query, PREFIXES)
    assert plain is not None
    assert plain.is_structural == expected


@pytest.mark.parametrize(
    ("query", "distinct"),
    [
        ("SELECT $this ?o { $this ex:p ?o }", True),
        ("SELECT $this { $this ex:p ?o }", False),
        ("SELECT $this ?o { $this ex:p/ex:q ?o }", False),
        ("SELECT $this { FILTER EXISTS { $this ex:p/ex:q ?o } }", True),
    ],
)
def test_read_plain_distinct_is_what_cannot_have_equal_solutions(query: str, *, distinct: bool) -> None:
    """Variables that are not returned, and paths, may lead to a solution twice."""
    plain = read_plain(query, PREFIXES)
    assert plain is not None
    assert plain.is_distinct == distinct


def test_read_plain_sources_and_certain_variables_are_of_the_outermost_group() -> None:
    """What a variable is bound to is known if it is in a pattern that each solution matches."""
    query = "SELECT $this { $this a ?t ; ex:p ?o ; ex:q/ex:r ?q . FILTER EXISTS { ?o ex:s ?i } FILTER ( ?o < ?q ) }"
    plain = read_plain(query, PREFIXES)
    assert plain is not None
    assert plain.certain == {"this", "t", "o", "q"}
    assert plain.sources == {"t": {str(RDF.type)}, "o": {f"{EX}p"}}
    assert plain.compared == {"o", "q"}
