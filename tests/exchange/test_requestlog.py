"""Tests of the log of requests: what its lines say, and that it never stands in the way."""

from __future__ import annotations

import hashlib
import json
import os
import re
import select
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from eild.errors import EnvironmentFailure
from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import OFF, STANDARD_ERROR, Record, RequestLog, format_line, hash_query
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eild.web.frame.site import Site

ASK = "ASK { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(8)) + " }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
FIELDS = ["time", "method", "path", "status", "duration", "bytes", "query_hash", "outcome"]
TIME = datetime(2026, 1, 2, 3, 4, 5, 678900, UTC)


@contextmanager
def run_server(build: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a server over a build and yield its URL and its process."""
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0", "--dist", str(build)]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        match = re.search(r"http://\S+/", process.stdout.readline())
        try:
            assert match is not None
            yield match[0], process
        finally:
            process.send_signal(signal.SIGTERM)


def read_lines(text: str) -> list[dict[str, Any]]:
    """Return the requests of a log but for that by which the server finds itself ready, having checked each line."""
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        assert list(line) == FIELDS
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert abs(datetime.now(UTC) - datetime.fromisoformat(line["time"])) < timedelta(minutes=10)
        assert line["duration"] >= 0
    return [line for line in lines if line["path"] != "/health/ready"]


def make_record(**fields: Any) -> Record:
    """Return what a line says, but for some fields."""
    known = {"method": "GET", "path": "/", "status": 200, "duration": 1.5, "bytes": 2, "query_hash": None}
    return Record(**{**known, "outcome": "ok", **fields})


def test_log_requests_of_each_kind_told_by_their_lines(build: Path, tmp_path: Path) -> None:
    """Each request has a line with its own values; equal queries have equal hashes, however they come."""
    path = tmp_path / "requests.log"
    options = ("--log", str(path), "--timeout", "1", "--result-bytes", "20000")
    expected = []
    with run_server(build, *options) as (url, _), httpx.Client(base_url=url) as client:

        def send(outcome: str, method: str, path: str, query: str | None = None, **options: Any) -> httpx.Response:
            answer = client.request(method, path, **options)
            size = 0 if method == "HEAD" else int(answer.headers.get("Content-Length", 0))
            name = hash_query(query) if query else None
            expected.append((method, path, answer.status_code, size, name, outcome))
            return answer

        tag = send("ok", "GET", "/sparql", ASK, params={"query": ASK, "format": "json"}).headers["ETag"]
        send("ok", "POST", "/sparql", ASK, data={"query": ASK})
        headers = {"If-None-Match": tag}
        send("not_modified", "GET", "/sparql", ASK, params={"query": ASK, "format": "json"}, headers=headers)
        send("ok", "HEAD", "/")
        send("ok", "GET", "/dumps/")
        send("refused", "GET", "/nothing/here/é")
        send("refused", "DELETE", "/sparql")
        send("refused", "GET", "/sparql", "ASK {", params={"query": "ASK {"})
        send("timeout", "GET", "/sparql", ENDLESS, params={"query": ENDLESS})
        send("too_large", "GET", "/sparql", LARGE, params={"query": LARGE})
    assert [row[2] for row in expected] == [200, 200, 304, 200, 200, 404, 405, 400, 503, 422]
    lines = read_lines(path.read_text(encoding="ascii"))
    assert [tuple(line[name] for name in FIELDS if name not in {"time", "duration"}) for line in lines] == expected
    assert next(line["duration"] for line in lines if line["outcome"] == "timeout") >= 900
    assert not stat.S_IMODE(path.stat().st_mode) & 0o007


def test_log_many_clients_and_processes_whole_lines(build: Path, tmp_path: Path) -> None:
    """The lines of several processes do not mix, and each request has one; no address or query is among them."""
    path = tmp_path / "requests.log"
    paths = [f"/nothing/{number}/" + "x" * (number * 7 % 900) for number in range(300)]
    with run_server(build, "--log", str(path), "--workers", "3") as (url, _), ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda path: httpx.get(url + path[1:], params={"secret": 1}).status_code, paths))
    assert set(statuses) == {404}
    text = path.read_text(encoding="ascii")
    assert sorted(line["path"] for line in read_lines(text)) == sorted(paths)
    assert "secret" not in text
    assert "127.0.0.1" not in text


def test_log_standard_error_lines(build: Path) -> None:
    """A dash has the lines on standard error, from each process."""
    with run_server(build, "--log", "-") as (url, process):
        assert httpx.get(f"{url}health/live").status_code == 200
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    lines = "\n".join(line for line in errors.splitlines() if line.startswith("{"))
    assert [line["path"] for line in read_lines(lines)] == ["/health/live"]


def test_log_standard_error_not_read_serves_on(build: Path) -> None:
    """Where nobody reads standard error, lines are left out and requests answered."""
    with run_server(build, "--log", "-", "--workers", "1") as (url, process), httpx.Client(base_url=url) as client:
        for _ in range(60):  # more than a pipe holds
            assert client.get("/" + "x" * 2900).status_code == 404
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_serve_log_not_writable_refuses_to_start(tmp_path: Path) -> None:
    """A log that cannot be written is told at once, by name."""
    path = tmp_path / "none" / "requests.log"
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0", "--log", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 6
    assert f"cannot write the request log {path}: No such file or directory" in done.stderr


@pytest.mark.parametrize("target", ["none/requests.log", ".", "a\0b", "fifo"])
def test_log_fails_request_answered(site: Site, tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that cannot be written, a pipe that nobody reads too, is an error at the start and none of a request."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    log = RequestLog(target)
    with pytest.raises(EnvironmentFailure) as caught:
        log.check()
    assert "--log" in (caught.value.hint or "")
    assert create_app(site, Accounts(Metrics(), log)).test_client().get("/health/live").status_code == 200


def test_log_file_moved_away_new_one(site: Site, tmp_path: Path) -> None:
    """After a rotation the lines go to a new file."""
    path = tmp_path / "requests.log"
    client = create_app(site, Accounts(Metrics(), RequestLog(str(path)))).test_client()
    client.get("/health/live")
    path.rename(tmp_path / "requests.log.1")
    client.get("/health/ready")
    names = [json.loads(file.read_text(encoding="ascii"))["path"] for file in sorted(tmp_path.iterdir())]
    assert names == ["/health/ready", "/health/live"]


@pytest.mark.parametrize("target", [OFF, STANDARD_ERROR])
def test_log_check_without_file_makes_none(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No log and standard error need no file."""
    monkeypatch.chdir(tmp_path)
    RequestLog(target).check()
    assert list(tmp_path.iterdir()) == []


def test_log_off_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no log is wanted there is none."""
    monkeypatch.chdir(tmp_path)
    RequestLog(OFF).write(make_record())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/a\nb\r\0\x1b[31m", '/"}\\', "/\x85\u2028\u202e", "/\ud800"])
def test_format_line_untrusted_path_escaped(path: str) -> None:
    """Whatever a path holds, the line is one, of printable ASCII, and says it exactly."""
    line = format_line(make_record(path=path), TIME)
    assert re.fullmatch(rb"[ -~]+\n", line)
    assert json.loads(line)["path"] == path


@pytest.mark.parametrize("character", ["a", "é", "\x01", "😀", '"'])
def test_format_line_long_path_and_method_shortened(character: str) -> None:
    """A line is never longer than what a pipe takes at once, and says that it is shortened."""
    record = make_record(path="/" + character * 100_000, method="X" * 5000, query_hash=hash_query(ASK))
    line = format_line(record, TIME)
    assert len(line) <= select.PIPE_BUF
    assert json.loads(line)["path"] == "/" + character * 239 + "…"


def test_format_line_time_is_utc() -> None:
    """The time is that of UTC, with milliseconds."""
    there = TIME.astimezone(timezone(timedelta(hours=9)))
    assert json.loads(format_line(make_record(), there))["time"] == "2026-01-02T03:04:05.678Z"


def test_hash_query_is_prefix_of_sha256() -> None:
    """The hash is one that others can make too, also of what is no whole text."""
    assert hash_query("ASK {}") == hashlib.sha256(b"ASK {}").hexdigest()[:16]
    assert hash_query("\ud800") != hash_query("\ud801")
