"""Plots as SVG that needs no library to be drawn or shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Curve = Sequence[tuple[float, float]]

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_ROW: Final = 20
_LEFT: Final = 160
_WIDTH: Final = 480
_TOP: Final = 48
_PANEL: Final = (200, 140)
_INSET: Final = (40, 24, 12, 28)  # left, top, right, bottom of a panel
_COLUMNS: Final = 4
_COLOURS: Final = ("#1b7f5c", "#b5651d", "#3b5b92", "#7a3b92")


def draw_bars(title: str, ratios: Mapping[str, float], before: Mapping[str, float] | None = None) -> str:
    """Return a plot of ratios as bars on a logarithmic scale, to the left or right of the line at 1.

    :param ratios: positive numbers by name
    :param before: some of another time, which marks show
    """
    shown = [*ratios.values(), *(before or {}).values()]
    largest = max([2.0, *(max(ratio, 1 / ratio) for ratio in shown)])
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
        if before and name in before:
            mark = middle + scale * math.log(before[name])
            parts.append(f'<path d="M{mark:.1f} {y}V{y + _ROW - 2}" stroke="#000" stroke-width="2"/>')
    parts.append(f'<path d="M{middle:.1f} {_TOP - 8}V{height - 8}" stroke="#333"/>')
    return "\n".join([*parts, "</svg>", ""])


def _span(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten that enclose positive numbers; never the same one twice."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _draw_panel(name: str, curves: Mapping[str, Curve], spans: tuple[tuple[int, int], tuple[int, int]]) -> list[str]:
    """Return the elements of one panel, its upper left corner at the origin."""
    (width, height), (left, top, right, bottom) = _PANEL, _INSET
    (x_low, x_high), (y_low, y_high) = spans

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_low) / (x_high - x_low)
        up = (math.log10(y) - y_low) / (y_high - y_low)
        return left + across * (width - left - right), height - bottom - up * (height - top - bottom)

    parts = [f'<text x="{left}" y="16">{escape(name)}</text>']
    for power in range(y_low, y_high + 1):
        y = place(10.0**x_low, 10.0**power)[1]
        parts.append(f'<path d="M{left} {y:.1f}H{width - right}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 4}" y="{y + 3:.1f}" font-size="9" text-anchor="end">{10.0**power:g}</text>')
    for power in range(x_low, x_high + 1):
        x = place(10.0**power, 10.0**y_low)[0]
        mark = f'font-size="9" text-anchor="middle">10<tspan dy="-4" font-size="7">{power}</tspan>'
        parts.append(f'<text x="{x:.1f}" y="{height - bottom + 14}" {mark}</text>')
    for colour, curve in zip(_COLOURS, curves.values(), strict=False):
        points = [place(x, y) for x, y in curve]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points]
    return parts


def draw_panels(title: str, panels: Mapping[str, Mapping[str, Curve]]) -> str:
    """Return a plot of several panels, each with curves over positive numbers, both scales logarithmic.

    :param panels: by name of the panel, then of the curve; all panels have the same curves and share the horizontal
        scale
    """
    width, height = _PANEL
    names = list(dict.fromkeys(name for curves in panels.values() for name in curves))
    across = _span([x for curves in panels.values() for curve in curves.values() for x, _ in curve])
    total = _TOP + height * math.ceil(len(panels) / _COLUMNS)
    parts = [
        f'<svg xmlns="{_NAMESPACE}" width="{width * _COLUMNS}" height="{total}" font-size="12">',
        "<style>text { font-family: sans-serif }</style>",
        f'<text x="8" y="20" font-size="14">{escape(title)}</text>',
    ]
    for number, (colour, name) in enumerate(zip(_COLOURS, names, strict=False)):
        parts.append(f'<text x="{8 + 160 * number}" y="40" fill="{colour}">{escape(name)}</text>')
    for number, (name, curves) in enumerate(panels.items()):
        values = [y for curve in curves.values() for _, y in curve]
        x, y = width * (number % _COLUMNS), _TOP + height * (number // _COLUMNS)
        ordered = {other: curves.get(other, ()) for other in names}
        parts.append(f'<g transform="translate({x} {y})">')
        parts += _draw_panel(name, ordered, (across, _span(values or [1.0])))
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])
