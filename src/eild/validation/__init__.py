"""Validation of RDF data against SHACL shapes, with the place of each finding.

>>> report = validate(load_rdf("my.ttl"), load_shapes([Path("shapes.ttl")]))  # doctest: +SKIP
>>> report.conforms, [str(finding.location) for finding in report.findings]   # doctest: +SKIP
"""

from __future__ import annotations

from eild.validation.files import load_rdf
from eild.validation.findings import Finding, Report, Severity, VacuousTarget
from eild.validation.shapes import Constraint, Shapes, check_shapes, load_shapes
from eild.validation.validate import validate

__all__ = [
    "Constraint",
    "Finding",
    "Report",
    "Severity",
    "Shapes",
    "VacuousTarget",
    "check_shapes",
    "load_rdf",
    "load_shapes",
    "validate",
]
