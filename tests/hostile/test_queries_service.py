"""Whatever the guard passes, the engine itself is never led to fetch: random texts with a canary that listens."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, Store

from eild.errors import EildError
from eild.query.text.guard import check_query_text

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = [
    *("SERVICE", "service ", "SILENT", "SERVICESILENT", "SERVICEx:x", "x:x", "<URL>", "?x", "{}", "{", "}", "(", ")"),
    *(".", ";", ",", "?s ?p ?o", "?s", "e:p", "e:.", "e:a.", "1", "1.", "1e5", "1.5", "true", "'a'", "'", '"', "'''"),
    *("<", "<'>", "<#>", "<#'>", "<e:#'>", ">", "#", "\n", " ", "FILTER(", "FILTER(?s<", "BIND(<URL> AS ?x)"),
    *("OPTIONAL", "MINUS", "UNION", "GRAPH", "VALUES ?x {", "(<a#> <b'>)", "@en", "^^", "_:a", "[]", "&&", "!", "="),
    *("\\u0053", "\\u0027", "\\u0023", "\\", "<http://e/\\u0070'>", "<http://e/\\u0070#>", "e:\\'", "e:\\#", "·", "\r"),
    *("<<", ">>", "{|", "|}", "SERVICE SILENT <URL> {}", "SERVICE<URL>{}", "SERVICE x:x {}", "SERVICESILENTx:x{}"),
    *("FILTER(1<2)", "FILTER(?s<'>'&&?p>1)", "FILTER('>'='')", "FILTER e:f(?a<'x'>", "?s ?p (?s <'>) ."),
]
BEGINNINGS = ["SELECT * {", "ASK {", "SELECT * { ?s ?p ?o ", "SELECT * {?s ?p ?x.", "CONSTRUCT{?s ?p ?o}WHERE{"]
ENDS = ["}", " }", "\n}", "'}", "#'\n}", "''')}", "') }", "}} ", "' = '')}"]


@dataclass
class Bait:
    """A store, a prologue and the address of a listener, with a note of each visit."""

    url: str
    store: Store
    visits: list[bool] = field(default_factory=list)

    def evaluate(self, text: str) -> None:
        """Evaluate a query with nothing around the engine."""
        with contextlib.suppress(SyntaxError, OSError, RuntimeError, ValueError):
            results = self.store.query(text)
            if not isinstance(results, QueryBoolean):
                list(itertools.islice(results, 3))


@pytest.fixture(scope="module")
def bait() -> Iterator[Bait]:
    """Return a store whose data point to a listener on the loopback interface."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    store, subject, predicate = Store(), NamedNode("http://e/s"), NamedNode("http://e/p")
    for term in (NamedNode(url), NamedNode("http://e/o"), Literal("a"), Literal(1)):
        store.add(Quad(subject, predicate, term))
    found = Bait(url, store)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                found.visits.append(True)
                connection.close()

    threading.Thread(target=listen, daemon=True).start()
    yield found
    listener.close()


def test_engine_alone_would_fetch(bait: Bait) -> None:
    """The bait works: without the guard, the engine goes there."""
    bait.evaluate(f"SELECT * {{ SERVICE <{bait.url}> {{}} }}")
    time.sleep(0.3)  # a second attempt would arrive by now
    assert bait.visits
    bait.visits.clear()


@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(PIECES), min_size=1, max_size=8), st.sampled_from(ENDS))
def test_check_query_text_any_text_that_passes_fetches_nothing(
    bait: Bait, beginning: str, pieces: list[str], end: str
) -> None:
    """No text that the guard passes leads the engine to fetch."""
    url = bait.url
    prologue = f"PREFIX e:<http://e/> PREFIX x:<{url}> PREFIX SERVICEx:<{url}> PREFIX SILENT:<{url}> BASE <http://b/> "
    text = prologue + beginning + "".join(pieces).replace("<URL>", f"<{url}>") + end
    try:
        checked = check_query_text(text, 65536).text
    except EildError:
        return
    bait.evaluate(checked)
    assert not bait.visits
