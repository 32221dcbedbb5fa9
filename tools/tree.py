"""The tree of the package's source files, read without importing it: sizes, imports, cycles, and wings with layers.

A *wing* is a folder of the package; folders within ``web`` are wings of their own, and the modules at the top, which
stand beside the folders, form the wing ``base``.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BASE: Final = "base"
"""Name of the wing of the modules that stand beside the folders."""
NESTED: Final = frozenset({"web"})
"""Folders whose folders are wings of their own."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Length:
    """How long a module, function or class is.

    :ivar lines: number of lines, without decorators
    :ivar name: dotted name
    """

    lines: int
    name: str


@dataclass(frozen=True)
class Module:
    """A source file.

    :ivar name: dotted name, with that of the package
    :ivar path: path of the file
    :ivar text: its content
    """

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, str(self.path))

    @property
    def is_package(self) -> bool:
        """Whether the file is the ``__init__`` of a folder."""
        return self.path.name == "__init__.py"

    @property
    def package(self) -> str:
        """The dotted name of the folder it is in."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def list_definitions(self) -> Iterator[tuple[str, Definition]]:
        """Yield all functions and classes, nested ones too, with their dotted names."""
        scopes: list[tuple[str, ast.AST]] = [(self.name, self.tree)]
        while scopes:
            owner, scope = scopes.pop()
            for node in ast.iter_child_nodes(scope):
                name = owner
                if isinstance(node, Definition):
                    name = f"{owner}.{node.name}"
                    yield name, node
                scopes.append((name, node))


class SourceTree:
    """All modules of a package, with what each imports.

    :ivar name: name of the package
    :ivar modules: its modules by dotted name
    """

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.modules: dict[str, Module] = {}
        for path in sorted(folder.rglob("*.py")):
            if "_resources" not in path.parts:
                parts = (folder.name, *path.relative_to(folder).with_suffix("").parts)
                name = ".".join(parts).removesuffix(".__init__")
                self.modules[name] = Module(name, path, path.read_text(encoding="utf-8"))

    def list_imports(self, name: str, *, type_only: bool) -> set[str]:
        """Return the modules of the package that a module imports anywhere in it, within functions too.

        :param type_only: whether imports for type checkers alone count
        """
        module, found = self.modules[name], set()
        for node in _walk(module.tree, type_only=type_only):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = _resolve(module.package, node)
                found |= {full if (full := f"{base}.{alias.name}") in self.modules else base for alias in node.names}
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"importlib.import_module", "__import__"}:
                found |= {str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant)}
        return {other for other in found if other in self.modules and other != name}

    def make_graph(self, *, type_only: bool) -> dict[str, set[str]]:
        """Return what each module imports; the packages that a module is in are left out.

        Importing a package runs its ``__init__``, but a module of the package does not need it as such.
        """
        graph = {name: self.list_imports(name, type_only=type_only) for name in self.modules}
        return {name: {other for other in found if not name.startswith(f"{other}.")} for name, found in graph.items()}

    def wing_of(self, name: str) -> str:
        """Return the wing of a module."""
        module = self.modules[name]
        parts = name.split(".")[1:] if module.is_package else name.split(".")[1:-1]
        if not parts:
            return BASE
        return ".".join(parts[:2]) if parts[0] in NESTED else parts[0]

    def count_wing_imports(self) -> dict[str, dict[str, int]]:
        """Return how often the modules of each wing import modules of others, lazy and type-only imports counted."""
        wings: dict[str, Counter[str]] = {self.wing_of(name): Counter() for name in self.modules if name != self.name}
        for name, found in self.make_graph(type_only=True).items():
            if name != self.name:
                wings[self.wing_of(name)].update(self.wing_of(other) for other in found if other != self.name)
        return {wing: {name: count for name, count in found.items() if name != wing} for wing, found in wings.items()}

    def make_wings(self) -> dict[str, set[str]]:
        """Return the wings, each with the wings from which its modules import, lazy and type-only imports counted."""
        return {wing: set(found) for wing, found in self.count_wing_imports().items()}

    def count_modules(self) -> dict[str, int]:
        """Return the number of modules in each folder, without those of folders in it."""
        counts: dict[str, int] = {}
        for module in self.modules.values():
            counts[module.package] = counts.get(module.package, 0) + 1
        return dict(sorted(counts.items()))

    def list_module_lengths(self) -> list[Length]:
        """Return the modules, the longest first."""
        return _sort(Length(len(module.text.splitlines()), name) for name, module in self.modules.items())

    def list_definition_lengths(self, *kinds: type[ast.AST]) -> list[Length]:
        """Return the definitions of the given kinds, the longest first."""
        return _sort(
            Length((node.end_lineno or 0) - node.lineno + 1, name)
            for module in self.modules.values()
            for name, node in module.list_definitions()
            if isinstance(node, kinds)
        )


def _sort(lengths: Iterable[Length]) -> list[Length]:
    return sorted(lengths, key=lambda length: (-length.lines, length.name))


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def _walk(node: ast.AST, *, type_only: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_type_checking(child) and not type_only:
            for other in child.orelse:
                yield from (other, *_walk(other, type_only=type_only))
        else:
            yield child
            yield from _walk(child, type_only=type_only)


def _resolve(package: str, node: ast.ImportFrom) -> str:
    """Return the dotted name that an import statement starts from, relative ones resolved."""
    if not node.level:
        return node.module or ""
    parents = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parents, *([node.module] if node.module else [])])


def find_cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the sets of nodes that reach each other, each sorted: the strongly connected components of two or more.

    A node reaches those that it points to and those that these reach; the graphs here are small.
    """
    reached = {name: _reach(graph, name) for name in graph}
    cycles = {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
        for name in graph
        if name in reached[name]
    }
    return sorted(list(cycle) for cycle in cycles if len(cycle) > 1)


def _reach(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def break_cycles(weights: Mapping[str, Mapping[str, int]]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return a graph without cycles, and the arrows that had to go: the lightest of each cycle.

    :param weights: what each node points to, with the weight of the arrow
    """
    kept = {name: set(found) for name, found in weights.items()}
    gone: dict[str, set[str]] = {name: set() for name in weights}
    while cycles := find_cycles(kept):
        inside = [(name, other) for cycle in cycles for name in cycle for other in kept[name] if other in cycle]
        name, other = min(inside, key=lambda arrow: (weights[arrow[0]][arrow[1]], arrow))
        kept[name].remove(other)
        gone[name].add(other)
    return kept, gone


def find_layers(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the nodes in layers from the bottom up: each is in the lowest layer above all that it points to.

    :raises ValueError: if nodes point to each other in a circle, which has no lowest
    """
    if cycles := find_cycles(graph):
        message = f"no layers, because these import each other: {'; '.join(', '.join(cycle) for cycle in cycles)}"
        raise ValueError(message)
    levels: dict[str, int] = {}
    while len(levels) < len(graph):
        for name, found in graph.items():
            if name not in levels and all(other in levels for other in found):
                levels[name] = max((levels[other] + 1 for other in found), default=0)
    return [sorted(name for name in levels if levels[name] == level) for level in range(max(levels.values()) + 1)]


def drop_implied(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return a graph without the arrows that a way over other nodes implies; the graph must have no cycle."""
    reached = {name: _reach(graph, name) for name in graph}
    return {
        name: {other for other in found if not any(other in reached[between] for between in found)}
        for name, found in graph.items()
    }
