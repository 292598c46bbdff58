"""A second writer of PDF, for the tests: rules, Han and digits, page by page, uncompressed.

It draws borders as strokes where browsers draw thin boxes, and closes a table at the foot of a page
as word processors do.
"""

from dataclasses import dataclass

HEIGHT, WIDTH = 842, 595
HAN = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
    b" /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000"
    b" /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /Ascent 880"
    b" /Descent -120 /FontBBox [0 -120 1000 880] >> >>] >>"
)
NAMELESS = HAN.replace(b"UniGB-UCS2-H", b"Identity-H").replace(b"GB1", b"Identity")
LATIN = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
IMAGE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
    b" /BitsPerComponent 8 /Length 1 >>\nstream\n\x00\nendstream"
)


@dataclass(frozen=True)
class Text:
    """Words at a place, in points from the page's top left corner to the foot of the letters."""

    words: str
    x: float
    y: float
    size: float = 12


@dataclass(frozen=True)
class Stroke:
    """A rule from one point to another."""

    x0: float
    y0: float
    x1: float
    y1: float


def drawn(items):
    """Return the content stream that draws texts and strokes."""
    return "\n".join(map(_drawn, items)).encode()


def _drawn(item):
    if isinstance(item, Stroke):
        return f"{item.x0} {HEIGHT - item.y0} m {item.x1} {HEIGHT - item.y1} l S"
    runs, x = [], item.x
    for letter in item.words:
        font, code = ("L", letter) if letter.isascii() else ("H", letter)
        shown = f"<{code.encode('utf-16-be' if font == 'H' else 'ascii').hex()}>"
        runs.append(f"BT /{font} {item.size} Tf {x} {HEIGHT - item.y} Td {shown} Tj ET")
        x += item.size * (0.556 if letter.isascii() else 1)
    return "\n".join(runs)


def pdf(*pages, han=HAN, trailer=b""):
    """Return a file of pages, each the bytes of its content stream."""
    kids = b" ".join(b"%d 0 R" % (10 + 2 * at) for at in range(len(pages)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        3: han,
        4: LATIN,
        5: IMAGE,
    }
    for at, content in enumerate(pages):
        objects[10 + 2 * at] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /Font << /H 3 0 R /L 4 0 R >> /XObject << /I 5 0 R >> >> >>"
            % (WIDTH, HEIGHT, 11 + 2 * at)
        )
        objects[11 + 2 * at] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    return _file(objects, trailer)


def _file(objects, trailer):
    body, places = bytearray(b"%PDF-1.4\n"), {}
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(body), max(objects) + 1
    body += b"xref\n0 %d\n" % size
    for number in range(size):
        used = number in places
        body += b"%010d %05d %s \n" % (
            places.get(number, 0),
            0 if used else 65535,
            b"fn"[used:][:1],
        )
    body += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer,
        start,
    )
    return bytes(body)


def table(rows, xs, top, height, upper=True, lower=True, size=10):
    """Return what draws a ruled table of one-line cells; its first or last rule may be missing."""
    bottom = top + height * len(rows)
    items = [Stroke(x, top, x, bottom) for x in xs]
    for at in range(len(rows) + 1):
        if (at or upper) and (at < len(rows) or lower):
            items.append(Stroke(xs[0], top + at * height, xs[-1], top + at * height))
    for at, row in enumerate(rows):
        for words, x in zip(row, xs, strict=False):
            items.append(Text(words, x + 4, top + at * height + height * 0.65, size))
    return items
