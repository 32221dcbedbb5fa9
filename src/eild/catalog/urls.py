"""The URLs of a catalogue: the same resources, at the public URL of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Triple

from eild.terms import DCAT, RDF, RDFS, SD, VOID

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

_TYPE: Final = NamedNode(str(RDF.type))
_RESOURCE: Final = NamedNode(str(RDFS.Resource))


def point_urls(triples: Iterable[Triple], base: str, public_url: str) -> list[Triple]:
    """Return a catalogue whose access, download and endpoint URLs begin with the public URL instead of the base.

    IRIs stay as they are: they name, wherever the data are served. That a URL is that of a resource is said of the
    URL itself, and so of the new one.

    :param public_url: public URL with a final slash; if empty, nothing changes
    """
    if not public_url or public_url == base:
        return list(triples)

    def point(triple: Triple) -> Triple:
        subject, target = triple.subject, triple.object
        if triple.predicate in URL_PROPERTIES and isinstance(target, NamedNode) and target.value.startswith(base):
            return Triple(subject, triple.predicate, NamedNode(public_url + target.value[len(base) :]))
        if triple.predicate == _TYPE and target == _RESOURCE and isinstance(subject, NamedNode):
            return Triple(NamedNode(public_url + subject.value.removeprefix(base)), _TYPE, _RESOURCE)
        return triple

    return [point(triple) for triple in triples]
