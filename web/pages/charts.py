"""Where the bars of a chart stand: plain geometry, which a template draws as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from registry.domain.shortening import shortened

_TICKS = 5
_WIDTH, _HEIGHT = 760, 240
# What a label under the bars needs; at the right edge half of the last one stands beside its bar.
_LABEL = 60
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 12, 28
_LINE, _NAME, _BAR_ENDS = 26, 230, 700
_LETTERS = 34


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to draw a bar of. ``series`` is its place among the columns; its length may be 0."""

    length: float
    title: str
    series: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as it is drawn, in the units of its chart."""

    x: float
    y: float
    width: float
    height: float
    title: str
    series: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. ``names`` are those of its bars, ``ticks`` the numbers of its scale, ``rules`` lines as x1, y1, x2, y2.

    Attributes:
        lies: whether the bars lie, with their names before them.
    """

    width: int
    height: int
    bars: tuple[Bar, ...]
    names: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    rules: tuple[tuple[float, float, float, float], ...]
    lies: bool


def scale(most: float) -> tuple[int, ...]:
    """Round numbers from 0 to *most* or a little more, at most six."""
    rough = max(most, 1) / _TICKS
    power = 10 ** max(0, math.floor(math.log10(rough)))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough)
    return tuple(range(0, step * math.ceil(max(most, 1) / step) + 1, step))


def columns(names: Sequence[str], stacks: Sequence[Sequence[Piece]], most: float) -> Chart:
    """Bars that stand, a stack for each name; *most* is the highest of this chart and those beside it."""
    marks = scale(most)
    space = (_WIDTH - _LEFT - _RIGHT) / max(1, len(names))
    wide = min(40.0, 0.74 * space)
    ground = _HEIGHT - _BOTTOM
    unit = (ground - _TOP) / marks[-1]
    bars: list[Bar] = []
    for at, stack in enumerate(stacks):
        x, y = _LEFT + (at + 0.5) * space - wide / 2, float(ground)
        for piece in stack:
            y -= piece.length * unit
            bars.append(_bar(x, y, wide, piece.length * unit, piece))
    every = max(1, math.ceil(_LABEL / space))
    heights = [(mark, ground - mark * unit) for mark in marks]
    return Chart(
        _WIDTH,
        _HEIGHT,
        tuple(bars),
        tuple(
            Mark(_round(_LEFT + (at + 0.5) * space), _HEIGHT - 8, name)
            for at, name in enumerate(names)
            # The newest always bears its name.
            if (len(names) - 1 - at) % every == 0
        ),
        tuple(Mark(_LEFT - 8, _round(y + 4), f"{mark:,}") for mark, y in heights),
        tuple((_LEFT, _round(y), _WIDTH - _RIGHT, _round(y)) for _, y in heights),
        lies=False,
    )


def lines(names: Sequence[str], pieces: Sequence[Piece], most: float) -> Chart:
    """Bars that lie, one for each name."""
    marks = scale(most)
    unit = (_BAR_ENDS - _NAME) / marks[-1]
    height = _TOP + _LINE * len(names)
    bars = (
        _bar(_NAME, _TOP + at * _LINE + 4, piece.length * unit, _LINE - 8, piece) for at, piece in enumerate(pieces)
    )
    across = [(mark, _round(_NAME + mark * unit)) for mark in marks]
    return Chart(
        _WIDTH,
        height + _BOTTOM,
        tuple(bars),
        tuple(Mark(_NAME - 8, _TOP + at * _LINE + 17, shortened(name, _LETTERS)) for at, name in enumerate(names)),
        tuple(Mark(x, height + 18, f"{mark:,}") for mark, x in across),
        tuple((x, _TOP, x, height) for _, x in across),
        lies=True,
    )


def _bar(x: float, y: float, width: float, height: float, piece: Piece) -> Bar:
    return Bar(_round(x), _round(y), _round(width), _round(height), piece.title, piece.series)


def _round(value: float) -> float:
    return round(value, 1)
