"""The database of a cache folder: texts under keys, each with its sum.

Its outside thing is diskcache, which unpickles what it finds (CVE-2025-69872), and whose `JSONDisk`
still does for keys and files: `StrictDisk` reads and writes strings in rows and refuses all else.
Nothing expires and nothing is evicted here: age is judged by who reads.
"""

import sqlite3
import zlib
from contextlib import suppress
from pathlib import Path

import diskcache
from diskcache.core import DBNAME, MODE_RAW, UNKNOWN

from .vetting import check, limit_rows

DATABASE_ERRORS = (sqlite3.Error, diskcache.Timeout)
"""What reading and writing raise when the database is damaged, locked for long, or gone."""

_SUM_LENGTH = 8
_SETTINGS = {
    "eviction_policy": "none",
    "cull_limit": 0,
    "size_limit": 2**40,
    "statistics": 0,
    "tag_index": 0,
    "disk_min_file_size": 2**40,
    "disk_pickle_protocol": 0,
    "sqlite_journal_mode": "wal",
    "sqlite_secure_delete": 1,  # what is purged leaves no trace in the file
}


class RefusedRow(ValueError):
    """A row of the database is not one of ours. Caught by `cache`."""


class StrictDisk(diskcache.Disk):  # type: ignore[misc]
    """A `Disk` that knows one kind of row: a string key, a string value, both in the row itself."""

    def put(self, key: object) -> tuple[str, bool]:
        """Return the key as it is stored."""
        if not isinstance(key, str):
            raise RefusedRow("key")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Return the key as it was stored; "" for one that is not ours, to pass over its row."""
        return key if isinstance(key, str) and raw else ""

    def store(
        self,
        value: object,
        read: object,
        key: object = UNKNOWN,
    ) -> tuple[int, int, None, str]:
        """Return the row of a string."""
        if not isinstance(value, str) or read:
            raise RefusedRow("value")
        return len(value), MODE_RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> str:
        """Return the string of a row."""
        if mode != MODE_RAW or filename is not None or not isinstance(value, str) or read:
            raise RefusedRow("value")
        return value

    def filename(self, *_: object) -> tuple[str, str]:
        """Refuse: nothing is kept in files of diskcache's."""
        raise RefusedRow("file")

    def remove(self, _: object) -> None:
        """Remove nothing: a row that names a file is not ours, and the file is not either."""


class Database(diskcache.Cache):  # type: ignore[misc]
    """The database in a folder; lets go of it when it cannot be opened."""

    def __init__(self, folder: Path) -> None:
        try:
            super().__init__(str(folder), disk=StrictDisk, timeout=5, **_SETTINGS)
        except BaseException:
            # A planted setting can stop diskcache before it has what `close` needs.
            with suppress(AttributeError, TypeError):
                self.close()
            raise

    @property
    def _con(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._con
        limit_rows(connection)
        return connection


def open_database(folder: Path) -> Database:
    """Open the database of a folder, which is made if need be, after `vetting` looked at it.

    Raises:
        sqlite3.Error: It cannot be opened, or is damaged.
        ValueError: It is not as diskcache makes it.
        AttributeError, TypeError: A planted setting stopped diskcache.
    """
    check(folder / DBNAME, _SETTINGS, _make_entries)
    return Database(folder)


def _make_entries(folder: Path) -> None:
    Database(folder).close()


def seal(text: str) -> str:
    """Return an entry's JSON behind its CRC-32: SQLite does not see that a letter is another."""
    return f"{zlib.crc32(text.encode()):08x}{text}"


def unseal(sealed: str) -> str:
    """Return the JSON of `seal`.

    Raises:
        RefusedRow: It is another, or was never sealed.
    """
    text = sealed[_SUM_LENGTH:]
    if seal(text) != sealed:
        raise RefusedRow("sum")
    return text
