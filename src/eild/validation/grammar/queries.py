"""The text of SPARQL constraints and the prefixes declared for it (SHACL, section 5); the error of an engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Self

from rdflib import Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH

from eild.errors import EildError, ShapesError

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location

NOT_CODE: Final = re.compile(
    r"<[^<>\"{}|^`\\\s]*>"
    r'|"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'(?:[^'\\\n]++|\\.)*+'"
    r"|#[^\r\n]*",
    re.DOTALL,
)
"""Matches the IRIs, strings and comments of a query."""


def code_of(query: str) -> str:
    """Return a query with blanks for its strings, IRIs and comments."""
    return NOT_CODE.sub(lambda match: " " * len(match[0]), query)


class EngineFailures:
    """A context in which each exception of a library becomes an error of the shapes.

    :param location: the place of the shape or query that is applied
    """

    def __init__(self, location: Location | None = None) -> None:
        self._location = location

    def __enter__(self) -> Self:
        """Return the context itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> None:
        """Convert every exception but EILD's own and those that end the program."""
        if kind is None or error is None or isinstance(error, EildError | AssertionError | MemoryError):
            return
        if issubclass(kind, Exception) or kind.__name__ == "PanicException":
            lines = " ".join(str(error).split())[:300]
            message = (
                f"the shapes cannot be applied: the engine failed ({kind.__name__}{f': {lines}' if lines else ''})"
            )
            hint = "check the values that this shape compares or computes with"
            raise ShapesError(message, location=self._location, hint=hint) from error


def cannot_apply(reason: str) -> ShapesError:
    """Return the error that says why an engine cannot apply the shapes.

    :param reason: what the engine says
    """
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    return ShapesError(f"the shapes cannot be applied: {' '.join(lines)}", hint="correct the shape that this names")


def prefixes_of(graph: Graph, node: Node) -> tuple[tuple[str, str], ...]:
    """Return the prefixes that are declared for a query with their namespaces, sorted."""
    prefixes = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}
    ontologies = set(graph.subjects(RDF.type, OWL.Ontology))
    for named in set(graph.objects(node, SH.prefixes)):
        imported = set(graph.transitive_objects(named, OWL.imports))
        for holder in imported if named in ontologies else imported | ontologies:
            for declaration in graph.objects(holder, SH.declare):
                prefix, namespace = graph.value(declaration, SH.prefix), graph.value(declaration, SH.namespace)
                if prefix is not None and isinstance(namespace, Literal | URIRef):
                    prefixes[str(prefix)] = str(namespace)
    return tuple(sorted(prefixes.items()))
