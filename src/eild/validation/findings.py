"""What a validation finds: typed findings in a fixed order, and the report that holds them.

Follows the W3C Recommendation "Shapes Constraint Language (SHACL)", section 3.6 (validation report), and adds to each
result the place of the triple at fault and of the shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from eild.validation.grammar.terms import sh
from eild.validation.order import order_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import URIRef
    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.notes import Note
    from eild.validation.shapes import Shapes


class Severity(Enum):
    """The severities of SHACL, gravest first; the last two are of SHACL 1.2 and do not affect conformance."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"
    TRACE = "trace"

    @property
    def affects_conformance(self) -> bool:
        """Return whether data with such a finding do not conform."""
        return self not in {Severity.DEBUG, Severity.TRACE}

    @property
    def rank(self) -> int:
        """Return 0 for the gravest, rising."""
        return _RANKS[self]

    @property
    def iri(self) -> URIRef:
        """Return the severity as SHACL names it."""
        return sh(self.name.capitalize())

    @classmethod
    def from_iri(cls, iri: Node | None) -> Severity:
        """Return the severity that an IRI names; one of a user's own counts as the gravest."""
        return cls.VIOLATION if iri is None else _BY_IRI.get(iri, cls.VIOLATION)


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}
_BY_IRI: Final[dict[Node, Severity]] = {severity.iri: severity for severity in Severity}


@dataclass(frozen=True)
class Finding:
    """One validation result.

    :ivar severity: how grave it is
    :ivar shape: the node or property shape that found it
    :ivar component: the constraint component, e.g. ``sh:MinCountConstraintComponent``
    :ivar focus: the node that was checked
    :ivar path: the property path in SPARQL syntax with full IRIs, empty for node shapes
    :ivar value: the value at fault, if one value is
    :ivar message: what is wrong and what to do: the messages as one text
    :ivar messages: the messages as literals, sorted
    :ivar constraint: the SPARQL constraint, where the component is one
    :ivar severity_iri: the severity as the shape gives it
    :ivar path_node: the path as a node of the shapes graph, or a property that a query returned
    :ivar location: place of the triple at fault in the data
    :ivar shape_location: place of the shape
    :ivar details: what the shapes find that the value was to conform to (``sh:detail``)
    :ivar parameter: the value of the constraint's parameter, where it is known: one that may be repeated has several
    """

    severity: Severity
    shape: Node
    component: URIRef
    focus: Node
    path: str
    value: Node | None
    message: str
    messages: tuple[Node, ...] = ()
    constraint: Node | None = None
    severity_iri: Node | None = None
    path_node: Node | None = None
    location: Location | None = None
    shape_location: Location | None = None
    details: tuple[Finding, ...] = ()
    parameter: Node | None = None

    def sort_key(self) -> tuple[object, ...]:
        """Return what orders findings: place in the data first, then all that tells two findings apart."""
        place = self.location
        return (
            (place.path, place.line, place.column) if place else ("", 0, 0),
            self.severity.rank,
            order_key(self.focus),
            order_key(self.shape),
            str(self.component),
            self.path,
            order_key(self.value),
            self.message,
        )


@dataclass(frozen=True)
class VacuousTarget:
    """A target that matches nothing in the data: a shape that passes without having looked at anything.

    :ivar shape: the shape
    :ivar predicate: how the target is declared, e.g. ``sh:targetClass``
    :ivar target: the class, node or property that matches nothing
    :ivar location: place of the declaration
    """

    shape: Node
    predicate: URIRef
    target: Node
    location: Location | None = None


@dataclass(frozen=True)
class Report:
    """The outcome of a validation.

    :ivar findings: all findings, in a fixed order
    :ivar vacuous: targets that match nothing
    :ivar shapes: the shapes that were applied
    :ivar triple_count: how many triples were checked
    :ivar notes: what the shapes say without effect, in the order of their places
    :ivar engine: the engine that found it
    :ivar prefixes: prefixes of the project that was validated; none for others
    """

    findings: tuple[Finding, ...]
    vacuous: tuple[VacuousTarget, ...]
    shapes: Shapes = field(repr=False)
    triple_count: int = 0
    engine: str = "pyshacl"
    notes: tuple[Note, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """Return whether there is no finding that affects conformance, as SHACL 1.2 defines it."""
        return not any(finding.severity.affects_conformance for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def failing(self, fail_on: Severity = Severity.VIOLATION, *, strict: bool = False) -> int:
        """Return how many findings fail a run: those at or above a severity, and if strict targets and notes."""
        grave = sum(finding.severity.rank <= fail_on.rank for finding in self.findings)
        return grave + (len(self.vacuous) + sum(note.strict for note in self.notes) if strict else 0)
