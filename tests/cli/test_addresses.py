"""Tests of where absolute URLs lead and what relative IRIs mean if the operator has set neither public URL nor base."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from eild.terms import DCAT, SD, VOID

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from typing import Protocol

    import httpx

    class RunningServer(Protocol):
        """What the fixtures give: a running server and a client for it."""

        process: subprocess.Popen[str]
        url: str
        client: httpx.Client

    Serve = Callable[..., RunningServer]
    Run = Callable[..., subprocess.CompletedProcess[str]]

DATA = """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<harbour> a <Place> ; rdfs:label "harbour"@en ; rdfs:seeAlso <#crane> , <http://elsewhere.example/x> .
"""
REQUESTS = [
    ("/", "text/html"),
    ("/", "text/turtle"),
    ("/catalog", "text/html"),
    ("/catalog.ttl", "*/*"),
    ("/.well-known/void", "*/*"),
    ("/sparql", "text/html"),
    ("/sparql", "text/turtle"),
    ("/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D", "text/html"),
    ("/sparql?query=CONSTRUCT%20WHERE%20%7B%20GRAPH%20%3Fg%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%7D", "text/turtle"),
    ("/openapi.json", "*/*"),
    ("/robots.txt", "*/*"),
    ("/sitemap.xml", "*/*"),
    ("/opensearch.xml", "*/*"),
    ("/linkset?of=/", "*/*"),
    ("/dumps/", "text/html"),
    ("/dumps/build.json", "*/*"),
    ("/search?q=harbour", "text/html"),
    ("/harbour", "text/html"),
    ("/harbour", "text/turtle"),
    ("/nothing", "text/html"),
]
URLS = frozenset(
    NamedNode(name)
    for name in (DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, VOID.dataDump, VOID.sparqlEndpoint, SD.endpoint)
)


def read_everything(server: RunningServer) -> str:
    """Return what a server says in its answers, to a client that sends another Host field."""
    texts = []
    for path, accept in REQUESTS:
        fields = {"Accept": accept, "Host": "liar.example"}
        response = server.client.get(path, headers=fields, follow_redirects=False)
        if response.is_redirect:
            response = server.client.get(response.headers["Location"].removeprefix("../"), headers=fields)
        texts += [str(response.headers), response.text]
    return "\n".join(texts)


def list_urls(server: RunningServer) -> set[str]:
    """Return the URLs to request that the catalogue of a server names."""
    content = server.client.get("catalog.ttl").content
    return {
        quad.object.value
        for quad in parse(content, RdfFormat.TURTLE)
        if quad.predicate in URLS and isinstance(quad.object, NamedNode)
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with relative IRIs."""
    path = tmp_path / "town.ttl"
    path.write_text(DATA, encoding="utf-8")
    return path


def test_serve_files_without_a_base_are_at_the_address_of_the_server(serve: Serve, file: Path) -> None:
    """Relative IRIs, and all absolute URLs, begin where the server listens, and answer there."""
    server = serve(str(file))
    text = read_everything(server)
    assert "invalid/" not in text
    assert "liar.example" not in text
    urls = list_urls(server)
    assert len(urls) >= 7
    assert all(url.startswith(server.url) for url in urls)
    assert all(server.client.get(url).status_code == 200 for url in urls)
    rows = server.client.get("sparql", params={"query": "SELECT ?s { ?s a ?class }", "format": "csv"}).text
    assert rows == f"s\r\n{server.url}harbour\r\n"
    assert f"<loc>{server.url}doc/harbour</loc>" in server.client.get("sitemap.xml").text
    assert server.client.get("openapi.json").json()["servers"] == [{"url": server.url.rstrip("/")}]


def test_serve_says_where_absolute_urls_lead_and_how_to_set_it(serve: Serve, file: Path, build: Path) -> None:
    """One line at the start names the address and the options; there is none if the operator has set the URL."""
    kinds = {
        (str(file),): ["absolute URLs and relative IRIs begin with {url}", "--public-url", "--base"],
        (str(file), "--base", "https://town.example/"): [
            "absolute URLs begin with {url}",
            "IRIs of the dataset with https://town.example/",
            "--public-url",
        ],
        ("--dist", str(build)): [
            "absolute URLs begin with {url}",
            "IRIs of the dataset with https://w3id.org/eild/",
            "--public-url",
        ],
    }
    for arguments, words in kinds.items():
        server = serve(*arguments)
        server.process.terminate()
        assert server.process.stderr is not None
        lines = server.process.stderr.read().splitlines()
        assert len(lines) == 1
        assert all(word.format(url=server.url) in lines[0] for word in words)
    server = serve(str(file), "--public-url", "https://town.example/")
    server.process.terminate()
    assert server.process.stderr is not None
    assert server.process.stderr.read() == ""


def test_serve_public_url_is_where_urls_lead_and_names_nothing(serve: Serve, file: Path) -> None:
    """What the operator sets wins; relative IRIs are no URLs of the public site."""
    server = serve(str(file), "--public-url", "https://town.example/data")
    assert {url.startswith("https://town.example/data/") for url in list_urls(server)} == {True}
    assert "https://town.example/data/sparql" in server.client.get("sparql?query=ASK%7B%7D&format=html").text
    assert "Disallow: /data/sparql?query=" in server.client.get("robots.txt").text


def test_own_dataset_has_commands_and_paths_for_the_server_that_serves_them(server: RunningServer) -> None:
    """Commands to copy reach this server, and crawlers read paths of this server; IRIs stay what they are."""
    page = server.client.get("sparql", params={"query": "ASK {}", "format": "html"}).text
    snippets = re.findall(r"<pre.*?</pre>", page, re.DOTALL)
    assert sum(f"{server.url}sparql" in snippet for snippet in snippets) == 3
    assert not any("https://w3id.org/eild/sparql" in snippet for snippet in snippets)
    lines = server.client.get("robots.txt").text.splitlines()
    assert [line.partition(": ")[2] for line in lines if line.startswith("Disallow")] == [
        "/sparql?query=",
        "/search?",
        "/reconcile?",
        "/reconcile/",
        "/doc?iri=",
    ]
    assert f"Sitemap: {server.url}sitemap.xml" in lines
    urls = list_urls(server)
    assert len(urls) >= 7
    assert all(url.startswith(server.url) and server.client.get(url).status_code == 200 for url in urls)
    for location in re.findall(r"<loc>([^<]*)</loc>", server.client.get("sitemap.xml").text)[:5]:
        assert location.startswith(server.url)
        assert server.client.get(location).status_code == 200
    assert server.client.get("openapi.json").json()["servers"] == [{"url": server.url.rstrip("/")}]
    templates = re.findall(r'template="([^"]*)"', server.client.get("opensearch.xml").text)
    assert templates
    assert all(template.startswith(server.url) for template in templates)
    assert "<https://w3id.org/eild/dataset>" in server.client.get("catalog.nt").text
    query = "SELECT ?url { GRAPH ?g { ?s <http://www.w3.org/ns/dcat#downloadURL> ?url } }"
    found = server.client.get("sparql", params={"query": query, "format": "csv"}).text.split()[1:]
    assert found
    assert all(url.startswith(server.url) for url in found)


def test_store_without_a_base_is_at_the_address_of_whatever_serves_it(
    eild: Run, serve: Serve, file: Path, tmp_path: Path
) -> None:
    """A store does not know who will serve it: URLs follow the server, relative IRIs are settled when it is loaded."""
    store = tmp_path / "store"
    assert eild("load", str(file), "--store", str(store)).returncode == 0
    server = serve("--store", str(store))
    assert urlsplit(server.url).port != 8000
    text = read_everything(server)
    assert "invalid/" not in text
    assert all(url.startswith(server.url) for url in list_urls(server))
    rows = server.client.get("sparql", params={"query": "SELECT ?s { ?s a ?class }", "format": "csv"}).text
    assert rows == "s\r\nhttp://127.0.0.1:8000/harbour\r\n"


def test_server_in_front_of_an_endpoint_without_a_base_is_at_its_own_address(serve: Serve, file: Path) -> None:
    """In front of another server, absolute URLs lead to the server in front, never to nowhere."""
    backend = serve(str(file))
    server = serve("--store", f"{backend.url}sparql")
    assert "invalid/" not in read_everything(server)
    assert all(url.startswith(server.url) for url in list_urls(server))


@pytest.mark.parametrize(
    ("variables", "base"), [({}, "http://127.0.0.1:8000/"), ({"EILD_PORT": "9001"}, "http://127.0.0.1:9001/")]
)
def test_query_resolves_relative_iris_as_the_server_would(
    eild: Run, file: Path, variables: dict[str, str], base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same file has the same IRIs in a query and, by default, behind a server."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = eild("query", "SELECT ?s { ?s a ?c }", str(file), "--format", "csv").stdout
    assert found.splitlines() == ["s", f"{base}harbour"]
    assert f"<{base}harbour>" in eild("describe", f"{base}harbour", str(file), "--format", "nt").stdout
