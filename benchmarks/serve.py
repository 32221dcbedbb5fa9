"""Our server beside others, over EILD's own data: queries that are all different, that repeat, and documents.

``python -m benchmarks.serve`` builds the data, runs the servers one after the other in rounds that alternate, and
writes a table and a plot to ``benchmarks/results/``. Needs the packages wrk (Debian) and oxigraph (PyPI, one of the
development requirements); rdflib-endpoint (PyPI) is compared where it is installed, and others are left out.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.load import (
    CONNECTIONS,
    Load,
    Server,
    describe_machine,
    find_port,
    geometric_mean,
    middle,
    press,
    require,
    run_eild,
    run_program,
)
from benchmarks.plot import draw_bars
from benchmarks.queries import draw_mix, list_kinds, write_path
from eild.dumps import ensure_build
from eild.store.publication import load_publication

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RESULTS: Final = Path(__file__).parent / "results"
"""Where table and plot are written."""
OWN: Final = "eild"
"""Our server, in tables."""
PEER: Final = "oxigraph memory"
"""The server that ratios refer to."""

_STORE: Final = {
    ".nt": ("/store?default", "application/n-triples"),
    ".nq": ("/store", "application/n-quads"),
}
"""The dumps that make the same dataset as ours, default graph and named graphs, and where a store takes them."""
_ENDPOINTS: Final = {OWN: "/sparql", "rdflib-endpoint": "/"}
_STEP: Final = 1_000_000
_ROWS: Final = {"Accept": "application/sparql-results+json"}
_GRAPH: Final = {"Accept": "text/turtle"}


@dataclass(frozen=True)
class Case:
    """Requests of one kind.

    :ivar name: what tables call them
    :ivar group: what they are counted with
    :ivar paths: by server
    :ivar fields: header fields, by server
    """

    name: str
    group: str
    paths: Mapping[str, Sequence[str]]
    fields: Mapping[str, Mapping[str, str]]


@dataclass
class Round:
    """What was measured of one kind of requests, by server."""

    loads: dict[str, list[Load]] = field(default_factory=dict)

    def find(self, name: str) -> Load:
        """Return the medians of a server's rounds."""
        return middle(self.loads[name])


@contextlib.contextmanager
def _run_oxigraph_memory(folder: Path) -> Iterator[Server]:
    port = find_port()
    command = [require("oxigraph", "the package oxigraph from PyPI"), "serve", "--bind", f"127.0.0.1:{port}"]
    with run_program(PEER, command, port) as server:
        for extension, (path, kind) in _STORE.items():
            dump = load_publication(folder).read_dump(extension)
            url = f"http://127.0.0.1:{port}{path}"
            request = urllib.request.Request(url, dump, {"Content-Type": kind}, method="POST")
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - the server that was just started
                answer.read()
        yield server


@contextlib.contextmanager
def _run_oxigraph_disk(folder: Path, store: Path) -> Iterator[Server]:
    program, port = require("oxigraph", "the package oxigraph from PyPI"), find_port()
    files = [folder / load_publication(folder).find_dump(extension).name for extension in _STORE]
    command = [program, "load", "--location", str(store), "--file", *map(str, files)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the program that is compared
    subprocess.run([program, "optimize", "--location", str(store)], check=True, capture_output=True)  # noqa: S603
    command = [program, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with run_program("oxigraph disk", command, port) as server:
        yield server


@contextlib.contextmanager
def run_servers(folder: Path, scratch: Path) -> Iterator[list[Server]]:
    """Run all servers until the context ends.

    :param folder: the build that all serve
    :param scratch: for what they write
    """
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(run_eild(folder))]
        servers.append(stack.enter_context(_run_oxigraph_memory(folder)))
        servers.append(stack.enter_context(_run_oxigraph_disk(folder, scratch / "store")))
        endpoint = shutil.which("rdflib-endpoint", path=str(Path(sys.executable).parent))
        if endpoint:
            port = find_port()
            dump = folder / load_publication(folder).find_dump(".nt").name
            command = [endpoint, "serve", str(dump), "--host", "127.0.0.1", "--port", str(port)]
            servers.append(stack.enter_context(run_program("rdflib-endpoint", command, port)))
        yield servers


def _find_tag(server: Server, path: str, accept: Mapping[str, str]) -> str:
    """Return the entity tag of an answer; empty where there is none."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=dict(accept))
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - a server of this run
        return str(answer.headers.get("ETag", ""))


def list_cases(folder: Path, servers: Sequence[Server]) -> Iterator[Case]:
    """Yield all kinds of requests."""
    kinds = list_kinds(folder)
    names = [server.name for server in servers]
    endpoints = {name: _ENDPOINTS.get(name, "/query") for name in names}
    for kind in kinds:
        accept = _GRAPH if kind.makes_graph else _ROWS
        paths = {name: [write_path(endpoints[name], text) for text in kind.queries] for name in names}
        yield Case(kind.name, "cold", paths, dict.fromkeys(names, accept))
    for kind in kinds:
        accept = _GRAPH if kind.makes_graph else _ROWS
        paths = {name: [write_path(endpoints[name], kind.queries[0], 7)] for name in names}
        yield Case(kind.name, "repeated", paths, dict.fromkeys(names, accept))
    both = {"Accept": f"{_ROWS['Accept']}, {_GRAPH['Accept']}"}
    mix = list(draw_mix(kinds))
    paths = {name: [write_path(endpoints[name], text) for text in mix] for name in names}
    yield Case("mix", "mix", paths, dict.fromkeys(names, both))
    describe = next(kind for kind in kinds if kind.name == "describe")
    paths = {name: [write_path(endpoints[name], text, 7) for text in describe.queries] for name in names}
    base = load_publication(folder).base
    subjects = [text[text.rindex("<") + 1 : text.rindex(">")] for text in describe.queries]
    paths[OWN] = [iri.replace(f"{base}id/", "/doc/") for iri in subjects if iri.startswith(f"{base}id/")]
    yield Case("documents", "documents", paths, dict.fromkeys(names, _GRAPH))
    own = next(server for server in servers if server.name == OWN)
    point = write_path("/sparql", kinds[0].queries[0], 7)
    fields: dict[str, Mapping[str, str]] = dict.fromkeys(names, _ROWS)
    fields[OWN] = {**_ROWS, "If-None-Match": _find_tag(own, point, _ROWS)}
    paths = {name: [write_path(endpoints[name], kinds[0].queries[0], 7)] for name in names}
    yield Case("not modified", "304", paths, fields)


def compare(servers: Sequence[Server], case: Case, seconds: float, rounds: int) -> Round:
    """Return what rounds in turn measured of one kind of requests."""
    found = Round({server.name: [] for server in servers})
    for number in range(rounds):
        for server in servers if number % 2 else reversed(servers):
            paths, fields = case.paths[server.name], case.fields[server.name]
            found.loads[server.name].append(press(server, paths, seconds, fields, start=(number + 1) * _STEP))
    for server in servers:
        if failures := found.find(server.name).failures:
            sys.stderr.write(f"{case.group} {case.name}: {server.name} failed {failures} times\n")
    return found


def render(rounds: Mapping[tuple[str, str], Round], servers: Sequence[Server], memory: Mapping[str, float]) -> str:
    """Return the tables: a line for each kind of requests, the ratios of each group, and memory."""
    names = [server.name for server in servers]
    lines = [
        "| | | " + " | ".join(f"{name} req/s | p50 ms | p99 ms | µs CPU" for name in names) + f" | ratio to {PEER} |",
        "|---|---|" + "---:|" * (4 * len(names) + 1),
    ]
    groups: dict[str, list[float]] = {}
    for (group, name), found in rounds.items():
        loads = [found.find(server) for server in names]
        cells = [f"{load.rate:.0f} | {load.median:.2f} | {load.slowest:.1f} | {load.cpu:.0f}" for load in loads]
        ratio = found.find(OWN).rate / found.find(PEER).rate
        groups.setdefault(group, []).append(ratio)
        lines.append(f"| {group} | {name} | {' | '.join(cells)} | {ratio:.2f} |")
    lines += ["", f"| group | geometric mean of the ratios to {PEER} | least |", "|---|---:|---:|"]
    lines += [f"| {group} | {geometric_mean(found):.2f} | {min(found):.2f} |" for group, found in groups.items()]
    lines += ["", "| server | MiB (proportional set size of all processes) | seconds to start |", "|---|---:|---:|"]
    lines += [f"| {server.name} | {memory[server.name]:.0f} | {server.start:.2f} |" for server in servers]
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one round (default: 3)")
    parser.add_argument("--rounds", type=int, default=3, help="of each server for each kind (default: 3)")
    parser.add_argument("--dist", type=Path, help="directory that 'eild build --out' wrote (default: the own data)")
    parser.add_argument("--groups", default="", help="groups to measure, separated by commas (default: all)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory for table and plot")
    options = parser.parse_args(arguments)
    machine = describe_machine()
    folder = (options.dist or ensure_build()).resolve()
    rounds: dict[tuple[str, str], Round] = {}
    with tempfile.TemporaryDirectory() as scratch, run_servers(folder, Path(scratch)) as servers:
        for case in list_cases(folder, servers):
            if options.groups and case.group not in options.groups.split(","):
                continue
            found = rounds[case.group, case.name] = compare(servers, case, options.seconds, options.rounds)
            own, peer = found.find(OWN), found.find(PEER)
            sys.stdout.write(
                f"{case.group:10} {case.name:12} {own.rate:8.0f} {peer.rate:8.0f}  {own.rate / peer.rate:.2f}"
                f"  µs CPU {own.cpu:.0f} {peer.cpu:.0f}\n"
            )
            sys.stdout.flush()
        memory = {server.name: server.memory() for server in servers}
        table = render(rounds, servers, memory)
    command = f"python -m benchmarks.serve --seconds {options.seconds:g} --rounds {options.rounds}"
    command += f" --groups {options.groups}" if options.groups else ""
    head = f"# Our server beside others\n\nMade by `{command}`, {CONNECTIONS} connections; medians of rounds in turn.\n"
    options.out.mkdir(exist_ok=True)
    (options.out / "serve.md").write_text(f"{head}\n{machine}.\n\n{table}", encoding="utf-8")
    ratios = {
        f"{group} {name}": found.find(OWN).rate / found.find(PEER).rate for (group, name), found in rounds.items()
    }
    plot = draw_bars(f"Answers per second, as a multiple of {PEER}'s", ratios)
    (options.out / "serve.svg").write_text(plot, encoding="utf-8")
    sys.stdout.write(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
