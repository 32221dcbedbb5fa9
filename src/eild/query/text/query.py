"""The one reading of a query, from which all that is decided about it is concluded.

A text is read once: its tokens, then its structure. Queries that differ in constants alone (IRIs, strings, numbers,
comments) are read once together, where the constants were proved to be whole tokens. What is not read without doubt has
no structure, and nothing is concluded from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from eild.query.text.limits import check_tokens, refuse_depth
from eild.query.text.reader import QueryReader
from eild.query.text.terms import MAX_TERM_DEPTH, DepthError, UnreadError
from eild.query.text.tokens import Tokens, undo_escapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.query.text.syntax import Structure

_PROLOGUE: Final = re.compile(
    r"(?:\s|#[^\n\r]*+[\n\r])*+(?:(?:PREFIX\s+[A-Za-z][\w-]*:|PREFIX\s+:|BASE)\s*<[^<>\"{}|^`\\\s]*>(?:\s|#[^\n\r]*+[\n\r])*+)*",
    re.IGNORECASE,
)
_CONSTANT: Final = re.compile(
    r"""([<\#"'\d](?:  # what begins a constant is searched for by itself, which is many times faster
      (?<=<)[^<>"{}|^`\\\x00-\x20]*+>
    | (?<=\#)(?<!\\\#)[^\n\r]*+
    | (?<=")(?<!\\")(?:""(?:[^"\\]|\\.|"{1,2}(?!"))*\"\"\"|(?:[^"\\\n\r]++|\\.)*+")
    | (?<=')(?<!\\')(?:''(?:[^'\\]|\\.|'{1,2}(?!'))*'''|(?:[^'\\\n\r]++|\\.)*+')
    | (?<=\d)(?<![\w.:?$@%\\-]\d)\d*(?:\.\d+)?(?![\w.:%-])))""",
    re.VERBOSE | re.DOTALL,
)
_MARKS: Final = {"<": "<", "#": "#", '"': '"', "'": '"'}
_LONGEST_KEPT: Final = 8192
_MOST_TEMPLATES: Final = 512


@dataclass(slots=True)
class _Template:
    """What queries have in common that differ in constants alone.

    :ivar constants: the token that each constant is, in their order; negative for a comment
    :ivar places: those that are tokens
    :ivar key: what it is found by
    """

    structure: Structure
    kinds: Sequence[str]
    sources: Sequence[str]
    gaps: Sequence[str]
    is_literal: bool
    constants: tuple[int, ...]
    places: tuple[int, ...]
    key: tuple[str, str]


@dataclass(eq=False)
class Query:
    """A query as it was read, which nobody changes; frozen, it would take three times as long to make.

    :ivar given: its text
    :ivar structure: what its grammar found; None if it was not read without doubt
    :ivar kinds: of its tokens
    :ivar sources: its tokens as the engine reads them
    :ivar gaps: white space and comments before each token
    :ivar is_literal: whether tokens and gaps are those of the text as given
    :ivar places: of the tokens that are constants, in their order; empty if the structure is its own
    :ivar key: what it has in common with the queries of the same structure; empty if the structure is its own
    :ivar failure: the offset from which it is not read, and what could stand there
    """

    given: str
    structure: Structure | None
    kinds: Sequence[str] = ()
    sources: Sequence[str] = ()
    gaps: Sequence[str] = ()
    is_literal: bool = True
    places: tuple[int, ...] = ()
    key: tuple[str, str] = ("", "")
    failure: tuple[int, str] = (0, "")

    @property
    def text(self) -> str:
        """The text to evaluate: as given, or so written that the engine reads the same tokens."""
        return self.given if self.is_literal or self.structure is None else self.write(0, len(self.sources))

    @property
    def first_word(self) -> str:
        """The keyword in capitals after the prologue, whether the text was read or not; empty if there is none."""
        words = (source.upper() for source, kind in zip(self.sources, self.kinds, strict=True) if kind == "word")
        return next((word for word in words if word not in {"PREFIX", "BASE", "VERSION"}), "")

    def write(self, start: int, end: int) -> str:
        """Return the text of a span of tokens."""
        pieces = [self.sources[start]] if start < end else []
        for index in range(start + 1, end):
            pieces += [self.gaps[index], self.sources[index]]
        return "".join(pieces)

    def join(self, pieces: Iterable[str | int]) -> str:
        """Return a text of pieces: texts, and tokens of the query by their numbers."""
        sources = self.sources
        return "".join([piece if isinstance(piece, str) else sources[piece] for piece in pieces])

    def find_offset(self, token: int) -> int:
        """Return where a token begins in the text as given."""
        offsets = _read_whole(self.given)[1].offsets
        return offsets[min(token, len(offsets) - 1)]

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The IRIs that prefixes with their colons stand for, as far as they are absolute."""
        clauses = self.structure.prologue if self.structure else ()
        return {clause.name: _unwrap(self.sources[clause.token]) for clause in clauses if clause.kind == "PREFIX"}

    def resolve(self, token: int) -> str:
        """Return the IRI of a token; empty if it is relative or its prefix is not declared."""
        source = self.sources[token]
        if self.kinds[token] == "iri":
            iri = _unwrap(source)
        else:
            prefix, colon, local = source.partition(":")
            start = self.prefixes.get(prefix + colon, "")
            iri = start + re.sub(r"\\(.)", r"\1", local) if start else ""
        return iri if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri) else ""


def _unwrap(iri: str) -> str:
    return undo_escapes(iri[1:-1])


_templates: dict[tuple[str, str], _Template | None] = {}


def _split(text: str) -> tuple[tuple[str, str], list[str]]:
    """Return the key of all texts that differ in constants alone, and the parts of one: every second is a constant."""
    match = _PROLOGUE.match(text)
    start = match.end() if match else 0
    parts = _CONSTANT.split(text[start:])
    plain = parts.copy()
    plain[1::2] = [_MARKS.get(constant[0], "0") for constant in parts[1::2]]
    return (text[:start], "\0".join(plain)), parts  # a "<" that is no IRI is not taken for one


def _fill(text: str, template: _Template, constants: Sequence[str]) -> Query:
    """Return the query that a template makes with the constants of a text."""
    sources = list(template.sources)
    for token, constant in zip(template.constants, constants, strict=True):
        if token >= 0:
            sources[token] = constant
    return Query(
        text,
        template.structure,
        template.kinds,
        sources,
        template.gaps,
        template.is_literal,
        template.places,
        template.key,
    )


def _read_whole(text: str) -> tuple[Query, Tokens]:
    """Read a text; what is no query has no structure.

    :raises QueryError: if it exceeds a limit
    """
    tokens = Tokens(text)
    try:
        check_tokens(tokens)
        structure = QueryReader(tokens).read_query()
    except UnreadError as error:
        return Query(
            text, None, tokens.kinds, tokens.texts, failure=(tokens.offsets[error.index], error.expected)
        ), tokens
    except DepthError as error:
        place = tokens.offsets[error.index]
        raise refuse_depth(text, "has collections, paths or quoted triples nested", MAX_TERM_DEPTH, place) from error
    except RecursionError:
        return Query(text, None, failure=(0, "fewer levels of nesting")), tokens
    gaps = [text[end:start] for end, start in zip([0, *tokens.ends], tokens.offsets, strict=False)]
    for index in tokens.split:
        gaps[index + 1] = f" {gaps[index + 1]}"
    literal = tokens.is_literal and not tokens.split
    return Query(text, structure, tokens.kinds, tokens.texts, gaps, literal), tokens


def _make_template(query: Query, tokens: Tokens, key: tuple[str, str], parts: Sequence[str]) -> _Template | None:
    """Return what a query has in common with others; None unless all its constants are whole tokens or comments."""
    structure, prologue = query.structure, key[0]
    if structure is None or (structure.prologue and tokens.offsets[structure.prologue[-1].token] >= len(prologue)):
        return None
    by_offset = {offset: index for index, offset in enumerate(tokens.offsets)}
    places, offset = [], len(prologue)
    for number, part in enumerate(parts):
        if number % 2:
            index = by_offset.get(offset, -1)
            if index >= 0 and tokens.texts[index] != part:
                return None
            if index < 0 and part[0] != "#":
                return None
            places.append(index)
        offset += len(part)
    tokens_of_constants = tuple(index for index in places if index >= 0)
    return _Template(
        structure,
        query.kinds,
        query.sources,
        query.gaps,
        query.is_literal,
        tuple(places),
        tokens_of_constants,
        key,
    )


def _read(text: str) -> Query:
    key, parts = _split(text)
    template = _templates.get(key)
    if template is not None and len(template.constants) == len(parts) // 2:
        return _fill(text, template, parts[1::2])
    query, tokens = _read_whole(text)
    if key in _templates or query.structure is None:
        return query
    template = _make_template(query, tokens, key, parts)
    if len(_templates) >= _MOST_TEMPLATES:
        _templates.clear()
    _templates[key] = template
    return query if template is None else _fill(text, template, parts[1::2])


_last = [_read("")]


def read_query(text: str) -> Query:
    """Return a query as it was read.

    :raises QueryError: if it exceeds a limit of :mod:`eild.query.text.limits`
    """
    if len(text) > _LONGEST_KEPT:
        return _read_whole(text)[0]
    last = _last[0]  # what decides about a query asks for it one after the other
    if last.given != text:
        last = _last[0] = _read(text)
    return last
