"""What is saved of an account, as JSON entries: its listing, and media found by shortcode.

Performs no I/O but through the store passed in. Media are saved in the API's shape and read back by
`graph`, so that cached JSON passes through the same parser as a live answer.
"""

from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, found_key, listing_key, read_moment
from mkdocs_instagram.config.models import name_command
from mkdocs_instagram.errors import InstagramError, OtherUser, Unreachable
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import JSON, Media, User
from mkdocs_instagram.models import Listing

EMPTY_ANSWERS_BELIEVED = 3
_CLOCK_SLACK = timedelta(minutes=5)
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


def find_oldest(items: tuple[Media, ...]) -> datetime | None:
    """Return the time of the oldest media; `None` when no time is known."""
    return min((media.timestamp for media in items if media.timestamp), default=None)


class SavedListing:
    """What is saved of an account, and whose it is.

    Args:
        store: Where listings are kept.
        account: The account's name in mkdocs.yml.
        username: Whose feed it must be; "" for the one saved before, else anybody's.

    Attributes:
        listing: The newest one that may be shown; `None` without one, and for another user's.
    """

    def __init__(self, store: EntryStore, account: str, username: str) -> None:
        self._store = store
        self._account = account
        self.username = username
        saved = read_listing(store, account)
        self._owner = saved.user if saved else None
        self.listing = saved if saved and self._is_accepted(saved) else None

    def save(self, listing: Listing) -> None:
        """Save a listing in place of the one before."""
        self.listing = listing
        self._store.put(listing_key(self._account), encode_listing(listing))

    def check_user(self, user: User) -> None:
        """See that an answer is of the user whose feed it is.

        Raises:
            OtherUser: It is somebody else's.
        """
        if self.username and user.username.lower() == self.username.lower():
            return
        if self._owner and user.is_same_as(self._owner) and self.listing:
            return
        expected = self.username or (self._owner and (self._owner.username or self._owner.id))
        if not expected:
            return
        name = user.username or user.id
        raise OtherUser(
            f"The token belongs to {name}, but this feed is {expected}'s.",
            f"If {name} is right, set `username: {user.username}` for the account in mkdocs.yml, "
            f"or run `{name_command('purge', self._account)}`; else use a token of the other user.",
        )

    def check_empty(self, user: User) -> None:
        """Believe that an account has no media when it says so, or sends none again and again.

        Raises:
            Unreachable: It is not believed yet.
        """
        saved = self.listing
        if saved is None or not saved.items or user.media_count == 0:
            return
        answers = saved.empty_answers + 1
        if answers < EMPTY_ANSWERS_BELIEVED:
            counted = encode_listing(saved._replace(empty_answers=answers))
            self._store.put(listing_key(self._account), counted)
            raise Unreachable(f"Instagram sent no media, though {len(saved.items)} are saved.")

    def _is_accepted(self, saved: Listing) -> bool:
        names = {saved.user.username.lower(), saved.accepted_as.lower()}
        return not self.username or self.username.lower() in names


def is_fresh(listing: Listing, max_age: timedelta, now: datetime) -> bool:
    """Tell whether a listing is younger than `max_age`, or of this very moment.

    Of this moment is one that was read in the same run, for another language of the site.
    """
    age = now - listing.fetched_at
    return age == timedelta(0) or -_CLOCK_SLACK <= age < max_age


def read_listing(store: EntryStore, account: str) -> Listing | None:
    """Return an account's saved listing; `None` for none, and for one not in our shape."""
    return decode_listing(store.get(listing_key(account)))


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
