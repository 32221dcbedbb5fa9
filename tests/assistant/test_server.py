"""The tools and resources for assistants, as the protocol's own client library sees them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from eild.assistant.opening import open_bounded
from eild.assistant.server import make_server
from eild.assistant.tools import AssistantTools
from eild.config import Settings
from eild.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mcp.server import MCPServer

BIDEN = "https://w3id.org/eild/id/agent/joe-biden"
ANIMALS = """@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:cat a ex:Animal ; rdfs:label "cat" . ex:other a ex:Animal ; rdfs:label "Cat" . ex:dog rdfs:label "dog" ."""


def call(
    server: MCPServer[Any] | StdioServerParameters | str, name: str, arguments: dict[str, Any]
) -> tuple[bool, str]:
    """Return whether a tool failed, and what it said."""

    async def run() -> tuple[bool, str]:
        async with Client(server) as client:
            done = await client.call_tool(name, arguments)
            (content,) = done.content
            return bool(done.is_error), getattr(content, "text", "")

    return asyncio.run(run())


def read(server: MCPServer[Any], uri: str) -> str:
    """Return the text of a resource, or what is wrong."""

    async def run() -> str:
        async with Client(server) as client:
            try:
                return getattr((await client.read_resource(uri)).contents[0], "text", "")
            except MCPError as error:
                return f"error: {error}"

    return asyncio.run(run())


@contextlib.contextmanager
def serve(files: list[str], settings: Settings) -> Iterator[MCPServer[Any]]:
    """Yield a server over some data, whose queries run in processes of their own."""
    with contextlib.ExitStack() as stack:
        source = open_bounded(stack, files, settings, "")
        yield make_server(source, AssistantTools(source, settings))


@pytest.fixture(scope="module")
def own(own_build: Path) -> Iterator[MCPServer[Any]]:
    """Return a server over EILD's own dataset with small limits."""
    with serve([], Settings(dist=own_build, timeout=1.0, result_bytes=400_000)) as server:
        yield server


@pytest.fixture(scope="module")
def remote(own_site_url: str) -> Iterator[MCPServer[Any]]:
    """Return a server over an endpoint with the same data."""
    with serve([], Settings(store=f"{own_site_url}sparql")) as server:
        yield server


@pytest.fixture(scope="module")
def animals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MCPServer[Any]]:
    """Return a server over somebody else's file."""
    path = tmp_path_factory.mktemp("animals") / "animals.ttl"
    path.write_text(ANIMALS, encoding="utf-8")
    with serve([str(path)], Settings()) as server:
        yield server


def test_tools_and_resources_are_listed_with_what_they_take(own: MCPServer[Any]) -> None:
    """Four read-only tools with descriptions, and the resources of EILD's own data."""

    async def run() -> tuple[list[Any], list[str], list[str]]:
        async with Client(own) as client:
            tools = (await client.list_tools()).tools
            resources = [str(found.uri) for found in (await client.list_resources()).resources]
            templates = (await client.list_resource_templates()).resource_templates
            return tools, resources, [found.uri_template for found in templates]

    tools, resources, templates = asyncio.run(run())
    assert [tool.name for tool in tools] == ["search", "describe", "query", "claims"]
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)
    assert resources == ["eild://guide", "eild://ontology", "eild://questions"]
    assert templates == ["eild://questions/{name}"]


@pytest.mark.parametrize("place", ["own", "remote"])
def test_claims_have_words_evidence_and_citation(place: str, request: pytest.FixtureRequest) -> None:
    """Claims by somebody come first; each has stance, exact words with sentence and offsets, and how to cite it."""
    failed, text = call(request.getfixturevalue(place), "claims", {"who": "Joe Biden", "limit": 4})
    assert not failed, text
    found = json.loads(text)
    assert found["about"] == BIDEN
    assert found["total"] > len(found["claims"]) == 4
    first = found["claims"][0]
    assert first["iri"].startswith("https://w3id.org/eild/id/claim/000-012-5")
    assert first["roles"] == ["claimant"]
    assert first["properties"]["stance"] == [{"iri": "https://w3id.org/eild/id/concept/stance/asks", "name": "asks"}]
    assert {"words", "iri", "sentences", "start", "end"} <= set(first["evidence"][0])
    assert first["evidence"][0]["sentences"] == ["https://w3id.org/eild/id/sentence/000-012"]
    assert first["citation"].endswith(first["iri"])
    assert "Election Interference Linked Data, version " in first["citation"]
    assert found["licence"] == "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize("place", ["own", "remote"])
def test_search_and_describe_find_resources_by_words_and_names(place: str, request: pytest.FixtureRequest) -> None:
    """A search gives IRIs; a description gives Turtle by prefixed name, IRI or exact name."""
    server = request.getfixturevalue(place)
    failed, text = call(server, "search", {"words": "biden", "limit": 5})
    assert not failed, text
    assert json.loads(text)["results"][0]["iri"] == BIDEN
    described = [call(server, "describe", {"name": name}) for name in ("agent:joe-biden", BIDEN, "joe biden")]
    assert not described[0][0]
    assert "agent:joe-biden a eild:Person" in described[0][1]
    assert len({len(text) for _, text in described}) == 1


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ({"sparql": "SELECT ?c { ?c eild:claimant agent:joe-biden }"}, "c\r\n"),
        ({"sparql": "SELECT ?c { ?c a eild:Claim } LIMIT 1", "format": "json"}, '{"head"'),
        ({"sparql": "ASK { ?c a eild:Claim }"}, "true"),
        ({"sparql": "CONSTRUCT WHERE { ?c eild:claimant agent:joe-biden }", "format": "rdf"}, "<?xml"),
        ({"sparql": "DESCRIBE agent:joe-biden", "format": "nt"}, f"<{BIDEN}>"),
    ],
)
@pytest.mark.parametrize("place", ["own", "remote"])
def test_queries_of_all_forms_are_answered(
    place: str, arguments: dict[str, str], start: str, request: pytest.FixtureRequest
) -> None:
    """Rows and graphs, with the dataset's prefixes."""
    failed, text = call(request.getfixturevalue(place), "query", arguments)
    assert not failed, text
    assert text.startswith(start)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("query", {"sparql": "SELECT ?x {"}, r"query:1:11: this \{ is not closed"),
        ("query", {"sparql": "DELETE WHERE { ?s ?p ?o }"}, "DELETE is an update"),
        ("query", {"sparql": "ASK { SERVICE <http://example.org/> {} }"}, "SERVICE"),
        ("query", {"sparql": "SELECT * { ?s ?p ?o }"}, r"too large \(limit: 400000 bytes\)"),
        (
            "query",
            {"sparql": "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i && ?i = ?z) }"},
            "timed out|time limit",
        ),
        ("query", {"sparql": "ASK {}", "format": "pdf"}, "use one of json, xml, csv"),
        ("query", {"sparql": "ASK {}", "format": "ttl"}, "none of the accepted formats"),
        ("describe", {"name": "agent:joe-bidem"}, "joe-biden"),
        ("describe", {"name": "agent:joe-biden", "page": 9}, "pages"),
        ("claims", {"who": "nobody at all"}, "no resource 'nobody at all'"),
        ("claims", {"who": "agent:joe-biden", "limit": 0}, "from 1 to 50"),
        ("search", {"words": " "}, "words to look for are missing"),
    ],
)
def test_what_cannot_be_answered_is_told(own: MCPServer[Any], name: str, arguments: dict[str, Any], words: str) -> None:
    """An error says what is wrong and what to do; no result is cut."""
    failed, text = call(own, name, arguments)
    assert failed
    assert re.search(words, text), text
    assert "Traceback" not in text


def test_other_data_have_no_claims_and_say_so(animals: MCPServer[Any]) -> None:
    """Somebody else's file is searched, described and queried; a name of two resources is ambiguous."""
    assert call(animals, "query", {"sparql": "SELECT ?x { ?x a ex:Animal ; rdfs:label 'cat' }"})[1] == (
        "x\r\nhttp://example.org/cat\r\n"
    )
    assert not call(animals, "describe", {"name": "dog"})[0]
    failed, text = call(animals, "describe", {"name": "cat"})
    assert failed
    assert "names several resources" in text
    failed, text = call(animals, "claims", {"who": "ex:cat"})
    assert failed
    assert text.endswith("no claims of the EILD ontology (use the tools search, describe and query)")
    assert "- `ex:` <http://example.org/>" in read(animals, "eild://guide")
    assert json.loads(read(animals, "eild://questions")) == []
    assert read(animals, "eild://ontology").startswith("error: ")


def test_resources_are_read(own: MCPServer[Any]) -> None:
    """The guide, the ontology, the list of published queries, and one of them."""
    assert read(own, "eild://guide").startswith("# ")
    assert "eild:Claim a owl:Class" in read(own, "eild://ontology")
    names = [row["name"] for row in json.loads(read(own, "eild://questions"))]
    assert "13-contested-claims" in names
    assert "SELECT" in read(own, "eild://questions/13-contested-claims")
    assert read(own, "eild://questions/none").startswith("error: the dataset has no question 'none'")


def test_files_a_build_and_a_store_exclude_each_other(own_build: Path) -> None:
    """One dataset at a time."""
    with contextlib.ExitStack() as stack, pytest.raises(UsageError, match="but not"):
        open_bounded(stack, ["a.ttl"], Settings(dist=own_build), "")
    with contextlib.ExitStack() as stack, pytest.raises(UsageError, match="not several"):
        open_bounded(stack, ["a.ttl"], Settings(store="x"), "")


def test_command_speaks_on_standard_input(own_build: Path) -> None:
    """As desktop assistants start it."""
    command = StdioServerParameters(command=sys.executable, args=["-m", "eild", "mcp", "--dist", str(own_build)])
    assert call(command, "query", {"sparql": "ASK { ?c a eild:Claim }"}) == (False, "true")


def test_command_listens_for_http(own_build: Path) -> None:
    """It prints its URL, and answers there."""
    command = [sys.executable, "-m", "eild", "mcp", "--http", "--port", "0", "--dist", str(own_build)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        try:
            assert call(url, "query", {"sparql": "ASK { ?c a eild:Claim }"}) == (False, "true")
        finally:
            process.terminate()
            process.communicate(timeout=20)
