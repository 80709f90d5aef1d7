"""Turns a feed into HTML. Its outside thing is Jinja.

The templates stand under `instagram/` in the theme's folders. They run in an overlay of the theme's
environment with autoescape on, and get remote text as plain `str`.
"""

import hashlib
import html as html_module
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from .formats import format_date, format_number
from .models import (
    Child,
    Feed,
    Media,
    MediaOverride,
    Overrides,
    Rendition,
    Renditions,
    Shown,
    Video,
)
from .options import Columns, FeedOptions
from .text import shorten

ALT_LENGTH = 120
MAX_ALT_LENGTH = 1000
TEMPLATES = Path(__file__).parent / "templates"
FORMATS = "instagram/formats.html"
"""A template that only sites have: with macros `number` and `date` in place of our own."""
STYLESHEET = Path(__file__).parent / "assets" / "instagram.css"

# Widths of the window, in em, from which a feed is taken to have its medium and large columns.
_MEDIUM, _LARGE = 40, 60
_AUTO = Columns(2, 3, 4)
# Up to a space or punctuation other than . and _: `\w` lacks the vowel signs of many scripts.
_PUNCTUATION = r"!-\-/:-@\[-^`{-~\u2010-\u2027\u3001-\u3003\u3008-\u3011\uff01-\uff0f\uff1a-\uff20"
_BLANK_LINES = re.compile(r"\n\s*\n")
_TAGS_AND_MENTIONS = re.compile(rf"(?<!\w)(?:[#@][^\s{_PUNCTUATION}]+)+")


@dataclass(frozen=True, slots=True)
class Image:
    """What an `img` says; URLs are relative to the page."""

    src: str
    srcset: str
    sizes: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ChildItem:
    """One child of a carousel as the viewer shows it.

    Attributes:
        type: `image` or `video`.
        video: The URL of the site's own mp4; "" without one.
    """

    type: str
    image: Image
    video: str


@dataclass(frozen=True, slots=True)
class Item:
    """One media as the templates see it; every text is plain.

    Attributes:
        type: `image`, `video`, `reel` or `carousel`, for an icon.
        href: Its permalink, or the link in mkdocs.yml; "" without either.
        caption: Cut to `caption_length`; "" when no caption is asked for.
        date: The UTC day, as in ISO 8601; "" when unknown.
        video: The URL of the site's own mp4, with `open: viewer` and `videos: file`; "" without
            one.
        children: Those of a carousel that have a picture, with `open: viewer`; else empty.
    """

    media: Media
    type: str
    href: str
    alt: str
    caption: str
    date: str
    image: Image
    video: str
    children: tuple[ChildItem, ...]


FindURL = Callable[[Rendition | Video], str]
"""Gives the URL of a file of the site's own, relative to the page."""


def make_environment(environment: jinja2.Environment) -> jinja2.Environment:
    """Return an overlay of the theme's environment that escapes everything, with our filters.

    Raises:
        jinja2.TemplateError: The site's own `formats.html` is wrong. Caught by `pages`.
    """
    overlay = environment.overlay(autoescape=True)
    own = _find_macros(overlay)
    number = _make_filter(getattr(own, "number", format_number))
    date = _make_filter(getattr(own, "date", format_date))
    # An overlay has the filters of what it overlays: the theme's own pages keep theirs.
    overlay.filters = {**overlay.filters, "ig_number": number, "ig_date": date}
    return overlay


def _find_macros(environment: jinja2.Environment) -> object:
    """Return what the site's own `formats.html` defines; nothing without one."""
    try:
        return environment.get_template(FORMATS).module
    except jinja2.TemplateNotFound as error:
        if error.name != FORMATS:
            raise
        return None


def _make_filter(write: Callable[[Any, str], str]) -> Callable[..., str]:
    @jinja2.pass_context
    def apply(context: jinja2.runtime.Context, value: object) -> str:
        return write(value, context.get("language", ""))

    return apply


def make_items(
    shown: Shown,
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
    return [
        make.item(media, overrides.get(media.shortcode) or MediaOverride())
        for media in (shown.feed.items if shown.feed else ())
    ]


def make_avatar(shown: Shown, find_url: FindURL) -> Image | None:
    """Return the user's picture; `None` without `header`, and when there is none."""
    return _image(shown.avatar, "", find_url) if shown.avatar else None


def render_feed(
    environment: jinja2.Environment,
    shown: Shown,
    items: list[Item],
    options: FeedOptions,
    *,
    language: str,
    labels: Mapping[str, str],
    context: Mapping[str, Any],
) -> str:
    """Return the HTML of one feed, without white space around it.

    Args:
        environment: From `make_environment`.
        shown: Its feed; without one, the empty block is rendered.
        items: From `make_items`.
        options: What the tag asks for.
        language: Of the page, as `de` or `pt-BR`; "" for none.
        labels: Every text of ours in it, by name.
        context: `page`, `config` and `avatar`, which is that of `make_avatar`.

    Raises:
        jinja2.TemplateError: A template of the user's is missing or wrong. Caught by `pages`.
    """
    template = environment.get_template(f"instagram/{options.template}")
    html = template.render(
        feed=shown.feed,
        items=items,
        user=shown.feed.user if shown.feed else None,
        options=options,
        classes=list_classes(options),
        title=options.title or _title(shown.feed, labels),
        language=language,
        labels=labels,
        **context,
    )
    return html.strip()


def is_same_everywhere(environment: jinja2.Environment, options: FeedOptions) -> bool:
    """Tell whether a feed looks the same on every page: all templates are ours.

    Ours look at neither `page` nor `config`; a user's may.
    """
    ours = TEMPLATES / "instagram"
    names = {options.template, *(path.name for path in ours.iterdir())}
    loader = environment.loader
    return loader is not None and all(
        Path(loader.get_source(environment, f"instagram/{name}")[1] or "").parent == ours
        for name in names
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes what the templates see of the media of one feed."""

    shown: Shown
    options: FeedOptions
    labels: Mapping[str, str]
    find_url: FindURL

    def item(self, media: Media, override: MediaOverride) -> Item:
        caption = media.caption.strip() if self.options.caption != "none" else ""
        return Item(
            media=media,
            type=_type(media),
            href=override.link or media.permalink,
            alt=override.alt or make_alt(media, self.labels),
            caption=shorten(_BLANK_LINES.sub("\n", caption), self.options.caption_length),
            date=_date(media),
            image=self._image(media),
            video=self._video(media),
            children=tuple(
                ChildItem(_child_type(child), self._image(child), self._video(child))
                for child in media.children
                if child.id in self.shown.images
            ),
        )

    def _image(self, node: Media | Child) -> Image:
        return _image(self.shown.images[node.id], _sizes(self.options.columns), self.find_url)

    def _video(self, node: Media | Child) -> str:
        video = self.shown.videos.get(node.id)
        return self.find_url(video) if video else ""


def make_alt(media: Media, labels: Mapping[str, str]) -> str:
    """Return the text for who cannot see the picture.

    It is `alt_text`, else the caption without tags and mentions, else who and when.
    """
    if media.alt_text.strip():
        return shorten(" ".join(media.alt_text.split()), MAX_ALT_LENGTH)
    caption = " ".join(_TAGS_AND_MENTIONS.sub("", media.caption).split())
    if any(char.isalnum() for char in caption):
        return shorten(caption, ALT_LENGTH)
    return ", ".join(filter(None, (f"{labels['by']} {media.username}".strip(), _date(media))))


def list_classes(options: FeedOptions) -> str:
    """Return the classes of the root element."""
    sizes = {"s": options.columns.small, "m": options.columns.medium, "l": options.columns.large}
    return " ".join(
        filter(
            None,
            (
                "mk-ig",
                f"mk-ig--{options.layout}",
                f"mk-ig--{options.ratio.replace('/', '-')}",
                "mk-ig--text-below" if options.caption == "below" or len(options.show) > 1 else "",
                f"mk-ig--caption-{options.caption}" if options.caption != "none" else "",
                "mk-ig--columns" if options.columns.small else "",
                *(f"mk-ig--{size}{count}" for size, count in sizes.items() if count),
                options.extra_class,
            ),
        )
    )


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


def _sizes(columns: Columns) -> str:
    """Return the widths that a column takes, at most; browsers that know `auto` measure it."""
    small, medium, large = (
        given or usual
        for given, usual in zip(
            (columns.small, columns.medium, columns.large),
            (_AUTO.small, _AUTO.medium, _AUTO.large),
            strict=True,
        )
    )
    steps = [(_LARGE, large), (_MEDIUM, medium)]
    rules = [f"(min-width: {width}em) {round(100 / (count or 1))}vw" for width, count in steps]
    return ", ".join(["auto", *rules, f"{round(100 / (small or 1))}vw"])


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


def _title(feed: Feed | None, labels: Mapping[str, str]) -> str:
    name = feed.user.username if feed else ""
    return f"{labels['feed']}: {name}" if name else labels["feed"]


@cache
def name_stylesheet() -> str:
    """Return the stylesheet's name in the site, which changes with its content."""
    return f"instagram.{hashlib.sha256(STYLESHEET.read_bytes()).hexdigest()[:12]}.css"


def link_stylesheet(html: str, url: str) -> str:
    """Return a page with a link to the stylesheet: in its head, else before its first feed."""
    link = f'<link rel="stylesheet" href="{html_module.escape(url)}">'
    position = html.find("</head>")
    if position < 0:
        found = re.search(r"</head\s*>|<div class=\"mk-ig\b", html, re.IGNORECASE)
        position = found.start() if found else 0
    return f"{html[:position]}{link}{html[position:]}"
