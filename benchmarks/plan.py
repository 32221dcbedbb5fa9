"""What a billion triples and ten thousand requests a second would take, from the unit costs that were measured here.

``python -m benchmarks.plan`` reads ``benchmarks/results/serve.json`` and ``scale.json`` and writes ``plan.md`` beside
them. It multiplies and measures nothing: processors alike, costs that grow with the number of requests, and for what
reads all data with the number of triples. ``docs/scale.md`` says what follows from it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESULTS: Final = Path(__file__).parent / "results"
"""Where figures are read and the table is written."""
REQUESTS: Final = 10_000
"""Requests a second that are planned for."""
TRIPLES: Final = 1_000_000_000
"""Triples that are planned for."""
OWN: Final = "eild"
"""Our server, in figures."""
PEER: Final = "oxigraph"
"""What the scale run compares with."""

_GROUPS: Final = ("cold", "mix", "repeated", "documents", "304")
_GIBIBYTE: Final = 1024
_HOUR: Final = 3600
_SCANS: Final = ("group", "order")


@dataclass(frozen=True)
class Need:
    """What one kind of load takes.

    :ivar name: what the table calls it
    :ivar cpu: microseconds of the processor for each request
    """

    name: str
    cpu: float

    @property
    def cores(self) -> float:
        """Processors that are busy all the time."""
        return self.cpu * REQUESTS / 1e6


def list_needs(serve: Mapping[str, Any]) -> list[Need]:
    """Return what the planned requests take, were all of one group; the mean over its kinds.

    :param serve: the figures of :mod:`benchmarks.serve`
    """
    needs = []
    for group in _GROUPS:
        found = [loads[OWN]["cpu"] for loads in serve["loads"].get(group, {}).values()]
        if found:
            needs.append(Need(group, statistics.mean(found)))
    return needs


def _render_requests(serve: Mapping[str, Any]) -> list[str]:
    memory = serve["hosts"][OWN]["memory"]
    lines = [
        f"## {REQUESTS} requests a second",
        "",
        f"Each replica takes {memory:.0f} MiB for our dataset besides.",
        "",
        "| all requests are | µs CPU each | cores |",
        "|---|---:|---:|",
    ]
    return [*lines, *(f"| {need.name} | {need.cpu:.0f} | {need.cores:.1f} |" for need in list_needs(serve)), ""]


def _render_triples(scale: Sequence[Mapping[str, Any]]) -> list[str]:
    largest = max(scale, key=lambda size: size["triples"])
    factor = TRIPLES / largest["triples"]
    lines = [
        f"## {TRIPLES} triples in one store",
        "",
        f"From {largest['triples']} triples, in proportion; nothing of this size was loaded.",
        "",
        "| | loading, hours | disk, GiB |",
        "|---|---:|---:|",
    ]
    for name, cost in largest["loadings"].items():
        lines.append(f"| {name} | {cost['seconds'] * factor / _HOUR:.1f} | {cost['disk'] * factor / _GIBIBYTE:.0f} |")
    lines += ["", f"| queries that read all data | {OWN} | {PEER} |", "|---|---:|---:|"]
    for kind in _SCANS:
        costs = largest["costs"].get(kind, {})
        cells = [
            f"{costs[name]['median'] * factor / 1000:.0f} s" if costs.get(name, {}).get("median") else "–"
            for name in (OWN, PEER)
        ]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return [*lines, ""]


def render(serve: Mapping[str, Any], scale: Sequence[Mapping[str, Any]]) -> str:
    """Return the tables.

    :param serve: the figures of :mod:`benchmarks.serve`
    :param scale: the figures of :mod:`benchmarks.scale`, by size
    """
    head = "# What a plan would take\n\nMade by `python -m benchmarks.plan` from [serve.json](serve.json) and "
    head += "[scale.json](scale.json): products, no measurements.\n"
    return "\n".join([head, *_render_requests(serve), *_render_triples(scale)])


def main(arguments: Sequence[str]) -> int:
    """Write and print the tables; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plan", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="directory of the figures")
    folder = parser.parse_args(arguments).results
    serve, scale = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("serve.json", "scale.json"))
    text = render(serve, scale)
    (folder / "plan.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
