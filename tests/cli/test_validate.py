"""``eild validate`` as people and machines call it: a process with arguments, output and an exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EILD = str(Path(sys.executable).with_name("eild"))
HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
FILES = {
    "shapes.ttl": f"{HEAD}ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:P, ex:W .\n"
    'ex:P sh:path ex:length ; sh:minCount 1 ; sh:message "Give a length." .\n'
    'ex:W sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "Give a name." .\n',
    "more.ttl": f"{HEAD}ex:M a sh:NodeShape ; sh:targetClass ex:Harbour ; sh:nodeKind sh:IRI .\n",
    "good.ttl": f'{HEAD}ex:a a ex:Boat ; ex:length 1 ; ex:name "A" .\n',
    "unnamed.ttl": f"{HEAD}ex:a a ex:Boat ; ex:length 1 .\n",
    "bad.ttl": f"{HEAD}ex:a a ex:Boat .\n",
    "cut.ttl": f"{HEAD}ex:a a\n",
    "misspelt.ttl": f"{HEAD}ex:S a sh:NodeShape ; sh:targetClass ex:Boat ;\n sh:minCuont 1 .\n",
    "unknown.txt": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with data and shapes."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "directory.ttl").mkdir()
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [EILD, "validate", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("good.ttl --shapes shapes.ttl", 0),
        ("unnamed.ttl --shapes shapes.ttl", 0),
        ("unnamed.ttl --shapes shapes.ttl --fail-on warning", 1),
        ("bad.ttl --shapes shapes.ttl", 1),
        ("good.ttl --shapes shapes.ttl more.ttl", 0),
        ("good.ttl --shapes shapes.ttl more.ttl --strict", 1),
        ("--shapes shapes.ttl more.ttl", 2),
        ("good.ttl --shapes shapes.ttl --format yaml", 2),
        ("good.ttl --shapes shapes.ttl --format json --format text", 2),
        ("good.ttl --shapes shapes.ttl --fail-on never", 2),
        ("none.ttl --shapes shapes.ttl", 3),
        ("cut.ttl --shapes shapes.ttl", 3),
        ("directory.ttl --shapes shapes.ttl", 3),
        ("unknown.txt --shapes shapes.ttl", 3),
        ("good.ttl --shapes none.ttl", 4),
        ("good.ttl --shapes cut.ttl", 4),
        ("good.ttl --shapes misspelt.ttl", 4),
    ],
)
def test_validate_exit_code_means_one_thing(folder: Path, arguments: str, code: int) -> None:
    """Each outcome has its exit code; what is no finding is one line on standard error, without a traceback."""
    outcome = run(folder, *arguments.split())
    assert outcome.returncode == code, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert (outcome.stdout == "") is (code > 1)
    assert (outcome.stderr == "") is (code <= 1)


def test_validate_text_names_file_line_and_remedy(folder: Path) -> None:
    """The finding is told as file, line and column, with the shape's advice."""
    outcome = run(folder, "bad.ttl", "--shapes", "shapes.ttl")
    assert outcome.stdout.startswith("bad.ttl:2:8: violation: ex:a ex:length\n    Give a length.\n")
    assert outcome.stdout.endswith("1 violation, 1 warning: 1 triples, 1 shapes with targets\n")


def test_validate_misspelt_term_names_what_is_meant(folder: Path) -> None:
    """A misspelt term of the shapes is told with its place and the term that is meant."""
    outcome = run(folder, "good.ttl", "--shapes", "misspelt.ttl")
    assert outcome.stderr == "eild: misspelt.ttl:3:14: unknown SHACL term sh:minCuont (did you mean sh:minCount?)\n"


def test_validate_several_formats_to_files_and_output(folder: Path) -> None:
    """One run writes several reports, each to its place."""
    arguments = "bad.ttl --shapes shapes.ttl --format turtle --format json=r.json --format junit=r.xml --output r.ttl"
    outcome = run(folder, *arguments.split())
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert json.loads((folder / "r.json").read_text())["counts"]["violation"] == 1
    assert "sh:conforms false" in (folder / "r.ttl").read_text()
    assert (folder / "r.xml").read_text().startswith("<?xml")


def test_validate_repeated_shapes_option_takes_data_anywhere(folder: Path) -> None:
    """With --shapes for each file, nothing is ambiguous."""
    outcome = run(
        folder, "--shapes", "shapes.ttl", "--shapes", "more.ttl", "--strict", "--format=json", "--", "good.ttl"
    )
    assert outcome.returncode == 1
    assert len(json.loads(outcome.stdout)["vacuous"]) == 1


@pytest.mark.parametrize("seed", ["0", "1"])
def test_validate_turtle_same_bytes_for_each_hash_seed(folder: Path, seed: str) -> None:
    """The report does not depend on the hash seed."""
    command = [EILD, "validate", "bad.ttl", "--shapes", "shapes.ttl", "--format", "turtle"]
    outcomes = {
        subprocess.run(
            command, cwd=folder, capture_output=True, check=False, env={"PYTHONHASHSEED": value, "PATH": ""}
        ).stdout
        for value in (seed, "42")
    }
    assert len(outcomes) == 1


def test_validate_own_data_exit_0_from_any_directory(tmp_path: Path) -> None:
    """EILD's own data conform, also with warnings as faults, from an empty directory."""
    outcome = run(tmp_path, "--fail-on", "info", "--strict")
    assert outcome.returncode == 0, outcome.stdout
    assert outcome.stdout.startswith("conforms: ")
