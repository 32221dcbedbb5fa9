"""Claims as typed values: what pages, search and pictures are made of.

A :class:`ClaimIndex` is one published version, read once. Nothing in it is asserted: a proposition is described, and a
claim says who takes which stance toward it, in which words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from eild.seed.segmentation import Unit

STANCES: Final = ("affirms", "negates", "denies", "pledges-not", "reports", "asks", "raises", "insults")
"""The closed list of stances by the last part of their IRIs, in the order in which pages show them."""
OPPOSED: Final = frozenset({"negates", "denies", "pledges-not"})
"""Stances of those who say, find or promise that something is not so."""


@dataclass(frozen=True, order=True)
class Named:
    """A resource by its IRI and its name.

    :ivar text: what people read
    :ivar iri: its IRI
    """

    text: str
    iri: str

    @property
    def slug(self) -> str:
        """The last part of the IRI."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True)
class Degree:
    """A step of a scale: likelihood of 4, confidence of 3.

    :ivar concept: the concept
    :ivar level: the step, from 1; 0 if the concept has no notation
    """

    concept: Named
    level: int


@dataclass(frozen=True)
class Time:
    """A time as the text gives it; a bound that the text leaves open is missing.

    :ivar iri: its IRI
    :ivar verbatim: the words
    :ivar edtf: the value in EDTF, empty if there is none
    :ivar earliest: the first day that it can mean
    :ivar latest: the last day that it can mean
    :ivar inferred: part that the text does not state: ``year``, ``month`` or ``all``; empty if it states the whole date
    :ivar relation: ``before``, ``after`` … some other thing, empty if the time is not relative
    """

    iri: str
    verbatim: str
    edtf: str = ""
    earliest: date | None = None
    latest: date | None = None
    inferred: str = ""
    relation: str = ""

    @property
    def is_bounded(self) -> bool:
        """Whether at least one day is given."""
        return self.earliest is not None or self.latest is not None


@dataclass(frozen=True)
class Words:
    """Exact words of the seed.

    :ivar iri: IRI of the evidence
    :ivar seed: number of the seed, e.g. ``000``
    :ivar start: offset of the first code point in the text
    :ivar end: offset after the last one
    :ivar exact: the words
    :ivar units: numbers of the sentences that hold them, e.g. ``000-012``
    :ivar quotation: whether they stand between quotation marks
    :ivar speaker: whose words they are, where the text says so
    :ivar warning: why to take care in display, empty for nearly all
    """

    iri: str
    seed: str
    start: int
    end: int
    exact: str
    units: tuple[str, ...] = ()
    quotation: bool = False
    speaker: Named | None = None
    warning: str = ""


@dataclass(frozen=True)
class Proposition:
    """A described act, state or relation; describing it asserts nothing.

    :ivar named: its IRI and its neutral, positive label
    :ivar slots: values by the name of the property of the ontology, e.g. ``actor``
    :ivar times: when it happened or holds, as far as the text says
    """

    named: Named
    slots: Mapping[str, tuple[Named, ...]] = field(hash=False)
    times: tuple[Time, ...] = ()


@dataclass(frozen=True, eq=False)
class Claim:
    """One claimant's stance toward propositions, or the relay of other claims; two are equal only if they are one.

    :ivar iri: its IRI
    :ivar number: seed, unit and running number, e.g. ``000-012-1``
    :ivar label: the generated label
    :ivar stance: the stance; :attr:`Named.slug` is one of :data:`STANCES`
    :ivar claimants: who makes the claim
    :ivar addressees: to whom it is said
    :ivar propositions: what the stance is toward; none in relays
    :ivar words: the evidence, in the order of the text
    :ivar confidence: the confidence that the claimant states
    :ivar likelihood: how probable the words call it
    :ivar hedges: verbatim qualifying phrases
    :ivar basis: how the record was read
    :ivar time: when it is said
    :ivar documents: in which documents
    :ivar occasions: at which occasions
    :ivar reports: IRIs of the claims that it relays
    :ivar reported_by: IRIs of the claims that relay it
    :ivar contested_by: IRIs of opposed claims, by the derived rule
    :ivar contrasts: IRIs of claims against which the text sets it, in both directions
    :ivar responds_to: IRIs of the claims that it answers
    :ivar answered_by: IRIs of the claims that answer it
    :ivar disagrees: IRIs of claims that the editor sees in conflict with it, in both directions
    :ivar alternatives: IRIs of other readings of the same words
    :ivar elections: the elections that it is about, by the derived rule
    :ivar is_coding: whether it is a reading of those who encoded the text, such as which technique of a catalogue is
        meant: the creator of the dataset is the claimant
    """

    iri: str
    number: str
    label: str
    stance: Named
    claimants: tuple[Named, ...] = ()
    addressees: tuple[Named, ...] = ()
    propositions: tuple[Proposition, ...] = ()
    words: tuple[Words, ...] = ()
    confidence: Degree | None = None
    likelihood: Degree | None = None
    hedges: tuple[str, ...] = ()
    basis: Named | None = None
    time: Time | None = None
    documents: tuple[Named, ...] = ()
    occasions: tuple[Named, ...] = ()
    reports: tuple[str, ...] = ()
    reported_by: tuple[str, ...] = ()
    contested_by: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()
    responds_to: tuple[str, ...] = ()
    answered_by: tuple[str, ...] = ()
    disagrees: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    elections: tuple[Named, ...] = ()
    is_coding: bool = False

    @property
    def is_relay(self) -> bool:
        """Whether the build wrote it: the relay of a sentence's claims by the article, which has the number 0."""
        return self.number.endswith("-0")

    @property
    def is_hedged(self) -> bool:
        """Whether its words leave doubt or narrow what is said."""
        return bool(self.hedges) or self.likelihood is not None

    @property
    def is_warned(self) -> bool:
        """Whether some of its words are to be shown with care."""
        return any(words.warning for words in self.words)

    @property
    def opponents(self) -> tuple[str, ...]:
        """IRIs of the claims that contest it or that the editor sees in conflict with it, each once."""
        return tuple(dict.fromkeys((*self.contested_by, *self.disagrees)))

    @property
    def units(self) -> tuple[str, ...]:
        """Numbers of the sentences that hold its evidence, each once, in the order of the text."""
        return tuple(dict.fromkeys(unit for words in self.words for unit in words.units))

    def is_about(self, iri: str) -> bool:
        """Return whether one of its propositions names a resource in any slot."""
        return any(iri == value.iri for part in self.propositions for values in part.slots.values() for value in values)


@dataclass(frozen=True)
class Article:
    """The seed: a text and its units.

    :ivar number: number of the seed, e.g. ``000``
    :ivar iri: IRI of the text
    :ivar document: the article, as source and claimant
    :ivar text: the text as given
    :ivar units: its units, in order
    :ivar language: its language tag; empty if the data does not say
    """

    number: str
    iri: str
    document: Named
    text: str
    units: tuple[Unit, ...]
    language: str = ""


@dataclass(frozen=True)
class ClaimIndex:
    """All claims of a published version.

    :ivar claims: the claims by IRI, in the order of the text
    :ivar articles: the seeds, by number
    """

    claims: Mapping[str, Claim]
    articles: Mapping[str, Article]

    def choose(self, iris: Iterable[str]) -> list[Claim]:
        """Return the claims of some IRIs, in the order of the text; IRIs of none are ignored."""
        wanted = set(iris)
        return [claim for iri, claim in self.claims.items() if iri in wanted]

    def trace_speakers(self, claim: Claim) -> list[Claim]:
        """Return the chain of claims that relay a claim, the outermost first, and the claim itself last.

        Where several claims relay the same one, the first in the order of the text stands for them.
        """
        chain = [claim]
        while above := [other for other in self.choose(chain[0].reported_by) if other not in chain]:
            chain.insert(0, above[0])
        return chain

    def find_warned(self, seed: str) -> tuple[Words, ...]:
        """Return the words of a seed that are to be shown with care, each once."""
        found = {words.iri: words for claim in self.claims.values() for words in claim.words if words.warning}
        return tuple(words for words in found.values() if words.seed == seed)

    def list_warned_words(self) -> tuple[str, ...]:
        """Return the quoted words that are only shown to those who ask for them, each once."""
        return tuple(sorted({words.exact for claim in self.claims.values() for words in claim.words if words.warning}))

    @property
    def curated(self) -> list[Claim]:
        """The claims of the text: without relays, which the build derives, and without readings of its encoders."""
        return [claim for claim in self.claims.values() if not claim.is_relay and not claim.is_coding]
