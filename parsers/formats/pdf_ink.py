"""What is inked on the pages of a PDF: characters and straight rules, each with its place.

Bounded in what it takes in, by counting, so that no file costs more than its share. It refuses
what has no characters to read, and does not know which of them make a word, a cell or a line.
"""

from __future__ import annotations

import logging
import re
import struct
import unicodedata
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO

from pdfminer.layout import LTChar, LTCurve, LTImage, LTItem, LTLayoutContainer, LTRect
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from parsers.errors import Refused
from parsers.formats.pdf_pen import Hand, Pen

MAX_PAGES = 200
MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that the streams of a file, pictures apart, may hold once unpacked."""
THIN = 3.0
"""Points up to which a filled box is a rule: word processors draw borders as thin boxes."""

# What pdfminer lets through where a file contradicts itself. MemoryError is not among them.
_BROKEN = (
    PSException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_CHAINED = re.compile(rb"/(?:LZW|LZWDecode|RunLengthDecode|RL)\b|Flate(?:Decode)?\s*/Fl")

# Fonts share one glyph between a radical and the character, and name it by the radical. Most are
# folded by Unicode compatibility; these of the supplement have no decomposition there.
_RADICALS = str.maketrans(
    "⼾⺁⺇⺈⺊⺋⺌⺍⺗⺝⺟⺠⺩⺫⺬⺮⺶⺷⺻⺼⻁⻄⻅⻆⻈⻉⻋⻌⻓⻔⻗⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "户厂几刀卜巳小小心月母民王罒示竹羊羊聿月虎西见角讠贝车辶长门雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
_UNMAPPED = "\ufffd"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its box in points from the page's top left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        """Return its height in points."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """Return the middle of its box."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight stroke along one axis: where it lies on the other axis, its two ends."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Ink:
    """What one page shows; ``number`` counts from 1, ``picture`` is the share its images cover."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]
    picture: float


def pages(body: bytes) -> tuple[Ink, ...]:
    """Return what is inked on each page.

    Raises:
        Refused: "pdf_encrypted", "damaged", or "too_deep" beyond the bounds.
    """
    _check_size_unpacked(body)
    with _quiet():
        try:
            return tuple(_pages(body))
        except PDFEncryptionError as error:
            raise Refused("pdf_encrypted", str(error)) from error
        except Refused:
            raise
        except _BROKEN as error:
            raise Refused("damaged", f"{type(error).__name__} {error}"[:200]) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence what pdfminer has to say about every second font."""
    logger = logging.getLogger("pdfminer")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _check_size_unpacked(body: bytes) -> None:
    """Refuse a file whose streams grow beyond bounds, before anything unpacks them whole."""
    left = MAX_UNPACKED
    for found in _STREAM.finditer(body):
        said = body[max(0, found.start() - 400) : found.start()].rpartition(b" obj")[2]
        if _CHAINED.search(said):
            raise Refused("too_deep", "a stream packed in a way no report is")
        if not re.search(rb"/Subtype\s*/Image", said) and b"/DCTDecode" not in said:
            left -= _unpacked(body, found.end(), left)
        if left < 0:
            raise Refused("too_deep", f"more than {MAX_UNPACKED >> 20} MB once unpacked")


def _unpacked(body: bytes, start: int, limit: int) -> int:
    """Return how many bytes a deflated stream makes, not counting beyond ``limit``."""
    machine, made, data = zlib.decompressobj(), 0, body[start : start + 65536]
    at = start + len(data)
    try:
        while data and not machine.eof and made <= limit:
            made += len(machine.decompress(data, 1 << 20))
            data = machine.unconsumed_tail
            if not data:
                data = body[at : at + 65536]
                at += len(data)
    except zlib.error:
        return made
    return made


def _pages(body: bytes) -> Iterator[Ink]:
    source = PDFDocument(PDFParser(BytesIO(body)))
    fonts = PDFResourceManager()
    for number, page in enumerate(PDFPage.create_pages(source), start=1):
        if number > MAX_PAGES:
            raise Refused("too_deep", f"more than {MAX_PAGES} pages")
        device = Pen(fonts)
        Hand(fonts, device).process_page(page)
        yield _ink(number, device.get_result())


@dataclass(slots=True)
class _Gathering:
    """The page being taken apart; pdfminer counts upwards from the page's foot."""

    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    pictured: float = 0.0

    def take(self, item: LTItem) -> None:
        if isinstance(item, LTChar):
            self.glyph(item)
        elif isinstance(item, LTImage):
            self.pictured += item.width * item.height
        elif isinstance(item, LTRect):
            self.box(item)
        elif isinstance(item, LTCurve) and item.stroke:
            for (x0, y0), (x1, y1) in zip(item.pts, item.pts[1:], strict=False):
                self.rule(x0, x1, self.height - y1, self.height - y0)

    def glyph(self, item: LTChar) -> None:
        text = _text(item.get_text())
        if item.upright and text.strip():
            top, bottom = self.height - item.y1, self.height - item.y0
            self.glyphs.append(Glyph(text, item.x0, item.x1, top, bottom))

    def box(self, item: LTRect) -> None:
        top, bottom = self.height - item.y1, self.height - item.y0
        if min(item.width, item.height) <= THIN:
            self.rule(item.x0, item.x1, top, bottom)
        elif item.stroke:
            self.across += [Rule(y, item.x0, item.x1) for y in (top, bottom)]
            self.down += [Rule(x, top, bottom) for x in (item.x0, item.x1)]

    def rule(self, x0: float, x1: float, y0: float, y1: float) -> None:
        (x0, x1), (y0, y1) = sorted((x0, x1)), sorted((y0, y1))
        if x1 - x0 >= y1 - y0 and y1 - y0 <= THIN:
            self.across.append(Rule((y0 + y1) / 2, x0, x1))
        elif x1 - x0 <= THIN:
            self.down.append(Rule((x0 + x1) / 2, y0, y1))


def _ink(number: int, page: LTLayoutContainer) -> Ink:
    found = _Gathering(page.height)
    waiting: list[LTItem] = [page]
    while waiting:
        item = waiting.pop()
        if isinstance(item, LTLayoutContainer):
            waiting.extend(reversed(list(item)))
        else:
            found.take(item)
    area = page.width * page.height
    share = found.pictured / area if area else 0.0
    inked = (tuple(found.glyphs), tuple(found.across), tuple(found.down))
    return Ink(number, page.width, page.height, *inked, min(share, 1.0))


def _text(printed: str) -> str:
    """Return a character as text; one without a meaning is no digit and no word."""
    if printed.startswith("(cid:"):
        return _UNMAPPED
    plain = printed.translate(_RADICALS)  # ⼾ too: by compatibility it would be 戶
    if plain.isascii():
        return plain
    return "".join(
        unicodedata.normalize("NFKC", each) if "\u2f00" <= each <= "\u2fd5" else each
        for each in plain
    )


def unmapped(printed: Sequence[Ink]) -> bool:
    """Say whether most characters have no meaning: the file lacks the table from shapes to text."""
    glyphs = [glyph for page in printed for glyph in page.glyphs]
    return sum(glyph.text == _UNMAPPED for glyph in glyphs) * 2 > len(glyphs)
