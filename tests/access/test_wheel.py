"""A wheel in a clean environment: three lines give a data frame, without a network, a build or a server."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import eild

ROOT = Path(__file__).parents[2]
OFFLINE = """
import sys
def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.fork"}:
        raise RuntimeError(event)
sys.addaudithook(refuse)
"""
THREE_LINES = """
import eild
ds = eild.open()
frame = ds.query("SELECT ?claim ?who { ?claim eild:claimant ?who }").to_pandas()
"""
SHOW = """
print(eild.__file__)
print(frame.shape, *frame.columns, *map(str, frame.dtypes))
print(ds.version, len(ds.questions), len(ds.describe("agent:joe-biden")))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel of the checkout, built as pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", str(ROOT)]
    done = subprocess.run([*command, "-w", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of a new environment with the wheel, which has the dependencies of this one."""
    folder = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "-q"]
    subprocess.run([*command, str(wheel)], check=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_wheel_carries_the_data_that_querying_needs_and_no_other_dumps(wheel: Path) -> None:
    """One dump of each graph, the catalogue and the manifest: a few megabytes."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("eild/_resources/publication/")]
    endings = sorted(Path(name).suffix for name in names)
    assert endings == [".json", ".nq", ".nt", ".ttl"]


def test_three_lines_give_a_data_frame_without_network_build_or_process(
    python: Path, tmp_path: Path, ds: eild.Dataset
) -> None:
    """The published data come from the wheel; nothing is written, and the rows are those of a build."""
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [str(python), "-I", "-c", OFFLINE + THREE_LINES + SHOW]
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where, frame, about = done.stdout.splitlines()
    assert Path(where).is_relative_to(python.parents[1])
    rows = len(ds.query("SELECT ?claim ?who { ?claim eild:claimant ?who }"))
    assert frame == f"({rows}, 2) claim who string string"
    assert about == f"{ds.version} {len(ds.questions)} {len(ds.describe('agent:joe-biden'))}"
    assert list(tmp_path.iterdir()) == []


def test_wheel_runs_as_a_module_and_answers_from_its_own_data(python: Path, tmp_path: Path) -> None:
    """``python -m eild query`` builds nothing either."""
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [str(python), "-I", "-m", "eild", "query", "ASK { ?claim a eild:Claim }"]
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "yes\n"), done.stderr
    assert "PREFIX" not in done.stdout
    assert list(tmp_path.iterdir()) == []
