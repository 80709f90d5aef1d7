"""Removal of saved feeds and files."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from mkdocs_instagram.cache import images, videos
from mkdocs_instagram.cache.keys import (
    FOUND,
    LISTING,
    PICTURE,
    TIDIED,
    VIDEO,
    find_node_id,
    found_key,
    listing_key,
    removed_key,
    throttle_key,
)
from mkdocs_instagram.errors import CacheUnusable

from .listing import list_node_ids, read_media

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache

_DAY = 86400.0
_LISTS = (LISTING, FOUND)
_FILES = {PICTURE: images.list_digests, VIDEO: videos.list_digests}


class Purged(NamedTuple):
    """How much was removed: media of the feed, and files of pictures and videos."""

    media: int
    files: int


def clean_up(cache: "Cache", shown: set[str], now: float, *, has_fetched: bool) -> None:
    """Remove what no feed needs: after a build that fetched a feed, otherwise once a day.

    If the cache cannot list its entries, nothing is removed.

    Args:
        cache: The site's.
        shown: Ids of what this build showed.
        now: Unix seconds.
        has_fetched: Whether this build fetched a feed.
    """
    cleaned_at = (cache.get(TIDIED) or {}).get("at")
    is_clean = isinstance(cleaned_at, float) and 0 <= now - cleaned_at < _DAY
    if has_fetched or not is_clean:
        with suppress(CacheUnusable):
            _remove_orphans(cache, shown, now)
            cache.put(TIDIED, {"at": now})


def _remove_orphans(cache: "Cache", shown: set[str], now: float) -> None:
    """Remove the entries of media that are neither shown nor saved, then files without an entry."""
    listed = shown | _list_ids(cache, _list_keys(cache))
    named: set[str] = set()
    orphans = []
    for key, media_id, digests in _list_file_entries(cache):
        if media_id in listed:
            named |= digests
        else:
            orphans.append(key)
    cache.delete(*orphans)
    cache.remove_media(named, before=now - _DAY)


def purge(cache: "Cache", account: str) -> Purged:
    """Remove an account's saved feed, its found posts, and the files of both.

    Files that another account's feed needs stay.

    Raises:
        CacheUnusable: The cache cannot list its entries. Caught by `cli` and `session`.
    """
    ours = [key(account) for key in (listing_key, found_key, throttle_key, removed_key)]
    media = {item.id for key in ours for item in read_media(cache.get(key) or {})}
    others = [key for key in _list_keys(cache) if key not in ours]
    gone = _list_ids(cache, ours) - _list_ids(cache, others)
    unneeded: set[str] = set()
    needed: set[str] = set()
    for key, media_id, digests in _list_file_entries(cache):
        if media_id in gone:
            unneeded |= digests
            ours.append(key)
        else:
            needed |= digests
    cache.delete(*ours)
    return Purged(len(media), sum(cache.delete_media(digest) for digest in unneeded - needed))


def _list_keys(cache: "Cache") -> list[str]:
    """Return the keys of the listings and found posts of all accounts."""
    return [key for prefix in _LISTS for key in cache.keys(prefix)]


def _list_ids(cache: "Cache", keys: Iterable[str]) -> set[str]:
    return {node_id for key in keys for node_id in list_node_ids(cache.get(key) or {})}


def _list_file_entries(cache: "Cache") -> Iterator[tuple[str, str, set[str]]]:
    """Yield the key of each entry of files, its node's id, and the digests that it names."""
    for prefix, list_digests in _FILES.items():
        for key in cache.keys(prefix):
            yield key, find_node_id(key), list_digests(cache.get(key) or {})
