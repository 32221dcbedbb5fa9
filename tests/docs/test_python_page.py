"""``docs/python.md``: its programs run as they are written, and its calls are those of the package."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import eild

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")


def test_page_programs_run_as_they_are_written(own_build: Path) -> None:
    """The blocks of the page are one program; only the dataset is one that is built already."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 5
    program = "".join(blocks).replace("eild.open()", f"eild.open({str(own_build)!r})")
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    shown = outcome.stdout.splitlines()
    assert shown[0].startswith("Joe Biden ")
    assert "True" in shown
    assert shown[-1].startswith("query:1:")


def test_page_names_what_there_is() -> None:
    """Each method and option of the tables exists."""
    for name in re.findall(r"`answer\.(\w+)", PAGE):
        assert hasattr(eild.Answer, name)
    for name in re.findall(r"`ds\.(\w+)", PAGE):
        assert hasattr(eild.Dataset, name)
    for name in re.findall(r"`eild\.([A-Z]\w+)", PAGE):
        assert name in eild.__all__
    options = inspect.signature(eild.open).parameters
    assert set(re.findall(r"\b(\w+)=", "".join(re.findall(r"`eild\.open\(.*?\)`", PAGE)))) <= set(options)
