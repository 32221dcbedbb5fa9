"""``eild validate`` as people and machines call it: a process with arguments, output and an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eild.cli.validate import ENGINE_NAMES, FORMAT_NAMES
from eild.validation.engines import ENGINES

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
    "other.json": '{"findings": [{}]}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with data and shapes."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "directory.ttl").mkdir()
    return tmp_path


def run(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [EILD, "validate", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
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
        ("*.ttl --shapes shapes.ttl", 3),
        ("no*.ttl --shapes shapes.ttl", 3),
        (". --shapes shapes.ttl", 3),
        ("good.ttl --shapes no*.ttl", 4),
        ("- - --shapes shapes.ttl", 2),
        ("good.ttl --shapes shapes.ttl --input-format ttl", 2),
        ("- --shapes shapes.ttl --input-format html", 2),
        ("good.ttl --shapes shapes.ttl --engine none", 2),
        ("good.ttl --shapes shapes.ttl --update-baseline", 2),
        ("good.ttl --shapes shapes.ttl --baseline none.json", 3),
        ("good.ttl --shapes shapes.ttl --baseline good.ttl", 3),
        ("good.ttl --shapes shapes.ttl --baseline other.json", 3),
        ("good.ttl --shapes shapes.ttl --ontology none.ttl", 3),
        ("good.ttl --shapes shapes.ttl --output no/such/folder.txt", 6),
        ("bad.ttl --shapes shapes.ttl --engine pyshacl", 1),
        ("bad.ttl --shapes shapes.ttl --engine fast", 1),
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
    assert outcome.stdout.endswith("1 violation, 1 warning: 1 triple, 1 shape with targets\n")


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


def test_validate_options_are_those_of_the_library() -> None:
    """The command knows the engines that there are without importing them."""
    assert ENGINE_NAMES == ENGINES


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (FILES["bad.ttl"], ()),
        ("<https://example.org/a> a <https://example.org/Boat> .", ("--input-format", "ttl")),
        ("@prefix ex: <https://example.org/> . ex:g { ex:a a ex:Boat }", ()),
        (
            (
                "<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/Boat> "
                "<https://example.org/g> ."
            ),
            (),
        ),
        ('{"@id": "https://example.org/a", "@type": "https://example.org/Boat"}', ()),
        ('\ufeff[{"@id": "https://example.org/a", "@type": "https://example.org/Boat"}]', ()),
        (
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/">'
                '<ex:Boat rdf:about="https://example.org/a"/></rdf:RDF>'
            ),
            (),
        ),
    ],
)
def test_validate_standard_input_in_any_syntax(folder: Path, content: str, options: tuple[str, ...]) -> None:
    """A dash is standard input; its syntax is guessed or named, and findings say where they are."""
    outcome = run(folder, "-", *options, "--shapes", "shapes.ttl", "--format", "json", stdin=content)
    assert outcome.returncode == 1, outcome.stderr
    report = json.loads(outcome.stdout)
    assert report["counts"]["violation"] == 1
    assert {finding["location"]["path"] for finding in report["findings"]} == {"<stdin>"}


def test_validate_standard_input_shows_its_lines(folder: Path) -> None:
    """What comes over standard input is excerpted like a file, and told where it cannot be parsed."""
    outcome = run(folder, "-", "--shapes", "shapes.ttl", stdin=FILES["bad.ttl"])
    assert "    2 | ex:a a ex:Boat .\n      |        ^^^^^^^\n" in outcome.stdout
    broken = run(folder, "-", "--shapes", "shapes.ttl", stdin=FILES["cut.ttl"])
    assert broken.returncode == 3
    assert broken.stderr.startswith("eild: <stdin>:")


def test_validate_quoted_patterns_cross_folders(folder: Path) -> None:
    """Patterns that the shell leaves alone are expanded; each finding names its own file."""
    (folder / "sub" / "deeper").mkdir(parents=True)
    (folder / "sub" / "deeper" / "x.ttl").write_text(FILES["bad.ttl"].replace("ex:a", "ex:x"), encoding="utf-8")
    (folder / "sub" / "y[1].ttl").write_text(FILES["bad.ttl"].replace("ex:a", "ex:y"), encoding="utf-8")
    outcome = run(folder, "sub/**/*.ttl", "bad.ttl", "sub/y[1].ttl", "--shapes", "sh*.ttl", "--format", "json")
    paths = {finding["location"]["path"] for finding in json.loads(outcome.stdout)["findings"]}
    assert paths == {"bad.ttl", "sub/deeper/x.ttl", "sub/y[1].ttl"}


@pytest.mark.parametrize("name", ["known.json", "known.sarif"])
def test_validate_baseline_only_new_findings_fail(folder: Path, name: str) -> None:
    """What a baseline knows does not fail, a new finding does, and what is mended is noted."""
    arguments = ["bad.ttl", "--shapes", "shapes.ttl", "--baseline", name, "--fail-on", "warning"]
    assert run(folder, *arguments, "--update-baseline").returncode == 0
    known = run(folder, *arguments)
    assert (known.returncode, known.stderr) == (0, f"eild: compared with {name}: 0 new, 2 known, 0 fixed\n")
    (folder / "bad.ttl").write_text(
        f'{HEAD}\n# moved down, one finding mended, two new\nex:a a ex:Boat ; ex:name "A" .\nex:b a ex:Boat .\n',
        "utf-8",
    )
    changed = run(folder, *arguments)
    assert changed.returncode == 1
    assert changed.stderr.splitlines() == [
        (
            f"eild: compared with {name}: 2 new, 1 known, 1 fixed; "
            "--update-baseline removes fixed findings from the baseline"
        ),
        "eild: new: bad.ttl:5:8: Give a length.",
        "eild: new: bad.ttl:5:8: Give a name.",
    ]


def test_validate_output_is_replaced_whole_and_keeps_its_mode(folder: Path) -> None:
    """A report takes the place of the former one in one step; no half-written file and no other file remains."""
    (folder / "r.json").write_text("old", encoding="utf-8")
    (folder / "r.json").chmod(0o640)
    (folder / "link.json").symlink_to("r.json")
    before = set(folder.iterdir())
    assert run(folder, "bad.ttl", "--shapes", "shapes.ttl", "--format", "json=link.json").returncode == 1
    assert set(folder.iterdir()) == before
    assert (folder / "link.json").is_symlink()
    assert (folder / "r.json").stat().st_mode & 0o777 == 0o640
    assert json.loads((folder / "r.json").read_text("utf-8"))["conforms"] is False


def test_validate_failure_leaves_former_reports_alone(folder: Path) -> None:
    """Where one report cannot be made, none is written."""
    (folder / "r.json").write_text("old", encoding="utf-8")
    (folder / "control.ttl").write_text(f'{HEAD}ex:a a ex:Boat ; ex:length "\\u0007" .\n', encoding="utf-8")
    (folder / "bell.ttl").write_text(
        f"{HEAD}ex:B a sh:NodeShape ; sh:targetObjectsOf ex:length ; sh:nodeKind sh:IRI .\n", encoding="utf-8"
    )
    outcome = run(folder, "control.ttl", "--shapes", "bell.ttl", "--format", "json=r.json", "--format", "rdf=r.rdf")
    assert outcome.returncode == 2
    assert "RDF/XML cannot carry this report" in outcome.stderr
    assert (folder / "r.json").read_text("utf-8") == "old"
    assert not (folder / "r.rdf").exists()


def test_validate_colour_only_where_it_is_wanted(folder: Path) -> None:
    """Pipes get no colours unless they are forced, files never do, and NO_COLOR wins."""
    arguments = ["bad.ttl", "--shapes", "shapes.ttl"]
    assert "\x1b" not in run(folder, *arguments).stdout
    assert "\x1b[1;31mviolation\x1b[0m" in run(folder, *arguments, FORCE_COLOR="1").stdout
    assert "\x1b" not in run(folder, *arguments, FORCE_COLOR="1", NO_COLOR="1").stdout
    run(folder, *arguments, "--output", "r.txt", FORCE_COLOR="1")
    assert "\x1b" not in (folder / "r.txt").read_text("utf-8")


def test_validate_reader_gone_is_quiet(folder: Path) -> None:
    """Who stops reading gets no complaint on standard error."""
    (folder / "many.ttl").write_text(HEAD + "".join(f"ex:b{n} a ex:Boat .\n" for n in range(2000)), encoding="utf-8")
    command = f"'{EILD}' validate many.ttl --shapes shapes.ttl | head -n 1"
    outcome = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    assert outcome.stdout.startswith("many.ttl:2:")
    assert outcome.stderr == ""


def test_validate_coverage_follows_the_report(folder: Path) -> None:
    """The figures follow the text, and stay out of the way of forms for machines."""
    arguments = ["bad.ttl", "--shapes", "shapes.ttl", "more.ttl", "--coverage"]
    shown = run(folder, *arguments)
    assert shown.stdout.splitlines()[-1].startswith("coverage: 2 of 3 constraints exercised, 1 of 1 resource")
    machine = run(folder, *arguments, "--format", "json")
    assert json.loads(machine.stdout)["conforms"] is False
    assert machine.stderr.splitlines()[-1].startswith("coverage: ")


def test_validate_every_format_same_bytes_for_each_hash_seed(folder: Path) -> None:
    """No form of the report depends on the hash seed, blank nodes and paths without names included."""
    (folder / "blank.ttl").write_text(
        f'{HEAD}[] a ex:Boat ; ex:name "x" .\n[] a ex:Boat ; ex:crew [ ex:name "y" ] .\n', encoding="utf-8"
    )
    (folder / "unnamed-shapes.ttl").write_text(
        f"{HEAD}[] a sh:NodeShape ; sh:targetClass ex:Boat ;\n"
        "  sh:property [ sh:path ( ex:crew ex:name ) ; sh:minCount 2 ] ,\n"
        "  [ sh:path [ sh:alternativePath ( ex:name ex:title ) ] ; sh:maxCount 0 ; sh:in ( 1 2 ) ] .\n",
        encoding="utf-8",
    )
    written: list[dict[str, bytes]] = []
    for seed in ("0", "42"):
        targets = {name: f"report{seed}.{name}" for name in FORMAT_NAMES}
        forms = [f"--format={name}={file}" for name, file in targets.items()]
        outcome = run(folder, "blank.ttl", "--shapes", "unnamed-shapes.ttl", *forms, PYTHONHASHSEED=seed)
        assert outcome.returncode == 1, outcome.stderr
        written.append({name: (folder / file).read_bytes() for name, file in targets.items()})
    assert written[0] == written[1]
