"""Tests of ``eild reload`` of a server over a store on disk and over a build directory, as real commands."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol

import pytest

from eild.publication.of_files import write_publication

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    Run = Callable[..., subprocess.CompletedProcess[str]]


class Server(Protocol):
    """A server that a test started."""

    process: subprocess.Popen[str]
    client: httpx.Client
    url: str


QUERY = {"query": "SELECT ?n { <http://e.org/thing> <http://e.org/number> ?n }", "format": "csv"}


def write_number(path: Path, number: int) -> Path:
    """Write a file that says a number."""
    path.write_text(f"<http://e.org/thing> <http://e.org/number> {number} .", encoding="utf-8")
    return path


def make_build(folder: Path, number: int) -> Path:
    """Make a build directory whose data say a number."""
    folder.mkdir()
    source = write_number(folder.with_name(f"{folder.name}.ttl"), number)
    write_publication([source], folder, base="http://e.org/")
    return folder


def check_all_says(server: Server, number: int) -> str:
    """Check that query, document and dump of a server say one number, and return the version they come from."""
    answers = {
        path: server.client.get(path, params=parameters, headers={"Accept": "text/turtle, */*;q=0.1"})
        for path, parameters in {"/sparql": QUERY, "/doc/thing": None}.items()
    }
    (dump,) = (
        row
        for row in server.client.get("/dumps/", headers={"Accept": "application/json"}).json()["files"]
        if row["name"].endswith(".nt")
    )
    answers["dump"] = server.client.get(f"/dumps/{dump['name']}")
    assert {answer.status_code for answer in answers.values()} == {200}
    assert answers["/sparql"].text == f"n\r\n{number}\r\n"
    assert f" {number} ." in answers["/doc/thing"].text
    assert f'"{number}"^^' in answers["dump"].text
    (version,) = {answer.headers["EILD-Dataset-Version"] for answer in answers.values()}
    return version


def reload(eild: Run, server: Server) -> subprocess.CompletedProcess[str]:
    """Run ``eild reload``."""
    return eild("reload", "--port", server.url.rstrip("/").rpartition(":")[2])


def load(eild: Run, path: Path, store: Path) -> None:
    """Load a file into a store."""
    done = eild("load", str(path), "--store", str(store), "--base", "http://e.org/")
    assert done.returncode == 0, done.stderr


def query_all(server: Server, number: int) -> str:
    """Check that query and document of a server over a store say one number, and return the version."""
    answer = server.client.get("/sparql", params=QUERY)
    assert (answer.status_code, answer.text) == (200, f"n\r\n{number}\r\n")
    document = server.client.get("/doc/thing", headers={"Accept": "text/turtle"})
    assert document.status_code == 200
    assert f" {number} ." in document.text
    version = answer.headers["EILD-Dataset-Version"]
    assert document.headers["EILD-Dataset-Version"] == version
    return version


def test_reload_store_takes_the_next_generation_and_refuses_a_damaged_one(
    eild: Run, serve: Callable[..., Server], tmp_path: Path
) -> None:
    """A load alone changes nothing, a reload after it does; a damaged generation is refused and the former goes on."""
    store = tmp_path / "shelf"
    load(eild, write_number(tmp_path / "one.ttl", 1), store)
    server = serve("--store", str(store))
    first = query_all(server, 1)
    load(eild, write_number(tmp_path / "two.ttl", 2), store)
    assert query_all(server, 1) == first
    done = reload(eild, server)
    assert (done.returncode, done.stderr) == (0, "")
    second = query_all(server, 2)
    assert second != first
    assert second in done.stdout
    load(eild, write_number(tmp_path / "three.ttl", 3), store)
    table = next((store / "current" / "store").glob("*.sst"))
    table.write_bytes(table.read_bytes()[:-1])
    refused = reload(eild, server)
    assert refused.returncode == 3
    assert "the server keeps serving the previous data" in refused.stderr
    assert str(store) in refused.stderr
    assert "eild load" in refused.stderr
    assert query_all(server, 2) == second
    load(eild, tmp_path / "three.ttl", store)
    assert reload(eild, server).returncode == 0
    assert query_all(server, 3) not in {first, second}


@pytest.mark.parametrize("how", ["directory", "link", "in-place"])
def test_reload_dist_takes_the_new_build_and_refuses_a_damaged_one(
    how: str, eild: Run, serve: Callable[..., Server], tmp_path: Path
) -> None:
    """Until the reload all of the former build is served, however it was replaced; a damaged one changes nothing."""
    dist = tmp_path / "dist"

    def put(folder: Path) -> None:
        if how == "link":
            dist.unlink(missing_ok=True)
            dist.symlink_to(folder)
        elif how == "directory":
            if dist.exists():
                shutil.rmtree(dist)
            folder.rename(dist)
        else:
            shutil.copytree(folder, dist, dirs_exist_ok=True)

    put(make_build(tmp_path / "one", 1))
    server = serve("--dist", str(dist))
    first = check_all_says(server, 1)
    put(make_build(tmp_path / "two", 2))
    assert check_all_says(server, 1) == first
    done = reload(eild, server)
    assert (done.returncode, done.stderr) == (0, "")
    second = check_all_says(server, 2)
    assert second != first
    bad = make_build(tmp_path / "three", 3)
    dump = next(bad.glob("*.nt"))
    dump.write_bytes(dump.read_bytes()[:-1])
    put(bad)
    refused = reload(eild, server)
    assert refused.returncode == 3
    assert "the server keeps serving the previous data" in refused.stderr
    assert str(tmp_path) in refused.stderr
    assert dump.name in refused.stderr
    assert check_all_says(server, 2) == second
