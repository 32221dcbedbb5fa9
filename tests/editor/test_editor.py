"""Tests of the query editor that pages load: its own functions, and that the bundled file is what its sources make."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "editor"
INSTALLED = ROOT / ".editor-test"
BUILT = ("editor.js", "editor.LICENSE.txt")


def run(*command: str, folder: Path = ROOT) -> str:
    """Run a command and return what it prints; it must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, install: Callable[[str], Path]) -> Path:
    """Return a folder with the editor, built from its sources and its lock file."""
    work = tmp_path_factory.mktemp("editor")
    install(".editor-test")
    shutil.copytree(SOURCES, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    (work / "node_modules").symlink_to(INSTALLED / "node_modules")
    (work / "out").mkdir()
    run("node", "--preserve-symlinks", "build.js", "out", folder=work)
    return work / "out"


def test_editor_functions_hold_their_own_tests() -> None:
    """What may be completed, declared and marked is right in each case of the tests beside the sources."""
    report = run("node", "--test", "--test-reporter=tap", folder=SOURCES)
    passed = next(int(line.split()[-1]) for line in report.splitlines() if line.startswith("# pass"))
    assert passed >= 10


@pytest.mark.parametrize("name", BUILT)
def test_bundled_editor_built_anew_same_bytes(built: Path, name: str) -> None:
    """The file in the package is what the sources and the lock file make; ``make editor`` builds it anew."""
    bundled = files("eild.web") / "static" / "vendor" / name
    assert bundled.read_bytes() == (built / name).read_bytes(), "run `make editor` and commit what it built"


def test_bundled_editor_names_licence_of_each_package(built: Path) -> None:
    """Every package that is in the bundle is named with version and licence text, and all are MIT."""
    text = (built / "editor.LICENSE.txt").read_text(encoding="utf-8")
    heads = [part.strip().splitlines()[0] for part in text.split("-" * 72)]
    assert {"@codemirror/view", "@lezer/lr", "codemirror-lang-sparql"} <= {head.split()[0] for head in heads}
    assert all(head.endswith(", MIT") for head in heads), heads
    assert text.count("Permission is hereby granted") == len(heads)


def test_bundled_editor_asks_no_foreign_host(built: Path) -> None:
    """The bundle evaluates no text as code and loads nothing from elsewhere."""
    text = (built / "editor.js").read_text(encoding="utf-8")
    assert "new Function(" not in text
    assert "eval(" not in text
    assert "import(" not in text
