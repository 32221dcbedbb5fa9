"""Comparing two dumps in little memory: digests of all statements, and those that differ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad
from rdflib.namespace import RDFS, SKOS

from eild.errors import UsageError
from eild.rdf.terms import write_term
from eild.terms import KINDS, natural_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from eild.diff.reading import Dump

_LABELS: Final = frozenset({str(RDFS.label), str(SKOS.prefLabel)})


@dataclass
class Change:
    """The changes of one resource.

    :ivar subject: the resource, as N-Triples writes it
    :ivar kind: kind of the resource, by its IRI
    :ivar status: ``added``, ``removed`` or ``changed``
    :ivar label: its label; empty if the dumps have none
    :ivar added: statements that only the new dump has, as module, predicate and object
    :ivar removed: statements that only the old dump has
    """

    subject: str
    kind: str
    status: str = "changed"
    label: str = ""
    added: list[tuple[str, str, str]] = field(default_factory=list)
    removed: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class DumpComparison:
    """The difference between two dumps.

    :ivar old: name of the old dump
    :ivar new: name of the new dump
    :ivar changes: the changes, in the order of kinds and resources
    """

    old: str
    new: str
    changes: tuple[Change, ...]

    def count_statements(self) -> dict[str, tuple[int, int]]:
        """Return how many statements were added and removed, by module."""
        counts: dict[str, list[int]] = {}
        for change in self.changes:
            for place, statements in enumerate((change.added, change.removed)):
                for module, _, _ in statements:
                    counts.setdefault(module, [0, 0])[place] += 1
        return {module: (counts[module][0], counts[module][1]) for module in sorted(counts)}

    def count_resources(self) -> dict[str, int]:
        """Return how many resources were added, removed and changed."""
        statuses = [change.status for change in self.changes]
        return {status: statuses.count(status) for status in ("added", "removed", "changed")}


class _Digests:
    """The statements and subjects of a dump, and whether they are in named graphs."""

    def __init__(self) -> None:
        self.statements: set[bytes] = set()
        self.subjects: set[bytes] = set()
        self.forms: set[bool] = set()

    def add(self, quad: Quad, digest: bytes) -> None:
        """Take note of a statement."""
        self.statements.add(digest)
        self.subjects.add(_digest(str(quad.subject)))
        self.forms.add(isinstance(quad.graph_name, DefaultGraph))


def compare(old: Dump, new: Dump, *, skipped: Collection[str] = ()) -> DumpComparison:
    """Return the changes between two dumps.

    The old dump is read twice; in memory are 16 bytes for each statement and subject, and the statements that differ.

    :param skipped: modules or graphs that do not count, by name or IRI
    :raises DataError: if a dump cannot be read or parsed
    :raises UsageError: if one has statements without graphs only and the other within graphs only
    """
    before, after = _Digests(), _Digests()
    for quad, digest in _read(old, skipped):
        before.add(quad, digest)
    changes: dict[str, Change] = {}
    labels: dict[bytes, str] = {}
    bases = tuple(dict.fromkeys((old.owned, new.owned)))
    for quad, digest in _read(new, skipped):
        after.add(quad, digest)
        _note_label(quad, labels)
        if digest not in before.statements:
            _find_change(changes, quad, bases).added.append(_describe(quad, bases))
    if before.forms and after.forms and before.forms.isdisjoint(after.forms):
        message = f"{old.name} and {new.name} cannot be compared: only one of them has named graphs"
        raise UsageError(message, hint="compare two Turtle files, or two N-Quads files")
    for quad, digest in _read(old, skipped):
        if digest not in after.statements:
            _find_change(changes, quad, bases).removed.append(_describe(quad, bases))
            _note_label(quad, labels)
    for change in changes.values():
        _finish(change, before, after, labels)
    ordered = sorted(changes.values(), key=lambda change: (change.kind, natural_order(change.subject)))
    return DumpComparison(old.name, new.name, tuple(ordered))


def _read(dump: Dump, skipped: Collection[str]) -> Iterator[tuple[Quad, bytes]]:
    """Yield the statements that count, each with its digest."""
    for quad in dump.read():
        name = "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value
        if not skipped or (name not in skipped and _remove_base(name, (f"{dump.owned}graph/",)) not in skipped):
            yield quad, _digest(str(quad))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _note_label(quad: Quad, labels: dict[bytes, str]) -> None:
    if quad.predicate.value in _LABELS and isinstance(quad.object, Literal):
        labels.setdefault(_digest(str(quad.subject)), quad.object.value)


def _find_change(changes: dict[str, Change], quad: Quad, bases: tuple[str, ...]) -> Change:
    subject = str(quad.subject)
    if subject not in changes:
        changes[subject] = Change(subject, _name_kind(quad, bases))
    return changes[subject]


def _remove_base(iri: str, starts: tuple[str, ...]) -> str:
    """Return an IRI without the first of some starts that it has."""
    return next((iri.removeprefix(start) for start in starts if iri.startswith(start)), iri)


def _name_kind(quad: Quad, bases: tuple[str, ...]) -> str:
    """Return the kind of a subject: a path segment for resources of the dataset, otherwise the namespace."""
    if isinstance(quad.subject, BlankNode):
        return "blank node"
    if not isinstance(quad.subject, NamedNode):
        return "triple term"
    iri = quad.subject.value
    own = _remove_base(iri, bases)
    if own != iri:
        kind, _, rest = own.removeprefix("id/").partition("/")
        return kind if rest and (kind in KINDS or not own.startswith("id/")) else own.partition("#")[0]
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] or iri


def _describe(quad: Quad, bases: tuple[str, ...]) -> tuple[str, str, str]:
    """Return module, predicate and object of a statement."""
    graph = quad.graph_name
    module = (
        "" if isinstance(graph, DefaultGraph) else _remove_base(graph.value, tuple(f"{base}graph/" for base in bases))
    )
    return module, str(quad.predicate), write_term(quad.object)


def _finish(change: Change, before: _Digests, after: _Digests, labels: dict[bytes, str]) -> None:
    """Return the change of a resource, with its statements in order."""
    digest = _digest(change.subject)
    change.label = labels.get(digest, "")
    if digest not in before.subjects:
        change.status = "added"
    elif digest not in after.subjects:
        change.status = "removed"
    change.added.sort(key=_statement_order)
    change.removed.sort(key=_statement_order)


def _statement_order(statement: tuple[str, str, str]) -> tuple[str, str, tuple[tuple[int, str], ...]]:
    module, predicate, obj = statement
    return predicate, module, natural_order(obj)
