"""One sentence in plain words for each claim, made from its data and from nothing else.

The labels of propositions are noun phrases in neutral, positive words. A sentence puts the stance before them as a
verb ("finds no …", "denies any …"), the chain of speakers and the date before that, and hedges after it. It says no
more than the claim: in particular not that what is affirmed is so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.claims.model import Claim, ClaimIndex, Named, Proposition, Time

_VERBS: Final[dict[str, tuple[str, str]]] = {
    "affirms": ("affirms", "affirm"),
    "negates": ("finds", "find"),
    "denies": ("denies", "deny"),
    "pledges-not": ("pledges", "pledge"),
    "raises": ("brings up", "bring up"),
    "insults": ("voices", "voice"),
    "describes": ("describes", "describe"),
    "asks": ("asks", "ask"),
    "reports": ("reports", "report"),
}
"""Verbs of stances for one speaker and for several."""
_QUANTIFIERS: Final = {"negates": "no", "denies": "any", "pledges-not": "no"}
_OPPOSED_AS_IT_IS: Final = {"negates": "{} not to be so", "denies": "{}", "pledges-not": "not to bring about {}"}
_WITHOUT_ARTICLE: Final = frozenset("all more most no one other part several some tens two three".split())
_DETERMINERS: Final = _WITHOUT_ARTICLE | frozenset(
    "the a an this that these those its his her their both each every few many any another such four five six".split()
)
_VOWEL_SOUND: Final = re.compile(
    r"(?!eu|ewe|one\b|once\b|u(?:biq|kr|ni(?!n|m)|r[aeio]|s[ae]|t[aeiou]))[aeiou]|heir|hono|hour"
)
_DESCRIPTION: Final = re.compile(r".+? as .+")
_QUOTED_DESCRIPTION: Final = re.compile(r".+? as “.+")
_CLAUSE: Final = re.compile(r"[A-Z]\w+ \w+ing\b")
_DESCRIBING: Final = frozenset({"is-a", "holds-office", "belongs-to", "based-in", "call", "describe"})
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH_OR_YEAR: Final = re.compile(r"\d{4}(?:-\d{2})?")
_PLURAL: Final = re.compile(r"(?:\w+s (?:from|of|with)\b.*|.*\b[a-z]+[^s\W]s)")


def _join(parts: Sequence[str]) -> str:
    """Return parts as an enumeration: "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _begin(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _date_phrase(time: Time | None) -> str:
    """Return when something is said, by its days; an empty string if the text gives none or all of it is inferred."""
    if time is None or not time.is_bounded or time.inferred == "all":
        return ""
    if _DAY.fullmatch(time.edtf):
        return f"on {time.edtf}"
    if _MONTH_OR_YEAR.fullmatch(time.edtf):
        return f"in {time.edtf}"
    if time.earliest and time.latest:
        return f"on {time.earliest}" if time.earliest == time.latest else f"between {time.earliest} and {time.latest}"
    return f"on {time.earliest} or later" if time.earliest else f"on {time.latest} or before"


def _name_speaker(speaker: Named, article: str) -> str:
    """Return a speaker as a sentence names it: descriptions get an article, names do not."""
    if speaker.iri == article:
        return "the article"
    if not speaker.text[:1].islower():
        return speaker.text
    if "/source/" in speaker.iri or "/agent/" not in speaker.iri:
        return f"the {speaker.text}"
    return speaker.text if _PLURAL.fullmatch(speaker.text) else with_indefinite_article(speaker.text)


def with_indefinite_article(noun: str) -> str:
    """Return a noun phrase with "a" or "an", by how its first word sounds."""
    return f"{'an' if _VOWEL_SOUND.match(noun) else 'a'} {noun}"


def _conjugate(verb: str, speakers: Sequence[Named]) -> str:
    """Return the verb of a stance for those who take it."""
    plural = len(speakers) > 1 or any(_PLURAL.fullmatch(item.text) and "/agent/" in item.iri for item in speakers)
    return _VERBS[verb][plural]


def _with_article(label: str) -> str:
    """Return a noun phrase with the definite article where it can have one."""
    first = label.split(" ", 1)[0]
    bare_gerund = first.endswith("ing") and not re.match(r"\w+ing (?:by|for|from|of|to|up)\b", label)
    return label if not first[:1].islower() or first in _DETERMINERS or bare_gerund else f"the {label}"


def _oppose(stance: str, part: Proposition) -> str:
    """Return a proposition as the object of a stance that speaks against it; a clause stays as it is.

    A phrase with a determiner or a number takes no other one, and what something is called takes none.
    """
    label, quantifier = part.named.text, _QUANTIFIERS.get(stance, "")
    if not quantifier or _CLAUSE.match(label):
        return label
    first = label.partition(" ")[0]
    if first.lower() in _DETERMINERS or first[:1].isdigit() or _is_description(part):
        return _OPPOSED_AS_IT_IS[stance].format(label)
    return f"{quantifier} {label}"


def _is_description(part: Proposition) -> bool:
    """Return whether a proposition says of something what it is."""
    if _QUOTED_DESCRIPTION.fullmatch(part.named.text):
        return True
    describing = "describedAs" in part.slots or any(item.slug in _DESCRIBING for item in part.slots.get("action", ()))
    return describing and bool(_DESCRIPTION.fullmatch(part.named.text))


def _say(claim: Claim) -> str:
    """Return what is said, from the verb on."""
    slug = claim.stance.slug
    labels = [part.named.text for part in claim.propositions]
    to = _join([item.text for item in claim.addressees]) if claim.addressees else ""
    if slug == "asks":
        return f"{_conjugate(slug, claim.claimants)}{' ' + to if to else ''} about {_join(labels)}"
    verb = slug if slug in _VERBS else "affirms"
    if slug == "affirms":
        verb = "describes" if all(_is_description(part) for part in claim.propositions) else slug
        said = _join([_with_article(label) for label in labels])
    else:
        said = _join([_oppose(slug, part) for part in claim.propositions])
    return f"{_conjugate(verb, claim.claimants)} {said}{', speaking to ' + to if to else ''}"


def _relay(claim: Claim, index: ClaimIndex, article: str) -> str:
    """Return what a relay says: how many claims, and whose."""
    relayed = index.choose(claim.reports)
    speakers = list(dict.fromkeys(_name_speaker(item, article) for other in relayed for item in other.claimants))
    count = "a claim" if len(relayed) == 1 else f"{len(relayed)} claims"
    verb = _conjugate("reports", claim.claimants)
    return f"{verb} {count} of {_join(speakers)}" if speakers else verb


def _certainty(claim: Claim) -> str:
    """Return confidence and hedges as they stand after what is said."""
    parts = []
    if claim.confidence is not None:
        parts.append(f"with {claim.confidence.concept.text}")
    if claim.likelihood is not None:
        parts.append(f"as {claim.likelihood.concept.text}")
    if claim.hedges:
        parts.append(f"in the words {_join([f'“{hedge}”' for hedge in claim.hedges])}")
    return "".join(f", {part}" for part in parts)


def build_sentence(claim: Claim, index: ClaimIndex) -> str:
    """Return a claim as one sentence in plain words.

    :param claim: the claim
    :param index: the claims of its dataset, among which those that relay it are found
    """
    seed = claim.words[0].seed if claim.words else ""
    article = index.articles[seed].document.iri if seed in index.articles else ""
    relays = [link for link in index.trace_speakers(claim)[:-1] if not link.is_relay]
    through = [_name_speaker(speaker, article) for link in relays for speaker in link.claimants]
    before = [f"according to {_join(through)}"] if through else []
    before += [date] if (date := _date_phrase(claim.time)) else []
    who = _join([_name_speaker(speaker, article) for speaker in claim.claimants]) if claim.claimants else "somebody"
    said = _relay(claim, index, article) if claim.reports or not claim.propositions else _say(claim)
    return _begin(f"{''.join(f'{part}, ' for part in before)}{who} {said}{_certainty(claim)}.")
