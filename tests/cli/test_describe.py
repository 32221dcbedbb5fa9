"""Tests of ``eild describe``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, URIRef

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

BOARD = "https://w3id.org/eild/id/agent/board"


@pytest.mark.parametrize("name", [BOARD, f"<{BOARD}>", "agent:board", "agent/board", "/id/agent/board"])
def test_describe_each_spelling_same_resource(eild: Run, build: Path, name: str) -> None:
    """A resource is named by its IRI, abbreviated, or by its path."""
    done = eild("describe", name, "--dist", str(build))
    assert done.returncode == 0
    assert (URIRef(BOARD), None, None) in Graph().parse(data=done.stdout, format="turtle")


@pytest.mark.parametrize(("form", "parser"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")])
def test_describe_each_format_same_triples(eild: Run, build: Path, form: str, parser: str) -> None:
    """Each syntax holds the same triples."""
    plain = Graph().parse(data=eild("describe", BOARD, "--dist", str(build)).stdout, format="turtle")
    other = eild("describe", BOARD, "--dist", str(build), "--format", form).stdout
    assert set(Graph().parse(data=other, format=parser)) == set(plain)


def test_describe_files_abbreviated_by_their_prefixes(eild: Run, tmp_path: Path) -> None:
    """Resources of files are named by the prefixes of the files."""
    (tmp_path / "a.ttl").write_text("@prefix ex: <http://e/> . ex:a ex:b ex:c .", encoding="utf-8")
    assert eild("describe", "ex:a", "a.ttl").stdout == "@prefix ex: <http://e/> .\nex:a ex:b ex:c .\n"


def test_describe_unknown_resource_exit_3_and_hint(eild: Run, build: Path) -> None:
    """A resource that is not there is told with exit code 3."""
    done = eild("describe", "agent:bord", "--dist", str(build))
    assert done.returncode == 3
    assert "this dataset does not describe" in done.stderr
    assert BOARD in done.stderr
