"""The cache folder, also with hostile files."""

import contextlib
import errno
import hashlib
import json
import os
import pickle
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import diskcache
import pytest
from memory import STATUS, find_disk
from poison import Bomb, make_journal

from mkdocs_instagram.cache import database_copy
from mkdocs_instagram.cache.cache import SCHEMA, Cache
from mkdocs_instagram.cache.media_folder import NotSaved
from mkdocs_instagram.cache.vetting import NAME, SETTINGS, seal
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


def fill(folder: Path) -> None:
    """Make a cache with one entry and one file."""
    cache = Cache(folder)
    cache.put(KEY, ENTRY)
    cache.write_media(DATA)
    cache.close()


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
    "an endless number": seal('{"schema": 1, "at": 1e999}'),
    "a number below all": seal('{"schema": 1, "at": -1e999}'),
    "no number": seal('{"schema": 1, "at": NaN}'),
    "a number of 400 digits": seal('{"schema": 1, "at": ' + "9" * 400 + "}"),
    "a number of 19 digits": seal('{"schema": 1, "at": ' + "9" * 19 + "}"),
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


def folder_is_a_link(folder: Path) -> None:
    fill(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def media_is_a_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "media").write_text("mine", encoding="utf-8")


def media_is_a_link(folder: Path) -> None:
    folder.mkdir()
    (folder / "media").symlink_to(folder.parent)


@pytest.mark.parametrize(
    ("spoil", "cure"),
    [
        (folder_is_a_file, "(it is not a folder). "),
        (folder_is_a_link, "(it is a link). "),
        (media_is_a_file, "(it is not a folder: media). "),
        (media_is_a_link, "(it is a link: media). "),
    ],
)
def test_what_is_no_folder_is_told_and_nothing_is_lost(
    tmp_path: Path, spoil: Callable[[Path], None], cure: str
) -> None:
    folder = tmp_path / "cache"
    spoil(folder)
    before = list_tree(tmp_path)

    with pytest.raises(CacheUnusable):
        open_and_close(folder)
    cache = Cache(folder)
    cache.put(KEY, ENTRY)
    cache.delete("listing/other")
    assert cache.get(KEY) == {**ENTRY, "schema": SCHEMA}
    assert cache.keys("listing/") == [KEY]
    found = cache.find_media(cache.write_media(DATA))
    assert found
    assert found.read_bytes() == cache.read_media(DIGEST) == DATA
    assert not found.is_relative_to(tmp_path / "cache")
    cache.remove_media(set(), NOW * 2)
    (problem,) = cache.describe_problems()
    cache.close()

    assert cure in problem
    assert "Remove it, or set `cache_dir`." in problem
    assert not found.exists()
    assert list_tree(tmp_path) == before


def open_and_close(folder: Path) -> None:
    cache = Cache(folder)
    try:
        cache.check_writable()
    finally:
        cache.close()


def list_tree(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, without following links."""
    return {
        f"{root}/{name}": Path(root, name).read_bytes()
        for root, _, names in os.walk(folder)
        for name in names
    }


def test_a_cache_that_saves_nothing_new_writes_nothing(folder: Path) -> None:
    fill(folder)
    before = {path: path.stat().st_mtime_ns for path in (folder, *folder.rglob("*"))}

    cache = Cache(folder)
    cache.put(KEY, ENTRY)
    assert cache.write_media(DATA) == DIGEST
    cache.get(KEY)
    cache.close()
    unread = Cache(folder / "missing")
    unread.get(KEY)
    unread.close()

    assert {path: path.stat().st_mtime_ns for path in (folder, *folder.rglob("*"))} == before


def test_what_another_build_writes_meanwhile_is_read(folder: Path, cache: Cache) -> None:
    cache.put(KEY, ENTRY)
    assert (folder / "cache.db-wal").stat().st_size

    second = Cache(folder)
    found = second.get(KEY)
    second.put("listing/shop", ENTRY)
    second.close()

    assert found == {**ENTRY, "schema": SCHEMA}
    assert cache.get("listing/shop") == found


def test_a_database_that_changes_while_it_is_read_is_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder)
    changes = iter(range(3))

    def read(path: Path) -> bytes | None:
        data = read_file(path)
        if path.name == "cache.db" and next(changes, None) is not None:
            os.utime(path)
        return data

    read_file = database_copy._read_file
    monkeypatch.setattr(database_copy, "_read_file", read)
    cache = Cache(folder)
    found = cache.get(KEY)
    cache.close()
    assert found
    assert next(changes, None) is None

    changes = iter(range(99))
    cache = Cache(folder)
    cache.put("listing/shop", ENTRY)
    cache.close()

    assert not cache.was_broken
    assert "(another build writes all the time)" in cache.describe_problems()[0]
    assert not (folder / "broken-cache.db").exists()


def test_two_builds_can_create_the_database(folder: Path) -> None:
    first, second = Cache(folder), Cache(folder)
    first.put(KEY, ENTRY)
    second.put("listing/shop", ENTRY)
    first.close()
    second.close()

    third = Cache(folder)
    assert sorted(third.keys("listing/")) == [KEY, "listing/shop"]
    third.close()
    assert not third.was_broken


@pytest.mark.parametrize("name", ["$HOME", "~", "${PATH}"])
def test_a_name_is_never_replaced_by_a_variable(tmp_path: Path, name: str) -> None:
    fill(tmp_path / name)

    assert (tmp_path / name / "cache.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


USE = """
import json, pathlib, sys
from rights import drop_rights
from mkdocs_instagram.cache.cache import Cache
drop_rights()
cache = Cache(pathlib.Path(sys.argv[1]))
is_read = bool(cache.get("listing/main"))
cache.put("listing/main", {"depth": 7})
new = cache.write_media(b"new bytes")
old = cache.write_media(b"the bytes of a picture")
shown = [cache.read_media(digest) for digest in (new, old)]
cache.remove_media(set(), 9e9)
cache.delete_media(old)
cache.measure()
print(json.dumps({
    "read": is_read,
    "kept": cache.get("listing/main")["depth"],
    "shown": shown == [b"new bytes", b"the bytes of a picture"],
    "problems": cache.describe_problems(),
}))
cache.close()
"""
XX = f"media/{DIGEST[:2]}"
DENIED: dict[str, tuple[str, int, bool]] = {
    "parent": ("..", 0o000, False),
    "folder": (".", 0o000, False),
    "folder cannot be written": (".", 0o500, True),
    "database": ("cache.db", 0o000, False),
    "database cannot be written": ("cache.db", 0o400, True),
    "media": ("media", 0o000, True),
    "media cannot be written": ("media", 0o500, True),
    "media cannot be listed": ("media", 0o300, True),
    "a folder of media": (XX, 0o000, True),
    "a folder of media cannot be written": (XX, 0o500, True),
    "a folder of media cannot be listed": (XX, 0o300, True),
    "a picture": (f"{XX}/{DIGEST}", 0o000, True),
}


@posix
@pytest.mark.parametrize(("name", "rights", "is_read"), DENIED.values(), ids=list(DENIED))
def test_what_is_somebody_elses_is_missing_and_told(
    tmp_path: Path, name: str, rights: int, is_read: bool
) -> None:
    folder = tmp_path / "parent" / "my cache"
    fill(folder)
    (folder / name).chmod(rights)

    done = subprocess.run(
        [sys.executable, "-c", USE, str(folder)],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
        text=True,
    )
    if os.path.lexists(folder / name):
        (folder / name).chmod(0o700)

    assert done.stderr == ""
    seen = json.loads(done.stdout)
    assert (seen["read"], seen["kept"], seen["shown"]) == (is_read, 7, True)
    (problem,) = seen["problems"]
    assert "Permission denied" in problem
    if name == "..":
        assert f"Let the user who builds open {folder.parent}, or set" in problem
    else:
        assert f"run `sudo chown -R \"$(id -un)\" '{folder}'`" in problem


@posix
def test_a_folder_that_cannot_be_made_is_told_with_the_command_that_does(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    done = subprocess.run(
        [sys.executable, "-c", USE, str(tmp_path / "cache" / "ig")],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
        text=True,
    )
    tmp_path.chmod(0o700)

    (problem,) = json.loads(done.stdout)["problems"]
    assert f'Run `sudo install -d -o "$(id -un)" {tmp_path}/cache/ig`, or set' in problem


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

    def test_a_copy_has_the_right_bytes(self, tmp_path: Path, cache: Cache) -> None:
        cache.write_media(DATA)
        copy = tmp_path / "copy"
        copy.write_bytes(b"of an earlier build, and longer" * 9)

        assert cache.copy_media(DIGEST, copy)
        assert copy.read_bytes() == DATA

    @pytest.mark.parametrize("content", [None, b"", DATA[:-1], DATA + b"!", b"x" * len(DATA)])
    def test_what_was_removed_or_changed_is_not_copied(
        self, tmp_path: Path, cache: Cache, content: bytes | None
    ) -> None:
        cache.write_media(DATA)
        assert cache.find_media(DIGEST)
        cache.locate_media(DIGEST).unlink()
        if content is not None:
            cache.locate_media(DIGEST).write_bytes(content)

        assert not cache.copy_media(DIGEST, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()

    @posix
    def test_a_link_or_a_folder_is_not_copied(self, tmp_path: Path, cache: Cache) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_bytes(DATA)
        path = cache.locate_media(DIGEST)
        path.parent.mkdir(parents=True)
        path.symlink_to(elsewhere)
        assert not cache.copy_media(DIGEST, tmp_path / "copy")

        path.unlink()
        path.mkdir()
        assert not cache.copy_media(DIGEST, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()

    def test_a_copy_that_cannot_be_written_is_an_error(self, tmp_path: Path, cache: Cache) -> None:
        cache.write_media(DATA)
        (tmp_path / "copy").mkdir()

        with pytest.raises(OSError, match="copy"):
            cache.copy_media(DIGEST, tmp_path / "copy")

    def test_a_file_appears_whole_or_in_a_temporary_folder(
        self, folder: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = []

        def replace(source: Path, target: Path) -> Path:
            seen.append((source.read_bytes(), source.parent == target.parents[1], target.exists()))
            raise OSError(errno.ENOSPC, "No space left on device")

        # A full disk cannot be passed as an argument.
        monkeypatch.setattr(Path, "replace", replace)
        cache.write_media(DATA)

        assert seen == [(DATA, True, False)]
        assert [path for path in (folder / "media").rglob("*") if path.is_file()] == []
        assert cache.read_media(DIGEST) == DATA
        assert "Free some space on the disk" in cache.describe_problems()[0]

    def test_without_any_place_this_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder_is_a_file(tmp_path / "cache")
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
        cache = Cache(tmp_path / "cache")

        with pytest.raises(NotSaved):
            cache.write_media(DATA)
        with pytest.raises(OSError, match="No such file"):
            cache.open_media()
        cache.put(KEY, ENTRY)
        assert cache.get(KEY)
        assert cache.read_media(DIGEST) is None
        cache.close()

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
    fill(folder)
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


def test_a_locked_database_is_waited_for_once_only(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def wait(*arguments: object) -> None:
        tries.append(arguments)
        raise diskcache.Timeout

    # A lock would be waited for, for five seconds.
    monkeypatch.setattr(diskcache.Cache, "_transact", wait)
    for number in range(9):
        cache.put(f"picture/{number}", {"original": DIGEST})
    cache.delete("picture/0")

    assert cache.keys("picture/") == [f"picture/{number}" for number in range(1, 9)]
    assert len(tries) == 1
    (problem,) = cache.describe_problems()
    assert "(the database is locked)" in problem
    assert "look for a program that has the database open" in problem


def test_another_setting_of_diskcache_is_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(diskcache.core.DEFAULT_SETTINGS, "sqlite_temp_store", 2)
    fill(folder)

    cache = Cache(folder)
    cache.close()

    assert not cache.was_broken


def test_diskcache_is_not_asked_for_its_own_names_and_settings() -> None:
    assert diskcache.core.DBNAME == NAME
    assert SETTINGS.keys() - {"sqlite_secure_delete"} == diskcache.core.DEFAULT_SETTINGS.keys()


def test_a_million_rows_are_put_aside(folder: Path) -> None:
    fill(folder)
    with database(folder) as db:
        db.execute(
            "INSERT INTO Cache (key, raw, mode, value) WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) "
            "SELECT 'picture/' || i, 1, 1, '' FROM n"
        )

    cache = Cache(folder)
    cache.close()

    assert cache.was_broken


def test_many_entries_are_deleted_at_once(folder: Path, cache: Cache) -> None:
    for number in range(100):
        cache.put(f"picture/{number}", {})
    cache.delete(*cache.keys("picture/"))

    assert cache.keys("picture/") == []


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
    fill(folder)
    with database(folder) as db:
        db.executescript("DROP TRIGGER Settings_size_delete; DROP INDEX Cache_expire_time")

    cache = Cache(folder)
    cache.close()

    assert not cache.was_broken


def test_a_database_of_another_version_of_diskcache_is_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder)
    monkeypatch.setattr("mkdocs_instagram.cache.vetting._KNOWN_SCHEMA", "another")

    cache = Cache(folder)
    cache.close()

    assert not cache.was_broken


@posix
@pytest.mark.parametrize("name", ["cache.db", "cache.db-wal", "cache.db-shm"])
def test_a_database_that_is_a_link_is_put_aside_and_its_target_left_alone(
    tmp_path: Path, folder: Path, name: str
) -> None:
    fill(folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes((folder / "cache.db").read_bytes())
    before = elsewhere.read_bytes()
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(elsewhere)

    cache = Cache(folder)
    found = cache.get(KEY)
    cache.put(KEY, {"depth": 7})
    cache.close()

    assert cache.was_broken == (name == "cache.db")
    assert bool(found) == (name != "cache.db")
    assert elsewhere.read_bytes() == before
    assert (folder / f"broken-{name}").is_symlink()
    assert not (folder / "cache.db").is_symlink()


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(path.parent):
        server.bind(path.name)


NO_FILES: dict[str, Callable[[Path], None]] = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo if hasattr(os, "mkfifo") else Path.mkdir,
    "socket": make_socket if hasattr(socket, "AF_UNIX") else Path.mkdir,
    "link to nothing": lambda path: path.symlink_to("nothing"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
}


@posix
@pytest.mark.parametrize("make", NO_FILES.values(), ids=list(NO_FILES))
def test_what_is_no_file_is_missing_at_once(folder: Path, make: Callable[[Path], None]) -> None:
    fill(folder)
    path = folder / "media" / DIGEST[:2] / DIGEST
    for spoiled in (folder / "cache.db", path):
        spoiled.unlink()
        make(spoiled)

    cache = Cache(folder)
    assert cache.was_broken
    assert (cache.get(KEY), cache.read_media(DIGEST), cache.find_media(DIGEST)) == (None,) * 3
    cache.put(KEY, ENTRY)
    cache.write_media(DATA)
    assert cache.read_media(DIGEST) == DATA
    cache.close()

    again = Cache(folder)
    assert again.get(KEY)
    again.close()
    assert not again.was_broken


@posix
@pytest.mark.parametrize("name", ["cache.db-journal", "cache.db-mj1A2B3C4D"])
def test_a_journal_is_put_aside_and_what_it_names_stays(
    tmp_path: Path, folder: Path, name: str
) -> None:
    fill(folder)
    victim = tmp_path / "victim.txt"
    victim.write_text("mine", encoding="utf-8")
    (folder / name).write_bytes(make_journal(folder / "cache.db", victim))

    cache = Cache(folder)
    found = cache.get(KEY)
    cache.put("listing/shop", ENTRY)
    cache.close()

    assert found == {**ENTRY, "schema": SCHEMA}
    assert victim.read_text(encoding="utf-8") == "mine"
    assert (folder / f"broken-{name}").exists()
    assert not (folder / name).exists()


def test_the_journal_of_these_tests_works(tmp_path: Path, folder: Path) -> None:
    fill(folder)
    victim = tmp_path / "victim.txt"
    victim.write_text("mine", encoding="utf-8")
    (folder / "cache.db-journal").write_bytes(make_journal(folder / "cache.db", victim))

    with database(folder) as db, contextlib.suppress(sqlite3.Error):
        db.execute("SELECT count(*) FROM Cache").fetchall()

    assert not victim.exists()


LARGE_ROWS = """
import pathlib, sys
from memory import read_peak
from mkdocs_instagram.cache.cache import Cache
folder = pathlib.Path(sys.argv[1])
before = read_peak()
cache = Cache(folder)
assert cache.was_broken
assert cache.get("listing/main") is None
assert cache.keys("listing/") == []
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
            first = f"(SELECT min(rowid) FROM {table})"  # noqa: S608
            db.execute(f"UPDATE {table} SET value = {value} WHERE rowid = {first}")  # noqa: S608
        done = subprocess.run(
            [sys.executable, "-c", LARGE_ROWS, name, table],
            capture_output=True,
            check=False,
            cwd=Path(__file__).parents[1],
            text=True,
        )

    assert done.stderr == ""
    assert int(done.stdout) < 100
