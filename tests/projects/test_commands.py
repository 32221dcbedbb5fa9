"""The way of a project from nothing to a server, by the commands that people type."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

from eild.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

FALLS = Path(__file__).parents[1] / "fixtures" / "projects" / "falls"
BASE = "https://data.example.org/falls/"
EILD = f"{sys.executable} -m eild"
PROJECT = ("--seeds", "seeds", "--data", "data", "--base", BASE)


def run(*arguments: str, exit_code: int = 0) -> str:
    """Run a command in this process, and return what it prints to either stream."""
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == exit_code, outcome.output
    return outcome.output


@pytest.fixture
def there(falls_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a copy of the project."""
    shutil.copytree(falls_folder, tmp_path / "falls")
    monkeypatch.chdir(tmp_path / "falls")
    return tmp_path / "falls"


def test_project_is_made_and_a_text_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``eild new`` and ``eild seed add`` say what they wrote and what is left to do."""
    monkeypatch.chdir(tmp_path)
    said = run("new", "falls", "--base", BASE, "--date", "2031-06-01")
    assert "wrote falls/data/dataset.ttl" in said
    assert f"eild seed add TEXT --seeds seeds --data data --base {BASE} --source URL --licence IRI" in said
    assert 'dct:title "Falls"@en' in (tmp_path / "falls/data/dataset.ttl").read_text()
    monkeypatch.chdir(tmp_path / "falls")
    page = ("--source", "https://example.org/vote", "--licence", "https://example.org/licence")
    said = run("seed", "add", str(FALLS / "vote.txt"), *PROJECT, *page)
    assert "Seed 000: 9 units, SHA-256 " in said
    assert "write the claims of 6 sentences and list items in data/claims/000.ttl" in said
    assert "conforms" in run("validate", *PROJECT)
    assert "already the seed 000" in run("seed", "add", str(FALLS / "vote.txt"), *PROJECT, *page, exit_code=3)
    dutch = tmp_path / "stem.txt"
    dutch.write_text("= Stemming =\n\nDe brug bleef.")
    said = run("seed", "add", str(dutch), *PROJECT, *page, "--language", "nl", "--label", "Vote")
    assert "no abbreviations and function words for nl (only for de, en, es, fr)" in said


def test_makefile_and_ci_job_run_as_they_are_written(there: Path) -> None:
    """Each command of the CI job that is not an installation succeeds, and coverage too."""
    workflow = (there / ".github" / "workflows" / "data.yml").read_text(encoding="utf-8")
    steps = [line.partition("run: ")[2] for line in workflow.splitlines() if "run: " in line]
    assert steps[0] == "pip install eild"
    for step in (*steps[1:], "make coverage"):
        command = f'{step} EILD="{EILD}"'
        done = subprocess.run(command, shell=True, cwd=there, capture_output=True, text=True, check=False, timeout=120)  # noqa: S602
        assert done.returncode == 0, done.stdout + done.stderr
    assert (there / "dist" / "SHA256SUMS").is_file()


def test_findings_of_a_project_have_file_and_line(there: Path) -> None:
    """A violation in the data of a project is told at its place, and the exit code is 1."""
    path = there / "data" / "claims" / "000.ttl"
    path.write_text(path.read_text().replace('rdfs:label "collapse of the Old Mill bridge"@en ;', ""))
    said = run("validate", *PROJECT, exit_code=1)
    line = path.read_text().partition("proposition:bridge-collapses a")[0].count("\n") + 1
    place = re.search(rf"^data/claims/000.ttl:{line}:\d+: violation: (\S+) (\S+)$", said, re.MULTILINE)
    assert place is not None, said
    assert place.groups() == ("proposition:bridge-collapses", "rdfs:label")
    assert "vacuous" not in said
    assert "data/claims/000.ttl" in run("validate", *PROJECT, "--format", "github", exit_code=1)


def test_own_shapes_may_be_asked_for(there: Path) -> None:
    """``--shapes`` validates a project against other shapes than EILD's."""
    (there / "mine.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix eild: <https://w3id.org/eild/ontology#> .\n"
        "<https://example.org/shape> a sh:NodeShape ; sh:targetClass eild:Election ; sh:closed true ;"
        ' sh:message "none" .\n'
    )
    assert "none" in run("validate", *PROJECT, "--shapes", "mine.ttl", exit_code=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "--seeds", "seeds"), "missing: --data and --base"),
        (("coverage", "--data", "data", "--base", BASE), "missing: --seeds"),
        (("build", "--base", BASE), "missing: --seeds and --data"),
        (("validate", "--seeds", "seeds", "--data", "data"), "missing: --base"),
        (("serve", "--seeds", "seeds", "--data", "data"), "missing: --base"),
        (("validate", "data/dataset.ttl", *PROJECT), "a project is validated without FILES"),
        (("serve", "data/dataset.ttl", *PROJECT), "and no files, --dist, --store or options for files"),
        (("serve", "--dist", "dist", *PROJECT), "to serve a build of the project, use --dist alone"),
        (("build", "--seeds", "seeds", "--data", "data", "--base", "town"), "--base must be an http or https IRI"),
        (("new", "other"), "the base of the project is missing"),
        (("new", ".", "--base", BASE), "exists and is not overwritten"),
    ],
)
@pytest.mark.usefixtures("there")
def test_incomplete_project_is_a_usage_error(arguments: tuple[str, ...], message: str) -> None:
    """What is missing or contradictory is named."""
    assert message in run(*arguments, exit_code=2)


@pytest.mark.usefixtures("there")
def test_missing_folder_is_told() -> None:
    """A folder that does not exist is named, with how to make a project."""
    said = run("build", "--seeds", "seed", "--data", "data", "--base", BASE, exit_code=3)
    assert "seed" in said
    assert "there is no such folder" in said
    assert "'eild new DIR' makes a project" in said


@pytest.fixture
def served(there: Path) -> Iterator[httpx.Client]:
    """Return a client of a server over the project, which a configuration file names."""
    (there / "site.toml").write_text(
        f'[site]\nseeds = "seeds"\ndata = "data"\nbase = "{BASE}"\n\n[server]\nworkers = 1\n'
    )
    command = [*EILD.split(), "serve", "--port", "0", "--config", "falls/site.toml"]
    pipe, environment = subprocess.PIPE, dict(os.environ)
    process = subprocess.Popen(command, cwd=there.parent, stdout=pipe, stderr=pipe, text=True, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    match = re.search(r"Serving Votes in Harbour Falls 0\.1\.0 at (http://\S+/)", line)
    if match is None:
        process.kill()
        pytest.fail(line + process.communicate()[1])
    with httpx.Client(base_url=match[1]) as client:
        yield client
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def test_project_is_served(served: httpx.Client) -> None:
    """The server answers queries over the project, and for its resources and its nanopublications."""
    query = "SELECT ?who { ?claim eild:stance stance:denies ; eild:claimant/rdfs:label ?who }"
    prefixes = (
        "PREFIX eild: <https://w3id.org/eild/ontology#> PREFIX stance: <https://w3id.org/eild/id/concept/stance/>"
    )
    rdfs = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
    answer = served.get("/sparql", params={"query": f"{prefixes} {rdfs} {query}", "format": "csv"})
    assert answer.text.split() == ["who", "town", "council"]
    page = served.get("/doc/claim/000-004-1.ttl")
    assert f"<{BASE}id/claim/>" in page.text
    nanopub = re.search(rf"{BASE}(np/RA[\w-]+)", served.get("/doc/claim/000-004-1.nt").text)
    assert nanopub is not None
    assert served.get(f"/{nanopub[1]}", headers={"Accept": "application/trig"}).status_code == 200
    assert "Votes in Harbour Falls" in served.get("/catalog.ttl").text
