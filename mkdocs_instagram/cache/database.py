"""The database of a cache folder."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import diskcache
from diskcache.core import MODE_RAW, UNKNOWN

from .regular_files import is_other_than_file
from .vetting import NAME, SETTINGS, RefusedRow, limit_rows

_LOGS = (f"{NAME}-wal", f"{NAME}-shm")


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

    @contextmanager
    def _transact(self, *args: Any, **options: Any) -> Iterator[Any]:
        """Raise what SQLite would raise, in place of an error of diskcache's own without a text."""
        try:
            with super()._transact(*args, **options) as transaction:
                yield transaction
        except diskcache.Timeout:
            raise sqlite3.OperationalError("the database is locked") from None


def make_database(folder: Path) -> None:
    """Create an empty database."""
    Database(folder).close()


def open_database(folder: Path) -> Database:
    """Open the database of a folder; create it when it is missing.

    SQLite would replay a journal that lies beside the database, and delete a file that the journal
    names. A database of ours has none, so it is put aside, like a log that is a link. A new
    database is complete before it appears, so that two builds can create it.

    Raises:
        sqlite3.Error: It cannot be opened.
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
