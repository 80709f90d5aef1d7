"""Posts that were found by shortcode."""

from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, found_key, read_moment
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import Media

from .listing import find_oldest, read_media
from .models import Listing

_SEARCH_AGAIN = timedelta(days=1)
_KEPT = timedelta(days=30)


class FoundPosts:
    """The media that options name by shortcode: found once by paging, then saved.

    A shortcode that was not found is searched for again after a day.
    """

    def __init__(self, store: EntryStore, account: str, now: datetime) -> None:
        self._store = store
        self._key = found_key(account)
        self._now = now
        entry = store.get(self._key) or {}
        self._found = {media.shortcode: media for media in read_media(entry)}
        self._missing = _read_moments(entry.get("missing"))
        self._seen = _read_moments(entry.get("seen"))
        self._asked: set[str] = set()

    def list_found(self, codes: tuple[str, ...]) -> list[Media]:
        """Return the media of those of `codes` that were found, in the same order."""
        self._asked.update(codes)
        return [self._found[code] for code in codes if code in self._found]

    def list_due(self, codes: tuple[str, ...]) -> list[Media]:
        """Return the found media that nobody has seen on Instagram for a day."""
        return [
            media
            for media in self.list_found(codes)
            if not self._is_recent(self._seen, media.shortcode)
        ]

    def is_settled(self, code: str) -> bool:
        """Tell whether `code` needs no search: it was found, or was missing within the last day."""
        return code in self._found or self._is_recent(self._missing, code)

    def save(self, codes: tuple[str, ...], items: tuple[Media, ...], *, is_new: bool) -> None:
        """Save the media that have one of `codes`; `is_new` if `items` were just fetched."""
        found = {media.shortcode: media for media in items if media.shortcode in codes}
        if any(code not in self._found or is_new for code in found):
            self._found.update(found)
            self._seen.update(dict.fromkeys(found, self._now))
            for code in found:
                self._missing.pop(code, None)
            self._save()

    def note_missing(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Note the codes that the account does not have; return those that are newly missing."""
        unfound = tuple(code for code in codes if not self.is_settled(code))
        if unfound:
            self._missing.update(dict.fromkeys(unfound, self._now))
            self._save()
        return unfound

    def note_check(self, media: Media, *, is_gone: bool) -> None:
        """Note that Instagram was asked about a found media; drop it if it is gone."""
        if is_gone:
            del self._found[media.shortcode]
            self._missing[media.shortcode] = self._now
        else:
            self._seen[media.shortcode] = self._now
        self._save()

    def drop_gone(self, listing: Listing) -> None:
        """Drop found media that would be in the listing if they still existed.

        If the listing may lack more than them, they become due.
        """
        ids = {media.id for media in listing.current}
        oldest = find_oldest(listing.current)
        gone = []
        for code, media in self._found.items():
            is_newer = oldest and media.timestamp and media.timestamp > oldest
            if media.id not in ids and (listing.is_whole or is_newer):
                gone.append(code)
            elif media.id not in ids and listing.is_complete:
                self._seen.pop(code, None)
        for code in gone:
            del self._found[code]
        if gone:
            self._save()

    def drop_unused(self) -> None:
        """Drop the codes that no tag of this build names, and that are noted for 30 days."""
        noted = {**self._missing, **self._seen}
        old = {code for code, moment in noted.items() if self._now - moment >= _KEPT} - self._asked
        for codes in (self._found, self._missing, self._seen):
            for code in old & codes.keys():
                del codes[code]
        if old:
            self._save()

    def _is_recent(self, moments: dict[str, datetime], code: str) -> bool:
        moment = moments.get(code)
        return moment is not None and timedelta(0) <= self._now - moment < _SEARCH_AGAIN

    def _save(self) -> None:
        media = [graph.encode_media(item) for item in self._found.values()]
        missing = {code: moment.isoformat() for code, moment in self._missing.items()}
        seen = {code: moment.isoformat() for code, moment in self._seen.items()}
        self._store.put(self._key, {"media": media, "missing": missing, "seen": seen})


def _read_moments(value: object) -> dict[str, datetime]:
    """Return the times in a saved mapping; values that are not times are left out."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {code: moment for code, text in pairs if (moment := read_moment(text))}
