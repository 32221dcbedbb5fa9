"""RDF graphs → bytes, the same bytes every time.

RDFLib's serialisers depend on the hash seed, so EILD has its own order: subjects by their IRIs with numbers in
numerical order, ``rdf:type`` and labels first, EILD's terms before those of others. Turtle, TriG and JSON-LD are
written here; N-Triples, N-Quads and RDF/XML come from Oxigraph, fed in that order. Literals keep their lexical form.
Blank nodes get the labels of the RDF Dataset Canonicalization algorithm (https://www.w3.org/TR/rdf-canon/), and
well-formed collections are written as such.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, NamedNode, Quad, RdfFormat, Triple
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS, XSD

from eild.errors import DataError
from eild.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from eild.names import OWN
from eild.rdf.writing import repair_xml
from eild.terms import PREFIXES, natural_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rdflib import Graph
    from rdflib.term import Node

    from eild.media import Format
    from eild.names import Names

Properties = dict[Any, "list[Node]"]

_FIRST_PROPERTIES: Final = (RDF.type, RDFS.label, SKOS.prefLabel)
_LOCAL_NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$")
_CANONICAL_INTEGER: Final = re.compile(r"-?[1-9][0-9]*$|0$")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TO_ESCAPE: Final = re.compile(r'[\\"\x00-\x1f\x7f]')
_TO_ESCAPE_LONG: Final = re.compile(r'"+(?=[\\\x00-\x09\x0b-\x1f\x7f]|\Z)|"{3,}|[\\\x00-\x09\x0b-\x1f\x7f]')
"""What is escaped in a long string. No escape follows a plain quotation mark: serd 0.30 would alter it."""
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def serialize_graph(graph: Graph, form: Format, names: Names = OWN) -> bytes:
    """Write one graph as Turtle, N-Triples, JSON-LD or RDF/XML.

    :param graph: the graph
    :param form: one of these syntaxes
    :param names: the names of the project: its prefixes, and what comes first
    :raises DataError: if the syntax cannot carry the graph (characters that XML 1.0 forbids, invalid IRIs)
    """
    return serialize_triples(graph, form, names)


def serialize_triples(triples: Iterable[tuple[Node, Node, Node]], form: Format, names: Names = OWN) -> bytes:
    """Write triples as Turtle, N-Triples, JSON-LD or RDF/XML; see :func:`serialize_graph`."""
    ordered = _Ordered(triples, names)
    if form is TURTLE:
        return _turtle_document(ordered.prefixes(), [ordered.turtle_blocks("")]).encode()
    if form is JSON_LD:
        return _json_document(ordered.prefixes(), ordered.json_nodes()).encode()
    if form is N_TRIPLES:
        return _oxigraph(ordered.oxigraph(), RdfFormat.N_TRIPLES, {})
    if form is RDF_XML:
        _check_xml(ordered)
        return repair_xml(_oxigraph(ordered.oxigraph(), RdfFormat.RDF_XML, ordered.prefixes()))
    message = f"{form.label} cannot represent a single graph"
    raise ValueError(message)


def serialize_graphs(
    graphs: Mapping[URIRef, Iterable[tuple[Node, Node, Node]]], form: Format, names: Names = OWN
) -> bytes:
    """Write named graphs, in the order given, as TriG or N-Quads; empty graphs leave no trace in N-Quads.

    :param graphs: the graphs by their names
    :param form: one of these syntaxes
    :param names: the names of the project: its prefixes, and what comes first
    :raises DataError: if an IRI is invalid
    """
    ordered = {name: _Ordered(graph, names, label=f"g{number}") for number, (name, graph) in enumerate(graphs.items())}
    if form is N_QUADS:
        quads = (
            Quad(triple.subject, triple.predicate, triple.object, NamedNode(str(name)))
            for name, graph in ordered.items()
            for triple in graph.oxigraph()
        )
        return _oxigraph(quads, RdfFormat.N_QUADS, {})
    if form is TRIG:
        used = {prefix for graph in ordered.values() for prefix in graph.prefixes()}
        used |= {compact.partition(":")[0] for name in graphs if (compact := _Ordered((), names).compact(str(name)))}
        prefixes = {prefix: start for prefix, start in names.prefixes.items() if prefix in used}
        blocks = []
        for name, graph in ordered.items():
            content = "\n".join(graph.turtle_blocks("    "))
            blocks.append([f"{graph.turtle_iri(str(name))} {{\n{content}}}\n"])
        return _turtle_document(prefixes, blocks).encode()
    message = f"{form.label} cannot represent named graphs"
    raise ValueError(message)


@dataclass(frozen=True)
class _Collection:
    """A well-formed collection, in place of its first cell."""

    items: tuple[Node, ...]
    cells: tuple[BNode, ...]


class _Ordered:
    """Triples in EILD's order, with stable labels for blank nodes."""

    def __init__(self, triples: Iterable[tuple[Node, Node, Node]], names: Names, label: str = "b") -> None:
        self._names = names
        self._subjects: dict[Any, Properties] = {}
        unordered = set(triples)
        schemes = {term.partition(":")[0] for triple in unordered for term in triple if isinstance(term, URIRef)}
        self._namespaces: Mapping[str, str] = {
            namespace: prefix for prefix, namespace in names.prefixes.items() if prefix not in schemes
        }
        if any(isinstance(term, BNode) for triple in unordered for term in triple):
            unordered = _relabel(unordered, label)
        for subject, predicate, obj in unordered:
            self._subjects.setdefault(subject, {}).setdefault(predicate, []).append(obj)
        for properties in self._subjects.values():
            for objects in properties.values():
                if len(objects) > 1:
                    objects.sort(key=_term_order)
        self._references = Counter(
            obj for properties in self._subjects.values() for objects in properties.values() for obj in objects
        )
        self._used: set[str] | None = None

    def subjects(self) -> list[Any]:
        """Return the subjects in order: EILD's own resources, other IRIs, blank nodes."""
        base = self._names.base
        return sorted(
            self._subjects, key=lambda term: (not term.startswith(base), isinstance(term, BNode), natural_order(term))
        )

    def properties(self, subject: Any) -> list[tuple[Any, list[Node]]]:  # noqa: ANN401 - a node of any type
        """Return the properties of a subject in order, each with its objects in order."""
        return sorted(self._subjects[subject].items(), key=lambda item: _property_order(item[0]))

    def terms(self) -> Iterable[Any]:
        """Yield every term at each of its places."""
        for subject, properties in self._subjects.items():
            yield subject
            for predicate, objects in properties.items():
                yield predicate
                yield from objects

    def oxigraph(self) -> Iterable[Triple]:
        """Yield the triples in order, as Oxigraph's.

        :raises DataError: if an IRI is invalid
        """
        for subject in self.subjects():
            for predicate, objects in self.properties(subject):
                for obj in objects:
                    yield Triple(_as_oxigraph(subject), _as_oxigraph(predicate), _as_oxigraph(obj))

    def prefixes(self) -> dict[str, str]:
        """Return the prefixes that the triples need, in the order of the table."""
        if self._used is None:
            found: set[str] = set()
            for subject, properties in self._subjects.items():
                terms = [subject, *(obj for objects in properties.values() for obj in objects)]
                terms += [predicate for predicate in properties if not self._is_plain_type(subject, predicate)]
                found.update(str(term) for term in terms if isinstance(term, URIRef))
                found.update(str(term.datatype) for term in terms if isinstance(term, Literal) and term.datatype)
            self._used = {compact.partition(":")[0] for iri in found if (compact := self.compact(iri))}
        return {prefix: namespace for prefix, namespace in self._names.prefixes.items() if prefix in self._used}

    def _is_plain_type(self, subject: Any, predicate: Any) -> bool:  # noqa: ANN401 - nodes of any type
        """Tell whether a property is ``rdf:type`` as every syntax abbreviates it: with resources only."""
        objects = self._subjects[subject].get(predicate, ())
        return predicate == RDF.type and not any(isinstance(obj, Literal) for obj in objects)

    def compact(self, iri: str) -> str:
        """Return an IRI as ``prefix:name``, or nothing where that cannot be written in every syntax."""
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = self._namespaces.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix and _LOCAL_NAME.match(iri[cut:]) else ""

    def collection(self, head: Any) -> _Collection | None:  # noqa: ANN401 - a node of any type
        """Return the collection that begins at a node, or nothing if it is none or is shared."""
        items: list[Node] = []
        cells: list[BNode] = []
        while head != RDF.nil:
            properties = self._subjects.get(head, {})
            is_cell = set(properties) == {RDF.first, RDF.rest} and all(len(found) == 1 for found in properties.values())
            if not isinstance(head, BNode) or not is_cell or head in cells or self._references[head] != 1:
                return None
            cells.append(head)
            items += properties[RDF.first]
            head = properties[RDF.rest][0]
        return _Collection(tuple(items), tuple(cells)) if cells else None

    def _nested(self) -> set[Any]:
        """Return the cells of all collections that are written in place."""
        heads = {obj for obj, count in self._references.items() if isinstance(obj, BNode) and count == 1}
        cells: set[Any] = set()
        for subject, properties in self._subjects.items():
            for predicate, objects in properties.items():
                if predicate == RDF.rest and isinstance(subject, BNode):
                    continue
                for obj in heads.intersection(objects):
                    found = self.collection(obj)
                    cells.update(found.cells if found else ())
        return cells

    def turtle_blocks(self, indent: str) -> list[str]:
        """Return one Turtle statement per subject, each line indented."""
        nested = self._nested()
        blocks = []
        for subject in self.subjects():
            if subject in nested:
                continue
            lines = []
            for predicate, objects in self.properties(subject):
                verb = "a" if predicate == RDF.type else self._turtle(predicate)
                values = f" ,\n{indent}        ".join(self._turtle(obj) for obj in objects)
                lines.append(f"{verb} {values}")
            blocks.append(f"{indent}{self._turtle(subject)} " + f" ;\n{indent}    ".join(lines) + " .\n")
        return blocks

    def turtle_iri(self, iri: str) -> str:
        """Return an IRI as Turtle writes it.

        :raises DataError: if the IRI is invalid
        """
        return self.compact(iri) or f"<{_as_oxigraph(URIRef(iri)).value}>"

    def _turtle(self, term: Any) -> str:  # noqa: ANN401 - a node of any type
        if isinstance(term, URIRef):
            return self.turtle_iri(str(term))
        if isinstance(term, BNode):
            found = self.collection(term)
            return f"( {' '.join(self._turtle(item) for item in found.items)} )" if found else f"_:{term}"
        if not isinstance(term, Literal):
            message = f"{term!r} is not an RDF term"
            raise DataError(message)
        if term.datatype == XSD.boolean and str(term) in {"true", "false"}:
            return str(term)
        if term.datatype == XSD.integer and _CANONICAL_INTEGER.match(str(term)):
            return str(term)
        quoted = _quote(str(term))
        if term.language:
            return f"{quoted}@{term.language}"
        plain = term.datatype is None or term.datatype == XSD.string
        return quoted if plain else f"{quoted}^^{self.turtle_iri(str(term.datatype))}"

    def json_nodes(self) -> list[dict[str, Any]]:
        """Return one JSON-LD node object per subject, with the keys in an order that streaming parsers accept.

        Types come first, then the identifier (Streaming JSON-LD, section 2, "Key Ordering").
        """
        nested = self._nested()
        nodes = []
        for subject in self.subjects():
            if subject in nested:
                continue
            types = self._subjects[subject].get(RDF.type, []) if self._is_plain_type(subject, RDF.type) else []
            node: dict[str, Any] = {"@type": _unwrap([self._json_id(obj) for obj in types])} if types else {}
            node["@id"] = self._json_id(subject)
            for predicate, objects in self.properties(subject):
                if predicate != RDF.type or not types:
                    node[self._json_id(predicate)] = _unwrap([self._json_value(obj) for obj in objects])
            nodes.append(node)
        return nodes

    def _json_id(self, term: Any) -> str:  # noqa: ANN401 - a node of any type
        return f"_:{term}" if isinstance(term, BNode) else self.compact(str(term)) or str(_as_oxigraph(term).value)

    def _json_value(self, term: Any) -> Any:  # noqa: ANN401 - a node of any type to whatever JSON has for it
        if isinstance(term, Literal):
            if term.language:
                return {"@language": term.language, "@value": str(term)}
            if term.datatype is None or term.datatype == XSD.string:
                return str(term)
            return {"@type": self._json_id(term.datatype), "@value": str(term)}
        found = self.collection(term)
        if found or term == RDF.nil:
            return {"@list": [self._json_value(item) for item in (found.items if found else ())]}
        return {"@id": self._json_id(term)}


def _relabel(triples: set[tuple[Node, Node, Node]], label: str) -> set[tuple[Node, Node, Node]]:
    """Return the triples with canonical labels of their blank nodes, told apart between graphs by a label."""
    quads = [Quad(_as_oxigraph(s), _as_oxigraph(p), _as_oxigraph(o)) for s, p, o in triples]
    canonical = pyoxigraph.Dataset(quads)
    canonical.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {
        (_as_rdflib(quad.subject, label), _as_rdflib(quad.predicate, label), _as_rdflib(quad.object, label))
        for quad in canonical
    }


def _as_rdflib(term: object, label: str) -> Node:
    """Return an Oxigraph term as RDFLib's, a blank node with a label of its own."""
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(f"{label}{term.value}")
    if isinstance(term, pyoxigraph.Literal):
        if term.language:
            return Literal(term.value, lang=term.language, normalize=False)
        plain = term.datatype.value == str(XSD.string)
        return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value), normalize=False)
    message = f"{term} is not an RDF 1.1 term"
    raise DataError(message)


def _as_oxigraph(term: Any) -> Any:  # noqa: ANN401 - a node of either library
    """Return an RDFLib term as Oxigraph's.

    :raises DataError: if it cannot be written in RDF
    """
    try:
        if isinstance(term, URIRef):
            return NamedNode(str(term))
        if isinstance(term, BNode):
            return BlankNode(str(term))
        if isinstance(term, Literal):
            if term.language:
                return pyoxigraph.Literal(str(term), language=term.language)
            return pyoxigraph.Literal(str(term), datatype=NamedNode(str(term.datatype or XSD.string)))
    except ValueError as error:
        message = f"cannot write {str(term)[:200]!r} in RDF: {error}"
        raise DataError(message, hint="correct the IRI or language tag") from error
    message = f"{term!r} is not an RDF term"
    raise DataError(message)


def _oxigraph(statements: Iterable[Any], form: RdfFormat, prefixes: dict[str, str]) -> bytes:
    return pyoxigraph.serialize(statements, format=form, prefixes=prefixes) or b""


def _check_xml(ordered: _Ordered) -> None:
    """Check that all text can stand in XML 1.0.

    :raises DataError: if it cannot
    """
    for term in ordered.terms():
        if isinstance(term, Literal) and _NOT_IN_XML.search(str(term)):
            message = f"the literal {str(term)[:60]!r} contains a character that XML 1.0 does not allow"
            raise DataError(message, hint="use a syntax other than RDF/XML, or remove the character")


def _term_order(term: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a node of any type
    """Return the sort key of a term: EILD's terms, other IRIs, literals, blank nodes."""
    if isinstance(term, URIRef):
        return (0 if term.startswith(PREFIXES["eild"]) else 1, natural_order(str(term)))
    if isinstance(term, Literal):
        return (2, natural_order(str(term)), term.language or "", str(term.datatype or ""))
    return (3, natural_order(str(term)))


def _property_order(term: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a node of any type
    """Return the sort key of a property: type and labels, EILD's, others."""
    rank = _FIRST_PROPERTIES.index(term) if term in _FIRST_PROPERTIES else len(_FIRST_PROPERTIES)
    return (rank, *_term_order(term))


def _quote(text: str) -> str:
    """Return a Turtle string: long if it has several lines."""

    def escape(match: re.Match[str]) -> str:
        return "".join(_ESCAPES.get(letter) or f"\\u{ord(letter):04X}" for letter in match[0])

    if "\n" in text:
        return f'"""{_TO_ESCAPE_LONG.sub(escape, text)}"""'
    return f'"{_TO_ESCAPE.sub(escape, text)}"'


def _turtle_document(prefixes: Mapping[str, str], blocks: list[list[str]]) -> str:
    """Return a Turtle or TriG document."""
    head = [f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items()]
    body = "\n".join(block for group in blocks for block in group)
    return "".join(head) + ("\n" if head and body else "") + body


def _json_document(prefixes: Mapping[str, str], nodes: list[dict[str, Any]]) -> str:
    """Return a JSON-LD document in compacted form with its context inside."""
    document = {"@context": dict(prefixes), "@graph": nodes}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _unwrap(values: list[Any]) -> Any:  # noqa: ANN401 - one value or a list of them
    return values[0] if len(values) == 1 else values
