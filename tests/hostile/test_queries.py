"""Hostile queries against a real server: whatever is asked, the next healthy query is answered, and nothing leaks.

The server runs with its default settings, save a short deadline. A canary listens on the loopback interface: no
query may ever reach it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE: Final = 1.0
ROWS: Final = 600
MEBIBYTE: Final = 1024 * 1024
MOST_MEMORY: Final = 1536 * MEBIBYTE
PREFIX: Final = "PREFIX e: <http://example.org/> "
HEALTHY: Final = f"{PREFIX}SELECT ?o {{ e:s7 e:p ?o }}"
PROC: Final = Path("/proc")


def list_descendants(pid: int) -> set[int]:
    """Return the processes that a process started, directly or not."""
    parents: dict[int, int] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found: set[int] = set()
    queue = [pid]
    while queue:
        parent = queue.pop()
        children = {child for child, above in parents.items() if above == parent}
        queue += children - found
        found |= children
    return found


def measure_memory(pids: set[int]) -> int:
    """Return the bytes that processes hold, those that they share counted once."""
    total = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        total += int(found[1]) * 1024 if found else 0
    return total


@dataclass
class Canary:
    """A listener that nothing may reach."""

    listener: socket.socket
    hits: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/"

    def listen(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(1)
            try:
                self.hits.append(connection.recv(1000))
            except OSError:
                self.hits.append(b"")
            connection.close()


@dataclass
class Target:
    """The server under attack, and the most memory that it was seen to hold."""

    process: subprocess.Popen[str]
    client: httpx.Client
    peak: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def pids(self) -> set[int]:
        """All its processes."""
        return {self.process.pid, *list_descendants(self.process.pid)}

    def watch(self) -> None:
        """Measure memory until told to stop."""
        while not self.done.wait(0.1):
            self.peak = max(self.peak, measure_memory(self.pids))

    def ask(self, query: str, **parameters: str) -> httpx.Response:
        """Send a query by POST."""
        return self.client.post("sparql", data={"query": query, **parameters}, headers={"Accept": "*/*"})

    def check_health(self) -> None:
        """A healthy query is answered, completely and soon."""
        started = time.monotonic()
        response = self.ask(f"{HEALTHY} # {started}")
        elapsed = time.monotonic() - started
        assert response.status_code == 200, response.text
        assert response.json()["results"]["bindings"][0]["o"]["value"] == "7"
        assert elapsed < 2 or os.getloadavg()[0] > (os.cpu_count() or 1) * 2, elapsed


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    """Listen on the loopback interface."""
    found = Canary(socket.create_server(("127.0.0.1", 0)))
    threading.Thread(target=found.listen, daemon=True).start()
    yield found
    found.listener.close()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Serve some rows; afterwards no process is left, and memory stayed within bounds."""
    data = tmp_path_factory.mktemp("data") / "rows.nt"
    lines = [f"<http://example.org/s{n}> <http://example.org/p> {json.dumps(str(n))} ." for n in range(ROWS)]
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--timeout", str(DEADLINE), str(data)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.search(r"http://\S+/", line)
    assert address is not None, line
    found = Target(process, httpx.Client(base_url=address[0], timeout=30))
    watcher = threading.Thread(target=found.watch, daemon=True)
    watcher.start()
    yield found
    found.done.set()
    watcher.join()
    found.client.close()
    left = found.pids
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    process.stdout.close()
    deadline = time.monotonic() + 10
    while any((PROC / str(pid) / "stat").exists() for pid in left) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in left if (PROC / str(pid)).exists()] == []
    assert found.peak < MOST_MEMORY, f"{found.peak / MEBIBYTE:.0f} MiB"


NESTING: Final = {
    "function": ("SELECT (", "STR(", "?y", ")", " AS ?x) {}"),
    "custom function": ("SELECT (", "e:f(", "?y", ")", " AS ?x) {}"),
    "parentheses": ("SELECT (", "(", "1", ")", " AS ?x) {}"),
    "negations": ("SELECT (", "!", "1", "", " AS ?x) {}"),
    "minus signs": ("SELECT (", "- ", "1", "", " AS ?x) {}"),
    "sum": ("SELECT (1", "+1", "", "", " AS ?x) {}"),
    "difference": ("SELECT (1", "-1", "", "", " AS ?x) {}"),
    "columns": ("SELECT ", "(1 AS ?x)", "", "", "{}"),
    "groups": ("ASK {", "{", "", "}", "}"),
    "open groups": ("ASK {", "{", "", "", ""),
    "exists": ("ASK {", "FILTER EXISTS {", "", "}", "}"),
    "optional": ("ASK {", "OPTIONAL {", "", "}", "}"),
    "flat optional": ("ASK {?s ?p ?o ", "OPTIONAL {?s e:p ?o} ", "", "", "}"),
    "union": ("ASK {", "{} UNION {", "", "}", "}"),
    "flat union": ("ASK {{}", "UNION {}", "", "", "}"),
    "fused union": ("ASK {{}", "UNION{}", "", "", "}"),
    "subselect": ("ASK {", "{SELECT * {", "", "}}", "}"),
    "collection": ("ASK {", "(", "1", ")", " ?p ?o}"),
    "blank nodes": ("ASK {", "[e:p ", "1", "]", "}"),
    "template": ("CONSTRUCT {?s ?p ", "[e:p ", "1", "]", "} WHERE {?s ?p ?o}"),
    "path": ("ASK {?s ", "(", "e:p", ")*", " ?o}"),
    "path steps": ("ASK {?s e:p", "/e:p", "", "", " ?o}"),
    "inverse path": ("ASK {?s ", "^", "e:p", "", " ?o}"),
    "triple terms": ("ASK {?s ?p ", "<<(?a ?b ", "?c", ")>>", "}"),
    "reified triples": ("ASK {?s ?p ", "<<?a ?b ", "?c", ">>", "}"),
    "annotations": ("ASK {?s ?p ?o ", "{|e:p ?x ", "", "|}", "}"),
    "hidden": ("ASK {FILTER(?a<'>' && ", "STR(", "1", ")", ") FILTER(''='')}"),
}


@pytest.mark.parametrize("name", NESTING)
@pytest.mark.parametrize("size", [4_500, 60_000])
def test_deep_query_is_refused_and_the_next_answered(target: Target, name: str, size: int) -> None:
    """Nesting and repetition of every construct, small and large, end in an answer or a refusal that says why."""
    before, opening, middle, closing, after = NESTING[name]
    times = size // len(opening + closing)
    query = f"{PREFIX}{before}{opening * times}{middle}{closing * times}{after}"
    response = target.ask(query)
    assert response.status_code in {200, 400, 503}, response.text
    if response.status_code != 200:
        assert len(response.text) > 20
    target.check_health()


def repeat(piece: str, times: int) -> str:
    """Return a piece so many times, with its number for # and the next for @."""
    return " ".join(piece.replace("#", str(number)).replace("@", str(number + 1)) for number in range(times))


BOMBS: Final = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "cross product of nothing": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a = ?d && ?a = ?g && ?b = 1) }",
    "order by": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a",
    "distinct": "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "group by": "SELECT ?a ?d ?g (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d ?g",
    "group concat": "SELECT (GROUP_CONCAT(?c) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "large result": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "large graph": "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "doubling": "SELECT (STRLEN(?x40) AS ?n) { BIND('0123456789' AS ?x0) "
    + repeat("BIND(CONCAT(?x#, ?x#) AS ?x@)", 40)
    + "}",
    "replace": "SELECT (STRLEN(?x9) AS ?n) { BIND('aaaaaaaaaa' AS ?x0) "
    + repeat("BIND(REPLACE(?x#, 'a', 'aaaaaaaaaa') AS ?x@)", 9)
    + "}",
    "regex": "ASK { FILTER(REGEX('" + "a" * 5000 + "', '(a{1,100}){1,100}(a{1,100}){1,100}$')) }",
    "paths": "SELECT * { ?a (e:p|!e:p|^e:p)* ?b . ?b (e:p|!e:p|^e:p)* ?c . ?c (e:p|!e:p|^e:p)* ?d }",
    "values": "SELECT (COUNT(*) AS ?n) { " + repeat("VALUES ?x# { 1 2 3 4 5 6 7 8 9 }", 12) + "}",
    "aggregates": "ASK { " + "{SELECT (COUNT(*) AS ?c) {" * 30 + "?s ?p ?o" + "}}" * 30 + "}",
    "collection": "ASK { " + "(" * 32 + "1" + ")" * 32 + " ?p ?o }",
    "joins": "SELECT * { " + repeat("?s# e:p ?o@ . ?s# e:q ?s@ .", 300) + "}",
    "options": "SELECT * { ?s ?p ?o " + repeat("OPTIONAL { ?s e:p# ?o# }", 128) + "}",
    "filters": "SELECT * { ?s ?p ?o " + repeat("FILTER(?s != #)", 3000) + "}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_ended_and_the_next_answered(target: Target, name: str) -> None:
    """What would take all time or memory is ended at the deadline, the cap or the limit, and never cut short."""
    started = time.monotonic()
    response = target.ask(f"{PREFIX}{BOMBS[name]}")
    elapsed = time.monotonic() - started
    assert response.status_code in {200, 400, 422, 503}, response.text
    if response.status_code == 200:
        response.json()
    if response.status_code == 503:
        assert int(response.headers["Retry-After"]) > 0
        assert "limit" in response.text
    assert elapsed < DEADLINE + 10
    target.check_health()


SERVICES: Final = [
    "SERVICE <{url}> {{ ?s ?p ?o }}",
    "SERVICE SILENT <{url}> {{ ?s ?p ?o }}",
    "service silent <{url}> {{}}",
    "SERVICE<{url}>{{}}",
    "SERVICESILENT<{url}>{{}}",
    "BIND(<{url}> AS ?x)SERVICE ?x {{}}",
    "VALUES ?x {{ <{url}> }} SERVICE SILENT ?x {{ ?s ?p ?o }}",
    "e:s1 ?p ?o.SERVICE<{url}>{{}}",
    "?s ?p 1SERVICE<{url}>{{}}",
    "?s ?p trueSERVICESILENTx:x{{}}",
    "?s ?p ?o . x:.SERVICESILENTx:x{{}}",
    "SERVICEx:x{{}}",
    "SERVICE x:x {{}}",
    "SERVICE#\n<{url}>#\n{{}}",
    "\\u0053ERVICE <{url}> {{}}",
    "SER\\u0056ICE <{url}> {{}}",
    "\\U00000053ERVICE <{url}> {{}}",
    "OPTIONAL {{ SERVICE <{url}> {{}} }}",
    "FILTER EXISTS {{ SERVICE <{url}> {{}} }}",
    "MINUS {{ SERVICE <{url}> {{}} }}",
    "{{}} UNION {{ SERVICE <{url}> {{}} }}",
    "GRAPH ?g {{ SERVICE <{url}> {{}} }}",
    "{{ SELECT * {{ SERVICE <{url}> {{}} }} }}",
    "FILTER(1<'>' ) SERVICE <{url}> {{}} FILTER(''='')",
    "FILTER(1<#>'''\n2) SERVICE <{url}> {{}} #'''\n",
    "?s <http://e/\\u0070'> ?o . SERVICE <{url}> {{}} #'\n",
    "?s <http://e/\\u0070#> ?o . SERVICE <{url}> {{}}",
    "?s ?p '\\'' . SERVICE <{url}> {{}} #'\n",
    '?s ?p """a"b""c""" . SERVICE <{url}> {{}}',
]


@pytest.mark.parametrize("pattern", SERVICES)
def test_federated_query_is_refused_and_nothing_fetched(target: Target, canary: Canary, pattern: str) -> None:
    """SERVICE in every position and spelling is a 400 that says so, and reaches nobody."""
    query = f"{PREFIX}PREFIX x: <{canary.url}> SELECT * {{ {pattern.format(url=canary.url)} }}"
    response = target.ask(query)
    assert response.status_code == 400, response.text
    assert "SERVICE" in response.text
    assert canary.hits == []


@pytest.mark.parametrize(
    "graph", ["{url}", "file:///etc/passwd", "data:text/turtle,<a:a><a:b><a:c>", "ftp://127.0.0.1/"]
)
@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED", "default-graph-uri", "named-graph-uri"])
def test_graph_that_is_not_here_is_empty_and_not_fetched(
    target: Target, canary: Canary, graph: str, clause: str
) -> None:
    """A dataset of graphs that the store does not hold is empty; nothing is fetched and no file is read."""
    iri = graph.format(url=canary.url).replace("<", "%3C").replace(">", "%3E")
    if clause.startswith("FROM"):
        response = target.ask(f"SELECT * {clause} <{iri}> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}")
    else:
        response = target.ask("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", **{clause: iri})
    assert response.status_code == 200, response.text
    assert response.json()["results"]["bindings"] == []
    assert canary.hits == []


INJECTION: Final = "x\r\nX-Injected: yes\r\n\r\n<script>alert(1)</script>"


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": f"ASK {{ <{INJECTION}> ?p ?o }}"},
        {"query": f"ASK {{}} {INJECTION}"},
        {"query": f"PREFIX {INJECTION}: <x> ASK {{}}"},
        {"query": "SELECT (IRI('http://e/\\r\\nX-Injected: yes') AS ?x) {}"},
        {"query": "CONSTRUCT { ?s ?s ?s } { BIND(IRI('http://e/\\r\\nX-Injected: yes') AS ?s) }"},
        {"query": "SELECT ('\\r\\nX-Injected: yes' AS ?x) {}", "format": "csv"},
        {"query": "ASK {}", "format": INJECTION},
        {"query": "ASK {}", "download": INJECTION},
        {"query": "ASK {}", "default-graph-uri": f"http://e/{INJECTION}"},
        {"query": "ASK {}", "named-graph-uri": f"http://e/{INJECTION}"},
        {"query": "ASK {}", INJECTION: INJECTION},
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/problem+json"])
def test_line_breaks_never_reach_the_header(target: Target, parameters: dict[str, str], accept: str) -> None:
    """Whatever comes back, no field of the header and no script was put in by the request."""
    response = target.client.get("sparql", params=parameters, headers={"Accept": accept})
    assert response.status_code in {200, 303, 400, 406}, response.text
    assert "X-Injected" not in response.headers
    assert "x-injected" not in str(response.headers).lower()
    if "html" in response.headers["Content-Type"]:
        assert "<script>alert" not in response.text
    target.check_health()


def test_many_hostile_queries_at_once_leave_room_for_healthy_ones(target: Target) -> None:
    """While bombs run, a healthy query is answered or told when to come again; afterwards it is answered."""
    statuses: list[int] = []

    def attack(name: str) -> None:
        statuses.append(target.ask(f"{PREFIX}{BOMBS[name]}").status_code)

    threads = [threading.Thread(target=attack, args=(name,)) for name in ["cross product", "options", "values"] * 2]
    for thread in threads:
        thread.start()
    meanwhile: Any = target.ask(f"{HEALTHY} # meanwhile")
    for thread in threads:
        thread.join(30)
    assert meanwhile.status_code in {200, 503}, meanwhile.text
    assert len(statuses) == len(threads)
    assert set(statuses) <= {200, 503}
    target.check_health()
