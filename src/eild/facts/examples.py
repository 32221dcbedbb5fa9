"""The competency questions as linked data: the examples that SPARQL editors offer, and the prefixes they complete.

``queries/NN-name.rq`` becomes ``<base>queries/NN-name``, a ``sh:SPARQLExecutable`` (SHACL, sections 5.2 and 5.3; the
convention of the bioinformatics endpoints that publish their examples so), with the question as ``rdfs:comment`` and
the endpoint as ``schema:target``. The prefixes are declared by the ontology (``sh:declare``). The text keeps its own
``PREFIX`` lines, so that it runs wherever it is pasted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, SKOS, XSD

from eild.errors import DataError, Location
from eild.names import OWN, Names
from eild.namespaces import ONTOLOGY_IRI, QUERIES_IRI, SCHEMA, empty_graph
from eild.resources import display_path, resource_folder

if TYPE_CHECKING:
    from pathlib import Path

COMMENTS: Final = ("title", "question", "topics")
"""The comments that begin each file; ``note`` may follow."""

_FORMS: Final = {
    "SELECT": (SH.select, SH.SPARQLSelectExecutable),
    "ASK": (SH.ask, SH.SPARQLAskExecutable),
    "CONSTRUCT": (SH.construct, SH.SPARQLConstructExecutable),
}
_PREFIXED: Final = re.compile(r"(?<![\w:])(?P<prefix>[a-z][a-z-]*):")
_DATE: Final = re.compile(r"\"\d{4}\b")
_COMMENT: Final = re.compile(r"#\s*(?P<key>[a-z]+):\s*(?P<value>.*\S)\s*")


@dataclass(frozen=True)
class ExampleQuery:
    """A published query.

    :ivar name: the name of its file, without extension
    :ivar comments: values of the comments at its start, by key
    :ivar text: the query, without these comments
    :ivar form: ``SELECT``, ``ASK`` or ``CONSTRUCT``
    """

    name: str
    comments: dict[str, str]
    text: str
    form: str

    @property
    def iri(self) -> URIRef:
        """The IRI of the query in EILD's own dataset."""
        return URIRef(f"{QUERIES_IRI}/{self.name}")

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics of the query."""
        return tuple(topic.strip() for topic in self.comments["topics"].split(","))


def load_examples(folder: Path | None = None) -> tuple[ExampleQuery, ...]:
    """Read the queries of a folder (the packaged one if none is given), in the order of their names.

    :raises DataError: if a file is unreadable, lacks a comment or holds no query form that is published
    """
    paths = sorted((folder or resource_folder("queries")).glob("*.rq"))
    return tuple(parse_example(_read(path), path) for path in paths)


def parse_example(text: str, path: Path) -> ExampleQuery:
    """Return the query that a text holds.

    :param path: the file that it is from
    :raises DataError: if a comment is missing or the form is none that is published
    """
    lines = text.splitlines()
    head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    found = [match for line in lines[:head] if (match := _COMMENT.fullmatch(line))]
    comments = {match["key"]: match["value"] for match in found}
    place = display_path(path)
    for key in COMMENTS:
        if key not in comments:
            message = f"the query must start with a comment '# {key}: …'"
            raise DataError(
                message, location=Location(str(place), 1), hint="see queries/README.md for the format of the files"
            )
    body = next((number for number, line in enumerate(lines) if line and not line.startswith(("#", "PREFIX "))), head)
    form = lines[body].split(maxsplit=1)[0] if body < len(lines) else ""
    if form not in _FORMS:
        message = f"a published query must start with {', '.join(_FORMS)} in uppercase after its PREFIX lines"
        raise DataError(message, location=Location(str(place), body + 1), hint=f"this line starts with {form!r}")
    return ExampleQuery(path.stem, comments, "\n".join(lines[head:]).strip() + "\n", form)


def list_general(examples: tuple[ExampleQuery, ...]) -> tuple[ExampleQuery, ...]:
    """Return the queries that ask every dataset of claims: those that name no resource of EILD's own dataset."""
    return tuple(example for example in examples if not _names_resource(example.text))


def _names_resource(text: str) -> bool:
    """Return whether a query names an agent, event, claim or other resource of EILD's, a page elsewhere or a date.

    A prefix that stands for such resources may be declared; it must not be used.
    """
    body = "\n".join(line for line in text.splitlines() if not line.startswith(("PREFIX ", "#")))
    starts = {name for name, start in OWN.prefixes.items() if OWN.find_kind(start) not in {"", "concept"}}
    used = {match["prefix"] for match in _PREFIXED.finditer(body)}
    return not used.isdisjoint({*starts, "graph"}) or "<http" in body or _DATE.search(body) is not None


def build_example_graph(examples: tuple[ExampleQuery, ...], names: Names = OWN) -> Graph:
    """Return the description of the queries, and of the prefixes that they and the data use.

    :param examples: the queries
    :param names: the names of the project
    """
    graph = build_prefix_graph(names)
    collection = URIRef(names.part("queries"))
    graph.add((collection, RDF.type, SKOS.Collection))
    graph.add((collection, RDFS.label, Literal("competency queries", lang="en")))
    graph.add((collection, DCTERMS.isPartOf, URIRef(names.part("dataset"))))
    for example in examples:
        _describe(graph, example, names)
    return graph


def find_declaring(names: Names) -> URIRef:
    """Return the resource that declares a project's prefixes: the ontology for EILD's, its queries for another's."""
    return ONTOLOGY_IRI if names.is_eild else URIRef(names.part("queries"))


def build_prefix_graph(names: Names = OWN) -> Graph:
    """Return a declaration of each prefix of a project (SHACL, section 5.2.1)."""
    graph = empty_graph()
    for prefix, namespace in names.prefixes.items():
        declaration = URIRef(f"{names.part('prefixes')}/{prefix}")
        graph.add((find_declaring(names), SH.declare, declaration))
        graph.add((declaration, RDF.type, SH.PrefixDeclaration))
        graph.add((declaration, SH.prefix, Literal(prefix)))
        graph.add((declaration, SH.namespace, Literal(namespace, datatype=XSD.anyURI)))
    return graph


def _describe(graph: Graph, example: ExampleQuery, names: Names) -> None:
    """Add the description of one query to a graph."""
    predicate, kind = _FORMS[example.form]
    collection = URIRef(names.part("queries"))
    iri = URIRef(f"{collection}/{example.name}")
    graph.add((collection, SKOS.member, iri))
    graph.add((iri, RDF.type, SH.SPARQLExecutable))
    graph.add((iri, RDF.type, kind))
    graph.add((iri, predicate, Literal(example.text)))
    graph.add((iri, RDFS.label, Literal(example.comments["title"], lang="en")))
    graph.add((iri, RDFS.comment, Literal(example.comments["question"], lang="en")))
    graph.add((iri, SH.prefixes, find_declaring(names)))
    graph.add((iri, SCHEMA.target, URIRef(names.part("sparql"))))
    for topic in example.topics:
        graph.add((iri, SCHEMA.keywords, Literal(topic, lang="en")))
    if "note" in example.comments:
        graph.add((iri, SKOS.note, Literal(example.comments["note"], lang="en")))


def _read(path: Path) -> str:
    """Return the text of a file.

    :raises DataError: if it cannot be read or is not UTF-8
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot read the query: {error}"
        raise DataError(message, location=Location(str(display_path(path)))) from error
