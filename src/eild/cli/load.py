"""``eild load``: load RDF files into a store on disk."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eild.cli.builds import base_option, find_address, report_left_out, skip_option, union_option
from eild.cli.siteoptions import read_given, site_options


@click.command("load")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--store",
    "directory",
    required=True,
    type=click.Path(path_type=Path),
    help="Directory of the store. Its content is replaced when the new store is complete.",
)
@base_option
@union_option
@skip_option
@site_options
def command(
    files: tuple[Path, ...], directory: Path, base: str, *, union: bool, skip_invalid: bool, **site: str
) -> None:
    """Load RDF FILES into a store on disk, which 'eild serve --store DIR' serves.

    The extension of a file sets its syntax: .ttl .nt .nq .trig .rdf .owl .xml .jsonld .json, also followed by .gz or
    .zst. A store that is already in DIR stays in use until the new one is complete; 'eild reload' switches a server to
    the new one. The store keeps numbers and dates by value: 1.50 becomes 1.5.

    \b
    Examples:
      eild load people.ttl places.nq.gz --store /srv/people
      eild load data.trig --store /srv/data --base https://example.org/data/ --no-union-default-graph
    """
    from eild.publication.on_disk import describe_graphs, write_store
    from eild.rdf.streams import LeftOut

    size = sum(path.stat().st_size for path in files if path.is_file())
    shown = sys.stderr.isatty()
    left_out = LeftOut() if skip_invalid else None
    with click.progressbar(length=max(size, 1), label="loading", file=sys.stderr, hidden=not shown) as bar:
        base_iri = base or find_address()
        publication = write_store(
            files,
            directory,
            base=base_iri,
            union=union,
            report=bar.update,
            left_out=left_out,
            given=read_given(site),
        )
    report_left_out(left_out)
    graphs = len(publication.graphs)
    click.echo(f"{directory}: version {publication.version}, base {publication.base}")
    click.echo(f"  {publication.triples} triples in the default graph: {describe_graphs(publication)}")
    click.echo(f"  {graphs} named {'graph' if graphs == 1 else 'graphs'}")
