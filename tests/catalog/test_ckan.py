"""Tests of the catalogue with the parser of CKAN's DCAT harvester, which runs in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rdflib.namespace import DCTERMS

from eild.namespaces import DATASET_IRI, DCAT, SPDX
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib import Graph
    from tests.catalog.conftest import Served

SCRIPT = Path(__file__).parent / "ckan" / "harvest.py"
ACCEPTED = ("*/*", "text/turtle", "application/rdf+xml", "application/ld+json")


@pytest.fixture(scope="module")
def harvested(served: Served, install: Callable[[str], Path]) -> list[list[dict[str, Any]]]:
    """Return what CKAN makes of the running server's catalogue, once for each of :data:`ACCEPTED`."""
    python = install(".ckan-test") / "bin" / "python"
    command = [str(python), str(SCRIPT), f"{served.url}catalog", *ACCEPTED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def catalog(served: Served) -> Graph:
    """Return the catalogue as it is served."""
    return served.read_catalog()


def extras(dataset: dict[str, Any]) -> dict[str, str]:
    """Return the fields that CKAN keeps beside its own."""
    return {row["key"]: row["value"] for row in dataset["extras"]}


def test_ckan_each_syntax_one_and_the_same_dataset(harvested: list[list[dict[str, Any]]]) -> None:
    """Turtle, RDF/XML and JSON-LD give CKAN one dataset, with the same fields."""

    def arrange(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: arrange(item) for name, item in sorted(value.items())}
        if isinstance(value, list):
            return sorted((arrange(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        if isinstance(value, str) and value.startswith(("[", "{")):
            return arrange(json.loads(value))
        return value

    assert [len(datasets) for datasets in harvested] == [1] * len(ACCEPTED)
    assert all(arrange(datasets) == arrange(harvested[0]) for datasets in harvested)


def test_ckan_dataset_has_what_the_catalog_says(harvested: list[list[dict[str, Any]]], catalog: Graph) -> None:
    """Title, description, version, tags, contact, publisher, theme, place and time arrive."""
    dataset = harvested[0][0]
    assert dataset["title"] == str(catalog.value(DATASET_IRI, DCTERMS.title))
    assert dataset["notes"] == str(catalog.value(DATASET_IRI, DCTERMS.description))
    assert dataset["version"] == str(catalog.value(DATASET_IRI, DCAT.version))
    assert {tag["name"] for tag in dataset["tags"]} == set(map(str, catalog.objects(DATASET_IRI, DCAT.keyword)))
    period = catalog.value(DATASET_IRI, DCTERMS.temporal)
    found = extras(dataset)
    assert found["uri"] == str(DATASET_IRI)
    assert found["contact_uri"] == found["contact_url"] == f"{BASE}contact"
    assert found["publisher_name"] == found["contact_name"] == "EILD project"
    assert found["temporal_start"] == str(catalog.value(period, DCAT.startDate))
    assert found["temporal_end"] == str(catalog.value(period, DCAT.endDate))
    assert found["spatial_uri"] == str(catalog.value(DATASET_IRI, DCTERMS.spatial))
    assert json.loads(found["theme"]) == [str(catalog.value(DATASET_IRI, DCAT.theme))]


def test_ckan_resources_have_url_type_size_and_checksum(
    harvested: list[list[dict[str, Any]]], catalog: Graph, served: Served
) -> None:
    """Each file arrives as a resource with its URL at the server, media type, format, size, checksum and licence."""
    resources = {resource["uri"]: resource for resource in harvested[0][0]["resources"]}
    parts = set(catalog.subjects(DCAT.downloadURL, None))
    assert len(resources) == len(parts) + 1
    for part in parts:
        resource = resources[str(part)]
        assert resource["url"] == resource["download_url"] == str(catalog.value(part, DCAT.downloadURL))
        assert resource["url"].startswith(served.url)
        assert str(resource["size"]) == str(catalog.value(part, DCAT.byteSize))
        assert resource["hash"] == str(catalog.value(catalog.value(part, SPDX.checksum), SPDX.checksumValue))
        assert resource["hash_algorithm"] == str(SPDX.checksumAlgorithm_sha256)
        assert str(catalog.value(part, DCAT.mediaType)).endswith(resource["mimetype"])
        assert resource["license"] == str(catalog.value(part, DCTERMS.license))
        assert resource["name"] == str(catalog.value(part, DCTERMS.title))


def test_ckan_resource_of_the_endpoint_names_the_service(harvested: list[list[dict[str, Any]]], served: Served) -> None:
    """The endpoint arrives as an access service, with its URL at the server."""
    services = [
        service
        for resource in harvested[0][0]["resources"]
        for service in json.loads(resource.get("access_services", "[]"))
    ]
    assert [service["endpoint_url"] for service in services] == [[f"{served.url}sparql"]]
    assert services[0]["serves_dataset"] == [str(DATASET_IRI)]
