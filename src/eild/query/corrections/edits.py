"""Texts of queries in which spans of tokens are replaced, one within another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from eild.errors import QueryError
from eild.query.text.tokens import locate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.query.text.query import Query

MOST_TOKENS: Final = 100_000
"""How many tokens a rewritten query may have."""

Span = tuple[int, int]


@dataclass(frozen=True, eq=False, slots=True)
class _Edit:
    start: int
    end: int
    parts: Sequence[str | Span]


class Edits:
    """Collects what is to be replaced in a query.

    :param query: the query
    """

    def __init__(self, query: Query) -> None:
        self.query = query
        self._edits: dict[int, list[_Edit]] = {}
        self._written = 0
        self._fresh = 0
        self._names_blanks = False

    @cached_property
    def _stem(self) -> str:
        """How variables begin that the query does not have."""
        stem, names = "eild", self.query.structure.variables if self.query.structure else {}
        while any(name.startswith(stem) for name in names):
            stem += "0"
        return stem

    def __bool__(self) -> bool:
        """Return whether anything is to be replaced."""
        return bool(self._edits)

    def replace(self, start: int, end: int, *parts: str | Span) -> None:
        """Have a span replaced by texts and spans, in which what was to be replaced before is still replaced."""
        edits = self._edits.setdefault(start, [])
        edits.insert(0, _Edit(start, end, parts))
        edits.sort(key=lambda edit: -edit.end)  # the widest first, of equal ones the last

    @property
    def has_fresh(self) -> bool:
        """Whether patterns have variables that the query does not have."""
        return self._names_blanks or self._fresh > 0

    def name_blanks(self) -> None:
        """Have variables stand for all blank nodes with labels: a label is only good within adjacent patterns."""
        structure = self.query.structure
        if self._names_blanks or structure is None:
            return
        after = structure.template[-1].end if structure.template else 0
        for token, kind in enumerate(self.query.kinds):
            if kind == "blank" and token >= after:
                self._names_blanks = True
                self.replace(token, token + 1, self.make_variable(self.query.sources[token]))

    def make_variable(self, label: str = "") -> str:
        """Return a variable that the query does not have.

        :param label: of a blank node that it stands for; the same label makes the same variable
        """
        if label:
            return f"?{self._stem}_{label.removeprefix('_:').replace('.', '_').replace('-', '_')}"
        self._fresh += 1
        return f"?{self._stem}{self._fresh}"

    def write(self) -> str:
        """Return the text with all that is replaced in it.

        :raises QueryError: if it becomes too long
        """
        return self.query.join(self.list_pieces())

    def list_pieces(self) -> list[str | int]:
        """Return the text with all that is replaced in it, in pieces for :meth:`eild.query.text.query.Query.join`.

        :raises QueryError: if it becomes too long
        """
        return self._list(0, len(self.query.kinds), ())

    def _list(self, start: int, end: int, within: tuple[_Edit, ...]) -> list[str | int]:
        pieces: list[str | int] = []
        token = start
        while token < end:
            if token > start:
                pieces.append(self.query.gaps[token])
            edit = next((one for one in self._edits.get(token, ()) if one.end <= end and one not in within), None)
            if edit is None:
                self._written += 1
                pieces.append(token)
                token += 1
                continue
            inside = (*within, edit)
            for part in edit.parts:
                self._written += 1
                pieces += [part] if isinstance(part, str) else self._list(*part, inside)
            token = edit.end
            if self._written > MOST_TOKENS:
                raise self.refuse(edit.start, "becomes too long when it is rewritten for this engine", "split it")
        return pieces

    def refuse(self, token: int, what: str, hint: str) -> QueryError:
        """Return the error for a part of the query that cannot be evaluated rightly.

        :param token: where the part begins
        :param what: what is wrong with it, after "this part of the query"
        """
        place = locate(self.query.given, self.query.find_offset(token))
        return QueryError(f"this part of the query {what}", location=place, hint=hint)
