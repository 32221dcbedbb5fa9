"""Read a site as data portals, search engines and crawlers do, in an environment of its own, and print what they found.

The argument is the public URL of the site. One JSON object comes out, with a member for each program.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")  # the programs' own, of their libraries' future
logging.disable(logging.CRITICAL)

import extruct  # type: ignore[import-not-found] # noqa: E402 - it is in that environment only, like the next three
import requests  # noqa: E402
from fdk_rdf_parser import parse_datasets  # type: ignore[import-not-found] # noqa: E402
from usp.tree import sitemap_tree_for_homepage  # type: ignore[import-not-found] # noqa: E402


def fetch(url: str, accept: str) -> str:
    """Return what a URL answers."""
    response = requests.get(url, headers={"Accept": accept}, timeout=30)
    response.raise_for_status()
    return response.content.decode("utf-8")


def read_with_fdk(url: str) -> dict[str, Any]:
    """Return the datasets of the catalogue by IRI, as Norway's portal reads them."""
    found = parse_datasets(fetch(f"{url}catalog", "text/turtle"))
    return {iri: dataclasses.asdict(dataset) for iri, dataset in found.items()}


def read_with_extruct(url: str) -> list[Any]:
    """Return the JSON-LD of the home page, as extruct finds it."""
    found: list[Any] = extruct.extract(fetch(url, "text/html"), base_url=url, syntaxes=["json-ld"])["json-ld"]
    return found


def read_with_sitemap_parser(url: str) -> list[str]:
    """Return the URLs of all pages, as ultimate-sitemap-parser finds them by robots.txt."""
    return [page.url for page in sitemap_tree_for_homepage(url).all_pages()]


if __name__ == "__main__":
    site = sys.argv[1]
    found = {"fdk": read_with_fdk(site), "extruct": read_with_extruct(site), "usp": read_with_sitemap_parser(site)}
    sys.stdout.write(json.dumps(found, default=list))
