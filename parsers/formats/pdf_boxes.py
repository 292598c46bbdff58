"""From the rules of a page to its tables: boxes with walls on all sides, grouped where they touch.

A box that a page's end leaves open, where upright rules run on without a rule across, is closed
and marked. Frames around the text and boxes of another shape than a rectangle are not tables.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from parsers.errors import Refused
from parsers.formats.pdf_ink import Rule

SNAP = 2.5
"""Points within which rules are one: borders of neighbouring cells are drawn side by side."""
Walls: TypeAlias = list[list[bool]]
"""By line and by stretch between the lines that cross it, whether a rule stands there."""
MAX_LINES = 400
"""Distinct lines each way on one page; a table of the form has 40."""
COVERED = 0.6
"""Share of a side from which a rule is its wall: corners may be left open."""


@dataclass(frozen=True, slots=True)
class Box:
    """A cell's outline in points, and whether the page's end left it open there."""

    x0: float
    x1: float
    top: float
    bottom: float
    open_above: bool = False
    open_below: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """The tables of a page, top to bottom, each as its boxes in reading order."""

    tables: tuple[tuple[Box, ...], ...] = ()
    xs: tuple[float, ...] = ()
    ys: tuple[float, ...] = ()
    squares: tuple[tuple[Box | None, ...], ...] = ()
    """By stretch of ys and of xs, the box that covers it."""

    def box_at(self, x: float, y: float) -> Box | None:
        """Return the box of a table in which a point lies."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        inside = 0 <= row < len(self.squares) and 0 <= column < len(self.squares[row])
        return self.squares[row][column] if inside else None


def ruled(across: Sequence[Rule], down: Sequence[Rule]) -> Ruled:
    """Return the tables that rules draw on a page.

    Raises:
        Refused: "too_deep" when there are more lines than a table has.
    """
    ys = _Scale([rule.at for rule in across] + [end for r in down for end in (r.start, r.end)])
    xs = _Scale([rule.at for rule in down])
    if len(xs.lines) > MAX_LINES or len(ys.lines) > MAX_LINES:
        raise Refused("too_deep", f"more than {MAX_LINES} lines of a table on a page")
    if len(xs.lines) < 3 or len(ys.lines) < 2:
        return Ruled()
    levels, posts = _walls(across, ys, xs), _walls(down, xs, ys)
    opened = _missing(levels, posts)
    closed = [
        [a or b for a, b in zip(*rows, strict=True)] for rows in zip(levels, opened, strict=True)
    ]
    return _grouped(xs.lines, ys.lines, _squares(xs.lines, ys.lines, closed, posts, opened))


class _Scale:
    """The distinct positions of lines along one axis, near ones taken together."""

    __slots__ = ("_edges", "lines")

    def __init__(self, positions: Iterable[float]) -> None:
        groups: list[list[float]] = []
        for position in sorted(positions):
            if groups and position - groups[-1][0] <= SNAP:
                groups[-1].append(position)
            else:
                groups.append([position])
        self.lines = [sum(group) / len(group) for group in groups]
        self._edges = [group[-1] for group in groups]

    def index(self, position: float) -> int:
        """Return the number of the line at a position that was among those given."""
        return min(bisect_left(self._edges, position), len(self.lines) - 1)


def _walls(rules: Sequence[Rule], lines: _Scale, along: _Scale) -> Walls:
    """Return for each line, and each stretch between neighbours along it, if a rule covers it."""
    stretches = list(zip(along.lines, along.lines[1:], strict=False))
    covered = [[0.0] * len(stretches) for _ in lines.lines]
    by_line: dict[int, list[Rule]] = {}
    for rule in rules:
        by_line.setdefault(lines.index(rule.at), []).append(rule)
    for line, own in by_line.items():
        for start, end in _joined(own):
            for at in range(max(0, bisect_left(along.lines, start) - 1), len(stretches)):
                left, right = stretches[at]
                if left >= end:
                    break
                covered[line][at] += max(0.0, min(end, right) - max(start, left))
    return [
        [length >= COVERED * (b - a) for length, (a, b) in zip(row, stretches, strict=True)]
        for row in covered
    ]


def _joined(rules: Iterable[Rule]) -> Iterator[tuple[float, float]]:
    """Yield the stretches the rules of one line cover together, none twice."""
    start = end = None
    for rule in sorted(rules, key=lambda each: each.start):
        if end is None or start is None or rule.start > end:
            if start is not None and end is not None:
                yield start, end
            start, end = rule.start, rule.end
        else:
            end = max(end, rule.end)
    if start is not None and end is not None:
        yield start, end


def _missing(levels: Walls, posts: Walls) -> Walls:
    """Return where a level is missing at which upright rules end: the page broke off there."""
    closed = [[False] * len(row) for row in levels]
    for y, row in enumerate(levels):
        ends = [
            x
            for x, post in enumerate(posts)
            if (post[y - 1] if y else False) != (post[y] if y < len(post) else False)
        ]
        for left, right in pairwise(ends):
            # Both must end on the same side: one goes up and one comes down at a table's corner.
            same = (posts[left][y - 1] if y else False) == (posts[right][y - 1] if y else False)
            for x in range(left, right) if same else ():
                closed[y][x] = not row[x]
    return closed


Square: TypeAlias = tuple[int, int]
"""Stretch of xs, stretch of ys."""


def _squares(
    xs: Sequence[float],
    ys: Sequence[float],
    levels: Walls,
    posts: Walls,
    opened: Walls,
) -> list[list[Box | None]]:
    """Return by row and column the rectangle that walls enclose there, None outside of any."""
    width, height = len(xs) - 1, len(ys) - 1
    seen = [[False] * width for _ in range(height)]
    found: list[list[Box | None]] = [[None] * width for _ in range(height)]
    for y in range(height):
        for x in range(width):
            if seen[y][x]:
                continue
            region, leaks = _fill((x, y), levels, posts, seen)
            x1, y1 = max(c for c, _ in region) + 1, max(r for _, r in region) + 1
            x0 = min(c for c, _ in region)
            if leaks or len(region) != (x1 - x0) * (y1 - y):
                continue
            above, below = opened[y][x0:x1], opened[y1][x0:x1]
            box = Box(xs[x0], xs[x1], ys[y], ys[y1], all(above), all(below))
            for column, row in region:
                found[row][column] = box
    return found


def _fill(
    start: Square, levels: Walls, posts: Walls, seen: list[list[bool]]
) -> tuple[list[Square], bool]:
    """Return the squares reached without crossing a wall, and whether they reach the outside."""
    width, height = len(posts) - 1, len(levels) - 1
    seen[start[1]][start[0]] = True
    region, leaks = [start], False
    for x, y in region:
        steps = (
            (levels[y][x], x, y - 1),
            (levels[y + 1][x], x, y + 1),
            (posts[x][y], x - 1, y),
            (posts[x + 1][y], x + 1, y),
        )
        for walled, column, row in steps:
            if walled:
                continue
            if not (0 <= column < width and 0 <= row < height):
                leaks = True
            elif not seen[row][column]:
                seen[row][column] = True
                region.append((column, row))
    return region, leaks


def _grouped(xs: Sequence[float], ys: Sequence[float], squares: list[list[Box | None]]) -> Ruled:
    """Return the boxes in tables of boxes side by side, without frames that hold one column."""
    groups: list[tuple[Box, ...]] = []
    seen: set[Square] = set()
    for y, line in enumerate(squares):
        for x, box in enumerate(line):
            if box is None or (x, y) in seen:
                continue
            members = _neighbours((x, y), squares, seen)
            boxes = {squares[row][column]: None for column, row in members}
            ordered = sorted(filter(None, boxes), key=lambda each: (each.top, each.x0))
            if len({each.x0 for each in ordered}) > 1:
                groups.append(tuple(ordered))
                continue
            for column, row in members:
                squares[row][column] = None
    groups.sort(key=lambda group: (group[0].top, group[0].x0))
    return Ruled(tuple(groups), tuple(xs), tuple(ys), tuple(map(tuple, squares)))


def _neighbours(start: Square, squares: list[list[Box | None]], seen: set[Square]) -> list[Square]:
    seen.add(start)
    members = [start]
    for x, y in members:
        for column, row in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            if not (0 <= row < len(squares) and 0 <= column < len(squares[row])):
                continue
            if squares[row][column] is not None and (column, row) not in seen:
                seen.add((column, row))
                members.append((column, row))
    return members
