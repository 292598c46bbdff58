"""Every rendering, in the order of the table. To add one, write it and list it in its module."""

from __future__ import annotations

from benchmarks.renderings.pages import PAGES
from benchmarks.renderings.rendering import Rendering

RENDERINGS: tuple[Rendering, ...] = (*PAGES,)
