"""The sums the form states or implies, one rule for each equation of the form files.

Both sides are taken as printed; nothing is corrected and nothing rounded. Where an operand has no
number the rule cannot tell, and names the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archive.rules.model import Finding, Number, Record, Rule, Suspect, named
from parsers.form import Equation, Table, forms
from parsers.sheet import Cell, Sheet, State, TableState

PAGE = """{zh}。
{en}.

    {text}

{basis} Both sides are taken as printed, in every {across}; nothing is corrected.

A failure most often means a slip by the reporting body, and sometimes a misread table: look at
the capture before drawing conclusions. A blank cell is not zero: where one side has a cell
without a number the rule cannot tell, and says so.
"""
_BASIS = {
    "form": "The form itself states this sum (勾稽关系).",
    "total": "The form implies this sum by printing the total beside its parts.",
}


def identity_rules() -> tuple[Rule, ...]:
    """Return one rule for each equation id, newest edition's wording first."""
    made: dict[str, Rule] = {}
    for form in forms():
        for table in form.tables:
            for equation in table.equations:
                made.setdefault(equation.id, _rule(table, equation))
    return tuple(made.values())


def _rule(table: Table, equation: Equation) -> Rule:
    page = PAGE.format(
        zh=equation.zh,
        en=equation.en,
        text=equation.text,
        basis=_BASIS[equation.by],
        across="row" if equation.axis == "columns" else "column",
    )
    return Rule(equation.id, equation.zh, equation.en, "error", page, _check(table.id, equation.id))


def _check(table_id: str, equation_id: str) -> Callable[[Record], Iterator[Finding]]:
    def check(record: Record) -> Iterator[Finding]:
        sheet = record.reading.sheet(table_id)
        if sheet is None or sheet.state in (TableState.MISSING, TableState.IMAGE):
            return
        for equation in sheet.table.equations:
            if equation.id == equation_id:
                yield from findings(sheet, equation)

    return check


def findings(sheet: Sheet, equation: Equation) -> Iterator[Finding]:
    """Yield what is wrong with ``equation`` in ``sheet``, once for each row or column."""
    lines = sheet.table.rows if equation.axis == "columns" else sheet.table.columns
    for line in lines:
        left = [_cell(sheet, equation, line.id, term) for term in equation.left]
        right = [_cell(sheet, equation, line.id, term) for term in equation.right]
        blank = [cell for cell in (*left, *right) if cell.value is None]
        if blank:
            yield _cannot_tell(sheet, equation, line.zh, blank)
        elif _sum(left) != _sum(right):
            yield _fails(sheet, equation, line.zh, left, right)


def _cell(sheet: Sheet, equation: Equation, line: str, term: str) -> Cell:
    return sheet.cells[(line, term) if equation.axis == "columns" else (term, line)]


def _sum(cells: list[Cell]) -> Number:
    return sum(cell.value for cell in cells if cell.value is not None)


def _fails(
    sheet: Sheet, equation: Equation, line: str, left: list[Cell], right: list[Cell]
) -> Finding:
    found, expected = _sum(left), _sum(right)
    off = f"{found - expected:+}"
    return Finding(
        "fails",
        f"{equation.en}: in “{line}” {equation.text} should be {_sum_shown(right)}, "
        f"printed {_sum_shown(left)}, off by {off}",
        f"{equation.zh}：“{line}”按各项相加应为 {_sum_shown(right)}，"
        f"报告为 {_sum_shown(left)}，相差 {off}",
        cells=tuple(named(cell) for cell in (*left, *right)),
        suspect=_suspect(sheet, [*left, *right]),
        expected=expected,
        found=found,
    )


def _sum_shown(cells: list[Cell]) -> str:
    """Return ``3 + 2 = 5`` for printed numbers; zeros, and a sum of one term, are left out."""
    terms = [str(cell.value) for cell in cells if cell.value]
    return " + ".join(terms) + (f" = {_sum(cells)}" if len(terms) > 1 else "") or "0"


def _suspect(sheet: Sheet, cells: list[Cell]) -> Suspect:
    """Suspect the body where every cell of the table reads as printed, nobody otherwise."""
    doubtful = (State.AMBIGUOUS, State.NOT_FOUND, State.NOT_A_NUMBER)
    clean = all(cell.state not in doubtful for cell in sheet.cells.values())
    return "source" if clean and all(cell.certain for cell in cells) else "undecided"


def _cannot_tell(sheet: Sheet, equation: Equation, line: str, blank: list[Cell]) -> Finding:
    names = "、".join(_label(sheet, cell) for cell in blank)
    return Finding(
        "cannot_tell",
        f"{equation.en}: cannot tell in “{line}”, no number in {names}",
        f"{equation.zh}：“{line}”无法核对，以下各格没有数字：{names}",
        cells=tuple(named(cell) for cell in blank),
    )


def _label(sheet: Sheet, cell: Cell) -> str:
    return f"{sheet.table.row(cell.row).zh}/{sheet.table.column(cell.column).zh}"
