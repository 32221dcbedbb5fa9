"""Entity tags are a function of what is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eild.config import Settings
from eild.documents.index import DocumentIndex
from eild.publication.on_disk import write_store
from eild.query.embedded import EmbeddedEngine
from eild.web.frame.site import Site

if TYPE_CHECKING:
    from pathlib import Path


def _make_tag(path: Path, directory: Path) -> str:
    """Return a tag of a site whose store holds a file."""
    publication = write_store([path], directory, base="http://example.org/")
    engine = EmbeddedEngine.load(publication, prefixes={})
    return Site(Settings(), publication, DocumentIndex([]), engine, {}).make_tag("sparql", "ASK {}")


def test_tag_of_a_store_is_that_of_its_content(tmp_path: Path) -> None:
    """Loading the same file again changes no tag, so clients keep what they have; another file changes it."""
    path = tmp_path / "data.trig"
    path.write_text("<http://example.org/g> { <a:b> <a:c> _:d , 1.0 }", encoding="utf-8")
    first, second = (_make_tag(path, tmp_path / name) for name in ("one", "two"))
    path.write_text("<http://example.org/g> { <a:b> <a:c> _:d , 2.0 }", encoding="utf-8")
    assert first == second != _make_tag(path, tmp_path / "three")
