"""Nanopublications: one per claim, a projection of the dataset for citing or exchanging single claims.

A nanopublication (https://nanopub.net/guidelines/working_draft/) is four named graphs: a head that names the others,
an assertion, its provenance, and publication info. It asserts that a claimant makes a claim, never the proposition of
the claim: the assertion graph describes the claim and its propositions, and describing a proposition asserts nothing.
The provenance graph contains the words that support the claim, with their positions in the seed text. The claim is made
by the claimant, and EILD asserts that the claimant makes it. Shortcuts, which are derived from several claims, and
``cito:disagreesWith``, the editor's view of two claims, are in no nanopublication: other claims could change them.

The IRI ends in an artifact code, the hash of the content (module RA of http://trustyuri.net/). Anyone with the IRI can
verify the content, and every change to the content is detectable. The nanopublications are not signed.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, XSD

from eild.names import OWN, Names
from eild.namespaces import CITO, EILD, NP, NPX, OA, empty_graph
from eild.terms import natural_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from rdflib import Graph
    from rdflib.term import Node

    Triple = tuple[Node, Node, Node]
    Quad = tuple[Node, Node, Node, Node]

STATEMENT: Final = (
    "Asserts that the claimant makes this claim. The propositions of the claim are described, not asserted."
)
"""Comment on the assertion in the publication info of each nanopublication."""

_MODULE: Final = "RA"
_DRAFT: Final = _MODULE + "_" * 43
"""Placeholder for the artifact code until it is computed."""
_EVIDENCE_LINKS: Final = (DCTERMS.isPartOf, OA.hasSelector)


@dataclass(frozen=True)
class Nanopublication:
    """One nanopublication.

    :ivar iri: trusty IRI
    :ivar claim: claim that it introduces
    :ivar label: label of the nanopublication
    :ivar graphs: head, assertion, provenance and publication info, by their IRIs, in this order
    """

    iri: URIRef
    claim: URIRef
    label: Literal
    graphs: Mapping[URIRef, Collection[Triple]]

    def quads(self) -> Iterator[Quad]:
        """Yield its statements, each with the name of its graph."""
        for name, triples in self.graphs.items():
            for subject, predicate, obj in triples:
                yield subject, predicate, obj, name


def build_nanopubs(
    graphs: Mapping[str, Graph], version: str, issued: date, names: Names = OWN
) -> tuple[Nanopublication, ...]:
    """Return the nanopublication of each claim that has evidence, in the order of the claims.

    :param graphs: the module graphs of a dataset
    :param version: the dataset's version
    :param issued: release date, the source of all times
    :param names: the names of the project
    """
    claims = empty_graph()
    for module in ("claims", "relays", "editor"):
        claims += graphs[module]
    claims.remove((None, CITO.disagreesWith, None))
    found = [
        claim
        for claim in claims.subjects(RDF.type, EILD.Claim)
        if isinstance(claim, URIRef) and (claim, EILD.evidence, None) in claims
    ]
    documents = dict(graphs["seed"].subject_objects(DCTERMS.isFormatOf))
    projection = _Projection(claims, graphs["evidence"], graphs["entities"], version, issued, documents, names)
    return tuple(projection.build(claim) for claim in sorted(found, key=natural_order))


def build_links(nanopubs: Iterable[Nanopublication]) -> Graph:
    """Return the links between claims and their nanopublications, in both directions."""
    graph = empty_graph()
    for nanopub in nanopubs:
        graph.add((nanopub.iri, RDF.type, NP.Nanopublication))
        graph.add((nanopub.iri, RDFS.label, nanopub.label))
        graph.add((nanopub.iri, NPX.introduces, nanopub.claim))
        graph.add((nanopub.claim, DCTERMS.hasFormat, nanopub.iri))
    return graph


@dataclass(frozen=True)
class _Projection:
    """What all nanopublications of a dataset are made from."""

    claims: Graph
    evidence: Graph
    entities: Graph
    version: str
    issued: date
    documents: Mapping[Node, Node]
    names: Names

    @property
    def _dataset(self) -> URIRef:
        return URIRef(self.names.part("dataset"))

    def build(self, claim: URIRef) -> Nanopublication:
        """Return the nanopublication of a claim."""
        start = self.names.part("np/")
        draft = self._draft(claim, URIRef(start + _DRAFT))
        return self._draft(claim, URIRef(start + make_artifact_code(draft.quads(), _DRAFT)))

    def _draft(self, claim: URIRef, iri: URIRef) -> Nanopublication:
        """Return the nanopublication of a claim under some IRI."""
        head, assertion, provenance, info = (
            URIRef(f"{iri}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
        )
        graphs: dict[URIRef, Collection[Triple]] = {
            head: {
                (iri, RDF.type, NP.Nanopublication),
                (iri, NP.hasAssertion, assertion),
                (iri, NP.hasProvenance, provenance),
                (iri, NP.hasPublicationInfo, info),
            },
            assertion: self._assert(claim),
            provenance: self._trace(claim, assertion),
            info: self._inform(claim, iri),
        }
        return Nanopublication(iri, claim, _label(claim), graphs)

    def _assert(self, claim: Node) -> set[Triple]:
        """Return the claim's own description, without its evidence, and those of the propositions it leads to."""
        triples: set[Triple] = set()
        start = self.names.resource("proposition", "")
        found = {claim}
        waiting = [claim]
        while waiting:
            subject = waiting.pop()
            for predicate, obj in self.claims.predicate_objects(subject):
                if predicate == EILD.evidence:
                    continue
                triples.add((subject, predicate, obj))
                if isinstance(obj, URIRef) and obj.startswith(start) and obj not in found:
                    found.add(obj)
                    waiting.append(obj)
        return triples

    def _trace(self, claim: Node, assertion: URIRef) -> set[Triple]:
        """Return by whom and from which words the assertion was read, with what is known of these words."""
        creators = self.entities.objects(self._dataset, DCTERMS.creator)
        triples: set[Triple] = {(assertion, PROV.wasAttributedTo, creator) for creator in creators}
        found = set(self.claims.objects(claim, EILD.evidence))
        for evidence in found:
            triples |= {(claim, EILD.evidence, evidence), (assertion, PROV.wasDerivedFrom, evidence)}
        waiting = list(found)
        while waiting:
            subject = waiting.pop()
            for predicate, obj in self.evidence.predicate_objects(subject):
                triples.add((subject, predicate, obj))
                if predicate == OA.hasSource:
                    triples |= {(subject, PROV.wasQuotedFrom, obj), (assertion, PROV.wasDerivedFrom, obj)}
                    if obj in self.documents:
                        triples.add((assertion, PROV.hadPrimarySource, self.documents[obj]))
                if predicate in _EVIDENCE_LINKS and obj not in found:
                    found.add(obj)
                    waiting.append(obj)
        return triples

    def _inform(self, claim: Node, iri: URIRef) -> set[Triple]:
        """Return what is to be known of the nanopublication itself."""
        created = Literal(f"{self.issued.isoformat()}T00:00:00Z", datatype=XSD.dateTime, normalize=False)
        return {
            (iri, DCTERMS.created, created),
            (iri, DCTERMS.isPartOf, self._dataset),
            (iri, OWL.versionInfo, Literal(self.version)),
            (iri, RDFS.label, _label(claim)),
            (iri, RDFS.comment, Literal(STATEMENT, lang="en")),
            (iri, NPX.introduces, claim),
            (iri, NPX.hasNanopubType, EILD.Claim),
            *(
                (iri, predicate, obj)
                for predicate in (DCTERMS.creator, DCTERMS.license)
                for obj in self.entities.objects(self._dataset, predicate)
            ),
        }


def _label(claim: Node) -> Literal:
    return Literal(f"nanopublication of the claim {str(claim).rpartition('/')[2]}", lang="en")


def make_artifact_code(quads: Iterable[Quad], code: str) -> str:
    """Return the artifact code of RDF content, by module RA of the trusty URI specification, version 1.

    :param quads: subject, predicate, object and graph name of each statement; none of them a blank node
    :param code: artifact code in the IRIs of the content, or its placeholder
    :raises ValueError: if there is a blank node
    """
    rows = sorted({_make_row(quad, code) for quad in quads})
    text = "".join(
        f"{graph}\n{subject}\n{predicate}\n{_write_object(obj)}\n" for graph, subject, predicate, obj in rows
    )
    digest = hashlib.sha256(text.encode()).digest()
    return _MODULE + urlsafe_b64encode(digest).decode().rstrip("=")


_Object = tuple[bool, str, str, str]
"""Whether it is a literal, its IRI or text, its datatype, its language: in the order by which objects are sorted."""


def _make_row(quad: Quad, code: str) -> tuple[str, str, str, _Object]:
    subject, predicate, obj, graph = quad
    return (*(_prepare(term, code) for term in (graph, subject, predicate)), _make_object(obj, code))  # type: ignore[return-value]


def _make_object(term: Any, code: str) -> _Object:  # noqa: ANN401 - a node of any type
    if not isinstance(term, Literal):
        return False, _prepare(term, code), "", ""
    if term.language:
        return True, str(term), "", term.language.lower()
    return True, str(term), str(term.datatype or XSD.string), ""


def _prepare(term: Node, code: str) -> str:
    """Return an IRI with a blank in place of the artifact code."""
    if not isinstance(term, URIRef):
        message = f"{term!r} has no IRI: content with a trusty IRI must not contain blank nodes"
        raise ValueError(message)  # noqa: TRY004 - the value is of a kind that the specification excludes
    return str(term).replace(code, " ")


def _write_object(obj: _Object) -> str:
    is_literal, text, datatype, language = obj
    if not is_literal:
        return text
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return f"@{language} {escaped}" if language else f"^{datatype} {escaped}"
