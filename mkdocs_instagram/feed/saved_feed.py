"""An account's saved feed, without the network."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.instagram.models import DownloadFailure, OfferedVideo, Picture

from .listing import read_listing
from .models import Feed, LoadedFeed
from .pictures import FeedFiles, FileSource, join_files
from .progress import Progress
from .selection import choose_media
from .session import SessionSettings
from .snapshot import open_folder

if TYPE_CHECKING:
    from datetime import datetime

    from mkdocs_instagram.cache.cache import Cache

    from .pictures import Publish


class _Nothing:
    """What has no file; nothing is noted of it, so that the next build asks for it."""

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        """Yield nothing but failures."""
        return ((picture, DownloadFailure.WAITING) for picture in pictures)

    def download_videos(
        self, videos: Sequence[OfferedVideo], _open_file: object
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield nothing but failures."""
        return ((video, DownloadFailure.WAITING) for video in videos)


def load_saved(
    account: Account,
    options: FeedOptions,
    settings: SessionSettings,
    cache: "Cache",
    *,
    now: "datetime",
    publish: "Publish",
    progress: Progress | None = None,
) -> LoadedFeed | None:
    """Return what is saved of an account, with its files; `None` if nothing is.

    Raises:
        SnapshotUnusable: The account's snapshot cannot be read. Caught by `cli`.
    """
    listing = None if account.is_offline else read_listing(cache, account.name)
    source: FileSource = cast("FileSource", _Nothing())
    if listing:
        user, items, fetched_at = listing.user, listing.shown, listing.fetched_at
    elif account.is_offline or account.snapshot:
        folder = open_folder(account.offline)
        user, items, source = folder.user, folder.items, folder.source
        fetched_at = folder.written_at or now
    else:
        return None
    chosen = tuple(choose_media(items, options, settings.overrides))
    feed = Feed(user, chosen, fetched_at)
    files = FeedFiles(
        settings.images,
        now,
        host_videos=settings.host_videos,
        progress=progress or Progress(),
        publish=publish,
    )
    loaded = files.load(feed, options, cache, lambda: source)
    return join_files(account, feed, options, *loaded)
