"""Sheets made of printed texts, for the tests of the rules: no document is read here."""

from fnmatch import fnmatchcase

from archive.rules.model import Record
from parsers.form import form
from parsers.numbers import figure
from parsers.sheet import Cell, Reading, Sheet, Signs, State, TableState


def matching(patterns, names):
    """Return the names that some pattern matches; a pattern that matches none is a mistake."""
    found = {p: {name for name in names if fnmatchcase(name, p)} for p in patterns}
    strays = [pattern for pattern, hit in found.items() if not hit]
    assert not strays, f"the form has no such cell: {strays}"
    return set().union(*found.values())


def names_of(edition):
    """Return every cell of an edition as ``table/row/column``."""
    return [f"{table.id}/{row}/{column}" for table in edition.tables for row, column in table.cells]


def record(case):
    """Return the record a case describes; its keys are explained in test_rules.py."""
    edition = form(case.get("form", "2021"))
    texts = _spread(case.get("cells", {}), edition, case.get("others", "0"))
    states = _spread(case.get("states", {}), edition, None)
    concluded = matching(case.get("concluded", ()), names_of(edition))
    sheets = tuple(_sheet(table, texts, states, concluded, case) for table in edition.tables)
    signs = case.get("signs", {})
    reading = Reading(
        form=edition,
        sheets=() if "refused" in case else sheets,
        signs=Signs(signs.get("traditional", 0.0), signs.get("glosses", 0), _tuple(signs, "hosts")),
        unknown_rows=_tuple(case, "unknown_rows"),
        refused=case.get("refused"),
    )
    own = frozenset(case.get("own_hosts", ()))
    host = case.get("host")
    return Record(reading, host, None if host is None else host in own, own)


def _tuple(case, key):
    return tuple(case.get(key, ()))


def _spread(patterns, edition, otherwise):
    names = names_of(edition)
    spread = dict.fromkeys(names, otherwise)
    for pattern, text in patterns.items():
        hit = [pattern] if pattern in spread else matching([pattern], names)
        spread |= dict.fromkeys(hit, text)
    return spread


def _sheet(table, texts, states, concluded, case):
    tables, cells = case.get("tables", {}), {}
    for row, column in table.cells:
        name = f"{table.id}/{row}/{column}"
        state = "not_found" if tables.get(table.id) in ("missing", "image") else states[name]
        cells[row, column] = cell(table.id, row, column, texts[name], state, name not in concluded)
    lost = sum(each.state is State.NOT_FOUND for each in cells.values())
    state = "missing" if lost == len(cells) else "partial" if lost else "read"
    pictures = _tuple(case, "pictures") if tables.get(table.id) == "image" else ()
    return Sheet(table, TableState(tables.get(table.id, state)), cells, pictures)


def cell(table, row, column, printed, state=None, certain=True):
    """Return a cell that prints ``printed``; one in another ``state`` has no value."""
    meant = figure(printed)
    if state == "not_found":
        return Cell(table, row, column, "", None, State.NOT_FOUND)
    if state == "ambiguous":
        return Cell(table, row, column, printed, None, State.AMBIGUOUS)
    text = printed if certain else ""
    return Cell(table, row, column, text, meant.value, meant.state, meant.unit, certain=certain)
