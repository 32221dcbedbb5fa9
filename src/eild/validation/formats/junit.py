"""The report as JUnit XML: a test case per shape with a target, and one for each further shape that found fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from eild.validation.names import Names

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.validation.findings import Finding, Report

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow, not even escaped."""


def format_junit(report: Report) -> str:
    """Return the report as a JUnit test suite; each finding is a failure of its shape's case."""
    names = Names(report.shapes.graph)
    found: dict[Node, list[Finding]] = {shape: [] for shape in report.shapes.targeted}
    for finding in report.findings:
        found.setdefault(finding.shape, []).append(finding)
    failed = sum(bool(findings) for findings in found.values())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="shacl" tests="{len(found)}" failures="{failed}" errors="0" skipped="0">',
    ]
    for shape in sorted(found, key=names.short):
        lines += _case(names.short(shape), found[shape], names)
    return "\n".join([*lines, "</testsuite>"]) + "\n"


def _case(name: str, findings: list[Finding], names: Names) -> list[str]:
    head = f'  <testcase classname="shacl" name={_attribute(name)}'
    if not findings:
        return [f"{head}/>"]
    lines = [f"{head}>"]
    for finding in findings:
        place = f"{finding.location}: " if finding.location else ""
        parts = (names.short(finding.focus), names.path(finding.path), names.short(finding.value))
        message = f"{place}{' '.join(part for part in parts if part)}: {finding.message}"
        lines.append(f'    <failure type="{finding.severity.value}" message={_attribute(message)}/>')
    return [*lines, "  </testcase>"]


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
