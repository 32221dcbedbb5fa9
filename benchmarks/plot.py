"""Plots as SVG that needs no library to be drawn or shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_ROW: Final = 20
_LEFT: Final = 160
_WIDTH: Final = 480
_TOP: Final = 48


def draw_bars(title: str, ratios: Mapping[str, float]) -> str:
    """Return a plot of ratios as bars on a logarithmic scale, to the left or right of the line at 1."""
    largest = max(2.0, *(max(ratio, 1 / ratio) for ratio in ratios.values()))
    scale = _WIDTH / 2 / math.log(largest)
    middle = _LEFT + _WIDTH / 2
    height = _TOP + _ROW * len(ratios) + 16
    parts = [
        f'<svg xmlns="{_NAMESPACE}" width="{_LEFT + _WIDTH + 60}" height="{height}" font-size="12">',
        "<style>text { font-family: sans-serif }</style>",
        f'<text x="8" y="20" font-size="14">{escape(title)}</text>',
    ]
    for number, (name, ratio) in enumerate(ratios.items()):
        y, length = _TOP + _ROW * number, scale * math.log(ratio)
        start = middle + min(0.0, length)
        colour = "#1b7f5c" if ratio >= 1 else "#b5651d"
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{start:.1f}" y="{y + 2}" width="{abs(length):.1f}" height="{_ROW - 6}" fill="{colour}"/>',
            f'<text x="{middle + max(0.0, length) + 6:.1f}" y="{y + 13}">{ratio:.2f}</text>',
        ]
    parts.append(f'<path d="M{middle:.1f} {_TOP - 8}V{height - 8}" stroke="#333"/>')
    return "\n".join([*parts, "</svg>", ""])
