"""Removal of saved feeds and files."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from mkdocs_instagram.cache import picture_entries, videos
from mkdocs_instagram.cache.keys import (
    FOUND,
    LISTING,
    PICTURE,
    REMOVED,
    THROTTLE,
    TIDIED,
    TOKEN,
    VIDEO,
    find_node_id,
)
from mkdocs_instagram.errors import CacheUnusable

from .listing import list_node_ids, read_media

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache

_DAY = 86400.0
_LISTS = (LISTING, FOUND)
_OF_ACCOUNT = (*_LISTS, THROTTLE, REMOVED)
_FILES = {PICTURE: picture_entries.list_digests, VIDEO: videos.list_digests}
_ACCOUNT, _RENDITIONS = "account/", "renditions/"
_KEPT = {_ACCOUNT: 30 * _DAY, TOKEN: 30 * _DAY, _RENDITIONS: 7 * _DAY}


class Purged(NamedTuple):
    """How much was removed: media of the feed, and files of pictures and videos."""

    media: int
    files: int


class Use(NamedTuple):
    """What a build uses of the cache.

    Attributes:
        shown: Ids of the nodes that it shows.
        accounts: The names in its mkdocs.yml, without the demo.
        renditions: The keys of the files that it makes of pictures.
        tokens: The keys of its tokens.
    """

    shown: set[str]
    accounts: set[str]
    renditions: set[str]
    tokens: set[str]

    def list_names(self) -> set[str]:
        """Return the names of all but `shown` in the entry `tidied`."""
        accounts = {f"{_ACCOUNT}{name}" for name in self.accounts}
        return accounts | {f"{_RENDITIONS}{key}" for key in self.renditions} | self.tokens


def clean_up(cache: "Cache", use: Use, now: float, *, has_fetched: bool) -> None:
    """Remove what no feed needs, and what no build has used for a long time.

    After a build that fetched a feed, or that uses something for the first time; otherwise once a
    day. Several sites may share a cache: what this build does not use goes 30 days after the last
    build that used it, and renditions, which can be made again, after 7 days. If the cache cannot
    list its entries, nothing is removed.

    Args:
        cache: The site's.
        use: What this build uses.
        now: Unix seconds.
        has_fetched: Whether this build fetched a feed.
    """
    tidied = cache.get(TIDIED) or {}
    used = _read_times(tidied.get("used"))
    is_clean = 0 <= now - _read_times(tidied).get("at", 0.0) < _DAY
    names = use.list_names()
    if has_fetched or not is_clean or not names <= used.keys():
        with suppress(CacheUnusable):
            kept = _remove_unused(cache, names, used, now)
            _remove_orphans(cache, use.shown, now)
            cache.put(TIDIED, {"at": now, "used": kept})


def _read_times(saved: object) -> dict[str, float]:
    """Return the times in a saved mapping; other values are left out."""
    pairs = saved.items() if isinstance(saved, dict) else ()
    return {name: at for name, at in pairs if isinstance(at, float) and 0 <= at < inf}


def _remove_unused(
    cache: "Cache", in_use: set[str], used: Mapping[str, float], now: float
) -> dict[str, float]:
    """Remove what was not used for a long time; return when what stays was last used.

    What has no time, because an earlier version saved it, is taken to be used now. A time in the
    future stays: the clock may be wrong now.
    """
    saved = {f"{_ACCOUNT}{name}" for name in list_accounts(cache)} | set(cache.keys(TOKEN))
    for key in cache.keys(PICTURE):
        saved |= {
            f"{_RENDITIONS}{name}" for name in picture_entries.list_targets(cache.get(key) or {})
        }
    kept = dict.fromkeys(in_use, now)
    old_targets = set()
    for name in saved - in_use:
        at = used.get(name, now)
        prefix, _, rest = name.partition("/")
        if now - at < _KEPT[f"{prefix}/"]:
            kept[name] = at
        elif name.startswith(_ACCOUNT):
            purge(cache, rest)
        elif name.startswith(_RENDITIONS):
            old_targets.add(rest)
        else:
            cache.delete(name)
    if old_targets:
        _remove_renditions(cache, old_targets)
    return kept


def _remove_renditions(cache: "Cache", targets: set[str]) -> None:
    """Remove the renditions for some targets from all entries, and their files."""
    unneeded: set[str] = set()
    for key in cache.keys(PICTURE):
        entry = cache.get(key) or {}
        if targets & picture_entries.list_targets(entry):
            kept = picture_entries.drop_renditions(entry, targets)
            unneeded |= picture_entries.list_digests(entry) - picture_entries.list_digests(kept)
            cache.put(key, kept)
    _delete_unneeded(cache, unneeded)


def _remove_orphans(cache: "Cache", shown: set[str], now: float) -> None:
    """Remove the files of media that are neither shown nor saved, and their entries.

    A file stays for a day, and its entry too: a post that comes back is not downloaded again.
    """
    before = now - _DAY
    listed = shown | _list_ids(cache, _list_keys(cache))
    named: set[str] = set()
    orphans = []
    for key, media_id, digests in _list_file_entries(cache):
        if media_id in listed or any(_is_young(cache, digest, before) for digest in digests):
            named |= digests
        else:
            orphans.append(key)
    cache.delete(*orphans)
    cache.remove_media(named, before)


def _is_young(cache: "Cache", digest: str, before: float) -> bool:
    try:
        return cache.locate_media(digest).lstat().st_mtime >= before
    except OSError:
        return False


def list_accounts(cache: "Cache") -> list[str]:
    """Return the names of the accounts for which something is saved.

    Raises:
        CacheUnusable: The cache cannot list its entries. Caught by `cli` and `status`.
    """
    keys = [key for key in cache.keys("") if key.startswith(_OF_ACCOUNT)]
    return sorted({key.partition("/")[2] for key in keys})


def count_media(cache: "Cache", account: str) -> int:
    """Return how many media are saved for an account: of its feed, and found ones."""
    keys = _list_keys_of(account)
    return len({media.id for key in keys for media in read_media(cache.get(key) or {})})


def purge(cache: "Cache", account: str, shown: Collection[str] = ()) -> Purged:
    """Remove an account's saved feed, its found posts, and the files of both.

    Files that another account's feed needs stay.

    Args:
        cache: The site's.
        account: Its name.
        shown: Ids of nodes that it shows although they are not saved: those of the demo.

    Raises:
        CacheUnusable: The cache cannot list its entries. Caught by `cli` and `session`.
    """
    ours = _list_keys_of(account)
    media = count_media(cache, account)
    others = [key for key in _list_keys(cache) if key not in ours]
    gone = _list_ids(cache, ours) - _list_ids(cache, others) | set(shown)
    unneeded: set[str] = set()
    for key, media_id, digests in _list_file_entries(cache):
        if media_id in gone:
            unneeded |= digests
            ours.append(key)
    cache.delete(*ours)
    return Purged(media, _delete_unneeded(cache, unneeded))


def _delete_unneeded(cache: "Cache", digests: set[str]) -> int:
    """Delete those files that no entry names any longer; return how many."""
    needed = {digest for _, _, named in _list_file_entries(cache) for digest in named}
    return sum(cache.delete_media(digest) for digest in digests - needed)


def _list_keys_of(account: str) -> list[str]:
    return [f"{prefix}{account}" for prefix in _OF_ACCOUNT]


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
