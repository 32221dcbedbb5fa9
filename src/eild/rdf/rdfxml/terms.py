"""The terms of an RDF/XML document in N-Triples syntax, and what is inherited from element to element."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, parse

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML: Final = "http://www.w3.org/XML/1998/namespace"
ITS: Final = "http://www.w3.org/2005/11/its"

_NAME_START: Final = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME: Final = f"[{_NAME_START}][-.0-9\xb7\u0300-\u036f\u203f\u2040{_NAME_START}]*"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*").fullmatch
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:").match
_ESCAPED: Final = re.compile(r'[\\"\n\r]').search
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_LANG_STRING: Final = f"<{RDF}langString>"
_DIR_LANG_STRING: Final = f"<{RDF}dirLangString>"
_MOST_RESOLVED: Final = 100_000
_MOST_SCOPES: Final = 1000
_OLDER: Final = {"1.0", "1.1"}


@cache
def _names(end: str = "") -> re.Pattern[str]:
    """Return a pattern for names; it is compiled when the first one is looked at, because that takes long."""
    return re.compile(_NAME + end)


def is_name(text: str) -> bool:
    """Return whether a text is an XML name without colon (Namespaces in XML, section 3)."""
    return _names().fullmatch(text) is not None


def ends_with_name(iri: str) -> bool:
    """Return whether the end of an IRI can be the local name of an element."""
    return _names("\\Z").search(iri) is not None


class BadTermError(ValueError):
    """A term that RDF does not have: an invalid IRI, language tag or literal."""


class Scope:
    """What an element hands down to those inside it.

    :param base: IRI that relative IRIs resolve against; an empty string if there is none
    :param language: language tag; an empty string for none
    :param direction: base direction, ``ltr`` or ``rtl``; an empty string for none
    :param is_1_2: whether the document announces RDF 1.2 here, without which its new constructs have no meaning
    """

    def __init__(self, base: str = "", language: str = "", direction: str = "", *, is_1_2: bool = False) -> None:
        self.base = base.partition("#")[0]
        self.language = language
        self.direction = direction
        self.is_1_2 = is_1_2
        self._inner: dict[tuple[tuple[str, str], ...], Scope] = {}

    @cached_property
    def suffix(self) -> str:
        """What follows the string of a literal: its language and direction.

        :raises BadTermError: if the language is not a language tag
        """
        if not self.language:
            return ""
        if not _LANGUAGE(self.language):
            raise BadTermError(f"xml:lang must be a language tag, not {self.language[:60]!r}")
        return f"@{self.language}--{self.direction}" if self.direction and self.is_1_2 else f"@{self.language}"

    def enter(self, attributes: tuple[tuple[str, str], ...]) -> Scope:
        """Return the scope of an element in this one.

        :param attributes: those of its attributes that are inherited, by the names in :data:`INHERITED`
        :raises BadTermError: if its base is not a valid IRI
        """
        known = self._inner.get(attributes)
        if known is None:
            if len(self._inner) >= _MOST_SCOPES:
                self._inner.clear()
            known = self._inner[attributes] = self._make_inner(dict(attributes))
        return known

    def _make_inner(self, given: dict[str, str]) -> Scope:
        base = self.base
        if "base" in given:
            base = given["base"] if _ABSOLUTE(given["base"]) else resolve(given["base"], base)
            check_iri(base)
        direction = given.get("dir", self.direction)
        is_1_2 = given["version"] not in _OLDER if "version" in given else self.is_1_2
        if is_1_2 and direction not in {"", "ltr", "rtl"}:
            raise BadTermError(f"its:dir must be ltr or rtl, not {direction[:60]!r}")
        return Scope(base, given.get("lang", self.language), direction, is_1_2=is_1_2)


INHERITED: Final = {f"{XML} lang": "lang", f"{XML} base": "base", f"{RDF} version": "version", f"{ITS} dir": "dir"}
"""The attributes that elements hand down: namespace and local name, and what :meth:`Scope.enter` calls them."""


def check_iri(iri: str) -> str:
    """Return an IRI.

    :raises BadTermError: if it is not valid
    """
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise BadTermError(f"invalid IRI {iri[:200]!r}: {error}") from error


class Terms:
    """Writes terms in N-Triples syntax.

    :param label: start of the labels of blank nodes
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._blanks = 0
        self._named: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._resolved: dict[tuple[str, str], str] = {}

    def make_blank(self) -> str:
        """Return a new blank node."""
        self._blanks += 1
        return f"_:{self._label}{self._blanks - 1}"

    def find_blank(self, name: str) -> str:
        """Return the blank node of an ``rdf:nodeID``."""
        if name not in self._named:
            self._named[name] = self.make_blank()
        return self._named[name]

    def write_iri(self, reference: str, scope: Scope) -> str:
        """Return the IRI that a reference stands for.

        :raises BadTermError: if that is not a valid IRI
        """
        if _ABSOLUTE(reference):
            return self.write_absolute(reference)
        if scope.base and (not reference or reference[0] == "#"):
            return self.write_absolute(scope.base + reference)
        key = (scope.base, reference)
        if key not in self._resolved:
            if len(self._resolved) >= _MOST_RESOLVED:
                self._resolved.clear()
            self._resolved[key] = self.write_absolute(resolve(reference, scope.base))
        return self._resolved[key]

    def write_absolute(self, iri: str) -> str:
        """Return an IRI that needs no base.

        :raises BadTermError: if it is not valid
        """
        return f"<{check_iri(iri)}>"

    def write_name(self, iri: str) -> str:
        """Return the IRI of an element or attribute; the same ones recur.

        :raises BadTermError: if it is not valid
        """
        known = self._known.get(iri)
        if known is None:
            known = self._known[iri] = self.write_absolute(iri)
        return known

    def write_literal(self, text: str, datatype: str, scope: Scope) -> str:
        """Return a literal.

        ``rdf:langString`` says no more than that there is a language, so it is left out where there is one.

        :param datatype: its datatype as an IRI in N-Triples syntax; an empty string if the element states none
        :raises BadTermError: if the datatype needs a language (RDF 1.1 Concepts, section 3.3) and there is none
        """
        quoted = f'"{text.translate(_ESCAPES) if _ESCAPED(text) else text}"'
        if not datatype:
            return quoted + scope.suffix if scope.language else quoted
        if datatype in {_LANG_STRING, _DIR_LANG_STRING}:
            suffix = scope.suffix
            if not suffix or (datatype == _DIR_LANG_STRING) != ("--" in suffix):
                what = "xml:lang" if datatype == _LANG_STRING else "xml:lang, its:dir and rdf:version='1.2'"
                kind = datatype[len(RDF) + 1 : -1]
                raise BadTermError(f"a literal of the datatype rdf:{kind} must have {what}, and no other direction")
            return quoted + suffix
        return f"{quoted}^^{datatype}"


def resolve(reference: str, base: str) -> str:
    """Return the IRI that a relative reference stands for (RFC 3986, section 5.2), as the engine resolves it.

    :raises BadTermError: if it is not valid
    """
    if re.search(r'[\x00-\x20<>"{}|^`\\]', reference):
        message = f"invalid IRI {reference[:200]!r}"
        raise BadTermError(message)
    if not base:
        message = f"the relative IRI {reference[:200]!r} has no base: add xml:base, or use --base IRI"
        raise BadTermError(message)
    try:
        (quad,) = parse(f"<{reference}> <x:p> <x:o> .", RdfFormat.TURTLE, base_iri=base)
    except (SyntaxError, ValueError) as error:
        raise BadTermError(f"the IRI {reference[:200]!r} cannot be resolved against {base[:200]!r}") from error
    return quad.subject.value if isinstance(quad.subject, NamedNode) else reference
