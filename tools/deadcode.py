"""Report code that nothing uses, or only a test does: ``python -m tools.deadcode``, a part of ``make lint``.

Vulture finds the names that no code of the package uses. Names that only templates use count as used. Exceptions, each
with its reason, are in ``[tool.vulture]`` of ``pyproject.toml``.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2 import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parents[1]
PARTS: Final = (("src",), ("tools", "benchmarks"))
"""Folders that are checked together: what only one of them uses of another is dead there."""


def list_template_names(templates: Iterable[Path]) -> set[str]:
    """Return the names of all variables, attributes, filters and tests that templates use."""
    environment = jinja2.Environment(autoescape=True)
    found: set[str] = set()
    for path in templates:
        tree = environment.parse(path.read_text(encoding="utf-8"))
        found |= {node.attr for node in tree.find_all(nodes.Getattr)}
        found |= {node.name for node in tree.find_all(nodes.Name)}
        found |= {node.name for node in tree.find_all(nodes.Filter)}
        found |= {node.name for node in tree.find_all(nodes.Test)}
    return {name for name in found if name.isidentifier()}


def find_dead_code(root: Path, folders: Iterable[str]) -> list[str]:
    """Return a line for each name that nothing in some folders uses.

    :param root: the folder of ``pyproject.toml``, which has the exceptions
    :param folders: names of folders in it
    """
    names = list_template_names(sorted((root / "src").rglob("*.html")))
    with tempfile.TemporaryDirectory(prefix="deadcode-") as folder:
        used = Path(folder) / "templates.py"
        used.write_text("".join(f"_.{name}\n" for name in sorted(names)), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - a tool of the development environment
            [sys.executable, "-m", "vulture", *folders, str(used)],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in {0, 3}:
        message = f"vulture failed: {done.stdout}{done.stderr}"
        raise RuntimeError(message)
    return done.stdout.splitlines()


def find_dead_private_names(folders: Iterable[Path]) -> list[str]:
    """Return a line for each private name that a module assigns and never reads, which Vulture passes over."""
    lines = []
    for path in sorted(file for folder in folders for file in folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            lines += [
                f"{path}:{node.lineno}: unused variable '{name}'"
                for name in names
                if name.startswith("_") and not name.startswith("__") and name not in read
            ]
    return lines


def main() -> int:
    """Run the command and return its exit code: 1 if there is dead code."""
    lines = [line for folders in PARTS for line in find_dead_code(ROOT, folders)]
    lines += find_dead_private_names(ROOT / folder for folders in PARTS for folder in folders)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
