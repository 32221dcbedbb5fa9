"""Our server beside others, over EILD's own data: queries that are all different, that repeat, documents and dumps.

``python -m benchmarks.serve`` builds the data, runs the servers one after the other in rounds that alternate, and
writes tables, a plot and the figures to ``benchmarks/results/``. Needs the packages wrk and nginx (Debian) and oxigraph
(PyPI, one of the development requirements). Where they are installed, rdflib-endpoint[cli] (PyPI) and
virtuoso-opensource-7-bin (Debian) are compared too.

Ratios that matter refer to Oxigraph in memory and to nginx, which are measured as long as we are; other servers get one
short round for each kind of requests, between ours. It also measures what one client of small queries gets while
others send expensive ones (:mod:`benchmarks.bombs`), and what starting takes (:mod:`benchmarks.start`).
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.bombs import CONNECTIONS as BOMBERS
from benchmarks.bombs import measure_alone, measure_under_bombs
from benchmarks.cases import GROUPS, OWN, find_endpoint, list_cases
from benchmarks.figures import BASES, Figures, Host, find_base, find_ratio, load_figures, write_figures
from benchmarks.load import CONNECTIONS, Load, Server, describe_machine, middle, press, run_eild
from benchmarks.peers import (
    NGINX,
    RDFLIB_ENDPOINT,
    VIRTUOSO,
    run_files,
    run_oxigraph,
    run_oxigraph_disk,
    run_rdflib_endpoint,
    run_virtuoso,
)
from benchmarks.queries import list_kinds
from benchmarks.report import draw, render, write_head
from benchmarks.start import measure_start
from eild.publication.cache import ensure_build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.cases import Case

RESULTS: Final = Path(__file__).parent / "results"
"""Where tables, plot and figures are written."""
START: Final = "start"
"""The group of what starting takes."""
BOMBS: Final = "bombs"
"""The group of the client among others that send expensive queries."""

_STEP: Final = 1_000_000
_ALONE_SECONDS: Final = 5


@dataclass(frozen=True)
class Effort:
    """How long is measured.

    :ivar seconds: of one round
    :ivar rounds: of us and of the servers that ratios refer to, for each kind of requests
    :ivar slow_seconds: of the one round of each other server
    :ivar bomb_seconds: of expensive queries
    """

    seconds: int
    rounds: int
    slow_seconds: int
    bomb_seconds: int


@contextlib.contextmanager
def run_servers(folder: Path, scratch: Path, groups: Sequence[str]) -> Iterator[list[Server]]:
    """Run all servers that some groups need and that are installed, until the context ends.

    :param folder: the build that all serve
    :param scratch: for what they write
    """
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(run_eild(folder))]
        if set(groups) - {"dumps"}:
            servers.append(stack.enter_context(run_oxigraph(folder)))
            servers.append(stack.enter_context(run_oxigraph_disk(folder, scratch / "oxigraph")))
            if is_installed("rdflib-endpoint"):
                servers.append(stack.enter_context(run_rdflib_endpoint(folder, RDFLIB_ENDPOINT)))
            if is_installed("virtuoso-t") and is_installed("isql-vt"):
                servers.append(stack.enter_context(run_virtuoso(folder, scratch / "virtuoso", VIRTUOSO)))
        if "dumps" in groups:
            (scratch / NGINX).mkdir()
            servers.append(stack.enter_context(run_files(scratch / NGINX, folder)))
        yield servers


def is_installed(program: str) -> bool:
    """Tell whether a program that may be missing is there; say so if it is not."""
    found = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    if not found:
        sys.stderr.write(f"{program} is not installed: left out\n")
    return bool(found)


def plan_rounds(names: Sequence[str], rounds: int) -> list[list[str]]:
    """Return which servers are measured one after the other, round by round.

    We and the servers that ratios refer to are in all rounds, others in the one in the middle; the order alternates.
    """
    plan = []
    for number in range(rounds):
        present = [name for name in names if name in {OWN, *BASES} or number == rounds // 2]
        plan.append(present if number % 2 else present[::-1])
    return plan


def compare(servers: Sequence[Server], case: Case, effort: Effort) -> dict[str, Load]:
    """Return what rounds in turn measured of one kind of requests: the medians, by server.

    :raises RuntimeError: if one of the servers that ratios need is gone; others are left out
    """
    present = {server.name: server for server in servers if case.paths.get(server.name)}
    loads: dict[str, list[Load]] = {name: [] for name in present}
    for number, names in enumerate(plan_rounds(list(present), effort.rounds), 1):
        for name in names:
            needed = name in {OWN, *BASES}
            seconds = effort.seconds if needed else effort.slow_seconds
            paths, fields = case.paths[name], case.fields.get(name)
            try:
                loads[name].append(press(present[name], paths, seconds, fields, start=number * _STEP))
            except RuntimeError as error:
                if needed:
                    raise
                sys.stderr.write(f"{case.group} {case.name}: {error}\n")
    found = {name: middle(values) for name, values in loads.items() if values}
    for name, load in found.items():
        if load.failures:
            sys.stderr.write(f"{case.group} {case.name}: {name} failed {load.failures} times\n")
    return found


def measure_healthy(figures: Figures, folder: Path, seconds: int) -> None:
    """Add what a client of small queries gets of a server just started, alone and among expensive queries."""
    kind = list_kinds(folder)[0]
    with run_eild(folder) as server:
        measure_alone(server, kind, find_endpoint(OWN), 1)  # so that it is warm
        figures.healthy["alone"] = measure_alone(server, kind, find_endpoint(OWN), min(_ALONE_SECONDS, seconds))
        name = f"among {BOMBERS} connections of expensive queries"
        figures.healthy[name] = measure_under_bombs(server, kind, find_endpoint(OWN), seconds)
    for name, healthy in figures.healthy.items():
        _say(f"{name}: p50 {healthy.median:.2f} ms, p99 {healthy.slowest:.1f} ms, {healthy.failed} failed")


def measure(figures: Figures, folder: Path, dist: Path | None, groups: Sequence[str], effort: Effort) -> None:
    """Measure all that some groups ask for, and add it to the figures.

    :param folder: the build that all servers have
    :param dist: the same if it is not the own data
    """
    if START in groups:
        figures.start = measure_start(folder, dist)
        _say(f"{figures.start}")
    if asked := [group for group in groups if group in GROUPS]:
        with tempfile.TemporaryDirectory() as scratch, run_servers(folder, Path(scratch), asked) as servers:
            for case in list_cases(folder, servers, asked):
                loads = compare(servers, case, effort)
                figures.loads.setdefault(case.group, {})[case.name] = loads
                _say(describe_case(case, loads))
            figures.hosts = {server.name: Host(server.start, server.memory()) for server in servers}
    if BOMBS in groups:
        measure_healthy(figures, folder, effort.bomb_seconds)


def describe_case(case: Case, loads: dict[str, Load]) -> str:
    """Return the line that is printed while the comparison runs."""
    ratio = find_ratio(loads, find_base(loads))
    rates = ", ".join(f"{name} {load.rate:.0f}/s {load.cpu:.0f} µs" for name, load in loads.items())
    return f"{case.group:10} {case.name:12} {'none' if ratio is None else f'{ratio:.2f}'}  {rates}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_results(folder: Path, name: str, figures: Figures, earlier: Figures | None) -> None:
    """Write figures, tables and plot.

    :param folder: made where it does not exist
    :param name: what the files are called, before their extensions
    :param earlier: what an earlier run measured, for columns beside
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_figures(folder / f"{name}.json", figures)
    text = write_head(figures, earlier) + render(figures, earlier)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    if figures.loads:
        (folder / f"{name}.svg").write_text(draw(figures, earlier), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    every = (START, *GROUPS, BOMBS)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="of one round (default: 3)")
    parser.add_argument("--rounds", type=int, default=3, help="of each server for each kind (default: 3)")
    parser.add_argument("--slow-seconds", type=int, default=1, help="of the one round of others (default: 1)")
    parser.add_argument("--bomb-seconds", type=int, default=20, help="of expensive queries (default: 20)")
    parser.add_argument("--dist", type=Path, help="directory that 'eild build --out' wrote (default: the own data)")
    parser.add_argument("--groups", default=",".join(every), help=f"what is measured (default: {','.join(every)})")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory for the results")
    parser.add_argument("--name", default="", help="write serve-NAME.md, .svg and .json instead of serve.md …")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="figures of an earlier run, to show beside")
    parser.add_argument("--render", type=Path, metavar="FILE", help="measure nothing; show these figures")
    options = parser.parse_args(arguments)
    groups = options.groups.split(",")
    if unknown := set(groups) - set(every):
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    try:
        earlier = load_figures(options.compare) if options.compare else None
        figures = load_figures(options.render) if options.render else None
    except (OSError, ValueError) as error:
        parser.error(str(error))
    name = f"serve-{options.name}" if options.name else "serve"
    if figures is None:
        command = " ".join(["python -m benchmarks.serve", *arguments])
        figures = Figures(command, describe_machine(), CONNECTIONS)
        effort = Effort(options.seconds, options.rounds, options.slow_seconds, options.bomb_seconds)
        folder = (options.dist or ensure_build()).resolve()
        try:
            measure(figures, folder, options.dist, groups, effort)
        finally:
            write_results(options.out, name, figures, earlier)  # also what there is of a run that was broken off
    else:
        write_results(options.out, name, figures, earlier)
    _say(render(figures, earlier))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
