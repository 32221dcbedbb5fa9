"""The figures of the source tree: imports, cycles and layers that are read, and files on the way that are traced."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tools.house import ROOT, describe_tree
from tools.picture import PICTURE, draw_picture
from tools.tracing import Tracer
from tools.tree import SourceTree, drop_implied, find_cycles, find_layers

import tools

if TYPE_CHECKING:
    from collections.abc import Callable

TRACING = Path(tools.__file__).parent / "tracing"
FILES = {
    "__init__.py": '"""A package."""\n',
    "names.py": "def spell():\n    return 'x'\n\nTABLE = spell()\n",
    "facts/__init__.py": "",
    "facts/reading.py": (
        "from __future__ import annotations\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from house.web.app import run\n"
        "from house import names\n"
        "def read() -> None:\n    '''Read.'''\n    import importlib\n    importlib.import_module('house.lazy').load()\n"
    ),
    "lazy.py": "import house.names\n\ndef load():\n    return [each for each in one()]\n\ndef one():\n    yield 1\n",
    "unused.py": "def never():\n    pass\n",
    "web/__init__.py": "",
    "web/app.py": "from ..facts.reading import read\n"
    "class App:\n    def __call__(self):\n        read()\nrun = App()\n",
    "web/pages/__init__.py": "",
    "web/pages/home.py": "from house.web import app\nfrom house.names import spell\n",
}


@pytest.fixture
def write_tree(tmp_path: Path) -> Callable[..., SourceTree]:
    """Return a function that writes a package with some files changed, and reads it."""

    def write(**changed: str) -> SourceTree:
        for name, text in {
            **FILES,
            **{name.replace("__", "/") + ".py": text for name, text in changed.items()},
        }.items():
            path = tmp_path / "house" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return SourceTree(tmp_path / "house")

    return write


def test_imports_count_lazy_relative_and_type_only_ones(write_tree: Callable[..., SourceTree]) -> None:
    """However a module is imported, the arrow is there; those for type checkers only if asked for."""
    tree = write_tree()
    assert tree.list_imports("house.facts.reading", type_only=False) == {"house.names", "house.lazy"}
    assert tree.list_imports("house.facts.reading", type_only=True) >= {"house.web.app"}
    assert tree.list_imports("house.web.app", type_only=False) == {"house.facts.reading"}
    assert tree.list_imports("house.lazy", type_only=False) == {"house.names"}


def test_cycles_by_type_only_imports_are_told_from_others(write_tree: Callable[..., SourceTree]) -> None:
    """A circle that only type checkers go round is found when they count."""
    tree = write_tree()
    assert find_cycles(tree.make_graph(type_only=False)) == []
    assert find_cycles(tree.make_graph(type_only=True)) == [["house.facts.reading", "house.web.app"]]


@pytest.mark.parametrize(
    ("graph", "cycles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}, "c": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": {"d"}}, [["a", "b", "c"], ["d", "e"]]),
    ],
)
def test_find_cycles_names_those_that_reach_each_other(graph: dict[str, set[str]], cycles: list[list[str]]) -> None:
    """What only leads to a circle is not in it."""
    assert find_cycles(graph) == cycles


def test_wings_are_folders_and_those_within_web(write_tree: Callable[..., SourceTree]) -> None:
    """Modules beside the folders are the base; imports within a wing are no arrow."""
    tree = write_tree(facts__reading="from house import names\n")
    assert tree.make_wings() == {
        "base": set(),
        "facts": {"base"},
        "web": {"facts"},
        "web.pages": {"web", "base"},
    }


def test_layers_go_from_the_bottom_up() -> None:
    """Each stands in the lowest layer above all that it needs."""
    graph = {"base": set(), "facts": {"base"}, "rdf": {"base"}, "web": {"facts", "rdf", "base"}}
    assert find_layers(graph) == [["base"], ["facts", "rdf"], ["web"]]
    assert drop_implied(graph) == {"base": set(), "facts": {"base"}, "rdf": {"base"}, "web": {"facts", "rdf"}}


def test_layers_of_a_circle_are_refused_with_its_members() -> None:
    """Nothing is at the bottom of a circle."""
    with pytest.raises(ValueError, match="a, b"):
        find_layers({"a": {"b"}, "b": {"a"}})


def test_traced_program_gives_modules_whose_functions_ran(
    write_tree: Callable[..., SourceTree], tmp_path: Path
) -> None:
    """Functions count in lazily imported modules too; what only runs while a module is imported does not."""
    tracer = Tracer(write_tree(), tmp_path)
    found = tracer.run(
        [sys.executable, "-c", "from house.web.app import run; run()"], TRACING, tmp_path, folder=tmp_path
    )
    assert found == ["house.facts.reading", "house.lazy", "house.web.app"]


def test_traced_threads_and_processes_count(write_tree: Callable[..., SourceTree], tmp_path: Path) -> None:
    """A thread that no Python library started, a copy that ends abruptly, and a new process: all are seen."""
    program = (
        "import _thread, os, subprocess, sys, time\n"
        "from house import lazy, names, unused\n"
        "_thread.start_new_thread(lazy.load, ())\n"
        "pid = os.fork()\n"
        "if not pid:\n    unused.never()\n    os._exit(0)\n"
        "os.waitpid(pid, 0)\n"
        "subprocess.run([sys.executable, '-c', 'from house import names; names.spell()'], check=True)\n"
        "time.sleep(0.2)\n"
    )
    tracer = Tracer(write_tree(), tmp_path)
    found = tracer.run([sys.executable, "-c", program], TRACING, tmp_path, folder=tmp_path)
    assert found == ["house.lazy", "house.names", "house.unused"]


def test_traced_program_that_fails_is_an_error(write_tree: Callable[..., SourceTree], tmp_path: Path) -> None:
    """Figures of a task that was not done would mean nothing."""
    tracer = Tracer(write_tree(), tmp_path)
    with pytest.raises(RuntimeError, match="no such task"):
        tracer.run([sys.executable, "-c", "import sys; sys.stderr.write('no such task'); sys.exit(3)"], folder=tmp_path)


def test_figures_are_markdown_tables(write_tree: Callable[..., SourceTree]) -> None:
    """Each row of a table has as many cells as its head."""
    lines = [line for line in describe_tree(write_tree()) if line]
    assert "| `house.web` | 2 |" in lines
    assert any("type-only" in line and "`house.facts.reading`, `house.web.app`" in line for line in lines)
    assert all(line.startswith("| ") or set(line) == {"|", "-", " "} for line in lines)


def test_picture_has_a_box_for_each_wing_and_only_arrows_that_say_something(
    write_tree: Callable[..., SourceTree],
) -> None:
    """An arrow that the others imply is left out, and the words beside the picture name all imports."""
    picture = draw_picture(write_tree(facts__reading="from house import names\n"))
    assert picture.count("<rect ") == 4
    assert picture.count("<path ") == 3
    assert "web.pages imports from web." in picture


def test_committed_picture_is_up_to_date() -> None:
    """The picture in the documentation shows the imports that there are."""
    expected = draw_picture(SourceTree(ROOT / "src" / "eild"))
    committed = (ROOT / PICTURE).read_text(encoding="utf-8")
    assert committed == expected, "the wings import each other otherwise now: run `python -m tools.house picture`"
