"""What changed between two dumps: statements, resources, blank nodes, packed and hostile files."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import zstandard
from rdflib import Graph

from eild.diff import Dump, compare, render_report
from eild.errors import DataError, UsageError
from eild.publication.directory import write_build

if TYPE_CHECKING:
    from pathlib import Path

    from eild.dataset import BuiltDataset
    from eild.diff import DumpComparison

PREFIXES = "@prefix ex: <http://example.org/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
OLD = 'ex:a ex:p 1 ; rdfs:label "A" . ex:b ex:p 2 ; rdfs:label "B" . ex:c ex:p 3 .'
NEW = 'ex:a ex:p 1 , 4 ; rdfs:label "A" . ex:d ex:p 5 ; rdfs:label "D" . ex:c ex:p 3 .'


def write(folder: Path, name: str, text: str) -> Path:
    """Return a Turtle file with a text after the prefixes."""
    path = folder / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


def compare_texts(folder: Path, old: str, new: str) -> DumpComparison:
    """Return the comparison of two Turtle texts."""
    return compare(Dump.open(write(folder, "old.ttl", old)), Dump.open(write(folder, "new.ttl", new)))


def test_compare_resources_added_removed_and_changed(tmp_path: Path) -> None:
    """Each resource that differs is told once, with its name and what became of it; the others are not."""
    found = compare_texts(tmp_path, OLD, NEW)
    assert [(change.subject, change.status, change.label) for change in found.changes] == [
        ("<http://example.org/a>", "changed", "A"),
        ("<http://example.org/b>", "removed", "B"),
        ("<http://example.org/d>", "added", "D"),
    ]
    assert found.count_resources() == {"added": 1, "removed": 1, "changed": 1}
    assert found.count_statements() == {"": (3, 2)}


def test_compare_literals_by_their_characters(tmp_path: Path) -> None:
    """What is equal as a number and not as text differs; so do languages and datatypes."""
    found = compare_texts(tmp_path, 'ex:a ex:p 1 , "x"@en , "y" .', 'ex:a ex:p 01 , "x"@de , "y"^^ex:t .')
    assert found.count_statements() == {"": (3, 3)}


def test_compare_blank_nodes_other_labels_and_order_are_the_same(tmp_path: Path) -> None:
    """Blank nodes, collections and cycles are the same where they say the same."""
    old = "_:x ex:p [ ex:q 1 ; ex:r (1 2) ] . _:y ex:next _:z . _:z ex:next _:y ."
    new = "_:m ex:next _:n . _:n ex:next _:m . _:k ex:p [ ex:r (1 2) ; ex:q 1 ] ."
    assert not compare_texts(tmp_path, old, new).changes


def test_compare_blank_node_changed_leaves_others_alone(tmp_path: Path) -> None:
    """A change in one part of the graph does not rename the blank nodes of other parts."""
    parts = [f"ex:s{number} ex:p [ ex:q {number} ] ." for number in range(50)]
    changed = ["ex:s7 ex:p [ ex:q 700 ] ." if part.startswith("ex:s7 ") else part for part in parts]
    found = compare_texts(tmp_path, " ".join(parts), " ".join(changed))
    assert found.count_statements() == {"": (2, 2)}


def test_compare_equal_blank_nodes_are_counted(tmp_path: Path) -> None:
    """Two blank nodes that say the same are two."""
    found = compare_texts(tmp_path, "[] ex:p 1 .", "[] ex:p 1 . [] ex:p 1 .")
    assert found.count_statements() == {"": (1, 0)}


def test_compare_syntaxes_and_packings_of_one_dataset_are_the_same(tmp_path: Path) -> None:
    """Turtle, N-Triples, RDF/XML and JSON-LD, plain, gzip and zstd, all say the same."""
    source = write(tmp_path, "old.ttl", OLD)
    graph = Graph().parse(source)
    for extension, name in (("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld")):
        content = graph.serialize(format=name).encode()
        for suffix, packed in (("", content), (".gz", gzip.compress(content)), (".zst", zstandard.compress(content))):
            path = tmp_path / f"new.{extension}{suffix}"
            path.write_bytes(packed)
            assert not compare(Dump.open(source), Dump.open(path)).changes, path.name


def test_compare_builds_tells_modules_and_kinds(small: BuiltDataset, tmp_path: Path) -> None:
    """Two build directories are compared by their module graphs; a module may be left out."""
    old = write_build(small, tmp_path / "old")
    graphs = {**small.graphs, "entities": small.graphs["links"], "nanopubs": small.graphs["links"]}
    new = write_build(replace(small, version="1.3.0", graphs=graphs), tmp_path / "new")
    found = compare(Dump.open(old), Dump.open(new))
    assert (found.old, found.new) == (
        "A small dataset 1.2.3",
        "A small dataset 1.3.0",
    )
    removed = {name: count for name, (_, count) in found.count_statements().items()}
    assert removed == {"entities": len(small.graphs["entities"]), "nanopubs": len(small.graphs["nanopubs"])}
    assert {"agent", "dataset", "np"} <= {change.kind for change in found.changes}
    skipped = compare(Dump.open(old), Dump.open(new), skipped=["nanopubs", "https://w3id.org/eild/graph/entities"])
    assert not skipped.changes


def test_compare_named_graphs_with_plain_statements_is_refused(small: BuiltDataset, tmp_path: Path) -> None:
    """Turtle and N-Quads of one dataset would differ in everything: that is told instead."""
    build = write_build(small, tmp_path / "out")
    with pytest.raises(UsageError, match="only one of them has named graphs"):
        compare(Dump.open(build / "eild-1.2.3.ttl"), Dump.open(build))


def test_compare_triple_terms_with_blank_nodes(tmp_path: Path) -> None:
    """Blank nodes within triple terms of RDF 1.2 are named by their content too."""
    old = "_:x ex:says <<( _:y ex:p 1 )>> . _:y ex:q 2 ."
    new = "_:b ex:q 2 . _:a ex:says <<( _:b ex:p 1 )>> ."
    assert not compare_texts(tmp_path, old, new).changes


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bad.ttl", b"<a> <b> .\n", r"bad\.ttl:1:\d+"),
        ("bad.nt", b"<http://x/a> <http://x/b> <http://x/c> .\nnonsense\n", r"bad\.nt:2:"),
        ("bad.nt", b"\xff\xfe\x00", "bad"),
        ("bad.xyz", b"", "RDF file extension"),
        ("bad.nt.gz", b"no gzip", "compressed file is corrupt"),
        ("bad.nt.gz", gzip.compress(b"<http://x/a> <http://x/b> <http://x/c> .\n" * 1000)[:-9], "damaged|parse|end"),
        ("bad.nt.zst", b"no zstd", "compressed file is corrupt"),
        ("bad.jsonld", b'{"@context": "http://example.org/context", "a": 1}', "remote context"),
    ],
)
def test_compare_hostile_file_fails_with_its_name(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """What cannot be read is a failure of data with the file, and the line where there is one."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as raised:
        compare(Dump.open(path), Dump.open(path))
    assert raised.value.exit_code == 3
    assert name in str(raised.value)


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe"])
def test_open_what_is_no_dump_is_refused(tmp_path: Path, kind: str) -> None:
    """A missing file, a directory without a build and a pipe are told as such; nothing waits for them."""
    path = tmp_path / "x.nt"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(DataError):
        Dump.open(path)


def test_render_report_text_shows_statements_with_marks(tmp_path: Path) -> None:
    """People see what went and what came, by resource, in a stable order."""
    text = render_report(compare_texts(tmp_path, OLD, NEW), "text")
    assert text.splitlines()[0] == (
        "old.ttl → new.ttl: 3 statements added, 2 removed; resources: 1 added, 1 removed, 1 changed"
    )
    assert "~ <http://example.org/a>  A" in text
    assert '    - rdfs:label "B"' in text
    assert text == render_report(compare_texts(tmp_path, OLD, NEW), "text")


def test_render_report_json_holds_all_statements(tmp_path: Path) -> None:
    """Programs get every statement; the summary leaves them out."""
    found = compare_texts(tmp_path, OLD, NEW)
    content = json.loads(render_report(found, "json"))
    assert content["resources"] == {"added": 1, "removed": 1, "changed": 1}
    assert sum(len(change["added"]) for change in content["changes"]) == 3
    assert "changes" not in json.loads(render_report(found, "json", summary=True))


def test_render_report_hostile_names_stay_on_their_line(tmp_path: Path) -> None:
    """Control characters and marks of Markdown in the data change no terminal and no list."""
    new = r'ex:a rdfs:label "x\u001B[31m\n- [link](http://evil.example) <script>" .'
    for form in ("text", "markdown"):
        report = render_report(compare_texts(tmp_path, "", new), form)
        assert "\x1b" not in report
        assert "\n- [link]" not in report
        assert form == "text" or "<script>" not in report


def test_render_report_no_difference_says_so(tmp_path: Path) -> None:
    """Equal dumps give zeros in every form."""
    found = compare_texts(tmp_path, OLD, OLD)
    assert "0 statements added, 0 removed" in render_report(found, "markdown")
    assert json.loads(render_report(found, "json"))["changes"] == []
