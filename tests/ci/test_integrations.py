"""The GitHub Action and the pre-commit hooks: their steps run as shell commands, as the runners run them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
EILD = str(Path(sys.executable).with_name("eild"))
HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = f"{HEAD}ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [ sh:path ex:length ; sh:minCount 1 ] .\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with data and shapes, as a workflow has checked it out."""
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "shapes with spaces").mkdir()
    (tmp_path / "data" / "deep" / "bad.ttl").write_text(f"{HEAD}ex:a a ex:Boat .\n", encoding="utf-8")
    (tmp_path / "data" / "good.ttl").write_text(f"{HEAD}ex:b a ex:Boat ; ex:length 1 .\n", encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return tmp_path


def substitute(text: str, values: dict[str, str]) -> str:
    """Replace the expressions of a workflow; one that is not known is a fault of the action."""
    return re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", lambda match: values[match[1]], text)


def run_step(name: str, folder: Path, inputs: dict[str, str]) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run a step of the action as the runner does: bash, fail on error; return the outcome and the step's outputs."""
    (step,) = [step for step in ACTION["runs"]["steps"] if step["name"] == name]
    given = {key: str(value.get("default", "")) for key, value in ACTION["inputs"].items()} | inputs
    values = {f"inputs.{key}": value for key, value in given.items()}
    values |= {"github.action_path": str(ROOT), "steps.install.outputs.command": EILD}
    output = folder / "github-output"
    output.write_text("", encoding="utf-8")
    environment = {key: substitute(value, values) for key, value in step["env"].items()}
    assert "${{" not in step["run"], "what users give reaches the shell by the environment only"
    outcome = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**os.environ, **environment, "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return outcome, output.read_text(encoding="utf-8")


def test_action_finding_fails_the_step_with_annotations_and_sarif(repository: Path) -> None:
    """A finding is annotated, written as SARIF and JUnit, and fails the step with exit code 1."""
    inputs = {
        "data": "data/**/*.ttl\ndata/good.ttl",
        "shapes": "shapes.ttl",
        "sarif-file": "out.sarif",
        "junit-file": "out.xml",
    }
    outcome, outputs = run_step("Validate", repository, inputs)
    assert outcome.returncode == 1, outcome.stderr
    assert outcome.stdout.startswith("::error col=8,endColumn=15,endLine=2,file=data/deep/bad.ttl,line=2,title=")
    assert outputs == "exit-code=1\n"
    assert json.loads((repository / "out.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert (repository / "out.xml").exists()


def test_action_baseline_and_strict_decide(repository: Path) -> None:
    """Known findings pass; targets that match nothing fail where strictness is asked for."""
    inputs = {"data": "data/**/*.ttl", "shapes": "shapes.ttl", "format": "json"}
    outcome, _ = run_step("Validate", repository, inputs)
    (repository / "known.json").write_text(outcome.stdout, encoding="utf-8")
    known, outputs = run_step("Validate", repository, inputs | {"baseline": "known.json", "format": "text"})
    assert (known.returncode, outputs) == (0, "exit-code=0\n")
    (repository / "idle.ttl").write_text(SHAPES.replace("ex:S ", "ex:T ").replace("ex:Boat", "ex:Harbour"), "utf-8")
    loose = inputs | {"data": "data/good.ttl", "shapes": "shapes.ttl idle.ttl"}
    assert run_step("Validate", repository, loose)[0].returncode == 0
    assert run_step("Validate", repository, loose | {"strict": "true"})[0].returncode == 1


@pytest.mark.parametrize(
    "hostile", ["$(touch pwned)", "`touch pwned`", "; touch pwned", "--output=pwned", "-", "x && touch pwned"]
)
def test_action_inputs_are_never_commands(repository: Path, hostile: str) -> None:
    """What a workflow passes on from a pull request is a name of a file, whatever it holds."""
    outcome, _ = run_step("Validate", repository, {"data": hostile, "shapes": "shapes.ttl"})
    assert outcome.returncode in {0, 3}
    assert not (repository / "pwned").exists()


def test_action_installs_from_its_own_path(tmp_path: Path) -> None:
    """The first step makes an environment and installs the checkout that the action comes from."""
    stub = tmp_path / "python"
    stub.write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\n'
        'printf \'#!/bin/sh\\necho "$@" > "%s/arguments"\\n\' "$PWD" > "$3/bin/python"\nchmod +x "$3/bin/python"\n',
        encoding="utf-8",
    )
    stub.chmod(0o755)
    outcome, outputs = run_step("Install EILD", tmp_path, {"python": str(stub)})
    assert outcome.returncode == 0, outcome.stderr
    assert (tmp_path / "arguments").read_text("utf-8").split()[:3] == ["-m", "pip", "install"]
    assert (tmp_path / "arguments").read_text("utf-8").split()[-1] == str(ROOT)
    assert outputs == f"command={tmp_path}/eild-environment/bin/eild\n"


def test_action_passes_each_input_on() -> None:
    """Each input reaches a step, and each has a description."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert all(f"${{{{ inputs.{name} }}}}" in text for name in ACTION["inputs"])
    assert all(value["description"] for value in ACTION["inputs"].values())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_hook_runs_its_entry(repository: Path, hook: dict[str, Any]) -> None:
    """A hook's entry, with the arguments that its description advises and the changed files, finds the fault."""
    pattern = re.compile(hook["files"])
    changed = [str(path.relative_to(repository)) for path in sorted(repository.rglob("*.*"))]
    assert pattern.search("data/deep/bad.ttl")
    assert not pattern.search("notes.txt")
    names = [name for name in changed if pattern.search(name) and name != "shapes.ttl"]
    arguments = ["--shapes=shapes.ttl", *(names if hook.get("pass_filenames", True) else ["data/**/*.ttl"])]
    entry = [EILD if word == "eild" else word for word in shlex.split(hook["entry"])]
    outcome = subprocess.run(
        [*entry, *arguments], cwd=repository, capture_output=True, text=True, check=False, timeout=120
    )
    assert outcome.returncode == 1, outcome.stderr
    assert outcome.stdout.startswith("data/deep/bad.ttl:2:8: violation: ex:a ex:length")
