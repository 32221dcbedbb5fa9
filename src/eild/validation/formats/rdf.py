"""The report as a standard ``sh:ValidationReport`` (SHACL, section 3.6) in the syntaxes of RDF.

It is self-contained: a path, shape or constraint without a name is a blank node, and the report describes it as the
shapes graph does. Blank nodes are numbered in the order of their mention; literals keep their lexical form.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF, SH, XSD

from eild import media
from eild.errors import UsageError
from eild.located.nodes import DirectionalLiteral, TripleTerm
from eild.rdf.syntaxes import RDF_FORMATS
from eild.rdf.writing import ABBREVIATING
from eild.validation.exact.terms import to_term
from eild.validation.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from rdflib.term import Node

    from eild.media import Format
    from eild.validation.exact.terms import Term
    from eild.validation.findings import Finding, Report
    from eild.validation.formats.sources import Sources

    _Step: TypeAlias = tuple[ox.BlankNode, Node, Node, frozenset[BNode]]

_SINGLE: Final = (
    SH.focusNode,
    SH.resultPath,
    SH.value,
    SH.sourceShape,
    SH.sourceConstraintComponent,
    SH.sourceConstraint,
)
_TYPE, _RESULT, _PATH, _MESSAGE, _SEVERITY = (
    RDF.type,
    SH.ValidationResult,
    SH.resultPath,
    SH.resultMessage,
    SH.resultSeverity,
)
_CACHED_NAMES: Final = 2048
_NEVER_WRITTEN: Final = {str(RDF.type), str(RDF.langString), str(XSD.string), str(XSD.boolean)}
_NOT_IN_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_NAMELESS_IN_XML: Final = re.compile(rb"<[^\s<>/:]+:[\s/>]")
_LARGEST_PATH: Final = 200
"""So many nodes of a path are written as a tree; what comes after may share nodes."""


@dataclass(frozen=True)
class RdfReport:
    """Writes reports in one syntax of RDF.

    :ivar form: one of :data:`eild.media.GRAPH_FORMATS`
    """

    form: Format

    def __call__(self, report: Report, sources: Sources | None = None, /) -> str:  # noqa: ARG002 - as all forms
        """Return the report as RDF; results in the report's order.

        :raises UsageError: if the syntax cannot carry a term of the report
        """
        return serialize_report(report, self.form)


def serialize_report(report: Report, form: Format) -> str:
    """Return the report in a syntax of RDF.

    :param form: one of :data:`eild.media.GRAPH_FORMATS`
    :raises UsageError: if the syntax cannot carry a term of the report
    """
    graph = _ReportGraph(report)
    prefixes = graph.used_prefixes() if form in ABBREVIATING else None
    try:
        content = ox.serialize(graph.triples, format=RDF_FORMATS[form.name], prefixes=prefixes) or b""
    except (OSError, ValueError) as error:  # OSError for triple terms in JSON-LD
        raise UsageError(f"{form.label} cannot carry this report: {error}", hint=_OTHER_FORM) from error
    if form is media.RDF_XML:
        content = _check_xml(content)
    text = content.decode("utf-8")
    return text if text.endswith("\n") else text + "\n"


_OTHER_FORM: Final = "take the report as json, text or sarif"


def _check_xml(content: bytes) -> bytes:
    """Return XML in which carriage returns survive parsing (XML 1.0, section 2.11).

    :raises UsageError: if it holds what XML cannot carry
    """
    if _NOT_IN_XML.search(content) or _NAMELESS_IN_XML.search(content):
        message = "RDF/XML cannot carry this report: a term holds a character, or a property a name, that XML forbids"
        raise UsageError(message, hint="take the report as turtle, nt or json")
    return content.replace(b"\r", b"&#13;")


class _ReportGraph:
    """The triples of a report, in a fixed order.

    :param report: the report
    :ivar triples: its triples
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._labels: dict[BNode, ox.BlankNode] = {}
        self._paths = 0
        self._details = 0
        self._undescribed: deque[BNode] = deque()
        self._described = _index_blank(report)
        self.triples: list[ox.Triple] = []
        node = ox.BlankNode("report")
        self._add(node, RDF.type, SH.ValidationReport)
        self._add(node, SH.conforms, Literal("true" if report.conforms else "false", datatype=XSD.boolean))
        results = [ox.BlankNode(f"result{number}") for number, _ in enumerate(report.findings, 1)]
        self.triples += [ox.Triple(node, _named(SH.result), result) for result in results]
        for result, finding in zip(results, report.findings, strict=True):
            self._add_result(result, finding)
        self._describe_blank()

    def _add_result(self, result: ox.BlankNode, finding: Finding) -> None:
        """Add a result with its details (SHACL, sections 3.6.2 and 3.6.2.6)."""
        for predicate, value in _properties(finding):
            if predicate == _PATH and isinstance(value, BNode):
                self._add_path(result, value)
            else:
                self._add(result, predicate, value)
        for detail in finding.details:
            self._details += 1
            node = ox.BlankNode(f"detail{self._details}")
            self.triples.append(ox.Triple(result, _named(SH.detail), node))
            self._add_result(node, detail)

    def _add_path(self, result: ox.BlankNode, path: BNode) -> None:
        """Add a path without a name: each result has a tree of its own, as if it were written out there."""
        whole: dict[BNode, ox.BlankNode] = {}
        waiting: deque[_Step] = deque([(result, SH.resultPath, path, frozenset())])
        copies = 0
        while waiting:
            subject, predicate, node, above = waiting.popleft()
            if not isinstance(node, BNode) or node not in self._described:
                self._add(subject, predicate, node)
                continue
            known = whole.get(node) if node in above or copies > _LARGEST_PATH else None
            label = known or ox.BlankNode(f"path{self._paths + 1}")
            self.triples.append(ox.Triple(subject, _named(predicate), label))
            if known:
                continue
            whole[node] = label
            self._paths, copies = self._paths + 1, copies + 1
            waiting.extend((label, inner, part, above | {node}) for inner, part in self._parts(node))

    def _parts(self, node: BNode) -> list[tuple[Node, Node]]:
        """Return what makes a node of a path: of a sequence nothing but the list, as no engine looks at the rest."""
        parts = self._described[node]
        cells = [(predicate, part) for predicate, part in parts if predicate in {RDF.first, RDF.rest}]
        return cells or parts

    def _describe_blank(self) -> None:
        """Add what the shapes graph says about the blank nodes that are mentioned, and about those that they name."""
        while self._undescribed:
            node = self._undescribed.popleft()
            for predicate, value in self._described.get(node, ()):
                self._add(self._labels[node], predicate, value)

    def _add(self, subject: ox.NamedNode | ox.BlankNode, predicate: Node, value: Node) -> None:
        self.triples.append(ox.Triple(subject, _named(predicate), self._term(value)))

    def _term(self, node: Node) -> Term:
        if isinstance(node, BNode):
            if node not in self._labels:
                self._labels[node] = ox.BlankNode(f"b{len(self._labels) + 1}")
                self._undescribed.append(node)
            return self._labels[node]
        if isinstance(node, TripleTerm | DirectionalLiteral):
            return to_term(node)
        if isinstance(node, Literal):
            if node.language:
                return ox.Literal(str(node), language=node.language)
            return ox.Literal(str(node), datatype=_named(node.datatype or XSD.string))
        return _named(node)

    def used_prefixes(self) -> dict[str, str]:
        """Return the prefixes that abbreviate a term of the report, by name."""
        names = Names(self._report.shapes.graph, prefixes=self._report.prefixes)
        for triple in self.triples:
            for term in (triple.predicate, triple.object):
                iri = term.value if isinstance(term, ox.NamedNode) else ""
                if isinstance(term, ox.Literal):
                    iri = term.datatype.value
                if iri and iri not in _NEVER_WRITTEN:
                    names.term(URIRef(iri))
        return dict(sorted(names.used.items()))


@lru_cache(maxsize=_CACHED_NAMES)
def _named(node: Node) -> ox.NamedNode:
    """Return an IRI as Oxigraph has it."""
    return ox.NamedNode(str(node))


def _properties(finding: Finding) -> Iterator[tuple[Node, Node]]:
    """Yield the properties of a result with their values, in the order of SHACL, section 3.6.2."""
    yield _TYPE, _RESULT
    single = (
        finding.focus,
        finding.path_node,
        finding.value,
        finding.shape,
        finding.component,
        finding.constraint,
    )
    yield from ((predicate, value) for predicate, value in zip(_SINGLE, single, strict=True) if value is not None)
    yield from ((_MESSAGE, message) for message in finding.messages)
    yield _SEVERITY, finding.severity_iri or finding.severity.iri


def _index_blank(report: Report) -> dict[BNode, list[tuple[Node, Node]]]:
    """Return what the shapes say about each of their blank nodes, in the order of the files."""
    index: dict[BNode, list[tuple[Node, Node]]] = {}
    for subject, predicate, value in report.shapes.located.places:
        if isinstance(subject, BNode):
            index.setdefault(subject, []).append((predicate, value))
    return index
