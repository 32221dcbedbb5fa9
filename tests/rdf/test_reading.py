"""Every syntax is read in one way: byte order marks, version lines, packed files, and statements that are left out."""

from __future__ import annotations

import codecs
import gzip
import io
from typing import TYPE_CHECKING

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat

from eild.errors import DataError
from eild.rdf.files import open_rdf
from eild.rdf.reading import RdfInput, read_bytes
from eild.rdf.streams import LeftOut

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DOCUMENTS = {
    RdfFormat.TURTLE: '@prefix e: <http://e.example/> .\ne:s e:p "é" .\n',
    RdfFormat.TRIG: '@prefix e: <http://e.example/> .\ne:g { e:s e:p "é" }\n',
    RdfFormat.N_TRIPLES: '<http://e.example/s> <http://e.example/p> "é" .\n',
    RdfFormat.N_QUADS: '<http://e.example/s> <http://e.example/p> "é" <http://e.example/g> .\n',
    RdfFormat.JSON_LD: '{"@id": "http://e.example/s", "http://e.example/p": "é"}',
    RdfFormat.RDF_XML: (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">'
        '<r:Description r:about="http://e.example/s"><e:p>é</e:p></r:Description></r:RDF>'
    ),
}
PACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}
LINES = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


def read(content: bytes, syntax: RdfFormat, left_out: LeftOut | None = None) -> list[str]:
    """Return the statements of a content as lines."""
    source = RdfInput(io.BytesIO(content), syntax, name="f", base="http://b.example/", left_out=left_out)
    return [str(quad) for quad in source.quads()]


@pytest.mark.parametrize("syntax", DOCUMENTS, ids=str)
@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_byte_order_mark_is_ignored_packed_or_not(syntax: RdfFormat, packing: str, tmp_path: Path) -> None:
    """A mark at the start of a file says nothing, in any syntax; one elsewhere is a character."""
    pack = PACK[packing]
    plain, marked = (tmp_path / f"{name}.{syntax.file_extension}{packing}" for name in ("plain", "marked"))
    plain.write_bytes(pack(DOCUMENTS[syntax].encode()))
    marked.write_bytes(pack(codecs.BOM_UTF8 + DOCUMENTS[syntax].encode()))
    found = []
    for path in (plain, marked):
        with open_rdf(path) as source:
            found.append([str(quad) for quad in source.quads()])
    assert found[0] == found[1]
    assert len(found[0]) == 1
    if syntax not in {RdfFormat.JSON_LD, RdfFormat.RDF_XML}:
        with pytest.raises(DataError):
            read(2 * codecs.BOM_UTF8 + DOCUMENTS[syntax].encode(), syntax)


@pytest.mark.parametrize("syntax", [one for one in DOCUMENTS if one != RdfFormat.RDF_XML], ids=str)
def test_utf_16_is_refused_where_a_syntax_is_always_utf_8(syntax: RdfFormat) -> None:
    """The message says what the file is and what to do."""
    with pytest.raises(DataError, match=r"UTF-16.*save the file as UTF-8"):
        read(DOCUMENTS[syntax].encode("utf-16"), syntax)


@pytest.mark.parametrize("packing", [".gz", ".zst"])
@pytest.mark.parametrize("cut", [1, 9, 20, -1])
def test_packed_file_that_breaks_off_is_refused(packing: str, cut: int, tmp_path: Path) -> None:
    """A truncated archive is never taken for a whole one."""
    content = "".join(
        f"<http://e.example/{number}> <http://e.example/p> <http://e.example/o> .\n" for number in range(99)
    )
    packed = PACK[packing](content.encode())
    path = tmp_path / f"f.nt{packing}"
    path.write_bytes(packed[:cut])
    with pytest.raises(DataError, match="corrupt"), open_rdf(path) as source:
        list(source.quads())
    path.write_bytes(packed + packed)
    with open_rdf(path) as source:
        assert len(list(source.quads())) == 198


@pytest.mark.parametrize("syntax", LINES, ids=str)
@pytest.mark.parametrize(
    "line", ['VERSION "1.2"', '\tVERSION "1.1"  # announced', 'VERSION "a\\"b"', 'VERSION\t"1.2-basic"']
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_version_line_is_read_in_line_syntaxes(syntax: RdfFormat, line: str, end: str) -> None:
    """Anywhere in the document; places of errors after it stay what they are."""
    statement = DOCUMENTS[syntax].strip()
    document = end.join([line, statement, line, statement.replace("é", "VERSION"), line])
    assert len(read(document.encode(), syntax)) == 2
    with pytest.raises(DataError) as caught:
        read(f"{document}{end}<bad one>".encode(), syntax)
    assert caught.value.location is not None
    assert caught.value.location.line == 6


@pytest.mark.parametrize("syntax", LINES, ids=str)
@pytest.mark.parametrize(
    "line", ["VERSION 1.2", 'version "1.2"', "VERSION '1.2'", '@version "1.2" .', 'VERSION "1.2" .']
)
def test_malformed_version_line_is_refused(syntax: RdfFormat, line: str) -> None:
    """What only looks like a version line is no statement either."""
    with pytest.raises(DataError):
        read(f"{line}\n{DOCUMENTS[syntax]}".encode(), syntax)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(['VERSION "1.2"', "# VERSION", "", *(DOCUMENTS[one].strip() for one in LINES)])),
    st.integers(1, 70),
)
def test_version_lines_make_no_difference_wherever_the_reading_stops(lines: list[str], size: int) -> None:
    """A file gives as many bytes as it likes; the statements are those of the lines."""

    class Slow(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            return super().read(size)

    source = RdfInput(Slow("\n".join(lines).encode()), RdfFormat.N_QUADS, name="f")
    assert len(list(source.quads())) == sum(line.startswith("<") for line in lines)


def test_language_string_without_language_is_refused_in_json_ld() -> None:
    """The engine takes it, but no syntax can write it."""
    value = '{"@value": "x", "@type": "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"}'
    with pytest.raises(DataError, match="must have a language"):
        read(f'{{"@id": "http://e.example/s", "http://e.example/p": {value}}}'.encode(), RdfFormat.JSON_LD)


LINE_CASES = [
    ("<http://e.example/a b> <http://e.example/p> <http://e.example/o> .", 1),
    ('<http://e.example/s> <http://e.example/p> "x"@en_GB .', 1),
    ('<http://e.example/s> <http://e.example/p> "open .', 1),
    ("<http://e.example/s> <http://e.example/p> .", 1),
    ("<http://e.example/s> <http://e.example/p> <http://e.example/o>", 1),
    ("rubbish", 1),
    ("# comment with <bad iri", 0),
    ("", 0),
]


@pytest.mark.parametrize("syntax", LINES, ids=str)
@pytest.mark.parametrize(("line", "count"), LINE_CASES)
def test_invalid_lines_are_left_out_and_named_if_asked(syntax: RdfFormat, line: str, count: int) -> None:
    """Only the lines at fault are missing, whatever is wrong with them; each counts and has its number."""
    good = [f'<http://e.example/{number}> <http://e.example/p> "{number}" .' for number in range(3)]
    document = "\n".join([good[0], line, good[1], line, good[2], ""])
    left_out = LeftOut()
    assert len(read(document.encode(), syntax, left_out)) == 3
    assert left_out.count == 2 * count
    assert [place.line for place, _ in left_out.first] == [2, 4][: 2 * count]
    assert f"{2 * count} left out" in left_out.describe() if count else not left_out.describe()
    if count:
        with pytest.raises(DataError):
            read(document.encode(), syntax)


TURTLE = """@prefix e: <http://e.example/> .
e:a e:p 1 ; e:q <http://x y/> ; e:r 2 ,
  <http://z.example/{3}> .
e:b e:p "x"@en ;
  <http://bad predicate/> "y" ;
  e:q [ e:r "z"^^<http://d d/> ; e:s 3 ] .
<http://no node/> e:p 4 .
"""


def test_invalid_terms_of_turtle_leave_out_no_more_than_their_triples() -> None:
    """Other triples of the same sentence stay; the lines of those left out are named."""
    left_out = LeftOut()
    lines = read(TURTLE.encode(), RdfFormat.TURTLE, left_out)
    assert len(lines) == 5
    assert left_out.count == 5
    assert [place.line for place, _ in left_out.first] == [2, 3, 5, 6, 7]
    with pytest.raises(DataError):
        read(TURTLE.encode(), RdfFormat.TURTLE)


@pytest.mark.parametrize(
    "text", ['e:a e:p "open .\ne:b e:p "x" .', "e:a e:p .", "e:a e:p 1 e:b", "u:a e:p 1 .", 'e:a e:p "\\z" .']
)
@pytest.mark.parametrize("extra", ["", "e:x e:p <a b> .\n"])
def test_malformed_turtle_stays_an_error(text: str, extra: str) -> None:
    """Nobody can tell how such a text goes on, so nothing of it is guessed."""
    with pytest.raises(DataError):
        read(f"@prefix e: <http://e.example/> .\n{extra}{text}\n".encode(), RdfFormat.TURTLE, LeftOut())


def test_invalid_terms_of_json_ld_are_left_out() -> None:
    """JSON-LD has no lines to name; the count is true."""
    node = '{{"@id": "http://e.example/{}", "http://e.example/p": 1}}'
    document = f"[{node.format('a b')}, {node.format('s')}]"
    left_out = LeftOut()
    lines = read(document.encode(), RdfFormat.JSON_LD, left_out)
    assert (len(lines), left_out.count) == (1, 1)


def test_nothing_is_left_out_of_a_valid_file() -> None:
    """The switch makes no difference to what is well-formed."""
    for syntax, document in DOCUMENTS.items():
        left_out = LeftOut()
        assert read(document.encode(), syntax, left_out) == read(document.encode(), syntax)
        assert not left_out.count


def test_prefixes_of_every_syntax_are_kept_and_can_be_written() -> None:
    """Those that Turtle has no way to declare are left out."""
    context = (
        '{"@context": {"e": "http://e.example/", "1x": "http://x.example/", "b": "_:b"}, "@id": "e:s", "e:p": "v"}'
    )
    quads, prefixes = read_bytes(context.encode(), RdfFormat.JSON_LD, name="f")
    assert prefixes == {"e": "http://e.example/"}
    assert (quads[0].subject, quads[0].object) == (NamedNode("http://e.example/s"), Literal("v"))
    _, prefixes = read_bytes(b"@prefix : <http://e.example/> . :s :p :o .", RdfFormat.TURTLE, name="f")
    assert prefixes == {"": "http://e.example/"}
