"""Tests of ``eild serve`` over a real port."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from rdflib import Dataset, Graph

from eild.errors import EnvironmentFailure

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from typing import Protocol

    class RunningServer(Protocol):
        """A server that the fixtures started."""

        process: subprocess.Popen[str]
        url: str
        seconds: float
        client: httpx.Client

        def stop(self) -> int:
            """End the server and return its exit code."""


ALL = "SELECT * { ?s ?p ?o }"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
JOIN = " ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(12))
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {JOIN} }}"


def count_triples(client: httpx.Client) -> int:
    """Return the number of triples in the default graph."""
    query = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}
    return int(client.get("sparql", params=query).text.split()[1])


def test_serve_build_ready_in_two_seconds(server: RunningServer) -> None:
    """The server is ready to answer when it says so; a slow machine may take a multiple of the two seconds meant."""
    assert server.client.get("health/ready").json() == {"status": "ready", "version": "1.2.3"}
    assert server.seconds < 10


def count_cached(client: httpx.Client, result: str, least: int) -> int:
    """Return how many requests met the caches of all processes so, as soon as they are as many as expected."""
    until = time.monotonic() + 10
    while True:
        text = client.get("metrics").text
        found = re.search(rf'^eild_cache_requests_total{{result="{result}"}} (\d+)', text, re.MULTILINE)
        number = int(found[1]) if found else 0
        if number >= least or time.monotonic() > until:
            return number
        time.sleep(0.1)


@pytest.mark.parametrize("limit", [1, 3000], ids=["small", "large"])
def test_serve_answer_made_once_for_all_processes(build: Path, serve: Callable[..., RunningServer], limit: int) -> None:
    """What one process has had evaluated, the other answers from memory, whole and with the same tag."""
    server = serve("--dist", str(build), "--workers", "2")
    query = f"SELECT * {{ ?a ?p ?x . ?b ?q ?x }} ORDER BY ?a ?p ?x ?b ?q LIMIT {limit}"
    clients = [httpx.Client(base_url=server.url, timeout=20) for _ in range(2)]
    for client in clients:  # each has a connection now, to a process of its own
        assert client.get("health/live").status_code == 200
    before = {result: count_cached(server.client, result, 0) for result in ("hit", "miss")}
    answers = []
    for client in clients:
        answers.append(client.get("sparql", params={"query": query, "format": "json"}))
        time.sleep(0.2)  # for the answer to get from one process to the other
    for client in clients:
        client.close()
    assert answers[0].content == answers[1].content
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    assert (len(answers[0].content) > 64 * 1024) == (limit > 1)
    assert count_cached(server.client, "hit", int(before["hit"]) + 1) == before["hit"] + 1


def test_serve_pages_in_several_languages_cached_by_what_is_asked_for(
    tmp_path: Path, serve: Callable[..., RunningServer]
) -> None:
    """A page is cached for each language of the data; requests that get the same one get it from memory."""
    names = "".join(f'<http://a.example/id/{n}> rdfs:label "name {n}"@en, "Name {n}"@de .\n' for n in range(3))
    data = tmp_path / "names.ttl"
    data.write_text(f"@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n{names}", encoding="utf-8")
    server = serve(str(data), "--workers", "1")
    same = {
        "Name 1": ("de", "de;q=0.9, en;q=0.1", "fr, de", "de, fr;q=0.1", "en;q=0.1, de"),
        "name 1": ("en", "", "fr", "it, *;q=0.1", "de;q=0", "x-y, en;q=0.5"),
    }
    for name, fields in same.items():
        for field in (*fields, *fields):
            sent = {"Accept": "text/html", "Accept-Language": field}
            answer = server.client.get("/doc", params={"iri": "http://a.example/id/1"}, headers=sent)
            assert answer.status_code == 200
            assert "Accept-Language" in answer.headers["Vary"]
            assert answer.headers["Cache-Control"].startswith("private")
            assert re.findall(r"<h1[^>]*>(.*?)</h1>", answer.text) == [name]
    assert count_cached(server.client, "hit", 18) == 18  # of 22: de; de, en; en; none of the two


RESULTS: dict[str, Callable[[str], list[Any]]] = {
    "application/sparql-results+json": lambda text: json.loads(text)["results"]["bindings"],
    "application/sparql-results+xml": lambda text: re.findall("<result>", text),
    "text/csv": lambda text: re.findall(r"\r\n(?=http|_)", text),
    "text/tab-separated-values": lambda text: text.splitlines()[1:],
}


@pytest.mark.parametrize("media_type", RESULTS)
def test_get_sparql_each_result_form_every_row(server: RunningServer, media_type: str) -> None:
    """Each result form, asked for by Accept, holds every row."""
    query = {"query": "SELECT DISTINCT ?p { ?s ?p ?o }"}
    response = server.client.get("sparql", params=query, headers={"Accept": media_type})
    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    number = server.client.get("sparql", params={**query, "format": "tsv"}).text.count("\n") - 1
    assert len(RESULTS[media_type](response.text)) == number > 50


GRAPHS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
@pytest.mark.parametrize("media_type", GRAPHS)
def test_post_sparql_each_graph_form_every_triple(server: RunningServer, media_type: str) -> None:
    """Each of the six graph syntaxes, asked for by Accept, is parsed back to every triple by another library."""
    response = server.client.post("sparql", data={"query": GRAPH}, headers={"Accept": media_type})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type
    dataset = Dataset()
    dataset.parse(data=response.content, format=GRAPHS[media_type])
    dump = server.client.get("dumps/eild-1.2.3.nt").text
    assert len(list(dataset.quads())) == count_triples(server.client) == dump.count("\n")


def test_get_identifier_follows_to_each_form(server: RunningServer) -> None:
    """A client that follows redirections gets the form that it asked for, from the IRI's own path."""
    for media_type, parser in (("text/turtle", "turtle"), ("application/ld+json", "json-ld"), ("text/html", "")):
        response = server.client.get("id/agent/board", headers={"Accept": media_type}, follow_redirects=True)
        assert [item.status_code for item in (*response.history, response)] == [303, 200]
        assert response.headers["Content-Type"].partition(";")[0] == media_type
        assert response.url.path == "/doc/agent/board"
        if parser:
            assert len(Graph().parse(data=response.text, format=parser)) > 50


def test_get_site_every_local_link_leads_somewhere(server: RunningServer) -> None:
    """A walk over all pages from the home page finds no dead link."""
    seen, queue = {"/"}, ["/"]
    while queue:
        path = queue.pop()
        # As browsers ask: pages first, and whatever else there is.
        response = server.client.get(path, headers={"Accept": "text/html,*/*;q=0.8"}, follow_redirects=True)
        assert response.status_code == 200, path
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        for reference in re.findall(r'href="([^"#]+)[^"]*"', response.text):
            target = response.url.join(reference.replace("&amp;", "&"))
            location = target.raw_path.decode()
            if target.host == response.url.host and location not in seen:
                seen.add(location)
                if not re.search(r"\.(ttl|nt|jsonld|rdf|gz|zst)$|format=|/dumps/.", location):
                    queue.append(location)
    assert len(seen) > 300


def test_get_dump_range_and_conditional_over_the_wire(server: RunningServer) -> None:
    """A download can be resumed in parts that make the whole, and is not sent again to who has it."""
    path = "dumps/eild-1.2.3.nt"
    whole = server.client.get(path, headers={"Accept-Encoding": "identity"})
    size = int(whole.headers["Content-Length"])
    ranges = [f"bytes=0-{size // 2 - 1}", f"bytes={size // 2}-"]
    parts = [server.client.get(path, headers={"Range": field, "If-Range": whole.headers["ETag"]}) for field in ranges]
    assert [part.status_code for part in parts] == [206, 206]
    assert b"".join(part.content for part in parts) == whole.content
    condition = {"If-None-Match": whole.headers["ETag"], "Accept-Encoding": "identity"}
    assert server.client.get(path, headers=condition).status_code == 304


def test_get_if_match_over_the_wire_kept_answers_too(server: RunningServer) -> None:
    """A false precondition is told also of content that the server keeps in memory."""
    for path in ("doc/agent/board", "sparql?query=ASK%7B%7D", "dumps/eild-1.2.3.nt", "dumps/"):
        tags = [server.client.get(path).headers["ETag"] for _ in range(3)]
        for fields, status in (({"If-Match": tags[0]}, 200), ({"If-Match": '"other"'}, 412)):
            assert server.client.get(path, headers=fields).status_code == status
        since = {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}
        assert server.client.get(path, headers=since).status_code == 412


@pytest.mark.parametrize("form", ["application/sparql-results+json", "application/sparql-results%2Bjson"])
@pytest.mark.parametrize("query", ["ASK%7B%7D", "SELECT%20*%7B%7D"])
def test_get_format_with_bare_plus_is_that_type(server: RunningServer, form: str, query: str) -> None:
    """The plus sign of a media type is understood whether or not the author of the URL encoded it."""
    response = server.client.get(f"sparql?query={query}&format={form}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/sparql-results+json"


def test_head_path_over_the_wire_no_body(server: RunningServer) -> None:
    """HEAD sends the length of what GET would send, and nothing else."""
    for path in ("sparql", "doc/agent/board", "dumps/eild-1.2.3.nt", "dumps/"):
        head = server.client.head(path, headers={"Accept-Encoding": "identity"})
        get = server.client.get(path, headers={"Accept-Encoding": "identity"})
        assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.content))
        assert head.content == b""


def test_get_repeated_accept_lines_count_together(server: RunningServer) -> None:
    """Several Accept lines are one list."""
    with socket.create_connection((urlsplit(server.url).hostname or "", urlsplit(server.url).port or 0)) as connection:
        connection.sendall(
            b"GET /doc/agent/board HTTP/1.1\r\nHost: x\r\nAccept: text/turtle;q=0.1\r\n"
            b"Accept: application/n-triples\r\nConnection: close\r\n\r\n"
        )
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert b"content-type: application/n-triples" in answer.lower()


def test_post_chunked_body_read_whole(server: RunningServer) -> None:
    """A body without a length is read, and one over the limit is refused."""
    headers = {"Content-Type": "application/sparql-query"}
    response = server.client.post("sparql", content=iter([b"ASK ", b"{}"]), headers=headers)
    assert response.json() == {"head": {}, "boolean": True}
    large = server.client.post("sparql", content=iter([b"x" * 65536] * 70), headers=headers)
    assert large.status_code == 413


def test_get_endless_query_503_and_others_answered(server: RunningServer) -> None:
    """A query that does not end makes 503 with Retry-After, and others are answered while it runs."""
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(server.client.get, "sparql", params={"query": ENDLESS})
        time.sleep(0.2)
        assert server.client.get("sparql", params={"query": "ASK {}"}).status_code == 200
        assert not endless.done()
        response = endless.result()
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "(limit: 2 s)" in response.json()["detail"]


def test_get_many_queries_at_once_all_answered(server: RunningServer) -> None:
    """Many clients at once get the same complete answer."""
    with ThreadPoolExecutor(16) as pool:
        bodies = list(pool.map(lambda _: server.client.get("sparql", params={"query": ALL}).content, range(64)))
    assert len({len(body) for body in bodies}) == 1


def list_descendants(pid: int) -> list[int]:
    """Return all processes below a process, by Linux's own lists."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text(encoding="ascii").split()):
            found += [child, *list_descendants(child)]
    return found


def find_named(server: RunningServer, name: str) -> list[int]:
    """Return the processes of a server that have a name."""
    found = list_descendants(server.process.pid)
    return [pid for pid in found if Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() == name]


def test_serve_sigterm_finishes_request_and_leaves_no_process(serve: Callable[..., RunningServer], build: Path) -> None:
    """SIGTERM lets a running query run to its deadline, exits 0 and leaves no process behind."""
    server = serve("--dist", str(build), "--timeout", "2")
    answers: list[int] = []

    def ask() -> None:
        answers.append(httpx.get(f"{server.url}sparql", params={"query": ENDLESS}, timeout=20).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.5)
    descendants = list_descendants(server.process.pid)
    assert server.stop() == 0
    thread.join()
    assert answers == [503]
    assert len(descendants) >= 4
    time.sleep(0.2)
    assert not [pid for pid in descendants if Path(f"/proc/{pid}").exists()]


def test_serve_sigkill_leaves_no_process(serve: Callable[..., RunningServer], build: Path) -> None:
    """Even if the server is killed outright no process stays behind."""
    server = serve("--dist", str(build))
    server.client.get("sparql", params={"query": "ASK {}"})
    descendants = list_descendants(server.process.pid)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in descendants) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in descendants if Path(f"/proc/{pid}").exists()]


def test_serve_http_process_killed_is_replaced(serve: Callable[..., RunningServer], build: Path) -> None:
    """An HTTP process that dies is replaced, and the service goes on."""
    server = serve("--dist", str(build), "--workers", "1")
    (worker,) = find_named(server, "eild-http")
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 20
    status = 0
    while status != 200 and time.monotonic() < deadline:
        try:
            status = httpx.get(f"{server.url}health/ready").status_code
        except httpx.TransportError:
            time.sleep(0.05)
    assert status == 200


def test_serve_nursery_killed_server_ends_and_says_so(serve: Callable[..., RunningServer], build: Path) -> None:
    """Where the process that makes all others dies, so do they, and the server ends with a reason."""
    server = serve("--dist", str(build), "--workers", "1")
    (nursery,) = find_named(server, "eild-nursery")
    made = list_descendants(nursery)
    assert {*find_named(server, "eild-http"), *find_named(server, "eild-queries")} == set(made)
    os.kill(nursery, signal.SIGKILL)
    assert server.process.wait(30) == EnvironmentFailure.exit_code
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in made) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in made if Path(f"/proc/{pid}").exists()]


def test_serve_files_publishes_foreign_data(serve: Callable[..., RunningServer], tmp_path: Path) -> None:
    """Any RDF file gets endpoint, documents, dumps and pages; the default graph merges all graphs."""
    (tmp_path / "animals.trig").write_text(
        "@prefix ex: <http://example.org/> . ex:g { ex:cat ex:eats ex:fish } ex:cat a ex:Animal .", encoding="utf-8"
    )
    server = serve(str(tmp_path / "animals.trig"), "--base", "http://example.org/")
    assert count_triples(server.client) == 2
    response = server.client.get("cat", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert "ex:eats ex:fish" in response.text
    assert "animals.trig" in server.client.get("").text
    assert len(server.client.get("dumps/", headers={"Accept": "application/json"}).json()["files"]) == 6
    graphs = server.client.get("sparql", params={"query": "SELECT ?g { GRAPH ?g {} }", "format": "csv"}).text
    assert graphs == "g\r\nhttp://example.org/g\r\n"


def test_serve_files_without_union_default_graph_alone(serve: Callable[..., RunningServer], tmp_path: Path) -> None:
    """Without the merge the default graph is exactly that of the files."""
    (tmp_path / "a.nq").write_text("<http://e/a> <http://e/b> <http://e/c> <http://e/g> .\n", encoding="utf-8")
    server = serve(str(tmp_path / "a.nq"), "--no-union-default-graph")
    assert count_triples(server.client) == 0


def test_serve_port_in_use_exit_6_one_line(
    eild: Callable[..., subprocess.CompletedProcess[str]], server: RunningServer, build: Path
) -> None:
    """A port in use is told in one line with the remedy, and exit code 6."""
    done = eild("serve", "--dist", str(build), "--port", str(urlsplit(server.url).port))
    assert done.returncode == 6
    assert done.stderr.count("\n") == 1
    assert "is in use" in done.stderr
    assert "--port" in done.stderr


REFUSALS = [
    (["--dist", "nowhere"], 3, "no build here"),
    (["nothing.ttl"], 3, "No such file"),
    (["--port", "x"], 2, "--port"),
    (["--port", "70000"], 2, "65535"),
    (["--timeout", "0"], 2, "--timeout must be greater than 0"),
    (["--base", "http://e/"], 2, "apply to files only"),
    (["--host", "203.0.113.1"], 6, "cannot listen on"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSALS)
def test_serve_wrong_arguments_exit_code_and_line(
    eild: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], code: int, words: str
) -> None:
    """What cannot be served is refused before anything starts, with the exit code of its kind."""
    done = eild("serve", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def flip_bit(content: bytes) -> bytes:
    """Return some bytes with one bit in their middle changed."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("eild-1.2.3.nq", lambda _: b""),
    ("eild-1.2.3.nq", lambda content: content[:-100]),
    ("eild-1.2.3.nt", flip_bit),
    ("eild-1.2.3.ttl.gz", flip_bit),
    ("build.json", flip_bit),
    ("build.json", lambda content: content[:-100]),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_serve_damaged_build_exit_3_names_file(
    eild: Callable[..., subprocess.CompletedProcess[str]],
    build: Path,
    tmp_path: Path,
    name: str,
    damage: Callable[[bytes], bytes],
) -> None:
    """A truncated or altered build is refused in one line that names file and remedy."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in build.iterdir():
        content = path.read_bytes()
        (copy / path.name).write_bytes(damage(content) if path.name == name else content)
    done = eild("serve", "--dist", "copy", "--port", "0")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert "eild build" in done.stderr
