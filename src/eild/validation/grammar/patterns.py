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
_CALLS: Final = frozenset({"BOUND", "SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL"})
_LOGICAL: Final = frozenset({"&&", "||", "!"})
_OPERAND: Final = re.compile(r"[?$]\w+|[+-]?[0-9]{1,18}")
_COMPARISON: Final = (_OPERAND, re.compile("[<>]|[!<>]?="), _OPERAND)
_OUTERMOST: Final = 2
"""Groups that are open in the outermost one, with what is outside."""
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
    :ivar calls: for each open parenthesis of a condition, whether it holds the arguments of a call
    :ivar is_called: whether a function was named, so that its arguments follow
    :ivar last: the last token of a condition
    :ivar compared: the tokens of the comparison that is read
    :ivar predicates: those of the verb that is read
    :ivar is_path: whether the verb is more than one predicate
    """

    place: _Place
    calls: list[bool] = field(default_factory=list)
    is_called: bool = False
    last: str = ""
    compared: list[tuple[str, str]] = field(default_factory=list)
    predicates: list[str] = field(default_factory=list)
    is_path: bool = False

    def begin(self) -> None:
        """Await a verb."""
        self.place, self.predicates, self.is_path = _Place.VERB, [], False


class _NotPlainError(Exception):
    """A query is not plain."""


@dataclass
class PlainQuery:
    """What a plain query tells.

    :ivar patterns: the predicates of each triple pattern, and its object if one predicate leads to an IRI
    :ivar projected: the variables that it returns
    :ivar certain: the variables that each solution binds, as they are in a triple pattern of the outermost group
    :ivar is_distinct: whether no solution can be returned twice
    :ivar sources: for variables of the outermost group the predicates whose objects they are
    :ivar compared: the variables that are compared by value, with each other or with an integer
    :ivar is_structural: whether its solutions follow from the statements that there are, and from values of literals as
        far as variables are compared: there are neither literals in patterns nor optional parts nor unions, and all
        other conditions ask whether something exists, is bound, is the same term or is of a kind
    """

    patterns: list[tuple[frozenset[str], str]] = field(default_factory=list)
    projected: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    sources: dict[str, set[str]] = field(default_factory=dict)
    compared: set[str] = field(default_factory=set)
    is_distinct: bool = True
    is_structural: bool = True


def read_plain(query: str, prefixes: Mapping[str, str]) -> PlainQuery | None:
    """Return what a query tells; None if it is not plain.

    :param query: a well-formed SELECT or ASK query of SPARQL 1.1
    :param prefixes: the declared prefixes with their namespaces
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
        self.found = PlainQuery()
        self._is_begun = False
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
        self._is_begun = True
        self.groups.append(_Group(_Place.SUBJECT))

    def _close(self, group: _Group) -> None:
        after_semicolon = group.place == _Place.VERB and not group.predicates
        if len(self.groups) == 1 or not (after_semicolon or group.place in {_Place.SUBJECT, _Place.AFTER}):
            raise _NotPlainError
        self.groups.pop()
        outer = self.groups[-1]
        if outer.place == _Place.CONDITION and not outer.calls:
            outer.place = _Place.SUBJECT  # that of FILTER EXISTS ended

    def _take_outside(self, kind: str, text: str) -> None:
        if kind == "word" and text.upper() in {"PREFIX", "BASE", "FROM", "VALUES", "CONSTRUCT", "DESCRIBE"}:
            raise _NotPlainError
        if kind == "variable" and not self._is_begun:
            self.found.projected.add(text[1:])
        elif kind != "word" or text.upper() not in {"SELECT", "DISTINCT", "WHERE"}:
            self.found.is_structural = False

    def _take_in_condition(self, group: _Group, kind: str, text: str) -> None:
        if kind == "word" and text.upper() == "SELECT":
            raise _NotPlainError
        is_known = not group.compared
        if (kind, text) == ("sign", "("):
            group.calls.append(group.is_called)
            group.is_called = False
        elif (kind, text) == ("sign", ")"):
            is_known = not group.compared or self._is_comparison(group.compared)
            group.compared = []
            if group.calls:
                group.calls.pop()
            group.place = group.place if group.calls else _Place.SUBJECT
        elif kind == "word":
            group.is_called = text.upper() in _CALLS
            is_known &= group.is_called or text.upper() in {"NOT", "EXISTS"}
        elif group.calls[-1:] == [True]:
            is_known = kind in {"iri", "name", "variable"} or text == ","
        elif kind != "sign" or text not in _LOGICAL:
            group.compared.append((kind, text))
            is_known = group.last != "!"  # which negates an operand, and not the comparison
        group.last = text
        self.found.is_structural &= is_known

    def _is_comparison(self, tokens: list[tuple[str, str]]) -> bool:
        """Return whether tokens are two operands and a sign between them; note the variables."""
        if len(tokens) != len(_COMPARISON):
            return False
        self.found.compared |= {text[1:] for kind, text in tokens if kind == "variable"}
        return all(pattern.fullmatch(text) for pattern, (_, text) in zip(_COMPARISON, tokens, strict=True))

    def _take_in_triples(self, group: _Group, kind: str, text: str) -> None:
        if kind == "word" and group.place in {_Place.SUBJECT, _Place.AFTER}:
            self._take_word(group, text)
        elif group.place == _Place.SUBJECT:
            if kind in _TERMS:
                self._see(kind, text)
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
        if word.upper() in {"FILTER", "BIND"}:
            group.place = _Place.CONDITION
            self.found.is_structural &= word.upper() == "FILTER"
        elif word.upper() in {"OPTIONAL", "UNION"}:
            group.place = _Place.SUBJECT
            self.found.is_structural = False
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
        self._see(kind, text)
        counts = kind in {"iri", "name"} and not group.is_path
        if kind == "variable" and len(self.groups) == _OUTERMOST and not group.is_path:
            self.found.sources.setdefault(text[1:], set()).update(group.predicates)
        self.found.patterns.append((frozenset(group.predicates), self._iri(kind, text) if counts else ""))
        if len(self.groups) == _OUTERMOST and group.is_path:
            self.found.is_distinct = False  # two ways may lead to the same node
        group.place = _Place.AFTER

    def _see(self, kind: str, text: str) -> None:
        """Note a subject or object."""
        self.found.is_structural &= kind in {"iri", "name", "variable"}
        if kind == "variable" and len(self.groups) == _OUTERMOST:
            self.found.certain.add(text[1:])
            self.found.is_distinct &= text[1:] == "this" or text[1:] in self.found.projected

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
