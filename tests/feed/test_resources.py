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

    cache = resources.open_cache_or_temporary()

    assert cache is resources.open_cache() is resources.find_cache()
    assert resources.store is resources.store
    assert resources.take_cache_warning() == ""
    resources.close()


def test_only_a_temporary_cache_takes_the_place_of_an_unusable_one(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine", encoding="utf-8")
    resources = make(tmp_path)
    with pytest.raises(CacheUnusable):
        resources.open_cache()

    cache = resources.open_cache_or_temporary()

    assert cache.folder.is_dir()
    assert str(tmp_path / "cache") in resources.take_cache_warning()
    assert resources.take_cache_warning() == ""
    resources.close()
    assert not cache.folder.exists()
