"""Tests of ``/dumps/`` in this process."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING

import pytest
import zstandard

if TYPE_CHECKING:
    from flask.testing import FlaskClient

DUMP = "/dumps/eild-1.2.3.nt"


def test_get_listing_every_file_as_promised(client: FlaskClient) -> None:
    """Each file of the listing is there with the type, size and checksum that the listing promises."""
    listing = client.get("/dumps/", headers={"Accept": "application/json"}).json
    assert listing is not None
    assert len(listing["files"]) == 21
    for row in listing["files"]:
        response = client.get(f"/dumps/{row['name']}")
        assert response.status_code == 200
        assert response.headers["Content-Type"].partition(";")[0] == row["media_type"]
        assert "Content-Encoding" not in response.headers
        assert len(response.data) == row["bytes"]
        assert hashlib.sha256(response.data).hexdigest() == row["sha256"]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("eild-1.2.3.ttl", "text/turtle"),
        ("eild-1.2.3.rdf", "application/rdf+xml"),
        ("eild-1.2.3.jsonld", "application/ld+json"),
        ("eild-1.2.3.nt", "application/n-triples"),
        ("eild-1.2.3.trig", "application/trig"),
        ("eild-1.2.3.nq", "application/n-quads"),
        ("eild-1.2.3.nq.gz", "application/gzip"),
        ("eild-1.2.3.nq.zst", "application/zstd"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
        ("build.json", "application/json"),
    ],
)
def test_get_dump_exact_content_type(client: FlaskClient, name: str, content_type: str) -> None:
    """The type is that of the bytes which are sent."""
    assert client.get(f"/dumps/{name}").headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("accepted", "decode"),
    [("gzip", gzip.decompress), ("zstd", zstandard.ZstdDecompressor().decompress)],
)
def test_get_plain_dump_coded_by_packed_file(client: FlaskClient, accepted: str, decode: object) -> None:
    """Who unpacks gets the packed file as a content coding, with a tag of its own."""
    plain = client.get(DUMP)
    coded = client.get(DUMP, headers={"Accept-Encoding": accepted})
    assert coded.headers["Content-Encoding"] == accepted
    assert coded.headers["Content-Type"] == "application/n-triples"
    assert callable(decode)
    assert decode(coded.data) == plain.data
    assert coded.headers["ETag"] != plain.headers["ETag"]


def test_get_packed_dump_never_coded(client: FlaskClient) -> None:
    """A packed file is sent as it is, so that it can be saved."""
    response = client.get(f"{DUMP}.gz", headers={"Accept-Encoding": "gzip, br, zstd"})
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(
    ("field", "first", "last"), [("bytes=0-99", 0, 99), ("bytes=-10", -10, -1), ("bytes=100-", 100, -1)]
)
def test_get_dump_range_part(client: FlaskClient, field: str, first: int, last: int) -> None:
    """A range of bytes is sent as 206, uncoded whatever the client unpacks."""
    whole = client.get(DUMP).data
    response = client.get(DUMP, headers={"Range": field, "Accept-Encoding": "gzip"})
    start = first % len(whole)
    end = last % len(whole)
    assert response.status_code == 206
    assert response.data == whole[start : end + 1]
    assert response.headers["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
    assert "Content-Encoding" not in response.headers


def test_get_dump_range_outside_416(client: FlaskClient) -> None:
    """A range outside the file is refused with its size."""
    response = client.get(DUMP, headers={"Range": "bytes=99999999-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"].startswith("bytes */")


def test_get_dump_if_range_other_tag_whole(client: FlaskClient) -> None:
    """A range of another version is answered with the whole file."""
    tag = client.get(DUMP).headers["ETag"]
    assert client.get(DUMP, headers={"Range": "bytes=0-1", "If-Range": tag}).status_code == 206
    assert client.get(DUMP, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200


def test_get_dump_with_tag_304(client: FlaskClient) -> None:
    """Who has the file already gets 304."""
    first = client.get(DUMP)
    assert first.headers["Accept-Ranges"] == "bytes"
    response = client.get(DUMP, headers={"If-None-Match": first.headers["ETag"]})
    assert (response.status_code, response.data) == (304, b"")
    modified = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(DUMP, headers=modified).status_code == 304


def test_head_dump_length_without_body(client: FlaskClient) -> None:
    """HEAD tells the length without sending."""
    head = client.head(DUMP)
    assert head.headers["Content-Length"] == str(len(client.get(DUMP).data))
    assert head.data == b""


@pytest.mark.parametrize("field", ["bytes=0-1", "bytes=99999999-"])
def test_head_dump_with_range_ignores_it(client: FlaskClient, field: str) -> None:
    """Ranges are defined for GET only (RFC 9110, section 14.2)."""
    head = client.head(DUMP, headers={"Range": field, "Accept-Encoding": "gzip"})
    whole = client.head(DUMP, headers={"Accept-Encoding": "gzip"})
    assert (head.status_code, dict(head.headers)) == (200, dict(whole.headers))


def test_list_dumps_format_wins_over_accept(client: FlaskClient) -> None:
    """The list is JSON for who writes the format into the URL, as all pages with several forms are."""
    response = client.get("/dumps/?format=json", headers={"Accept": "text/html"})
    assert response.json is not None
    assert response.json["version"]
    assert client.get("/dumps/?format=csv").status_code == 400


def test_get_checksums_agree_with_dumps(client: FlaskClient) -> None:
    """SHA256SUMS, as served, is true of the files, as served."""
    lines = client.get("/dumps/SHA256SUMS").text.splitlines()
    assert len(lines) == 22
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256(client.get(f"/dumps/{name}").data).hexdigest() == digest


def test_get_foreign_dump_under_its_name(foreign: FlaskClient) -> None:
    """Somebody else's data have dumps too, reached by their version or by 'latest'."""
    response = foreign.get("/dumps/latest/data.nt")
    assert response.status_code == 302
    assert foreign.get(f"/dumps/{response.headers['Location'].removeprefix('../')}").status_code == 200
