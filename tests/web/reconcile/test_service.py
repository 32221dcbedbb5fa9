"""Tests of ``/reconcile``: what OpenRefine and other clients send, and answers that fit the API's schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from lxml import html

from eild.config import Settings
from eild.publication.of_files import write_publication
from eild.publication.on_disk import write_store
from eild.web.app import create_app
from eild.web.reconcile import service
from eild.web.reconcile.manifest import MOST_QUERIES

from .schemas import EXTENSION, MANIFEST, RESULTS, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

THESAURUS = Path(__file__).parents[2] / "fixtures" / "sites" / "thesaurus.ttl"
BASE = "https://farm.example/"
PEOPLE = {"Accept": "text/html"}
SCRIPT = {"Accept": "application/json, text/javascript, */*; q=0.01", "X-Requested-With": "XMLHttpRequest"}


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, open_site: Callable[..., Site]) -> FlaskClient:
    """Return a client of the site of a thesaurus."""
    folder = tmp_path_factory.mktemp("farm")
    write_publication([THESAURUS], folder, base=BASE)
    settings = Settings(public_url="https://data.farm.example/words/")
    return create_app(open_site(folder, settings)).test_client()


def post(client: FlaskClient, queries: object, path: str = "/reconcile") -> Any:
    """Send a batch as OpenRefine does, and return the results."""
    body = urlencode({"queries": json.dumps(queries)})
    response = client.post(path, data=body, content_type="application/x-www-form-urlencoded;charset=UTF-8")
    assert response.status_code == 200, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return check(response.json, RESULTS)


def test_manifest_fits_schema_and_leads_to_services(farm: FlaskClient) -> None:
    """GET without parameters gives the manifest; everything that it names answers."""
    response = farm.get("/reconcile", headers=SCRIPT)
    assert response.headers["Content-Type"] == "application/json"
    manifest = check(response.json, MANIFEST)
    assert manifest["identifierSpace"] == BASE
    assert manifest["schemaSpace"] == "http://www.w3.org/2004/02/skos/core#Concept"
    assert manifest["defaultTypes"][0] == {"id": manifest["schemaSpace"], "name": "Concept"}
    start = "https://data.farm.example/words"
    cattle = quote(f"{BASE}c/cattle", safe="")
    urls = [manifest[name]["url"].replace("{{id}}", cattle) for name in ("view", "preview")]
    urls += [manifest["documentation"], manifest["logo"]]
    extend = manifest["extend"]["propose_properties"]
    urls.append(extend["service_url"] + extend["service_path"])
    for found in manifest["suggest"].values():
        urls.append(f"{found['service_url']}{found['service_path']}?prefix=c")
        urls.append(found["flyout_service_url"] + found["flyout_service_path"].replace("${id}", cattle))
    for url in urls:
        assert url.startswith(f"{start}/")
        assert farm.get(url.removeprefix(start)).status_code == 200, url


def test_manifest_in_a_language_leads_to_services_in_it(farm: FlaskClient) -> None:
    """A service that is added with ``lang`` stays in that language."""
    manifest = check(farm.get("/reconcile?lang=de").json, MANIFEST)
    paths = [manifest["view"]["url"], manifest["preview"]["url"], manifest["suggest"]["entity"]["service_path"]]
    assert all("lang=de" in path for path in paths)
    tier = farm.get(f"{manifest['suggest']['entity']['service_path']}&prefix=tie").get_json()
    assert tier["result"][0]["name"] == "Tiere"
    assert post(farm, {"q": {"query": "Tiere"}}, "/reconcile?lang=de")["q"]["result"][0]["name"] == "Tiere"
    assert post(farm, {"q": {"query": "Tiere"}}, "/reconcile?lang=en")["q"]["result"][0]["name"] == "animals"


@pytest.mark.parametrize("site", ["own_client", "foreign"])
def test_manifest_of_other_data(request: pytest.FixtureRequest, site: str) -> None:
    """Any data has a manifest, whose first types are not those of OWL, SHACL or Web Annotation."""
    manifest = check(request.getfixturevalue(site).get("/reconcile").json, MANIFEST)
    assert manifest["defaultTypes"]
    assert not any("owl#" in row["id"] or "/oa#" in row["id"] for row in manifest["defaultTypes"])


def test_manifest_without_base_has_namespace_of_entities(publish: Callable[..., FlaskClient]) -> None:
    """Data that has no base of its own says where its identifiers begin."""
    text = "".join(f"<http://a.example/x/{name}> a <http://a.example/T> ; <http://e/p> {name} .\n" for name in (10, 11))
    assert publish("a.ttl", text, base="").get("/reconcile").get_json()["identifierSpace"] == "http://a.example/x/"


def test_batch_results_fit_schema(farm: FlaskClient) -> None:
    """Each query has its own results, the best first, with types, features and at most one match."""
    found = post(
        farm,
        {
            "q0": {"query": "Kühe", "limit": 3, "type": "skos:Concept", "type_strict": "should"},
            "q1": {"query": "catle"},
            "q2": {"properties": [{"pid": "skos:broader", "v": {"id": f"{BASE}c/animals"}}]},
            "q3": {"query": "xyzzy"},
        },
    )
    first = found["q0"]["result"][0]
    assert (first["id"], first["match"]) == (f"{BASE}c/cattle", True)
    assert first["type"] == [{"id": "http://www.w3.org/2004/02/skos/core#Concept", "name": "Concept"}]
    assert "Animals kept for milk and meat." in first["description"]
    assert {row["id"]: row["value"] for row in first["features"]}["type_match"] is True
    assert (found["q1"]["result"][0]["id"], found["q1"]["result"][0]["match"]) == (f"{BASE}c/cattle", False)
    assert [row["name"] for row in found["q2"]["result"]] == ["cattle", "sheep"]
    assert found["q3"] == {"result": []}


def test_deprecated_concept_named_and_not_matched(farm: FlaskClient) -> None:
    """A deprecated concept says what to use, and users decide."""
    row = post(farm, {"q": {"query": "oxen"}})["q"]["result"][0]
    assert row["match"] is False
    assert row["description"].startswith("deprecated: use cattle")


def test_get_equals_post(farm: FlaskClient) -> None:
    """GET gives the same results with an entity tag, and HEAD the same fields."""
    batch = {"q": {"query": "sheep"}}
    response = farm.get("/reconcile", query_string={"queries": json.dumps(batch)})
    assert check(response.json, RESULTS) == post(farm, batch)
    tag = response.headers["ETag"]
    again = {"queries": json.dumps(batch)}
    assert farm.get("/reconcile", query_string=again, headers={"If-None-Match": tag}).status_code == 304
    head = farm.head("/reconcile", query_string=again)
    assert (head.data, head.headers["ETag"]) == (b"", tag)


def test_multipart_form_accepted(farm: FlaskClient) -> None:
    """Clients that send all forms as multipart get the same results."""
    data = {"queries": json.dumps({"q": {"query": "sheep"}})}
    response = farm.post("/reconcile", data=data, content_type="multipart/form-data")
    assert check(response.json, RESULTS)["q"]["result"][0]["match"] is True


def test_other_origins_may_read(farm: FlaskClient) -> None:
    """Scripts of other origins may call all services (API, section 3.3)."""
    for path in ("/reconcile", "/reconcile/suggest/entity?prefix=a", "/reconcile/properties", "/reconcile/flyout?id=x"):
        assert farm.get(path).headers["Access-Control-Allow-Origin"] == "*"
    fields = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    assert "POST" in farm.options("/reconcile", headers=fields).headers["Access-Control-Allow-Methods"]


def test_callback_called_with_the_same_value(farm: FlaskClient) -> None:
    """JSONP is a call of the function with the JSON, as JavaScript."""
    plain = farm.get("/reconcile").get_json()
    response = farm.get("/reconcile?callback=jQuery1_2.done&_=17", headers={"Accept": "*/*"})
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    match = re.fullmatch(r"/\*\*/jQuery1_2\.done\((.*)\);\n", response.text, re.DOTALL)
    assert match
    assert json.loads(match[1]) == plain
    assert response.text.isascii()


@pytest.mark.parametrize("callback", ["alert(1)", "a;b", "<script>", "a.", "1a", "é", "a" * 201])
def test_callback_that_is_no_function_refused(farm: FlaskClient, callback: str) -> None:
    """Nothing but the name of a function is ever sent back as script."""
    response = farm.get("/reconcile", query_string={"callback": callback})
    assert response.status_code == 400
    assert "'callback' must be the name of a JavaScript function" in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        ({"queries": "{"}, 400, "queries is not JSON"),
        ({"queries": '{"q": {"query": "a", "limit": -1}}'}, 400, "queries.q.limit must be a positive integer, not -1"),
        ({"queries": '{"q": {"query": "a", "type": "skos:Konzept"}}'}, 400, "the data does not use the type"),
        ({"extend": "[]"}, 400, "extend must be an object"),
        ({"extend": '{"ids": [], "properties": [{"id": "skos:brodder"}]}'}, 400, "does not use the property"),
        ({"queries": "{}", "extend": "{}"}, 400, "both 'queries' and 'extend'"),
        ({"query": "x"}, 400, "neither 'queries' nor 'extend'"),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(MOST_QUERIES + 1)})}, 413, "at most 50 queries"),
        ({"queries": " " * (5 * 1024 * 1024)}, 413, "too large"),
    ],
)
def test_refused_with_the_reason(farm: FlaskClient, fields: dict[str, str], status: int, detail: str) -> None:
    """A request that cannot be answered in full is an error that says why."""
    response = farm.post("/reconcile", data=fields)
    assert response.status_code == status
    assert detail in response.get_json()["detail"]


@pytest.mark.parametrize(
    "fields",
    [
        {"data": b"{}", "content_type": "application/json"},
        {"data": b""},
        {"data": {"queries": "{}"}, "headers": {"Content-Encoding": "gzip"}},
    ],
)
def test_other_bodies_refused(farm: FlaskClient, fields: dict[str, Any]) -> None:
    """A body that is not a form is refused with the types that are taken."""
    response = farm.post("/reconcile", **fields)
    assert response.status_code == 415
    assert response.get_json()["suggestions"] == list(service.FORM_TYPES)


def test_batch_that_takes_too_long_refused(tmp_path: Path, open_site: Callable[..., Site]) -> None:
    """The time limit of queries holds for a batch as a whole."""
    write_publication([THESAURUS], tmp_path, base=BASE)
    client = create_app(open_site(tmp_path, Settings(timeout=1e-9))).test_client()
    response = client.post("/reconcile", data={"queries": '{"a": {"query": "b"}, "c": {"query": "d"}}'})
    assert response.status_code == 503
    assert "timed out after" in response.get_json()["detail"]


def test_extend_fits_schema(farm: FlaskClient) -> None:
    """Values of properties come by resource, by POST and by GET."""
    query = {
        "ids": [f"{BASE}c/cattle", f"{BASE}scheme", "unknown"],
        "properties": [
            {"id": "skos:broader"},
            {"id": "dct:issued"},
            {"id": "skos:altLabel", "settings": {"lang": "de"}},
        ],
    }
    response = farm.post("/reconcile", data={"extend": json.dumps(query)})
    found = check(response.json, EXTENSION)
    assert found["meta"][0]["type"]["name"] == "Concept"
    assert found["rows"][f"{BASE}c/cattle"] == {
        "skos:broader": [{"id": f"{BASE}c/animals", "name": "animals"}],
        "dct:issued": [],
        "skos:altLabel": [{"str": "Kühe"}],
    }
    assert found["rows"][f"{BASE}scheme"]["dct:issued"] == [{"str": "2023-04-05"}]
    assert found["rows"]["unknown"] == {"skos:broader": [], "dct:issued": [], "skos:altLabel": []}
    assert farm.get("/reconcile", query_string={"extend": json.dumps(query)}).json == found


def test_own_data_entities_found(own_client: FlaskClient) -> None:
    """An agent of the own dataset is found by its name and by a property."""
    row = post(own_client, {"q": {"query": "Antony Blinken"}})["q"]["result"][0]
    assert row["match"] is True
    assert row["name"] == "Antony Blinken"


def test_own_data_offensive_words_hidden(own_client: FlaskClient) -> None:
    """Words with a content warning are hidden in results, suggestions and previews."""
    found = own_client.post("/reconcile", data={"queries": '{"q": {"query": "Jewish dog", "limit": 50}}'}).text
    found += own_client.get("/reconcile/suggest/entity?prefix=jewish").text
    assert "Jewish dog" not in found


def test_named_graphs_reconciled(publish: Callable[..., FlaskClient]) -> None:
    """Resources that are only in named graphs are found where the default graph is the merge."""
    text = """@prefix : <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    :g { :ada a :Person ; rdfs:label "Ada" ; :born 1815 } :h { :ada :note "mathematician" }"""
    found = post(
        publish("a.trig", text), {"q": {"query": "Ada", "properties": [{"pid": ":note", "v": "mathematician"}]}}
    )
    assert [row["match"] for row in found["q"]["result"]] == [True]


def test_store_on_disk_reconciled_as_files(farm: FlaskClient, tmp_path: Path, open_site: Callable[..., Site]) -> None:
    """Where the triples are makes no difference to candidates, proposals and values."""
    site = open_site(write_store([THESAURUS], tmp_path / "store", base=BASE).folder)
    stored = create_app(site).test_client()
    batch = {
        "q0": {"query": "cattel", "type": "skos:Concept", "properties": [{"pid": "skos:broader", "v": "animals"}]},
        "q1": {"properties": [{"pid": "skos:notation", "v": "a.1"}]},
    }
    assert post(stored, batch) == post(farm, batch)
    for path in ("/reconcile/properties?type=skos:Concept", "/reconcile/suggest/entity?prefix=stre"):
        assert stored.get(path).get_json() == farm.get(path).get_json()


def test_page_for_people(farm: FlaskClient) -> None:
    """Browsers get a page with the address, where people can try names without script."""
    response = farm.get("/reconcile?q=cattle&type=http://www.w3.org/2004/02/skos/core%23Concept", headers=PEOPLE)
    page: html.HtmlElement = html.fromstring(response.text)
    assert page.cssselect("pre code")[0].text == "https://data.farm.example/words/reconcile"
    cells = [cell.text_content() for cell in page.cssselect("tbody tr")[0].cssselect("td")]
    assert cells[1:] == ["Concept", "100.0", "yes"]
    assert page.cssselect("option[selected]")[0].text == "Concept"
    assert ">ways</a></td>" in farm.get("/reconcile?q=ways&lang=en", headers=PEOPLE).text
    assert "No candidates" in farm.get("/reconcile?q=xyzzy", headers=PEOPLE).text
    assert farm.get("/reconcile?q=x&type=unknown:thing", headers=PEOPLE).status_code == 400
    assert "reconcile" in farm.get("/sitemap.xml").text
