"""Tests with the parsers of Norway's data portal, of a search engine's kind and of a crawler, each as it is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rdflib.namespace import DCTERMS

from eild.namespaces import DATASET_IRI, DCAT
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib import Graph
    from tests.catalog.conftest import Served

SCRIPT = Path(__file__).parent / "portals" / "read.py"


@pytest.fixture(scope="module")
def read(served: Served, install: Callable[[str], Path]) -> dict[str, Any]:
    """Return what each program found at the running server."""
    command = [str(install(".portal-test") / "bin" / "python"), str(SCRIPT), served.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def catalog(served: Served) -> Graph:
    """Return the catalogue as it is served."""
    return served.read_catalog()


def find_bounds(catalog: Graph) -> tuple[str, str]:
    """Return the first and the last day that the catalogue gives."""
    period = catalog.value(DATASET_IRI, DCTERMS.temporal)
    return str(catalog.value(period, DCAT.startDate)), str(catalog.value(period, DCAT.endDate))


def test_fdk_finds_the_dataset(read: dict[str, Any], catalog: Graph) -> None:
    """Title, contact, period, standard and every distribution arrive."""
    assert set(read["fdk"]) == {str(DATASET_IRI)}
    dataset = read["fdk"][str(DATASET_IRI)]
    assert dataset["title"]["en"] == str(catalog.value(DATASET_IRI, DCTERMS.title))
    assert [point["hasURL"] for point in dataset["contactPoint"]] == [f"{BASE}contact"]
    start, end = find_bounds(catalog)
    assert [(period["startDate"], period["endDate"]) for period in dataset["temporal"]] == [(start, end)]
    assert [standard["uri"] for standard in dataset["conformsTo"]] == [f"{BASE}ontology"]
    found = {url for part in dataset["distribution"] for url in part["downloadURL"] or ()}
    assert found == set(map(str, catalog.objects(None, DCAT.downloadURL)))


def test_extruct_finds_the_dataset_with_period_and_endpoint(
    read: dict[str, Any], catalog: Graph, served: Served
) -> None:
    """The home page describes the dataset in terms of schema.org; each way to the data has a URL."""
    (block,) = read["extruct"]
    (dataset,) = (node for node in block["@graph"] if node["@type"] == "Dataset")
    assert dataset["@id"] == str(DATASET_IRI)
    assert dataset["temporalCoverage"] == "/".join(find_bounds(catalog))
    urls = {part["contentUrl"] for part in dataset["distribution"]}
    assert {f"{served.url}sparql"} < urls
    assert len(urls) == len(dataset["distribution"])


def test_sitemap_parser_finds_pages_by_robots_txt(read: dict[str, Any], served: Served) -> None:
    """The pages of the sitemap are at the server, and more than a thousand."""
    assert len(read["usp"]) > 1000
    assert all(page.startswith(served.url) for page in read["usp"])
    assert f"{served.url}claims" in read["usp"]
