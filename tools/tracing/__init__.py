"""Find the source files whose functions run on the way of some task, in all processes and threads that take part."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.tracing.sitecustomize import ARMED, PLAN, list_functions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tools.tree import SourceTree


class Tracer:
    """Runs programs whose functions mark themselves.

    :param tree: the package
    :param folder: an empty folder for the plan and the marks
    """

    def __init__(self, tree: SourceTree, folder: Path) -> None:
        self._names: list[str] = [""]
        offsets = {}
        for module in tree.modules.values():
            offsets[str(module.path.resolve())] = len(self._names)
            self._names += [module.name] * len(list(list_functions(ast.parse(module.text))))
        self._marks, self._plan = folder / "marks", folder / "plan.json"
        self._plan.write_text(json.dumps({"map": str(self._marks), "offsets": offsets}), encoding="utf-8")
        self._marks.write_bytes(bytes(len(self._names)))

    def make_environment(self, *path: Path) -> dict[str, str]:
        """Return the environment of a program that is to be traced.

        :param path: folders from which it imports
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("EILD_", "PYTHON"))}
        return {**kept, "PYTHONPATH": os.pathsep.join(map(str, path)), PLAN: str(self._plan)}

    @contextmanager
    def trace(self, *, settle: float = 0) -> Iterator[set[int]]:
        """Collect the functions that run within the context, in the set that it gives.

        :param settle: seconds to wait for what is done after the task, such as logging
        """
        found: set[int] = set()
        self._write(bytes([1]) + bytes(len(self._names) - 1))
        yield found
        time.sleep(settle)
        marks = self._marks.read_bytes()
        self._write(bytes(len(self._names)))
        found |= {index for index, mark in enumerate(marks) if mark and index != ARMED}

    def _write(self, marks: bytes) -> None:
        """Write into the file in place: it is mapped by the traced processes."""
        with self._marks.open("r+b") as file:
            file.write(marks)

    def list_modules(self, functions: set[int]) -> list[str]:
        """Return the modules of some functions, sorted."""
        return sorted({self._names[index] for index in functions})

    def run(self, command: Sequence[str], *path: Path, folder: Path, stdin: str = "") -> list[str]:
        """Run a program to its end and return the modules of which functions ran.

        :raises RuntimeError: if it ends with an exit code other than 0 and 1
        """
        with self.trace() as found:
            done = subprocess.run(  # noqa: S603 - the project's own command
                command,
                cwd=folder,
                env=self.make_environment(*path),
                input=stdin,
                text=True,
                capture_output=True,
                check=False,
            )
        if done.returncode not in {0, 1}:
            message = f"the traced program failed: {done.stderr}"
            raise RuntimeError(message)
        return self.list_modules(found)
