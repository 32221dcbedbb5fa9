"""Tests of one server with several sites: over HTTP, and what is wrong in the configuration file that names them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from lxml import html

from eild.cli.severalsites import has_several_sites, plan_sites, settle_port
from eild.errors import EildError
from eild.publication.on_disk import write_store

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    import httpx

    Run = Callable[..., subprocess.CompletedProcess[str]]

THESAURUS = Path(__file__).parents[1] / "fixtures" / "sites" / "thesaurus.ttl"
CONFIGURATION = """[server]
workers = 2
log = "requests.jsonl"

[[site]]
path = "/words/"
files = ["words.ttl"]
base = "https://farm.example/"
title = "Farm words"
description = "Of <farms>"

[[site]]
path = "sets/numbers"
files = ["numbers.ttl"]
result_bytes = 200
title = "Numbers"

[[site]]
path = "words/stored"
store = "stored"
"""
NUMBERS = "<thing> <http://e.org/number> {} ; <http://www.w3.org/2000/01/rdf-schema#label> 'number'@en ."
PEOPLE = {"Accept": "text/html"}
PATHS = ("/words/", "/sets/numbers/", "/words/stored/")


class Server(Protocol):
    """A server that a test started."""

    process: subprocess.Popen[str]
    client: httpx.Client
    url: str

    def stop(self) -> int:
        """End the server."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a configuration of three sites and their data."""
    found = tmp_path_factory.mktemp("several")
    (found / "words.ttl").write_bytes(THESAURUS.read_bytes())
    (found / "numbers.ttl").write_text(NUMBERS.format(1), encoding="utf-8")
    (found / "sites.toml").write_text(CONFIGURATION.replace("requests.jsonl", str(found / "log")), encoding="utf-8")
    (found / "stored.ttl").write_text("<https://stored.example/a> <http://e.org/number> 7 .", encoding="utf-8")
    write_store([found / "stored.ttl"], found / "stored", base="https://stored.example/")
    return found


@pytest.fixture(scope="module")
def server(folder: Path, start_server: Callable[..., Server]) -> Iterator[Server]:
    """Return a server with three sites."""
    running = start_server("--config", str(folder / "sites.toml"))
    yield running
    running.stop()


def test_list_has_each_site_in_order(server: Server) -> None:
    """The root lists the sites, for people and for programs, with their own titles and URLs."""
    rows = server.client.get("/", headers={"Accept": "application/json"}).json()["sites"]
    assert [row["path"] for row in rows] == [path[1:] for path in PATHS]
    assert rows[0] == {
        "path": "words/",
        "title": "Farm words",
        "description": "Of <farms>",
        "url": f"{server.url}words/",
    }
    response = server.client.get("/", headers=PEOPLE)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    page = html.fromstring(response.text)
    links = [(link.get("href"), link.text) for link in page.cssselect("main a")]
    assert links[0] == ("./words/", "Farm words")
    for style in page.cssselect("link[rel=stylesheet]"):
        assert server.client.get(urljoin("/", style.get("href"))).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_site_links_stay_in_it(server: Server, path: str) -> None:
    """Every link, form and file of a home page is below the path of the site, and answers."""
    page = html.fromstring(server.client.get(path, headers=PEOPLE).text)
    targets = {element.get(name) for name in ("href", "src", "action") for element in page.cssselect(f"[{name}]")}
    local = {urljoin(path, target) for target in targets if target and not re.match(r"[a-z]+:|#", target)}
    assert len(local) > 10
    for target in sorted(local):
        assert target.startswith(path), target
        assert server.client.get(target, headers={"Accept": "text/html, */*;q=0.1"}).status_code in {200, 303, 308}, (
            target
        )


def test_sites_have_data_and_limits_of_their_own(server: Server) -> None:
    """Each site answers queries from its own data within its own limits."""
    query = {"query": "SELECT ?n { ?s <http://e.org/number> ?n }", "format": "csv"}
    answers = {path: server.client.get(f"{path}sparql", params=query).text for path in PATHS}
    assert answers == {PATHS[0]: "n\r\n", PATHS[1]: "n\r\n1\r\n", PATHS[2]: "n\r\n7\r\n"}
    large = {"query": 'SELECT * { VALUES ?a { "' + '" "'.join(f"{n:040}" for n in range(9)) + '" } }'}
    assert [server.client.post(f"{path}sparql", data=large).status_code for path in PATHS] == [200, 422, 200]


def test_site_resources_dereference_below_its_path(server: Server) -> None:
    """IRIs below the base are paths of the site; absolute URLs lead to it."""
    response = server.client.get("/words/c/cattle", headers={"Accept": "text/turtle"})
    assert response.status_code == 303
    assert urljoin("/words/c/cattle", response.headers["Location"]) == "/words/doc/c/cattle"
    assert "cattle" in server.client.get("/words/doc/c/cattle", headers={"Accept": "text/turtle"}).text
    assert "<http" not in server.client.get("/sets/numbers/thing", headers={"Accept": "text/turtle"}).text
    catalogue = server.client.get("/words/catalog", headers={"Accept": "text/turtle"}).text
    assert f"{server.url}words/sparql" in catalogue
    assert (
        f"{server.url}sets/numbers/thing"
        in server.client.get("/sets/numbers/sparql", params={"query": "SELECT ?s {?s ?p 1}"}).text
    )


def test_path_without_final_slash_leads_to_site(server: Server) -> None:
    """A path that lacks its final slash leads to the site, with the query part."""
    response = server.client.get("/sets/numbers?lang=de")
    assert (response.status_code, response.headers["Location"]) == (308, "numbers/?lang=de")
    assert server.client.get("/words/stored").headers["Location"] == "stored/"
    assert server.client.get("/%77ords/", headers=PEOPLE).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/wordsx/", "/sets/", "/doc", "/sparql", "/words/../sparql2"])
def test_nothing_outside_sites(server: Server, path: str) -> None:
    """What belongs to no site is not found, by people and programs."""
    page = server.client.get(path, headers=PEOPLE)
    assert page.status_code == 404
    assert html.fromstring(page.text).cssselect("main a[href$='/']")
    problem = server.client.get(path, headers={"Accept": "application/json"})
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 404


def test_crawlers_find_all_sites(server: Server) -> None:
    """One file has the rules of all sites, and one index all their sitemaps."""
    parser = RobotFileParser()
    parser.parse(server.client.get("/robots.txt").text.splitlines())
    assert parser.site_maps() == [f"{server.url}{path[1:]}sitemap.xml" for path in PATHS]
    assert not parser.can_fetch("anybody", f"{server.url}words/sparql?query=ASK{{}}")
    assert parser.can_fetch("anybody", f"{server.url}words/doc/c/cattle")
    index = ET.fromstring(server.client.get("/sitemap.xml").text)  # noqa: S314 - this project's own output
    urls = [str(loc.text) for loc in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert urls == parser.site_maps()
    assert all(server.client.get(url).status_code == 200 for url in urls)


def test_operations_cover_all_sites(server: Server, folder: Path) -> None:
    """Health, numbers and the log are those of the server as a whole; the log has whole paths."""
    assert server.client.get("/health/ready").json() == {"status": "ready"}
    assert server.client.get("/health/live").json() == {"status": "live"}
    assert server.client.head("/").status_code == 200
    assert "eild_query_places" in server.client.get("/metrics").text
    for path in ("/words/entities", "/words/stored/entities", "/words/entities"):
        server.client.get(path, headers=PEOPLE)
    logged = [json.loads(line)["path"] for line in (folder / "log").read_text(encoding="utf-8").splitlines()]
    assert logged.count("/words/entities") >= 2
    assert "/words/stored/entities" in logged


def test_reload_each_site_by_itself(server: Server, folder: Path, eild: Run) -> None:
    """New data of one site is served although another cannot be reloaded, which is told with its place."""
    port = server.url.rstrip("/").rpartition(":")[2]
    query = {"query": "SELECT ?n { ?s <http://e.org/number> ?n }", "format": "csv"}
    (folder / "numbers.ttl").write_text(NUMBERS.format(2), encoding="utf-8")
    (folder / "words.ttl").write_text("<a> <b>", encoding="utf-8")
    done = eild("reload", "--port", port)
    (folder / "words.ttl").write_bytes(THESAURUS.read_bytes())
    assert done.returncode == 3
    assert "words.ttl:1" in done.stderr
    assert f"site /words/ ({folder / 'sites.toml'}:5)" in done.stderr
    assert "the other sites were reloaded" in done.stderr
    assert server.client.get("/sets/numbers/sparql", params=query).text == "n\r\n2\r\n"
    assert server.client.get("/words/doc/c/cattle", headers=PEOPLE).status_code == 200
    done = eild("reload", "--port", port)
    assert done.returncode == 0
    assert done.stdout.count("/") >= 6


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('[[site]]\nfiles = ["a.ttl"]\n', 1, "a site must have a path"),
        ('[[site]]\npath = "a b"\n', 2, "a site must have a path"),
        ('[[site]]\npath = "/../x/"\n', 2, "a site must have a path"),
        ('[[site]]\npath = "metrics/x"\n', 2, "is the server's own"),
        ('[[site]]\npath = "a"\n[[site]]\nfiles = []\npath = "/a/"\n', 3, "the path /a/ is that of the site at"),
        ('[[site]]\npath = "a"\n\n[[site]]\npath = "b"\ntitel = "T"\n', 6, "[[site]] titel: unknown member"),
        ('[[site]]\npath = "a"\ntimeout = "fast"\n', 3, "[[site]] timeout: must be a number"),
        ('[[site]]\npath = "a"\ntimeout = 0\n', 1, "--timeout must be greater than 0"),
        ('[[site]]\npath = "a"\nport = 1\n', 3, "[[site]] port: unknown member"),
        ('[[site]]\npath = "a"\nlanguage = "no tag"\n', 1, "the language must be a language tag"),
        ('[[site]]\npath = "a"\nfiles = ["a.ttl"]\nstore = "s"\n', 4, "a site has either files or a store"),
        ('[server]\nport = "x"\n[[site]]\npath = "a"\n', 2, "[server] port: must be an integer"),
        ("site = []\n", 1, "'site' must have at least one table"),
        ("site = [1]\n", 1, "'site' must be a table [site], or an array of tables [[site]]"),
    ],
)
def test_configuration_mistakes_have_file_and_line(tmp_path: Path, text: str, place: int, message: str) -> None:
    """Each mistake is told with the line of the configuration file."""
    path = tmp_path / "sites.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EildError) as caught:
        plan_sites(path, (), {})
    assert message in caught.value.message
    assert (
        (caught.value.location.path, caught.value.location.line) == (str(path), place) if caught.value.location else 0
    )


@pytest.mark.parametrize(
    ("files", "options", "message"), [((Path("a.ttl"),), {}, "files"), ((), {"store": "x"}, "--store")]
)
def test_configuration_of_several_sites_takes_no_files_or_store(
    tmp_path: Path, files: tuple[Path, ...], options: dict[str, str], message: str
) -> None:
    """What would be for one site only is refused, because it says not for which."""
    path = tmp_path / "sites.toml"
    path.write_text('[[site]]\npath = "a"\n', encoding="utf-8")
    assert has_several_sites(path)
    with pytest.raises(EildError, match=message):
        plan_sites(path, files, options)


def test_sites_have_public_urls_below_that_of_the_server(tmp_path: Path) -> None:
    """A public URL of the server, and its port, hold for all sites."""
    path = tmp_path / "sites.toml"
    path.write_text('[server]\npublic_url = "https://data.example.org/x"\n[[site]]\npath = "a"\n', encoding="utf-8")
    settings, plans = plan_sites(path, (), {"port": 81})
    (plan,) = settle_port(plans, settings)
    assert (plan.settings.public_url, plan.settings.port) == ("https://data.example.org/x/a/", 81)


def test_command_options_that_are_for_one_site_refused(tmp_path: Path, eild: Run) -> None:
    """A title on the command line is not ignored, because it says not for which site."""
    path = tmp_path / "sites.toml"
    path.write_text('[[site]]\npath = "a"\n', encoding="utf-8")
    done = eild("serve", "--config", str(path), "--title", "T")
    assert done.returncode == 2
    assert "--title does not say which of them it is for" in done.stderr
