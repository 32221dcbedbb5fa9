"""The catalogue of third-party data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eild.catalog.description import Agent, Description
from eild.catalog.graph import build_catalog_graph
from eild.catalog.inventory import File
from eild.media import TURTLE
from eild.publication.collisions import list_hidden
from eild.publication.manifest import CATALOG
from eild.rdf.canonical import serialize_graph

if TYPE_CHECKING:
    from pathlib import Path

    from eild.catalog.particulars import Particulars
    from eild.catalog.statistics import Statistics
    from eild.publication.manifest import Manifest


def _find_dates(about: Particulars, moment: str) -> tuple[str, str]:
    """Return when data was released and last changed: as it says itself, else when its files were."""
    if about.issued or about.modified:
        return about.issued, about.modified or about.issued
    return moment, moment


def write_foreign_catalog(
    folder: Path,
    manifest: Manifest,
    statistics: Statistics | None = None,
    *,
    live: bool = False,
    used: frozenset[str] = frozenset(),
) -> Manifest:
    """Write the catalogue of third-party data, which states only what is known, and return a manifest that lists it.

    :param folder: the directory of the manifest
    :param manifest: the manifest without the catalogue
    :param statistics: what the default graph holds; None if that was not counted
    :param live: whether another server holds the data
    :param used: IRIs that the data uses, and the catalogue therefore must not; see
        :func:`eild.publication.collisions.find_used`
    """
    known = manifest.about
    title, language = known.choose_title()
    summary, summary_language = known.choose_summary([language] if language else [])
    about = Description(
        base=manifest.base,
        title=title or manifest.title,
        version=manifest.version,
        issued=manifest.issued,
        language=language,
        summary=summary,
        summary_language=summary_language,
        contact=known.contact,
        creator=known.creator_iri,
        licence=known.licence,
        rights=known.rights,
        files=tuple(manifest.files.values()),
        graphs=tuple(manifest.graphs.values()),
        statistics=statistics,
        owned=manifest.owned,
        live=live,
        edition=known.version,
        titles=known.titles,
        dates=_find_dates(known, manifest.issued.isoformat()),
        roots=(known.iri,) if known.iri else (),
        taken=used,
    )
    if known.publisher:
        about = replace(about, publisher=Agent(known.publisher_iri or str(about.part("publisher")), known.publisher))
    content = serialize_graph(build_catalog_graph(about), TURTLE)
    (folder / CATALOG).write_bytes(content)
    return replace(
        manifest,
        documents={CATALOG: File.from_content(CATALOG, TURTLE.media_type, content)},
        dataset=about.dataset if about.dataset != f"{manifest.base}dataset" else "",
        catalogue=about.catalogue if about.catalogue != f"{manifest.base}catalog" else "",
        service=about.service if about.service != f"{manifest.base}sparql" else "",
        hidden=list_hidden(used, manifest.base),
    )
