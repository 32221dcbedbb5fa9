"""The report as workflow commands of GitHub Actions, which it shows beside the lines at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.validation.findings import Severity
from eild.validation.names import Names

if TYPE_CHECKING:
    from eild.validation.findings import Finding, Report

_COMMANDS: Final = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def format_github(report: Report) -> str:
    """Return one workflow command per line; nothing for a report without findings."""
    names = Names(report.shapes.graph)
    return "".join(f"{_command(finding, names)}\n" for finding in report.findings)


def _command(finding: Finding, names: Names) -> str:
    properties = {"title": f"{names.short(finding.shape)} {names.short(finding.focus)}"}
    if finding.location:
        properties["file"] = finding.location.path
        if finding.location.line:
            properties["line"] = str(finding.location.line)
        if finding.location.column:
            properties["col"] = str(finding.location.column)
    listed = ",".join(f"{name}={_escape_property(value)}" for name, value in sorted(properties.items()))
    return f"::{_COMMANDS[finding.severity]} {listed}::{_escape(finding.message or names.short(finding.component))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
