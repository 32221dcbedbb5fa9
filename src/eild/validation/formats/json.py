"""The report as JSON, for programs.

``report.schema.json`` beside this module is its JSON Schema, which says what each member means. Terms are in N-Triples
syntax, blank nodes numbered in the order of their mention, paths in that of SPARQL; what is not known is null, and a
line or column that is not known is 0.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from eild import __version__
from eild.validation.findings import Severity
from eild.validation.fingerprints import fingerprint_findings
from eild.validation.names import PlainNames

if TYPE_CHECKING:
    from eild.errors import Location
    from eild.validation.findings import Finding, Report
    from eild.validation.formats.sources import Sources


def format_json(report: Report, sources: Sources | None = None) -> str:  # noqa: ARG001 - as all forms
    """Return the report as a JSON object, indented."""
    names = PlainNames()
    content = {
        "tool": {"name": "eild validate", "version": __version__, "engine": report.engine},
        "conforms": report.conforms,
        "triples": report.triple_count,
        "shapes": len(report.shapes.targeted),
        "counts": {
            severity.value: report.count(severity)
            for severity in Severity
            if severity.affects_conformance or report.count(severity)
        },
        "findings": [
            _finding(finding, fingerprint, names)
            for finding, fingerprint in zip(report.findings, fingerprint_findings(report), strict=True)
        ],
        "vacuous": [
            {
                "shape": names.plain(vacuous.shape),
                "target_type": names.plain(vacuous.predicate),
                "target": names.plain(vacuous.target),
                "location": _location(vacuous.location),
            }
            for vacuous in report.vacuous
        ],
        "notes": [
            {"message": note.message, "hint": note.hint, "location": _location(note.location)} for note in report.notes
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def load_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    text = (files("eild.validation.formats") / "report.schema.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def _finding(finding: Finding, fingerprint: str, names: PlainNames) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "shape": names.plain(finding.shape),
        "component": names.plain(finding.component),
        "constraint": names.plain(finding.constraint),
        "focus": names.plain(finding.focus),
        "path": finding.path or None,
        "value": names.plain(finding.value),
        "message": finding.message,
        "location": _location(finding.location),
        "shape_location": _location(finding.shape_location),
        "fingerprint": fingerprint,
        "details": [_detail(detail, names) for detail in finding.details],
    }


def _detail(finding: Finding, names: PlainNames) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "shape": names.plain(finding.shape),
        "component": names.plain(finding.component),
        "focus": names.plain(finding.focus),
        "path": finding.path or None,
        "value": names.plain(finding.value),
        "message": finding.message,
        "location": _location(finding.location),
        "details": [_detail(detail, names) for detail in finding.details],
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
