"""``eild validate`` over hostile files: the right exit code, one clear line, no traceback, nothing fetched."""

from __future__ import annotations

import gzip
import os
import resource
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHAPES = """@prefix e: <http://e/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:maxCount 9 ] .
"""
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
ENTITIES = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"

UNREADABLE: dict[str, tuple[str, bytes]] = {
    "laughs.rdf": (
        "amplification",
        f'<!DOCTYPE l [<!ENTITY a "ha">{ENTITIES}]><rdf:RDF {RDF}><e:C><e:p>&k;</e:p></e:C></rdf:RDF>'.encode(),
    ),
    "invalid-utf8.ttl": ("UTF-8", b'<http://e/a> <http://e/p> "\xff\xfe" .'),
    "utf16.ttl": ("UTF-8", '<http://e/a> <http://e/p> "a" .'.encode("utf-16")),
    "nul.ttl": ("IRI", b"<http://e/a> <http://e/p> <http://e/\x00> ."),
    "cut.ttl": ("syntax error", b'<http://e/a> <http://e/p> "a"'),
    "cut.trig": ("syntax error", b"<http://e/g> { <http://e/a> <http://e/p> 1 "),
    "cut.nt": ("syntax error", b"<http://e/a> <http://e/p> <http://e/"),
    "cut.rdf": ("no element found", f"<rdf:RDF {RDF}><e:C><e:p>1</e:p>".encode()),
    "cut.jsonld": ("syntax error", b'{"@id": "http://e/a", "http://e/p": [1'),
    "long-literal.ttl": ("too long", b'<http://e/a> <http://e/p> "' + b"a" * 100_000_000 + b'" .'),
    "long-literal.nt": ("too long", b'<http://e/a> <http://e/p> "' + b"a" * 100_000_000 + b'" .'),
    "deep.jsonld": ("levels deep", b'{"http://e/p":' * 20_000 + b"1" + b"}" * 20_000),
    "bomb.ttl.gz": ("too long", gzip.compress(b"# " + b"a" * 50_000_000)),
    "notes.txt": ("unknown RDF file extension", b"hello"),
    "image.ttl": ("UTF-8", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe"),
}
READABLE: dict[str, bytes] = {
    "empty.ttl": b"",
    "bom.ttl": b"\xef\xbb\xbf<http://e/a> a <http://e/C> .",
    "nul-in-literal.ttl": b'<http://e/a> a <http://e/C> ; <http://e/p> "\x00" .',
    "decimal.ttl": f'<http://e/a> a <http://e/C> ; <http://e/p> "1e99999999"^^<{DECIMAL}>, {"9" * 5_000} .'.encode(),
    "decimal.nt": f'<http://e/a> <http://e/p> "9e999999999"^^<{DECIMAL}> .'.encode(),
    "collections.ttl": b"<http://e/a> <http://e/p> " + b"( " * 10_000 + b") " * 10_000 + b".",
    "brackets.ttl": b"<http://e/a> <http://e/p> " + b"[ <http://e/p> " * 10_000 + b"1 " + b"] " * 10_000 + b".",
    "arrays.jsonld": b'{"@id": "http://e/a", "http://e/p": ' + b"[" * 400 + b"1" + b"]" * 400 + b"}",
    "elements.rdf": (f"<rdf:RDF {RDF}>".encode() + b"<e:D><e:p>" * 5_000 + b"</e:p></e:D>" * 5_000 + b"</rdf:RDF>"),
    "literal.ttl": b'<http://e/a> a <http://e/C> ; <http://e/p> """' + b'a\\n"' * 2_000_000 + b' """ .',
}
MOST_MEMORY = 2 * 1024**3
"""Bytes of address space that the command may take."""


def limit_memory() -> None:
    """Bound the memory of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``eild validate`` in a folder, with bounded memory and time."""
    return subprocess.run(
        [sys.executable, "-c", "from eild.cli import main; main()", "validate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=limit_memory,
    )


def assert_one_line(outcome: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Hold a failure to its exit code and one line that has some words."""
    assert outcome.returncode == code, outcome.stderr[-2_000:]
    assert outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == 1
    assert len(outcome.stderr) < 1_000
    assert "Traceback" not in outcome.stderr
    for word in words:
        assert word in outcome.stderr


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """A shapes file called ``shapes.ttl``."""
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", UNREADABLE)
def test_validate_unreadable_data_exit_3_with_one_line(tmp_path: Path, shapes: Path, name: str) -> None:
    """What cannot be read as RDF is a data error that names the file and the reason."""
    words, content = UNREADABLE[name]
    (tmp_path / name).write_bytes(content)
    assert_one_line(run(tmp_path, name, "--shapes", shapes.name), 3, name, words)


@pytest.mark.parametrize("name", [name for name in UNREADABLE if not name.startswith("long")])
def test_validate_unreadable_shapes_exit_4_with_one_line(tmp_path: Path, name: str) -> None:
    """The same files as shapes are errors of the shapes."""
    words, content = UNREADABLE[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "data.ttl").write_text("<http://e/a> a <http://e/C> .", encoding="utf-8")
    assert_one_line(run(tmp_path, "data.ttl", "--shapes", name), 4, name, words)


@pytest.mark.parametrize("name", READABLE)
def test_validate_odd_data_are_validated(tmp_path: Path, shapes: Path, name: str) -> None:
    """Deep nesting, huge numbers and odd characters are data like any other."""
    (tmp_path / name).write_bytes(READABLE[name])
    outcome = run(tmp_path, name, "--shapes", shapes.name)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "conforms" in outcome.stdout


def test_validate_what_is_no_file_exit_3_with_one_line(tmp_path: Path, shapes: Path) -> None:
    """Directories, pipes, devices and missing files are told, and nothing hangs."""
    (tmp_path / "folder.ttl").mkdir()
    os.mkfifo(tmp_path / "pipe.ttl")
    (tmp_path / "zero.ttl").symlink_to("/dev/zero")
    (tmp_path / "loop.ttl").symlink_to("loop.ttl")
    for name in ("folder.ttl", "pipe.ttl", "zero.ttl", "loop.ttl", "missing.ttl"):
        assert_one_line(run(tmp_path, name, "--shapes", shapes.name), 3, name)
        assert run(tmp_path, shapes.name, "--shapes", name).returncode == 4


def test_validate_unreadable_file_exit_3_with_one_line(tmp_path: Path, shapes: Path) -> None:
    """A file that one may not read is told with the reason."""
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://e/a> a <http://e/C> .", encoding="utf-8")
    secret.chmod(0)
    program = (
        "import os, sys; from eild.cli import main; import eild.cli.validate; "
        "import eild.validation.inputs, eild.validation.project; "
        "os.geteuid() or (os.setgid(65534), os.setuid(65534)); "  # root may read everything
        f"sys.argv = ['eild', 'validate', {secret.name!r}, "
        f"'--shapes', {shapes.name!r}]; main()"
    )
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o755)
    outcome = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert_one_line(outcome, 3, "secret.ttl", "Permission denied")


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """An address to which nobody must ever connect, and what came to it."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def watch() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                came.append(connection.recv(1_000))
                connection.close()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", came
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_validate_fetches_nothing(tmp_path: Path, shapes: Path, canary: tuple[str, list[bytes]]) -> None:
    """Contexts, entities, imports, shapes graphs and SPARQL services elsewhere are not asked for."""
    address, came = canary
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words", encoding="utf-8")
    files = {
        "context.jsonld": f'{{"@context": "{address}c", "@id": "http://e/a", "http://e/p": 1}}',
        "file-context.jsonld": f'{{"@context": "{secret.as_uri()}", "@id": "http://e/a", "http://e/p": 1}}',
        "entity.rdf": f'<!DOCTYPE x [<!ENTITY x SYSTEM "{address}e">]><rdf:RDF {RDF}><e:C e:p="1">&x;</e:C></rdf:RDF>',
        "file-entity.rdf": (
            f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]><rdf:RDF {RDF}><e:C><e:p>&x;</e:p></e:C></rdf:RDF>'
        ),
        "dtd.rdf": f'<!DOCTYPE x SYSTEM "{address}d"><rdf:RDF {RDF}><e:C/></rdf:RDF>',
        "imports.ttl": (
            f"<http://e/a> <http://www.w3.org/2002/07/owl#imports> <{address}i> ; "
            f"<http://www.w3.org/ns/shacl#shapesGraph> <{address}s> ."
        ),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        outcome = run(tmp_path, name, "--shapes", shapes.name)
        assert outcome.returncode in {0, 3}
        assert "secret words" not in outcome.stdout + outcome.stderr
        assert "Traceback" not in outcome.stderr
    queries = f'e:S sh:sparql [ sh:select "SELECT $this {{ SERVICE <{address}q> {{ $this ?p ?o }} }}" ] .\n'
    imports = f"<http://e/shapes> <http://www.w3.org/2002/07/owl#imports> <{address}o> .\n"
    shapes.write_text(SHAPES + imports, encoding="utf-8")
    assert run(tmp_path, "imports.ttl", "--shapes", shapes.name).returncode == 0
    shapes.write_text(SHAPES + queries, encoding="utf-8")
    assert_one_line(run(tmp_path, "imports.ttl", "--shapes", shapes.name), 4, "shapes.ttl:3:", "SERVICE")
    assert came == []
