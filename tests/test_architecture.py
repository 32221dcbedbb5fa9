"""The house's rules, as tests: layers, no cycles, sizes, docstrings, no clauses that swallow everything."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import eild

PACKAGE = Path(eild.__file__).parent
MODULES = {
    ".".join(("eild", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "_resources" not in path.parts
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8"), str(path)) for name, path in MODULES.items()}

LAYERS = {
    "base": tuple(
        f"eild.{name}" for name in ("errors", "terms", "namespaces", "media", "config", "resources", "process")
    ),
    "rdf": ("eild.rdf",),
    "located": ("eild.located",),
    "catalog": ("eild.catalog",),
    "seed": ("eild.seed",),
    "facts": ("eild.facts",),
    "dataset": ("eild.dataset",),
    "validation": ("eild.validation",),
    "publication": ("eild.publication", "eild.query"),
    "documents": ("eild.documents",),
    "readings": ("eild.claims", "eild.search", "eild.diff"),
    "web": ("eild.web", "eild.exchange", "eild.server"),
    "cli": ("eild.cli",),
}
"""From the first layer to the last; a module imports from its own layer and those before it."""

MOST_LINES_OF_MODULE = 500
MOST_LINES_OF_FUNCTION = 60
FORBIDDEN_NAMES = {"utils", "util", "helpers", "misc", "common"}


def layer_of(module: str) -> int:
    """Return the number of a module's layer; the package itself is below all."""
    if module == "eild":
        return -1
    for number, roots in enumerate(LAYERS.values()):
        if any(module == root or module.startswith(f"{root}.") for root in roots):
            return number
    message = f"{module} is in no layer: add it to LAYERS"
    raise AssertionError(message)


def is_type_checking(node: ast.AST) -> bool:
    """Tell whether a node is an ``if TYPE_CHECKING:``."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def walk(node: ast.AST, *, typing: bool) -> list[ast.AST]:
    """Return all nodes below one, those for type checkers only if asked for."""
    found = []
    for child in ast.iter_child_nodes(node):
        if is_type_checking(child) and not typing:
            continue
        found += [child, *walk(child, typing=typing)]
    return found


def imports(module: str, *, typing: bool) -> set[str]:
    """Return the modules of EILD that a module imports anywhere in it, lazily too."""
    found = set()
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in walk(TREES[module], typing=typing):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *([base] if base else [])])
            found |= {name if (name := f"{base}.{alias.name}") in MODULES else base for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"importlib.import_module", "__import__"}:
            argument = node.args[0]
            if isinstance(argument, ast.Constant):
                found.add(str(argument.value))
    return {name for name in found if name in MODULES and name != module}


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_from_its_layer_and_those_before(module: str) -> None:
    """One way through the house; imports within functions and for type checkers count."""
    too_high = {name for name in imports(module, typing=True) if layer_of(name) > layer_of(module)}
    assert not too_high, f"{module} must not import {sorted(too_high)}"


def test_imports_make_no_cycle() -> None:
    """No module needs itself in the end, lazy imports counted; a package's own exports aside."""
    graph = {name: imports(name, typing=False) for name in MODULES}
    for name, found in graph.items():
        # Importing a package runs its __init__, but a module of the package does not need it as such.
        found -= {parent for parent in found if name.startswith(f"{parent}.")}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_every_layer_has_modules_that_exist() -> None:
    """The table of layers names what is there."""
    assert {root for roots in LAYERS.values() for root in roots} <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_module_is_small_and_named_for_a_thing(module: str) -> None:
    """No module over 500 lines, no function over 60, no drawer for odds and ends."""
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_MODULE
    assert module.rpartition(".")[2] not in FORBIDDEN_NAMES
    long = {
        f"{node.name} ({(node.end_lineno or 0) - node.lineno + 1} lines)"
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_FUNCTION
    }
    assert not long, f"{module}: split {sorted(long)}"


@pytest.mark.parametrize("module", MODULES)
def test_public_definitions_have_docstrings(module: str) -> None:
    """The module and each public class, function and method says what it is for."""
    tree = TREES[module]
    missing = [] if ast.get_docstring(tree) else [module]
    scopes: list[tuple[str, ast.AST]] = [(module, tree)]
    while scopes:
        owner, scope = scopes.pop()
        for node in ast.iter_child_nodes(scope):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if not node.name.startswith("_") and not ast.get_docstring(node):
                    missing.append(f"{owner}.{node.name}")
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    scopes.append((f"{owner}.{node.name}", node))
    assert not missing, f"document {missing}"


@pytest.mark.parametrize("module", MODULES)
def test_no_clause_catches_everything(module: str) -> None:
    """``except:``, ``except Exception`` and ``except BaseException`` hide faults."""
    broad = []
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {ast.unparse(kind) if kind else "" for kind in kinds}
            if names & {"", "Exception", "BaseException"}:
                broad.append(node.lineno)
    assert not broad, f"{MODULES[module]}: lines {broad}"
