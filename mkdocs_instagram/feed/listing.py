"""The listing that is saved of an account, as a JSON entry.

Performs no I/O but through the store passed in. Media are saved in the API's shape and read back by
`graph`, so that cached JSON passes through the same parser as a live answer.
"""

from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, listing_key, read_moment
from mkdocs_instagram.config.models import name_command
from mkdocs_instagram.errors import InstagramError, OtherUser, Unreachable
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import JSON, Media, User

from .models import Listing

EMPTY_ANSWERS_BELIEVED = 3
_CLOCK_SLACK = timedelta(minutes=5)


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
