"""Looks at a cache's database before diskcache opens it.

Its outside thing is that file, through sqlite3. Whoever can write into a CI's cache could plant a
trigger or view that runs for ever, a setting that diskcache hands to a PRAGMA or to an attribute,
or a link to a file elsewhere: what is not as diskcache makes it, is not opened.
"""

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from diskcache.core import DBNAME, DEFAULT_SETTINGS, METADATA

MAX_ROW = 64 * 1024 * 1024
"""Bytes of the longest text or blob that SQLite may hand out or take."""

# Of diskcache 5.6.3. Another version's is compared with what that version makes.
_KNOWN_SCHEMA = "04f82f80b1005dd026aef1bd332a3884d18717728388c2fd3deb13e1cb6ce53e"

Schema = set[tuple[str, str, str]]


class Unsound(ValueError):
    """The database is damaged, or not as diskcache makes it. Caught by `cache`."""


def check(path: Path, settings: Mapping[str, Any], make: Callable[[Path], None]) -> None:
    """See that `path` is a whole database as diskcache makes it, or a part that it has made so far.

    Args:
        path: Of the database, which need not be there.
        settings: Those that diskcache is given.
        make: Makes such a database in the folder that it is given.

    Raises:
        Unsound: It is something else.
        sqlite3.Error: It cannot be read.
        ValueError: It holds text that is none.
    """
    if any(found.is_symlink() for found in path.parent.glob(f"{path.name}*")):
        raise Unsound("it is a link")
    if not path.is_file():
        return
    with closing(sqlite3.connect(path, timeout=5)) as database:
        limit_rows(database)
        schema = _read_schema(database)
        if not _is_known(schema) and not schema <= _read_made_schema(make):
            raise Unsound("its tables are not ours")
        if not _read_settings(database, schema) <= ({**DEFAULT_SETTINGS, **settings}).items():
            raise Unsound("its settings are not ours")
        if database.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise Unsound("it is damaged")


def limit_rows(database: sqlite3.Connection) -> None:
    """Let no row cost more memory than the longest entry: a planted one may have 2 GB."""
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW)


def _read_schema(database: sqlite3.Connection) -> Schema:
    # Without what SQLite adds itself, which has no text.
    rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return set(rows.fetchall())


def _read_made_schema(make: Callable[[Path], None]) -> Schema:
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        with closing(sqlite3.connect(Path(folder) / DBNAME)) as database:
            return _read_schema(database)


def _is_known(schema: Schema) -> bool:
    return hashlib.sha256(repr(sorted(schema)).encode()).hexdigest() == _KNOWN_SCHEMA


def _read_settings(database: sqlite3.Connection, schema: Schema) -> set[tuple[str, Any]]:
    """Return the settings, without the figures that diskcache keeps among them."""
    if not any(name == "Settings" for _, name, _ in schema):
        return set()
    rows = database.execute("SELECT key, value FROM Settings").fetchall()
    return {(key, value) for key, value in rows if key not in METADATA}
