"""Making the catalogue of somebody else's data."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from pyoxigraph import NamedNode, Quad, Store

from eild.catalog.description import Description, File, NamedGraph
from eild.catalog.graph import build_catalog_graph
from eild.catalog.statistics import MOST_CLASSES, ClassCount, PropertyCount, Statistics
from eild.media import TURTLE
from eild.publication.manifest import CATALOG
from eild.rdf.canonical import serialize_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import QuerySolutions, Triple

MOST_SCANNED: Final = 2_000_000
"""Triples up to which the properties of a store are counted when it is loaded."""

_COUNT_CLASSES: Final = "SELECT ?term (COUNT(*) AS ?n) { ?s a ?term } GROUP BY ?term"
_COUNT_PROPERTIES: Final = "SELECT ?term (COUNT(*) AS ?n) { ?s ?term ?o } GROUP BY ?term"


def read_as_held(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield triples as the engine holds them, which is what queries count: it writes some literals anew.

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
    """Count what the default graph of a store holds, as far as that is worth its time in a store of any size.

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


def write_foreign_catalog(
    folder: Path,
    manifest: Mapping[str, Any],
    statistics: Statistics | None = None,
    *,
    owned: bool = True,
    live: bool = False,
) -> dict[str, Any]:
    """Write the catalogue of somebody else's data, of which nothing is said but what is known, and return its row.

    :param folder: the directory of the manifest
    :param manifest: title, version, moment of issue, base, graphs and files
    :param statistics: what the default graph holds, if that was counted
    :param owned: whether the operator named the base
    :param live: whether another server holds the data
    """
    about = Description(
        base=str(manifest["base"]),
        title=str(manifest["title"]),
        version=str(manifest["version"]),
        issued=datetime.fromisoformat(manifest["issued"]),
        files=tuple(map(File.from_row, manifest["files"])),
        graphs=tuple(
            NamedGraph(name, str(row["iri"]), int(row["triples"])) for name, row in manifest["graphs"].items()
        ),
        statistics=statistics,
        owned=owned,
        live=live,
    )
    content = serialize_graph(build_catalog_graph(about), TURTLE)
    (folder / CATALOG).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return {"name": CATALOG, "media_type": TURTLE.media_type, "bytes": len(content), "sha256": digest}
