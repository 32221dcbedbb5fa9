"""What loading and asking cost as data grows: our store on disk beside Oxigraph's, from ten thousand triples on.

``python -m benchmarks.scale`` makes data of several sizes (:mod:`benchmarks.generate`), loads each with ``eild load``
and with ``oxigraph load`` in turn, has ``oxigraph optimize`` bring the latter's store into the state in which ours is,
serves both stores read-only, and asks each kind of query of both, one request after the other. It keeps what it
measured in ``benchmarks/results/scale.json``, size by size, and writes a table and curves from that. A run replaces the
sizes that it measured and leaves the others. Needs oxigraph (PyPI).
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import RdfFormat, parse

from benchmarks.generate import write_triples
from benchmarks.load import Server, describe_machine, find_port, require, run_program
from benchmarks.plot import draw_panels
from benchmarks.queries import list_kinds, write_path
from eild.publication.cache import ensure_build
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.queries import Kind

RESULTS: Final = Path(__file__).parent / "results"
"""Where figures, table and curves are written."""
OWN: Final = "eild"
"""Our server, in tables."""
PEER: Final = "oxigraph"
"""The server that it is compared with."""
DEADLINE: Final = 5
"""Seconds that both servers give a query."""

_SIZES: Final = "10000,100000,1000000"
_ENDPOINTS: Final = {OWN: "/sparql", PEER: "/query"}
_ACCEPT: Final = {False: "application/sparql-results+json", True: "application/n-triples"}
_PATIENCE: Final = 6 * DEADLINE
_GIVE_UP: Final = 2
_START_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.1
_MEBIBYTE: Final = 1024 * 1024
_OK: Final = 200


@dataclass(frozen=True)
class Loading:
    """What loading a file took, or optimizing a store.

    :ivar seconds: by the clock
    :ivar cpu: seconds of the processor
    :ivar memory: mebibytes at most
    :ivar disk: mebibytes of the store
    """

    seconds: float
    cpu: float
    memory: float
    disk: float


@dataclass(frozen=True)
class Cost:
    """What queries of one kind took.

    :ivar asked: how many were asked
    :ivar answered: how many were answered whole
    :ivar median: milliseconds that half of the answered took at most; none if none was
    """

    asked: int
    answered: int
    median: float | None


@dataclass
class Size:
    """What was measured at one size.

    :ivar triples: how many there are
    :ivar machine: what it was measured on
    :ivar command: what measured it
    :ivar loadings: the medians of the rounds, by server
    :ivar optimizing: those of the peer's command that optimizes a store; None if its store was asked as it was loaded
    :ivar memory: mebibytes of all processes of a server, after the queries
    :ivar costs: by kind of query and server
    """

    triples: int
    machine: str
    command: str
    loadings: dict[str, Loading] = field(default_factory=dict)
    optimizing: Loading | None = None
    memory: dict[str, float] = field(default_factory=dict)
    costs: dict[str, dict[str, Cost]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Our triples per second to those of the peer's load."""
        return self.loadings[PEER].seconds / self.loadings[OWN].seconds

    @property
    def optimized_ratio(self) -> float | None:
        """Our triples per second to those of the peer's load and optimizing together; None if not measured."""
        if self.optimizing is None:
            return None
        return (self.loadings[PEER].seconds + self.optimizing.seconds) / self.loadings[OWN].seconds

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Size:
        """Return what :func:`dataclasses.asdict` made a dictionary of, also before optimizing was measured."""
        optimizing = row.get("optimizing")
        return cls(
            triples=row["triples"],
            machine=row["machine"],
            command=row["command"],
            loadings={name: Loading(**values) for name, values in row["loadings"].items()},
            optimizing=Loading(**optimizing) if optimizing else None,
            memory=dict(row["memory"]),
            costs={
                kind: {name: Cost(**values) for name, values in costs.items()} for kind, costs in row["costs"].items()
            },
        )


def _measure_disk(folder: Path) -> float:
    return (
        sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / _MEBIBYTE
    )


def run_load(command: Sequence[str], store: Path) -> Loading:
    """Run a command that loads or optimizes a store, and return what it took.

    :param store: the directory that it fills
    :raises RuntimeError: if the command fails
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(command)} ended with {process.returncode}"
        raise RuntimeError(message)
    return Loading(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, _measure_disk(store))


def compare_loads(file: Path, stores: Mapping[str, Path], rounds: int) -> tuple[dict[str, Loading], Loading]:
    """Load a file with both programs in turn, and have the peer optimize its store each time.

    :return: the medians of the rounds: of loading by server, and of optimizing
    """
    commands = {
        OWN: [*_find_own(), "load", str(file), "--store", str(stores[OWN]), "--base", BASE],
        PEER: [_find_peer(), "load", "--location", str(stores[PEER]), "--file", str(file)],
    }
    found: dict[str, list[Loading]] = {name: [] for name in commands}
    optimizing = []
    for number in range(rounds):
        for name in commands if number % 2 else reversed(commands):
            shutil.rmtree(stores[name], ignore_errors=True)
            found[name].append(run_load(commands[name], stores[name]))
        optimizing.append(run_load([_find_peer(), "optimize", "--location", str(stores[PEER])], stores[PEER]))
    return {name: _middle(loadings) for name, loadings in found.items()}, _middle(optimizing)


def _middle(loadings: Sequence[Loading]) -> Loading:
    rows = [asdict(loading) for loading in loadings]
    return Loading(**{name: round(statistics.median(row[name] for row in rows), 3) for name in rows[0]})


def _find_own() -> list[str]:
    return [sys.executable, "-c", "from eild.cli import main; main()"]


def _find_peer() -> str:
    return require("oxigraph", "the package oxigraph from PyPI")


@contextlib.contextmanager
def run_servers(stores: Mapping[str, Path]) -> Iterator[dict[str, Server]]:
    """Run both servers over their stores until the context ends."""
    limit = str(DEADLINE)
    with contextlib.ExitStack() as stack:
        port = find_port()
        command = [*_find_own(), "serve", "--store", str(stores[OWN]), "--port", str(port), "--timeout", limit]
        servers = {OWN: stack.enter_context(run_program(OWN, command, port))}
        port = find_port()
        command = [_find_peer(), "serve-read-only", "--location", str(stores[PEER]), "--bind", f"127.0.0.1:{port}"]
        servers[PEER] = stack.enter_context(run_program(PEER, [*command, "--timeout-s", limit], port))
        for server in servers.values():
            _wait_until_it_answers(server)
        yield servers


def is_whole(content: bytes, *, is_graph: bool) -> bool:
    """Tell whether a body is a whole answer: JSON results, or N-Triples; some servers end bodies with an error."""
    try:
        if is_graph:
            for _ in parse(content, RdfFormat.N_TRIPLES):
                pass
        else:
            json.loads(content)
    except (SyntaxError, ValueError):
        return False
    return True


def _ask(server: Server, path: str, *, is_graph: bool) -> float | None:
    """Ask a query; return the milliseconds until the whole answer was there, or nothing if there was none."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE)
    started = time.perf_counter()
    try:
        connection.request("GET", path, headers={"Accept": _ACCEPT[is_graph]})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    took = (time.perf_counter() - started) * 1000
    return took if answer.status == _OK and is_whole(content, is_graph=is_graph) else None


def _wait_until_it_answers(server: Server) -> None:
    """Wait for a server's first answer, which takes longer than its port.

    :raises RuntimeError: if it does not come
    """
    deadline = time.monotonic() + _START_SECONDS
    while _ask(server, write_path(_ENDPOINTS[server.name], "ASK {}"), is_graph=False) is None:
        if time.monotonic() > deadline:
            message = f"{server.name} took connections but answered nothing for {_START_SECONDS} s"
            raise RuntimeError(message)
        time.sleep(_POLL_SECONDS)


def compare_queries(servers: Mapping[str, Server], kind: Kind, number: int) -> dict[str, Cost]:
    """Ask different queries of one kind of both servers in turn; of one that failed twice no more are asked.

    :param number: how many are asked of each
    """
    times: dict[str, list[float | None]] = {name: [] for name in servers}
    for index in range(number):
        text = kind.fill(index, 1000 + index)
        for name in (OWN, PEER) if index % 2 else (PEER, OWN):
            if times[name].count(None) < _GIVE_UP:
                path = write_path(_ENDPOINTS[name], text)
                times[name].append(_ask(servers[name], path, is_graph=kind.makes_graph))
    return {name: summarize(found) for name, found in times.items()}


def summarize(times: Sequence[float | None]) -> Cost:
    """Return the cost of queries from the milliseconds of each, nothing for those that were not answered."""
    answered = [value for value in times if value is not None]
    median = round(statistics.median(answered), 3) if answered else None
    return Cost(len(times), len(answered), median)


def measure_size(count: int, folder: Path, rounds: int, number: int, command: str) -> Size:
    """Make data of a size, load and ask.

    :param count: how many triples at most
    :param folder: for data and stores
    :param rounds: how often each program loads
    :param number: queries of each kind
    """
    file, stores = folder / "data.nt", {OWN: folder / OWN, PEER: folder / PEER}
    size = Size(write_triples(file, count), describe_machine(), command)
    size.loadings, size.optimizing = compare_loads(file, stores, rounds)
    taken = {name: f"{loading.seconds:.1f} s" for name, loading in size.loadings.items()}
    _say(f"{size.triples} triples: loaded in {_join_shown(taken)}, optimized in {size.optimizing.seconds:.1f} s")
    with run_servers(stores) as servers:
        for kind in list_kinds(ensure_build()):
            costs = size.costs[kind.name] = compare_queries(servers, kind, number)
            _say(f"  {kind.name:12} " + _join_shown({name: show_cost(cost) for name, cost in costs.items()}))
        size.memory = {name: round(server.memory(), 1) for name, server in servers.items()}
    return size


def _join_shown(shown: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {text}" for name, text in shown.items())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show_cost(cost: Cost) -> str:
    """Return a cost for a cell: milliseconds, and how many were answered if not all were."""
    shown = f"none in {DEADLINE} s" if cost.median is None else f"{cost.median:.1f}"
    return shown if cost.answered == cost.asked else f"{shown} ({cost.answered} of {cost.asked})"


def _show_loading(loading: Loading | None) -> str:
    if loading is None:
        return "– | – | – | –"
    return f"{loading.seconds:.1f} | {loading.cpu:.1f} | {loading.memory:.0f} | {loading.disk:.0f}"


def render(sizes: Sequence[Size]) -> str:
    """Return the tables: loads, and a line for each kind of query."""
    lines = [
        "## Loading",
        "",
        "`eild load` also counts the triples by graph, class and property, notes the kinds of literals, has the engine",
        "sort its files, takes checksums and reads the store again before it becomes current. `oxigraph load` leaves",
        "sorting to `oxigraph optimize`, which ran after it. Ratios: our triples per second to Oxigraph's, beside its",
        "load alone, and beside load and optimize together, which leave a store in the same state as ours.",
        "",
        "| triples | "
        + " | ".join(f"{name} s | CPU s | peak MiB | disk MiB" for name in (OWN, PEER, f"{PEER} optimize"))
        + " | ratio | with optimize |",
        "|---:|" + "---:|" * 14,
    ]
    for size in sizes:
        cells = [_show_loading(loading) for loading in (size.loadings[OWN], size.loadings[PEER], size.optimizing)]
        optimized = "–" if size.optimized_ratio is None else f"{size.optimized_ratio:.2f}"
        lines.append(f"| {size.triples} | {' | '.join(cells)} | {size.ratio:.2f} | {optimized} |")
    heads = [f"{size.triples}: {name} ms" for size in sizes for name in (OWN, PEER)]
    lines += ["", "## Queries", "", f"Medians of different queries, one after the other, {DEADLINE} s for each."]
    unsorted = ", ".join(f"{size.triples}" for size in sizes if size.optimizing is None)
    lines += [f"Oxigraph's stores of {unsorted} triples were asked as loaded, not optimized.", ""] if unsorted else [""]
    lines += ["| | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(heads)]
    for kind in sizes[0].costs:
        cells = [show_cost(size.costs[kind][name]) for size in sizes for name in (OWN, PEER)]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    cells = [f"{size.memory[name]:.0f}" for size in sizes for name in (OWN, PEER)]
    lines.append(f"| MiB of all processes, after these | {' | '.join(cells)} |")
    lines += ["", "## Runs", ""]
    lines += [f"- {size.triples} triples: `{size.command}`. {size.machine}." for size in sizes]
    return "\n".join([*lines, ""])


def draw(sizes: Sequence[Size]) -> str:
    """Return the curves: seconds to load, and milliseconds by kind of query, over the number of triples."""
    panels = {
        "load, seconds": {
            name: [(float(size.triples), size.loadings[name].seconds) for size in sizes] for name in (OWN, PEER)
        }
    }
    for kind in sizes[0].costs:
        panels[f"{kind}, ms"] = {
            name: [(float(size.triples), cost) for size in sizes if (cost := size.costs[kind][name].median)]
            for name in (OWN, PEER)
        }
    return draw_panels("Cost over the number of triples, both stores on disk", panels)


def write_results(folder: Path, measured: Sequence[Size]) -> None:
    """Write figures, table and curves; sizes that were not measured now stay as they were.

    :param folder: the directory of the results
    """
    path = folder / "scale.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    kept = {_magnitude(size.triples): size for size in [*map(Size.from_row, rows), *measured]}
    sizes = sorted(kept.values(), key=lambda size: size.triples)
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(size) for size in sizes], indent=1) + "\n", encoding="utf-8")
    head = "# Cost over size\n\nWritten by `python -m benchmarks.scale`; curves in [scale.svg](scale.svg).\n"
    (folder / "scale.md").write_text(f"{head}\n{render(sizes)}", encoding="utf-8")
    (folder / "scale.svg").write_text(draw(sizes), encoding="utf-8")


def _magnitude(triples: int) -> int:
    """Return the number of digits: data of a size has a few triples less from one version of the dataset to another."""
    return len(f"{triples * 3 // 2}")


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", default=_SIZES, help=f"triples at most, separated by commas (default: {_SIZES})")
    parser.add_argument("--rounds", type=int, default=3, help="loads with each program (default: 3)")
    parser.add_argument("--queries", type=int, default=7, help="queries of each kind (default: 7)")
    parser.add_argument("--scratch", type=Path, help="directory for data and stores (default: a temporary one)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory for the results")
    options = parser.parse_args(arguments)
    for count in map(int, options.sizes.split(",")):
        command = f"python -m benchmarks.scale --sizes {count} --rounds {options.rounds} --queries {options.queries}"
        with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
            size = measure_size(count, Path(folder), options.rounds, options.queries, command)
        write_results(options.out, [size])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
