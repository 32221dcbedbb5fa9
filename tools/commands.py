"""Which commands are run on the command line, and what is recorded of each."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tools.masking import mask_durations, mask_places
from tools.queries import DATA, DATASET_FILE, FILE, QUERIES

if TYPE_CHECKING:
    from pathlib import Path

    from tools.recorder import Recorder
    from tools.servers import Checkout

MODIFIED: Final = 1_900_000_000
"""Time of modification of the files, in seconds since 1970: servers publish it as the date of issue."""
REPORTS: Final = ("text", "json", "turtle", "nt", "jsonld", "rdf", "trig", "nq", "junit", "sarif", "github", "html")
"""Formats of validation reports."""

_COMMAND: Final = re.compile(r"^  (\w[\w-]*)  ", re.MULTILINE)
_RESULTS: Final = ("table", "json", "xml", "csv", "tsv", "ttl", "nt", "jsonld", "rdf", "trig", "nq")


@dataclass
class CommandRunner:
    """Runs commands in the working folder of a checkout and records output, exit code and written files."""

    checkout: Checkout
    recorder: Recorder

    def run(self, *arguments: str, stdin: bytes = b"", files: tuple[str, ...] = (), title: str = "") -> bytes:
        """Run ``eild`` with some arguments, record what it does and return its standard output.

        :param files: names of files that it may write, which are recorded too and removed
        :param title: what stands in the name of the entry for standard input
        """
        done = self.checkout.run(*arguments, stdin=stdin)
        name = " ".join(filter(None, ("$ eild", *(_quote(argument) for argument in arguments), title)))
        entry = {"exit": done.returncode, "stdout": self._keep(done.stdout), "stderr": self._keep(done.stderr)}
        self.recorder.add(name, entry)
        for file in files:
            path = self.checkout.work / file
            written = self._keep(path.read_bytes()) if path.exists() else None
            self.recorder.add(f"{name} → {file}", {"body": written})
            path.unlink(missing_ok=True)
        return done.stdout

    def _keep(self, content: bytes) -> str:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return self.recorder.keep(content)
        return self.recorder.keep(mask_durations(mask_places(text, self.recorder.places)).encode())

    def run_help(self) -> None:
        """Record the help of the program and of each of its commands, and mistakes in its use."""
        shown = self.run("--help").decode().partition("\nCommands:\n")[2]
        for command in _COMMAND.findall(shown):
            self.run(command, "--help")
            self.run(command, "--no-such-option")
        self.run()
        self.run("--version")
        self.run("no-such-command")

    def run_build(self) -> None:
        """Record a build of EILD's own dataset: what it prints, and the checksums of all its files."""
        self.run("build", "--out", "dist")
        for name in ("SHA256SUMS", "build.json"):
            content = (self.checkout.work / "dist" / name).read_bytes()
            self.recorder.add(f"$ eild build → {name}", {"body": self.recorder.keep(content)})

    def run_reading(self) -> None:
        """Record samples of the commands that read: ``query``, ``describe``, ``coverage``, ``diff``, ``load``."""
        built = ("--dist", "dist")
        for name in ("select", "count", "literals", "construct", "ask false", "syntax error", "service", "update"):
            self.run("query", QUERIES[name], *built)
        for form in _RESULTS:
            for name in ("literals", "construct"):
                self.run("query", QUERIES[name], *built, "--format", form, title=form)
        self.run("query", QUERIES["count"])
        self.run("query", QUERIES["graphs"], "animals.ttl", "pets.trig", "--base", "http://example.org/")
        self.run("query", QUERIES["count"], "missing.ttl")
        self.run("query", QUERIES["count"], "not-turtle.ttl")
        self.run("query", "-f", "-", "animals.ttl", stdin=b"ASK {}", title="< ASK {}")
        self.run("query", QUERIES["count"], "--dist", "nowhere")
        for iri in (
            "agent:joe-biden",
            "https://w3id.org/eild/id/claim/000-012-1",
            "agent:no-such-agent",
            "no:prefix",
            "",
        ):
            self.run("describe", iri, *built)
        for form in ("ttl", "nt", "jsonld", "rdf"):
            self.run("describe", "id/agent/donald-trump", *built, "--format", form, "--page", "2")
            self.run("describe", "ex:cat", "animals.ttl", "--format", form)
        self.run("coverage")
        self.run("coverage", "--format", "json")
        self.run("coverage", "--words")
        for form in ("text", "json", "markdown"):
            self.run("diff", "animals.ttl", "pets.trig", "--format", form)
        self.run("diff", "dist", "dist", "--exit-code", "--summary")
        self.run("diff", "animals.ttl", "pets.trig", "--exit-code", "--summary")
        self.run("diff", "animals.ttl", "missing.nt")
        self.run("load", "animals.ttl", "pets.trig", "--store", "store", "--base", "http://example.org/")
        self.run("load", "not-turtle.ttl", "--store", "other")
        self.run("load", "animals.ttl", "--store", "animals.ttl")
        self.run("reload", "--port", "9")
        self.run("serve", "missing.ttl", "--port", "0")
        self.run("serve", "not-turtle.ttl", "--port", "0")
        self.run("serve", "--store", "nowhere", "--port", "0")
        self.run("serve", "--dist", "nowhere", "--port", "0")
        self.run("serve", "--port", "99999")

    def run_validate(self) -> None:
        """Record ``eild validate`` in all formats: own data, fixtures of the shapes, and data with mistakes."""
        self._validate_everywhere(())
        for folder in ("*", "claims", "evidence", "values"):
            self._validate_everywhere((f"fixtures/{folder}/*",))
        self._validate_everywhere(("animals.ttl", "--shapes", "shapes.ttl"))
        self._validate_everywhere(("violating.ttl", "--shapes", "shapes.ttl"))
        named = ("violating.ttl", "--shapes", "shapes.ttl")
        for options in (
            ("--strict",),
            ("--coverage",),
            ("--fail-on", "info"),
            ("--engine", "pyshacl"),
            ("--engine", "fast"),
            ("--ontology", "animals.ttl"),
            ("--baseline", "missing.json"),
            ("--format", "nonsense"),
        ):
            self.run("validate", *named, *options)
        self.run("validate", *named, "--baseline", "known.json", "--update-baseline", files=())
        self.run("validate", *named, "--baseline", "known.json", files=("known.json",))
        for name in ("not-turtle.ttl", "missing.ttl", "unknown.xyz"):
            self.run("validate", name)
            self.run("validate", "animals.ttl", "--shapes", name)
        self.run("validate", "-", "--shapes", "shapes.ttl", stdin=DATA["violating"][1].encode(), title="< violating")
        self.run("validate", "-", "--input-format", "nt", stdin=DATA["triples"][1].encode(), title="< triples")
        self.run("validate", "--coverage", "--strict")

    def _validate_everywhere(self, arguments: tuple[str, ...]) -> None:
        outputs = {form: f"report.{form}" for form in REPORTS}
        options = [part for form, file in outputs.items() for part in ("--format", f"{form}={file}")]
        self.run("validate", *arguments, *options, files=tuple(outputs.values()))


def _quote(argument: str) -> str:
    shown = argument if len(argument) <= 120 else f"{argument[:120]}…{len(argument)}"  # noqa: PLR2004 - a name
    return json.dumps(shown, ensure_ascii=False) if " " in shown or not shown else shown


def write_inputs(root: Path, work: Path) -> None:
    """Write the files that commands and servers read into their working folder.

    The fixtures of the shapes are copied from wherever the tests keep them, so that reports name the same paths.
    """
    texts = {
        "animals.ttl": FILE,
        "pets.trig": DATASET_FILE,
        "shapes.ttl": DATA["shapes"][1],
        "violating.ttl": DATA["violating"][1],
        "not-turtle.ttl": "this is not Turtle",
        "unknown.xyz": "",
    }
    for name, text in texts.items():
        (work / name).write_text(text, encoding="utf-8")
        os.utime(work / name, (MODIFIED, MODIFIED))
    for path in sorted((root / "tests").rglob("*")):
        if path.match("shapes/*/*valid*.t*") and path.is_file():
            target = work / "fixtures" / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
