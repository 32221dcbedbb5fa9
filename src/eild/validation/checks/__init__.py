"""Checks of shapes before any engine runs: each fault with its place in the file and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eild.errors import Location
from eild.validation.checks.imports import note_imports
from eild.validation.checks.paths import check_paths
from eild.validation.checks.patterns import check_patterns, note_patterns, try_patterns
from eild.validation.checks.prefixes import check_prefixes, note_prefixes
from eild.validation.checks.queries import check_queries
from eild.validation.checks.syntax import check_syntax, note_without_effect
from eild.validation.checks.terms import check_terms, note_terms
from eild.validation.checks.unused import note_named, note_untargeted, note_unused
from eild.validation.checks.vocabulary import check_vocabulary

if TYPE_CHECKING:
    from rdflib import Graph

    from eild.errors import ShapesError
    from eild.located import LocatedGraph
    from eild.validation.notes import Note


def check_located_shapes(located: LocatedGraph, *, ontology: Graph | None = None) -> list[ShapesError]:
    """Return the faults of a shapes graph, in the order of their places.

    :param located: the shapes
    :param ontology: the vocabulary whose terms the shapes may use; if not given, classes and properties are not judged
    """
    faults = {
        (fault.location, fault.message): fault
        for check in (check_terms, check_syntax, check_paths, check_prefixes, check_queries, check_patterns)
        for fault in check(located)
    }
    if ontology is not None:
        faults |= {(fault.location, fault.message): fault for fault in check_vocabulary(located, ontology)}
    return sorted(faults.values(), key=lambda fault: (fault.location or Location(""), fault.message))


def note_shapes(located: LocatedGraph) -> tuple[Note, ...]:
    """Return what well-formed shapes say without effect, in the order of their places."""
    notes = {
        (note.location, note.message): note
        for check in (note_terms, note_unused, note_without_effect, note_prefixes, note_patterns, note_imports)
        for note in check(located)
    }
    return tuple(sorted(notes.values(), key=lambda note: (note.location or Location(""), note.message)))


__all__ = ["check_located_shapes", "note_imports", "note_named", "note_shapes", "note_untargeted", "try_patterns"]
