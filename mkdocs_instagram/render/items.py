"""What the templates see of a feed's media."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from mkdocs_instagram.cache.models import Rendition, Renditions, Video
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import MediaOverride, Overrides
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.instagram.models import Child, Media
from mkdocs_instagram.text import shorten

from .captions import make_alt
from .layouts import (
    Position,
    find_position,
    has_caption,
    has_text_below,
    is_overlaid,
    list_item_classes,
    list_sizes,
)

AVATAR_SIZES = "80px"

_BLANK_LINES = re.compile(r"\n\s*\n")


class Image(NamedTuple):
    """What an `img` says; URLs are relative to the page."""

    src: str
    srcset: str
    sizes: str
    width: int
    height: int


class ChildItem(NamedTuple):
    """One child of a carousel as the viewer shows it.

    Attributes:
        type: `image` or `video`.
        video: The URL of the site's own mp4; "" without one.
    """

    type: str
    image: Image
    video: str


class Item(NamedTuple):
    """One media as the templates see it; every text is plain.

    Attributes:
        key: Its shortcode, else its id: unique in a feed, letters, digits, - and _.
        type: `image`, `video`, `reel` or `carousel`, for an icon.
        href: The link in mkdocs.yml, else what `open` says: its permalink, also with the viewer, or
            the widest file of its picture; "" for no link.
        has_viewer: It opens the viewer, and has no link in mkdocs.yml.
        caption: Cut to `caption_length`; "" when no caption is asked for.
        is_overlaid: The caption lies over the picture.
        has_text: Something is asked for that stands below the picture.
        date: The UTC day, as in ISO 8601; "" when unknown.
        classes: More of its element's classes, which some layouts need.
        video: The URL of the site's own mp4, with `open: viewer` and `videos: file`; "" without
            one.
        children: Those of a carousel that have a picture, with `open: viewer`; else empty.
    """

    media: Media
    key: str
    type: str
    href: str
    has_viewer: bool
    alt: str
    caption: str
    is_overlaid: bool
    has_text: bool
    date: str
    image: Image
    classes: str
    video: str
    children: tuple[ChildItem, ...]


FindURL = Callable[[Rendition | Video], str]
"""Gives the URL of a file of the site's own, relative to the page."""


def make_items(
    shown: LoadedFeed,
    options: FeedOptions,
    overrides: Overrides,
    labels: Mapping[str, str],
    find_url: FindURL,
) -> list[Item]:
    """Return what the templates see of a feed's media; empty without a feed.

    Args:
        shown: The feed and its renditions.
        options: What the tag asks for.
        overrides: What mkdocs.yml says of single media.
        labels: Every text of ours, by name.
        find_url: Gives a file's URL, relative to the page.
    """
    make = _Maker(shown, options, labels, find_url)
    media = shown.feed.items if shown.feed else ()
    return [
        make.item(
            one,
            overrides.get(one.shortcode) or MediaOverride(),
            find_position(options, index, len(media)),
        )
        for index, one in enumerate(media)
    ]


def make_avatar(shown: LoadedFeed, find_url: FindURL) -> Image | None:
    """Return the user's picture; `None` without `header`, and when there is none."""
    return _image(shown.avatar, AVATAR_SIZES, find_url) if shown.avatar else None


class _Maker(NamedTuple):
    """Makes what the templates see of the media of one feed."""

    shown: LoadedFeed
    options: FeedOptions
    labels: Mapping[str, str]
    find_url: FindURL

    def item(self, media: Media, override: MediaOverride, position: Position) -> Item:
        options = self.options
        sizes = list_sizes(options, position)
        image = self._image(media, sizes)
        caption = _BLANK_LINES.sub("\n", media.caption.strip()) if has_caption(options) else ""
        return Item(
            media=media,
            key=media.shortcode or media.id,
            type=_type(media),
            href="" if options.open == "none" else override.link or self._href(media, image),
            has_viewer=options.open == "viewer" and not override.link,
            alt=override.alt or make_alt(media, self.labels),
            caption=shorten(caption, options.caption_length),
            is_overlaid=is_overlaid(options),
            has_text=has_text_below(options),
            date=_date(media),
            image=image,
            classes=list_item_classes(options, position, image.width, image.height),
            video=self._video(media),
            children=tuple(
                ChildItem(_child_type(child), self._image(child, sizes), self._video(child))
                for child in media.children
                if child.id in self.shown.images
            ),
        )

    def _href(self, media: Media, image: Image) -> str:
        return image.src if self.options.open == "image" else media.permalink

    def _image(self, node: Media | Child, sizes: str) -> Image:
        return _image(self.shown.images[node.id], sizes, self.find_url)

    def _video(self, node: Media | Child) -> str:
        video = self.shown.videos.get(node.id)
        return self.find_url(video) if video else ""


def _image(renditions: Renditions, sizes: str, find_url: FindURL) -> Image:
    largest = renditions[-1]
    urls = [(find_url(rendition), rendition.width) for rendition in renditions]
    return Image(
        src=urls[-1][0],
        srcset=", ".join(f"{url} {width}w" for url, width in urls),
        sizes=sizes,
        width=largest.width,
        height=largest.height,
    )


def _type(media: Media) -> str:
    if media.is_carousel:
        return "carousel"
    if media.is_video:
        return "reel" if media.is_reel else "video"
    return "image"


def _child_type(child: Child) -> str:
    return "video" if child.media_type == "VIDEO" else "image"


def _date(media: Media) -> str:
    return media.timestamp.date().isoformat() if media.timestamp else ""
