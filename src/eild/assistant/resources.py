"""What assistants can read of a dataset: a guide, the ontology, and the queries that it includes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from eild import media
from eild.query.engine import QueryRequest
from eild.resources import find_guide
from eild.terms import BASE, ONTOLOGY_IRI, OWL

if TYPE_CHECKING:
    from eild.access.dataset import Dataset
    from eild.access.sources import Source

_ONTOLOGY: Final = (
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH ?graph {{ <{ONTOLOGY_IRI}> a <{OWL.Ontology}> }} "
    "GRAPH ?graph { ?s ?p ?o } }"
)
_OF_PROJECT: Final = """# {title}{version}

This dataset uses EILD's ontology, and its own resources have IRIs that begin with <{base}>. The guide below describes
the model. Its examples name resources of EILD's own dataset, such as `agent:joe-biden`; use resources of this one
instead. These prefixes need no declaration here:

{prefixes}

"""


def read_guide(source: Source, dataset: Dataset) -> str:
    """Return how to query a dataset, as Markdown: EILD's guide, or of other data what can be said of any."""
    prefixes = "\n".join(f"- `{name}:` <{iri}>" for name, iri in dataset.prefixes.items())
    version = f", version {dataset.version}" if dataset.version else ""
    if source.is_own:
        about = {"title": dataset.title, "version": version, "base": source.base, "prefixes": prefixes}
        start = "" if source.base in {"", BASE} else _OF_PROJECT.format(**about)
        return start + find_guide().read_text(encoding="utf-8")
    return (
        f"# {dataset.title}{version}\n\nUse the tool `search` to find resources by name, `describe` to read what is "
        "said of one, and `query` for SPARQL 1.1. To see what there is, count the instances of each class:\n\n"
        "    SELECT ?class (COUNT(?x) AS ?n) { ?x a ?class } GROUP BY ?class ORDER BY DESC(?n)\n\n"
        f"## Prefixes that need no declaration\n\n{prefixes or 'none'}\n"
    )


def read_ontology(source: Source) -> str:
    """Return EILD's ontology as Turtle, as the dataset holds it."""
    request = QueryRequest(_ONTOLOGY, graph=media.TURTLE)
    return source.engine.evaluate(request).body.decode()


def list_questions(dataset: Dataset) -> str:
    """Return the queries that a dataset includes as JSON: name, title, question."""
    rows = [
        {"name": name, "title": question.title, "question": question.question}
        for name, question in dataset.questions.items()
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)
