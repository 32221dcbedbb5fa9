"""Opening files, a build, a store and an endpoint: one interface, and the same rows."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import eild
from eild.errors import DataError, EnvironmentFailure, UsageError
from eild.publication.on_disk import write_store

if TYPE_CHECKING:
    from pathlib import Path

CLAIMS = "SELECT ?c ?label { ?c eild:claimant ?who ; rdfs:label ?label } ORDER BY ?c"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
BOATS = """@prefix ex: <http://example.org/> . ex:one a ex:Boat ; ex:name "One" . ex:two a ex:Boat ; ex:at <here> ."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, own_build: Path) -> Path:
    """Return a folder with boats, shapes for them, and a store with EILD's own data."""
    folder = tmp_path_factory.mktemp("opening")
    (folder / "boats.ttl").write_text(BOATS, encoding="utf-8")
    (folder / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    write_store([next(own_build.glob("eild-*[0-9].nt"))], folder / "store")
    return folder


def list_values(answer: eild.Answer) -> set[tuple[object, ...]]:
    """Return the rows as values: a store writes numbers in its own way."""
    return {tuple(row.values()) for row in answer}


def test_files_a_store_and_an_endpoint_give_the_rows_of_the_build(
    ds: eild.Dataset, folder: Path, own_build: Path, own_site_url: str
) -> None:
    """The same query, values, description and question wherever the data are."""
    biden = ds.iri("agent:joe-biden")
    with (
        eild.open(own_build / f"eild-{ds.version}.ttl") as files,
        eild.open(store=folder / "store", prefixes=ds.prefixes) as store,
        eild.open(f"{own_site_url}sparql") as remote,
    ):
        assert remote.version == ""
        assert dict(remote.prefixes).items() <= dict(ds.prefixes).items()
        expected, described = ds.query(CLAIMS, who=biden), list_values(ds.describe("agent:joe-biden"))
        for other in (files, store, remote):
            assert other.query(CLAIMS, who=biden) == expected, other
            assert bool(other.query("ASK { ?x a eild:Person }")), other
            assert list_values(other.describe("agent:joe-biden")) == described, other
            assert other.questions["13-contested-claims"]() == ds.questions["13-contested-claims"](), other
            assert len(other.graph()) == len(ds.graph()), other
        assert len(store.store) == len(store.graph())
        with pytest.raises(UsageError, match="an endpoint are in no store"):
            _ = remote.store


def test_files_have_their_own_prefixes_base_and_shapes(folder: Path) -> None:
    """Relative IRIs resolve against the base; findings name file and line."""
    with eild.open(folder / "boats.ttl", base="http://example.org/data/") as boats:
        assert boats.title == "boats.ttl"
        assert boats.query("SELECT ?at { ex:two ex:at ?at }")[0]["at"] == "http://example.org/data/here"
        assert boats.describe("ex:one")
        report = boats.validate(folder / "shapes.ttl")
        assert not report.conforms
        assert [finding.location.line for finding in report.findings if finding.location] == [1]


def test_own_data_and_a_build_validate_against_own_shapes(ds: eild.Dataset, folder: Path) -> None:
    """The published data conform; other shapes may be applied to them."""
    assert ds.validate().conforms
    assert ds.validate(folder / "shapes.ttl").conforms


@pytest.mark.parametrize(
    ("files", "options", "error", "message"),
    [
        (["none.ttl"], {}, DataError, "none.ttl"),
        (["data.xyz"], {}, DataError, "xyz"),
        ([], {"store": "nowhere"}, DataError, "eild load"),
        (["a.ttl"], {"store": "nowhere"}, UsageError, "either files or a store"),
        (["http://127.0.0.1:9/sparql", "a.ttl"], {}, UsageError, "by its URL alone"),
        ([], {"base": "http://example.org/"}, UsageError, "RDF files only"),
    ],
)
def test_what_cannot_be_opened_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: list[str],
    options: dict[str, str],
    error: type,
    message: str,
) -> None:
    """Missing files, unknown syntaxes, no store, and arguments that do not fit."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        eild.open(*files, **options)  # type: ignore[arg-type]


def test_an_endpoint_that_is_away_is_told_when_it_is_asked() -> None:
    """Opening asks nothing; a query that nobody answers fails."""
    with eild.open("http://127.0.0.1:9/sparql", prefixes={}, timeout=1) as remote, pytest.raises(EnvironmentFailure):
        remote.query("ASK {}")


def test_temporary_files_go_with_the_dataset(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a dataset is closed or forgotten, nothing of it stays on disk."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    script = (
        "import eild, os, sys; ds = eild.open(sys.argv[1]); assert os.listdir(sys.argv[2]); ds.query('ASK {}');"
        "ds = None; assert not os.listdir(sys.argv[2]); eild.open(sys.argv[1]).query('ASK {}');"
    )
    subprocess.run([sys.executable, "-c", script, str(folder / "boats.ttl"), str(tmp_path)], check=True)
    assert list(tmp_path.iterdir()) == []


def test_importing_the_package_imports_no_library() -> None:
    """``import eild`` alone reads nothing else, and opening imports neither RDFLib nor HTTP."""
    script = (
        "import sys, eild; print({'rdflib', 'pyoxigraph', 'pandas', 'eild.access'} & {*sys.modules});"
        "eild.open; print({'rdflib', 'httpcore', 'pandas', 'flask'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["set()", "set()"]


def test_exported_names_exist_and_are_typed() -> None:
    """Every exported name is found, and the stub has the same."""
    assert all(getattr(eild, name) for name in eild.__all__)
    assert set(eild.__all__) <= set(dir(eild))
