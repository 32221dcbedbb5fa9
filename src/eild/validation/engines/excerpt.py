"""What the fast engine is given of a shapes graph: some shapes with all that they need, and nothing else.

Terms that do not validate are left out, so that they cannot decide anything. Patterns are translated from XPath's
dialect to that of the engine, and queries carry their prefixes with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH, XSD

from eild.validation.exact.compiler import named_shapes
from eild.validation.exact.components import is_true
from eild.validation.grammar.expressions import translate_query
from eild.validation.grammar.queries import prefixes_of
from eild.validation.grammar.terms import CORE, SHACL, sh
from eild.xpath.regex import PatternError, translate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from rdflib.term import Node

    from eild.validation.shapes import Shapes

_OF_SHAPES: Final = frozenset(CORE) | {
    sh(name)
    for name in "property path message severity deactivated ignoredProperties qualifiedValueShape "
    "qualifiedValueShapesDisjoint".split()
}
_OF_QUERIES: Final = frozenset(
    {sh("property"), sh("path"), sh("sparql"), sh("message"), sh("severity"), sh("deactivated")}
)
_STRUCTURE: Final = frozenset(
    {
        RDF.first,
        RDF.rest,
        *(sh(name) for name in "inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath".split()),
        *(sh(name) for name in "parameter optional validator nodeValidator propertyValidator".split()),
    }
)
_TYPES: Final = frozenset({SH.NodeShape, SH.PropertyShape, SH.ConstraintComponent, SH.SPARQLConstraint})
_SWITCHES: Final = frozenset({SH.closed, SH.deactivated, SH.qualifiedValueShapesDisjoint, SH.optional})
_TRUE: Final = Literal("true", datatype=XSD.boolean)
_FALSE: Final = Literal("false", datatype=XSD.boolean)
_COMPONENTS: Final = (SH.validator, SH.nodeValidator, SH.propertyValidator)


def take_excerpt(
    shapes: Shapes,
    roots: Iterable[Node],
    *,
    queries_only: bool = False,
    queries_of: Collection[Node] | None = None,
    translated: bool = True,
) -> Graph:
    """Return what the fast engine needs to apply some shapes to their targets.

    :param shapes: all shapes
    :param roots: the shapes that are applied to their targets
    :param queries_only: whether SPARQL constraints alone are applied
    :param queries_of: the shapes whose SPARQL constraints are applied; those of all shapes, and constraint components,
        if not given
    :param translated: whether the patterns of queries are translated too
    """
    taken = _OF_QUERIES if queries_only else _OF_SHAPES
    excerpt = _Excerpt(shapes, taken, queries_of, translated=translated)
    for root in roots:
        excerpt.add_targets(root)
        excerpt.add(root)
    if not queries_only and queries_of is None:
        excerpt.add_components()
    excerpt.add_asked()
    return excerpt.graph


class _Excerpt:
    """Gathers triples of a shapes graph."""

    def __init__(
        self, shapes: Shapes, taken: frozenset[URIRef], queries_of: Collection[Node] | None, *, translated: bool
    ) -> None:
        self.graph = Graph(bind_namespaces="none")
        self._shapes = shapes
        self._translated = translated
        self._queries_of = queries_of
        self._all = shapes.graph
        self._parameters = frozenset(
            path
            for parameter in self._all.objects(None, SH.parameter)
            for path in self._all.objects(parameter, SH.path)
            if isinstance(path, URIRef)
        )
        self._taken = taken | _STRUCTURE | self._parameters
        self._seen: set[Node] = set()

    def add_targets(self, root: Node) -> None:
        """Add what a shape targets, an implicit class target as ``sh:targetClass``."""
        for shape, predicate, target in self._shapes.targets_of(root):
            self.graph.add((shape, predicate, target))
            if predicate == sh("target"):
                self.graph.add((target, RDF.type, SH.SPARQLTarget))
                self._add_queries(target)

    def add(self, start: Node) -> None:
        """Add what is said of a node, and of the nodes that it leads to."""
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node in self._seen or isinstance(node, Literal):
                continue
            self._seen.add(node)
            self._add_queries(node)
            for kind in self._all.objects(node, RDF.type):
                if kind in _TYPES:
                    self.graph.add((node, RDF.type, kind))
            for predicate, value in self._all.predicate_objects(node):
                if predicate not in self._taken or (predicate == SH.uniqueLang and str(value) != "true"):
                    continue
                if predicate == SH.sparql and self._queries_of is not None and node not in self._queries_of:
                    continue
                if predicate == SH.ignoredProperties and (node, SH.closed, None) not in self._all:
                    continue  # which has no effect, and which the fast engine refuses
                self.graph.add((node, predicate, self._write(node, predicate, value)))
                if isinstance(value, BNode) or predicate == SH.sparql:
                    waiting.append(value)
            waiting += [inner for inner, _ in named_shapes(self._all, node)]

    def add_components(self) -> None:
        """Add the constraint components that the shapes define."""
        for component in set(self._all.subjects(SH.parameter)):
            self.graph.add((component, RDF.type, SH.ConstraintComponent))
            self.add(component)
            for predicate in _COMPONENTS:
                for validator in self._all.objects(component, predicate):
                    for kind in self._all.objects(validator, RDF.type):
                        self.graph.add((validator, RDF.type, kind))
                    self.add(validator)
            for parameter in self._all.objects(component, SH.parameter):
                self.add(parameter)

    def add_asked(self) -> None:
        """Add all that constrains nothing if a query asks the shapes graph."""
        queries = [str(text) for predicate in (SH.select, SH.ask) for text in self.graph.objects(None, predicate)]
        if any("shapesGraph" in query for query in queries):
            for triple in self._all:
                if not str(triple[1]).startswith(SHACL) and triple[2] not in _TYPES:
                    self.graph.add(triple)

    def _write(self, node: Node, predicate: Node, value: Node) -> Node:
        """Return a value as all engines read it: a pattern in their dialect, a Boolean by its name."""
        if predicate == SH.pattern:
            return self._translate(node, value)
        if isinstance(value, Literal) and value.datatype == XSD.boolean and predicate in _SWITCHES:
            return _TRUE if is_true(value) else _FALSE
        return value

    def _translate(self, node: Node, pattern: Node) -> Literal:
        flags = str(self._all.value(node, SH.flags) or "")
        try:
            translated = translate(str(pattern), flags).python
        except PatternError:  # an error of the shapes, which is told elsewhere
            translated = None
        return Literal(str(pattern) if translated is None else translated)

    def _add_queries(self, node: Node) -> None:
        for predicate in (SH.select, SH.ask):
            for text in self._all.objects(node, predicate):
                header = "".join(f"PREFIX {prefix}: <{name}> " for prefix, name in prefixes_of(self._all, node))
                query = translate_query(str(text)) if self._translated else str(text)
                self.graph.add((node, predicate, Literal(f"{header}\n{query}")))
