"""What a comparison of servers measured, kept as JSON, and the ratios that follow from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from benchmarks.bombs import Healthy
from benchmarks.cases import OWN
from benchmarks.load import Load, geometric_mean
from benchmarks.peers import NGINX, OXIGRAPH, RDFLIB_ENDPOINT
from benchmarks.start import Start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BASES: Final = (OXIGRAPH, NGINX)
"""The servers that ratios refer to: the first for queries and documents, the second for files."""
DEAR: Final = 1000.0
"""Microseconds of the processor from which on a query of Oxigraph's is said to take long."""

_DIGITS: Final = 4


@dataclass(frozen=True)
class Host:
    """A server of the comparison.

    :ivar start: seconds until it took connections; then some still load data
    :ivar memory: mebibytes of all its processes after the run (proportional set size)
    """

    start: float
    memory: float


@dataclass
class Figures:
    """What one run measured.

    :ivar command: what measured it
    :ivar machine: what it was measured on
    :ivar connections: how many asked at the same time
    :ivar loads: the medians of the rounds, by group, kind of request and server
    :ivar hosts: the servers
    :ivar start: what starting our commands takes; nothing if not measured
    :ivar healthy: what a client of small queries got of our server, alone and under bombs
    """

    command: str
    machine: str
    connections: int
    loads: dict[str, dict[str, dict[str, Load]]] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)
    start: Start | None = None
    healthy: dict[str, Healthy] = field(default_factory=dict)

    def list_servers(self, groups: Sequence[str]) -> list[str]:
        """Return the names of the servers that have a figure in any of some groups, in the order of the run."""
        kinds = [loads for group in groups for loads in self.loads.get(group, {}).values()]
        return list(dict.fromkeys(name for loads in kinds for name in loads))

    def list_ratios(self, group: str, peer: str) -> dict[str, float]:
        """Return our answers per second as a multiple of a server's, by kind; not where either answered none."""
        return {
            name: ratio
            for name, loads in self.loads.get(group, {}).items()
            if (ratio := find_ratio(loads, peer)) is not None
        }

    def list_dear(self) -> dict[str, float]:
        """Return our ratios to Oxigraph in memory for cold queries that take it long."""
        loads = self.loads.get("cold", {})
        ratios = self.list_ratios("cold", OXIGRAPH)
        return {name: ratio for name, ratio in ratios.items() if loads[name][OXIGRAPH].cpu >= DEAR}


def find_ratio(loads: Mapping[str, Load], peer: str) -> float | None:
    """Return our answers per second as a multiple of a server's; nothing where either answered none."""
    own, other = loads.get(OWN), loads.get(peer)
    return own.rate / other.rate if own and other and own.rate and other.rate else None


def find_base(loads: Mapping[str, Load]) -> str:
    """Return the server that the ratio of a kind of requests refers to."""
    return next((name for name in BASES if name in loads), BASES[0])


@dataclass(frozen=True)
class Aim:
    """A bound that a figure should keep.

    :ivar name: what is bounded
    :ivar bound: the bound
    :ivar most: whether it is an upper one
    :ivar unit: of both
    :ivar value: what was measured
    """

    name: str
    bound: float
    most: bool
    unit: str
    value: float

    @property
    def is_met(self) -> bool:
        """Whether the figure keeps its bound."""
        return self.value <= self.bound if self.most else self.value >= self.bound


def list_aims(figures: Figures) -> list[Aim]:
    """Return the bounds of all that was measured."""
    aims = []

    def add_ratios(name: str, ratios: Mapping[str, float], bound: float) -> None:
        if ratios:
            aims.append(
                Aim(f"{name}, geometric mean", bound, most=False, unit="×", value=geometric_mean(ratios.values()))
            )

    cold = figures.list_ratios("cold", OXIGRAPH)
    add_ratios(f"cold queries beside {OXIGRAPH}", cold, 0.65)
    add_ratios("those of them that take it a millisecond of the processor or more", figures.list_dear(), 0.9)
    if cold:
        least = min(cold, key=cold.__getitem__)
        name = f"cold queries beside {OXIGRAPH}, the least ({least})"
        aims.append(Aim(name, 0.3, most=False, unit="×", value=cold[least]))
    for group, text, bound in (
        ("mix", "the mix", 2),
        ("repeated", "repeated queries", 5),
        ("documents", "documents", 5),
        ("304", "answers that the client has already", 8),
    ):
        add_ratios(f"{text} beside {OXIGRAPH}", figures.list_ratios(group, OXIGRAPH), bound)
    add_ratios(f"dumps beside {NGINX}", figures.list_ratios("dumps", NGINX), 0.9)
    add_ratios(f"cold queries beside {RDFLIB_ENDPOINT}", figures.list_ratios("cold", RDFLIB_ENDPOINT), 12)
    for name, healthy in figures.healthy.items():
        if healthy.bombs:
            text = f"small queries of one client {name}, 99 of 100"
            aims.append(Aim(text, 250, most=True, unit="ms", value=healthy.slowest))
    if start := figures.start:
        megabytes = start.memory * 1.048576
        aims += [
            Aim("memory of all processes, just started", 150, most=True, unit="MB", value=megabytes),
            Aim("start until the first answer", 1.5, most=True, unit="s", value=start.answer),
            Aim("`eild --help`", 100, most=True, unit="ms", value=start.help),
            Aim("`eild query`", 300, most=True, unit="ms", value=start.query),
        ]
    return aims


def _shorten(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, _DIGITS) if isinstance(value, float) else value for name, value in row.items()}


def write_figures(path: Path, figures: Figures) -> None:
    """Write what was measured to a file, as JSON."""
    row = asdict(figures)
    row["loads"] = {
        group: {kind: {name: _shorten(load) for name, load in loads.items()} for kind, loads in kinds.items()}
        for group, kinds in row["loads"].items()
    }
    row["hosts"] = {name: _shorten(host) for name, host in row["hosts"].items()}
    path.write_text(json.dumps(row, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load_figures(path: Path) -> Figures:
    """Return what :func:`write_figures` wrote.

    :raises OSError: if the file cannot be read
    :raises ValueError: if it holds something else
    """
    row = json.loads(path.read_text(encoding="utf-8"))
    try:
        return Figures(
            command=row["command"],
            machine=row["machine"],
            connections=row["connections"],
            loads={
                group: {kind: {name: Load(**load) for name, load in loads.items()} for kind, loads in kinds.items()}
                for group, kinds in row["loads"].items()
            },
            hosts={name: Host(**host) for name, host in row["hosts"].items()},
            start=Start(**row["start"]) if row["start"] else None,
            healthy={name: Healthy(**healthy) for name, healthy in row["healthy"].items()},
        )
    except (AttributeError, KeyError, TypeError) as error:
        message = f"{path} holds no figures of python -m benchmarks.serve: {error!r}"
        raise ValueError(message) from error
