"""``eild seed``: texts of a project."""

from __future__ import annotations

from pathlib import Path

import click

from eild.errors import UsageError

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group("seed")
def command() -> None:
    """Add texts to a project of your own.

    \b
    Examples:
      eild seed add vote.txt --seeds seeds --data data --base https://data.example.org/town/ \\
        --source https://example.org/vote --licence https://creativecommons.org/licenses/by/4.0/
      eild seed add --help
    """


@command.command("add")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seeds", type=_FOLDER, required=True, help="Folder of the seed texts of the project.")
@click.option("--data", type=_FOLDER, required=True, help="Folder of the curated data of the project.")
@click.option("--base", required=True, metavar="IRI", help="What the IRIs of the project begin with.")
@click.option("--source", required=True, metavar="URL", help="Page that the text is from.")
@click.option("--licence", required=True, metavar="IRI", help="Licence of the text.")
@click.option("--credit", default="", metavar="TEXT", help="Whom to credit for the text.")
@click.option("--title", default="", metavar="TEXT", help="Title of the text.  [default: that in the text]")
@click.option("--label", default="", metavar="TEXT", help="Title in English, for a text in another language.")
@click.option("--language", default="en", show_default=True, metavar="TAG", help="Language of the text.")
def add(file: Path, *, seeds: Path, data: Path, base: str, **about: str) -> None:
    """Make the text in FILE a seed of a project.

    The text gets the next number, a description with its checksum, and a skeleton: the article as a document, and each
    sentence with its number, ready for claims. Nothing is overwritten. A title is a first line such as = Title =, a
    heading a line such as == Heading ==, and a list item a line that starts with a hyphen.

    \b
    Example:
      eild seed add vote.txt --seeds seeds --data data --base https://data.example.org/town/ \\
        --source https://example.org/vote --licence https://creativecommons.org/licenses/by/4.0/
    """
    from eild.languages import LANGUAGE_TAG
    from eild.names import choose_names
    from eild.projects.texts import NewText, add_text
    from eild.seed.languages import LANGUAGES, find_language

    if not LANGUAGE_TAG.fullmatch(about["language"]):
        message = f"the language must be a language tag, not {about['language']!r}"
        raise UsageError(message, hint="for example, --language de")
    added = add_text(file, NewText(**about), seeds=seeds, data=data, names=choose_names(base))
    for path in added.files:
        click.echo(f"wrote {path}")
    click.echo(f"Seed {added.number}: {len(added.units)} units, SHA-256 {added.sha256}")
    if not find_language(about["language"]).tag:
        known = ", ".join(sorted(LANGUAGES))
        click.echo(
            f"eild: note: there are no abbreviations and function words for {about['language']} (only for {known}); "
            "check the sentences in the skeleton",
            err=True,
        )
    options = f"--seeds {seeds} --data {data} --base {base}"
    click.echo("Left to do:")
    click.echo(f"  write the claims of {added.open_units} sentences and list items in {added.files[-1]}")
    click.echo(f"  check them: eild validate {options}")
    click.echo(f"  find words without evidence: eild coverage {options}")
