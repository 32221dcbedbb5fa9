"""The description of a dataset and its publication, from which all catalogues are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS

from eild.names import OWN, Names
from eild.namespaces import DCAT, EILD
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rdflib import Graph
    from rdflib.term import Node

    from eild.catalog.inventory import EarlierVersion, File, NamedGraph
    from eild.catalog.statistics import Statistics


MINTED: Final = ("dataset", "catalog", "sparql", ".well-known/void", "")
"""What follows the base in the IRIs that a catalogue mints, besides their fragments."""

_ELSEWHERE: Final = ".well-known/void/"


@dataclass(frozen=True)
class Agent:
    """A publisher: its IRI, its name, and its homepage, which is empty if it is unknown."""

    iri: str
    name: str
    homepage: str = ""


@dataclass(frozen=True)
class Description:
    """Everything that a catalogue states; unknown values are empty or None.

    :ivar base: the start of the IRIs that the dataset owns, under which it is also served
    :ivar title: title of the dataset
    :ivar version: its version
    :ivar issued: day or moment of the release, from the data
    :ivar creator: IRI of its creator; empty if unknown
    :ivar language: BCP 47 tag of titles and descriptions; empty if unknown
    :ivar files: its dumps
    :ivar graphs: its named graphs
    :ivar earlier: earlier versions, latest first
    :ivar statistics: counts of its default graph
    :ivar owned: whether it owns its base; if so, its entities are the resources below it
    :ivar live: whether the data is in a remote endpoint, so that nothing is counted
    :ivar edition: version as people name it; empty if that is :attr:`version`
    :ivar summary_language: BCP 47 tag of :attr:`summary`; None for that of the title
    :ivar titles: titles in other languages, by language tag
    :ivar dates: dates of release and of the last change, as the data writes them; None for :attr:`issued`
    :ivar roots: resources of the data that describe it as a whole
    :ivar standards: titles of what the dataset conforms to, by IRI
    :ivar provenance: where the data is from, in words
    :ivar taken: IRIs below the base that the data uses, so that nothing is minted there
    """

    base: str
    title: str
    version: str
    issued: date
    language: str = ""
    summary: str = ""
    publisher: Agent | None = None
    creator: str = ""
    contact: str = ""
    licence: str = ""
    rights: str = ""
    keywords: tuple[Literal, ...] = ()
    themes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    frequency: str = ""
    access: str = ""
    period: tuple[str, str] | None = None
    sources: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    graphs: tuple[NamedGraph, ...] = ()
    earlier: tuple[EarlierVersion, ...] = ()
    statistics: Statistics | None = None
    owned: bool = True
    live: bool = False
    edition: str = ""
    summary_language: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, str] | None = None
    roots: tuple[str, ...] = ()
    standards: Mapping[str, str] = field(default_factory=dict)
    provenance: str = ""
    taken: frozenset[str] = frozenset()

    @property
    def dataset(self) -> str:
        """The IRI of the dataset."""
        return self._mint("dataset")

    @property
    def catalogue(self) -> str:
        """The IRI of the catalogue."""
        return self._mint("catalog")

    @property
    def service(self) -> str:
        """The IRI of the SPARQL endpoint, which is also its URL unless the data says something of that URL."""
        return self._mint("sparql")

    @property
    def document(self) -> str:
        """The IRI of the document that describes the dataset."""
        return self._mint(".well-known/void")

    @property
    def is_page_free(self) -> bool:
        """Whether the data leaves open what the base is, so that it can be called a page."""
        return self.base not in self.taken

    def _mint(self, name: str) -> str:
        """Return the IRI of a part of the catalogue; another one where the data itself uses the usual one."""
        iri = f"{self.base}{name}"
        return f"{self.base}{_ELSEWHERE}{name.rpartition('/')[2]}" if iri in self.taken else iri

    def part(self, name: str) -> URIRef:
        """Return the IRI of a part of the description."""
        return URIRef(f"{self.dataset}#{name}")


def _text(graph: Graph, subject: Node | None, *properties: URIRef) -> str:
    for name in properties:
        value = graph.value(subject, name) if subject is not None else None
        if value is not None:
            return str(value)
    return ""


def _iris(graph: Graph, subject: Node, name: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in graph.objects(subject, name) if isinstance(value, URIRef)))


def find_period(graph: Graph) -> tuple[str, str] | None:
    """Return the first and the last day of the events that the claims are about, as far as the text dates them.

    These are the bounds of the times that propositions, occasions and elections have (``eild:eventTime``).
    """
    times = set(graph.objects(None, EILD.eventTime))
    starts = [str(value) for time in times for value in graph.objects(time, EILD.earliest)]
    ends = [str(value) for time in times for value in graph.objects(time, EILD.latest)]
    return (min(starts), max(ends)) if starts and ends else None


def _find_standards(graph: Graph) -> dict[str, str]:
    """Return the titles of the dataset's own ontology and shapes, against which each build is checked, by IRI."""
    headers = [URIRef(f"{BASE}{name}") for name in ("ontology", "shapes")]
    return {str(iri): _text(graph, iri, DCTERMS.title) for iri in headers if (iri, RDF.type, OWL.Ontology) in graph}


def describe_dataset(graph: Graph, names: Names = OWN, **facts: Any) -> Description:  # noqa: ANN401 - fields
    """Return the description of a dataset of claims, from its data and its publication.

    :param graph: the merged dataset
    :param names: the names of the project
    :param facts: the fields that are not in the data: version, issued, files, graphs, earlier, statistics
    """
    dataset = URIRef(names.part("dataset"))
    keywords = [value for value in graph.objects(dataset, DCAT.keyword) if isinstance(value, Literal)]
    publisher = graph.value(dataset, DCTERMS.publisher)
    name = _text(graph, publisher, RDFS.label)
    title = graph.value(dataset, DCTERMS.title)
    sources = {value for value in graph.objects(dataset, PROV.wasDerivedFrom) if (value, RDF.type, None) in graph}
    titles = [_text(graph, source, DCTERMS.title, RDFS.label) for source in sorted(sources, key=str)]
    return Description(
        base=names.base,
        title=str(title or "EILD"),
        language=(title.language or "") if isinstance(title, Literal) else "",
        summary=_text(graph, dataset, DCTERMS.description),
        publisher=Agent(str(publisher), name, names.base) if publisher is not None and name else None,
        creator=str(graph.value(dataset, DCTERMS.creator) or ""),
        contact=_text(graph, dataset, DCAT.contactPoint),
        licence=_text(graph, dataset, DCTERMS.license),
        rights=_text(graph, dataset, DCTERMS.rights),
        keywords=tuple(sorted(keywords, key=lambda value: (value.language or "", str(value)))),
        themes=_iris(graph, dataset, DCAT.theme),
        languages=_iris(graph, dataset, DCTERMS.language),
        places=_iris(graph, dataset, DCTERMS.spatial),
        frequency=_text(graph, dataset, DCTERMS.accrualPeriodicity),
        access=_text(graph, dataset, DCTERMS.accessRights),
        period=find_period(graph),
        sources=tuple(sorted(map(str, sources))),
        standards=_find_standards(graph),
        provenance=f"Derived from {' and '.join(f'“{name}”' for name in titles)}." if titles and all(titles) else "",
        **facts,
    )
