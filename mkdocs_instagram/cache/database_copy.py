"""Reads the database without writing to its folder."""

import errno
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from .regular_files import is_other_than_file, open_file
from .vetting import NAME, Unsound, check_database

LOG = f"{NAME}-wal"
MAX_DATABASE = 128 * 1024 * 1024
"""Maximum size of the database and of its log, in bytes."""

_TRIES, _PAUSE = 50, 0.01
# Bytes 18 and 19 of a database: 2 says that it has a log, which one in memory cannot have.
_VERSIONS = slice(18, 20)
_WITHOUT_LOG = b"\x01\x01"


def open_copy(folder: Path) -> sqlite3.Connection | None:
    """Return a checked copy of the database in memory; `None` without a database.

    SQLite itself would write beside the database, wait for locks, and replay what lies there.

    Raises:
        Unsound: It is damaged, or not ours.
        OSError: It cannot be read.
    """
    data = _read(folder)
    if not data:
        return None
    copy = sqlite3.connect(":memory:")
    try:
        _load(copy, data)
        check_database(copy, _make)
    except BaseException as error:
        copy.close()
        if isinstance(error, sqlite3.Error | ValueError):
            raise Unsound(str(error)) from None
        raise
    return copy


def _read(folder: Path) -> bytes | None:
    """Return the database with what its log adds.

    While another build writes, both are read again until they belong together.
    """
    for _ in range(_TRIES):
        before = _observe(folder)
        data, log = _read_file(folder / NAME), _read_log(folder / LOG)
        if _observe(folder) == before:
            return _replay(data, log) if data and log else data
        time.sleep(_PAUSE)
    raise OSError(errno.EBUSY, "another build writes all the time")


def _observe(folder: Path) -> list[tuple[int, int, int] | None]:
    seen: list[tuple[int, int, int] | None] = []
    for name in (NAME, LOG):
        try:
            status = (folder / name).lstat()
        except FileNotFoundError:
            seen.append(None)
        else:
            seen.append((status.st_ino, status.st_size, status.st_mtime_ns))
    return seen


def _read_file(path: Path) -> bytes | None:
    try:
        with open_file(path) as file:
            if os.fstat(file.fileno()).st_size > MAX_DATABASE:
                raise Unsound("it is too large")
            return file.read(MAX_DATABASE)
    except FileNotFoundError:
        return None
    except PermissionError:
        raise
    except OSError as error:
        raise Unsound(str(error.strerror)) from None


def _read_log(path: Path) -> bytes | None:
    # One that is not a file is put aside before the database is opened.
    return None if is_other_than_file(path) else _read_file(path)


def _replay(data: bytes, log: bytes) -> bytes:
    with tempfile.TemporaryDirectory(prefix="mkdocs-instagram-") as folder:
        path = Path(folder) / NAME
        path.write_bytes(data)
        path.with_name(LOG).write_bytes(log)
        with closing(sqlite3.connect(path)) as database:
            try:
                database.execute("PRAGMA journal_mode = delete")
            except sqlite3.Error as error:
                raise Unsound(str(error)) from None
        return path.read_bytes()


def _load(copy: sqlite3.Connection, data: bytes) -> None:
    data = data[: _VERSIONS.start] + _WITHOUT_LOG + data[_VERSIONS.stop :]
    if hasattr(copy, "deserialize"):
        copy.deserialize(data)
        return
    # SQLite was built without it. A temporary file is only needed until it is read.
    with tempfile.TemporaryDirectory(prefix="mkdocs-instagram-") as folder:
        path = Path(folder) / NAME
        path.write_bytes(data)
        with closing(sqlite3.connect(path)) as database:
            database.backup(copy)


def _make(folder: Path) -> None:
    # Imported here, as most builds only read, without diskcache.
    from .database import make_database

    make_database(folder)
