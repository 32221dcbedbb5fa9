"""The manifest of a site whose data is in a remote SPARQL endpoint."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from eild.catalog.particulars import Particulars
from eild.publication.addresses import settle_base, split_url
from eild.publication.catalogue import write_foreign_catalog
from eild.publication.manifest import MANIFEST, Manifest, render_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from eild.publication.addresses import Address


def write_remote_publication(folder: Path, url: str, base: str | Address, given: Particulars | None = None) -> None:
    """Write the manifest of a remote endpoint: it has no files, and no counts, because the data may change.

    :param folder: an existing, empty directory
    :param url: URL of the endpoint
    :param base: base of the IRIs that are served at their own paths; or the address of the server
    :param given: what the operator says of the dataset; the data itself is not asked
    :raises UsageError: if the URL or the base is malformed
    """
    iri, owned = settle_base(base)
    parts = split_url(url)
    about = given or Particulars()
    manifest = Manifest(
        version="live",
        issued=datetime.fromtimestamp(0, UTC),
        base=iri,
        title=about.choose_title()[0] or parts.netloc.rpartition("@")[2] + parts.path,
        foreign=True,
        owned=owned,
        about=about,
    )
    manifest = write_foreign_catalog(folder, manifest, live=True)
    (folder / MANIFEST).write_bytes(render_manifest(manifest))
