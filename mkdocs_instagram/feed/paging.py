"""One walk through an account's media."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from mkdocs_instagram.errors import Unreachable
from mkdocs_instagram.instagram.models import Batch, User
from mkdocs_instagram.text import pluralize

from .addresses import restore_pictures
from .listing import SavedListing, list_older
from .models import REACH, Listing

_MAX_EMPTY_BATCHES = 5


class MediaSource(Protocol):
    """A user and media: the account of a token, or a folder."""

    notes: list[str]
    batch_limit: int

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        """Return the user and the newest media."""

    def next_batch(self, limit: int, after: str) -> Batch:
        """Return the media after a cursor."""

    def is_gone(self, media_id: str) -> bool:
        """Tell whether a media was deleted."""


class Paging:
    """Reads an account batch by batch, the newest media first.

    Args:
        open_source: Called at the first batch; may raise a `TokenError`.
        saved: The listing of the builds before.
        now: The time of this build, in UTC.

    Attributes:
        listing: What was read, followed by older media that were saved; `None` before the first
            batch, and if what came must not replace what is saved.
        withdrawn: The ids of videos that came without their file.
    """

    def __init__(
        self, open_source: Callable[[], MediaSource], saved: SavedListing, now: datetime
    ) -> None:
        self._open_source = open_source
        self._saved = saved
        self._now = now
        self._source: MediaSource | None = None
        self._after: str | None = None
        self._cursors: set[str] = set()
        self._empty_batches = 0
        self._is_broken = False
        self._has_pictures = False
        self.listing: Listing | None = None
        self.withdrawn: set[str] = set()

    @property
    def source(self) -> MediaSource:
        """The account, opened when it is first needed."""
        if self._source is None:
            self._source = self._open_source()
        return self._source

    @property
    def notes(self) -> list[str]:
        """What the account has to say, for the log."""
        return self._source.notes if self._source else []

    def read_first(self, limit: int) -> None:
        """Read the newest media.

        Raises:
            InstagramError: The call failed, the user is another one, or the answer is not
                believable. Caught by `loader`.
        """
        self.listing, self._cursors, self._is_broken = None, set(), False
        saved = self._saved
        if saved.listing:
            self.source.batch_limit = min(self.source.batch_limit, saved.listing.batch_limit)
        user, batch = self.source.first_batch(limit)
        saved.check_user(user)
        self._has_pictures = any(media.picture for media in batch.items)
        if batch.received and not self._has_pictures and batch.after is None:
            raise _nothing_to_show(batch.received)
        items = restore_pictures(batch.items, saved.listing)
        self.listing = Listing(
            user=user,
            items=items + list_older(saved.listing, items),
            depth=len(items),
            is_complete=False,
            fetched_at=self._now,
            accepted_as=saved.username,
            batch_limit=self.source.batch_limit,
        )
        self._follow(self.listing, batch, has_grown=bool(batch.items))

    def read_next(self, limit: int) -> None:
        """Read the media after those read before, if there are more.

        Raises:
            InstagramError: The call failed, the batches repeat without an end, or they end too
                early. Caught by `loader`.
        """
        if self.listing is None or self._after is None:
            return
        batch = self.source.next_batch(limit, self._after)
        before = self.listing
        known = {media.id for media in before.current}
        self._has_pictures |= any(media.picture for media in batch.items)
        items = restore_pictures(batch.items, before)
        current = before.current + tuple(media for media in items if media.id not in known)
        self.listing = before._replace(
            items=current + list_older(before, current),
            depth=len(current),
            batch_limit=self.source.batch_limit,
        )
        self._follow(self.listing, batch, has_grown=len(current) > before.depth)

    def check_showable(self) -> None:
        """Drop what was read if it contains media, but none that can be shown.

        Raises:
            Unreachable: It was dropped: what is saved stays. Caught by `loader`.
        """
        listing = self.listing
        if listing and listing.current and not self._has_pictures:
            self.listing = None
            raise _nothing_to_show(listing.depth)

    def drop_empty(self) -> None:
        """Drop what was read if all batches were empty."""
        if self.listing and not self.listing.depth:
            self.listing = None

    def _follow(self, listing: Listing, batch: Batch, *, has_grown: bool) -> None:
        """Keep the cursor of the next batch, or note that there is none."""
        self.withdrawn |= batch.withdrawn
        self._empty_batches = 0 if has_grown else self._empty_batches + 1
        if self._empty_batches >= _MAX_EMPTY_BATCHES:
            raise Unreachable(
                f"Instagram sent {_MAX_EMPTY_BATCHES} batches without new posts and without an end."
            )
        is_repeated = batch.after in self._cursors or (bool(batch.items) and not has_grown)
        self._is_broken |= is_repeated or batch.lacks_cursor
        is_end = batch.after in self._cursors or listing.depth >= REACH
        self._after = None if is_end else batch.after
        if self._after:
            self._cursors.add(self._after)
        else:
            self._end(listing, is_empty=not has_grown)

    def _end(self, listing: Listing, *, is_empty: bool) -> None:
        """Note that there are no more batches; `is_empty` if the last one brought nothing new."""
        self.check_showable()
        # An account can end with an empty batch. It takes nothing away that is newer.
        is_cut = is_empty and bool(list_older(self._saved.listing, listing.current))
        self.listing = self._saved.complete(listing, is_cut=is_cut or self._is_broken)
        if not self.listing.is_complete:
            raise _too_few(listing.depth, len(self.listing.items) - listing.depth)


def _nothing_to_show(count: int) -> Unreachable:
    return Unreachable(f"Instagram sent {pluralize(count, 'post')}, of which none can be shown.")


def _too_few(count: int, lost: int) -> Unreachable:
    cure = "Nothing to do: the next build asks again. The third such answer is believed."
    if not count:
        return Unreachable(f"Instagram sent no posts, although it sent {lost} before.", cure)
    posts = pluralize(count, "post")
    return Unreachable(f"Instagram sent only {posts}, without {lost} that it sent before.", cure)
