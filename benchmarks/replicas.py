"""Replicas of our server behind nginx, and our server in front of a remote one, beside one server alone.

``python -m benchmarks.replicas`` serves EILD's own build with one server, with one and two behind nginx, and with one
that asks Oxigraph's server, all with one process for requests each, in rounds that alternate, and writes a table to
``benchmarks/results/replicas.md``. Needs the packages nginx and wrk (Debian) and oxigraph (PyPI). The load generator
and nginx share the cores with the servers: where these have too few, a second replica can add nothing here.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.load import (
    CONNECTIONS,
    Load,
    Server,
    describe_machine,
    find_port,
    middle,
    press,
    run_eild,
    run_program,
)
from benchmarks.peers import ENDPOINTS, OXIGRAPH, run_nginx, run_oxigraph
from benchmarks.queries import draw_mix, list_kinds, write_path
from eild.publication.cache import ensure_build

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RESULTS: Final = Path(__file__).parent / "results" / "replicas.md"
"""Where the table is written."""
ALONE: Final = "one server"
"""What ratios refer to."""
REMOTE: Final = "in front of oxigraph"
"""Our server with ``--store URL``."""

_PEER: Final = "oxigraph itself"
_STEP: Final = 1_000_000
_FIELDS: Final = {"Accept": "application/sparql-results+json, text/turtle;q=0.9"}
_BALANCER: Final = """  upstream replicas {{ {upstream} keepalive 32; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port};
    large_client_header_buffers 4 256k;
    location / {{
      proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;
    }}
  }}"""


def write_balancer(port: int, servers: Sequence[Server]) -> str:
    """Return what the ``http`` block of nginx holds that spreads requests over servers.

    :param port: where nginx listens
    """
    upstream = " ".join(f"server 127.0.0.1:{server.port};" for server in servers)
    return _BALANCER.format(port=port, upstream=upstream)


def run_balancer(folder: Path, servers: Sequence[Server]) -> contextlib.AbstractContextManager[Server]:
    """Run nginx in front of servers until the context ends.

    :param folder: for what it writes; exists
    """
    port = find_port()
    name = f"nginx, {len(servers)} behind it"
    return run_nginx(folder, write_balancer(port, servers), port, name=name, workers="1")


@contextlib.contextmanager
def run_arrangements(dist: Path, scratch: Path) -> Iterator[list[Server]]:
    """Run everything that is compared until the context ends; the first is one server alone.

    :param dist: the build that all serve
    :param scratch: for what they write
    """
    with contextlib.ExitStack() as stack:
        replicas = [stack.enter_context(run_eild(dist, "--workers", "1", name=ALONE)) for _ in range(2)]
        arrangements = [replicas[0]]
        for number in (1, 2):
            folder = scratch / f"nginx-{number}"
            folder.mkdir()
            arrangements.append(stack.enter_context(run_balancer(folder, replicas[:number])))
        peer = stack.enter_context(run_oxigraph(dist, name=_PEER))
        port = find_port()
        command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--workers", "1"]
        command += ["--store", f"http://127.0.0.1:{peer.port}{ENDPOINTS[OXIGRAPH]}", "--port", str(port)]
        arrangements.append(stack.enter_context(run_program(REMOTE, command, port)))
        yield [*arrangements, peer]


def list_loads(dist: Path) -> dict[str, list[str]]:
    """Return the queries of each load as parameters: all different, and drawn as public logs show them."""
    kinds = list_kinds(dist)
    cold = [
        write_path("", text) for texts in zip(*(kind.queries[:14] for kind in kinds), strict=False) for text in texts
    ]
    return {"cold": cold, "repeated": [write_path("", text) for text in draw_mix(kinds)]}


def compare(servers: Sequence[Server], parameters: Sequence[str], seconds: int, rounds: int) -> dict[str, Load]:
    """Return what rounds in turn measured of one load, by server."""
    loads: dict[str, list[Load]] = {server.name: [] for server in servers}
    for number in range(rounds):
        for place, server in enumerate(servers if number % 2 else reversed(servers)):
            endpoint = ENDPOINTS[OXIGRAPH] if server.name == _PEER else "/sparql"
            paths = [endpoint + text for text in parameters]
            start = _STEP * (1 + number * len(servers) + place)
            loads[server.name].append(press(server, paths, seconds, _FIELDS, start=start))
    return {name: middle(found) for name, found in loads.items()}


def render(loads: Mapping[str, Mapping[str, Load]]) -> str:
    """Return the table: a line for each load and arrangement."""
    lines = [f"| load | | req/s | p50 ms | p99 ms | failures | ratio to {ALONE} |", "|---|---|" + "---:|" * 5]
    for load, found in loads.items():
        for name, measured in found.items():
            numbers = f"{measured.rate:.0f} | {measured.median:.2f} | {measured.slowest:.1f} | {measured.failures}"
            lines.append(f"| {load} | {name} | {numbers} | {measured.rate / found[ALONE].rate:.2f} |")
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replicas", description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="of one round (default: 3)")
    parser.add_argument("--rounds", type=int, default=3, help="of each arrangement for each load (default: 3)")
    parser.add_argument("--dist", type=Path, help="directory that 'eild build --out' wrote (default: the own data)")
    parser.add_argument("--out", type=Path, default=RESULTS, help=f"file for the table (default: {RESULTS.name})")
    options = parser.parse_args(arguments)
    machine = describe_machine()
    dist = (options.dist or ensure_build()).resolve()
    with tempfile.TemporaryDirectory() as name, run_arrangements(dist, Path(name)) as servers:
        loads = {
            load: compare(servers, parameters, options.seconds, options.rounds)
            for load, parameters in list_loads(dist).items()
        }
    command = f"python -m benchmarks.replicas --seconds {options.seconds:g} --rounds {options.rounds}"
    head = (
        "# Replicas, and a remote server\n\n"
        f"Made by `{command}`, {CONNECTIONS} connections; medians of rounds in turn.\n"
        f"Load generator, nginx and servers share {os.cpu_count()} cores; each server of ours has one process for "
        "requests.\n"
    )
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(f"{head}\n{machine}.\n\n{render(loads)}", encoding="utf-8")
    sys.stdout.write(render(loads))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
