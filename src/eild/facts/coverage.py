"""Coverage: the words of the running text that no evidence covers, and the length of the evidence.

Evidence consists of the words that support a record, not of the sentence around them, and every word with a meaning
should be evidence of some record. A word is covered if all of it lies within spans that curated records cite. Only the
function words of the text's language (:mod:`eild.seed.languages`) may be uncovered. Negations, quantifiers, modal
verbs, and words of time and contrast ("after", "during", "however", "despite") have a meaning and are not in that list.
Claims by which the article relays others are derived from the evidence and are ignored here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eild.namespaces import EILD
from eild.seed.languages import find_language
from eild.seed.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

    from eild.facts.evidence import Span
    from eild.located import LocatedGraph
    from eild.seed.seeds import Seed
    from eild.seed.segmentation import Unit


@dataclass(frozen=True)
class SentenceCoverage:
    """How the evidence covers one sentence.

    :ivar sentence: seed number and unit number, e.g. ``000-012``
    :ivar words: number of words
    :ivar covered: number of words within evidence
    :ivar uncovered: content words outside all evidence, in their order
    :ivar spans: number of different spans within the sentence
    :ivar mean: words per span
    :ivar longest: words of the longest span
    """

    sentence: str
    words: int
    covered: int
    uncovered: tuple[str, ...]
    spans: int
    mean: float
    longest: int

    @property
    def share(self) -> float:
        """The share of the sentence's words that evidence covers."""
        return self.covered / self.words if self.words else 1.0

    @property
    def longest_share(self) -> float:
        """The share of the sentence's words that its longest span covers."""
        return self.longest / self.words if self.words else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return {
            "sentence": self.sentence,
            "words": self.words,
            "covered": self.covered,
            "share": round(self.share, 3),
            "uncovered": list(self.uncovered),
            "spans": self.spans,
            "wordsPerSpan": round(self.mean, 1),
            "longestSpan": self.longest,
            "longestSpanShare": round(self.longest_share, 3),
        }


def measure_coverage(
    located: LocatedGraph, spans: dict[Node, Span], seeds: Iterable[Seed]
) -> tuple[SentenceCoverage, ...]:
    """Measure every sentence of running text.

    :param located: the curated facts, which state the evidence of records
    :param spans: spans of the words of each evidence
    :param seeds: the seed texts
    """
    cited = {spans[item] for item in located.graph.objects(None, EILD.evidence) if item in spans}
    return tuple(
        _measure(seed, unit, [(span.begin, span.end) for span in cited if span.seed is seed])
        for seed in seeds
        for unit in seed.sentences
    )


def _measure(seed: Seed, unit: Unit, spans: Iterable[tuple[int, int]]) -> SentenceCoverage:
    """Measure one sentence; of a span that exceeds it, only the part inside counts."""
    inside = {(max(begin, unit.begin), min(end, unit.end)) for begin, end in spans}
    language = find_language(seed.language)
    touching = sorted((begin, end) for begin, end in inside if begin < end)
    words = split_words(seed.text, unit.begin, unit.end)
    reached = _reach(touching)
    covered = [word for word in words if any(begin <= word.begin and word.end <= end for begin, end in reached)]
    lengths = [len(split_words(seed.text, begin, end)) for begin, end in touching]
    return SentenceCoverage(
        sentence=f"{seed.number}-{unit.number:03d}",
        words=len(words),
        covered=len(covered),
        uncovered=tuple(word.text for word in words if word not in covered and not word.connects(language)),
        spans=len(touching),
        mean=sum(lengths) / len(lengths) if lengths else 0.0,
        longest=max(lengths, default=0),
    )


def _reach(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted spans with those that touch or overlap joined."""
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
