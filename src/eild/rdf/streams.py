"""What stands between a file and the engine's parser: byte order marks, version lines, invalid lines, RDF/XML.

Each class here is a binary file that the engine reads from. Nothing is read before it is needed, and nothing is kept
after it was handed on.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import parse

from eild.errors import DataError, Location

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import RdfFormat

    from eild.rdf.rdfxml.reader import RdfXmlReader

CHUNK: Final = 65536
"""Bytes that are read at once."""
_MOST_NAMED: Final = 10
_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_VERSION_LINE: Final = re.compile(
    rb'(?:\A|(?<=[\r\n]))[ \t]*VERSION(?=[ \t]+"(?:[^"\\\r\n]|\\[tbnrf"\'\\])*"[ \t]*(?:#[^\r\n]*)?(?:[\r\n]|\Z))'
)
_BLANK_LINE: Final = re.compile(rb"[ \t\r\n]*(?:#[^\r\n]*)?[\r\n]*").fullmatch


class Readable(Protocol):
    """A binary file, as far as it is read."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most so many; none at the end."""


@dataclass
class LeftOut:
    """The statements that were left out because they are invalid.

    :ivar count: their number
    :ivar first: place and reason of the first ones
    """

    count: int = 0
    first: list[tuple[Location, str]] = field(default_factory=list)

    def add(self, place: Location, reason: str) -> None:
        """Count a statement."""
        self.count += 1
        if len(self.first) < _MOST_NAMED:
            self.first.append((place, reason))

    def describe(self) -> str:
        """Return the number and the first places in words, one a line; an empty string if nothing was left out."""
        if not self.count:
            return ""
        head = f"invalid statements: {self.count} left out"
        rows = [f"  {place}: {reason}" for place, reason in self.first]
        more = self.count - len(rows)
        return "\n".join([head, *rows, *([f"  and {more} more"] if more else [])])


class _Blocks:
    """A file that is made block by block, and read in pieces of any size.

    The engine ends the process if it is given more than it asked for.
    """

    def __init__(self) -> None:
        self._block = b""
        self._offset = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most so many."""
        if self._offset >= len(self._block):
            self._block, self._offset = self.make_block(), 0
        end = len(self._block) if size < 0 else self._offset + size
        content = self._block[self._offset : end]
        self._offset = end
        return content

    def make_block(self) -> bytes:
        """Return the next block; an empty one at the end."""
        raise NotImplementedError


class WatchedFile(_Blocks):
    """A file of which each block is also shown to a watcher.

    :param file: the file
    :param watch: called with each block
    """

    def __init__(self, file: LineFile | RdfXmlFile, watch: Callable[[bytes], None]) -> None:
        super().__init__()
        self._file = file
        self._watch = watch

    def make_block(self) -> bytes:
        """Return the next block of the file."""
        block = self._file.make_block()
        self._watch(block)
        return block


class MarklessFile(_Blocks):
    """A file of UTF-8 without the byte order mark that it may begin with.

    :param name: path in error locations
    """

    def __init__(self, file: Readable, name: str) -> None:
        super().__init__()
        self._file = file
        self._name = name
        self._started = False

    def make_block(self) -> bytes:
        """Return the next bytes.

        :raises DataError: if the file begins with the mark of UTF-16 or UTF-32
        """
        if self._started:
            return self._file.read(CHUNK)
        self._started = True
        head = b""
        while len(head) < len(codecs.BOM_UTF8) and (more := self._file.read(CHUNK)):
            head += more
        if head.startswith(_WIDE_MARKS):
            message = "this syntax must be UTF-8, and the file is UTF-16 or UTF-32"
            raise DataError(message, location=Location(self._name, 1, 1), hint="save the file as UTF-8")
        return head.removeprefix(codecs.BOM_UTF8) or self._file.read(CHUNK)


class LineFile(_Blocks):
    """A file of N-Triples or N-Quads, with version lines made comments and, if wished, without invalid lines.

    The engine does not know version lines (RDF 1.2 N-Triples, section 2.7); comments keep places as they are.

    :param syntax: N-Triples or N-Quads
    :param name: path in error locations
    :param left_out: takes the lines that are left out; None if invalid lines are left to the engine
    """

    def __init__(self, file: Readable, syntax: RdfFormat, name: str, left_out: LeftOut | None = None) -> None:
        super().__init__()
        self._file = file
        self._syntax = syntax
        self._name = name
        self._left_out = left_out
        self._rest = b""
        self._line = 1
        self._at_start = True

    def make_block(self) -> bytes:
        """Return the next lines; parts of a line only if it is very long and invalid lines are not left out."""
        while True:
            chunk = self._file.read(CHUNK)
            block, self._rest = self._cut(self._rest + chunk, final=not chunk)
            if not block and not chunk:
                return b""
            if not block:
                continue
            if b"VERSION" in block:
                block = self._comment_versions(block)
            self._at_start = block[-1:] in {b"\n", b"\r"}
            if self._left_out is not None:
                block = self._drop_invalid(block, self._left_out)
            if block:
                return block

    def _cut(self, content: bytes, *, final: bool) -> tuple[bytes, bytes]:
        """Return the whole lines of a content and what follows them."""
        end = len(content) if final else max(content.rfind(b"\n"), content.rfind(b"\r", 0, len(content) - 1)) + 1
        if not end and self._left_out is None and len(content) >= CHUNK:
            end = len(content)
        return content[:end], content[end:]

    def _comment_versions(self, block: bytes) -> bytes:
        if not self._at_start:
            end = min((found for sign in (b"\n", b"\r") if (found := block.find(sign)) >= 0), default=len(block))
            return block[:end] + _VERSION_LINE.sub(_as_comment, block[end:])
        return _VERSION_LINE.sub(_as_comment, block)

    def _drop_invalid(self, block: bytes, left_out: LeftOut) -> bytes:
        """Return the lines that are valid, each by itself if they are not so together."""
        first, lines = self._line, block.splitlines(keepends=True)
        self._line += len(lines)
        try:
            for _ in parse(block, self._syntax):
                pass
        except SyntaxError:
            pass
        else:
            return block
        valid = []
        for number, line in enumerate(lines, first):
            try:
                if sum(1 for _ in parse(line, self._syntax)) == 1 or _BLANK_LINE(line):
                    valid.append(line)
                else:
                    left_out.add(Location(self._name, number), "not one statement")
            except SyntaxError as error:
                left_out.add(Location(self._name, number, error.offset or 0), shorten_message(error.msg))
        return b"".join(valid)


def _as_comment(match: re.Match[bytes]) -> bytes:
    return match[0].replace(b"VERSION", b"#ERSION")


class RdfXmlFile(_Blocks):
    """A file of RDF/XML, as N-Triples."""

    def __init__(self, file: Readable, reader: RdfXmlReader) -> None:
        super().__init__()
        self._file = file
        self._reader = reader
        self._ended = False

    def make_block(self) -> bytes:
        """Return the next lines.

        :raises DataError: if the document is not well-formed
        """
        while not self._ended:
            chunk = self._file.read(CHUNK)
            self._ended = not chunk
            lines = self._reader.feed(chunk, final=self._ended)
            if lines:
                return lines
        return b""


class SteppedFile(_Blocks):
    """A file that is read line by line, so that the line at which a parser is can be told.

    :ivar line: number of the last line that was read
    """

    def __init__(self, file: Readable) -> None:
        super().__init__()
        self._file = file
        self._lines: list[bytes] = []
        self._rest = b""
        self._recent: list[bytes] = []
        self.line = 0

    def make_block(self) -> bytes:
        """Return the next line."""
        while not self._lines:
            chunk = self._file.read(CHUNK)
            lines = (self._rest + chunk).split(b"\n")
            self._rest = lines.pop() if chunk else b""
            self._lines = [line + b"\n" for line in lines] if chunk else [line for line in lines if line]
            self._lines.reverse()
            if not chunk and not self._lines:
                return b""
        self.line += 1
        self._recent = [*self._recent[-_RECENT:], self._lines[-1]]
        return self._lines.pop()

    def find_recent(self, text: str) -> int:
        """Return the number of the last line read that has a text, or of the last line if none of the recent ones has.

        :param text: a part of an IRI or the like
        """
        wanted = text.encode("utf-8", "surrogatepass")
        for back, line in enumerate(reversed(self._recent)):
            if wanted in line:
                return self.line - back
        return self.line


_RECENT: Final = 50
_PLACE_IN_MESSAGE: Final = re.compile(
    r"^Parser error (?:at line \d+ (?:column \d+|between .*?)|between line \d+ column \d+ and line \d+ column \d+): "
)


def shorten_message(message: str) -> str:
    """Return an error message of the engine's parser without the place, which stands before it."""
    return _PLACE_IN_MESSAGE.sub("", message)
