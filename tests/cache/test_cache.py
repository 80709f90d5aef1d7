"""The cache folder, also with hostile files."""

import hashlib
import json
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from memory import STATUS, find_disk
from poison import Bomb

from mkdocs_instagram.cache.cache import SCHEMA, Cache
from mkdocs_instagram.cache.database import seal
from mkdocs_instagram.errors import CacheUnusable

KEY = "listing/main"
ENTRY = {"media": [{"id": "179", "caption": "Rye \U0001f35e \ud83d \x00 <b>"}], "depth": 1}
DATA = b"the bytes of a picture"
DIGEST = hashlib.sha256(DATA).hexdigest()
DAY = 86400.0
NOW = 1784800000.0

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links are POSIX's")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site" / ".cache" / "instagram"


@pytest.fixture
def cache(folder: Path) -> Iterator[Cache]:
    cache = Cache(folder)
    yield cache
    cache.close()


def database(folder: Path) -> "closing[sqlite3.Connection]":
    """Open the database without diskcache; each statement is committed."""
    return closing(sqlite3.connect(folder / "cache.db", isolation_level=None))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_entry_is_there_for_the_next_build(folder: Path) -> None:
    first = Cache(folder)
    first.put(KEY, ENTRY)
    first.close()

    second = Cache(folder)
    found = second.get(KEY)
    second.close()

    assert found == {**ENTRY, "schema": SCHEMA}
    assert not second.was_broken


def test_an_entry_is_replaced_and_forgotten(cache: Cache) -> None:
    cache.put(KEY, ENTRY)
    cache.put(KEY, {"depth": 2})
    cache.put("listing/shop", {"depth": 3})
    cache.put("found/main", {})

    assert (cache.get(KEY) or {})["depth"] == 2
    assert sorted(cache.keys("listing/")) == [KEY, "listing/shop"]
    cache.delete(KEY)
    assert cache.get(KEY) is None
    assert cache.keys("listing/") == ["listing/shop"]


def test_what_is_forgotten_leaves_no_trace_in_the_file(folder: Path) -> None:
    cache = Cache(folder)
    cache.put(KEY, {"caption": "a rye loaf"})
    cache.put("listing/shop", ENTRY)
    assert any(b"a rye loaf" in path.read_bytes() for path in folder.glob("cache.db*"))
    cache.delete(KEY)
    cache.close()

    assert not any(b"a rye loaf" in path.read_bytes() for path in folder.glob("cache.db*"))


def test_rows_are_plain_json_and_nothing_is_pickled(folder: Path, cache: Cache) -> None:
    cache.put(KEY, ENTRY)
    cache.write_media(DATA)

    with database(folder) as db:
        rows = db.execute("SELECT key, raw, mode, filename, value, expire_time FROM Cache")
        ((key, raw, row_mode, filename, value, expires),) = rows.fetchall()
    assert (key, raw, row_mode, filename, expires) == (KEY, 1, 1, None, None)
    assert json.loads(value[8:]) == {**ENTRY, "schema": SCHEMA}
    files = [path.name for path in folder.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(
        [".gitignore", "cache.db", "cache.db-shm", "cache.db-wal", DIGEST]
    )


@posix
def test_all_folders_are_the_owners_alone_and_out_of_git(folder: Path, cache: Cache) -> None:
    path = cache.locate_media(cache.write_media(DATA))

    assert [mode(path) for path in (folder, folder / "media", path.parent)] == [0o700] * 3
    assert mode(path) == 0o600
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_git_ignores_the_folder(folder: Path, cache: Cache) -> None:
    cache.put(KEY, ENTRY)
    cache.write_media(DATA)
    root = folder.parent.parent
    subprocess.run(["git", "init", "-q", root], check=True)

    status = ["git", "-C", str(root), "status", "--porcelain"]
    assert subprocess.run(status, check=True, capture_output=True).stdout == b""


def bomb(tmp_path: Path) -> bytes:
    return pickle.dumps(Bomb(tmp_path / "exploded"))


def test_the_bomb_of_these_tests_works(tmp_path: Path) -> None:
    pickle.loads(bomb(tmp_path))  # noqa: S301 - it must explode here

    assert (tmp_path / "exploded").is_dir()


RAW, BINARY, TEXT, PICKLE = 1, 2, 3, 4
Row = dict[str, Any]
GOOD = seal(json.dumps({**ENTRY, "schema": SCHEMA}))
POISON: dict[str, Callable[[Path], Row]] = {
    "pickle": lambda path: {"mode": PICKLE, "value": bomb(path)},
    "pickle called raw": lambda path: {"mode": RAW, "value": bomb(path)},
    "pickle in a file": lambda path: {"mode": PICKLE, "filename": str(outside(path, bomb(path)))},
    "absolute file": lambda path: {"mode": TEXT, "filename": str(outside(path))},
    "absolute binary file": lambda path: {"mode": BINARY, "filename": str(outside(path))},
    "file above": lambda path: {"mode": TEXT, "filename": above(path)},
    "binary file above": lambda path: {"mode": BINARY, "filename": above(path)},
    "raw with a file above": lambda path: {"mode": RAW, "value": GOOD, "filename": above(path)},
    "bytes": lambda _: {"mode": RAW, "value": GOOD.encode()},
    "number": lambda _: {"mode": RAW, "value": 7},
    "null": lambda _: {"mode": RAW, "value": None},
    "unknown mode": lambda _: {"mode": 9, "value": GOOD},
    "no mode": lambda _: {"mode": None, "value": GOOD},
    "big blob": lambda _: {"mode": BINARY, "value": bytes(2**23)},
}
NO_ENTRY = {
    "empty": "",
    "cut": GOOD[:-3],
    "without a sum": json.dumps({**ENTRY, "schema": SCHEMA}),
    "another letter": GOOD.replace("Rye", "Rya"),
    "a sum that is none": f"{'x' * 8}{GOOD[8:]}",
    "a list": seal("[]"),
    "null": seal("null"),
    "nested": seal("[" * 200_000),
    "a long number": seal('{"schema": ' + "1" * 5000 + "}"),
    "no schema": seal(json.dumps(ENTRY)),
    "later schema": seal(json.dumps({**ENTRY, "schema": SCHEMA + 1})),
    "earlier schema": seal(json.dumps({**ENTRY, "schema": SCHEMA - 1})),
    "schema as text": seal(json.dumps({**ENTRY, "schema": str(SCHEMA)})),
}


def outside(tmp_path: Path, content: bytes = GOOD.encode()) -> Path:
    path = tmp_path / "outside.json"
    path.write_bytes(content)
    return path


def above(tmp_path: Path) -> str:
    """Create a file outside the cache folder and return its relative path."""
    outside(tmp_path)
    return "../../../outside.json"


def plant(folder: Path, row: Row) -> None:
    """Replace the row of the only entry."""
    values = {"filename": None, "value": None} | row
    with database(folder) as db:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        assert db.execute(f"UPDATE Cache SET {changes} WHERE rowid = 1", values).rowcount == 1  # noqa: S608


def test_a_planted_good_row_is_read(folder: Path, cache: Cache) -> None:
    cache.put(KEY, {})
    plant(folder, {"mode": RAW, "value": GOOD})

    assert cache.get(KEY) == {**ENTRY, "schema": SCHEMA}


@pytest.mark.parametrize("poison", POISON.values(), ids=list(POISON))
def test_a_poisoned_row_is_no_entry_and_does_nothing(
    tmp_path: Path, folder: Path, cache: Cache, poison: Callable[[Path], Row]
) -> None:
    row = poison(tmp_path)
    files = {path.name for path in tmp_path.iterdir()} | {"site"}

    cache.put(KEY, ENTRY)
    plant(folder, row)
    assert cache.get(KEY) is None
    assert cache.keys("listing/") == [KEY]
    cache.put(KEY, {"depth": 7})
    assert (cache.get(KEY) or {})["depth"] == 7
    plant(folder, row)
    cache.delete(KEY)
    assert cache.get(KEY) is None
    cache.remove_media(set(), NOW + 99 * DAY)

    assert {path.name for path in tmp_path.iterdir()} == files


@pytest.mark.parametrize("text", NO_ENTRY.values(), ids=list(NO_ENTRY))
def test_a_text_that_is_no_entry_of_ours_is_none(folder: Path, cache: Cache, text: str) -> None:
    cache.put(KEY, ENTRY)
    plant(folder, {"mode": RAW, "value": text})

    assert cache.get(KEY) is None


def test_a_text_of_more_than_64_mb_is_not_even_parsed() -> None:
    # Not in `tmp_path`, as every file there is searched for tokens.
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        cache.put(KEY, ENTRY)
        text = seal(f'{{"schema": {SCHEMA}, "a": "{"a" * 2**26}"}}')
        plant(cache.folder, {"mode": RAW, "value": text})
        found = cache.get(KEY)
        cache.close()

    assert found is None


KEYS: dict[str, Callable[[Path], object]] = {
    "pickle": bomb,
    "bytes": lambda _: KEY.encode(),
    "number": lambda _: 7,
}


@pytest.mark.parametrize("raw", [0, 1])
@pytest.mark.parametrize("key", KEYS.values(), ids=list(KEYS))
def test_a_key_that_is_no_text_is_passed_over(
    tmp_path: Path, folder: Path, cache: Cache, key: Callable[[Path], object], raw: int
) -> None:
    cache.put(KEY, ENTRY)
    with database(folder) as db:
        db.execute(
            "INSERT INTO Cache (key, raw, mode, value) VALUES (?, ?, 1, ?)",
            (key(tmp_path), raw, GOOD),
        )
    cache.put("listing/shop", ENTRY)

    assert cache.keys("listing/") == [KEY, "listing/shop"]
    assert cache.get(KEY) == cache.get("listing/shop") == {**ENTRY, "schema": SCHEMA}
    assert not (tmp_path / "exploded").exists()


def test_rows_that_expired_long_ago_are_neither_culled_nor_their_files(
    tmp_path: Path, folder: Path, cache: Cache
) -> None:
    cache.put(KEY, ENTRY)
    plant(folder, {"mode": TEXT, "filename": above(tmp_path)})
    with database(folder) as db:
        db.execute("UPDATE Cache SET expire_time = 1")

    for number in range(50):
        cache.put(f"listing/{number}", ENTRY)

    assert cache.get(KEY) is None
    assert (tmp_path / "outside.json").exists()
    assert len(cache.keys("listing/")) == 51


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "zeros": lambda data: bytes(len(data)),
    "another file": lambda _: b"#!/bin/sh\n" * 500,
    "cut": lambda data: data[: len(data) // 3],
    "overwritten": lambda data: data[:100] + b"\xff" * (len(data) - 100),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=list(DAMAGED))
def test_a_damaged_database_is_renamed_and_replaced(
    folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    before = Cache(folder)
    before.put(KEY, ENTRY)
    before.write_media(DATA)
    before.close()
    path = folder / "cache.db"
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)

    cache = Cache(folder)
    try:
        assert cache.was_broken
        assert cache.get(KEY) is None
        cache.put(KEY, ENTRY)
        assert cache.get(KEY)
        assert cache.read_media(DIGEST) == DATA
    finally:
        cache.close()
    assert len((folder / "broken-cache.db").read_bytes()) == len(damaged)
    again = Cache(folder)
    again.close()
    assert not again.was_broken


def test_no_connection_stays_open(folder: Path) -> None:
    program = """
import os, pathlib, sys
from mkdocs_instagram.cache.cache import Cache
folder = pathlib.Path(sys.argv[1])
for content in (None, b"#!/bin/sh" * 1000):
    if content:
        (folder / "cache.db").write_bytes(content)
    cache = Cache(folder)
    assert cache.was_broken == bool(content)
    cache.put("listing/main", {})
    cache.close()
# On Windows, the folder of an open file cannot be deleted.
for number in range(3, 64):
    try:
        os.fstat(number)
    except OSError:
        continue
    sys.exit(f"file {number} is open")
"""
    command = [sys.executable, "-W", "error", "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, close_fds=True)

    assert (done.returncode, done.stderr) == (0, "")


def folder_is_a_file(folder: Path) -> None:
    folder.write_text("mine", encoding="utf-8")


def media_is_a_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "media").write_text("mine", encoding="utf-8")


def media_is_a_link(folder: Path) -> None:
    folder.mkdir()
    (folder / "media").symlink_to(folder.parent)


def database_is_a_folder(folder: Path) -> None:
    (folder / "cache.db").mkdir(parents=True)


@pytest.mark.parametrize(
    "spoil", [folder_is_a_file, media_is_a_file, media_is_a_link, database_is_a_folder]
)
def test_a_folder_that_cannot_be_used_is_told(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = tmp_path / "cache"
    spoil(folder)

    with pytest.raises(CacheUnusable) as caught:
        Cache(folder)

    assert str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    Cache(folder).close()
    for path in (folder / "media", folder):
        path.chmod(0o500)

    with pytest.raises(CacheUnusable, match="denied"):
        Cache(folder)


def test_an_entry_that_cannot_be_kept_is_lost_and_no_more(folder: Path, cache: Cache) -> None:
    cache.put(KEY, ENTRY)
    with database(folder) as db:
        db.execute("DROP TABLE Cache")

    cache.put(KEY, ENTRY)
    cache.delete(KEY)

    assert cache.get(KEY) is None
    with pytest.raises(CacheUnusable):
        cache.keys("listing/")


class TestMedia:
    def test_bytes_are_found_by_their_digest(self, cache: Cache) -> None:
        assert cache.write_media(DATA) == DIGEST
        assert cache.read_media(DIGEST) == DATA
        path = cache.find_media(DIGEST)
        assert path == cache.locate_media(DIGEST)
        assert path is not None
        assert path.read_bytes() == DATA
        assert cache.read_media("0" * 64) is None
        assert cache.find_media("0" * 64) is None

    def test_the_same_bytes_are_one_file(self, folder: Path, cache: Cache) -> None:
        cache.write_media(DATA)
        written = cache.locate_media(DIGEST).stat()
        cache.write_media(DATA)

        assert cache.locate_media(DIGEST).stat().st_ino == written.st_ino
        assert [path.name for path in (folder / "media").rglob("*") if path.is_file()] == [DIGEST]

    @pytest.mark.parametrize(
        "content",
        [b"", DATA[:-1], DATA + b"!", b"x" * len(DATA)],
        ids=["empty", "truncated", "longer", "other"],
    )
    def test_a_file_that_is_not_what_it_was_is_none_and_is_mended(
        self, cache: Cache, content: bytes
    ) -> None:
        cache.write_media(DATA)
        cache.locate_media(DIGEST).write_bytes(content)

        assert cache.read_media(DIGEST) is None
        assert cache.find_media(DIGEST) is None
        cache.write_media(DATA)
        assert cache.read_media(DIGEST) == DATA

    def test_a_file_written_in_pieces_is_that_of_its_whole(
        self, folder: Path, cache: Cache
    ) -> None:
        file = cache.open_media()
        for start in range(0, len(DATA), 5):
            file.write(DATA[start : start + 5])

        assert cache.find_media(DIGEST) is None
        assert file.keep() == DIGEST
        file.discard()
        assert cache.read_media(DIGEST) == DATA
        assert [path.name for path in (folder / "media").rglob("*") if path.is_file()] == [DIGEST]

    @pytest.mark.parametrize("digest", ["", "..", "../../cache.db", "a" * 63, DIGEST.upper()])
    def test_what_is_no_digest_is_no_path(self, folder: Path, cache: Cache, digest: str) -> None:
        cache.write_media(DATA)

        assert cache.locate_media(digest).name == "0" * 64
        assert cache.find_media(digest) is None
        assert cache.read_media(digest) is None

    @posix
    def test_a_link_is_none_even_to_the_right_bytes_and_is_replaced(
        self, tmp_path: Path, cache: Cache
    ) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_bytes(DATA)
        path = cache.locate_media(DIGEST)
        path.parent.mkdir(parents=True)
        path.symlink_to(elsewhere)

        assert cache.read_media(DIGEST) is None
        assert cache.find_media(DIGEST) is None
        cache.write_media(DATA)
        assert not path.is_symlink()
        assert cache.read_media(DIGEST) == elsewhere.read_bytes() == DATA

    def test_a_folder_in_its_place_is_none(self, cache: Cache) -> None:
        cache.locate_media(DIGEST).mkdir(parents=True)

        assert cache.read_media(DIGEST) is None

    def test_a_file_appears_whole_or_not_at_all(
        self, folder: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = []

        def replace(source: Path, target: Path) -> Path:
            seen.append((source.read_bytes(), source.parent == target.parents[1], target.exists()))
            raise OSError("the disk is full")

        # A full disk cannot be passed as an argument.
        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(OSError, match="full"):
            cache.write_media(DATA)

        assert seen == [(DATA, True, False)]
        assert [path for path in (folder / "media").rglob("*") if path.is_file()] == []

    def test_files_without_a_name_go_after_a_day(self, folder: Path, cache: Cache) -> None:
        digests = {
            name: cache.write_media(name.encode()) for name in ("named", "old", "young", "edge")
        }
        ages = {"named": 30 * DAY, "old": DAY + 1, "young": DAY - 1, "edge": -DAY}
        for name, digest in digests.items():
            os.utime(cache.locate_media(digest), (NOW - ages[name], NOW - ages[name]))
        file = cache.open_media()
        file.write(b"left by a killed build")
        (leftover,) = (folder / "media").glob(".new-*")
        os.utime(leftover, (NOW - 2 * DAY, NOW - 2 * DAY))

        removed = cache.remove_media({digests["named"]}, NOW - DAY)

        assert removed == 2
        left = {name for name, digest in digests.items() if cache.find_media(digest)}
        assert left == {"named", "young", "edge"}
        assert not leftover.exists()
        file.discard()

    @posix
    def test_tidying_up_follows_no_link(self, tmp_path: Path, folder: Path, cache: Cache) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "mine").write_bytes(DATA)
        os.utime(elsewhere / "mine", (1, 1))
        cache.write_media(DATA)
        (folder / "media" / "ff").symlink_to(elsewhere)
        (folder / "media" / DIGEST[:2] / "link").symlink_to(elsewhere / "mine")

        cache.remove_media({DIGEST}, NOW * 2 - DAY)

        assert (elsewhere / "mine").read_bytes() == DATA
        assert cache.find_media(DIGEST)
        assert not (folder / "media" / DIGEST[:2] / "link").is_symlink()


@pytest.mark.parametrize("name", ["disk_evil", "disk_min_file_size", "_sql", "timeout"])
def test_planted_settings_put_the_database_aside_or_change_nothing(
    tmp_path: Path, name: str
) -> None:
    cache = Cache(tmp_path)
    cache.put("before", {"bread": 1})
    cache.close()
    with closing(sqlite3.connect(tmp_path / "cache.db")) as database, database:
        database.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (name, "evil"))

    cache = Cache(tmp_path)
    cache.put("after", {"bread": 2})

    assert cache.get("after") == {"bread": 2, "schema": 1}
    cache.close()


# It takes half a second. A query that never ends would block these tests if it was not detected.
BURN = """WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < 1000000)
    SELECT count(*), 1 FROM t"""
PLANTED: dict[str, str] = {
    "trigger": f"CREATE TRIGGER t AFTER UPDATE ON Settings BEGIN INSERT INTO Settings {BURN}; END",
    "view": f"CREATE VIEW Evil AS {BURN}",
    "view in place of the table": f"ALTER TABLE Cache RENAME TO Lost; CREATE VIEW Cache AS {BURN}",
    "trigger in place of ours": "DROP TRIGGER Settings_count_insert; CREATE TRIGGER "
    "Settings_count_insert AFTER INSERT ON Cache BEGIN DELETE FROM Cache; END",
    "table": "CREATE TABLE Evil (x)",
    "pragma": "INSERT INTO Settings VALUES ('sqlite_writable_schema', 1)",
    "other pragma": "UPDATE Settings SET value = 'off' WHERE key = 'sqlite_journal_mode'",
    "attribute": "INSERT INTO Settings VALUES ('close', 'evil')",
}


@pytest.mark.parametrize("statements", PLANTED.values(), ids=list(PLANTED))
def test_a_database_with_anything_planted_is_put_aside_unopened(
    folder: Path, statements: str
) -> None:
    Cache(folder).close()
    with database(folder) as db:
        db.executescript(statements)
    planted = (folder / "cache.db").read_bytes()

    cache = Cache(folder)
    try:
        assert cache.was_broken
        cache.put(KEY, ENTRY)
        assert cache.get(KEY)
    finally:
        cache.close()
    assert (folder / "broken-cache.db").read_bytes() == planted


def test_damage_behind_the_first_pages_is_seen(folder: Path) -> None:
    cache = Cache(folder)
    for number in range(200):
        cache.put(f"listing/{number}", {"caption": "bread" * 200})
    cache.close()
    path = folder / "cache.db"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = bytes(4096)
    path.write_bytes(data)

    cache = Cache(folder)
    cache.close()

    assert cache.was_broken


def test_a_database_that_another_build_is_making_is_left_to_it(folder: Path) -> None:
    Cache(folder).close()
    with database(folder) as db:
        db.executescript("DROP TRIGGER Settings_size_delete; DROP INDEX Cache_expire_time")

    cache = Cache(folder)
    cache.close()

    assert not cache.was_broken


def test_a_database_of_another_version_of_diskcache_is_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cache(folder).close()
    monkeypatch.setattr("mkdocs_instagram.cache.vetting._KNOWN_SCHEMA", "another")

    cache = Cache(folder)
    cache.close()

    assert not cache.was_broken


@posix
@pytest.mark.parametrize("name", ["cache.db", "cache.db-wal", "cache.db-shm"])
def test_a_database_that_is_a_link_is_put_aside_and_its_target_left_alone(
    tmp_path: Path, folder: Path, name: str
) -> None:
    Cache(folder).close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes((folder / "cache.db").read_bytes())
    before = elsewhere.read_bytes()
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(elsewhere)

    cache = Cache(folder)
    cache.put(KEY, ENTRY)
    cache.close()

    assert cache.was_broken
    assert elsewhere.read_bytes() == before
    assert not (folder / "cache.db").is_symlink()


LARGE_ROWS = """
import pathlib, sys
from memory import read_peak
from mkdocs_instagram.cache.cache import Cache
folder = pathlib.Path(sys.argv[1])
before = read_peak()
cache = Cache(folder)
assert cache.was_broken == (sys.argv[2] == "Settings")
assert cache.get("listing/main") is None
assert cache.keys("listing/") == ([] if cache.was_broken else ["listing/main"])
cache.close()
print(read_peak() - before)
"""


@pytest.mark.skipif(not STATUS.exists(), reason="no /proc")
@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("Cache", "zeroblob(300000000)"),
        ("Cache", "CAST(zeroblob(300000000) AS TEXT)"),
        ("Settings", "zeroblob(300000000)"),
    ],
)
def test_a_row_of_300_mb_costs_less_than_100_mb(table: str, value: str) -> None:
    # Not in `tmp_path`, as every file there is searched for tokens.
    with tempfile.TemporaryDirectory(dir=find_disk(1000)) as name:
        cache = Cache(Path(name))
        cache.put(KEY, ENTRY)
        cache.close()
        with database(Path(name)) as db:
            db.execute(f"UPDATE {table} SET value = {value} WHERE rowid = 1")  # noqa: S608
        done = subprocess.run(
            [sys.executable, "-c", LARGE_ROWS, name, table],
            capture_output=True,
            check=False,
            cwd=Path(__file__).parents[1],
            text=True,
        )

    assert done.stderr == ""
    assert int(done.stdout) < 100
