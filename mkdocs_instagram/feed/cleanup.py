"""What leaves the cache: what no feed names any more, or all that an account saved."""

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

from .listing import listed_media, listed_media_ids

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache

_DAY = 86400.0
_LISTS = (LISTING, FOUND)
_FILES = {PICTURE: images.list_digests, VIDEO: videos.list_digests}


class Purged(NamedTuple):
    """What was forgotten: media of the feed, and files of pictures and videos."""

    media: int
    files: int


def clean_up(cache: "Cache", shown: set[str], now: float, *, has_fetched: bool) -> None:
    """Remove what no feed needs: after a build that fetched something, else once a day.

    Where the cache cannot tell what it needs, nothing is removed.

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
            remove_orphans(cache, shown, now)
            cache.put(TIDIED, {"at": now})


def remove_orphans(cache: "Cache", shown: set[str], now: float) -> None:
    """Forget the files of media neither shown nor saved, then those that nothing names.

    Args:
        cache: The site's.
        shown: Ids of what this build showed.
        now: Unix seconds.

    Raises:
        CacheUnusable: The entries cannot be told. Caught by `clean_up`.
    """
    listed = shown | _ids(cache, (key for prefix in _LISTS for key in cache.keys(prefix)))
    named: set[str] = set()
    for key, media_id, digests in _entries(cache):
        if media_id in listed:
            named |= digests
        else:
            cache.delete(key)
    cache.remove_media(named, now)


def purge(cache: "Cache", account: str) -> Purged:
    """Forget an account's saved feed, what was found for it, and the files of both.

    Files that another account's feed needs stay.

    Raises:
        CacheUnusable: The entries cannot be told. Caught by `cli`.
    """
    ours = [key(account) for key in (listing_key, found_key, throttle_key, removed_key)]
    media = {item.id for key in ours for item in listed_media(cache.get(key) or {})}
    others = [key for prefix in _LISTS for key in cache.keys(prefix) if key not in ours]
    gone = _ids(cache, ours) - _ids(cache, others)
    for key in ours:
        cache.delete(key)
    forgotten: set[str] = set()
    needed: set[str] = set()
    for key, media_id, digests in _entries(cache):
        if media_id in gone:
            forgotten |= digests
            cache.delete(key)
        else:
            needed |= digests
    return Purged(len(media), sum(cache.delete_media(digest) for digest in forgotten - needed))


def _ids(cache: "Cache", keys: Iterable[str]) -> set[str]:
    return {media_id for key in keys for media_id in listed_media_ids(cache.get(key) or {})}


def _entries(cache: "Cache") -> Iterator[tuple[str, str, set[str]]]:
    """Yield the key of each entry of files, the id of its node, and the digests that it names."""
    for prefix, list_digests in _FILES.items():
        for key in cache.keys(prefix):
            yield key, find_node_id(key), list_digests(cache.get(key) or {})
