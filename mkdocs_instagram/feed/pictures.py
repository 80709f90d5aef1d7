"""The pictures and videos of feeds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mkdocs_instagram.cache.encoding import ImageSettings
from mkdocs_instagram.cache.images import PictureResults, make_renditions
from mkdocs_instagram.cache.videos import CheckedFile, VideoResults, keep_videos
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.instagram.models import Child, DownloadFailure, Media, OfferedVideo, Picture

from .models import Feed, LoadedFeed, MissingCount, Totals

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache

File = TypeVar("File", Picture, OfferedVideo)


Watch = Callable[[Iterator[Any], int], Iterable[Any]]
"""Passes on what arrives, of which there will be so many."""


class FileSource(Protocol):
    """Where pictures and videos are downloaded from."""

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        """Yield the bytes of each picture, or why there are none."""

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: Callable[[], CheckedFile]
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield the digest of each video's kept file, or why there is none."""


class FeedFiles:
    """Gathers the files of one build's feeds, and counts them.

    Args:
        images: The renditions that mkdocs.yml asks for.
        now: The time of this build, in UTC.
        host_videos: Whether the site has the viewer's videos as files of its own.
        watch: Looks on while pictures arrive.

    Attributes:
        totals: What was gathered.
        media_ids: The owners of the pictures that were gathered.
    """

    def __init__(
        self, images: ImageSettings, now: datetime, *, host_videos: bool, watch: Watch
    ) -> None:
        self._images = images
        self._now = now.timestamp()
        self._host_videos = host_videos
        self._watch = watch
        self.totals = Totals()
        self.media_ids: set[str] = set()

    def gather(
        self,
        feed: Feed,
        options: FeedOptions,
        cache: "Cache",
        open_source: Callable[[], FileSource],
    ) -> tuple[PictureResults, VideoResults]:
        """Return the pictures and videos that a tag needs, made or downloaded if need be.

        Args:
            feed: Its media.
            options: What the tag asks for.
            cache: Has the files, and takes new ones.
            open_source: Called when something must be downloaded.
        """
        made = make_renditions(
            list_pictures(feed, options),
            lambda missing: self._watch(open_source().download(missing), len(missing)),
            cache,
            self._images,
            self._now,
        )
        kept = keep_videos(
            list_videos(feed, options, made) if self._host_videos else [],
            lambda missing, open_file: open_source().download_videos(missing, open_file),
            cache,
            self._now,
        )
        self._count(feed, made, kept)
        return made, kept

    def _count(self, feed: Feed, made: PictureResults, kept: VideoResults) -> None:
        self.totals.videos |= {video.digest for video in kept.videos.values()}
        self.totals.fetched_videos |= {kept.videos[video].digest for video in kept.downloaded}
        self.totals.images |= {item.digest for items in made.renditions.values() for item in items}
        self.totals.encoded += made.encoded
        for media in feed.items:
            pictures = {media.picture, *(child.picture for child in media.children)}
            if media.picture in made.renditions:
                self.totals.media.add(media.id)
            if pictures & made.downloaded:
                self.totals.fetched.add(media.id)
        self.media_ids |= {picture.media_id for picture in made.renditions}


def list_pictures(feed: Feed, options: FeedOptions) -> list[Picture]:
    """Return the pictures that a tag needs, each once: the media's, the children's, the user's.

    In this order, as time may end before all are there.
    """
    pictures = [media.picture for media in feed.items]
    if options.open == "viewer":
        pictures += [child.picture for media in feed.items for child in media.children]
    if options.header:
        pictures.append(feed.user.picture)
    return _each_once(pictures)


def list_videos(feed: Feed, options: FeedOptions, made: PictureResults) -> list[OfferedVideo]:
    """Return the videos that a tag needs, each once: those in the viewer that have a picture."""
    nodes = _list_nodes(feed.items, options) if options.open == "viewer" else []
    return _each_once([node.video for node in nodes if node.picture in made.renditions])


def join(
    account: Account, feed: Feed, options: FeedOptions, made: PictureResults, kept: VideoResults
) -> LoadedFeed:
    """Return what a tag shows: without media and children whose picture could not be had."""
    items = tuple(media for media in feed.items if media.picture in made.renditions)
    nodes = _list_nodes(items, options)
    children = [node for node in nodes if isinstance(node, Child)]
    avatar = feed.user.picture if options.header else None
    return LoadedFeed(
        account,
        feed._replace(items=items),
        images={
            node.id: made.renditions[node.picture]
            for node in nodes
            if node.picture and node.picture in made.renditions
        },
        avatar=made.renditions.get(avatar, ()) if avatar else (),
        videos={
            node.id: kept.videos[node.video]
            for node in nodes
            if node.video and node.video in kept.videos
        },
        missing_media=_count(made.failures, [media.picture for media in feed.items]),
        is_avatar_missing=avatar in made.failures,
        missing_children=_count(made.failures, [child.picture for child in children]),
        missing_videos=_count(kept.failures, [node.video for node in nodes]),
    )


def _list_nodes(items: tuple[Media, ...], options: FeedOptions) -> list[Media | Child]:
    """Return the media, and with the viewer their children."""
    children = [child for media in items for child in media.children]
    return [*items, *(children if options.open == "viewer" else ())]


def _each_once(files: Sequence[File | None]) -> list[File]:
    return list(dict.fromkeys(file for file in files if file))


def _count(failures: Mapping[File, DownloadFailure], files: Sequence[File | None]) -> MissingCount:
    found = [failures[file] for file in _each_once(files) if file in failures]
    waiting = found.count(DownloadFailure.WAITING)
    return MissingCount(len(found) - waiting, waiting)
