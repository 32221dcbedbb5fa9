"""Where the URLs of a catalogue lead: the same resources, reached where the operator of a server says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Triple

from eild.terms import DCAT, SD, VOID

if TYPE_CHECKING:
    from collections.abc import Iterable

URL_PROPERTIES: Final = frozenset(
    NamedNode(str(name))
    for name in (
        *(DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription),
        *(VOID.dataDump, VOID.sparqlEndpoint, SD.endpoint),
    )
)
"""The properties whose values are requested, and not only named."""


def point_urls(triples: Iterable[Triple], base: str, public_url: str) -> list[Triple]:
    """Return a catalogue whose access, download and endpoint URLs begin with the public URL instead of the base.

    IRIs stay as they are: they name, wherever the data are served.

    :param public_url: with a final slash; empty leaves everything as it is
    """
    if not public_url or public_url == base:
        return list(triples)
    return [
        Triple(triple.subject, triple.predicate, NamedNode(public_url + triple.object.value[len(base) :]))
        if triple.predicate in URL_PROPERTIES
        and isinstance(triple.object, NamedNode)
        and triple.object.value.startswith(base)
        else triple
        for triple in triples
    ]
