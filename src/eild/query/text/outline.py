"""What a query asks, as far as its cost depends on it, where it is of a small part of SPARQL; of no other query.

The part has triple patterns, paths of known length, OPTIONAL, and filters of operators and some functions: nothing
that repeats, groups, sorts, nests a query or makes new terms. Whatever is not understood to the last sign is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PATTERNS: Final = 6
"""Triple patterns of a query."""
MOST_CALLS: Final = 6
"""Calls of functions in the filters of a query."""

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<iri><[^<>"{}|^`\\\s]*>)|(?P<variable>[?$]\w+)
    |(?P<string>"[^"\n\r\\]*"(?:@[A-Za-z-]+)?|'[^'\n\r\\]*'(?:@[A-Za-z-]+)?)
    |(?P<number>\d+(?:\.\d+)?(?![\w.:-]))|(?P<name>[A-Za-z][\w-]*:[\w-]*(?![\w:%.-]))|(?P<word>[A-Za-z]+(?![\w:-]))
    |(?P<sign>!=|<=|>=|&&|\|\||[{}().;,*!=<>/^]))""",
    re.VERBOSE,
)
_END: Final = re.compile(r"\s*\Z")
_PROLOGUE: Final = re.compile(r"\s*(?:PREFIX\s+[A-Za-z][\w-]*:\s*<[^<>\"{}|^`\\\s]*>\s*)*", re.IGNORECASE)
_PREFIX: Final = re.compile(r"([A-Za-z][\w-]*):\s*<([^<>]*)>")
_CONSTANT: Final = re.compile(
    r"""(<[^<>"{}|^`\\\s]*>|"[^"\n\r\\]*"(?:@[A-Za-z-]+)?|'[^'\n\r\\]*'(?:@[A-Za-z-]+)?
    |(?<![\w.:?$@-])\d+(?:\.\d+)?(?![\w.:-]))""",
    re.VERBOSE,
)
_CALLS: Final = frozenset(
    {"REGEX", "STR", "LANG", "LANGMATCHES", "BOUND", "CONTAINS", "STRSTARTS", "STRENDS", "LCASE", "UCASE", "DATATYPE"}
)
_WORDS: Final = frozenset({"TRUE", "FALSE"})
_OPERATORS: Final = frozenset({"=", "!=", "<", ">", "<=", ">=", "&&", "||", "!", ","})
_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


class _NotCheapError(Exception):
    """The query is none of those that are judged."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a triple pattern.

    :ivar text: an IRI as N-Triples write it, or the name of a variable; empty for a constant of the query
    :ivar variable: whether it is one, or any term may stand there
    :ivar place: which of the constants of the query it is, from 0
    """

    text: str
    variable: bool
    place: int = -1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern.

    :ivar optional: whether solutions without a match remain
    """

    subject: Term
    predicate: Term
    object: Term
    optional: bool = False


@dataclass
class Outline:
    """What a query asks, as far as its cost depends on it.

    :ivar form: SELECT, ASK, CONSTRUCT or DESCRIBE
    :ivar patterns: its triple patterns
    :ivar described: what it has described
    :ivar calls: calls of functions in its filters
    :ivar limit: which of its constants is the greatest number of rows; nothing where it sets no limit
    """

    form: str = ""
    patterns: list[Pattern] = field(default_factory=list)
    described: list[Term] = field(default_factory=list)
    calls: int = 0
    limit: int | None = None


class _Reader:
    """Reads a query from the part of SPARQL that is judged, as a parser of one token after the other."""

    def __init__(self, prologue: str, body: str, constants: Sequence[str]) -> None:
        self.outline = Outline()
        self._prefixes = dict(_PREFIX.findall(prologue))
        self._made = 0
        self._tokens: list[tuple[str, str, int]] = []
        self._at = 0
        place, number = 0, 0
        while found := _TOKEN.match(body, place):
            place, kind = found.end(), found.lastgroup or ""
            is_constant = kind in {"iri", "string", "number"}
            if is_constant and (number == len(constants) or constants[number] != found[kind]):
                raise _NotCheapError
            self._tokens.append((kind, found[kind], number if is_constant else -1))
            number += is_constant
        if not _END.match(body, place) or number != len(constants):
            raise _NotCheapError
        self._tokens.append(("end", "", -1))

    def _peek(self) -> str:
        kind, text, _ = self._tokens[self._at]
        return text.upper() if kind == "word" else text

    def _next(self) -> tuple[str, str, int]:
        token = self._tokens[self._at]
        self._at += 1
        if token[0] == "end":
            raise _NotCheapError
        return token

    def _take(self, text: str) -> bool:
        """Pass over a token if it is the next, and tell whether it was."""
        if self._peek() != text:
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise _NotCheapError

    def _expand(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        start = self._prefixes.get(prefix)
        if start is None:
            raise _NotCheapError
        return f"<{start}{local}>"

    def _read_iri(self) -> Term:
        kind, text, place = self._next()
        if kind == "name":
            return Term(self._expand(text), variable=False)
        if kind != "iri":
            raise _NotCheapError
        return Term("", variable=False, place=place)

    def _read_term(self) -> Term:
        kind, text, place = self._tokens[self._at]
        if kind == "variable":
            self._at += 1
            return Term(f"?{text[1:]}", variable=True)
        if kind in {"string", "number"}:
            self._at += 1
            if self._peek() == "^":  # a datatype: any literal may be meant
                raise _NotCheapError
            return Term("", variable=False, place=place)
        return self._read_iri()

    def read(self) -> Outline:
        """Return the outline of the query."""
        self._read_form()
        if self._take("LIMIT"):
            kind, _, self.outline.limit = self._next()
            if kind != "number":
                raise _NotCheapError
        if self._tokens[self._at][0] != "end":
            raise _NotCheapError
        return self.outline

    def _read_form(self) -> None:
        form = self.outline.form = self._next()[1].upper()
        if form == "DESCRIBE":
            while self._tokens[self._at][0] in {"iri", "name"}:
                self.outline.described.append(self._read_iri())
            if not self.outline.described:
                raise _NotCheapError
            return
        if form == "SELECT":
            self._take("DISTINCT")
            if not self._take("*"):
                while self._tokens[self._at][0] == "variable":
                    self._at += 1
        elif form == "CONSTRUCT":
            self._read_template()
        elif form != "ASK":
            raise _NotCheapError
        self._take("WHERE")
        self._expect("{")
        self._read_group(optional=False)

    def _read_template(self) -> None:
        """Pass over the template of CONSTRUCT; its size is that of a few triples for each solution."""
        self._expect("{")
        patterns, self.outline.patterns = self.outline.patterns, []
        while not self._take("}"):
            self._read_triples(optional=False)
        if len(self.outline.patterns) > MOST_PATTERNS:
            raise _NotCheapError
        self.outline.patterns = patterns

    def _read_group(self, *, optional: bool) -> None:
        while not self._take("}"):
            if self._take("FILTER"):
                self._read_filter()
            elif self._take("OPTIONAL"):
                if optional:
                    raise _NotCheapError
                self._expect("{")
                self._read_group(optional=True)
            else:
                self._read_triples(optional=optional)
                continue
            self._take(".")

    def _read_triples(self, *, optional: bool) -> None:
        subject = self._read_term()
        while True:
            steps = self._read_steps()
            while True:
                self._add_steps(subject, steps, self._read_term(), optional=optional)
                if not self._take(","):
                    break
            if not self._take(";"):
                break
            if self._peek() in {".", "}"}:
                break
        self._take(".")

    def _read_steps(self) -> list[tuple[Term, bool]]:
        """Return the steps of a path of known length, each with whether it leads backwards."""
        steps = [self._read_step()]
        while self._take("/"):
            steps.append(self._read_step())
        return steps

    def _read_step(self) -> tuple[Term, bool]:
        if self._take("("):
            step = self._read_step()
            self._expect(")")
            return step
        if self._take("^"):
            return self._read_predicate(), True
        if self._take("!"):
            self._read_predicate()
            return self._make_term(), False
        return self._read_predicate(), False

    def _read_predicate(self) -> Term:
        if self._tokens[self._at][:2] == ("word", "a"):
            self._at += 1
            return Term(_TYPE, variable=False)
        if self._tokens[self._at][0] in {"string", "number"}:
            raise _NotCheapError
        return self._read_term()

    def _make_term(self) -> Term:
        """Return a variable that the query does not name."""
        self._made += 1
        return Term(f"!{self._made}", variable=True)

    def _add_steps(self, subject: Term, steps: list[tuple[Term, bool]], target: Term, *, optional: bool) -> None:
        for number, (predicate, backwards) in enumerate(steps):
            following = target if number == len(steps) - 1 else self._make_term()
            ends = (following, subject) if backwards else (subject, following)
            self.outline.patterns.append(Pattern(ends[0], predicate, ends[1], optional))
            subject = following
        if len(self.outline.patterns) > MOST_PATTERNS:
            raise _NotCheapError

    def _read_filter(self) -> None:
        """Pass over an expression of calls and operators whose work is a small multiple of the terms' lengths."""
        if self._peek() != "(" and self._peek() not in _CALLS:
            raise _NotCheapError
        depth = 0
        while True:
            kind, text, _ = self._next()
            if text == "(":
                depth += 1
            elif text == ")":
                depth -= 1
                if not depth:
                    return
            elif kind == "word":
                self._take_word(text.upper())
            elif kind == "sign" and text not in _OPERATORS:
                raise _NotCheapError

    def _take_word(self, word: str) -> None:
        if word in _CALLS and self._peek() == "(":
            if word == "REGEX" and not self._has_constant_pattern():
                raise _NotCheapError
            self.outline.calls += 1
            if self.outline.calls > MOST_CALLS:
                raise _NotCheapError
        elif word not in _WORDS:
            raise _NotCheapError

    def _has_constant_pattern(self) -> bool:
        """Tell whether the second argument of a call is a string, and not one that differs from row to row."""
        depth = 0
        for number in range(self._at, len(self._tokens) - 1):
            text = self._tokens[number][1]
            depth += (text == "(") - (text == ")")
            if text == "," and depth == 1:
                return self._tokens[number + 1][0] == "string"
        return False


def split_query(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the prologue of a query, the rest with a sign of its kind for each constant, and the constants."""
    start = _PROLOGUE.match(text)
    place = start.end() if start else 0
    parts = _CONSTANT.split(text[place:])
    constants = tuple(parts[1::2])
    for number in range(1, len(parts), 2):
        parts[number] = "<>" if parts[number][0] == "<" else '""' if parts[number][0] in "\"'" else "0"
    return text[:place], "".join(parts), constants


def read_outline(prologue: str, body: str, constants: Sequence[str]) -> Outline | None:
    """Return what a query asks, or nothing where it is none of the part of SPARQL that is judged.

    :param prologue: its prefixes
    :param body: the rest of its text
    :param constants: the IRIs, literals and numbers there, in their order
    """
    try:
        return _Reader(prologue, body, constants).read()
    except _NotCheapError:
        return None
