"""One way to read RDF, in every syntax, for every command.

A document is read to its end or not at all: whoever takes its statements sees an error before the last one if it is
malformed, breaks off, or is not in its encoding. Nothing is fetched. Errors name file, line and column.
"""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from eild.errors import DataError, Location
from eild.rdf.streams import LineFile, MarklessFile, RdfXmlFile, SteppedFile, shorten_message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from eild.rdf.rdfxml.reader import RdfXmlReader
    from eild.rdf.streams import LeftOut, Readable

_LINES: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_LANG_STRINGS: Final = {
    f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}": f"rdf:{name}" for name in ("langString", "dirLangString")
}
_HINT: Final = "correct the file at this position, or check that its extension matches its syntax"
_PREFIX: Final = re.compile(r"(?:[^\W\d_](?:[\w.\xb7-]*[\w\xb7-])?)?").fullmatch
"""Matches the names that prefixes have in Turtle and SPARQL (PN_PREFIX), as far as XML and JSON-LD have others."""
_TERM_ERRORS: Final = (
    "Invalid IRI ",
    "No scheme found",
    "Invalid host IP",
    "Invalid character ",
    "A subtag may be ",
    "The given language subtag is invalid",
    "The datatype of a literal without a language tag",
)
"""How the engine's messages about invalid terms begin, as opposed to those about malformed text."""


class RdfInput:
    """RDF in any syntax as a file that the engine can read, in the syntax :attr:`engine_format`.

    :param file: the content, unpacked
    :param syntax: its syntax
    :param name: path in error locations
    :param base: IRI that relative IRIs resolve against
    :param charset: encoding that the transport states, which counts for RDF/XML
    :param label: start of the labels of blank nodes, which counts for RDF/XML
    :param left_out: takes the statements that are left out because they are invalid; None if they are errors
    """

    def __init__(  # noqa: PLR0913 - what is not the content or its syntax is given by name
        self,
        file: Readable,
        syntax: RdfFormat,
        *,
        name: str,
        base: str | None = None,
        charset: str = "",
        label: str = "b",
        left_out: LeftOut | None = None,
    ) -> None:
        self.syntax = syntax
        self.name = name
        self.base = base
        self.left_out = left_out
        self.engine_format = RdfFormat.N_TRIPLES if syntax == RdfFormat.RDF_XML else syntax
        self._file = file
        self._reader: RdfXmlReader | None = None
        self.stream: Readable
        if syntax == RdfFormat.RDF_XML:
            from eild.rdf.rdfxml.reader import RdfXmlReader

            skip = left_out.add if left_out is not None else None
            self._reader = RdfXmlReader(name, base or "", label=label, charset=charset, skip=skip)
            self.stream = RdfXmlFile(file, self._reader)
        elif syntax in _LINES:
            self.stream = LineFile(MarklessFile(file, name), self.engine_format, name, left_out)
        else:
            self.stream = MarklessFile(file, name)
        self._prefixes: dict[str, str] = {}

    @property
    def is_streamed(self) -> bool:
        """Whether the engine can read :attr:`stream` itself, with nothing left to check about its statements."""
        return self.syntax in _LINES or self.syntax == RdfFormat.RDF_XML

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the document, complete when it was read; the empty one has an empty name.

        XML and JSON-LD have prefixes that other syntaxes do not allow. Those are left out.
        """
        found = self._prefixes if self._reader is None else self._reader.prefixes
        return {name: iri for name, iri in found.items() if _PREFIX(name) and not _find_invalid_iri(iri)}

    def quads(self) -> Iterator[Quad]:
        """Yield the statements.

        :raises DataError: if the document is malformed; those before it may have been yielded then
        """
        if self.syntax == RdfFormat.JSON_LD:
            quads = self._check_literals()
        elif self.left_out is not None and not self.is_streamed:
            quads = self._read_leniently(self.left_out)
        else:
            quads = self._parse(self.stream)
        with explaining(self.name):
            yield from quads

    def _parse(self, stream: Readable, *, lenient: bool = False) -> Iterator[Quad]:
        base = None if self.syntax == RdfFormat.RDF_XML else self.base
        parser = parse(cast("IO[bytes]", stream), self.engine_format, base_iri=base, lenient=lenient)
        yield from parser
        if self.syntax != RdfFormat.RDF_XML:
            self._prefixes = dict(parser.prefixes)

    def _check_literals(self) -> Iterator[Quad]:
        """Yield the statements of JSON-LD, in which the engine accepts invalid literals and, if lenient, IRIs."""
        for quad in self._parse(self.stream, lenient=self.left_out is not None):
            strict = self.left_out is None
            reason = _find_invalid_term(quad.object)[0] if strict else find_invalid(quad)[0]
            if reason and strict:
                raise DataError(reason, location=Location(self.name), hint="use @language instead of @type")
            if reason and self.left_out is not None:
                self.left_out.add(Location(self.name), reason)
            else:
                yield quad

    def _read_leniently(self, left_out: LeftOut) -> Iterator[Quad]:
        """Yield the valid statements of Turtle or TriG.

        Only invalid terms can be left out: where the text itself is malformed, nobody can tell how it goes on. The
        engine's lenient mode overlooks both, so the strict one goes first.
        """
        if not self._find_term_errors():
            yield from self._parse(self._rewind())
            return
        stepped = SteppedFile(self._rewind())
        for quad in self._parse(stepped, lenient=True):
            reason, term = find_invalid(quad)
            if reason:
                left_out.add(Location(self.name, stepped.find_recent(term)), reason)
            else:
                yield quad

    def _rewind(self) -> Readable:
        cast("IO[bytes]", self._file).seek(0)
        return MarklessFile(self._file, self.name)

    def _find_term_errors(self) -> bool:
        """Return whether there are invalid terms.

        :raises SyntaxError: if anything else is wrong
        """
        found = False
        parser = parse(cast("IO[bytes]", self.stream), self.engine_format, base_iri=self.base)
        at_end = False
        while not at_end:
            try:
                at_end = next(parser, None) is None
            except SyntaxError as error:
                if not shorten_message(error.msg).startswith(_TERM_ERRORS):
                    raise
                found = True
        return found


def read_bytes(
    content: bytes, syntax: RdfFormat, *, name: str, base: str | None = None, charset: str = ""
) -> tuple[list[Quad], dict[str, str]]:
    """Return the statements of a content, in its order, and its prefixes.

    :raises DataError: if it is malformed
    """
    source = RdfInput(io.BytesIO(content), syntax, name=name, base=base, charset=charset)
    quads = list(source.quads())
    return quads, source.prefixes


def find_invalid(statement: Quad | Triple) -> tuple[str, str]:
    """Return why a leniently read statement is invalid, and the text at fault; empty strings if it is valid."""
    terms: list[object] = [statement.subject, statement.predicate, statement.object]
    if isinstance(statement, Quad):
        terms.append(statement.graph_name)
    for term in terms:
        found = find_invalid(term) if isinstance(term, Triple) else _find_invalid_term(term)
        if found[0]:
            return found
    return "", ""


def _find_invalid_iri(iri: str) -> str:
    """Return why a text is not an IRI; an empty string if it is one."""
    try:
        NamedNode(iri)
    except ValueError as error:
        return str(error)
    return ""


def _find_invalid_term(term: object) -> tuple[str, str]:
    """Return why a term other than a triple term is invalid, and the text at fault; empty strings if it is valid."""
    text = ""
    try:
        if isinstance(term, NamedNode):
            text = term.value
            NamedNode(text)
        elif isinstance(term, Literal) and term.language:
            text = term.language
            Literal("", language=text)
        elif isinstance(term, Literal):
            text = term.datatype.value
            NamedNode(text)
            if text in _LANG_STRINGS:
                return f"a literal of the datatype {_LANG_STRINGS[text]} must have a language", text
    except ValueError as error:
        return f"invalid term {text[:200]!r}: {error}", text
    return "", ""


@contextmanager
def explaining(name: str) -> Iterator[None]:
    """Turn each failure of the engine's parser into a :class:`DataError`.

    :param name: path in error locations
    """
    try:
        yield
    except SyntaxError as error:
        raise explain(error, name) from error
    except ValueError as error:
        raise DataError(str(error), location=Location(name)) from error
    except MemoryError as error:  # the parser's buffer of 16 MiB, not the memory of the machine
        message = f"an IRI, literal or comment is too long: {str(error)[:1].lower()}{str(error)[1:]}"
        raise DataError(message, location=Location(name), hint="keep such values in separate files") from error


def explain(error: SyntaxError, name: str) -> DataError:
    """Return the failure for a document that the engine's parser rejects, with the place that it names."""
    text, hint = f"syntax error: {shorten_message(str(error.msg))}", _HINT
    if "LoadDocumentCallback" in text:
        text, hint = (
            "the JSON-LD document refers to a remote context",
            "copy the context into the file; nothing is fetched",
        )
    elif "No scheme found" in text:
        hint = "use --base IRI to resolve relative IRIs"
    return DataError(text, location=Location(name, error.lineno or 0, error.offset or 0), hint=hint)
