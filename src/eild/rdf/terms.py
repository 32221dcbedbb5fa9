"""Terms as text: the one way to write a triple term, and reading terms of query results in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Triple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Term: TypeAlias = "NamedNode | BlankNode | Literal | Triple"


def write_term(term: Term, write_iri: Callable[[NamedNode], str] = str) -> str:
    """Return a term as N-Triples writes it, triple terms as ``<<( s p o )>>`` (RDF 1.2 N-Triples, section 2.5).

    :param write_iri: writes an IRI, for texts with abbreviated IRIs
    """
    if isinstance(term, Triple):
        parts = (write_term(part, write_iri) for part in (term.subject, term.predicate, term.object))
        return f"<<( {' '.join(parts)} )>>"
    return write_iri(term) if isinstance(term, NamedNode) else str(term)


def read_json_term(value: Mapping[str, Any]) -> Term:
    """Return a term of SPARQL 1.2 Query Results JSON (section 3.2.2).

    :raises ValueError: if a part of it is invalid
    """
    kind, content = value["type"], value["value"]
    if kind == "uri":
        return NamedNode(content)
    if kind == "bnode":
        return BlankNode(content)
    if kind == "triple":
        subject, obj = read_json_term(content["subject"]), read_json_term(content["object"])
        if isinstance(subject, NamedNode | BlankNode):
            return Triple(subject, NamedNode(content["predicate"]["value"]), obj)
        message = "the subject of a triple term must be an IRI or a blank node"
        raise ValueError(message)
    if language := value.get("xml:lang"):
        direction = {"ltr": BaseDirection.LTR, "rtl": BaseDirection.RTL}.get(value.get("its:dir", ""))
        return Literal(content, language=language, direction=direction)
    return Literal(content, datatype=NamedNode(value["datatype"]) if "datatype" in value else None)


def is_of_rdf_1_2(term: object) -> bool:
    """Return whether RDF 1.1 does not have a term: a triple term, or a literal with a base direction."""
    return isinstance(term, Triple) or (isinstance(term, Literal) and term.direction is not None)
