"""The saved listing of an account."""

from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, listing_key, read_moment
from mkdocs_instagram.config.models import name_command
from mkdocs_instagram.errors import InstagramError, OtherUser
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import JSON, Media, User

from .models import Listing

_HALF_ANSWERS_BELIEVED = 3
# Before half answers were counted too, it was called empty_answers.
_COUNT = "half_answers"
_FEW_LOST = 3
_TENTH = 10
_CLOCK_SLACK = timedelta(minutes=5)


def read_media(entry: JSON) -> tuple[Media, ...]:
    """Return the media of a saved listing, or of saved found posts.

    They are saved in the API's shape, so that cached JSON passes through the parser of answers.
    """
    data = entry.get("media")
    return graph.decipher_batch({"data": data if isinstance(data, list) else []}).items


def list_node_ids(entry: JSON) -> set[str]:
    """Return the ids in a saved listing, or in saved found posts: of user, media and children."""
    items = read_media(entry)
    user = entry.get("user")
    users = {str(user.get(name)) for name in ("id", "user_id")} if isinstance(user, dict) else set()
    children = {child.id for media in items for child in media.children}
    return users | {media.id for media in items} | children


def list_lost(saved: Listing | None, current: tuple[Media, ...]) -> tuple[Media, ...]:
    """Return the saved media that are not in `current`."""
    known = {media.id for media in current}
    return tuple(media for media in saved.items if media.id not in known) if saved else ()


def find_oldest(items: tuple[Media, ...]) -> datetime | None:
    """Return the time of the oldest media; `None` when no time is known."""
    return min((media.timestamp for media in items if media.timestamp), default=None)


def list_older(listing: Listing | None, current: tuple[Media, ...]) -> tuple[Media, ...]:
    """Return the listing's media that are older than all of `current`; all, if it is empty."""
    oldest = find_oldest(current)
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


class Unsaved(dict[str, JSON]):
    """The entries of a folder: if they were saved, no other account could take its name."""

    put = dict.__setitem__


class SavedListing:
    """What is saved of an account, and of which user it is.

    Args:
        store: Has the listings.
        account: The account's name in mkdocs.yml.
        username: The user of the feed; "" for the user saved before, or any user if none is.

    Attributes:
        listing: The one before the first fetch of this build that may be shown; `None` without
            one, and for another user's.
    """

    def __init__(self, store: EntryStore, account: str, username: str) -> None:
        self._store = store
        self._account = account
        self.username = username
        saved = read_listing(store, account)
        self._owner = saved.user if saved else None
        self._half_answers = saved.half_answers if saved else 0
        self.listing = saved if saved and self._is_accepted(saved) else None

    def save(self, listing: Listing) -> None:
        """Save a listing for the next build."""
        self._store.put(listing_key(self._account), encode_listing(listing))

    def check_user(self, user: User) -> None:
        """Check that an answer is of the user of the feed; forget what is saved of another user.

        Raises:
            OtherUser: It is of another user. Caught by `loader`.
        """
        owner = self._owner
        expected = self.username or (owner and (owner.username or owner.id))
        is_named = self.username and user.username.lower() == self.username.lower()
        is_saved = owner and user.is_same_as(owner) and self.listing
        if not expected or is_named or is_saved:
            if owner and not user.is_same_as(owner):
                self.listing = None
            return
        name = user.username or user.id
        raise OtherUser(
            f"The token belongs to {name}, but this feed is {expected}'s.",
            f"If {name} is right, set `username: {user.username}` for the account in mkdocs.yml, "
            f"or run `{name_command('purge', self._account)}`. Otherwise, use a token of "
            f"{expected}.",
        )

    def complete(self, listing: Listing, *, is_cut: bool) -> Listing:
        """Return a listing that was read to its end, as a complete one.

        If only a part of the account came, the missing saved media are added, and the listing is
        not complete. The third build in a row that gets only a part believes it.

        Args:
            listing: What was read.
            is_cut: A batch or a cursor was repeated, or is missing.
        """
        lost = list_lost(self.listing, listing.current)
        answers = self._half_answers + 1
        if answers >= _HALF_ANSWERS_BELIEVED or not _is_half(listing, len(lost), is_cut=is_cut):
            return listing._replace(items=listing.current, is_complete=True)
        if self.listing and not listing.depth:  # `listing` is not saved
            self.save(self.listing._replace(half_answers=answers))
        return listing._replace(items=listing.current + lost, half_answers=answers)

    def _is_accepted(self, saved: Listing) -> bool:
        names = {saved.user.username.lower(), saved.accepted_as.lower()}
        return not self.username or self.username.lower() in names


def _is_half(listing: Listing, lost: int, *, is_cut: bool) -> bool:
    """Tell whether a listing, without `lost` saved media, is probably only a part of the account.

    A few posts may be deleted at any time, and the count may contain posts that are never listed.
    """
    expected = listing.expected
    if not lost or (expected is not None and listing.depth >= expected):
        return False
    if is_cut or not listing.depth:
        return True
    return (
        expected is not None
        and _TENTH * (expected - listing.depth) >= expected
        and lost > _FEW_LOST
    )


def is_fresh(listing: Listing, max_age: timedelta, now: datetime) -> bool:
    """Tell whether a listing is younger than `max_age`, or was read in this run.

    A run builds a site once for each of its languages, all at the same `now`.
    """
    age = now - listing.fetched_at
    return age == timedelta(0) or -_CLOCK_SLACK <= age < max_age


def read_listing(store: EntryStore, account: str) -> Listing | None:
    """Return an account's saved listing; `None` without one that is in our shape."""
    return decode_listing(store.get(listing_key(account)))


def encode_listing(listing: Listing) -> JSON:
    """Return the entry that `decode_listing` reads."""
    return {
        "user": graph.encode_user(listing.user),
        "media": [graph.encode_media(media) for media in listing.items],
        "depth": listing.depth,
        "is_complete": listing.is_complete,
        "fetched_at": listing.fetched_at.isoformat(),
        "accepted_as": listing.accepted_as,
        _COUNT: listing.half_answers,
        "batch_limit": listing.batch_limit,
    }


def decode_listing(entry: JSON | None) -> Listing | None:
    """Return a saved listing; `None` without one that is in our shape."""
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
            half_answers=int(entry[_COUNT if _COUNT in entry else "empty_answers"]),
            batch_limit=max(1, int(entry.get("batch_limit", graph.MAX_LIMIT))),
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, InstagramError):
        return None
