"""Short names of RDF terms for people, and their Turtle form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD

from eild.located.nodes import DirectionalLiteral
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph
    from rdflib.term import Node

    from eild.validation.findings import Report

_LOCAL: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")
_IRI: Final = re.compile(r"<([^<>]*)>")
_LONGEST_VALUE: Final = 80
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED: Final = re.compile('["\\\\\x00-\x1f\x7f]')


def _quote(text: str) -> str:
    """Return a string in quotation marks, on one line and without control characters."""
    return '"' + _ESCAPED.sub(lambda match: _ESCAPES.get(match[0], f"\\u{ord(match[0]):04X}"), text) + '"'


class Names:
    """Writes terms with prefixes: those of a project, of the graphs given, then EILD's.

    Blank nodes are numbered in the order of their first mention, so that the same findings give the same names.

    :param graphs: graphs that declare prefixes
    :param prefixes: the prefixes of a project
    :param folder: IRI of a folder: those of files in it are written relative to it
    """

    def __init__(self, *graphs: Graph, prefixes: Mapping[str, str] | None = None, folder: str = "") -> None:
        self._folder = folder
        namespaces = {namespace: prefix for prefix, namespace in (prefixes or {}).items()}
        namespaces |= {str(namespace): prefix for prefix, namespace in PREFIXES.items()}
        for graph in graphs:
            namespaces |= {str(namespace): prefix for prefix, namespace in graph.namespaces() if prefix}
        taken: dict[str, str] = {}
        for namespace, prefix in namespaces.items():
            taken.setdefault(prefix, namespace)
        self._prefixes = {namespace: prefix for prefix, namespace in taken.items()}
        self._longest_first = sorted(self._prefixes, key=lambda namespace: (-len(namespace), namespace))
        self._blank: dict[BNode, str] = {}
        self.used: dict[str, str] = {}

    def term(self, node: Node) -> str:
        """Return a term in Turtle syntax, with a prefix where one fits; remember the prefix in :attr:`used`."""
        if isinstance(node, URIRef):
            return self._iri(str(node))
        if isinstance(node, BNode):
            return f"_:b{self._blank.setdefault(node, str(len(self._blank) + 1))}"
        if not isinstance(node, Literal):
            return node.n3()
        if isinstance(node, DirectionalLiteral):
            return f"{_quote(str(node))}@{node.language}--{node.direction}"
        if node.language:
            return f"{_quote(str(node))}@{node.language}"
        plain = node.datatype in {None, XSD.string}
        return _quote(str(node)) if plain else f"{_quote(str(node))}^^{self._iri(str(node.datatype))}"

    def _iri(self, iri: str) -> str:
        for namespace in self._longest_first:
            local = iri.removeprefix(namespace)
            if local != iri and _LOCAL.match(local):
                prefix = self._prefixes[namespace]
                self.used[prefix] = namespace
                return f"{prefix}:{local}"
        return f"<{iri.removeprefix(self._folder)}>"

    def short(self, node: Node | None) -> str:
        """Return a term for people: on one line, long values cut."""
        if node is None:
            return ""
        text = " ".join(self.term(node).split())
        return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"

    def path(self, text: str) -> str:
        """Return a path, as a finding has it, with prefixes."""
        return _IRI.sub(lambda match: self._iri(match.group(1)), text)


def name_for_people(report: Report) -> Names:
    """Return the names for forms that people read: IRIs of files below the working folder are relative to it."""
    folder = f"{Path.cwd().as_uri()}/"
    return Names(report.shapes.graph, prefixes=report.prefixes, folder=folder)


class PlainNames(Names):
    """Writes terms in N-Triples syntax, without prefixes, blank nodes numbered."""

    def __init__(self) -> None:
        super().__init__()
        self._longest_first = []

    def plain(self, node: Node | None) -> str | None:
        """Return a term, or nothing for none."""
        return None if node is None else self.term(node)
