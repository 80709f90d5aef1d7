"""The cache folder of a site."""

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from mkdocs_instagram.errors import CacheUnusable
from mkdocs_instagram.instagram.models import JSON

from .database import DATABASE_ERRORS, Database, RefusedRow, open_database, seal, unseal
from .keys import read_digest

SCHEMA = 1


class Cache:
    """JSON entries in a database, and media in files named by their digest.

    Example:
        cache = Cache(Path(".cache/plugin/instagram"))
        digest = cache.write_media(data)
        cache.put("picture/17900000000000001/media_url", {"original": digest})
        cache.close()

    Args:
        folder: It is created when missing, with mode 0700. Git ignores it.

    Raises:
        CacheUnusable: The folder cannot be written, or its database cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._media = folder / "media"
        try:
            _prepare(folder, self._media)
            self._entries = self._open()
        except (OSError, sqlite3.Error, RefusedRow) as error:
            raise CacheUnusable(_describe(error)) from None

    def _open(self) -> Database:
        try:
            return open_database(self.folder)
        except (sqlite3.DatabaseError, AttributeError, TypeError, ValueError) as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # Damaged, or with settings that are not ours. The media files stay.
            for path in self.folder.glob("cache.db*"):
                path.replace(path.with_name(f"broken-{path.name}"))
            self.was_broken = True
            return Database(self.folder)

    was_broken = False
    """Whether the database was damaged, so that it was renamed and a new one was created."""

    def get(self, key: str) -> JSON | None:
        """Return the entry of `key`; `None` when it is missing, damaged or not ours."""
        try:
            text = self._entries.get(key)
            entry = json.loads(unseal(text)) if text is not None else None
        except (*DATABASE_ERRORS, RefusedRow, ValueError, RecursionError, TypeError):
            return None
        is_ours = isinstance(entry, dict) and entry.get("schema") == SCHEMA
        return entry if is_ours else None

    def put(self, key: str, entry: JSON) -> None:
        """Save all of `entry`, or nothing when the database fails."""
        text = json.dumps({**entry, "schema": SCHEMA}, ensure_ascii=True, separators=(",", ":"))
        try:
            self._entries.set(key, seal(text))
        except (*DATABASE_ERRORS, OSError):
            return

    def delete(self, key: str) -> None:
        """Delete the entry of `key`."""
        try:
            self._entries.delete(key)
        except (*DATABASE_ERRORS, OSError):
            return

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with `prefix`.

        Raises:
            CacheUnusable: The database fails. An empty list would mean that no file is needed.
        """
        try:
            return [key for key in self._entries if key.startswith(prefix)]
        except sqlite3.Error as error:
            raise CacheUnusable(_describe(error)) from None

    def write_media(self, data: bytes) -> str:
        """Save bytes and return their digest; call it before you save the entry that names them.

        Raises:
            OSError: The disk is full or missing. Caught by `images`.
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
        """Open a new file for bytes that are too many for the memory.

        Raises:
            OSError: The disk is full or missing. Caught by `videos`.
        """
        return MediaFile(self._media, self.locate_media)

    def read_media(self, digest: str) -> bytes | None:
        """Return the bytes of `digest`; `None` when the file is missing, changed or a link."""
        try:
            with _open_no_link(self.locate_media(digest)) as file:
                data = file.read()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def find_media(self, digest: str) -> Path | None:
        """Return the file of `digest`; `None` when it is missing, changed or a link."""
        path = self.locate_media(digest)
        try:
            with _open_no_link(path) as file:
                is_whole = hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return None
        return path if is_whole else None

    def locate_media(self, digest: str) -> Path:
        """Return the path of the file of `digest`, without a check of its bytes."""
        name = read_digest(digest)
        return self._media / name[:2] / name

    def delete_media(self, digest: str) -> bool:
        """Delete the file of `digest`; return whether there was one."""
        try:
            self.locate_media(digest).unlink()
        except OSError:
            return False
        return True

    def measure(self) -> int:
        """Return the size of the folder in bytes, with its database."""
        size = 0
        for path in self.folder.rglob("*"):
            with suppress(OSError):  # Another process may have removed it.
                size += 0 if path.is_dir() else path.lstat().st_size
        return size

    def remove_media(self, named: set[str], before: float) -> int:
        """Delete the files that are not `named` and were written before a time; return how many.

        Args:
            named: The digests in saved entries.
            before: Unix seconds.
        """
        removed = 0
        for path in _list_files(self._media):
            try:
                if path.name not in named and path.lstat().st_mtime < before:
                    path.unlink()
                    removed += 1
            except OSError:
                continue
        return removed

    def close(self) -> None:
        """Close the database."""
        self._entries.close()


class MediaFile:
    """A new file, which is named by its digest when it is complete.

    Args:
        folder: The folder of the unfinished file.
        locate: Returns the path of a digest.

    Raises:
        OSError: It cannot be written. `write` and `keep` raise this too.
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
        """Name the file by its digest and return the digest."""
        self._file.close()
        digest = self._sum.hexdigest()
        path = self._locate(digest)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.replace(path)
        return digest

    def discard(self) -> None:
        """Delete the file, unless it was kept."""
        with suppress(OSError):  # A full disk also fails here.
            self._file.close()
        self._path.unlink(missing_ok=True)


def _prepare(folder: Path, media: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    media.mkdir(mode=0o700, exist_ok=True)
    if media.is_symlink():
        raise NotADirectoryError("media is a link")
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    with tempfile.TemporaryFile(dir=media):
        pass


def _list_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_symlink() or not path.is_dir():
            yield path
        else:
            yield from path.iterdir()


def _open_no_link(path: Path) -> BufferedReader:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags), "rb")


def _describe(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def describe_unusable_cache(folder: Path, reason: str) -> str:
    """Return the warning about a cache folder that cannot be used."""
    return (
        f"the cache folder {folder} cannot be used ({reason}). A temporary one is used: everything "
        "is fetched again and nothing is kept. Make the folder writable, or set `cache_dir`."
    )


def describe_broken_cache(folder: Path) -> str:
    """Return the warning about a damaged database."""
    return (
        f"the saved feeds in {folder} are damaged. The database is renamed to broken-cache.db and "
        "a new one is created; feeds are fetched again. Nothing to do, unless it happens again: "
        "then check the disk."
    )
