"""The drawing of a PDF page by pdfminer, counted and clipped.

pdfminer's interpreter and device are made to be derived from. Here they stop at a bound, whatever a
file asks for, and leave out what a clip hides. They do not look at what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from pdfminer.converter import PDFPageAggregator
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.utils import apply_matrix_pt

from parsers.errors import Refused

MAX_INKED = 20_000
"""Characters and strokes on one page: a page of small print has 3,000, a full table 600."""
Window: TypeAlias = tuple[float, float, float, float]
EVERYWHERE: Window = (-1e9, -1e9, 1e9, 1e9)
EDGE = 1.0
"""Points by which the middle of a stroke may lie beyond what is in sight."""


class Pen(PDFPageAggregator):
    """The pen of pdfminer, made to be derived from: it counts, and draws nothing out of sight."""

    drawn = 0
    window = EVERYWHERE
    """What is in sight, in points from the page's lower left corner."""

    def _count(self, more: int) -> None:
        self.drawn += more
        if self.drawn > MAX_INKED:
            raise Refused("too_deep", f"more than {MAX_INKED} characters and strokes on a page")

    def narrow(self, path: Sequence[Any]) -> None:
        """Keep in sight only what lies in the box around ``path``."""
        if (box := self._around(path)) is not None:
            x0, y0, x1, y1 = self.window
            self.window = max(x0, box[0]), max(y0, box[1]), min(x1, box[2]), min(y1, box[3])

    def _around(self, path: Sequence[Any]) -> Window | None:
        points = [apply_matrix_pt(self.ctm, each[-2:]) for each in path if len(each) > 2]
        if not points:
            return None
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)

    def _in_sight(self, box: Window) -> bool:
        x0, y0, x1, y1 = self.window
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return x0 - EDGE <= middle[0] <= x1 + EDGE and y0 - EDGE <= middle[1] <= y1 + EDGE

    def render_char(self, matrix: Any, *args: Any, **kwargs: Any) -> float:
        """Draw one character, unless it is out of sight."""
        self._count(1)
        advance = super().render_char(matrix, *args, **kwargs)
        made = self.cur_item._objs.pop()
        if self._in_sight(made.bbox):
            self.cur_item._objs.append(made)
        return advance

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
        """Draw one path, unless it is out of sight."""
        self._count(len(path))
        box = self._around(path)
        if box is not None and self._in_sight(box):
            super().paint_path(gstate, stroke, fill, evenodd, path)

    def begin_figure(self, *args: Any) -> None:
        """Begin a form or picture."""
        self._count(100)  # running a form costs, even where it draws nothing
        super().begin_figure(*args)


class Hand(PDFPageInterpreter):
    """The interpreter of pdfminer, minding clips: browsers draw the next page below the edge."""

    device: Pen

    def init_state(self, ctm: Any) -> None:
        """Begin a content stream."""
        super().init_state(ctm)
        self._windows: list[Window] = []

    def do_q(self) -> None:
        """Keep the clip in force."""
        super().do_q()
        self._windows.append(self.device.window)

    def do_Q(self) -> None:
        """Return to the clip kept last."""
        super().do_Q()
        if self._windows:
            self.device.window = self._windows.pop()

    def do_W(self) -> None:
        """Clip by the current path."""
        self.device.narrow(self.curpath)

    def do_W_a(self) -> None:
        """Clip by the current path, even-odd."""
        self.device.narrow(self.curpath)

    def do_Do(self, xobjid_arg: Any) -> None:
        """Draw a form or picture; its clips end with it."""
        window = self.device.window
        super().do_Do(xobjid_arg)
        self.device.window = window
