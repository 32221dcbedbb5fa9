"""A site: one version of a dataset as it is served, with everything that answers questions about it.

The files of a version are a publication (:mod:`eild.publication.manifest`); a site adds the engine that evaluates
queries over them, and what pages need. The server keeps the release that is in service (:mod:`eild.server.switch`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from eild import __version__
from eild.claims import ClaimIndex, load_claims
from eild.documents.about import About, find_about
from eild.documents.index import DocumentIndex, load_documents, load_named_graphs
from eild.documents.joined import JoinedDocuments
from eild.documents.questions import Question, list_questions
from eild.documents.remote import RemoteDocuments
from eild.documents.words import QueryTerm, WordSources, list_terms
from eild.errors import EnvironmentFailure, NotFoundError
from eild.exchange.urls import Urls
from eild.languages import WANTED
from eild.publication.addresses import choose_public_url
from eild.publication.contents import NanopubArchive, load_catalog
from eild.publication.manifest import choose_prefixes, load_publication
from eild.query.remote import RemoteEngine
from eild.search.loading import LazyIndex, build_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Triple

    from eild.config import Settings
    from eild.documents.index import Documents, Node
    from eild.publication.manifest import Publication
    from eild.query.engine import QueryEngine


VOCABULARIES: Final = ("ontology", "shapes", "alignments")
"""The named graphs of EILD's own dataset that document it; the last is shown with the first."""


@dataclass(frozen=True)
class Site:
    """One version of a dataset as it is served.

    :ivar settings: settings of the server
    :ivar publication: files of this version
    :ivar documents: triples by subject and object
    :ivar engine: query engine
    :ivar vocabularies: graphs of :data:`VOCABULARIES` that the version has, by name
    """

    settings: Settings
    publication: Publication
    documents: Documents
    engine: QueryEngine
    vocabularies: Mapping[str, Sequence[Triple]]

    @cached_property
    def urls(self) -> Urls:
        """The URLs of the site."""
        publication, settings = self.publication, self.settings
        public_url = choose_public_url(publication, settings.public_url, settings.address)
        return Urls(publication.base, public_url, settings.address, identifies=not publication.foreign)

    @cached_property
    def about(self) -> About:
        """What the data says of the dataset as a whole."""
        return find_about(self.publication, None if self.live else self.documents)

    @cached_property
    def claims(self) -> ClaimIndex:
        """The claims of the dataset; none if another server holds the data."""
        return ClaimIndex({}, {}) if self.live else load_claims(self.documents)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The queries that the dataset includes; none if another server holds the data."""
        return () if self.live else list_questions(self.documents)

    @cached_property
    def query_terms(self) -> tuple[QueryTerm, ...]:
        """Completion terms for query authors."""
        documents = None if self.live else self.documents
        dataset, ontology = self.publication.dataset_iri, self.vocabularies.get("ontology", ())
        return list_terms(WordSources(dataset, self.catalog, ontology, self.prefixes, documents))

    @cached_property
    def orders(self) -> dict[tuple[str, ...], Sequence[Node]]:
        """Resources in the order of their names, by what they are a list of and the languages of the names."""
        return {}

    @cached_property
    def indexes(self) -> dict[tuple[str, ...], Any]:
        """Alphabetical indexes of concepts, by scheme and the languages of the labels."""
        return {}

    @cached_property
    def search_index(self) -> LazyIndex:
        """The full-text index, built when it is first asked for; of data that another server holds there is none."""
        return LazyIndex(lambda: build_index(self.documents, self.claims, self.usual_languages))

    @cached_property
    def catalog(self) -> Sequence[Triple]:
        """The catalogue: DCAT, VoID and service description, its URLs leading to where the public reaches the site."""
        return load_catalog(self.publication, self.urls.absolute(""))

    @cached_property
    def described(self) -> JoinedDocuments:
        """Everything that there are documents about: the data, what the catalogue mints, graphs and namespaces."""
        publication = self.publication
        service = publication.service or f"{publication.base}sparql"
        minted = (publication.dataset_iri, publication.catalogue or f"{publication.base}catalog", service)
        graphs = (graph.iri for graph in publication.graphs.values() if not graph.iri.startswith("_:"))
        return JoinedDocuments(self.documents, DocumentIndex(self.catalog), minted, graphs)

    @property
    def usual_languages(self) -> tuple[str, ...]:
        """The language in which names are shown to those who ask for none."""
        return self.publication.about.usual_languages if self.publication.foreign else ("en",)

    @cached_property
    def is_multilingual(self) -> bool:
        """Whether names of third-party data are in several languages."""
        return self.publication.foreign and len(self.publication.about.languages) > 1

    @property
    def prefixes(self) -> Mapping[str, str]:
        """What IRIs are abbreviated by."""
        return choose_prefixes(self.publication)

    def find_vocabulary(self, name: str) -> Sequence[Triple]:
        """Return the graph of the ontology or the shapes.

        :raises NotFoundError: if the published data have none
        """
        if name not in self.vocabularies:
            message = f"this dataset has no {name} of its own"
            raise NotFoundError(message, hint="resources outside the base are at /doc?iri=…")
        return self.vocabularies[name]

    @cached_property
    def former_vocabularies(self) -> Sequence[Mapping[str, Sequence[Triple]]]:
        """What :attr:`vocabularies` were in the versions before this one, the latest first; read when first asked for.

        :raises DataError: if a dump of a former version is missing or damaged
        """
        publication = self.publication
        names = {f"{publication.base}graph/{name}": name for name in self.vocabularies}
        dumps = [info for past in publication.earlier for info in past.files.values() if info.name.endswith(".nq")]
        read = (load_named_graphs(publication, names, dump) for dump in dumps)
        return [{names[iri]: triples for iri, triples in graphs.items()} for graphs in read]

    @cached_property
    def live(self) -> bool:
        """Whether answers come from a server elsewhere, whose data may change at any time."""
        return isinstance(self.engine, RemoteEngine)

    @property
    def triples(self) -> int | None:
        """The number of triples in the default graph; None if a remote endpoint holds them and is unavailable."""
        try:
            return self.documents.size
        except EnvironmentFailure:
            return None

    @cached_property
    def _tag_start(self) -> hashlib._Hash:
        """The hash of what all tags begin with, which tells builds apart that were given the same version."""
        publication = self.publication
        files = (*publication.files.values(), *publication.documents.values())  # a store's own differ with each loading
        build = hashlib.sha256("".join(info.sha256 for info in files).encode()).hexdigest()
        return hashlib.sha256(f"{__version__}\x1f{publication.version}\x1f{build}\x1f".encode())

    @cached_property
    def nanopubs(self) -> NanopubArchive:
        """The nanopublications of this version and of those before it."""
        return NanopubArchive(self.publication)

    def make_tag(self, *parts: str, has_names: bool = True) -> str:
        """Return a strong entity tag for something made from this version and the parts, and nothing else.

        Nothing made of live data has one: the tag is empty then.

        :param has_names: whether it may have names in the language that the request asks for
        """
        if self.live:
            return ""
        languages = WANTED.get() if self.is_multilingual and has_names else ()
        found = self._tag_start.copy()
        found.update("\x1f".join((*parts, *languages)).encode("utf-8", "surrogatepass"))
        return f'"{found.hexdigest()[:24]}"'


def load_site(folder: Path, settings: Settings, engine: QueryEngine) -> Site:
    """Load a site from a build directory.

    :raises DataError: if the build is missing or damaged
    """
    publication = load_publication(folder)
    wanted = {
        name: graph.iri
        for name, graph in publication.graphs.items()
        if name in VOCABULARIES and not publication.foreign
    }
    graphs = load_named_graphs(publication, wanted.values())
    vocabularies = {name: graphs[iri] for name, iri in wanted.items()}
    if isinstance(engine, RemoteEngine) and not publication.files:
        return Site(settings, publication, RemoteDocuments(engine), engine, vocabularies)
    return Site(settings, publication, load_documents(publication), engine, vocabularies)
