"""Find the addresses of a running site over HTTP: in its OpenAPI description, its sitemap and links of its pages."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import urldefrag, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.servers import Client

BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
SAMPLE: Final = 2
"""Addresses that stand for all addresses of one group."""

_LINK: Final = re.compile(r'\b(?:href|src|action)="([^"]+)"')
_LOCATION: Final = re.compile(r"<loc>([^<]+)</loc>")
_PARAMETER: Final = re.compile(r"\{\w+\}")
_STEPS: Final = 2


def find_template(path: str, templates: Iterable[str]) -> str:
    """Return the most specific path template that a path matches; an empty string if it matches none."""
    fitting = [
        template
        for template in templates
        if re.fullmatch(".+".join(re.escape(part) for part in _PARAMETER.split(template)), path)
    ]
    return max(fitting, key=lambda template: (len(_PARAMETER.sub("", template)), template), default="")


def group_of(target: str, templates: Iterable[str]) -> tuple[str, ...]:
    """Return the group of an address: its template, its kind of resource, its extension and its query parameters."""
    parts = urlsplit(target)
    template = find_template(parts.path, templates)
    variable = parts.path[len(template.partition("{")[0]) :]
    kind = variable.partition("/")[0] if "/" in variable else ""
    if template.startswith("/assets/"):
        kind = ""
    last = parts.path.rpartition("/")[2]
    extension = last.rpartition(".")[2] if "." in last else ""
    names = sorted({field.partition("=")[0] for field in parts.query.split("&")})
    return (template, kind, extension, *names)


def choose_sample(targets: Iterable[str], templates: Iterable[str]) -> list[str]:
    """Return a few addresses of each group: the first and the last in the order of their characters."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for target in sorted(set(targets)):
        groups[group_of(target, templates)].append(target)
    chosen = {target for found in groups.values() for target in (*found[: SAMPLE - 1], found[-1])}
    return sorted(chosen)


def _list_links(client: Client, target: str) -> set[str]:
    reply = client.ask("GET", target, {"Accept": BROWSER})
    if not reply.get("content-type").startswith("text/html"):
        return set()
    here = f"http://site.invalid{target}"
    found = {urldefrag(urljoin(here, html.unescape(link)))[0] for link in _LINK.findall(reply.body.decode())}
    return {link.removeprefix("http://site.invalid") for link in found if link.startswith("http://site.invalid/")}


def _list_sitemap(client: Client) -> set[str]:
    pages, parts = set(), ["/sitemap.xml"]
    while parts:
        text = client.ask("GET", parts.pop(), {}).body.decode()
        paths = [urlsplit(html.unescape(place)) for place in _LOCATION.findall(text)]
        base = paths[0].path if paths and "<urlset" in text else "/"
        found = [f"/{place.path.removeprefix(base)}{'?' * bool(place.query)}{place.query}" for place in paths]
        if "<sitemapindex" in text:
            parts += [f"/{path.rpartition('/')[2]}" for path in found]
        else:
            pages |= set(found)
    return pages


def discover(client: Client) -> tuple[list[str], list[str]]:
    """Return the path templates of a site, and a sample of addresses for each of them.

    Addresses come from the sitemap and from links, followed for a few steps from the sample known so far.
    """
    templates = sorted(json.loads(client.ask("GET", "/openapi.json", {}).body)["paths"])
    known = {template for template in templates if "{" not in template} | _list_sitemap(client)
    visited: set[str] = set()
    for _ in range(_STEPS):
        for target in choose_sample(known, templates):
            if target not in visited:
                visited.add(target)
                known |= _list_links(client, target)
    return templates, choose_sample(known, templates)
