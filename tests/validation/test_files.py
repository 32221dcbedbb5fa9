"""Reading files of each syntax for validation."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import zstandard
from rdflib import URIRef

from eild.errors import DataError, Location
from eild.validation import files, load_rdf

if TYPE_CHECKING:
    from pathlib import Path

EX = "https://example.org/"
CONTENTS = {
    "a.ttl": f"<{EX}a> <{EX}p>\n <{EX}b> .",
    "a.nt": f"\n<{EX}a> <{EX}p> <{EX}b> .\n",
    "a.nq": f"\n<{EX}a> <{EX}p> <{EX}b> <{EX}g> .\n",
    "a.trig": f"<{EX}g> {{ <{EX}a> <{EX}p>\n <{EX}b> . }}",
    "a.jsonld": f'{{"@id": "{EX}a", "{EX}p": {{"@id": "{EX}b"}}}}',
    "a.rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/">'
        f'<rdf:Description rdf:about="{EX}a"><ex:p rdf:resource="{EX}b"/></rdf:Description></rdf:RDF>'
    ),
}
LINES = {"a.ttl": 2, "a.nt": 2, "a.nq": 2, "a.trig": 2, "a.jsonld": 1, "a.rdf": 1}


@pytest.mark.parametrize("name", CONTENTS)
def test_load_rdf_each_syntax_same_triple_with_place(tmp_path: Path, name: str) -> None:
    """Each syntax gives the triple, with its line where the syntax lets it be known."""
    path = tmp_path / name
    path.write_text(CONTENTS[name], encoding="utf-8")
    located = load_rdf(path)
    assert set(located.graph) == {(URIRef(EX + "a"), URIRef(EX + "p"), URIRef(EX + "b"))}
    place = located.locate(URIRef(EX + "a"))
    assert place is not None
    assert (place.path, place.line) == (str(path), LINES[name])


@pytest.mark.parametrize("name", CONTENTS)
def test_load_rdf_cut_file_raises_data_error(tmp_path: Path, name: str) -> None:
    """A file that breaks off is a data error that names the file."""
    path = tmp_path / name
    path.write_text(CONTENTS[name].rstrip()[:-4], encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_rdf(path)
    assert caught.value.location
    assert caught.value.location.path == str(path)


@pytest.mark.parametrize("name", ["none.ttl", "none.jsonld", "notes.txt"])
def test_load_rdf_missing_or_unknown_raises_data_error_with_hint(tmp_path: Path, name: str) -> None:
    """A missing file and an ending that names no syntax are told with the remedy."""
    with pytest.raises(DataError) as caught:
        load_rdf(tmp_path / name)
    assert caught.value.location == Location(str(tmp_path / name))
    assert caught.value.hint


def test_load_rdf_remote_context_is_not_fetched(tmp_path: Path) -> None:
    """A JSON-LD context elsewhere is refused, not read."""
    path = tmp_path / "a.jsonld"
    path.write_text('{"@context": "https://example.org/context.jsonld", "@id": "https://example.org/a"}', "utf-8")
    with pytest.raises(DataError):
        load_rdf(path)


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("packing", [".gz", ".zst"])
def test_load_rdf_packed_file_same_triple_with_place(tmp_path: Path, name: str, packing: str) -> None:
    """Lines are those of the content; a truncated file is refused."""
    path = tmp_path / f"{name}{packing}"
    content = CONTENTS[name].encode()
    packed = gzip.compress(content) if packing == ".gz" else zstandard.compress(content)
    path.write_bytes(packed)
    place = load_rdf(path).locate(URIRef(EX + "a"))
    assert place is not None
    assert (place.path, place.line) == (str(path), LINES[name])
    path.write_bytes(packed[:-5])
    with pytest.raises(DataError, match="corrupt"):
        load_rdf(path)


def test_load_rdf_packed_file_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file cannot fill the memory."""
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 1 << 20)
    path = tmp_path / "a.ttl.gz"
    path.write_bytes(gzip.compress(b"# comment\n" * 500_000))
    with pytest.raises(DataError, match="more than 1 MiB"):
        load_rdf(path)
