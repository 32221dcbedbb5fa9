"""Tests of the rules that every request must keep before any route sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eild.errors import RequestError
from eild.exchange.head import check_request

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def make_environ(**fields: Any) -> dict[str, Any]:
    """Return the environment of a request that keeps all rules, but for some fields."""
    return {"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost:8000", **fields}


@pytest.mark.parametrize(
    "host", ["localhost", "x:80", "[::1]:8000", "xn--bcher-kva.example", "a_b.example:", "1.2.3.4"]
)
def test_check_request_valid_host_passes(host: str) -> None:
    """Names, addresses and ports are hosts."""
    check_request(make_environ(HTTP_HOST=host))


@pytest.mark.parametrize("host", ["", "a,b", "a, a", "a b", "a/b", "a@b", "http://a", "a:80:90", "[::1", "é"])
def test_check_request_wrong_host_400(host: str) -> None:
    """No host, two of them, or what is no host makes 400."""
    with pytest.raises(RequestError) as caught:
        check_request(make_environ(HTTP_HOST=host))
    assert caught.value.http_status == 400


def test_check_request_http_1_0_without_host_passes() -> None:
    """HTTP/1.0 has no Host field."""
    check_request(make_environ(SERVER_PROTOCOL="HTTP/1", HTTP_HOST=""))


WRONG = [
    ({"REQUEST_METHOD": "get"}, 501),
    ({"REQUEST_METHOD": "CONNECT"}, 501),
    ({"REQUEST_METHOD": "A" * 5000}, 501),
    ({"HTTP_TRANSFER_ENCODING": "gzip, chunked"}, 501),
    ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "6"}, 400),
    ({"HTTP_EXPECT": "the-unexpected"}, 417),
    ({"HTTP_X": "a" * 70_000}, 431),
]


@pytest.mark.parametrize(("fields", "status"), WRONG)
def test_check_request_wrong_head_status(fields: dict[str, str], status: int) -> None:
    """Each rule has the status that RFC 9110 gives it, and a hint."""
    with pytest.raises(RequestError) as caught:
        check_request(make_environ(**fields))
    assert caught.value.http_status == status
    assert caught.value.hint


def test_client_wrong_host_problem_and_close(client: FlaskClient) -> None:
    """A refusal of the front is a problem document like any other, and ends the connection."""
    response = client.get("/sparql", headers={"Host": "a,b"}, query_string={"query": "ASK {}"})
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert "must name a single host" in response.get_json()["detail"]
    assert response.headers["Connection"] == "close"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
