"""A short run of the soak, so that the command works when it is needed and a gross leak shows at once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eild.publication.directory import write_build

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process uses")
def test_soak_short_run_everything_comes_back(small: BuiltDataset, tmp_path: Path) -> None:
    """After a spell of hostile traffic healthy answers were right, and memory, descriptors and processes came back."""
    build = write_build(small, tmp_path / "dist")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.2", "--dist", str(build)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^ +\d+ healthy, answered$", done.stdout, re.MULTILINE)
    assert re.search(r"^ +\d+ hostile bytes, 400$", done.stdout, re.MULTILINE)
    assert "SIGTERM: exit code 0" in done.stdout
