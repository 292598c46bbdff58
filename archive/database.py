"""Opening ``archive.db``: ours or nobody's, of a version we know, durable, foreign keys on."""

import sqlite3
from pathlib import Path

import sqlite_utils

from archive.errors import CatalogueError
from archive.tables import APPLICATION_ID, SCHEMA_VERSION, create_tables

DATABASE = "archive.db"
"""Name of the catalogue in the data directory."""


def open_database(path: Path) -> sqlite_utils.Database:
    """Open the catalogue, making its tables if the file is new or empty.

    Raises :class:`CatalogueError` when the file is no database, not ours, or of a version this
    program does not know.
    """
    conn = sqlite3.connect(path, timeout=60)
    opened = False
    try:
        db = sqlite_utils.Database(conn, execute_plugins=False)
        conn.execute("PRAGMA foreign_keys = ON")
        # FULL: a committed row survives a power cut, so recovery never cuts a kept record.
        conn.execute("PRAGMA synchronous = FULL")
        _adopt(db, path)
        conn.execute("PRAGMA journal_mode = WAL")
        opened = True
    except sqlite3.DatabaseError as error:
        raise CatalogueError(f"{path} cannot be opened as a catalogue: {error}") from error
    finally:
        if not opened:
            conn.close()
    return db


def _adopt(db: sqlite_utils.Database, path: Path) -> None:
    """Check that the file is ours and of our version; make the tables in an empty one."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        theirs = db.conn.execute("PRAGMA application_id").fetchone()[0]
        version = db.conn.execute("PRAGMA user_version").fetchone()[0]
        if theirs == 0 and version == 0 and not db.table_names():
            create_tables(db)
        elif theirs != APPLICATION_ID:
            raise CatalogueError(f"{path} is some other program's database; choose another --data")
        elif version != SCHEMA_VERSION:
            raise CatalogueError(
                f"{path} has schema {version}, this program knows {SCHEMA_VERSION}; upgrade nianbao"
            )
        db.conn.execute("COMMIT")
    finally:
        db.rollback()
