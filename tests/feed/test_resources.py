"""Client, cache and token store are opened when they are first needed, and closed once."""

from pathlib import Path

import pytest

from mkdocs_instagram.errors import CacheUnusable
from mkdocs_instagram.feed.resources import Resources
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.tokens.store import TokenStore


def open_nothing() -> Client:
    raise AssertionError("nobody needs a client")


def make(folder: Path) -> Resources:
    return Resources(folder / "cache", open_nothing, lambda: TokenStore(folder / "config"))


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    resources = make(tmp_path)

    assert resources.find_cache() is None
    assert resources.cache is None
    resources.close()

    assert list(tmp_path.iterdir()) == []


def test_each_thing_is_opened_once(tmp_path: Path) -> None:
    resources = make(tmp_path)

    cache = resources.open_writable_cache()

    assert cache is resources.open_cache() is resources.find_cache()
    assert resources.store is resources.store
    assert resources.take_cache_warnings() == []
    resources.close()


def test_what_is_wrong_with_a_cache_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine", encoding="utf-8")
    resources = make(tmp_path)
    assert resources.take_cache_warnings() == []
    with pytest.raises(CacheUnusable):
        resources.open_writable_cache()

    resources.open_cache().put("listing/main", {})

    (told,) = resources.take_cache_warnings()
    assert str(tmp_path / "cache") in told
    assert resources.take_cache_warnings() == []
    resources.close()
