"""Counts of the contents of a graph, as VoID defines them (https://www.w3.org/TR/void/, section 4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from eild.terms import FOAF, OWL, RDF, RDFS, SCHEMA, SKOS, natural_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pyoxigraph import QuerySolutions, Triple

    Node = NamedNode | BlankNode

LINK_PROPERTIES: Final = frozenset(
    map(
        str,
        (
            *(OWL.sameAs, RDFS.seeAlso, FOAF.isPrimaryTopicOf, FOAF.page, SCHEMA.sameAs),
            *(SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch),
        ),
    )
)
"""Properties that link a resource to one of another dataset; vocabularies are linked by all others."""

MOST_PARTITIONED: Final = 500_000
"""Triples up to which the properties of each class are counted apart: more take more memory than they are worth."""

MOST_CLASSES: Final = 1000
"""Classes up to which each has a partition; data with more (taxonomies) say only how many there are."""

MOST_SCANNED: Final = 2_000_000
"""Triples up to which the properties of a store are counted when it is loaded."""

_COUNT_CLASSES: Final = "SELECT ?term (COUNT(*) AS ?n) { ?s a ?term } GROUP BY ?term"
_COUNT_PROPERTIES: Final = "SELECT ?term (COUNT(*) AS ?n) { ?s ?term ?o } GROUP BY ?term"

_TYPE: Final = NamedNode(str(RDF.type))
_MOST_EXAMPLES: Final = 5


@dataclass(frozen=True)
class PropertyCount:
    """How often a property occurs, in the whole graph or with the instances of one class.

    :ivar iri: the property
    :ivar triples: its triples
    :ivar subjects: number of its distinct subjects; None if not counted
    :ivar objects: number of its distinct objects; None if not counted
    :ivar classes: its triples by class of the object
    :ivar datatypes: its triples by datatype of the object
    """

    iri: str
    triples: int
    subjects: int | None = None
    objects: int | None = None
    classes: dict[str, int] = field(default_factory=dict)
    datatypes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassCount:
    """How often a class occurs.

    :ivar iri: the class
    :ivar entities: its instances
    :ivar triples: number of triples about its instances; None if not counted
    :ivar properties: the properties of its instances; empty if not counted
    """

    iri: str
    entities: int
    triples: int | None = None
    properties: tuple[PropertyCount, ...] = ()


@dataclass(frozen=True)
class LinkCount:
    """How many triples link to a place elsewhere by one property.

    :ivar target: the start of the IRIs that are linked to
    :ivar predicate: the property
    :ivar triples: its links to there
    """

    target: str
    predicate: str
    triples: int


@dataclass(frozen=True)
class Statistics:
    """The counts of a graph.

    :ivar triples: its triples
    :ivar entities: subjects with an IRI, of those that the dataset owns where it owns a namespace
    :ivar subjects: its distinct subjects
    :ivar objects: its distinct objects
    :ivar classes: its classes, all of them or the number alone
    :ivar properties: its properties
    :ivar class_count: the number of its classes
    :ivar links: its links to elsewhere
    :ivar examples: some of its resources, of its most frequent classes
    """

    triples: int
    entities: int | None = None
    subjects: int | None = None
    objects: int | None = None
    classes: tuple[ClassCount, ...] = ()
    properties: tuple[PropertyCount, ...] = ()
    class_count: int | None = None
    links: tuple[LinkCount, ...] = ()
    examples: tuple[str, ...] = ()


class _PropertyCounter:
    """Counts the triples of one property."""

    def __init__(self) -> None:
        self.triples = 0
        self.subjects: set[object] = set()
        self.objects: set[object] = set()
        self.classes: Counter[str] = Counter()
        self.datatypes: Counter[str] = Counter()

    def add(self, subject: object, value: object, classes: Sequence[str], datatype: str) -> None:
        """Count a triple.

        :param classes: the classes of its object
        :param datatype: the datatype of its object, if that is a literal
        """
        self.triples += 1
        self.subjects.add(subject)
        self.objects.add(value)
        if datatype:
            self.datatypes[datatype] += 1
        for iri in classes:
            self.classes[iri] += 1

    def count(self, iri: str) -> PropertyCount:
        """Return the counts."""
        classes, datatypes = dict(sorted(self.classes.items())), dict(sorted(self.datatypes.items()))
        return PropertyCount(iri, self.triples, len(self.subjects), len(self.objects), classes, datatypes)


def _sort(counters: dict[str, _PropertyCounter]) -> tuple[PropertyCount, ...]:
    return tuple(counters[iri].count(iri) for iri in sorted(counters))


def _find_target(iri: str) -> str:
    """Return the start of the IRIs of the site that an IRI is on: a dataset elsewhere is told by its host."""
    parts = urlsplit(iri)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


def _count_links(triples: Sequence[Triple], described: AbstractSet[object], base: str) -> tuple[LinkCount, ...]:
    """Count the links by target and property, except links to resources that the dataset describes or owns."""
    counts: Counter[tuple[str, str]] = Counter()
    for triple in triples:
        predicate = triple.predicate.value
        if predicate not in LINK_PROPERTIES:
            continue
        target = triple.object
        if not isinstance(target, NamedNode) or target in described:
            continue
        if not (base and target.value.startswith(base)) and (place := _find_target(target.value)):
            counts[place, predicate] += 1
    return tuple(LinkCount(target, predicate, count) for (target, predicate), count in sorted(counts.items()))


def _choose_examples(instances: dict[str, int], firsts: dict[str, str]) -> tuple[str, ...]:
    """Return the first instance of each of the most frequent classes."""
    ranked = sorted(instances, key=lambda iri: (-instances[iri], iri))
    return tuple(dict.fromkeys(firsts[iri] for iri in ranked if iri in firsts))[:_MOST_EXAMPLES]


def _is_owned(base: str) -> Callable[[object], bool]:
    def check(node: object) -> bool:
        return isinstance(node, NamedNode) and node.value.startswith(base)

    return check


def count_statistics(triples: Iterable[Triple], base: str = "", examples: str = "") -> Statistics:
    """Count the contents of a graph.

    :param triples: the graph, each triple once
    :param base: start of the IRIs that the dataset owns; empty if it owns none
    :param examples: the start of the IRIs of which examples are chosen, if they are not all that it owns
    """
    held = list(triples)
    types: dict[object, list[str]] = defaultdict(list)
    for triple in held:
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            types[triple.subject].append(triple.object.value)
    instances = Counter(iri for classes in types.values() for iri in classes)
    partitioned = len(held) <= MOST_PARTITIONED and len(instances) <= MOST_CLASSES
    properties: dict[str, _PropertyCounter] = defaultdict(_PropertyCounter)
    nested: dict[str, dict[str, _PropertyCounter]] = defaultdict(lambda: defaultdict(_PropertyCounter))
    about: Counter[str] = Counter()
    subjects: set[object] = set()
    objects: set[object] = set()
    for triple in held:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object  # each made anew when read
        subjects.add(subject)
        objects.add(value)
        datatype = value.datatype.value if isinstance(value, Literal) else ""
        pointed = types.get(value, ()) if partitioned and not datatype else ()
        properties[predicate].add(subject, value, pointed, datatype)
        for iri in types.get(subject, ()) if partitioned else ():
            nested[iri][predicate].add(subject, value, pointed, datatype)
            about[iri] += 1
    listed = instances if len(instances) <= MOST_CLASSES else {}
    owned = _is_owned(examples or base)
    firsts: dict[str, str] = {}
    for node in sorted(filter(owned, types), key=lambda node: natural_order(str(node))):
        for iri in types[node]:
            firsts.setdefault(iri, getattr(node, "value", ""))
    return Statistics(
        triples=len(held),
        entities=sum(map(_is_owned(base), subjects)),
        subjects=len(subjects),
        objects=len(objects),
        classes=tuple(
            ClassCount(iri, listed[iri], about[iri] if partitioned else None, _sort(nested[iri]))
            for iri in sorted(listed)
        ),
        properties=_sort(properties),
        class_count=len(instances),
        links=_count_links(held, subjects, base),
        examples=_choose_examples(instances, firsts),
    )


def read_as_held(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield triples as the engine stores them, because queries count these: it normalizes some literals.

    An ``xsd:nonNegativeInteger`` is an ``xsd:integer`` there, so that two values may be one.
    """
    store = Store()
    store.bulk_extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    return (quad.triple for quad in store)


def _count_groups(store: Store, query: str) -> dict[str, int]:
    """Return the rows of a query for terms and their numbers, sorted by term."""
    rows = [(row["term"], int(row["n"].value)) for row in cast("QuerySolutions", store.query(query))]
    return dict(sorted((term.value, number) for term, number in rows if isinstance(term, NamedNode)))


def count_store(store: Store, triples: int) -> Statistics:
    """Count the contents of the default graph of a store, as far as that is feasible in a store of any size.

    Classes and their instances are one range of an index. Properties take a scan of everything (tens of seconds for
    ten million triples) and are counted up to :data:`MOST_SCANNED` triples. Distinct subjects and objects,
    partitions of partitions and links take memory or joins by the size of the store and are not counted.

    :param triples: the number of its triples
    """
    classes = _count_groups(store, _COUNT_CLASSES)
    properties = _count_groups(store, _COUNT_PROPERTIES) if triples <= MOST_SCANNED else {}
    return Statistics(
        triples=triples,
        class_count=len(classes),
        classes=tuple(ClassCount(iri, number) for iri, number in classes.items() if len(classes) <= MOST_CLASSES),
        properties=tuple(PropertyCount(iri, number) for iri, number in properties.items()),
    )
