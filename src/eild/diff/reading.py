"""Read dumps statement by statement, with blank nodes labelled by their context."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Quad, Triple

from eild.errors import DataError, Location
from eild.publication.manifest import load_publication
from eild.publication.of_files import rename_quad
from eild.rdf.files import open_rdf
from eild.rdf.syntaxes import refuse_url
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Dump:
    """A file of RDF, or the module graphs of a build directory.

    :ivar name: its name in reports
    :ivar path: the file
    :ivar base: base of relative IRIs; None if there is none
    :ivar owned: start of the IRIs of the dataset: the base of a build, or else that of EILD
    """

    name: str
    path: Path
    base: str | None = None
    owned: str = BASE

    @classmethod
    def open(cls, path: Path, base: str | None = None) -> Dump:
        """Return the dump at a path: a file, or a build directory, of which the N-Quads are taken.

        :raises DataError: if the file does not exist, or the directory is not a build
        """
        if path.is_dir():
            publication = load_publication(path)
            name = f"{publication.title} {publication.version}"
            return cls(name, path / publication.find_dump(".nq").name, base, publication.base)
        refuse_url(path)
        if not path.is_file():
            message = "this is not a regular file" if path.exists() else "this file does not exist"
            raise DataError(message, location=Location(str(path)), hint="name an RDF file or a build directory")
        return cls(path.name, path, base)

    def read(self) -> Iterator[Quad]:
        """Yield the statements: those without blank nodes in their order, then those with blank nodes.

        A blank node is named by the content of all that hangs together with it, so that it has the same name in
        another dump that says the same.

        :raises DataError: if the file cannot be read or parsed
        """
        anonymous: list[Quad] = []
        with open_rdf(self.path, base=self.base) as source:
            for quad in source.quads():
                if _find_blank_nodes(quad):
                    anonymous.append(quad)
                else:
                    yield quad
        yield from _name_blank_nodes(anonymous)


def _find_blank_nodes(statement: Quad | Triple) -> set[BlankNode]:
    """Return the blank nodes of a statement, those within triple terms and as names of graphs too."""
    terms: list[Any] = [statement.subject, statement.object]
    if isinstance(statement, Quad):
        terms.append(statement.graph_name)
    found = {term for term in terms if isinstance(term, BlankNode)}
    for term in terms:
        if isinstance(term, Triple):
            found |= _find_blank_nodes(term)
    return found


def _name_blank_nodes(quads: list[Quad]) -> Iterator[Quad]:
    """Yield statements with their blank nodes named by the parts of the graph that hang together through them."""
    copies: Counter[str] = Counter()
    for part in _split(quads):
        dataset = pyoxigraph.Dataset(part)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        lines = sorted(map(str, dataset))
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:20]
        copies[digest] += 1
        start = f"{digest}x{copies[digest]}x"

        for quad in dataset:
            yield rename_quad(quad, _prefixing(start))


def _prefixing(start: str) -> Callable[[Any], Any]:
    """Return a function that puts something before the labels of blank nodes, those within triple terms too."""

    def rename(term: Any) -> Any:  # noqa: ANN401 - a term of any kind
        if isinstance(term, Triple):
            return Triple(rename(term.subject), term.predicate, rename(term.object))
        return BlankNode(start + term.value) if isinstance(term, BlankNode) else term

    return rename


def _split(quads: list[Quad]) -> list[list[Quad]]:
    """Return statements by the blank nodes that they share, directly or through others."""
    parents: dict[BlankNode, BlankNode] = {}

    def find(node: BlankNode) -> BlankNode:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = parents[parent]
            node = parent
        return node

    for quad in quads:
        first, *others = _find_blank_nodes(quad)
        for other in others:
            parents[find(other)] = find(first)
    parts: dict[BlankNode, list[Quad]] = {}
    for quad in quads:
        parts.setdefault(find(next(iter(_find_blank_nodes(quad)))), []).append(quad)
    return list(parts.values())
