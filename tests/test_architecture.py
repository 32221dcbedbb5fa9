"""Rules of the source tree: layers, no cycles, bounds on sizes, docstrings, no clauses that catch everything."""

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

BASE = (
    *("errors", "terms", "names", "namespaces", "media", "config", "resources", "process", "memory", "nodes"),
    *("languages", "apart"),
)
LAYERS: tuple[tuple[str, ...], ...] = (
    BASE,
    ("xpath",),
    ("rdf",),
    ("exchange",),
    ("located",),
    ("catalog",),
    ("seed",),
    ("facts",),
    ("dataset",),
    ("projects",),
    ("validation",),
    ("publication",),
    ("query",),
    ("documents",),
    ("claims",),
    ("search",),
    ("reconcile",),
    ("diff",),
    ("access",),
    ("web.frame",),
    ("web.endpoint", "web.browse", "web.vocabularies", "web.validate", "web.reconcile"),
    ("web.resources",),
    ("web.data",),
    ("web.home",),
    ("web.health", "web.openapi", "web.problempage", "web.warming"),
    ("web.blueprints",),
    ("web.app",),
    ("web.sitelist",),
    ("server",),
    ("assistant",),
    ("cli",),
    ("__main__",),
)
"""From the first layer to the last; a folder imports from itself and from the layers before its own."""

MOST_MODULES_OF_FOLDER = 20
MOST_LINES_OF_MODULE = 500
MOST_LINES_OF_FUNCTION = 60
MOST_LINES_OF_CLASS = 250
MOST_METHODS_OF_CLASS = 20
LARGE_CLASSES = {"eild.query.workers.pool.PooledEngine"}
"""Classes over the bounds that are yet to be split."""
FORBIDDEN_NAMES = {"utils", "util", "helpers", "misc", "common"}


def find_place(module: str) -> tuple[int, str]:
    """Return the layer of a module, by number and by the name of its folder; packages without code are below all."""
    if module in {"eild", "eild.web"}:
        return -1, module
    for number, names in enumerate(LAYERS):
        for name in names:
            if module == f"eild.{name}" or module.startswith(f"eild.{name}."):
                return number, name
    message = f"{module} is in no layer: add its folder to LAYERS"
    raise AssertionError(message)


def is_allowed(module: str, found: str) -> bool:
    """Return whether a module may import another: one of its own folder, of a layer before, or of the base."""
    (number, name), (other, folder) = find_place(module), find_place(found)
    return other < number or folder == name or number == other == 0


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
def test_module_imports_only_from_its_folder_and_layers_before(module: str) -> None:
    """Arrows run down only; imports within functions and for type checkers count."""
    wrong = {name for name in imports(module, typing=True) if not is_allowed(module, name)}
    assert not wrong, f"{module} must not import {sorted(wrong)}"


def test_imports_make_no_cycle() -> None:
    """No module needs itself in the end, imports in functions and for type checkers counted.

    A package's own exports are left out: importing a module runs the __init__ of its package without needing it.
    """
    graph = {name: imports(name, typing=True) for name in MODULES}
    for name, found in graph.items():
        found -= {parent for parent in found if name.startswith(f"{parent}.")}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_every_layer_has_modules_that_exist() -> None:
    """The table of layers names what is there."""
    assert {f"eild.{name}" for names in LAYERS for name in names} <= set(MODULES)


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES.values()}))
def test_folder_is_small_and_says_what_it_is_for(folder: Path) -> None:
    """A folder holds no more modules than one can survey, and its __init__ says in a sentence what they do."""
    modules = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
    assert len(modules) <= MOST_MODULES_OF_FOLDER
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_module_is_small_and_named_for_a_thing(module: str) -> None:
    """No module, function or class over the bounds, no drawer for odds and ends."""
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_MODULE
    assert module.rpartition(".")[2] not in FORBIDDEN_NAMES
    large = []
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            large += [f"{node.name} ({lines} lines)"] if lines > MOST_LINES_OF_FUNCTION else []
        elif isinstance(node, ast.ClassDef) and f"{module}.{node.name}" not in LARGE_CLASSES:
            lines = (node.end_lineno or 0) - node.lineno + 1
            methods = sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
            if lines > MOST_LINES_OF_CLASS or methods > MOST_METHODS_OF_CLASS:
                large.append(f"{node.name} ({lines} lines, {methods} methods)")
    assert not large, f"{module}: split {large}"


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
