"""The catalogue of third-party data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eild.catalog.description import Description
from eild.catalog.graph import build_catalog_graph
from eild.catalog.inventory import File
from eild.media import TURTLE
from eild.publication.manifest import CATALOG
from eild.rdf.canonical import serialize_graph

if TYPE_CHECKING:
    from pathlib import Path

    from eild.catalog.statistics import Statistics
    from eild.publication.manifest import Manifest


def write_foreign_catalog(
    folder: Path, manifest: Manifest, statistics: Statistics | None = None, *, live: bool = False
) -> Manifest:
    """Write the catalogue of third-party data, which states only what is known, and return a manifest that lists it.

    :param folder: the directory of the manifest
    :param manifest: the manifest without the catalogue
    :param statistics: what the default graph holds; None if that was not counted
    :param live: whether another server holds the data
    """
    about = Description(
        base=manifest.base,
        title=manifest.title,
        version=manifest.version,
        issued=manifest.issued,
        files=tuple(manifest.files.values()),
        graphs=tuple(manifest.graphs.values()),
        statistics=statistics,
        owned=manifest.owned,
        live=live,
    )
    content = serialize_graph(build_catalog_graph(about), TURTLE)
    (folder / CATALOG).write_bytes(content)
    return replace(manifest, documents={CATALOG: File.from_content(CATALOG, TURTLE.media_type, content)})
