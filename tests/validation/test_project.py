"""EILD's own data and shapes, and files held against EILD's shapes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from eild.dataset.project import Project
from eild.located import parse_located
from eild.namespaces import EILD
from eild.resources import resource_files
from eild.terms import CLASSES, DERIVED_PROPERTIES, PROPERTIES
from eild.validation.files import load_statements
from eild.validation.names import Names
from eild.validation.project import load_project_shapes, validate_data
from eild.validation.published import validate_project

if TYPE_CHECKING:
    from pathlib import Path

    from eild.validation import Report


@pytest.fixture(scope="module")
def own_report() -> Report:
    """The report on EILD's own data."""
    return validate_project()


def test_own_data_conform(own_report: Report) -> None:
    """EILD's own data have no finding of any severity: mend the data (or the shape) at the places named."""
    names = Names()
    found = [f"{f.location}: {names.short(f.focus)} {names.short(f.shape)}: {f.message}" for f in own_report.findings]
    assert found == []


def test_own_data_leave_no_target_vacuous(own_report: Report) -> None:
    """Each target of EILD's shapes matches something in EILD's data."""
    names = Names()
    assert [(names.short(v.shape), names.short(v.target)) for v in own_report.vacuous] == []


def test_own_shapes_cover_each_class_and_property() -> None:
    """Each class of the ontology is named by a shape, and each property is the path of one or named in a query."""
    shapes = load_project_shapes().graph
    text = " ".join(str(term) for triple in shapes for term in triple)
    missing = {name for name in CLASSES if (None, None, EILD[name]) not in shapes}
    missing |= {
        name
        for name in [*PROPERTIES, *DERIVED_PROPERTIES]
        if (None, None, EILD[name]) not in shapes and f"eild:{name}" not in text
    }
    assert missing == set()


def break_file(folder: Path, name: str, old: str, new: str) -> tuple[Path, int]:
    """Replace text in a file, and return the file with the line of the replacement."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path, text[: text.index(old)].count("\n") + 1


def test_validate_project_broken_data_points_into_the_curated_file(small_copy: Path) -> None:
    """A second basis in the curated file is found there, with its line."""
    path, line = break_file(
        small_copy / "data", "claims/lead.ttl", "eild:basis basis:explicit", "eild:basis basis:explicit, basis:derived"
    )
    report = validate_project(project=Project(seeds=small_copy / "seeds", data=small_copy / "data"))
    found = [f for f in report.findings if str(f.shape).endswith("#Claim-basis")]
    assert [(f.location.path, f.location.line) for f in found if f.location] == [(str(path), line)]


def test_validate_project_derived_resource_points_to_its_origin(small_copy: Path) -> None:
    """What is wrong with derived relays, selectors and units is told at what they come from."""
    report = validate_project(project=Project(seeds=small_copy / "seeds", data=small_copy / "data"))
    assert [f for f in report.findings if f.location is None] == []


def test_validate_data_context_knows_classes_and_schemes(tmp_path: Path) -> None:
    """A file of one action type is held against EILD's schemes without describing them itself."""
    path = tmp_path / "mine.ttl"
    source = next(file for file in resource_files("data", "concepts/*.ttl") if file.stem == "stance")
    path.write_bytes(source.read_bytes())
    report = validate_data(load_statements(path))
    assert report.findings == ()
    assert report.triple_count == len(parse_located(path).graph)


def test_validate_foreign_files_imports_nothing_of_the_dataset(tmp_path: Path) -> None:
    """The way of anybody's data against anybody's shapes does not pass through EILD's facts and dataset."""
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data.write_text("<https://example.org/a> a <https://example.org/C> .", encoding="utf-8")
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <https://example.org/S> sh:targetClass <https://example.org/C> ;"
        " sh:nodeKind sh:IRI .",
        encoding="utf-8",
    )
    program = (
        "import sys, eild.validation.api as api, eild.cli.validate as command\n"
        "api.validate(sys.argv[1], sys.argv[2])\n"
        "command.command.main([sys.argv[1], '--shapes', sys.argv[2]], standalone_mode=False)\n"
        "print(sorted(m for m in sys.modules if m.startswith(('eild.facts', 'eild.dataset', 'eild.seed'))))\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program, str(data), str(shapes)], capture_output=True, text=True, check=True
    )
    assert outcome.stdout.splitlines()[-1] == "[]"
