"""A reading survives the way through JSON, to the last digit."""

from decimal import Decimal

import pytest

from parsers import read
from parsers.contract import TABLES, facts, from_json, to_json

TWO_BLOCKS = (
    "青溪市水务局2023年政府信息公开工作年度报告\n\n一、总体情况\n\n平稳。\n\n"
    "二、主动公开政府信息情况\n\n"
    "信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n规章\t0\t/\t\n行政规范性文件\t1\t0\t7\n"
    "信息内容\t本年收费金额（单位：万元）\n行政事业性收费\t59237.2449\n"
)


@pytest.mark.parametrize("body", [TWO_BLOCKS.encode(), b"", b"%PDF-1.7", "一、总体情况".encode()])
def test_a_reading_comes_back_as_it_was(body):
    reading = read(body)
    back = from_json(to_json(reading))
    assert to_json(back) == to_json(reading)
    assert (back.refused, back.publisher, back.sections) == (
        reading.refused,
        reading.publisher,
        reading.sections,
    )


def test_decimals_keep_their_digits_and_blanks_their_state():
    sheet = from_json(to_json(read(TWO_BLOCKS.encode()))).sheet("proactive")
    assert sheet.value("fees", "amount") == Decimal("59237.2449")
    assert [sheet.cells["rules", column].state for column in ("made", "repealed", "in_force")] == [
        "number",
        "dash",
        "blank",
    ]


def test_the_printed_contract_has_every_table_even_for_a_refusal():
    assert facts(read(b""))["tables"] == dict.fromkeys(TABLES, "missing")
