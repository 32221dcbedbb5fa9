"""Tests of ``eild query``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

TURTLE = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:cat a ex:Animal ; rdfs:label "cat"@en ; ex:legs 4 .
"""
ANIMALS = "SELECT ?x ?legs { ?x a <http://example.org/Animal> ; <http://example.org/legs> ?legs }"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a Turtle file in the directory where commands run."""
    path = tmp_path / "animals.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    return path


def test_query_files_table_by_default(eild: Run, data: Path) -> None:
    """The answer is a table for people, with abbreviated names and the number of rows."""
    done = eild("query", ANIMALS, data.name)
    assert done.returncode == 0
    assert done.stdout == "x       legs\n------  ----\nex:cat  4\n1 row\n"


def test_query_build_own_prefixes(eild: Run, build: Path) -> None:
    """Over a build, names are abbreviated by EILD's prefixes."""
    done = eild("query", "SELECT ?a { ?a a <https://w3id.org/eild/ontology#Person> } ORDER BY ?a", "--dist", str(build))
    assert "agent:keller\nagent:mayor\n2 rows\n" in done.stdout


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("json", '{"head":'),
        ("xml", "<?xml"),
        ("csv", "x,legs\nhttp://example.org/cat,4"),
        ("tsv", "?x\t?legs\n<http://example.org/cat>\t4"),
    ],
)
def test_query_format_of_rows(eild: Run, data: Path, form: str, start: str) -> None:
    """Each result syntax is written as it is."""
    assert eild("query", ANIMALS, data.name, "--format", form).stdout.startswith(start)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("table", "ex:cat a ex:Animal"),
        ("ttl", "ex:cat a ex:Animal"),
        ("nt", "<http://example.org/cat> <http://example.org/legs>"),
        ("jsonld", '"@id":"http://example.org/cat"'),
        ("rdf", "<rdf:RDF"),
        ("trig", "ex:legs 4"),
        ("nq", "<http://example.org/cat>"),
    ],
)
def test_query_format_of_graph(eild: Run, data: Path, form: str, words: str) -> None:
    """Each graph syntax is written as it is; the table of a graph is Turtle."""
    done = eild("query", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", data.name, "--format", form)
    assert words in done.stdout


def test_query_from_file_and_from_input(eild: Run, data: Path, tmp_path: Path) -> None:
    """The query is read from a file or from standard input; all arguments are files then."""
    (tmp_path / "question.rq").write_text("ASK { ?s ?p ?o }", encoding="utf-8")
    assert eild("query", "-f", "question.rq", data.name).stdout == "yes\n"
    assert eild("query", "-f", "-", data.name, stdin="ASK { ?s ?p 5 }").stdout == "no\n"


def test_query_json_is_complete(eild: Run, data: Path) -> None:
    """The JSON answer holds every row."""
    done = eild("query", "SELECT * { ?s ?p ?o }", data.name, "--format", "json")
    assert len(json.loads(done.stdout)["results"]["bindings"]) == 3


REFUSALS = [
    (["query"], 2, "the query is missing"),
    (["query", "SELECT * {", "animals.ttl"], 2, "query:1:10: this { is not closed"),
    (["query", "SELECT * {\n ?s foo:p ?o }", "animals.ttl"], 2, "query:2:5: the prefix foo: is not declared"),
    (["query", "SELECT * {\n ?s ex:p }", "animals.ttl"], 2, "query:2:10: "),
    (["query", "ASK { SERVICE <http://127.0.0.1:9/> {} }", "animals.ttl"], 2, "SERVICE"),
    (["query", "CLEAR ALL", "animals.ttl"], 2, "update"),
    (["query", "ASK {}", "none.ttl"], 3, "No such file"),
    (["query", "-f", "none.rq"], 3, "cannot read the query"),
    (["query", "ASK {}", "animals.ttl", "--format", "pdf"], 2, "pdf"),
    (["query", "ASK {}", "animals.ttl", "--format", "ttl"], 2, "text/csv"),
    (["query", "ASK {}", "--dist", "nowhere"], 3, "no build here"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSALS)
def test_query_wrong_use_exit_code_and_line(eild: Run, data: Path, arguments: list[str], code: int, words: str) -> None:
    """What cannot be answered is told with place and remedy, and the exit code of its kind."""
    assert data.exists()
    done = eild(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_query_supplies_the_prefixes_of_the_data_and_says_so(eild: Run, data: Path) -> None:
    """A prefix that the files declare need not be declared again; a note on standard error says which was supplied."""
    done = eild("query", "ASK { ?s a ex:Animal }", data.name)
    note = "eild: note: the query does not declare ex: <http://example.org/>; supplied from the dataset's prefixes\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "yes\n", note)
    declared = eild("query", "PREFIX ex: <http://example.com/> ASK { ?s a ex:Animal }", data.name)
    assert (declared.stdout, declared.stderr) == ("no\n", "")


def test_query_table_hides_control_characters(eild: Run, data: Path) -> None:
    """A terminal gets no control characters from the data."""
    done = eild("query", r'SELECT ("a\u001b[31m\tb\nc" AS ?x) {}', data.name)
    assert "\x1b" not in done.stdout
    assert "a [31m b c" in done.stdout
