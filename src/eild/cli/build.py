"""``eild build``: write the dumps."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("build")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Directory to write; an older build there is replaced when the new one is whole.",
)
def command(out: Path) -> None:
    """Check the data against the seed text and write the dumps.

    Writes the merged dataset as Turtle, N-Triples, JSON-LD and RDF/XML and the module graphs as TriG and N-Quads,
    each also compressed, with checksums and a manifest. The same input gives the same bytes. All problems in the
    data are listed with file and line, and nothing is written then.

    \b
    Examples:
      eild build
      eild build --out /srv/eild/0.1.0
    """
    from eild.dataset import build_dataset
    from eild.dumps import MANIFEST, write_build

    folder = write_build(build_dataset(), out)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    click.echo(f"{out}: EILD {manifest['version']} of {manifest['issued']}, {manifest['triples']} triples")
    for module, graph in manifest["graphs"].items():
        click.echo(f"  {module:<12} {graph['triples']:>7} triples")
    click.echo(f"  {len(manifest['files'])} files, SHA256SUMS, build.json")
