"""The report as a page: one file without scripts, fonts or anything else from elsewhere, readable by screen readers.

The parts of the page are also those of the page of a server: :func:`build_report_view` gives what is shown as plain
values, and ``findings.html`` in :data:`TEMPLATES` shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from eild.validation.findings import Severity
from eild.validation.formats.sources import Sources
from eild.validation.names import name_for_people
from eild.validation.rules import advise, component_name, describe_details, describe_extent, shape_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.validation.findings import Finding, Report
    from eild.validation.formats.sources import Excerpt
    from eild.validation.names import Names

TEMPLATES: Final = ("eild.validation", "templates")
"""Package and folder of the templates, as Jinja's loader takes them."""


@dataclass(frozen=True)
class FindingView:
    """A finding on a page, as text."""

    severity: str
    place: str
    line_id: str
    message: Sequence[str]
    excerpt: Excerpt | None
    focus: str
    path: str
    value: str
    advice: str
    shape: str
    component: str
    shape_place: str


@dataclass(frozen=True)
class GroupView:
    """The findings in one file."""

    title: str
    findings: Sequence[FindingView]


@dataclass(frozen=True)
class LineView:
    """A line of a source."""

    number: int
    text: str
    at_fault: bool


@dataclass(frozen=True)
class SourceView:
    """A source in full."""

    name: str
    id_prefix: str
    lines: Sequence[LineView]


@dataclass(frozen=True)
class ReportView:
    """A report on a page."""

    conforms: bool
    outcome: str
    groups: Sequence[GroupView]
    vacuous: Sequence[str]
    notes: Sequence[str]
    sources: Sequence[SourceView] = field(default=())


def format_html(report: Report, sources: Sources | None = None) -> str:
    """Return the report as a page of its own."""
    view = build_report_view(report, sources or Sources())
    return _environment().get_template("report.html").render(view=view).strip() + "\n"


def build_report_view(report: Report, sources: Sources, *, shown: Sequence[str] = ()) -> ReportView:
    """Return what a page shows of a report.

    :param report: the report
    :param sources: the files that it speaks of
    :param shown: the names of sources that the page shows in full, with the lines at fault marked
    """
    names = name_for_people(report)
    prefixes = {name: f"source{number}-line" for number, name in enumerate(shown, 1)}
    by_file = groupby(report.findings, key=lambda finding: finding.location.path if finding.location else "")
    groups = []
    for path, found in by_file:
        views = [_view(finding, report, sources, names, prefixes) for finding in found]
        groups.append(GroupView(path or "Without a place", views))
    return ReportView(
        conforms=report.conforms,
        outcome=_outcome(report),
        groups=groups,
        vacuous=[
            f"{shape_name(target.shape, report, names)} {names.short(target.predicate)} {names.short(target.target)}"
            f"{f' ({target.location})' if target.location else ''}"
            for target in report.vacuous
        ],
        notes=[
            f"{note.message}{f' ({note.hint})' if note.hint else ''}{f' at {note.location}' if note.location else ''}"
            for note in report.notes
        ],
        sources=[_view_source(name, prefix, report, sources) for name, prefix in prefixes.items()],
    )


def _view(finding: Finding, report: Report, sources: Sources, names: Names, prefixes: dict[str, str]) -> FindingView:
    place = finding.location
    prefix = prefixes.get(place.path, "") if place and place.line else ""
    return FindingView(
        severity=finding.severity.value,
        place=str(place) if place else "",
        line_id=f"{prefix}{place.line}" if prefix and place else "",
        message=[*finding.message.splitlines(), *describe_details(finding, names)],
        excerpt=sources.excerpt(place),
        focus=names.short(finding.focus),
        path=names.path(finding.path),
        value="" if finding.value == finding.focus else names.short(finding.value),
        advice=advise(finding, report, names),
        shape=shape_name(finding.shape, report, names),
        component=component_name(finding.component),
        shape_place=str(finding.shape_location or ""),
    )


def _view_source(name: str, prefix: str, report: Report, sources: Sources) -> SourceView:
    faults = {
        finding.location.line for finding in report.findings if finding.location and finding.location.path == name
    }
    lines = [LineView(number, text, number in faults) for number, text in enumerate(sources.lines(name), 1)]
    return SourceView(name, prefix, lines)


def _outcome(report: Report) -> str:
    counts = [(report.count(severity), severity.value) for severity in Severity if report.count(severity)]
    shown = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts)
    vacuous = len(report.vacuous)
    nothing = f", {vacuous} target{' matches' if vacuous == 1 else 's match'} nothing" if vacuous else ""
    return f"{shown or 'The data conform'}{nothing}: {describe_extent(report)}"


def render_findings(report: Report, sources: Sources, *, shown: Sequence[str] = ()) -> str:
    """Return the report as a part of a page, with headings of the second level and below.

    :param report: the report
    :param sources: the files that it speaks of
    :param shown: the names of sources that are shown in full, with the lines at fault marked
    """
    view = build_report_view(report, sources, shown=shown)
    return str(_environment().get_template("findings.html").make_module().show_report(view, 2))  # type: ignore[attr-defined]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(*TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
