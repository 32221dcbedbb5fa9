"""What the page about the catalogue shows, read from the catalogue itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild.terms import DCAT, DCTERMS, SPDX, VOID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import Triple

_FIGURES: Final = (
    ("triples", VOID.triples),
    ("entities", VOID.entities),
    ("classes", VOID.classes),
    ("properties", VOID.properties),
    ("distinct subjects", VOID.distinctSubjects),
    ("distinct objects", VOID.distinctObjects),
)
_MOST_ROWS: Final = 200


@dataclass(frozen=True)
class Download:
    """A file: its title, its URL, and what else the catalogue says of it."""

    title: str
    url: str
    name: str
    size: int
    checksum: str


@dataclass(frozen=True)
class Counted:
    """A term, or a dataset that is linked to, with a number."""

    iri: str
    number: int
    by: str = ""


@dataclass(frozen=True)
class Past:
    """A former version with its downloads."""

    version: str
    issued: str
    downloads: Sequence[Download]


@dataclass(frozen=True)
class CatalogView:
    """The catalogue in what people ask of it first; the machine forms hold the rest.

    :ivar summary: what the dataset is
    :ivar keywords: what it is about
    :ivar period: first and last day of its events, or empty
    :ivar figures: label and number
    :ivar downloads: the files of this version
    :ivar former: former versions
    :ivar classes: classes with their instances
    :ivar properties: properties with their triples
    :ivar links: datasets elsewhere, by property
    """

    summary: str
    keywords: Sequence[str]
    period: tuple[str, str] | None
    figures: Sequence[tuple[str, int]]
    downloads: Sequence[Download]
    former: Sequence[Past]
    classes: Sequence[Counted]
    properties: Sequence[Counted]
    links: Sequence[Counted]


def _name(term: NamedNode | BlankNode | Triple | Literal) -> str:
    """Return the IRI, the text, or the label of a blank node, which is no IRI."""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


class _Graph:
    """The catalogue by subject and property."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[tuple[str, str], list[str]] = defaultdict(list)
        for triple in triples:
            if isinstance(triple.object, NamedNode | BlankNode | Literal):
                self._values[_name(triple.subject), triple.predicate.value].append(_name(triple.object))

    def values(self, subject: str, name: str) -> list[str]:
        return self._values.get((subject, str(name)), [])

    def value(self, subject: str, name: str) -> str:
        return next(iter(self.values(subject, name)), "")


def _list_downloads(graph: _Graph, subject: str) -> list[Download]:
    found = []
    for part in graph.values(subject, DCAT.distribution):
        url = graph.value(part, DCAT.downloadURL)
        if url:
            checksum = graph.value(graph.value(part, SPDX.checksum), SPDX.checksumValue)
            size = int(graph.value(part, DCAT.byteSize))
            title = graph.value(part, DCTERMS.title)
            found.append(Download(title, url, url.rpartition("/")[2], size, checksum))
    return found


def _count(graph: _Graph, dataset: str, parts: str, term: str, number: str) -> list[Counted]:
    """Return the partitions of the dataset, the largest first."""
    rows = [
        Counted(graph.value(part, term), int(graph.value(part, number) or 0)) for part in graph.values(dataset, parts)
    ]
    return sorted(rows, key=lambda row: (-row.number, row.iri))[:_MOST_ROWS]


def view_catalog(triples: Sequence[Triple], dataset: str) -> CatalogView:
    """Return what the page shows.

    :param triples: the catalogue
    :param dataset: the IRI of the dataset
    """
    graph = _Graph(triples)
    period = graph.value(dataset, DCTERMS.temporal)
    bounds = (graph.value(period, DCAT.startDate), graph.value(period, DCAT.endDate))
    links = [
        Counted(
            graph.value(graph.value(part, VOID.objectsTarget), VOID.uriSpace),
            int(graph.value(part, VOID.triples)),
            graph.value(part, VOID.linkPredicate),
        )
        for part in graph.values(dataset, VOID.subset)
    ]
    return CatalogView(
        summary=graph.value(dataset, DCTERMS.description),
        keywords=sorted(graph.values(dataset, DCAT.keyword)),
        period=bounds if all(bounds) else None,
        figures=[(label, int(graph.value(dataset, name))) for label, name in _FIGURES if graph.value(dataset, name)],
        downloads=_list_downloads(graph, dataset),
        former=[
            Past(
                graph.value(version, DCAT.version),
                graph.value(version, DCTERMS.issued),
                _list_downloads(graph, version),
            )
            for version in graph.values(dataset, DCTERMS.hasVersion)
        ],
        classes=_count(graph, dataset, VOID.classPartition, VOID["class"], VOID.entities),
        properties=_count(graph, dataset, VOID.propertyPartition, VOID.property, VOID.triples),
        links=links,
    )
