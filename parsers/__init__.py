"""Turn one captured document into one filled-in form. No network, no database."""

from parsers.reading import VERSION, read

__all__ = ["VERSION", "read"]
