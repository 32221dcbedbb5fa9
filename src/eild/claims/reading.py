"""Reading claims from the triples of a published dataset."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from eild import nodes
from eild.claims.model import Article, Claim, ClaimIndex, Degree, Named, Proposition, Time, Words
from eild.seed.languages import find_language
from eild.seed.segmentation import segment
from eild.terms import CITO, DCAT, DCTERMS, EILD, NIF, OA, RDF, SKOS, XSD, natural_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.documents.index import Documents

SLOTS: Final = (
    "actor",
    "about",
    "action",
    "mode",
    "target",
    "content",
    "purpose",
    "because",
    "election",
    "technique",
    "topic",
    "narrative",
    "platform",
    "describedAs",
    "quality",
    "quantity",
    "occasion",
    "relativeTo",
    "effectiveTarget",
)
"""Properties of a proposition that pages show, by name, in the order in which they show them."""


@lru_cache(maxsize=1024)
class _Reader:
    """Reads typed values about nodes."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def nodes(self, subject: NamedNode, predicate: str) -> list[NamedNode]:
        """Return the resources to which a property leads, in natural order of their IRIs."""
        found = self._documents.find_objects(subject, NamedNode(predicate))
        return sorted((term for term in found if isinstance(term, NamedNode)), key=lambda t: natural_order(t.value))

    def texts(self, subject: NamedNode, predicate: str) -> list[str]:
        """Return the literals to which a property leads, sorted."""
        found = self._documents.find_objects(subject, NamedNode(predicate))
        return sorted(term.value for term in found if isinstance(term, Literal))

    def text(self, subject: NamedNode, predicate: str) -> str:
        """Return the first literal of a property, or an empty text."""
        return next(iter(self.texts(subject, predicate)), "")

    def name(self, node: NamedNode) -> Named:
        """Return a resource with its name."""
        return Named(self._documents.find_name(node) or node.value.rpartition("/")[2], node.value)

    def names(self, subject: NamedNode, predicate: str) -> tuple[Named, ...]:
        """Return the resources to which a property leads, with their names."""
        return tuple(self.name(node) for node in self.nodes(subject, predicate))

    def degree(self, subject: NamedNode, predicate: str) -> Degree | None:
        """Return the step of a scale that a property gives."""
        for node in self.nodes(subject, predicate):
            level = self.text(node, SKOS.notation)
            return Degree(self.name(node), int(level) if level.isdecimal() else 0)
        return None

    def _day(self, subject: NamedNode, predicate: str) -> date | None:
        for term in self._documents.find_objects(subject, NamedNode(predicate)):
            if isinstance(term, Literal) and term.datatype.value == str(XSD.date):
                return date.fromisoformat(term.value)
        return None

    def times(self, subject: NamedNode, predicate: str) -> tuple[Time, ...]:
        """Return the times to which a property leads."""
        return tuple(self._time(node) for node in self.nodes(subject, predicate))

    def _time(self, node: NamedNode) -> Time:
        relations = self.names(node, EILD.temporalRelation)
        return Time(
            iri=node.value,
            verbatim=self.text(node, EILD.verbatim),
            edtf=self.text(node, EILD.edtf),
            earliest=self._day(node, EILD.earliest),
            latest=self._day(node, EILD.latest),
            inferred=self.text(node, EILD.inferredPart),
            relation=relations[0].text if relations else "",
        )

    def words(self, subject: NamedNode) -> tuple[Words, ...]:
        """Return the evidence of a record, in the order of the text."""
        found = [words for node in self.nodes(subject, EILD.evidence) if (words := self.evidence(node)) is not None]
        return tuple(sorted(found, key=lambda words: (words.seed, words.start, -words.end)))

    def evidence(self, node: NamedNode) -> Words | None:
        """Return one evidence; None if it has no position in a text."""
        for selector in self.nodes(node, OA.hasSelector):
            start, end = self.text(selector, OA.start), self.text(selector, OA.end)
            if start and end:
                speakers = self.names(node, EILD.speaker)
                seeds = self.nodes(node, OA.hasSource)
                return Words(
                    iri=node.value,
                    seed=seeds[0].value.rpartition("/")[2] if seeds else "",
                    start=int(start),
                    end=int(end),
                    exact=self.text(node, OA.exact),
                    units=tuple(unit.value.rpartition("/")[2] for unit in self.nodes(node, OA.hasScope)),
                    quotation=nodes.EILD.Quotation in self.nodes(node, RDF.type),
                    speaker=speakers[0] if speakers else None,
                    warning=self.text(node, EILD.contentWarning),
                )
        return None

    def proposition(self, node: NamedNode) -> Proposition:
        """Return a proposition with what fills its slots."""
        slots = {slot: self.names(node, EILD[slot]) for slot in SLOTS}
        filled = {slot: values for slot, values in slots.items() if values}
        return Proposition(self.name(node), filled, self.times(node, EILD.eventTime))

    def iris(self, subject: NamedNode, *predicates: str) -> tuple[str, ...]:
        """Return the IRIs to which some properties lead, each once."""
        return tuple(dict.fromkeys(node.value for predicate in predicates for node in self.nodes(subject, predicate)))

    def sources(self, target: NamedNode, *predicates: str) -> tuple[str, ...]:
        """Return the IRIs from which some properties lead to a node, each once."""
        wanted = {NamedNode(predicate) for predicate in predicates}
        found = {
            triple.subject.value
            for triple in self._documents.incoming(target)
            if triple.predicate in wanted and isinstance(triple.subject, NamedNode)
        }
        return tuple(sorted(found, key=natural_order))

    @cached_property
    def _editors(self) -> frozenset[str]:
        """The creators of the dataset, whose claims are readings of the text and not claims in it."""
        datasets = self.instances(DCAT.Dataset)
        return frozenset(iri for dataset in datasets for iri in self.iris(dataset, DCTERMS.creator))

    def claim(self, node: NamedNode) -> Claim | None:
        """Return a claim; None if it has no stance, so that it is not a claim by the ontology."""
        stances = self.names(node, EILD.stance)
        if not stances:
            return None
        times, bases = self.times(node, EILD.claimTime), self.names(node, EILD.basis)
        claimants = self.names(node, EILD.claimant)
        return Claim(
            iri=node.value,
            number=node.value.rpartition("/")[2],
            label=self.name(node).text,
            stance=stances[0],
            claimants=claimants,
            addressees=self.names(node, EILD.addressee),
            propositions=tuple(self.proposition(part) for part in self.nodes(node, EILD.hasProposition)),
            words=self.words(node),
            confidence=self.degree(node, EILD.confidence),
            likelihood=self.degree(node, EILD.likelihood),
            hedges=tuple(self.texts(node, EILD.hedge)),
            basis=bases[0] if bases else None,
            time=times[0] if times else None,
            documents=self.names(node, EILD.statedIn),
            occasions=self.names(node, EILD.occasion),
            reports=self.iris(node, EILD.reportsClaim),
            reported_by=self.sources(node, EILD.reportsClaim),
            contested_by=self.iris(node, EILD.contestedBy),
            contrasts=tuple(dict.fromkeys((*self.iris(node, EILD.contrasts), *self.sources(node, EILD.contrasts)))),
            responds_to=self.iris(node, EILD.respondsTo),
            answered_by=self.sources(node, EILD.respondsTo),
            disagrees=tuple(
                dict.fromkeys((*self.iris(node, CITO.disagreesWith), *self.sources(node, CITO.disagreesWith)))
            ),
            alternatives=self.iris(node, EILD.alternativeTo),
            elections=self.names(node, EILD.aboutElection),
            is_coding=any(claimant.iri in self._editors for claimant in claimants),
        )

    def article(self, node: NamedNode) -> Article | None:
        """Return a seed with its units; None if the dataset does not contain its text."""
        text = self.text(node, NIF.isString)
        if not text:
            return None
        documents = self.names(node, DCTERMS.isFormatOf)
        document = documents[0] if documents else self.name(node)
        language = self.text(node, DCTERMS.language)
        units = segment(text, find_language(language))
        return Article(node.value.rpartition("/")[2], node.value, document, text, units, language)

    def instances(self, kind: str) -> Iterable[NamedNode]:
        """Return the instances of a class, in natural order of their IRIs."""
        return [NamedNode(iri) for iri in sorted(self.sources(NamedNode(kind), RDF.type), key=natural_order)]


def load_claims(documents: Documents) -> ClaimIndex:
    """Return all claims of a dataset; an index without any where it has none of EILD's kind.

    :param documents: the triples of the dataset
    """
    reader = _Reader(documents)
    claims = [claim for node in reader.instances(EILD.Claim) if (claim := reader.claim(node)) is not None]
    articles = [article for node in reader.instances(NIF.Context) if (article := reader.article(node)) is not None]
    return ClaimIndex({claim.iri: claim for claim in claims}, {article.number: article for article in articles})


def load_words(documents: Documents) -> dict[str, Words]:
    """Return all evidence of a dataset by its IRI, also that of other records than claims.

    :param documents: the triples of the dataset
    """
    reader = _Reader(documents)
    nodes = (*reader.instances(EILD.Evidence), *reader.instances(EILD.Quotation))
    return {node.value: words for node in nodes if (words := reader.evidence(node)) is not None}
