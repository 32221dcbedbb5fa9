"""``eild coverage``: words of the seed texts that no evidence covers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from eild.cli.project import project_base_option, project_options, take_project
from eild.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.facts.coverage import SentenceCoverage


@click.command("coverage")
@project_options
@project_base_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--words", is_flag=True, help="Print the list of function words of a language and exit.")
@click.option("--language", default="en", show_default=True, metavar="TAG", help="Language of the list of words.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    form: str,
    *,
    words: bool,
    language: str,
    base: str,
    **folders: Any,  # noqa: ANN401 - the options of a project
) -> None:
    """Show the words that no evidence covers, and the length of the evidence, for each sentence.

    Only function words (see --words) may be uncovered. The exit code is 1 if a content word is uncovered.

    \b
    Examples:
      eild coverage
      eild coverage --format json
      eild coverage --words --language de
      eild coverage --seeds seeds --data data --base https://data.example.org/town/
    """
    from eild.dataset.project import OWN_PROJECT
    from eild.errors import ProblemsError
    from eild.facts.coverage import measure_coverage
    from eild.facts.evidence import check_evidence
    from eild.facts.reading import load_facts
    from eild.seed.seeds import load_seeds

    if words:
        listed = sorted(_find_words(language))
        click.echo(json.dumps(listed) if form == "json" else " ".join(listed))
        return
    project = take_project(folders, base) or OWN_PROJECT
    seeds, facts = load_seeds(project.seeds, project.names), load_facts(project.data, project.names)
    reading = check_evidence(facts.located, seeds)
    if reading.findings:
        raise ProblemsError(reading.findings)
    rows = measure_coverage(facts.located, reading.spans, seeds)
    if form == "json":
        click.echo(json.dumps(_as_json(rows), ensure_ascii=False, indent=2))
    else:
        _print_table(rows)
    if any(row.uncovered for row in rows):
        ctx.exit(1)


def _find_words(language: str) -> frozenset[str]:
    """Return the function words of a language.

    :raises UsageError: if there is no list for it
    """
    from eild.seed.languages import LANGUAGES, find_language

    found = find_language(language)
    if not found.tag:
        message = f"there is no list of function words for {language!r}"
        raise UsageError(message, hint=f"use one of {', '.join(sorted(LANGUAGES))}")
    return found.function_words


def _as_json(rows: Sequence[SentenceCoverage]) -> dict[str, object]:
    return {
        "sentences": [row.as_json() for row in rows],
        "words": sum(row.words for row in rows),
        "covered": sum(row.covered for row in rows),
        "spans": sum(row.spans for row in rows),
        "uncoveredContentWords": sum(len(row.uncovered) for row in rows),
    }


def _print_table(rows: Sequence[SentenceCoverage]) -> None:
    click.echo("sentence  words  covered  spans  words/span  longest span   uncovered content words")
    for row in rows:
        figures = f"{row.words:>5}  {row.share:>7.0%}  {row.spans:>5}  {row.mean:>10.1f}"
        longest = f"{row.longest:>3} ({row.longest_share:>4.0%})"
        click.echo(f"{row.sentence:<8}  {figures}  {longest:>12}   {' '.join(row.uncovered)}".rstrip())
    words, covered, spans = (sum(getattr(row, name) for row in rows) for name in ("words", "covered", "spans"))
    mean = sum(row.mean * row.spans for row in rows) / spans if spans else 0.0
    click.echo(f"{'all':<8}  {words:>5}  {covered / max(words, 1):>7.0%}  {spans:>5}  {mean:>10.1f}")
    missing = sum(len(row.uncovered) for row in rows)
    if missing:
        click.echo(
            f"{missing} content words are not covered by any evidence. Cite them, or explain why they express no claim."
        )
