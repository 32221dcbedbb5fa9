"""Record how EILD behaves over HTTP and on the command line, and compare two recordings.

``python -m tools.behaviour record before.json`` records this checkout (or another: ``--checkout``), ``python -m
tools.behaviour compare before.json after.json`` prints what differs and exits with 1 if anything does. A change that
only moves code leaves no difference. Two recordings of the same checkout are equal: times and measured values are
masked, the ports are fixed, and a second recording on the same machine waits for the first.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tools.commands import MODIFIED, CommandRunner, write_inputs
from tools.comparison import find_differences, report_differences
from tools.masking import MASKED_FIELDS, mask_log
from tools.probes import Prober
from tools.queries import QUERIES, SLOW_QUERY
from tools.recorder import Recorder
from tools.routes import BROWSER, discover
from tools.servers import Checkout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PORT: Final = 18730
"""First of the ports of the servers; ports are part of some entity tags and must be the same in both recordings."""

_SMALL_LIMITS: Final = ("--query-bytes", "4000", "--result-bytes", "20000", "--body-bytes", "20000", "--timeout", "3")


def record_own(checkout: Checkout, recorder: Recorder) -> None:
    """Record a server over the build of EILD's own dataset."""
    with checkout.serve("--dist", "dist", "--log", "own.log", port=PORT) as client:
        prober = Prober("own", client, recorder)
        templates, targets = discover(client)
        prober.probe_addresses(templates, targets)
        prober.probe_queries()
        prober.probe_protocol()
        prober.probe_validate()
        for path in sorted((checkout.root / "queries").glob("*.rq"))[::4]:
            text = path.read_bytes()
            prober.probe(
                "POST", "/sparql", {"Content-Type": "application/sparql-query"}, body=text, title=f"queries/{path.name}"
            )
        prober.probe("GET", "/metrics", {})
    record_log("own", checkout.work / "own.log", recorder)


def record_files(checkout: Checkout, recorder: Recorder) -> None:
    """Record a server that publishes files, with small limits, before and after it reloads them."""
    files = ("animals.ttl", "pets.trig", "--base", "http://example.org/")
    options = (*files, *_SMALL_LIMITS, "--public-url", "https://data.example/x/", "--log", "files.log")
    with checkout.serve(*options, "--contact", "mailto:data@data.example", port=PORT + 1) as client:
        prober = Prober("files", client, recorder)
        templates, targets = discover(client)
        prober.probe_addresses(templates, targets)
        prober.probe_queries({**QUERIES, "slow": SLOW_QUERY})
        prober.probe_protocol()
        prober.probe("GET", "/metrics", {})
        runner = CommandRunner(checkout, recorder)
        (checkout.work / "pets.trig").write_text("<http://example.org/a> <http://example.org/b> 1 .", encoding="utf-8")
        os.utime(checkout.work / "pets.trig", (MODIFIED + 1, MODIFIED + 1))
        runner.run("reload", "--port", str(client.port))
        reloaded = Prober("files reloaded", client, recorder)
        (checkout.work / "pets.trig").write_text("no RDF", encoding="utf-8")
        for name in ("count", "graphs"):
            reloaded.probe_queries({name: QUERIES[name]})
        runner.run("reload", "--port", str(client.port), title="bad file")
        reloaded.probe("GET", "/", {"Accept": BROWSER})
    record_log("files", checkout.work / "files.log", recorder)


def record_disk(checkout: Checkout, recorder: Recorder) -> None:
    """Record a server over a store on disk, with the default graph as the files have it.

    Its entity tags are masked: each load gives the store an identifier of its own.
    """
    checkout.run("load", "animals.ttl", "pets.trig", "--store", "disk", "--no-union-default-graph")
    with checkout.serve("--store", "disk", port=PORT + 2) as client:
        prober = Prober("disk", client, recorder, MASKED_FIELDS | {"etag"})
        record_lightly(prober)
        os.kill(client.pid, signal.SIGHUP)
        time.sleep(1)
        prober.probe("GET", "/", {}, title="after SIGHUP")


def record_remote(checkout: Checkout, recorder: Recorder) -> None:
    """Record a server in front of a SPARQL endpoint, which is a server over EILD's own dataset."""
    with (
        checkout.serve("--dist", "dist", port=PORT) as backend,
        checkout.serve("--store", f"http://127.0.0.1:{backend.port}/sparql", port=PORT + 3) as client,
    ):
        prober = Prober("remote", client, recorder)
        record_lightly(prober)
        os.kill(backend.pid, signal.SIGKILL)
        for target in ("/", "/sparql?query=ASK%7B%7D", "/doc/agent/joe-biden", "/health/ready"):
            prober.probe("GET", target, {"Accept": BROWSER}, title="without its backend")


def record_lightly(prober: Prober) -> None:
    """Record each address of a server in a few forms, and the queries."""
    _, targets = discover(prober.client)
    for target in targets:
        if target != "/metrics":
            for fields in ({}, {"Accept": BROWSER}, {"Accept": "application/ld+json"}, {"Accept-Encoding": "gzip"}):
                prober.probe("GET", target, fields)
            prober.probe("HEAD", target, {})
    prober.probe_queries()


def record_log(name: str, path: Path, recorder: Recorder) -> None:
    """Record what a server wrote to its request log."""
    lines = mask_log(path.read_text(encoding="utf-8"))
    recorder.add(f"{name} request log", {"body": recorder.keep(lines.encode())})


def record(root: Path, *, report: Callable[[str], None]) -> dict[str, Any]:
    """Record the behaviour of a checkout.

    :param report: takes a line on the progress
    """
    recorder = Recorder()
    with tempfile.TemporaryDirectory(prefix="behaviour-") as folder:
        checkout = Checkout(root.resolve(), Path(folder).resolve())
        recorder.places = ((str(checkout.work), "WORK"), (str(checkout.root), "CHECKOUT"))
        write_inputs(checkout.root, checkout.work)
        runner = CommandRunner(checkout, recorder)
        steps: tuple[Callable[[], None], ...] = (
            runner.run_build,
            runner.run_help,
            runner.run_reading,
            runner.run_validate,
            lambda: record_own(checkout, recorder),
            lambda: record_disk(checkout, recorder),
            lambda: record_remote(checkout, recorder),
            lambda: record_files(checkout, recorder),
        )
        titles = ("build", "help", "reading", "validation", "own dataset", "store", "remote endpoint", "files")
        for title, step in zip(titles, steps, strict=True):
            started, before = time.monotonic(), len(recorder.entries)
            step()
            report(f"{title}: {len(recorder.entries) - before} entries in {time.monotonic() - started:.1f} s")
    return recorder.dump()


def read_record(path: Path) -> dict[str, Any]:
    """Read a recording from a file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def compare(old: Path, new: Path) -> Iterator[str]:
    """Yield the lines of the comparison of two recordings; none if they are equal."""
    yield from report_differences(find_differences(read_record(old), read_record(new)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 1 if two recordings differ."""
    parser = argparse.ArgumentParser(prog="python -m tools.behaviour", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="record the behaviour of a checkout")
    recording.add_argument("output", type=Path, metavar="OUT.json")
    recording.add_argument("--checkout", type=Path, default=Path(__file__).parents[1], metavar="FOLDER")
    comparing = commands.add_parser("compare", help="print the differences between two recordings")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.command == "record":
        with (Path(tempfile.gettempdir()) / "eild-behaviour.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = record(chosen.checkout, report=partial(click.echo, err=True))
        chosen.output.write_text(json.dumps(found, indent=0, ensure_ascii=False), encoding="utf-8")
        click.echo(f"{chosen.output}: {len(found['entries'])} entries")
        return 0
    lines = list(compare(chosen.old, chosen.new))
    click.echo("\n".join(lines) or "no difference")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
