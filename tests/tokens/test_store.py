"""The places of tokens, and the file that stores them: whole, for its owner only, never a link."""

import json
import multiprocessing
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from unittest import mock

import filelock
import pytest
from stored import facts, stored_token

from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import StoreUnusable, TokenMalformed, TokenMissing
from mkdocs_instagram.instagram.secrets import Token
from mkdocs_instagram.tokens import store as tokens
from mkdocs_instagram.tokens.private_files import write_token_file
from mkdocs_instagram.tokens.store import (
    FoundToken,
    StoredToken,
    TokenStore,
    default_folder,
    find_token,
)
from mkdocs_instagram.tokens.validation import check_token

# Not the tokens of conftest, which no file may contain, not even a store.
VALUE = "IGAA" + "x1Y2z3W4v5" * 15
OTHER = "IGAA" + "k9J8h7G6f5" * 15
NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
SHOP = Account("shop", "SHOP_TOKEN")
STORED = stored_token(VALUE, NOW, account="shop", is_guess=True)
ENTRY = {
    "access_token": VALUE,
    "user_id": "17841400000000001",
    "username": "harbour.bakery",
    "issued_at": "2026-07-23T12:00:00+00:00",
    "expires_at": "2026-09-21T12:00:00+00:00",
    "expires_at_is_guess": True,
    "source": "dashboard",
}

posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and pipes are POSIX's")


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "config" / "mkdocs-instagram")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def write_raw(store: TokenStore, content: bytes) -> None:
    store.folder.mkdir(parents=True, exist_ok=True)
    store.path.write_bytes(content)


def write_entries(store: TokenStore, entries: object, schema: object = 1) -> None:
    write_raw(store, json.dumps({"schema": schema, "accounts": entries}).encode())


class TestFinding:
    def find(self, store: TokenStore, environment: dict[str, str]) -> FoundToken:
        with mock.patch.dict(os.environ, environment):
            return find_token(SHOP, lambda: store)

    def test_the_variable_comes_before_the_store(self, store: TokenStore) -> None:
        store.put(STORED)

        found = self.find(store, {"SHOP_TOKEN": OTHER, "INSTAGRAM_ACCESS_TOKEN": "no"})

        assert found.token.reveal() == OTHER
        assert found.stored is None

    def test_a_set_variable_does_not_even_open_the_store(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHOP_TOKEN", VALUE)

        def refuse() -> TokenStore:
            raise AssertionError

        assert find_token(SHOP, refuse).token.reveal() == VALUE

    @pytest.mark.parametrize("environment", [{}, {"SHOP_TOKEN": ""}, {"SHOP_TOKEN": " \n"}])
    def test_without_the_variable_the_stored_token_is_taken(
        self, store: TokenStore, environment: dict[str, str]
    ) -> None:
        store.put(STORED)

        found = self.find(store, environment)

        assert found.token.reveal() == VALUE
        assert facts(found.stored) == facts(STORED)

    @pytest.mark.parametrize("environment", [{}, {"SHOP_TOKEN": ""}, {"SHOP_TOKEN": " \n"}])
    def test_neither_is_a_missing_token(
        self, store: TokenStore, environment: dict[str, str]
    ) -> None:
        store.put(STORED._replace(account="main"))

        with pytest.raises(
            TokenMissing, match=r"SHOP_TOKEN is unset or empty.* for shop"
        ) as caught:
            self.find(store, environment)

        assert not caught.value.needs_person

    def test_looking_for_a_token_makes_no_folder(self, store: TokenStore) -> None:
        with pytest.raises(TokenMissing):
            self.find(store, {})

        assert store.get("shop") is None
        assert store.names() == []
        assert store.find_flaw() == ""
        assert not store.remove("shop")
        assert not store.folder.parent.exists()

    def test_a_store_that_cannot_be_read_is_a_token_that_cannot_be_used(
        self, store: TokenStore
    ) -> None:
        write_raw(store, VALUE.encode())

        with pytest.raises(TokenMalformed, match=r"tokens\.json cannot be used: it is dam") as one:
            self.find(store, {})

        assert one.value.needs_person
        assert "mkdocs-instagram login" in one.value.cure
        assert "1Y2z3W4v5" not in f"{one.value} {one.value.cure}"

    def test_a_damaged_store_does_not_matter_where_the_variable_is_set(
        self, store: TokenStore
    ) -> None:
        write_raw(store, b"{")

        assert self.find(store, {"SHOP_TOKEN": VALUE}).token.reveal() == VALUE

    def test_a_malformed_variable_is_no_reason_to_take_the_stored_one(
        self, store: TokenStore
    ) -> None:
        store.put(STORED)

        with pytest.raises(TokenMalformed, match="variable SHOP_TOKEN contains"):
            self.find(store, {"SHOP_TOKEN": f"{VALUE} # main"})


@pytest.mark.parametrize(
    "written",
    [
        VALUE,
        f"{VALUE}\n",
        f"  {VALUE}\r\n",
        f"\t{VALUE}\u00a0",
        "EAAG" + "b" * 1020,
        "other",
        "a|b+c/d.e",
    ],
)
def test_white_space_around_a_token_is_dropped(written: str) -> None:
    assert check_token(written, "It").reveal() == written.strip()


@pytest.mark.parametrize(
    "written",
    [
        f"{VALUE}\n{VALUE}",
        f"{VALUE} # main",
        f"INSTAGRAM_ACCESS_TOKEN={VALUE}",
        f"{VALUE}\x00",
        f"{VALUE}\u200b",
        f"“{VALUE}”",
        VALUE.replace("x", "х"),
        f"{VALUE}\ud83d",
        "IG" + "a" * 1023,
        f"{VALUE}\x7f",
    ],
    ids=[
        "two lines",
        "a comment",
        "an assignment",
        "NUL",
        "zero width",
        "curly quotes",
        "other script",
        "lone surrogate",
        "too long",
        "DEL",
    ],
)
def test_what_cannot_be_a_token_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(TokenMalformed, match=r"^What was pasted (contains|has)") as caught:
        check_token(written, "What was pasted")

    assert caught.value.needs_person
    assert "1Y2z3W4v5" not in str(caught.value)


@pytest.mark.parametrize("written", ["a b", "a\nb", "a\u2028b", "a b c"])
def test_several_words_are_told_as_that(written: str) -> None:
    with pytest.raises(TokenMalformed, match="contains several lines or words, not one token"):
        check_token(written, "What was pasted")


@pytest.mark.parametrize(
    ("around", "what", "cure"),
    [
        *(
            (around, "has quotation marks around the token.", "Remove them: ")
            for around in (
                '"{}"',
                "'{}'",
                "“{}”",
                '" {} "',
                ' "{}"\n',
                '"{}',
                "{}'",
                "`{}`",
                "«{}»",
            )
        ),
        ("Bearer {}", "begins with the word Bearer", "Keep only the token"),
        ("bearer\n{}", "begins with the word Bearer", "Keep only the token"),
        ("INSTAGRAM_ACCESS_TOKEN={}", "contains a name before the token", "Keep only the token"),
        ("export TOKEN='{}'", "contains a name before the token", "Keep only the token"),
        ("access_token: {}", "contains a name before the token", "Keep only the token"),
        ("Authorization: Bearer {}", "contains a name before the token", "Keep only the token"),
        ('{{"access_token":"{}","expires_in":5}}', "contains a whole answer in JSON", "Keep only"),
        ("https://graph.instagram.com/me?access_token={}", "contains an address, not only", "Keep"),
        ("https://localhost/?code={}#_", "contains an address with a code", "Run `mkdocs-insta"),
        ("https://x.example/", "contains an address, not a token", "Generate a token in the"),
        ("www.instagram.com/x", "contains an address, not a token", "Generate a token in the"),
        ("$TOKEN", "contains the name of a variable", "Put the token itself there"),
        ("${{{{ secrets.X }}}}", "contains the name of a variable", "Put the token itself there"),
        ("%TOKEN%", "contains the name of a variable", "Put the token itself there"),
        ("INSTAGRAM_ACCESS_TOKEN", "contains the name of a variable", "Put the token itself"),
        ("IGAA...x7Qd", "contains a token with dots or stars", "Copy it again"),
        ("IGAA…x7Qd", "contains a token with dots or stars", "Copy it again"),
        ("IGAA********", "contains a token with dots or stars", "Copy it again"),
        ("<your token>", "contains the words of an example", "Generate a token in the"),
        ("YOUR_ACCESS_KEY", "contains the words of an example", "Generate a token in the"),
        ("0123456789abcdef" * 2, "contains an app secret", "Generate a token in the"),
        ("0123456789ABCDEF" * 2, "contains an app secret", "Generate a token in the"),
        ("990000000000001", "contains a number, such as an app ID", "Generate a token in the"),
        ("990000000000001|x_Y-z", "contains the token of an app", "Generate a token in the"),
    ],
)
def test_what_is_around_a_token_is_told_with_its_cure(around: str, what: str, cure: str) -> None:
    with pytest.raises(TokenMalformed, match=rf"^It {what}") as caught:
        check_token(around.format(VALUE), "It")  # not all of them contain a token

    assert caught.value.cure.startswith(cure)
    assert "1Y2z3W4v5" not in str(caught.value)


@pytest.mark.parametrize("written", ["", " ", "\r\n"])
def test_nothing_is_no_token(written: str) -> None:
    with pytest.raises(TokenMalformed, match=r"^What was pasted is empty"):
        check_token(written, "What was pasted")


def test_the_store_lies_in_the_platforms_folder_for_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))

    folder = default_folder()

    assert folder.name == "mkdocs-instagram"
    assert not folder.exists()


@posix
def test_without_a_home_folder_the_store_lies_in_that_of_the_computer(homeless: None) -> None:
    folder = default_folder()

    assert folder.is_absolute()
    assert folder.name == "mkdocs-instagram"
    assert TokenStore(folder).names() == []


class TestKeeping:
    def test_what_is_stored_is_there_for_the_next_process(self, store: TokenStore) -> None:
        known = STORED._replace(account="main", token=Token(OTHER), is_guess=False, source="oauth")
        store.put(STORED)
        store.put(known)

        again = TokenStore(store.folder)

        assert facts(again.get("shop")) == facts(STORED)
        assert facts(again.get("main")) == facts(known)
        assert again.get("nobody") is None
        assert again.names() == ["shop", "main"]

    def test_the_file_is_json_in_a_shape_that_stays(self, store: TokenStore) -> None:
        store.put(STORED)

        whole = json.loads(store.path.read_bytes())

        assert whole == {"schema": 1, "accounts": {"shop": ENTRY}}

    def test_times_of_other_zones_are_kept(self, store: TokenStore) -> None:
        write_entries(store, {"shop": ENTRY | {"issued_at": "2026-07-23T14:00:00+02:00"}})

        stored = store.get("shop")

        assert stored
        assert stored.issued_at == NOW

    def test_a_token_is_replaced_and_the_others_stay(self, store: TokenStore) -> None:
        store.put(STORED._replace(account="main"))
        store.put(STORED)
        store.put(STORED._replace(token=Token(OTHER)))

        assert [(name, (store.get(name) or STORED).token.reveal()) for name in store.names()] == [
            ("main", VALUE),
            ("shop", OTHER),
        ]

    def test_only_the_accounts_own_token_is_forgotten(self, store: TokenStore) -> None:
        store.put(STORED._replace(account="main"))
        store.put(STORED)

        assert store.remove("shop")
        assert not store.remove("shop")

        assert store.names() == ["main"]
        assert VALUE in store.path.read_text(encoding="utf-8")
        store.remove("main")
        assert VALUE not in store.path.read_text(encoding="utf-8")

    def test_forgetting_nothing_leaves_the_file_as_it_is(self, store: TokenStore) -> None:
        store.put(STORED)
        before = store.path.stat()

        assert not store.remove("nobody")

        after = store.path.stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    def test_names_and_texts_of_any_script_are_kept_clean(self, store: TokenStore) -> None:
        store.put(STORED._replace(account="größe", username="b\u202ead\x1b\ud83d"))

        stored = store.get("größe")

        assert stored
        assert stored.username == "bad\ufffd"

    def test_a_token_does_not_leave_through_an_exception(self, store: TokenStore) -> None:
        write_entries(store, {"shop": {**ENTRY, "issued_at": VALUE}})

        with pytest.raises(StoreUnusable) as caught:
            store.get("shop")

        assert "1Y2z3W4v5" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


class TestCompareAndSet:
    def test_a_token_is_replaced_where_the_expected_one_is_stored(self, store: TokenStore) -> None:
        store.put(STORED)

        assert store.put(STORED._replace(token=Token(OTHER)), instead_of=Token(VALUE))
        assert facts(store.get("shop")) == facts(STORED._replace(token=Token(OTHER)))

    def test_the_same_string_with_other_times_is_a_replacement_too(self, store: TokenStore) -> None:
        store.put(STORED)
        later = STORED._replace(issued_at=NOW + timedelta(days=30))

        assert store.put(later, instead_of=Token(VALUE))
        assert facts(store.get("shop")) == facts(later)

    @pytest.mark.parametrize("meanwhile", ["another", "none", "of another account"])
    def test_what_was_stored_meanwhile_stays(self, store: TokenStore, meanwhile: str) -> None:
        store.put(STORED)
        if meanwhile == "another":
            store.put(STORED._replace(token=Token(OTHER)))
        else:
            store.remove("shop")
        if meanwhile == "of another account":
            store.put(STORED._replace(account="main"))
        before = store.path.read_bytes()

        stale = STORED._replace(token=Token("IGAA" + "s" * 60))
        assert not store.put(stale, instead_of=Token(VALUE))

        assert store.path.read_bytes() == before

    def test_a_damaged_entry_is_no_expected_one(self, store: TokenStore) -> None:
        write_entries(store, {"shop": "damaged"})
        before = store.path.read_bytes()

        with pytest.raises(StoreUnusable):
            store.put(STORED, instead_of=Token(VALUE))

        assert store.path.read_bytes() == before


NOT_OURS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is damaged"),
    "cut": (b'{"schema": 1, "accounts": {"shop": {"acc', "it is damaged"),
    "nested": (b"[" * 200_000, "it is damaged"),
    "no utf-8": (b'{"schema": 1, "accounts": {"\xff": 1}}', "it is damaged"),
    "a long number": (b"9" * 5000, "it is damaged"),
    "a list": (b"[]", "not in the format"),
    "a text": (b'"' + VALUE.encode() + b'"', "not in the format"),
    "no schema": (b'{"accounts": {}}', "not in the format"),
    "newer schema": (b'{"schema": 2, "accounts": {}}', "not in the format"),
    "no accounts": (b'{"schema": 1}', "not in the format"),
    "accounts in a list": (b'{"schema": 1, "accounts": []}', "not in the format"),
    "endless": (b" " * (4 * 2**20) + b'{"schema": 1, "accounts": {}}', "it is damaged"),
}


@pytest.mark.parametrize(("content", "why"), NOT_OURS.values(), ids=list(NOT_OURS))
@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.get("shop"),
        lambda store: store.names(),
        lambda store: store.put(STORED),
        lambda store: store.remove("shop"),
    ],
    ids=["get", "names", "put", "remove"],
)
def test_a_file_that_is_not_ours_is_neither_read_nor_replaced(
    store: TokenStore, use: Callable[[TokenStore], object], content: bytes, why: str
) -> None:
    write_raw(store, content)

    with pytest.raises(StoreUnusable, match=why) as caught:
        use(store)

    assert str(store.path) in str(caught.value)
    assert "1Y2z3W4v5" not in str(caught.value)
    assert store.path.read_bytes() == content


DAMAGED = [
    *[(name, wrong) for name in ENTRY for wrong in (None, 5, ["x"])],
    ("access_token", ""),
    ("access_token", f"{VALUE}\n{VALUE}"),
    ("access_token", f"{VALUE}\ud83d"),
    ("issued_at", "yesterday"),
    ("expires_at", "2026-13-01T00:00:00+00:00"),
]


@pytest.mark.parametrize(
    ("name", "wrong"), [case for case in DAMAGED if case[0] != "expires_at_is_guess"]
)
def test_a_damaged_entry_is_told_by_its_account(
    store: TokenStore, name: str, wrong: object
) -> None:
    write_entries(store, {"main": ENTRY, "shop": {**ENTRY, name: wrong}})

    with pytest.raises(StoreUnusable, match="its entry for shop is damaged"):
        store.get("shop")

    assert store.get("main")


@pytest.mark.parametrize("name", ENTRY)
def test_an_entry_that_lacks_something_is_damaged(store: TokenStore, name: str) -> None:
    write_entries(store, {"shop": {key: value for key, value in ENTRY.items() if key != name}})

    with pytest.raises(StoreUnusable, match="its entry for shop is damaged"):
        store.get("shop")


@pytest.mark.parametrize("name", ["issued_at", "expires_at"])
def test_a_time_without_its_zone_is_no_time(store: TokenStore, name: str) -> None:
    write_entries(store, {"shop": {**ENTRY, name: "2026-07-23T12:00:00"}})

    with pytest.raises(StoreUnusable, match="damaged"):
        store.get("shop")


def test_a_damaged_entry_is_replaced_by_a_new_token(store: TokenStore) -> None:
    write_entries(store, {"main": ENTRY, "shop": "damaged"})

    store.put(STORED)

    assert facts(store.get("shop")) == facts(STORED)
    assert store.get("main")


USES: dict[str, Callable[[TokenStore], object]] = {
    "get": lambda store: store.get("shop"),
    "names": lambda store: store.names(),
    "put": lambda store: store.put(STORED),
    "remove": lambda store: store.remove("shop"),
}


@posix
class TestOwnersAlone:
    @pytest.fixture(autouse=True)
    def _no_umask(self) -> Iterator[None]:
        """Remove nothing from the modes that the store asks for."""
        before = os.umask(0)
        yield
        os.umask(before)

    def test_folder_and_files_are_the_owners_alone_without_an_umask(
        self, store: TokenStore
    ) -> None:
        store.put(STORED)

        assert mode(store.folder) == 0o700
        assert mode(store.path) == 0o600
        assert {mode(path) for path in store.folder.iterdir()} == {0o600}
        assert store.find_flaw() == ""

    def test_a_file_that_all_could_read_is_closed_by_the_next_write(
        self, store: TokenStore
    ) -> None:
        write_entries(store, {})
        store.folder.chmod(0o755)
        store.path.chmod(0o644)

        store.put(STORED)

        assert (mode(store.folder), mode(store.path)) == (0o700, 0o600)

    def test_nobody_who_has_the_old_file_open_sees_the_new_token(self, store: TokenStore) -> None:
        write_entries(store, {})
        store.path.chmod(0o644)
        with store.path.open("rb") as spy:
            store.put(STORED)

            assert VALUE.encode() not in spy.read()

    @pytest.mark.parametrize("use", ["put", "remove"])
    def test_no_moment_shows_the_token_to_others(
        self, store: TokenStore, use: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.put(STORED)
        store.put(STORED._replace(account="main"))
        seen: list[int] = []
        sync = os.fsync

        def look(handle: int) -> None:
            seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
            sync(handle)

        monkeypatch.setattr(os, "fsync", look)
        USES[use](store)

        assert seen == [0o600]

    @pytest.mark.parametrize("flaw", [0o640, 0o604, 0o644, 0o666, 0o620])
    def test_a_file_that_others_can_use_is_a_flaw(self, store: TokenStore, flaw: int) -> None:
        store.put(STORED)
        store.path.chmod(flaw)

        assert store.find_flaw() == f"{store.path} has mode {flaw:04o}, but should have 0600"

    @pytest.mark.parametrize("flaw", [0o750, 0o701, 0o755])
    def test_a_folder_that_others_can_use_is_a_flaw(self, store: TokenStore, flaw: int) -> None:
        store.put(STORED)
        store.folder.chmod(flaw)

        assert store.find_flaw() == f"{store.folder} has mode {flaw:04o}, but should have 0700"

    @pytest.mark.parametrize(("folder", "file"), [(0o700, 0o400), (0o500, 0o600)])
    def test_less_than_is_needed_is_no_flaw(
        self, store: TokenStore, folder: int, file: int
    ) -> None:
        store.put(STORED)
        store.path.chmod(file)
        store.folder.chmod(folder)

        assert store.find_flaw() == ""
        store.folder.chmod(0o700)

    def test_a_file_to_hand_on_is_the_owners_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "token.txt"
        path.write_text("old", encoding="utf-8")
        path.chmod(0o666)

        write_token_file(path, Token(VALUE))

        assert mode(path) == 0o600
        assert path.read_bytes() == VALUE.encode()
        assert list(tmp_path.iterdir()) == [path]

    def test_a_file_to_hand_on_takes_the_place_of_a_link(self, tmp_path: Path) -> None:
        target, path = tmp_path / "target", tmp_path / "token.txt"
        target.write_text("mine", encoding="utf-8")
        path.symlink_to(target)

        write_token_file(path, Token(VALUE))

        assert not path.is_symlink()
        assert target.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("place", ["no folder", "a folder", "a file for a folder"])
def test_a_file_that_cannot_be_written_is_told_without_the_token(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    paths = {
        "no folder": tmp_path / "missing" / "token",
        "a folder": tmp_path / "folder",
        "a file for a folder": tmp_path / "file" / "token",
    }

    with pytest.raises(StoreUnusable, match="cannot be written") as caught:
        write_token_file(paths[place], Token(VALUE))

    assert str(paths[place]) in str(caught.value)
    assert "1Y2z3W4v5" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


@posix
@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
class TestInPlaceOfTheFile:
    """Something else in place of the file is reported, never used, and never hangs."""

    def refuse(self, store: TokenStore, use: Callable[[TokenStore], object], why: str) -> None:
        with pytest.raises(StoreUnusable, match=why):
            use(store)

    def test_a_link_to_a_file(
        self, store: TokenStore, tmp_path: Path, use: Callable[[TokenStore], object]
    ) -> None:
        outside = TokenStore(tmp_path / "outside")
        outside.put(STORED)
        before = outside.path.read_bytes()
        store.folder.mkdir(parents=True)
        store.path.symlink_to(outside.path)

        self.refuse(store, use, r"tokens\.json is a link")

        assert outside.path.read_bytes() == before
        assert store.path.is_symlink()

    def test_a_folder_that_is_a_link(
        self, store: TokenStore, tmp_path: Path, use: Callable[[TokenStore], object]
    ) -> None:
        outside = TokenStore(tmp_path / "outside")
        outside.put(STORED)
        outside.folder.chmod(0o755)
        before = outside.path.read_bytes()
        store.folder.parent.mkdir()
        store.folder.symlink_to(outside.folder)

        self.refuse(store, use, "mkdocs-instagram is a link")

        assert outside.path.read_bytes() == before
        assert mode(outside.folder) == 0o755

    def test_a_folder(self, store: TokenStore, use: Callable[[TokenStore], object]) -> None:
        store.path.mkdir(parents=True)

        self.refuse(store, use, "Is a directory")

    def test_a_pipe(self, store: TokenStore, use: Callable[[TokenStore], object]) -> None:
        store.folder.mkdir(parents=True)
        os.mkfifo(store.path)

        self.refuse(store, use, "it is not a file")

    def test_a_file_for_its_folder(
        self, store: TokenStore, use: Callable[[TokenStore], object]
    ) -> None:
        store.folder.parent.mkdir()
        store.folder.write_text("mine", encoding="utf-8")

        self.refuse(store, use, "cannot be used: (Not a directory|File exists)")

        assert store.folder.read_text(encoding="utf-8") == "mine"


@posix
def test_a_link_to_nothing_is_not_written_through(store: TokenStore, tmp_path: Path) -> None:
    store.folder.mkdir(parents=True)
    store.path.symlink_to(tmp_path / "nothing")

    for use in (USES["get"], USES["put"]):
        with pytest.raises(StoreUnusable, match="is a link"):
            use(store)

    assert not (tmp_path / "nothing").exists()


@posix
def test_a_link_that_comes_after_the_look_is_not_followed(
    store: TokenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = TokenStore(tmp_path / "outside")
    outside.put(STORED)
    store.folder.mkdir(parents=True)
    store.path.symlink_to(outside.path)
    monkeypatch.setattr(store, "_refuse_links", lambda: None)

    with pytest.raises(StoreUnusable, match="cannot be used"):
        store.get("shop")


@posix
@pytest.mark.parametrize("left", ["file", "link"])
def test_what_a_killed_process_left_is_replaced(
    store: TokenStore, tmp_path: Path, left: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine", encoding="utf-8")
    store.put(STORED)
    new = store.folder / "tokens.json.new"
    if left == "link":
        new.symlink_to(outside)
    else:
        new.write_text('{"schema": 1, "acc', encoding="utf-8")
        new.chmod(0o666)

    store.put(STORED._replace(token=Token(OTHER)))

    assert facts(store.get("shop")) == facts(STORED._replace(token=Token(OTHER)))
    assert mode(store.path) == 0o600
    assert not new.exists()
    assert outside.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("stored", [True, False])
def test_forgetting_a_token_forgets_what_a_killed_process_left_of_it(
    store: TokenStore, stored: bool
) -> None:
    store.put(STORED)
    if not stored:
        store.path.unlink()
    new = store.folder / "tokens.json.new"
    new.write_text(VALUE, encoding="utf-8")

    assert store.remove("shop") is stored

    assert not new.exists()
    assert VALUE.encode() not in b"".join(path.read_bytes() for path in store.folder.iterdir())


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(STORED)
    before = store.path.read_bytes()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreUnusable, match="No space left on device"):
        store.put(STORED._replace(token=Token(OTHER)))

    assert store.path.read_bytes() == before
    assert OTHER.encode() not in b"".join(path.read_bytes() for path in store.folder.iterdir())


def test_one_writer_waits_for_the_other_and_then_says_so(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(STORED)
    monkeypatch.setattr(tokens, "LOCK_SECONDS", 0.1)
    with filelock.FileLock(store.folder / "lock"):
        for use in (USES["put"], USES["remove"]):
            failed: list[BaseException] = []
            thread = threading.Thread(target=_catch, args=(use, store, failed))
            thread.start()
            thread.join()
            assert "another process has been writing to it for too long" in str(failed[0])
            assert isinstance(failed[0], StoreUnusable)
        assert store.get("shop")

    assert USES["put"](store)


def _catch(
    use: Callable[[TokenStore], object], store: TokenStore, failed: list[BaseException]
) -> None:
    try:
        use(store)
    except StoreUnusable as error:
        failed.append(error)


@pytest.fixture
def somebody() -> Iterator[Path]:
    """A folder where modes apply to the process: root could write anywhere.

    Not in `tmp_path`, whose folders only root can open.
    """
    if not hasattr(os, "geteuid"):
        pytest.skip("modes are POSIX's")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Modules imported later may be readable by root only.
        TokenStore(folder / "first").put(STORED)
        folder.chmod(0o777)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        yield folder
        if is_root:
            os.seteuid(0)
        for path in (folder / "config", folder / "config" / "ours"):
            if path.exists():
                path.chmod(0o700)


CLOSED: dict[str, tuple[str, int]] = {
    "the folder above": ("config", 0o500),
    "the folder": ("config/ours", 0o000),
    "the file": ("config/ours/tokens.json", 0o000),
}


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
@pytest.mark.parametrize(("closed", "to"), CLOSED.values(), ids=list(CLOSED))
def test_what_may_not_be_read_or_written_is_told(
    somebody: Path, closed: str, to: int, use: Callable[[TokenStore], object]
) -> None:
    store = TokenStore(somebody / "config" / "ours")
    (somebody / "config").mkdir()
    if closed != "config":
        store.put(STORED)
    (somebody / closed).chmod(to)

    if closed == "config" and use is not USES["put"]:
        assert not use(store)
    elif closed == "config/ours" and use is USES["put"]:
        # The folder's owner may open it.
        assert use(store)
    else:
        with pytest.raises(StoreUnusable, match="Permission denied"):
            use(store)


def test_a_closed_folder_has_no_flaw(somebody: Path) -> None:
    store = TokenStore(somebody / "config" / "ours")
    store.put(STORED)
    store.folder.chmod(0)

    assert store.find_flaw() == ""


def test_a_read_only_folder_is_opened_by_its_owner(somebody: Path) -> None:
    store = TokenStore(somebody / "config" / "ours")
    store.put(STORED)
    store.folder.chmod(0o500)

    assert store.put(STORED._replace(token=Token(OTHER)))
    assert mode(store.folder) == 0o700


class TestManyAtOnce:
    """Each write reads, changes and replaces the file: without the lock, changes would be lost."""

    def test_threads_lose_nothing(self, store: TokenStore) -> None:
        names = [f"account{number}" for number in range(16)]
        threads = [
            threading.Thread(target=TokenStore(store.folder).put, args=[_of(name)])
            for name in names
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(store.names()) == sorted(names)

    def test_processes_lose_nothing_and_readers_see_whole_files(self, store: TokenStore) -> None:
        store.put(STORED)
        context = multiprocessing.get_context("fork")
        with closing(context.Pool(3)) as pool:
            work = pool.map_async(_store_many, [(store.folder, writer) for writer in range(3)])
            reads = 0
            while not work.ready():
                assert facts(store.get("shop")) == facts(STORED)
                reads += 1
            written = list(chain.from_iterable(work.get()))
        pool.join()

        assert sorted(store.names()) == sorted(["shop", *written])
        assert len(written) == 3 * 8
        assert reads

    def test_of_two_who_replace_the_same_token_one_wins(self, store: TokenStore) -> None:
        store.put(STORED)
        won: list[str] = []
        barrier = threading.Barrier(8)

        def race(number: int) -> None:
            barrier.wait()
            token = Token(f"IGAA{number}" + "r" * 60)
            mine = TokenStore(store.folder)
            if mine.put(STORED._replace(token=token), instead_of=Token(VALUE)):
                won.append(token.reveal())

        threads = [threading.Thread(target=race, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert won == [(store.get("shop") or STORED).token.reveal()]


def _of(name: str) -> StoredToken:
    return STORED._replace(account=name)


def _store_many(given: tuple[Path, int]) -> list[str]:
    folder, writer = given
    names = [f"writer{writer}-{number}" for number in range(8)]
    for name in names:
        TokenStore(folder).put(_of(name))
    return names
