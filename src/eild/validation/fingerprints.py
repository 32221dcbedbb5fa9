"""Fingerprints of findings: the same in each run and after lines have moved, so that two reports can be compared.

A fingerprint stands for what is wrong, not for where: shape, constraint component, focus node, path and value. The
names of blank nodes change from run to run; the name of the file that they are in and the message stand for them. IRIs
of files have the name of the file only, so that a fingerprint is the same in each folder and however a file is named.
Findings that this cannot tell apart are counted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

from rdflib import BNode, Literal

from eild.validation.names import PlainNames
from eild.validation.rules import rule_id, without_folders

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.validation.findings import Finding, Report


def fingerprint_findings(report: Report) -> list[str]:
    """Return the fingerprint of each finding of a report, in the report's order; no two are equal."""
    names = PlainNames()
    seen: Counter[str] = Counter()
    prints = []
    for finding in report.findings:
        digest = _digest(finding, rule_id(finding.shape, finding.component, report, names), names)
        seen[digest] += 1
        prints.append(f"{digest}:{seen[digest]}")
    return prints


def _digest(finding: Finding, rule: str, names: PlainNames) -> str:
    parts = [rule, _stable(finding.focus, names), finding.path, _stable(finding.value, names)]
    if isinstance(finding.focus, BNode):
        parts += [PurePath(finding.location.path).name if finding.location else "", finding.message]
    return hashlib.sha256(without_folders("\x1f".join(parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _stable(node: Node | None, names: PlainNames) -> str:
    """Return what stands for a node in each run."""
    if isinstance(node, Literal) and node.language:
        node = Literal(str(node), lang=node.language.lower())  # tags are the same however they are spelled
    return "_:" if isinstance(node, BNode) else names.plain(node) or ""
