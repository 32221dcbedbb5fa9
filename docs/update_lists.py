#!/usr/bin/env python3
"""Write the generated lists of the documentation: action types, agents by state, readings, formats, limits and sizes.

Run ``python docs/update_lists.py`` after a change to the data; the tests compare the pages with its output. Each list
is between ``<!-- name: … -->`` and ``<!-- /name -->``, and the text between these comments is replaced.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rdflib.namespace import RDF, RDFS, SKOS

from eild import media
from eild.config import list_settings
from eild.dataset import build_dataset
from eild.namespaces import EILD, resource_iri
from eild.query.text import limits
from eild.query.text.terms import MAX_TERM_DEPTH
from eild.terms import PREFIXES
from eild.validation.grammar.terms import UNSUPPORTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph
    from rdflib.term import Node

    from eild.config import SettingInfo

FOLDER: Final = Path(__file__).parent
VALIDATION: Final = FOLDER / "validate.toml"
READINGS: Final = FOLDER / "second-readings.csv"
SIZES: Final = FOLDER.parent / "benchmarks" / "results" / "scale.json"
_CONCEPT_SLOTS: Final = (EILD.technique, EILD.topic, EILD.target, EILD.about, EILD.describedAs)
ACTION_TYPES: Final = resource_iri("concept", "action-type")


def build_lists(graph: Graph) -> dict[str, dict[str, str]]:
    """Return the Markdown of each list by its page and name.

    :param graph: the published dataset, merged
    """
    return {
        "guide.md": {
            "action-types": build_action_types(graph),
            "techniques": build_concepts(graph, "technique"),
            "topics": build_concepts(graph, "topic"),
            "kinds": build_concepts(graph, "kind"),
            "states": build_states(graph),
        },
        "http.md": {"forms": build_forms(), "limits": build_limits(), "settings": build_settings()},
        "limitations.md": {"second-readings": build_readings()},
        "run.md": {"sizes": build_sizes()},
        "validate.md": {"differences": build_differences(), "shacl-1-2": build_features()},
    }


def build_readings() -> str:
    """Return a table of the second readings by round: facts listed, and facts on which the reader disagreed."""
    facts: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    with READINGS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            facts[row["round"]] += int(row["facts"])
            agreed[row["round"]] += int(row["agreed"])
    lines = ["| round | facts listed | disagreed | share |", "|---|---|---|---|"]
    for number, listed in sorted(facts.items()):
        other = listed - agreed[number]
        lines.append(f"| {number} | {listed} | {other} | {other / listed:.0%} |")
    return "\n".join(lines)


def build_differences() -> str:
    """Return a table of the cases in which engines differ: how many results each has for the same data and shapes."""
    lines = ["| case | `auto` | `exact` | pyshacl-turbo | pySHACL |", "|---|---:|---:|---:|---:|"]
    cases = tomllib.loads(VALIDATION.read_text(encoding="utf-8"))["difference"]
    lines += [f"| {case['name']} | {' | '.join(case['results'])} |" for case in cases]
    return "\n".join(lines)


def build_features() -> str:
    """Return a table of the features of SHACL 1.2: supported, or exit code 4."""
    table = tomllib.loads(VALIDATION.read_text(encoding="utf-8"))
    lines = ["| feature | `eild validate` |", "|---|---|"]
    lines += [f"| {feature['name']} | supported |" for feature in table["feature"]]
    lines += [f"| {case['name']} | exit code 4 |" for case in table["refused"]]
    lines += [f"| `sh:{name}` | exit code 4 |" for name in sorted(UNSUPPORTED)]
    return "\n".join(lines)


def build_forms() -> str:
    """Return a table of result formats: values of ``format``, content type, and other media types in ``Accept``."""
    lines = ["| format | `format=` | content type | also accepted as |", "|---|---|---|---|"]
    for form in (*media.RESULT_FORMATS, *media.GRAPH_FORMATS, media.HTML):
        names = ", ".join(f"`{name}`" for name in (form.name, *form.names))
        others = ", ".join(f"`{name}`" for name in form.aliases)
        lines.append(f"| {form.label} | {names} | `{form.content_type}` | {others} |")
    return "\n".join(lines)


def build_limits() -> str:
    """Return a list of limits on the text of a query, beyond which it is rejected with 400."""
    lines = [f"- nested brackets of any kind: {limits.MAX_DEPTH} levels"]
    lines += [f"- nested collections, paths and quoted triples: {MAX_TERM_DEPTH} levels"]
    lines += [f"- unary operators such as `!` and `-` before one operand: {limits.MAX_UNARY}"]
    lines += [f"- operators and path steps: {limits.MAX_OPERATORS}"]
    lines += [f"- `{keyword}`: {limit}" for keyword, limit in limits.MAX_KEYWORDS.items()]
    return "\n".join(lines)


def _default(setting: SettingInfo) -> str:
    if setting.name in {"workers", "query_workers"}:
        return "depends on the number of processors"
    return (
        ""
        if setting.default in {None, ""}
        else f"`{setting.default:g}`"
        if setting.type is float
        else (f"`{setting.default}`")
    )


def build_settings() -> str:
    """Return the table of settings: variable, option of ``eild serve``, default and meaning."""
    lines = ["| variable | option | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{setting.environment}` | `{setting.option}` | {_default(setting)} | {setting.help} |"
        for setting in list_settings()
    ]
    return "\n".join(lines)


def build_sizes() -> str:
    """Return a table of what a store on disk takes by its size: disk, memory while serving, and what loading takes."""
    lines = ["Measured by `python -m benchmarks.scale` with a store on disk and two HTTP processes, after queries:", ""]
    lines += ["| triples | disk | memory of all processes while serving | memory for loading | time for loading |"]
    lines += ["|---:|---:|---:|---:|---:|"]
    for run in json.loads(SIZES.read_text(encoding="utf-8")):
        load, serving = run["loadings"]["eild"], run["memory"]["eild"]
        mebibytes = [f"{figure:.0f} MiB" for figure in (load["disk"], serving, load["memory"])]
        lines.append("| " + " | ".join([f"{run['triples']:,}", *mebibytes, f"{load['seconds']:.1f} s"]) + " |")
    return "\n".join(lines)


def build_action_types(graph: Graph) -> str:
    """Return the tree of action types as an indented list.

    Each is followed by the number of propositions with this action or a narrower one.
    """
    uses = Counter(graph.objects(None, EILD.action))
    lines = ["The number is the number of propositions with this action or a narrower one.", ""]
    for top in _by_label(graph, set(graph.subjects(SKOS.topConceptOf, ACTION_TYPES))):
        lines += _action_lines(graph, uses, top, "")
    return "\n".join(lines)


def build_concepts(graph: Graph, scheme: str) -> str:
    """Return the concepts of a scheme as an indented list, each with the number of records that use it.

    :param graph: the published dataset, merged
    :param scheme: slug of the scheme, which is also the prefix of its concepts
    """
    uses = Counter(concept for predicate in _CONCEPT_SLOTS for concept in graph.objects(None, predicate))
    tops = set(graph.subjects(SKOS.topConceptOf, resource_iri("concept", scheme)))
    return "\n".join(line for top in _by_label(graph, tops) for line in _concept_lines(graph, uses, scheme, top, ""))


def build_states(graph: Graph) -> str:
    """Return a list of the states, each with the agents whose names contain the state, and their classes."""
    lines: list[str] = []
    for state in _by_label(graph, set(graph.subjects(RDF.type, EILD.State))):
        lines.append(f"- {_named(graph, state, 'agent')}")
        agents = set(graph.subjects(EILD.ofState, state)) - {state}
        lines += [f"  - {_named(graph, agent, 'agent')}, {_kind(graph, agent)}" for agent in _by_label(graph, agents)]
    return "\n".join(lines)


def update_page(text: str, lists: Mapping[str, str]) -> str:
    """Return a page with its lists replaced.

    :param text: page in Markdown
    :param lists: Markdown of each list, by its name
    :raises ValueError: if the page has no place for a list, or more than one
    """
    for name, content in lists.items():
        place = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
        found = list(place.finditer(text))
        if len(found) != 1:
            message = f"the page has {len(found)} places for the list {name!r}: give it one, from <!-- {name}: … -->"
            raise ValueError(message)
        text = f"{text[: found[0].end(1)]}\n{content}\n\n{text[found[0].start(2) :]}"
    return text


def _action_lines(graph: Graph, uses: Counter[Node], action: Node, indent: str) -> list[str]:
    narrower = _by_label(graph, set(graph.subjects(SKOS.broader, action)))
    below = [line for concept in narrower for line in _action_lines(graph, uses, concept, indent + "  ")]
    total = sum(uses[concept] for concept in _with_narrower(graph, action))
    return [f"{indent}- {_named(graph, action, 'act')}: {total}", *below]


def _concept_lines(graph: Graph, uses: Counter[Node], prefix: str, concept: Node, indent: str) -> list[str]:
    narrower = _by_label(graph, set(graph.subjects(SKOS.broader, concept)))
    below = [line for item in narrower for line in _concept_lines(graph, uses, prefix, item, indent + "  ")]
    return [f"{indent}- {_named(graph, concept, prefix)}: {uses[concept]}", *below]


def _with_narrower(graph: Graph, concept: Node) -> set[Node]:
    return {concept}.union(*(_with_narrower(graph, narrower) for narrower in graph.subjects(SKOS.broader, concept)))


def _label(graph: Graph, term: Node) -> str:
    return str(graph.value(term, SKOS.prefLabel) or graph.value(term, RDFS.label))


def _by_label(graph: Graph, terms: set[Node]) -> list[Node]:
    return sorted(terms, key=lambda term: (_label(graph, term).lower(), str(term)))


def _named(graph: Graph, term: Node, prefix: str) -> str:
    return f"{_label(graph, term)} `{prefix}:{str(term).removeprefix(PREFIXES[prefix])}`"


def _kind(graph: Graph, agent: Node) -> str:
    """Return the labels of an agent's classes except ``eild:Agent``, joined by “and”."""
    classes = sorted(set(graph.objects(agent, RDF.type)) - {EILD.Agent}, key=str)
    return " and ".join(_label(graph, kind) for kind in classes)


def main() -> None:
    """Write the pages whose lists have changed."""
    for name, lists in build_lists(build_dataset().merged()).items():
        page = FOLDER / name
        old = page.read_text(encoding="utf-8")
        new = update_page(old, lists)
        if new != old:
            page.write_text(new, encoding="utf-8")
        sys.stdout.write(f"{name}: {'unchanged' if new == old else 'lists written'}\n")


if __name__ == "__main__":
    main()
