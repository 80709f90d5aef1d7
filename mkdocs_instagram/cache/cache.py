"""What one build leaves for the next.

JSON entries lie in a database, media bytes in files named by their digest.
"""

import hashlib
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from mkdocs_instagram.errors import CacheUnusable
from mkdocs_instagram.instagram.models import JSON

from .database import DATABASE_ERRORS, Database, RefusedRow, open_database, seal, unseal

SCHEMA = 1
_DIGEST = re.compile("[0-9a-f]{64}")
_DAY = 86400.0


class Cache:
    """The cache folder of one site.

    Example:
        cache = Cache(Path(".cache/plugin/instagram"))
        digest = cache.write_media(data)
        cache.put("picture/17900000000000001/media_url", {"original": digest})
        cache.close()

    Args:
        folder: Made with mode 0700 if need be; it ignores itself in git.

    Raises:
        CacheUnusable: The folder cannot be written, or its database not be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._media = folder / "media"
        try:
            _prepare(folder, self._media)
            self._entries = self._open()
        except (OSError, sqlite3.Error, RefusedRow) as error:
            raise CacheUnusable(_why(error)) from None

    def _open(self) -> Database:
        try:
            return open_database(self.folder)
        except (sqlite3.DatabaseError, AttributeError, TypeError, ValueError) as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # No database, or one with settings that are not ours: put aside, not deleted, and begun
            # anew. Media files stay.
            for path in self.folder.glob("cache.db*"):
                path.replace(path.with_name(f"broken-{path.name}"))
            self.was_broken = True
            return Database(self.folder)

    was_broken = False
    """Whether the database was found damaged and put aside."""

    def get(self, key: str) -> JSON | None:
        """Return the entry of `key`; `None` when there is none, or none that is ours and whole."""
        try:
            text = self._entries.get(key)
            entry = json.loads(unseal(text)) if text is not None else None
        except (*DATABASE_ERRORS, RefusedRow, ValueError, RecursionError, TypeError):
            return None
        is_ours = isinstance(entry, dict) and entry.get("schema") == SCHEMA
        return entry if is_ours else None

    def put(self, key: str, entry: JSON) -> None:
        """Save `entry` whole or not at all; a failure to save is no failure of the build."""
        text = json.dumps({**entry, "schema": SCHEMA}, ensure_ascii=True, separators=(",", ":"))
        try:
            self._entries.set(key, seal(text))
        except (*DATABASE_ERRORS, OSError):
            return

    def delete(self, key: str) -> None:
        """Forget the entry of `key`."""
        try:
            self._entries.delete(key)
        except (*DATABASE_ERRORS, OSError):
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
        for path in _list_files(self._media):
            try:
                if path.name not in named and now - path.lstat().st_mtime > _DAY:
                    path.unlink()
                    removed += 1
            except OSError:
                continue
        return removed

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


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def describe_unusable_cache(folder: Path, reason: str) -> str:
    """Return the warning about a cache folder that cannot be used."""
    return (
        f"the cache folder {folder} cannot be used ({reason}). A temporary one is used: everything "
        "is fetched anew and nothing is kept. Make the folder writable, or set `cache_dir`."
    )


def describe_broken_cache(folder: Path) -> str:
    """Return the warning about a damaged database."""
    return (
        f"the saved feeds in {folder} are damaged. The file is put aside as broken-cache.db and a "
        "new one begun; feeds are fetched anew. Nothing to do, unless it happens again: then look "
        "at the disk."
    )
