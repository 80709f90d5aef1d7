"""The cache folder of a site."""

import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from mkdocs_instagram.errors import CacheUnusable
from mkdocs_instagram.instagram.models import JSON

from .entries import Entries
from .media_folder import MediaFile, MediaFolder
from .problems import describe_broken_cache, describe_problem, describe_reason
from .regular_files import check_folder
from .vetting import RefusedRow, seal, unseal

SCHEMA = 1
# Longer numbers are not ours. Arithmetic with them raises many types.
_MAX_DIGITS = 18


class Cache:
    """JSON entries in a database, and media in files named by their digest.

    Nothing is written before something new is saved. What cannot be read counts as missing. What
    cannot be saved is kept until the cache is closed: entries in memory, media in a temporary
    folder.

    Example:
        cache = Cache(Path(".cache/plugin/instagram"))
        digest = cache.write_media(data)
        cache.put("picture/17900000000000001/media_url", {"original": digest})
        cache.close()

    Args:
        folder: It is created when something is saved, with mode 0700. Git ignores it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._problem: Exception | None = None
        self._is_prepared = False
        self._media = MediaFolder(folder / "media", self._prepare, self._note)
        self._entries = Entries(folder, self._prepare, self._note)

    @property
    def was_broken(self) -> bool:
        """Whether the database is damaged or not ours, so that another one takes its place."""
        return self._entries.was_broken

    def describe_problems(self) -> list[str]:
        """Return the warnings about a damaged database, and about what cannot be read or saved."""
        texts = [describe_broken_cache(self.folder)] if self.was_broken else []
        if self._problem:
            texts.append(describe_problem(self.folder, self._problem))
        return texts

    def check_writable(self) -> None:
        """Open the database and create a file, as saving something would.

        Raises:
            CacheUnusable: The folder or its database cannot be written.
        """
        try:
            self._entries.open()
            file = MediaFile(self._media)
            file.discard()
        except (OSError, sqlite3.Error) as error:
            raise CacheUnusable(describe_reason(self.folder, error)) from None

    def get(self, key: str) -> JSON | None:
        """Return the entry of `key`; `None` when it is missing, damaged or not ours."""
        text = self._entries.get(key)
        try:
            entry = _read_json(unseal(text)) if text is not None else None
        except (RefusedRow, ValueError, RecursionError):
            return None
        is_ours = isinstance(entry, dict) and entry.get("schema") == SCHEMA
        return entry if is_ours else None

    def put(self, key: str, entry: JSON) -> None:
        """Save all of `entry`; nothing is written if it is saved already."""
        text = json.dumps({**entry, "schema": SCHEMA}, ensure_ascii=True, separators=(",", ":"))
        self._entries.put(key, seal(text))

    def delete(self, *keys: str) -> None:
        """Delete the entries of `keys`."""
        if keys:
            self._entries.delete(*keys)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with `prefix`.

        Raises:
            CacheUnusable: The database fails. An empty list would mean that no file is needed.
        """
        try:
            return [key for key in self._entries.list_keys() if key.startswith(prefix)]
        except sqlite3.Error as error:
            raise CacheUnusable(describe_reason(self.folder, error)) from None

    def write_media(self, data: bytes) -> str:
        """Save bytes and return their digest; call it before you save the entry that names them.

        Raises:
            NotSaved: There is no place for them. Caught by `images`.
        """
        return self._media.write(data)

    def open_media(self) -> MediaFile:
        """Open a new file for bytes that are too many for the memory.

        Raises:
            OSError: There is no place for it. Caught by `videos`.
        """
        return self._media.open_new()

    def read_media(self, digest: str) -> bytes | None:
        """Return the bytes of `digest`; `None` when the file is missing, changed, or no file."""
        return self._media.read(digest)

    def may_have_media(self, digest: str) -> bool:
        """Tell whether the file of `digest` was not yet found to be missing, changed, or no file.

        It is looked at when it is copied.
        """
        return self._media.may_have(digest)

    def find_media(self, digest: str) -> Path | None:
        """Return the file of `digest`; `None` when it is missing, changed, or no file."""
        return self._media.find(digest)

    def copy_media(self, digest: str, path: Path) -> bool:
        """Copy the file of `digest` to `path`, unless it is missing, changed or a link.

        The copied bytes are checked.

        Returns:
            Whether there is a copy.

        Raises:
            OSError: `path` cannot be written.
        """
        return self._media.copy(digest, path)

    def locate_media(self, digest: str) -> Path:
        """Return the path of the file of `digest`, without a check of its bytes."""
        return self._media.locate(digest)

    def delete_media(self, digest: str) -> bool:
        """Delete the file of `digest`; return whether there was one."""
        return self._media.delete(digest)

    def remove_media(self, named: set[str], before: float) -> int:
        """Delete the files that are not `named` and were written before a time; return how many.

        Args:
            named: The digests in saved entries.
            before: Unix seconds.
        """
        return self._media.remove_old(named, before)

    def measure(self) -> int:
        """Return the size of the folder in bytes, with its database."""
        size = 0
        for folder, _, names in os.walk(self.folder):
            for name in names:
                with suppress(OSError):  # Another process may have removed it.
                    size += (Path(folder) / name).lstat().st_size
        return size

    def close(self) -> None:
        """Close the database, and delete the temporary files."""
        self._entries.close()
        self._media.close()

    def _prepare(self) -> None:
        if self._is_prepared:
            return
        for folder in (self.folder, self._media.folder):
            check_folder(folder)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Not through a link, even one to nothing. Without this file, Git only shows the folder.
        with suppress(OSError), (self.folder / ".gitignore").open("x", encoding="utf-8") as file:
            file.write("*\n")
        self._is_prepared = True

    def _note(self, error: Exception) -> None:
        self._problem = self._problem or error


def _read_json(text: str) -> Any:
    return json.loads(
        text,
        parse_float=_read_float,
        parse_int=_read_int,
        parse_constant=_refuse_number,
    )


def _read_float(text: str) -> float:
    number = float(text)
    return number if abs(number) < 10.0**_MAX_DIGITS else _refuse_number(text)


def _read_int(text: str) -> int:
    return int(text) if len(text) <= _MAX_DIGITS else _refuse_number(text)


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"a number of {len(text)} letters")
