"""The report as JSON, for programs.

The object has ``conforms`` (true if there is no finding), ``triples``, ``shapes`` (those with targets), ``counts`` by
severity, ``findings`` and ``vacuous``. A finding has ``severity``, ``shape``, ``component``, ``constraint``, ``focus``,
``path``, ``value``, ``message``, ``location`` and ``shape_location``; a vacuous target has ``shape``, ``target_type``,
``target`` and ``location``. Terms are in N-Triples syntax, paths in that of SPARQL; what is not known is null. A
location has ``path``, ``line`` and ``column``, both counted from 1, 0 where unknown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eild.validation.findings import Severity
from eild.validation.names import Names

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.findings import Finding, Report


def format_json(report: Report) -> str:
    """Return the report as a JSON object, indented."""
    names = _PlainNames()
    content = {
        "conforms": report.conforms,
        "triples": report.triple_count,
        "shapes": len(report.shapes.targeted),
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "findings": [_finding(finding, names) for finding in report.findings],
        "vacuous": [
            {
                "shape": names.plain(vacuous.shape),
                "target_type": names.plain(vacuous.predicate),
                "target": names.plain(vacuous.target),
                "location": _location(vacuous.location),
            }
            for vacuous in report.vacuous
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


class _PlainNames(Names):
    """Writes terms in N-Triples syntax, blank nodes numbered."""

    def __init__(self) -> None:
        super().__init__()
        self._longest_first = []

    def plain(self, node: Node | None) -> str | None:
        """Return a term, or nothing for none."""
        return None if node is None else self.term(node)


def _finding(finding: Finding, names: _PlainNames) -> dict[str, Any]:
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
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {"path": location.path, "line": location.line, "column": location.column}
