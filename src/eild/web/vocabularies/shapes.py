"""The documentation of the shapes: what each is applied to, what it demands in words, and how it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.terms import RDF, SH, natural_order
from eild.web.vocabularies.graph import VocabularyGraph, local_name, refer_all
from eild.web.vocabularies.headers import Header, read_header
from eild.web.vocabularies.phrases import Rule, Words

if TYPE_CHECKING:
    from eild.web.frame.site import Site
    from eild.web.frame.views import Piece, TermView

_SHAPES: Final = (SH.NodeShape, SH.PropertyShape)
_USED_BY: Final = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
_LISTED_BY: Final = (SH["or"], SH["and"], SH.xone)


@dataclass(frozen=True)
class ShapePage:
    """A shape with all that the page says of it.

    :ivar targets: what it is applied to by itself
    :ivar path: the property whose values it is about; empty for a node shape
    :ivar parts: its property shapes
    :ivar used_by: the shapes that apply it
    """

    name: str
    iri: str
    title: str
    kind: str
    severity: str
    message: str
    targets: list[list[Piece]]
    path: list[Piece]
    rules: list[Rule]
    parts: list[TermView]
    used_by: list[TermView]


@dataclass(frozen=True)
class ShapeGroup:
    """Shapes about one kind of resource."""

    name: str
    shapes: list[ShapePage]


@dataclass(frozen=True)
class ShapesPage:
    """All that the page of the shapes shows."""

    header: Header
    groups: list[ShapeGroup]

    @property
    def shapes(self) -> list[ShapePage]:
        """All shapes, group by group."""
        return [shape for group in self.groups for shape in group.shapes]


def read_shapes(site: Site, graph: VocabularyGraph) -> ShapesPage:
    """Return the page of the shapes.

    :param site: the site that shows it
    :param graph: the triples of the shapes
    """
    words, users = Words(site, graph), _find_users(graph)
    groups: dict[str, list[ShapePage]] = {}
    for node in {node: None for kind in _SHAPES for node in graph.instances(kind)}:
        shape = _read_shape(site, graph, words, node, users.get(node, []))
        groups.setdefault(_group_name(node), []).append(shape)
    return ShapesPage(
        header=read_header(graph, NamedNode(f"{site.urls.shared}shapes")),
        groups=[ShapeGroup(name, sorted(groups[name], key=_order)) for name in sorted(groups, key=_group_order)],
    )


def _group_name(node: NamedNode) -> str:
    """Return the kind of resource that a shape is about: what its name begins with."""
    stem = local_name(node.value).partition("-")[0]
    return "Conditions" if stem.startswith(("Is", "Has", "In")) else stem.removesuffix("Shape")


def _group_order(name: str) -> tuple[bool, str]:
    return name == "Conditions", name


def _order(shape: ShapePage) -> tuple[bool, tuple[tuple[int, str], ...]]:
    """Put the shapes with targets first."""
    return not shape.targets, natural_order(shape.name)


def _read_shape(site: Site, graph: VocabularyGraph, words: Words, node: NamedNode, users: list[NamedNode]) -> ShapePage:
    paths = graph.values(node, SH.path)
    severity = next(iter(graph.nodes(node, SH.severity)), None)
    is_property = nodes.SH.PropertyShape in graph.values(node, RDF.type)
    return ShapePage(
        name=local_name(node.value),
        iri=node.value,
        title=graph.text(node, SH.name) or local_name(node.value),
        kind="property shape" if is_property else "node shape",
        severity=local_name(severity.value).lower() if severity else "",
        message=graph.text(node, SH.message),
        targets=words.list_targets(node),
        path=words.tell_path(paths[0]) if paths else [],
        rules=words.list_rules(node),
        parts=refer_all(site, graph.nodes(node, SH.property)),
        used_by=refer_all(site, users),
    )


def _find_users(graph: VocabularyGraph) -> dict[NamedNode, list[NamedNode]]:
    """Return by shape the shapes that apply it, also as one of several."""
    users: dict[NamedNode, list[NamedNode]] = {}
    for user in {node: None for kind in _SHAPES for node in graph.instances(kind)}:
        applied = [node for predicate in _USED_BY for node in graph.values(user, predicate)]
        heads = [head for predicate in _LISTED_BY for head in graph.values(user, predicate)]
        applied += [item for head in heads for item in graph.items(head)]
        for node in applied:
            if isinstance(node, NamedNode):
                users.setdefault(node, []).append(user)
    return users
