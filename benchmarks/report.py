"""The tables and the plot of a comparison of servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.cases import GROUPS, OWN
from benchmarks.figures import find_base, find_ratio, list_aims
from benchmarks.load import geometric_mean
from benchmarks.peers import NGINX, OXIGRAPH
from benchmarks.plot import draw_bars

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.figures import Figures
    from benchmarks.load import Load

QUERIES: Final = tuple(group for group in GROUPS if group != "dumps")
"""The groups that one table shows; files have another."""
_NONE: Final = "–"
_SMALL: Final = 10


def write_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> list[str]:
    """Return the lines of a table and an empty one; none if there are no rows.

    :param words: how many columns hold words; the others hold numbers
    """
    if not rows:
        return []
    ruler = "|" + "---|" * words + "---:|" * (len(head) - words)
    return [f"| {' | '.join(head)} |", ruler, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _show(ratio: float | None) -> str:
    return _NONE if ratio is None else f"{ratio:.2f}" if ratio < _SMALL else f"{ratio:.1f}"


def _show_rate(load: Load | None) -> str:
    """Return answers per second, and how many requests failed if any did."""
    if load is None:
        return _NONE
    shown = f"{load.rate:.0f}" if load.rate >= _SMALL else f"{load.rate:.1f}"
    return f"{shown} ({load.failures} failed)" if load.failures else shown


def _write_targets(figures: Figures, earlier: Figures | None) -> list[str]:
    """Return the table of bounds."""
    before = {_trim(aim.name): aim.value for aim in list_aims(earlier)} if earlier else {}
    head = ["", "bound", *(["before"] if earlier else []), "measured", "kept"]
    rows = []
    for aim in list_aims(figures):
        old = [f"{_show(before.get(_trim(aim.name)))} {aim.unit}"] if earlier else []
        bound = f"{'≤' if aim.most else '≥'} {aim.bound:g} {aim.unit}"
        rows.append([aim.name, bound, *old, f"{_show(aim.value)} {aim.unit}", "yes" if aim.is_met else "no"])
    return ["## Bounds", "", *write_table(head, rows)] if rows else []


def _trim(name: str) -> str:
    """Return the name of a bound without the kind of query that a run put into brackets."""
    return name.partition(" (")[0]


def _summarize(ratios: Mapping[str, float]) -> str:
    """Return geometric mean and least of ratios, and which that is."""
    if not ratios:
        return _NONE
    if len(ratios) == 1:
        return _show(*ratios.values())
    least = min(ratios, key=ratios.__getitem__)
    return f"{_show(geometric_mean(ratios.values()))} (least: {_show(ratios[least])}, {least})"


def _write_groups(figures: Figures, earlier: Figures | None) -> list[str]:
    """Return the table of ratios by group and server."""
    peers = [name for name in figures.list_servers(GROUPS) if name != OWN]
    head = ["group"]
    for peer in peers:
        head += [f"before: {peer}", peer] if earlier else [peer]
    rows = []
    for group in figures.loads:
        row = [group]
        for peer in peers:
            row += [_summarize(earlier.list_ratios(group, peer))] if earlier else []
            row.append(_summarize(figures.list_ratios(group, peer)))
        rows.append(row)
    text = (
        "Our answers per second as a multiple of each server's: the geometric mean over the kinds that both answered,"
        " and the least."
    )
    lines = ["## By group", "", text, "", *write_table(head, rows)] if rows else []
    if dear := figures.list_dear():
        kinds = ", ".join(f"{name} {_show(ratio)}" for name, ratio in dear.items())
        mean = _show(geometric_mean(dear.values()))
        lines += [
            f"Cold queries that take {OXIGRAPH} a millisecond of the processor or more: {kinds}; geometric mean {mean}."
        ]
        lines += [""]
    return lines


def _write_rates(figures: Figures, earlier: Figures | None) -> list[str]:
    """Return the table of answers per second, with our ratio to each server beside its column."""
    servers = figures.list_servers(QUERIES)
    head = ["group", "requests", OWN]
    for server in servers:
        if server != OWN:
            head += [server, "ratio", *(["ratio before"] if earlier and server == OXIGRAPH else [])]
    rows = []
    for group in QUERIES:
        for kind, loads in figures.loads.get(group, {}).items():
            row = [group, kind, _show_rate(loads.get(OWN))]
            for server in servers:
                if server != OWN:
                    row += [_show_rate(loads.get(server)), _show(find_ratio(loads, server))]
                    if earlier and server == OXIGRAPH:
                        old = earlier.loads.get(group, {}).get(kind, {})
                        row.append(_show(find_ratio(old, server)))
            rows.append(row)
    text = "Ratio: our answers per second to those of the server in the column before. Failed requests do not count."
    return ["## Answers per second", "", text, "", *write_table(head, rows, words=2)] if rows else []


def _write_numbers(figures: Figures, title: str, show: Callable[[Load], str]) -> list[str]:
    """Return a table with a number for each kind of requests and server."""
    servers = figures.list_servers(QUERIES)
    rows = [
        [group, kind, *(show(loads[name]) if name in loads and loads[name].rate else _NONE for name in servers)]
        for group in QUERIES
        for kind, loads in figures.loads.get(group, {}).items()
    ]
    return [f"## {title}", "", *write_table(["group", "requests", *servers], rows, words=2)] if rows else []


def _write_dumps(figures: Figures, earlier: Figures | None) -> list[str]:
    """Return the table of files."""
    head = ["file", f"{OWN} MiB/s", f"{NGINX} MiB/s", "ratio", *(["ratio before"] if earlier else [])]
    head += [f"{name} {what}" for what in ("p50 ms", "p99 ms", "µs CPU") for name in (OWN, NGINX)]
    rows = []
    for kind, loads in figures.loads.get("dumps", {}).items():
        own, other = loads[OWN], loads[NGINX]
        old = earlier.loads.get("dumps", {}).get(kind, {}) if earlier else {}
        row = [kind, f"{own.mebibytes:.0f}", f"{other.mebibytes:.0f}", _show(find_ratio(loads, NGINX))]
        row += [_show(find_ratio(old, NGINX))] if earlier else []
        row += [f"{own.median:.2f}", f"{other.median:.2f}", f"{own.slowest:.1f}", f"{other.slowest:.1f}"]
        rows.append([*row, f"{own.cpu:.0f}", f"{other.cpu:.0f}"])
    return ["## Dumps", "", *write_table(head, rows)] if rows else []


def _write_healthy(figures: Figures, earlier: Figures | None) -> list[str]:
    """Return the table of the client that asks small queries."""
    head = ["one client, one query after the other", "seconds", "answered", "failed", "p50 ms", "p99 ms", "longest ms"]
    head.append("expensive queries ended")
    rows = []
    for title, source in (("before: ", earlier), ("", figures)):
        for name, found in source.healthy.items() if source else ():
            times = [f"{found.median:.2f}", f"{found.slowest:.1f}", f"{found.longest:.1f}"]
            counts = [f"{found.seconds:g}", str(found.answered), str(found.failed)]
            rows.append([title + name, *counts, *times, str(found.bombs)])
    return ["## Small queries while others send expensive ones", "", *write_table(head, rows)] if rows else []


def _write_memory(figures: Figures, earlier: Figures | None) -> list[str]:
    """Return the table of memory and starts."""
    rows = []
    for title, source in (("before: ", earlier), ("", figures)):
        if source and source.start:
            rows.append([f"{title}{OWN}, just started", f"{source.start.memory:.0f}", f"{source.start.answer:.2f}"])
        if source and source is earlier and OWN in source.hosts:
            rows.append([f"{title}{OWN}, after the run", f"{source.hosts[OWN].memory:.0f}", _NONE])
    rows += [
        [f"{name}, after the run", f"{host.memory:.0f}", f"{host.start:.2f}"] for name, host in figures.hosts.items()
    ]
    head = ["server", "MiB of all processes (proportional set size)", "seconds until it took connections"]
    text = "Of a server just started: seconds until its first answer."
    return ["## Memory and start", "", text, "", *write_table(head, rows)] if rows else []


def render(figures: Figures, earlier: Figures | None = None) -> str:
    """Return all tables.

    :param figures: what a run measured
    :param earlier: what an earlier run measured, for columns beside
    """
    lines = [*_write_targets(figures, earlier), *_write_groups(figures, earlier), *_write_rates(figures, earlier)]
    lines += _write_numbers(
        figures, "Milliseconds that half of the answers took at most", lambda load: f"{load.median:.2f}"
    )
    lines += _write_numbers(figures, "Milliseconds that 99 of 100 took at most", lambda load: f"{load.slowest:.1f}")
    title = "Microseconds of processor time of all processes per request"
    lines += _write_numbers(figures, title, lambda load: f"{load.cpu:.0f}")
    lines += [*_write_dumps(figures, earlier), *_write_healthy(figures, earlier), *_write_memory(figures, earlier)]
    return "\n".join(lines)


def write_head(figures: Figures, earlier: Figures | None = None) -> str:
    """Return title, commands and machines."""
    lines = ["# Our server beside others", "", f"Made by `{figures.command}`, {figures.connections} connections;"]
    lines += ["medians of rounds in turn.", "", f"{figures.machine}.", ""]
    if earlier:
        lines += [f"Before: `{earlier.command}`. {earlier.machine}.", ""]
    return "\n".join([*lines, ""])


def draw(figures: Figures, earlier: Figures | None = None) -> str:
    """Return the plot of ratios; marks show those of an earlier run."""
    ratios, before = _list_bars(figures), _list_bars(earlier) if earlier else {}
    title = f"Our answers per second, as a multiple of {OXIGRAPH}'s, of dumps as one of {NGINX}'s"
    return draw_bars(f"{title} (marks: before)" if before else title, ratios, before)


def _list_bars(figures: Figures) -> dict[str, float]:
    return {
        kind if group in {"dumps", kind} else f"{group} {kind}": ratio
        for group, kinds in figures.loads.items()
        for kind, loads in kinds.items()
        if (ratio := find_ratio(loads, find_base(loads))) is not None
    }
