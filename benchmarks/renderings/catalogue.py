"""Every rendering, in the order of the table. To add one, write it and list it in its module."""

from __future__ import annotations

from benchmarks.renderings.breaking import BREAKINGS
from benchmarks.renderings.damage import DAMAGES
from benchmarks.renderings.pages import PAGES
from benchmarks.renderings.rendering import Rendering
from benchmarks.renderings.texts import TEXTS
from benchmarks.renderings.wording import WORDINGS

RENDERINGS: tuple[Rendering, ...] = (
    *PAGES,
    *WORDINGS,
    *BREAKINGS,
    *TEXTS,
    *DAMAGES,
)
