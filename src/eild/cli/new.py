"""``eild new``: make the directory of a project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from eild.errors import UsageError


@click.command("new")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base", default="", metavar="IRI", help="What the IRIs of the project begin with; required.")
@click.option("--title", default="", metavar="TEXT", help="Title of the dataset.  [default: name of the directory]")
@click.option("--publisher", default="", metavar="TEXT", help="Name of who publishes it.  [default: from the title]")
@click.option("--licence", default="", metavar="IRI", help="Licence of the data.  [default: CC BY-SA 4.0]")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Release date.  [default: today]")
def command(  # noqa: PLR0913 - one parameter for each option
    directory: Path, *, base: str, title: str, publisher: str, licence: str, day: datetime | None
) -> None:
    """Make the DIRECTORY of a project of your own.

    It gets a README, folders for texts and data, a Makefile and a CI job. The project uses EILD's ontology, shapes and
    concept schemes by reference. Nothing is overwritten.

    \b
    Examples:
      eild new town --base https://data.example.org/town/
      eild new town --base https://data.example.org/town/ --title "Votes of the town" --publisher "Town archive"
    """
    from eild.names import choose_names
    from eild.projects.new import LICENCE, NewProject, create_project

    if not base:
        message = "the base of the project is missing: what its IRIs begin with"
        raise UsageError(message, hint="use an address that you control, such as --base https://data.example.org/town/")
    named = title or directory.absolute().name.replace("-", " ").replace("_", " ").capitalize()
    released = (day or datetime.now(UTC)).date()
    project = NewProject(choose_names(base), named, publisher or f"{named} project", released, licence or LICENCE)
    files = create_project(directory, project)
    for path in files:
        click.echo(f"wrote {path}")
    click.echo("Left to do:")
    click.echo(f"  check data/dataset.ttl in {directory}: description, licence, rights, keywords")
    options = f"--seeds seeds --data data --base {base} --source URL --licence IRI"
    click.echo(f"  add a text: cd {directory}; eild seed add TEXT {options}")
