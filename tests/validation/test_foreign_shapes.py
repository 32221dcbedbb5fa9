"""Shapes that others publish: those of DCAT-AP, from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pyshacl
import pytest
from rdflib import Graph
from rdflib.namespace import RDF, SH

from eild.validation import load_shapes, validate
from eild.validation.files import load_statements

FILE: Final = Path(__file__).parents[1] / "vendor" / "dcat-ap" / "dcat-ap-SHACL-3.0.0.jsonld"
DATA: Final = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:catalog a dcat:Catalog ; dct:title "Boats" ; dct:publisher "Harbour" ; dcat:dataset ex:boats .
ex:boats a dcat:Dataset ; dct:title "Boats"@en ; dcat:distribution ex:file ; dct:accessRights 1 .
ex:file a dcat:Distribution ; dcat:byteSize "many" .
"""


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shapes with what later releases add: an identifier for code, which constrains nothing."""
    content: Any = json.loads(FILE.read_text(encoding="utf-8"))
    for shape in content["shapes"]:
        shape["http://www.w3.org/ns/shacl#codeIdentifier"] = "boat"
    path = tmp_path_factory.mktemp("shapes") / "dcat-ap.jsonld"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_validate_shapes_of_dcat_ap_find_what_another_engine_finds(tmp_path: Path, shapes: Path) -> None:
    """The file is used as it is published; each result agrees in node, path, value and component."""
    data = tmp_path / "data.ttl"
    data.write_text(DATA, encoding="utf-8")
    report = validate(load_statements(data), load_shapes([shapes]))
    found = sorted((str(f.focus), str(f.path_node), str(f.value), str(f.component)) for f in report.findings)
    _, other, _ = pyshacl.validate(
        Graph().parse(data=DATA), shacl_graph=Graph().parse(FILE, format="json-ld"), do_owl_imports=False
    )
    assert isinstance(other, Graph)
    names = (SH.focusNode, SH.resultPath, SH.value, SH.sourceConstraintComponent)
    assert found == sorted(
        tuple(str(other.value(result, name)) for name in names)
        for result in other.subjects(RDF.type, SH.ValidationResult)
    )
    assert found
    assert all(f.location for f in report.findings)


def test_validate_terms_that_constrain_nothing_are_notes(tmp_path: Path, shapes: Path) -> None:
    """``sh:codeIdentifier`` fails nothing; a shape that the data name and nobody describes is told."""
    data = tmp_path / "data.ttl"
    data.write_text(f"{DATA} ex:boats sh:shape ex:Shape .", encoding="utf-8")
    notes = validate(load_statements(data), load_shapes([shapes])).notes
    assert {note.strict for note in notes if "sh:codeIdentifier constrains nothing" in note.message} == {False}
    [named] = [note for note in notes if note.message.startswith("sh:shape names")]
    assert named.location is not None
    assert named.location.path == str(data)
