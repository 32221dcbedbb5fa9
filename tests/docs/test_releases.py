"""What is said of a release in several places agrees: data, changelog, citation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from rdflib.namespace import DCTERMS

from eild.namespaces import DATASET_IRI

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "vendor" / "cff" / "schema-1.2.0.json"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PARTS = ["Data", "Ontology", "Shapes", "API"]
RELEASE = re.compile(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", re.MULTILINE)


@pytest.fixture
def citation() -> dict[str, Any]:
    """Return the citation file, all values as they are written."""
    content: dict[str, Any] = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - the loader makes strings only
    return content


def test_changelog_newest_release_is_that_of_the_data(own_dataset: BuiltDataset) -> None:
    """The first entry has the data's version and day."""
    found = RELEASE.search(CHANGELOG)
    assert found, "begin an entry with '## <version> (<day>)'"
    assert found.groups() == (own_dataset.version, own_dataset.issued.isoformat())


def test_changelog_every_release_is_told_by_part() -> None:
    """Each entry has sections for data, ontology, shapes and API, in this order, each at most once."""
    entries = RELEASE.split(CHANGELOG)[1:]
    assert entries
    for version, text in zip(entries[0::3], entries[2::3], strict=True):
        sections = re.findall(r"^### (.+)$", text, re.MULTILINE)
        assert sections == [part for part in PARTS if part in sections], version


def test_citation_is_valid(citation: dict[str, Any]) -> None:
    """The citation file conforms to the schema of its format."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(citation)


def test_citation_agrees_with_the_data(own_dataset: BuiltDataset, citation: dict[str, Any]) -> None:
    """Version, day, title, IRI and licence are the dataset's."""
    merged = own_dataset.merged()
    assert (citation["version"], citation["date-released"]) == (own_dataset.version, own_dataset.issued.isoformat())
    assert citation["url"] == str(DATASET_IRI)
    assert citation["title"] in {str(title) for title in merged.objects(DATASET_IRI, DCTERMS.title)}
    assert citation["license"] == "CC-BY-SA-4.0"
    assert "https://creativecommons.org/licenses/by-sa/4.0/" in map(str, merged.objects(DATASET_IRI, DCTERMS.license))
