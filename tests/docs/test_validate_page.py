"""``docs/validate.md``: its example runs as it is written, and its lists are those of the program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from eild.cli.validate import FORMAT_NAMES
from eild.config import SETTINGS

PAGE = (Path(__file__).parents[2] / "docs" / "validate.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the page shows."""
    files = re.findall(r"<!-- file: (\S+) -->\n\n```turtle\n(.*?)```", PAGE, re.DOTALL)
    assert [name for name, _ in files] == ["boats.ttl", "boat-shapes.ttl"]
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_page_command_prints_what_the_page_shows(folder: Path) -> None:
    """The command of the example gives the output of the example."""
    (shown,) = re.findall(r"```console\n\$ eild (.*?)\n(.*?)```", PAGE, re.DOTALL)
    command, output = shown
    eild = str(Path(sys.executable).with_name("eild"))
    outcome = subprocess.run([eild, *command.split()], cwd=folder, capture_output=True, text=True, check=False)
    assert outcome.stdout == output
    assert outcome.returncode == 1


def test_page_python_prints_what_the_page_shows(folder: Path) -> None:
    """The program of the example gives the output of the example."""
    ((program, output),) = re.findall(r"<!-- python -->\n\n```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
    outcome = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert outcome.stdout == output, outcome.stderr


def test_page_lists_every_form_and_setting() -> None:
    """Each form of reports has a row, and each setting about validation is named."""
    table = PAGE.partition("## Forms of the report")[2].partition("\n## ")[0]
    listed = [
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall("`([a-z]+)`", row)
    ]
    assert tuple(listed) == FORMAT_NAMES
    for info in SETTINGS.values():
        if info.name.startswith("validate_"):
            assert info.environment in PAGE
