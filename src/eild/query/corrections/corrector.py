"""Corrections of queries that differ in constants alone, found once for all of them.

What finds a rewriting may look at anything in a query. So it is watched: what it finds holds for all queries of the
same structure in which those constants are the same that it looked at, or of the same kind where only that was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, overload

from eild.query.corrections.correct import correct_query, find_pieces, find_suspects
from eild.query.corrections.kinds import find_constant

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from eild.query.corrections.correct import Circumstances, Suspects
    from eild.query.text.query import Query
    from eild.query.text.syntax import Structure
    from eild.rdf.kinds import Kinds

_REMEMBERED: Final = 256
_OF_ONE_STRUCTURE: Final = 4
_LONGEST: Final = 8192
_PER_PIECE: Final = 64


class _Watched(Sequence[str]):
    """The tokens of a query, of which those are noted that are looked at.

    :ivar seen: which were, by number
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = sources
        self.seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._sources)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Return a token, or some."""
        found = range(len(self._sources))[index]
        self.seen.update([found] if isinstance(found, int) else found)
        return self._sources[index]


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """What is evaluated for all queries of a structure whose constants agree in what was looked at.

    :ivar same: the constants that are the same, each with its token
    :ivar kinds: the kinds of others, each with its first token and the token after it
    :ivar pieces: what is evaluated, see :meth:`eild.query.text.query.Query.join`; None for the query as it is
    """

    same: Sequence[tuple[int, str]]
    kinds: Sequence[tuple[int, int, Kinds]]
    pieces: Sequence[str | int] | None

    def measure(self) -> int:
        """Return about how many bytes of memory it takes."""
        texts = [source for _, source in self.same]
        texts += [piece for piece in self.pieces or () if isinstance(piece, str)]
        return sum(map(len, texts)) + _PER_PIECE * (len(self.pieces or ()) + len(self.same) + len(self.kinds))

    def fits(self, query: Query) -> bool:
        """Return whether a query of the structure is one of them."""
        sources = query.sources
        return all(sources[token] == source for token, source in self.same) and all(
            find_constant(query, start, end) == kinds for start, end, kinds in self.kinds
        )


class Corrector:
    """Corrects queries under circumstances that do not change.

    :param circumstances: what rewritings depend on besides the query
    """

    def __init__(self, circumstances: Circumstances) -> None:
        self._circumstances = circumstances
        self._known: dict[tuple[str, str], tuple[_Rewriting, ...]] = {}

    def correct(self, query: Query) -> str:
        """Return the text to evaluate for a query; see :func:`eild.query.corrections.correct.correct_query`.

        :raises QueryError: if no text is known to which the engine's answer is right
        """
        found = query.structure
        suspects = find_suspects(query, found) if found is not None else None
        if found is None or suspects is None:
            return query.text
        if not any(query.key):
            return correct_query(query, self._circumstances)
        known = self._known.get(query.key, ())
        for rewriting in known:
            if rewriting.fits(query):
                break
        else:
            rewriting = self._rewrite(query, found, suspects)
            if rewriting.measure() <= _LONGEST:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[query.key] = (rewriting, *known[: _OF_ONE_STRUCTURE - 1])
        return query.text if rewriting.pieces is None else query.join(rewriting.pieces)

    def _rewrite(self, query: Query, found: Structure, suspects: Suspects) -> _Rewriting:
        sources = _Watched(query.sources)
        kinds: dict[tuple[int, int], Kinds] = {}

        def classify(start: int, end: int) -> Kinds:
            kinds[start, end] = find_constant(query, start, end)
            return kinds[start, end]

        pieces = find_pieces(replace(query, sources=sources), found, suspects, self._circumstances, classify)
        places = set(query.places)
        return _Rewriting(
            [(token, query.sources[token]) for token in sorted(places & sources.seen)],
            [(*span, kind) for span, kind in kinds.items() if not places.isdisjoint(range(*span))],
            None if pieces is None else list(_merge(query, places, pieces)),
        )


def _merge(query: Query, places: Container[int], pieces: Sequence[str | int]) -> Iterator[str | int]:
    """Yield pieces in which only constants are tokens, and what stands between two of them is one text."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, str) or piece not in places:
            texts.append(piece if isinstance(piece, str) else query.sources[piece])
            continue
        yield "".join(texts)
        yield piece
        texts.clear()
    yield "".join(texts)
