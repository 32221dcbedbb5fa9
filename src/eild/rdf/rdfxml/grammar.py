"""The grammar of RDF/XML (W3C "RDF 1.2 XML Syntax", section 7, and so that of 1.1) over the events of an XML parser.

Elements alternate between nodes and properties. A triple is written when its value is complete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from eild.rdf.rdfxml.attributes import CORE, OLD, AttributeReader, GrammarError, refuse
from eild.rdf.rdfxml.terms import RDF, XML, BadTermError, Terms, is_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.rdf.rdfxml.terms import Scope

DOCUMENT, ROOT, NODE, PROPERTY, RESOURCE, COLLECTION, TRIPLE, LITERAL = range(8)
"""Kinds of elements: the document, rdf:RDF, node elements, property elements, and those with a parse type."""
_HOLD_PROPERTIES: Final = frozenset({NODE, RESOURCE})
_PARSE_TYPES: Final = {"Resource": RESOURCE, "Collection": COLLECTION, "Triple": TRIPLE}
_TYPE: Final = f"<{RDF}type>"
_FIRST: Final = f"<{RDF}first>"
_REST: Final = f"<{RDF}rest>"
_NIL: Final = f"<{RDF}nil>"
_XML_LITERAL: Final = f"<{RDF}XMLLiteral>"
_NO_NODES: Final = frozenset(RDF + name for name in (*CORE, *OLD, "li"))
_NO_PROPERTIES: Final = frozenset(RDF + name for name in (*CORE, *OLD, "Description"))
_ON_NODES: Final = frozenset({"ID", "about", "nodeID", "type"})
_OF_VALUES: Final = ("resource", "nodeID", "datatype", "parseType")
_ON_PROPERTIES: Final = frozenset({"ID", "annotation", "annotationNodeID", "type", *_OF_VALUES})
_SPACE: Final = " \t\r\n"
_RESOURCE: Final = f"{RDF} resource rdf"
_DATATYPE: Final = f"{RDF} datatype rdf"
_LANGUAGE: Final = f"{XML} lang xml"
_NAME_HINT: Final = "use rdf:Description or the name of a class for a node, and the name of a property for a property"


class Element:
    """An element that is open.

    :ivar kind: one of the kinds of elements
    :ivar subject: subject of the properties in a node element, or of the triple of a property element
    :ivar value: object of the triple of a property element, as far as it is a resource
    :ivar has_value: whether that was stated
    :ivar datatype: datatype of the literal; None if it is invalid
    :ivar identifier: the resource that reifies the statement by ``rdf:ID``
    :ivar annotation: the resource that reifies it by ``rdf:annotation``
    :ivar cell: the last cell of a collection
    :ivar items: number of ``rdf:li`` properties
    """

    __slots__ = (
        *("annotation", "cell", "datatype", "has_value", "identifier", "items", "kind", "predicate"),
        *("scope", "start", "subject", "text", "value"),
    )

    def __init__(self, kind: int, scope: Scope, start: int) -> None:
        self.kind = kind
        self.scope = scope
        self.start = start
        self.subject = self.predicate = self.value = self.identifier = self.annotation = self.cell = ""
        self.datatype: str | None = ""
        self.has_value = False
        self.items = 0
        self.text: list[str] = []


class Sink(Protocol):
    """What takes the triples of a document."""

    def emit(self, subject: str, predicate: str, value: str, start: int, *, whole: bool) -> None:
        """Take a triple in N-Triples syntax; an empty string stands for an invalid term.

        :param start: where its element starts
        :param whole: whether it is that of the whole element that ends now, and not of a start tag
        """

    def note(self, error: BadTermError) -> str:
        """Take note of an invalid term and return an empty string.

        :raises BadTermError: if invalid terms are errors
        """

    def mark(self) -> None:
        """Take note of the place of an error that is about to be raised: the parser goes on for a while."""

    def begin_literal(self) -> None:
        """Collect what follows as an XML literal, to the end of the element."""

    def begin_triple(self) -> None:
        """Collect the triples that follow for a triple term."""

    def end_triple(self) -> list[tuple[str, str, str]]:
        """Return the triples collected since the last :meth:`begin_triple`."""


class Grammar:
    """The state of a walk over the elements of a document.

    :param scope: what the document hands down to its root
    :param label: start of the labels of blank nodes
    """

    def __init__(self, sink: Sink, scope: Scope, label: str) -> None:
        self._sink = sink
        self._emit = sink.emit
        self._terms = Terms(label)
        self._attributes = AttributeReader()
        self._identifiers: set[str] = set()
        self._predicates: dict[str, str] = {}
        self.open = [Element(DOCUMENT, scope, 0)]

    def _try(self, write: Callable[..., str], *arguments: object) -> str:
        """Return a term; an empty string for an invalid one, if the sink takes note of these."""
        try:
            return write(*arguments)
        except BadTermError as error:
            return self._sink.note(error)

    def start(self, name: str, attributes: dict[str, str], start: int = 0) -> None:
        """Take a start tag.

        :param start: where it starts, if places are kept
        :raises GrammarError: if the element or one of its attributes is not allowed here
        :raises BadTermError: if a term is invalid
        """
        outer = self.open[-1]
        try:
            if outer.kind in _HOLD_PROPERTIES:
                self._start_property(outer, name, attributes, start)
            elif outer.kind == DOCUMENT and _join(name) == f"{RDF}RDF":
                self._start_root(outer, attributes, start)
            else:
                self._start_node(outer, name, attributes, start)
        except ValueError:
            self._sink.mark()
            raise

    def _start_root(self, outer: Element, attributes: dict[str, str], start: int) -> None:
        scope, syntax, _ = self._attributes.read(attributes, outer.scope)
        if syntax:
            raise refuse(syntax, "rdf:RDF")
        self.open.append(Element(ROOT, scope, start))

    def _start_node(self, outer: Element, name: str, attributes: dict[str, str], start: int) -> None:
        scope, syntax, properties = self._attributes.read(attributes, outer.scope)
        given = syntax.keys() & {"ID", "about", "nodeID"}
        if not syntax.keys() <= _ON_NODES or len(given) > 1:
            raise refuse(syntax.keys() - _ON_NODES or given, "a node element")
        element = Element(NODE, scope, start)
        if "about" in syntax:
            subject = self._try(self._terms.write_iri, syntax["about"], scope)
        elif "ID" in syntax:
            subject = self._identify(syntax["ID"], scope)
        else:
            subject = self._find_node(syntax.get("nodeID"))
        element.subject = subject
        self._attach(outer, subject, start)
        self.open.append(element)
        full = _join(name)
        if full != f"{RDF}Description":
            if full in _NO_NODES or " " not in name:
                raise GrammarError(f"<{_shorten(name)}> is not allowed as a node element", _NAME_HINT)
            self._emit(subject, _TYPE, self._try(self._terms.write_name, full), start, whole=False)
        self._describe(subject, syntax, properties, element)

    def _describe(
        self, subject: str, syntax: dict[str, str], properties: list[tuple[str, str]], element: Element
    ) -> None:
        """Write what attributes say about a node."""
        if "type" in syntax:
            kind = self._try(self._terms.write_iri, syntax["type"], element.scope)
            self._emit(subject, _TYPE, kind, element.start, whole=False)
        for predicate, value in properties:
            literal = self._try(self._terms.write_literal, value, "", element.scope)
            self._emit(subject, predicate, literal, element.start, whole=False)

    def _attach(self, outer: Element, node: str, start: int) -> None:
        """Have a node be the value of the property element around it, or an item of its collection."""
        if outer.kind in {PROPERTY, TRIPLE}:
            if outer.has_value:
                message = "a property element must not have more than one value"
                raise GrammarError(message, "repeat the property, or use rdf:parseType='Collection'")
            _require_space(outer)
            outer.value, outer.has_value = node, True
        elif outer.kind == COLLECTION:
            cell = self._terms.make_blank()
            if outer.cell:
                self._emit(outer.cell, _REST, cell, start, whole=False)
            else:
                outer.value = cell
            outer.cell = cell
            self._emit(cell, _FIRST, node, start, whole=False)

    def _start_property(self, outer: Element, name: str, attributes: dict[str, str], start: int) -> None:
        element = Element(PROPERTY, outer.scope, start)
        element.subject = outer.value if outer.kind == RESOURCE else outer.subject
        element.predicate = self._predicates.get(name) or self._find_predicate(outer, name)
        self.open.append(element)
        if len(attributes) == 1:
            for key, only in attributes.items():
                if self._read_only(element, key, only):
                    return
        if attributes:
            element.scope, syntax, properties = self._attributes.read(attributes, outer.scope)
            if syntax or properties:
                self._read_value(element, syntax, properties)

    def _read_only(self, element: Element, key: str, value: str) -> bool:
        """Take the only attribute of a property element if it is one of the usual ones; return whether it is."""
        if key == _RESOURCE:
            element.value, element.has_value = self._try(self._terms.write_iri, value, element.scope), True
        elif key == _DATATYPE:
            element.datatype = self._try(self._terms.write_iri, value, element.scope) or None
        elif key == _LANGUAGE:
            element.scope = element.scope.enter((("lang", value),))
        else:
            return False
        return True

    def _find_predicate(self, outer: Element, name: str) -> str:
        full = _join(name)
        if full == f"{RDF}li":
            outer.items += 1
            return f"<{RDF}_{outer.items}>"
        if full in _NO_PROPERTIES or " " not in name:
            raise GrammarError(f"<{_shorten(name)}> is not allowed as a property element", _NAME_HINT)
        predicate = self._try(self._terms.write_name, full)
        self._predicates[name] = predicate
        return predicate

    def _read_value(self, element: Element, syntax: dict[str, str], properties: list[tuple[str, str]]) -> None:
        """Take what the attributes of a property element say about its value, and about the statement itself."""
        scope = element.scope
        described = bool(properties) or "type" in syntax
        _check_value(syntax, described=described)
        if "ID" in syntax:
            element.identifier = self._identify(syntax["ID"], scope)
        if "annotation" in syntax:
            element.annotation = self._try(self._terms.write_iri, syntax["annotation"], scope)
        elif "annotationNodeID" in syntax:
            element.annotation = self._find_node(syntax["annotationNodeID"])
        if "parseType" in syntax:
            self._start_parse_type(element, syntax["parseType"])
        elif "datatype" in syntax:
            element.datatype = self._try(self._terms.write_iri, syntax["datatype"], scope) or None
        elif described or "resource" in syntax or "nodeID" in syntax:
            element.has_value = True
            if "resource" in syntax:
                element.value = self._try(self._terms.write_iri, syntax["resource"], scope)
            else:
                element.value = self._find_node(syntax.get("nodeID"))
            self._describe(element.value, syntax, properties, element)

    def _start_parse_type(self, element: Element, parse_type: str) -> None:
        element.kind = _PARSE_TYPES.get(parse_type, LITERAL)  # any other is as Literal (section 7.2.20)
        if element.kind == RESOURCE:
            element.value = self._terms.make_blank()
        elif element.kind == TRIPLE:
            self._sink.begin_triple()
        elif element.kind == LITERAL:
            self._sink.begin_literal()

    def text(self, data: str) -> None:
        """Take character data.

        :raises GrammarError: if text is not allowed here
        """
        element = self.open[-1]
        if element.kind in {PROPERTY, LITERAL}:
            element.text.append(data)
        elif data.strip(_SPACE):
            self._sink.mark()
            message = f"text is not allowed here: {data.strip(_SPACE)[:40]!r}"
            raise GrammarError(message, "put it in a property element")

    def end(self, _name: str = "") -> None:
        """Take an end tag: a property is complete then.

        :raises GrammarError: if the element lacks something, or holds too much
        :raises BadTermError: if a term is invalid
        """
        element = self.open.pop()
        if element.kind > NODE:
            try:
                self._end_property(element)
            except ValueError:
                self._sink.mark()
                raise

    def _end_property(self, element: Element) -> None:
        if element.kind == PROPERTY and not element.has_value:
            value = ""
            if element.datatype is not None:
                text = "".join(element.text)
                value = self._try(self._terms.write_literal, text, element.datatype, element.scope)
        elif element.kind == LITERAL:
            value = self._terms.write_literal("".join(element.text), _XML_LITERAL, element.scope)
        elif element.kind == TRIPLE:
            triples = self._sink.end_triple()
            if not element.scope.is_1_2:
                return  # without the announcement such an element says nothing
            value = _make_triple_term(triples)
        else:
            value = self._end_structure(element)
        self._emit(element.subject, element.predicate, value, element.start, whole=True)
        if element.identifier or element.annotation:
            self._reify(element, value)

    def _end_structure(self, element: Element) -> str:
        """Return the value of a property element whose value is a resource."""
        if element.kind == COLLECTION:
            if not element.cell:
                return _NIL
            self._emit(element.cell, _REST, _NIL, element.start, whole=False)
        elif element.text:
            _require_space(element)
        return element.value

    def _reify(self, element: Element, value: str) -> None:
        """Write what rdf:ID and rdf:annotation say about a statement."""
        subject, predicate, start = element.subject, element.predicate, element.start
        if element.identifier:
            self._emit(element.identifier, _TYPE, f"<{RDF}Statement>", start, whole=True)
            self._emit(element.identifier, f"<{RDF}subject>", subject, start, whole=True)
            self._emit(element.identifier, f"<{RDF}predicate>", predicate, start, whole=True)
            self._emit(element.identifier, f"<{RDF}object>", value, start, whole=True)
        if element.annotation:
            term = _make_triple_term([(subject, predicate, value)])
            self._emit(element.annotation, f"<{RDF}reifies>", term, start, whole=True)

    def _identify(self, name: str, scope: Scope) -> str:
        """Return the IRI of an ``rdf:ID``, which must be unique in the document (section 7.2.33)."""
        _require_name("rdf:ID", name, "use rdf:about instead")
        iri = self._try(self._terms.write_iri, f"#{name}", scope)
        if iri and iri in self._identifiers:
            raise GrammarError(f"rdf:ID {name[:60]!r} occurs twice", "use rdf:about to describe it in several places")
        self._identifiers.add(iri)
        return iri

    def _find_node(self, name: str | None) -> str:
        """Return the blank node of an ``rdf:nodeID``, or a new one."""
        if name is None:
            return self._terms.make_blank()
        _require_name("rdf:nodeID", name, "rename the node")
        return self._terms.find_blank(name)


def _require_name(attribute: str, name: str, hint: str) -> None:
    if not is_name(name):
        raise GrammarError(f"{attribute} must be an XML name without colon, not {name[:60]!r}", hint)


def _join(name: str) -> str:
    """Return the IRI of one of the parser's names."""
    return "".join(name.split(" ", 2)[:2])


def _shorten(name: str) -> str:
    """Return one of the parser's names as the document has it."""
    parts = name.split(" ")
    return f"{parts[2]}:{parts[1]}" if len(parts) > 2 else parts[-1]  # noqa: PLR2004 - the prefix is the third


def _require_space(element: Element) -> None:
    text = "".join(element.text).strip(_SPACE)
    if text:
        message = f"a property element with a resource must not have text: {text[:40]!r}"
        raise GrammarError(message, "remove the text or the resource")
    element.text.clear()


def _check_value(syntax: dict[str, str], *, described: bool) -> None:
    """Check which attributes a property element has together.

    :param described: whether it has property attributes
    :raises GrammarError: if they exclude each other
    """
    kinds = [name for name in _OF_VALUES if name in syntax]
    if not syntax.keys() <= _ON_PROPERTIES or {"annotation", "annotationNodeID"} <= syntax.keys():
        raise refuse(syntax.keys() - _ON_PROPERTIES or syntax.keys(), "a property element")
    if len(kinds) > 1:
        raise refuse(kinds[1:], f"a property element with rdf:{kinds[0]}")
    if described and kinds and kinds[0] in {"datatype", "parseType"}:
        message = f"a property element with rdf:{kinds[0]} must not have property attributes"
        raise GrammarError(message, "write them as properties of a node element")


def _make_triple_term(triples: list[tuple[str, str, str]]) -> str:
    """Return the triple term of an element's triples; an empty string if a term is invalid.

    :raises GrammarError: if they are not exactly one
    """
    if len(triples) != 1:
        message = f"rdf:parseType='Triple' must contain exactly one triple, not {len(triples)}"
        raise GrammarError(message, "give its node element exactly one property")
    return f"<<( {' '.join(triples[0])} )>>" if all(triples[0]) else ""
