"""Baselines: the findings of an earlier run, so that only new ones fail.

A baseline is a report that an earlier run wrote as JSON or as SARIF. Findings are compared by their fingerprints, which
stay the same when lines move.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from eild.errors import DataError, Location
from eild.validation.fingerprints import fingerprint_findings
from eild.validation.formats.sarif import FINGERPRINT

if TYPE_CHECKING:
    from pathlib import Path

    from eild.validation.findings import Finding, Report

_HINT: Final = "give a report that eild validate wrote with --format json or --format sarif"


@dataclass(frozen=True)
class Comparison:
    """How a report differs from an earlier one.

    :ivar new: findings that the earlier report does not have
    :ivar known: findings that both have
    :ivar fixed: how many findings only the earlier report has
    """

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    fixed: int


def load_baseline(path: Path) -> frozenset[str]:
    """Read the fingerprints of an earlier report.

    :raises DataError: if the file is missing, unreadable or no report of this program
    """
    place = Location(str(path))
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        message = f"cannot read the baseline: {error.strerror or error}"
        raise DataError(message, location=place, hint="--update-baseline writes it") from error
    except json.JSONDecodeError as error:
        where = Location(str(path), error.lineno, error.colno)
        raise DataError(f"the baseline is no JSON: {error.msg}", location=where, hint=_HINT) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise DataError("the baseline is no JSON in UTF-8", location=place, hint=_HINT) from error
    prints = _fingerprints(content)
    if prints is None:
        raise DataError("the baseline is no report of eild validate", location=place, hint=_HINT)
    return prints


def _fingerprints(content: Any) -> frozenset[str] | None:  # noqa: ANN401 - any JSON
    """Return the fingerprints in a report; nothing if it is none."""
    try:
        if "runs" in content:
            results = [result for run in content["runs"] for result in run["results"]]
            found = [result["partialFingerprints"][FINGERPRINT] for result in results]
        else:
            found = [finding["fingerprint"] for finding in content["findings"]]
    except (KeyError, TypeError):
        return None
    return frozenset(found) if all(isinstance(text, str) for text in found) else None


def compare_with_baseline(report: Report, baseline: frozenset[str]) -> Comparison:
    """Return which findings of a report are new, which are known, and how many are gone."""
    prints = fingerprint_findings(report)
    pairs = list(zip(report.findings, prints, strict=True))
    return Comparison(
        new=tuple(finding for finding, fingerprint in pairs if fingerprint not in baseline),
        known=tuple(finding for finding, fingerprint in pairs if fingerprint in baseline),
        fixed=len(baseline - set(prints)),
    )
