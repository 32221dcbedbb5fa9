"""The nanopublications of a build, those of former versions too, by artifact code.

Dumps are read when a nanopublication of theirs is asked for, the present version's first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.publication.manifest import Publication

CODE_LENGTH: Final = 45
"""Length of an artifact code of module RA: the module, and 43 characters for 256 bits."""


class NanopubArchive:
    """Finds nanopublications by their artifact codes.

    :param publication: the build
    """

    def __init__(self, publication: Publication) -> None:
        self._unread = publication.list_nanopub_dumps()
        self._publication = publication
        self._found: dict[str, list[Quad]] = {}

    def find(self, code: str) -> Sequence[Quad]:
        """Return the statements of a nanopublication, in the order of the dump; none where there is no such one.

        :raises DataError: if a dump is damaged
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
