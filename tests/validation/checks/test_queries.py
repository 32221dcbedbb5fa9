"""Queries of shapes that both parsers read alike."""

from __future__ import annotations

import pyoxigraph
import pytest
from rdflib.namespace import SH

from eild.validation.checks.queries import is_plain
from eild.validation.grammar.algebra import parse_query
from eild.validation.grammar.queries import code_of, prefixes_of
from eild.validation.project import load_project_shapes

EX = (("ex", "https://example.org/"),)
PLAIN = [
    "SELECT $this WHERE { $this ex:p ?v . FILTER ( ?v > 3 && !isLiteral(?v) ) }",
    "SELECT $this ?value WHERE { $this ex:p/ex:q*|^ex:r ?value } ORDER BY DESC(?value) LIMIT 3",
    "SELECT $this (COUNT(DISTINCT ?v) AS ?n) WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 2)",
    "SELECT $this WHERE { OPTIONAL { $this ex:p ?v } { $this a ex:A } UNION { $this a ex:B } BIND (STRLEN(?v) AS ?n) }",
    'SELECT $this WHERE { $this ex:service "SERVICE <x> LATERAL"@en-GB ; ex:from 1.5e3 , true # LATERAL\n }',
    "ASK { FILTER EXISTS { $this ex:p ?v . FILTER (?v IN (1, ex:a) && COALESCE(?v, 2) NOT IN (3)) } }",
    "SELECT $this WHERE { { SELECT $this (MAX(?v) AS ?m) WHERE { $this ex:p ?v } GROUP BY $this } $this ex:p ?m }",
]
NOT_PLAIN = [
    "SELECT $this WHERE { $this ex:p ?v LATERAL { $this ex:q ?w } }",
    "SELECT $this WHERE { << $this ex:p ex:o >> ex:q ?v }",
    "SELECT $this WHERE { ?t ex:p <<( $this ex:p ex:o )>> }",
    "SELECT $this WHERE { $this ex:p ?v {| ex:q ?w |} }",
    "SELECT $this WHERE { $this ex:p ?v ~ ex:r }",
    'SELECT $this WHERE { $this ex:p "x"@en--ltr }',
    "SELECT $this WHERE { BIND (ADJUST(NOW(), ex:z) AS ?v) }",
]


@pytest.mark.parametrize("query", PLAIN)
def test_is_plain_query_of_sparql_1_1_is_read_by_both_parsers(query: str) -> None:
    """What is taken for plain parses in RDFLib, and Oxigraph tells the same variables."""
    assert is_plain(code_of(query))
    parsed = parse_query(EX, query).algebra
    found = pyoxigraph.Store().query(f"PREFIX ex: <{EX[0][1]}> {query}")
    if isinstance(found, pyoxigraph.QuerySolutions):
        assert {variable.value for variable in found.variables} == {str(variable) for variable in parsed["PV"]}


@pytest.mark.parametrize("query", NOT_PLAIN)
def test_is_plain_query_beyond_sparql_1_1_is_left_to_the_reference(query: str) -> None:
    """What only a newer grammar has is not taken for plain."""
    assert not is_plain(code_of(query))


def test_project_queries_are_plain_and_read_by_both_parsers() -> None:
    """Each query of EILD's own shapes spares the second parser, which would read it too."""
    graph = load_project_shapes().graph
    queries = list(graph.subject_objects(SH.select))
    assert len(queries) > 40
    for node, text in queries:
        assert is_plain(code_of(str(text))), node
        assert "this" in {str(variable) for variable in parse_query(prefixes_of(graph, node), str(text)).algebra["PV"]}
