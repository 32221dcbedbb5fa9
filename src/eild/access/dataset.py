"""A dataset that is open: queries, descriptions, published questions, validation."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

from pyoxigraph import RdfFormat, serialize

from eild import media
from eild.access.answers import Answer
from eild.access.names import expand, resolve
from eild.access.sources import MOST_BYTES
from eild.access.values import Iri, make_term
from eild.errors import EildError, Location, NotFoundError
from eild.query.bindings import bind_values
from eild.query.engine import QueryAnswer, QueryRequest
from eild.query.text.guard import check_query_text
from eild.query.text.prefixes import supply_prefixes

if TYPE_CHECKING:
    from types import TracebackType

    from pyoxigraph import Store
    from rdflib import Graph

    from eild.access.sources import Source
    from eild.documents.questions import Question
    from eild.validation.findings import Report
    from eild.validation.inputs import Source as ShapesSource
    from eild.validation.shapes import Shapes

_ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class Dataset:
    """A dataset to query: EILD's own, files, a store or an endpoint, all in the same way.

    It is closed at the end of a ``with`` block, by :meth:`close`, or when nothing refers to it any more.

    :param source: where its data come from
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def title(self) -> str:
        """What the dataset is called: its title, the names of its files, or the address of the endpoint."""
        return self._source.title

    @property
    def version(self) -> str:
        """The version of the dataset; an empty string of an endpoint, whose data may change at any time."""
        return self._source.version

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The IRIs of the prefixes that a query need not declare."""
        return self._source.prefixes

    def iri(self, name: str) -> Iri:
        """Return the IRI of a prefixed name, such as ``agent:joe-biden``, as a value for a variable.

        :param name: the name, or an IRI
        :raises UsageError: if it is neither, or its prefix is unknown
        """
        return Iri(resolve(name, self.prefixes))

    def query(self, text: str, /, **bindings: object) -> Answer:
        """Return the complete answer to a query.

        The dataset's prefixes need no declaration. A value is a term wherever its variable stands, as if the pattern
        began with ``VALUES ?variable { value }``: a string is text, an IRI is given by :meth:`iri` or as a term of
        RDFLib or pyoxigraph, numbers, booleans, dates and the values of results are what they are.

        :param text: SELECT, ASK, CONSTRUCT or DESCRIBE in SPARQL 1.1
        :param bindings: values of variables, by their names
        :raises QueryError: if the query is malformed, too complex or an update, or its answer is too large
        :raises UsageError: if the query has no such variable, or a value cannot be a term
        :raises EnvironmentFailure: if the endpoint is unavailable or too slow
        """
        checked = check_query_text(text.removeprefix("\ufeff"), MOST_BYTES).text
        needed = self._source.prefixes
        terms = {name: make_term(name, value, needed) for name, value in bindings.items()}
        bound = bind_values(checked, terms)
        supplied = supply_prefixes(bound, needed)
        with supplied.placing(), _forget_columns(changed=bound != checked):
            return self._answer(supplied.text)

    def _answer(self, text: str) -> Answer:
        answer = self._source.engine.evaluate(QueryRequest(text, media.JSON, media.N_TRIPLES))
        return Answer(answer, self.prefixes)

    def describe(self, name: str, *, page: int = 1) -> Answer:
        """Return what the dataset says about a resource: its triples, those that point to it, claims with evidence.

        :param name: an IRI, a prefixed name such as ``agent:joe-biden``, or a path below the base of the dataset
        :param page: number of the page of a long description, from 1
        :raises NotFoundError: if the dataset has no such resource or page; suggests similar ones
        """
        from eild.documents.descriptions import build_graph, describe, find_node

        documents = self._source.documents
        node = find_node(documents, expand(str(name), self.prefixes, self._source.base))
        triples = build_graph(documents, describe(documents, node, page))
        return Answer(
            QueryAnswer(media.N_TRIPLES, serialize(triples, format=RdfFormat.N_TRIPLES) or b""), self.prefixes
        )

    @cached_property
    def questions(self) -> Questions:
        """The queries that the dataset includes, by name."""
        from eild.documents.questions import list_questions

        return Questions(self, {question.name: question for question in list_questions(self._source.documents)})

    def validate(self, shapes: Shapes | ShapesSource | None = None, *, engine: str = "auto") -> Report:
        """Hold the dataset against SHACL shapes.

        :param shapes: a path or pattern, or a graph of RDFLib; EILD's own shapes if not given
        :param engine: ``auto``, ``pyshacl`` or ``fast``
        :raises ShapesError: if the shapes are missing, unreadable or cannot be applied
        :raises DataError: if the data cannot be read
        """
        from eild.validation.api import validate

        files = self._source.files
        data = self.graph() if files is None else files or None  # without files, EILD's own, with their places
        return validate(data, shapes, engine=engine)

    def graph(self) -> Graph:
        """Return the default graph of the dataset as a graph of RDFLib.

        :raises EnvironmentFailure: if the endpoint is unavailable, or does not return all of it
        """
        from eild.access.graphs import make_graph

        lines = self._source.read_lines()
        if lines is None:
            return self._answer(_ALL).graph()
        return make_graph(lines, self.prefixes)

    @cached_property
    def store(self) -> Store:
        """A store of pyoxigraph with the default graph and the named graphs, which may be changed: it is a copy.

        :raises UsageError: of an endpoint
        """
        return self._source.make_store()

    def close(self) -> None:
        """Release memory, temporary files and connections."""
        self._source.close()

    def __enter__(self) -> Self:
        """Return the dataset itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close the dataset."""
        self.close()

    def __repr__(self) -> str:
        """Return which dataset it is."""
        return f"<Dataset: {' '.join(filter(None, (self.title, self.version)))}>"


@contextlib.contextmanager
def _forget_columns(*, changed: bool) -> Iterator[None]:
    """Have errors in a query into which values were written name the line alone.

    :raises EildError: what was raised within
    """
    try:
        yield
    except EildError as error:
        place = error.location
        if changed and place is not None and place.path == "query":
            error.location = Location(place.path, place.line)
        raise


class PublishedQuestion:
    """A query that a dataset includes; calling it answers it.

    :param dataset: the dataset
    :param question: the query, with what it answers in words
    """

    def __init__(self, dataset: Dataset, question: Question) -> None:
        self._dataset = dataset
        self._question = question

    @property
    def title(self) -> str:
        """What it is called."""
        return self._question.title

    @property
    def question(self) -> str:
        """What it answers, in words; an empty string if the data do not say."""
        return self._question.question

    @property
    def text(self) -> str:
        """The query."""
        return self._question.text

    def __call__(self, **bindings: object) -> Answer:
        """Return the answer; see :meth:`Dataset.query`."""
        return self._dataset.query(self.text, **bindings)

    def __repr__(self) -> str:
        """Return what it is called."""
        return f"<PublishedQuestion: {self.title}>"


class Questions(Mapping[str, PublishedQuestion]):
    """The queries that a dataset includes, by name.

    :param dataset: the dataset
    :param questions: the queries by name
    """

    def __init__(self, dataset: Dataset, questions: Mapping[str, Question]) -> None:
        self._dataset = dataset
        self._questions = questions

    def __getitem__(self, name: str) -> PublishedQuestion:
        """Return a query by its name.

        :raises KeyError: if there is none; suggests similar ones
        """
        if name not in self._questions:
            raise UnknownQuestionError(name, tuple(self._questions))
        return PublishedQuestion(self._dataset, self._questions[name])

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._questions)

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self._questions)


class UnknownQuestionError(NotFoundError, KeyError):
    """The dataset includes no query of a name.

    :param name: the name
    :param known: the names of its queries
    """

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        from rapidfuzz import process

        nearest = tuple(found for found, *_ in process.extract(name, known, limit=3, score_cutoff=50))
        hint = "did you mean" if nearest else "list(ds.questions) has the names"
        super().__init__(f"the dataset has no question {name!r:.100}", suggestions=nearest, hint=hint)
