"""The database of a cache folder."""

import os
import sqlite3
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

import diskcache
from diskcache.core import DBNAME, MODE_RAW, UNKNOWN

from .regular_files import is_other_than_file
from .vetting import limit_rows

NAME: str = DBNAME
"""The database's file in the cache folder."""

DATABASE_ERRORS = (sqlite3.Error, diskcache.Timeout)
"""What reading and writing raise when the database is damaged, locked too long or missing."""

_LOGS = (f"{NAME}-wal", f"{NAME}-shm")
_SUM_LENGTH = 8
SETTINGS = {
    "eviction_policy": "none",
    "cull_limit": 0,
    "size_limit": 2**40,
    "statistics": 0,
    "tag_index": 0,
    "disk_min_file_size": 2**40,
    "disk_pickle_protocol": 0,
    "sqlite_journal_mode": "wal",
    "sqlite_secure_delete": 1,  # Deleted text must not stay in the file.
}


class RefusedRow(ValueError):
    """A row of the database is not one of ours. Caught by `cache`."""


class StrictDisk(diskcache.Disk):  # type: ignore[misc]
    """A `Disk` for string keys and string values, both in the row itself, and nothing else.

    diskcache unpickles what it reads (CVE-2025-69872). Its `JSONDisk` does so for keys and files.
    """

    def put(self, key: object) -> tuple[str, bool]:
        """Return the key as it is stored."""
        if not isinstance(key, str):
            raise RefusedRow("key")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Return the stored key; "" for a key that is not ours, so that its row is ignored."""
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
        """Refuse to store a value in a file."""
        raise RefusedRow("file")

    def remove(self, _: object) -> None:
        """Delete nothing: a file that a row names is not ours."""


class Database(diskcache.Cache):  # type: ignore[misc]
    """The database in a folder, without expiry or eviction."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        try:
            # diskcache replaces `$NAME` and `~` in a path, which here are parts of names.
            super().__init__(os.curdir, disk=StrictDisk, timeout=5, **SETTINGS)
        except BaseException:
            # A planted setting can stop diskcache before it has the attributes that `close` needs.
            with suppress(AttributeError, TypeError):
                self.close()
            raise

    @property
    def _directory(self) -> str:
        return self._folder

    @_directory.setter
    def _directory(self, _: str) -> None:
        """Ignore what diskcache sets."""

    @property
    def _con(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._con
        limit_rows(connection)
        return connection


def make_database(folder: Path) -> None:
    """Create an empty database."""
    Database(folder).close()


def open_database(folder: Path) -> Database:
    """Open the database of a folder; create it when it is missing.

    SQLite would replay a journal that lies beside the database, and delete a file that the journal
    names. A database of ours has none, so it is put aside, like a log that is a link. A new
    database is complete before it appears, so that two builds can create it.

    Raises:
        sqlite3.Error, diskcache.Timeout: It cannot be opened.
        OSError: It cannot be created, or the journal cannot be put aside.
    """
    journal = folder / f"{NAME}-journal"
    logs = [path for name in _LOGS if is_other_than_file(path := folder / name)]
    for path in [journal] * os.path.lexists(journal) + logs + list(folder.glob(f"{NAME}-mj*")):
        put_aside(path)
    if not os.path.lexists(folder / NAME):
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder / "media") as new:
            make_database(Path(new))
            _rename(Path(new) / NAME, folder / NAME)
    return Database(folder)


def put_aside(path: Path) -> None:
    """Rename a file of the database, so that nothing opens it.

    Raises:
        OSError: It cannot be renamed.
    """
    path.replace(path.with_name(f"broken-{path.name}"))


def _rename(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)  # It fails where another build was first.
    except FileExistsError:
        return
    except OSError:
        path.rename(target)  # There are disks without hard links.


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
