"""``README.md`` against the model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from eild.terms import CLASSES, DERIVED_PROPERTIES, PROPERTIES

README: Final = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NUMBERS: Final = "zero one two three four five six seven eight nine".split()


def test_readme_counts_the_terms_of_the_ontology() -> None:
    """The numbers of classes, properties and derived shortcuts are those of the model."""
    found = re.search(r"(\d+) classes, (\d+) properties and (\w+) derived shortcuts", README)
    assert found
    assert found.groups() == (str(len(CLASSES)), str(len(PROPERTIES)), NUMBERS[len(DERIVED_PROPERTIES)])
