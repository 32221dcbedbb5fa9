"""Fixtures of the store tests: foreign files and what is published of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.store.embedded import EmbeddedEngine
from eild.store.foreign import write_publication
from eild.store.publication import Publication, load_publication

if TYPE_CHECKING:
    from pathlib import Path

TURTLE = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:a a ex:Thing ; rdfs:label "Thing A"@en ; ex:price 1.50 ; ex:part [ rdfs:label "part" ] .
<relative> ex:note "two\\nlines" .
"""
TRIG = """@prefix ex: <http://example.org/> .
ex:graph { ex:a ex:price 1.50 . _:b ex:about ex:a }
ex:empty { }
ex:c ex:note "<x> {}" .
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Return a Turtle and a TriG file."""
    (tmp_path / "things.ttl").write_text(TURTLE, encoding="utf-8")
    (tmp_path / "graphs.trig").write_text(TRIG, encoding="utf-8")
    return [tmp_path / "things.ttl", tmp_path / "graphs.trig"]


@pytest.fixture
def publication(files: list[Path], tmp_path: Path) -> Publication:
    """Return what is published of the files."""
    folder = tmp_path / "build"
    folder.mkdir()
    write_publication(files, folder, base="http://example.org/")
    return load_publication(folder)


@pytest.fixture
def engine(publication: Publication) -> EmbeddedEngine:
    """Return an engine in this process over the files."""
    return EmbeddedEngine.load(publication, prefixes={"ex": "http://example.org/"}, result_bytes=100_000)
