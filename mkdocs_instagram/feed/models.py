"""What is read of an account, and what a tag shows of it; performs no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from mkdocs_instagram.cache.models import Renditions, Video
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import InstagramError
from mkdocs_instagram.instagram.models import Media, User


class Listing(NamedTuple):
    """An account's media as far as they were read, and as they are saved.

    Attributes:
        items: The newest first, as Instagram sent them.
        depth: How many of `items` are from the fetch at `fetched_at`; those behind are older.
        is_complete: That fetch read to the account's end.
        accepted_as: The `username:` in mkdocs.yml when the user was accepted; "" without one.
        empty_answers: How many empty answers came since.
    """

    user: User
    items: tuple[Media, ...]
    depth: int
    is_complete: bool
    fetched_at: datetime
    accepted_as: str = ""
    empty_answers: int = 0

    @property
    def current(self) -> tuple[Media, ...]:
        """The media of the fetch at `fetched_at`."""
        return self.items[: self.depth]


class MissingCount(NamedTuple):
    """Files of one sort that are not there.

    Attributes:
        lost: How many could not be had.
        waiting: How many are left for the next build, as time was over.
    """

    lost: int = 0
    waiting: int = 0


class Feed(NamedTuple):
    """What one tag shows.

    Attributes:
        user: The node the media belong to.
        items: In the order to show.
        fetched_at: When the listing behind it was fetched.
        is_fetched: It was fetched in this build.
        stale_because: Why an older listing had to be taken; `None` when fresh.
        unfound: Shortcodes asked for that the account does not have, found out in this build.
        unknown: How many media of an unknown type had no picture and are left out.
    """

    user: User
    items: tuple[Media, ...]
    fetched_at: datetime
    is_fetched: bool = False
    stale_because: InstagramError | None = None
    unfound: tuple[str, ...] = ()
    unknown: int = 0


class LoadedFeed(NamedTuple):
    """What a tag shows.

    Attributes:
        feed: `None` when there is nothing to show; `error` says why.
        images: Renditions by media id, for every item of the feed; with `open: viewer` also by the
            id of each child that has a picture.
        avatar: The user's profile picture; empty without `header`, and when it could not be had.
        videos: By the id of a media or child, with `open: viewer` and `videos: file`.
        missing_media: The media that are left out, as their picture is not there.
        is_avatar_missing: There is one, but it could not be had.
        missing_children: The pictures of children that the viewer is shown without.
        missing_videos: The videos that are shown as their poster and a link.
        is_token_stored: The account's token is that of the store, not of the environment.
    """

    account: Account
    feed: Feed | None
    error: InstagramError | None = None
    images: Mapping[str, Renditions] = MappingProxyType({})
    avatar: Renditions = ()
    videos: Mapping[str, Video] = MappingProxyType({})
    missing_media: MissingCount = MissingCount()
    is_avatar_missing: bool = False
    missing_children: MissingCount = MissingCount()
    missing_videos: MissingCount = MissingCount()
    is_token_stored: bool = False


@dataclass(eq=False, repr=False, slots=True)
class Totals:
    """What a build used, for its closing line.

    Attributes:
        media: The ids of the media shown.
        fetched: The ids of those of which a picture was downloaded.
        images: The digests of the pictures' files.
        encoded: How many of them were made.
        videos: The digests of the videos' files.
        fetched_videos: The digests of those that were downloaded.
    """

    media: set[str] = field(default_factory=set)
    fetched: set[str] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    encoded: int = 0
    videos: set[str] = field(default_factory=set)
    fetched_videos: set[str] = field(default_factory=set)
