"""The prose of a report: title, publisher, year, date, and the six statutory sections.

Works on paragraphs only. A heading is a paragraph whose key equals an official heading or one of
its aliases; numbering is ignored, because portals misnumber (五 printed as 5、). What cannot be
found stays None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from parsers.document import Document, Paragraph
from parsers.form import Form
from parsers.labels import label, section_keys
from parsers.sheet import SectionText

HEADING_LIMIT = 60
"""Characters beyond which a paragraph is no heading; the longest official one has 27."""
TITLE_LIMIT = 90
LINE_LIMIT = 400
"""Characters of a line that are looked at for a title, breadcrumbs before it included."""

_REPORT = re.compile(
    r"(?:政府信息公开|信息公开|政务公开)(?P<between>.{0,8}?)(?:年度工作报告|年度报告|年报|工作报告)"
)
_YEAR = re.compile(r"((?:19|20)\d{2})(?:年度|年)?")
BREADCRUMB_MARKS = ">»›|"
_PERIOD = re.compile(r"(20\d{2})年1月1日.{0,4}?(?:20\d{2}年)?12月31日")
_IN_TEXT = re.compile(r"结合(?:20\d{2}年)?(?P<publisher>[^,，。;；]{4,40}?)政府信息公开工作")
_SIGNED = re.compile(r"(20\d{2})年(\d{1,2})月(\d{1,2})日")
_ISO_DATE = re.compile(r"(20\d{2})[-/.](\d{1,2})[-/.](\d{1,2})")
# What every government page carries at its foot (国办发〔2017〕47号); no report says it of itself.
_FOOTER = re.compile(r"网站标识码|ICP备|公网安备|^主办(?:单位)?[:：]")
_BODY = re.compile(
    r"^[\w（）()·]{2,40}(?:局|委|委员会|办|办公室|厅|部|院|政府|街道办事处|管委会|中心|署|会)$"
)
_MARKUP = re.compile(r"^[#>*\s]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading: position among the blocks, section number, its wording."""

    position: int
    number: str
    text: str


def headings(document: Document, form: Form) -> list[Heading]:
    """Return the headings of the six sections in their order, each at most once.

    Where a heading occurs twice (a table of contents, then the section) the last place that keeps
    the order counts.
    """
    keys = section_keys(form.id)
    met = [
        Heading(position, number, paragraph.text)
        for position, paragraph in document.paragraphs()
        if len(paragraph.text) <= HEADING_LIMIT
        and (number := _section(label(paragraph.text).key, keys))
    ]
    chosen: list[Heading] = []
    before = len(document.blocks)
    for section in reversed(form.sections):
        places = [h for h in met if h.number == section.number and h.position < before]
        if places:
            chosen.append(places[-1])
            before = places[-1].position
    return chosen[::-1]


def _section(key: str, keys: Mapping[str, str]) -> str | None:
    plain = key.replace("行政机关", "").replace("的情况", "情况")
    return keys.get(key) or keys.get(plain)


def sections(document: Document, found: Sequence[Heading]) -> tuple[SectionText, ...]:
    """Return the prose of each section found, tables left out, as far as the page's footer."""
    ends = [*(heading.position for heading in found), _footer(document, found)][1:]
    return tuple(
        SectionText(heading.number, _plain(heading.text), _prose(document, heading, end))
        for heading, end in zip(found, ends, strict=True)
    )


def _footer(document: Document, found: Sequence[Heading]) -> int:
    """Return where the portal's own footer begins below the last heading, else the end."""
    last = found[-1].position if found else 0
    places = (
        position
        for position, paragraph in document.paragraphs()
        if position > last and _FOOTER.search(paragraph.text)
    )
    return next(places, len(document.blocks))


def _prose(document: Document, heading: Heading, end: int) -> str:
    blocks = document.blocks[heading.position + 1 : end]
    return "\n".join(_plain(block.text) for block in blocks if isinstance(block, Paragraph))


def _plain(text: str) -> str:
    return _MARKUP.sub("", text)


@dataclass(frozen=True, slots=True)
class Masthead:
    """Who reports on which year, under what title, published when; None where nobody says."""

    title: str | None
    publisher: str | None
    year: int | None
    published: str | None


def masthead(document: Document, found: Sequence[Heading]) -> Masthead:
    """Return what stands above section one and below section six, and in the head metas."""
    first = found[0].position if found else len(document.blocks)
    opening = [
        (_closed(paragraph.text), paragraph.text)
        for position, paragraph in document.paragraphs()
        if position < first
    ]
    title, publisher, year = _title(document.metas, opening)
    everything = _closed("".join(text for _, text in opening))
    if year is None and (period := _PERIOD.search(everything)):
        year = int(period[1])
    if not publisher and (named := _IN_TEXT.search(everything)):
        publisher = named["publisher"]
    return Masthead(title, publisher or None, year, _published(document))


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """What a report's title says: itself without spaces, the body it names or "", the year."""

    title: str
    publisher: str
    year: int


def title_facts(line: str) -> TitleFacts | None:
    """Return what ``line`` says as the title of an annual report; None when it is no such title."""
    title = _closed(line[:LINE_LIMIT])
    title = title[max(title.rfind(mark) for mark in BREADCRUMB_MARKS) + 1 :]
    named = _REPORT.search(title) if len(title) <= TITLE_LIMIT else None
    if named is None:
        return None
    before = title[: named.start()]
    year = _YEAR.search(before) or _YEAR.search(named["between"])
    if year is None:
        return None
    return TitleFacts(title, _trimmed(_YEAR.sub("", before, count=1)), int(year[1]))


def _closed(text: str) -> str:
    return "".join(_MARKUP.sub("", text).split())


def _title(
    metas: Mapping[str, str], opening: Sequence[tuple[str, str]]
) -> tuple[str | None, str, int | None]:
    """Return title, publisher and year from the page's own title or its first short lines."""
    declared = [metas["articletitle"]] if metas.get("articletitle") else []
    lines = declared + [text for _, text in opening]
    for at, line in enumerate(lines):
        facts = title_facts(line)
        if facts is None:
            continue
        above = _closed(lines[at - 1]) if at > len(declared) else ""
        if not facts.publisher and _BODY.match(above):
            return above + facts.title, above, facts.year
        return facts.title, facts.publisher, facts.year
    return None, "", None


def _trimmed(publisher: str) -> str:
    """Drop what portals put before a body's name: 关于, a marker, a book-title bracket."""
    return re.sub(r"^(?:关于|【[^】]*】|《|\[[^\]]*\]|\d+[.、])+", "", publisher).rstrip("关于")


def _published(document: Document) -> str | None:
    """Return the page's PubDate, else the signature's date in the last lines."""
    dates = [_ISO_DATE.search(document.metas.get("pubdate", ""))]
    last = [paragraph.text for _, paragraph in document.paragraphs()][-6:]
    dates.extend(_SIGNED.fullmatch(_closed(text)) for text in last)
    return next((day for match in dates if match and (day := _iso(match))), None)


def _iso(match: re.Match[str]) -> str | None:
    try:
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:  # 2月30日 is printed, and is no date
        return None
