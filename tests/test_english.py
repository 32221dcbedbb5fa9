"""House style of the texts in the ontology, the shapes, the concept schemes and the example questions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from rdflib.namespace import DCTERMS, RDFS, SH, SKOS

from eild.facts.examples import load_examples
from eild.located import LocatedGraph, parse_located
from eild.resources import display_path, resource_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import URIRef

PREDICATES: Final = (
    *(SKOS.definition, SKOS.scopeNote, SKOS.example, SKOS.editorialNote),
    *(DCTERMS.title, DCTERMS.description, RDFS.label, RDFS.comment, SH.name, SH.message, SH.description),
)
MESSAGE_WORDS: Final = 25
"""Maximum number of words in a sentence of a message."""
SENTENCE_WORDS: Final = 30
"""Maximum number of words in any other sentence; quoted words of the seed count as one."""
MESSAGES: Final = 260
"""Minimum number of messages: fewer mean that a folder or a predicate is missing."""

AVOIDED: Final = {
    r"(?:is|are) no (?!longer|one)\w": "negate the verb: “is not a …”, or say what it must be",
    r"carr(?:y|ies) a property": "must not have this property",
    r"(?:build again|write none|write nothing|builds? anew|anew)": "rebuild",
    r"circles?": "cycle",
    r"wider": "broader",
    r"tops(?! of)|under (?:a|one|seven) tops?": "top concept",
    r"(?:some|no|any)body": "someone, no one, anyone",
    r"whoever|whom or what": "name the agent, the resource or the speaker",
    r"by way of": "through",
    r"beside": "next to, in addition to",
    r"tells? of|told of": "describes, reports",
    r"(?:stands?|stood|stand) (?:as|here|there|in (?:the|no|a|so)|on|for the)": "is given by, occurs in, represents",
    r"given as (?!an IRI)": "given by",
    r"so that it is": "so it is",
    r"in so many words": "expressly",
    r"(?:one|once) [\w:]+(?: [\w:]+)? at most": "at most one",
    r"just one": "exactly one",
    r", else|or else": "otherwise",
    r"data (?:are|have|do|say|hold|describe|name|know)": "the data is, has, describes",
    r"lower case|upper case|small letters|capital letters": "lowercase, uppercase",
    r"where (?:the text|the words|no |it is |there is |one is |several)": "if",
    r"(?:character|recogn|serial|organ|normal|summar|critic)is(?:e|ed|es|ing|ation)": "British spelling with -ize",
    r"encyclopedia": "encyclopaedia",
    r"\w+n't|it's|we'll|you'll": "no contractions in ontology and shapes",
}
"""Wording to avoid, as regular expressions for whole words, with the wording to use instead."""

_QUOTED: Final = re.compile(r"“[^”]*”|'[^']*' (?=networks)")
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z“?])")


class Text(NamedTuple):
    """Text of the published data, with its place."""

    place: str
    predicate: URIRef | None
    words: str


def _texts() -> Iterator[Text]:
    files = [*resource_files("ontology", "*.ttl"), *resource_files("shapes", "*.ttl")]
    files += [path for path in resource_files("data", "**/*.ttl") if path.parent.name == "concepts"]
    for path in files:
        located: LocatedGraph = parse_located(display_path(path))
        for predicate in PREDICATES:
            for subject, words in located.graph.subject_objects(predicate):
                yield Text(f"{located.locate(subject, predicate, words)}: {subject}", predicate, str(words))
    for example in load_examples():
        for key in sorted(example.comments.keys() & {"title", "question", "note"}):
            yield Text(f"queries/{example.name}.rq", None, example.comments[key])


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    """Return all texts that the house style covers."""
    return sorted(_texts(), key=str)


def split_sentences(words: str) -> list[str]:
    """Return the sentences of a text, in which quoted words of the seed are replaced by one word."""
    return _SENTENCE_END.split(_QUOTED.sub("“…”", words))


def test_texts_messages_and_questions_are_all_found(texts: list[Text]) -> None:
    """No folder and no predicate is left out unseen."""
    assert sum(text.predicate == SH.message for text in texts) >= MESSAGES
    assert {text.predicate for text in texts} >= {SH.name, SKOS.definition, SKOS.scopeNote, DCTERMS.description, None}


def test_message_says_what_must_hold_and_then_how_to_fix_it(texts: list[Text]) -> None:
    """The first sentence of a message is the requirement, with “must”; at least one more says what to do."""
    offenders = []
    for text in texts:
        if text.predicate == SH.message:
            requirement, *fix = split_sentences(text.words)
            if not re.search(r"\bmust\b", requirement) or not fix or not text.words.endswith("."):
                offenders.append(f"{text.place}: {text.words}")
    assert not offenders, "write “A … must …. Do ….”:\n" + "\n".join(offenders)


def test_message_has_no_semicolon(texts: list[Text]) -> None:
    """A message has one thought per sentence."""
    offenders = [f"{text.place}: {text.words}" for text in texts if text.predicate == SH.message and ";" in text.words]
    assert not offenders, "write two sentences:\n" + "\n".join(offenders)


def test_sentences_are_short(texts: list[Text]) -> None:
    """A sentence of a message has at most 25 words, any other at most 30."""
    offenders = []
    for text in texts:
        limit = MESSAGE_WORDS if text.predicate == SH.message else SENTENCE_WORDS
        offenders += [f"{text.place}: {line}" for line in split_sentences(text.words) if len(line.split()) > limit]
    assert not offenders, "split these sentences:\n" + "\n".join(offenders)


@pytest.mark.parametrize("wording", AVOIDED)
def test_texts_avoid_wording(texts: list[Text], wording: str) -> None:
    """No text uses a wording of the list outside the quoted words of the seed."""
    expression = re.compile(rf"(?<![\w:-])(?:{wording})(?![\w-])", re.IGNORECASE)
    offenders = [f"{text.place}: {text.words}" for text in texts if expression.search(_QUOTED.sub("“…”", text.words))]
    assert not offenders, f"instead write: {AVOIDED[wording]}\n" + "\n".join(offenders)


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ("A claim must have a label. Add it.", ["A claim must have a label.", "Add it."]),
        ("Write 2020/.. or 2024. “Tens. More” is vague.", ["Write 2020/.. or 2024.", "“…” is vague."]),
        ("If ?through is empty. ?x counts.", ["If ?through is empty.", "?x counts."]),
    ],
)
def test_split_sentences_at_capitals_and_outside_quotations(words: str, sentences: list[str]) -> None:
    """A full stop ends a sentence if a new one follows, and quoted words count as one."""
    assert split_sentences(words) == sentences
