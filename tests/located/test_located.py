"""Places of triples in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF, XSD

from eild.errors import DataError, Location
from eild.located import LocatedGraph, parse_located, parse_located_content
from eild.resources import resource_files

if TYPE_CHECKING:
    from pathlib import Path

EX = "http://example.org/"
TURTLE = """\
# a comment: ex:not a ex:Statement .
@prefix ex: <http://example.org/> .  PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
ex:a a ex:C ; # another ; comment
   ex:p "one" , \"\"\"two
lines ; , . # no comment
\"\"\" , 03 ;
   ex:q [ ex:r "n" ;
          ex:s 1.50 ] ,
        ( ex:first ( 1 2 )
          [ ex:t +4e0 ] ) ; .
ex:b ex:p true,
   "x"@en, 'it' .
"""


def iri(name: str) -> URIRef:
    """Return an example IRI."""
    return URIRef(EX + name)


def parse_turtle(text: str) -> LocatedGraph:
    """Parse Turtle from a file called ``f.ttl``."""
    return parse_located_content(text.encode(), RdfFormat.TURTLE, name="f.ttl", base=EX)


@pytest.mark.parametrize(
    ("predicate", "obj", "line", "column"),
    [
        (RDF.type, iri("C"), 3, 8),
        (iri("p"), Literal("one"), 4, 9),
        (iri("p"), Literal("two\nlines ; , . # no comment\n"), 4, 17),
        (iri("p"), Literal("03", datatype=XSD.integer, normalize=False), 6, 7),
    ],
)
def test_locate_triple_is_where_its_object_starts(predicate: URIRef, obj: URIRef, line: int, column: int) -> None:
    """Each triple's place is the line and column where its object starts."""
    located = parse_turtle(TURTLE)
    assert located.locate(iri("a"), predicate, obj) == Location("f.ttl", line, column)


def test_locate_nested_nodes_and_collections_have_their_own_places() -> None:
    """Triples of nested blank nodes and cells of nested collections are placed at their own objects."""
    located = parse_turtle(TURTLE)
    lines = {(str(p).rpartition("/")[2].rpartition("#")[2], str(o)): at for (_, p, o), [at] in located.places.items()}
    assert (lines["r", "n"].line, lines["s", "1.50"].line, lines["t", "+4e0"].line) == (7, 8, 10)
    assert (lines["first", EX + "first"].column, lines["first", "1"].column, lines["first", "2"].column) == (11, 22, 24)


def test_locate_unknown_object_falls_back_to_predicate_then_subject() -> None:
    """A missing triple is placed at the subject's first triple with that predicate, else at its first."""
    located = parse_turtle(TURTLE)
    assert located.locate(iri("a"), iri("p"), Literal("?")) == Location("f.ttl", 4, 9)
    assert located.locate(iri("a"), iri("none")) == Location("f.ttl", 3, 8)
    assert located.locate(iri("a")) == Location("f.ttl", 3, 8)
    assert located.locate(iri("first")) == Location("f.ttl", 9, 11)
    assert located.locate(iri("nowhere")) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("@prefix ex: <http://example.org/> .\nex:a ex:b ex:c\nex:d ex:e ex:f .", 3, 1, "syntax error"),
        ('<http://a/> <http://b/> "unclosed', 1, 25, "syntax error"),
        ("a:b a:c a:d .", 1, 1, "prefix"),
        ("<http://a/> <http://b/> <http://c d> .", 1, 25, "IRI"),
        ("<http://a/> <http://b/> <<( <http://a/> <http://b/> 1 )>> .", 1, 25, "RDF 1.2"),
    ],
)
def test_parse_bad_turtle_names_the_place(text: str, line: int, column: int, words: str) -> None:
    """A syntax error is a data error with line and column."""
    with pytest.raises(DataError) as raised:
        parse_turtle(text)
    assert raised.value.location is not None
    assert (raised.value.location.line, words in str(raised.value)) == (line, True)
    assert abs(raised.value.location.column - column) <= 2


def test_parse_bytes_that_are_not_utf8_fails_with_data_error() -> None:
    """Invalid UTF-8 is a data error, not a crash."""
    with pytest.raises(DataError, match="UTF-8"):
        parse_located_content(b'<http://a/> <http://b/> "\xff" .', RdfFormat.TURTLE, name="f")


@pytest.mark.parametrize(
    ("name", "words"), [("missing.ttl", "cannot read"), ("folder.ttl", "cannot read"), ("x.csv", "extension")]
)
def test_parse_unreadable_file_fails_with_hint(tmp_path: Path, name: str, words: str) -> None:
    """A missing file, a directory and an unknown extension are data errors with a hint."""
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(DataError, match=words) as raised:
        parse_located(tmp_path / name)
    assert raised.value.hint


def test_parse_n_quads_counts_lines_of_any_ending() -> None:
    """Statements of N-Quads are placed on their lines; comments, blank lines and all line ends count."""
    text = (
        '<http://a> <http://b> "x" .\r\n# c\n\n  _:n <http://b> "y"@en <http://g> . # c\r<http://a> <http://b> _:n .\n'
    )
    located = parse_located_content(text.encode(), RdfFormat.N_QUADS, name="f")
    places = {str(p): [at.line for at in ats] for (_, _, p), ats in located.places.items()}
    assert places["x"] == [1]
    assert places["y"] == [4]
    assert located.locate(URIRef("http://a"), URIRef("http://b"), Literal("x")) == Location("f", 1, 23)
    blank = next(iter(located.graph.subjects(URIRef("http://b"), Literal("y", lang="en"))))
    assert isinstance(blank, BNode)
    assert located.locate(URIRef("http://a"), URIRef("http://b"), blank) == Location("f", 5, 23)


def test_parse_trig_takes_all_graphs_together() -> None:
    """Triples of all named graphs are there, each place of a repeated one too."""
    text = (
        "@prefix e: <http://e/> . e:g { e:a e:b e:c }\n GRAPH e:h { e:a e:b e:d , 1 .\n e:z e:b e:a . }\n e:a e:b e:c ."
    )
    located = parse_located_content(text.encode(), RdfFormat.TRIG, name="f")
    a, b, c = (URIRef(f"http://e/{name}") for name in "abc")
    assert len(located.graph) == 4
    assert [at.line for at in located.locate_all(a, b, c)] == [1, 4]


def test_merge_keeps_every_place_of_a_triple() -> None:
    """The same triple in two files has two places, the first file's first."""
    text = b"<http://a> <http://b> <http://c> ."
    one, two = (parse_located_content(text, RdfFormat.TURTLE, name=name) for name in ("one", "two"))
    merged = one.merge([two])
    triple = (URIRef("http://a"), URIRef("http://b"), URIRef("http://c"))
    assert [at.path for at in merged.locate_all(*triple)] == ["one", "two"]
    assert len(merged.graph) == 1
    assert len(one.locate_all(*triple)) == 1


def test_parse_leaves_the_switch_for_normalizing_literals_alone() -> None:
    """Literals keep their lexical form whatever the process-wide switch says, and the switch stays."""
    before = rdflib.NORMALIZE_LITERALS
    located = parse_turtle(
        '@prefix x: <http://www.w3.org/2001/XMLSchema#> . <a> <b> "03"^^x:integer, 1.50, "s"^^x:string .'
    )
    assert {str(o) for o in located.graph.objects()} == {"03", "1.50", "s"}
    assert Literal("s") in set(located.graph.objects())
    assert before == rdflib.NORMALIZE_LITERALS


@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=20)), min_size=1, max_size=20))
def test_parse_same_triples_as_turtle_and_n_triples(facts: list[tuple[int, str]]) -> None:
    """Any literals come out alike from Turtle and N-Triples, and each place is the line of its statement."""
    lines = [f"<{EX}s{number}> <{EX}p> {Literal(text).n3()} ." for number, text in facts]
    turtle = parse_turtle("\n".join(lines))
    escaped = [f"<{EX}s{number}> <{EX}p> {_escape(text)} ." for number, text in facts]
    triples = parse_located_content("\n".join(escaped).encode(), RdfFormat.N_TRIPLES, name="f")
    assert set(turtle.graph) == set(triples.graph) == {(iri(f"s{n}"), iri("p"), Literal(text)) for n, text in facts}
    for line, (number, text) in enumerate(facts, 1):
        assert line in {at.line for at in triples.locate_all(iri(f"s{number}"), iri("p"), Literal(text))}


def _escape(text: str) -> str:
    escaped = "".join(
        f"\\U{ord(letter):08X}" if letter in '"\\' or not letter.isprintable() else letter for letter in text
    )
    return f'"{escaped}"'


@pytest.mark.parametrize("path", resource_files("ontology", "**/*.ttl") + resource_files("data", "**/*.ttl"), ids=str)
def test_parse_own_files_same_triples_as_rdflib(path: Path) -> None:
    """Every Turtle file of the project gives exactly the triples that RDFLib's own parser gives, each with a place."""
    located = parse_located(path)
    reference = rdflib.Graph().parse(path, format="turtle")
    assert len(located.graph) == len(reference) == len(located.places)
    assert {s for s in located.graph.subjects() if isinstance(s, URIRef)} == {
        s for s in reference.subjects() if isinstance(s, URIRef)
    }
    assert all(at.line > 0 and at.column > 0 for ats in located.places.values() for at in ats)
