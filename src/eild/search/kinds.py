"""What kind of thing a record is, as a facet of a search: one name for each, the most telling of its types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.terms import DCAT, EILD, NIF, NP, OA, OWL, RDF, RDFS, SH, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.documents.index import Documents, Node


UNTYPED: Final = ("untyped", "untyped")
"""Kind of what no type is given for."""

_JOINED: Final[dict[str, tuple[str, str]]] = {
    str(term): (slug, slug)
    for slug, terms in {
        "class": (OWL.Class, RDFS.Class),
        "property": (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property),
        "ontology": (OWL.Ontology,),
        "query": (SH.SPARQLExecutable,),
        "sentence": (NIF.Sentence, NIF.Title, NIF.Phrase),
        "evidence": (EILD.Evidence, EILD.Quotation),
        "scheme": (SKOS.ConceptScheme,),
        "dataset": (DCAT.Dataset,),
    }.items()
    for term in terms
}
"""Kinds that are one for people and several types for machines."""

_GENERAL: Final = frozenset(
    str(term)
    for term in (
        *(EILD.Agent, EILD.Group, SKOS.Concept, OA.SpecificResource, OWL.FunctionalProperty, OWL.SymmetricProperty),
        *(OWL.Thing, OWL.NamedIndividual, RDFS.Resource),
    )
)
"""Types that tell a kind only where there is no other; of two of them the first by name comes last."""

HIDDEN: Final = frozenset(
    str(term)
    for term in (OA.TextPositionSelector, OA.TextQuoteSelector, SH.PrefixDeclaration, NIF.Context, NP.Nanopublication)
)
"""Types of records that only serve others, whose texts those others have as well."""

_HUMPS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^\w]+|_+")
_LOCAL: Final = re.compile(r"[^/#:]*$")


def split_name(iri: str) -> str:
    """Return the last part of an IRI as words: ``national-council`` and ``GovernmentBody`` are two each."""
    match = _LOCAL.search(iri.rstrip("/#"))
    return " ".join(filter(None, _HUMPS.split(match[0] if match else iri)))


def list_types(documents: Documents, node: Node) -> list[str]:
    """Return the IRIs of the types of a node."""
    return [term.value for term in documents.find_objects(node, nodes.RDF.type) if isinstance(term, NamedNode)]


class Kinds:
    """Names the kinds of records.

    :param documents: where types have their labels
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: dict[str, tuple[str, str]] = dict(_JOINED)

    def choose(self, types: Iterable[str]) -> tuple[str, str]:
        """Return the kind that types make: its name in URLs and what people read."""
        best = min(types, key=_rank, default="")
        if best and best not in self._known:
            self._known[best] = (split_name(best).replace(" ", "-").lower() or best, self._find_label(best))
        return self._known[best] if best else UNTYPED

    def _find_label(self, iri: str) -> str:
        return self._documents.find_name(NamedNode(iri)) or split_name(iri).lower() or iri


def _rank(iri: str) -> tuple[int, bool, str]:
    """Return what orders types: those that are telling by themselves first, the general ones last."""
    return (0 if iri in _JOINED else 2 if iri in _GENERAL else 1), iri == str(EILD.Agent), iri
