"""Contents of a publication besides its triples: the catalogue, and nanopublications by artifact code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from eild.catalog.urls import point_urls
from eild.errors import DataError, Location
from eild.publication.manifest import CATALOG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Triple

    from eild.publication.manifest import Publication

GRAPH: Final = "graph/catalog"
"""The graph of the catalogue, below the base."""
CODE_LENGTH: Final = 45
"""Length of an artifact code of module RA: the module, and 43 characters for 256 bits."""


def find_catalog_graph(publication: Publication) -> str:
    """Return the IRI of the named graph that holds the catalogue."""
    return publication.base + GRAPH


def load_catalog(publication: Publication, public_url: str = "") -> list[Triple]:
    """Return the catalogue of a publication, with URLs at which the server is reached.

    :param public_url: public URL with a final slash; if empty, URLs start with the base
    :raises DataError: if the catalogue is corrupt
    """
    try:
        found = [quad.triple for quad in parse(publication.read_catalog(), RdfFormat.TURTLE)]
    except SyntaxError as error:
        path = publication.folder / CATALOG
        message = f"cannot parse the catalogue: {error.msg}"
        hint = "rebuild it with 'eild build --out DIR'"
        raise DataError(message, location=Location(str(path), error.lineno or 0), hint=hint) from error
    return point_urls(found, publication.base, public_url)


class NanopubArchive:
    """Finds nanopublications by their artifact codes, also those of earlier versions.

    A dump is read when one of its nanopublications is requested, that of the current version first.

    :param publication: the build
    """

    def __init__(self, publication: Publication) -> None:
        self._unread = publication.list_nanopub_dumps()
        self._publication = publication
        self._found: dict[str, list[Quad]] = {}

    def find(self, code: str) -> Sequence[Quad]:
        """Return the statements of a nanopublication in the order of the dump; an empty sequence if there is none.

        :raises DataError: if a dump is corrupt
        """
        while code not in self._found and self._unread:
            self._found |= _read_dump(self._publication.read_file(self._unread[0]))
            self._unread = self._unread[1:]
        return self._found.get(code, ())


def _read_dump(content: bytes) -> dict[str, list[Quad]]:
    """Return the statements of each nanopublication of a dump, by artifact code."""
    found: dict[str, list[Quad]] = {}
    for quad in parse(content, RdfFormat.TRIG):
        if isinstance(quad.graph_name, NamedNode):
            code = quad.graph_name.value.partition("#")[0].rpartition("/")[2]
            found.setdefault(code, []).append(quad)
    return found
