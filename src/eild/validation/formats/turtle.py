"""The report as a standard ``sh:ValidationReport`` in Turtle (SHACL, section 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib.namespace import SH, XSD

from eild.validation.names import Names, turtle_path

if TYPE_CHECKING:
    from eild.validation.findings import Finding, Report


def format_turtle(report: Report) -> str:
    """Return the report as Turtle; results in the report's order."""
    names = Names(report.shapes.graph)
    names.used |= {"sh": str(SH), "xsd": str(XSD)}
    results = [_result(finding, names, report) for finding in report.findings]
    body = f"[] a sh:ValidationReport ;\n    sh:conforms {str(report.conforms).lower()}"
    if results:
        body += " ;\n    sh:result " + ", ".join(results)
    prefixes = [f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in sorted(names.used.items())]
    return "\n".join([*prefixes, "", f"{body} ."]) + "\n"


def _result(finding: Finding, names: Names, report: Report) -> str:
    rows = [
        "a sh:ValidationResult",
        f"sh:resultSeverity {names.term(finding.severity_iri or finding.severity.iri)}",
        f"sh:focusNode {names.term(finding.focus)}",
    ]
    if finding.path_node is not None:
        rows.append(f"sh:resultPath {turtle_path(names, report.shapes.graph, finding.path_node)}")
    if finding.value is not None:
        rows.append(f"sh:value {names.term(finding.value)}")
    rows.append(f"sh:sourceConstraintComponent {names.term(finding.component)}")
    rows.append(f"sh:sourceShape {names.term(finding.shape)}")
    if finding.constraint is not None:
        rows.append(f"sh:sourceConstraint {names.term(finding.constraint)}")
    rows += [f"sh:resultMessage {names.term(message)}" for message in finding.messages]
    return "[\n        " + " ;\n        ".join(rows) + "\n    ]"
