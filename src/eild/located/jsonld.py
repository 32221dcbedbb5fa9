"""Where JSON-LD mentions properties and resources.

A walk over the text keeps the offsets of keys and values, and expands the keys by the contexts in the document, as far
as these are term definitions, prefixes, ``@vocab`` and ``@base``. What it cannot tell has the place of its resource.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin

from eild.located.alignment import Mentions

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_MOST_DEPTH: Final = 200

DEEPEST: Final = 500
"""Levels of objects and arrays within each other beyond which a document is refused: parsers of JSON-LD need time and
memory by the square of the depth.
"""


@dataclass
class _Value:
    """A value with its extent.

    :ivar value: a scalar, a list of values, or a list of members (key and value) for an object
    """

    start: int
    end: int = 0
    kind: str = "scalar"
    value: Any = None
    members: list[tuple[str, _Value]] = field(default_factory=list)
    items: list[_Value] = field(default_factory=list)


@dataclass(frozen=True)
class _Context:
    """What keys mean at some place."""

    base: str
    vocabulary: str = ""
    terms: dict[str, str] = field(default_factory=dict)

    def extend(self, context: _Value, base: str) -> _Context:
        """Return this context with a further one applied."""
        if context.kind == "array":
            extended = self
            for item in context.items:
                extended = extended.extend(item, base)
            return extended
        if context.kind != "object":
            return _Context(base)
        members = dict(context.members)
        terms = dict(self.terms)
        for key, value in context.members:
            if not key.startswith("@"):
                terms[key] = _definition(value, key)
        vocabulary = members["@vocab"].value if "@vocab" in members else self.vocabulary
        resolved = urljoin(self.base, members["@base"].value or "") if "@base" in members else self.base
        return _Context(resolved, vocabulary or "", terms)

    def expand(self, key: str, *, depth: int = 0) -> str:
        """Return the IRI or keyword that a key stands for, or an empty string for none."""
        if key.startswith("@"):
            return key
        meaning = self.terms.get(key)
        if meaning is not None and meaning != key and depth < _MOST_DEPTH:
            return self.expand(meaning, depth=depth + 1)
        prefix, colon, local = key.partition(":")
        if colon and not local.startswith("//") and prefix in self.terms and depth < _MOST_DEPTH:
            return self.expand(prefix, depth=depth + 1) + local
        return key if colon else f"{self.vocabulary}{key}" if self.vocabulary else ""

    def resolve(self, text: str) -> str:
        """Return the IRI that the value of ``@id`` stands for."""
        prefix, colon, local = text.partition(":")
        if colon and not local.startswith("//") and prefix in self.terms:
            return self.expand(prefix) + local
        return text if colon else urljoin(self.base, text)


def _definition(value: _Value, key: str) -> str:
    if value.kind == "object":
        members = dict(value.members)
        return str(members["@id"].value) if "@id" in members else key
    return str(value.value or "")


def find_too_deep(text: str) -> int:
    """Return the offset at which a document gets deeper than :data:`DEEPEST`, or -1 if it does nowhere."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > DEEPEST:
                return token.start()
        elif token[0] in "]}":
            depth -= 1
    return -1


def find_mentions(text: str, *, base: str = "") -> Mentions:
    """Return where a document mentions properties and resources, by offsets.

    :param text: a document that a JSON-LD parser accepts
    :param base: IRI that relative IRIs resolve against, unless the document says otherwise
    """
    mentions = Mentions()
    waiting = [(_parse(text), _Context(base))]
    while waiting:
        value, context = waiting.pop()
        if value.kind == "array":
            waiting.extend((item, context) for item in reversed(value.items))
        elif value.kind == "object":
            waiting.extend(reversed(_walk_object(value, context, mentions, base)))
    for spans in mentions.properties.values():
        spans.sort()
    return mentions


def _walk_object(node: _Value, context: _Context, mentions: Mentions, base: str) -> list[tuple[_Value, _Context]]:
    """Note what an object mentions, and return the values in it with their contexts."""
    for key, value in node.members:
        if key == "@context":
            context = context.extend(value, base)
    inner: list[tuple[_Value, _Context]] = []
    for key, value in node.members:
        meaning = context.expand(key)
        if meaning == "@id" and isinstance(value.value, str):
            mentions.add_resource(context.resolve(value.value), (node.start, node.end))
        elif meaning == "@type":
            for item in value.items or [value]:
                mentions.add_property(_RDF_TYPE, (item.start, item.end))
        elif meaning in {"@context", "@value", "@language"}:
            continue
        else:
            if meaning and not meaning.startswith("@"):
                _mention_values(meaning, value, mentions)
            inner.append((value, context))
    return inner


def _mention_values(iri: str, value: _Value, mentions: Mentions) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if one.kind == "array":
            waiting.extend(reversed(one.items))
        elif one.value is not None or one.kind == "object":
            mentions.add_property(iri, (one.start, one.end))


def _parse(text: str) -> _Value:
    """Return a JSON text as values with extents; the text is known to be well-formed."""
    root = _Value(0, kind="array")
    stack, key = [root], ""
    keys: list[str] = []
    expects_key = False
    for token in _TOKEN.finditer(text):
        sign, (start, end) = token[0], token.span()
        if sign in "{[":
            value = _Value(start, kind="object" if sign == "{" else "array")
            _attach(stack[-1], key, value)
            stack.append(value)
            keys.append(key)
            expects_key = sign == "{"
        elif sign in "}]":
            stack.pop().end = end
            key = keys.pop()
            expects_key = False
        elif sign == ",":
            expects_key = stack[-1].kind == "object"
        elif sign == ":":
            expects_key = False
        elif expects_key:
            key = json.loads(sign)
        else:
            _attach(stack[-1], key, _Value(start, end, value=json.loads(sign)))
    return root


def _attach(outer: _Value, key: str, value: _Value) -> None:
    if outer.kind == "object":
        outer.members.append((key, value))
    else:
        outer.items.append(value)
