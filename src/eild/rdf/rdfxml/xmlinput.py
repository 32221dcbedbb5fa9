"""XML as it arrives: its encoding, and a parser that fetches nothing and loses nothing.

The parser is Expat. It checks that a document is well-formed and complete, normalizes line ends and white space in
attributes, and bounds how far entities expand. Encodings are left to Python's codecs, which know more of them than
Expat does; the parser always receives UTF-8.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from eild.errors import DataError, Location

if TYPE_CHECKING:
    from typing import Any

_DECLARATION: Final = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, longer ones first (XML 1.0, appendix F.1)."""
_WIDE_STARTS: Final = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""The first bytes of wide encodings without a mark."""
_NOT_FOR_TEXT: Final = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"}
_UTF_8: Final = {"utf-8", "utf_8", "utf8"}
_START_OF_XML: Final = re.compile(
    rb"""\s*<(?:\?xml\b|!DOCTYPE\b|!--|[A-Za-z_][\w.-]*:?RDF\b|[A-Za-z_][\w.:-]*\s+xmlns(?::[\w.-]+)?\s*=)"""
)
_HEAD: Final = 1024
_ENTITY: Final = re.compile(r"&([^#;\s][^;\s]*);")
_PREDEFINED: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})


class XmlDecoder:
    """Turns the bytes of an XML document into UTF-8 without a byte order mark, chunk by chunk.

    The encoding is that of the byte order mark, of the caller (a ``charset`` parameter, RFC 7303 section 3.2), or of
    the XML declaration, in this order; otherwise it is UTF-8 (XML 1.0, section 4.3.3).

    :param name: path in error locations
    :param charset: encoding that the transport states; an empty string if it states none
    """

    def __init__(self, name: str, charset: str = "") -> None:
        self._name = name
        self._charset = charset
        self._head = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._started = False
        self._line = 1

    def decode(self, chunk: bytes, *, final: bool = False) -> bytes:
        """Return the next part of the document in UTF-8.

        :raises DataError: if the encoding is unknown or contradicts its mark, or bytes are not in the encoding
        """
        if not self._started:
            self._head += chunk
            if len(self._head) < _HEAD and not final:
                return b""
            chunk, self._head = self._start(self._head), b""
            self._started = True
        if self._decoder is None:
            return chunk
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            line = self._line + error.object[: error.start].count(b"\n")
            message = f"the document is not in its encoding {error.encoding}: {error.reason}"
            hint = "correct the encoding in the XML declaration, or save the document as UTF-8"
            raise DataError(message, location=Location(self._name, line), hint=hint) from error
        self._line += text.count("\n")
        return text.encode()

    def _start(self, head: bytes) -> bytes:
        """Find the encoding, and return the head without its byte order mark."""
        mark, encoding = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", ""))
        content = head[len(mark) :]
        wide = encoding or next((name for start, name in _WIDE_STARTS if content.startswith(start)), "")
        plain = content.decode(wide, "replace").encode("ascii", "replace") if wide not in {"", "utf-8"} else content
        match = _DECLARATION.match(plain)
        declared = match[1].decode() if match else ""
        found = wide or self._charset or declared or "utf-8"
        if wide and declared and not _agrees(declared, wide):
            message = f"the XML declaration says {declared}, but the document starts like {wide.upper()}"
            raise DataError(message, location=Location(self._name, 1), hint="correct the encoding in the declaration")
        self._decoder = self._make_decoder(found)
        return content

    def _make_decoder(self, encoding: str) -> codecs.IncrementalDecoder | None:
        """Return the decoder of an encoding, None for UTF-8, which the parser itself decodes."""
        if encoding.lower() in _UTF_8:
            return None
        try:
            info = codecs.lookup(encoding)
            is_text = info._is_text_encoding and info.name not in _NOT_FOR_TEXT  # noqa: SLF001 - no public name
        except LookupError:
            is_text = False
        if not is_text:
            message = f"unknown encoding {encoding[:40]!r}"
            raise DataError(message, location=Location(self._name, 1), hint="save the document as UTF-8")
        if info.name == "utf-16":  # without a mark it is big-endian (RFC 2781, section 4.3)
            info = codecs.lookup("utf-16-be")
        return info.incrementaldecoder("strict")


def _agrees(declared: str, found: str) -> bool:
    """Return whether a declared encoding allows the one that the first bytes show."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = "utf-16" if declared.lower() == "iso-10646-ucs-2" else declared
    return found == name or found.startswith(f"{name}-")


def is_xml(content: bytes) -> bool:
    """Return whether a content begins like an XML document, in any encoding; no other syntax of RDF begins so."""
    marks = [mark for mark, name in _MARKS if name != "utf-8"] + [start for start, _ in _WIDE_STARTS]
    if content.startswith(tuple(marks)):
        return True
    return _START_OF_XML.match(content.removeprefix(codecs.BOM_UTF8)) is not None


def make_parser() -> expat.XMLParserType:
    """Return a parser of UTF-8 that knows namespaces, and refuses what it would otherwise leave out.

    Names are ``namespace local prefix``, separated by spaces; parts that a name lacks are left out. Character data
    come in as few pieces as possible. External entities are refused and never fetched; an external DTD is not read.
    The expansion of entities is bounded by Expat itself (since 2.4.1).

    :raises UnreadableEntityError: while it parses, if a reference cannot be expanded from the document alone
    """
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.buffer_size = 65536

    def refuse_external(_context: str, _base: str | None, system: str | None, public: str | None) -> int:
        raise UnreadableEntityError(f"the document refers to an external entity: {system or public}", parser)

    def refuse_skipped(name: str, is_parameter: bool) -> None:  # noqa: FBT001 - Expat's own order
        if not is_parameter:
            raise UnreadableEntityError(f"the entity &{name}; is not declared in the document", parser)

    parser.ExternalEntityRefHandler = refuse_external
    parser.SkippedEntityHandler = refuse_skipped
    return parser


class UnreadableEntityError(ValueError):
    """A reference to an entity that is not in the document.

    :param parser: the parser, which is at the reference
    :ivar line: line of the reference
    :ivar column: its column
    """

    def __init__(self, message: str, parser: expat.XMLParserType) -> None:
        super().__init__(message)
        self.line = parser.CurrentLineNumber
        self.column = parser.CurrentColumnNumber + 1


class EntityWatch:
    """Finds references to undeclared entities in attributes, which Expat leaves out silently.

    That can only happen in documents with an external DTD or parameter entities, because only these may declare
    entities elsewhere (XML 1.0, section 4.1, "Entity Declared").

    :ivar needed: whether a document can have such references
    """

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.needed = False
        self._declared = set(_PREDEFINED)
        self._parser = parser
        parser.StartDoctypeDeclHandler = self._take_doctype
        parser.EntityDeclHandler = self._take_declaration

    def _take_doctype(self, _name: str, system: str | None, public: str | None, _internal: bool) -> None:  # noqa: FBT001
        self.needed = bool(system or public)

    def _take_declaration(self, name: str, is_parameter: bool, *_others: Any) -> None:  # noqa: ANN401, FBT001
        if is_parameter:
            self.needed = True
        else:
            self._declared.add(name)

    def check_tag(self) -> None:
        """Check the start tag that the parser is at.

        :raises UnreadableEntityError: if an attribute refers to an undeclared entity
        """
        context = self._parser.GetInputContext()
        tag = _START_TAG.match(context.decode("utf-8", "replace")) if context else None
        for match in _ENTITY.finditer(tag[0]) if tag else ():
            if match[1] not in self._declared:
                message = f"the entity &{match[1]}; is not declared in the document"
                raise UnreadableEntityError(message, self._parser)


_START_TAG: Final = re.compile(r"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
