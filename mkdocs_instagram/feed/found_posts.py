"""Media found by shortcode, and kept; performs no I/O but through the store passed in."""

from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, found_key, read_moment
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import Media

from .listing import find_oldest
from .models import Listing

LOOK_AGAIN = timedelta(days=1)


class FoundPosts:
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
        oldest = find_oldest(listing.current)
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
