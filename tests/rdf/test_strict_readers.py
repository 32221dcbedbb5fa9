"""Parsers of other projects read what is written here term by term: raptor, serd, N3.js and jsonld-streaming-parser."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from benchmarks.suites import canonicalize
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as Text
from rdflib.collection import Collection
from rdflib.namespace import RDF, XSD

from eild import media
from eild.rdf import canonical, writing
from eild.rdf.syntaxes import RDF_FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

READER: Final = Path(__file__).parent / "read.cjs"
RAPPER: Final = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml", "trig": "trig", "nq": "nquads"}
SERD: Final = {"ttl": "turtle", "nt": "ntriples", "trig": "trig", "nq": "nquads"}
N3: Final = ("ttl", "nt", "trig", "nq")
SIGNS: Final = ('"', "\\", "\n", "\t", "\r", "é", "a", "u0041")
NAME: Final = "http://e.example/"


def make_graph() -> Graph:
    """Return a graph with all texts of up to three signs that some parser may treat in a special way."""
    graph = Graph(bind_namespaces="none")
    for size in range(4):
        for signs in product(SIGNS, repeat=size):
            graph.add((URIRef(f"{NAME}s{size}"), URIRef(f"{NAME}text"), Text("".join(signs))))
            graph.add((URIRef(f"{NAME}s{size}"), URIRef(f"{NAME}text"), Text("\n" + "".join(signs), lang="en")))
    node, cells = BNode(), BNode()
    graph.add((node, RDF.type, URIRef(f"{NAME}Kind")))
    graph.add((node, RDF.type, URIRef(f"{NAME}Other")))
    graph.add((URIRef(f"{NAME}untyped"), URIRef(f"{NAME}has"), node))
    for number in ("1", "01", "+1", "-0"):
        graph.add((node, URIRef(f"{NAME}number"), Text(number, datatype=XSD.integer, normalize=False)))
    graph.add((node, URIRef(f"{NAME}truth"), Text("true", datatype=XSD.boolean)))
    Collection(graph, cells, [Text('a "quoted"\nline'), URIRef(f"{NAME}café")])
    graph.add((node, URIRef(f"{NAME}list"), cells))
    return graph


@pytest.fixture(scope="module")
def written(own_build: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the dumps and the catalogue of the dataset, and a difficult graph as each writer writes it."""
    folder = tmp_path_factory.mktemp("written")
    graph = make_graph()
    triples = [quad.triple for quad in parse(canonical.serialize_graph(graph, media.N_TRIPLES), RdfFormat.N_TRIPLES)]
    quads = [Quad(part.subject, part.predicate, part.object, NamedNode(f"{NAME}graph")) for part in triples]
    for form in (media.TURTLE, media.N_TRIPLES, media.RDF_XML, media.JSON_LD):
        (folder / f"stored{form.extension}").write_bytes(writing.serialize_graph(triples, form, {"e": NAME}))
        (folder / f"canonical{form.extension}").write_bytes(canonical.serialize_graph(graph, form))
    for form in (media.TRIG, media.N_QUADS):
        (folder / f"stored{form.extension}").write_bytes(writing.serialize_quads(quads, form, {"e": NAME}))
        content = canonical.serialize_graphs({URIRef(f"{NAME}graph"): graph}, form)
        (folder / f"canonical{form.extension}").write_bytes(content)
    dumps = [file for file in sorted(own_build.iterdir()) if file.suffix in {".ttl", ".rdf", ".jsonld", ".trig"}]
    return [*dumps, *sorted(folder.iterdir())]


def choose(files: Iterable[Path], syntaxes: Iterable[str]) -> list[Path]:
    """Return the files in some syntaxes; there must be some of each."""
    chosen = [file for file in files if file.suffix.removeprefix(".") in syntaxes]
    assert {file.suffix.removeprefix(".") for file in chosen} == set(syntaxes)
    return chosen


@cache
def read_expected(file: Path) -> list[str]:
    """Return the statements of a file as the engine reads them."""
    return canonicalize(parse(path=file, format=RDF_FORMATS[file.suffix.removeprefix(".")]))


def read_by_program(command: list[str], file: Path) -> list[str]:
    """Return the statements of a file as a program converts them to N-Quads; it must not complain."""
    done = subprocess.run([*command, str(file)], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return canonicalize(parse(done.stdout, RdfFormat.N_QUADS))


def test_raptor_reads_each_syntax(written: list[Path]) -> None:
    """``rapper`` finds the same statements in Turtle, N-Triples, RDF/XML, TriG and N-Quads."""
    for file in choose(written, RAPPER):
        command = ["rapper", "--quiet", "--input", RAPPER[file.suffix[1:]], "--output", "nquads"]
        assert read_by_program(command, file) == read_expected(file), file.name


def test_serd_reads_each_syntax(written: list[Path]) -> None:
    """``serdi`` finds the same statements in Turtle, N-Triples, TriG and N-Quads."""
    for file in choose(written, SERD):
        command = ["serdi", "-i", SERD[file.suffix[1:]], "-o", "nquads"]
        assert read_by_program(command, file) == read_expected(file), file.name


def make_term(kind: str, value: str, *more: str) -> Any:
    """Return a term of the RDF/JS data model as the engine's."""
    if kind == "Literal":
        datatype, language = more
        return Literal(value, language=language) if language else Literal(value, datatype=NamedNode(datatype))
    if kind == "DefaultGraph":
        return DefaultGraph()
    return {"NamedNode": NamedNode, "BlankNode": BlankNode}[kind](value.removeprefix("_:"))


def read_by_script(files: list[tuple[str, Path]], install: Callable[[str], Path]) -> list[list[str]]:
    """Return the statements of each file as a JavaScript parser reads them."""
    command = ["node", str(READER), *(str(part) for pair in files for part in pair)]
    environment = {**os.environ, "CLIENTS": str(install(".node-test") / "package.json")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return [
        canonicalize(Quad(*(make_term(*term) for term in statement)) for statement in json.loads(line))
        for line in done.stdout.splitlines()
    ]


def test_n3_js_reads_each_syntax(written: list[Path], install: Callable[[str], Path]) -> None:
    """N3.js finds the same statements in Turtle, N-Triples, TriG and N-Quads."""
    files = choose(written, N3)
    for file, found in zip(files, read_by_script([("n3", file) for file in files], install), strict=True):
        assert found == read_expected(file), file.name


def test_jsonld_streaming_parser_reads_json_ld(written: list[Path], install: Callable[[str], Path]) -> None:
    """The parser finds the same statements, told that keys are in the order of the streaming profile."""
    files = choose(written, ["jsonld"])
    read = read_by_script([("jsonld-streaming-parser", file) for file in files], install)
    for file, found in zip(files, read, strict=True):
        assert found == read_expected(file), file.name
