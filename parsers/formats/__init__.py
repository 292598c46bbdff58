"""From bytes to ``Document``: one module per format, chosen by the first bytes.

Name and declared type are not believed: portals serve PDF as .html and pictures as .doc. A format
module does not know the form. What cannot be read is refused with a word of ``REASONS``.
"""

from __future__ import annotations

import re

from parsers.decode import decode
from parsers.document import Document
from parsers.errors import Refused
from parsers.formats import docx, html, mixed, pdf, text, xlsx
from parsers.formats.package import opened

LIMIT = 32 * 1024 * 1024
"""Largest document read, in bytes. Real reports are below 5 MB; a crawl keeps no more than this."""

REASONS = {
    "empty": "文件为空 · the file is empty",
    "too_large": f"文件或解压后超过 {LIMIT >> 20} MB · larger than {LIMIT >> 20} MB, packed or not",
    "pdf_scan": "PDF 只有图像，没有文字层 · a PDF of pictures, without text",
    "pdf_encrypted": "PDF 须有密码才能打开 · a PDF that asks for a password",
    "pdf_unmapped": "PDF 的字形没有对应的文字 · a PDF whose shapes are not named as characters",
    "xlsb": "XLSB 文档，尚不能读取 · a binary XLSB workbook, not read yet",
    "presentation": "PPTX 演示文稿，尚不能读取 · a PPTX presentation, not read yet",
    "ofd": "OFD 文档，尚不能读取 · an OFD document, not read yet",
    "opendocument": "ODT、ODS 文档，尚不能读取 · an OpenDocument file, not read yet",
    "rtf": "RTF 文档，尚不能读取 · a Rich Text Format file, not read yet",
    "office_ole": "DOC、WPS、XLS 文档，尚不能读取 · a legacy Office file, not read yet",
    "picture": "图片，不是文字 · a picture, not text",
    "archive": "压缩包 · a compressed archive",
    "binary": "二进制数据，不是文字 · binary data, not text",
    "damaged": "存档的字节无法解开 · the kept bytes cannot be unpacked",
    "no_text": "没有任何文字 · no text in it at all",
    "too_deep": "表格跨度或嵌套异常 · a table or nesting too large to be honest",
}
"""Every word a refusal may have, with what a person is told."""

_MAGIC = (
    (b"\xd0\xcf\x11\xe0", "office_ole"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\xfd7zXZ", "archive"),
)

_READERS = {"docx": docx.read, "xlsx": xlsx.read}
_PACKAGE = b"PK\x03\x04"
_PDF = b"%PDF"
_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|div|p|h1|span)[\s>]", re.I)
_NUL_FROM = 1000
"""Characters for each of which one NUL is forgiven: browsers skip it; binaries are full of them."""


def document(body: bytes, header_charset: str | None = None) -> Document:
    """Read ``body`` into a Document.

    Raises:
        Refused: with a word of REASONS.
    """
    if len(body) > LIMIT:
        raise Refused("too_large", f"{len(body) / (1 << 20):.0f} MB")
    start = body[:1024].lstrip()
    if not start and not body.strip():
        raise Refused("empty")
    if start.startswith(_PACKAGE):
        return _packaged(body)
    if start.startswith(_PDF):
        return pdf.read(body)
    for magic, reason in _MAGIC:
        if start.startswith(magic) and not _is_words(magic, body):
            raise Refused(reason)
    characters, charset = decode(body, header_charset)
    if characters.count("\x00") * _NUL_FROM > len(characters):
        raise Refused("binary")
    characters = characters.replace("\x00", "")
    if _MARKUP.search(characters[:20_000]):
        return html.read(characters, charset)
    if mixed.has_table(characters):
        return html.read(mixed.as_html(characters), charset)
    return text.read(characters, charset)


def _packaged(body: bytes) -> Document:
    package = opened(body, LIMIT)
    if package.kind not in _READERS:
        raise Refused(package.kind)
    return _READERS[package.kind](package)


def _is_words(magic: bytes, body: bytes) -> bool:
    """Tell two-letter magic apart from a text that happens to begin with these letters."""
    return magic == b"BM" and b"\x00" not in body[:64]
