"""Prefixes that a query uses without declaring them, supplied where the dataset knows them.

Over HTTP a query is answered as it stands, and a missing prefix is told. On the command line and in Python, where the
dataset is chosen together with the query, what it knows is supplied.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eild.errors import EildError, Location
from eild.query.text.mistakes import list_undeclared_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class SuppliedQuery:
    """A query with the declarations that it lacked, on one line before its own first line.

    :ivar text: the query to evaluate
    :ivar prefixes: the supplied prefixes with their IRIs, in the order of their first use; empty if none was missing
    """

    text: str
    prefixes: Mapping[str, str]

    @contextlib.contextmanager
    def placing(self) -> Iterator[None]:
        """Have errors in the query name the line in which the query as given has them.

        :raises EildError: what was raised within, with its place in the query as given
        """
        try:
            yield
        except EildError as error:
            place = error.location
            if self.prefixes and place is not None and place.path == "query" and place.line > 1:
                error.location = Location(place.path, place.line - 1, place.column)
            raise

    def describe(self) -> str:
        """Return in words which prefixes were supplied; an empty string if none was missing."""
        if not self.prefixes:
            return ""
        declared = ", ".join(f"{prefix}: <{iri}>" for prefix, iri in self.prefixes.items())
        return f"the query does not declare {declared}; supplied from the dataset's prefixes"


def supply_prefixes(text: str, known: Mapping[str, str]) -> SuppliedQuery:
    """Return a query with declarations of the prefixes that it uses without declaring them and that are known.

    Unknown ones are left to the engine, which tells them.

    :param text: the query
    :param known: IRIs by prefix
    """
    found = {prefix: known[prefix] for prefix in list_undeclared_prefixes(text) if prefix in known}
    line = " ".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in found.items())
    return SuppliedQuery(f"{line}\n{text}" if found else text, found)
