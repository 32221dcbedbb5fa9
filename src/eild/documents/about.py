"""What the data says of the dataset as a whole: the licence and the author that hold for each document of a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild import nodes

if TYPE_CHECKING:
    from eild.documents.index import Documents
    from eild.publication.manifest import Publication

_LICENCE: Final = nodes.DCTERMS.license
_AUTHORS: Final = (nodes.DCTERMS.creator, nodes.DCTERMS.publisher)


@dataclass(frozen=True)
class About:
    """What holds for all of a dataset.

    :ivar dataset: its IRI; empty if the operator named no base, so that it has none
    :ivar licence: IRI of its licence; empty if the data names none
    :ivar author: IRI of its creator, or else of its publisher; empty if the data names none
    """

    dataset: str = ""
    licence: str = ""
    author: str = ""


def find_about(publication: Publication, documents: Documents | None) -> About:
    """Return what the triples of a dataset say of itself.

    :param documents: the triples; None if they may change at any time
    """
    if not publication.owned:
        return About()
    if documents is None:
        return About(f"{publication.base}dataset")
    dataset = NamedNode(f"{publication.base}dataset")

    def first(*predicates: NamedNode) -> str:
        values = (value for predicate in predicates for value in documents.find_objects(dataset, predicate))
        return next((value.value for value in values if isinstance(value, NamedNode)), "")

    return About(dataset.value, first(_LICENCE), first(*_AUTHORS))
