"""The whole of one reading: bytes in, ``Reading`` out. No network, no database, no judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.document import Document, Grid, Picture
from parsers.errors import Refused
from parsers.fill import Filled, fill
from parsers.form import Form, forms
from parsers.formats import document as read_document
from parsers.lines import lines
from parsers.narrative import Heading, headings, masthead, sections
from parsers.script import script_of
from parsers.sheet import Reading, Sheet, Signs, TableState

VERSION = "2"
"""Raised with every change that can alter a reading: the archive then reads everything again."""

# A host named as the site the report stands on; other hosts in the prose say nothing.
_HOST = re.compile(r"(?:网站|网址|门户)[^。；\n]{0,20}?((?:[a-z0-9-]+\.)+[a-z]{2,8})\b", re.I)


def read(body: bytes, header_charset: str | None = None) -> Reading:
    """Return what a report says.

    Args:
        body: the document's bytes, content encoding undone.
        header_charset: charset declared by the server, if any; only a hint.

    Returns:
        A Reading; ``refused`` says why when the document cannot be read at all.
    """
    try:
        document = read_document(body, header_charset)
    except Refused as refusal:
        return Reading(refused=refusal.reason, refused_detail=refusal.detail)
    return read_prepared(document)


def read_prepared(document: Document) -> Reading:
    """Return the Reading of a document that a format module has taken apart."""
    tried = list(_attempts(document))
    # The longest table tells the edition; a look-alike of one or two rows does not.
    best = max(tried, key=lambda one: sorted(map(_cells_found, one.tables), reverse=True))
    head = masthead(document, best.headings)
    # The form follows the printed table: bodies went on printing single tables of the trial form.
    tables = [max((own, *others), key=_cells_found) for own, *others in _by_table(best, tried)]
    return Reading(
        title=head.title,
        publisher=head.publisher,
        year=head.year,
        form=best.edition if any(table.cells_found for table in best.tables) else None,
        sheets=tuple(_with_pictures(table.sheet, document, best.headings) for table in tables),
        sections=sections(document, best.headings),
        signs=_signs(document),
        unknown_rows=tuple(row for table in tables for row in table.unknown_rows),
        published=head.published,
        format=document.format,
        charset=document.charset,
    )


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A document read as one edition of the form."""

    edition: Form
    headings: list[Heading]
    tables: tuple[Filled, ...]


def _attempts(document: Document) -> Iterator[_Attempt]:
    """Yield the document read as each edition, newest first, up to one that is filled."""
    for edition in forms():
        found = headings(document, edition)
        listed = lines(document, {heading.position: heading.number for heading in found})
        attempt = _Attempt(edition, found, fill(listed, edition))
        yield attempt
        if all(table.sheet.state is TableState.READ for table in attempt.tables):
            return


def _by_table(best: _Attempt, tried: Sequence[_Attempt]) -> list[tuple[Filled, ...]]:
    """Return for each table its reading as the best edition, then as the others."""
    order = [best, *(each for each in tried if each is not best)]
    return list(zip(*(attempt.tables for attempt in order), strict=True))


def _cells_found(table: Filled) -> int:
    return table.cells_found


def _with_pictures(sheet: Sheet, document: Document, found: Sequence[Heading]) -> Sheet:
    """Return ``sheet``, marked as image when its section shows pictures and no grid."""
    if sheet.state is not TableState.MISSING:
        return sheet
    start = next((at for at, head in enumerate(found) if head.number == sheet.table.section), None)
    if start is None:
        return sheet
    end = found[start + 1].position if start + 1 < len(found) else len(document.blocks)
    blocks = document.blocks[found[start].position : end]
    pictures = tuple(block.source for block in blocks if isinstance(block, Picture))
    if not pictures or any(isinstance(block, Grid) for block in blocks):
        return sheet
    return replace(sheet, state=TableState.IMAGE, pictures=pictures)


def _signs(document: Document) -> Signs:
    paragraphs = [paragraph for _, paragraph in document.paragraphs()]
    script = script_of("\n".join(paragraph.printed for paragraph in paragraphs))
    hosts = _HOST.findall("\n".join(paragraph.text for paragraph in paragraphs))
    return Signs(script.traditional, script.glosses, tuple(dict.fromkeys(map(str.lower, hosts))))
