"""The feeds of one account."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Overrides
from mkdocs_instagram.errors import AppRemoved, InstagramError, Unreachable
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import Media

from .found_posts import FoundPosts
from .listing import SavedListing, find_oldest, is_fresh
from .models import Feed, Listing
from .pace import SERVE_PAUSE, Attempts, Pace
from .paging import MediaSource, Paging
from .selection import (
    choose_media,
    explain_empty,
    is_answered,
    list_lacking,
    list_required,
    needs_large_batches,
)

_SMALL_BATCH = 25


class AccountFeeds:
    """The feeds of one account in one build: tags share what is read.

    Args:
        name: The account in mkdocs.yml; part of the entries' keys.
        username: The user of the feed; "" for the user saved before, or any user if none is.
        max_age: How long a listing is fresh.
        overrides: What mkdocs.yml says of single media.
        open_source: Called when Instagram must be asked; may raise a `TokenError`.
        store: Has the listings.
        pace: Says whether Instagram may be asked now.
        now: The time of this build, in UTC.

    Attributes:
        missed: Shortcodes in `media` that the account does not have, as found in this build.
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
        self._max_age = max_age
        self._overrides = overrides
        self._now = now
        self._saved = SavedListing(store, name, username)
        self._paging = Paging(open_source, self._saved, now)
        self._found = FoundPosts(store, name, now)
        self._attempts = Attempts(name, store, pace, now)
        self._has_refetched = False
        self._refetch_error: InstagramError | None = None
        self.missed: set[str] = set()

    @property
    def is_fetched(self) -> bool:
        """Whether the listing was fetched in this build."""
        return self._paging.listing is not None

    @property
    def notes(self) -> list[str]:
        """What the source has to say, for the log."""
        return self._paging.notes

    @property
    def _listing(self) -> Listing | None:
        return self._paging.listing or self._saved.listing

    def load(self, options: FeedOptions) -> Feed:
        """Return the newest feed that may be shown.

        Nothing is requested while the saved listing is fresh and deep enough. After a failed call,
        the saved feed comes with `stale_because` set, as in RFC 5861, section 4.

        Raises:
            InstagramError: The call failed and nothing is saved. Caught by `session`.
        """
        codes = list_required(options, self._overrides)
        error = self._refetch_error
        if not self._has_enough(options, codes) or (self.is_fetched and self._list_due(codes)):
            try:
                self._read(options, codes)
            except InstagramError as failure:
                error = failure
        if self._listing is None:
            raise error or Unreachable("Nothing was read.")
        return self._make_feed(self._listing, options, codes, error)

    def refetch(self, options: FeedOptions) -> None:
        """Fetch the media again, once in a build, after a signed URL has expired.

        A failure is not raised, but is the next feed's `stale_because`.
        """
        if self._has_refetched or self._attempts.error:
            return
        self._has_refetched = True
        self._saved.listing, self._paging.listing = self._listing, None
        try:
            self._read(options, list_required(options, self._overrides))
        except InstagramError as error:
            self._refetch_error = error

    def has(self, code: str) -> bool:
        """Tell whether the account is known to have the media of a shortcode."""
        items = self._listing.items if self._listing else ()
        return bool(self._found.list_found((code,))) or _is_among(code, items)

    def settle(self) -> None:
        """Forget the media of earlier fetches, and of tags that are gone.

        Nothing is forgotten if a call of this build failed.
        """
        listing = self._paging.listing
        if listing and not self._attempts.error:
            self._paging.listing = listing._replace(items=listing.current)
            self._saved.save(self._paging.listing)
            self._found.drop_unused()

    def _is_fresh(self, listing: Listing) -> bool:
        return self.is_fetched or is_fresh(listing, self._max_age, self._now)

    def _has_enough(self, options: FeedOptions, codes: tuple[str, ...]) -> bool:
        listing = self._listing
        if listing is None or not self._is_fresh(listing):
            return False
        return listing.is_complete or (
            is_answered(listing.shown, options, self._overrides)
            and all(
                self._found.is_settled(code) or _is_among(code, listing.shown) for code in codes
            )
        )

    def _read(self, options: FeedOptions, codes: tuple[str, ...]) -> None:
        """Read batches until there is enough; what was read is saved even if a later one fails."""
        if self._attempts.error:
            raise self._attempts.error
        if not self.is_fetched:
            is_lacking = self._listing is None or self._is_fresh(self._listing)
            self._attempts.check(SERVE_PAUSE if is_lacking else self._max_age)
        depth = self._paging.listing.depth if self._paging.listing else 0
        try:
            while not self.is_fetched or not self._has_enough(options, codes):
                self._read_batch(options, codes)
            self._paging.check_showable()
            self._check_found(codes)
            self._attempts.note_success()
        except InstagramError as failure:
            raise self._note_failure(failure) from None
        finally:
            listing = self._paging.listing
            if listing and (listing.is_complete or listing.half_answers or listing.depth > depth):
                self._saved.save(listing)

    def _note_failure(self, failure: InstagramError) -> InstagramError:
        """Return a failure for the log; drop what must not be shown or saved after it."""
        error = self._attempts.note_failure(failure, has_saved=self._listing is not None)
        if isinstance(error, AppRemoved) and error.is_final:
            self._saved.listing = self._paging.listing = None
        self._paging.drop_empty()
        return error

    def _read_batch(self, options: FeedOptions, codes: tuple[str, ...]) -> None:
        if self._paging.listing:
            self._paging.read_next(graph.MAX_LIMIT)
        else:
            is_deep = codes or needs_large_batches(options) or options.limit > _SMALL_BATCH
            self._paging.read_first(graph.MAX_LIMIT if is_deep else _SMALL_BATCH)
        if self._paging.listing:
            self._found.drop_gone(self._paging.listing)

    def _check_found(self, codes: tuple[str, ...]) -> None:
        """Ask once a day whether found posts that are older than the listing still exist.

        A post that was deleted on Instagram must leave the site too.
        """
        for media in self._list_due(codes):
            self._found.note_check(media, is_gone=self._paging.source.is_gone(media.id))

    def _list_due(self, codes: tuple[str, ...]) -> list[Media]:
        current = self._listing.current if self._listing else ()
        due = self._found.list_due(codes)
        return [media for media in due if not _is_among(media.shortcode, current)]

    def _make_feed(
        self,
        listing: Listing,
        options: FeedOptions,
        codes: tuple[str, ...],
        error: InstagramError | None,
    ) -> Feed:
        items = listing.items if error else listing.shown
        self._found.save(codes, items, is_new=self.is_fetched)
        is_known = listing.is_complete and self._is_fresh(listing)
        unfound = self._found.note_missing(codes) if is_known else ()
        if not options.post:
            self.missed.update(unfound)
        ids = {media.id for media in items}
        found = [media for media in self._found.list_found(codes) if media.id not in ids]
        known = [*items, *found]
        chosen = choose_media(known, options, self._overrides)
        read_to = None if listing.is_complete else find_oldest(items)
        return Feed(
            user=listing.user,
            items=tuple(chosen),
            fetched_at=listing.fetched_at,
            is_fetched=self.is_fetched,
            stale_because=error,
            unfound=unfound if options.post else (),
            withdrawn=frozenset(self._paging.withdrawn),
            lacking=tuple(list_lacking(known, options, self._overrides)),
            empty_because=None
            if chosen
            else explain_empty(known, options, self._overrides, read_to),
        )


def _is_among(code: str, items: tuple[Media, ...]) -> bool:
    return any(media.shortcode == code for media in items)
