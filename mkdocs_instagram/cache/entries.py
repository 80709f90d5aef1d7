"""The texts in the database, by key."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .database_copy import open_copy
from .regular_files import check_folder
from .vetting import NAME, RefusedRow, Unsound

if TYPE_CHECKING:
    from .database import Database

_ERRORS = (sqlite3.Error, OSError, RefusedRow, Unsound, AttributeError, TypeError)
_ONE = "SELECT value FROM Cache WHERE key = ? AND raw = 1 AND mode = 1 AND filename IS NULL"
_ALL = "SELECT key FROM Cache WHERE raw = 1 AND typeof(key) = 'text'"


class Entries:
    """Reads a copy of the database until something is saved; then it opens the database itself.

    So a build that saves nothing writes nothing: diskcache writes its settings at each opening.
    What cannot be saved, and all that would be saved after it, is kept in memory.

    Args:
        folder: The cache folder.
        prepare: Creates the folder, or raises `OSError`.
        note: Told why something could not be read or saved.

    Attributes:
        was_broken: The database is damaged or not ours, so it is not used. It is renamed before
            something is saved.
    """

    def __init__(
        self, folder: Path, prepare: Callable[[], None], note: Callable[[Exception], None]
    ) -> None:
        self._folder = folder
        self._prepare = prepare
        self._note = note
        self._database: Database | None = None
        self._refusal: Exception | None = None
        self._unsaved: dict[str, str | None] = {}
        self.was_broken = False
        self._copy = self._open_copy()

    def get(self, key: str) -> str | None:
        """Return the text of `key`; `None` when it is missing, or the database fails."""
        if key in self._unsaved:
            return self._unsaved[key]
        try:
            if self._database is not None:
                text = self._database.get(key)
            else:
                row = self._copy.execute(_ONE, [key]).fetchone() if self._copy else None
                text = row[0] if row else None
        except _ERRORS:
            return None
        return text if isinstance(text, str) else None

    def put(self, key: str, text: str) -> None:
        """Save a text, unless it is saved already."""
        if self.get(key) == text:
            return
        try:
            self.open().set(key, text)
        except _ERRORS as error:
            self._give_up(error)
            self._unsaved[key] = text

    def delete(self, *keys: str) -> None:
        """Delete the texts of `keys`, all or none."""
        try:
            database = self.open()
            with database.transact():
                for key in keys:
                    database.delete(key)
        except _ERRORS as error:
            self._give_up(error)
            self._unsaved.update(dict.fromkeys(keys))

    def list_keys(self) -> list[str]:
        """Return all keys.

        Raises:
            sqlite3.Error: The database fails.
        """
        if self._database is not None:
            keys = dict.fromkeys(self._database)
        else:
            keys = {key: None for (key,) in self._copy.execute(_ALL)} if self._copy else {}
        for key, text in self._unsaved.items():
            if text is None:
                keys.pop(key, None)
            else:
                keys[key] = None
        return list(keys)

    def open(self) -> "Database":
        """Open the database to save something.

        Raises:
            sqlite3.Error, OSError: It cannot be opened.
        """
        if self._refusal:
            raise self._refusal
        if self._database is None:
            # Imported here, as most builds only read, without diskcache.
            from .database import open_database

            self._prepare()
            self._put_unsound_aside()
            self._database = open_database(self._folder)
            self._close_copy()
        return self._database

    def close(self) -> None:
        """Close the database and its copy."""
        self._close_copy()
        if self._database is not None:
            self._database.close()

    def _give_up(self, error: Exception) -> None:
        """Save nothing more: each try could wait seconds for a database that is locked."""
        self._refusal = error
        self._note(error)

    def _open_copy(self) -> sqlite3.Connection | None:
        try:
            check_folder(self._folder)
            return open_copy(self._folder)
        except Unsound:
            self.was_broken = True
        except OSError as error:
            self._note(error)
        return None

    def _put_unsound_aside(self) -> None:
        """Rename a database that must not be opened; it is looked at again, as time has passed."""
        try:
            if copy := open_copy(self._folder):
                copy.close()
        except Unsound:
            from .database import put_aside

            self.was_broken = True
            for path in self._folder.glob(f"{NAME}*"):
                put_aside(path)

    def _close_copy(self) -> None:
        if self._copy:
            self._copy.close()
            self._copy = None
