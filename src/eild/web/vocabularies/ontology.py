"""The documentation of the ontology: its header, modules and alignments, and each term with all that concerns it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from eild import nodes
from eild.terms import OWL, RDF, RDFS, SH, SKOS, natural_order
from eild.web.frame.views import view_term
from eild.web.vocabularies.graph import Piece, VocabularyGraph, link_words, local_name, refer, refer_all
from eild.web.vocabularies.headers import Header, read_header
from eild.web.vocabularies.usage import find_queries, find_usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eild.web.frame.site import Site
    from eild.web.frame.views import TermView
    from eild.web.vocabularies.usage import Example, Usage

_KINDS: Final = {
    OWL.Class: "class",
    OWL.ObjectProperty: "object property",
    OWL.DatatypeProperty: "datatype property",
    OWL.AnnotationProperty: "annotation property",
}
_CHARACTERISTICS: Final = {
    OWL.FunctionalProperty: "functional: at most one value",
    OWL.InverseFunctionalProperty: "inverse functional: one subject for each value",
    OWL.SymmetricProperty: "symmetric: holds in both directions",
    OWL.AsymmetricProperty: "asymmetric: never holds in both directions",
    OWL.TransitiveProperty: "transitive: holds along chains",
    OWL.IrreflexiveProperty: "irreflexive: never relates a resource to itself",
    OWL.ReflexiveProperty: "reflexive: relates every resource to itself",
}
_ALIGNMENTS: Final = {
    OWL.equivalentClass: "equivalent to",
    OWL.equivalentProperty: "equivalent to",
    RDFS.subClassOf: "subclass of",
    RDFS.subPropertyOf: "subproperty of",
    SKOS.exactMatch: "exact match",
    SKOS.closeMatch: "close match",
    SKOS.broadMatch: "broader match",
    SKOS.narrowMatch: "narrower match",
    SKOS.relatedMatch: "related",
}
_APPLIED_BY: Final = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.path)
_PREFIXED: Final = re.compile(r"\beild:([A-Za-z]+)")


@dataclass(frozen=True)
class TermPage:
    """A term with all that the page says of it.

    :ivar facts: what the ontology states of it, by the name of the statement
    :ivar alignments: relation and term of another vocabulary
    :ivar uses: number of uses in the data; None if they are not counted
    :ivar query: the path of a query for its uses
    :ivar applied: the shapes that are applied to it
    :ivar mentioned: the shapes whose conditions name it
    :ivar queries: the published queries that use it
    """

    name: str
    iri: str
    kind: str
    label: str
    definition: list[Piece]
    notes: list[list[Piece]]
    examples: list[str]
    facts: list[tuple[str, list[TermView]]]
    characteristics: list[str]
    alignments: list[tuple[str, TermView]]
    uses: int | None
    query: str
    example: Example | None
    applied: list[TermView]
    mentioned: list[TermView]
    queries: list[TermView]
    module: str
    derived: bool
    deprecated: bool

    @property
    def is_class(self) -> bool:
        """Whether it is a class and no property."""
        return self.kind == "class"


@dataclass(frozen=True)
class ModulePage:
    """A module with its terms, classes first."""

    header: Header
    terms: list[TermPage]


@dataclass(frozen=True)
class OntologyPage:
    """All that the page of the ontology shows.

    :ivar header: what the ontology says of itself
    :ivar modules: its modules with their terms
    :ivar alignments: what the alignments say of themselves
    :ivar tree: the classes, each with how deep it stands below a class without one above it
    """

    header: Header
    modules: list[ModulePage]
    alignments: list[Header]
    tree: list[tuple[int, str]]

    @property
    def terms(self) -> list[TermPage]:
        """All terms, module by module."""
        return [term for module in self.modules for term in module.terms]


@dataclass(frozen=True)
class Mapping:
    """How a term stands to one of another vocabulary."""

    term: TermView
    relation: str
    other: TermView


def list_mappings(site: Site, graph: VocabularyGraph) -> list[Mapping]:
    """Return the mappings of the ontology's terms that a graph holds, in the order of the terms."""
    start = f"{site.urls.base}ontology#"
    found = [
        Mapping(refer(site, triple.subject), words, refer(site, triple.object))
        for predicate, words in _ALIGNMENTS.items()
        for triple in graph.triples
        if triple.predicate.value == str(predicate)
        and isinstance(triple.subject, NamedNode)
        and triple.subject.value.startswith(start)
        and not (isinstance(triple.object, NamedNode) and triple.object.value.startswith(start))
    ]
    return sorted(found, key=lambda mapping: (mapping.term.text, mapping.relation, mapping.other.text))


class OntologyReader:
    """Reads the page of an ontology from its triples.

    :param site: the site that shows it
    :param ontology: the triples of the ontology
    :param alignments: the triples of the alignments
    :param shapes: the triples of the shapes
    :param count_uses: whether the data of the site are of this version
    """

    def __init__(
        self,
        site: Site,
        ontology: VocabularyGraph,
        alignments: VocabularyGraph,
        shapes: VocabularyGraph,
        *,
        count_uses: bool = True,
    ) -> None:
        self._site = site
        self._graph = ontology
        self._alignments = alignments
        self._shapes = shapes
        self._usage: Usage | None = find_usage(site) if count_uses else None
        self._queries = find_queries(site) if count_uses else {}
        self._namespace = f"{site.urls.base}ontology#"
        self._terms = {
            local_name(node.value): node
            for kind in _KINDS
            for node in ontology.instances(kind)
            if node.value.startswith(self._namespace)
        }
        self._mentions = self._find_mentions()

    def read(self) -> OntologyPage:
        """Return the page."""
        main = NamedNode(f"{self._site.urls.base}ontology")
        modules = [node for node in self._graph.nodes(main, OWL.imports) if self._is_header(self._graph, node)]
        aligned = [node for node in self._alignments.instances(OWL.Ontology) if node != main]
        pages = [ModulePage(read_header(self._graph, node), list(self._read_terms(node))) for node in modules]
        return OntologyPage(
            header=read_header(self._graph, main),
            modules=[page for page in pages if page.terms],
            alignments=[read_header(self._alignments, node) for node in aligned],
            tree=list(self._walk(None, 0)),
        )

    @staticmethod
    def _is_header(graph: VocabularyGraph, node: NamedNode) -> bool:
        return nodes.OWL.Ontology in graph.values(node, RDF.type)

    def _read_terms(self, module: NamedNode) -> Iterator[TermPage]:
        terms = [self._read_term(node) for node in self._graph.subjects(RDFS.isDefinedBy, module)]
        yield from sorted(terms, key=lambda term: (not term.is_class, natural_order(term.name.lower())))

    def _walk(self, above: NamedNode | None, depth: int) -> Iterator[tuple[int, str]]:
        """Yield the classes below a class, each before those below it."""
        for name, node in sorted(self._terms.items()):
            own = [other for other in self._graph.nodes(node, RDFS.subClassOf) if other in self._terms.values()]
            if self._kind(node) == "class" and (above in own if above else not own):
                yield depth, name
                yield from self._walk(node, depth + 1)

    def _kind(self, node: NamedNode) -> str:
        types = [str(kind.value) for kind in self._graph.nodes(node, RDF.type)]
        return next((name for kind, name in _KINDS.items() if str(kind) in types), "term")

    def _read_term(self, node: NamedNode) -> TermPage:
        graph, name = self._graph, local_name(node.value)
        types = [kind.value for kind in graph.nodes(node, RDF.type)]
        is_class = self._kind(node) == "class"
        module = next(iter(graph.nodes(node, RDFS.isDefinedBy)), node)
        usage = self._usage
        return TermPage(
            name=name,
            iri=node.value,
            kind=self._kind(node),
            label=graph.text(node, RDFS.label) or name,
            definition=self._link(graph.text(node, SKOS.definition)),
            notes=[self._link(note) for note in graph.texts(node, SKOS.scopeNote)],
            examples=graph.texts(node, SKOS.example),
            facts=list(self._read_facts(node, is_class=is_class)),
            characteristics=[words for kind, words in _CHARACTERISTICS.items() if str(kind) in types],
            alignments=list(self._read_alignments(node)),
            uses=usage.count(node.value) if usage else None,
            query=self._query(node, is_class=is_class),
            example=usage.find_example(self._site, node.value) if usage else None,
            applied=refer_all(self._site, self._find_applied(node)),
            mentioned=refer_all(self._site, self._mentions.get(name, set()) - set(self._find_applied(node))),
            queries=[view_term(self._site, query) for query in self._queries.get(name, ())],
            module=local_name(module.value),
            derived=local_name(module.value) == "derived",
            deprecated=graph.text(node, OWL.deprecated) == "true",
        )

    def _link(self, text: str) -> list[Piece]:
        return link_words(text, self._terms, "ontology")

    def _read_facts(self, node: NamedNode, *, is_class: bool) -> Iterator[tuple[str, list[TermView]]]:
        """Yield what the ontology states of a term, and what it states of others with it."""
        graph = self._graph
        if is_class:
            rows: list[tuple[str, Sequence[NamedNode]]] = [
                ("subclass of", graph.nodes(node, RDFS.subClassOf)),
                ("has subclasses", graph.subjects(RDFS.subClassOf, node)),
                ("in the domain of", graph.subjects(RDFS.domain, node)),
                ("in the range of", graph.subjects(RDFS.range, node)),
                ("disjoint with", [*graph.nodes(node, OWL.disjointWith), *graph.subjects(OWL.disjointWith, node)]),
            ]
        else:
            rows = [
                ("domain", graph.nodes(node, RDFS.domain)),
                ("range", graph.nodes(node, RDFS.range)),
                ("subproperty of", graph.nodes(node, RDFS.subPropertyOf)),
                ("has subproperties", graph.subjects(RDFS.subPropertyOf, node)),
                ("inverse of", graph.nodes(node, OWL.inverseOf)),
            ]
        yield from ((name, refer_all(self._site, nodes)) for name, nodes in rows if nodes)

    def _read_alignments(self, node: NamedNode) -> Iterator[tuple[str, TermView]]:
        for predicate, words in _ALIGNMENTS.items():
            for other in self._alignments.nodes(node, predicate):
                yield words, refer(self._site, other)

    def _find_applied(self, node: NamedNode) -> list[NamedNode]:
        """Return the shapes that have a term as target or path."""
        return [shape for predicate in _APPLIED_BY for shape in self._shapes.subjects(predicate, node)]

    def _find_mentions(self) -> dict[str, set[NamedNode]]:
        """Return the shapes whose conditions name a term, in a list or a query, by its local name."""
        found: dict[str, set[NamedNode]] = {}
        for node in self._shapes.instances(SH.NodeShape) + self._shapes.instances(SH.PropertyShape):
            names = {local_name(value.value) for value in self._shapes.nodes(node, SH["class"])}
            for head in self._shapes.values(node, SH["in"]):
                names |= {local_name(item.value) for item in self._shapes.items(head) if isinstance(item, NamedNode)}
            for constraint in self._shapes.nodes(node, SH.sparql):
                names |= set(_PREFIXED.findall(self._shapes.text(constraint, SH.select)))
            for name in names & self._terms.keys():
                found.setdefault(name, set()).add(node)
        return found

    def _query(self, node: NamedNode, *, is_class: bool) -> str:
        """Return the path of the query for all uses of a term."""
        prefix = f"PREFIX eild: <{self._namespace}>\n"
        name = f"eild:{local_name(node.value)}"
        if is_class:
            labelled = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
            text = (
                f"{prefix}{labelled}\nSELECT ?resource ?label\nWHERE {{\n  ?resource a {name} .\n"
                "  OPTIONAL { ?resource rdfs:label ?label }\n}\nORDER BY ?resource\n"
            )
        else:
            text = f"{prefix}\nSELECT ?subject ?value\nWHERE {{ ?subject {name} ?value }}\nORDER BY ?subject ?value\n"
        return f"sparql?{urlencode({'query': text})}"
