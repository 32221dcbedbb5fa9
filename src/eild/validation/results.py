"""A result of a validation as an engine tells it: one type, whichever engine it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdflib import URIRef
    from rdflib.term import Node


@dataclass(frozen=True)
class Result:
    """A validation result (SHACL, section 3.6.2), in nodes of RDFLib.

    :ivar shape: the shape that found it
    :ivar component: the constraint component
    :ivar focus: the node that was checked
    :ivar severity: the severity
    :ivar path: the path as a node of the shapes graph, or a property; None for a node shape
    :ivar value: the value at fault, if it is one value
    :ivar parameter: the value of the constraint's parameter, where it is known
    :ivar constraint: the SPARQL constraint or expression, if the component is one
    :ivar messages: the messages of shape, constraint or query; empty if they have none
    :ivar details: the results of the shapes that the value was to conform to
    """

    shape: Node
    component: URIRef
    focus: Node
    severity: Node
    path: Node | None = None
    value: Node | None = None
    parameter: Node | None = None
    constraint: Node | None = None
    messages: tuple[Node, ...] = ()
    details: tuple[Result, ...] = ()
