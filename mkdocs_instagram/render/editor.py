"""The page of the editor."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import jinja2
import markupsafe

from mkdocs_instagram.cache.models import Rendition, Video
from mkdocs_instagram.config.feed_options import BY_NAME, CHECKS, Columns, FeedOptions
from mkdocs_instagram.config.presets import Presets
from mkdocs_instagram.feed.columns import CHOICES
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.pictures import Publish
from mkdocs_instagram.feed.selection import choose_media, list_types, read_words
from mkdocs_instagram.instagram.models import Media

from .editor_controls import list_controls, write_value
from .environment import TEMPLATES, make_environment, render_feed, write_date
from .items import make_avatar, make_items
from .layouts import count_rows
from .stylesheet import STYLESHEET, name_stylesheet
from .tag import FeedTag, replace_tags

if TYPE_CHECKING:
    from mkdocs_instagram.config.site_options import InstagramConfig

NEEDED = FeedOptions(limit=120, open="viewer", header=True)
"""The page has these posts, and their files are all that it can show."""

_STARTS = (
    ("Shop window", "{limit: 10, layout: highlight, caption: overlay, open: viewer}"),
    ("Side column", "{limit: 6, columns: 2, caption: overlay}"),
    ("Wall", "{limit: 24, layout: masonry, show: [type, likes], open: viewer, more: 12}"),
    ("One post", "{limit: 1, header: true, caption: below, show: [date, likes, comments]}"),
    ("Link in bio", "{limit: 9, columns: 3, ratio: 4/5, header: true}"),
)
_FULL = NEEDED._replace(
    show=("date", "likes", "comments", "type", "user"),
    caption="below",
    caption_length=2200,
    columns=Columns(1, 1, 1),
    new_tab=True,
)
# By `open`, which decides on the picture. For the texts, the script takes a post from the feed with
# the right place for them: a list, below in a grid, over the pictures, or of a post alone.
_WHOLE = {
    "post": _FULL._replace(layout="list", open="post", more=1),
    "viewer": _FULL,
    "image": _FULL._replace(layout="carousel", caption="overlay", open="image"),
    "none": _FULL._replace(open="none"),
}
_ASSETS = STYLESHEET.parent
_FILES = ("editor.css", "editor.js")


class Start(NamedTuple):
    """A starting point: its tag and feed, and its options as they are in the page's address."""

    name: str
    tag: str
    address: str
    html: markupsafe.Markup


def make_editor(
    loaded: LoadedFeed,
    options: "InstagramConfig",
    publish: Publish,
    find_url: Callable[[str], str],
    *,
    is_default: bool = True,
    home: str = "",
) -> str:
    """Return the page, and put the files into the site that it needs beside those of the feed.

    Args:
        loaded: The feed of `NEEDED`.
        options: The plugin's entry in mkdocs.yml.
        publish: Puts a file into the site.
        find_url: Returns the URL of such a file.
        is_default: A tag shows the account without naming it.
        home: The URL of the site around the page; "" for none.
    """
    feeds = _Feeds(loaded, options, find_url, _open_environment(TEMPLATES))
    for name in (*_FILES, name_stylesheet()):
        path = _ASSETS / name if name in _FILES else STYLESHEET
        publish(name, partial(_copy, path))
    base, account = options.list_presets().merge(), loaded.account.name
    items = loaded.feed.items if loaded.feed else ()
    return (
        _open_environment(_ASSETS)
        .get_template("editor.html")
        .render(
            controls=list_controls(base),
            starts=list(_list_starts(feeds, base)),
            whole={name: feeds.render_whole(name) for name in _WHOLE},
            empty=feeds.render((), FeedOptions()),
            data=json.dumps(
                {
                    "media": _describe(loaded, options),
                    "choices": CHOICES,
                    "name": account,
                    "account": "" if is_default else account,
                }
            ),
            account=account,
            total=len(items),
            stylesheets=[find_url(name_stylesheet()), find_url("editor.css")],
            script=find_url("editor.js"),
            home=home,
        )
    )


def _open_environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True)


class _Feeds(NamedTuple):
    """Renders feeds of some posts, as the plugin does."""

    loaded: LoadedFeed
    options: "InstagramConfig"
    find_url: Callable[[str], str]
    theme: jinja2.Environment

    def render_whole(self, name: str) -> markupsafe.Markup:
        items = self.loaded.feed.items if self.loaded.feed else ()
        # A post alone has its counts in its text.
        parts = [(media,) for media in items] if name == "none" else [items]
        return markupsafe.Markup("\n").join(self.render(part, _WHOLE[name]) for part in parts)

    def render(
        self, items: Sequence[Media], options: FeedOptions, feed_id: str = "mk-ig-1"
    ) -> markupsafe.Markup:
        feed = self.loaded.feed and self.loaded.feed._replace(items=tuple(items))
        loaded = self.loaded._replace(feed=feed)
        labels = self.options.labels.choose("")
        environment = make_environment(self.theme)

        def find_url(file: Rendition | Video) -> str:
            return self.find_url(file.name)

        def write_day(day: datetime) -> str:
            return write_date(environment, day, "")

        html = render_feed(
            environment,
            loaded,
            make_items(loaded, options, self.options.media, labels, find_url, write_date=write_day),
            options,
            language="",
            labels=labels,
            context={
                "page": None,
                "config": {"plugins": ()},
                "avatar": make_avatar(loaded, find_url),
                "feed_id": feed_id,
            },
        )
        return markupsafe.Markup(html)  # noqa: S704 - a template has escaped everything in it


def _copy(path: Path, target: Path) -> bool:
    return bool(shutil.copyfile(path, target))


def _list_starts(feeds: _Feeds, base: FeedOptions) -> Iterator[Start]:
    items = feeds.loaded.feed.items if feeds.loaded.feed else ()
    for number, (name, text) in enumerate(_STARTS, 2):
        tag = f"<!-- instagram {text} -->"
        options = _read_options(tag)
        chosen = choose_media(items, options, feeds.options.media)
        changed = {
            option: write_value(getattr(options, field))
            for option, (field, _) in CHECKS.items()
            if getattr(options, field) != getattr(base, field)
        }
        if name == "Side column":
            changed["width"] = "390"
        html = feeds.render(chosen, options, f"mk-ig-{number}")
        yield Start(name, tag, urlencode(changed), html)


def _read_options(tag: str) -> FeedOptions:
    """Return the options of a tag in a site without `defaults`."""
    found: list[FeedOptions] = []

    def keep(tag: FeedTag) -> str:
        found.append(tag.options)
        return ""

    replace_tags(tag, Presets({}, {}), keep, lambda _: None)
    return found[0]


def _describe(loaded: LoadedFeed, options: "InstagramConfig") -> list[dict[str, object]]:
    """Return what the script must know of each post to choose it as the plugin does."""
    items = loaded.feed.items if loaded.feed else ()
    account = (loaded.account.name,)
    orders = {
        sort: [
            media.id
            for media in choose_media(
                items, NEEDED._replace(sort=sort, account=account), options.media
            )
        ]
        for sort in BY_NAME["sort"].schema["enum"]
    }
    found = []
    for media in items:
        text, links = read_words(media.caption)
        picture = max(loaded.images[media.id], key=lambda image: image.width)
        override = options.media.get(media.shortcode)
        found.append(
            {
                "key": media.shortcode or media.id,
                "code": media.shortcode,
                "day": media.timestamp.date().isoformat() if media.timestamp else "",
                "types": sorted(list_types(media)),
                "linked": bool(override and override.link),
                "order": {sort: ids.index(media.id) for sort, ids in orders.items()},
                "rows": count_rows(picture.width, picture.height),
                "text": text,
                "links": sorted(links),
            }
        )
    return found
