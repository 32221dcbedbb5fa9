"""The triple patterns of a plain query, read from its text: RDFLib's parser takes long to be loaded and to run.

A query is plain if it consists of groups with triples, filters and assignments. Whatever goes beyond that, such as
collections, blank nodes with properties, subqueries, and paths with brackets or of any length, is not read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from rdflib.namespace import RDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOKEN: Final = re.compile(
    r"""
    (?P<blank>\s++|\#[^\r\n]*+)
    | <(?P<iri>[^<>"{}|^`\\\s]*+)>
    | (?P<literal>
        (?:\"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
        | "(?:[^"\\\r\n]++|\\.)*+" | '(?:[^'\\\r\n]++|\\.)*+')
        (?:@[a-zA-Z]++(?:-[a-zA-Z0-9]++)*+|\^\^(?:<[^<>\s]*+>|(?:[^\W\d_][\w-]*+)?+:[\w-]*+))?+
        | [+-]?(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)
    | (?P<variable>[?$]\w++)
    | (?P<label>_:\w++(?:[.-]++\w++)*+)
    | (?P<name>(?:[^\W\d_](?:[\w-]|\.(?=[\w-]))*+)?+:(?:[\w:](?:[\w:-]|\.(?=[\w:-]))*+)?+)(?![%\\])
    | (?P<word>[^\W\d_]\w*+)
    | (?P<sign>&&|\|\||[!<>]?=|[\[\](){}.;,/|^*+?!<>=-])
    """,
    re.VERBOSE | re.DOTALL,
)
_TERMS: Final = frozenset({"iri", "name", "literal", "variable", "label"})
_CONDITIONS: Final = frozenset({"FILTER", "BIND"})
_BOOLEANS: Final = frozenset({"true", "false"})


class _Place(Enum):
    """What may follow."""

    OUTSIDE = auto()
    SUBJECT = auto()
    VERB = auto()
    STEP = auto()
    OBJECT = auto()
    AFTER = auto()
    CONDITION = auto()


@dataclass
class _Group:
    """A group in braces.

    :ivar place: what may follow
    :ivar depth: open parentheses of a condition
    :ivar predicates: those of the verb that is read
    :ivar is_path: whether the verb is more than one predicate
    """

    place: _Place
    depth: int = 0
    predicates: list[str] = field(default_factory=list)
    is_path: bool = False

    def begin(self) -> None:
        """Await a verb."""
        self.place, self.predicates, self.is_path = _Place.VERB, [], False


class _NotPlainError(Exception):
    """A query is not plain."""


def read_patterns(query: str, prefixes: Mapping[str, str]) -> list[tuple[frozenset[str], str]] | None:
    """Return the predicates of each triple pattern of a query, with its object if that counts.

    :param query: a well-formed SELECT or ASK query of SPARQL 1.1
    :param prefixes: the declared prefixes with their namespaces
    :return: None if the query is not plain; the object is empty if it is not an IRI, or if the verb is a path
    """
    if "\\u" in query.lower():  # such characters are replaced before the text is parted into tokens
        return None
    reader = _Reader(prefixes)
    try:
        for kind, text in _tokens(query):
            reader.take(kind, text)
    except _NotPlainError:
        return None
    return reader.found if len(reader.groups) == 1 else None


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    end = 0
    while end < len(query):
        match = _TOKEN.match(query, end)
        if match is None or match.lastgroup is None:
            raise _NotPlainError
        if match.lastgroup != "blank":
            yield match.lastgroup, match[match.lastgroup]
        end = match.end()


class _Reader:
    """Takes the tokens of a query one by one."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.found: list[tuple[frozenset[str], str]] = []
        self.groups = [_Group(_Place.OUTSIDE)]
        self._prefixes = prefixes

    def take(self, kind: str, text: str) -> None:
        """Take a token.

        :raises _NotPlainError: if a plain query does not have it there
        """
        group = self.groups[-1]
        if text == "{" and kind == "sign":
            self._open(group)
        elif text == "}" and kind == "sign":
            self._close(group)
        elif group.place == _Place.OUTSIDE:
            self._take_outside(kind, text)
        elif group.place == _Place.CONDITION:
            self._take_in_condition(group, kind, text)
        else:
            self._take_in_triples(group, kind, text)

    def _open(self, group: _Group) -> None:
        if group.place == _Place.AFTER:
            group.place = _Place.SUBJECT
        if group.place not in {_Place.OUTSIDE, _Place.SUBJECT, _Place.CONDITION}:
            raise _NotPlainError
        self.groups.append(_Group(_Place.SUBJECT))

    def _close(self, group: _Group) -> None:
        after_semicolon = group.place == _Place.VERB and not group.predicates
        if len(self.groups) == 1 or not (after_semicolon or group.place in {_Place.SUBJECT, _Place.AFTER}):
            raise _NotPlainError
        self.groups.pop()
        outer = self.groups[-1]
        if outer.place == _Place.CONDITION and not outer.depth:
            outer.place = _Place.SUBJECT  # that of FILTER EXISTS ended

    def _take_outside(self, kind: str, text: str) -> None:
        if kind == "word" and text.upper() in {"PREFIX", "BASE", "FROM", "VALUES", "CONSTRUCT", "DESCRIBE"}:
            raise _NotPlainError

    def _take_in_condition(self, group: _Group, kind: str, text: str) -> None:
        if kind == "word" and text.upper() == "SELECT":
            raise _NotPlainError
        if kind != "sign" or text not in {"(", ")"}:
            return
        group.depth += 1 if text == "(" else -1
        if not group.depth:
            group.place = _Place.SUBJECT

    def _take_in_triples(self, group: _Group, kind: str, text: str) -> None:
        if kind == "word" and group.place in {_Place.SUBJECT, _Place.AFTER}:
            self._take_word(group, text)
        elif group.place == _Place.SUBJECT:
            if kind in _TERMS:
                group.begin()
            elif (kind, text) != ("sign", "."):
                raise _NotPlainError
        elif group.place == _Place.VERB:
            self._take_verb(group, kind, text)
        elif group.place == _Place.STEP and kind == "sign":
            if text not in {"/", "|", "+"}:
                raise _NotPlainError
            group.place = _Place.STEP if text == "+" else _Place.VERB
            group.is_path = True
        elif group.place in {_Place.STEP, _Place.OBJECT}:
            self._take_object(group, kind, text)
        else:
            self._take_after(group, kind, text)

    def _take_word(self, group: _Group, word: str) -> None:
        if word.upper() in _CONDITIONS:
            group.place = _Place.CONDITION
        elif word.upper() in {"OPTIONAL", "UNION"}:
            group.place = _Place.SUBJECT
        else:
            raise _NotPlainError

    def _take_verb(self, group: _Group, kind: str, text: str) -> None:
        if kind in {"iri", "name"} or (kind == "word" and text == "a"):
            group.predicates.append(str(RDF.type) if kind == "word" else self._iri(kind, text))
            group.place = _Place.STEP
        elif kind == "sign" and text in {".", ";"} and not group.predicates:  # after a semicolon
            group.place = _Place.SUBJECT if text == "." else _Place.VERB
        elif (kind, text) == ("sign", "^"):
            group.is_path = True
        else:
            raise _NotPlainError

    def _take_object(self, group: _Group, kind: str, text: str) -> None:
        if kind not in _TERMS and not (kind == "word" and text.lower() in _BOOLEANS):
            raise _NotPlainError
        counts = kind in {"iri", "name"} and not group.is_path
        self.found.append((frozenset(group.predicates), self._iri(kind, text) if counts else ""))
        group.place = _Place.AFTER

    def _take_after(self, group: _Group, kind: str, text: str) -> None:
        if (kind, text) == ("sign", ";"):
            group.begin()
        elif kind == "sign" and text in {".", ","}:
            group.place = _Place.SUBJECT if text == "." else _Place.OBJECT
        else:
            raise _NotPlainError

    def _iri(self, kind: str, text: str) -> str:
        """Return a whole IRI.

        :raises _NotPlainError: if it is relative, or its prefix is not known
        """
        if kind == "iri" and ":" in text:
            return text
        prefix, colon, local = text.partition(":")
        if kind == "iri" or prefix not in self._prefixes or not colon:
            raise _NotPlainError
        return self._prefixes[prefix] + local
