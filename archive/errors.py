"""What can go wrong in the archive, by name; the message is always a sentence for a person.

Nothing here is raised for what a portal did (that is an outcome, a row in ``fetches``), only
for what the archive itself cannot do.
"""


class ArchiveError(Exception):
    """Anything below; catch it at a command's edge and print its message."""


class StoreError(ArchiveError):
    """A record could not be written (disk full, closed store, unusable name).

    Nothing half-written is left behind. Free space or correct the name, then run again.
    """


class PayloadError(ArchiveError):
    """Kept bytes could not be handed out. What follows says which way."""


class DamagedRecord(PayloadError):
    """No readable record where the catalogue says there is one: run ``nianbao verify``."""


class ContentDamaged(PayloadError):
    """The bytes were kept as they came, but came broken (a gzip body cut short, say).

    The capture stays; the document is refused with this message as its reason.
    """


class ContentTooLarge(PayloadError):
    """Undoing Content-Encoding would pass the limit: a decompression bomb, or a huge file."""


class ContentCodingUnknown(PayloadError):
    """Content-Encoding names a coding we do not undo. The raw body is still at hand."""


class RevisitUnresolved(PayloadError):
    """A revisit record was asked for a body it does not hold: go through the catalogue."""


class CatalogueError(ArchiveError):
    """The data directory or its ``archive.db`` is not ours, too new, or self-contradictory."""


class BuildError(ArchiveError):
    """The public database was not replaced: another build is at work, or a key leads nowhere.

    The database published before stays as it is. The message says what to do.
    """
