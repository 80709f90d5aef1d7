"""What one build leaves for the next: JSON entries, and media bytes in files named by their digest.

Its outside thing is the cache folder, through diskcache. Upstream diskcache unpickles what it
finds (CVE-2025-69872), and its `JSONDisk` still does for keys and files: `StrictDisk` reads and
writes strings in rows and refuses all else. Nothing expires and nothing is evicted here: age is
judged by who reads.
"""

import hashlib
import json
import os
import re
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

import diskcache
from diskcache.core import MODE_RAW, UNKNOWN

from .errors import CacheUnusable
from .models import JSON
from .vetting import check, limit_rows

SCHEMA = 1
_DIGEST = re.compile("[0-9a-f]{64}")
_DAY = 86400.0
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
    """A row of the database is not one of ours. Stays in this module."""


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


class _Entries(diskcache.Cache):  # type: ignore[misc]
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


def _make_entries(folder: Path) -> None:
    _Entries(folder).close()


class Cache:
    """The folder of one site.

    Args:
        folder: Made with mode 0700 if need be; it ignores itself in git.

    Raises:
        CacheUnusable: The folder cannot be written, or its database not be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._media = folder / "media"
        try:
            self._prepare()
            self._entries = self._open()
        except (OSError, sqlite3.Error, RefusedRow) as error:
            raise CacheUnusable(_why(error)) from None

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._media.mkdir(mode=0o700, exist_ok=True)
        if self._media.is_symlink():
            raise NotADirectoryError("media is a link")
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        with tempfile.TemporaryFile(dir=self._media):
            pass

    def _open(self) -> _Entries:
        try:
            check(self.folder / diskcache.core.DBNAME, _SETTINGS, _make_entries)
            return _Entries(self.folder)
        except (sqlite3.DatabaseError, AttributeError, TypeError, ValueError) as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # No database, or one with settings that are not ours: put aside, not deleted, and begun
            # anew. Media files stay.
            for path in self.folder.glob("cache.db*"):
                path.replace(path.with_name(f"broken-{path.name}"))
            self.was_broken = True
            return _Entries(self.folder)

    was_broken = False
    """Whether the database was found damaged and put aside."""

    def get(self, key: str) -> JSON | None:
        """Return the entry of `key`; `None` when there is none, or none that is ours and whole."""
        try:
            text = self._entries.get(key)
            entry = json.loads(_unseal(text)) if text is not None else None
        except (
            sqlite3.Error,
            diskcache.Timeout,
            RefusedRow,
            ValueError,
            RecursionError,
            TypeError,
        ):
            return None
        is_ours = isinstance(entry, dict) and entry.get("schema") == SCHEMA
        return entry if is_ours else None

    def put(self, key: str, entry: JSON) -> None:
        """Save `entry` whole or not at all; a failure to save is no failure of the build."""
        text = json.dumps({**entry, "schema": SCHEMA}, ensure_ascii=True, separators=(",", ":"))
        try:
            self._entries.set(key, seal(text))
        except (sqlite3.Error, diskcache.Timeout, OSError):
            return

    def delete(self, key: str) -> None:
        """Forget the entry of `key`."""
        try:
            self._entries.delete(key)
        except (sqlite3.Error, diskcache.Timeout, OSError):
            return

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with `prefix`.

        Raises:
            CacheUnusable: They cannot be told; none would mean that no file is needed.
        """
        try:
            return [key for key in self._entries if key.startswith(prefix)]
        except sqlite3.Error as error:
            raise CacheUnusable(_why(error)) from None

    def write_media(self, data: bytes) -> str:
        """Save bytes and return their digest; to be called before the entry that names them is put.

        Raises:
            OSError: The disk is full or gone. Caught by `images`.
        """
        digest = hashlib.sha256(data).hexdigest()
        if self.find_media(digest) is None:
            file = self.open_media()
            try:
                file.write(data)
                file.keep()
            finally:
                file.discard()
        return digest

    def open_media(self) -> "MediaFile":
        """Begin a file whose digest is known at its end: for what is too large for the memory.

        Raises:
            OSError: The disk is full or gone. Caught by `videos`.
        """
        return MediaFile(self._media, self.locate_media)

    def read_media(self, digest: str) -> bytes | None:
        """Return the bytes of `digest`; `None` when missing, a link, or not what they were."""
        try:
            with _open_no_link(self.locate_media(digest)) as file:
                data = file.read()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def find_media(self, digest: str) -> Path | None:
        """Return the file of `digest` when its bytes are what they were."""
        path = self.locate_media(digest)
        try:
            with _open_no_link(path) as file:
                is_whole = hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return None
        return path if is_whole else None

    def locate_media(self, digest: str) -> Path:
        """Return where the bytes of `digest` are, for what `find_media` found before."""
        # What an entry says becomes part of a path: what is no digest is looked for in vain.
        name = digest if _DIGEST.fullmatch(digest) else "0" * 64
        return self._media / name[:2] / name

    def delete_media(self, digest: str) -> bool:
        """Remove the file of `digest`; return whether there was one."""
        try:
            self.locate_media(digest).unlink()
        except OSError:
            return False
        return True

    def measure(self) -> int:
        """Return the bytes that the folder takes, the database included."""
        size = 0
        for path in self.folder.rglob("*"):
            with suppress(OSError):  # another process may have removed it
                size += 0 if path.is_dir() else path.lstat().st_size
        return size

    def remove_media(self, named: set[str], now: float) -> int:
        """Remove the files that are not `named` and older than a day; return how many.

        Args:
            named: The digests that saved entries name.
            now: Unix seconds.
        """
        removed = 0
        for path in self._files():
            try:
                if path.name not in named and now - path.lstat().st_mtime > _DAY:
                    path.unlink()
                    removed += 1
            except OSError:
                continue
        return removed

    def _files(self) -> Iterator[Path]:
        for path in self._media.iterdir():
            if path.is_symlink() or not path.is_dir():
                yield path
            else:
                yield from path.iterdir()

    def close(self) -> None:
        """Let go of the database."""
        self._entries.close()


class MediaFile:
    """A file that gets its name, its digest, when all of it is there.

    Args:
        folder: Where it lies until then.
        locate: Gives the place of a digest.

    Raises:
        OSError: It cannot be written; so say `write` and `keep`.
    """

    def __init__(self, folder: Path, locate: Callable[[str], Path]) -> None:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._sum = hashlib.sha256()
        self._locate = locate

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        self._sum.update(chunk)
        self._file.write(chunk)

    def keep(self) -> str:
        """Give the file its name and return it: the digest."""
        self._file.close()
        digest = self._sum.hexdigest()
        path = self._locate(digest)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.replace(path)
        return digest

    def discard(self) -> None:
        """Remove the file, unless it was kept."""
        with suppress(OSError):  # What the disk did not take is thrown away all the same.
            self._file.close()
        self._path.unlink(missing_ok=True)


def seal(text: str) -> str:
    """Return an entry's JSON behind its CRC-32: SQLite does not see that a letter is another."""
    return f"{zlib.crc32(text.encode()):08x}{text}"


def _unseal(sealed: str) -> str:
    text = sealed[_SUM_LENGTH:]
    if seal(text) != sealed:
        raise RefusedRow("sum")
    return text


def _open_no_link(path: Path) -> BufferedReader:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags), "rb")


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
