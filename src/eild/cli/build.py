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
    help="Directory to write; an older build there is replaced when the new one is whole, its dumps are kept.",
)
@click.option("--replace", is_flag=True, help="Let files of the same version change: nobody has taken them yet.")
def command(out: Path, *, replace: bool) -> None:
    """Check the data against the seed text and write the dumps.

    Writes the merged dataset as Turtle, N-Triples, JSON-LD and RDF/XML, the module graphs as TriG and N-Quads, and a
    nanopublication per claim, each also compressed, with checksums and a manifest. The same input gives the same
    bytes. All problems in the data are listed with file and line, and nothing is written then.

    Over the build of an earlier version the earlier dumps stay in the directory and are listed as former versions. A
    file that was built under the same version never changes: raise the version in data/dataset.ttl, or say --replace.

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
    for former in publication.former:
        click.echo(f"  kept: version {former.version} of {former.issued.date()}, {len(former.files)} files")
