"""The triples of a data graph, found by subject and predicate and by object and predicate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS, SH

from eild.validation.exact.terms import named, to_term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from rdflib import Graph

    from eild.located.statements import Statements
    from eild.validation.exact.terms import Term

TYPE: Final = named(RDF.type)
SUBCLASS: Final = named(RDFS.subClassOf)
FIRST: Final = named(RDF.first)
REST: Final = named(RDF.rest)
NIL: Final = named(RDF.nil)
REIFIES: Final = named(f"{RDF}reifies")
_INCOMPLETE: Final = named(f"{SH}incomplete")
_INCOMPLETE_START: Final = named(f"{SH}incompleteURIStart")
_TRUE: Final = ("true", "1")


class Index:
    """The triples of a data graph.

    :param triples: subject, predicate and object of each; repeated ones count once
    """

    def __init__(self, triples: Iterable[tuple[Term, Term, Term]]) -> None:
        self._out: dict[Term, dict[Term, dict[Term, None]]] = {}
        self._in: dict[Term, dict[Term, dict[Term, None]]] = {}
        self._predicates: set[Term] = set()
        for subject, predicate, obj in triples:
            self._out.setdefault(subject, {}).setdefault(predicate, {})[obj] = None
            self._in.setdefault(obj, {}).setdefault(predicate, {})[subject] = None
            self._predicates.add(predicate)
        self._kinds: dict[Term, frozenset[Term]] = {}
        self._starts = tuple(
            start.value
            for subject in self.having(_INCOMPLETE_START)
            for start in self.objects(subject, _INCOMPLETE_START)
            if isinstance(start, ox.Literal | ox.NamedNode)
        )
        self._flagged = bool(self._starts) or _INCOMPLETE in self._predicates

    @classmethod
    def read(cls, data: Graph | Statements) -> Index:
        """Return the index of data."""
        parts = getattr(data, "parts", None)
        if parts is None:
            return cls(tuple(to_term(node) for node in triple) for triple in data)  # type: ignore[misc,union-attr]
        return cls(triple for part in parts for triple in _read_lines(part.lines))

    def objects(self, subject: Term, predicate: Term, /) -> Collection[Term]:
        """Return the objects of the triples with a subject and a predicate."""
        found = self._out.get(subject)
        return () if found is None else found.get(predicate, ())

    def subjects(self, predicate: Term, obj: Term, /) -> Collection[Term]:
        """Return the subjects of the triples with a predicate and an object."""
        found = self._in.get(obj)
        return () if found is None else found.get(predicate, ())

    def having(self, predicate: Term) -> list[Term]:
        """Return the subjects of the triples with a predicate, in the order in which they are first met."""
        if predicate not in self._predicates:
            return []
        return [subject for subject, found in self._out.items() if predicate in found]

    def had(self, predicate: Term) -> list[Term]:
        """Return the objects of the triples with a predicate, in the order in which they are first met."""
        if predicate not in self._predicates:
            return []
        return [obj for obj, found in self._in.items() if predicate in found]

    def properties(self, subject: Term) -> Iterator[tuple[Term, Term]]:
        """Yield predicate and object of each triple with a subject."""
        for predicate, objects in self._out.get(subject, {}).items():
            for obj in objects:
                yield predicate, obj

    def nodes(self) -> list[Term]:
        """Return each subject and object once."""
        return list(dict.fromkeys((*self._out, *self._in)))

    def triples(self) -> Iterator[tuple[Term, Term, Term]]:
        """Yield all triples, each once."""
        for subject, found in self._out.items():
            for predicate, objects in found.items():
                for obj in objects:
                    yield subject, predicate, obj

    def kinds(self, kind: Term) -> frozenset[Term]:
        """Return a class with all its subclasses."""
        known = self._kinds.get(kind)
        if known is None:
            found, waiting = {kind}, [kind]
            while waiting:
                lower = set(self.subjects(SUBCLASS, waiting.pop())) - found
                found |= lower
                waiting.extend(lower)
            known = self._kinds[kind] = frozenset(found)
        return known

    def is_instance(self, node: Term, kind: Term) -> bool:
        """Return whether a node is a SHACL instance of a class (SHACL, section 1.2)."""
        types = self.objects(node, TYPE)
        return bool(types) and not self.kinds(kind).isdisjoint(types)

    def instances(self, kind: Term) -> list[Term]:
        """Return the SHACL instances of a class."""
        found: dict[Term, None] = {}
        for one in sorted(self.kinds(kind), key=str):
            found |= dict.fromkeys(self.subjects(TYPE, one))
        return list(found)

    def members(self, head: Term) -> list[Term] | None:
        """Return the members of a list; None if it is not a well-formed one (SHACL, section 1.2)."""
        cell, seen, members = head, set[object](), []
        while cell != NIL:
            firsts, rests = self.objects(cell, FIRST), self.objects(cell, REST)
            if cell in seen or len(firsts) != 1 or len(rests) != 1:
                return None
            seen.add(cell)
            members.append(next(iter(firsts)))
            cell = next(iter(rests))
        return None if self.objects(NIL, FIRST) or self.objects(NIL, REST) else members

    def reifiers(self, subject: Term, predicate: Term, obj: Term) -> Collection[Term]:
        """Return the reifiers of a triple (RDF 1.2)."""
        if REIFIES not in self._predicates or isinstance(subject, ox.Literal | ox.Triple):
            return ()
        return self.subjects(REIFIES, ox.Triple(subject, predicate, obj))  # type: ignore[arg-type]

    def is_incomplete(self, node: Term) -> bool:
        """Return whether the data say that more may be known of a node elsewhere (SHACL 1.2)."""
        if not self._flagged or isinstance(node, ox.Literal | ox.Triple):
            return False
        flags = {flag.value in _TRUE for flag in self.objects(node, _INCOMPLETE) if isinstance(flag, ox.Literal)}
        if flags:
            return True in flags
        return bool(self._starts) and isinstance(node, ox.NamedNode) and node.value.startswith(self._starts)


def _read_lines(lines: bytes) -> Iterator[tuple[Term, Term, Term]]:
    for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES):
        yield quad.subject, quad.predicate, quad.object
