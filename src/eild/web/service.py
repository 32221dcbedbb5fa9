"""The SPARQL 1.1 Service Description of the endpoint: a projection of the catalogue, and what the engine has beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple
from rdflib.namespace import RDF

from eild.terms import SD, VOID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TYPE: Final = NamedNode(str(RDF.type))
_TRIPLES: Final = NamedNode(str(VOID.triples))
_DEFAULT_GRAPH: Final = NamedNode(str(SD.defaultGraph))
_OF_THE_ENGINE: Final = frozenset(NamedNode(str(name)) for name in (SD.feature, SD.availableGraphs, SD.namedGraph))
"""What another server's engine decides: its named graphs and features are its own to describe."""


def _is_said(triple: Triple) -> bool:
    """Tell whether a triple belongs to a service description."""
    if triple.predicate == _TYPE:
        return isinstance(triple.object, NamedNode) and triple.object.value.startswith(str(SD))
    return triple.predicate == _TRIPLES or triple.predicate.value.startswith(str(SD))


def build_service_description(
    catalog: Sequence[Triple],
    service: str,
    functions: Iterable[str] = (),
    *,
    live: bool = False,
    triples: int | None = None,
) -> list[Triple]:
    """Return what the catalogue says of the service, its datasets and its graphs, with the functions of the engine.

    :param catalog: the catalogue
    :param service: the IRI of the service
    :param functions: IRIs of the functions that the engine has beyond SPARQL 1.1
    :param live: whether another server answers: functions, named graphs and features are not claimed then
    :param triples: triples of the default graph of a live service, if they are known
    """
    node, found = NamedNode(service), []
    by_subject: dict[object, list[Triple]] = {}
    for triple in filter(_is_said, catalog):
        if not (live and triple.predicate in {*_OF_THE_ENGINE, _TRIPLES}):
            by_subject.setdefault(triple.subject, []).append(triple)
    queue, seen = [node], {node}
    while queue:
        for triple in by_subject.get(queue.pop(0), ()):
            found.append(triple)
            target = triple.object
            if isinstance(target, NamedNode) and target in by_subject and target not in seen:
                seen.add(target)
                queue.append(target)
            if triples is not None and triple.predicate == _DEFAULT_GRAPH and isinstance(target, NamedNode):
                found.append(Triple(target, _TRIPLES, Literal(triples)))
    for function in () if live else functions:
        found.append(Triple(node, NamedNode(str(SD.extensionFunction)), NamedNode(function)))
        found.append(Triple(NamedNode(function), _TYPE, NamedNode(str(SD.Function))))
    return found
