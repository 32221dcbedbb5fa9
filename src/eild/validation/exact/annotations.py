"""What annotations say of single constraints: message, severity, whether they are applied (SHACL 1.2 Core)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rdflib import URIRef

from eild.located.nodes import TripleTerm
from eild.validation.exact.components import is_true
from eild.validation.exact.index import REIFIES
from eild.validation.grammar.terms import sh

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph
    from rdflib.term import Node

REIFIES_NODE: Final = URIRef(REIFIES.value)
"""``rdf:reifies`` as a node of RDFLib."""


@dataclass(frozen=True)
class Annotation:
    """What the reifiers of a constraint's triples say of it.

    :ivar messages: its own messages
    :ivar severity: its own severity; None if it has none
    :ivar deactivated: whether it is not applied
    """

    messages: tuple[Node, ...] = ()
    severity: Node | None = None
    deactivated: bool = False


def read_annotation(graph: Graph, triples: Iterable[tuple[Node, Node, Node]]) -> Annotation:
    """Return what the reifiers of triples say of the constraint that these triples declare.

    :param graph: the shapes graph
    :param triples: the parameters of one constraint, each with the shape and the value
    """
    reifiers = [node for triple in triples for node in graph.subjects(REIFIES_NODE, TripleTerm(*triple))]
    if not reifiers:
        return Annotation()
    messages, severities, deactivated = (
        [value for reifier in reifiers for value in sorted(graph.objects(reifier, sh(name)), key=str)]
        for name in ("message", "severity", "deactivated")
    )
    return Annotation(tuple(messages), next(iter(severities), None), any(map(is_true, deactivated)))
