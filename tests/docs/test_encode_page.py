"""``docs/encode.md``: each file is written and each command run as the page shows them, in their order."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eild.terms import CLASSES

PAGE = (Path(__file__).parents[2] / "docs" / "encode.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what each command printed, by the command; all but the last, which serves until it is stopped."""
    place = tmp_path_factory.mktemp("encode")
    bin_folder = place / "bin"
    bin_folder.mkdir()
    script = bin_folder / "eild"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m eild "$@"\n')
    script.chmod(0o755)
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    printed: dict[str, str] = {}
    for block in BLOCK.finditer(PAGE):
        if block["file"]:
            path = (place / block["file"]).resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
            continue
        for command in block["text"].splitlines():
            if command.startswith("cd "):
                place /= command.removeprefix("cd ")
                continue
            if command.startswith("eild serve"):
                printed[command] = serve(command, place, environment)
                continue
            done = subprocess.run(  # noqa: S602 - the page is the project's own
                command,
                shell=True,
                cwd=place,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            printed[command] = done.stdout
    return printed


def serve(command: str, place: Path, environment: dict[str, str]) -> str:
    """Return the line that a server prints when it is ready, on a free port; the server is stopped then."""
    started = [*command.split(), "--port", "0", "--workers", "1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        started, cwd=place, env=environment, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout is not None
        line = run.stdout.readline()
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=30)
    return line


def test_page_leads_from_a_text_to_published_claims(outputs: dict[str, str]) -> None:
    """The data of the page conform, no content word is left, and the query finds the four claims."""
    assert "conforms" in outputs["make validate"]
    coverage = outputs["make coverage"].splitlines()
    assert [line.split()[0] for line in coverage if line.startswith("000-")] == [
        "000-002",
        "000-003",
        "000-004",
        "000-005",
    ]
    assert "content words are not covered" not in outputs["make coverage"]
    (answer,) = (text for command, text in outputs.items() if command.startswith("eild query"))
    for words in ("Millbrook Gazette", "denies", "pledges not", "sale of the park by the town council"):
        assert words in answer
    (line,) = (text for command, text in outputs.items() if command.startswith("eild serve"))
    assert line.startswith("Serving Votes in Millbrook 0.1.0 at http://127.0.0.1:")


def test_page_names_classes_that_there_are() -> None:
    """Each class in the table is one of the ontology."""
    table = PAGE.partition("| the text has | class |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`eild:([A-Z]\w+)`", table))
    assert named <= set(CLASSES)
    assert len(named) >= 14
