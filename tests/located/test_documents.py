"""Places in RDF/XML and JSON-LD: of property elements and values, else of the resource."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Literal, URIRef

from eild.errors import DataError
from eild.located.documents import parse_document

if TYPE_CHECKING:
    from eild.located import LocatedGraph

RDF_XML = """<?xml version="1.0"?>
<!-- <e:not rdf:about="a"/> -->
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/" xml:base="http://b/">
  <rdf:Description rdf:about="a" e:attribute="ü >">
    <e:p rdf:resource="b"/>
    <e:p>one
      text</e:p>
    <e:q><e:C rdf:ID="c"><e:p rdf:parseType="Resource"><e:r>1</e:r></e:p></e:C></e:q>
    <e:list rdf:parseType="Collection"><rdf:Description rdf:about="x"/><e:D/></e:list>
    <rdf:li>first</rdf:li>
    <e:x rdf:parseType="Literal"><e:p>no property</e:p></e:x><e:y e:z="v"/>
  </rdf:Description>
  <rdf:Description rdf:about="a"><e:last/></rdf:Description>
</rdf:RDF>
"""
JSON_LD = """{
  "@context": [{"e": "http://e/", "name": "e:name", "id": "@id", "@base": "http://b/"},
    {"knows": {"@id": "e:knows", "@type": "@id"}}],
  "@graph": [
    {"@id": "a", "name": ["x", "\\u0079"],
     "knows": ["b",
       {"id": "c", "name": "z"}], "@type": "e:T"},
    {"@id": "d", "e:list": {"@list": [1, 2]}, "e:text": {"en": "t"}, "e:null": null}
  ]
}
"""


def parse(text: str, syntax: pyoxigraph.RdfFormat) -> LocatedGraph:
    """Parse a document called ``f``."""
    return parse_document(text.encode(), syntax, name="f", base="http://b/")


def marked(located: LocatedGraph, text: str, predicate: str, obj: str) -> str:
    """Return what stands at the place of a triple, from its start to its end or the end of the line."""
    [place] = [
        places[0] for (_, p, o), places in located.places.items() if str(p).endswith(predicate) and str(o).endswith(obj)
    ]
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: place.line - 1])) + place.column - 1
    if not place.end_line:
        return text[start:].split("\n", 1)[0]
    return text[start : sum(map(len, lines[: place.end_line - 1])) + place.end_column - 1]


@pytest.mark.parametrize(
    ("predicate", "obj", "source"),
    [
        ("attribute", "ü >", '<rdf:Description rdf:about="a" e:attribute="ü >">'),
        ("/p", "/b", '<e:p rdf:resource="b"/>'),
        ("/p", "text", "<e:p>one\n      text</e:p>"),
        ("/r", "1", "<e:r>1</e:r>"),
        ("type", "/C", '<e:C rdf:ID="c"><e:p rdf:parseType="Resource"><e:r>1</e:r></e:p></e:C></e:q>'),
        ("_1", "first", "<rdf:li>first</rdf:li>"),
        ("/y", "", '<e:y e:z="v"/>'),
        ("/last", "", "<e:last/>"),
    ],
)
def test_places_rdf_xml_are_those_of_the_elements(predicate: str, obj: str, source: str) -> None:
    """A triple stands at its property element; a type and an attribute at the element of the resource."""
    located = parse(RDF_XML, pyoxigraph.RdfFormat.RDF_XML)
    assert marked(located, RDF_XML, predicate, obj) == source
    assert located.locate(URIRef("http://b/#c"), URIRef("http://e/none")).line == 8  # type: ignore[union-attr]
    assert all(place.line for places in located.places.values() for place in places)


@pytest.mark.parametrize(
    ("predicate", "obj", "source"),
    [
        ("/name", "x", '"x"'),
        ("/name", "y", '"\\u0079"'),
        ("/name", "z", '"z"'),
        ("/knows", "/b", '"b"'),
        ("/knows", "/c", '{"id": "c", "name": "z"}'),
        ("type", "/T", '"e:T"'),
        ("/text", "t", '{"en": "t"}'),
    ],
)
def test_places_json_ld_are_those_of_the_values(predicate: str, obj: str, source: str) -> None:
    """A triple stands at the value of its key, whatever context gives the key its meaning."""
    text = JSON_LD.replace('"e:text": {"en": "t"}', '"e:text": {"@value": "t"}')
    text, source = (text, '{"@value": "t"}') if predicate == "/text" else (text, source)
    located = parse(text, pyoxigraph.RdfFormat.JSON_LD)
    assert marked(located, text, predicate, obj) == source
    assert all(place.line for places in located.places.values() for place in places)


def test_places_json_ld_what_cannot_be_told_stands_at_its_resource() -> None:
    """Values under keys that no context here explains have the place of their subject."""
    text = '[{"@id": "http://b/a", "http://e/p": 1},\n {"@id": "http://b/b",\n "http://e/p": {"@set": [1, 2]}}]'
    located = parse(text, pyoxigraph.RdfFormat.JSON_LD)
    place = located.locate(URIRef("http://b/b"), URIRef("http://e/p"))
    assert place is not None
    assert place.line in {2, 3}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("pq"), st.text(max_size=5)), min_size=1, max_size=12))
def test_places_json_ld_any_values_have_their_own_line(facts: list[tuple[str, str, str]]) -> None:
    """With one value on each line, each triple stands on the line of its value."""
    rows = [json.dumps({"@id": f"http://b/{s}", f"http://e/{p}": o}) for s, p, o in facts]
    located = parse("[" + ",\n".join(rows) + "]", pyoxigraph.RdfFormat.JSON_LD)
    for line, (subject, predicate, text) in enumerate(facts, 1):
        triple = URIRef(f"http://b/{subject}"), URIRef(f"http://e/{predicate}"), Literal(text)
        assert line in {place.line for place in located.locate_all(*triple)}


@pytest.mark.parametrize("syntax", [pyoxigraph.RdfFormat.RDF_XML, pyoxigraph.RdfFormat.JSON_LD], ids=["xml", "json"])
@pytest.mark.parametrize("cut", range(5, 300, 37))
def test_parse_document_cut_anywhere_is_an_error_with_its_file(syntax: pyoxigraph.RdfFormat, cut: int) -> None:
    """A document that breaks off is a data error."""
    text = RDF_XML if syntax == pyoxigraph.RdfFormat.RDF_XML else JSON_LD
    with pytest.raises(DataError) as caught:
        parse(text[:cut], syntax)
    assert caught.value.location
    assert caught.value.location.path == "f"


def test_places_rdf_xml_are_exact_beside_statements_that_make_more_triples_than_they_show() -> None:
    """Reification, collections and resources without a node element change nothing about the places of others."""
    document = """<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
<r:Description r:about="http://b/a" e:p="0">
<e:p r:ID="x">1</e:p>
<e:p r:parseType="Collection"><r:Description r:about="http://b/b"/><e:C e:p="2"/></e:p>
<e:p r:parseType="Resource"><e:p>3</e:p><r:value>4</r:value></e:p>
<e:p e:p="5"/>
<e:p r:parseType="other">6<e:p/></e:p>
</r:Description>
</r:RDF>
"""
    located = parse(document, pyoxigraph.RdfFormat.RDF_XML)
    found = {
        str(value)[:1]: places[0].line for (_, _, value), places in located.places.items() if isinstance(value, Literal)
    }
    assert found == {"0": 2, "1": 3, "2": 4, "3": 5, "4": 5, "5": 6, "6": 7}
    assert located.locate(URIRef("http://b/#x")).line == 3  # type: ignore[union-attr]
    [list_place] = located.places[
        next(triple for triple in located.places if triple[1] == URIRef("http://e/p") and triple[2] in located.subjects)
    ]
    assert list_place.line in {4, 5, 6}


def test_places_rdf_xml_count_characters_in_any_encoding_and_with_any_line_ends() -> None:
    """Columns are those of the text, not of its bytes."""
    root = "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/'>"
    document = f"{root}\r\n<!-- ü𝄞 --><e:T r:about='http://b/a'><e:p>1</e:p></e:T></r:RDF>"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        located = parse_document(document.encode(encoding), pyoxigraph.RdfFormat.RDF_XML, name="f")
        assert marked(located, document.replace("\r", ""), "/p", "1") == "<e:p>1</e:p>"


def test_rdf_1_2_in_rdf_xml_has_its_place() -> None:
    """Triple terms, annotations and directions are read as in the other syntaxes."""
    root = (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/" r:version="1.2" '
        'xmlns:its="http://www.w3.org/2005/11/its" its:version="2.0">'
    )
    body = (
        '<r:Description r:about="http://e/a"><e:p r:annotation="http://e/r">b</e:p>\n'
        '<e:q r:parseType="Triple"><r:Description r:about="http://e/c"><e:p>d</e:p></r:Description></e:q>\n'
        '<e:s xml:lang="ar" its:dir="rtl">e</e:s></r:Description>'
    )
    located = parse(f"{root}\n{body}</r:RDF>", pyoxigraph.RdfFormat.RDF_XML)
    found = {obj.n3(): places[0].line for (_, _, obj), places in located.places.items()}
    assert found == {
        '"b"': 2,
        '<<( <http://e/a> <http://e/p> "b" )>>': 2,
        '<<( <http://e/c> <http://e/p> "d" )>>': 3,
        '"e"@ar--rtl': 4,
    }


def places(context: str, body: str) -> dict[str, tuple[int, int]]:
    """Return line and column of each value of ``p``, whose context is given, in a document of several lines."""
    text = f'{{"@context": {{"e": "http://e/", {context}}},\n"@id": "e:a",\n{body}}}'
    located = parse(text, pyoxigraph.RdfFormat.JSON_LD)
    return {
        f"{str(subject).rpartition('/')[2]} {str(obj).rpartition('/')[2] if not isinstance(obj, BNode) else '_:'}": (
            found[0].line,
            found[0].column,
        )
        for (subject, predicate, obj), found in located.places.items()
        if predicate == URIRef("http://e/p")
    }


@pytest.mark.parametrize(
    ("context", "body", "found"),
    [
        (
            '"m": {"@id": "e:p", "@container": "@id"}',
            '"m": {"e:u": {"e:z": 1},\n"e:v": {"e:p": "x"}}',
            {"a u": (3, 14), "a v": (4, 8), "v x": (4, 16)},
        ),
        ('"m": "@nest", "p": {"@id": "e:p", "@nest": "m"}', '"m": {"p": ["u",\n"v"]}', {"a u": (3, 13), "a v": (4, 1)}),
        ('"p": "e:p"', '"@nest": [{"p": "u"},\n{"p": "v"}]', {"a u": (3, 17), "a v": (4, 7)}),
        ('"p": {"@id": "e:p", "@container": "@list"}', '"e:q": 1,\n"p": [1,\n2]', {"a _:": (4, 6)}),
        (
            '"g": {"@id": "e:g", "@container": "@graph"}',
            '"g": {"@id": "e:b",\n"e:p": "x"}',
            {"b x": (4, 8)},
        ),
        (
            '"g": {"@id": "e:g", "@container": ["@graph", "@id"]}',
            '"g": {"e:G": {"@id": "e:b",\n"e:p": "x"}}',
            {"b x": (4, 8)},
        ),
        (
            '"p": "e:p"',
            '"unknown": {"@id": "e:a",\n"p": "x"},\n"p": "x"',
            {"a x": (5, 6)},
        ),
    ],
)
def test_places_json_ld_are_exact_in_maps_lists_graphs_and_nests(
    context: str, body: str, found: dict[str, tuple[int, int]]
) -> None:
    """The key of a map is a name, what is nested belongs to the object outside, and what is dropped has no place."""
    assert places(context, body) == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{\n"@context": {"p": "http://e/p"},\n"@id": 5,\n"p": 1}', 3),
        ('{\n"@context": {"a": "b:x",\n"b": "a:y"},\n"a": 1}', 3),
        ('{\n"@context": {"p": {"@id": "http://e/p",\n"@container": "@no"}},\n"p": 1}', 3),
        ('{\n"@context": {"p": "http://e/p"},\n"p": {"@value": "a",\n"@id": "http://e/b"}}', 4),
        ('{\n"@context": {"p": {"@id": "http://e/p", "@container": "@language"}},\n"p": {"en": "x",\n"de": 5}}', 4),
        ('{"@context":\n{"@version": 1.0},\n"http://e/p": 1}', 2),
        ('[{"http://e/z": 1},\n{"@id": "http://e/a",\n"@reverse": {"http://e/p":\n"literal"}},\n{}]', 4),
        ('{"@id": "http://e/ok",\n"http://e/p": [\n{"@id": "http://e/not ok", "http://e/p": 1}]}', 3),
    ],
)
def test_json_ld_that_is_no_rdf_is_refused_with_its_line(text: str, line: int) -> None:
    """The parser tells no place of what is well-formed JSON, and leaves out what has no IRI."""
    with pytest.raises(DataError) as caught:
        parse(text, pyoxigraph.RdfFormat.JSON_LD)
    assert caught.value.location
    assert (caught.value.location.path, caught.value.location.line) == ("f", line)


def test_json_ld_maps_of_types_are_refused_with_their_line_and_what_to_do() -> None:
    """The parser reads such maps only if their values are names."""
    text = '{"@context": {"p": {"@id": "http://e/p", "@container": "@type"}},\n"p": {\n"http://e/T": {"@id": "http://e/x"}}}'
    with pytest.raises(DataError, match=r"f:3:.*\(write an array of objects, each with its @type"):
        parse(text, pyoxigraph.RdfFormat.JSON_LD)
    text = '{"@context": {"p": {"@id": "http://e/p",\n"@container": ["@type", "@set"]}}, "p": {}}'
    with pytest.raises(DataError, match=r"f:2:.*\(leave @set out"):
        parse(text, pyoxigraph.RdfFormat.JSON_LD)
