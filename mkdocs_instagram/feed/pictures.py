"""The pictures and videos of feeds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Union

from mkdocs_instagram.cache.images import PictureResults, make_renditions
from mkdocs_instagram.cache.models import Rendition, Video
from mkdocs_instagram.cache.targets import ImageSettings
from mkdocs_instagram.cache.videos import VideoResults, keep_videos
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.instagram.models import Child, DownloadFailure, Media, OfferedVideo, Picture

from .columns import count_columns, find_position
from .models import Feed, LoadedFeed, MissingCount, Totals
from .progress import Progress
from .widths import AVATAR_NEED, find_need

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache
    from mkdocs_instagram.instagram.client import Client
    from mkdocs_instagram.instagram.demo import Demo

File = TypeVar("File", Picture, OfferedVideo)

FileSource = Union["Client", "Demo"]

Publish = Callable[[str, Callable[[Path], bool]], bool]
"""Puts a file into the site under a name, unless it is there, and returns whether it is there now.
The function writes the file, and returns whether it could."""

_TRIES = 3


def opens_viewer(media: Media, options: FeedOptions) -> bool:
    """Tell whether a click on a media opens the viewer, unless mkdocs.yml has a link for it.

    It does so with `open: viewer`, and where there is no post on Instagram to open.
    """
    return options.open == "viewer" or (options.open == "post" and not media.permalink)


class FeedFiles:
    """Loads the files of one build's feeds, puts them into the site, and counts them.

    Args:
        images: The option `images`.
        now: The time of this build, in UTC.
        host_videos: Whether the site has the viewer's videos as files of its own.
        progress: Counts what arrives.
        publish: Puts a file into the site; without it, the file is only looked at.

    Attributes:
        totals: What was loaded.
        media_ids: The nodes that own the loaded pictures.
        renditions: The keys of the files that were needed of pictures.
    """

    def __init__(
        self,
        images: ImageSettings,
        now: datetime,
        *,
        host_videos: bool,
        progress: Progress,
        publish: Publish | None,
    ) -> None:
        self._images = images
        self._now = now.timestamp()
        self._host_videos = host_videos
        self._progress = progress
        self._publish = publish
        self.totals = Totals()
        self.media_ids: set[str] = set()
        self.renditions: set[str] = set()

    def load(
        self,
        feed: Feed,
        options: FeedOptions,
        cache: "Cache",
        open_source: Callable[[], FileSource],
    ) -> tuple[PictureResults, VideoResults]:
        """Return the pictures and videos that a tag needs, from the cache or downloaded.

        They are copied into the site at once, because `purge` or another build may remove them from
        the cache at any time. What is missing then, or damaged, is loaded again.

        Args:
            feed: The media.
            options: What the tag asks for.
            cache: Has the files, and keeps new ones.
            open_source: Called when something must be downloaded.
        """
        tries = 1
        pictures, videos = self._load(feed, options, cache, open_source)
        while self._drop_unpublished(pictures, videos, cache) and tries < _TRIES:
            tries += 1
            pictures, videos = self._load(feed, options, cache, open_source)
        self._count(feed, pictures, videos)
        return pictures, videos

    def _load(
        self,
        feed: Feed,
        options: FeedOptions,
        cache: "Cache",
        open_source: Callable[[], FileSource],
    ) -> tuple[PictureResults, VideoResults]:
        count = self._progress.count
        needs = list_needs(feed, options)
        for need in set(needs.values()):
            self.renditions |= {target.key for target in self._images.list_targets(need)}
        with self._progress.during("Pictures"):
            pictures = make_renditions(
                needs,
                lambda missing: count(open_source().download(missing), len(missing)),
                cache,
                self._images,
                self._now,
                is_local=feed.snapshot is not None,
            )
        with self._progress.during("Videos"):
            videos = keep_videos(
                _list_videos(feed, options, pictures) if self._host_videos else [],
                lambda missing, file: count(
                    open_source().download_videos(missing, file), len(missing)
                ),
                cache,
                self._now,
                feed.withdrawn,
            )
        return pictures, videos

    def _drop_unpublished(
        self, pictures: PictureResults, videos: VideoResults, cache: "Cache"
    ) -> bool:
        """Publish all files; drop those that have vanished, and return whether there were any."""

        def is_lost(file: Rendition | Video) -> bool:
            if self._publish is None:
                return cache.find_media(file.digest) is None
            return not self._publish(file.name, lambda path: cache.copy_media(file.digest, path))

        found = pictures.renditions
        lost_pictures = [picture for picture in found if any(map(is_lost, found[picture]))]
        lost_videos = [video for video, file in videos.videos.items() if is_lost(file)]
        for picture in lost_pictures:
            del found[picture]
            pictures.failures[picture] = DownloadFailure.FAILED
        for video in lost_videos:
            del videos.videos[video]
            videos.failures[video] = DownloadFailure.FAILED
        pictures.downloaded.difference_update(lost_pictures)
        videos.downloaded.difference_update(lost_videos)
        return bool(lost_pictures or lost_videos)

    def _count(self, feed: Feed, pictures: PictureResults, videos: VideoResults) -> None:
        totals, renditions = self.totals, pictures.renditions
        totals.videos |= {video.digest for video in videos.videos.values()}
        totals.fetched_videos |= {videos.videos[video].digest for video in videos.downloaded}
        totals.images |= {item.digest for items in renditions.values() for item in items}
        totals.encoded |= pictures.encoded
        for media in feed.items:
            if media.picture in renditions:
                totals.media.add(media.id)
            if {media.picture, *(child.picture for child in media.children)} & pictures.downloaded:
                totals.fetched.add(media.id)
        self.media_ids |= {picture.media_id for picture in renditions}


def join_files(
    account: Account,
    feed: Feed,
    options: FeedOptions,
    pictures: PictureResults,
    videos: VideoResults,
) -> LoadedFeed:
    """Return what a tag shows: without the media and children whose picture is missing."""
    renditions, failures = pictures.renditions, pictures.failures
    items = tuple(media for media in feed.items if media.picture in renditions)
    nodes = _list_nodes(items, options)
    children = [node for node in nodes if isinstance(node, Child)]
    avatar = feed.user.picture if _has_avatar(items, options) else None
    return LoadedFeed(
        account,
        feed._replace(items=items),
        images={
            node.id: renditions[node.picture]
            for node in nodes
            if node.picture and node.picture in renditions
        },
        avatar=renditions.get(avatar, ()) if avatar else (),
        videos={
            node.id: videos.videos[node.video]
            for node in nodes
            if node.video and node.video in videos.videos
        },
        left_out=tuple(media for media in feed.items if media.picture not in renditions),
        missing_media=_count_missing(failures, [media.picture for media in feed.items]),
        missing_avatar=_count_missing(failures, [avatar]),
        missing_children=_count_missing(failures, [child.picture for child in children]),
        missing_videos=_count_missing(videos.failures, [node.video for node in nodes]),
        has_expired=pictures.has_expired or videos.has_expired,
    )


def list_needs(feed: Feed, options: FeedOptions) -> dict[Picture, float]:
    """Return the pictures that a tag needs, and how many pixels wide each is shown at most.

    First of the media, then of the user, then of the children, as time may end before all are
    there.
    """
    order = feed.order or tuple(media.id for media in feed.items)
    index = {media_id: number for number, media_id in enumerate(order)}
    counts = count_columns(options, len(order))
    needs = {
        media.picture: inf
        if opens_viewer(media, options)
        else find_need(options, counts, find_position(options, index[media.id], len(order)))
        for media in feed.items
        if media.picture
    }
    if _has_avatar(feed.items, options) and feed.user.picture:
        needs.setdefault(feed.user.picture, AVATAR_NEED)
    for node in _list_nodes(feed.items, options)[len(feed.items) :]:
        if node.picture:
            needs[node.picture] = inf
    return needs


def _has_avatar(items: tuple[Media, ...], options: FeedOptions) -> bool:
    return options.header or any(opens_viewer(media, options) for media in items)


def _list_videos(feed: Feed, options: FeedOptions, pictures: PictureResults) -> list[OfferedVideo]:
    """Return the videos that a tag needs: those in the viewer that have a picture."""
    shown = tuple(media for media in feed.items if opens_viewer(media, options))
    nodes = _list_nodes(shown, options)
    return _list_distinct([node.video for node in nodes if node.picture in pictures.renditions])


def _list_nodes(items: tuple[Media, ...], options: FeedOptions) -> list[Media | Child]:
    """Return the media, and the children of those that open the viewer."""
    shown = (media for media in items if opens_viewer(media, options))
    return [*items, *(child for media in shown for child in media.children)]


def _list_distinct(files: Sequence[File | None]) -> list[File]:
    return list(dict.fromkeys(file for file in files if file))


def _count_missing(
    failures: Mapping[File, DownloadFailure], files: Sequence[File | None]
) -> MissingCount:
    found = [failures[file] for file in _list_distinct(files) if file in failures]
    waiting, unsaved = map(found.count, (DownloadFailure.WAITING, DownloadFailure.UNSAVED))
    return MissingCount(len(found) - waiting - unsaved, waiting, unsaved)
