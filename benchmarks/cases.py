"""The requests of the comparison: queries that are all different or repeat, documents, dumps, what has not changed."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.peers import ENDPOINTS, NGINX
from benchmarks.queries import draw_mix, list_kinds, write_path
from eild.publication.manifest import load_publication

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.load import Server
    from benchmarks.queries import Kind

OWN: Final = "eild"
"""Our server, in tables."""
GROUPS: Final = ("cold", "repeated", "mix", "documents", "304", "dumps")
"""What cases are counted with."""
DUMPS: Final = (".ttl.zst", ".ttl.gz", ".nq.zst", ".ttl", ".jsonld", ".nt", ".nq")
"""The files that are asked for."""

_ROWS: Final = {"Accept": "application/sparql-results+json"}
_GRAPH: Final = {"Accept": "text/turtle"}
_BOTH: Final = {"Accept": f"{_ROWS['Accept']}, {_GRAPH['Accept']}"}
_NUMBER: Final = 7


@dataclass(frozen=True)
class Case:
    """Requests of one kind.

    :ivar group: what they are counted with
    :ivar name: what tables call them
    :ivar paths: by server; those without any take no part
    :ivar fields: header fields, by server
    """

    group: str
    name: str
    paths: Mapping[str, Sequence[str]]
    fields: Mapping[str, Mapping[str, str]]


def find_endpoint(server: str) -> str:
    """Return the path at which a server answers queries."""
    return "/sparql" if server == OWN else ENDPOINTS[server]


def _ask_all(group: str, name: str, texts: Sequence[str], accept: Mapping[str, str], servers: Sequence[str]) -> Case:
    """Return the case that asks all servers the same queries."""
    paths = {server: [write_path(find_endpoint(server), text) for text in texts] for server in servers}
    return Case(group, name, paths, dict.fromkeys(servers, accept))


def list_query_cases(kinds: Sequence[Kind], servers: Sequence[str]) -> Iterator[Case]:
    """Yield the cases of queries: cold ones are all different, repeated ones the same, and the mix has both.

    :param servers: their names
    """
    for kind in kinds:
        accept = _GRAPH if kind.makes_graph else _ROWS
        yield _ask_all("cold", kind.name, kind.queries, accept, servers)
    for kind in kinds:
        accept = _GRAPH if kind.makes_graph else _ROWS
        yield _ask_all("repeated", kind.name, [kind.fill(0, _NUMBER)], accept, servers)
    yield _ask_all("mix", "mix", list(draw_mix(tuple(kinds))), _BOTH, servers)


def list_document_cases(kinds: Sequence[Kind], base: str, tag: str, servers: Sequence[str]) -> Iterator[Case]:
    """Yield the cases of documents, which others answer as DESCRIBE, and of answers that the client has already.

    :param base: what IRIs of the dataset begin with
    :param tag: the entity tag that our server gives the answer to the first query
    :param servers: their names
    """
    describe = next(kind for kind in kinds if kind.name == "describe")
    texts = [describe.fill(index, _NUMBER) for index in range(len(describe.queries))]
    case = _ask_all("documents", "documents", texts, _GRAPH, servers)
    subjects = [text[text.rindex("<") + 1 : text.rindex(">")] for text in describe.queries]
    own = [iri.replace(f"{base}id/", "/doc/") for iri in subjects if iri.startswith(f"{base}id/")]
    yield Case(case.group, case.name, {**case.paths, OWN: own}, case.fields)
    case = _ask_all("304", "not modified", [kinds[0].fill(0, _NUMBER)], _ROWS, servers)
    yield Case(case.group, case.name, case.paths, {**case.fields, OWN: {**_ROWS, "If-None-Match": tag}})


def list_dump_cases(names: Sequence[str]) -> Iterator[Case]:
    """Yield the cases of files, which our server and nginx send.

    :param names: the files of a build
    """
    for kind in DUMPS:
        for name in names:
            if name.endswith(kind) and "-nanopubs" not in name:
                yield Case("dumps", name, {server: [f"/dumps/{name}"] for server in (OWN, NGINX)}, {})


def _find_tag(server: Server, path: str) -> str:
    """Return the entity tag of an answer; empty where there is none."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=_ROWS)
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - a server of this run
        return str(answer.headers.get("ETag", ""))


def list_cases(folder: Path, servers: Sequence[Server], groups: Sequence[str] = GROUPS) -> Iterator[Case]:
    """Yield all requests of some groups.

    :param folder: the build that the servers have
    """
    kinds, publication = list_kinds(folder), load_publication(folder)
    names = [server.name for server in servers if server.name != NGINX]
    own = next(server for server in servers if server.name == OWN)
    tag = _find_tag(own, write_path(find_endpoint(OWN), kinds[0].fill(0, _NUMBER)))
    cases = [*list_query_cases(kinds, names), *list_document_cases(kinds, publication.base, tag, names)]
    cases += list_dump_cases([info.name for info in publication.files.values()])
    yield from (case for case in cases if case.group in groups)
