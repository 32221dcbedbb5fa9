"""Read catalogues as CKAN's DCAT harvester does, in an environment of its own, and print what CKAN would keep.

The arguments are the URL of a catalogue and one Accept field for each time that it is to be read. One JSON list
comes out: for each reading, the datasets as the profile ``euro_dcat_ap_3`` makes them.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import requests

warnings.simplefilter("ignore")  # CKAN's own, of Python's and of its libraries' future

from ckanext.dcat.processors import RDFParser  # type: ignore[import-not-found] # noqa: E402 - its import warns; it is in that environment

LARGEST = 50 * 1024 * 1024


def harvest(url: str, accept: str) -> list[dict[str, Any]]:
    """Return the datasets of a catalogue: HEAD first, then GET, and the content type decides how it is parsed."""
    head = requests.head(url, headers={"Accept": accept}, timeout=30)
    head.raise_for_status()
    if int(head.headers.get("Content-Length", 0)) > LARGEST:
        raise SystemExit("the catalogue is too large for CKAN")
    response = requests.get(url, headers={"Accept": accept}, timeout=30)
    response.raise_for_status()
    parser = RDFParser(profiles=["euro_dcat_ap_3"])
    parser.parse(response.content.decode("utf-8"), _format=response.headers["Content-Type"].partition(";")[0])
    if parser.next_page():
        raise SystemExit("the catalogue has pages")
    return list(parser.datasets())


if __name__ == "__main__":
    url, *accepted = sys.argv[1:]
    sys.stdout.write(json.dumps([harvest(url, accept) for accept in accepted]))
