"""Entries of the right shape and with right sums, but with values that are not ours.

Somebody with access to the cache of a CI can write them.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from test_session import MAIN, NOW, TOKENS, Builds

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.cache.entries import Entries
from mkdocs_instagram.cache.vetting import seal
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.feed.messages import describe_feed
from mkdocs_instagram.tokens.expiry import warn_of_expiry

KINDS = ("listing/", "found/", "picture/", "token/", "throttle/", "removed/", "tidied")
# Written as JSON, as Python has no number for some of them.
VALUES = (
    "1e999",
    "-1e999",
    "NaN",
    "9" * 400,
    "-" + "9" * 18,
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59-14:00"',
    '"\\ud800"',
    "null",
    "[]",
    "{}",
)


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value in an entry, except the schema's."""
    if path != ("schema",):
        yield path
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value[:1])
    for key, inner in items:
        yield from walk(inner, (*path, key))


def spoil(entry: Any, path: tuple[Any, ...], value: str) -> str:
    """Return an entry's JSON with another value."""
    if not path:
        return value
    copy = json.loads(json.dumps(entry))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "planted"
    return json.dumps(copy).replace('"planted"', value)


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builds:
    for name, token in TOKENS.items():
        monkeypatch.setenv(name, token)
    return Builds(tmp_path / "cache", tmp_path / "site")


def read_entries(builds: Builds) -> dict[str, Any]:
    """Build once, and return an entry of each kind."""
    builds.build(MAIN)
    cache = Cache(builds.folder)
    cache.put("found/main", {"media": [], "missing": {"Code00099": f"{NOW:%FT%T+00:00}"}})
    cache.put("throttle/main", {"until": f"{NOW - timedelta(days=1):%FT%T+00:00}"})
    cache.put("removed/main", {"refused": [f"{NOW - timedelta(days=1):%FT%T+00:00}"]})
    keys = cache.keys("")
    chosen = [next(key for key in keys if key.startswith(kind)) for kind in KINDS]
    entries = {key: cache.get(key) for key in chosen}
    cache.close()
    return entries


@pytest.mark.parametrize("number", range(len(KINDS)), ids=KINDS)
def test_no_value_in_an_entry_stops_a_build(
    builds: Builds, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    key, entry = list(read_entries(builds).items())[number]
    planted: dict[str, str] = {}
    read = Entries.get
    monkeypatch.setattr(Entries, "get", lambda self, name: planted.get(name) or read(self, name))
    monkeypatch.setattr(Entries, "put", lambda *_: None)
    monkeypatch.setattr(Entries, "delete", lambda *_: None)

    for path in walk(entry):
        for value in VALUES:
            planted[key] = seal(spoil(entry, path, value))
            session = builds.open(NOW + timedelta(minutes=1))
            options = FeedOptions(post=("Code00001", "Code00099"), header=True)
            shown = [session.load(chosen, MAIN) for chosen in (FeedOptions(), options)]
            for one in shown:
                describe_feed(one, max_stale=timedelta(0), on_error="warn", now=NOW)
            warn_of_expiry(session.find_expiry(MAIN), MAIN, NOW)
            told = session.finish()
            session.close()

            assert (told, session.take_cache_warnings()) == ("", []), (path, value)
            assert all(one.feed or one.error for one in shown), (path, value)
