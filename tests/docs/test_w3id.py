"""The redirects of the persistent names, as Apache serves them, to a running site."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.dataset import BuiltDataset

RULES: Final = Path(__file__).parents[2] / "w3id" / ".htaccess"
SITE: Final = "https://eild.example.org/"
CONFIGURATION: Final = """ServerName localhost
ServerRoot {folder}
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule negotiation_module {modules}/mod_negotiation.so
LoadModule rewrite_module {modules}/mod_rewrite.so
{user}
DocumentRoot {folder}/htdocs
<Directory {folder}/htdocs>
    AllowOverride All
    Options FollowSymLinks
    Require all granted
</Directory>
"""
MODULES: Final = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2")


def find_apache() -> str:
    """Return the path of the program, which Debian has where only administrators look."""
    program = which("apache2", path=f"{os.environ['PATH']}:/usr/sbin") or which("httpd")
    assert program, "these tests need Apache (Debian: apt-get install apache2-bin)"
    return program


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the server listens."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "Apache ended"
        time.sleep(0.05)
    pytest.fail("Apache did not listen")


@pytest.fixture(scope="module")
def names(site_url: str) -> Iterator[str]:
    """Return where Apache answers for the persistent names, sent on to a site of the small dataset."""
    with tempfile.TemporaryDirectory() as made, socket.create_server(("127.0.0.1", 0)) as listener:
        folder, port = Path(made), listener.getsockname()[1]
        listener.close()
        folder.chmod(0o755)  # Apache gives up the rights of an administrator
        (folder / "htdocs" / "eild").mkdir(parents=True)
        rules = RULES.read_text(encoding="utf-8")
        assert rules.count(SITE) == 1
        (folder / "htdocs" / "eild" / ".htaccess").write_text(rules.replace(SITE, site_url), encoding="utf-8")
        modules = next(path for path in MODULES if Path(path).is_dir())
        user = "" if os.getuid() else f"User {pwd.getpwnam('nobody').pw_name}\nGroup nogroup"
        configuration = CONFIGURATION.format(folder=folder, port=port, modules=modules, user=user)
        (folder / "apache.conf").write_text(configuration, encoding="utf-8")
        command = [find_apache(), "-d", str(folder), "-f", str(folder / "apache.conf"), "-DFOREGROUND"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until_ready(process, port)
            yield f"http://127.0.0.1:{port}/eild/"
        finally:
            process.terminate()
            process.wait(20)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "id/agent/board",
        "doc/agent/board.ttl",
        "ontology",
        "shapes.ttl",
        "catalog.jsonld",
        "dataset",
        "dumps/SHA256SUMS",
        "graph/claims",
        "np/RAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ".well-known/void",
        "sparql?query=ASK%20%7B%7D&format=json",
        "doc?iri=https://w3id.org/eild/id/agent/board",
        "id/caf%C3%A9",
    ],
)
def test_get_name_is_sent_to_the_same_path_of_the_site(names: str, site_url: str, path: str) -> None:
    """Every path is redirected with its query, for a time only, and open to scripts of other origins."""
    response = httpx.get(names + path)
    assert response.status_code == 302
    assert response.headers["Location"].replace("%c3%a9", "%C3%A9") == site_url + path  # the same octets
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "text/html"])
def test_get_name_leads_to_the_document_in_the_form_asked_for(names: str, accept: str) -> None:
    """From the persistent name of a thing, redirects lead to the document about it."""
    response = httpx.get(f"{names}id/agent/board", headers={"Accept": accept}, follow_redirects=True)
    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (200, accept)
    assert [step.status_code for step in response.history] == [302, 303]


def test_get_name_of_a_nanopub_leads_to_it(names: str, small: BuiltDataset) -> None:
    """A trusty IRI is found by its persistent name."""
    name = small.nanopubs[0].iri.rpartition("/")[2]
    response = httpx.get(f"{names}np/{name}", follow_redirects=True)
    assert response.status_code == 200
    assert f"<{small.nanopubs[0].iri}>" in response.text
