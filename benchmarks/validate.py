"""``eild validate`` beside ``pyshacl`` and the libraries that it uses, alone: time, memory, and whether results agree.

``python -m benchmarks.validate`` makes data of the sizes given (``--sizes 12000 100000``) with a fault in each
thousand triples or so, holds them against ``benchmarks/validate.ttl`` with each tool in turn, several rounds, and
writes a table to ``benchmarks/results/validate.md``. A tool that is not installed is left out. ``--own`` adds the
dataset against EILD's own shapes. ``--hundred`` writes no file, but compares a hundred shapes of which each fast engine
is known to be right with the same shapes if one of them needs EILD's own evaluator. ``--before FOLDER`` names a
checkout of an earlier revision, which is measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.generate import write_triples
from benchmarks.load import describe_machine
from eild.resources import resource_files

SHAPES: Final = Path(__file__).parent / "validate.ttl"
RESULTS: Final = Path(__file__).parent / "results" / "validate.md"
"""Where the table is written."""
FAULTS: Final = 997
"""One triple of so many is left out."""
LONGEST_SECONDS: Final = 900.0
"""How long a run may take before it is cut off, unless told otherwise."""
_COPIES: Final = 25
"""Copies of the four shapes that make a hundred."""
_BIN: Final = Path(sys.executable).parent
_COUNT: Final = "http://www.w3.org/ns/shacl#ValidationResult"
_BEFORE: Final = "eild validate, before"
_AT: Final = "import sys; sys.path.insert(0, {!r}); from eild.cli import main; sys.exit(main())"
"""A program that runs the command of another checkout."""
_IN_PYTHON: Final = "shacl in Python"
_SHACL: Final = (
    "import shacl, sys\n"
    "report = shacl.Shapes.from_file(sys.argv[2]).validate_file(sys.argv[1])\n"
    "print('\\n'.join(['http://www.w3.org/ns/shacl#ValidationResult'] * len(report)))\n"
)
_TURBO_IN_PYTHON: Final = "pyshacl-turbo in Python"
_TURBO: Final = (
    "import pyshacl_turbo, sys\n"
    "_, report, _ = pyshacl_turbo.validate(\n"
    "    sys.argv[1], shacl_graph=sys.argv[2], data_graph_format='nt', shacl_graph_format='turtle')\n"
    "print(report.serialize(format='nt'))\n"
)


@dataclass(frozen=True)
class Run:
    """What one run of a tool took.

    :ivar seconds: wall clock
    :ivar processor: seconds of the processor, user and system
    :ivar memory: the most memory it held, in MiB
    :ivar results: how many results it found; nothing if it failed or was cut off
    :ivar cut_off: whether it took too long and was ended
    """

    seconds: float
    processor: float
    memory: float
    results: int | None
    cut_off: bool = False


def tools(data: Path, shapes: Path, before: Path | None = None) -> dict[str, list[str]]:
    """Return the command of each tool by its name.

    :param data: the data file
    :param shapes: the shapes file
    :param before: a checkout of an earlier revision, if that is measured too
    """
    own = ["validate", str(data), "--shapes", str(shapes), "--format", "nt"]
    found = {
        "eild validate": [str(_BIN / "eild"), *own],
        _BEFORE: [sys.executable, "-c", _AT.format(str(before and before / "src")), *own],
        "eild validate --engine pyshacl": [],
        "pyshacl": [str(_BIN / "pyshacl"), "-s", str(shapes), "-f", "nt", str(data)],
        _TURBO_IN_PYTHON: [sys.executable, "-c", _TURBO, str(data), str(shapes)],
        _IN_PYTHON: [sys.executable, "-c", _SHACL, str(data), str(shapes)],
    }
    found["eild validate --engine pyshacl"] = [*found["eild validate"], "--engine", "pyshacl"]
    if before is None:
        del found[_BEFORE]
    return found


def _peak(pid: int) -> float:
    """Return the most memory that a process held until now, in MiB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def run_tool(command: list[str], longest: float, passing: frozenset[int] = frozenset({0, 1})) -> Run:
    """Run a command to its end, or until it has taken too long, and measure it.

    :param command: the command
    :param longest: seconds after which it is ended
    :param passing: the exit codes that tell that it did its work
    """
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)  # noqa: S603 - our own commands
        memory, cut_off = 0.0, False
        while True:
            memory = max(memory, _peak(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            seconds = time.perf_counter() - started
            if ended:
                break
            if seconds > longest:
                process.kill()
                cut_off = True
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        count = output.read().count(_COUNT.encode())
    passed = process.returncode in passing
    return Run(seconds, usage.ru_utime + usage.ru_stime, memory, count if passed else None, cut_off)


def is_installed(name: str) -> bool:
    """Tell whether a tool can be run here."""
    if name == _IN_PYTHON:
        return not subprocess.run([sys.executable, "-c", "import shacl"], check=False, capture_output=True).returncode
    return True


def compare(commands: dict[str, list[str]], rounds: int, longest: float) -> dict[str, Run]:
    """Run each tool in turn, several rounds, and return the quickest run of each; what is cut off runs once.

    :param commands: the command of each tool by its name
    :param rounds: how many rounds
    :param longest: seconds after which a run is ended
    """
    best: dict[str, Run] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            if name in best and best[name].cut_off:
                continue
            passing = frozenset({0} if name == _IN_PYTHON else {0, 1})
            run = run_tool(command, longest, passing)
            sys.stderr.write(f"{name}: {run.processor:.1f} s of the processor, {run.results} results\n")
            if name not in best or run.processor < best[name].processor:
                best[name] = run
    return best


def table(title: str, runs: dict[str, Run]) -> str:
    """Return the table of one comparison; ratios are of processor time, as the machine may be shared."""
    own = runs["eild validate"]
    lines = [
        f"## {title}",
        "",
        "| tool | seconds | processor seconds | MiB | results | processor time, `eild validate` = 1 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, run in runs.items():
        found = "failed" if run.results is None else str(run.results)
        ratio = "" if run.results is None else f"{run.processor / own.processor:.1f}"
        if run.cut_off:
            found, ratio = f"cut off after {run.seconds:.0f} s", f"more than {run.processor / own.processor:.1f}"
        lines.append(f"| {name} | {run.seconds:.1f} | {run.processor:.1f} | {run.memory:.0f} | {found} | {ratio} |")
    return "\n".join([*lines, ""])


def own_shapes(folder: Path) -> Path:
    """Write EILD's shapes as one file."""
    path = folder / "own-shapes.ttl"
    path.write_text("\n".join(part.read_text(encoding="utf-8") for part in resource_files("shapes", "**/*.ttl")))
    return path


def write_hundred(path: Path, *, mixed: bool) -> Path:
    """Write a hundred shapes without queries: copies of those that are measured.

    :param path: the file
    :param mixed: whether one of them has a constraint of SHACL 1.2, which needs EILD's own evaluator
    """
    text = re.sub(
        r"\nbench:[\w-]+ a sh:SPARQLConstraint ;.*?\"\"\" \.\n",
        "\n",
        SHAPES.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    text = re.sub(r" ;\n    sh:sparql bench:[\w-]+ \.", " .", text)
    head, first, rest = text.partition("\nbench:ClaimShape")
    copies = [f"{first}{rest}".replace("bench:", f"bench:copy-{number}-") for number in range(_COPIES)]
    newer = "bench:copy-7-EvidenceShape sh:property [ sh:path oa:exact ; sh:singleLine true ] .\n" if mixed else ""
    path.write_text("".join([head, *copies, newer]), encoding="utf-8")
    return path


def compare_hundred(folder: Path, size: int, rounds: int, longest: float) -> str:
    """Return a table of what one shape of a hundred costs that needs EILD's own evaluator, in one interleaved run."""
    count = write_triples(folder / "data.nt", size, faults=FAULTS)
    shapes = {
        "a hundred shapes": write_hundred(folder / "plain.ttl", mixed=False),
        "one of them with SHACL 1.2": write_hundred(folder / "mixed.ttl", mixed=True),
    }
    best: dict[str, Run] = {}
    for _ in range(rounds):
        for name, path in shapes.items():
            run = run_tool(tools(folder / "data.nt", path)["eild validate"], longest)
            if name not in best or run.processor < best[name].processor:
                best[name] = run
    first = next(iter(best.values()))
    lines = [
        f"## {count} triples",
        "",
        "| shapes | processor seconds | MiB | results | ratio |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {run.processor:.1f} | {run.memory:.0f} | {run.results} | {run.processor / first.processor:.2f} |"
        for name, run in best.items()
    ]
    return "\n".join([*lines, ""])


def main() -> int:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[12000, 100000], metavar="TRIPLES")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--own", action="store_true", help="also the dataset against EILD's own shapes")
    parser.add_argument("--longest", type=float, default=LONGEST_SECONDS, metavar="SECONDS", help="cut a run off then")
    parser.add_argument(
        "--largest-for-others", type=int, metavar="TRIPLES", help="sizes beyond this are for `eild validate` alone"
    )
    parser.add_argument("--without", nargs="*", default=[], metavar="TOOL", help="tools to leave out")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="a checkout of an earlier revision")
    parser.add_argument("--hundred", action="store_true", help="one shape of a hundred that needs another engine")
    arguments = parser.parse_args()
    if arguments.hundred:
        with tempfile.TemporaryDirectory() as folder:
            for size in arguments.sizes:
                sys.stdout.write(f"{compare_hundred(Path(folder), size, arguments.rounds, arguments.longest)}\n")
        return 0
    sections = [f"# Validation\n\n{describe_machine()}\n\nThe quickest of {arguments.rounds} rounds.\n"]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.nt"

        def taken(shapes: Path, *, alone: bool = False) -> dict[str, list[str]]:
            found = tools(data, shapes, arguments.before)
            names = [name for name in found if name not in arguments.without and is_installed(name)]
            return {name: found[name] for name in names if not alone or name in {"eild validate", _BEFORE}}

        if arguments.own:
            count = write_triples(data, 0)
            runs = compare(taken(own_shapes(Path(folder))), arguments.rounds, arguments.longest)
            sections.append(table(f"The dataset, {count} triples, against EILD's own shapes", runs))
        for size in arguments.sizes:
            count = write_triples(data, size, faults=FAULTS)
            alone = arguments.largest_for_others is not None and size > arguments.largest_for_others
            runs = compare(taken(SHAPES, alone=alone), arguments.rounds, arguments.longest)
            sections.append(table(f"{count} triples against the shapes of benchmarks/validate.ttl", runs))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(sections), encoding="utf-8")
    sys.stdout.write("\n".join(sections))
    return 0


if __name__ == "__main__":
    sys.exit(main())
