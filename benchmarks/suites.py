"""The W3C test suites of the RDF syntaxes, which are kept outside the project: finding, reading and running them.

The suites are those of https://github.com/w3c/rdf-tests. They are looked for in the folder that ``EILD_SUITES`` names,
by default ``shared/suites`` beside the checkout.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, parse

from eild.errors import DataError
from eild.rdf.reading import read_bytes
from eild.rdf.syntaxes import EXTENSIONS, RDF_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

SETTING: Final = "EILD_SUITES"
"""The environment variable that names the folder of the suites."""
FOLDERS: Final = {
    "rdf/rdf11/rdf-n-triples": "RDF 1.1 N-Triples",
    "rdf/rdf11/rdf-n-quads": "RDF 1.1 N-Quads",
    "rdf/rdf11/rdf-turtle": "RDF 1.1 Turtle",
    "rdf/rdf11/rdf-trig": "RDF 1.1 TriG",
    "rdf/rdf11/rdf-xml": "RDF 1.1 XML Syntax",
    "rdf/rdf12/rdf-n-triples/syntax": "RDF 1.2 N-Triples",
    "rdf/rdf12/rdf-n-triples/c14n": "RDF 1.2 N-Triples, canonical form",
    "rdf/rdf12/rdf-n-quads/syntax": "RDF 1.2 N-Quads",
    "rdf/rdf12/rdf-n-quads/c14n": "RDF 1.2 N-Quads, canonical form",
    "rdf/rdf12/rdf-turtle/syntax": "RDF 1.2 Turtle, syntax",
    "rdf/rdf12/rdf-turtle/eval": "RDF 1.2 Turtle, evaluation",
    "rdf/rdf12/rdf-trig/syntax": "RDF 1.2 TriG, syntax",
    "rdf/rdf12/rdf-trig/eval": "RDF 1.2 TriG, evaluation",
    "rdf/rdf12/rdf-xml/eval": "RDF 1.2 XML Syntax",
}
"""The folders of the suites with their titles."""

_MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ASSUMED_BASE: Final = re.compile(r"mf:assumedTestBase\s+<([^>]*)>")


@dataclass(frozen=True)
class SyntaxTest:
    """One test of a suite.

    :ivar name: name of its file
    :ivar kind: local name of its type in the manifest
    :ivar action: the document
    :ivar result: the document that it is to mean, None if the test has none
    :ivar base: IRI of the document
    """

    name: str
    kind: str
    action: Path
    result: Path | None
    base: str

    @property
    def is_negative(self) -> bool:
        """Whether the document is malformed."""
        return "Negative" in self.kind

    def read(self) -> list[Quad]:
        """Return the statements of the document.

        :raises DataError: if it is malformed
        """
        return _read(self.action, self.base)

    def find_failure(self) -> str:
        """Return how the test fails; an empty string if it passes."""
        try:
            found = self.read()
        except DataError as error:
            return "" if self.is_negative else f"{self.name}: refused: {error.message}"
        if self.is_negative:
            return f"{self.name}: accepted"
        if self.result is None:
            return ""
        if self.kind.endswith("C14N"):
            wanted = self.result.read_text(encoding="utf-8").split("\n")[:-1]
            return "" if sorted(wanted) == sorted(f"{quad} ." for quad in found) else f"{self.name}: another form"
        expected = _read(self.result, self.base)
        return "" if canonicalize(found) == canonicalize(expected) else f"{self.name}: other statements"


def _read(path: Path, base: str) -> list[Quad]:
    syntax = RDF_FORMATS[EXTENSIONS[path.suffix].name]
    return read_bytes(path.read_bytes(), syntax, name=path.name, base=base)[0]


def canonicalize(quads: Iterable[Quad]) -> list[str]:
    """Return statements as sorted lines that are the same for the same statements, whatever their blank nodes."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return sorted(map(str, dataset))


def find_suites() -> Path | None:
    """Return the folder of the suites, None if there is none."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "suites"
    folder = Path(os.environ.get(SETTING) or beside) / "rdf-tests"
    return folder if folder.is_dir() else None


def load_tests(folder: Path) -> list[SyntaxTest]:
    """Return the tests of one folder of the suites."""
    manifest = folder / "manifest.ttl"
    content = manifest.read_text(encoding="utf-8")
    assumed = _ASSUMED_BASE.search(content)
    base = assumed[1] if assumed else f"https://w3c.github.io/rdf-tests/{folder.name}/"
    entries: dict[object, dict[str, str]] = {}
    for quad in parse(content.encode(), RdfFormat.TURTLE, base_iri=manifest.as_uri()):
        if isinstance(quad.object, NamedNode):
            entries.setdefault(quad.subject, {})[quad.predicate.value] = quad.object.value
    return [
        _make_test(entry, manifest, base)
        for entry in entries.values()
        if entry.get(_TYPE, "").rpartition("#")[2].startswith("Test") and f"{_MF}action" in entry
    ]


def _make_test(entry: dict[str, str], manifest: Path, base: str) -> SyntaxTest:
    start = manifest.parent.as_uri() + "/"
    action = entry[f"{_MF}action"].removeprefix(start)
    result = entry.get(f"{_MF}result", "").removeprefix(start)
    kind = entry[_TYPE].rpartition("#")[2]
    return SyntaxTest(
        action, kind, manifest.parent / action, manifest.parent / result if result else None, f"{base}{action}"
    )
