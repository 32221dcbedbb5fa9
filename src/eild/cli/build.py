"""``eild build``: write the dumps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from eild.cli.project import project_base_option, project_options, take_project


@click.command("build")
@project_options
@project_base_option
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
def command(out: Path, *, replace: bool, base: str, **folders: Any) -> None:  # noqa: ANN401 - the options above
    """Check the data against the seed text and write the dumps.

    Writes the merged dataset as Turtle, N-Triples, JSON-LD and RDF/XML, the module graphs as TriG and N-Quads, and one
    nanopublication per claim, plain and compressed, with checksums and a manifest. Builds are reproducible: the same
    input gives the same bytes. If there are problems in the data, all of them are reported with file and line, and
    nothing is written.

    If the directory contains an earlier version, its dumps are kept and listed. Files of a version that was already
    built never change: increase the version in data/dataset.ttl, or use --replace.

    With --seeds, --data and --base, a project of your own is built; see 'eild new --help'.

    \b
    Examples:
      eild build
      eild build --out /srv/eild/0.1.0
      eild build --seeds seeds --data data --base https://data.example.org/town/
    """
    from eild.dataset.project import OWN_PROJECT
    from eild.publication.directory import write_build
    from eild.publication.manifest import load_publication

    project = take_project(folders, base) or OWN_PROJECT
    dataset = project.build()
    publication = load_publication(write_build(dataset, out, replace=replace))
    day = publication.issued.date()
    name = "EILD" if dataset.names.is_eild else publication.title
    click.echo(f"{out}: {name} {publication.version} of {day}, {publication.triples} triples")
    for module, graph in publication.graphs.items():
        click.echo(f"  {module:<12} {graph.triples:>7} triples")
    click.echo(f"  {len(publication.files)} files, SHA256SUMS, build.json")
    for earlier in publication.earlier:
        click.echo(f"  kept: version {earlier.version} of {earlier.issued.date()}, {len(earlier.files)} files")
