"""The report as SARIF 2.1.0 (OASIS Standard, https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning.

Each constraint component of a shape is a rule with help; a finding is a result with the region of the triple at fault,
the place of the shape, and a fingerprint that stays the same when lines move. Targets that match nothing are
notifications about the configuration.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from eild import __version__
from eild.terms import BASE
from eild.validation.findings import Severity
from eild.validation.fingerprints import fingerprint_findings
from eild.validation.names import Names, name_for_people
from eild.validation.rules import (
    ADVICE,
    advise,
    component_name,
    describe_component,
    describe_parameter,
    describe_shape,
    list_rules,
    rule_id,
    shape_name,
)

if TYPE_CHECKING:
    from rdflib import URIRef
    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.findings import Finding, Report, VacuousTarget
    from eild.validation.formats.sources import Sources
    from eild.validation.notes import Note

FINGERPRINT: Final = "eildFinding/v1"
"""The name of the fingerprint of a result."""

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
"""The schema of logs."""

_LEVELS: Final = {
    Severity.VIOLATION: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
    Severity.DEBUG: "none",
    Severity.TRACE: "none",
}
_VACUOUS: Final = "vacuous-target"
_NOTE: Final = "note"
_SAFE_IN_PATH: Final = "/-._~!$&'()*+,;=@"


def format_sarif(report: Report, sources: Sources | None = None) -> str:
    """Return the report as a SARIF log with one run."""
    writer = _Writer(report, sources)
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [writer.run()]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


class _Writer:
    """Makes the parts of a log.

    :param report: the report
    :param sources: the files, for snippets; none are shown without
    """

    def __init__(self, report: Report, sources: Sources | None) -> None:
        self._report = report
        self._sources = sources
        self._names = name_for_people(report)
        self._rules = list_rules(report)
        self._numbers = {rule: number for number, rule in enumerate(self._rules)}
        full = Names(report.shapes.graph, prefixes=report.prefixes)
        self._ids = _distinct([rule_id(shape, component, report, full) for shape, component in self._rules])
        self._severities = {(finding.shape, finding.component): finding.severity for finding in report.findings}

    def run(self) -> dict[str, Any]:
        """Return the run."""
        report = self._report
        prints = fingerprint_findings(report)
        driver = {
            "name": "eild validate",
            "semanticVersion": __version__,
            "informationUri": BASE,
            "rules": [self._rule(number, *rule) for number, rule in enumerate(self._rules)],
        }
        if report.vacuous or report.notes:
            driver["notifications"] = [
                {"id": _VACUOUS, "shortDescription": {"text": "A target matches nothing in the data."}},
                {
                    "id": _NOTE,
                    "shortDescription": {"text": "Something in the shapes has no effect, or was passed over."},
                },
            ]
        return {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [
                {
                    "executionSuccessful": True,
                    "toolConfigurationNotifications": [
                        *(self._vacuous(vacuous) for vacuous in report.vacuous),
                        *(self._note(note) for note in report.notes),
                    ],
                }
            ],
            "results": [self._result(*pair) for pair in zip(report.findings, prints, strict=True)],
        }

    def _rule(self, number: int, shape: Node, component: URIRef) -> dict[str, Any]:
        demand = describe_component(component)
        name = shape_name(shape, self._report, self._names)
        parameter = describe_parameter(shape, component, self._report, self._names)
        about = describe_shape(shape, self._report)
        remedy = ADVICE.get(component_name(component), ("", "see the shape's message"))[1]
        lines = [f"{demand} {parameter}".strip(), about, f"To mend a finding: {remedy}."]
        rule: dict[str, Any] = {
            "id": self._ids[number],
            "shortDescription": {"text": f"{name}: {demand}"},
            "fullDescription": {"text": about or f"{name}: {demand}"},
            "help": {"text": "\n".join(filter(None, lines))},
            "properties": {"tags": ["shacl", component_name(component)], "shape": self._names.term(shape)},
        }
        if (shape, component) in self._severities:
            rule["defaultConfiguration"] = {"level": _LEVELS[self._severities[shape, component]]}
        if str(component).startswith("http"):
            rule["helpUri"] = str(component)
        return rule

    def _result(self, finding: Finding, fingerprint: str) -> dict[str, Any]:
        names = self._names
        number = self._numbers[finding.shape, finding.component]
        fault = " ".join(
            filter(
                None,
                (
                    names.short(finding.focus),
                    names.path(finding.path),
                    "" if finding.value == finding.focus else names.short(finding.value),
                ),
            )
        )
        said = finding.message or describe_component(finding.component)
        result: dict[str, Any] = {
            "ruleId": self._ids[number],
            "ruleIndex": number,
            "level": _LEVELS[finding.severity],
            "message": {"text": f"{said} ({fault})"},
            "locations": [self._location(finding.location, names.term(finding.focus))],
            "partialFingerprints": {FINGERPRINT: fingerprint},
            "properties": {"remedy": advise(finding, self._report, names)},
        }
        if finding.shape_location:
            shape = self._location(finding.shape_location, "")
            result["relatedLocations"] = [{"id": 1, **shape, "message": {"text": "the shape"}}]
        return result

    def _vacuous(self, vacuous: VacuousTarget) -> dict[str, Any]:
        names = self._names
        text = f"{names.short(vacuous.predicate)} {names.short(vacuous.target)} matches nothing in the data"
        notification: dict[str, Any] = {
            "descriptor": {"id": _VACUOUS},
            "level": "warning",
            "message": {"text": f"{shape_name(vacuous.shape, self._report, names)}: {text}"},
        }
        if vacuous.location:
            notification["locations"] = [self._location(vacuous.location, "")]
        return notification

    def _note(self, note: Note) -> dict[str, Any]:
        text = f"{note.message} ({note.hint})" if note.hint else note.message
        notification: dict[str, Any] = {"descriptor": {"id": _NOTE}, "level": "note", "message": {"text": text}}
        if note.location:
            notification["locations"] = [self._location(note.location, "")]
        return notification

    def _location(self, location: Location | None, resource: str) -> dict[str, Any]:
        """Return a location: the place in a file, and the resource that it is about."""
        found: dict[str, Any] = {}
        if location:
            place: dict[str, Any] = {"artifactLocation": {"uri": file_uri(location.path)}}
            if location.line:
                place["region"] = self._region(location)
            found["physicalLocation"] = place
        if resource:
            found["logicalLocations"] = [{"fullyQualifiedName": resource, "kind": "resource"}]
        return found

    def _region(self, location: Location) -> dict[str, Any]:
        region: dict[str, Any] = {"startLine": location.line}
        if location.column:
            region["startColumn"] = location.column
        if location.end_line:
            region["endLine"] = location.end_line
            region["endColumn"] = location.end_column
        excerpt = self._sources.excerpt(location) if self._sources else None
        if excerpt and excerpt.marked and not 0 < location.line < location.end_line:
            region["snippet"] = {"text": excerpt.marked}
        return region


def _distinct(names: list[str]) -> list[str]:
    """Return names with a number behind those that were there before."""
    counts: dict[str, int] = {}
    result = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        result.append(name if counts[name] == 1 else f"{name}#{counts[name]}")
    return result


def file_uri(path: str) -> str:
    """Return the URI reference of a file: relative as the path is, or a ``file:`` URI."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(Path(path).as_posix(), safe=_SAFE_IN_PATH)
