"""The project as a whole: metadata, licences, make targets, and what must not be in it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from eild import __version__
from eild.resources import FOLDERS, GUIDE

ROOT = Path(__file__).parents[1]
METADATA = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_version_is_the_same_in_metadata_and_code() -> None:
    """The program has one version."""
    assert METADATA["project"]["version"] == __version__


def test_dependencies_have_lower_bounds_and_no_upper_ones() -> None:
    """Each dependency says from which version on it works; the lowest are tested."""
    extras = METADATA["project"]["optional-dependencies"]
    everything = [*METADATA["project"]["dependencies"], *(name for extra in extras.values() for name in extra)]
    form = re.compile(r"[a-z0-9-]+(?:\[[a-z,]+\])?>=[0-9.]+(?:; .+)?")
    assert all(form.fullmatch(requirement) for requirement in everything), everything
    assert set(extras) - {"dev"} <= {requirement.partition(">")[0] for requirement in extras["dev"]}


def test_wheel_carries_every_resource_folder() -> None:
    """What the code finds in a checkout, a wheel has too."""
    included = METADATA["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {name: f"eild/_resources/{name}" for name in (*FOLDERS, GUIDE)}


def test_building_a_wheel_needs_versions_that_running_it_needs() -> None:
    """The hook that builds the dataset into a wheel has the dependencies of the package, as far as it imports them."""
    needed = METADATA["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["dependencies"]
    assert set(needed) <= set(METADATA["project"]["dependencies"])


def test_files_named_by_the_metadata_exist() -> None:
    """Readme and licences are there."""
    names = [METADATA["project"]["readme"], *METADATA["project"]["license-files"]]
    assert [name for name in names if not (ROOT / name).is_file()] == []


def test_ignored_rules_each_have_their_reason() -> None:
    """Every rule that the linter leaves out says why."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    codes = re.findall(r'^ +"([A-Z]+[0-9]+)",(.*)$', text, re.MULTILINE)
    assert codes
    assert [code for code, reason in codes if not re.match(r" +# .{8}", reason)] == []


@pytest.mark.parametrize("target", ["serve", "build", "test", "lint", "typecheck", "format", "clean", "help"])
def test_make_target_exists(target: str) -> None:
    """The make targets that the readme and the check use can be made."""
    run = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_ci_script_is_executable_and_runs_the_same_targets() -> None:
    """What is checked elsewhere is what a person runs here."""
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    text = script.read_text(encoding="utf-8")
    assert "make test" in text
    assert "make lint typecheck" in text


def test_tests_mirror_the_code() -> None:
    """There is no folder of tests without a folder or file that it is about."""
    about = {path.name for folder in (ROOT, ROOT / "src" / "eild") for path in folder.iterdir()}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    others = {"browser", "ci", "clients", "conformance", "faults", "fixtures", "hostile", "vendor"}
    assert folders - about - others == set()
