"""Office packages written by hand, byte for byte the same each time: material of the tests.

``python tests/packages.py`` writes the documents of the docx and xlsx cases again, from the pages
of the cases beside them: the same figures in the dress of an office program.
"""

from io import BytesIO
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

if __name__ == "__main__":
    for name, body in {"docx-2021-edited-in-a-frame/document.docx": edited()}.items():
        (CASES / name).parent.mkdir(exist_ok=True)
        (CASES / name).write_bytes(body)
