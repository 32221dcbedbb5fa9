"""What is said when an engine cannot apply the shapes."""

from __future__ import annotations

from eild.errors import ShapesError


def cannot_apply(reason: str) -> ShapesError:
    """Return the error that says why an engine cannot apply the shapes.

    :param reason: what the engine says
    """
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    return ShapesError(f"the shapes cannot be applied: {' '.join(lines)}", hint="correct the shape that this names")
