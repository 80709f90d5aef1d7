"""What is saved of an account, as JSON entries: its listing, and media found by shortcode.

Performs no I/O but through the store passed in. Media are saved in the API's shape and read back by
`graph`, so that cached JSON passes through the same parser as a live answer.
"""

from datetime import datetime, timedelta
from typing import TypeVar

from . import graph
from .errors import InstagramError
from .keys import EntryStore, found_key, read_moment
from .models import JSON, Child, Listing, Media

Node = TypeVar("Node", Media, Child)

LOOK_AGAIN = timedelta(days=1)


class Finds:
    """Media sought by shortcode: found once by paging, then kept.

    What was not found is sought again a day later.
    """

    def __init__(self, store: EntryStore, account: str, now: datetime) -> None:
        self._store = store
        self._key = found_key(account)
        self._now = now
        entry = store.get(self._key) or {}
        kept = entry.get("media")
        items = graph.decipher_batch({"data": kept if isinstance(kept, list) else []}).items
        self._kept = {media.shortcode: media for media in items}
        self._missing = _read_moments(entry.get("missing"))
        self._seen = _read_moments(entry.get("seen"))

    def get(self, code: str) -> Media | None:
        """Return the kept media of a shortcode."""
        return self._kept.get(code)

    def known(self, codes: tuple[str, ...]) -> list[Media]:
        """Return the kept media of `codes`, in their order."""
        return [self._kept[code] for code in codes if code in self._kept]

    def is_settled(self, code: str) -> bool:
        """Tell whether a search for `code` is of no use: it is kept, or was missed within a day."""
        return code in self._kept or self._is_recent(self._missing, code)

    def keep(self, codes: tuple[str, ...], items: tuple[Media, ...], *, is_new: bool) -> None:
        """Keep those of `items` that have one of `codes`; `is_new` when they were just fetched."""
        found = {media.shortcode: media for media in items if media.shortcode in codes}
        if any(code not in self._kept or is_new for code in found):
            self._kept.update(found)
            self._seen.update(dict.fromkeys(found, self._now))
            for code in found:
                self._missing.pop(code, None)
            self._save()

    def due(self, codes: tuple[str, ...]) -> list[Media]:
        """Return the kept media of `codes` that were not seen on Instagram for a day."""
        return [
            media for media in self.known(codes) if not self._is_recent(self._seen, media.shortcode)
        ]

    def note_seen(self, media: Media, *, is_gone: bool) -> None:
        """Note that a kept media was asked after; drop it if it is gone."""
        if is_gone:
            del self._kept[media.shortcode]
            self._missing[media.shortcode] = self._now
        else:
            self._seen[media.shortcode] = self._now
        self._save()

    def _is_recent(self, moments: dict[str, datetime], code: str) -> bool:
        moment = moments.get(code)
        return moment is not None and timedelta(0) <= self._now - moment < LOOK_AGAIN

    def miss(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Note and return the codes that turned out not to be there, but those known before."""
        unfound = tuple(code for code in codes if not self.is_settled(code))
        if unfound:
            self._missing.update(dict.fromkeys(unfound, self._now))
            self._save()
        return unfound

    def drop_gone(self, listing: Listing) -> None:
        """Drop kept media that the listing would hold if they were still there."""
        ids = {media.id for media in listing.current}
        oldest = _find_oldest(listing.current)
        gone = [
            code
            for code, media in self._kept.items()
            if media.id not in ids
            and (
                listing.is_complete or bool(oldest and media.timestamp and media.timestamp > oldest)
            )
        ]
        for code in gone:
            del self._kept[code]
        if gone:
            self._save()

    def _save(self) -> None:
        media = [graph.encode_media(item) for item in self._kept.values()]
        missing = {code: moment.isoformat() for code, moment in self._missing.items()}
        seen = {code: moment.isoformat() for code, moment in self._seen.items()}
        self._store.put(self._key, {"media": media, "missing": missing, "seen": seen})


def _read_moments(value: object) -> dict[str, datetime]:
    """Return the times of a saved map, those that are none left out."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {code: moment for code, text in pairs if (moment := read_moment(text))}


def listed_media(entry: JSON) -> tuple[Media, ...]:
    """Return the media of a saved entry of listings or finds."""
    data = entry.get("media")
    return graph.decipher_batch({"data": data if isinstance(data, list) else []}).items


def listed_media_ids(entry: JSON) -> set[str]:
    """Return the ids that a saved entry of listings or finds names: of user, media, children."""
    items = listed_media(entry)
    user = entry.get("user")
    users = {str(user.get(name)) for name in ("id", "user_id")} if isinstance(user, dict) else set()
    children = {child.id for media in items for child in media.children}
    return users | {media.id for media in items} | children


def _find_oldest(items: tuple[Media, ...]) -> datetime | None:
    return min((media.timestamp for media in items if media.timestamp), default=None)


def older_media(listing: Listing | None, current: tuple[Media, ...]) -> tuple[Media, ...]:
    """Return the listing's media that lie behind the oldest of `current`; all, if it is empty."""
    oldest = _find_oldest(current)
    if listing is None or not current:
        return listing.items if listing else ()
    if oldest is None:
        return ()
    known = {media.id for media in current}
    return tuple(
        media
        for media in listing.items
        if media.id not in known and media.timestamp and media.timestamp < oldest
    )


def recall_pictures(items: tuple[Media, ...], saved: Listing | None) -> tuple[Media, ...]:
    """Return `items`; one that lost its type or its picture's address has those saved of it.

    Instagram leaves addresses out now and then, or for good, and the picture itself is most likely
    in the cache, by the id of its media or child.
    """
    known = {media.id: media for media in saved.items} if saved else {}
    return tuple(_recall(media, known[media.id]) if media.id in known else media for media in items)


def _recall(media: Media, saved: Media) -> Media:
    if not media.is_known:
        media = media._replace(media_type=saved.media_type)
    if media.is_carousel:
        known = {child.id: child for child in saved.children}
        children = tuple(
            _recall_address(child, known[child.id]) if child.id in known else child
            for child in media.children
        )
        media = media._replace(children=children or saved.children)
    return _recall_address(media, saved)


def _recall_address(node: Node, saved: Node) -> Node:
    if node.picture or not saved.picture or saved.picture.media_id != node.id:
        return node
    url = saved.picture.url
    if saved.picture.field_name == "thumbnail_url":
        return node._replace(thumbnail_url=url)
    return node._replace(media_url=url)


def encode_listing(listing: Listing) -> JSON:
    """Return the entry that `decode_listing` reads back."""
    return {
        "user": graph.encode_user(listing.user),
        "media": [graph.encode_media(media) for media in listing.items],
        "depth": listing.depth,
        "is_complete": listing.is_complete,
        "fetched_at": listing.fetched_at.isoformat(),
        "accepted_as": listing.accepted_as,
        "empty_answers": listing.empty_answers,
    }


def decode_listing(entry: JSON | None) -> Listing | None:
    """Return the saved listing; `None` for none, and for one that is not in our shape."""
    if entry is None:
        return None
    try:
        items = graph.decipher_batch({"data": entry["media"]}).items
        fetched_at = read_moment(entry["fetched_at"])
        if fetched_at is None:
            return None
        return Listing(
            user=graph.decipher_user(entry["user"]),
            items=items,
            depth=min(int(entry["depth"]), len(items)),
            is_complete=entry["is_complete"] is True,
            fetched_at=fetched_at,
            accepted_as=str(entry["accepted_as"]),
            empty_answers=int(entry["empty_answers"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InstagramError):
        return None
