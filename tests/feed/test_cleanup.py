"""Everything saved of one account is removed, except what another account shows.

And what no build has used for a long time is removed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.feed.cleanup import Purged, Use, clean_up, purge
from mkdocs_instagram.instagram.models import JSON

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
START = NOW.timestamp()
DAY = 86400.0


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path / "cache")
    yield cache
    cache.close()


def node(number: int, *children: int) -> JSON:
    media: JSON = {"id": f"179{number}", "media_type": "IMAGE", "shortcode": f"Code{number:05}"}
    if children:
        media["media_type"] = "CAROUSEL_ALBUM"
        media["children"] = {"data": [{"id": f"179{child}"} for child in children]}
    return media


def save_listing(cache: Cache, account: str, *media: JSON) -> None:
    cache.put(f"listing/{account}", {"media": list(media), "depth": len(media)})


def save_picture(cache: Cache, number: int, *contents: bytes) -> list[Path]:
    """Save a picture of a media: the original and its renditions."""
    original, *derived = [cache.write_media(content) for content in contents]
    renditions = {"webp-80": [[digest, 16, 16, "webp"] for digest in derived]}
    entry = {"original": original, "renditions": renditions}
    cache.put(f"picture/179{number}/media_url", entry)
    return [cache.locate_media(digest) for digest in (original, *derived)]


def files(cache: Cache) -> list[Path]:
    return sorted(path for path in (cache.folder / "media").rglob("*") if path.is_file())


def keys(cache: Cache) -> set[str]:
    return set(cache.keys(""))


def test_feed_finds_pause_and_pictures_are_forgotten_and_counted(cache: Cache) -> None:
    save_listing(cache, "main", node(1), node(2))
    cache.put("found/main", {"media": [node(2), node(3)], "missing": {}, "seen": {}})
    cache.put("throttle/main", {"until": NOW.isoformat()})
    for number in (1, 2, 3):
        save_picture(cache, number, b"original %d" % number, b"small %d" % number)

    assert purge(cache, "main") == Purged(media=3, files=6)

    assert keys(cache) == set()
    assert files(cache) == []


def test_the_children_of_a_carousel_go_with_it_but_are_no_media(cache: Cache) -> None:
    save_listing(cache, "main", node(1, 10, 11), node(2))
    for number in (1, 10, 11, 2):
        save_picture(cache, number, b"original %d" % number)

    assert purge(cache, "main") == Purged(media=2, files=4)
    assert keys(cache) == set()


def test_what_another_account_shows_stays(cache: Cache) -> None:
    save_listing(cache, "main", node(1), node(2), node(3, 30))
    save_listing(cache, "shop", node(2), node(4))
    cache.put("found/shop", {"media": [node(3, 30)], "missing": {}, "seen": {}})
    cache.put("throttle/shop", {"until": NOW.isoformat()})
    (gone,) = save_picture(cache, 1, b"only ours")
    kept = [
        *save_picture(cache, 2, b"of both"),
        *save_picture(cache, 30, b"of both, found there"),
        *save_picture(cache, 4, b"only theirs"),
    ]

    assert purge(cache, "main") == Purged(media=3, files=1)

    assert not gone.exists()
    assert files(cache) == sorted(kept)
    assert keys(cache) == {
        "listing/shop",
        "found/shop",
        "throttle/shop",
        "picture/1792/media_url",
        "picture/17930/media_url",
        "picture/1794/media_url",
    }


def test_a_file_that_pictures_of_both_share_stays(cache: Cache) -> None:
    save_listing(cache, "main", node(1))
    save_listing(cache, "shop", node(2))
    shared, gone = save_picture(cache, 1, b"the same bytes", b"small, ours")
    save_picture(cache, 2, b"the same bytes", b"small, theirs")

    assert purge(cache, "main") == Purged(media=1, files=1)

    assert shared.exists()
    assert not gone.exists()
    assert len(files(cache)) == 2


def test_an_account_whose_name_begins_alike_is_another(cache: Cache) -> None:
    save_listing(cache, "main", node(1))
    save_listing(cache, "main2", node(2))
    save_picture(cache, 2, b"theirs")

    assert purge(cache, "main") == Purged(media=1, files=0)
    assert "listing/main2" in keys(cache)
    assert len(files(cache)) == 1


def test_notes_on_tokens_stay(cache: Cache) -> None:
    cache.put("token/0123456789abcdef", {"seen_at": NOW.isoformat()})
    cache.put("tidied", {"at": NOW.timestamp()})
    save_listing(cache, "main", node(1))

    purge(cache, "main")

    assert keys(cache) == {"token/0123456789abcdef", "tidied"}


def test_a_picture_that_no_feed_shows_stays_for_the_next_tidying(cache: Cache) -> None:
    save_listing(cache, "main", node(1))
    save_picture(cache, 9, b"of nobody")

    assert purge(cache, "main") == Purged(media=1, files=0)
    assert len(files(cache)) == 1


def test_nothing_saved_is_nothing_forgotten(cache: Cache) -> None:
    assert purge(cache, "main") == Purged(media=0, files=0)


@pytest.mark.parametrize("entry", [{"media": None}, {"media": [1, "x"]}, {}, {"media": {}}])
def test_a_damaged_listing_is_forgotten_too(cache: Cache, entry: JSON) -> None:
    cache.put("listing/main", entry)

    assert purge(cache, "main") == Purged(media=0, files=0)
    assert keys(cache) == set()


def test_a_picture_whose_entry_is_damaged_is_no_obstacle(cache: Cache) -> None:
    save_listing(cache, "main", node(1), node(2))
    cache.put("picture/1791/media_url", {"original": 5, "renditions": [1]})
    save_picture(cache, 2, b"whole")

    assert purge(cache, "main") == Purged(media=2, files=1)
    assert keys(cache) == set()


class Counted(Cache):
    """A cache that counts what is written."""

    writes = 0

    def put(self, key: str, entry: JSON) -> None:
        self.writes += 1
        super().put(key, entry)

    def delete(self, *keys: str) -> None:
        self.writes += len(keys)
        super().delete(*keys)


def use(
    cache: Cache,
    day: float,
    *accounts: str,
    renditions: str = "webp-80",
    tokens: tuple[str, ...] = (),
    has_fetched: bool = True,
) -> None:
    """Clean up as a build does that uses these accounts."""
    named = Use(set(), set(accounts), {renditions}, set(tokens))
    clean_up(cache, named, START + day * DAY, has_fetched=has_fetched)


def save_account(cache: Cache, account: str, number: int) -> list[Path]:
    save_listing(cache, account, node(number))
    for kind in ("found", "throttle", "removed"):
        cache.put(f"{kind}/{account}", {})
    return save_picture(cache, number, b"original %d" % number, b"small %d" % number)


class TestUnused:
    """What no build has used for 30 days, or renditions for 7 days, goes."""

    def test_an_account_goes_after_30_days_with_its_files(self, cache: Cache) -> None:
        kept, gone = save_account(cache, "main", 1), save_account(cache, "old", 2)
        use(cache, 0, "main", "old")

        use(cache, 29.9, "main")
        assert files(cache) == sorted(kept + gone)
        use(cache, 30.1, "main")

        assert files(cache) == sorted(kept)
        assert {key for key in keys(cache) if "old" in key} == set()
        assert "removed/main" in keys(cache)

    def test_a_site_that_is_built_rarely_keeps_its_feed(self, cache: Cache) -> None:
        kept = save_account(cache, "main", 1)

        for day in (0, 42, 84, 400):
            use(cache, day, "main", has_fetched=False)

        assert files(cache) == sorted(kept)
        assert "listing/main" in keys(cache)

    def test_sites_that_share_a_cache_keep_each_others_feeds(self, cache: Cache) -> None:
        kept = save_account(cache, "main", 1) + save_account(cache, "shop", 2)

        for day in range(0, 90, 3):
            use(cache, day, "main", renditions="webp-80")
            use(cache, day + 1, "shop", renditions="webp-70", has_fetched=False)

        assert files(cache) == sorted(kept)
        assert {"listing/main", "listing/shop"} <= keys(cache)

    def test_a_build_without_news_writes_once_a_day(self, tmp_path: Path) -> None:
        cache = Counted(tmp_path / "cache")
        save_account(cache, "main", 1)
        use(cache, 0, "main", tokens=("token/0a",))
        written = []
        for day in (0, 0.1, 0.9, 1.1, 1.2, 2.0, 2.2):
            cache.writes = 0
            use(cache, day, "main", tokens=("token/0a",), has_fetched=False)
            written.append(cache.writes)
        cache.close()

        assert written == [0, 0, 0, 1, 0, 0, 1]

    @pytest.mark.parametrize(
        "news", [{"accounts": ("shop",)}, {"renditions": "avif-50"}, {"tokens": ("token/0b",)}]
    )
    def test_what_is_used_for_the_first_time_is_noted_at_once(
        self, tmp_path: Path, news: dict[str, Any]
    ) -> None:
        cache = Counted(tmp_path / "cache")
        use(cache, 0, "main")
        written = []
        for _ in range(2):
            cache.writes = 0
            accounts = ("main", *news.get("accounts", ()))
            other = {name: value for name, value in news.items() if name != "accounts"}
            use(cache, 0.1, *accounts, has_fetched=False, **other)
            written.append(cache.writes)
        cache.close()

        assert written == [1, 0]

    def test_renditions_of_other_settings_go_after_a_week(self, cache: Cache) -> None:
        save_listing(cache, "main", node(1))
        original, old, new = save_picture(cache, 1, b"original", b"old", b"new")
        rows = {"webp-70": [[old.name, 16, 16]], "webp-80": [[new.name, 16, 16]]}
        entry = {"original": original.name, "version": "2", "renditions": rows}
        cache.put("picture/1791/media_url", entry)
        use(cache, 0, "main", renditions="webp-70")
        use(cache, 1, "main")

        use(cache, 6.9, "main")
        assert old.exists()
        use(cache, 7.1, "main")

        assert files(cache) == sorted([original, new])
        assert cache.get("picture/1791/media_url") == {
            **entry,
            "renditions": {"webp-80": rows["webp-80"]},
            "schema": 1,
        }

    def test_a_file_that_settings_in_use_name_too_stays(self, cache: Cache) -> None:
        save_listing(cache, "main", node(1))
        original, both = save_picture(cache, 1, b"original", b"both")
        rows = [[both.name, 16, 16]]
        entry = {"original": original.name, "renditions": {"webp-70": rows, "webp-80": rows}}
        cache.put("picture/1791/media_url", entry)

        for day in (0, 8):
            use(cache, day, "main")

        assert files(cache) == sorted([original, both])

    def test_notes_on_tokens_go_after_30_days(self, cache: Cache) -> None:
        for fingerprint in ("0a", "0b"):
            cache.put(f"token/{fingerprint}", {"seen_at": NOW.isoformat()})
        use(cache, 0, "main", tokens=("token/0a", "token/0b"))

        use(cache, 29, "main", tokens=("token/0b",))
        assert "token/0a" in keys(cache)
        use(cache, 31, "main", tokens=("token/0b",))

        assert {key for key in keys(cache) if key.startswith("token/")} == {"token/0b"}

    def test_what_an_earlier_version_saved_is_taken_as_used_now(self, cache: Cache) -> None:
        cache.put("tidied", {"at": START - 100 * DAY})
        kept = save_account(cache, "old", 2)

        for day in (0, 29):
            use(cache, day, "main")
        assert files(cache) == sorted(kept)
        use(cache, 31, "main")

        assert files(cache) == []

    @pytest.mark.parametrize(
        "at",
        [START + 365 * DAY, -1.0, float("inf"), float("nan"), 10**400, 0, True, "", None, [], {}],
        ids=repr,
    )
    def test_a_time_that_cannot_be_right_removes_nothing(self, cache: Cache, at: object) -> None:
        kept = save_account(cache, "old", 2)
        cache.put("tidied", {"at": at, "used": {"account/old": at, "renditions/webp-80": at}})

        use(cache, 0, "main", renditions="webp-70", has_fetched=False)

        assert files(cache) == sorted(kept)

    def test_a_build_whose_clock_is_behind_makes_nothing_old(self, cache: Cache) -> None:
        kept = save_account(cache, "main", 1) + save_account(cache, "shop", 2)
        use(cache, 0, "main", "shop")

        for day in (-20_000, 1):
            use(cache, day, "main")

        assert files(cache) == sorted(kept)

    @pytest.mark.parametrize("name", ["a/b", "..", "", "../../x", "a b", "ä"])
    def test_an_odd_name_goes_like_any_other(self, cache: Cache, name: str) -> None:
        save_account(cache, name, 2)

        for day in (0, 31):
            use(cache, day, "main")

        assert keys(cache) == {"tidied"}
        assert files(cache) == []

    @pytest.mark.parametrize("used", [None, [], "x", 5, {"": START}, {"a": {}}])
    def test_a_damaged_note_is_no_obstacle(self, cache: Cache, used: object) -> None:
        cache.put("tidied", {"at": START, "used": used})
        save_account(cache, "main", 1)

        use(cache, 0, "main")

        assert set((cache.get("tidied") or {})["used"]) == {"account/main", "renditions/webp-80"}
