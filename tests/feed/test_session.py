"""One build: what it opens and when, what its tags share, what it reports once, what it leaves."""

import io
import json
import os
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar
from unittest import mock

import httpx
import pytest
from conftest import OTHER_TOKEN, TOKEN
from PIL import Image
from stored import stored_token

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.cache.targets import ImageSettings
from mkdocs_instagram.cache.vetting import seal
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account, MediaOverride, Overrides
from mkdocs_instagram.config.site_options import load_options
from mkdocs_instagram.errors import TokenMalformed, TokenMissing, TokenRefused, Unreachable
from mkdocs_instagram.feed.messages import describe_totals
from mkdocs_instagram.feed.models import LoadedFeed, MissingCount
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.progress import Progress
from mkdocs_instagram.feed.session import Session, SessionSettings
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.tokens.expiry import Expiry
from mkdocs_instagram.tokens.store import TokenStore

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
T = TypeVar("T")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MAIN = Account("main", "MAIN_TOKEN")
SHOP = Account("shop", "SHOP_TOKEN")
DEMO = Account("demo", demo=True)
TOKENS = {"MAIN_TOKEN": TOKEN, "SHOP_TOKEN": OTHER_TOKEN}
# Not the tokens of conftest, which no file may contain.
STORED = "IGAA" + "x1Y2z3W4v5" * 15
RENEWED = "IGAA" + "k9J8h7G6f5" * 15


@cache
def picture(number: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 60), (number * 8, 90, 90)).save(buffer, "JPEG")
    return buffer.getvalue()


def code(number: int) -> str:
    return f"Code{number:05}"


@dataclass
class Instagram:
    """Both hosts. Media are numbers, the newest first; each listing signs its URLs again."""

    media: dict[str, list[int]] = field(
        default_factory=lambda: {TOKEN: [1, 2, 3, 4], OTHER_TOKEN: [11, 12]}
    )
    unknown_field: str = ""
    is_down: bool = False
    signature: int = 0
    oldest_good: int = 0
    """Older signatures are expired."""
    statuses: dict[int, int] = field(default_factory=dict)
    """What the CDN answers for some media instead."""
    same_pictures: bool = False
    """All media have the same picture."""
    renewed: str = ""
    """The token that a refresh returns; if empty, the refresh is refused."""
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "graph.instagram.com":
            status, body = self._answer(request)
        else:
            status, body = self._picture(request)
        return httpx.Response(status, stream=httpx.ByteStream(body))

    def _answer(self, request: httpx.Request) -> tuple[int, bytes]:
        node = request.url.path.rpartition("/")[2]
        self.asked.append(node)
        token = request.url.params["access_token"]
        self.tokens.append(token)
        if self.is_down:
            return 500, b"<html>"
        if node == "refresh_access_token" and self.renewed:
            grant = {"access_token": self.renewed, "expires_in": 5183944}
            return 200, json.dumps(grant).encode()
        if token not in self.media or node == "refresh_access_token":
            return 400, json.dumps({"error": {"message": "Expired", "code": 190}}).encode()
        if self.unknown_field in request.url.params["fields"].split(","):
            text = f"(#100) Tried accessing nonexisting field ({self.unknown_field})"
            return 400, json.dumps({"error": {"message": text, "code": 100}}).encode()
        number = list(self.media).index(token)
        body = self._listing(token) if node == "media" else self._user(number)
        return 200, json.dumps(body).encode()

    def _user(self, number: int) -> JSON:
        return {"id": f"2600{number}", "user_id": f"1784{number}", "username": f"user{number}"}

    def _listing(self, token: str) -> JSON:
        self.signature += 1
        return {"data": [self._node(number) for number in self.media[token]]}

    def _node(self, number: int) -> JSON:
        return {
            "id": f"179{number:05}",
            "media_type": "IMAGE",
            "shortcode": code(number),
            "timestamp": f"{NOW - number * DAY:%Y-%m-%dT%H:%M:%S+0000}",
            "media_url": f"https://scontent.cdninstagram.com/{number}.jpg?oh={self.signature}",
        }

    def _picture(self, request: httpx.Request) -> tuple[int, bytes]:
        self.asked.append("picture")
        number = int(request.url.path[1:-4])
        if int(request.url.params["oh"]) < self.oldest_good:
            return 403, b"URL signature expired"
        return self.statuses.get(number, 200), picture(1 if self.same_pictures else number)

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(self.asked))


@dataclass
class Builds:
    """Opens the sessions of one site's builds, one after the other."""

    folder: Path
    site: Path
    instagram: Instagram = field(default_factory=Instagram)
    accounts: list[Account] = field(default_factory=lambda: [MAIN, SHOP, DEMO])
    overrides: Overrides = field(default_factory=dict)
    open_store: Callable[[], TokenStore] | None = None
    has_site: bool = True
    opened: list[Client] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    def open(
        self,
        now: datetime = NOW,
        *,
        host_videos: bool = False,
        open_client: Callable[[], Client] | None = None,
        progress: Progress | None = None,
    ) -> Session:
        settings = SessionSettings(
            accounts={account.name: account for account in self.accounts},
            overrides=self.overrides,
            max_age=HOUR,
            cache_dir=self.folder,
            images=ImageSettings((16, 32), "webp", 80),
            host_videos=host_videos,
        )
        self.sessions.append(
            Session(
                settings,
                Pace(is_serve=False),
                now,
                open_client=open_client or self._open_client,
                open_store=self.open_store or self._no_store,
                progress=progress,
                publish=self.publish if self.has_site else None,
            )
        )
        return self.sessions[-1]

    def forget_tokens(self) -> None:
        for name in TOKENS:
            os.environ.pop(name, None)

    def publish(self, name: str, write: Callable[[Path], bool]) -> bool:
        """Put a file into the site, as the plugin does."""
        self.site.mkdir(exist_ok=True)
        return write(self.site / name)

    def _no_store(self) -> TokenStore:
        """Return a store without tokens, not that of the person running the tests."""
        return TokenStore(self.folder.parent / "no-store")

    def _open_client(self) -> Client:
        self.opened.append(Client(httpx.MockTransport(self.instagram.handle)))
        return self.opened[-1]

    def build(self, *accounts: Account, now: datetime = NOW) -> list[LoadedFeed]:
        session = self.open(now)
        shown = [session.load(FeedOptions(), account) for account in accounts]
        session.finish()
        session.close()
        return shown

    def media_files(self) -> list[Path]:
        return [path for path in (self.folder / "media").rglob("*") if path.is_file()]


@pytest.fixture
def builds(tmp_path: Path) -> Iterator[Builds]:
    builds = Builds(tmp_path / "cache", tmp_path / "site")
    with mock.patch.dict(os.environ, TOKENS):
        yield builds
    for session in builds.sessions:
        session.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "mkdocs-instagram"]


def codes(shown: LoadedFeed) -> list[str]:
    return [media.shortcode for media in shown.feed.items] if shown.feed else []


def test_nothing_is_opened_before_the_first_tag(builds: Builds) -> None:
    session = builds.open()
    assert session.take_cache_warnings() == []
    assert session.list_unfound() == []
    session.finish()
    session.close()

    assert builds.opened == []
    assert not builds.folder.exists()


def test_accounts_are_found_by_name_the_first_one_by_none(builds: Builds) -> None:
    session = builds.open()

    assert session.account_names == ["main", "shop", "demo"]
    assert session.find_account("") == MAIN
    assert session.find_account("shop") == SHOP
    assert session.find_account("nobody") is None


def test_the_same_options_are_loaded_once(builds: Builds) -> None:
    session = builds.open()

    first = session.load(FeedOptions(limit=3), MAIN)
    builds.instagram.is_down = True
    second = session.load(FeedOptions(limit=3), MAIN)

    assert second is first
    assert codes(first) == [code(1), code(2), code(3)]
    assert builds.instagram.counts == {"me": 1, "media": 1, "picture": 3}


def test_tags_of_one_account_share_listing_and_pictures(builds: Builds) -> None:
    session = builds.open()
    session.load(FeedOptions(limit=2), MAIN)

    shown = session.load(FeedOptions(limit=4, sort="oldest"), MAIN)

    assert codes(shown) == [code(4), code(3), code(2), code(1)]
    assert builds.instagram.counts == {"me": 1, "media": 1, "picture": 4}
    assert len(builds.opened) == 1


def test_the_same_options_of_two_accounts_are_two_feeds(builds: Builds) -> None:
    main, shop = builds.build(MAIN, SHOP)

    assert codes(main) == [code(number) for number in (1, 2, 3, 4)]
    assert codes(shop) == [code(11), code(12)]
    assert (main.account, shop.account) == (MAIN, SHOP)


def test_every_item_has_files_that_are_there(builds: Builds) -> None:
    session = builds.open()
    shown = session.load(FeedOptions(), MAIN)

    assert shown.feed
    assert set(shown.images) == {media.id for media in shown.feed.items}
    for renditions in shown.images.values():
        assert [item.width for item in renditions] == [16, 32]
        for item in renditions:
            with Image.open(builds.site / item.name) as image:
                assert image.size == (item.width, item.height)


def test_a_warm_build_opens_no_client(builds: Builds) -> None:
    first = builds.build(MAIN)
    builds.opened.clear()

    second = builds.build(MAIN, now=NOW + HOUR / 2)

    assert codes(second[0]) == codes(first[0])
    assert second[0].images == first[0].images
    assert builds.opened == []


def test_without_a_token_and_a_saved_feed_there_is_nothing_and_no_client(builds: Builds) -> None:
    builds.forget_tokens()

    (shown,) = builds.build(MAIN)

    assert shown.feed is None
    assert isinstance(shown.error, TokenMissing)
    assert builds.opened == []


FAILURES: dict[str, tuple[Callable[[Builds], object], type[Exception]]] = {
    "down": (lambda builds: setattr(builds.instagram, "is_down", True), Unreachable),
    "refused": (lambda builds: builds.instagram.media.clear(), TokenRefused),
    "no token": (Builds.forget_tokens, TokenMissing),
}


@pytest.mark.parametrize(("fail", "error"), FAILURES.values(), ids=list(FAILURES))
def test_after_a_failure_the_saved_feed_is_shown_with_its_pictures(
    builds: Builds, fail: Callable[[Builds], object], error: type[Exception]
) -> None:
    (good,) = builds.build(MAIN)
    fail(builds)

    (stale,) = builds.build(MAIN, now=NOW + 30 * DAY)

    assert stale.feed
    assert isinstance(stale.feed.stale_because, error)
    assert codes(stale) == codes(good)
    assert stale.images == good.images
    assert stale.missing_media == MissingCount()


def test_the_demo_needs_neither_token_nor_client_and_saves_no_listing(builds: Builds) -> None:
    builds.forget_tokens()

    (shown,) = builds.build(DEMO)

    assert len(codes(shown)) == 12
    assert builds.opened == []
    with closing(sqlite3.connect(builds.folder / "cache.db")) as db:
        keys = {key.partition("/")[0] for (key,) in db.execute("SELECT key FROM Cache")}
    assert keys == {"picture", "tidied"}


def test_a_second_build_of_the_demo_writes_nothing(builds: Builds) -> None:
    builds.build(DEMO)
    before = {path: path.read_bytes() for path in builds.media_files()}

    builds.build(DEMO, now=NOW + HOUR)

    with closing(Cache(builds.folder)) as saved:
        assert (saved.get("tidied") or {})["at"] == NOW.timestamp()
    assert {path: path.read_bytes() for path in builds.media_files()} == before


def test_the_data_of_an_account_that_became_the_demo_go(builds: Builds) -> None:
    builds.build(MAIN)
    builds.accounts = [MAIN._replace(demo=True)]

    builds.build(builds.accounts[0], now=NOW + 31 * DAY)

    with closing(Cache(builds.folder)) as saved:
        assert saved.keys("listing/") == []


def test_what_the_source_says_is_told_once(builds: Builds) -> None:
    builds.instagram.unknown_field = "alt_text"
    session = builds.open()
    session.load(FeedOptions(), MAIN)

    (note,) = session.take_notes(MAIN)

    assert "alt_text" in note
    assert session.take_notes(MAIN) == []


class TestCacheTrouble:
    def test_an_unusable_folder_is_told_once_and_the_feed_shown(self, builds: Builds) -> None:
        builds.folder.write_text("mine", encoding="utf-8")
        session = builds.open()

        for options in (FeedOptions(), FeedOptions(limit=1)):
            assert session.load(options, MAIN).missing_media == MissingCount()
        shown = session.load(FeedOptions(), MAIN)
        (told,) = session.take_cache_warnings()

        assert len(codes(shown)) == 4
        assert str(builds.folder) in told
        assert session.take_cache_warnings() == []

    def test_the_temporary_folder_is_gone_after_the_build(
        self, builds: Builds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        builds.folder.write_text("mine", encoding="utf-8")
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        session = builds.open()
        shown = session.load(FeedOptions(), MAIN)
        (renditions, *_) = shown.images.values()
        assert (builds.site / renditions[0].name).is_file()
        assert [path for path in temporary.rglob(renditions[0].digest) if path.is_file()]

        session.finish()
        session.close()

        assert list(temporary.iterdir()) == []
        assert builds.folder.read_text(encoding="utf-8") == "mine"

    def test_a_damaged_database_is_told_once(self, builds: Builds) -> None:
        builds.build(MAIN)
        (builds.folder / "cache.db").write_bytes(b"#!/bin/sh\n" * 1000)
        session = builds.open()

        assert len(codes(session.load(FeedOptions(), MAIN))) == 4
        (told,) = session.take_cache_warnings()
        assert "broken-cache.db" in told
        assert session.take_cache_warnings() == []

    def test_nothing_in_the_cache_makes_the_end_of_a_build_fail(
        self, builds: Builds, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise RecursionError("a fault of ours")

        session = builds.open()
        session.load(FeedOptions(), MAIN)
        # Our own mistakes cannot be passed as arguments.
        monkeypatch.setattr("mkdocs_instagram.feed.session.clean_up", fail)

        assert session.finish() == "the cache was not cleaned up (RecursionError)."

    def test_pictures_without_any_place_are_told(
        self, builds: Builds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        builds.folder.write_text("mine", encoding="utf-8")
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
        session = builds.open()

        shown = session.load(FeedOptions(), MAIN)
        again = session.load(FeedOptions(limit=1), MAIN)
        assert session.finish() == ""

        assert codes(shown) == codes(again) == []
        assert shown.missing_media == MissingCount(unsaved=4)


class TestPins:
    @pytest.mark.parametrize(
        ("accounts", "unfound"),
        [
            ([MAIN, SHOP], [code(99), code(98)]),
            ([SHOP, MAIN], [code(99), code(98)]),
            ([MAIN], [code(99), code(11), code(98)]),
            ([SHOP], [code(99), code(3), code(98)]),
            ([], []),
        ],
        ids=lambda value: (
            "+".join(map(str, value)) if value and isinstance(value[0], str) else None
        ),
    )
    def test_a_pin_is_missed_only_when_no_shown_account_has_it(
        self, builds: Builds, accounts: list[Account], unfound: list[str]
    ) -> None:
        pins = [code(99), code(3), code(11), code(98)]
        builds.overrides = {pin: MediaOverride(pin=True) for pin in pins}
        session = builds.open()
        for account in accounts:
            session.load(FeedOptions(), account)

        assert session.list_unfound() == unfound

    def test_a_pin_is_shown_first_where_it_is(self, builds: Builds) -> None:
        builds.overrides = {code(3): MediaOverride(pin=True)}

        main, shop = builds.build(MAIN, SHOP)

        assert codes(main)[0] == code(3)
        assert code(3) not in codes(shop)


class TestExpiredPictures:
    """Signed URLs expire within days, sometimes while the listing is still fresh."""

    @pytest.fixture
    def saved(self, builds: Builds) -> Builds:
        """Save a listing without pictures, whose URLs then expire."""
        builds.instagram.statuses = dict.fromkeys(range(1, 5), 403)
        builds.build(MAIN)
        builds.instagram.statuses = {}
        builds.instagram.oldest_good = builds.instagram.signature + 1
        builds.instagram.asked.clear()
        return builds

    def test_the_listing_is_asked_for_once_more(self, saved: Builds) -> None:
        session = saved.open(NOW + HOUR / 2)

        shown = session.load(FeedOptions(), MAIN)

        assert len(codes(shown)) == 4
        assert shown.missing_media == MissingCount()
        assert saved.instagram.counts == {"me": 1, "media": 1, "picture": 8}

    def test_pictures_that_stay_expired_are_lost_after_one_more_listing(
        self, saved: Builds
    ) -> None:
        saved.instagram.oldest_good = 1000
        session = saved.open(NOW + HOUR / 2)

        shown = [session.load(FeedOptions(limit=limit), MAIN) for limit in (4, 3)]

        assert [codes(feed) for feed in shown] == [[], []]
        assert [feed.missing_media.lost for feed in shown] == [4, 3]
        assert saved.instagram.counts["media"] == 1

    def test_a_listing_that_fails_breaks_nothing(self, saved: Builds) -> None:
        saved.instagram.is_down = True
        session = saved.open(NOW + HOUR / 2)

        shown = session.load(FeedOptions(), MAIN)

        assert shown.feed
        assert isinstance(shown.feed.stale_because, Unreachable)
        assert shown.missing_media == MissingCount(lost=4)

    def test_all_downloads_are_counted(self, builds: Builds) -> None:
        builds.instagram.statuses = {2: 403}
        session = builds.open()
        session.load(FeedOptions(), MAIN)

        assert builds.instagram.counts["media"] == 2
        assert len(session.totals.fetched) == 3
        assert len(session.totals.encoded) == 6
        assert len(session.totals.images) == 6
        assert len(session.totals.media) == 3

    def test_posts_with_the_same_picture_are_one_picture(self, builds: Builds) -> None:
        builds.instagram.same_pictures = True
        session = builds.open()
        session.load(FeedOptions(), MAIN)

        assert describe_totals(session.totals) == (
            "4 posts (0 cached, 4 fetched), 2 images (0 cached)"
        )


@pytest.mark.parametrize("is_published", [True, False])
@pytest.mark.parametrize("damage", ["lost", "changed"])
def test_a_damaged_file_is_made_again(builds: Builds, damage: str, *, is_published: bool) -> None:
    (first,) = builds.build(MAIN)
    path = next(path for path in builds.media_files() if path.name == digest_of(first))
    whole = path.read_bytes()
    path.unlink()
    if damage == "changed":
        path.write_bytes(b"?" * len(whole))
    builds.instagram.asked.clear()
    builds.has_site = is_published

    (second,) = builds.build(MAIN)

    assert second.images == first.images
    assert path.read_bytes() == whole
    assert builds.instagram.asked == []


def digest_of(shown: LoadedFeed) -> str:
    return next(iter(shown.images.values()))[0].digest


def test_a_media_without_its_picture_is_left_out_and_counted(builds: Builds) -> None:
    builds.instagram.statuses = {2: 404, 4: 404}

    (shown,) = builds.build(MAIN)

    assert codes(shown) == [code(1), code(3)]
    assert shown.missing_media == MissingCount(lost=2)


class TestTidying:
    def age(self, builds: Builds, days: float) -> None:
        moment = (NOW - days * DAY).timestamp()
        for path in builds.media_files():
            os.utime(path, (moment, moment))

    def test_files_of_media_that_are_gone_go_after_a_day(self, builds: Builds) -> None:
        builds.build(MAIN)
        self.age(builds, 2)
        builds.instagram.media[TOKEN] = [1, 2]

        builds.build(MAIN, now=NOW + 2 * HOUR)

        assert len(builds.media_files()) == 2 * 3

    def test_files_younger_than_a_day_stay(self, builds: Builds) -> None:
        builds.build(MAIN)
        self.age(builds, 0.5)
        builds.instagram.media[TOKEN] = [1, 2]

        builds.build(MAIN, now=NOW + 2 * HOUR)

        assert len(builds.media_files()) == 4 * 3

    def test_a_post_that_comes_back_within_a_day_is_not_downloaded_again(
        self, builds: Builds
    ) -> None:
        builds.build(MAIN)
        self.age(builds, 0.5)
        builds.instagram.media[TOKEN] = [1, 2]
        builds.build(MAIN, now=NOW + 2 * HOUR)
        builds.instagram.media[TOKEN] = [1, 2, 3, 4]

        (shown,) = builds.build(MAIN, now=NOW + 4 * HOUR)

        assert len(codes(shown)) == 4
        assert builds.instagram.counts["picture"] == 4

    def test_a_build_that_asked_nothing_tidies_once_a_day(self, builds: Builds) -> None:
        builds.build(MAIN)
        (builds.folder / "media" / "ff").mkdir(exist_ok=True)
        stray = builds.folder / "media" / "ff" / "stray"
        left = []
        for moment in (NOW + HOUR / 2, NOW + DAY - HOUR, NOW + DAY + HOUR):
            stray.write_bytes(b"")
            os.utime(stray, (1, 1))
            builds.forget_tokens()
            builds.build(MAIN, now=moment)
            left.append(stray.exists())

        assert left == [True, True, False]

    @pytest.mark.parametrize("fault", ["down", "no account shown"])
    def test_a_saved_feed_keeps_its_pictures(self, builds: Builds, fault: str) -> None:
        builds.build(MAIN)
        self.age(builds, 30)
        builds.instagram.is_down = fault == "down"

        builds.build(MAIN if fault == "down" else SHOP, now=NOW + 30 * DAY)

        builds.instagram.is_down = True
        (shown,) = builds.build(MAIN, now=NOW + 31 * DAY)
        assert len(codes(shown)) == 4

    def test_where_the_cache_cannot_tell_what_it_needs_nothing_goes(self, builds: Builds) -> None:
        builds.build(MAIN)
        self.age(builds, 30)
        session = builds.open(NOW + 2 * HOUR)
        session.load(FeedOptions(), MAIN)
        with closing(sqlite3.connect(builds.folder / "cache.db")) as db:
            db.execute("ALTER TABLE Cache RENAME TO Lost")

        session.finish()
        session.close()

        assert len(builds.media_files()) == 4 * 3

    def test_a_poisoned_row_makes_nothing_go(self, builds: Builds) -> None:
        builds.build(MAIN)
        self.age(builds, 30)
        with closing(sqlite3.connect(builds.folder / "cache.db", isolation_level=None)) as db:
            db.execute("INSERT INTO Cache (key, raw, mode, value) VALUES (x'80', 0, 4, x'80')")
            value = seal('{"schema": 1, "at": []}')
            db.execute("UPDATE Cache SET value = ? WHERE key = 'tidied'", [value])

        (shown,) = builds.build(MAIN, now=NOW + 2 * HOUR)

        assert len(codes(shown)) == 4
        assert len(builds.media_files()) == 4 * 3


class TestStoredToken:
    """Without the variable, the token that `login` stored is used, and refreshed by the build."""

    @pytest.fixture
    def store(self, builds: Builds, tmp_path: Path) -> TokenStore:
        """Keep a token of the account, 21 days old, where the environment has none."""
        store = TokenStore(tmp_path / "config")
        store.put(
            stored_token(STORED, NOW - 21 * DAY, user_id="17842", username="user2", is_guess=True)
        )
        builds.open_store = lambda: store
        builds.forget_tokens()
        builds.instagram.media |= {STORED: [1, 2, 3], RENEWED: [1, 2, 3]}
        return store

    def make_young(self, store: TokenStore) -> None:
        stored = store.get("main")
        assert stored
        store.put(stored._replace(issued_at=NOW - 20 * DAY))

    def test_it_shows_the_feed(self, builds: Builds, store: TokenStore) -> None:
        self.make_young(store)

        (shown,) = builds.build(MAIN)

        assert codes(shown) == [code(1), code(2), code(3)]
        assert shown.is_token_stored
        assert builds.instagram.counts == {"me": 1, "media": 1, "picture": 3}

    def test_the_variable_comes_first(self, builds: Builds, store: TokenStore) -> None:
        os.environ.update(TOKENS)
        builds.instagram.renewed = RENEWED

        (shown,) = builds.build(MAIN)

        assert not shown.is_token_stored
        assert set(builds.instagram.tokens) == {TOKEN}

    def test_another_account_has_none(self, builds: Builds, store: TokenStore) -> None:
        (shown,) = builds.build(SHOP)

        assert isinstance(shown.error, TokenMissing)
        assert not shown.is_token_stored

    def test_a_refused_one_is_told_as_stored(self, builds: Builds, store: TokenStore) -> None:
        self.make_young(store)
        del builds.instagram.media[STORED]

        (shown,) = builds.build(MAIN)

        assert isinstance(shown.error, TokenRefused)
        assert shown.is_token_stored

    @pytest.mark.parametrize("handed", [STORED, RENEWED], ids=["the same", "a new string"])
    def test_it_is_refreshed_stored_and_used(
        self, builds: Builds, store: TokenStore, handed: str
    ) -> None:
        builds.instagram.renewed = handed
        session = builds.open()

        shown = session.load(FeedOptions(), MAIN)

        assert len(codes(shown)) == 3
        assert session.take_notes(MAIN) == ["refreshed the token, which now ends on 2026-09-21."]
        assert session.find_expiry(MAIN) == Expiry(
            NOW + timedelta(seconds=5183944), is_guess=False, is_stored=True
        )
        stored = store.get("main")
        assert stored
        assert (stored.token.reveal(), stored.issued_at) == (handed, NOW)
        assert set(builds.instagram.tokens[1:]) == {handed}

    def test_a_refresh_that_fails_is_told_and_tried_a_day_later(
        self, builds: Builds, store: TokenStore
    ) -> None:
        told = []
        for moment in (NOW, NOW + 2 * HOUR, NOW + DAY + HOUR):
            session = builds.open(moment)
            assert len(codes(session.load(FeedOptions(), MAIN))) == 3
            told.append([note[:27] for note in session.take_notes(MAIN)])
            session.close()

        assert told == [["the token was not refreshed"], [], ["the token was not refreshed"]]
        assert builds.instagram.counts["refresh_access_token"] == 2

    def test_a_fresh_feed_asks_nobody_for_a_refresh(
        self, builds: Builds, store: TokenStore
    ) -> None:
        self.make_young(store)
        builds.build(MAIN)
        builds.opened.clear()

        (shown,) = builds.build(MAIN, now=NOW + HOUR / 2)

        assert len(codes(shown)) == 3
        assert builds.opened == []

    def test_a_damaged_store_leaves_the_saved_feed(self, builds: Builds, store: TokenStore) -> None:
        self.make_young(store)
        builds.build(MAIN)
        store.path.write_bytes(b"{")

        session = builds.open(NOW + 2 * HOUR)
        shown = session.load(FeedOptions(), MAIN)

        assert shown.feed
        assert len(codes(shown)) == 3
        assert isinstance(shown.feed.stale_because, TokenMalformed)
        assert session.find_expiry(MAIN) is None


class TestExpiry:
    def test_the_first_build_is_remembered(self, builds: Builds) -> None:
        for moment in (NOW, NOW + 30 * DAY):
            session = builds.open(moment)
            session.load(FeedOptions(), MAIN)

            assert session.find_expiry(MAIN) == Expiry(NOW + 60 * DAY, is_guess=True)
            session.close()

    def test_before_anything_was_shown_nobody_knows(self, builds: Builds) -> None:
        assert builds.open().find_expiry(MAIN) is None

    @pytest.mark.parametrize("fault", ["down", "refused"])
    def test_a_token_that_did_not_work_was_not_seen(self, builds: Builds, fault: str) -> None:
        if fault == "down":
            builds.instagram.is_down = True
        else:
            builds.instagram.media.clear()
        session = builds.open()
        session.load(FeedOptions(), MAIN)

        assert session.find_expiry(MAIN) is None

    def test_a_token_beside_a_saved_feed_was_not_seen(self, builds: Builds) -> None:
        builds.build(MAIN)
        builds.instagram.media["IGAAnext"] = [1]
        os.environ["MAIN_TOKEN"] = "IGAAnext"
        session = builds.open(NOW + HOUR / 2)

        session.load(FeedOptions(), MAIN)

        assert session.find_expiry(MAIN) is None

    def test_without_a_token_there_is_no_end(self, builds: Builds) -> None:
        builds.forget_tokens()
        session = builds.open()

        assert session.find_expiry(MAIN) is None
        assert session.find_expiry(DEMO) is None

    def test_the_demo_has_none_though_the_default_variable_is_set(self, builds: Builds) -> None:
        os.environ["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
        session = builds.open()
        session.load(FeedOptions(), DEMO)

        assert session.find_expiry(DEMO) is None

    def test_a_token_from_the_environment_is_never_refreshed(self, builds: Builds) -> None:
        builds.instagram.renewed = RENEWED
        for days in (0, 30, 55):
            builds.build(MAIN, now=NOW + days * DAY)

        assert "refresh_access_token" not in builds.instagram.counts


def test_calls_pictures_and_videos_are_shown_as_work(builds: Builds) -> None:
    seen: list[str] = []

    class Spy(Progress):
        @contextmanager
        def during(self, work: str) -> Iterator[None]:
            seen.append(work)
            yield

        def count(self, items: Iterable[T], number: int) -> Iterator[T]:
            for item in items:
                seen.append(f"of {number}")
                yield item

    session = builds.open(progress=Spy(), host_videos=True)
    session.load(FeedOptions(open="viewer"), MAIN)

    assert seen == ["Waiting for Instagram", "Pictures", *["of 4"] * 4, "Videos"]


def test_closing_ends_client_and_database_and_may_be_repeated(builds: Builds) -> None:
    session = builds.open()
    session.load(FeedOptions(), MAIN)
    names = [thread.name for thread in threading.enumerate()]
    assert "mkdocs-instagram" in names

    assert (builds.folder / "cache.db-wal").exists()

    session.close()
    session.close()

    # SQLite removes it when the last connection is closed.
    assert not (builds.folder / "cache.db-wal").exists()
    assert "mkdocs-instagram" not in [thread.name for thread in threading.enumerate()]


def test_settings_are_what_the_options_say() -> None:
    options = load_options(
        {
            "accounts": {"shop": {"username": "harbour.bakery"}},
            "media": {"https://www.instagram.com/p/C0001abcDEF/": {"pin": True}},
            "max_age": "2h",
            "cache_dir": "saved",
            "images": {"widths": [640, 320, 640], "format": "jpeg", "quality": 70},
            "videos": "file",
        },
        None,
    )

    assert SessionSettings.of(options, Path("/site")) == SessionSettings(
        accounts={"shop": Account("shop", username="harbour.bakery")},
        overrides={"C0001abcDEF": MediaOverride(pin=True)},
        max_age=2 * HOUR,
        cache_dir=Path("/site/saved"),
        images=ImageSettings((320, 640), "jpeg", 70),
        host_videos=True,
    )
