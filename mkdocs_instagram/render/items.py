"""What templates see of a feed's media."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from math import inf
from typing import NamedTuple

from mkdocs_instagram.cache.models import Rendition, Renditions, Video
from mkdocs_instagram.cache.targets import choose_widths
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import MediaOverride, Overrides
from mkdocs_instagram.feed.columns import (
    ALONE,
    Counts,
    Position,
    find_position,
    has_text_below,
)
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.pictures import opens_viewer
from mkdocs_instagram.feed.widths import AVATAR, AVATAR_NEED, find_need_in_layout
from mkdocs_instagram.instagram.models import Child, Media, User

from .alt_texts import describe_media, make_alt
from .layouts import (
    count_first,
    find_caption_length,
    find_columns,
    has_caption,
    is_overlaid,
    list_item_classes,
    list_sizes,
)
from .shortening import fit_caption


class Image(NamedTuple):
    """The attributes of an `img`; URLs are relative to the page.

    Attributes:
        src: The widest file; with AVIF, a JPEG.
        srcset: The files that a browser can choose; with AVIF, the JPEG.
        width: That of the widest file, in pixels, as `height`.
        avif: The `srcset` of a `source` with AVIF; "" without.
        largest: The widest file.
        loading: `lazy`, or `eager` if it is probably seen without scrolling.
    """

    src: str
    srcset: str
    sizes: str
    width: int
    height: int
    avif: str
    largest: str
    loading: str = "lazy"


class ChildItem(NamedTuple):
    """One picture or video in the viewer: a child of a carousel, or a post without children.

    Attributes:
        type: `image` or `video`; that of the post if it is one.
        video: The URL of the site's own mp4; "" without one.
    """

    type: str
    image: Image
    video: str


class Step(NamedTuple):
    """A way from one viewer to that of the post before or after.

    Attributes:
        way: `previous` or `next`.
        key: That of the other post.
        is_across_more: One of the two posts is behind "Show more", the other is not.
    """

    way: str
    key: str
    is_across_more: bool


class Item(NamedTuple):
    """One media as templates see it; every text is plain.

    Attributes:
        key: Its shortcode, or else its id: unique in a feed, of letters, digits, - and _.
        type: `image`, `video`, `reel` or `carousel`.
        href: The link in mkdocs.yml, unless it has a label, or else what `open` leads to: the
            permalink, also with the viewer, or the widest file of the picture; "" for no link.
        has_viewer: The picture opens the viewer: with `open: viewer`, or with `open: post` if the
            media has no permalink; never with a link in mkdocs.yml that has no label.
        caption: Cut to `caption_length`; "" when the options ask for none.
        is_overlaid: The caption is over the picture.
        has_text: The options ask for something below the picture, or beside it in a list.
        has_counts_in_text: Likes and comments are in that text: in a list, and of a post alone.
            Otherwise they are over the picture.
        date: The UTC day in ISO 8601; "" when unknown.
        classes: Additional classes of its element, which some layouts need.
        user: Whose post it is, as Instagram sent it; `None` if that is not known.
        video: The URL of the site's own mp4 in the viewer, with `videos: file`; "" without one.
        children: Those of a carousel in the viewer that have a picture; otherwise empty.
        slides: What the viewer shows: the children, or the post itself; without a viewer empty.
        length: How many pictures and videos of a carousel the viewer has, without a viewer the post
            on Instagram; 0 if it is not known, and for other posts.
        action: The link in mkdocs.yml if it has a label; otherwise "".
        action_label: That label.
        steps: From its viewer to those before and after; without a viewer empty.
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
    has_counts_in_text: bool
    date: str
    image: Image
    classes: str
    user: User | None
    video: str
    children: tuple[ChildItem, ...]
    slides: tuple[ChildItem, ...]
    length: int
    action: str
    action_label: str
    steps: tuple[Step, ...] = ()


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
    is_at_top: bool = False,
) -> list[Item]:
    """Return what templates see of the media to show; empty without a feed.

    With `is_at_top`, the pictures of the first row are loaded at once.
    """
    media = loaded.feed.items if loaded.feed else ()
    largest = [max(loaded.images[one.id], key=lambda image: image.width) for one in media]
    counts = find_columns(options, [(image.width, image.height) for image in largest])
    maker = _ItemMaker(loaded, options, counts, overrides, labels, find_url, write_date)
    first = count_first(options, counts) if is_at_top else 0
    items = [
        maker.make_item(one, find_position(options, index, len(media)), is_first=index < first)
        for index, one in enumerate(media)
    ]
    return _add_steps(items, options.more or len(items))


def _add_steps(items: list[Item], more: int) -> list[Item]:
    """Lead from each viewer to its neighbours; `more` posts are not behind "Show more"."""
    numbers = [number for number, item in enumerate(items) if item.has_viewer]
    for before, after in pairwise(numbers):
        is_across = before < more <= after
        first, second = items[before], items[after]
        to_next = Step("next", second.key, is_across)
        items[before] = first._replace(steps=(*first.steps, to_next))
        items[after] = second._replace(steps=(Step("previous", first.key, is_across),))
    return items


def make_avatar(loaded: LoadedFeed, find_url: FindURL) -> Image | None:
    """Return the user's picture; `None` without `header`, and when there is none."""
    if not loaded.avatar:
        return None
    return _make_image(loaded.avatar, f"{AVATAR}px", AVATAR_NEED, find_url)


class _ItemMaker(NamedTuple):
    """Makes the items of one feed."""

    loaded: LoadedFeed
    options: FeedOptions
    counts: Counts
    overrides: Overrides
    labels: Mapping[str, str]
    find_url: FindURL
    write_date: WriteDate

    def make_item(self, media: Media, position: Position, *, is_first: bool) -> Item:
        options, counts = self.options, self.counts
        override = self.overrides.get(media.shortcode) or MediaOverride()
        sizes = list_sizes(options, counts, position)
        image = self._make_image(media, sizes, find_need_in_layout(options, counts, position))
        if is_first:
            # Only what is lazy has been laid out before it is loaded, as `auto` needs.
            image = image._replace(sizes=sizes.removeprefix("auto, "), loading="eager")
        action = override.link if override.label else ""
        own_link = "" if action else override.link
        link = own_link or (image.largest if options.open == "image" else media.permalink)
        has_viewer = opens_viewer(media, options) and not own_link
        children = tuple(
            self._make_child(child, sizes)
            for child in media.children
            if child.id in self.loaded.images
        )
        itself = ChildItem(
            media.type_name, self._make_image(media, sizes, inf), self._find_video(media)
        )
        length = len(media.children)
        has_text = has_text_below(options)
        caption = media.caption if has_caption(options) else ""
        return Item(
            media=media,
            key=media.shortcode or media.id,
            type=itself.type,
            href="" if options.open == "none" else link,
            has_viewer=has_viewer,
            alt=override.alt or make_alt(media) or self._describe(media),
            caption=fit_caption(caption, find_caption_length(options)),
            is_overlaid=is_overlaid(options),
            has_text=has_text,
            has_counts_in_text=has_text and (options.layout == "list" or position == ALONE),
            date=media.timestamp.date().isoformat() if media.timestamp else "",
            image=image,
            classes=list_item_classes(options, counts, position, image.width, image.height),
            user=self.loaded.find_user(media),
            video=itself.video,
            children=children,
            slides=(children or (itself,)) if has_viewer else (),
            length=min(length, len(children) or 1) if has_viewer else length,
            action=action,
            action_label=override.label,
        )

    def _describe(self, media: Media) -> str:
        user = self.loaded.find_user(media)
        name = media.username or (user.username if user else "")
        return describe_media(media, name, self.labels, self.write_date)

    def _make_child(self, child: Child, sizes: str) -> ChildItem:
        type_ = "video" if child.media_type == "VIDEO" else "image"
        return ChildItem(type_, self._make_image(child, sizes, inf), self._find_video(child))

    def _make_image(self, node: Media | Child, sizes: str, need: float) -> Image:
        return _make_image(self.loaded.images[node.id], sizes, need, self.find_url)

    def _find_video(self, node: Media | Child) -> str:
        video = self.loaded.videos.get(node.id)
        return self.find_url(video) if video else ""


def _make_image(renditions: Renditions, sizes: str, need: float, find_url: FindURL) -> Image:
    def list_files(items: list[Rendition]) -> str:
        widths = choose_widths([item.width for item in items], need)
        return ", ".join(f"{find_url(item)} {item.width}w" for item in items[: len(widths)])

    for_all = [item for item in renditions if item.extension != "avif"]
    avif = [item for item in renditions if item not in for_all]
    largest = (avif or for_all)[-1]
    return Image(
        src=find_url((for_all or avif)[-1]),
        srcset=list_files(for_all or avif),
        sizes=sizes,
        width=largest.width,
        height=largest.height,
        avif=list_files(avif) if for_all else "",
        largest=find_url(largest),
    )
