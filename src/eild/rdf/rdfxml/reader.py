"""RDF/XML as N-Triples.

The engine's own reader of RDF/XML accepts documents that break off, and loses or distorts parts of others: CDATA
sections, comments within text, base directions, unknown parse types, the canonical form of XML literals. Documents are
therefore read here, and the engine receives N-Triples, in the order of the document. Memory does not grow with the
document, except for the identifiers that must be unique in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from eild.errors import DataError, Location
from eild.rdf.rdfxml.attributes import GrammarError
from eild.rdf.rdfxml.grammar import Grammar
from eild.rdf.rdfxml.literals import CanonicalWriter
from eild.rdf.rdfxml.terms import BadTermError, Scope
from eild.rdf.rdfxml.xmlinput import EntityWatch, UnreadableEntityError, XmlDecoder, make_parser

if TYPE_CHECKING:
    from collections.abc import Callable

_CUT_OFF: Final = {
    expat.errors.codes[name] for name in (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN)
}


class RdfXmlReader:
    """Reads one RDF/XML document that arrives in chunks.

    :param name: path in error locations
    :param base: IRI that relative IRIs resolve against, unless the document sets another
    :param label: start of the labels of blank nodes
    :param charset: encoding that the transport states
    :param skip: called with the place and the reason of each statement that is left out because a term of it is
        invalid; None if an invalid term is an error
    :param keep_spans: whether to keep the place of each triple
    :ivar prefixes: prefixes with their namespaces, each as first declared
    :ivar spans: for each triple the byte offset of its element in the decoded document, and that of the element's end
        event; -1 for the latter if the triple is that of a start tag
    """

    def __init__(  # noqa: PLR0913 - all but the name are optional, and most by name
        self,
        name: str,
        base: str = "",
        *,
        label: str = "b",
        charset: str = "",
        skip: Callable[[Location, str], None] | None = None,
        keep_spans: bool = False,
    ) -> None:
        self.prefixes: dict[str, str] = {}
        self.spans: list[tuple[int, int]] = []
        self._keep_spans = keep_spans
        self._name = name
        self._skip = skip
        self._reason = ""
        self._failed_at = Location(name)
        self._lines: list[str] = []
        self._collected: list[list[tuple[str, str, str]]] = []
        self._literal = CanonicalWriter()
        self._decoder = XmlDecoder(name, charset)
        self._parser = make_parser()
        self._watch = EntityWatch(self._parser)
        self._grammar = Grammar(self, Scope(base), label)
        self._parser.StartNamespaceDeclHandler = self._declare
        self._is_watched = True
        self._listen()

    def feed(self, chunk: bytes, *, final: bool = False) -> bytes:
        """Read the next part of the document, and return the lines of its triples.

        :param final: whether this is the last part
        :raises DataError: if it is not well-formed XML or RDF/XML; with line and column
        """
        try:
            self._parser.Parse(self._decoder.decode(chunk, final=final), final)
        except expat.ExpatError as error:
            hint = "check whether the document is truncated" if error.code in _CUT_OFF else ""
            place = Location(self._name, error.lineno, error.offset + 1)
            message = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise DataError(message, location=place, hint=hint) from error
        except GrammarError as error:
            raise DataError(str(error), location=self._failed_at, hint=error.hint) from error
        except BadTermError as error:
            raise DataError(
                str(error), location=self._failed_at, hint="correct the document at this position"
            ) from error
        except UnreadableEntityError as error:
            hint = "declare the entity in the document, or replace it by its text; nothing is fetched"
            place = Location(self._name, error.line, error.column)
            raise DataError(str(error), location=place, hint=hint) from error
        lines = "".join(self._lines)
        self._lines.clear()
        return lines.encode()

    def _place(self) -> Location:
        return Location(self._name, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _listen(self) -> None:
        """Have the parser report elements that mean triples."""
        parser = self._parser
        parser.StartElementHandler = self._start if self._is_watched else self._grammar.start
        parser.EndElementHandler = self._grammar.end
        parser.CharacterDataHandler = self._grammar.text
        parser.CommentHandler = parser.ProcessingInstructionHandler = None
        parser.StartNamespaceDeclHandler = self._declare

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        if uri:
            self.prefixes.setdefault(prefix or "", uri)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._is_watched = self._keep_spans or self._watch.needed  # all declarations stand before the first element
        if not self._is_watched:
            self._parser.StartElementHandler = self._grammar.start
        if self._watch.needed and attributes:
            self._watch.check_tag()
        self._grammar.start(name, attributes, self._parser.CurrentByteIndex if self._keep_spans else 0)

    def emit(self, subject: str, predicate: str, value: str, start: int, *, whole: bool) -> None:
        """Take a triple; see :class:`~eild.rdf.rdfxml.grammar.Sink`."""
        if self._collected:
            self._collected[-1].append((subject, predicate, value))
        elif subject and predicate and value:
            self._lines.append(f"{subject} {predicate} {value} .\n")
            if self._keep_spans:
                self.spans.append((start, self._parser.CurrentByteIndex if whole else -1))
        elif self._skip is not None:
            self._skip(self._place(), self._reason)

    def note(self, error: BadTermError) -> str:
        """Take note of an invalid term; see :class:`~eild.rdf.rdfxml.grammar.Sink`."""
        if self._skip is None:
            raise error
        self._reason = str(error)
        return ""

    def mark(self) -> None:
        """Take note of the place of an error; see :class:`~eild.rdf.rdfxml.grammar.Sink`."""
        self._failed_at = self._place()

    def begin_triple(self) -> None:
        """Collect triples for a triple term."""
        self._collected.append([])

    def end_triple(self) -> list[tuple[str, str, str]]:
        """Return the triples collected for a triple term."""
        return self._collected.pop()

    def begin_literal(self) -> None:
        """Collect an XML literal to the end of the element."""
        self._literal = writer = CanonicalWriter()
        parser = self._parser
        parser.StartElementHandler, parser.EndElementHandler = self._start_in_literal, self._end_in_literal
        parser.CharacterDataHandler = writer.text
        parser.CommentHandler, parser.ProcessingInstructionHandler = writer.comment, writer.instruction
        parser.StartNamespaceDeclHandler = None

    def _start_in_literal(self, name: str, attributes: dict[str, str]) -> None:
        if self._watch.needed and attributes:
            self._watch.check_tag()
        self._literal.start(name, attributes)

    def _end_in_literal(self, name: str) -> None:
        if self._literal.depth:
            self._literal.end(name)
            return
        self._listen()
        self._grammar.text(self._literal.content())
        self._grammar.end()
