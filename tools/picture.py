"""Draw the wings of the source tree in layers, bottom up, as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tools.tree import BASE, break_cycles, drop_implied, find_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools.tree import SourceTree

PICTURE: Final = "docs/tree.svg"
"""Path of the committed picture in the checkout."""

_BOX_WIDTH, _BOX_HEIGHT = 132, 32
_LANE_WIDTH = 14
_GAP, _RISE, _MARGIN = 22, 40, 20
_SWEEPS = 8
_STYLE: Final = """
svg { background: #fff; font-family: system-ui, sans-serif; }
rect { fill: #eef3f8; stroke: #33567a; rx: 6; }
text { text-anchor: middle; fill: #1b2a3a; font-size: 14px; }
path { fill: none; stroke: #7d93aa; stroke-width: 1.2; }
path.against { stroke: #b3261e; stroke-dasharray: 5 3; }
"""


@dataclass(frozen=True, order=True)
class _Place:
    """A box, or a lane in which an arrow passes a layer.

    :ivar name: the wing of the box, or the one from which the arrow comes
    :ivar target: the wing to which the arrow leads; empty for a box
    """

    name: str
    target: str = ""

    @property
    def width(self) -> int:
        return _LANE_WIDTH if self.target else _BOX_WIDTH


class _Layout:
    """Where boxes and arrows are.

    :ivar rows: boxes and lanes of each layer, from the bottom up and from left to right
    :ivar ways: for each arrow the places that it passes, from its start down to its end
    :ivar middles: the middle of each place, from the left
    """

    def __init__(self, arrows: Mapping[str, set[str]]) -> None:
        self.rows = [[_Place(name) for name in layer] for layer in find_layers(arrows)]
        levels = {place.name: level for level, row in enumerate(self.rows) for place in row}
        self.ways: dict[tuple[str, str], list[_Place]] = {}
        for name in sorted(arrows):
            for other in sorted(arrows[name]):
                lanes = [_Place(name, other) for _ in range(levels[other] + 1, levels[name])]
                for level, lane in enumerate(lanes, levels[other] + 1):
                    self.rows[level].append(lane)
                self.ways[name, other] = [_Place(name), *lanes, _Place(other)]
        self._levels = levels
        self.width = 2 * _MARGIN + max(_measure(row) for row in self.rows)
        self.height = 2 * _MARGIN + len(self.rows) * (_BOX_HEIGHT + _RISE) - _RISE
        self.middles: dict[tuple[int, _Place], float] = {}
        for level in range(len(self.rows)):
            self._spread(level)
        for sweep in range(_SWEEPS):
            upward = sweep % 2 == 0
            levels_to_order = range(1, len(self.rows)) if upward else range(len(self.rows) - 2, -1, -1)
            for level in levels_to_order:
                self._order(level, -1 if upward else 1)

    def _order(self, level: int, step: int) -> None:
        """Order a layer by the mean of the places that its arrows pass in the layer below or above."""
        near: dict[_Place, list[float]] = {place: [] for place in self.rows[level]}
        for (start, end), places in self.ways.items():
            top = self._levels[start]
            here, there = top - level, top - level - step
            if min(here, there) >= 0 and max(here, there) <= top - self._levels[end]:
                near[places[here]].append(self.middles[level + step, places[there]])
        means = {
            place: sum(found) / len(found) if found else self.middles[level, place] for place, found in near.items()
        }
        self.rows[level].sort(key=lambda place: (means[place], place))
        self._spread(level)

    def _spread(self, level: int) -> None:
        """Give each place of a layer its middle: in a row, centred."""
        row = self.rows[level]
        left = (self.width - _measure(row)) / 2
        for place in row:
            self.middles[level, place] = left + place.width / 2
            left += place.width + _GAP

    def top_of(self, level: int) -> int:
        """Return the upper edge of a layer's boxes."""
        return self.height - _MARGIN - _BOX_HEIGHT - level * (_BOX_HEIGHT + _RISE)

    def list_boxes(self) -> Iterator[tuple[str, float, int]]:
        """Yield the wings with the middle and the upper edge of their boxes."""
        for level, row in enumerate(self.rows):
            for place in row:
                if not place.target:
                    yield place.name, self.middles[level, place], self.top_of(level)

    def draw_way(self, start: str, end: str) -> str:
        """Return the path of an arrow, through its lanes."""
        top, bend = self._levels[start], _RISE * 0.8
        text, last = "", (0.0, 0.0)
        for level, place in zip(range(top, -1, -1), self.ways[start, end], strict=False):
            x, y = self.middles[level, place], self.top_of(level)
            text += f" C{last[0]:g},{last[1] + bend:g} {x:g},{y - bend:g} {x:g},{y:g}" if text else ""
            text += f" L{x:g},{y + _BOX_HEIGHT:g}" if text and place.target else ""
            text = text or f"M{x:g},{y + _BOX_HEIGHT:g}"
            last = (x, y + _BOX_HEIGHT)
        return f'<path d="{text}"/>'


def _measure(row: Sequence[_Place]) -> int:
    return sum(place.width for place in row) + _GAP * (len(row) - 1)


def draw_picture(tree: SourceTree) -> str:
    """Return the picture: a box for each wing, above those that it imports from.

    An arrow that others imply is left out. Where wings import each other in a circle, the arrows with the fewest
    imports are drawn dashed: they run against the layers.
    """
    wings = tree.make_wings()
    downward, upward = break_cycles(tree.count_wing_imports())
    layout = _Layout(drop_implied(downward))
    boxes = {name: (middle, top) for name, middle, top in layout.list_boxes()}
    size = f'viewBox="0 0 {layout.width} {layout.height}" width="{layout.width}" height="{layout.height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title description" {size}>',
        "<!-- Generated by `python -m tools.house picture`: do not edit. -->",
        '<title id="title">The wings of EILD in layers</title>',
        f'<desc id="description">{escape(_describe(wings))}</desc>',
        f"<style>{_STYLE}</style>",
    ]
    lines += [layout.draw_way(*arrow) for arrow in layout.ways]
    lines += [_draw_against(boxes[name], boxes[other]) for name in sorted(upward) for other in sorted(upward[name])]
    lines += [_draw_box(name, *place) for name, place in boxes.items()]
    return "\n".join([*lines, "</svg>", ""])


def _describe(wings: Mapping[str, set[str]]) -> str:
    """Return the picture in words; that a wing imports from the base is left out, because all do."""
    sentences = (
        f"{name} imports from {', '.join(sorted(found - {BASE})) or 'no wing'}."
        for name, found in sorted(wings.items())
        if name != BASE
    )
    return " ".join(sentences)


def _draw_against(start: tuple[float, int], end: tuple[float, int]) -> str:
    """Return a dashed arrow from the upper edge of one box to the lower edge of another above it."""
    (x1, y1), (x2, y2) = start, (end[0], end[1] + _BOX_HEIGHT)
    bend = _RISE * 0.8
    path = f"M{x1:g},{y1:g} C{x1:g},{y1 - bend:g} {x2:g},{y2 + bend:g} {x2:g},{y2:g}"
    return f'<path class="against" d="{path}"/>'


def _draw_box(name: str, middle: float, top: int) -> str:
    return (
        f'<rect x="{middle - _BOX_WIDTH / 2:g}" y="{top}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}"/>'
        f'<text x="{middle:g}" y="{top + _BOX_HEIGHT / 2 + 5:g}">{escape(name)}</text>'
    )
