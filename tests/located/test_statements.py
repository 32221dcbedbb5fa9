"""Statements: large data read as lines, with places for those that are asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse, serialize
from rdflib import BNode, Literal, URIRef
from rdflib.compare import to_isomorphic
from rdflib.namespace import RDF, XSD

from eild.errors import DataError
from eild.located import LocatedGraph, parse_located_content
from eild.located.documents import parse_document
from eild.located.statements import _USUAL_LINE, Statements, read_statements, write_node

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.errors import Location

EX = "http://example.org/"
NODES = ["ex:a", "ex:b", "ex:c", "_:x", "_:y", "<http://example.org/é>"]
VALUES = [
    *NODES,
    '"text"',
    '"a\\nb \\\\ \\" <http://example.org/x> _:x ."',
    "'''long\nline'''",
    '"x"@en-GB',
    "1.50",
    "01",
    "true",
    '"e> _:z"^^ex:t',
    "( 1 ex:a )",
    "[ ex:p ex:b ; ex:q [ ex:r 1 ] ]",
    "()",
]
PREDICATES = ["ex:p", "ex:q", "a"]

statements = st.tuples(st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from(VALUES))
documents = st.lists(statements, max_size=12)


def turtle(triples: list[tuple[str, str, str]]) -> bytes:
    """Return triples as Turtle, some of them on one line."""
    lines = [f"{s} {p} {o} .{' ' if number % 3 else chr(10)}" for number, (s, p, o) in enumerate(triples)]
    return ("@prefix ex: <http://example.org/> . # ex:no\n" + "".join(lines)).encode()


def places_of(located: LocatedGraph, subject: Node) -> list[tuple[Location | None, tuple[int, int]]]:
    """Return the places that a located graph gives for a subject, its predicates and their values."""
    asked: list[tuple[Node | None, Node | None]] = [(None, None), (URIRef(EX + "none"), None)]
    for predicate in (URIRef(EX + "p"), URIRef(EX + "q"), RDF.type):
        asked.append((predicate, None))
        values = [value for value in located.graph.objects(subject, predicate) if not isinstance(value, BNode)]
        asked += [(predicate, value) for value in sorted(values, key=write_node)]
    found = [located.locate(subject, predicate, value) for predicate, value in asked]
    return [(place, (place.end_line, place.end_column) if place else (0, 0)) for place in found]


@settings(max_examples=60, deadline=None)
@given(st.lists(documents, min_size=1, max_size=3), st.sampled_from(["ttl", "trig", "nt", "nq"]))
def test_statements_places_equal_those_of_a_located_graph(texts: list[list[tuple[str, str, str]]], form: str) -> None:
    """What is located on demand is where a graph that keeps all places has it, over several files."""
    syntax = {"ttl": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "nt": RdfFormat.N_TRIPLES, "nq": RdfFormat.N_QUADS}[form]
    contents = [turtle(text) for text in texts]
    if form in {"nt", "nq"}:
        flat = [read_statements(content, RdfFormat.TURTLE, name="x").text().encode() for content in contents]
        contents = [b"# note\r\n\n" + lines.replace(b" <", b"\t <").replace(b".\n", b".\r\n") for lines in flat]
    eager = LocatedGraph().merge(
        parse_located_content(content, syntax, name=f"{number}.{form}") for number, content in enumerate(contents)
    )
    lazy = Statements(()).merge(
        *(read_statements(content, syntax, name=f"{number}.{form}") for number, content in enumerate(contents))
    )
    assert to_isomorphic(lazy.graph) == to_isomorphic(eager.graph)
    for node in {term for s, _, o in eager.graph for term in (s, o) if not isinstance(term, BNode)}:
        assert places_of(lazy.locating([node]), node) == places_of(eager, node)
    blank = {node for node in lazy.graph.subjects() if isinstance(node, BNode)}
    located = lazy.locating(blank)
    expected = sorted(str(located.locate(node)) for node in blank)
    assert expected == sorted(
        str(eager.locate(node)) for node in set(eager.graph.subjects()) if isinstance(node, BNode)
    )


def test_statements_of_rdf_xml_have_the_places_of_the_document() -> None:
    """Syntaxes whose places are found by joining keep them as statements."""
    content = (
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:ex="{EX}">\n'
        f'<rdf:Description rdf:about="{EX}a"><ex:p>1</ex:p>\n<ex:q rdf:nodeID="b"/></rdf:Description></rdf:RDF>'
    ).encode()
    eager = parse_document(content, RdfFormat.RDF_XML, name="f.rdf")
    lazy = read_statements(content, RdfFormat.RDF_XML, name="f.rdf")
    node = URIRef(EX + "a")
    assert places_of(lazy.locating([node]), node) == places_of(eager, node)
    assert len(lazy.graph) == 2


def test_statements_same_triple_in_two_files_keeps_both_places() -> None:
    """A triple that stands in two files, and twice in one, has all its places in the order of reading."""
    line = f"<{EX}a> <{EX}p> <{EX}b> .\n".encode()
    both = read_statements(line * 2, RdfFormat.N_TRIPLES, name="1").merge(
        read_statements(b"\n" + line, RdfFormat.N_TRIPLES, name="2")
    )
    a, p, b = URIRef(EX + "a"), URIRef(EX + "p"), URIRef(EX + "b")
    assert [(place.path, place.line) for place in both.locating([a]).locate_all(a, p, b)] == [
        ("1", 1),
        ("1", 2),
        ("2", 2),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"<a:a> <a:b> ",
        b"<a:a> <a:b> \xff .",
        b'<a:a> <a:b> "\xff" .',
        b"\n<a> <b> 1.",
    ],
)
def test_read_statements_not_well_formed_raises_what_a_located_graph_raises(content: bytes) -> None:
    """Each fault of a text is told with the same words and the same place."""
    with pytest.raises(DataError) as eager:
        parse_located_content(content, RdfFormat.TURTLE, name="f.ttl")
    with pytest.raises(DataError) as lazy:
        read_statements(content, RdfFormat.TURTLE, name="f.ttl")
    assert str(lazy.value) == str(eager.value)
    assert lazy.value.location == eager.value.location


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from([None, "en", "de-AT"]),
    st.sampled_from([None, XSD.string, XSD.decimal]),
)
def test_write_node_of_a_literal_is_how_statements_have_it(text: str, tag: str | None, datatype: URIRef | None) -> None:
    """A literal written for a look-up is the bytes that the parsed data have for it."""
    literal = Literal(text, lang=tag, datatype=None if tag else datatype, normalize=False)
    lines = read_statements(b"<a:s> <a:p> " + write_node(literal) + b" .", RdfFormat.TURTLE, name="f").text()
    assert lines.encode() == b"<a:s> <a:p> " + write_node(literal) + b" .\n"
    nodes = read_statements(lines.encode(), RdfFormat.TURTLE, name="f").all_nodes()
    assert write_node(literal) in {write_node(node) for node in nodes}


@settings(deadline=None, max_examples=300)
@given(st.lists(st.from_regex(_USUAL_LINE, fullmatch=True), max_size=5))
def test_usual_lines_are_what_the_parser_reads_and_writes(lines: list[bytes]) -> None:
    """No line that is taken for well-formed is refused by the parser, or written otherwise."""
    content = b"".join(lines)
    assert (serialize(parse(content, RdfFormat.N_TRIPLES), format=RdfFormat.N_TRIPLES) or b"") == content


LINES = [
    b"<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n",
    b'<http://example.org/a> <http://example.org/p> "x \\" \\u00e9" .\n',
    '<http://example.org/a> <http://example.org/p> "é"@de .\n'.encode(),
    b'<http://example.org/a> <http://example.org/p> "x"@en-GB .\n',
    b'<http://example.org/a> <http://example.org/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    b'<http://example.org/a> <http://example.org/p> "x"^^<http://www.w3.org/2001/XMLSchema#string> .\n',
    b'<http://example.org/a> <http://example.org/p> "x"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .\n',
    b"_:a <http://example.org/p> _:b .\n",
    b"<http://example.org/a> <http://example.org/p> <<( <a:s> <a:p> <a:o> )>> .\n",
    b'<http://example.org/a> <http://example.org/p> "x"@en--ltr .\n',
    b"<http://example.org/x> <http://example.org/a> <http://example.org/p> <http://example.org/b> .\n",
    b"<http://example.org/a> <http://example.org/p> \xff .\n",
    b"<http://example.org/a>\t<http://example.org/p> <http://example.org/b> . # comment\n",
    b"<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
    b"<relative> <http://example.org/p> <http://example.org/b> .\n",
    b'VERSION "1.2"\n',
    b"\r\n",
]


def read(content: bytes) -> tuple[object, ...]:
    """Return what is read, or the error."""
    try:
        (part,) = read_statements(content, RdfFormat.N_TRIPLES, name="f.nt").parts
    except DataError as error:
        return (str(error), error.location)
    label = re.compile(rb"_:eild-\d+-")
    return (label.sub(b"_:", part.lines), part.count, part.rdf_1_2, part.locate(dict(enumerate(part.iterate()))))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*LINES, *LINES[:5], *LINES[:5]]), max_size=8))
def test_lines_are_read_as_by_the_parser_whether_usual_or_not(lines: list[bytes]) -> None:
    """Statements, places and errors do not depend on which lines need no parser."""
    content = b"".join(lines)
    with patch("eild.located.statements._find_unusual", return_value=None):
        expected = read(content)
    assert read(content) == expected
