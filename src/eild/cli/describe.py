"""``eild describe``: everything that the dataset says about a resource."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click

from eild import media
from eild.cli.builds import FileOptions, find_data

FORMATS = tuple(form.name for form in media.DOCUMENT_FORMATS if form is not media.HTML)
"""Names of the formats of a description."""


@click.command("describe")
@click.argument("name", metavar="IRI")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "wanted",
    type=click.Choice(FORMATS, case_sensitive=False),
    default="ttl",
    show_default=True,
    help="Format of the description.",
)
@click.option("--page", type=click.IntRange(min=1), default=1, help="Page number of a long description.")
@click.option("--base", default="", metavar="IRI", help="Base IRI for relative IRIs in the files.")
@click.option(
    "--dist",
    type=click.Path(path_type=Path, file_okay=False),
    help="Build directory to read, as written by 'eild build'.",
)
def command(name: str, files: tuple[Path, ...], **options: Any) -> None:  # noqa: ANN401 - by name
    """Print what EILD's own dataset, or RDF FILES, say about a resource.

    The IRI may be a full IRI, a prefixed name, or a path below the base. The description contains its triples, the
    triples that point to it, the claims about it with their evidence, and the labels of all resources.

    \b
    Examples:
      eild describe agent:joe-biden
      eild describe https://w3id.org/eild/id/claim/000-012-1 --format jsonld
      eild describe ex:thing things.ttl
    """
    with contextlib.ExitStack() as stack:
        folder = find_data(stack, files, FileOptions(options["base"]), options["dist"])
        sys.stdout.buffer.write(render_description(folder, name, options["wanted"], options["page"]))
        sys.stdout.buffer.flush()


def render_description(folder: Path, name: str, wanted: str, page: int) -> bytes:
    """Return the description of a resource in a graph syntax.

    :param folder: the build directory
    :param name: an IRI, a prefixed name, or a path below the base
    :param wanted: name of the syntax
    :param page: page number of a long description, from 1
    :raises NotFoundError: if the dataset has no such resource or page
    """
    from eild.access.names import expand
    from eild.documents.descriptions import build_graph, describe, find_node
    from eild.documents.index import DocumentIndex
    from eild.publication.manifest import choose_prefixes, load_publication
    from eild.rdf.writing import serialize_graph

    publication = load_publication(folder)
    prefixes = dict(choose_prefixes(publication))
    index = DocumentIndex.load(publication)
    node = find_node(index, expand(name, prefixes, publication.base))
    form = media.require_format(wanted, media.DOCUMENT_FORMATS)
    return serialize_graph(build_graph(index, describe(index, node, page)), form, prefixes)
