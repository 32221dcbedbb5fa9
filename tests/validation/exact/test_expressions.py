"""Expressions in queries of shapes: the values that SPARQL gives them, whichever engine evaluates the query."""

from __future__ import annotations

from typing import Final

import pytest

import eild
from eild.validation.engines.queried import has_chain

PREFIXES: Final = (
    "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
)
DATA: Final = 'ex:a ex:p 5 ; ex:lang "ABC"@en-GB ; ex:day "2024-02-29"^^xsd:date ; ex:empty "" ; ex:zero 0 .'
IRREGULAR: Final = 'ex:z ex:q 36893488147419103232 , "x"^^xsd:integer , "nan"^^xsd:double .'
"""Data that leave all queries to EILD's own evaluator."""

TRUE: Final = (
    "3 - 2 - 1 = 0",
    "3 - 2 + 1 = 2",
    "10 - 2 * 3 - 1 = 3",
    "8 / 4 / 2 = 1",
    "8 / 4 * 2 = 4",
    "?v - 1 - 1 = 3",
    "STRLEN('abc') - STRLEN('a') - 1 = 1",
    "?nope = 1 || true",
    "!(?nope = 1 && false)",
    "5 IN (?nope, 5)",
    "!BOUND(?nope)",
    "!false",
    "!0",
    "!''",
    "?v",
    "?lang",
    "!?empty",
    "!?zero",
    "?v != 6",
    "?v != 'five'",
    "?v = 5.0 && ?v = 5e0",
    "?lang != 'ABC'",
    "?lang = 'ABC'@en-gb",
    "STRSTARTS(?lang, 'A'@en-GB)",
    "?day != '2024-03-01'^^xsd:date",
    "'2024'^^xsd:gYear != '2025'^^xsd:gYear",
    "?day - '2024-01-30'^^xsd:date = 'P30D'^^xsd:dayTimeDuration",
    "'2024-01-31'^^xsd:date + 'P1M'^^xsd:yearMonthDuration = ?day",
    "YEAR('-0044-03-15'^^xsd:date) = -44",
    "SUBSTR('abc', 0, 2) = 'a'",
    "SUBSTR('abc', -1) = 'abc'",
    "SUBSTR('abc', 1.5, 1) = 'b'",
    "SUBSTR('abc', 2) = 'bc'",
    "xsd:integer(' 5 ') = 5",
    "xsd:integer(5.7) = 5",
    "xsd:integer(9e30) > 5",
    "xsd:integer(true) = 1",
    "xsd:string(1.50) = '1.5'",
    "xsd:string(1e0) = '1'",
    "xsd:string(1e10) = '1.0E10'",
    "xsd:boolean('0') = false",
    "STR(01) = '01' && STR(1e0) = '1e0'",
    "DATATYPE(4 / 2) = xsd:decimal && 4 / 2 = 2",
    "DATATYPE(1 + 1.0) = xsd:decimal && DATATYPE(1 + 1e0) = xsd:double",
    "1e0 / 0 > 1e308",
    "COALESCE(1 / 0, 5) = 5",
    "ROUND(-2.5) = -2 && ROUND(2.5) = 3 && CEIL(1.2) = 2 && FLOOR(-1.2) = -2 && ABS(-1.5) = 1.5",
    "1e400 > 1e308",
    "ISNUMERIC(?v) && !ISNUMERIC('5')",
    "IF(?empty, false, true)",
    "EXISTS { $this ex:p ?q FILTER(?q >= ?v) }",
    "NOT EXISTS { $this ex:p ?q FILTER(?q > ?day) }",
    "NOT EXISTS { $this ex:p ?q FILTER(false) }",
    "EXISTS { $this ex:lang ?q FILTER(REGEX(?q, '^[A-Z-[D-Z]]+$')) }",
)
FALSE: Final = (
    "false",
    "0",
    "''",
    "0.0",
    "?nope = 1",
    "!(?nope = 1)",
    "?nope = 1 && true",
    "5 NOT IN (?nope, 6)",
    "1 / 0 = 1",
    "?day",
    "?v > 'a'",
    "?v < ?day",
    "'a' < 1",
    "'q'^^ex:own != 'r'^^ex:own",
    "xsd:integer('5.7') = 5",
    "xsd:double('inf') > 0",
    "xsd:boolean('TRUE')",
    "'NaN'^^xsd:double = 'NaN'^^xsd:double",
    "?day + 1 > 0",
    "EXISTS { $this ex:p ?q FILTER(?q > ?day) }",
    "EXISTS { $this ex:p ?q FILTER(false) }",
)


def find(expression: str, data: str = DATA, engine: str = "auto", more: str = "") -> bool:
    """Return whether a condition is true, as a SPARQL constraint finds it."""
    query = (
        "PREFIX ex: <https://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
        f"SELECT $this {more} {{ $this ex:p ?v ; ex:lang ?lang ; ex:day ?day ; ex:empty ?empty ; ex:zero ?zero "
        f"FILTER ({expression}) }}"
    )
    shapes = f'{PREFIXES} ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:select """{query}""" ] .'
    report = eild.validate(PREFIXES + data, shapes, data_format="ttl", shapes_format="ttl", engine=engine)
    return bool(report.findings)


@pytest.mark.parametrize("engine", ["auto", "exact"])
@pytest.mark.parametrize(("expression", "value"), [*((one, True) for one in TRUE), *((one, False) for one in FALSE)])
def test_expression_has_the_value_that_sparql_gives_it(expression: str, engine: str, *, value: bool) -> None:
    """Neither the engine that runs nor other data or variables of a query change a condition."""
    assert find(expression, engine=engine) is value
    assert find(expression, DATA + IRREGULAR, engine) is value
    assert find(expression, engine=engine, more="('told' AS ?message)") is value


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        ("$this ex:p ?m { SELECT $this (MAX(?v) AS ?m) { $this ex:p ?v } GROUP BY $this }", ["7"]),
        ("$this ex:p ?m FILTER(false)", []),
        ("$this ex:p ?m OPTIONAL { ?s ex:p ?n FILTER(false) } FILTER(BOUND(?n))", []),
        ("$this ex:p ?m . ?x ex:nope* 0 FILTER(?x = ?m)", []),
        ("$this ex:p ?m . $this ex:p 07", []),
        ("$this ex:p ?m . $this ex:w 007", ["5", "7"]),
    ],
)
@pytest.mark.parametrize("engine", ["auto", "exact"])
def test_patterns_have_the_solutions_that_sparql_gives_them(patterns: str, found: list[str], engine: str) -> None:
    """Subqueries are evaluated by themselves, and constants are as they are written."""
    query = f"PREFIX ex: <https://example.org/> SELECT $this (?m AS ?value) {{ {patterns} }}"
    shapes = f'{PREFIXES} ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:select """{query}""" ] .'
    data = f"{PREFIXES} ex:a ex:p 5 , 7 ; ex:w 007 ."
    report = eild.validate(data, shapes, data_format="ttl", shapes_format="ttl", engine=engine)
    assert sorted(str(finding.value) for finding in report.findings) == found


@pytest.mark.parametrize("engine", ["auto", "exact", "fast"])
@pytest.mark.parametrize("shape", ["ex:S a sh:NodeShape ; ex:one 1", "ex:S sh:property [ sh:path ex:p ; ex:one 1 ]"])
def test_validator_that_is_always_false_finds_each_value(engine: str, shape: str) -> None:
    """A constant condition is a condition, too."""
    component = (
        "ex:Co a sh:ConstraintComponent ; sh:parameter [ sh:path ex:one ] ; "
        'sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER(false) }" ] . '
    )
    shapes = f"{PREFIXES}{component}{shape} ; sh:targetNode ex:a ."
    report = eild.validate(PREFIXES + "ex:a ex:p 1 .", shapes, data_format="ttl", shapes_format="ttl", engine=engine)
    assert [str(finding.focus) for finding in report.findings] == ["https://example.org/a"]


@pytest.mark.parametrize(
    ("query", "chain"),
    [
        ("FILTER(?a - ?b - ?c > 0)", True),
        ("FILTER(?a-?b*?c-1 > 0)", True),
        ("FILTER(?a / ?b * ?c > 0)", True),
        ("FILTER(STRLEN(?a) - STRLEN(?b) - 1 > 0)", True),
        ("FILTER(?a - (?b - ?c) > 0)", False),
        ("FILTER(?a + ?b - ?c > 0)", False),
        ("FILTER(?a / ?b - ?c / ?d > 0)", False),
        ("FILTER(?a - ?b = ?c - ?d)", False),
        ("FILTER(ex:f(?a - ?b, ?c - ?d))", False),
        ("FILTER('x - y - z' = ?a) # a - b - c", False),
        ("$this ex:a/ex:b/ex:c ?v", False),
        ("$this <http://a>/<http://b>/<http://c> ?v", False),
        ("$this (ex:a-b|ex:b)/ex:c/^ex:d*/a ?v", False),
    ],
)
def test_chains_of_operators_are_found(query: str, *, chain: bool) -> None:
    """Property paths, names, texts and comments have the same characters."""
    assert has_chain(f"SELECT $this {{ {query} }}") is chain
