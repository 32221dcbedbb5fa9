"""The catalogue of a publication: the document as it was built, its URLs leading to where a server is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, parse

from eild.catalog.urls import point_urls
from eild.errors import DataError, Location
from eild.publication.manifest import CATALOG

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from eild.publication.manifest import Publication

GRAPH: Final = "graph/catalog"
"""The graph of the catalogue, below the base."""


def find_catalog_graph(publication: Publication) -> str:
    """Return the IRI of the named graph that holds the catalogue."""
    return publication.base + GRAPH


def load_catalog(publication: Publication, public_url: str = "") -> list[Triple]:
    """Return the catalogue of a publication, its URLs leading to where a server is reached.

    :param public_url: with a final slash; empty leaves the URLs at the base
    :raises DataError: if it is damaged
    """
    try:
        found = [quad.triple for quad in parse(publication.read_catalog(), RdfFormat.TURTLE)]
    except SyntaxError as error:
        path = publication.folder / CATALOG
        message = f"the catalogue cannot be parsed: {error.msg}"
        hint = "build it again with 'eild build --out DIR'"
        raise DataError(message, location=Location(str(path), error.lineno or 0), hint=hint) from error
    return point_urls(found, publication.base, public_url)
