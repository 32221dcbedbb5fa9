"""RDF files as a publication: for third-party data, what a build is for EILD's own dataset.

Blank nodes are labelled by file and order of appearance. Statements are sorted, and each is written once. Therefore,
the same files give the same bytes in every process.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import BlankNode, DefaultGraph, Quad, RdfFormat, Triple

from eild import media
from eild.catalog.inventory import File, NamedGraph
from eild.catalog.particulars import DataSource, Particulars, read_particulars
from eild.catalog.statistics import count_statistics, read_as_held
from eild.errors import NotAcceptableError
from eild.process import pause_collector
from eild.publication.addresses import settle_base
from eild.publication.catalogue import write_foreign_catalog
from eild.publication.collisions import find_used
from eild.publication.manifest import CHECKSUMS, MANIFEST, Manifest, render_checksums, render_manifest
from eild.rdf.emptygraphs import find_empty_graphs
from eild.rdf.files import open_rdf, read_content
from eild.rdf.writing import GrowingBuffer, repair_xml, serialize_quads, write_graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import IO

    from pyoxigraph import Literal, NamedNode

    from eild.media import Format
    from eild.publication.addresses import Address
    from eild.rdf.streams import LeftOut

    Term = NamedNode | BlankNode | Literal | Triple

ENOUGH_TO_QUERY: Final = (media.N_TRIPLES, media.N_QUADS)
"""Dumps that a query engine loads."""

_QUAD_FORMATS: Final = (media.TRIG, media.N_QUADS)
_VERSION_LENGTH: Final = 12


@dataclass
class Collected:
    """Statements gathered from files: N-Quads line without its final stop → quad, prefixes, all graph names."""

    quads: dict[str, Quad] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    graphs: set[str] = field(default_factory=set)


def relabel(number: int) -> Callable[[Term], Term]:
    """Return a function that gives the blank nodes of one file labels by order of appearance."""
    labels: dict[BlankNode, BlankNode] = {}

    def rename(term: Term) -> Term:
        if isinstance(term, BlankNode):
            return labels.setdefault(term, BlankNode(f"f{number}b{len(labels)}"))
        if isinstance(term, Triple):
            return Triple(rename(term.subject), term.predicate, rename(term.object))  # type: ignore[arg-type]
        return term

    return rename


def rename_quad(quad: Quad, rename: Callable[[Term], Term]) -> Quad:
    """Return a statement whose blank nodes are renamed."""
    graph = quad.graph_name
    return Quad(
        rename(quad.subject),  # type: ignore[arg-type]
        quad.predicate,
        rename(quad.object),
        graph if isinstance(graph, DefaultGraph) else rename(graph),  # type: ignore[arg-type]
    )


def _collect_file(path: Path, number: int, base: str, found: Collected, left_out: LeftOut | None) -> None:
    rename = relabel(number)
    with open_rdf(path, base=base, left_out=left_out) as source:
        for parsed in source.quads():
            line, quad = str(parsed), parsed
            if "_:" in line:  # at least everything with a blank node
                quad = rename_quad(parsed, rename)
                line = str(quad)
            found.quads[line] = quad
    found.prefixes.update(source.prefixes)
    if source.syntax == RdfFormat.TRIG:
        text = read_content(path).decode("utf-8", errors="replace")
        found.graphs.update(find_empty_graphs(text, source.prefixes, base))


def collect_files(paths: Sequence[Path], base: str, *, left_out: LeftOut | None = None) -> Collected:
    """Read RDF files, plain or gzipped, in the syntaxes that their extensions stand for.

    Nothing is fetched: remote JSON-LD contexts are rejected.

    :param base: base of relative IRIs
    :param left_out: takes the statements that are left out because they are invalid; None if they are errors
    :returns: the statements in the order of their lines
    :raises DataError: if a file cannot be read or parsed; names file, line and column
    """
    found = Collected()
    for number, path in enumerate(paths):
        _collect_file(path, number, base, found, left_out)
    found.quads = dict(sorted(found.quads.items(), key=itemgetter(0)))
    for quad in found.quads.values():
        if not isinstance(quad.graph_name, DefaultGraph):
            found.graphs.add(str(quad.graph_name))
    return found


def _choose_triples(found: Collected, *, union: bool) -> dict[str, Triple]:
    """Return the triples of the default graph by their lines, in the order of these.

    :param union: whether it is the merge of all graphs
    """
    if not found.graphs:  # a line is the same with and without a default graph
        return {line: quad.triple for line, quad in found.quads.items()}
    triples: dict[str, Triple] = {}
    for line, quad in found.quads.items():
        if isinstance(quad.graph_name, DefaultGraph):
            triples[line] = quad.triple
        elif union:
            triple = quad.triple
            triples[str(triple)] = triple
    return dict(sorted(triples.items(), key=itemgetter(0)))


def _write_lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line} .\n" for line in lines).encode()


def _serialize_triples(triples: dict[str, Triple], form: Format, prefixes: dict[str, str]) -> bytes:
    """Return triples in a syntax, in their order.

    :param triples: triples by their lines, in the order of these
    :raises NotAcceptableError: if the syntax cannot carry them
    """
    if form is media.N_TRIPLES:
        return _write_lines(triples)
    buffer = GrowingBuffer()
    write_graph(list(triples.values()), cast("IO[bytes]", buffer), form, prefixes)
    return repair_xml(bytes(buffer)) if form is media.RDF_XML else bytes(buffer)


def _serialize_quads(quads: dict[str, Quad], form: Format, prefixes: dict[str, str]) -> bytes:
    """Return quads in a syntax, in their order, in TriG graph by graph.

    :param quads: quads by their lines, in the order of these
    """
    if form is media.N_QUADS:
        return _write_lines(quads)
    ordered = sorted(quads.values(), key=lambda quad: str(quad.graph_name))
    return serialize_quads(ordered, form, prefixes)


_EQUAL_FORMS: Final = {media.TRIG: media.TURTLE, media.N_QUADS: media.N_TRIPLES}
"""The syntaxes of graphs that are those of datasets, too, as long as there are no named graphs."""


def _write_dumps(found: Collected, triples: dict[str, Triple], stem: Path, forms: Iterable[Format]) -> dict[str, File]:
    """Write the dumps in those of some syntaxes that can carry the statements, and return them by name."""
    files: dict[str, File] = {}
    written: dict[Format, bytes] = {}
    for form in forms:
        try:
            equal = written.get(_EQUAL_FORMS.get(form, form)) if not found.graphs else None
            if equal is not None:
                content = equal
            elif form in _QUAD_FORMATS:
                content = _serialize_quads(found.quads, form, found.prefixes)
            else:
                content = _serialize_triples(triples, form, found.prefixes)
        except NotAcceptableError:
            continue  # this syntax cannot carry these statements; the listing shows the others
        if form in _EQUAL_FORMS.values():
            written[form] = content
        path = stem.with_name(f"{stem.name}{form.extension}")
        path.write_bytes(content)
        files[path.name] = File.from_content(path.name, form.media_type, content)
    return files


def _count_graphs(found: Collected) -> dict[str, NamedGraph]:
    """Return the named graphs, also empty ones, each with its number of triples."""
    counts = dict.fromkeys(sorted(found.graphs), 0)
    for quad in found.quads.values():
        if str(quad.graph_name) in counts:
            counts[str(quad.graph_name)] += 1
    return {name: NamedGraph(name, name.strip("<>"), count) for name, count in counts.items()}


@pause_collector()
def write_publication(  # noqa: PLR0913 - all but the paths are optional and by name
    paths: Sequence[Path],
    folder: Path,
    *,
    base: str | Address = "",
    union: bool = True,
    forms: Sequence[Format] = media.GRAPH_FORMATS,
    left_out: LeftOut | None = None,
    given: Particulars | None = None,
) -> None:
    """Write the dumps and the manifest that publish some RDF files.

    :param paths: the files
    :param folder: an existing, empty directory
    :param base: base of relative IRIs, which are served at their own paths; or the server's address
    :param union: whether the default graph is the merge of all graphs, or exactly the files' default graph
    :param forms: the syntaxes of the dumps
    :param left_out: takes the statements that are left out because they are invalid; None if they are errors
    :param given: what the operator says of the dataset, where the data itself doesn't
    :raises DataError: if a file cannot be read or parsed
    """
    iri, owned = settle_base(base)
    found = collect_files(paths, iri, left_out=left_out)
    triples = _choose_triples(found, union=union)
    stated = list(triples.values())
    about = read_particulars(DataSource(stated), iri if owned else "").complete(given or Particulars())
    key = "\n".join([str(union), iri if owned else "", *sorted(found.graphs), *found.quads])
    version = hashlib.sha256(key.encode()).hexdigest()[:_VERSION_LENGTH]
    issued = max((int(path.stat().st_mtime) for path in paths), default=0)
    manifest = Manifest(
        version=version,
        issued=datetime.fromtimestamp(issued, UTC),
        base=iri,
        title=about.choose_title()[0] or ", ".join(path.name for path in paths),
        foreign=True,
        owned=owned,
        union=union,
        triples=len(triples),
        prefixes=dict(sorted(found.prefixes.items())),
        graphs=_count_graphs(found),
        files=_write_dumps(found, triples, folder / f"data-{version}", forms),
        about=about,
    )
    statistics = count_statistics(read_as_held(stated), iri if owned else "")
    manifest = write_foreign_catalog(folder, manifest, statistics, used=find_used(stated, iri))
    (folder / CHECKSUMS).write_bytes(render_checksums(manifest.listed_files.values()))
    (folder / MANIFEST).write_bytes(render_manifest(manifest))
