"""Where the triples of a Turtle, TriG, N-Triples or N-Quads text stand.

Oxigraph's parser reads the triples; this module tells where each of them is written. It walks once over the tokens of
a text that the parser has accepted and lists the extent of each object in the order in which the parser yields the
triples. No term is resolved here, nothing recurses, and the time is linear in the length of the text, however deeply
it is nested.

Order of the triples, as Oxigraph's parser yields them: a triple comes when its object is complete, one whose object is
a property list in brackets after those inside. A string is complete when the parser has dealt with the token after it
(or with its language or datatype). A collection starts with the triple that points to it, and each further cell with
the ``rdf:rest`` that leads to it; where the first token of the cell is a whole term, the cell's ``rdf:first`` comes
before that. A reified triple comes with its ``rdf:reifies`` when it closes, an annotation with its own when it opens or
names its reifier (RDF 1.2 Turtle, section 2.9).
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import Final

_IN_WORD: Final = r"""[^\s"'<>\[\](){},;#\\^@|.~]|\\.|\.+(?=[^\s"'<>\[\](){},;#^@|.~])"""
_TOKEN: Final = re.compile(
    r"(<[^<>]*+>)"
    r'|("""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\]++|\\.)*+"'
    r"|'(?:[^'\\]++|\\.)*+')"
    r"|([-+]?(?:[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+|\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.[0-9]+|[0-9]+))"
    rf"|(_:(?:(?!:)(?:{_IN_WORD}))++|(?!\.)(?:{_IN_WORD})++)"
    r"|(@[A-Za-z0-9-]+|\^\^)"
    r"|(<<\(|\)>>|<<|>>|\{\||\|\}|~|[.;,\[\](){}])"
    r"|#[^\r\n]*+",
    re.DOTALL,
)
_STRING, _WORD, _SUFFIX, _SIGN = 2, 4, 5, 6
_KEYWORDS: Final = {"PREFIX": 2, "BASE": 1, "VERSION": 1, "GRAPH": 0}
"""Words that start no triple, with the number of tokens that follow them before one can."""
_DIRECTIVES: Final = {"@prefix": 3, "@base": 2, "@version": 2}
_OF_RDF_1_2: Final = frozenset({"<<", ">>", "<<(", ")>>", "{|", "|}", "~"})
_SUBJECT, _PREDICATE, _OBJECT, _GRAPH = range(4)


@dataclass
class Spans:
    """The extents of the objects of a text's triples, in the order of the triples.

    :ivar starts: offset of the first character of each object
    :ivar ends: offset after its last character
    """

    starts: array[int]
    ends: array[int]

    def __len__(self) -> int:
        """Return the number of triples."""
        return len(self.starts)

    def add(self, start: int, end: int) -> int:
        """Add the extent of the next triple's object and return the triple's number."""
        self.starts.append(start)
        self.ends.append(end)
        return len(self.starts) - 1


@dataclass
class _Frame:
    """A bracket that is open.

    :ivar role: whether it is a subject, or an object (of a triple or of a cell)
    :ivar start: where it opens
    :ivar collection: whether it is a collection
    :ivar begun: whether the collection has a cell already
    :ivar pointing: the number of the triple that points to the collection, negative if none does
    :ivar quoting: whether its tokens are the terms of a triple that is not stated (RDF 1.2)
    """

    role: int
    start: int
    collection: bool
    begun: bool = False
    pointing: int = -1
    quoting: bool = False


def find_spans(text: str, *, graph_follows: bool = False) -> Spans:
    """Return where the object of each triple of a Turtle, TriG, N-Triples or N-Quads text stands.

    A triple's place is that of its object: of a bracket as a whole where the object is one. An ``rdf:rest`` stands at
    the item that it leads to, or at the closing parenthesis.

    :param text: a well-formed document
    :param graph_follows: whether the name of a graph may follow an object, as in N-Quads
    """
    walk = _Walk(after_object=_GRAPH if graph_follows else _OBJECT)
    for token in _TOKEN.finditer(text):
        kind = token.lastindex
        if kind is None:
            continue
        if walk.skipped:
            walk.skipped -= 1
        elif kind == _SUFFIX:
            walk.take_suffix(token[0], token.end())
        else:
            walk.take(kind, token)
    return walk.spans


class _Walk:
    """The state of a walk over the tokens."""

    def __init__(self, *, after_object: int) -> None:
        self.spans = Spans(array("Q"), array("Q"))
        self.skipped = 0
        self._after_object = after_object
        self._frames: list[_Frame] = []
        self._expected = _SUBJECT
        self._string: tuple[int, int] | None = None
        self._datatype = False
        self._reifier: tuple[int, int] | None = None
        self._is_named = False

    def take_suffix(self, text: str, end: int) -> None:
        """Take a language tag, the mark before a datatype, or the start of a directive."""
        if self._string is None:
            self.skipped = _DIRECTIVES[text]
        elif text == "^^":
            self._datatype = True
        else:
            self._complete(self._string[0], end)
            self._string = None

    def _complete(self, start: int, end: int) -> None:
        """Take the end of a string: it is the object of a triple, unless that triple is only quoted."""
        if not (self._frames and self._frames[-1].quoting):
            self.spans.add(start, end)

    def take(self, kind: int, token: re.Match[str]) -> None:
        """Take any other token; a string before it is then complete."""
        start, end = token.span()
        string, self._string = self._string, None
        if self._datatype and string is not None:
            self._datatype = False
            self._complete(string[0], end)
            return
        if self._frames and self._frames[-1].quoting:
            string = None
        if self._reifier is not None:
            skipped = self._take_reifier(kind, token[0])
            if skipped:
                return
        self._is_named = self._is_named and token[0] == "{|"
        if kind == _SIGN:
            if token[0] in _OF_RDF_1_2:
                self._take_quoting(token[0], start, end)
            else:
                self._take_sign(token[0], start, end)
        elif kind == _WORD and self._expected == _SUBJECT and not self._frames and token[0].upper() in _KEYWORDS:
            self.skipped = _KEYWORDS[token[0].upper()]
        else:
            self._take_term(kind, start, end)
        if string is not None:
            self.spans.add(*string)

    def _take_reifier(self, kind: int, text: str) -> bool:
        """Take the token after ``~``; return whether it is the reifier's name."""
        if self._reifier is not None:
            self.spans.add(*self._reifier)
        self._reifier, self._is_named = None, True
        if text == "[":
            self.skipped = 1
        return kind != _SIGN or text == "["

    def _take_quoting(self, sign: str, start: int, end: int) -> None:
        """Take a sign of RDF 1.2."""
        frame = self._frames[-1] if self._frames else None
        if sign == "~":
            if frame is None or not frame.quoting:
                self._reifier = (start, end)
        elif sign == "{|":
            if not self._is_named:
                self.spans.add(start, end)
            self._frames.append(_Frame(_OBJECT, start, collection=False))
            self._expected = _PREDICATE
        elif sign == "|}":
            self._frames.pop()
            self._expected, self._is_named = self._after_object, True  # further annotations have the same reifier
        elif sign in {"<<", "<<("}:
            self._frames.append(_Frame(self._expected, start, collection=False, quoting=True))
        elif frame is not None:
            self._frames.pop()
            self._expected = frame.role
            self._take_term(0, frame.start, end)
            if sign == ">>":
                self.spans.add(frame.start, end)

    def _take_term(self, kind: int, start: int, end: int) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.quoting:
            self._string = (start, end) if kind == _STRING else None
            return
        is_item = frame is not None and frame.collection
        if not is_item:
            if self._expected != _OBJECT:
                self._expected = min(self._expected + 1, _GRAPH)
                return
            self._expected = self._after_object
        if kind == _STRING:
            self._string = (start, end)
        else:
            self.spans.add(start, end)
        if frame is not None and is_item:
            self._link(frame, start, end)

    def _take_sign(self, sign: str, start: int, end: int) -> None:
        if self._frames and self._frames[-1].quoting:
            return  # the brackets of a blank node
        if sign == ",":
            self._expected = _OBJECT
        elif sign == ";":
            self._expected = _PREDICATE
        elif sign in ".{}":
            self._expected = _SUBJECT
        elif sign in "[(":
            self._open(sign, start, end)
        elif sign == "]":
            self._close_list(end)
        else:
            self._close_collection(start, end)

    def _open(self, sign: str, start: int, end: int) -> None:
        outer = self._frames[-1] if self._frames else None
        is_item = outer is not None and outer.collection
        if is_item and outer is not None:
            self._link(outer, start, end)
        role = _OBJECT if is_item else self._expected
        self._frames.append(_Frame(role, start, collection=sign == "("))
        self._expected = _PREDICATE

    def _close_list(self, end: int) -> None:
        frame = self._frames.pop()
        if frame.role == _OBJECT:
            self.spans.add(frame.start, end)
        self._expected = _PREDICATE if frame.role == _SUBJECT else _OBJECT

    def _close_collection(self, start: int, end: int) -> None:
        frame = self._frames.pop()
        if frame.begun:
            self.spans.add(start, end)
        elif frame.role == _OBJECT:
            self.spans.add(frame.start, end)
        if frame.pointing >= 0:
            self.spans.ends[frame.pointing] = end
        self._expected = _PREDICATE if frame.role == _SUBJECT else _OBJECT

    def _link(self, frame: _Frame, start: int, end: int) -> None:
        """Add the triple that leads to a cell: from what names the collection, or from the cell before."""
        if frame.begun:
            self.spans.add(start, end)
        elif frame.role == _OBJECT:
            frame.pointing = self.spans.add(frame.start, end)
        frame.begun = True
