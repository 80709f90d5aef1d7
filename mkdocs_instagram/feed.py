"""Loads feeds: what is saved while it is fresh, else from Instagram, else what is saved after all.

The stale-if-error decision of RFC 5861, section 4, for media. It knows neither network nor folder:
both are passed in.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from . import graph
from .errors import AppRemoved, InstagramError, OtherUser, RateLimited, Unreachable
from .keys import EntryStore, listing_key, read_moment, throttle_key
from .models import Batch, Feed, Listing, Overrides, User, name_command
from .options import FeedOptions
from .pace import SERVE_PAUSE, Pace
from .removal import forget_removal, note_removal
from .saved import (
    Finds,
    decode_listing,
    encode_listing,
    older_media,
    recall_pictures,
)
from .selection import choose, is_answered, needs_many, sought

SMALL_BATCH = 25
MAX_MEDIA = 10_000
MAX_EMPTY_BATCHES = 5
EMPTY_ANSWERS_BELIEVED = 3
_NOTHING_TO_SHOW = "None of the {} media that Instagram sent can be shown."
_CLOCK_SLACK = timedelta(minutes=5)
_LONGEST_THROTTLE = timedelta(days=1)


class MediaSource(Protocol):
    """Where a user and media come from: a token's account, or a folder."""

    notes: list[str]

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        """Return the user and the newest media."""

    def next_batch(self, limit: int, after: str) -> Batch:
        """Return the media behind a cursor."""

    def is_gone(self, media_id: str) -> bool:
        """Tell whether a media was deleted."""


class AccountFeeds:
    """The feeds of one account in one build: tags share what is read.

    Args:
        name: The account in mkdocs.yml; part of the entries' keys.
        username: Whose feed it must be; "" for the one saved before, else anybody's.
        max_age: How long a listing is fresh.
        overrides: What mkdocs.yml says of single media.
        open_source: Called when Instagram must be asked; may raise a `TokenError`.
        store: Where listings are kept.
        pace: Whether asking is allowed now.
        now: The time of this build, in UTC.

    Attributes:
        is_live: The listing was fetched in this build.
        notes: What the source had to say, for the log.
        missed_pins: Pinned shortcodes that the account turned out, in this build, not to have.
    """

    def __init__(
        self,
        *,
        name: str,
        username: str,
        max_age: timedelta,
        overrides: Overrides,
        open_source: Callable[[], MediaSource],
        store: EntryStore,
        pace: Pace,
        now: datetime,
    ) -> None:
        self._name = name
        self._username = username
        self._max_age = max_age
        self._overrides = overrides
        self._open_source = open_source
        self._store = store
        self._pace = pace
        self._now = now
        self._saved = self._listing = decode_listing(store.get(listing_key(name)))
        if self._listing and not self._is_accepted(self._listing):
            self._listing = None
        self._source: MediaSource | None = None
        self._after: str | None = None
        self._cursors: set[str] = set()
        self._before: Listing | None = None
        self._empty_batches = 0
        self._has_pictures = False
        self._error: InstagramError | None = None
        self._has_refetched = False
        self._refetch_error: InstagramError | None = None
        self.is_live = False
        self._finds = Finds(store, name, now)
        self.notes: list[str] = []
        self.missed_pins: set[str] = set()

    def load(self, options: FeedOptions) -> Feed:
        """Return the newest feed we may show.

        No request while the saved listing is fresh and deep enough; after a failed call, what is
        saved with `stale_because` set.

        Raises:
            InstagramError: The call failed and nothing is saved. Caught by `session`.
        """
        codes = sought(options, self._overrides)
        error = self._refetch_error
        if not self._is_enough(options, codes):
            try:
                self._read_on(options, codes)
            except InstagramError as failure:
                error = failure
        if self._listing is None:
            raise error or Unreachable("Nothing was read.")
        return self._show(self._listing, options, codes, error)

    def refetch(self, options: FeedOptions) -> None:
        """Ask for the media anew, once in a build: a signed URL was refused as expired.

        A failure is remembered and shown by the next `load`, never raised.
        """
        if self._has_refetched or self._error:
            return
        self._has_refetched = True
        self.is_live, self._after, self._cursors = False, None, set()
        try:
            self._read_on(options, sought(options, self._overrides))
        except InstagramError as error:
            self._refetch_error = error

    def has(self, code: str) -> bool:
        """Tell whether the account is known to have the media of a shortcode."""
        items = self._listing.items if self._listing else ()
        return self._finds.get(code) is not None or any(media.shortcode == code for media in items)

    def settle(self) -> None:
        """Forget what only earlier fetches had read, after a build that had all it asked for."""
        if self._listing and self.is_live and not self._error:
            self._listing = self._listing._replace(items=self._listing.current)
            self._save()

    def _is_accepted(self, listing: Listing) -> bool:
        return not self._username or self._username.lower() in {
            listing.user.username.lower(),
            listing.accepted_as.lower(),
        }

    def _is_fresh(self, listing: Listing) -> bool:
        age = self._now - listing.fetched_at
        # Of this very moment: read for another language of the site, in the same run.
        is_of_now = age == timedelta(0)
        return self.is_live or is_of_now or (-_CLOCK_SLACK <= age < self._max_age)

    def _is_enough(self, options: FeedOptions, codes: tuple[str, ...]) -> bool:
        listing = self._listing
        if listing is None or not self._is_fresh(listing):
            return False
        return listing.is_complete or (
            is_answered(listing.current, options, self._overrides)
            and all(self._is_settled(code, listing) for code in codes)
        )

    def _is_settled(self, code: str, listing: Listing) -> bool:
        return self._finds.is_settled(code) or any(
            media.shortcode == code for media in listing.current
        )

    def _read_on(self, options: FeedOptions, codes: tuple[str, ...]) -> None:
        """Read batches until there is enough; what was read is saved, should a later one fail."""
        if self._error:
            raise self._error
        if not self.is_live:
            self._raise_if_too_early()
        depth = self._listing.depth if self._listing and self.is_live else 0
        try:
            while not self.is_live or not self._is_enough(options, codes):
                self._read_batch(options)
            if self._listing:
                self._check_showable(self._listing)
            self._look_after_finds(codes)
            self._pace.note(self._name, self._now, None)
            forget_removal(self._name, self._store)
        except InstagramError as failure:
            error = self._error = self._heed_removal(failure)
            self._pace.note(self._name, self._now, error)
            if self.is_live and self._listing and not self._listing.depth:
                # Nothing but empty batches came: what was saved is no newer for that.
                self._listing, self.is_live = self._before, False
            if isinstance(error, RateLimited):
                until = self._now + timedelta(seconds=error.retry_after)
                self._store.put(throttle_key(self._name), {"until": until.isoformat()})
            raise error from None
        finally:
            listing = self._listing
            if self.is_live and listing and (listing.is_complete or listing.depth > depth):
                self._save()

    def _heed_removal(self, error: InstagramError) -> InstagramError:
        """Let go of the saved feed when its user removed the app long enough ago."""
        if not isinstance(error, AppRemoved) or self._listing is None:
            return error
        error = note_removal(error, self._name, self._store)
        if error.is_final:
            self._listing, self.is_live = None, False
        return error

    def _raise_if_too_early(self) -> None:
        is_lacking = self._listing is None or self._is_fresh(self._listing)
        self._pace.check(self._name, self._now, SERVE_PAUSE if is_lacking else self._max_age)
        entry = self._store.get(throttle_key(self._name))
        until = read_moment(entry.get("until")) if entry else None
        if until and self._now < until <= self._now + _LONGEST_THROTTLE:
            minutes = (until - self._now).total_seconds() / 60
            self._error = RateLimited(
                "Instagram throttled this app; it is not asked again for "
                f"{minutes:.0f} more minutes.",
                code=None,
                retry_after=minutes * 60,
            )
            raise self._error

    def _read_batch(self, options: FeedOptions) -> None:
        limit = (
            graph.MAX_LIMIT if self.is_live or _is_deep(options, self._overrides) else SMALL_BATCH
        )
        if not self.is_live:
            if self._source is None:
                self._source = self._open_source()
                self.notes = self._source.notes
            user, batch = self._source.first_batch(limit)
            self._begin(user, batch)
            self._follow(batch.after, has_grown=bool(batch.items))
        elif self._source and self._after:
            batch = self._source.next_batch(limit, self._after)
            self._follow(batch.after, has_grown=self._append(batch))

    def _look_after_finds(self, codes: tuple[str, ...]) -> None:
        """Ask once a day after media that were found by paging and lie behind what is read now.

        What was deleted on Instagram must leave the site, and no listing tells of these.
        """
        ids = {media.id for media in self._listing.current} if self._listing else set()
        for media in self._finds.due(codes):
            if self._source and media.id not in ids:
                self._finds.note_seen(media, is_gone=self._source.is_gone(media.id))

    def _begin(self, user: User, batch: Batch) -> None:
        self._check_user(user)
        saved = self._before = self._listing
        items = recall_pictures(batch.items, saved)
        self._has_pictures = any(media.picture for media in batch.items)
        if not self._has_pictures and batch.after is None:
            self._check_empty(user, batch, saved)
        self._listing = Listing(
            user=user,
            items=items + older_media(saved, items),
            depth=len(items),
            is_complete=False,
            fetched_at=self._now,
            accepted_as=self._username,
        )
        self.is_live = True

    def _append(self, batch: Batch) -> bool:
        """Add a batch to the listing; tell whether it held anything new."""
        listing = self._listing
        if listing is None:
            return False
        known = {media.id for media in listing.current}
        self._has_pictures |= any(media.picture for media in batch.items)
        items = recall_pictures(batch.items, listing)
        current = listing.current + tuple(media for media in items if media.id not in known)
        self._listing = listing._replace(
            items=current + older_media(listing, current), depth=len(current)
        )
        return len(current) > listing.depth

    def _follow(self, after: str | None, *, has_grown: bool) -> None:
        """Keep the cursor of the next batch, or note that the account has ended."""
        listing = self._listing
        if listing is None:
            return
        self._empty_batches = 0 if has_grown else self._empty_batches + 1
        if self._empty_batches >= MAX_EMPTY_BATCHES:
            raise Unreachable(
                f"Instagram sent {MAX_EMPTY_BATCHES} batches without new media and no end."
            )
        if after is None or after in self._cursors or listing.depth >= MAX_MEDIA:
            self._after = None
            self._check_showable(listing)
            self._listing = listing._replace(items=listing.current, is_complete=True)
            self._finds.drop_gone(self._listing)
            return
        self._after = after
        self._cursors.add(after)
        self._finds.drop_gone(listing)

    def _check_user(self, user: User) -> None:
        saved = self._saved.user if self._saved else None
        if self._username and user.username.lower() == self._username.lower():
            return
        if saved and user.is_same_as(saved) and self._listing:
            return
        if self._username:
            expected = self._username
        elif saved:
            expected = saved.username or saved.id
        else:
            return
        raise OtherUser(
            f"The token belongs to {user.username or user.id}, but this feed is {expected}'s.",
            f"If {user.username or user.id} is right, set `username: {user.username}` for the "
            f"account in mkdocs.yml, or run `{name_command('purge', self._name)}`; else use a "
            "token of the other user.",
        )

    def _check_empty(self, user: User, batch: Batch, saved: Listing | None) -> None:
        """Believe that an account has no media when it says so, or sends none again and again."""
        if batch.received:
            raise Unreachable(_NOTHING_TO_SHOW.format(batch.received))
        if saved is None or not saved.items or user.media_count == 0:
            return
        answers = saved.empty_answers + 1
        if answers >= EMPTY_ANSWERS_BELIEVED:
            return
        self._store.put(
            listing_key(self._name), encode_listing(saved._replace(empty_answers=answers))
        )
        raise Unreachable(f"Instagram sent no media, though {len(saved.items)} are saved.")

    def _check_showable(self, listing: Listing) -> None:
        """Keep what is saved when a whole account of several batches holds nothing to show."""
        if listing.current and not self._has_pictures:
            self._listing, self.is_live = self._before, False
            raise Unreachable(_NOTHING_TO_SHOW.format(listing.depth))

    def _save(self) -> None:
        if self._listing:
            self._store.put(listing_key(self._name), encode_listing(self._listing))

    def _show(
        self,
        listing: Listing,
        options: FeedOptions,
        codes: tuple[str, ...],
        error: InstagramError | None,
    ) -> Feed:
        items = listing.items if error else listing.current
        self._finds.keep(codes, items, is_new=self.is_live)
        unfound = self._finds.miss(codes) if listing.is_complete and self._is_fresh(listing) else ()
        if not options.post:
            self.missed_pins.update(unfound)
        ids = {media.id for media in items}
        found = [media for media in self._finds.known(codes) if media.id not in ids]
        return Feed(
            user=listing.user,
            items=tuple(choose([*items, *found], options, self._overrides)),
            fetched_at=listing.fetched_at,
            is_fetched=self.is_live,
            stale_because=error,
            unfound=unfound if options.post else (),
            unknown=sum(1 for media in items if not media.is_known and not media.picture),
        )


def _is_deep(options: FeedOptions, overrides: Overrides) -> bool:
    return needs_many(options) or options.limit > SMALL_BATCH or bool(sought(options, overrides))
