"""WARC files as files: appended durably, closed once, locked while written, cut after a kill.

It knows names, sizes and locks, and nothing of what the bytes mean. The rules it keeps are
told in :mod:`archive.store`.
"""

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import StoreError

OPEN = ".open"
"""Suffix of a file that a run is still writing, or died writing."""

LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovery did with one file that a dead run left open."""

    file: str
    action: str
    """``closed`` (it was whole), ``cut``, ``removed`` (nothing in it was catalogued), or
    ``short``: catalogued bytes are missing; closed as it is, and ``verify`` names them."""
    bytes: int
    """Bytes cut off, which were never acknowledged; for ``short``, bytes missing."""


def append(path: Path, size: int, span: bytes) -> None:
    """Append ``span`` to a file ``size`` bytes long (0: it does not exist), down to the disk.

    Raises :class:`StoreError` when that fails; the file is then as it was before.
    """
    try:
        # Unbuffered, so that nothing is left to be flushed into the file after a failure.
        with path.open("ab" if size else "xb", buffering=0) as stream:
            if stream.tell() != size:
                raise StoreError(f"{path} was changed by another program; stop it, run again")
            done = False
            try:
                left = memoryview(span)
                while left:
                    left = left[stream.write(left) :]
                os.fsync(stream.fileno())
                done = True
            finally:
                if not done:
                    _undo(path, size)
        if not size:
            sync_directory(path.parent)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); then run again") from error


def _undo(path: Path, size: int) -> None:
    if size:
        os.truncate(path, size)
    else:
        path.unlink()


def finish(root: Path, name: str) -> None:
    """Give a file its final name. Raises :class:`StoreError` rather than overwrite another."""
    target = root / name
    if target.exists():
        raise StoreError(f"{target} exists already and is not overwritten; move one of them away")
    (root / (name + OPEN)).rename(target)
    sync_directory(root)


def sync_directory(path: Path) -> None:
    """Make new and changed names in a directory survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def shared_lock(root: Path) -> int:
    """Return the descriptor of a lock that says: a run is writing. Waits for a recovery to end."""
    lock = _lock(root)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def is_written_to(root: Path) -> bool:
    """Say whether some run is writing below ``root`` now."""
    if not (root / LOCK).exists():
        return False
    lock = _lock(root)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def recover(root: Path, committed: Mapping[str, int]) -> tuple[Recovered, ...]:
    """Close what killed runs left open, each file cut after its last catalogued byte.

    ``committed`` is :meth:`archive.catalogue.Catalogue.committed_ends`, asked for just before.
    While another run is writing below ``root`` nothing is touched and nothing returned: one
    cannot tell its files from a dead run's, and they wait for the next run that starts alone.
    """
    if not root.is_dir():
        return ()
    lock = _lock(root)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left = sorted(path.name.removesuffix(OPEN) for path in root.glob(f"*.warc.gz{OPEN}"))
        return tuple(_recover_file(root, name, committed.get(name, 0)) for name in left)
    except BlockingIOError:
        return ()
    finally:
        os.close(lock)


def _recover_file(root: Path, name: str, end: int) -> Recovered:
    path = root / (name + OPEN)
    size = path.stat().st_size
    if end == 0:
        path.unlink()
        sync_directory(root)
        return Recovered(name, "removed", size)
    if size > end:
        with path.open("r+b") as stream:
            stream.truncate(end)
            os.fsync(stream.fileno())
    finish(root, name)
    action = "cut" if size > end else "short" if size < end else "closed"
    return Recovered(name, action, abs(size - end))


def _lock(root: Path) -> int:
    return os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
