"""Faults of the cache folder, and of the clock."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from beside import HOOK
from poison import Bomb, make_journal
from stored import make_empty

from mkdocs_instagram.cache.vetting import seal

from .cases import Case
from .fault import Fault, Level

NOBODY = 65534
YEAR = timedelta(days=365)
Undo = Callable[[], None] | None
Spoil = Callable[[Case, Path], Undo]
ASIDE = "is renamed to broken-cache.db"
FOREIGN = 'run `sudo chown -R "$(id -un)" '
REMOVE = "Remove it, or set `cache_dir`"
LATER = '{"schema": 99}'


def _folder(name: str, spoil: Spoil, level: Level, said: str = "") -> Fault:
    """Return a fault of the folder; where nothing was saved, it has an empty database."""
    return Fault(name, _in_folder(spoil), ("renewed", level), ("renewed", level), said=said)


def _in_folder(spoil: Spoil) -> Callable[[Case], Undo]:
    def plant(case: Case) -> Undo:
        if not case.cache.exists():
            make_empty(case.cache)
        return spoil(case, case.cache)

    return plant


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


def _link_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


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


def _no_file(make: Callable[[Path], object], find: Callable[[Path], list[Path]]) -> Spoil:
    """Return a function that puts something else in the place of files."""

    def spoil(_: Case, cache: Path) -> Undo:
        paths = find(cache)
        for path in paths:
            path.unlink()
            make(path)

        def undo() -> None:
            for path in paths:
                if path.is_dir():
                    path.rmdir()

        return undo

    return spoil


def _find_database(cache: Path) -> list[Path]:
    return [cache / "cache.db"]


def _make_socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


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


def _folder_is_a_link(case: Case, cache: Path) -> Undo:
    """Put the folder elsewhere, with an old file of somebody else."""
    elsewhere = case.folder / "elsewhere"
    cache.replace(elsewhere)
    return _link(cache, elsewhere)


def _media_folders_are_links(case: Case, cache: Path) -> Undo:
    undo = []
    for number in range(256):
        folder, elsewhere = cache / "media" / f"{number:02x}", case.folder / f"elsewhere-{number}"
        folder.mkdir(exist_ok=True)
        undo.append(_link(folder, folder.replace(elsewhere)))

    def undo_all() -> None:
        for restore in undo:
            restore()

    return undo_all


def _link(link: Path, target: Path) -> Callable[[], None]:
    (target / "mine").write_text("mine", encoding="utf-8")
    os.utime(target / "mine", (1, 1))
    before = sorted(path.name for path in target.iterdir())
    link.symlink_to(target)

    def undo() -> None:
        link.unlink()
        assert sorted(path.name for path in target.iterdir()) == before, "something outside changed"

    return undo


def _gitignore_is_a_link(case: Case, cache: Path) -> Undo:
    (cache / ".gitignore").unlink()
    (cache / ".gitignore").symlink_to(case.folder / "outside")

    def undo() -> None:
        assert not (case.folder / "outside").exists(), "a file outside was written"

    return undo


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


def _denied(rights: int, find: Callable[[Path], list[Path]]) -> Spoil:
    """Return a function that takes rights away from this user, and from root."""

    def spoil(case: Case, cache: Path) -> Undo:
        case.is_plain = True
        modes = {path: path.stat().st_mode for path in find(cache)}
        for path in modes:
            path.chmod(rights)

        def undo() -> None:
            for path, mode in modes.items():
                if path.exists():
                    path.chmod(mode)

        return undo

    return spoil


def _built_by_root(case: Case, cache: Path) -> Undo:
    """Let the folders of pictures, and those that new pictures need, belong to somebody else."""
    case.is_plain = True
    folders = [cache / "media" / f"{number:02x}" for number in range(256)]
    for folder in folders:
        folder.mkdir(mode=0o700, exist_ok=True)
        _own(folder, NOBODY)

    def undo() -> None:
        for folder in folders:
            _own(folder, 0)

    return undo


def _without_any_place(case: Case, cache: Path) -> Undo:
    case.lacks = "temporary"
    return _read_only(case, cache)


def _plant_journal(case: Case, cache: Path) -> Undo:
    victim = case.folder / "victim"
    victim.write_text("mine", encoding="utf-8")
    (cache / "cache.db-journal").write_bytes(make_journal(cache / "cache.db", victim))

    def undo() -> None:
        assert victim.exists(), "a file outside was deleted"

    return undo


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


def _spoil_numbers(_: Case, cache: Path) -> Undo:
    _change_entries(cache, "value = ?", seal('{"schema": 1, "fetched_at": 1e999, "depth": 1e999}'))
    return None


def _spoil_times(_: Case, cache: Path) -> Undo:
    with closing(sqlite3.connect(cache / "cache.db", isolation_level=None)) as database:
        for rowid, text in database.execute("SELECT rowid, value FROM Cache").fetchall():
            changed = re.sub(r"20\d\d-\d\d-\d\dT[^\"]+", "0001-01-01T00:00:00+14:00", text[8:])
            database.execute("UPDATE Cache SET value = ? WHERE rowid = ?", [seal(changed), rowid])
    return None


def _post_date(_: Case, cache: Path) -> Undo:
    _change_entries(cache, "value = ?", seal(LATER))
    return None


def _change_entries(cache: Path, change: str, value: object) -> None:
    with closing(sqlite3.connect(cache / "cache.db", isolation_level=None)) as database:
        where = "WHERE key LIKE 'listing/%'"
        database.execute(f"UPDATE Cache SET {change} {where}", [value])  # noqa: S608


def _beside(name: str, at: str, times: int) -> Fault:
    """Return a fault that another process causes during the build: see `beside`."""

    def plant(case: Case) -> Undo:
        case.environment |= {"AT": at, "TIMES": str(times)}
        case.site.config["hooks"] = [str(HOOK)]
        case.site.write_config()
        return None

    return Fault(name, plant, ("renewed", ""), ("renewed", ""))


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
    _folder("The database is a folder", _no_file(Path.mkdir, _find_database), "WARNING", ASIDE),
    _folder("The database is a pipe", _no_file(os.mkfifo, _find_database), "WARNING", ASIDE),
    _folder("The database is a socket", _no_file(_make_socket, _find_database), "WARNING", ASIDE),
    _folder("The database is a link", _database_is_a_link, "WARNING", ASIDE),
    replace(
        _folder("Every picture is a folder", _no_file(Path.mkdir, _media), "WARNING"),
        empty=("renewed", ""),
    ),
    _folder("Every picture is a pipe", _no_file(os.mkfifo, _media), ""),
    _folder("Every picture is a socket", _no_file(_make_socket, _media), ""),
    _folder("Every picture is a link to a device", _no_file(_link_device, _media), ""),
    _folder("The folder is a file", _folder_is_a_file, "WARNING", REMOVE),
    _folder("The folder is a link", _folder_is_a_link, "WARNING", REMOVE),
    _folder("The pictures' folder is a link", _media_is_a_link, "WARNING", REMOVE),
    _folder(
        "The folders in the pictures' folder are links", _media_folders_are_links, "WARNING", REMOVE
    ),
    _folder("The file .gitignore is a link to nothing", _gitignore_is_a_link, ""),
    _folder("The folder is read-only", _read_only, "WARNING", FOREIGN),
    _folder("The folder cannot be listed", _denied(0o300, lambda cache: [cache]), ""),
    _folder("The folder cannot be opened", _denied(0, lambda cache: [cache]), "WARNING", FOREIGN),
    _folder("The database cannot be read", _denied(0, _find_database), "WARNING", FOREIGN),
    _folder("The database cannot be written", _denied(0o400, _find_database), "WARNING", FOREIGN),
    replace(
        _folder("The pictures cannot be read", _denied(0, _media), "WARNING"),
        empty=("renewed", ""),
    ),
    Fault(
        "Neither the folder nor a temporary one can be written",
        _in_folder(_without_any_place),
        ("saved", "WARNING"),
        ("nothing", "WARNING"),
        said="saved neither in the cache folder nor in a temporary one",
    ),
    _folder("A journal that names a file outside", _plant_journal, ""),
    _sql(
        "A million rows",
        "INSERT INTO Cache (key, raw, mode, value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n WHERE i < 1000000) SELECT 'picture/' || i, 1, 1, '' FROM n",
    ),
    _folder("Numbers that never end in a saved entry", _spoil_numbers, ""),
    _folder("The first year in saved entries", _spoil_times, ""),
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
    replace(
        _folder("Entries of 300 MB", _swell_entries, "WARNING"),
        empty=("renewed", ""),
        is_long=True,
    ),
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
        _folder("The folder belongs to another user", _of_another, "WARNING", FOREIGN),
        needs_root=True,
    ),
    replace(
        _folder("Root has built in between, in a container", _built_by_root, "WARNING", FOREIGN),
        needs_root=True,
    ),
    replace(
        _folder("The disk is full", _full_disk, "WARNING", "Free some space on the disk"),
        needs_root=True,
    ),
    _beside("`purge`, before MkDocs copies the files of the site", "on_env", 1),
    _beside("`purge`, before the pictures are in the site, twice", "purge", 2),
    _beside("A picture is replaced before it is in the site, twice", "swap_files", 2),
    Fault("The clock is a year ahead", _clock(YEAR), ("renewed", ""), ("renewed", "")),
    Fault("The clock is a year behind", _clock(-YEAR), ("renewed", ""), ("renewed", "")),
]
