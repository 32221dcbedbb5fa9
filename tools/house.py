"""Print figures of the source tree as Markdown tables: ``python -m tools.house``; draw it: ``… tools.house picture``.

The figures are the modules in each folder, the longest modules, functions and classes, import cycles, and the number
of files on the way of four tasks: files of the package of which at least one function runs while the task is done, in
any process or thread. What runs while modules are imported does not count, nor do generated methods such as those of
data classes.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tools.picture import PICTURE, draw_picture
from tools.queries import DATA
from tools.servers import COMMAND, Checkout
from tools.tracing import Tracer
from tools.tree import SourceTree, find_cycles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT: Final = Path(__file__).parents[1]
LONGEST: Final = 8
"""How many of the longest modules, functions and classes are listed."""

_TURTLE: Final = """
from eild.dataset import build_dataset
from eild.media import TURTLE
from eild.rdf.canonical import serialize_graph
assert serialize_graph(build_dataset().merged(), TURTLE)
"""
_BAD_QUERY: Final = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%7D"
_GOOD_QUERY: Final = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20%3Fclass%20%7D%20LIMIT%205"
_SETTLE: Final = 0.5
_IDLE: Final = 5.0


def trace_tasks(root: Path, tree: SourceTree) -> Iterator[tuple[str, list[str]]]:
    """Yield the tasks with the modules on their way.

    :param root: the checkout
    :param tree: its package
    """
    with tempfile.TemporaryDirectory(prefix="house-") as name:
        folder = Path(name).resolve()
        tracer = Tracer(tree, folder)
        path = (Path(__file__).parent / "tracing", root / "src")
        yield (
            "A fact to its Turtle: own dataset built, merged and written",
            tracer.run([sys.executable, "-c", _TURTLE], *path, folder=folder),
        )
        yield (
            "The whole build: `eild build`",
            tracer.run([*COMMAND, "build", "--out", "dist"], *path, folder=folder),
        )
        (folder / "data.ttl").write_text(DATA["violating"][1], encoding="utf-8")
        (folder / "shapes.ttl").write_text(DATA["shapes"][1], encoding="utf-8")
        for title, options in (("shapes of its own", ("--shapes", "shapes.ttl")), ("EILD's shapes", ())):
            validate = ("validate", "data.ttl", *options, "--format", "sarif")
            yield (
                f"A Turtle file with a finding to SARIF: `eild validate` with {title}",
                tracer.run([*COMMAND, *validate], *path, folder=folder),
            )
        yield from trace_requests(Checkout(root, folder, tracer.make_environment(*path)), tracer)


def trace_requests(checkout: Checkout, tracer: Tracer) -> Iterator[tuple[str, list[str]]]:
    """Yield the tasks of a server with the modules on their way, without those that run while nobody asks."""
    with checkout.serve("--dist", "dist", port=0) as client:
        client.ask("GET", "/health/ready", {})
        with tracer.trace() as idle:
            time.sleep(_IDLE)
        for title, target, status in (
            ("A malformed query to its 400: GET /sparql", _BAD_QUERY, 400),
            ("A SPARQL query to its 200: GET /sparql", _GOOD_QUERY, 200),
        ):
            with tracer.trace(settle=_SETTLE) as found:
                answered = client.ask("GET", target, {}).status
            if answered != status:
                message = f"{target}: {answered} instead of {status}"
                raise RuntimeError(message)
            yield title, tracer.list_modules(found - idle)


def _make_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
    yield ""


def describe_tree(tree: SourceTree) -> Iterator[str]:
    """Yield the lines of the figures that are read from the source files alone."""
    yield from _make_table(
        ("Folder", "Modules"), [(f"`{name}`", count) for name, count in tree.count_modules().items()]
    )
    lengths = {
        "Module": tree.list_module_lengths(),
        "Function": tree.list_definition_lengths(ast.FunctionDef, ast.AsyncFunctionDef),
        "Class": tree.list_definition_lengths(ast.ClassDef),
    }
    for kind, found in lengths.items():
        yield from _make_table((f"Longest: {kind}", "Lines"), [(f"`{it.name}`", it.lines) for it in found[:LONGEST]])
    everything, running = (find_cycles(tree.make_graph(type_only=type_only)) for type_only in (True, False))
    wings = find_cycles(tree.make_wings())
    yield from _make_table(
        ("Import cycles", "Number", "Members"),
        [
            (title, len(cycles), "; ".join(", ".join(f"`{name}`" for name in cycle) for cycle in cycles))
            for title, cycles in (
                ("between modules, lazy imports counted", running),
                ("between modules, lazy and type-only imports counted", everything),
                ("between wings, lazy and type-only imports counted", wings),
            )
        ],
    )


def describe_tasks(tasks: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """Yield the lines of the figures that are counted while the package runs."""
    found = list(tasks)
    yield from _make_table(("Task", "Files on the way"), [(title, len(names)) for title, names in found])
    for title, names in found:
        yield f"{title}: {', '.join(f'`{name}`' for name in names)}"
        yield ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.house", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("figures", "picture"), default="figures")
    parser.add_argument("--checkout", type=Path, default=ROOT, metavar="FOLDER")
    chosen = parser.parse_args(arguments)
    root = chosen.checkout.resolve()
    tree = SourceTree(root / "src" / "eild")
    if chosen.what == "picture":
        (root / PICTURE).write_text(draw_picture(tree), encoding="utf-8")
        click.echo(f"wrote {PICTURE}")
        return 0
    for line in (*describe_tree(tree), *describe_tasks(trace_tasks(root, tree))):
        click.echo(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
