"""What pages of a large thesaurus cost: start, memory, and the time of each kind of page, by process time.

``python -m benchmarks.sites`` makes a thesaurus of 100,000 concepts (:func:`write_thesaurus`), loads it as a server
does, in one process without sockets, and asks for each kind of page, first and again. Process time is counted, which
other programs on the machine hardly change. It prints a table; ``--out FILE`` keeps it.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.config import Settings
from eild.publication.manifest import choose_prefixes, load_publication
from eild.publication.of_files import write_publication
from eild.query.embedded import EmbeddedEngine
from eild.web.app import create_app
from eild.web.frame.site import load_site
from eild.web.warming import warm

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE: Final = "https://thesaurus.example/"
CONCEPTS: Final = 100_000
FAN_OUT: Final = 12
"""How many narrower concepts a concept has."""
ROUNDS: Final = 20
LANGUAGES: Final = ("en", "de", "fr")

_SYLLABLES: Final = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu stra tion berg ling heit".split()
_HEAD: Final = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@base <https://thesaurus.example/> .
<scheme> a skos:ConceptScheme ; dct:title "A thesaurus of made-up words"@en , "Ein Thesaurus erfundener Wörter"@de .
"""


@dataclass(frozen=True)
class PageCost:
    """What a kind of page costs.

    :ivar name: what kind it is
    :ivar first: milliseconds of process time when it is first asked for
    :ivar again: the median of later times
    :ivar worst: the longest of later times
    """

    name: str
    first: float
    again: float
    worst: float


def _make_word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))


def list_lines(concepts: int, seed: int = 17) -> Iterator[str]:
    """Yield the lines of a thesaurus in Turtle: labels in three languages, one hierarchy, notes, notations, mappings.

    :param concepts: how many concepts it has
    :param seed: what the words are drawn from; the same lines each time
    """
    chance = random.Random(seed)  # noqa: S311 - words, not secrets
    yield _HEAD
    for number in range(concepts):
        words = [f"{_make_word(chance)} {_make_word(chance)}" for _ in LANGUAGES]
        labels = " , ".join(f'"{word}"@{tag}' for word, tag in zip(words, LANGUAGES, strict=True))
        parts = [f"<c/{number}> a skos:Concept ; skos:inScheme <scheme> ; skos:prefLabel {labels}"]
        parts.append(f'skos:altLabel "{_make_word(chance)}"@en ; skos:notation "{number:06d}"')
        if number >= FAN_OUT:
            parts.append(f"skos:broader <c/{number // FAN_OUT - 1}>")
        else:
            parts.append("skos:topConceptOf <scheme>")
        if number % 5 == 0:
            parts.append(f'skos:definition "What is called {words[0]} by those who speak of it."@en')
        if number % 7 == 0:
            parts.append(f"skos:exactMatch <https://elsewhere.example/{number}>")
        yield f"{' ; '.join(parts)} .\n"


def write_thesaurus(path: Path, concepts: int) -> None:
    """Write a thesaurus as Turtle."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(list_lines(concepts))


def list_pages(concepts: int) -> dict[str, list[str]]:
    """Return paths by kind of page; each kind has several, so that no answer is the one before."""
    middle = concepts // 2
    return {
        "home": ["/"],
        "concept": [f"/doc/c/{middle + number}" for number in range(ROUNDS)],
        "concept with narrower ones": [f"/doc/c/{number + 20}" for number in range(ROUNDS)],
        "concept in another language": [f"/doc/c/{middle + number}?lang=fr" for number in range(ROUNDS)],
        "concept as Turtle": [f"/doc/c/{middle + number}.ttl" for number in range(ROUNDS)],
        "scheme": ["/doc/scheme"],
        "scheme as a tree": ["/concepts"],
        "index of a letter": ["/concepts?letter=B", "/concepts?letter=S&page=3"],
        "list of a class": [f"/entities?kind=http://www.w3.org/2004/02/skos/core%23Concept&page={n}" for n in (1, 500)],
        "search, one word": ["/search?q=straberg", "/search?q=bace", "/search?q=gution"],
        "search, two words": ["/search?q=bace+gution", "/search?q=lomu+heitba"],
        "suggestions": ["/search/suggest?q=stra", "/search/suggest?q=hei"],
    }


def measure(concepts: int) -> tuple[list[PageCost], dict[str, float]]:
    """Return what pages cost, and what start, the index of words and memory are.

    :param concepts: how many concepts the thesaurus has
    """
    with tempfile.TemporaryDirectory(prefix="eild-") as name:
        folder = Path(name)
        write_thesaurus(folder / "thesaurus.ttl", concepts)
        (folder / "build").mkdir()
        begin = time.process_time()
        write_publication([folder / "thesaurus.ttl"], folder / "build", base=BASE)
        written = time.process_time()
        publication = load_publication(folder / "build")
        engine = EmbeddedEngine.load(publication, prefixes=choose_prefixes(publication), result_bytes=64_000_000)
        site = load_site(folder / "build", Settings(), engine)
        client = create_app(site).test_client()
        loaded = time.process_time()
        site.search_index.get(600)
        indexed = time.process_time()
        warm(site)
        warmed = time.process_time()
        costs = []
        for kind, paths in list_pages(concepts).items():
            times = []
            for number in range(ROUNDS + 1):
                accept = "application/json" if "suggest" in kind else "text/html"
                start = time.process_time()
                response = client.get(paths[number % len(paths)], headers={"Accept": f"{accept}, */*;q=0.1"})
                times.append(1000 * (time.process_time() - start))
                if response.status_code != 200:  # noqa: PLR2004 - success
                    message = f"{kind}: {response.status_code} {response.text[:300]}"
                    raise RuntimeError(message)
            costs.append(PageCost(kind, times[0], statistics.median(times[1:]), max(times[1:])))
        kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {
        "files to dumps and catalogue, s": written - begin,
        "dumps to pages, s": loaded - written,
        "index of words, s": indexed - loaded,
        "lists ahead of requests, s": warmed - indexed,
        "memory at most, MiB": kibibytes / 1024,
    }
    return costs, figures


def render(concepts: int, costs: list[PageCost], figures: dict[str, float]) -> str:
    """Return the table as Markdown."""
    lines = [f"# Pages of a thesaurus of {concepts:,} concepts", "", "Process time; `python -m benchmarks.sites`.", ""]
    lines += ["| | |", "|---|---|", *(f"| {name} | {value:.1f} |" for name, value in figures.items()), ""]
    lines += ["| page | first, ms | median, ms | longest, ms |", "|---|---|---|---|"]
    lines += [f"| {cost.name} | {cost.first:.1f} | {cost.again:.1f} | {cost.worst:.1f} |" for cost in costs]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sites", description=__doc__)
    parser.add_argument("--concepts", type=int, default=CONCEPTS)
    parser.add_argument("--out", type=Path, help="file for the table")
    options = parser.parse_args(arguments)
    text = render(options.concepts, *measure(options.concepts))
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
