"""``/validate``: data of strangers, in processes of their own, over the application and a real server."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from pyoxigraph import RdfFormat, parse, serialize

from eild import media
from eild.config import Settings
from eild.web.app import create_app
from eild.web.frame.site import Site
from eild.web.validate.jobs import Job
from eild.web.validate.service import ValidationService, get_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
SHAPES = (
    f"{HEAD}ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:P .\n"
    'ex:P sh:path ex:length ; sh:minCount 1 ; sh:pattern "^(a+)+$" ; sh:message "Give a <length>." .\n'
)
DATA = f"{HEAD}ex:a a ex:Boat .\n"
JOB = {"timeout": 20.0, "memory": 512, "report_bytes": 1 << 20, "form": "text", "own_shapes": False}


@pytest.fixture(scope="module")
def application(site: Site) -> Iterator[FlaskClient]:
    """Return a client of the application whose validations may take five seconds."""
    settings = Settings(validate_timeout=8.0, body_bytes=200_000)
    quick = Site(settings, site.publication, site.documents, site.engine, site.vocabularies)
    yield create_app(quick).test_client()
    get_service(settings.validate_workers).close()


@pytest.fixture(scope="module")
def service() -> Iterator[ValidationService]:
    """Return a service for one job at a time."""
    running = ValidationService(1)
    yield running
    running.close()


def test_get_validate_is_a_page_with_a_form(application: FlaskClient) -> None:
    """The page works without scripts: a plain form with fields and files."""
    answer = application.get("/validate")
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    form = etree.HTML(answer.text).find(".//main//form")
    assert form is not None
    assert (form.get("method"), form.get("enctype")) == ("post", "multipart/form-data")
    assert {element.get("name") for element in form.iter("textarea", "input")} == {"data", "shapes"}


@pytest.mark.parametrize("form", media.REPORT_FORMATS, ids=lambda form: form.name)
def test_post_validate_report_in_each_form(application: FlaskClient, form: media.Format) -> None:
    """Each form is answered with its content type, by name and (where it has a type of its own) by Accept."""
    fields = {"data": DATA, "shapes": SHAPES}
    answer = application.post(f"/validate?format={form.name}", data=fields)
    assert (answer.status_code, answer.content_type) == (200, form.content_type)
    assert answer.headers["EILD-Conforms"] == "false"
    assert answer.headers["Cache-Control"] == "no-store"
    if form not in {media.JUNIT, media.GITHUB}:
        same = application.post("/validate", data=fields, headers={"Accept": form.media_type})
        assert (same.content_type, same.data) == (answer.content_type, answer.data)


def test_post_validate_without_accept_is_turtle(application: FlaskClient) -> None:
    """Programs that leave it open get the standard report."""
    answer = application.post("/validate", data={"data": DATA, "shapes": SHAPES})
    assert answer.content_type == "text/turtle"
    assert len(list(parse(answer.data, RdfFormat.TURTLE))) > 5


@pytest.mark.parametrize("form", media.GRAPH_FORMATS, ids=lambda form: form.name)
def test_post_validate_data_in_each_syntax_against_own_shapes(application: FlaskClient, form: media.Format) -> None:
    """RDF as the body is held against EILD's shapes; findings are about the data alone."""
    triple = "<https://example.org/c> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{}ontology#Claim> ."
    triples = list(parse(triple.format("https://w3id.org/eild/"), RdfFormat.N_TRIPLES))
    syntax = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}.get(form.name)
    syntax = syntax or {"rdf": RdfFormat.RDF_XML, "trig": RdfFormat.TRIG, "nq": RdfFormat.N_QUADS}[form.name]
    body = serialize((quad.triple for quad in triples), format=syntax)
    answer = application.post(
        "/validate", data=body, content_type=form.media_type, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200
    report = json.loads(answer.data)
    assert report["conforms"] is False
    assert {finding["focus"] for finding in report["findings"]} == {"<https://example.org/c>"}


BOATS = """<?xml version='1.0' encoding='{}'?>
<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">
<e:Boat r:about="https://example.org/a"><e:name>é<!-- name --><![CDATA[&]]></e:name></e:Boat>
</r:RDF>
"""


def test_post_validate_own_shapes_are_shown_without_folders_of_the_server(application: FlaskClient) -> None:
    """A report names the files of EILD's shapes, and not where the server keeps them."""
    data = "<https://w3id.org/eild/id/claim/x> a <https://w3id.org/eild/ontology#Claim> ."
    for form in ("json", "sarif", "text", "github", "turtle"):
        answer = application.post(f"/validate?format={form}", data=data, content_type="text/turtle")
        assert answer.headers["EILD-Conforms"] == "false"
        assert str(Path(__file__).parents[3]) not in answer.text
    findings = application.post("/validate?format=json", data=data, content_type="text/turtle").get_json()["findings"]
    assert {finding["shape_location"]["path"] for finding in findings} == {"shapes/claims.ttl"}


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1"])
@pytest.mark.parametrize("kind", ["application/rdf+xml", ""])
def test_post_validate_rdf_xml_in_any_encoding(application: FlaskClient, encoding: str, kind: str) -> None:
    """Files are read in the encoding that they name, whether the request names their syntax or not."""
    shapes = (
        f"{HEAD}ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:P .\nex:P sh:path ex:name ; sh:in () ."
    )
    files: dict[str, object] = {
        "data": (io.BytesIO(BOATS.format(encoding).encode(encoding)), "boats.rdf", kind or None),
        "shapes": (io.BytesIO(shapes.encode()), "s.ttl"),
    }
    answer = application.post("/validate?format=json", data=files)
    assert answer.status_code == 200, answer.text
    (finding,) = json.loads(answer.data)["findings"]
    assert finding["value"] == '"é&"'
    assert finding["location"]["line"] == 3


@pytest.mark.parametrize("cut", [40, 150, 200, -3])
def test_post_validate_rdf_xml_that_breaks_off_is_400(application: FlaskClient, cut: int) -> None:
    """Nothing half-read is validated."""
    body = BOATS.format("UTF-8").encode()[:cut]
    answer = application.post("/validate", data=body, content_type="application/rdf+xml")
    assert answer.status_code == 400
    assert "not well-formed XML" in answer.text


def test_post_validate_page_shows_findings_at_their_lines(application: FlaskClient) -> None:
    """The page has the source with the lines at fault marked, links from findings to them, and the form filled in."""
    files = {"data": (io.BytesIO(DATA.encode()), "boats.ttl"), "shapes": (io.BytesIO(SHAPES.encode()), "s.ttl")}
    answer = application.post("/validate", data=files, headers={"Accept": "text/html,*/*;q=0.1"})
    document = etree.HTML(answer.text)
    (marked,) = [line for line in document.iter("span") if line.get("class") == "line at-fault"]
    assert "ex:a a ex:Boat" in "".join(map(str, marked.itertext()))
    (number,) = [element.get("id") for element in marked if element.get("id")]
    assert f'href="#{number}"' in answer.text
    assert "Give a &lt;length&gt;." in answer.text
    areas = {area.get("name"): (area.text or "").strip() for area in document.iter("textarea")}
    assert areas == {"data": DATA.strip(), "shapes": SHAPES.strip()}
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "style=" not in answer.text


def test_post_validate_page_escapes_what_is_sent(application: FlaskClient) -> None:
    """Markup in data and shapes stays text."""
    data = f'{HEAD}ex:a a ex:Boat ; ex:length "<script>alert(1)</script></textarea>" .\n'
    answer = application.post("/validate?format=html", data={"data": data, "shapes": SHAPES})
    assert "<script>alert" not in answer.text
    assert answer.text.count("</textarea>") == 2


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"data": "<a", "shapes": SHAPES}, 400, "syntax error"),
        ({"data": DATA, "shapes": "<a"}, 400, "syntax error"),
        ({"data": "", "shapes": SHAPES}, 400, "contains no data"),
        ({"data": DATA, "data-syntax": "docx"}, 400, "unknown data-syntax"),
        ({"data": DATA, "shapes": SHAPES.replace("minCount", "minCuont")}, 422, "unknown SHACL term sh:minCuont"),
        ({"data": '{"@context": "http://127.0.0.1:9/", "@id": "x"}', "shapes": SHAPES}, 400, "remote context"),
        (
            {"data": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a xmlns="x:">&e;</a>', "shapes": SHAPES},
            400,
            "external entity",
        ),
        ({"data": DATA, "shapes": SHAPES.replace("^(a+)+$", "(")}, 422, "regular expression"),
    ],
)
def test_post_validate_faults_are_told(
    application: FlaskClient, fields: dict[str, str], status: int, said: str
) -> None:
    """What is wrong with data or shapes is a client's error, with line and column where there are any."""
    answer = application.post("/validate", data=fields)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    problem = json.loads(answer.data)
    assert said in problem["detail"]
    if "term" in said:
        assert (problem["line"], problem["column"], problem["hint"]) == (3, 38, "did you mean sh:minCount?")


def test_post_validate_several_faults_of_shapes_are_listed(application: FlaskClient) -> None:
    """All faults of shapes are told at once, each with its place."""
    shapes = SHAPES.replace("minCount", "minCuont").replace("sh:path", "sh:pth")
    problem = json.loads(application.post("/validate", data={"data": DATA, "shapes": shapes}).data)
    assert problem["status"] == 422
    assert any(text.startswith("shapes:3:") and "sh:minCuont" in text for text in problem["suggestions"])


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("image/png", {}),
        ("", {}),
        ("text/turtle; charset=latin-1", {}),
        ("text/turtle", {"Content-Encoding": "gzip"}),
    ],
)
def test_post_validate_unknown_type_is_415(
    application: FlaskClient, content_type: str, headers: dict[str, str]
) -> None:
    """What is no RDF is refused with what would do."""
    answer = application.post("/validate", data=DATA.encode(), content_type=content_type, headers=headers)
    assert answer.status_code == 415
    assert "text/turtle" in answer.headers["Accept-Post"]
    assert "multipart/form-data" in answer.headers["Accept-Post"]


def test_post_validate_too_much_is_413(application: FlaskClient) -> None:
    """A body beyond the limit is not read."""
    answer = application.post("/validate", data=DATA.encode() + b"#" * 200_000, content_type="text/turtle")
    assert answer.status_code == 413


def test_post_validate_not_acceptable_is_406(application: FlaskClient) -> None:
    """A form that there is not is refused with those that there are."""
    answer = application.post("/validate", data={"data": DATA, "shapes": SHAPES}, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "application/sarif+json" in answer.text


def test_post_validate_nothing_is_fetched(application: FlaskClient) -> None:
    """Contexts, imports, SERVICE and FROM lead nowhere: nobody connects to the address that they name."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        url = f"http://127.0.0.1:{canary.getsockname()[1]}/x"
        select = f'sh:sparql [ sh:select "SELECT $this WHERE {{ SERVICE <{url}> {{ $this ?p ?o }} }}" ]'
        for data, shapes in (
            (f'{{"@context": "{url}", "@id": "x:x"}}', SHAPES),
            (f"{DATA}<x:x> <http://www.w3.org/2002/07/owl#imports> <{url}> ; sh:shapesGraph <{url}> .", SHAPES),
            (
                DATA,
                (
                    f"{SHAPES}<x:x> a <http://www.w3.org/2002/07/owl#Ontology> ; "
                    f"<http://www.w3.org/2002/07/owl#imports> <{url}> ."
                ),
            ),
            (DATA, f"{SHAPES}ex:S {select} ."),
        ):
            assert application.post("/validate", data={"data": data, "shapes": shapes}).status_code in {200, 400, 422}
        with pytest.raises(TimeoutError):
            canary.accept()


def run(service: ValidationService, data: str, **options: object) -> str:
    """Run a job and return the report, or what went wrong."""
    job = Job(**{"data_syntax": "ttl", "shapes_syntax": "ttl", **JOB, **options})  # type: ignore[arg-type]
    return service.validate(job, data.encode(), SHAPES.encode())[1].decode()


def test_service_hanging_pattern_meets_the_deadline(service: ValidationService) -> None:
    """An expression that would take for ever is ended, and the next job finds all as it was."""
    evil = f'{HEAD}ex:a a ex:Boat ; ex:length "{"a" * 60}b" .\n'
    with pytest.raises(Exception, match=r"timed out after|takes longer than") as caught:
        run(service, evil, timeout=2.0)
    assert getattr(caught.value, "http_status", 0) in {422, 503}
    assert "Give a <length>." in run(service, DATA)


def test_service_memory_is_bounded(service: ValidationService) -> None:
    """Data that need more memory than there is cost their own job."""
    many = HEAD + "".join(f"ex:b{number} a ex:Boat .\n" for number in range(60_000))
    with pytest.raises(Exception, match=r"memory|crashed"):
        run(service, many, memory=48)
    assert "Give a <length>." in run(service, DATA)


def test_service_report_is_bounded(service: ValidationService) -> None:
    """A report beyond the limit is refused, not cut."""
    with pytest.raises(Exception, match="the limit is 100") as caught:
        run(service, DATA, report_bytes=100)
    assert getattr(caught.value, "http_status", 0) == 422


def test_service_takes_so_many_jobs_and_refuses_others(service: ValidationService) -> None:
    """While the slots are taken, others wait a moment and are then told to come back."""
    evil = f'{HEAD}ex:a a ex:Boat ; ex:length "{"a" * 60}b" .\n'
    failures: list[BaseException] = []

    def hang() -> None:
        try:
            run(service, evil, timeout=4.5)
        except Exception as error:  # noqa: BLE001 - the outcome is looked at below
            failures.append(error)

    thread = threading.Thread(target=hang)
    thread.start()
    time.sleep(0.3)
    with pytest.raises(Exception, match="the maximum number of validations") as caught:
        run(service, DATA)
    assert getattr(caught.value, "http_status", 0) == 503
    thread.join()
    assert failures


def test_service_client_gone_frees_the_slot(service: ValidationService) -> None:
    """When the client disconnected any more the job is ended, before its deadline."""
    evil = f'{HEAD}ex:a a ex:Boat ; ex:length "{"a" * 60}b" .\n'
    job = Job("ttl", "ttl", own_shapes=False, form="text", timeout=60.0, memory=512, report_bytes=1 << 20)
    with pytest.raises(Exception, match="the client disconnected"):
        service.validate(job, evil.encode(), SHAPES.encode(), lambda: True)
    assert "Give a <length>." in run(service, DATA)


def test_service_validator_killed_is_replaced(service: ValidationService) -> None:
    """A validator that somebody killed is started anew for the next job."""
    run(service, DATA)
    assert service._process is not None
    service._process.kill()
    service._process.wait()
    assert "Give a <length>." in run(service, DATA)


def test_service_ended_leaves_nothing_behind() -> None:
    """With the service its validator ends, and the folder of its socket goes."""
    running = ValidationService(1)
    run(running, DATA)
    process, folder = running._process, Path(running._folder)
    assert process is not None
    assert folder.is_dir()
    assert process.stdin is not None
    process.stdin.close()  # as when the process that serves is killed
    assert process.wait(10) == 0
    assert not folder.exists()
    running.close()
