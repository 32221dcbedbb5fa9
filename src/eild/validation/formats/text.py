"""The report for people: each finding with its place, what is wrong, what to do, and which shape says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.validation.findings import Severity
from eild.validation.names import Names

if TYPE_CHECKING:
    from eild.validation.findings import Finding, Report

_SHOWN_VACUOUS: Final = 12


def format_text(report: Report) -> str:
    """Return the report as lines of text, the totals last.

    >>> "data/claims/lead.ttl:12:5: violation: claim:000-002-1 eild:stance stance:shouts"  # doctest: +SKIP
    """
    names = Names(report.shapes.graph)
    blocks = [_block(finding, names) for finding in report.findings]
    return "\n".join([*blocks, *_vacuous(report, names), _totals(report)]) + "\n"


def _block(finding: Finding, names: Names) -> str:
    place = f"{finding.location}: " if finding.location else ""
    parts = [names.short(finding.focus), names.path(finding.path)]
    if finding.value != finding.focus:
        parts.append(names.short(finding.value))
    shape = f"{names.short(finding.shape)} ({names.short(finding.component)})"
    where = f" at {finding.shape_location}" if finding.shape_location else ""
    lines = [f"{place}{finding.severity.value}: {' '.join(part for part in parts if part)}"]
    if finding.message:
        lines.append(f"    {finding.message}")
    return "\n".join([*lines, f"    {shape}{where}"])


def _vacuous(report: Report, names: Names) -> list[str]:
    further = len(report.vacuous) - _SHOWN_VACUOUS
    lines = [
        f"{f'{vacuous.location}: ' if vacuous.location else ''}vacuous: "
        f"{names.short(vacuous.shape)} {names.short(vacuous.predicate)} {names.short(vacuous.target)} "
        "matches nothing in the data"
        for vacuous in report.vacuous[:_SHOWN_VACUOUS]
    ]
    if further > 0:
        lines.append(f"vacuous: {further} more targets match nothing (--format json lists all)")
    return lines


def _totals(report: Report) -> str:
    counts = [
        f"{report.count(severity)} {severity.value}{'' if report.count(severity) == 1 else 's'}"
        for severity in Severity
        if report.count(severity)
    ]
    outcome = ", ".join(counts) if counts else "conforms"
    if report.vacuous:
        outcome += f", {len(report.vacuous)} vacuous target{'' if len(report.vacuous) == 1 else 's'}"
    return f"{outcome}: {report.triple_count} triples, {len(report.shapes.targeted)} shapes with targets"
