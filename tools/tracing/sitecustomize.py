"""Mark each function of the package that runs, in every process and thread, in memory that they share.

Python imports this module when it starts, if its folder is in ``PYTHONPATH``. A profiling hook would miss the threads
that the HTTP server starts without Python, and processes that end without clean-up. So the source of each module is
changed as it is loaded: every function first sets its byte in a mapped file. What runs while a module is being
imported is not marked.
"""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import json
import mmap
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType, ModuleType

PLAN: Final = "HOUSE_TRACE_PLAN"
"""Environment variable with the path of the plan: a JSON object with ``map``, the file to mark in, and ``offsets``."""
MARK: Final = "_mark_function_as_run"
"""Name of the built-in function whose call begins each function."""
ARMED: Final = 0
"""Index of the byte that says whether marks are set."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def list_functions(tree: ast.AST) -> Iterator[Function]:
    """Yield the functions of a syntax tree, nested ones too, always in the same order."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def instrument(tree: ast.Module, offset: int) -> ast.Module:
    """Begin each function with a call that marks it, after its docstring.

    :param offset: index of the byte of the first function
    """
    for index, node in enumerate(list_functions(tree), offset):
        first = node.body[0]
        documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        call = ast.Expr(ast.Call(ast.Name(MARK, ast.Load()), [ast.Constant(index)], []))
        ast.copy_location(call, first)
        node.body.insert(1 if documented else 0, call)
    return ast.fix_missing_locations(tree)


class _Marks:
    """The mapped file, and how many imports each thread is in."""

    def __init__(self, path: str) -> None:
        with Path(path).open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._depth = threading.local()

    def mark(self, index: int) -> None:
        """Mark a function, unless an import runs it or nothing is to be marked."""
        if self._map[ARMED] and not getattr(self._depth, "value", 0):
            self._map[index] = 1

    def enter(self) -> None:
        """Begin an import in this thread."""
        self._depth.value = getattr(self._depth, "value", 0) + 1

    def leave(self) -> None:
        """End an import in this thread."""
        self._depth.value -= 1


class _Loader(importlib.machinery.SourceFileLoader):
    marks: _Marks
    offsets: dict[str, int]

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - a loader loads one module
        source = Path(self.path).read_text(encoding="utf-8")
        tree = instrument(ast.parse(source, self.path), self.offsets[str(Path(self.path).resolve())])
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        self.marks.enter()
        try:
            super().exec_module(module)
        finally:
            self.marks.leave()


class _Finder(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = super().find_spec(fullname, path, target)
        if spec and spec.origin and str(Path(spec.origin).resolve()) in _Loader.offsets:
            spec.loader = _Loader(fullname, spec.origin)
            return spec
        return None


def install(plan: str) -> None:
    """Load the package's modules with marks from now on.

    :param plan: path of the plan
    """
    found = json.loads(Path(plan).read_text(encoding="utf-8"))
    _Loader.marks = _Marks(found["map"])
    _Loader.offsets = found["offsets"]
    setattr(builtins, MARK, _Loader.marks.mark)
    sys.meta_path.insert(0, _Finder)


if PLAN in os.environ:
    install(os.environ[PLAN])
