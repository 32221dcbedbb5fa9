"""``eild build`` as people call it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import eild.dataset.project
from eild.cli import main
from eild.errors import FactError, Location, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

    from eild.dataset import BuiltDataset


@pytest.fixture
def built_small(monkeypatch: pytest.MonkeyPatch, small: BuiltDataset) -> None:
    """Let the command build the small dataset."""
    monkeypatch.setattr(eild.dataset.project, "build_dataset", lambda **_: small)


@pytest.mark.usefixtures("built_small")
def test_build_writes_the_dumps_and_tells_what(tmp_path: Path) -> None:
    """The command names directory, version, day, and the triples of each module."""
    outcome = CliRunner().invoke(main, ["build", "--out", str(tmp_path / "out")])
    assert outcome.exit_code == 0
    assert "EILD 1.2.3 of 2031-06-01" in outcome.output
    assert "claims" in outcome.output
    assert (tmp_path / "out" / "eild-1.2.3.ttl").is_file()


def test_build_over_an_earlier_version_tells_what_is_kept(
    small: BuiltDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command names the versions whose dumps stay, and refuses to go back to one of them."""
    later = replace(small, version="1.3.0")
    for dataset in (small, later):
        monkeypatch.setattr(eild.dataset.project, "build_dataset", lambda dataset=dataset, **_: dataset)
        outcome = CliRunner().invoke(main, ["build", "--out", str(tmp_path / "out")])
        assert outcome.exit_code == 0
    assert "kept: version 1.2.3 of 2031-06-01, 21 files" in outcome.output
    monkeypatch.setattr(eild.dataset.project, "build_dataset", lambda **_: small)
    outcome = CliRunner().invoke(main, ["build", "--out", str(tmp_path / "out")])
    assert (outcome.exit_code, "later than 1.2.3" in outcome.stderr) == (2, True)


def test_build_version_that_is_built_changes_only_on_demand(
    small: BuiltDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other content under the same version is refused with exit code 2 and a hint; --replace lets it be."""
    other = replace(small, graphs={**small.graphs, "editor": small.graphs["claims"]})
    command = ["build", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(eild.dataset.project, "build_dataset", lambda **_: small)
    assert CliRunner().invoke(main, command).exit_code == 0
    monkeypatch.setattr(eild.dataset.project, "build_dataset", lambda **_: other)
    refused = CliRunner().invoke(main, command)
    assert (refused.exit_code, "owl:versionInfo" in refused.stderr) == (2, True)
    assert CliRunner().invoke(main, [*command, "--replace"]).exit_code == 0


@pytest.mark.usefixtures("built_small")
def test_build_foreign_directory_is_refused_with_exit_code_2(tmp_path: Path) -> None:
    """A directory with something else in it is a usage error."""
    (tmp_path / "notes.txt").write_text("mine")
    outcome = CliRunner().invoke(main, ["build", "--out", str(tmp_path)])
    assert outcome.exit_code == 2
    assert "not an EILD build" in outcome.stderr


def test_build_wrong_data_lists_all_problems_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Problems are told one per line with exit code 3; the directory is not made."""
    problems = [FactError("one", location=Location("a.ttl", 1)), FactError("two", location=Location("b.ttl", 2))]

    def fail(**_: object) -> None:
        raise ProblemsError(problems)

    monkeypatch.setattr(eild.dataset.project, "build_dataset", fail)
    outcome = CliRunner().invoke(main, ["build", "--out", str(tmp_path / "out")])
    assert outcome.exit_code == 3
    assert outcome.stderr.splitlines() == ["a.ttl:1: one", "b.ttl:2: two", "eild: 2 problems in the data"]
    assert not (tmp_path / "out").exists()


def test_build_own_data_from_another_directory(tmp_path: Path) -> None:
    """The installed command builds EILD's own dataset wherever it is called."""
    command = [sys.executable, "-c", "from eild.cli import main; main()", "build", "--out", "made"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "made" / "build.json").is_file()
