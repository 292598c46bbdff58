"""Open Packaging Conventions (ECMA-376-2): one part of a ZIP file as a tree of elements.

Knows what kind of package it is by the parts in it, never by its name. Every step is bounded: the
entries of the directory, the bytes a part unpacks to (what the directory declares is not
believed), its tags, its depth. There is no DTD and no entity; a package may not have them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

from parsers.errors import Refused

MAX_ENTRIES = 5_000
"""A long report with a picture on every page has a few hundred."""
MAX_MARKUP = 1_500_000
"""Beginnings of tags in one part: a report of 300 pages has some 200,000."""

_ENTRY = b"PK\x01\x02"
_FAULTS = (
    *(BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, NotImplementedError, RuntimeError, OverflowError),
)
"""What zipfile raises over bytes that are no sound ZIP file; RuntimeError is a password."""

DOCX, XLSX = "word/document.xml", "xl/workbook.xml"
_KINDS = {
    DOCX: "docx",
    XLSX: "xlsx",
    "xl/workbook.bin": "xlsb",
    "ppt/presentation.xml": "presentation",
    "OFD.xml": "ofd",
    "content.xml": "opendocument",
}
"""The part that tells what a package is."""


def kind(body: bytes) -> str:
    """Return what kind of package ``body`` is: "docx", "xlsx", or a word of REASONS.

    Raises:
        Refused: "damaged" when the directory cannot be read, "too_deep" when it is too long.
    """
    with opened(body) as package:
        names = set(package.namelist())
    return next((word for part, word in _KINDS.items() if part in names), "archive")


def opened(body: bytes) -> ZipFile:
    """Return the package; raise Refused("damaged") or, with too many entries, "too_deep"."""
    if body.count(_ENTRY) > MAX_ENTRIES:
        raise Refused("too_deep", f"more than {MAX_ENTRIES} files in the package")
    try:
        return ZipFile(BytesIO(body))
    except _FAULTS as error:
        raise Refused("damaged", str(error)) from error


def has(package: ZipFile, name: str) -> bool:
    """Say whether the package has a part of this name."""
    return name in package.NameToInfo


def tree(package: ZipFile, name: str, limit: int) -> etree._Element:
    """Return the root element of the part ``name``.

    Args:
        package: as ``opened`` returns it.
        name: path of the part in the package.
        limit: bytes the part may unpack to.

    Raises:
        Refused: "damaged", "too_large" or "too_deep".
    """
    content = _content(package, name, limit)
    if content.count(b"<") > MAX_MARKUP:
        raise Refused("too_deep", f"more than {MAX_MARKUP} tags in {name}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser=parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        reason = "too_deep" if "depth" in str(error) else "damaged"
        raise Refused(reason, f"{name}: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("damaged", f"{name} has a document type, which no package may")
    return root


def _content(package: ZipFile, name: str, limit: int) -> bytes:
    entry = package.NameToInfo.get(name)
    # Other methods are no part of the standard, and unpack without a bound.
    if entry is None or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refused("damaged", f"{name} is missing or packed as no office program packs it")
    try:
        with package.open(entry) as part:
            content = part.read(limit + 1)
    except _FAULTS as error:
        raise Refused("damaged", f"{name}: {error}") from error
    if len(content) > limit:
        raise Refused("too_large", f"{name}, unpacked")
    return content


def relations(package: ZipFile, name: str, limit: int) -> Mapping[str, str]:
    """Return the targets of the part ``name`` by relationship id; none when it declares none."""
    folder, _, file = name.rpartition("/")
    declared = f"{folder}/_rels/{file}.rels"
    if not has(package, declared):
        return {}
    return {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in tree(package, declared, limit)
    }


def name_of(element: etree._Element) -> str:
    """Return the name of an element without its namespace: transitional and strict are one."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute by its name without a namespace."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def child(element: etree._Element, *path: str) -> etree._Element | None:
    """Return the first child of this name, and so on down the path; None when there is none."""
    found: etree._Element | None = element
    for name in path:
        if found is None:
            return None
        found = next((each for each in found if name_of(each) == name), None)
    return found
