"""Dumps as our server sends them, beside the same files sent by nginx.

``python -m benchmarks.files`` builds EILD's own data, serves the dumps with both in turn and writes a table to
``benchmarks/results/files.md``. Needs the packages nginx and wrk.
"""

from __future__ import annotations

import argparse
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
    geometric_mean,
    middle,
    press,
    require,
    run_eild,
    run_program,
)
from eild.dumps import ensure_build
from eild.store.publication import load_publication

if TYPE_CHECKING:
    import contextlib

RESULTS: Final = Path(__file__).parent / "results" / "files.md"
"""Where the table is written."""
KINDS: Final = (".ttl.zst", ".ttl.gz", ".nq.zst", ".ttl", ".jsonld", ".nt", ".nq")
"""The files that are asked for."""

_CONFIGURATION: Final = """daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; etag on; keepalive_requests 1000000000;
  open_file_cache max=100;
  default_type application/octet-stream;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port} reuseport; location /dumps/ {{ alias {root}/; }} }}
}}
"""


def run_nginx(folder: Path, root: Path) -> contextlib.AbstractContextManager[Server]:
    """Run nginx over the files of a directory until the context ends.

    :param folder: for what it writes
    """
    port = find_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, root=root), encoding="utf-8")
    return run_program("nginx", [require("nginx", "the package nginx"), "-c", str(configuration)], port)


def render(rows: dict[str, tuple[int, Load, Load]]) -> str:
    """Return the table: a line for each file, and the geometric mean."""
    lines = [
        "| file | KiB | nginx MiB/s | eild MiB/s | ratio | nginx p99 ms | eild p99 ms | nginx µs CPU | eild µs CPU |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, (size, other, own) in rows.items():
        numbers = f"{other.mebibytes:.0f} | {own.mebibytes:.0f} | {own.rate / other.rate:.2f}"
        times = f"{other.slowest:.1f} | {own.slowest:.1f} | {other.cpu:.0f} | {own.cpu:.0f}"
        lines.append(f"| {name} | {size // 1024} | {numbers} | {times} |")
    mean = geometric_mean(own.rate / other.rate for _, other, own in rows.values())
    return "\n".join([*lines, "", f"Geometric mean of the ratios: {mean:.2f}.", ""])


def compare(nginx: Server, eild: Server, path: str, seconds: float, rounds: int) -> tuple[Load, Load]:
    """Return what rounds in turn measured for one file, of nginx and of our server."""
    loads: dict[str, list[Load]] = {nginx.name: [], eild.name: []}
    for number in range(rounds):
        for server in (nginx, eild) if number % 2 else (eild, nginx):
            loads[server.name].append(press(server, [path], seconds))
    found = middle(loads[nginx.name]), middle(loads[eild.name])
    if any(load.failures for load in found):
        sys.exit(f"{path}: {found[0].failures} failures of nginx, {found[1].failures} of eild")
    return found


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one round (default: 2)")
    parser.add_argument("--rounds", type=int, default=5, help="of each server for each file (default: 5)")
    parser.add_argument("--dist", type=Path, help="directory that 'eild build --out' wrote (default: the own data)")
    parser.add_argument("--out", type=Path, default=RESULTS, help=f"file for the table (default: {RESULTS.name})")
    options = parser.parse_args(arguments)
    machine = describe_machine()
    folder = (options.dist or ensure_build()).resolve()
    files = load_publication(folder).files
    rows: dict[str, tuple[int, Load, Load]] = {}
    with tempfile.TemporaryDirectory() as name, run_nginx(Path(name), folder) as nginx, run_eild(folder) as eild:
        for info in (info for kind in KINDS for info in files.values() if info.name.endswith(kind)):
            rows[info.name] = (info.size, *compare(nginx, eild, f"/dumps/{info.name}", options.seconds, options.rounds))
            sys.stdout.write(render(rows).splitlines()[-3] + "\n")
            sys.stdout.flush()
    command = f"python -m benchmarks.files --seconds {options.seconds:g} --rounds {options.rounds}"
    head = f"# Dumps, beside nginx\n\nMade by `{command}`, {CONNECTIONS} connections; medians of rounds in turn.\n"
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(f"{head}\n{machine}.\n\n{render(rows)}", encoding="utf-8")
    sys.stdout.write(render(rows).splitlines()[-1] + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
