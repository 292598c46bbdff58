"""Undoing Content-Encoding (RFC 9110 8.4), never past a limit.

The wire body stays in the archive as it came; this is what a reader sees of it. The codings
are those our HTTP client can ask for. It guesses nothing: a body that does not decode is
refused with the reason.
"""

import sys
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]

from archive.errors import ContentCodingUnknown, ContentDamaged, ContentTooLarge

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP = zlib.MAX_WBITS + 16
GZIP_MAGIC = b"\x1f\x8b"


def undo(body: bytes, codings: str, limit: int) -> bytes:
    """Return the content of a body sent under the Content-Encoding value ``codings``.

    ``limit`` is in bytes and holds for every step. An empty body is empty under any coding
    (RFC 9110 leaves the header on answers to HEAD and on 304).

    Raises :class:`ContentCodingUnknown`, :class:`ContentDamaged` or :class:`ContentTooLarge`.
    """
    for name in reversed([part.strip().lower() for part in codings.split(",")]):
        if name not in CODINGS:
            raise ContentCodingUnknown(f"Content-Encoding {name!r} is not one we can undo")
        body = CODINGS[name](body, limit) if body else body
    return body


def _gzip(body: bytes, limit: int) -> bytes:
    """Inflate all members; browsers too ignore what follows the last and starts no other."""
    out = b""
    while True:
        inflate = zlib.decompressobj(GZIP)
        out += _inflated(inflate, body, limit, "gzip", len(out))
        body = inflate.unused_data
        if not body.startswith(GZIP_MAGIC):
            return out


def _deflate(body: bytes, limit: int) -> bytes:
    """Inflate a zlib stream, or the bare deflate stream some servers send (RFC 9110 8.4.1.2)."""
    wrapped = body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    wbits = zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
    return _inflated(zlib.decompressobj(wbits), body, limit, "deflate")


def _inflated(
    inflate: "zlib._Decompress", body: bytes, limit: int, name: str, held: int = 0
) -> bytes:
    try:
        out = inflate.decompress(body, limit + 1 - held)
    except zlib.error as error:
        raise ContentDamaged(f"the {name} body is damaged: {error}") from error
    return _checked(out, inflate.eof, limit, name, held)


def _brotli(body: bytes, limit: int) -> bytes:
    decoder = brotli.Decompressor()
    out = b""
    try:
        while len(out) <= limit and not decoder.is_finished():
            more = decoder.process(body, output_buffer_limit=limit + 1 - len(out))
            if not more and not body:
                break
            out += more
            body = b""
    except brotli.error as error:
        raise ContentDamaged(f"the br body is damaged: {error}") from error
    return _checked(out, decoder.is_finished(), limit, "br")


def _zstd(body: bytes, limit: int) -> bytes:
    """Decode all frames (RFC 8878 3)."""
    out = b""
    while body:
        decoder = zstd.ZstdDecompressor()
        try:
            more = decoder.decompress(body, limit + 1 - len(out))
        except zstd.ZstdError as error:
            raise ContentDamaged(f"the zstd body is damaged: {error}") from error
        out += _checked(more, decoder.eof, limit, "zstd", len(out))
        body = decoder.unused_data
    return out


def _identity(body: bytes, limit: int) -> bytes:
    return _checked(body, True, limit, "plain")


def _checked(out: bytes, ended: bool, limit: int, name: str, held: int = 0) -> bytes:
    """Return ``out``, which follows ``held`` bytes already decoded, or say what is wrong."""
    if held + len(out) > limit:
        raise ContentTooLarge(f"the {name} body holds more than the {limit} bytes allowed")
    if not ended:
        raise ContentDamaged(f"the {name} body is cut short after {held + len(out)} bytes")
    return out


CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "": _identity,
    "identity": _identity,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
