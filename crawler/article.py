"""What the crawler needs of an article: the mandated facts in its head, the files it carries.

The report itself is read later, from the kept bytes, by ``parsers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from parsel import Selector
from scrapy.http import HtmlResponse

from crawler.lead import Lead, resolve

BODIES: Final = (
    # Containers seen around the text of a report, most telling first.
    "#UCAP-CONTENT",
    ".TRS_Editor",
    ".trs_editor_view",
    ".TRS_UEDITOR",
    ".j-fontContent",
    "[id^=vsb_content]",
    ".v_news_content",
    "#zoom",
    "#Zoom",
    "#zoomcon",
    "#ivs_content",
    ".article-content",
    ".Article_content",
    ".xxgk_content",
    ".detail-content",
    ".pages_content",
    ".zwxl-main",
    ".article_component",
)

FILES: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|rtf|rar|zip|7z)$", re.IGNORECASE)
_DOWNLOAD = re.compile(r"downfile\.jsp|download\.jsp", re.IGNORECASE)
_IMAGES = re.compile(r"\.(?:png|jpe?g|gif|bmp|webp|tiff?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """The metas every government article must carry, as printed; empty where it does not."""

    title: str
    published: str
    source: str
    site_code: str


def article_facts(page: HtmlResponse) -> ArticleFacts:
    """Read the mandated ``<meta>`` block (国办发〔2017〕47号), whatever the case of its names."""
    metas: dict[str, str] = {}
    for meta in page.css("meta[name][content]"):
        metas.setdefault(meta.attrib["name"].strip().lower(), meta.attrib["content"].strip())
    return ArticleFacts(
        title=metas.get("articletitle", ""),
        published=metas.get("pubdate", ""),
        source=metas.get("contentsource", ""),
        site_code=metas.get("siteidcode", ""),
    )


def attachments(page: HtmlResponse) -> Iterator[Lead]:
    """Yield the files an article carries: linked documents, images in its body, framed PDFs.

    Documents count wherever they stand, because 附件 blocks often follow the body; images only
    inside it, because elsewhere they are decoration.
    """
    seen: set[str] = set()
    for href, title in (*_documents(page), *_frames(page), *_images(page)):
        url = resolve(page, href)
        if url is not None and url not in seen:
            seen.add(url)
            yield Lead(url, " ".join(title.split()), page.url, None)


def _documents(page: HtmlResponse) -> Iterator[tuple[str, str]]:
    for link in page.css("a[href]"):
        path = link.attrib["href"].split("?")[0].strip()
        if FILES.search(path) or _DOWNLOAD.search(path):
            words = link.attrib.get("title") or link.xpath("normalize-space()").get("")
            yield link.attrib["href"], words


def _frames(page: HtmlResponse) -> Iterator[tuple[str, str]]:
    """Yield the file behind a viewer: its ``file`` parameter, or the frame's own address."""
    for frame in page.css("iframe[src], embed[src], object[data]"):
        address = frame.attrib.get("src") or frame.attrib["data"]
        shown = parse_qs(urlsplit(address).query).get("file", [address])[0]
        if FILES.search(unquote(shown).split("?")[0]):
            yield unquote(shown) if "%" in shown else shown, ""


def _images(page: HtmlResponse) -> Iterator[tuple[str, str]]:
    for image in _body(page).css("img[src]"):
        if _IMAGES.search(image.attrib["src"].split("?")[0]):
            yield image.attrib["src"], image.attrib.get("alt", "")


def _body(page: HtmlResponse) -> Selector:
    for container in BODIES:
        if found := page.css(container):
            return found[0]
    return Selector(text="<html></html>")
