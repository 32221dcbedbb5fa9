"""``eild build``: write the dumps."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("build")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Output directory. A previous build is replaced when the new one is complete; its dumps are kept.",
)
@click.option(
    "--replace", is_flag=True, help="Allow files of the same version to change, if nobody has downloaded them yet."
)
def command(out: Path, *, replace: bool) -> None:
    """Check the data against the seed text and write the dumps.

    Writes the merged dataset as Turtle, N-Triples, JSON-LD and RDF/XML, the module graphs as TriG and N-Quads, and one
    nanopublication per claim, plain and compressed, with checksums and a manifest. Builds are reproducible: the same
    input gives the same bytes. If there are problems in the data, all of them are reported with file and line, and
    nothing is written.

    If the directory contains an earlier version, its dumps are kept and listed. Files of a version that was already
    built never change: increase the version in data/dataset.ttl, or use --replace.

    \b
    Examples:
      eild build
      eild build --out /srv/eild/0.1.0
    """
    from eild.dataset import build_dataset
    from eild.publication.directory import write_build
    from eild.publication.manifest import load_publication

    publication = load_publication(write_build(build_dataset(), out, replace=replace))
    day = publication.issued.date()
    click.echo(f"{out}: EILD {publication.version} of {day}, {publication.triples} triples")
    for module, graph in publication.graphs.items():
        click.echo(f"  {module:<12} {graph.triples:>7} triples")
    click.echo(f"  {len(publication.files)} files, SHA256SUMS, build.json")
    for earlier in publication.earlier:
        click.echo(f"  kept: version {earlier.version} of {earlier.issued.date()}, {len(earlier.files)} files")
