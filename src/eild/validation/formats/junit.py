"""The report as JUnit XML: a test case for each shape with a target, and one for each further shape that found fault.

A shape that found fault is a failure that lists its findings; one whose targets all match nothing was not put to the
test and counts as skipped. The elements are those that both common schemas know, Jenkins' and Ant's. Ant's wants a
time: it is always the same one, for the report is to be the same for the same data.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from eild.validation.findings import Severity
from eild.validation.names import name_for_people
from eild.validation.rules import component_name, shape_name

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.validation.findings import Finding, Report
    from eild.validation.formats.sources import Sources
    from eild.validation.names import Names

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow, not even escaped."""
_NO_TIME: Final = "1970-01-01T00:00:00"


def format_junit(report: Report, sources: Sources | None = None) -> str:  # noqa: ARG001 - as all forms
    """Return the report as a JUnit test suite."""
    names = name_for_people(report)
    found: dict[Node, list[Finding]] = {shape: [] for shape in report.shapes.targeted}
    for finding in report.findings:
        found.setdefault(finding.shape, []).append(finding)
    idle = _idle_shapes(report) - {shape for shape, findings in found.items() if findings}
    failed = sum(bool(findings) for findings in found.values())
    counts = f'tests="{len(found)}" failures="{failed}" errors="0" skipped="{len(idle)}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="eild validate" {counts} time="0" timestamp="{_NO_TIME}" hostname="localhost">',
        "  <properties>",
        f'    <property name="engine" value={_attribute(report.engine)}/>',
        f'    <property name="triples" value="{report.triple_count}"/>',
        "  </properties>",
    ]
    named = sorted(((shape_name(shape, report, names), shape) for shape in found), key=lambda pair: pair[0])
    for name, shape in named:
        if shape in idle:
            lines += [
                f"  {_open_case(name)}>",
                '    <skipped message="its targets match nothing in the data"/>',
                "  </testcase>",
            ]
        else:
            lines += _case(name, found[shape], names)
    return "\n".join([*lines, "  <system-out/>", "  <system-err/>", "</testsuite>"]) + "\n"


def _idle_shapes(report: Report) -> set[Node]:
    """Return the shapes of which each target matches nothing."""
    declared = Counter(shape for shape, _, _ in report.shapes.targets())
    vacuous = Counter(target.shape for target in report.vacuous)
    return {shape for shape, count in declared.items() if vacuous[shape] >= count}


def _open_case(name: str) -> str:
    return f'<testcase classname="shacl" name={_attribute(" ".join(name.split()))} time="0"'


def _case(name: str, findings: list[Finding], names: Names) -> list[str]:
    head = f"  {_open_case(name)}"
    if not findings:
        return [f"{head}/>"]
    gravest = min((finding.severity for finding in findings), key=lambda severity: severity.rank)
    counts = Counter(finding.severity for finding in findings)
    shown = [
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
        if counts[severity]
    ]
    text = "\n".join(_line(finding, names) for finding in findings)
    return [
        f"{head}>",
        f'    <failure type="{gravest.value}" message={_attribute(", ".join(shown))}>{_text(text)}</failure>',
        "  </testcase>",
    ]


def _line(finding: Finding, names: Names) -> str:
    place = f"{finding.location}: " if finding.location else ""
    parts = (names.short(finding.focus), names.path(finding.path), names.short(finding.value))
    shown = " ".join(part for part in parts if part)
    said = finding.message or component_name(finding.component)
    return f"{place}{finding.severity.value}: {shown}: {said}"


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
