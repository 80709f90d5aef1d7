"""Checks the database before diskcache opens it."""

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from diskcache.core import DBNAME, DEFAULT_SETTINGS, METADATA

MAX_ROW = 64 * 1024 * 1024
"""Maximum length of a text or blob in SQLite, in bytes."""

MAX_ROWS = 300_000
"""Maximum number of entries; ten accounts with a thousand carousels need a third of it."""

_COUNT_ROWS = "SELECT count(*) FROM Cache"

# Of diskcache 5.6.3. For another version, a database is created and compared.
_KNOWN_SCHEMA = "04f82f80b1005dd026aef1bd332a3884d18717728388c2fd3deb13e1cb6ce53e"

Schema = set[tuple[str, str, str]]


class Unsound(ValueError):
    """The database is damaged, or differs from what diskcache creates. Caught by `cache`."""


def check_database(
    database: sqlite3.Connection,
    settings: Mapping[str, Any],
    make: Callable[[Path], None],
) -> None:
    """Check that a copy of the database is what diskcache creates, finished or not.

    Somebody with access to the cache of a CI could plant a trigger or view that never ends, a
    setting that diskcache uses in a PRAGMA or as an attribute, or more rows than any site has.

    Args:
        database: The copy.
        settings: The settings of diskcache.
        make: Creates such a database in a folder.

    Raises:
        Unsound: It is something else.
        sqlite3.Error: It cannot be read.
        ValueError: It has text that is not valid.
    """
    limit_rows(database)
    schema = _read_schema(database)
    digest = hashlib.sha256(repr(sorted(schema)).encode()).hexdigest()
    if digest != _KNOWN_SCHEMA and not schema <= _read_made_schema(make):
        raise Unsound("its tables are not ours")
    names = {name for _, name, _ in schema}
    if "Settings" in names and not _are_ours(database, settings):
        raise Unsound("its settings are not ours")
    if "Cache" in names and database.execute(_COUNT_ROWS).fetchone()[0] > MAX_ROWS:
        raise Unsound("it has too many rows")
    if database.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
        raise Unsound("it is damaged")


def limit_rows(database: sqlite3.Connection) -> None:
    """Limit the memory for one row, as a planted row may have 2 GB."""
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW)


def _read_schema(database: sqlite3.Connection) -> Schema:
    # What SQLite adds itself has no SQL.
    rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return set(rows.fetchall())


def _read_made_schema(make: Callable[[Path], None]) -> Schema:
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        with closing(sqlite3.connect(Path(folder) / DBNAME)) as database:
            return _read_schema(database)


def _are_ours(database: sqlite3.Connection, settings: Mapping[str, Any]) -> bool:
    """Tell whether all settings are known, except the counters that diskcache stores with them."""
    known = {**DEFAULT_SETTINGS, **settings}
    rows = database.execute("SELECT key, value FROM Settings").fetchmany(2 * len(known))
    return {(key, value) for key, value in rows if key not in METADATA} <= known.items()
