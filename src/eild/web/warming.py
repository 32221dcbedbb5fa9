"""What is made ahead of the first request for it: the search index and the long lists of large data.

They are made when they are first asked for, and kept. For large data that takes seconds, so a thread of the server
makes them as soon as it serves. Small data has them in no time.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from eild.documents.index import DocumentIndex
from eild.errors import EildError
from eild.languages import WANTED
from eild.web.browse.classes import sort_members
from eild.web.browse.concepts import prepare_lists

if TYPE_CHECKING:
    from eild.web.frame.site import Site

MANY: Final = 20_000
"""How many resources make data large."""

_MOST_LISTS: Final = 8


def warm(site: Site) -> None:
    """Make the lists of large data, in the language of the site: documents, concepts of schemes, members of classes."""
    if not isinstance(site.documents, DocumentIndex):
        return
    former = WANTED.set(site.usual_languages)
    try:
        site.described.list_fragments("")
        prepare_lists(site, _MOST_LISTS)
        terms = sorted(site.query_terms, key=lambda term: -term.uses)
        for term in [term for term in terms if term.kind == "class" and term.uses >= MANY][:_MOST_LISTS]:
            sort_members(site, site.documents, term.iri)
    finally:
        WANTED.reset(former)


def start_warming(site: Site) -> threading.Thread | None:
    """Begin to make what large data needs, in a thread of its own, and return the thread.

    :returns: None if the data is small, or in a store on disk, which may be too large to be read at each start
    """
    if not isinstance(site.documents, DocumentIndex) or site.documents.count_subjects() < MANY:
        return None

    def work() -> None:
        site.search_index.start()
        with suppress(EildError):  # the request that needs a list says what is wrong
            warm(site)

    thread = threading.Thread(target=work, name="eild-warming", daemon=True)
    thread.start()
    return thread
