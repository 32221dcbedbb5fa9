"""Language tags as they are written: parsers and engines have them in lower case, as RDF allows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rdflib import Literal
from rdflib.namespace import SH

from eild.located.statements import write_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rdflib.term import Node

    from eild.validation.results import Result

_IN_QUOTES: Final = re.compile(rb"[\"'](?=([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)[\"'])")
_AFTER_TEXT: Final = re.compile(rb"[\"']@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)")


@dataclass(frozen=True)
class Source:
    """A text from which literals come.

    :ivar content: UTF-8
    :ivar is_document: whether it is XML or JSON, where tags are strings
    """

    content: bytes
    is_document: bool


def restore_spelling(results: Sequence[Result], sources: Iterable[Source]) -> Sequence[Result]:
    """Return results whose language tags are spelled as in the sources.

    A tag that the sources spell in several ways is taken from the literal with the same string; if that is not known
    either, it stays in lower case.

    :param results: the results
    :param sources: the texts of data and shapes
    """
    tags = set(_tags(results))
    if not tags:
        return results
    spelling = _Spelling(tuple(sources), frozenset(tag.encode() for tag in tags))
    return [_restore(result, spelling) for result in results] if spelling.known else results


def _tags(results: Iterable[Result]) -> Iterator[str]:
    """Yield the language tags that results name, in lower case."""
    for result in results:
        for node in (result.focus, result.value, *result.messages):
            if isinstance(node, Literal) and node.language:
                yield node.language.lower()
        if result.component == SH.UniqueLangConstraintComponent and result.parameter is not None:
            yield str(result.parameter)
        yield from _tags(result.details)


@dataclass(frozen=True)
class _Spelling:
    sources: tuple[Source, ...]
    tags: frozenset[bytes]

    @cached_property
    def known(self) -> dict[str, set[str]]:
        """The spellings of each tag, of those that are not in lower case everywhere."""
        found: dict[str, set[str]] = {}
        for source in self.sources:
            pattern = _IN_QUOTES if source.is_document else _AFTER_TEXT
            for tag in set(pattern.findall(source.content)):
                if tag.lower() in self.tags:
                    found.setdefault(tag.lower().decode(), set()).add(tag.decode())
        return {tag: spelled for tag, spelled in found.items() if spelled != {tag}}

    def of_tag(self, tag: str) -> str:
        spelled = self.known.get(tag.lower(), set())
        return next(iter(spelled)) if len(spelled) == 1 else tag

    def of_node(self, node: Node) -> Node:
        if not isinstance(node, Literal) or not node.language or node.language != node.language.lower():
            return node
        spelled = self.known.get(node.language, set())
        if len(spelled) > 1:
            text = write_node(Literal(str(node)))
            spelled = {tag for tag in spelled if self._has(text + b"@" + tag.encode())}
        if len(spelled) != 1 or type(node) is not Literal:
            return node
        return Literal(str(node), lang=next(iter(spelled)), normalize=False)

    def _has(self, literal: bytes) -> bool:
        whole = re.compile(re.escape(literal) + rb"(?![A-Za-z0-9-])")
        return any(whole.search(source.content) for source in self.sources if not source.is_document)


def _restore(result: Result, spelling: _Spelling) -> Result:
    parameter = result.parameter
    if result.component == SH.UniqueLangConstraintComponent and parameter is not None:
        parameter = Literal(spelling.of_tag(str(parameter)))
    return replace(
        result,
        focus=spelling.of_node(result.focus),
        value=None if result.value is None else spelling.of_node(result.value),
        messages=tuple(map(spelling.of_node, result.messages)),
        parameter=parameter,
        details=tuple(_restore(detail, spelling) for detail in result.details),
    )
