"""Where RDF/XML mentions properties and resources (W3C "RDF 1.1 XML Syntax", section 7).

Expat walks over the elements, which alternate between nodes and properties. It resolves no external entity and reads
no other file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin
from xml.parsers import expat

from eild.located.alignment import Mentions

if TYPE_CHECKING:
    from eild.located.alignment import Span

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_START_TAG: Final = re.compile(rb"""<[^\s>/]++(?:\s+[^\s=>/]++\s*=\s*(?:"[^"]*+"|'[^']*+'))*+\s*(/?)>""")
_SYNTAX: Final = frozenset(
    f"{_RDF}{name}"
    for name in "RDF ID about parseType resource nodeID datatype bagID aboutEach aboutEachPrefix li Description".split()
)


@dataclass
class _Element:
    """An element that is open."""

    name: str
    kind: str
    start: int
    base: str
    items: int = 0


def find_mentions(content: bytes, *, base: str = "") -> Mentions:
    """Return where a document mentions properties and resources, by byte offsets.

    :param content: the bytes of the document
    :param base: IRI that relative IRIs resolve against, unless the document says otherwise
    :raises expat.ExpatError: if it is not well-formed XML, breaks off, or its entities expand beyond measure
    """
    walk = _Walk(content, base)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: walk.open(_iri(name), attributes, parser.CurrentByteIndex)
    parser.EndElementHandler = lambda _: walk.close(parser.CurrentByteIndex)
    parser.Parse(content, True)  # noqa: FBT003 - expat takes no names
    return walk.mentions


def _iri(name: str) -> str:
    return "".join(name.split(" ")[:2])


class _Walk:
    """The state of a walk over the elements."""

    def __init__(self, content: bytes, base: str) -> None:
        self.mentions = Mentions()
        self._content = content
        self._base = base
        self._open: list[_Element] = []

    def open(self, name: str, attributes: dict[str, str], start: int) -> None:
        """Take the start of an element."""
        named = {_iri(key): value for key, value in attributes.items()}
        outer = self._open[-1] if self._open else None
        base = urljoin(outer.base if outer else self._base, named.get(f"{_XML}base", ""))
        kind = self._kind(outer, name)
        element = _Element(name, kind, start, base)
        if kind == "property":
            if outer is not None and name == f"{_RDF}li":
                outer.items += 1
                element.name = f"{_RDF}_{outer.items}"
            if named.get(f"{_RDF}parseType") in {"Literal", "Collection", "Resource"}:
                element.kind = f"property {named[f'{_RDF}parseType']}"
        if kind == "node":
            self._describe(named, base, start)
            if name not in _SYNTAX:
                self.mentions.add_property(f"{_RDF}type", (start, start))
        if kind in {"node", "property"}:
            for key in named:
                if key not in _SYNTAX and not key.startswith(_XML):
                    self.mentions.add_property(key, (start, start))
        self._open.append(element)

    @staticmethod
    def _kind(outer: _Element | None, name: str) -> str:
        if outer is None:
            return "root" if name == f"{_RDF}RDF" else "node"
        if outer.kind in {"property Literal", "literal"}:
            return "literal"
        return "property" if outer.kind in {"node", "property Resource"} else "node"

    def _describe(self, attributes: dict[str, str], base: str, start: int) -> None:
        if f"{_RDF}about" in attributes:
            self.mentions.add_resource(urljoin(base, attributes[f"{_RDF}about"]), (start, start))
        elif f"{_RDF}ID" in attributes:
            self.mentions.add_resource(urljoin(base, f"#{attributes[f'{_RDF}ID']}"), (start, start))

    def close(self, start: int) -> None:
        """Take the end of an element; a property is complete then."""
        element = self._open.pop()
        if element.kind.startswith("property"):
            self.mentions.add_property(element.name, self._span(element.start, start))

    def _span(self, start: int, end: int) -> Span:
        tag = _START_TAG.match(self._content, start)
        if tag and tag[1]:
            return start, tag.end()
        finish = self._content.find(b">", end)
        return start, finish + 1 if finish >= 0 else end
