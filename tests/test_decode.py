"""Bytes as portals send them, with the charset they claim and the one they are in."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.decode import decode

REPORT = "瞿塘镕喆县2023年政府信息公开工作年度报告。申请人情况：自然人3件。行政复议0件。"
MIRROR = "某縣2023年政府資訊公開工作年度報告"
PAGE = '<html><head><meta charset="{}"></head><body>{}</body></html>'


def page(declared, text=REPORT):
    return PAGE.format(declared, text)


@pytest.mark.parametrize(
    ("body", "header", "codec"),
    [
        (page("utf-8").encode(), None, "utf-8"),
        (page("gb2312").encode(), None, "utf-8"),
        (page("utf-8").encode(), "gbk", "utf-8"),
        (page("gb2312").encode("gb18030"), None, "gb18030"),
        (page("gbk").encode("gb18030"), "gbk", "gb18030"),
        (page("utf-8").encode("gb18030"), None, "gb18030"),
        (page("utf-8").encode("gb18030"), "utf-8", "gb18030"),
        (page("").encode("gb18030"), None, "gb18030"),
        (page("").encode("gb18030"), "iso-8859-1", "gb18030"),
        (page("windows-1252").encode("gb18030"), "ISO-8859-1", "gb18030"),
        (page("big5").encode("gb18030"), "big5", "gb18030"),
        (codecs.BOM_UTF8 + page("gbk").encode(), "gbk", "utf-8-sig"),
        (page("gbk").encode("utf-16"), "gbk", "utf-16"),
        (codecs.BOM_UTF16_BE + page("gbk").encode("utf-16-be"), None, "utf-16"),
    ],
)
def test_the_text_is_found_whatever_is_declared(body, header, codec):
    text, used = decode(body, header)
    assert REPORT in text
    assert used == codec


@pytest.mark.parametrize("header", [None, "big5", "gbk", "utf-8"])
def test_a_mirror_in_big5_is_read(header):
    assert MIRROR in decode(page("big5", MIRROR).encode("big5"), header)[0]


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_broken_bytes_spoil_no_more_than_themselves(charset):
    body = page(charset).encode(charset).replace(b"</body>", b"\xff\xfe\x81</body>")
    assert REPORT in decode(body)[0]


@pytest.mark.parametrize(
    "name",
    ["hex", "base64", "idna", "undefined", "utf-7", "unicode_escape", "\x00", "ü", "x" * 999],
)
def test_a_charset_no_page_is_written_in_is_not_tried(name):
    text, codec = decode(page(name).encode("gb18030"), name)
    assert (REPORT in text, codec) == (True, "gb18030")


@given(st.binary(max_size=400), st.none() | st.text(max_size=20))
def test_any_bytes_are_some_text(body, header):
    text, codec = decode(body, header)
    assert codec in {"utf-8", "utf-8-sig", "utf-16", "gb18030", "big5hkscs"}
    assert isinstance(text, str)


@given(st.text(max_size=300))
def test_text_in_utf_8_comes_back(text):
    body = text.encode()
    assert decode(body, "gbk")[0] == (text if not body.startswith(codecs.BOM_UTF8) else text[1:])
