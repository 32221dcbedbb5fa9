"""RDFS entailment, where shapes ask for it by ``sh:entailment`` (SHACL, section 1.5; RDF 1.1 Semantics, section 9.2).

These are the rules that give a validation something to look at: domains and ranges, subproperties and subclasses. What
they derive takes part in the validation as if the data stated it. The axiomatic triples are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SH

from eild.located.statements import Statements, make_part, write_node
from eild.validation.grammar.terms import ENTAILMENT_RDFS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph

_TYPE: Final = write_node(RDF.type)
_SUBPROPERTY: Final = write_node(RDFS.subPropertyOf)
_SUBCLASS: Final = write_node(RDFS.subClassOf)
_DOMAIN: Final = write_node(RDFS.domain)
_RANGE: Final = write_node(RDFS.range)
_SCHEMA: Final = frozenset({_SUBPROPERTY, _SUBCLASS, _DOMAIN, _RANGE})


def asks_for_rdfs(shapes: Graph) -> bool:
    """Return whether shapes ask for RDFS entailment."""
    return (None, SH.entailment, URIRef(ENTAILMENT_RDFS)) in shapes


def entail_rdfs(data: Statements) -> Statements:
    """Return data together with what RDFS derives from them.

    :param data: the data, with the schema that they are to be read by
    """
    schema = _Schema(data)
    stated = set(data.triples())
    derived = {triple for found in stated for triple in schema.derive(*found)} - stated
    lines = b"".join(b" ".join(triple) + b" .\n" for triple in sorted(derived))
    return data.merge(Statements((make_part("", lines),)))


class _Schema:
    """What data say of classes and properties."""

    def __init__(self, data: Statements) -> None:
        found: dict[bytes, dict[bytes, set[bytes]]] = {predicate: {} for predicate in _SCHEMA}
        for subject, predicate, obj in data.triples():
            if predicate in _SCHEMA:
                found[predicate].setdefault(subject, set()).add(obj)
        self._classes = _close(found[_SUBCLASS])
        self._properties = _close(found[_SUBPROPERTY])
        self._domains, self._ranges = found[_DOMAIN], found[_RANGE]

    def derive(self, subject: bytes, predicate: bytes, obj: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield what follows from a triple."""
        for upper in {predicate} | self._properties.get(predicate, set()):
            yield subject, upper, obj
            yield from self._typed(subject, self._domains.get(upper, set()))
            if not obj.startswith((b'"', b"<<")):
                yield from self._typed(obj, self._ranges.get(upper, set()))
        if predicate == _TYPE:
            yield from self._typed(subject, {obj})
        elif predicate == _SUBCLASS:
            for upper in self._classes.get(obj, set()):
                yield subject, _SUBCLASS, upper
        elif predicate == _SUBPROPERTY:
            for upper in self._properties.get(obj, set()):
                yield subject, _SUBPROPERTY, upper

    def _typed(self, node: bytes, kinds: set[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
        for kind in kinds:
            yield node, _TYPE, kind
            for upper in self._classes.get(kind, set()):
                yield node, _TYPE, upper


def _close(edges: dict[bytes, set[bytes]]) -> dict[bytes, set[bytes]]:
    """Return what each node leads to, directly or through others."""
    closed: dict[bytes, set[bytes]] = {}
    for start in edges:
        found, waiting = set[bytes](), [start]
        while waiting:
            for upper in edges.get(waiting.pop(), set()) - found:
                found.add(upper)
                waiting.append(upper)
        closed[start] = found
    return closed
