"""`purge`: all that is saved of an account is forgotten."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import terminal
from .desk import Desk
from .images import list_digests
from .saved import listed_media, listed_media_ids

if TYPE_CHECKING:
    from .cache import Cache


@dataclass(frozen=True, slots=True)
class Purged:
    """What was forgotten: media of the feed, and files of pictures."""

    media: int
    files: int


def purge_account(desk: Desk) -> None:
    """Forget what is saved of the desk's account, and say how much it was.

    Raises:
        CacheUnusable: The entries cannot be told.
    """
    if (cache := desk.find_cache()) is None:
        terminal.say(f"Nothing is saved in {desk.site.cache_dir}.")
        return
    gone = purge(cache, desk.account.name)
    terminal.say(f"Forgot {gone.media} media of {desk.account.name}, and {gone.files} files.")


def purge(cache: "Cache", account: str) -> Purged:
    """Forget an account's saved feed, what was found for it, and the pictures of both.

    Pictures that another account's feed needs stay.

    Raises:
        CacheUnusable: The entries cannot be told. Caught by `cli`.
    """
    ours = [f"{kind}/{account}" for kind in ("listing", "found", "throttle")]
    media = {item.id for key in ours for item in listed_media(cache.get(key) or {})}
    ids = _media_ids(cache, ours)
    others = [
        key for prefix in ("listing/", "found/") for key in cache.keys(prefix) if key not in ours
    ]
    gone = ids - _media_ids(cache, others)
    for key in ours:
        cache.delete(key)
    digests: set[str] = set()
    needed: set[str] = set()
    for key in cache.keys("picture/"):
        entry = cache.get(key) or {}
        if key.split("/")[1] in gone:
            digests |= list_digests(entry)
            cache.delete(key)
        else:
            needed |= list_digests(entry)
    return Purged(len(media), sum(cache.delete_media(digest) for digest in digests - needed))


def _media_ids(cache: "Cache", keys: list[str]) -> set[str]:
    return {media_id for key in keys for media_id in listed_media_ids(cache.get(key) or {})}
