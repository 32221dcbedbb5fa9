"""Counts of the contents of a graph, as VoID defines them (https://www.w3.org/TR/void/, section 4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from eild.terms import FOAF, OWL, RDF, RDFS, SCHEMA, SKOS, natural_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pyoxigraph import QuerySolutions

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

MOST_PROPERTIES: Final = 10_000
"""Properties of a store up to which each has a partition; of more, most are names of things."""

_COUNT_CLASSES: Final = "SELECT ?term (COUNT(*) AS ?n) { ?s a ?term } GROUP BY ?term"
_COUNT_PROPERTIES: Final = "SELECT ?term (COUNT(*) AS ?n) { ?s ?term ?o } GROUP BY ?term"

_TYPE: Final = NamedNode(str(RDF.type))
_STRING: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")
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


class _Cell:
    """The triples of one property whose subjects have the same classes; subjects and objects are numbers."""

    __slots__ = ("classes", "datatypes", "objects", "subjects")

    def __init__(self) -> None:
        self.subjects: list[int] = []
        self.objects: list[int] = []
        self.classes: list[str] = []
        self.datatypes: list[str] = []


def _count_property(iri: str, cells: Sequence[_Cell]) -> PropertyCount:
    """Return the counts of a property over some of its cells."""
    classes = Counter(chain.from_iterable(cell.classes for cell in cells))
    datatypes = Counter(chain.from_iterable(cell.datatypes for cell in cells))
    return PropertyCount(
        iri,
        sum(len(cell.subjects) for cell in cells),
        len(set(chain.from_iterable(cell.subjects for cell in cells))),
        len(set(chain.from_iterable(cell.objects for cell in cells))),
        dict(sorted(classes.items())),
        dict(sorted(datatypes.items())),
    )


def _count_properties(cells: Mapping[str, Sequence[_Cell]]) -> tuple[PropertyCount, ...]:
    return tuple(_count_property(iri, cells[iri]) for iri in sorted(cells))


def _find_target(iri: str) -> str:
    """Return the start of the IRIs of the site that an IRI is on: a dataset elsewhere is told by its host."""
    parts = urlsplit(iri)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


def _count_links(
    links: Iterable[tuple[str, NamedNode]], described: AbstractSet[object], base: str
) -> tuple[LinkCount, ...]:
    """Count links by target and property, except links to resources that the dataset describes or owns."""
    counts: Counter[tuple[str, str]] = Counter()
    for predicate, target in links:
        if target in described or (base and target.value.startswith(base)):
            continue
        if place := _find_target(target.value):
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


def _sort_into_cells(
    held: Sequence[Triple], types: Mapping[object, Sequence[str]]
) -> tuple[dict[tuple[tuple[str, ...], str], _Cell], list[tuple[str, NamedNode]], set[object]]:
    """Return triples by classes of the subject and property, links with their properties, and all subjects.

    :param types: the classes of resources; empty if they are not to be counted
    """
    cells: dict[tuple[tuple[str, ...], str], _Cell] = defaultdict(_Cell)
    links: list[tuple[str, NamedNode]] = []
    numbers: dict[object, int] = {}  # numbers cost less to compare than terms
    classes_of: dict[int, tuple[str, ...]] = {}
    subjects: set[object] = set()
    for triple in held:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object  # each made anew when read
        number, target = numbers.setdefault(subject, len(numbers)), numbers.setdefault(value, len(numbers))
        if number not in classes_of:
            subjects.add(subject)
            classes_of[number] = tuple(types.get(subject, ()))
        cell = cells[classes_of[number], predicate]
        cell.subjects.append(number)
        cell.objects.append(target)
        if isinstance(value, Literal):
            cell.datatypes.append(value.datatype.value)
        elif value in types:
            cell.classes.extend(types[value])
        if predicate in LINK_PROPERTIES and isinstance(value, NamedNode):
            links.append((predicate, value))
    return cells, links, subjects


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
    cells, links, subjects = _sort_into_cells(held, types if partitioned else {})
    properties: dict[str, list[_Cell]] = defaultdict(list)
    nested: dict[str, dict[str, list[_Cell]]] = defaultdict(lambda: defaultdict(list))
    about: Counter[str] = Counter()
    for (classes, predicate), cell in cells.items():
        properties[predicate].append(cell)
        for iri in classes:
            nested[iri][predicate].append(cell)
            about[iri] += len(cell.subjects)
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
        objects=len(set(chain.from_iterable(cell.objects for cell in cells.values()))),
        classes=tuple(
            ClassCount(iri, listed[iri], about[iri] if partitioned else None, _count_properties(nested[iri]))
            for iri in sorted(listed)
        ),
        properties=_count_properties(properties),
        class_count=len(instances),
        links=_count_links(links, subjects, base),
        examples=_choose_examples(instances, firsts),
    )


def read_as_held(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield triples as the engine stores them, because queries count these: it normalizes some literals.

    An ``xsd:nonNegativeInteger`` is an ``xsd:integer`` there, so that two values may be one.

    :param triples: the triples, each once
    """
    store = Store()
    plain: list[Triple] = []
    typed: list[Triple] = []
    for triple in triples:
        (typed if _is_normalized(triple.object) else plain).append(triple)
    store.bulk_extend(Quad(triple.subject, triple.predicate, triple.object) for triple in typed)
    return chain(plain, (quad.triple for quad in store))


def _is_normalized(value: object) -> bool:
    """Return whether the engine may store a value in another form: a literal with a datatype, or a triple term."""
    if isinstance(value, Literal):
        return value.language is None and value.datatype != _STRING
    return isinstance(value, Triple)


def _count_groups(store: Store, query: str) -> dict[str, int]:
    """Return the rows of a query for terms and their numbers, sorted by term."""
    rows = [(row["term"], int(row["n"].value)) for row in cast("QuerySolutions", store.query(query))]
    return dict(sorted((term.value, number) for term, number in rows if isinstance(term, NamedNode)))


def count_store(store: Store) -> Statistics:
    """Count the contents of the default graph of a store, as far as that is feasible in a store of any size.

    Classes and their instances are one range of an index, and properties take one scan (seconds for ten million
    triples), which also counts the triples. Distinct subjects and objects, partitions of partitions and links take
    memory or joins by the size of the store and are not counted.
    """
    classes, properties = _count_groups(store, _COUNT_CLASSES), _count_groups(store, _COUNT_PROPERTIES)
    return Statistics(
        triples=sum(properties.values()),
        class_count=len(classes),
        classes=tuple(ClassCount(iri, number) for iri, number in classes.items() if len(classes) <= MOST_CLASSES),
        properties=tuple(
            PropertyCount(iri, number) for iri, number in properties.items() if len(properties) <= MOST_PROPERTIES
        ),
    )
