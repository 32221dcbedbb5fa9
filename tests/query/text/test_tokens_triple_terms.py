"""Triple terms of SPARQL 1.2 within expressions: their IRIs stay IRIs, and hide nothing."""

from __future__ import annotations

import pyoxigraph
import pytest

from eild.errors import QueryError
from eild.query.text.guard import check_query_text

LIMIT = 65536


@pytest.mark.parametrize(
    "text",
    [
        "ASK { BIND(<<( <http://e/a> <http://e/b> 1 )>> AS ?t) FILTER(isTRIPLE(?t)) }",
        "ASK { BIND(<<( <http://e/a> <http://e/b> <<( <http://e/a> <http://e/b> 'x' )>> )>> AS ?t) FILTER(1 < 2) }",
        "ASK { FILTER(OBJECT(<<( <http://e/a> <http://e/b> <http://e/c> )>>) = <http://e/c>) }",
    ],
)
def test_check_query_text_triple_term_in_expression_keeps_its_meaning(text: str) -> None:
    """The text to evaluate is answered as the engine answers the text as given."""
    bare, pinned = pyoxigraph.Store().query(text), pyoxigraph.Store().query(check_query_text(text, LIMIT).text)
    assert isinstance(bare, pyoxigraph.QueryBoolean)
    assert isinstance(pinned, pyoxigraph.QueryBoolean)
    assert bool(bare)
    assert bool(pinned)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { BIND(<<( <http://e/a> <http://e/b> 1 )>> AS ?t) SERVICE <http://e/> { ?s ?p ?o } }",
        "ASK { FILTER(?a <<( <http://e/a> <'> ' )>>) SERVICE <http://e/> { ?s ?p '>' } }",
        "ASK { FILTER(?a <<<( <http://e/a> <http://e/b> <'> ' )>>) SERVICE <http://e/> { ?s ?p '>' } }",
    ],
)
def test_check_query_text_service_after_triple_term_refused(text: str) -> None:
    """A triple term is no place to hide SERVICE: it is refused, or no parser reads it."""
    try:
        pinned = check_query_text(text, LIMIT).text
    except QueryError as error:
        assert "SERVICE" in str(error)  # noqa: PT017 - the other outcome is checked below
    else:
        with pytest.raises(SyntaxError):
            pyoxigraph.Store().query(pinned)
