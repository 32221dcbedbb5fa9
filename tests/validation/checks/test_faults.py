"""Faults of shapes: each is found before an engine runs, at its line and column, with what to do."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from rdflib import Graph

from eild.errors import IllFormedShapesError, ShapesError
from eild.located import parse_located_content
from eild.validation import load_rdf, load_shapes, validate
from eild.validation.shapes import Shapes, check_shapes

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:P .
ex:P """
PATH = "sh:path ex:p ; "

FAULTS = {
    "datatype-string": (PATH + 'sh:datatype §"x"', "the value of sh:datatype must be an IRI"),
    "datatype-unknown": (PATH + "sh:datatype §xsd:strng", "unknown datatype xsd:strng (did you mean xsd:string?)"),
    "datatype-two": (PATH + "sh:datatype xsd:string, §xsd:date", "sh:datatype has 2 values"),
    "min-count-string": (PATH + 'sh:minCount §"x"', "sh:minCount must be a whole number"),
    "min-count-negative": (PATH + "sh:minCount §-1", "sh:minCount must be a whole number"),
    "max-length-decimal": (PATH + "sh:maxLength §1.0", "sh:maxLength must be a whole number"),
    "boolean-string": (PATH + 'sh:uniqueLang §"true"', "sh:uniqueLang must be true or false"),
    "deactivated-string": (PATH + 'sh:deactivated §"yes"', "sh:deactivated must be true or false"),
    "class-string": (PATH + 'sh:class §"Boat"', "sh:class must be an IRI"),
    "target-literal": (PATH + 'sh:targetClass §"Boat"', "sh:targetClass must be an IRI"),
    "target-blank": (PATH + "sh:targetNode §[]", "sh:targetNode must be an IRI or a literal"),
    "node-kind": (PATH + "sh:nodeKind §sh:NodeShape", "sh:nodeKind must be one of"),
    "in-no-list": (PATH + "sh:in §ex:a", "sh:in must be a list: this is not an RDF list"),
    "in-literal": (PATH + 'sh:in §"a"', "sh:in must be a list: a literal is not an RDF list"),
    "in-cut-list": (PATH + "sh:in §[ rdf:first 1 ]", "sh:in must be a list: a cell has 1 rdf:first and 0 rdf:rest"),
    "in-endless-list": (
        PATH + "sh:in §_:l . _:l rdf:first 1 ; rdf:rest _:l",
        "sh:in must be a list: it leads back to itself",
    ),
    "or-no-shape": (PATH + 'sh:or ( §"x" )', "each member of sh:or must be a shape"),
    "languages": (PATH + "sh:languageIn ( §ex:en )", "each member of sh:languageIn must be a language tag"),
    "path-literal": ('sh:path §"p"', "ill-formed sh:path: a literal is not a path"),
    "path-two": ("sh:path ex:p, §ex:q", "sh:path has 2 values"),
    "path-empty": ("sh:path §()", "ill-formed sh:path: a sequence is empty"),
    "path-one-member": ("sh:path §( ex:p )", "ill-formed sh:path: a list in a path needs two members"),
    "path-no-step": ("sh:path §[ ex:inverse ex:p ]", "ill-formed sh:path: a blank node has no path steps"),
    "path-two-steps": (
        "sh:path §[ sh:inversePath ex:p ; sh:zeroOrMorePath ex:q ]",
        "ill-formed sh:path: a blank node has 2 path steps",
    ),
    "path-cyclic": ("sh:path §_:x . _:x sh:inversePath _:x", "ill-formed sh:path: it leads back to itself"),
    "path-missing": ("sh:minCount §1", "a property shape has no sh:path"),
    "node-shape-count": (PATH + "sh:node [ sh:minCount §1 ]", "sh:minCount needs a property shape"),
    "node-shape-path": (PATH + "sh:node [ a sh:NodeShape ; sh:path §ex:q ]", "a node shape has a sh:path"),
    "pattern-group": (PATH + 'sh:pattern "a§(b"', "this ( is never closed"),
    "pattern-class": (PATH + r'sh:pattern "a§\\p{Klingon}"', "Unicode has no category or block Klingon"),
    "pattern-look-ahead": (PATH + 'sh:pattern "^(§?!a)"', "XPath has no (?"),
    "pattern-word-end": (PATH + r'sh:pattern "§\\b"', "XPath has no escape"),
    "pattern-flags": (PATH + 'sh:pattern "a" ; sh:flags §"g"', "XPath has no flag 'g'"),
    "unknown-term": (PATH + "§sh:minCuont 1", "unknown SHACL term sh:minCuont (did you mean sh:minCount?)"),
    "query-none": (PATH + 'sh:sparql §ex:Q . ex:Q sh:message "?"', "a SPARQL constraint has no sh:select"),
    "query-syntax": (
        PATH + 'sh:sparql [ sh:select """SELECT $this\nWHERE { $this ?p §}""" ]',
        "ill-formed SPARQL constraint: this does not parse",
    ),
    "query-prefix": (
        PATH + 'sh:sparql [ sh:select """# a: \nSELECT $this\nWHERE { $this a §wrong:Boat }""" ]',
        "the prefix wrong: is not declared",
    ),
    "query-escapes": (
        PATH + r'sh:sparql [ sh:select "SELECT $this\n\u0057HERE { $this \"x:y\" §b:c }" ]',
        "the prefix b: is not declared",
    ),
    "query-this": (
        PATH + 'sh:sparql [ sh:select "§SELECT ?value WHERE { $this ?p ?value }" ]',
        "the query does not return $this",
    ),
    "query-ask": (PATH + 'sh:sparql [ sh:select "§ASK { $this ?p 1 }" ]', "a ASK query where SELECT belongs"),
    "query-service": (
        PATH + 'sh:sparql [ sh:select "SELECT $this { §SERVICE <http://x/> { $this ?p 1 } }" ]',
        "SERVICE or FROM",
    ),
    "query-from": (PATH + 'sh:sparql [ sh:select "SELECT $this §FROM <file:///x> { $this ?p 1 }" ]', "SERVICE or FROM"),
    "query-minus": (
        PATH + 'sh:sparql [ sh:select "SELECT $this { $this ?p 1 §MINUS { $this ?p 2 } }" ]',
        "MINUS does not go with pre-bound variables",
    ),
    "query-values": (
        PATH + 'sh:sparql [ sh:select "SELECT $this { $this ?p ?o §VALUES ?o { 1 } }" ]',
        "VALUES does not go with pre-bound variables",
    ),
    "query-subquery": (
        PATH + 'sh:sparql [ sh:select "SELECT $this { $this ?p ?o { §SELECT ?o { $this ?q ?o } } }" ]',
        "a subquery does not return $this",
    ),
}
"""Shapes with one fault each, its place marked by a paragraph sign, and what is said of it."""


def write(folder: Path, text: str) -> tuple[Path, int, int]:
    """Write a shapes file without its mark; return it with line and column of the mark."""
    content = f"{HEAD}{text} ."
    before, _, after = content.partition("§")
    path = folder / "shapes.ttl"
    path.write_text(before + after, encoding="utf-8")
    return path, before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("name", FAULTS)
def test_load_shapes_fault_is_told_at_its_place(tmp_path: Path, name: str) -> None:
    """Each kind of fault is found at the line and column where it is written, and is exit code 4."""
    text, message = FAULTS[name]
    path, line, column = write(tmp_path, text)
    with pytest.raises(ShapesError) as caught:
        load_shapes([path])
    assert caught.value.exit_code == 4
    told = str(caught.value)
    assert message in told
    if name == "unknown-term":  # it stands where its object does
        column += len("sh:minCuont ")
    assert any(row.startswith(f"{path}:{line}:{column}: ") and message in row for row in told.splitlines()), told


def test_load_shapes_several_faults_all_told_in_order(tmp_path: Path) -> None:
    """All faults come in one run, sorted by place, each with a hint where there is one."""
    path, _, _ = write(tmp_path, 'sh:path ex:p ;\n sh:minCount "1" ;\n sh:class "x" ;\n sh:in 3')
    with pytest.raises(IllFormedShapesError) as caught:
        load_shapes([path])
    lines = [fault.location.line for fault in caught.value.faults if fault.location]
    assert lines == [6, 7, 8]
    assert str(caught.value).splitlines()[-1] == "3 errors in the shapes"


ILL_FORMED = [text.replace("§", "") for name, (text, _) in FAULTS.items() if not re.match("query|pattern", name)]


def test_check_shapes_finds_all_that_the_shapes_for_shapes_find(tmp_path: Path) -> None:
    """Whatever the W3C's own shapes for shapes object to is a fault here too."""
    content = resources.files("pyshacl").joinpath("assets/shacl-shacl.ttl").read_bytes()
    judge = Shapes(parse_located_content(content, pyoxigraph.RdfFormat.TURTLE, name="shacl-shacl.ttl"))
    missed, objections = [], 0
    for number, text in enumerate(ILL_FORMED):
        if "_:l" in text or "_:x" in text:  # endless: the shapes for shapes cannot tell
            continue
        path = tmp_path / f"{number}.ttl"
        path.write_text(f"{HEAD}{text} .", encoding="utf-8")
        located = load_rdf(path)
        objected = bool(validate(located, judge, engine="pyshacl").findings)
        objections += objected
        if objected and not check_shapes(Shapes(located)):
            missed.append(text)
    assert missed == []
    assert objections > 20


def test_check_shapes_well_formed_shapes_have_no_fault(tmp_path: Path) -> None:
    """Every way to write paths, lists, targets and queries that SHACL allows passes."""
    path, _, _ = write(
        tmp_path,
        '''sh:path ( ex:a [ sh:inversePath [ sh:alternativePath ( ex:b ex:c ) ] ] [ sh:zeroOrMorePath ex:d ] ) ;
  sh:in () ; sh:deactivated false ; sh:minCount 0 ; sh:message "x", "y"@en ; sh:targetNode 1, ex:n ;
  sh:or ( [ sh:datatype xsd:date ] ex:S ) ; sh:qualifiedValueShape ex:S ; sh:qualifiedMinCount 1 ;
  sh:sparql [ sh:prefixes ex: ; sh:select """PREFIX e: <http://e/> SELECT $this ?value WHERE {
    $this $PATH ?value ; a e:x . FILTER(?value != 'a:b c:d' && ?value != <a:b>)
    { SELECT $this (COUNT(*) AS ?n) { $this ?p ?o } GROUP BY $this } }""" ]''',
    )
    assert check_shapes(Shapes(load_rdf(path))) == []


def test_load_shapes_term_unknown_to_the_ontology_is_a_fault(tmp_path: Path) -> None:
    """Classes and properties in the ontology's namespace must be declared; others are not judged."""
    ontology = Graph().parse(
        data="@prefix ex: <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "ex:Boat a owl:Class . ex:length a owl:DatatypeProperty . ex:owner a owl:ObjectProperty .",
        format="turtle",
    )
    path, line, column = write(tmp_path, "sh:path ( ex:owner §ex:lenght ) ; sh:class ex:Boat, <http://other/C>")
    assert load_shapes([path])
    with pytest.raises(ShapesError) as caught:
        load_shapes([path], ontology=ontology)
    assert str(caught.value) == (
        f"{path}:{line}:{column}: the ontology has no property <https://example.org/lenght> "
        "(did you mean https://example.org/length?)"
    )
    path, line, column = write(tmp_path, "sh:path ex:length ; sh:class §ex:owner")
    with pytest.raises(ShapesError, match=r"the ontology has no class .*it is a property"):
        load_shapes([path], ontology=ontology)
