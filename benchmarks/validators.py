"""EILD's shapes in other validators: whether each finds the same in valid and invalid data.

``python -m benchmarks.validators`` puts the fixtures of ``tests/shapes`` that change different statements together in
one graph, as in the tests, and compares what validators find in it with what ``eild.validate`` finds: focus node, shape
and component of each result, each once, blank nodes alike. pySHACL and pyshacl-turbo come with EILD. For pyrudof,
``--rudof PYTHON`` names an interpreter that has it; for rdf-validate-shacl, ``--node FOLDER`` a folder in which
``npm install rdf-validate-shacl @zazuko/env n3`` was run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rdflib import Graph
from rdflib.namespace import RDFS, SH

from benchmarks.validate import own_shapes
from eild.located import LocatedGraph
from eild.validation import load_rdf, load_shapes, validate
from eild.validation.files import load_statements

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIXTURES: Final = Path(__file__).parents[1] / "tests" / "shapes" / "test_fixtures.py"
_RUDOF: Final = """
import json, sys, pyrudof
session = pyrudof.Rudof(pyrudof.RudofConfig())
session.read_data(sys.argv[1], format=pyrudof.RDFFormat.NTriples)
session.read_shacl(sys.argv[2])
found = session.validate_shacl()
print(json.dumps([[str(r.focus_node), str(r.source_shape), str(r.constraint_component)] for r in found]))
"""
_NODE: Final = """
import fs from 'node:fs'
import { Parser } from 'n3'
import env from '@zazuko/env'
import Validator from 'rdf-validate-shacl'
const read = (file) => env.dataset(new Parser({ factory: env }).parse(fs.readFileSync(file, 'utf8')))
const report = await new Validator(read(process.argv[3]), { factory: env }).validate(read(process.argv[2]))
console.log(JSON.stringify(report.results.map((r) =>
  [r.focusNode.value, r.sourceShape.value, r.sourceConstraintComponent.value])))
"""


def _comparable(results: Iterable[Iterable[str]]) -> set[tuple[str, ...]]:
    """Return results as they are compared."""
    found = (tuple(str(term).strip("<>") for term in result) for result in results)
    return {tuple(term if ":/" in term else "_" for term in result) for result in found}


def _of_eild(data: Path, shapes: Path, engine: str = "auto") -> set[tuple[str, ...]]:
    report = validate(load_statements(data), load_shapes([shapes]), engine=engine)
    return _comparable((str(f.focus), str(f.shape), str(f.component)) for f in report.findings)


def _of_program(command: list[str]) -> set[tuple[str, ...]]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own commands
    return _comparable(json.loads(done.stdout))


def write_inputs(folder: Path, *, core: bool) -> tuple[Path, Path, Path, int]:
    """Write valid data, invalid data and shapes.

    :param folder: where
    :param core: whether SPARQL constraints, and fixtures with circles of subclasses, are left out
    :return: the three files, and how many fixtures the invalid data have
    """
    spec = importlib.util.spec_from_file_location("shape_fixtures", _FIXTURES)
    if spec is None or spec.loader is None:
        message = f"cannot read {_FIXTURES}"
        raise OSError(message)
    fixtures: Any = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = fixtures
    spec.loader.exec_module(fixtures)
    lines = frozenset(fixtures.lines_of(LocatedGraph().merge(load_rdf(path) for path in fixtures.VALID).graph))
    cases = [fixtures.read_case(path) for path in fixtures.INVALID]
    if core:
        cases = [case for case in cases if not any(predicate == RDFS.subClassOf for _, predicate, _ in case.added)]
    together = fixtures.compatible(cases)
    valid, invalid, shapes = folder / "valid.nt", folder / "invalid.nt", own_shapes(folder)
    valid.write_bytes(b"".join(sorted(lines)))
    invalid.write_text(fixtures.changed(lines, together).text(), encoding="utf-8")
    if core:
        graph = Graph().parse(shapes)
        graph.remove((None, SH.sparql, None))
        graph.serialize(shapes, format="turtle")
    return valid, invalid, shapes, len(together)


def main() -> int:
    """Compare, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rudof", metavar="PYTHON", help="an interpreter that has pyrudof")
    parser.add_argument("--node", metavar="FOLDER", type=Path, help="a folder that has rdf-validate-shacl")
    arguments = parser.parse_args()
    rows = ["| validator | shapes | fixtures | results | differences |", "|---|---|---:|---:|---:|"]
    different = 0
    for core in (False, True):
        with tempfile.TemporaryDirectory() as name:
            valid, invalid, shapes, count = write_inputs(Path(name), core=core)
            expected = _of_eild(valid, shapes), _of_eild(invalid, shapes)
            found = {}
            for tool in ("pyshacl", "fast", "exact") if not core else ():
                found[tool] = _of_eild(valid, shapes, tool), _of_eild(invalid, shapes, tool)
            if arguments.rudof and not core:
                commands = [[arguments.rudof, "-c", _RUDOF, str(data), str(shapes)] for data in (valid, invalid)]
                found["pyrudof"] = _of_program(commands[0]), _of_program(commands[1])
            if arguments.node and core:
                script = arguments.node / "validate-shapes.mjs"
                script.write_text(_NODE, encoding="utf-8")
                commands = [["node", str(script), str(data), str(shapes)] for data in (valid, invalid)]
                found["rdf-validate-shacl"] = _of_program(commands[0]), _of_program(commands[1])
            for tool, results in found.items():
                differing = sum(len(one ^ other) for one, other in zip(results, expected, strict=True))
                different += differing
                part = "without SPARQL" if core else "all"
                rows.append(f"| {tool} | {part} | {count} | {len(results[1])} | {differing} |")
    sys.stdout.write("\n".join([*rows, ""]))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
