"""The text of an article cut where evidence begins and ends, so that a page can mark every word by its claims."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from eild.claims.model import OPPOSED, STANCES
from eild.seed.segmentation import UnitKind
from eild.seed.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.claims.model import Article, Claim, ClaimIndex, Words
    from eild.seed.segmentation import Unit

LEAD: Final = "Lead"
"""What pages call the part of an article before its first heading."""


@dataclass(frozen=True)
class Segment:
    """A run of text that the same claims rest on.

    :ivar text: the characters, exactly as the article has them
    :ivar claims: the claims that rest on them, in the order of the text; none between evidence
    :ivar first_of: the claims whose evidence begins here
    :ivar last_of: the claims whose evidence ends here
    :ivar warned: whether the words are to be shown with care
    """

    text: str
    claims: tuple[Claim, ...] = ()
    first_of: tuple[Claim, ...] = ()
    last_of: tuple[Claim, ...] = ()
    warned: bool = False

    @property
    def leading(self) -> Claim | None:
        """The claim that decides how the words look.

        Words that stand out are those on which nobody's affirmation rests: what an affirmation shares with a denial
        (who said it, about what) is not what makes it one.
        """
        plain = [claim for claim in self.claims if claim.stance.slug == "affirms"]
        return min(plain or self.claims, key=_prominence, default=None)

    @property
    def is_hedged(self) -> bool:
        """Whether every claim that rests on the words is hedged."""
        return bool(self.claims) and all(claim.is_hedged for claim in self.claims)


@dataclass(frozen=True)
class Passage:
    """A unit of the text with its segments.

    :ivar unit: the unit
    :ivar number: its number with that of the seed, e.g. ``000-012``
    :ivar before: the white space between the unit before and this one, where both stand in one paragraph
    :ivar segments: its text, cut; together they are the text of the unit
    :ivar claims: the claims whose evidence begins in it
    """

    unit: Unit
    number: str
    before: str
    segments: tuple[Segment, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Block:
    """A paragraph, a list, a title or a heading.

    :ivar kind: kind of its units
    :ivar passages: its units
    """

    kind: UnitKind
    passages: tuple[Passage, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims whose evidence begins in it."""
        return tuple(claim for passage in self.passages for claim in passage.claims)


@dataclass(frozen=True)
class Section:
    """A part of the article under one heading.

    :ivar number: number of the unit that heads it
    :ivar heading: that unit's text
    :ivar head: that unit, cut; empty if the section has no title or heading
    :ivar blocks: what stands under it, without the heading
    :ivar words: how many words it has
    :ivar covered: on how many of them claims rest
    """

    number: int
    heading: str
    head: tuple[Passage, ...]
    blocks: tuple[Block, ...]
    words: int
    covered: int

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims whose evidence begins in it, also in its heading."""
        return (*self.head_claims, *(claim for block in self.blocks for claim in block.claims))

    @property
    def head_claims(self) -> tuple[Claim, ...]:
        """The claims whose evidence begins in its title or heading."""
        return tuple(claim for passage in self.head for claim in passage.claims)

    @property
    def share(self) -> float:
        """The share of its words on which claims rest."""
        return self.covered / self.words if self.words else 0.0


def _prominence(claim: Claim) -> tuple[int, bool, int]:
    """Return what orders claims on the same words: opposed stances first, relays last, the hedged after others."""
    slug = claim.stance.slug
    rank = 0 if slug in OPPOSED else 2 if slug == "reports" else 1
    return rank, claim.is_hedged, STANCES.index(slug) if slug in STANCES else len(STANCES)


def cut_segments(
    text: str, begin: int, end: int, claims: Iterable[Claim], careful: Iterable[Words] = ()
) -> tuple[Segment, ...]:
    """Return a stretch of a text cut at every edge of evidence within it.

    :param text: the text of the article
    :param begin: offset of the first code point
    :param end: offset after the last one
    :param claims: claims with evidence in this text
    :param careful: words of this text that are to be shown with care, whether these claims rest on them or not
    """
    warned = [(words.start, words.end) for words in careful if words.start < end and words.end > begin]
    spans = [(words, claim) for claim in claims for words in claim.words if words.start < end and words.end > begin]
    bounds = [*((words.start, words.end) for words, _ in spans), *warned]
    cuts = [begin, *sorted({edge for pair in bounds for edge in pair if begin < edge < end}), end]
    segments = []
    for start, stop in pairwise(cuts):
        over = [(words, claim) for words, claim in spans if words.start <= start and words.end >= stop]
        resting = tuple(dict.fromkeys(claim for _, claim in over))
        segments.append(
            Segment(
                text=text[start:stop],
                claims=resting,
                first_of=tuple(claim for claim in resting if min(w.start for w in claim.words) == start),
                last_of=tuple(claim for claim in resting if max(w.end for w in claim.words) == stop),
                warned=any(words.warning for words, _ in over)
                or any(first <= start and last >= stop for first, last in warned),
            )
        )
    return tuple(segments)


def _cut_unit(article: Article, unit: Unit, before: str, claims: Sequence[Claim], careful: Sequence[Words]) -> Passage:
    number = f"{article.number}-{unit.number:03d}"
    starting = tuple(claim for claim in claims if unit.begin <= min(w.start for w in claim.words) < unit.end)
    return Passage(unit, number, before, cut_segments(article.text, unit.begin, unit.end, claims, careful), starting)


def _group(units: Iterable[Unit]) -> list[list[Unit]]:
    """Return units by paragraph or list."""
    groups: list[list[Unit]] = []
    for unit in units:
        if groups and groups[-1][0].paragraph == unit.paragraph and groups[-1][0].kind is unit.kind:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return groups


def _make_block(article: Article, units: list[Unit], claims: Sequence[Claim], careful: Sequence[Words]) -> Block:
    ends = [units[0].begin, *(unit.end for unit in units)]
    return Block(
        units[0].kind,
        tuple(
            _cut_unit(article, unit, article.text[end : unit.begin], claims, careful)
            for unit, end in zip(units, ends, strict=False)
        ),
    )


def _count_words(article: Article, units: Iterable[Unit], claims: Sequence[Claim]) -> tuple[int, int]:
    """Return how many words some units have, and on how many of them claims rest."""
    spans = [(words.start, words.end) for claim in claims for words in claim.words]
    words = [word for unit in units for word in split_words(article.text, unit.begin, unit.end)]
    covered = [word for word in words if any(start <= word.begin and word.end <= end for start, end in spans)]
    return len(words), len(covered)


def read_sections(article: Article, claims: Iterable[Claim], careful: Iterable[Words] = ()) -> tuple[Section, ...]:
    """Return an article by section, every unit cut where evidence begins and ends.

    :param article: the article
    :param claims: the claims to mark; those without words in this article are ignored
    :param careful: words that are to be shown with care, whether claims on them are marked or not
    """
    warned = [words for words in careful if words.seed == article.number]
    here = [claim for claim in claims if claim.words and all(words.seed == article.number for words in claim.words)]
    by_section: dict[int, list[Unit]] = {}
    for unit in article.units:
        by_section.setdefault(unit.section, []).append(unit)
    sections = []
    for number, units in by_section.items():
        heads = [unit for unit in units if unit.kind in {UnitKind.TITLE, UnitKind.HEADING}]
        body = [unit for unit in units if unit not in heads]
        words, covered = _count_words(article, body, here)
        sections.append(
            Section(
                number=number,
                heading=heads[0].text if heads else "",
                head=tuple(_cut_unit(article, unit, "", here, warned) for unit in heads),
                blocks=tuple(_make_block(article, group, here, warned) for group in _group(body)),
                words=words,
                covered=covered,
            )
        )
    return tuple(sections)


def map_sections(index: ClaimIndex) -> dict[str, tuple[str, str]]:
    """Return the section of each unit, by the unit's number such as ``000-012``.

    A section is told by the number of the unit that heads it, 0 if none does, which comes with the text of the heading.
    Where there are several articles, the text also names the article.
    """
    sections = {}
    for article in index.articles.values():
        of_which = f" ({article.document.text})" if len(index.articles) > 1 else ""
        for unit in article.units:
            heading = LEAD if unit.section <= 1 else article.units[unit.section - 1].text
            key = f"{article.number}-{unit.section:03d}"
            sections[f"{article.number}-{unit.number:03d}"] = (key, f"{heading}{of_which}")
    return sections
