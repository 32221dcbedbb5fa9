"""The index of a published dataset: SQLite's full-text engine (FTS5, BM25) over a private temporary database.

The database is built when a version is first searched and never changes after that. SQLite keeps of it in memory what
its cache holds and the rest in a temporary file that has no name, so that the memory that a large dataset takes is
bounded.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.errors import EnvironmentFailure, QueryTimeoutError
from eild.search.entries import PART
from eild.search.question import blank, fold, list_leasts, make_expression, parse_question, seam, write_question
from eild.search.snippets import CLOSE, OPEN, make_snippet
from eild.search.spelling import correct, list_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from eild.search.entries import Entry
    from eild.search.question import SearchWord
    from eild.search.snippets import Excerpt

MOST_ENTRIES: Final = 250_000
"""How many entries an index has at most."""
MOST_HITS: Final = 10_000
"""How many hits of one question are counted and paged through: the best."""
MOST_NAMESAKES: Final = 1_000
"""How many resources of one name are told apart."""
MOST_SECONDS: Final = 3.0
"""How long one question may take."""

_CACHE_KIBIBYTES: Final = 8192
_MOST_KNOWN: Final = 200_000  # held in memory as soon as a word had to be corrected
_STEPS: Final = 20_000
_SCHEMA: Final = """
CREATE VIRTUAL TABLE texts USING fts5(name, names, words, text,
    tokenize="porter unicode61 remove_diacritics 2", prefix="3");
CREATE TABLE entry(id INTEGER PRIMARY KEY, iri TEXT, folded TEXT, weight REAL, unit TEXT, hidden TEXT);
CREATE TABLE value(entry INTEGER, facet TEXT, value TEXT, label TEXT);
CREATE TABLE label(folded TEXT, entry INTEGER);
CREATE TABLE known(word TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
"""
_INDEXES: Final = """
CREATE INDEX by_entry ON value(entry); CREATE INDEX by_iri ON entry(iri);
CREATE INDEX by_label ON label(folded, entry); ANALYZE;
"""
_FIND: Final = """
SELECT entry.id FROM
  (SELECT rowid AS id, bm25(texts, 10.0, 6.0, 3.0, 2.0) AS score FROM texts WHERE texts MATCH ?
   ORDER BY 2, 1 LIMIT ?) AS hit
  JOIN entry ON entry.id = hit.id
ORDER BY entry.folded != ?, hit.score * entry.weight, entry.id
"""
_COMPLETE: Final = """
SELECT texts.name, entry.iri, (SELECT label FROM value WHERE value.entry = entry.id AND facet = 'kind') FROM
  (SELECT entry.id AS id, bm25(texts, 10.0, 6.0, 0.0, 0.0) * entry.weight AS score
   FROM texts JOIN entry ON entry.id = texts.rowid
   WHERE texts MATCH ? AND entry.folded != '' AND length(entry.folded) <= 90 ORDER BY 2, 1 LIMIT ?) AS hit
  JOIN entry ON entry.id = hit.id JOIN texts ON texts.rowid = hit.id
ORDER BY hit.score, hit.id
"""
_SHOW: Final = f"""
SELECT entry.iri, entry.unit, entry.hidden, {", ".join(f"highlight(texts, {n}, '{OPEN}', '{CLOSE}')" for n in range(4))}
FROM texts JOIN entry ON entry.id = texts.rowid WHERE texts MATCH ? AND texts.rowid = ?
"""  # noqa: S608 - made of constants
_NAMESAKES: Final = """
SELECT entry.iri FROM label JOIN entry ON entry.id = label.entry WHERE label.folded = ? ORDER BY label.entry LIMIT ?
"""
_FACETS: Final = ("kind", "stance", "section", "source")


@dataclass(frozen=True)
class Hit:
    """A resource that was found.

    :ivar iri: its IRI
    :ivar kind: its kind: name in URLs, and what people read
    :ivar name: what it is called, or its words where it has no name
    :ivar named: whether it has a name of its own
    :ivar words: words of the text that support it, around those that were searched for; None if it has none
    :ivar text: what is said of it, where the words that were looked for stand only there
    :ivar stances: the stance of a claim, as its name in URLs and what people read
    :ivar unit: number of the sentence in which its words begin, such as ``000-012``; empty if it has none
    :ivar hides: whether something in its words is not shown
    :ivar matched: another name of it that has the words, where its name has none of them
    """

    iri: str
    kind: tuple[str, str]
    name: Excerpt
    named: bool
    words: Excerpt | None
    text: Excerpt | None
    stances: tuple[tuple[str, str], ...]
    unit: str
    hides: bool
    matched: Excerpt | None = None


@dataclass(frozen=True)
class Results:
    """What a search found.

    :ivar words: the words that were looked for
    :ivar corrected: the question as it should perhaps have been, where nothing has the words as they are
    :ivar least: how many of the words each hit has; all of them, or as many as any hit has
    :ivar total: how many hits there are, :data:`MOST_HITS` at most
    :ivar hits: those of the page that was asked for, the best first
    :ivar facets: by facet, each value with its label and how many hits have it and all that was chosen otherwise
    """

    words: tuple[SearchWord, ...]
    corrected: str
    least: int
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Sequence[tuple[str, str, int]]]


@dataclass(frozen=True)
class Completion:
    """A name that goes on from what has been typed.

    :ivar name: the name
    :ivar iri: the IRI of what has it
    :ivar kind: what kind of thing that is
    """

    name: str
    iri: str
    kind: str


def _make_key(name: str) -> str:
    """Return a name as names are compared: without case, diacritics, and differences of white space."""
    return " ".join(fold(blank(name)).split())


@dataclass(frozen=True)
class _Found:
    ids: list[int]
    expression: str
    words: tuple[SearchWord, ...]
    least: int
    corrected: str = ""


class SearchIndex:
    """The texts of a dataset, ready to be searched from any thread.

    :param entries: what can be found; those beyond :data:`MOST_ENTRIES` are left out
    :raises EnvironmentFailure: if this Python's SQLite has no full-text engine, or no room for the index
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._lock = threading.Lock()
        self._deadline = 0.0
        self.complete = True
        self._known: dict[str, int] = {}
        try:
            self._connection = sqlite3.connect("", check_same_thread=False, isolation_level=None)
            self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
            self.size = self._fill(entries)
        except sqlite3.OperationalError as error:
            message = f"the search index cannot be built: {error}"
            hint = "use a Python whose SQLite has FTS5, and free disk space for temporary files"
            raise EnvironmentFailure(message, hint=hint) from error
        weakref.finalize(self, self._connection.close)
        self._connection.set_progress_handler(self._is_late, _STEPS)

    def _fill(self, entries: Iterable[Entry]) -> int:
        connection = self._connection
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        known: Counter[str] = Counter()
        number = 0
        for number, entry in enumerate(entries, 1):
            if number > MOST_ENTRIES:
                self.complete = False
                number -= 1  # noqa: PLW2901 - the one that is left out does not count
                break
            texts = [blank(text) for text in (entry.name, entry.names, entry.words, entry.text)]
            hidden = ",".join(f"{begin}-{end}" for begin, end in entry.hidden)
            row = (number, entry.iri, fold(entry.name), entry.weight, entry.unit, hidden)
            connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute(
                "INSERT INTO texts(rowid, name, names, words, text) VALUES (?, ?, ?, ?, ?)", (number, *map(seam, texts))
            )
            facets = {"kind": (entry.kind,), **entry.facets}
            rows = [(number, facet, *value) for facet, values in facets.items() for value in dict.fromkeys(values)]
            connection.executemany("INSERT INTO value VALUES (?, ?, ?, ?)", rows)
            labels = dict.fromkeys(_make_key(label) for label in (entry.name, *entry.labels) if label)
            connection.executemany("INSERT INTO label VALUES (?, ?)", [(label, number) for label in labels])
            if len(known) < _MOST_KNOWN:
                known.update(list_words(" ".join(texts)))
        connection.executemany("INSERT INTO known VALUES (?, ?)", known.items())
        connection.execute("INSERT INTO texts(texts) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
        return number

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    @contextmanager
    def _limit(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to one thread at a time, for :data:`MOST_SECONDS` with the waiting.

        :raises QueryTimeoutError: if that is not enough
        """
        message = f"the search took longer than {MOST_SECONDS:g} seconds"
        hint = "search for rarer words, or for a phrase in quotation marks"
        deadline = time.monotonic() + MOST_SECONDS
        if not self._lock.acquire(timeout=MOST_SECONDS):
            raise QueryTimeoutError(message, hint=hint)
        try:
            self._deadline = deadline
            yield self._connection
        except sqlite3.OperationalError as error:
            if not self._is_late():
                raise
            raise QueryTimeoutError(message, hint=hint) from error
        finally:
            self._lock.release()

    def search(
        self,
        question: str,
        chosen: Mapping[str, str] | None = None,
        *,
        start: int = 0,
        count: int = 20,
        show_hidden: bool = False,
    ) -> Results:
        """Return what has the words of a question, the best first.

        Where nothing has all of them, words that occur nowhere are taken for the nearest ones that do; where that does
        not help either, what has as many of them as possible is found.

        :param question: what people typed
        :param chosen: the value that hits must have, by facet
        :param start: how many hits are ignored
        :param count: how many are returned
        :param show_hidden: whether words are shown that call for care
        :raises RequestError: if the question is too long
        :raises QueryTimeoutError: if it takes too long
        """
        words = parse_question(question)
        if not words:
            return Results((), "", least=0, total=0, hits=(), facets={})
        wanted = {facet: value for facet, value in (chosen or {}).items() if value and facet in _FACETS}
        with self._limit() as connection:
            found = self._find(connection, words, fold(" ".join(blank(question).split())))
            chosen_ids, facets = _count(connection, found.ids, wanted)
            hits = [
                self._show(connection, found.expression, number, show_hidden=show_hidden)
                for number in chosen_ids[start : start + count]
            ]
        return Results(found.words, found.corrected, found.least, len(chosen_ids), tuple(hits), facets)

    def list_namesakes(self, name: str) -> list[str]:
        """Return the IRIs of the resources that have a name, in whatever property; :data:`MOST_NAMESAKES` at most.

        :raises QueryTimeoutError: if it takes too long
        """
        with self._limit() as connection:
            return [iri for (iri,) in connection.execute(_NAMESAKES, (_make_key(name), MOST_NAMESAKES))]

    def list_named_like(
        self, name: str, count: int, accept: Callable[[str], bool] | None = None, *, typed: bool = False
    ) -> list[str]:
        """Return the IRIs of the resources whose names have the words of a name, the best first.

        Words are corrected, and fewer of them are enough, as in :meth:`search`; other texts than names do not count.

        :param name: the name; a word may be followed by an asterisk
        :param count: how many are returned
        :param accept: returns whether a resource, given by its IRI, comes into question; without it, each does
        :param typed: whether somebody is typing, so that the last word may go on, and no other words are taken
        :raises RequestError: if the name is too long
        :raises QueryTimeoutError: if it takes too long
        """
        words = parse_question(f"{name.rstrip('* ')}*" if typed else name)
        if not words:
            return []
        found: list[str] = []
        with self._limit() as connection:
            hits = self._find(connection, words, _make_key(name), names_only=True, nearest=not typed)
            for number in hits.ids:
                (iri,) = connection.execute("SELECT iri FROM entry WHERE id = ?", (number,)).fetchone()
                if accept is None or accept(iri):
                    found.append(iri)
                if len(found) == count:
                    break
        return found

    def _find(
        self,
        connection: sqlite3.Connection,
        words: tuple[SearchWord, ...],
        folded: str,
        *,
        names_only: bool = False,
        nearest: bool = True,
    ) -> _Found:
        """Return what has the words, or else the nearest words, or else as many of them as possible.

        :param names_only: whether the words must be in names
        :param nearest: whether other or fewer words will do
        """

        def find(wanted: tuple[SearchWord, ...], least: int, corrected: str = "") -> _Found:
            expression = make_expression(wanted, least)
            if names_only:
                expression = f"{{name names}} : ({expression})"
            rows = connection.execute(_FIND, (expression, MOST_HITS, folded))
            return _Found([number for (number,) in rows], expression, wanted, least, corrected)

        found = find(words, len(words))
        if found.ids or not nearest:
            return found
        corrected = ""
        if unknown := [word for word in words if not self._occurs(connection, word)]:
            if not self._known:
                self._known = dict(connection.execute("SELECT word, count FROM known"))
            better = correct(words, unknown, self._known)
            if better != words:
                words, corrected = better, write_question(better)
                found = find(words, len(words), corrected)
        for least in list_leasts(len(words)):
            if not found.ids:
                found = find(words, least, corrected)
        return found

    @staticmethod
    def _occurs(connection: sqlite3.Connection, word: SearchWord) -> bool:
        row = connection.execute("SELECT 1 FROM texts WHERE texts MATCH ? LIMIT 1", (word.expression,)).fetchone()
        return row is not None

    @staticmethod
    def _show(connection: sqlite3.Connection, expression: str, number: int, *, show_hidden: bool) -> Hit:
        iri, unit, covered, name, names, words, text = connection.execute(_SHOW, (expression, number)).fetchone()
        values: dict[str, list[tuple[str, str]]] = {}
        for facet, value, label in connection.execute(
            "SELECT facet, value, label FROM value WHERE entry = ?", (number,)
        ):
            values.setdefault(facet, []).append((value, label))
        spans = [tuple(map(int, span.split("-"))) for span in covered.split(",") if span]
        hidden = [] if show_hidden else [(begin, end) for begin, end in spans]
        quoted = make_snippet(words, hidden) if words else None
        stances = tuple(values.get("stance", ()))
        said = make_snippet(text) if text and not stances and (OPEN in text or not quoted) else None
        title = make_snippet(name) if name else quoted or make_snippet(iri)
        words_beside = quoted if name else None
        others = [part for part in names.split(PART) if OPEN in part] if name and OPEN not in name else []
        matched = make_snippet(others[0]) if others else None
        return Hit(iri, values["kind"][0], title, bool(name), words_beside, said, stances, unit, bool(hidden), matched)

    def suggest(self, question: str, count: int = 8) -> list[Completion]:
        """Return names that go on from what has been typed so far, each once.

        :raises RequestError: if the question is too long
        :raises QueryTimeoutError: if it takes too long
        """
        words = parse_question(f"{question.rstrip('* ')}*")
        if not words:
            return []
        with self._limit() as connection:
            expression = f"{{name names}} : ({make_expression(words, len(words))})"
            rows = connection.execute(_COMPLETE, (expression, 4 * count)).fetchall()
        found: dict[str, Completion] = {}
        for name, iri, kind in rows:
            text = make_snippet(name).text
            found.setdefault(fold(text), Completion(text, iri, kind))
        return list(found.values())[:count]

    def close(self) -> None:
        """Give the database back."""
        self._connection.close()


def _count(
    connection: sqlite3.Connection, ids: Sequence[int], wanted: Mapping[str, str]
) -> tuple[list[int], dict[str, list[tuple[str, str, int]]]]:
    """Return the hits that have every value that is asked for, in their order, and by facet its values with counts.

    The counts of a facet are those of hits that have what is asked for of all *other* facets.
    """
    values: dict[int, list[tuple[str, str, str]]] = {number: [] for number in ids}
    for start in range(0, len(ids), 1000):
        batch = ids[start : start + 1000]
        marks = ",".join("?" * len(batch))
        query = f"SELECT entry, facet, value, label FROM value WHERE entry IN ({marks})"  # noqa: S608 - marks only
        for number, facet, value, label in connection.execute(query, batch):
            values[number].append((facet, value, label))
    counts: dict[str, Counter[tuple[str, str]]] = {facet: Counter() for facet in _FACETS}
    kept = []
    for number in ids:
        have = {(facet, value) for facet, value, _ in values[number]}
        missing = {facet for facet, value in wanted.items() if (facet, value) not in have}
        if not missing:
            kept.append(number)
        for facet, value, label in values[number]:
            if missing <= {facet}:
                counts[facet][value, label] += 1
    rows = {
        facet: [(value, label, n) for (value, label), n in sorted(found.items(), key=lambda row: (-row[1], row[0]))]
        for facet, found in counts.items()
        if found
    }
    return kept, rows
