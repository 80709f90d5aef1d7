"""Faults of the cache folder, and of the clock."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from poison import Bomb

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.cache.database import seal

from .cases import Case
from .fault import Fault, Level

NOBODY = 65534
YEAR = timedelta(days=365)
Undo = Callable[[], None] | None
ASIDE = "is renamed to broken-cache.db"
TEMPORARY = "A temporary one is used"
LATER = '{"schema": 99}'


def _folder(name: str, spoil: Callable[[Case, Path], Undo], level: Level, said: str = "") -> Fault:
    """Return a fault of the folder; where nothing was saved, it has an empty database."""

    def plant(case: Case) -> Undo:
        if not case.cache.exists():
            Cache(case.cache).close()
        return spoil(case, case.cache)

    return Fault(name, plant, ("renewed", level), ("renewed", level), said=said)


def _database(name: str, damage: Callable[[bytes], bytes]) -> Fault:
    def spoil(case: Case, cache: Path) -> Undo:
        path = cache / "cache.db"
        path.write_bytes(damage(path.read_bytes()))
        return None

    return _folder(name, spoil, "WARNING", ASIDE)


def _sql(name: str, *statements: str, level: Level = "WARNING", said: str = ASIDE) -> Fault:
    def spoil(case: Case, cache: Path) -> Undo:
        with closing(sqlite3.connect(cache / "cache.db", isolation_level=None)) as database:
            for statement in statements:
                database.execute(statement)
        return None

    return _folder(name, spoil, level, said)


def _remove(_: Case, cache: Path) -> Undo:
    shutil.rmtree(cache)
    return None


def _remove_media(_: Case, cache: Path) -> Undo:
    shutil.rmtree(cache / "media")
    return None


def _cut_media(_: Case, cache: Path) -> Undo:
    for path in _media(cache):
        path.write_bytes(path.read_bytes()[:-1])
    return None


def _link_media(case: Case, cache: Path) -> Undo:
    secret = case.folder / "secret"
    secret.write_bytes(b"not for the site")
    for path in _media(cache):
        path.unlink()
        path.symlink_to(secret)
    return None


def _media(cache: Path) -> list[Path]:
    return [path for path in (cache / "media").rglob("*") if path.is_file()]


def _empty(_: Case, cache: Path) -> Undo:
    (cache / "cache.db").write_bytes(b"")
    return None


def _database_is_a_folder(_: Case, cache: Path) -> Undo:
    (cache / "cache.db").unlink()
    (cache / "cache.db").mkdir()
    return (cache / "cache.db").rmdir


def _database_is_a_link(case: Case, cache: Path) -> Undo:
    elsewhere = case.folder / "elsewhere.db"
    (cache / "cache.db").replace(elsewhere)
    before = elsewhere.read_bytes()
    (cache / "cache.db").symlink_to(elsewhere)

    def undo() -> None:
        assert elsewhere.read_bytes() == before, "a file outside was written"

    return undo


def _folder_is_a_file(_: Case, cache: Path) -> Undo:
    shutil.rmtree(cache)
    cache.write_text("mine", encoding="utf-8")
    return cache.unlink


def _media_is_a_link(case: Case, cache: Path) -> Undo:
    elsewhere = case.folder / "elsewhere"
    (cache / "media").replace(elsewhere)
    (cache / "media").symlink_to(elsewhere)
    return (cache / "media").unlink


def _read_only(case: Case, cache: Path) -> Undo:
    """Remove the right to write, and root's right to write anyway."""
    case.is_plain = True
    modes = {path: path.stat().st_mode for path in (cache, *cache.rglob("*"))}
    for path in modes:
        path.chmod(0o500 if path.is_dir() else 0o400)

    def undo() -> None:
        for path, mode in modes.items():
            path.chmod(mode)

    return undo


def _of_another(case: Case, cache: Path) -> Undo:
    case.is_plain = True
    _own(cache, NOBODY)
    return lambda: _own(cache, 0)


def _own(folder: Path, user: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user)


def _full_disk(case: Case, cache: Path) -> Undo:
    """Put the folder on a disk of 1 MB that something else fills to the last byte."""
    kept = case.folder / "kept"
    cache.replace(kept)
    cache.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(cache)]
    subprocess.run(mount, check=True)
    case.stack.callback(subprocess.run, ["umount", str(cache)], check=True)
    shutil.copytree(kept, cache, dirs_exist_ok=True)
    filler = cache / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            while file.write(bytes(4096)) == 4096:
                pass
    except OSError:
        pass
    return filler.unlink


def _foreign_wal(case: Case, cache: Path) -> Undo:
    """Put the log of another database beside ours, as in a cache that was only half restored."""
    other = case.folder / "other"
    other.mkdir()
    with closing(sqlite3.connect(other / "cache.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = wal")
        database.execute("CREATE TABLE Bread (flour)")
        for _ in range(50):
            database.execute("INSERT INTO Bread VALUES (randomblob(2000))")
        shutil.copy(other / "cache.db-wal", cache / "cache.db-wal")
    return None


def _pickle_entries(case: Case, cache: Path) -> Undo:
    made = case.folder / "unpickled"
    _change_entries(cache, "mode = 4, value = ?", pickle.dumps(Bomb(made)))

    def undo() -> None:
        assert not made.exists(), "a pickle ran"

    return undo


def _move_entries(case: Case, cache: Path) -> Undo:
    outside = case.folder / "outside.json"
    outside.write_text(seal(LATER), encoding="utf-8")
    _change_entries(cache, "mode = 3, value = NULL, filename = ?", f"../../../{outside.name}")

    def undo() -> None:
        assert outside.exists(), "a file outside was removed"

    return undo


def _swell_entries(_: Case, cache: Path) -> Undo:
    _change_entries(cache, "value = zeroblob(?)", 300_000_000)
    return None


def _post_date(_: Case, cache: Path) -> Undo:
    _change_entries(cache, "value = ?", seal(LATER))
    return None


def _change_entries(cache: Path, change: str, value: object) -> None:
    with closing(sqlite3.connect(cache / "cache.db", isolation_level=None)) as database:
        where = "WHERE key LIKE 'listing/%'"
        database.execute(f"UPDATE Cache SET {change} {where}", [value])  # noqa: S608


def _clock(shift: timedelta) -> Callable[[Case], None]:
    return lambda case: case.set_clock(case.now + shift)


BURN = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x FROM t) SELECT count(*), 1 FROM t"

FOLDER = [
    _folder("The folder is missing", _remove, ""),
    _folder("The pictures are missing", _remove_media, ""),
    _folder("Every picture lacks its last byte", _cut_media, ""),
    _folder("Every picture is a link to another file", _link_media, ""),
    _folder("The database is empty", _empty, ""),
    _database("The database contains only zeros", lambda data: bytes(len(data))),
    _database("The database is cut off", lambda data: data[: len(data) // 3]),
    _database("The database is another file", lambda _: b"#!/bin/sh\n" * 500),
    _database(
        "Every 500th byte of the database is flipped",
        lambda data: bytes(b ^ 255 if i % 500 == 250 else b for i, b in enumerate(data)),
    ),
    _folder("The database is a folder", _database_is_a_folder, "WARNING", TEMPORARY),
    _folder("The database is a link", _database_is_a_link, "WARNING", ASIDE),
    _folder("The folder is a file", _folder_is_a_file, "WARNING", TEMPORARY),
    _folder("The pictures' folder is a link", _media_is_a_link, "WARNING", TEMPORARY),
    _folder("The folder is read-only", _read_only, "WARNING", TEMPORARY),
    _folder("The log (WAL) of another database", _foreign_wal, "WARNING", ASIDE),
    _sql("Another database's tables", "DROP TABLE Cache", "CREATE TABLE Cache (bread)"),
    _folder("A later schema of entries", _post_date, ""),
    _sql(
        "A letter of a saved entry is changed",
        "UPDATE Cache SET value = replace(value, 'a', 'e') WHERE key LIKE 'listing/%'",
        level="",
        said="",
    ),
    _folder("Entries are pickles", _pickle_entries, ""),
    _folder("Entries are in a file outside the cache", _move_entries, ""),
    replace(_folder("Entries of 300 MB", _swell_entries, ""), is_long=True),
    _sql("An unknown setting", "INSERT INTO Settings VALUES ('disk_evil', 'x')"),
    _sql(
        "A setting of another type",
        "UPDATE Settings SET value = 'many' WHERE key = 'count'",
        level="",
        said="",
    ),
    _sql(
        "A trigger that never ends",
        f"CREATE TRIGGER burn AFTER UPDATE ON Settings BEGIN INSERT INTO Settings {BURN}; END",
    ),
    _sql(
        "A view that never ends", "ALTER TABLE Cache RENAME TO Lost", f"CREATE VIEW Cache AS {BURN}"
    ),
    replace(
        _folder("The folder belongs to another user", _of_another, "WARNING", TEMPORARY),
        needs_root=True,
    ),
    replace(_folder("The disk is full", _full_disk, "WARNING", TEMPORARY), needs_root=True),
    Fault("The clock is a year ahead", _clock(YEAR), ("renewed", ""), ("renewed", "")),
    Fault("The clock is a year behind", _clock(-YEAR), ("renewed", ""), ("renewed", "")),
]
