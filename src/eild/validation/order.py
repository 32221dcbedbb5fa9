"""The order of nodes in reports: the same in each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import Literal, URIRef

if TYPE_CHECKING:
    from rdflib.term import Node


def order_key(node: Node | None) -> str:
    """Return what orders a node the same way in each run: blank nodes, whose names are random, all come first."""
    if isinstance(node, Literal):  # RDFLib's own notation warns of ill-typed numbers
        rest = f"@{node.language}" if node.language else f"^^<{node.datatype}>" if node.datatype else ""
        return f'{type(node).__name__} "{node}"{rest}'
    if isinstance(node, URIRef):
        return f"{type(node).__name__} <{node}>"
    return f"{type(node).__name__} {node.n3()}" if node is not None and not _is_blank(node) else ""


def _is_blank(node: Node) -> bool:
    return type(node).__name__ == "BNode"
