"""Every command reads the same files in the same way: what one refuses, all refuse."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ROOT = f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:h="http://harbour.example/#">'
BOAT = '<h:Boat rdf:about="http://harbour.example/ida"><h:name>Ida</h:name></h:Boat>'
WHOLE = f"{ROOT}\n{BOAT}\n{BOAT.replace('ida', 'emma')}\n</rdf:RDF>\n"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix h: <http://harbour.example/#> .
<urn:shape> a sh:NodeShape ; sh:targetSubjectsOf h:name ; sh:property <urn:length> .
<urn:length> sh:path h:name ; sh:minLength 9 .
"""
BROKEN = {
    "cut.rdf": WHOLE[: WHOLE.index("Ida") + 40].encode(),
    "nearly.rdf": WHOLE.removesuffix(">\n").encode(),
    "empty.owl": b"",
    "blank.rdf": b" \n\n",
    "twice.rdf": (WHOLE + WHOLE).encode(),
    "after.xml": (WHOLE + "more").encode(),
    "cut.rdf.gz": gzip.compress(WHOLE[:-30].encode()),
    "packed.rdf.gz": gzip.compress(WHOLE.encode())[:-9],
    "cut.jsonld": b'[{"@id": "http://harbour.example/ida", "http://harbour.example/#name": "Ida"}',
    "cut.nt": b'<http://harbour.example/ida> <http://harbour.example/#name> "Ida" .\n<http://harbour.example/emma> ',
}


def ask(eild: Run, *files: str, extra: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return the rows of a query for all names."""
    query = "SELECT ?s ?o { ?s <http://harbour.example/#name> ?o } ORDER BY ?s"
    done = eild("query", query, *files, "--format", "json", *extra)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)["results"]["bindings"]
    return rows


@pytest.mark.parametrize("name", BROKEN)
def test_document_that_is_not_whole_is_refused_by_every_command(eild: Run, tmp_path: Path, name: str) -> None:
    """Exit 3 with the file's name, nothing half-read in an answer, a store or a comparison."""
    (tmp_path / name).write_bytes(BROKEN[name])
    (tmp_path / "whole.rdf").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    for arguments in (
        ("query", "SELECT * { ?s ?p ?o }", name),
        ("load", name, "--store", "shelf"),
        ("diff", "whole.rdf", name),
        ("validate", name, "--shapes", "shapes.ttl"),
        ("serve", name, "--port", "0"),
        ("describe", "http://harbour.example/ida", name),
    ):
        done = eild(*arguments)
        assert (done.returncode, done.stdout) == (3, ""), arguments
        assert name in done.stderr, arguments
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "shelf").exists()


def test_failed_load_leaves_the_former_store_as_it_was(eild: Run, tmp_path: Path) -> None:
    """Only a store that is whole takes the place of another."""
    (tmp_path / "whole.rdf").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "cut.rdf").write_bytes(BROKEN["cut.rdf"])
    assert eild("load", "whole.rdf", "--store", "shelf").returncode == 0
    before = sorted(path.name for path in (tmp_path / "shelf").iterdir())
    assert eild("load", "cut.rdf", "--store", "shelf").returncode == 3
    assert sorted(path.name for path in (tmp_path / "shelf").iterdir()) == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "US-ASCII", "windows-1252"])
def test_document_in_any_encoding_is_read_by_every_command(eild: Run, tmp_path: Path, encoding: str) -> None:
    """Query, load, diff and validate take the same text from it."""
    name = "Ida" if encoding == "US-ASCII" else "Grün"
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f"<?xml version='1.0' encoding='{declared}'?>\n{WHOLE.replace('Ida', name)}"
    (tmp_path / "data.rdf").write_bytes(text.encode(encoding))
    (tmp_path / "plain.rdf").write_text(WHOLE.replace("Ida", name), encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    assert {row["o"]["value"] for row in ask(eild, "data.rdf")} == {name}
    done = eild("diff", "plain.rdf", "data.rdf")
    assert (done.returncode, "0 statements added, 0 removed" in done.stdout) == (0, True)
    done = eild("validate", "data.rdf", "--shapes", "shapes.ttl")
    assert done.returncode == 1
    assert f'data.rdf:3:48: violation: <http://harbour.example/ida> h:name "{name}"' in done.stdout
    done = eild("load", "data.rdf", "--store", "shelf")
    assert "4 triples" in done.stdout, done.stderr


def test_prefixes_of_every_syntax_serve_queries_and_answers(eild: Run, tmp_path: Path) -> None:
    """Those of RDF/XML, wherever they are declared, and the empty one too."""
    inner = BOAT.replace("<h:Boat", "<h:Boat xmlns='http://harbour.example/'")
    (tmp_path / "data.rdf").write_text(f"{ROOT}{inner}</rdf:RDF>", encoding="utf-8")
    (tmp_path / "data.ttl").write_text('@prefix : <http://harbour.example/> . :ida :mast "1" .', encoding="utf-8")
    done = eild("query", "CONSTRUCT WHERE { ?s ?p ?o }", "data.rdf", "--format", "ttl")
    assert "h:Boat" in done.stdout
    assert ":ida a h:Boat" in done.stdout
    assert ':ida :mast "1"' in eild("query", "CONSTRUCT WHERE { ?s ?p ?o }", "data.ttl", "--format", "ttl").stdout
    notes = {"h:name": "declare h: <http://harbour.example/#>", ":name": "declare : <http://harbour.example/>"}
    for name, note in notes.items():
        done = eild("query", f"SELECT * {{ ?s {name} ?o }}", "data.rdf")
        assert done.returncode == 0
        assert note in done.stderr
    assert "h:name" in eild("describe", "http://harbour.example/ida", "data.rdf").stdout


def test_byte_order_marks_are_ignored_before_data_and_queries(
    eild: Run, serve: Callable[..., Any], tmp_path: Path
) -> None:
    """In files of both kinds, in arguments, and in every way of sending a query."""
    (tmp_path / "data.ttl").write_text(
        '\ufeff@prefix h: <http://harbour.example/#> . h:x h:name "Ida" .', encoding="utf-8"
    )
    (tmp_path / "query.rq").write_text("\ufeffASK { ?s ?p ?o }", encoding="utf-8")
    assert len(ask(eild, "data.ttl")) == 1
    assert eild("query", "-f", "query.rq", "data.ttl").stdout == "yes\n"
    assert eild("query", "\ufeffASK { ?s ?p ?o }", "data.ttl").stdout == "yes\n"
    client = serve(str(tmp_path / "data.ttl")).client
    query, fields = "\ufeffASK { ?s ?p ?o }", {"Content-Type": "application/sparql-query"}
    for _ in range(2):
        assert client.get("/sparql", params={"query": query}).json()["boolean"] is True
    assert client.post("/sparql", data={"query": query}).json()["boolean"] is True
    assert client.post("/sparql", content=query.encode(), headers=fields).json()["boolean"] is True


NODE = BOAT.replace("<h:Boat", "<rdf:Description").replace("</h:Boat", "</rdf:Description")
NAMES = ("a", "b c", "d", "{e}")
LINE = '<http://harbour.example/%s> <http://harbour.example/#name> "x" .'
BAD = {
    "data.nt": "\n".join(LINE % name for name in NAMES),
    "data.ttl": "@prefix h: <http://harbour.example/#> .\n"
    "<http://harbour.example/b c> h:name 'x' .\n<http://harbour.example/a> h:name 'x' .\n"
    "<http://harbour.example/{e}> h:name 'x' ; a h:Boat .\n<http://harbour.example/d> h:name 'x'.\n",
    "data.rdf": f"{ROOT}\n" + "\n".join(NODE.replace("ida", name) for name in NAMES) + "</rdf:RDF>",
}
LEFT_OUT = {"data.nt": (2, ["2", "4"]), "data.ttl": (3, ["2", "4"]), "data.rdf": (2, ["3", "5"])}


@pytest.mark.parametrize("name", BAD)
def test_invalid_statements_are_left_out_only_if_asked(
    eild: Run, serve: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    """Load, query and serve refuse the file; with the switch they leave out, count and name what is invalid."""
    (tmp_path / name).write_text(BAD[name], encoding="utf-8")
    count, lines = LEFT_OUT[name]
    assert eild("load", name, "--store", "shelf").returncode == 3
    assert eild("query", "ASK {}", name).returncode == 3
    loaded = eild("load", name, "--store", "shelf", "--skip-invalid")
    assert loaded.returncode == 0, loaded.stderr
    assert "2 triples in the default graph" in loaded.stdout
    asked = eild("query", "SELECT * { ?s ?p ?o }", name, "--skip-invalid")
    assert (asked.returncode, "2 rows" in asked.stdout) == (0, True)
    for note in (loaded.stderr, asked.stderr):
        assert f"{count} left out" in note
        assert all(f"{name}:{line}" in note for line in lines)
    client = serve(str(tmp_path / name), "--skip-invalid").client
    answer = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"})
    assert answer.text == "n\r\n2\r\n"


def test_skip_invalid_without_files_is_usage(eild: Run) -> None:
    """The switch is about files; a store on disk was loaded with it or without."""
    for arguments in (
        ("query", "ASK {}", "--skip-invalid"),
        ("serve", "--store", ".", "--port", "0", "--skip-invalid"),
    ):
        done = eild(*arguments)
        assert done.returncode == 2, done.stderr
        assert "--skip-invalid" in done.stderr or "eild load" in done.stderr


TERMS = """VERSION "1.2"
PREFIX h: <http://harbour.example/#>
h:ida h:name "Ida" ~ h:note {| h:source h:log ; h:sure [ h:degree "9" ] |} ; h:title "x"@he--rtl .
h:log h:says <<( h:ida h:mast <<( h:emma h:mast "a, \\"b\\""@en--ltr )>> )>> .
"""
OUTER = "<<( <http://harbour.example/#ida> <http://harbour.example/#mast> {} )>>"
TERM = OUTER.format(OUTER.format('"a, \\"b\\""@en--ltr').replace("#ida", "#emma"))


def test_terms_of_rdf_1_2_pass_through_every_command(eild: Run, tmp_path: Path) -> None:
    """Triple terms, reifiers and directions are written as they were read, in tables, rows, graphs and comparisons."""
    (tmp_path / "data.ttl").write_text(TERMS, encoding="utf-8")
    query = "PREFIX h: <http://harbour.example/#> SELECT ?o { h:log h:says ?o }"
    assert eild("query", query, "data.ttl", "--format", "tsv").stdout == f"?o\n{TERM}\n"
    quoted = TERM.replace('"', '""')
    assert eild("query", query, "data.ttl", "--format", "csv").stdout == f'o\n"{quoted}"\n'
    table = eild("query", query, "data.ttl").stdout
    assert '<<( h:ida h:mast <<( h:emma h:mast "a, \\"b\\""@en--ltr )>> )>>' in table
    for form in ("ttl", "nt", "rdf", "trig", "nq"):
        done = eild("query", "CONSTRUCT WHERE { ?s ?p ?o }", "data.ttl", "--format", form)
        (tmp_path / f"again.{form}").write_text(done.stdout, encoding="utf-8")
        compared = eild("diff", "data.ttl", f"again.{form}")
        assert "0 statements added, 0 removed" in compared.stdout, (form, compared.stdout, compared.stderr)
    refused = eild("query", "CONSTRUCT WHERE { ?s ?p ?o }", "data.ttl", "--format", "jsonld")
    assert (refused.returncode, "JSON-LD cannot represent" in refused.stderr) == (2, True)
    (tmp_path / "other.ttl").write_text(TERMS.replace("a, ", "c, "), encoding="utf-8")
    assert f"- <http://harbour.example/#says> {TERM}" in eild("diff", "data.ttl", "other.ttl").stdout
    described = eild("describe", "http://harbour.example/#ida", "data.ttl").stdout
    assert '<<( h:ida h:name "Ida" )>>' in described
    assert 'h:degree "9"' in described


@pytest.mark.parametrize("name", ["http://harbour.example/sparql", "https://harbour.example/a.ttl", "file:///a.ttl.gz"])
def test_url_in_place_of_a_file_is_called_one(eild: Run, name: str) -> None:
    """No command fetches anything: a URL is no path that does not exist, and the message says what to do."""
    for arguments in (
        ("query", "ASK {}", name),
        ("load", name, "--store", "shelf"),
        ("diff", name, name),
        ("validate", name),
        ("serve", name),
    ):
        done = eild(*arguments)
        assert done.returncode == 3, arguments
        assert "this is a URL, and nothing is fetched" in done.stderr, arguments
        assert "download the file first" in done.stderr, arguments
