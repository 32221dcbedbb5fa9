"""Whether a document needs RDF 1.2: for clients that take an older version only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import QueryBoolean, QueryTriples, parse_query_results

from eild import media
from eild.errors import NotAcceptableError
from eild.rdf.reading import read_bytes
from eild.rdf.syntaxes import RDF_FORMATS, RESULT_FORMATS
from eild.rdf.terms import is_of_rdf_1_2

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.media import Format

_SIGNS: Final = re.compile(rb"<<|--(?:ltr|rtl)|[:@]dir|triple|Triple|reif|annotation")
"""What every document with terms of RDF 1.2 has in it, in some syntax; others may have it too."""


def check_version(content: bytes, form: Format, accept: str | None) -> bytes:
    """Return a document if its client takes it.

    :param content: the document, complete and well-formed
    :param form: its syntax
    :param accept: the Accept field
    :raises NotAcceptableError: if it has terms of RDF 1.2 and the client takes version 1.1 only
    """
    if accept and "version" in accept and media.excludes_1_2(accept, form) and needs_1_2(content, form):
        message = f"the result has terms of RDF 1.2, and the Accept field takes {form.media_type} of version 1.1 only"
        raise NotAcceptableError(message, hint="accept version=1.2, or leave the version out")
    return content


def needs_1_2(content: bytes, form: Format) -> bool:
    """Return whether a well-formed document has terms that RDF 1.1 does not have."""
    if not _SIGNS.search(content):
        return False
    terms: Iterable[Any] = ()
    if form.name in RDF_FORMATS and form.kind is media.Kind.GRAPH:
        terms = (quad.object for quad in read_bytes(content, RDF_FORMATS[form.name], name=form.label)[0])
    elif form is media.CSV:
        return b"<<(" in content  # CSV has no types of terms
    elif form.kind is media.Kind.RESULTS:
        results = parse_query_results(content, format=RESULT_FORMATS[form.name])
        if not isinstance(results, QueryBoolean | QueryTriples):
            terms = (term for solution in results for term in solution)
    return any(map(is_of_rdf_1_2, terms))
