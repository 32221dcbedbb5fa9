"""What the recordings send: Accept fields, names of formats, queries and data."""

from __future__ import annotations

from typing import Final

from tools.routes import BROWSER

ACCEPTS: Final = (
    "*/*",
    BROWSER,
    "text/turtle",
    "application/ld+json",
    "application/rdf+xml",
    "application/n-triples",
    "application/trig",
    "application/json",
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/plain",
    "text/*;q=0.5, application/n-triples;q=0.4, text/html;q=0",
    "image/png",
)
FORMATS: Final = (
    *("html", "ttl", "nt", "jsonld", "rdf", "trig", "nq", "json", "xml", "csv", "tsv"),
    *("txt", "svg", "bib", "ris", "sarif", "junit", "github", "nonsense", ""),
)
"""Values of the parameter ``format``: those that some page takes, an unknown one and an empty one."""

_PREFIXES: Final = (
    "PREFIX eild: <https://w3id.org/eild/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
_CLAIM: Final = "<https://w3id.org/eild/id/claim/000-012-1>"

QUERIES: Final = {
    "select": _PREFIXES + "SELECT ?c ?s { ?c a eild:Claim ; eild:stance ?s } ORDER BY ?c LIMIT 20",
    "ask": "ASK { ?s ?p ?o }",
    "ask false": "ASK { ?s <http://nowhere.example/p> ?o }",
    "construct": f"CONSTRUCT {{ {_CLAIM} ?p ?o }} WHERE {{ {_CLAIM} ?p ?o }}",
    "describe": f"DESCRIBE {_CLAIM}",
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n) ?class LIMIT 10",
    "graphs": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "from": "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/eild/graph/claims> { ?s ?p ?o }",
    "from nowhere": "SELECT (COUNT(*) AS ?n) FROM <http://nowhere.example/g> { ?s ?p ?o }",
    "from named": "SELECT ?g (COUNT(*) AS ?n) FROM NAMED <https://w3id.org/eild/graph/seed> "
    "{ GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "variable from": "SELECT ?from { ?s ?p ?from } ORDER BY ?from LIMIT 3",
    "literals": 'SELECT ?n { VALUES ?n { 1 1.50 1e3 true "a"@en "2024-11-05"^^<http://www.w3.org/2001/XMLSchema#date> '
    '"x\\ty\\n\\"z" <http://a.example/> UNDEF } }',
    "property path": _PREFIXES + "SELECT ?x { eild:Claim rdfs:subClassOf* ?x } ORDER BY ?x",
    "optional": _PREFIXES + "SELECT ?c ?l { ?c a eild:Claim OPTIONAL { ?c rdfs:label ?l } } ORDER BY ?c LIMIT 5",
    "without rows": "SELECT ?s { ?s <http://nowhere.example/p> ?o }",
    "many rows": "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3000",
    "regex": 'SELECT ?o { ?s ?p ?o FILTER REGEX(STR(?o), "interfer", "i") } ORDER BY ?o LIMIT 5',
    "syntax error": "SELECT * { ?s ?p }",
    "misspelt": "SELEC * { ?s ?p ?o }",
    "unknown prefix": "SELECT * { ?s nowhere:p ?o }",
    "unclosed": "SELECT * { ?s ?p ?o",
    "service": "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }",
    "update": "DROP ALL",
    "too deep": "SELECT * { " + "{ " * 300 + "?s ?p ?o" + " }" * 300 + " }",
    "too many unions": "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 700) + " }",
    "unknown name": _PREFIXES + "SELECT * { ?s a eild:Clam }",
    "empty": "",
    "comment": "# only a comment",
    "not ASCII": 'SELECT ("\u00e9\u4e2d\U0001f600" AS ?x) {}',
}
"""Queries by name, good ones and bad ones."""

MATRIX_QUERIES: Final = frozenset({"select", "ask", "construct", "describe", "syntax error", "literals"})
"""Those that are sent with each Accept field and each format."""

SLOW_QUERY: Final = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"
"""A query that no server answers before its timeout, over any data."""

_SHAPES: Final = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:Cat ; sh:property ex:S-name .
ex:S-name sh:path ex:name ; sh:minCount 1 ; sh:message "A cat must have a name. Add ex:name." .
"""
_DATA: Final = """@prefix ex: <http://example.org/> .
@prefix eild: <https://w3id.org/eild/ontology#> .
ex:tom a ex:Cat .
ex:kit a ex:Cat ; ex:name "Kit" .
ex:claim a eild:Claim ; eild:stance ex:tom .
"""
DATA: Final = {
    "conforming": ("text/turtle", '<http://example.org/a> <http://example.org/p> "x" .'),
    "violating": ("text/turtle", _DATA),
    "shapes": ("text/turtle", _SHAPES),
    "not turtle": ("text/turtle", "this is not Turtle"),
    "unclosed": ("text/turtle", "<http://example.org/a> <http://example.org/p> 'x"),
    "bad IRI": ("text/turtle", "<http://example.org/a b> <http://example.org/p> 1 ."),
    "triples": ("application/n-triples", "<http://example.org/a> a <http://example.org/b> ."),
    "quads": (
        "application/n-quads",
        "<http://example.org/a> <http://example.org/p> <http://example.org/b> <http://example.org/g> .",
    ),
    "XML": ("application/rdf+xml", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"),
    "XML with entities": ("application/rdf+xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "JSON-LD": ("application/ld+json", '{"@id": "http://example.org/a", "http://example.org/p": 1}'),
    "JSON-LD with a remote context": ("application/ld+json", '{"@context": "http://127.0.0.1:9/c", "a": 1}'),
    "unknown type": ("application/x-unknown", "x"),
    "empty": ("text/turtle", ""),
    "decimal": (
        "text/turtle",
        '<http://example.org/a> <http://example.org/p> "1e9"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
    ),
}
"""Data for validation by name, with their content types."""

FILE: Final = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:cat a ex:Animal ; rdfs:label "cat <b>&</b>"@en , "Katze"@de ; ex:eats ex:fish , <http://elsewhere.example/mouse> .
ex:fish a ex:Animal ; rdfs:label "fish"@en ; ex:weight 1.50 , "007"^^xsd:integer .
<http://elsewhere.example/mouse> rdfs:label "mouse"@en ; rdfs:seeAlso <javascript:alert(1)> .
<relative> rdfs:label "under the base"@en ; ex:part [ rdfs:label "a part" ] .
<http://example.org/with%20space> rdfs:label "a space"@en .
<http://example.org/v1.ttl> rdfs:label "a name with an extension"@en .
"""
"""A Turtle file that a server publishes."""

DATASET_FILE: Final = """@prefix ex: <http://example.org/> .
ex:dog a ex:Animal ; ex:eats ex:cat .
GRAPH ex:one { ex:dog ex:name "Rex" . ex:dog ex:age 3 }
GRAPH ex:two { ex:dog ex:name "Rex" }
GRAPH ex:empty { }
"""
"""A TriG file that a server publishes."""
