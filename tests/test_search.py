"""Whatever stands in a text is found by any part of it, in both scripts, and by nothing else."""

import contextlib
import re
import sqlite3

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import schema, search
from archive.search import NOTHING, index, match_query, segment, snippet, snippet_text

TEXTS = {
    1: ("一、总体情况", "２０２３年，认真贯彻《政府信息公开条例》。乾县与乾隆，了解群众；㐂𠮷。"),
    2: (
        "五、存在的主要问题",
        "行政复议纠正较多，抖音号增长；\n教育领域公开不够，GB18030编码。",
    ),
    3: ("六、其他需要报告的事项", "收取信息处理费0元，政府，信息系统运行。"),
}

HAN = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF),
    st.characters(min_codepoint=0xF900, max_codepoint=0xFAD9),
    st.characters(min_codepoint=0x20000, max_codepoint=0x323AF),
    st.sampled_from("乾瞭著后後裡里發髮麼么〇々"),
)
ANY = st.one_of(HAN, st.sampled_from("，。、；“”（） \n2３aＡ"))


@pytest.fixture(scope="module")
def db():
    made = sqlite_utils.Database(memory=True)
    schema.create(made)
    made.table("agencies").insert({"id": "a", "name": "临江市教育局", "registered": 1})
    made.table("agencies").insert({"id": "b", "name": "临江市水利局", "registered": 1})
    made.table("captures").insert(dict.fromkeys(CAPTURE, 1))
    made.table("reports").insert(dict.fromkeys(REPORT, 1) | {"id": "a-2023", "agency": "a"})
    for number, (heading, text) in TEXTS.items():
        made.table("sections").insert(
            {"id": number, "report": "a-2023", "number": "一", "heading": heading, "text": text}
        )
    index(made)
    yield made
    made.close()


SPECS = {spec.id: [column.id for column in spec.columns] for spec in schema.tables()}
CAPTURE, REPORT = SPECS["captures"], SPECS["reports"]


def found(db, query, table="sections_fts"):
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY rowid"
    return [row for (row,) in db.execute(sql, [match_query(query)])]


@pytest.mark.parametrize(
    ("query", "sections"),
    [
        ("公", [1, 2]),
        ("公开", [1, 2]),
        ("信息公开", [1]),
        ("政府信息公开条例", [1]),
        ("政府信息公開條例", [1]),
        ("瞭解", [1]),
        ("了解", [1]),
        ("乾縣", [1]),
        ("乾隆", [1]),
        ("㐂", [1]),
        ("𠮷", [1]),
        ("2023年", [1]),
        ("２０２３年", [1]),
        ("2023", [1]),
        ("gb18030", [2]),
        ("ＧＢ１８０３０", [2]),
        ("抖音 教育", [2]),
        ("抖音、教育", [2]),
        ("抖音 乾隆", []),
        ('"抖音 教育"', []),
        ("“政府信息” 条例", [1]),
        ("总体情况", [1]),
        ("问题", [2]),
        ("行政复议纠正较多，抖音号", [2]),
        ("诉讼", []),
        ("202", []),
        *((nothing, []) for nothing in ("", " ", "，", '"', "*", "()", "\x00", "😀", "“”")),
        ("NEAR(", []),
        ("公开 AND", []),
        ("text:公开", []),
        ("公开*", [1, 2]),
        ("-公开", [1, 2]),
        ('公开" OR "a', []),
        ("公开 " * 5000, [1, 2]),
    ],
)
def test_a_query_finds(db, query, sections):
    assert found(db, query) == sections


@pytest.mark.parametrize(("query", "rows"), [("教育", [1]), ("臨江", [1, 2]), ("局", [1, 2])])
def test_bodies_are_found_by_name(db, query, rows):
    assert found(db, query, "agencies_fts") == rows


@given(st.data())
def test_any_part_of_a_text_finds_it(db, data):
    number = data.draw(st.sampled_from(sorted(TEXTS)))
    runs = re.findall("[\u3400-\u9fff\U00020000-\U0003ffff]+", TEXTS[number][1])
    assert number in found(db, data.draw(part_of(data.draw(st.sampled_from(runs)))))


@st.composite
def part_of(draw, text):
    start = draw(st.integers(0, len(text) - 1))
    return text[start : draw(st.integers(start + 1, len(text)))]


@settings(max_examples=300)
@given(st.data(), st.text(ANY, max_size=8), st.text(HAN, min_size=1), st.text(ANY, max_size=8))
def test_recall_is_complete_for_any_han_text(data, before, han, after):
    part = data.draw(part_of(han))
    with contextlib.closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute("CREATE VIRTUAL TABLE f USING fts5(t, content='')")
        fresh.execute("INSERT INTO f(rowid, t) VALUES (1, ?)", [segment(before + han + after)])
        match = "SELECT rowid FROM f WHERE f MATCH ?"
        assert fresh.execute(match, [match_query(part)]).fetchall() == [(1,)]


@given(st.text(max_size=60))
def test_nothing_typed_is_syntax(db, typed):
    rows = found(db, typed)
    assert rows == found(db, typed)
    assert match_query(typed) != NOTHING or rows == []


@given(st.text(ANY, max_size=200), st.text(ANY, max_size=6))
def test_a_snippet_only_quotes(text, query):
    pieces = snippet(text, query, 40)
    quoted = "".join(piece.text for piece in pieces).removeprefix("…").removesuffix("…")
    assert quoted in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("公开", "【公开】"),
        ("信息公開", "【信息公开】"),
        ("2023年", "【２０２３年】"),
        ("诉讼", "２０２３年，认真"),
        ("乾隆 群众", "【群众】"),
        ("瞭解", "【了解】"),
    ],
)
def test_a_snippet_shows_the_hit(query, shown):
    assert shown in snippet_text(TEXTS[1][1], query)


def test_a_snippet_of_a_long_text_is_the_stretch_with_most_words():
    text = "公开。" * 100 + "教育领域的公开。" + "其他。" * 100
    said = snippet_text(text, "公开 教育")
    assert "【教育】" in said
    assert said.startswith("…")
    assert said.endswith("…")
    assert len(said) < 200


def test_the_same_rows_make_the_same_index(db):
    def state():
        parts = ("data", "idx", "docsize", "config")
        return [
            db.execute(f"SELECT * FROM {entry.id}_{part}").fetchall()
            for entry in search.INDEXES
            for part in parts
        ]

    before = state()
    index(db)
    assert state() == before


def test_a_vacuum_does_not_move_the_bodies(tmp_path):
    made = sqlite_utils.Database(tmp_path / "a.db")
    schema.create(made)
    names = [f"临江市第{'一二三四五六七八九'[n % 9]}局{n}号" for n in range(300)]
    made.table("agencies").insert_all(
        {"id": f"{300 - n:03}", "name": name, "registered": 1} for n, name in enumerate(names)
    )
    index(made)
    made.vacuum()
    sql = (
        "SELECT name FROM agencies WHERE rowid IN"
        " (SELECT rowid FROM agencies_fts WHERE agencies_fts MATCH ?)"
    )
    for name in names[::23]:
        assert made.execute(sql, [match_query(name)]).fetchall() == [(name,)]
    made.close()
