"""EILD's own shapes by the checks that they hold others to."""

from __future__ import annotations

from eild.facts.ontology import load_ontology
from eild.resources import resource_files
from eild.validation import load_rdf, load_shapes


def test_own_shapes_speak_only_of_what_the_ontology_knows() -> None:
    """Each class and property of EILD's namespaces in targets and paths is declared; no note fails a strict run."""
    modules = [*load_ontology().modules.values()]
    schemes = [load_rdf(path) for path in resource_files("data", "concepts/*.ttl")]
    known = modules[0].merge([*modules[1:], *schemes]).graph
    shapes = load_shapes(resource_files("shapes", "*.ttl"), ontology=known)
    assert [note for note in shapes.notes if note.strict] == []
