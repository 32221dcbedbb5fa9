"""The report as workflow commands of GitHub Actions, which it shows beside the lines at fault.

A finding is an error, warning or notice; a target that matches nothing is a warning at the line of the shape. What the
runner would read as the end of a value is escaped as the runner undoes it. It shows ten commands of a kind per step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.validation.findings import Severity
from eild.validation.names import name_for_people
from eild.validation.rules import advise, describe_component, shape_name

if TYPE_CHECKING:
    from eild.errors import Location
    from eild.validation.findings import Finding, Report
    from eild.validation.formats.sources import Sources
    from eild.validation.names import Names

_COMMANDS: Final = {
    Severity.VIOLATION: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
    Severity.DEBUG: "notice",
    Severity.TRACE: "notice",
}


def format_github(report: Report, sources: Sources | None = None) -> str:  # noqa: ARG001 - as all forms
    """Return one workflow command per line; nothing for a report in which all is well."""
    names = name_for_people(report)
    lines = [_finding(finding, report, names) for finding in report.findings]
    lines += [
        write_command(
            "warning",
            f"{shape_name(vacuous.shape, report, names)} looks at nothing",
            f"{names.short(vacuous.predicate)} {names.short(vacuous.target)} matches nothing in the data",
            vacuous.location,
        )
        for vacuous in report.vacuous
    ]
    lines += [
        write_command("notice", "Shapes", "\n".join(filter(None, (note.message, note.hint))), note.location)
        for note in report.notes
    ]
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding, report: Report, names: Names) -> str:
    title = f"{shape_name(finding.shape, report, names)} {names.short(finding.focus)}"
    parts = [names.path(finding.path), "" if finding.value == finding.focus else names.short(finding.value)]
    fault = " ".join(filter(None, parts))
    said = finding.message or describe_component(finding.component)
    message = "\n".join(filter(None, (said, fault, advise(finding, report, names))))
    return write_command(_COMMANDS[finding.severity], title, message, finding.location)


def write_command(name: str, title: str, message: str, location: Location | None) -> str:
    """Return a workflow command.

    :param name: ``error``, ``warning`` or ``notice``
    :param title: its title
    :param message: its text
    :param location: the place that it is about, if one is known
    """
    properties = {"title": title}
    if location:
        properties["file"] = location.path
        properties |= _region(location)
    listed = ",".join(f"{key}={_escape_property(value)}" for key, value in sorted(properties.items()))
    return f"::{name} {listed}::{_escape(message)}"


def _region(location: Location) -> dict[str, str]:
    """Return what the runner needs of a place; it takes columns only where the place lies on one line."""
    region = {"line": str(location.line)} if location.line else {}
    if location.end_line > location.line:
        return region | {"endLine": str(location.end_line)}
    if location.line and location.column:
        region["col"] = str(location.column)
        if location.end_column > location.column:
            region |= {"endLine": str(location.line), "endColumn": str(location.end_column)}
    return region


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
