"""The search for dead code: what only a template uses is alive, what only tests use is not."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from tools.deadcode import ROOT, find_dead_code, find_dead_private_names, list_template_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULE = """
_UNREAD = 1
_READ = 2

class Page:
    title = "x"
    unused = _READ

    def shown(self):
        return self.title

def called():
    return Page()

def dead():
    return called()
"""


@pytest.fixture
def write_project(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a project with one module and one template, and returns its folder."""

    def write(settings: str) -> Path:
        for name, text in {
            "pyproject.toml": f"[tool.vulture]\nmin_confidence = 60\n{settings}\n",
            "src/package/module.py": MODULE,
            "src/package/page.html": "{% if page.shown() %}{{ other | upper }}{% endif %}{# page.unused #}",
            "tests/test_module.py": "from package.module import dead\ndead()\n",
        }.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_template_names_are_those_that_are_evaluated(write_project: Callable[[str], Path]) -> None:
    """Comments and plain text use nothing."""
    template = write_project("") / "src" / "package" / "page.html"
    assert list_template_names([template]) == {"page", "shown", "other", "upper"}


def test_dead_code_is_what_neither_code_nor_templates_use(write_project: Callable[[str], Path]) -> None:
    """A function that only a test calls is dead, a method that only a template calls is not."""
    lines = find_dead_code(write_project(""), ["src"])
    assert [line.partition("unused ")[2].partition(" (")[0] for line in lines] == [
        "variable 'unused'",
        "function 'dead'",
    ]
    assert all(line.startswith("src/package/module.py:") for line in lines)


def test_exceptions_of_the_project_are_kept(write_project: Callable[[str], Path]) -> None:
    """What the settings of the project name is not reported."""
    assert find_dead_code(write_project('ignore_names = ["dead", "unused"]'), ["src"]) == []


def test_search_that_cannot_run_is_an_error(write_project: Callable[[str], Path]) -> None:
    """A search that failed is not taken for one that found nothing."""
    with pytest.raises(RuntimeError, match="vulture failed"):
        find_dead_code(write_project(""), ["no-such-folder"])


def test_private_names_that_are_assigned_and_never_read_are_dead(write_project: Callable[[str], Path]) -> None:
    """Vulture passes over names that begin with an underscore."""
    (line,) = find_dead_private_names([write_project("") / "src"])
    assert line.endswith("module.py:2: unused variable '_UNREAD'")


def test_names_that_are_kept_for_others_exist() -> None:
    """An exception whose name is gone from the code is taken from the list."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in ("src", "tools") for path in (ROOT / folder).rglob("*.py")
    )
    assert [name for name in settings["tool"]["vulture"]["ignore_names"] if name.strip("*") not in code] == []
