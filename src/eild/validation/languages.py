"""The language of messages, where shapes have them in several (``--lang``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rdflib import Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib.term import Node

    from eild.validation.findings import Finding, Report


def locale_language(environment: Mapping[str, str]) -> str:
    """Return the language of the locale as a tag; an empty string if none is set (POSIX, section 8.2)."""
    chosen = next(filter(None, (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    tag = chosen.partition(".")[0].partition("@")[0].replace("_", "-")
    return "" if tag in {"C", "POSIX"} else tag


def choose_languages(report: Report, language: str) -> Report:
    """Return a report whose findings show their messages in one language.

    All messages stay in the RDF forms of the report.

    :param report: the report
    :param language: the tag of the language; English where it is missing, else the first message there is
    """
    return replace(report, findings=tuple(_choose(finding, language) for finding in report.findings))


def _choose(finding: Finding, language: str) -> Finding:
    shown = choose_messages(finding.messages, language)
    details = tuple(_choose(detail, language) for detail in finding.details)
    if len(shown) == len(finding.messages) and details == finding.details:
        return finding
    message = " ".join(dict.fromkeys(str(text) for text in shown))
    return replace(finding, message=message, details=details)


def choose_messages(messages: tuple[Node, ...], language: str) -> tuple[Node, ...]:
    """Return the messages in a language and those without any; all if there are not several languages.

    A tag matches a message in the same language, whatever its region (RFC 4647, section 3.4).
    """
    tags = {_tag(message) for message in messages} - {""}
    if len(tags) < 2:  # noqa: PLR2004 - nothing to choose between
        return messages
    parts = language.lower().split("-")
    wanted = ["-".join(parts[:end]) for end in range(len(parts), 0, -1)] if language else []
    for tag in (*wanted, "en"):
        found = {known for known in tags if known == tag or known.startswith(f"{tag}-")}
        if found:
            return tuple(message for message in messages if _tag(message) in {"", min(found)})
    first = min(tags)
    return tuple(message for message in messages if _tag(message) in {"", first})


def _tag(message: Node) -> str:
    return (message.language or "").lower() if isinstance(message, Literal) else ""
