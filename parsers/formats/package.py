"""Open Packaging Conventions (ECMA-376-2): one part of a ZIP file as a tree of elements.

Knows what kind of package it is by the parts in it, never by its name. Every step is bounded: the
entries of the directory, the bytes the parts unpack to (what the directory declares is not
believed), their tags, their depth. There is no DTD and no entity; a package may not have them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

from parsers.errors import Refused

MAX_ENTRIES = 5_000
"""A long report with a picture on every page has a few hundred."""
MAX_MARKUP = 1_500_000
"""Beginnings of tags in all parts read: a report of 300 pages has some 200,000."""

_ENTRY = b"PK\x01\x02"
_FAULTS = (
    *(BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, NotImplementedError, RuntimeError, OverflowError),
)
"""What zipfile raises over bytes that are no sound ZIP file; RuntimeError is a password."""

_SMALL = {"superscript": "sup", "subscript": "sub"}
_OFF = frozenset({"0", "false", "off"})

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


@dataclass(slots=True)
class Package:
    """A ZIP file of parts, and how much may still be taken out of it."""

    archive: ZipFile
    bytes_left: int
    tags_left: int = MAX_MARKUP

    @property
    def kind(self) -> str:
        """What the package is: "docx", "xlsx", or a word of REASONS."""
        return next((word for part, word in _KINDS.items() if self.has(part)), "archive")

    def has(self, name: str) -> bool:
        """Say whether the package has a part of this name."""
        return name in self.archive.NameToInfo

    def tree(self, name: str) -> etree._Element:
        """Return the root element of the part ``name``.

        Raises:
            Refused: "damaged", "too_large" or "too_deep".
        """
        content = self._content(name)
        self.bytes_left -= len(content)
        self.tags_left -= content.count(b"<")
        if self.tags_left < 0:
            raise Refused("too_deep", f"more than {MAX_MARKUP} tags")
        return _parsed(content, name)

    def _content(self, name: str) -> bytes:
        entry = self.archive.NameToInfo.get(name)
        # Other methods are no part of the standard, and unpack without a bound.
        if entry is None or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refused("damaged", f"{name} is missing or packed as no office program packs it")
        try:
            with self.archive.open(entry) as part:
                content = part.read(self.bytes_left + 1)
        except _FAULTS as error:
            raise Refused("damaged", f"{name}: {error}") from error
        if len(content) > self.bytes_left:
            raise Refused("too_large", f"{name}, unpacked")
        return content

    def relations(self, name: str) -> Mapping[str, str]:
        """Return the targets of the part ``name`` by relationship id; none where none are."""
        folder, _, file = name.rpartition("/")
        declared = f"{folder}/_rels/{file}.rels"
        if not self.has(declared):
            return {}
        return {each.get("Id", ""): each.get("Target", "") for each in self.tree(declared)}


def opened(body: bytes, limit: int) -> Package:
    """Return the package in ``body``; what is taken out of it may not exceed ``limit`` bytes.

    Raises:
        Refused: "damaged" when the directory cannot be read, "too_deep" when it is too long.
    """
    if body.count(_ENTRY) > MAX_ENTRIES:
        raise Refused("too_deep", f"more than {MAX_ENTRIES} files in the package")
    try:
        return Package(ZipFile(BytesIO(body)), limit)
    except _FAULTS as error:
        raise Refused("damaged", str(error)) from error


def _parsed(content: bytes, name: str) -> etree._Element:
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


def parts(element: etree._Element, name: str) -> Sequence[etree._Element]:
    """Return what the first child of this name holds; nothing when there is none."""
    found = child(element, name)
    return () if found is None else list(found)


def dress(run: etree._Element) -> str | None:
    """Return the HTML element that shows a run as it is shown: "sup", "sub", "s" or none."""
    align = child(run, "rPr", "vertAlign")
    small = None if align is None else attribute(align, "val")
    if small in _SMALL:
        return _SMALL[small]
    return "s" if is_on(child(run, "rPr", "strike")) else None


def is_on(switch: etree._Element | None) -> bool:
    """Say whether a property that is on by being there is not switched off."""
    return switch is not None and attribute(switch, "val") not in _OFF
