"""The exceptions of this package, each with when it is raised and what to do about it."""


class FormError(ValueError):
    """A form file contradicts itself.

    Raised at load, never while reading a document. Mend the TOML file the message names.
    """


class Refused(ValueError):
    """A document cannot be read at all; the reason is a word of the list in ``parsers.formats``.

    Raised by a format module; ``parsers.read`` turns it into ``Reading.refused``.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason if not detail else f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
