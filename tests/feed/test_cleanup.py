"""Everything saved of one account is removed, except what another account shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.feed.cleanup import Purged, purge
from mkdocs_instagram.instagram.models import JSON

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)


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
