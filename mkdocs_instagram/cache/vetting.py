"""Checks the database before diskcache opens it."""

import hashlib
import sqlite3
import tempfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

NAME = "cache.db"
"""The database's file in the cache folder, as diskcache calls it."""

# All that diskcache has, also those that are as it would set them.
SETTINGS: dict[str, int | str] = {
    "eviction_policy": "none",
    "cull_limit": 0,
    "size_limit": 2**40,
    "statistics": 0,
    "tag_index": 0,
    "disk_min_file_size": 2**40,
    "disk_pickle_protocol": 0,
    "sqlite_auto_vacuum": 1,
    "sqlite_cache_size": 2**13,
    "sqlite_journal_mode": "wal",
    "sqlite_mmap_size": 2**26,
    "sqlite_synchronous": 1,
    "sqlite_secure_delete": 1,  # Deleted text must not stay in the file.
}

MAX_ROW = 64 * 1024 * 1024
"""Maximum length of a text or blob in SQLite, in bytes."""

MAX_ROWS = 300_000
"""Maximum number of entries; ten accounts with a thousand carousels need a third of it."""

_SUM_LENGTH = 8
_COUNT_ROWS = "SELECT count(*) FROM Cache"

# Of diskcache 5.6.3. For another version, a database is created and compared.
_KNOWN_SCHEMA = "04f82f80b1005dd026aef1bd332a3884d18717728388c2fd3deb13e1cb6ce53e"

# These it counts itself.
_COUNTERS = {"count", "size", "hits", "misses"}

T = TypeVar("T")


class RefusedRow(ValueError):
    """A row of the database is not one of ours. Caught by `cache`."""


class Unsound(ValueError):
    """The database is damaged, or differs from what diskcache creates. Caught by `cache`."""


def check_database(database: sqlite3.Connection, make: Callable[[Path], None]) -> None:
    """Check that a copy of the database is what diskcache creates, finished or not.

    Somebody with access to the cache of a CI could plant a trigger or view that never ends, a
    setting that diskcache uses in a PRAGMA or as an attribute, or more rows than any site has.

    Args:
        database: The copy.
        make: Creates such a database in a folder, for another version of diskcache.

    Raises:
        Unsound: It is something else.
        sqlite3.Error: It cannot be read.
        ValueError: It has text that is not valid.
    """
    limit_rows(database)
    schema = _read_schema(database)
    digest = hashlib.sha256(repr(sorted(schema)).encode()).hexdigest()
    if digest != _KNOWN_SCHEMA and not schema <= _read_made(make, _read_schema):
        raise Unsound("its tables are not ours")
    names = {name for _, name, _ in schema}
    settings = _read_settings(database) if "Settings" in names else set()
    if not settings <= SETTINGS.items() and not settings <= _read_made(make, _read_settings):
        raise Unsound("its settings are not ours")
    if "Cache" in names and database.execute(_COUNT_ROWS).fetchone()[0] > MAX_ROWS:
        raise Unsound("it has too many rows")
    if database.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
        raise Unsound("it is damaged")


def limit_rows(database: sqlite3.Connection) -> None:
    """Limit the memory for one row, as a planted row may have 2 GB."""
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW)


def _read_schema(database: sqlite3.Connection) -> set[tuple[str, str, str]]:
    # What SQLite adds itself has no SQL.
    rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return set(rows.fetchall())


def _read_settings(database: sqlite3.Connection) -> set[tuple[str, object]]:
    """Return the settings, or enough of them to see that not all are ours."""
    rows = database.execute("SELECT key, value FROM Settings").fetchmany(4 * len(SETTINGS))
    return {(key, value) for key, value in rows if key not in _COUNTERS}


def _read_made(make: Callable[[Path], None], read: Callable[[sqlite3.Connection], T]) -> T:
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        with closing(sqlite3.connect(Path(folder) / NAME)) as database:
            return read(database)


def seal(text: str) -> str:
    """Return an entry's JSON after its CRC-32, as SQLite does not detect a changed letter."""
    return f"{zlib.crc32(text.encode()):08x}{text}"


def unseal(sealed: str) -> str:
    """Return the JSON that was sealed.

    Raises:
        RefusedRow: It was changed, or never sealed.
    """
    text = sealed[_SUM_LENGTH:]
    if seal(text) != sealed:
        raise RefusedRow("sum")
    return text
