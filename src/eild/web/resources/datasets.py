"""What the page of a dataset or a data catalogue shows: its distributions, or its datasets (DCAT 3, schema.org)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild.terms import DCAT, DCTERMS, SCHEMA
from eild.web.frame.concepts import sort_views
from eild.web.frame.views import TermView, view_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.web.frame.site import Site

    Node = NamedNode | BlankNode

_SCHEMAS: Final = (str(SCHEMA), "http://schema.org/")


def _names(dcat: Sequence[str], schema: Sequence[str]) -> tuple[NamedNode, ...]:
    """Return properties of DCAT and those of schema.org, by both of its namespaces."""
    return tuple(NamedNode(iri) for iri in (*dcat, *(f"{start}{name}" for name in schema for start in _SCHEMAS)))


_DISTRIBUTION: Final = _names([DCAT.distribution], ["distribution"])
_DATASET: Final = _names([DCAT.dataset], ["dataset"])
_SERVICE: Final = _names([DCAT.service], [])
_URLS: Final = _names([DCAT.downloadURL, DCAT.accessURL], ["contentUrl", "url"])
_FORMATS: Final = _names([DCAT.mediaType, f"{DCTERMS}format"], ["encodingFormat"])
_SIZES: Final = _names([DCAT.byteSize], ["contentSize"])
_LICENCES: Final = _names([DCTERMS.license], ["license"])


@dataclass(frozen=True)
class DistributionView:
    """A file of a dataset, or another way to it.

    :ivar term: the distribution
    :ivar urls: where it is on the web
    :ivar formats: its formats
    :ivar size: its size in bytes, or as the data writes it
    :ivar licences: its licences
    """

    term: TermView
    urls: Sequence[TermView]
    formats: Sequence[TermView]
    size: str
    licences: Sequence[TermView]


@dataclass(frozen=True)
class DatasetView:
    """What a dataset or a catalogue has.

    :ivar distributions: its files
    :ivar datasets: its datasets
    :ivar services: its data services
    """

    distributions: Sequence[DistributionView]
    datasets: Sequence[TermView]
    services: Sequence[TermView]


def _values(site: Site, node: Node, names: Sequence[NamedNode]) -> list[NamedNode | BlankNode | Literal]:
    found = (value for name in names for value in site.described.find_objects(node, name))
    return list(dict.fromkeys(found))


def _name_format(view: TermView) -> TermView:
    """Return a format by the end of its IRI, where it has no name: ``text/csv`` for that of IANA."""
    start = "https://www.iana.org/assignments/media-types/"
    plain = view.iri.replace("http://", "https://", 1)
    return TermView(plain.removeprefix(start), view.href, view.iri) if plain.startswith(start) else view


def _view_distribution(site: Site, node: Node) -> DistributionView:
    size = next((value.value for value in _values(site, node, _SIZES) if isinstance(value, Literal)), "")
    plain = size.partition(".")[0]
    name = view_term(site, node)
    urls = [view_term(site, url, to_web=True) for url in _values(site, node, _URLS)]
    unnamed = name.text.startswith("_:")
    return DistributionView(
        term=TermView(urls[0].text.rpartition("/")[2] if urls else "unnamed") if unnamed else name,
        urls=urls,
        formats=[_name_format(view_term(site, value)) for value in _values(site, node, _FORMATS)],
        size=f"{int(plain):,} bytes" if plain.isdecimal() else size,
        licences=[view_term(site, value) for value in _values(site, node, _LICENCES)],
    )


def build_dataset(site: Site, node: NamedNode) -> DatasetView | None:
    """Return the distributions of a dataset, or the datasets of a catalogue; None if a resource has neither."""
    if site.live:
        return None
    parts = [part for part in _values(site, node, _DISTRIBUTION) if isinstance(part, NamedNode | BlankNode)]
    rows = sorted((_view_distribution(site, part) for part in parts), key=lambda row: row.term.text.lower())
    datasets, services = (
        sort_views(site, (value for value in _values(site, node, names) if isinstance(value, NamedNode)))
        for names in (_DATASET, _SERVICE)
    )
    return DatasetView(rows, datasets, services) if rows or datasets or services else None
