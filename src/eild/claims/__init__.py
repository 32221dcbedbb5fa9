"""Claims as typed values, read from a published dataset."""

from eild.claims.model import OPPOSED, STANCES, Article, Claim, ClaimIndex, Degree, Named, Proposition, Time, Words
from eild.claims.reading import SLOTS, load_claims, load_words

__all__ = [
    "OPPOSED",
    "SLOTS",
    "STANCES",
    "Article",
    "Claim",
    "ClaimIndex",
    "Degree",
    "Named",
    "Proposition",
    "Time",
    "Words",
    "load_claims",
    "load_words",
]
