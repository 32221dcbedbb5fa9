"""The SPARQL 1.1 Service Description of the endpoint: a projection of the catalogue, and what the engine has beyond.

With the default graph stand its partitions by class, and of these by property and by what the values are: editors look
for them here where the default graph itself does not describe itself. The other statistics are in the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from eild import nodes
from eild.terms import SD, VOID, VOID_EXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TRIPLES: Final = nodes.VOID.triples
_DEFAULT_GRAPH: Final = nodes.SD.defaultGraph
_OF_THE_ENGINE: Final = frozenset(NamedNode(name) for name in (SD.feature, SD.availableGraphs, SD.namedGraph))
"""What another server's engine decides: its named graphs and features are its own to describe."""


def _is_said(triple: Triple) -> bool:
    """Return whether a triple belongs to a service description."""
    if triple.predicate == nodes.RDF.type:
        return isinstance(triple.object, NamedNode) and triple.object.value.startswith(str(SD))
    return triple.predicate == _TRIPLES or triple.predicate.value.startswith(str(SD))


_CLASS_PARTITION: Final = nodes.VOID.classPartition
_PROPERTY_PARTITION: Final = nodes.VOID.propertyPartition
_PARTITIONS: Final = frozenset({_CLASS_PARTITION, _PROPERTY_PARTITION, nodes.VOID_EXT.datatypePartition})
_OF_PARTITIONS: Final = _PARTITIONS | {
    NamedNode(name) for name in (VOID["class"], VOID.property, VOID.triples, VOID_EXT.datatype)
}


def _describe_functions(service: NamedNode, functions: Iterable[str]) -> Iterator[Triple]:
    for function in functions:
        yield Triple(service, nodes.SD.extensionFunction, NamedNode(function))
        yield Triple(NamedNode(function), nodes.RDF.type, nodes.SD.Function)


def _describe_partitions(catalog: Sequence[Triple], said: Sequence[Triple]) -> Iterator[Triple]:
    """Yield the partitions by class that the catalogue has for the data, as those of the default graph.

    :param said: what is said of the service already
    """
    graphs = [triple.object for triple in said if triple.predicate == _DEFAULT_GRAPH]
    by_subject: dict[object, list[Triple]] = {}
    for triple in catalog:
        if triple.predicate in _OF_PARTITIONS:
            by_subject.setdefault(triple.subject, []).append(triple)
    parts = {triple.object for triple in catalog if triple.predicate in _PARTITIONS}
    whole = [triple for triple in catalog if triple.predicate == _CLASS_PARTITION and triple.subject not in parts]
    queue: list[object] = []
    for graph in graphs:
        for triple in whole:
            yield Triple(graph, _CLASS_PARTITION, triple.object)  # type: ignore[arg-type] # graphs have IRIs
            queue.append(triple.object)
    while queue:
        for triple in by_subject.get(queue.pop(), ()):
            yield triple
            if triple.predicate in _PARTITIONS:
                queue.append(triple.object)


def build_service_description(
    catalog: Sequence[Triple],
    service: str,
    functions: Iterable[str] = (),
    *,
    live: bool = False,
    triples: int | None = None,
) -> list[Triple]:
    """Return what the catalogue says of the service, its datasets and its graphs, with the functions of the engine.

    The partitions of a live service are not claimed, for its data may change at any time.

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
    return found if live else [*found, *_describe_partitions(catalog, found), *_describe_functions(node, functions)]
