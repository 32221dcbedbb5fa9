"""Tests of publishing any RDF files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from rdflib import Dataset, Graph
from rdflib.compare import isomorphic

from eild.errors import DataError, UsageError
from eild.publication.manifest import Publication, load_publication
from eild.publication.of_files import write_publication

RDF_XML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
<rdf:Description rdf:about="http://e/a"><e:b rdf:resource="http://e/c"/></rdf:Description></rdf:RDF>"""


def publish(paths: list[Path], folder: Path, *, base: str = "", union: bool = True) -> Publication:
    """Publish files into a new folder and load what came of it."""
    folder.mkdir()
    write_publication(paths, folder, base=base, union=union)
    return load_publication(folder)


def test_publish_files_all_triple_dumps_hold_the_merge(publication: Publication) -> None:
    """Turtle, N-Triples, JSON-LD and RDF/XML hold the same graph: the merge of all graphs of all files."""
    graphs = [
        Graph().parse(data=publication.read_dump(extension), format=name)
        for extension, name in ((".ttl", "turtle"), (".nt", "nt"), (".jsonld", "json-ld"), (".rdf", "xml"))
    ]
    assert len(graphs[0]) == 8
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
def test_publish_files_quad_dumps_keep_the_graphs(publication: Publication) -> None:
    """N-Quads and TriG hold each statement in its own graph."""
    sizes = []
    for extension, name in ((".nq", "nquads"), (".trig", "trig")):
        dataset = Dataset()
        dataset.parse(data=publication.read_dump(extension), format=name)
        sizes.append({str(graph.identifier): len(graph) for graph in dataset.graphs() if len(graph)})
    assert sizes[0]["http://example.org/graph"] == 2
    assert sizes[0] == sizes[1]


def test_publish_files_without_union_default_graph_alone(files: list[Path], tmp_path: Path) -> None:
    """Without the merge, the triple dumps hold exactly the files' default graph."""
    publication = publish(files, tmp_path / "out", union=False)
    assert len(publication.read_dump(".nt").splitlines()) == 7


def test_publish_files_empty_graph_kept(publication: Publication) -> None:
    """A named graph that TriG writes with empty braces is a graph of the publication."""
    counts = {graph.iri: graph.triples for graph in publication.graphs.values()}
    assert counts == {"http://example.org/empty": 0, "http://example.org/graph": 2}


def test_publish_files_literals_kept_as_written(publication: Publication) -> None:
    """A decimal keeps its final zero."""
    assert b'"1.50"' in publication.read_dump(".nt")


def test_publish_files_twice_same_bytes(files: list[Path], tmp_path: Path) -> None:
    """The same files give the same version and the same bytes, blank nodes included."""
    first, second = (publish(files, tmp_path / name) for name in ("one", "two"))
    assert first.files == second.files
    assert first.version == second.version


def test_publish_files_relative_iris_resolve_against_base(publication: Publication) -> None:
    """A relative IRI begins with the base."""
    assert b"<http://example.org/relative>" in publication.read_dump(".nt")


def test_publish_gzipped_file_same_as_plain(files: list[Path], tmp_path: Path) -> None:
    """A gzipped file says the same as the plain one."""
    packed = tmp_path / "things.ttl.gz"
    packed.write_bytes(gzip.compress(files[0].read_bytes()))
    assert publish([packed], tmp_path / "one").version == publish(files[:1], tmp_path / "two").version


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.nt", "<http://e/a> <http://e/b> <http://e/c> ."),
        ("a.nq", "<http://e/a> <http://e/b> <http://e/c> ."),
        ("a.ttl", "<http://e/a> <http://e/b> <http://e/c> ."),
        ("a.trig", "<http://e/a> <http://e/b> <http://e/c> ."),
        ("a.jsonld", '{"@id": "http://e/a", "http://e/b": {"@id": "http://e/c"}}'),
        ("a.rdf", RDF_XML),
    ],
)
def test_publish_each_syntax_same_triple(name: str, text: str, tmp_path: Path) -> None:
    """Every syntax is read by its extension."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert publish([tmp_path / name], tmp_path / "out").read_dump(".nt") == (
        b"<http://e/a> <http://e/b> <http://e/c> .\n"
    )


BROKEN = [
    ("a.ttl", b"<http://e/a> <http://e/b>\n  'x' ;; ?", ":2:", "correct the file"),
    ("a.ttl", b"<http://e/a> \xff", "a.ttl", "correct the file"),
    ("a.ttl.gz", b"no gzip", "compressed file is corrupt", "download or compress it again"),
    ("a.csv", b"a,b", "RDF file extension", ".ttl"),
    ("a", b"a,b", "RDF file extension", ".ttl"),
    ("a.jsonld", b'{"@context": "http://localhost:1/c", "@id": "x:y", "@type": "x:z"}', "remote context", "nothing is"),
    ("a.rdf", b"<a>", "a.rdf:1", "rdf:Description"),
]


@pytest.mark.parametrize(("name", "content", "words", "hint"), BROKEN)
def test_publish_broken_file_data_error(name: str, content: bytes, words: str, hint: str, tmp_path: Path) -> None:
    """A file that cannot be read is named, with line where there is one, and with what to do."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        publish([tmp_path / name], tmp_path / "out")
    assert words in str(caught.value)
    assert hint in caught.value.hint
    assert caught.value.location is not None
    assert caught.value.location.path.endswith(name)


def test_publish_missing_file_data_error(tmp_path: Path) -> None:
    """A file that does not exist is named."""
    with pytest.raises(DataError, match="No such file"):
        publish([tmp_path / "none.ttl"], tmp_path / "out")


@pytest.mark.parametrize("base", ["data", "urn:x:", "https://example.org", "https://e/ x"])
def test_publish_odd_base_usage_error(base: str, files: list[Path], tmp_path: Path) -> None:
    """A base that is no http IRI with a path is refused."""
    with pytest.raises(UsageError, match="base"):
        publish(files, tmp_path / "out", base=base)


def test_publish_forbidden_xml_character_leaves_out_rdf_xml(tmp_path: Path) -> None:
    """A syntax that cannot carry the data is left out instead of being written wrong."""
    (tmp_path / "a.nt").write_text('<http://e/a> <http://e/b> "\\u0001" .\n', encoding="utf-8")
    publication = publish([tmp_path / "a.nt"], tmp_path / "out")
    assert {Path(name).suffix for name in publication.files} == {".ttl", ".nt", ".jsonld", ".trig", ".nq"}


def test_publish_checksums_agree_with_manifest(publication: Publication) -> None:
    """SHA256SUMS lists what the manifest lists."""
    lines = (publication.folder / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    assert dict(line.split("  ")[::-1] for line in lines) == {
        info.name: info.sha256 for info in publication.listed_files.values()
    }
    assert json.loads((publication.folder / "build.json").read_text(encoding="utf-8"))["foreign"] is True
