"""The documentation of the ontology: its header, modules and alignments, and each term with all that concerns it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pyoxigraph import BlankNode, NamedNode

from eild import nodes
from eild.documents.expressions import read_expression
from eild.documents.names import shorten
from eild.terms import DCTERMS, OWL, RDF, RDFS, SH, SKOS, natural_order
from eild.web.frame.statements import say_parts
from eild.web.frame.views import Piece, TermView, view_term
from eild.web.vocabularies.graph import VocabularyGraph, link_words, local_name, refer, refer_all
from eild.web.vocabularies.headers import Header, read_header
from eild.web.vocabularies.usage import find_queries, find_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from eild.web.frame.site import Site
    from eild.web.vocabularies.graph import Term
    from eild.web.vocabularies.usage import Example, Usage

_KINDS: Final = {
    OWL.Class: "class",
    RDFS.Class: "class",
    OWL.ObjectProperty: "object property",
    OWL.DatatypeProperty: "datatype property",
    OWL.AnnotationProperty: "annotation property",
    RDF.Property: "property",
    RDFS.Datatype: "datatype",
    OWL.NamedIndividual: "individual",
}
_DEFINITIONS: Final = (SKOS.definition, RDFS.comment, DCTERMS.description)
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
_USED: Final = frozenset(name for name in _KINDS.values() if name == "class" or name.endswith("property"))
_LOCAL: Final = re.compile(r"[A-Za-z_0-9][A-Za-z0-9_-]*")
_MOST_DEPTH: Final = 30
_PREFIXED: Final = re.compile(r"\beild:([A-Za-z]+)")


@dataclass(frozen=True)
class TermPage:
    """A term with all that the page says of it.

    :ivar name: its anchor on the page
    :ivar short: its abbreviated IRI
    :ivar facts: what the ontology states of it, by the name of the statement
    :ivar alignments: relation and term of another vocabulary
    :ivar uses: number of uses in the data; None if they are not counted
    :ivar query: the path of a query for its uses
    :ivar applied: the shapes that are applied to it
    :ivar mentioned: the shapes whose conditions name it
    :ivar queries: the published queries that use it
    """

    name: str
    short: str
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
class TermMapping:
    """How a term stands to one of another vocabulary."""

    term: TermView
    relation: str
    other: TermView


def list_mappings(site: Site, graph: VocabularyGraph) -> list[TermMapping]:
    """Return the mappings of the ontology's terms that a graph holds, in the order of the terms."""
    start = f"{site.urls.shared}ontology#"
    found = [
        TermMapping(refer(site, triple.subject), words, refer(site, triple.object))
        for predicate, words in _ALIGNMENTS.items()
        for triple in graph.triples
        if triple.predicate.value == str(predicate)
        and isinstance(triple.subject, NamedNode)
        and triple.subject.value.startswith(start)
        and not (isinstance(triple.object, NamedNode) and triple.object.value.startswith(start))
    ]
    return sorted(found, key=lambda mapping: (mapping.term.text, mapping.relation, mapping.other.text))


@dataclass(frozen=True)
class Profile:
    """What the documentation of a vocabulary needs to know besides its triples.

    :ivar terms: its terms, by their anchors on the page
    :ivar path: path of the page that has them as anchors
    :ivar uses: tells how often the data uses a term; None if that is not counted
    :ivar example: finds a use of a term in the data
    :ivar queries: the published queries that use a term, by its anchor
    """

    terms: Mapping[str, NamedNode]
    path: str
    uses: Callable[[str], int] | None = None
    example: Callable[[str], Example | None] = lambda _: None
    queries: Mapping[str, Sequence[NamedNode]] = field(default_factory=dict)


class TermReader:
    """Reads the terms of a vocabulary, whatever it is about.

    :param site: the site that shows it
    :param graph: the triples of the vocabulary
    :param profile: its terms, and what is known of them otherwise
    :param alignments: the triples of alignments
    :param shapes: the triples of shapes
    """

    def __init__(
        self,
        site: Site,
        graph: VocabularyGraph,
        profile: Profile,
        alignments: VocabularyGraph | None = None,
        shapes: VocabularyGraph | None = None,
    ) -> None:
        self._site = site
        self._graph = graph
        self._profile = profile
        self._alignments = alignments or VocabularyGraph(())
        self._shapes = shapes or VocabularyGraph(())
        self._anchors = {node.value: name for name, node in profile.terms.items()}
        self._mentions = self._find_mentions()

    def walk(self, above: NamedNode | None = None, depth: int = 0) -> Iterator[tuple[int, str]]:
        """Yield the classes below a class, each before those below it, with depth and anchor."""
        if depth > _MOST_DEPTH:
            return
        for name, node in sorted(self._profile.terms.items()):
            if self.find_kind(node) != "class":
                continue
            own = [other for other in self._graph.nodes(node, RDFS.subClassOf) if other.value in self._anchors]
            if (above in own and above != node) if above else not set(own) - {node}:
                yield depth, name
                yield from self.walk(node, depth + 1)

    def find_kind(self, node: NamedNode) -> str:
        """Return what kind of term a term is, in words."""
        types = [str(kind.value) for kind in self._graph.nodes(node, RDF.type)]
        return next((name for kind, name in _KINDS.items() if str(kind) in types), "term")

    def read_term(self, node: NamedNode, module: str = "") -> TermPage:
        """Return all that the page says of a term.

        :param module: name of the module that it belongs to
        """
        graph, name = self._graph, self._anchors.get(node.value) or local_name(node.value)
        types = [kind.value for kind in graph.nodes(node, RDF.type)]
        kind = self.find_kind(node)
        is_class = kind == "class"
        applied = self._find_applied(node)
        texts = [text for term in _DEFINITIONS for text in graph.texts(node, term)]
        return TermPage(
            name=name,
            short=shorten(self._site.prefixes, node.value),
            iri=node.value,
            kind=kind,
            label=graph.text(node, RDFS.label) or graph.text(node, SKOS.prefLabel) or name,
            definition=self._link(next(iter(texts), "")),
            notes=[self._link(note) for note in dict.fromkeys((*texts[1:], *graph.texts(node, SKOS.scopeNote)))],
            examples=graph.texts(node, SKOS.example),
            facts=list(self._read_facts(node, is_class=is_class)),
            characteristics=[words for kind, words in _CHARACTERISTICS.items() if str(kind) in types],
            alignments=list(self._read_alignments(node)),
            uses=self._profile.uses(node.value) if self._profile.uses and kind in _USED else None,
            query=self._query(node, is_class=is_class),
            example=self._profile.example(node.value),
            applied=refer_all(self._site, applied),
            mentioned=refer_all(self._site, self._mentions.get(name, set()) - set(applied)),
            queries=[view_term(self._site, query) for query in self._profile.queries.get(name, ())],
            module=module,
            derived=module == "derived",
            deprecated=graph.text(node, OWL.deprecated) in {"true", "1"},
        )

    def _link(self, text: str) -> list[Piece]:
        return link_words(text, self._profile.terms, self._profile.path)

    def _read_facts(self, node: NamedNode, *, is_class: bool) -> Iterator[tuple[str, list[TermView]]]:
        """Yield what the vocabulary states of a term, and what it states of others with it."""
        graph = self._graph
        if is_class:
            rows: list[tuple[str, Sequence[Term]]] = [
                ("subclass of", graph.values(node, RDFS.subClassOf)),
                ("equivalent to", graph.values(node, OWL.equivalentClass)),
                ("has subclasses", graph.subjects(RDFS.subClassOf, node)),
                ("in the domain of", graph.subjects(RDFS.domain, node)),
                ("in the range of", graph.subjects(RDFS.range, node)),
                ("disjoint with", [*graph.values(node, OWL.disjointWith), *graph.subjects(OWL.disjointWith, node)]),
                ("disjoint union of", self._items(node, OWL.disjointUnionOf)),
                ("key", self._items(node, OWL.hasKey)),
            ]
        else:
            rows = [
                ("domain", graph.values(node, RDFS.domain)),
                ("range", graph.values(node, RDFS.range)),
                ("subproperty of", graph.values(node, RDFS.subPropertyOf)),
                ("equivalent to", graph.values(node, OWL.equivalentProperty)),
                ("has subproperties", graph.subjects(RDFS.subPropertyOf, node)),
                ("inverse of", [*graph.values(node, OWL.inverseOf), *graph.subjects(OWL.inverseOf, node)]),
                ("disjoint with", graph.values(node, OWL.propertyDisjointWith)),
                ("holds along the chain", self._items(node, OWL.propertyChainAxiom)),
            ]
        yield from ((name, self._refer_all(values)) for name, values in rows if values)

    def _items(self, node: NamedNode, predicate: str) -> list[Term]:
        return [item for head in self._graph.values(node, predicate) for item in self._graph.items(head)]

    def _refer_all(self, values: Sequence[Term]) -> list[TermView]:
        """Return references to terms, and class expressions in words; each once."""
        named = [value for value in values if not isinstance(value, BlankNode)]
        unnamed = (value for value in values if isinstance(value, BlankNode))
        said = (say_parts(self._site, read_expression(self._site.described, node)) for node in unnamed)
        phrases = [TermView("".join(part.text for part in pieces), pieces=tuple(pieces)) for pieces in said if pieces]
        return [*refer_all(self._site, named), *sorted(phrases, key=lambda view: view.text)]

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
            for name in names & self._profile.terms.keys():
                found.setdefault(name, set()).add(node)
        return found

    def _query(self, node: NamedNode, *, is_class: bool) -> str:
        """Return the path of the query for all uses of a term."""
        short = shorten(self._site.prefixes, node.value)
        prefix, colon, local = short.partition(":")
        is_short = short != node.value and colon and _LOCAL.fullmatch(local) and prefix in self._site.prefixes
        declared = f"PREFIX {prefix}: <{self._site.prefixes[prefix]}>\n" if is_short else ""
        name = short if is_short else f"<{node.value}>"
        if is_class:
            labelled = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
            text = (
                f"{declared}{labelled}\nSELECT ?resource ?label\nWHERE {{\n  ?resource a {name} .\n"
                "  OPTIONAL { ?resource rdfs:label ?label }\n}\nORDER BY ?resource\n"
            )
        else:
            text = f"{declared}\nSELECT ?subject ?value\nWHERE {{ ?subject {name} ?value }}\nORDER BY ?subject ?value\n"
        return f"sparql?{urlencode({'query': text})}"


class OntologyReader:
    """Reads the page of EILD's own ontology from its triples: modules, alignments, shapes and queries as well.

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
        usage: Usage | None = find_usage(site) if count_uses else None
        namespace = f"{site.urls.shared}ontology#"
        terms = {
            local_name(node.value): node
            for kind in _KINDS
            for node in ontology.instances(kind)
            if node.value.startswith(namespace)
        }
        profile = Profile(
            terms=terms,
            path="ontology",
            uses=usage.count if usage else None,
            example=partial(usage.find_example, site) if usage else lambda _: None,
            queries=find_queries(site) if count_uses else {},
        )
        self._reader = TermReader(site, ontology, profile, alignments, shapes)

    def read(self) -> OntologyPage:
        """Return the page."""
        main = NamedNode(f"{self._site.urls.shared}ontology")
        modules = [node for node in self._graph.nodes(main, OWL.imports) if self._is_header(self._graph, node)]
        aligned = [node for node in self._alignments.instances(OWL.Ontology) if node != main]
        pages = [ModulePage(read_header(self._graph, node), list(self._read_terms(node))) for node in modules]
        return OntologyPage(
            header=read_header(self._graph, main),
            modules=[page for page in pages if page.terms],
            alignments=[read_header(self._alignments, node) for node in aligned],
            tree=list(self._reader.walk()),
        )

    @staticmethod
    def _is_header(graph: VocabularyGraph, node: NamedNode) -> bool:
        return nodes.OWL.Ontology in graph.values(node, RDF.type)

    def _read_terms(self, module: NamedNode) -> Iterator[TermPage]:
        found = self._graph.subjects(RDFS.isDefinedBy, module)
        terms = [self._reader.read_term(node, local_name(module.value)) for node in found]
        yield from sorted(terms, key=lambda term: (not term.is_class, natural_order(term.name.lower())))
