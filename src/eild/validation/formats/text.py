"""The report as text for people and editors: ``file:line:column: severity: what``, the line itself, and what to do.

Findings about one resource in one file stand together. Colours are for terminals: the same text without them is what
goes to files.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from eild.validation.findings import Severity
from eild.validation.formats.sources import Sources
from eild.validation.names import name_for_people
from eild.validation.rules import advise, component_name, describe_details, describe_extent, shape_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.validation.findings import Finding, Report
    from eild.validation.notes import Note

_SHOWN_VACUOUS: Final = 12
_BOLD: Final = "1"
_DIM: Final = "2"
_GREEN: Final = "32"
_COLOURS: Final = {
    Severity.VIOLATION: "1;31",
    Severity.WARNING: "1;33",
    Severity.INFO: "1;36",
    Severity.DEBUG: "36",
    Severity.TRACE: "2",
}


def format_text(report: Report, sources: Sources | None = None, *, colour: bool = False) -> str:
    """Return the report as lines of text, the totals last.

    :param report: the report
    :param sources: the files that it speaks of; read from disk if not given
    :param colour: whether severities and places are coloured, as terminals understand it

    >>> "data/claims/lead.ttl:12:5: violation: claim:000-002-1 eild:stance stance:shouts"  # doctest: +SKIP
    """
    return _Writer(report, sources or Sources(), colour=colour).write()


class _Writer:
    """Writes the parts of a report."""

    def __init__(self, report: Report, sources: Sources, *, colour: bool) -> None:
        self._report = report
        self._sources = sources
        self._colour = colour
        self._names = name_for_people(report)

    def write(self) -> str:
        """Return the whole text."""
        groups = [[self._finding(finding) for finding in group] for group in _group(self._report.findings)]
        parts = ["\n".join(group) for group in groups]
        vacuous = self._vacuous()
        if vacuous:
            parts.append("\n".join(vacuous))
        if self._report.notes:
            parts.append("\n".join(self._note(note) for note in self._report.notes))
        files = self._files()
        parts.append("\n".join([*files, self._totals()]))
        return "\n\n".join(parts) + "\n"

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and text else text

    def _finding(self, finding: Finding) -> str:
        names = self._names
        place = self._paint(f"{finding.location}: ", _BOLD) if finding.location else ""
        parts = [names.short(finding.focus), names.path(finding.path)]
        if finding.value != finding.focus:
            parts.append(names.short(finding.value))
        fault = " ".join(part for part in parts if part)
        lines = [f"{place}{self._paint(finding.severity.value, _COLOURS[finding.severity])}: {fault}"]
        lines += [f"    {line}" for line in finding.message.splitlines()]
        lines += [f"    {line}" for line in describe_details(finding, names)]
        lines += self._excerpt(finding)
        advice = advise(finding, self._report, names)
        if advice:
            lines.append(f"    hint: {advice}")
        shape = f"{shape_name(finding.shape, self._report, names)} ({component_name(finding.component)})"
        where = f" at {finding.shape_location}" if finding.shape_location else ""
        lines.append(self._paint(f"    {shape}{where}", _DIM))
        return "\n".join(lines)

    def _excerpt(self, finding: Finding) -> list[str]:
        """Return the line at fault with carets below it, if it can be read."""
        excerpt = self._sources.excerpt(finding.location)
        if excerpt is None:
            return []
        number = str(excerpt.number)
        marked = self._paint(excerpt.marked, _COLOURS[finding.severity])
        carets = self._paint("^" * max(1, len(excerpt.marked)), _COLOURS[finding.severity])
        return [
            f"    {number} | {excerpt.before}{marked}{excerpt.after}",
            f"    {' ' * len(number)} | {' ' * len(excerpt.before)}{carets}",
        ]

    def _note(self, note: Note) -> str:
        place = self._paint(f"{note.location}: ", _BOLD) if note.location else ""
        return f"{place}note: {note.message}{f' ({note.hint})' if note.hint else ''}"

    def _vacuous(self) -> list[str]:
        vacuous, names = self._report.vacuous, self._names
        lines = [
            f"{f'{target.location}: ' if target.location else ''}vacuous: "
            f"{shape_name(target.shape, self._report, names)} {names.short(target.predicate)} "
            f"{names.short(target.target)} matches nothing in the data"
            for target in vacuous[:_SHOWN_VACUOUS]
        ]
        further = len(vacuous) - _SHOWN_VACUOUS
        if further > 0:
            lines.append(f"vacuous: {further} more targets match nothing (--format json lists all)")
        return lines

    def _files(self) -> list[str]:
        """Return how many findings are in each file, where they are in several."""
        counts = Counter(finding.location.path for finding in self._report.findings if finding.location)
        if len(counts) < 2:  # noqa: PLR2004 - one file needs no table
            return []
        return [f"{path}: {count} finding{'' if count == 1 else 's'}" for path, count in sorted(counts.items())]

    def _totals(self) -> str:
        report = self._report
        counts = [(severity, report.count(severity)) for severity in Severity if report.count(severity)]
        shown = [
            self._paint(f"{count} {severity.value}{'' if count == 1 else 's'}", _COLOURS[severity])
            for severity, count in counts
        ]
        outcome = ", ".join(shown) or self._paint("conforms", _GREEN)
        if report.vacuous:
            outcome += f", {len(report.vacuous)} vacuous target{'' if len(report.vacuous) == 1 else 's'}"
        return f"{outcome}: {describe_extent(report)}"


def _group(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings by file and resource, in the order in which each is first met."""
    by_file = groupby(findings, key=lambda finding: finding.location.path if finding.location else "")
    groups: list[list[Finding]] = []
    for _, found in by_file:
        resources: dict[object, list[Finding]] = {}
        for finding in found:
            resources.setdefault(finding.focus, []).append(finding)
        groups += resources.values()
    return groups
