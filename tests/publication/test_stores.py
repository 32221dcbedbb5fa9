"""Tests of stores on disk: loading, the switch, faults on the way, damage, and reading."""

from __future__ import annotations

import dataclasses
import gzip
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, RdfFormat, parse, serialize

from eild import media
from eild.documents.descriptions import describe
from eild.documents.index import MOST_INCOMING, DocumentIndex, load_documents
from eild.errors import DataError, EildError, EnvironmentFailure, UsageError
from eild.publication import on_disk
from eild.publication.manifest import MANIFEST, STORE, load_publication
from eild.publication.of_files import write_publication
from eild.publication.on_disk import write_store
from eild.publication.stores import CURRENT, IN_USE, hold_lock, load_stored, pin_store
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eild.publication.manifest import Publication

EX = "http://example.org/"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
LOAD = "import sys; from pathlib import Path; from eild.publication.on_disk import write_store; "


def ask(publication: Publication, query: str, *default_graphs: str) -> list[str]:
    """Return the lines of a CSV answer without its head."""
    engine = EmbeddedEngine.load(publication, prefixes={})
    answer = engine.evaluate(QueryRequest(query, results=media.CSV, default_graphs=default_graphs))
    return answer.body.decode().split("\r\n")[1:-1]


def generations(directory: Path) -> list[str]:
    """Return the names of all generations in a store's directory."""
    return sorted(path.name for path in directory.iterdir() if path.name.startswith("generation-"))


@pytest.fixture
def stored(files: list[Path], tmp_path: Path) -> Path:
    """Return the directory of a store of the files."""
    write_store(files, tmp_path / "shelf", base=EX)
    return tmp_path / "shelf"


def test_store_default_graph_is_merge_and_counts_each_triple_once(stored: Path) -> None:
    """The triple that stands in a file and in a graph counts once; named graphs stay what they are."""
    with pin_store(stored) as generation:
        publication = load_stored(generation)
    assert publication.union
    assert ask(publication, COUNT) == [str(publication.triples)] == ["8"]
    assert ask(publication, COUNT_NAMED) == ["2"]
    assert publication.graphs["<http://example.org/empty>"].triples == 0
    assert ask(publication, "SELECT ?g { GRAPH ?g {} } ORDER BY ?g") == [f"{EX}empty", f"{EX}graph"]


def test_store_without_union_holds_exactly_the_files_default_graph(files: list[Path], tmp_path: Path) -> None:
    """The choice is made at the load and recorded; FROM still reaches the named graphs."""
    publication = write_store(files, tmp_path / "shelf", base=EX, union=False)
    assert not publication.union
    assert ask(publication, COUNT) == [str(publication.triples)] == ["7"]
    assert ask(publication, COUNT, f"{EX}graph") == ["2"]
    assert ask(publication, COUNT, f"{EX}nothing") == ["0"]


def test_store_answers_as_memory_does(files: list[Path], tmp_path: Path) -> None:
    """Both engines hold the same triples in the same graphs."""
    (tmp_path / "build").mkdir()
    write_publication(files, tmp_path / "build", base=EX)
    stored = write_store(files, tmp_path / "shelf", base=EX)
    query = "SELECT ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER(!isBlank(?s)) FILTER(!isBlank(?o)) }"
    assert sorted(ask(stored, query)) == sorted(ask(load_publication(tmp_path / "build"), query))


def test_store_blank_node_in_two_graphs_stays_one(tmp_path: Path) -> None:
    """The merged copy of a statement speaks of the same blank node as the statement."""
    (tmp_path / "a.trig").write_text("@prefix ex: <http://example.org/> . ex:g { _:b ex:p ex:o }", encoding="utf-8")
    publication = write_store([tmp_path / "a.trig"], tmp_path / "shelf")
    assert ask(publication, "SELECT (COUNT(*) AS ?n) { ?b ?p ?o GRAPH ?g { ?b ?p ?o } }") == ["1"]


@pytest.mark.parametrize("name", ["data.nt", "data.nq", "data.ttl", "data.trig", "data.nt.gz", "data.trig.gz"])
def test_store_loads_each_syntax_and_gzip(name: str, tmp_path: Path) -> None:
    """The file name tells the syntax; progress adds up to the bytes of the file."""
    content = b"<http://example.org/s> <http://example.org/p> <http://example.org/o> .\n"
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    seen: list[int] = []
    publication = write_store([path], tmp_path / "shelf", report=seen.append)
    assert publication.triples == 1
    assert sum(seen) == path.stat().st_size


@pytest.mark.parametrize("blank", ["", "_:b <http://example.org/p> <http://example.org/o> .\n"])
def test_store_lines_with_and_without_blank_nodes_hold_the_same_and_tell_the_place_of_a_fault(
    blank: str, tmp_path: Path
) -> None:
    """Whether the engine reads a file by itself or not, the triples and what is said of a fault are the same."""
    path = tmp_path / "data.nt"
    lines = "".join(f'<{EX}s> <{EX}p> "{number}" .\n' for number in range(9))
    path.write_text(lines + blank, encoding="utf-8")
    seen: list[int] = []
    publication = write_store([path], tmp_path / "shelf", report=seen.append)
    assert sum(seen) == path.stat().st_size
    assert ask(publication, f"SELECT (COUNT(*) AS ?n) {{ <{EX}s> <{EX}p> ?o }}") == ["9"]
    path.write_text(f"{lines}<{EX}s> <{EX}p> oops .\n{blank}", encoding="utf-8")
    with pytest.raises(DataError, match="object of a triple") as caught:
        write_store([path], tmp_path / "shelf")
    assert caught.value.location is not None
    assert (caught.value.location.path, caught.value.location.line) == (str(path), 10)


def test_store_version_depends_on_content_and_decisions_alone(files: list[Path], tmp_path: Path) -> None:
    """The same files give the same version; another base or default graph is another version."""
    first = write_store(files, tmp_path / "a").version
    assert write_store(files, tmp_path / "b").version == first
    assert write_store(files, tmp_path / "b", union=False).version != first
    assert write_store(files, tmp_path / "b", base=EX).version != first


def test_store_documents_follow_blank_nodes_and_name_things(stored: Path) -> None:
    """Documents need no dump: the store's own indexes answer."""
    with pin_store(stored) as generation:
        documents = load_documents(load_stored(generation))
    node = NamedNode(f"{EX}a")
    assert not isinstance(documents, DocumentIndex)
    assert documents.knows(node)
    assert documents.knows(NamedNode(f"{EX}Thing"))
    assert not documents.knows(NamedNode(f"{EX}nobody"))
    assert {str(triple.predicate.value) for triple in documents.incoming(node)} == {f"{EX}about"}
    assert any(isinstance(triple.subject, BlankNode) for triple in documents.describe(node))
    label = documents.find_label(node)
    assert label is not None
    assert '"Thing A"@en' in str(label)
    assert documents.suggest(f"{EX}x") == ()


CUT_SHORT = gzip.compress(b"<http://e.org/s> <http://e.org/p> <http://e.org/o> .\n" * 99, mtime=0)[:-9]
"""A compressed file without its end; with the time of the clock in it, no two runs would name their tests alike."""


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bad.ttl", b"<http://example.org/s> oops", "bad.ttl:1"),
        ("bad.nt.gz", CUT_SHORT, "compressed file"),
        ("bad.json5", b"{}", "unknown RDF file extension"),
        ("bad.jsonld", b'{"@context": "http://127.0.0.1:1/context"}', "remote context"),
    ],
)
def test_load_bad_file_leaves_the_old_store_whole(
    name: str, content: bytes, says: str, stored: Path, files: list[Path], tmp_path: Path
) -> None:
    """A bad file ends the load with its place, and nothing of the load stays."""
    before = generations(stored)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=says):
        write_store([*files, tmp_path / name], stored)
    assert generations(stored) == before
    with pin_store(stored) as generation:
        load_stored(generation).check_dumps()


def test_load_missing_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """No directory is made for a load that cannot begin."""
    with pytest.raises(DataError, match=r"none\.ttl: cannot read the file"):
        write_store([tmp_path / "none.ttl"], tmp_path / "shelf")
    assert not (tmp_path / "shelf").exists()


def test_load_over_other_things_is_refused(files: list[Path], tmp_path: Path) -> None:
    """A directory that holds anything but a store is left alone."""
    with pytest.raises(UsageError, match="not part of a store"):
        write_store(files, tmp_path)
    assert all(path.exists() for path in files)


def write_many(path: Path, number: int) -> Path:
    """Write a number of triples and return the file."""
    lines = (f'<{EX}s{i}> <{EX}p{i % 7}> "{"value " * 8}{i}" .\n' for i in range(number))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _load_with_small_files(paths: list[Path], directory: Path) -> None:
    """Load in a process that may write no file over a hundred kilobytes; exit 6 for the failure of a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        write_store(paths, directory)
    except EnvironmentFailure as error:
        os._exit(6 if "cannot write" in str(error) else 1)
    os._exit(0)


def test_load_full_disk_leaves_the_old_store_whole(stored: Path, tmp_path: Path) -> None:
    """Where the system takes no more bytes the load fails as one of the environment, and the old store answers."""
    before = generations(stored)
    large = write_many(tmp_path / "large.nt", 30_000)
    child = multiprocessing.get_context("spawn").Process(target=_load_with_small_files, args=([large], stored))
    child.start()
    child.join(120)
    assert child.exitcode == 6
    assert generations(stored) == before
    with pin_store(stored) as generation:
        publication = load_stored(generation)
        publication.check_dumps()
        assert ask(publication, COUNT) == ["8"]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


def test_load_twice_at_once_second_names_the_first_and_kill_leaves_no_lock(stored: Path, files: list[Path]) -> None:
    """The second load is refused by number and time of the first; a killed load leaves neither lock nor rubbish."""
    before = generations(stored)
    code = (
        f"{LOAD}from eild.publication import on_disk as loading\n"
        "import time\n"
        "loading._fill = lambda *rest: time.sleep(300)\n"
        "write_store([Path(sys.argv[1])], Path(sys.argv[2]))"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(files[0]), str(stored)])
    try:
        wait_for(lambda: len(generations(stored)) > 1)
        with pytest.raises(EnvironmentFailure, match=rf"process {child.pid} \(since 20\d\d-.*\) is loading this store"):
            write_store(files, stored)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(20)
    assert len(generations(stored)) == 2
    with pin_store(stored) as generation:
        assert [generation.name] == before
        assert ask(load_stored(generation), COUNT) == ["8"]
    write_store(files, stored)
    assert len(generations(stored)) == 1


def test_lock_of_a_dead_process_is_no_lock(stored: Path, files: list[Path]) -> None:
    """What a dead process wrote into the lock file stops nobody: the lock is the kernel's."""
    (stored / "lock").write_text('{"pid": 999999999, "since": "2020-01-01"}', encoding="utf-8")
    write_store(files, stored)
    with hold_lock(stored):
        assert json.loads((stored / "lock").read_text(encoding="utf-8"))["pid"] == os.getpid()


def test_load_keeps_the_generation_that_a_reader_holds(stored: Path, files: list[Path]) -> None:
    """A server goes on with what it opened; the next load after it removes that."""
    with pin_store(stored) as generation:
        write_store(files[:1], stored)
        assert generation.is_dir()
        assert ask(load_stored(generation), COUNT) == ["8"]
        assert (stored / CURRENT).resolve() != generation
    write_store(files[:1], stored)
    assert generations(stored) == [(stored / CURRENT).resolve().name]


def damage(path: Path, offset: int) -> None:
    """Flip one bit of a file."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["sst-bit", "sst-cut", "sst-gone", "manifest-bit", "manifest-cut", "gone", "in-use"])
def test_damaged_store_is_refused_with_place_and_remedy(kind: str, stored: Path) -> None:
    """Each damage is one line that names the file and says to load again."""
    generation = (stored / CURRENT).resolve()
    table = max((generation / STORE).glob("*.sst"), key=lambda path: path.stat().st_size)
    manifest = generation / MANIFEST
    actions: dict[str, Callable[[], object]] = {
        "sst-bit": lambda: damage(table, table.stat().st_size // 2),
        "sst-cut": lambda: os.truncate(table, table.stat().st_size - 1),
        "sst-gone": table.unlink,
        "manifest-bit": lambda: damage(manifest, manifest.read_bytes().index(b"things.ttl")),
        "manifest-cut": lambda: os.truncate(manifest, 100),
        "gone": lambda: generation.rename(stored / "elsewhere"),
        "in-use": (generation / IN_USE).unlink,
    }
    actions[kind]()

    def check() -> None:
        with pin_store(stored) as found:
            load_stored(found).check_dumps()

    with pytest.raises(DataError) as caught:
        check()
    assert caught.value.exit_code == 3
    text = str(caught.value)
    assert str(stored) in text
    assert "eild load" in text
    assert "\n" not in text


def test_missing_store_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """A directory that is not there, or holds nothing, is no store."""
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(EildError, match="eild load"), pin_store(path):
            pass


def test_store_document_of_a_hub_says_that_it_lists_a_part(tmp_path: Path) -> None:
    """Where more point to a node than a document takes, the document says so; elsewhere it does not."""
    lines = "".join(f"<{EX}s{i}> <{EX}p> <{EX}hub> .\n" for i in range(MOST_INCOMING + 5))
    (tmp_path / "hub.nt").write_text(f"{lines}<{EX}a> <{EX}p> <{EX}b> .\n", encoding="utf-8")
    documents = load_documents(write_store([tmp_path / "hub.nt"], tmp_path / "shelf"))
    hub = describe(documents, NamedNode(f"{EX}hub"))
    assert hub.incoming_cut
    assert hub.incoming_total == MOST_INCOMING
    assert not describe(documents, NamedNode(f"{EX}b")).incoming_cut


MIXED = """@prefix e: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:a e:name "b" , "a" ; e:size 2 , 10 ; e:any 90 , "5" , 8 , e:z , 10 .
e:a e:huge 12345678901234567890 , 7 , 9223372036854775807 .
e:g { e:b e:wide 9223372036854775807 , 9223372036854775806 ; e:ill "x"^^xsd:integer , 1 }
"""
CORRECTED = [
    "SELECT ?x { ?s e:any ?x } ORDER BY ?x",
    "SELECT (MIN(?x) AS ?a) (MAX(?x) AS ?b) { ?s e:any ?x }",
    "SELECT ?x { ?s e:huge ?x FILTER(?x > 10) } ORDER BY DESC(?x)",
    "SELECT ?x { ?s e:huge ?x FILTER(?x != 7 && ?x NOT IN (6, 5)) } ORDER BY ?x",
    "SELECT (SUM(?x) AS ?a) (AVG(?x) AS ?b) { ?s e:huge ?x }",
    "SELECT (SUM(?x) AS ?a) (AVG(?x) AS ?b) { { ?s e:wide ?x } UNION { GRAPH e:g { ?s e:wide ?x } } }",
    "SELECT (SUM(?x) AS ?a) { { ?s e:ill ?x } UNION { GRAPH e:g { ?s e:ill ?x } } }",
    "SELECT ?x { ?s e:size|e:name ?x } ORDER BY ?x",
    "SELECT (SUM(?x) AS ?a) { ?s e:size ?x }",
]


@pytest.mark.parametrize("union", [True, False])
def test_store_notes_kinds_of_literals_and_gives_the_rows_of_files(tmp_path: Path, *, union: bool) -> None:
    """What a load notes of the literals is what a store in memory says, and corrected queries have the same rows."""
    path = tmp_path / "mixed.trig"
    path.write_text(MIXED, encoding="utf-8")
    stored = load_publication(write_store([path], tmp_path / "shelf", base=EX, union=union).folder)
    (tmp_path / "dist").mkdir()
    write_publication([path], tmp_path / "dist", base=EX, union=union)
    files = load_publication(tmp_path / "dist")
    assert stored.kinds == EmbeddedEngine.load(files, prefixes={}).learn()
    assert stored.kinds is not None
    assert stored.kinds[f"{EX}name"] == {"text"}
    assert stored.kinds[f"{EX}huge"] == {"number", "wide", "large"}
    for query in CORRECTED:
        text = f"PREFIX e: <{EX}> {query}"
        assert ask(stored, text) == ask(files, text), query
    older = dataclasses.replace(stored, kinds=None)
    for query in CORRECTED[:2] + CORRECTED[4:]:  # all but equality, by which joins are planned
        assert ask(older, f"PREFIX e: <{EX}> {query}") == ask(files, f"PREFIX e: <{EX}> {query}"), query
    assert ask(stored, f"PREFIX e: <{EX}> {CORRECTED[4]}") == [
        "21569050938089343704,7189683646029781234.666666666666666666"
    ]


@pytest.mark.parametrize("union", [True, False])
@pytest.mark.parametrize("tail", ["", f'<{EX}a> <{EX}odd>"1"^^<{EX}own> .\n'], ids=["usual lines", "an unusual line"])
def test_store_loaded_from_lines_gives_the_rows_of_files(tmp_path: Path, tail: str, *, union: bool) -> None:
    """Where lines tell which predicates have datatypes, no kind is missed, and corrected queries have the same rows."""
    quads = [quad for quad in parse(MIXED, RdfFormat.TRIG) if union or isinstance(quad.graph_name, DefaultGraph)]
    default = [quad.triple for quad in quads]  # one file of triples for each half, so that both are read as lines
    paths = [tmp_path / "first.nt", tmp_path / "second.nt"]
    for path, half in zip(paths, (default[:8], default[8:]), strict=True):
        content = serialize(half, format=RdfFormat.N_TRIPLES) or b""
        path.write_bytes((content + tail.encode()).removesuffix(b"\n"))
    stored = load_publication(write_store(paths, tmp_path / "shelf", base=EX, union=union).folder)
    (tmp_path / "dist").mkdir()
    write_publication(paths, tmp_path / "dist", base=EX, union=union)
    files = load_publication(tmp_path / "dist")
    expected = EmbeddedEngine.load(files, prefixes={}).learn()
    assert stored.kinds is not None
    assert expected is not None
    for predicate, kinds in expected.items():
        assert kinds <= stored.kinds[predicate] <= kinds | {"text"}
    for query in CORRECTED:
        text = f"PREFIX e: <{EX}> {query}"
        assert ask(stored, text) == ask(files, text), query


def test_store_with_too_many_predicates_notes_no_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest does not grow with predicates that are names of things, and queries are right without it."""
    monkeypatch.setattr(on_disk, "MOST_PREDICATES", 3)
    path = tmp_path / "mixed.trig"
    path.write_text(MIXED, encoding="utf-8")
    stored = write_store([path], tmp_path / "shelf", base=EX)
    assert stored.kinds is None
    assert "literals" not in json.loads((stored.folder / MANIFEST).read_bytes())
    assert ask(stored, f"PREFIX e: <{EX}> {CORRECTED[1]}") == ["http://example.org/z,5"]
