"""Names of resources as reconciliation compares them: preferred, alternative and hidden names, and identifiers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal
from rapidfuzz import fuzz

from eild.languages import rank_language
from eild.search.question import fold
from eild.terms import DCTERMS, LABELS, OA, SCHEMA, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import NamedNode

    from eild.documents.index import Documents

_PREFERRED: Final = LABELS[: LABELS.index(OA.exact)]
_WEIGHTS: Final = {
    **{str(term): 1.0 for term in (*_PREFERRED, SKOS.notation, DCTERMS.identifier)},
    **{str(term): 0.98 for term in (SKOS.altLabel, SCHEMA.alternateName, DCTERMS.alternative)},
    str(SKOS.hiddenLabel): 0.95,
}
"""How much a name counts, by the property that gives it."""
_FOLDED: Final = 0.97
_MOST_SIMILAR: Final = 0.95
_REORDERED: Final = 0.97
_GAPS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Name:
    """A name of a resource.

    :ivar text: the name
    :ivar language: its language tag; empty if it has none
    :ivar weight: how much it counts, up to 1
    """

    text: str
    language: str
    weight: float


@dataclass(frozen=True)
class NameMatch:
    """How well a name fits what is looked for.

    :ivar similarity: from 0 to 1; 1 is a preferred name that is equal except for case and white space
    :ivar exact: whether one of the names is equal except for case and white space
    """

    similarity: float = 0.0
    exact: bool = False


def list_names(documents: Documents, node: NamedNode) -> list[Name]:
    """Return the names of a resource, in all languages."""
    return [
        Name(triple.object.value, triple.object.language or "", _WEIGHTS[triple.predicate.value])
        for triple in documents.outgoing(node)
        if triple.predicate.value in _WEIGHTS and isinstance(triple.object, Literal)
    ]


def normalize(text: str) -> str:
    """Return a text without differences of case, white space and Unicode composition."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def measure(given: str, own: str) -> float:
    """Return how similar two texts are, from 0 to 1; 1 if they are equal except for case and white space."""
    if normalize(given) == normalize(own):
        return 1.0
    first, second = (" ".join(_GAPS.sub(" ", fold(text)).split()) for text in (given, own))
    if not first or not second:
        return 0.0
    if first == second:
        return _FOLDED
    best = max(fuzz.ratio(first, second), _REORDERED * fuzz.token_sort_ratio(first, second))
    return round(_MOST_SIMILAR * best / 100, 4)


def compare_names(text: str, names: Iterable[Name], language: str = "") -> NameMatch:
    """Return how well the best of some names fits a text.

    :param text: what is looked for
    :param names: the names of a resource
    :param language: the language in which a name must be to be exact, unless it has none; empty for any
    """
    similarity, exact = 0.0, False
    for name in names:
        measured = measure(text, name.text)
        fits = not language or not name.language or rank_language(name.language, (language,))[0] == 0
        exact = exact or (measured == 1.0 and fits)
        similarity = max(similarity, name.weight * measured)
    return NameMatch(round(similarity, 4), exact)
