"""Making the catalogue of somebody else's data."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from eild.catalog.description import Description, File, NamedGraph
from eild.catalog.graph import build_catalog_graph
from eild.media import TURTLE
from eild.publication.manifest import CATALOG
from eild.rdf.canonical import serialize_graph

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from eild.catalog.statistics import Statistics


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
