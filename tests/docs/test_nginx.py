"""The configuration of nginx that the documentation gives, with nginx itself in front of a real server."""

from __future__ import annotations

import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION: Final = Path(__file__).parents[2] / "deploy" / "nginx.conf"
ASK: Final = {"query": "ASK { ?s ?p ?o }", "format": "json"}
MAIN: Final = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/eild.conf;
}}
"""
"""What nginx needs besides to run as anybody, with all its files in one folder."""


def find_nginx() -> str:
    """Return the path of the program, which Debian has where only administrators look."""
    program = which("nginx") or which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    assert program, "these tests need nginx (Debian: apt-get install nginx)"
    return program


def find_free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def replace_once(text: str, old: str, new: str) -> str:
    """Return a text with the one occurrence of a part replaced."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def wait_for_port(process: subprocess.Popen[str], port: int) -> None:
    """Wait until a process listens on a port."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    pytest.fail(f"nginx does not listen: {process.communicate()[1]}")


def run_nginx(folder: Path, upstream: str, *changes: tuple[str, str]) -> Iterator[str]:
    """Run nginx with the configuration of the documentation, its addresses and other parts changed; yield its URL."""
    port = find_free_port()
    text = CONFIGURATION.read_text(encoding="utf-8")
    text = replace_once(text, "listen 80;", f"listen 127.0.0.1:{port};")
    text = replace_once(text, "server 127.0.0.1:8000;", f"server {upstream};")
    for change in changes:
        text = replace_once(text, *change)
    (folder / "eild.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
    command = [find_nginx(), "-p", f"{folder}/", "-c", f"{folder}/nginx.conf", "-e", "stderr"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_for_port(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
        _, errors = process.communicate(timeout=20)
    assert errors == ""


@pytest.fixture(scope="module")
def front(site_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of nginx in front of a server."""
    yield from run_nginx(tmp_path_factory.mktemp("nginx"), httpx.URL(site_url).netloc.decode())


def connect(url: str, address: str) -> httpx.Client:
    """Return a client at an address of this machine: each has a rate of its own."""
    return httpx.Client(base_url=url, transport=httpx.HTTPTransport(local_address=address))


def test_nginx_pages_and_answers_are_those_of_the_server(front: str, site_url: str) -> None:
    """Status, content and the fields that clients live by come through unchanged."""
    headers = [{}, {"Accept": "text/html"}, {"Accept-Encoding": "zstd"}, {"Accept-Encoding": "gzip, br"}]
    paths = ["/", "/sparql", "/sparql?query=ASK%20%7B%7D", "/doc/nothing%2Fhere", "//", "/dumps/", "/ontology.ttl"]
    names = ["Content-Type", "Content-Encoding", "ETag", "Vary", "Cache-Control", "Location", "Last-Modified"]
    names += ["Access-Control-Allow-Origin", "EILD-Dataset-Version", "Content-Security-Policy", "Content-Length"]
    for number, sent in enumerate(headers):
        with connect(front, f"127.0.1.{number + 1}") as client, httpx.Client(base_url=site_url) as direct:
            for path in paths:
                found, wanted = (one.get(path, headers=sent) for one in (client, direct))
                assert (found.status_code, found.content) == (wanted.status_code, wanted.content), path
                assert {name: found.headers.get(name) for name in names} == {
                    name: wanted.headers.get(name) for name in names
                }, path


def test_nginx_queries_by_post_and_long_ones_answered(front: str) -> None:
    """Queries come through in each way, also long ones, and what is too long is told as a problem."""
    with connect(front, "127.0.2.1") as client:
        assert client.post("/sparql", data=ASK).json()["boolean"] is True
        typed = {"Content-Type": "application/sparql-query"}
        assert client.post("/sparql", content=ASK["query"], headers=typed).status_code == 200
        assert client.post("/sparql", content=iter([b"ASK ", b"{}"]), headers=typed).status_code == 200
        long = ASK["query"] + "\n" * 20_000
        assert client.get("/sparql", params={"query": long}).status_code == 200
        refused = client.get("/sparql", params={"query": ASK["query"] + "x" * 65_000})
        assert refused.status_code == 400
        refused = client.post("/sparql", content=b"x" * 1_500_000, headers=typed)
        assert (refused.status_code, refused.json()["status"]) == (413, 413)
        assert refused.headers["Content-Type"] == "application/problem+json"


def test_nginx_conditions_and_ranges_come_through(front: str, site_url: str) -> None:
    """304 by the tag of each coding, and byte ranges of dumps."""
    with connect(front, "127.0.3.1") as client:
        for path in ("/", "/sparql?query=ASK%20%7B%7D"):
            tag = client.get(path).headers["ETag"]
            assert tag.startswith('"')
            again = client.get(path, headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
        listing = client.get("/dumps/", headers={"Accept": "application/json"}).json()
        name = next(row["name"] for row in listing["files"] if row["name"].endswith(".nt"))
        whole = httpx.get(f"{site_url}dumps/{name}").content
        part = client.get(f"/dumps/{name}", headers={"Range": "bytes=10-29"})
        assert (part.status_code, part.content) == (206, whole[10:30])
        assert part.headers["Content-Range"] == f"bytes 10-29/{len(whole)}"
        assert client.get(f"/dumps/{name}", headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


def test_nginx_burst_429_and_the_rest_right(front: str, site_url: str) -> None:
    """Of a burst of queries as many as allowed are answered, right; the rest are told so, others not bothered."""
    with connect(front, "127.0.4.1") as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.get("/sparql", params=ASK), range(80)))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {200, 429}
        assert statuses.count(200) >= 21  # one, and a burst of twenty
        assert all(answer.json()["boolean"] is True for answer in answers if answer.status_code == 200)
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.headers["Access-Control-Allow-Origin"] == "*"
        assert int(refused.headers["Retry-After"]) == 1
        assert refused.json()["status"] == 429
        assert client.get("/").status_code == 200
        assert httpx.get(f"{site_url}sparql", params=ASK).json()["boolean"] is True
        with connect(front, "127.0.4.2") as other:
            assert other.get("/sparql", params=ASK).status_code == 200
        time.sleep(int(refused.headers["Retry-After"]))
        assert client.get("/sparql", params=ASK).status_code == 200


def test_nginx_metrics_for_this_machine_alone(front: str) -> None:
    """The numbers are shown at the machine's own address and at no other."""
    with connect(front, "127.0.0.1") as own, connect(front, "127.0.5.1") as other:
        assert own.get("/metrics").status_code == 200
        assert other.get("/metrics").status_code == 404


def test_nginx_invented_client_fields_change_nothing(front: str) -> None:
    """No field about where the client or the host is, invented by a client, reaches an answer."""
    invented = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-For": "6.6.6.6",
        "Forwarded": "host=evil.example",
    }
    with connect(front, "127.0.6.1") as client:
        for path in ("/", "/sparql", "/id/ontology"):
            answer = client.get(path, headers=invented)
            assert "evil.example" not in answer.text + str(answer.headers)
            assert "gopher:" not in answer.text + str(answer.headers)


def test_nginx_server_away_503_problem(tmp_path: Path) -> None:
    """Where nobody listens behind nginx, a problem document says that the service is away."""
    running = run_nginx(tmp_path, f"127.0.0.1:{find_free_port()}")
    answer = httpx.get(f"{next(running)}/sparql", params=ASK)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert next(running, None) is None
