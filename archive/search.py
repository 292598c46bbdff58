"""Chinese full-text search in plain SQLite: what is indexed, and what a typed query means.

FTS5 knows no Chinese words, so every Han character becomes a token of its own and a word is found
as a phrase of its characters: complete for one character as for eight, in both scripts, without
an extension. Text and query go through the same ``segment``, so what is lost is lost on both
sides. The indexes are contentless: they hold no text, the database opens anywhere, and nothing
can be updated in place, only built again. It ranks nothing and knows no pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import opencc
import sqlite_utils

WORDS = 32
"""Words of a query that are looked at; nobody types more, and FTS5 has a stack."""

CHARACTERS = 400
"""Characters of a query that are looked at, for the same reason."""

NOTHING = '""'
"""The FTS5 query that matches no row."""

# With the ideographic zero and the repetition mark, which stand inside words (二〇二三), and the
# private-use characters that portals print where their fonts lack a rare one.
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_WORD = re.compile(r'["“”]([^"“”]*)["“”]|([^\s"“”，、；,;]+)')
_SAYS = re.compile(rf"[^\W_]|[{_HAN}]")
"""A character that is a token to FTS5; an emoji, say, is none."""
_BETWEEN = r"[\W_]*"
_EDGE = rf"(?![{_HAN}])\w"
"""A letter or digit: a word that has one before or after it is part of a longer word."""


@dataclass(frozen=True, slots=True)
class Index:
    """One contentless index: its name, the table it speaks of, that table's key and columns."""

    id: str
    table: str
    pk: str
    columns: tuple[str, ...]


INDEXES = (
    Index("sections_fts", "sections", "id", ("heading", "text")),
    # Keyed by text, so by row number; publishing fills the table once and never deletes from it.
    Index("agencies_fts", "agencies", "rowid", ("name",)),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it is what was searched for."""

    text: str
    hit: bool


def index(db: sqlite_utils.Database) -> None:
    """Build every index of the published database afresh, the same for the same rows."""
    with db.atomic():
        for entry in INDEXES:
            names = ", ".join(f'"{column}"' for column in entry.columns)
            marks = ", ".join("?" for _ in entry.columns)
            db.conn.execute(f'DROP TABLE IF EXISTS "{entry.id}"')
            db.conn.execute(f"CREATE VIRTUAL TABLE \"{entry.id}\" USING fts5({names}, content='')")
            db.conn.executemany(
                f'INSERT INTO "{entry.id}"(rowid, {names}) VALUES (?, {marks})', _rows(db, entry)
            )
            db.conn.execute(f'INSERT INTO "{entry.id}"("{entry.id}") VALUES (\'optimize\')')


def _rows(db: sqlite_utils.Database, entry: Index) -> Iterator[tuple[int | str, ...]]:
    names = ", ".join(f'"{column}"' for column in entry.columns)
    sql = f'SELECT {entry.pk}, {names} FROM "{entry.table}" ORDER BY {entry.pk}'
    for number, *texts in db.conn.execute(sql):
        yield (number, *(text.translate(_tokens()) for text in texts))


def segment(text: str) -> str:
    """Return ``text`` as tokens with a space between: Han characters singly, other words whole.

    Width, case and script are levelled (Ａ → a, 開 → 开); punctuation goes, so that what is left
    holds no FTS5 syntax.
    """
    return " ".join(text.translate(_tokens()).split())


def fold(text: str) -> str:
    """Return ``text`` half-width, lower-case and in Simplified characters, one by one.

    Characters, never words: OpenCC keeps 乾 in 乾隆 and changes it in 乾, so that a part of a
    text would not be found in the whole.
    """
    return text.translate(_folds())


@cache
def _folds() -> dict[int, str]:
    """Return what each character is levelled to, by code.

    One table, made once, is eight times as fast as normalising every text.
    """
    runs = (range(0xD800), range(0xE000, 0x10000), range(0x20000, 0x32400))
    codes = [code for run in runs for code in run if code != ord("\n")]
    plain = [unicodedata.normalize("NFKC", chr(code)).lower() for code in codes]
    simplified = _t2s().convert("\n".join(plain)).split("\n")
    return dict(zip(codes, simplified, strict=True))


@cache
def _tokens() -> dict[int, str]:
    """Return what each character stands for in an index: itself, levelled, or a space."""
    return {code: "".join(map(_token, folded)) for code, folded in _folds().items()}


def _token(character: str) -> str:
    if _HAN_RUN.match(character):
        return f" {character} "
    return character if character.isalnum() else " "


@cache
def _t2s() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def match_query(text: str) -> str:
    """Return the FTS5 query for what a person typed: every word somewhere, each as a phrase.

    Words are parted by spaces, commas or 、 unless quoted. Nothing a person can type is syntax to
    FTS5; without a single letter, digit or character the query matches nothing.
    """
    phrases = [" OR ".join(f'"{wording}"' for wording in word) for word in words(text)]
    return " AND ".join(f"({phrase})" for phrase in phrases) or NOTHING


def words(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a query, each as the segmented wordings it may have in a text.

    There are two where OpenCC reads a Traditional word otherwise than its characters (瞭解 is
    了解, 瞭 alone stays 瞭).
    """
    found = (quoted or plain for quoted, plain in _WORD.findall(text[:CHARACTERS]))
    segmented = (
        tuple(dict.fromkeys((segment(word), segment(_t2s().convert(word))))) for word in found
    )
    return tuple(dict.fromkeys(word for word in segmented if _SAYS.search(word[0])))[:WORDS]


def snippet(text: str, query: str, width: int = 90) -> tuple[Piece, ...]:
    """Return about ``width`` characters of ``text`` around what ``query`` finds, hits apart.

    The stretch is the one with most of the query's words; the beginning where none occurs.
    """
    hits = _hits(text, query)
    start = _best(hits, width)
    end = min(len(text), start + width)
    pieces = [Piece("…", False)] if start else []
    at = start
    for first, last, _ in hits:
        if at <= first < end:
            pieces += [Piece(text[at:first], False), Piece(text[first:last], True)]
            at = last
    pieces += [Piece(text[at:end], False), Piece("…" if end < len(text) else "", False)]
    return tuple(piece for piece in pieces if piece.text)


def snippet_text(text: str | None, query: str | None) -> str:
    """Return a snippet as plain text with 【】 around the hits: the SQL function ``snippet_zh``."""
    pieces = snippet(text or "", query or "")
    return "".join(f"【{piece.text}】" if piece.hit else piece.text for piece in pieces)


def _hits(text: str, query: str) -> list[tuple[int, int, int]]:
    """Return (start, end, word) of every hit in ``text``, none overlapping another."""
    folded, places = _folded(text)
    found: list[tuple[int, int, int]] = []
    for number, word in enumerate(words(query)):
        pattern = "|".join(_pattern(wording) for wording in word)
        for match in re.finditer(pattern, folded):
            found.append((places[match.start()], places[match.end() - 1] + 1, number))
    apart: list[tuple[int, int, int]] = []
    for hit in sorted(found):
        if not apart or hit[0] >= apart[-1][1]:
            apart.append(hit)
    return apart


def _pattern(wording: str) -> str:
    return _BETWEEN.join(
        token if _HAN_RUN.fullmatch(token) else f"(?<!{_EDGE}){re.escape(token)}(?!{_EDGE})"
        for token in wording.split()
    )


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, where it stands in ``text``."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, list(range(len(text)))
    parts = [fold(character) for character in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), places


def _best(hits: list[tuple[int, int, int]], width: int) -> int:
    """Return where to begin so that ``width`` characters hold the most different words."""
    before = width // 4
    scored = (
        (len({word for at, _, word in hits if start <= at < start + width - before}), -start)
        for start, _, _ in hits[:200]
    )
    return max(0, -max(scored, default=(0, 0))[1] - before)
