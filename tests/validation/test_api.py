"""Validation from Python: ``eild.validate``."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF

import eild
from eild.errors import DataError, ShapesError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.term import Node

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = f"{HEAD}ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [ sh:path ex:length ; sh:minCount 1 ] .\n"
BAD = f"{HEAD}ex:a a ex:Boat .\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with data and shapes."""
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "bad.ttl").write_text(BAD, encoding="utf-8")
    return tmp_path


def test_validate_paths_typed_findings(folder: Path) -> None:
    """Paths in, a report with typed findings out."""
    report = eild.validate(folder / "bad.ttl", folder / "shapes.ttl")
    (finding,) = report.findings
    assert not report.conforms
    assert isinstance(finding, eild.Finding)
    assert finding.severity is eild.Severity.VIOLATION
    assert finding.focus == URIRef("https://example.org/a")
    assert finding.location is not None
    assert (finding.location.path, finding.location.line) == (str(folder / "bad.ttl"), 2)


def test_validate_texts_and_graphs_agree_with_files(folder: Path) -> None:
    """Files, texts, graphs and datasets of RDFLib, alone or mixed, find the same; nothing handed over is changed."""
    graph = Graph().parse(data=BAD, format="turtle")
    dataset = Dataset()
    boats = dataset.graph(URIRef("https://example.org/boats"))
    boats.add((URIRef("https://example.org/a"), RDF.type, URIRef("https://example.org/Boat")))
    size = len(graph)
    shapes = Graph().parse(data=SHAPES, format="turtle")
    mixed: list[Graph | Path] = [graph, folder / "bad.ttl"]
    for data in (str(folder / "bad.ttl"), graph, dataset, mixed):
        for form in (folder / "shapes.ttl", shapes):
            (finding,) = eild.validate(data, form).findings
            assert finding.focus == URIRef("https://example.org/a")
    (finding,) = eild.validate(BAD, SHAPES, data_format="ttl", shapes_format="text/turtle").findings
    assert str(finding.location) == "<text>:2:8"
    assert len(graph) == size


def test_validate_without_data_is_about_the_own_dataset() -> None:
    """Without arguments it is EILD's own data that are held against EILD's shapes."""
    report = eild.validate()
    assert report.conforms
    assert report.triple_count > 1000


def test_validate_without_shapes_knows_the_own_classes() -> None:
    """Without shapes data are held against EILD's, with its ontology and schemes as context."""
    claim = "@prefix e: <https://w3id.org/eild/ontology#> . <https://example.org/c> a e:Claim .\n"
    report = eild.validate(claim, data_format="turtle")
    assert not report.conforms
    assert {str(finding.focus) for finding in report.findings} == {"https://example.org/c"}


def test_validate_faults_raise_what_they_are(folder: Path) -> None:
    """Data, shapes and arguments fail each in its own way."""
    with pytest.raises(DataError):
        eild.validate(folder / "none.ttl", folder / "shapes.ttl")
    with pytest.raises(ShapesError):
        eild.validate(folder / "bad.ttl", folder / "none.ttl")
    with pytest.raises(ShapesError, match="minCuont"):
        eild.validate(folder / "bad.ttl", SHAPES.replace("minCount", "minCuont"), shapes_format="ttl")
    with pytest.raises(UsageError):
        eild.validate(BAD, folder / "shapes.ttl", data_format="docx")
    with pytest.raises(UsageError):
        eild.format_report(eild.validate(folder / "bad.ttl", folder / "shapes.ttl"), "yaml")


def test_format_report_is_what_the_command_writes(folder: Path) -> None:
    """A report is written in the forms of the command line."""
    report = eild.validate(folder / "bad.ttl", folder / "shapes.ttl")
    assert '"version": "2.1.0"' in eild.format_report(report, "sarif")


def test_package_exports_what_it_says() -> None:
    """Each exported name is there, others are not, and importing the package imports nothing else of it."""
    assert all(getattr(eild, name) for name in eild.__all__)
    assert set(dir(eild)) == set(eild.__all__)
    with pytest.raises(AttributeError):
        eild.valdiate  # type: ignore[attr-defined]  # noqa: B018
    code = "import sys, eild; print([name for name in sys.modules if name.startswith(('eild.', 'rdflib', 'flask'))])"
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert outcome.stdout == "[]\n"


@pytest.mark.parametrize(
    "triple",
    [
        (URIRef("http://x y"), URIRef("https://example.org/p"), Literal(1)),
        (URIRef("relative"), URIRef("https://example.org/p"), Literal(1)),
        (Literal("x"), URIRef("https://example.org/p"), Literal(1)),
        (URIRef("https://example.org/a"), BNode(), Literal(1)),
        (URIRef("https://example.org/a"), URIRef("https://example.org/p"), URIRef("a b:c")),
        (URIRef("https://example.org/a"), URIRef("https://example.org/p"), Literal("x", datatype=RDF.langString)),
        (URIRef("https://example.org/a"), URIRef("https://example.org/p"), Literal("\ud800")),
    ],
)
@pytest.mark.parametrize("engine", ["auto", "exact", "fast"])
def test_graph_with_what_is_no_rdf_is_an_error_of_the_data(triple: tuple[Node, Node, Node], engine: str) -> None:
    """RDFLib takes any text for an IRI and any node for a subject; no fault of the shapes comes of it."""
    graph = Graph()
    graph.add((URIRef("https://example.org/z"), URIRef("https://example.org/p"), Literal("two\nlines")))
    graph.add(triple)
    shapes = f"{HEAD}ex:S sh:targetSubjectsOf ex:p ; sh:class ex:C ."
    with pytest.raises(DataError, match="no RDF"):
        eild.validate(graph, shapes, shapes_format="ttl", engine=engine)
