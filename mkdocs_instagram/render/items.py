"""What templates see of a feed's media."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from mkdocs_instagram.cache.models import Rendition, Renditions, Video
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import MediaOverride, Overrides
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.instagram.models import Child, Media

from .alt_texts import describe_media, make_alt
from .layouts import (
    Position,
    find_caption_length,
    find_position,
    has_caption,
    has_text_below,
    is_overlaid,
    list_item_classes,
    list_sizes,
)
from .shortening import fit_caption

AVATAR_SIZES = "80px"


class Image(NamedTuple):
    """The attributes of an `img`; URLs are relative to the page."""

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
    """One media as templates see it; every text is plain.

    Attributes:
        key: Its shortcode, or else its id: unique in a feed, of letters, digits, - and _.
        type: `image`, `video`, `reel` or `carousel`.
        href: The link in mkdocs.yml, or else what `open` leads to: the permalink, also with the
            viewer, or the widest file of the picture; "" for no link.
        has_viewer: The picture opens the viewer: `open: viewer`, and no link in mkdocs.yml.
        caption: Cut to `caption_length`; "" when the options ask for none.
        is_overlaid: The caption is over the picture.
        has_text: The options ask for something below the picture.
        date: The UTC day in ISO 8601; "" when unknown.
        classes: Additional classes of its element, which some layouts need.
        video: The URL of the site's own mp4, with `open: viewer` and `videos: file`; "" without
            one.
        children: Those of a carousel that have a picture, with `open: viewer`; otherwise empty.
        length: How many pictures and videos of a carousel the viewer has, without a viewer the post
            on Instagram; 0 if it is not known, and for other posts.
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
    length: int


FindURL = Callable[[Rendition | Video], str]
"""Returns the URL of a file of the site, relative to the page."""
WriteDate = Callable[[datetime], str]
"""Returns a day as the page writes it."""


def make_items(
    loaded: LoadedFeed,
    options: FeedOptions,
    overrides: Overrides,
    labels: Mapping[str, str],
    find_url: FindURL,
    *,
    write_date: WriteDate,
) -> list[Item]:
    """Return what templates see of the media to show; empty without a feed."""
    maker = _ItemMaker(loaded, options, overrides, labels, find_url, write_date)
    media = loaded.feed.items if loaded.feed else ()
    return [
        maker.make_item(one, find_position(options, index, len(media)))
        for index, one in enumerate(media)
    ]


def make_avatar(loaded: LoadedFeed, find_url: FindURL) -> Image | None:
    """Return the user's picture; `None` without `header`, and when there is none."""
    return _make_image(loaded.avatar, AVATAR_SIZES, find_url) if loaded.avatar else None


class _ItemMaker(NamedTuple):
    """Makes the items of one feed."""

    loaded: LoadedFeed
    options: FeedOptions
    overrides: Overrides
    labels: Mapping[str, str]
    find_url: FindURL
    write_date: WriteDate

    def make_item(self, media: Media, position: Position) -> Item:
        options = self.options
        override = self.overrides.get(media.shortcode) or MediaOverride()
        sizes = list_sizes(options, position)
        image = self._make_image(media, sizes)
        link = override.link or (image.src if options.open == "image" else media.permalink)
        has_viewer = options.open == "viewer" and not override.link
        children = tuple(
            self._make_child(child, sizes)
            for child in media.children
            if child.id in self.loaded.images
        )
        length = len(media.children)
        caption = media.caption if has_caption(options) else ""
        return Item(
            media=media,
            key=media.shortcode or media.id,
            type=media.type_name,
            href="" if options.open == "none" else link,
            has_viewer=has_viewer,
            alt=override.alt or make_alt(media) or self._describe(media),
            caption=fit_caption(caption, find_caption_length(options)),
            is_overlaid=is_overlaid(options),
            has_text=has_text_below(options),
            date=media.timestamp.date().isoformat() if media.timestamp else "",
            image=image,
            classes=list_item_classes(options, position, image.width, image.height),
            video=self._find_video(media),
            children=children,
            length=min(length, len(children) or 1) if has_viewer else length,
        )

    def _describe(self, media: Media) -> str:
        user = self.loaded.feed.user.username if self.loaded.feed else ""
        return describe_media(media, media.username or user, self.labels, self.write_date)

    def _make_child(self, child: Child, sizes: str) -> ChildItem:
        type_ = "video" if child.media_type == "VIDEO" else "image"
        return ChildItem(type_, self._make_image(child, sizes), self._find_video(child))

    def _make_image(self, node: Media | Child, sizes: str) -> Image:
        return _make_image(self.loaded.images[node.id], sizes, self.find_url)

    def _find_video(self, node: Media | Child) -> str:
        video = self.loaded.videos.get(node.id)
        return self.find_url(video) if video else ""


def _make_image(renditions: Renditions, sizes: str, find_url: FindURL) -> Image:
    urls = [find_url(rendition) for rendition in renditions]
    pairs = zip(urls, renditions, strict=True)
    return Image(
        src=urls[-1],
        srcset=", ".join(f"{url} {rendition.width}w" for url, rendition in pairs),
        sizes=sizes,
        width=renditions[-1].width,
        height=renditions[-1].height,
    )
