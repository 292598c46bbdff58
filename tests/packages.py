"""Office packages written by hand, byte for byte the same each time: material of the tests.

``python tests/packages.py`` writes the documents of the docx and xlsx cases again, from the pages
of the cases beside them: the same figures in the dress of an office program.
"""

from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import html

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = {
    "w": W,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "v": "urn:schemas-microsoft-com:vml",
}
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(parts, method=ZIP_DEFLATED):
    """Return a ZIP file of ``parts``, name to text or bytes, without a date."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content, method)
    return made.getvalue()


def docx(inside, targets=(), names=None, declaration="", **more):
    """Return a text document whose body is ``inside``; ``targets`` are its relationships."""
    declared = "".join(f' xmlns:{short}="{name}"' for short, name in (names or NAMES).items())
    relations = "".join(f'<Relationship Id="{id}" Target="{to}"/>' for id, to in targets)
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"{declaration}<w:document{declared}><w:body>{inside}</w:body>"
        "</w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}'
        "</Relationships>",
    }
    return package({**parts, **more})


def p(*runs):
    """Return a paragraph: plain words become runs, markup stays."""
    return f"<w:p>{''.join(run if run.startswith('<') else r(run) for run in runs)}</w:p>"


def r(words, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{escape(words)}</w:t></w:r>"


def tc(inside, across=1, merge=None):
    wide = f'<w:gridSpan w:val="{across}"/>' if across != 1 else ""
    tall = {None: "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[merge]
    inside = inside if inside.startswith("<") else p(inside)
    return f"<w:tc><w:tcPr>{wide}{tall}</w:tcPr>{inside}</w:tc>"


def tr(*cells, properties=""):
    cells = (cell if cell.startswith("<w:tc>") else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows):
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def laid(table):
    """Return the rows of a table of a page as (text, across, down, begins here) by column."""
    rows, hanging = [], {}
    for row in table.iter("tr"):
        made, column, cells = [], 0, list(row)
        while cells or column in hanging:
            if column in hanging:
                text, across, left = hanging.pop(column)
                begins = False
            else:
                cell = cells.pop(0)
                text = cell.text_content()
                across, left = int(cell.get("colspan", 1)), int(cell.get("rowspan", 1))
                begins = True
            made.append((text, across, left, begins))
            column += across
        at = 0
        for text, across, left, _ in made:
            if left > 1:
                hanging[at] = (text, across, left - 1)
            at += across
        rows.append(made)
    return rows


def as_word(table):
    """Return a table of a page as the word processor writes it."""
    return tbl(
        *(
            tr(
                *(
                    tc(
                        text if begins else "",
                        across,
                        ("restart" if begins else "continue") if down > 1 or not begins else None,
                    )
                    for text, across, down, begins in row
                )
            )
            for row in laid(table)
        )
    )


def page(case):
    """Return what the page of a case prints, in order: elements of headings, prose and tables."""
    body = html.fromstring((CASES / case / "document.html").read_bytes())
    return body.xpath("//div[@id='zoom']/*")


CASES = Path(__file__).parent / "cases"


def edited():
    """The form as a clerk hands it on: in a frame, with changes tracked, notes and fields."""
    inside = []
    for element in page("html-2021-as-the-form-has-it"):
        if element.tag == "table":
            inside.append(tbl(tr(tc(as_word(element) + p("")))))
        else:
            inside.append(p(element.text_content()))
    text = "".join(inside)
    for found, instead in CHANGES.items():
        assert found in text
        text = text.replace(found, instead, 1)
    return docx(text)


DELETED = '<w:del w:id="1" w:author="a"><w:r><w:delText>9</w:delText></w:r></w:del>'
INSERTED = '<w:ins w:id="2" w:author="a">{}</w:ins>'
CHANGES = {
    r("417"): DELETED + INSERTED.format(r("41")) + '<w:bookmarkStart w:id="0"/>' + r("7"),
    r("59.23"): '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>=SUM(ABOVE)</w:instrText>'
    '<w:fldChar w:fldCharType="separate"/></w:r>' + r("59.23"),
    r("12"): r("12") + '<w:r><w:footnoteReference w:id="3"/></w:r>',
}

# ------------------------------------------------------------------ workbooks

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LOOKS = ["General", "0", "#,##0", "0.00", '0"件"', 'yyyy"年"m"月"d"日"', '0;-0;"-"', "0.0%"]
"""Number formats of the workbooks here; each cell's style is a place in it, ruled from RULED on."""
RULED = len(LOOKS)


def c(spot, value, look=0, kind="n"):
    """Return a cell; ``kind`` is its type, "f" a formula that was never worked out."""
    if kind == "f":
        return f'<c r="{spot}" s="{look}"><f>{escape(value)}</f></c>'
    if kind == "inlineStr":
        return f'<c r="{spot}" s="{look}" t="{kind}"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{spot}" s="{look}" t="{kind}"><v>{escape(value)}</v></c>'


def row(number, *cells, more=""):
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def sheet(*rows, merged=(), columns=""):
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    return (
        f'<worksheet xmlns="{S}">{columns}<sheetData>{"".join(rows)}</sheetData>'
        f"<mergeCells>{ranges}</mergeCells></worksheet>"
    )


def xlsx(*sheets, strings=(), states=(), about="", **more):
    """Return a workbook of ``sheets``, each as ``sheet`` makes it."""
    states = [*states, *[""] * len(sheets)]
    listed = "".join(
        f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"{state}/>'
        for n, (state, _) in enumerate(zip(states, sheets, strict=False), start=1)
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in enumerate(sheets, start=1)
    )
    codes = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for at, code in enumerate(LOOKS)
    )
    looks = "".join(
        f'<xf numFmtId="{164 + at}" borderId="{border}"/>'
        for border in (0, 1)
        for at, _ in enumerate(LOOKS)
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{NAMES["r"]}">{about}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{targets}'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{S}"><numFmts>{codes}</numFmts><borders><border>'
        '<left/></border><border><left style="thin"/></border></borders>'
        f"<cellXfs>{looks}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{S}">{"".join(strings)}</sst>',
        **{f"xl/worksheets/sheet{n}.xml": each for n, each in enumerate(sheets, start=1)},
    }
    return package({**parts, **more})


def letter(column):
    return chr(ord("A") + column)


def on_a_sheet(elements, look, first=1):
    """Return a sheet of what a page prints: figures as numbers, words as words, all ruled."""
    rows, merged, at = [], [], first
    for element in elements:
        if element.tag != "table":
            words = element.text_content()
            rows.append(row(at, *[c(f"{letter(n)}{at}", words if n == 0 else "", 0, "str")
                                  for n in range(3)]))  # fmt: skip
            merged.append(f"A{at}:C{at}")
            at += 1
            continue
        for line in laid(element):
            cells, column = [], 0
            for text, across, down, begins in line:
                spot = f"{letter(column)}{at}"
                if begins and (across > 1 or down > 1):
                    merged.append(f"{spot}:{letter(column + across - 1)}{at + down - 1}")
                plain = text.replace(".", "").isdecimal()
                kind, style = ("n", look(text)) if plain else ("str", RULED)
                cells.append(c(spot, text if begins else "", style, kind))
                cells.extend(
                    c(f"{letter(column + n)}{at}", "", RULED, "str") for n in range(1, across)
                )
                column += across
            rows.append(row(at, *cells))
            at += 1
    return sheet(*rows, merged=merged)


def one_sheet():
    """The form on one sheet, its figures stored as a program stores them: 28.0, 59.229999…"""
    elements = page("html-2021-as-the-form-has-it")
    body = on_a_sheet(elements, lambda text: RULED + (3 if "." in text else 2))
    for stored, instead in {">59.23<": ">59.229999999999997<", ">28<": ">28.0<"}.items():
        assert stored in body
        body = body.replace(stored, instead)
    return xlsx(body)


def three_sheets():
    """Each table on a sheet of its own; what is 0 is printed as a dash; a hidden sheet behind."""
    elements = page("html-2021-as-the-form-has-it")
    tables = [at for at, element in enumerate(elements) if element.tag == "table"]
    starts = [0, *(at - 1 for at in tables[1:]), len(elements)]
    sheets = [
        on_a_sheet(elements[start:end], lambda text: RULED + (3 if "." in text else 6), first=3)
        for start, end in pairwise(starts)
    ]
    return xlsx(*sheets, sheets[0].replace("417", "999"), states=["", "", "", ' state="hidden"'])


DOCUMENTS = {
    "docx-2021-edited-in-a-frame/document.docx": edited,
    "xlsx-2021-one-sheet/document.xlsx": one_sheet,
    "xlsx-2021-three-sheets/document.xlsx": three_sheets,
}

if __name__ == "__main__":
    for name, written in DOCUMENTS.items():
        (CASES / name).parent.mkdir(exist_ok=True)
        (CASES / name).write_bytes(written())
