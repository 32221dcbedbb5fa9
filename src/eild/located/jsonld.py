"""Where JSON-LD mentions properties and resources.

A walk over the text keeps the offsets of keys and values, and expands the keys by the contexts in the document, as far
as these are term definitions, prefixes, ``@vocab`` and ``@base``. What it cannot tell has the place of its resource.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from eild.located.alignment import Mention, Mentions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eild.located.alignment import Span

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_NO_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_LARGEST_SEARCHED: Final = 4 << 20
_MOST_DEPTH: Final = 200
_WITHOUT_NODES: Final = frozenset({"@id", "@context", "@value", "@language", "@direction", "@index"})
_MAPS: Final = frozenset({"@language", "@index", "@id", "@type"})

DEEPEST: Final = 500
"""Levels of objects and arrays within each other beyond which a document is refused: parsers of JSON-LD need time and
memory by the square of the depth.
"""


@dataclass
class _Value:
    """A value with its extent.

    :ivar value: a scalar, a list of values, or a list of members (key and value) for an object
    :ivar name: the IRI that the key of an object is, in a map of names
    """

    start: int
    end: int = 0
    kind: str = "scalar"
    value: Any = None
    members: list[tuple[str, _Value]] = field(default_factory=list)
    items: list[_Value] = field(default_factory=list)
    name: str = ""


@dataclass(frozen=True)
class _Context:
    """What keys mean at some place."""

    base: str
    vocabulary: str = ""
    terms: dict[str, str] = field(default_factory=dict)
    containers: dict[str, frozenset[str]] = field(default_factory=dict)
    scoped: dict[str, _Value] = field(default_factory=dict)

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
        terms, containers, scoped = dict(self.terms), dict(self.containers), dict(self.scoped)
        for key, value in context.members:
            if not key.startswith("@"):
                terms[key] = _definition(value, key)
                containers[key] = _containers(value)
                scoped.pop(key, None)
                inner = dict(value.members).get("@context")
                if inner is not None:
                    scoped[key] = inner
        vocabulary = members["@vocab"].value if "@vocab" in members else self.vocabulary
        resolved = urljoin(self.base, members["@base"].value or "") if "@base" in members else self.base
        return _Context(resolved, vocabulary or "", terms, containers, scoped)

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


def _containers(value: _Value) -> frozenset[str]:
    """Return the containers that a term definition declares, and ``@json`` or ``@reverse`` if it is of that kind."""
    members = dict(value.members)
    found = {kind for kind in ("@reverse",) if kind in members}
    if "@type" in members and members["@type"].value == "@json":
        found.add("@json")
    container = members.get("@container")
    if container is not None:
        found |= {str(item.value) for item in container.items or [container]}
    return frozenset(found)


def _definition(value: _Value, key: str) -> str:
    if value.kind == "object":
        members = dict(value.members)
        named = members.get("@id") or members.get("@reverse")
        return key if named is None else str(named.value or "")
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


def find_remote_context(text: str) -> tuple[str, int] | None:
    """Return the first context that a document names instead of giving it, with its offset; None if there is none.

    :param text: a document, of which the parser has read a part
    """
    try:
        waiting = [_parse(text)]
    except (ValueError, IndexError):  # it is not well-formed after that part
        return None
    found: list[tuple[int, str]] = []
    while waiting:
        value = waiting.pop()
        waiting += [*value.items, *(member for _, member in value.members)]
        for key, context in value.members:
            if key in {"@context", "@import"}:
                named = [one for one in context.items or [context] if isinstance(one.value, str)]
                found += [(one.start, one.value) for one in named]
    return (min(found)[1], min(found)[0]) if found else None


def find_fault(text: str, fails: Callable[[str], bool]) -> tuple[int, int] | None:
    """Return the extent of what makes a document fail: the last value of its shortest beginning that fails, too.

    A parser that reads a document as a whole does not tell where it goes wrong. A beginning is made whole by the
    brackets that it lacks.

    :param text: a document that is well-formed JSON
    :param fails: whether a text fails in the same way
    :returns: None if the document is too large, or is not well-formed
    """
    if len(text) > _LARGEST_SEARCHED:
        return None
    ends, closing, stack, expects_key = list[tuple[int, int]](), list[str](), list[str](), False
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            stack.append("}" if sign == "{" else "]")
        elif sign in "}]":
            if not stack:
                return None
            stack.pop()
        elif sign in ",:":
            expects_key = sign == "," and bool(stack) and stack[-1] == "}"
            continue
        elif expects_key:
            expects_key = False
            continue
        expects_key = sign == "{"
        ends.append(token.span())
        closing.append("".join(reversed(stack)))
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        if fails(text[: ends[middle][1]] + closing[middle]):
            high = middle
        else:
            low = middle + 1
    return ends[low] if ends and not stack else None


def find_invalid_name(mentions: Mentions) -> tuple[str, Span] | None:
    """Return the first name of a resource that can be no IRI, with the place of the resource; None if there is none.

    A JSON-LD parser leaves such a resource out, with all that is said of it.
    """
    found = [(span, iri) for iri, span in mentions.resources.items() if _NO_IRI.search(iri)]
    return (min(found)[1], min(found)[0]) if found else None


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
    for found in mentions.properties.values():
        found.sort(key=lambda mention: mention.span)
    return mentions


def _walk_object(node: _Value, context: _Context, mentions: Mentions, base: str) -> list[tuple[_Value, _Context]]:
    """Note what an object mentions, and return the values in it with their contexts."""
    for key, value in node.members:
        if key == "@context":
            context = context.extend(value, base)
    inner: list[tuple[_Value, _Context]] = []
    subject = _subject(node, context)
    for kind in _types(node, context):
        if kind in context.scoped:
            context = context.extend(context.scoped[kind], base)
    for key, value in _members(node, context):
        meaning = context.expand(key)
        if meaning == "@id" and isinstance(value.value, str):
            mentions.add_resource(context.resolve(value.value), (node.start, node.end))
        elif meaning == "@type":
            for item in value.items or [value]:
                mention = Mention((item.start, item.end), subject, _meanings(item, context))
                mentions.add_property(_RDF_TYPE, mention)
        elif meaning and meaning not in _WITHOUT_NODES:  # what has no meaning is dropped with all that is in it
            inner += _walk_property(key, value, context, mentions, subject, base)
    return inner


def _members(node: _Value, context: _Context) -> list[tuple[str, _Value]]:
    """Return the members of an object, those of the objects nested by ``@nest`` among them."""
    found: list[tuple[str, _Value]] = []
    waiting = list(reversed(node.members))
    while waiting:
        key, value = waiting.pop()
        if context.expand(key) == "@nest":
            nested = [member for item in value.items or [value] for member in item.members]
            waiting.extend(reversed(nested))
        else:
            found.append((key, value))
    return found


def _walk_property(  # noqa: PLR0913, PLR0917 - a property with its surroundings
    key: str, value: _Value, context: _Context, mentions: Mentions, subject: str | None, base: str
) -> list[tuple[_Value, _Context]]:
    """Note the values of a property, and return them with their contexts."""
    meaning, containers = context.expand(key), context.containers.get(key, frozenset())
    entries = _entries(value, containers)
    of = None if "@reverse" in containers else subject
    nested = context.extend(context.scoped[key], base) if key in context.scoped else context
    if "@json" in containers:
        mentions.add_property(meaning, Mention((value.start, value.end), of))
        return []
    if "@list" in containers:
        mentions.add_property(meaning, Mention((value.start, value.end), of))
        return [(value, nested)]
    names = dict(_names(value, context)) if "@id" in containers and "@graph" not in containers else {}
    if not meaning.startswith("@"):
        for entry in entries:
            if "@graph" in containers:  # the graph has the property, and what is in it has a name of its own
                mentions.add_property(meaning, Mention((entry.start, entry.end), of))
            elif entry.start in names:
                mentions.add_property(meaning, Mention((entry.start, entry.end), of, frozenset({names[entry.start]})))
            else:
                _mention_values(meaning, entry, mentions, context, of)
    return [(replace(entry, name=names.get(entry.start, "")), nested) for entry in entries]


def _names(value: _Value, context: _Context) -> Iterator[tuple[int, str]]:
    """Yield the start of each object in a map of names, with the IRI that is its key."""
    for key, member in value.members:
        name = context.resolve(key)
        for item in member.items or [member]:
            if item.kind == "object" and not name.startswith(("_:", "@")):
                yield item.start, name


def _subject(node: _Value, context: _Context) -> str | None:
    """Return the IRI that an object describes; an empty string if it has none."""
    if node.name:
        return node.name
    for key, value in node.members:
        if context.expand(key) == "@id":
            if not isinstance(value.value, str) or value.value.startswith("_:"):
                return "" if isinstance(value.value, str) else None
            return context.resolve(value.value)
    return ""


def _types(node: _Value, context: _Context) -> list[str]:
    """Return the types of an object as they are written, in the order in which their contexts apply."""
    found = [item for key, value in node.members if context.expand(key) == "@type" for item in value.items or [value]]
    return sorted(str(item.value) for item in found)


def _entries(value: _Value, containers: frozenset[str]) -> list[_Value]:
    """Return the values of a property: those of the members if it is a map of languages, indexes, names or types."""
    if value.kind == "object" and containers & _MAPS:
        return [member for _, member in value.members]
    return [value]


def _mention_values(iri: str, value: _Value, mentions: Mentions, context: _Context, subject: str | None) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        members = {context.expand(key): member for key, member in one.members}
        if one.kind == "array":
            waiting.extend(reversed(one.items))
        elif "@set" in members:
            waiting.append(members["@set"])
        elif "@value" in members and members["@value"].kind == "scalar" and members["@value"].value is None:
            continue
        elif one.value is not None or one.kind == "object":
            values = _meanings(members.get("@value") or members.get("@id") or one, context)
            mentions.add_property(iri, Mention((one.start, one.end), subject, values))


def _meanings(value: _Value, context: _Context) -> frozenset[str]:
    """Return what a string may stand for: itself, or an IRI; nothing for any other value."""
    text = value.value
    if not isinstance(text, str) or text.startswith("_:"):
        return frozenset()
    return frozenset({text, context.resolve(text), context.expand(text)})


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
