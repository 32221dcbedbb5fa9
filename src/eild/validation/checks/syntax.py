"""The syntax rules of SHACL (W3C Recommendation, appendix B), and what they leave out.

The rules are those that the W3C's own shapes for shapes ("SHACL-SHACL") express, and more: kinds of values, numbers of
values, well-formed lists, what only property shapes may say, which parameters need another to have any effect. A
parameter without effect is a note, not a fault: the shape is well-formed, but passes what it seems to forbid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF, SH, XSD

from eild.errors import ShapesError
from eild.validation.checks.terms import did_you_mean
from eild.validation.grammar.lists import list_cells, list_fault
from eild.validation.grammar.paths import PathError, parse_path
from eild.validation.grammar.terms import sh
from eild.validation.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location
    from eild.located import LocatedGraph


def _names(text: str) -> tuple[URIRef, ...]:
    return tuple(sh(name) for name in text.split())


NODE_KINDS: Final = _names("BlankNode IRI Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral TripleTerm")
LISTS_OF_SHAPES: Final = _names("and or xone")
_DATATYPES: Final = frozenset(
    "anyURI base64Binary boolean byte date dateTime dateTimeStamp dayTimeDuration decimal double duration ENTITIES "
    "ENTITY float gDay gMonth gMonthDay gYear gYearMonth hexBinary ID IDREF IDREFS int integer language long Name "
    "NCName negativeInteger NMTOKEN NMTOKENS nonNegativeInteger nonPositiveInteger normalizedString NOTATION "
    "positiveInteger QName short string time token unsignedByte unsignedInt unsignedLong unsignedShort "
    "yearMonthDuration anyType anySimpleType anyAtomicType untypedAtomic".split()
)


def _is_iri(node: Node) -> bool:
    return isinstance(node, URIRef)


def _is_resource(node: Node) -> bool:
    return isinstance(node, URIRef | BNode)


def _is_literal(node: Node) -> bool:
    return isinstance(node, Literal)


def _is_count(node: Node) -> bool:
    return isinstance(node, Literal) and node.datatype == XSD.integer and str(node).lstrip("+").isdecimal()


def _is_boolean(node: Node) -> bool:
    return isinstance(node, Literal) and node.datatype == XSD.boolean and str(node) in {"true", "false", "1", "0"}


def _is_string(node: Node) -> bool:
    return isinstance(node, Literal) and node.datatype in {None, XSD.string} and not node.language


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and (node.language is not None or node.datatype in {None, XSD.string, RDF.HTML})


def _is_closed(node: Node) -> bool:
    return _is_boolean(node) or node == sh("ByTypes")


def _is_iri_or_blank(node: Node) -> bool:
    return isinstance(node, URIRef | BNode)


def _is_target(node: Node) -> bool:
    return not isinstance(node, BNode)


def _is_node_kind(node: Node) -> bool:
    return node in NODE_KINDS


_TARGETS_OF_IRIS: Final = "targetClass targetSubjectsOf targetObjectsOf"
_KINDS: Final[tuple[tuple[str, Callable[[Node], bool], str, str], ...]] = (
    (
        f"severity {_TARGETS_OF_IRIS}",
        _is_iri,
        "an IRI",
        "write <IRI> or prefix:name",
    ),
    (
        "class datatype rootClass uniqueValuesFor",
        _is_iri_or_blank,
        "an IRI, or a list of them",
        "write <IRI> or prefix:name",
    ),
    (
        "equals disjoint lessThan lessThanOrEquals subsetOf",
        _is_iri_or_blank,
        "a property or a property path",
        "write <IRI> or prefix:name",
    ),
    ("targetNode", _is_target, "an IRI or a literal", "give the node a name: a blank node cannot be targeted"),
    (
        "minCount maxCount minLength maxLength qualifiedMinCount qualifiedMaxCount minListLength maxListLength",
        _is_count,
        "a whole number (xsd:integer) of at least 0",
        "write it without quotes, as in sh:minCount 1",
    ),
    (
        "uniqueLang qualifiedValueShapesDisjoint uniqueMembers singleLine reificationRequired",
        _is_boolean,
        "true or false",
        "write true or false without quotes",
    ),
    ("closed", _is_closed, "true or false, or sh:ByTypes", "write true or false without quotes"),
    ("minExclusive minInclusive maxExclusive maxInclusive", _is_literal, "a literal", "write a number or a date"),
    ("pattern flags", _is_string, "a string", "write it in quotes, without language tag or datatype"),
    ("message", _is_text, "a string or a text with language", "write it in quotes"),
    (
        "node not property qualifiedValueShape memberShape someValue reifierShape targetWhere",
        _is_resource,
        "a shape",
        "name a shape or describe one in brackets",
    ),
)
_CHECKED: Final = tuple(
    (sh(name), is_right, kind, hint) for names, is_right, kind, hint in _KINDS for name in names.split()
)
_SINGLE: Final = _names(
    "severity deactivated closed ignoredProperties datatype in languageIn maxCount maxExclusive maxInclusive maxLength "
    "minCount minExclusive minInclusive minLength nodeKind pattern flags qualifiedMaxCount qualifiedMinCount "
    "qualifiedValueShape qualifiedValueShapesDisjoint uniqueLang path"
)
_MEMBERS: Final[dict[URIRef, tuple[Callable[[Node], bool], str]]] = {
    SH["in"]: (lambda _: True, "a value"),
    SH.languageIn: (_is_string, "a language tag as a string"),
    SH.ignoredProperties: (_is_iri, "an IRI"),
    **dict.fromkeys(LISTS_OF_SHAPES, (_is_resource, "a shape")),
}
_OF_PROPERTY_SHAPES: Final = _names(
    "lessThan lessThanOrEquals maxCount minCount qualifiedValueShape uniqueLang subsetOf reifierShape"
)
_NEEDS: Final = (
    (SH.flags, (SH.pattern,)),
    (SH.ignoredProperties, (SH.closed,)),
    (SH.qualifiedValueShape, _names("qualifiedMinCount qualifiedMaxCount")),
    (SH.qualifiedMinCount, (SH.qualifiedValueShape,)),
    (SH.qualifiedMaxCount, (SH.qualifiedValueShape,)),
    (SH.qualifiedValueShapesDisjoint, (SH.qualifiedValueShape,)),
    (sh("reificationRequired"), (sh("reifierShape"),)),
    (SH.prefixes, (SH.select, SH.ask, sh("construct"), sh("update"))),
    *((predicate, (SH.parameter,)) for predicate in (SH.validator, SH.nodeValidator, SH.propertyValidator)),
)
"""Parameters that have no effect unless one of others is there."""
_NAMING: Final = "node not qualifiedValueShape memberShape someValue reifierShape targetWhere nodeByExpression"
"""Terms whose values are shapes."""


def _name(term: Node) -> str:
    return f"sh:{str(term).removeprefix(str(SH))}"


def check_syntax(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield the faults of shapes by the syntax rules of SHACL."""
    yield from _wrong_kinds(located)
    yield from _too_many(located)
    yield from _wrong_lists(located)
    yield from _wrong_shapes(located)
    yield from _unknown_datatypes(located)
    yield from _wrong_alternatives(located)


def _alone(
    located: LocatedGraph, needs: Iterable[tuple[URIRef, tuple[URIRef, ...]]]
) -> Iterator[tuple[str, Location | None, str]]:
    """Yield message, place and hint for each parameter that stands without what it needs."""
    for predicate, needed in needs:
        for shape, value in located.graph.subject_objects(predicate):
            if not any((shape, other, None) in located.graph for other in needed):
                others = " or ".join(_name(other) for other in needed)
                message = f"{_name(predicate)} has no effect without {others}"
                yield message, located.locate(shape, predicate, value), "add what is missing, or remove it"


def _wrong_kinds(located: LocatedGraph) -> Iterator[ShapesError]:
    for predicate, is_right, kind, hint in _CHECKED:
        for shape, value in located.graph.subject_objects(predicate):
            if not is_right(value):
                place = located.locate(shape, predicate, value)
                yield ShapesError(f"the value of {_name(predicate)} must be {kind}", location=place, hint=hint)
    for shape, value in located.graph.subject_objects(SH.deactivated):
        if not _is_boolean(value):
            place = located.locate(shape, SH.deactivated, value)
            message = "the value of sh:deactivated must be true or false"
            if isinstance(value, BNode):
                message += ": node expressions are of SHACL 1.2 and not supported yet"
            yield ShapesError(message, location=place, hint="write true or false without quotes")


def _too_many(located: LocatedGraph) -> Iterator[ShapesError]:
    for predicate in _SINGLE:
        for shape in set(located.graph.subjects(predicate)):
            values = list(located.graph.objects(shape, predicate))
            if len(values) > 1:
                places = [at for value in values for at in located.locate_all(shape, predicate, value)]
                yield ShapesError(
                    f"{_name(predicate)} has {len(values)} values, and only one is allowed",
                    location=max(places, default=None),
                    hint="keep one of them, or make a shape for each",
                )


def _wrong_lists(located: LocatedGraph) -> Iterator[ShapesError]:
    for predicate, (is_right, kind) in _MEMBERS.items():
        for shape, head in located.graph.subject_objects(predicate):
            place = located.locate(shape, predicate, head)
            fault = list_fault(located.graph, head)
            if fault:
                message = f"the value of {_name(predicate)} must be a list: {fault}"
                yield ShapesError(message, location=place, hint="write it as ( one two )")
                continue
            for cell in list_cells(located.graph, head):
                value = located.graph.value(cell, RDF.first)
                if value is not None and not is_right(value):
                    message = f"each member of {_name(predicate)} must be {kind}"
                    yield ShapesError(message, location=located.locate(cell, RDF.first, value) or place)


def _wrong_shapes(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield the faults of node shapes that are written as property shapes, and the other way round."""
    graph = located.graph
    properties = set(graph.objects(None, SH.property)) | set(graph.subjects(RDF.type, SH.PropertyShape))
    for shape in properties:
        if (shape, SH.path, None) not in graph and _is_resource(shape):
            place = located.locate(shape, RDF.type, SH.PropertyShape) or located.locate(shape)
            yield ShapesError("a property shape has no sh:path", location=place, hint="name the property")
    for shape in graph.subjects(RDF.type, SH.NodeShape):
        path = graph.value(shape, SH.path)
        if path is not None:
            place = located.locate(shape, SH.path, path)
            yield ShapesError("a node shape has a sh:path", location=place, hint="make it a sh:PropertyShape")
    for predicate in _OF_PROPERTY_SHAPES:
        for shape, value in graph.subject_objects(predicate):
            if shape not in properties and (shape, SH.path, None) not in graph:
                message = f"{_name(predicate)} needs a property shape, and this shape has no sh:path"
                hint = "move it into a property shape, as in sh:property [ sh:path … ]"
                yield ShapesError(message, location=located.locate(shape, predicate, value), hint=hint)


_ALTERNATIVES: Final = (
    *((sh(name), _is_iri, "an IRI") for name in ("class", "datatype", "rootClass", "uniqueValuesFor")),
    (sh("nodeKind"), _is_node_kind, "one of SHACL's kinds of nodes"),
)


def _wrong_alternatives(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield the errors of values that are a list of alternatives, or a path (SHACL 1.2)."""
    graph = located.graph
    for predicate, is_right, kind in _ALTERNATIVES:
        for shape, value in graph.subject_objects(predicate):
            place = located.locate(shape, predicate, value)
            if is_right(value):
                continue
            fault = list_fault(graph, value) if isinstance(value, BNode) else ""
            members = [] if fault else [graph.value(cell, RDF.first) for cell in list_cells(graph, value)]
            if not isinstance(value, BNode) or fault or not all(map(is_right, filter(None, members))):
                message = f"the value of {_name(predicate)} must be {kind}, or a list of them"
                hint = "use sh:IRI, sh:Literal, sh:BlankNode, …" if predicate == SH.nodeKind else ""
                yield ShapesError(message, location=place, hint=hint or "write <IRI> or prefix:name")
    for predicate in _names("equals disjoint lessThan lessThanOrEquals subsetOf"):
        for shape, value in graph.subject_objects(predicate):
            if isinstance(value, BNode):
                try:
                    parse_path(graph, value)
                except PathError as error:
                    place = located.locate(shape, predicate, value)
                    message = f"the value of {_name(predicate)} must be a property path: {error.fault}"
                    yield ShapesError(message, location=place, hint="write a property, or ( one two )")


def _unknown_datatypes(located: LocatedGraph) -> Iterator[ShapesError]:
    for shape, datatype in located.graph.subject_objects(SH.datatype):
        name = str(datatype).removeprefix(str(XSD))
        if isinstance(datatype, URIRef) and name != str(datatype) and name not in _DATATYPES:
            hint = did_you_mean(name, _DATATYPES, prefix="xsd:", otherwise="see XML Schema for its datatypes")
            place = located.locate(shape, SH.datatype, datatype)
            yield ShapesError(f"unknown datatype xsd:{name}", location=place, hint=hint)


def note_without_effect(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note for each parameter that has no effect, and each shape that is named but not described."""
    graph = located.graph
    for message, place, hint in _alone(located, _NEEDS):
        yield Note(message, place, hint)
    for predicate in (*_names(_NAMING), *LISTS_OF_SHAPES):
        for shape, value, named in _named(graph, predicate):
            if isinstance(named, URIRef) and (named, None, None) not in graph:
                known = [str(other) for other in graph.subjects(RDF.type, SH.NodeShape) if isinstance(other, URIRef)]
                hint = did_you_mean(str(named), known, otherwise="give the file that describes it with --shapes")
                message = f"{_name(predicate)} names {named.n3()}, which no shape describes: every node conforms to it"
                yield Note(message, located.locate(shape, predicate, value), hint)


def _named(graph: Graph, predicate: URIRef) -> Iterator[tuple[Node, Node, Node]]:
    """Yield shape, value and named shape of a term whose values are shapes or lists of shapes."""
    for shape, value in graph.subject_objects(predicate):
        if predicate not in LISTS_OF_SHAPES:
            yield shape, value, value
        elif not list_fault(graph, value):
            for cell in list_cells(graph, value):
                for member in graph.objects(cell, RDF.first):
                    yield shape, value, member
