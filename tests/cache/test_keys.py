"""The entries shown in the docstrings of `keys`."""

import inspect
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mkdocs_instagram.cache import keys
from mkdocs_instagram.errors import AppRemoved
from mkdocs_instagram.feed.app_removal import note_removal
from mkdocs_instagram.feed.found_posts import FoundPosts
from mkdocs_instagram.feed.listing import decode_listing, encode_listing
from mkdocs_instagram.instagram.models import JSON, OfferedVideo, Picture
from mkdocs_instagram.instagram.secrets import Token
from mkdocs_instagram.tokens.expiry import find_expiry, note_expiry, note_seen
from mkdocs_instagram.tokens.store import FoundToken

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
TOKEN = Token("word")


class Store(dict[str, JSON]):
    """Entries in memory."""

    def put(self, key: str, entry: JSON) -> None:
        self[key] = entry


def sample(key: Callable[..., str]) -> Any:
    """Return the JSON in a docstring."""
    text = inspect.getdoc(key) or ""
    found = re.search(r"^(\{.*?\})$(?=\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    assert found
    return json.loads(found[1])


@pytest.fixture
def store() -> Store:
    return Store()


def test_a_listing_is_written_as_shown() -> None:
    shown = sample(keys.listing_key)

    listing = decode_listing(shown)

    assert listing
    assert encode_listing(listing) == shown


def test_found_posts_are_written_as_shown(store: Store) -> None:
    shown = store[keys.found_key("main")] = sample(keys.found_key)
    posts = FoundPosts(store, "main", NOW)
    (media,) = posts.list_found(("C0001abcDEF",))
    posts.note_check(media, is_gone=False)

    assert store == {keys.found_key("main"): shown}


def test_refusals_are_written_as_shown(store: Store) -> None:
    shown = sample(keys.removed_key)
    for moment in shown["refused"]:
        at = datetime.fromisoformat(moment)
        note_removal(AppRemoved("", answered_at=at), "main", store)

    assert store == {keys.removed_key("main"): shown}


def test_notes_on_a_token_are_written_as_shown(store: Store) -> None:
    shown = sample(keys.token_key)
    store[keys.token_key(TOKEN)] = {"tried_at": shown["tried_at"]}
    ends = datetime.fromisoformat(shown["expires_at"])

    note_seen(FoundToken(TOKEN), store, NOW)
    note_expiry(TOKEN, ends, store)

    assert store == {keys.token_key(TOKEN): shown}
    expiry = find_expiry(FoundToken(TOKEN), store)
    assert expiry
    assert expiry.at == ends


def test_the_node_is_read_from_the_key_of_its_file() -> None:
    for key in (
        keys.picture_key(Picture("17900", "media_url", "")),
        keys.video_key(OfferedVideo("17900", "")),
    ):
        assert keys.find_node_id(key) == "17900"


@pytest.mark.parametrize(
    ("saved", "moment"),
    [
        ("2026-07-23T12:00:00+00:00", NOW),
        ("2026-07-23T14:00:00+02:00", NOW),
        ("2026-07-23T12:00:00", NOW),
        ("0001-01-01T00:00:00+14:00", None),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("9999-12-31T23:59:59", None),
        ("1969-12-31T23:59:59Z", None),
        ("yesterday", None),
        (1784808000, None),
        (None, None),
    ],
)
def test_a_time_is_utc_and_near_enough_to_count_with(
    saved: object, moment: datetime | None
) -> None:
    assert keys.read_moment(saved) == moment
