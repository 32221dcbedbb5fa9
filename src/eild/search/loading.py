"""Building the index of a dataset when it is first searched, without keeping whoever asks waiting for long."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from eild.errors import BusyError, EildError
from eild.languages import DEFAULT_LANGUAGES, WANTED
from eild.search.entries import build_entries
from eild.search.index import SearchIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.claims import ClaimIndex
    from eild.documents.index import Documents

PATIENCE: Final = 3.0
"""How many seconds a search waits for the index."""


def build_index(
    documents: Documents, claims: ClaimIndex, languages: tuple[str, ...] = DEFAULT_LANGUAGES
) -> SearchIndex:
    """Return the index of a dataset; of a large one, of the resources that come first.

    :param documents: its triples
    :param claims: its claims; empty for data that have none of EILD's
    :param languages: the languages in which resources are named, the best first
    :raises EnvironmentFailure: if this Python's SQLite has no full-text engine, or no room for the index
    """
    former = WANTED.set(languages)
    try:
        return SearchIndex(build_entries(documents, documents.list_named(), claims))
    finally:
        WANTED.reset(former)


class LazyIndex:
    """An index that a thread of its own builds when it is first asked for.

    :param make: builds it
    """

    def __init__(self, make: Callable[[], SearchIndex]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._started = False
        self._index: SearchIndex | None = None
        self._failure: EildError | None = None

    def _build(self) -> None:
        try:
            self._index = self._make()
        except EildError as error:
            self._failure = error
        finally:
            self._ready.set()

    def start(self) -> None:
        """Begin to build the index, if that has not begun."""
        with self._lock:
            if not self._started:
                self._started = True
                threading.Thread(target=self._build, name="eild-search-index", daemon=True).start()

    def get(self, patience: float = PATIENCE) -> SearchIndex:
        """Return the index.

        :param patience: how many seconds to wait for it
        :raises BusyError: if it takes longer
        :raises EildError: if it cannot be built
        """
        self.start()
        if not self._ready.wait(patience):
            raise BusyError("the search index is being built", hint="try again in a few seconds")
        if self._failure is not None:
            raise self._failure
        if self._index is None:
            raise BusyError("the search index could not be built", hint="see the server log")
        return self._index
