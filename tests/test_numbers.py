"""What a printed cell means as a number, and what it must never be taken for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.numbers import UNITS, Figure, figure
from parsers.sheet import State

WIDE = str.maketrans("0123456789,.+-", "０１２３４５６７８９，．＋－")
integers = st.integers(min_value=0, max_value=10**15 - 1)
spaces = st.text(" \t\r\n\u3000\u00a0", max_size=4)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("0", Figure(State.NUMBER, 0)),
        ("　 0", Figure(State.NUMBER, 0)),
        ("007", Figure(State.NUMBER, 7)),
        ("250.27", Figure(State.NUMBER, Decimal("250.27"))),
        ("59237.2449", Figure(State.NUMBER, Decimal("59237.2449"))),
        ("３．５", Figure(State.NUMBER, Decimal("3.5"))),
        ("1,234", Figure(State.NUMBER, 1234)),
        ("1，234，567", Figure(State.NUMBER, 1234567)),
        ("182\n7", Figure(State.NUMBER, 1827)),  # a narrow column of a PDF
        ("-8", Figure(State.NUMBER, -8)),
        ("－8", Figure(State.NUMBER, -8)),
        ("−8", Figure(State.NUMBER, -8)),
        ("- 8", Figure(State.NUMBER, -8)),
        ("+2", Figure(State.NUMBER, 2)),
        ("减3", Figure(State.NUMBER, -3)),
        ("减少 3项", Figure(State.NUMBER, -3, "项")),
        ("增加1", Figure(State.NUMBER, 1)),
        ("251000元", Figure(State.NUMBER, 251000, "元")),
        ("79000.1 元", Figure(State.NUMBER, Decimal("79000.1"), "元")),
        ("1.2万元", Figure(State.NUMBER, Decimal("1.2"), "万元")),
        ("", Figure(State.BLANK)),
        (" \u00a0　\n", Figure(State.BLANK)),
        ("-", Figure(State.DASH)),
        ("——", Figure(State.DASH)),
        ("－", Figure(State.DASH)),
        ("─", Figure(State.DASH)),
        ("／", Figure(State.DASH)),
        ("无", Figure(State.DASH)),
        ("不适用", Figure(State.DASH)),
        ("N/A", Figure(State.DASH)),
    ],
)
def test_a_printed_cell_means(printed, meant):
    assert figure(printed) == meant


@pytest.mark.parametrize(
    "printed",
    [
        *(
            "3①",
            "3²",
            "3⁴",
            "②",
            "½",
            "Ⅷ",
            "㈢",
            "3*",
            "3[1]",
        ),  # footnotes and figures of another kind
        *(
            "3 0",
            "0 0 0",
            "12 34",
            "286 287",
            "1\n2 3",
            "3、0",
            "3/7",
            "2-3",
        ),  # two figures in a cell
        *("1,23", "1,2345", "1.2.3", ".5", "5.", "1,234,56"),  # no way to write a number
        *("约5", "5余件", "第3", "见附件", "零", "一", "〇", "O", "l", "12a", "0x1f", "1e5"),
        *(
            "5%",
            "３％",
            "2023年",
            "10:30",
            "0535-6891234",
            "万元",
            "件",
            "增",
            "1" * 16,
            "9" * 5000,
        ),
    ],
)
def test_what_is_more_than_a_number_has_no_value(printed):
    assert figure(printed) == Figure(State.NOT_A_NUMBER)


@given(
    integers,
    st.sampled_from([str, "{:,}".format]),
    st.booleans(),
    spaces,
    spaces,
)
def test_every_integer_comes_back_as_itself(number, form, wide, before, after):
    printed = form(number)
    printed = printed.translate(WIDE) if wide else printed
    assert figure(f"{before}{printed}{after}") == Figure(State.NUMBER, number)


@given(integers, st.sampled_from(UNITS), st.sampled_from(["", "-", "－", "减", "减少"]))
def test_sign_and_unit_are_kept_apart_from_the_number(number, unit, sign):
    meant = -number if sign else number
    assert figure(f"{sign}{number}{unit}") == Figure(State.NUMBER, meant, unit)


@given(integers, st.sets(st.integers(1, 14), max_size=3))
def test_a_number_wrapped_over_lines_is_one_number(number, breaks):
    printed = str(number)
    for at in sorted(breaks, reverse=True):
        printed = f"{printed[:at]}\n{printed[at:]}" if at < len(printed) else printed
    assert figure(printed).value == number


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_every_decimal_keeps_its_digits(number):
    assert figure(str(number)) == Figure(State.NUMBER, number)


@given(integers, integers)
def test_two_figures_in_one_cell_are_no_third(first, second):
    assert figure(f"{first} {second}") == Figure(State.NOT_A_NUMBER)


@given(st.text().filter(lambda text: not any("0" <= c <= "9" or "０" <= c <= "９" for c in text)))
def test_a_text_without_digits_is_never_a_number(text):
    assert figure(text).value is None


@given(st.text())
def test_only_a_number_has_a_value(text):
    meant = figure(text)
    assert (meant.value is not None) == (meant.state is State.NUMBER)
