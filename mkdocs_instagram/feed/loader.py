"""Which feed is shown: fresh, fetched or stale.

The stale-if-error decision of RFC 5861, section 4, for media.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Overrides
from mkdocs_instagram.errors import AppRemoved, InstagramError, Unreachable
from mkdocs_instagram.instagram import graph

from .found_posts import FoundPosts
from .listing import SavedListing, is_fresh
from .models import Feed, Listing
from .pace import SERVE_PAUSE, Attempts, Pace
from .paging import MediaSource, Paging
from .selection import choose, is_answered, needs_many, sought

SMALL_BATCH = 25


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
        self._max_age = max_age
        self._overrides = overrides
        self._now = now
        self._saved = SavedListing(store, name, username)
        self._paging = Paging(open_source, now)
        self._finds = FoundPosts(store, name, now)
        self._attempts = Attempts(name, store, pace, now)
        self._has_refetched = False
        self._refetch_error: InstagramError | None = None
        self.missed_pins: set[str] = set()

    @property
    def is_live(self) -> bool:
        """Whether the listing was fetched in this build."""
        return self._paging.listing is not None

    @property
    def notes(self) -> list[str]:
        """What the source had to say, for the log."""
        return self._paging.notes

    @property
    def _listing(self) -> Listing | None:
        return self._paging.listing or self._saved.listing

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
        """Ask for the media again, once in a build: a signed URL was refused as expired.

        A failure is remembered and shown by the next `load`, never raised.
        """
        if self._has_refetched or self._attempts.error:
            return
        self._has_refetched = True
        self._saved.listing, self._paging.listing = self._listing, None
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
        listing = self._paging.listing
        if listing and not self._attempts.error:
            self._paging.listing = listing._replace(items=listing.current)
            self._saved.save(self._paging.listing)

    def _is_fresh(self, listing: Listing) -> bool:
        return self.is_live or is_fresh(listing, self._max_age, self._now)

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
        if self._attempts.error:
            raise self._attempts.error
        if not self.is_live:
            is_lacking = self._listing is None or self._is_fresh(self._listing)
            self._attempts.check(SERVE_PAUSE if is_lacking else self._max_age)
        depth = self._paging.listing.depth if self._paging.listing else 0
        try:
            while not self.is_live or not self._is_enough(options, codes):
                self._read_batch(options)
            self._paging.check_showable()
            self._ask_after_finds(codes)
            self._attempts.note_success()
        except InstagramError as failure:
            raise self._give_up(failure) from None
        finally:
            listing = self._paging.listing
            if listing and (listing.is_complete or listing.depth > depth):
                self._saved.save(listing)

    def _give_up(self, failure: InstagramError) -> InstagramError:
        """Return a failure for the log; drop what must not be shown any more, or not be kept."""
        error = self._attempts.note_failure(failure, has_saved=self._listing is not None)
        if isinstance(error, AppRemoved) and error.is_final:
            self._saved.listing = self._paging.listing = None
        self._paging.drop_empty()
        return error

    def _read_batch(self, options: FeedOptions) -> None:
        if self._paging.listing:
            self._paging.more(graph.MAX_LIMIT)
        else:
            is_deep = _is_deep(options, self._overrides)
            self._paging.start(graph.MAX_LIMIT if is_deep else SMALL_BATCH, self._saved)
        if self._paging.listing:
            self._finds.drop_gone(self._paging.listing)

    def _ask_after_finds(self, codes: tuple[str, ...]) -> None:
        """Ask once a day after media that were found by paging and lie behind what is read now.

        What was deleted on Instagram must leave the site, and no listing tells of these.
        """
        ids = {media.id for media in self._listing.current} if self._listing else set()
        for media in self._finds.due(codes):
            if media.id not in ids:
                self._finds.note_seen(media, is_gone=self._paging.source.is_gone(media.id))

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
