"""Loading the ontology, and suggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.errors import DataError
from eild.facts.ontology import load_ontology, suggest
from eild.namespaces import EILD
from eild.terms import CLASSES, DERIVED_PROPERTIES, PREFIXES, PROPERTIES

if TYPE_CHECKING:
    from pathlib import Path


def test_load_ontology_packaged_modules_declare_every_term() -> None:
    """The modules, alignments aside, are the subjects of all terms that the code knows, and of no other."""
    ontology = load_ontology()
    assert all(name.startswith("align-") for name in ontology.alignments)
    declared = {
        str(s)
        for module in ontology.modules.values()
        for s in module.graph.subjects()
        if str(s).startswith(PREFIXES["eild"])
    }
    assert declared == {str(EILD[name]) for name in (*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES)}


def test_load_ontology_broken_module_fails_with_its_place(tmp_path: Path) -> None:
    """A module that cannot be parsed is told with line."""
    (tmp_path / "core.ttl").write_text("\n\nx:y a x:z .")
    with pytest.raises(DataError, match=r"core\.ttl:3:1"):
        load_ontology(tmp_path)


@pytest.mark.parametrize(("word", "hint"), [("claimnt", "did you mean claimant?"), ("zzzz", "")])
def test_suggest_only_what_is_near(word: str, hint: str) -> None:
    """A slip is matched with the nearest word; what is like nothing gets no hint."""
    assert suggest(word, PROPERTIES) == hint
