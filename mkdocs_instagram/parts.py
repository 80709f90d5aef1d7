"""The files that one tag needs of its feed, and what is shown without some; performs no I/O."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from .images import Made
from .models import Account, Child, Feed, Media, Missing, OfferedVideo, Picture, Shown, Trouble
from .options import FeedOptions
from .videos import Kept

File = TypeVar("File", Picture, OfferedVideo)


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


def list_videos(feed: Feed, options: FeedOptions, made: Made) -> list[OfferedVideo]:
    """Return the videos that a tag needs, each once: those in the viewer that have a picture."""
    nodes = _list_nodes(feed.items, options) if options.open == "viewer" else []
    return _each_once([node.video for node in nodes if node.picture in made.renditions])


def join(account: Account, feed: Feed, options: FeedOptions, made: Made, kept: Kept) -> Shown:
    """Return what a tag shows: without media and children whose picture could not be had."""
    items = tuple(media for media in feed.items if media.picture in made.renditions)
    nodes = _list_nodes(items, options)
    missing = _count(made.troubles, [media.picture for media in feed.items])
    children = [node for node in nodes if isinstance(node, Child)]
    avatar = feed.user.picture if options.header else None
    return Shown(
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
        lost=missing.lost,
        waiting=missing.waiting,
        is_avatar_missing=avatar in made.troubles,
        missing_children=_count(made.troubles, [child.picture for child in children]),
        missing_videos=_count(kept.troubles, [node.video for node in nodes]),
    )


def _list_nodes(items: tuple[Media, ...], options: FeedOptions) -> list[Media | Child]:
    """Return the media, and with the viewer their children."""
    children = [child for media in items for child in media.children]
    return [*items, *(children if options.open == "viewer" else ())]


def _each_once(files: Sequence[File | None]) -> list[File]:
    return list(dict.fromkeys(file for file in files if file))


def _count(troubles: Mapping[File, Trouble], files: Sequence[File | None]) -> Missing:
    found = [troubles[file] for file in _each_once(files) if file in troubles]
    waiting = found.count(Trouble.WAITING)
    return Missing(len(found) - waiting, waiting)
