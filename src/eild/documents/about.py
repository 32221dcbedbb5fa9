"""What is known of the dataset as a whole: the licence and the author that hold for each document of a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.terms import PREFIXES, natural_order

if TYPE_CHECKING:
    from eild.documents.index import Documents
    from eild.publication.manifest import Publication

_LICENCE: Final = nodes.DCTERMS.license
_SOURCE: Final = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_AUTHORS: Final = (nodes.DCTERMS.creator, nodes.DCTERMS.publisher)


@dataclass(frozen=True)
class TextCredit:
    """Whom to credit for a text that a dataset encodes.

    :ivar number: number of the seed
    :ivar title: title of the text
    :ivar source: IRI of the page that it is from; empty if it is unknown
    :ivar licence: IRI of its licence; empty if it is unknown
    :ivar credit: who wrote it, in words; empty if it is unknown
    :ivar language: language tag of the text; empty if it is unknown
    """

    number: str
    title: str
    source: str = ""
    licence: str = ""
    credit: str = ""
    language: str = ""


@dataclass(frozen=True)
class About:
    """What holds for all of a dataset.

    :ivar dataset: its IRI; empty if the operator named no base, so that it has none
    :ivar licence: IRI of its licence; empty if it is unknown
    :ivar author: IRI of its creator, or else of its publisher; empty if it is unknown
    :ivar author_name: name of the author, if the dataset does not describe the author itself
    :ivar contact: URL for requests about the data; empty if it is unknown
    :ivar texts: the texts that it encodes, in the order of their numbers
    """

    dataset: str = ""
    licence: str = ""
    author: str = ""
    author_name: str = ""
    contact: str = ""
    texts: tuple[TextCredit, ...] = ()


def find_about(publication: Publication, documents: Documents | None) -> About:
    """Return what is known of a dataset: its own triples say it of EILD's, the manifest of third-party data.

    :param documents: the triples; None if they may change at any time
    """
    if publication.foreign:
        known = publication.about
        author = (known.creator_iri, known.creator) if known.creator else (known.publisher_iri, known.publisher)
        dataset = publication.dataset_iri if publication.owned else ""
        return About(dataset, known.licence, *author, known.contact)
    dataset = publication.dataset_iri
    if documents is None:
        return About(dataset)

    def first(*predicates: NamedNode) -> str:
        found = (value for name in predicates for value in documents.find_objects(NamedNode(dataset), name))
        return next((value.value for value in found if isinstance(value, NamedNode)), "")

    return About(dataset, first(_LICENCE), first(*_AUTHORS), texts=_list_texts(documents))


def _list_texts(documents: Documents) -> tuple[TextCredit, ...]:
    """Return whom to credit for each text."""
    seeds = {
        triple.subject.value
        for triple in documents.incoming(nodes.NIF.Context)
        if triple.predicate == nodes.RDF.type and isinstance(triple.subject, NamedNode)
    }

    def read(seed: str) -> TextCredit:
        def first(predicate: NamedNode) -> str:
            found = (value.value for value in documents.find_objects(NamedNode(seed), predicate))
            return next((value for value in found if isinstance(value, str)), "")

        return TextCredit(
            number=seed.rpartition("/")[2],
            title=first(nodes.DCTERMS.title),
            source=first(_SOURCE),
            licence=first(_LICENCE),
            credit=first(nodes.SCHEMA.creditText),
            language=first(nodes.DCTERMS.language),
        )

    return tuple(read(seed) for seed in sorted(seeds, key=natural_order))
