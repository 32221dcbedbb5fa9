"""Which requests are sent to a server, and what is recorded of each answer."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import brotli  # type: ignore[import-untyped] # the package has no stubs
import zstandard

from tools.masking import MASKED_FIELDS, mask_durations, mask_fields, mask_metrics, mask_places
from tools.queries import ACCEPTS, DATA, FORMATS, MATRIX_QUERIES, QUERIES
from tools.routes import BROWSER, group_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tools.recorder import Recorder
    from tools.servers import Client, Reply

FORM: Final = "application/x-www-form-urlencoded"
_TEXTS: Final = ("text/", "application/json", "application/problem+json", "application/xhtml+xml")
_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
}
_ODD_TARGETS: Final = (
    "/nowhere",
    "/nowhere/at/all.ttl",
    "//",
    "/..",
    "/../etc/passwd",
    "/doc/",
    "/doc/agent/",
    "/doc/agent/no-such-agent",
    "/doc/agent/no-such-agent.ttl",
    "/id/agent/no-such-agent",
    "/doc?iri=",
    "/doc?iri=no+iri",
    "/doc?iri=http://elsewhere.example/x",
    "/doc/%00",
    "/doc/%ff",
    "/dumps/no-such-file.ttl",
    "/dumps/..%2fbuild.json",
    "/dumps/latest/no-such-file",
    "/graph/no-such-graph",
    "/np/no-such-nanopublication",
    "/seed/999",
    "/ontology.exe",
    "/ontology/9.9.9",
    "/context/9.9.9.jsonld",
    "/assets/000000000000/site.css",
    "/sitemap-999.xml",
    "/search?q=interference+in+elections",
    "/search?q=Bidne",
    "/search?q=" + "a" * 1001,
    "/search?q=%00",
    "/linkset?of=/nowhere",
    "/cite?iri=http://elsewhere.example/x",
    "/" + "a" * 9000,
)
"""Addresses at the margins: missing resources, bad parameters, attempts to get elsewhere."""


@dataclass
class Prober:
    """Sends requests to one server and records the answers.

    :ivar name: name of the server, with which the names of its entries begin
    :ivar masked: lowercase names of the header fields whose values differ in each recording
    """

    name: str
    client: Client
    recorder: Recorder
    masked: frozenset[str] = MASKED_FIELDS

    def probe(
        self, method: str, target: str, fields: Mapping[str, str], *, body: bytes = b"", title: str = ""
    ) -> Reply:
        """Send a request and record its answer under a name made of the request.

        :param title: what stands in the name for the body
        """
        reply = self.client.ask(method, target, fields, body)
        shown = "; ".join(f"{name}: {value}" for name, value in fields.items())
        short = target if len(target) <= 300 else f"{target[:300]}…{len(target)}"  # noqa: PLR2004 - a name, not a text
        name = " ".join(part for part in (self.name, method, short, f"[{shown}]", title) if part)
        self.recorder.add(name, self._describe(target, reply))
        return reply

    def _describe(self, target: str, reply: Reply) -> dict[str, Any]:
        content, coding = reply.body, reply.get("content-encoding")
        entry: dict[str, Any] = {"status": reply.status}
        if coding in _DECODERS and content:
            entry["coded"] = self.recorder.keep(content).partition(" ")[0]
            content = _DECODERS[coding](content)
        masked = self.masked
        if reply.get("content-type").startswith(_TEXTS) and content and reply.status != 206:  # noqa: PLR2004
            text = content.decode()
            mask = mask_metrics if urlsplit(target).path == "/metrics" else mask_durations
            if (hidden := mask_places(mask(text), self.recorder.places)) != text:
                content, masked = hidden.encode(), masked | {"content-length"}
                entry.pop("coded", None)
        return {**entry, "headers": mask_fields(reply.fields, masked=masked), "body": self.recorder.keep(content)}

    def probe_briefly(self, target: str) -> None:
        """Ask for one address as a program and as a browser do, and again with the entity tag of the answer."""
        for accept in ("*/*", BROWSER, "application/ld+json"):
            reply = self.probe("GET", target, {"Accept": accept})
            if tag := reply.get("etag"):
                self.probe("GET", target, {"Accept": accept, "If-None-Match": tag})
        self.probe("HEAD", target, {})

    def probe_address(self, target: str) -> None:
        """Ask for one address with each Accept field, under each condition and with wrong methods."""
        reply = self.probe("GET", target, {})
        for accept in ACCEPTS:
            page = self.probe("GET", target, {"Accept": accept})
            self.probe("HEAD", target, {"Accept": accept})
            if tag := page.get("etag"):
                self.probe("GET", target, {"Accept": accept, "If-None-Match": tag})
        tag = reply.get("etag") or '"none"'
        for condition in (f'W/{tag}, "x"', '"other"', "*", tag.strip('"')):
            self.probe("GET", target, {"If-None-Match": condition})
        for modified in filter(None, (reply.get("last-modified"), "Mon, 01 Jan 1990 00:00:00 GMT", "yesterday")):
            self.probe("GET", target, {"If-Modified-Since": modified})
        for coding in ("gzip", "br", "zstd", "gzip;q=0, *;q=0", "deflate, gzip;q=0.5, br;q=0.9"):
            self.probe("GET", target, {"Accept": "*/*", "Accept-Encoding": coding})
        for method in ("OPTIONS", "DELETE", "PUT"):
            self.probe(method, target, {})

    def probe_template(self, target: str) -> None:
        """Ask for the first address of a template with bad parameters, ranges, and a cross-origin request."""
        joint = "&" if urlsplit(target).query else "?"
        for name in FORMATS:
            self.probe("GET", f"{target}{joint}format={name}", {})
        for field in ("page=0", "page=2", "page=999", "page=x", "unknown=1", "format=ttl&format=nt", "words=all"):
            self.probe("GET", f"{target}{joint}{field}", {"Accept": BROWSER})
        for extent in ("bytes=0-99", "bytes=-50", "bytes=100-", "bytes=999999999-", "bytes=0-1,5-9", "lines=1-2"):
            self.probe("GET", target, {"Range": extent})
        self.probe("GET", target, {"Origin": "https://elsewhere.example"})
        preflight = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
        self.probe("OPTIONS", target, preflight)
        self.probe("POST", target, {"Content-Type": "text/plain"}, body=b"x", title="body x")
        self.probe("GET", target + "/", {})

    def probe_addresses(self, templates: Sequence[str], targets: Iterable[str]) -> None:
        """Ask for all addresses of a sample, and for those at the margins."""
        seen: set[tuple[str, ...]] = {("",)}
        for target in targets:
            template, kind, *_ = group_of(target, templates)
            if target == "/metrics":
                continue
            if (template, kind) in seen:
                self.probe_briefly(target)
                continue
            self.probe_address(target)
            if (template,) not in seen:
                self.probe_template(target)
            seen |= {(template,), (template, kind)}
        for target in _ODD_TARGETS:
            for accept in ("*/*", BROWSER):
                self.probe("GET", target, {"Accept": accept})
        self.probe("TRACE", "/", {})
        self.probe("GET", "/", {"Accept": "nonsense"})
        self.probe("GET", "/", {"X-Long": "a" * 70_000})

    def probe_queries(self, queries: Mapping[str, str] = QUERIES) -> None:
        """Send queries in each way of the SPARQL 1.1 Protocol, some of them with each Accept field."""
        for name, query in queries.items():
            target = f"/sparql?{urlencode({'query': query})}"
            direct = query.encode()
            form = urlencode({"query": query}).encode()
            self.probe("GET", target, {})
            self.probe("GET", target, {"Accept": BROWSER})
            self.probe("HEAD", target, {})
            self.probe("POST", "/sparql", {"Content-Type": FORM}, body=form, title=f"form {name}")
            self.probe("POST", "/sparql", {"Content-Type": "application/sparql-query"}, body=direct, title=name)
            if name in MATRIX_QUERIES:
                for accept in ACCEPTS[1:]:
                    if accept != BROWSER:
                        self.probe("GET", target, {"Accept": accept})
                for form_name in FORMATS:
                    self.probe("GET", f"{target}&format={form_name}", {})

    def probe_protocol(self) -> None:
        """Send what the protocol allows or forbids beside the query itself: graphs, content types, updates."""
        ask = "ASK { ?s ?p ?o }"
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        claims, missing = "https://w3id.org/eild/graph/claims", "http://nowhere.example/graph"
        for fields in (
            [("query", count), ("default-graph-uri", claims)],
            [("query", count), ("default-graph-uri", missing)],
            [("query", count), ("default-graph-uri", claims), ("default-graph-uri", missing)],
            [("query", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"), ("named-graph-uri", claims)],
            [("query", count), ("default-graph-uri", "no iri")],
            [("query", ask), ("query", ask)],
            [("query", ask), ("download", "1")],
            [("update", "DELETE WHERE { ?s ?p ?o }")],
            [("query", ask), ("update", "CLEAR ALL")],
            [("query", "INSERT DATA { <http://a.example/> <http://a.example/> 1 }")],
        ):
            self.probe("GET", f"/sparql?{urlencode(fields)}", {})
            self.probe("POST", "/sparql", {"Content-Type": FORM}, body=urlencode(fields).encode(), title=str(fields))
        update = {"Content-Type": "application/sparql-update"}
        self.probe("POST", "/sparql", update, body=b"CLEAR ALL", title="CLEAR ALL")
        for kind in ("text/plain", "application/json", "application/sparql-query; charset=latin-1", ""):
            fields_sent = {"Content-Type": kind} if kind else {}
            self.probe("POST", "/sparql", fields_sent, body=ask.encode(), title=f"{kind or 'no type'} {ask}")
        self.probe("POST", "/sparql", {"Content-Type": "application/sparql-query"}, body=b"\xff", title="not UTF-8")
        self.probe("POST", "/sparql", {"Content-Type": FORM}, title="empty")
        large = b"ASK { " + b"#" * 1_200_000
        self.probe("POST", "/sparql", {"Content-Type": "application/sparql-query"}, body=large, title="1.2 MB")
        self.probe("GET", f"/sparql?query={quote(ask)}%ff", {})

    def probe_validate(self) -> None:
        """Send data to be validated: good and bad, in several syntaxes, with and without shapes."""
        reports = ("*/*", BROWSER, "text/turtle", "application/ld+json", "application/json", "image/png")
        for name, (kind, text) in DATA.items():
            for accept in reports if name in {"conforming", "violating"} else reports[:2]:
                self.probe(
                    "POST", "/validate", {"Content-Type": kind, "Accept": accept}, body=text.encode(), title=name
                )
        data, shapes = DATA["violating"][1], DATA["shapes"][1]
        for fields in (
            {"data": data, "shapes": shapes},
            {"data": data, "shapes": shapes, "format": "sarif"},
            {"data": data, "shapes": "not turtle"},
            {"data": data, "data-syntax": "ntriples"},
            {"data": data, "data-syntax": "nonsense"},
            {"shapes": shapes},
            {"data": ""},
        ):
            for accept in ("*/*", BROWSER):
                sent = {"Content-Type": FORM, "Accept": accept}
                self.probe(
                    "POST", "/validate", sent, body=urlencode(fields).encode(), title=str(sorted(fields.items()))
                )
        for name in FORMATS:
            target = f"/validate?format={name}"
            self.probe("POST", target, {"Content-Type": "text/turtle"}, body=data.encode(), title="violating")
