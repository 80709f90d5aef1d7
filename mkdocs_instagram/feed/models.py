"""Records of listings and feeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from mkdocs_instagram.cache.models import Renditions, Video
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import InstagramError
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import Media, User

REACH = 10_000
"""The API lists only so many of an account's newest media."""


class Listing(NamedTuple):
    """An account's media as far as they were read, and as they are saved.

    Attributes:
        items: The newest first, as Instagram sent them.
        depth: How many of `items` are from the fetch at `fetched_at`; the rest was saved before.
        is_complete: That fetch read all media of the account.
        accepted_as: The `username:` in mkdocs.yml when the user was accepted; "" without one.
        half_answers: How many builds in a row got only a part of the account, and did not believe
            it.
        batch_limit: The most media that Instagram was willing to send at once.
    """

    user: User
    items: tuple[Media, ...]
    depth: int
    is_complete: bool
    fetched_at: datetime
    accepted_as: str = ""
    half_answers: int = 0
    batch_limit: int = graph.MAX_LIMIT

    @property
    def is_whole(self) -> bool:
        """Whether the fetch read as many media as the account has, as far as that is known."""
        return self.is_complete and self.depth >= (self.expected or 0)

    @property
    def expected(self) -> int | None:
        """How many media the API can list, by the user's count of them; `None` without one."""
        return self.user.media_count and min(self.user.media_count, REACH)

    @property
    def current(self) -> tuple[Media, ...]:
        """The media of the fetch at `fetched_at`."""
        return self.items[: self.depth]

    @property
    def shown(self) -> tuple[Media, ...]:
        """The media of that fetch, with the saved ones if it was not believed."""
        return self.items if self.half_answers else self.current


class EmptyReason(NamedTuple):
    """What a feed without media was chosen from.

    Attributes:
        options: What the tag asks for.
        posts: How many media were read, without those that `media` hides.
        hidden: How many were read that `media` hides.
        left: How many of `posts` each filter leaves when it is alone, by the filter's name.
        read_to: The time of the oldest that was read; `None` if the account was read to its end.
    """

    options: FeedOptions
    posts: int
    hidden: int
    left: Mapping[str, int]
    read_to: datetime | None


class Feed(NamedTuple):
    """The media that one tag asks for, without their files.

    Attributes:
        items: In the order to show.
        fetched_at: When the listing behind it was fetched.
        is_fetched: It was fetched in this build.
        stale_because: Why an older listing is shown; `None` when fresh.
        unfound: Shortcodes in `post` that the account does not have, as found in this build.
        lacking: The media left out because Instagram sent no address of a picture.
        withdrawn: The ids of videos that came without their file, in this build.
        empty_because: Why nothing was chosen; `None` unless `items` is empty.
        order: The ids of all media that the tag shows, if it also shows other accounts'.
        snapshot: The folder that it is from, whose age `fetched_at` says; `None` for the API's.
    """

    user: User
    items: tuple[Media, ...]
    fetched_at: datetime
    is_fetched: bool = False
    stale_because: InstagramError | None = None
    unfound: tuple[str, ...] = ()
    lacking: tuple[Media, ...] = ()
    withdrawn: frozenset[str] = frozenset()
    empty_because: EmptyReason | None = None
    order: tuple[str, ...] = ()
    snapshot: Path | None = None


class MissingCount(NamedTuple):
    """How many files of one kind are missing.

    Attributes:
        lost: They could not be downloaded.
        waiting: There was no time for them; the next build downloads them.
        unsaved: There is no place to save them.
    """

    lost: int = 0
    waiting: int = 0
    unsaved: int = 0


class LoadedFeed(NamedTuple):
    """What one tag shows: its feed with all files, or why there is none.

    Attributes:
        account: The first one of several.
        feed: Without the media whose picture is missing; `None` when there is nothing to show.
        error: Why `feed` is `None`.
        images: Renditions by media id, for every item of the feed; for those that open the viewer
            also by the id of each child that has a picture.
        avatar: The user's profile picture; empty without `header`, and when it is missing.
        videos: By the id of a media or child in the viewer, with `videos: file`.
        left_out: The media that `feed` lacks because their pictures are missing.
        missing_media: Those pictures.
        missing_avatar: The profile picture, if Instagram has one that the header does not show.
        missing_children: The pictures of children that the viewer does not show.
        missing_videos: The videos in whose place the viewer shows a poster and a link.
        obstacle: What of this computer kept files away; `None` if nothing did.
        is_token_stored: The account's token is from the store, not from the environment.
        has_expired: A signed URL was too old for a download.
        parts: What each of several accounts has of the feed, and what it lacks; empty for one
            account.
    """

    account: Account
    feed: Feed | None
    error: InstagramError | None = None
    images: Mapping[str, Renditions] = MappingProxyType({})
    avatar: Renditions = ()
    videos: Mapping[str, Video] = MappingProxyType({})
    left_out: tuple[Media, ...] = ()
    missing_media: MissingCount = MissingCount()
    missing_avatar: MissingCount = MissingCount()
    missing_children: MissingCount = MissingCount()
    missing_videos: MissingCount = MissingCount()
    obstacle: InstagramError | None = None
    is_token_stored: bool = False
    has_expired: bool = False
    parts: tuple["LoadedFeed", ...] = ()

    def list_parts(self) -> tuple["LoadedFeed", ...]:
        """Return what each account has of the feed; the feed itself if it has one account."""
        return self.parts or (self,)

    @property
    def users(self) -> list[User]:
        """The users whose media are shown, or would be."""
        return [part.feed.user for part in self.list_parts() if part.feed]

    def find_user(self, media: Media) -> User | None:
        """Return the user of an item; `None` for an item of another feed."""
        owners = [part.feed for part in self.list_parts() if part.feed]
        return next((feed.user for feed in owners if media in feed.items), None)


@dataclass(eq=False, repr=False, slots=True)
class Totals:
    """What a build used, for its last line in the log.

    Attributes:
        media: The ids of the media shown.
        fetched: The ids of media with a picture that was downloaded.
        images: The digests of the pictures' files.
        encoded: The digests of pictures' files that were made in this build.
        videos: The digests of the videos' files.
        fetched_videos: The digests of videos that were downloaded.
    """

    media: set[str] = field(default_factory=set)
    fetched: set[str] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    encoded: set[str] = field(default_factory=set)
    videos: set[str] = field(default_factory=set)
    fetched_videos: set[str] = field(default_factory=set)
