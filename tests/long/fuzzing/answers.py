"""Any answer of the API, as a page."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jinja2

from mkdocs_instagram.cache.models import Rendition, Video
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.labels import ENGLISH
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import InstagramError
from mkdocs_instagram.feed.models import Feed, LoadedFeed
from mkdocs_instagram.feed.selection import choose_media
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import Child, Media, User
from mkdocs_instagram.render.environment import TEMPLATES, make_environment, render_feed
from mkdocs_instagram.render.items import make_avatar, make_items

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
HEAD = 2
WAYS = (
    FeedOptions(),
    FeedOptions(caption="below", show=("date", "likes", "comments", "type"), header=True),
    FeedOptions(caption="overlay", caption_length=20, open="viewer", layout="highlight", more=1),
    FeedOptions(include=("#bread", "東京"), sort="likes", layout="list", limit=3),
    FeedOptions(types=("reel", "carousel"), sort="random", layout="carousel", open="image"),
)
# What our own templates write; a page must contain nothing else.
TAGS = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b")
KNOWN_TAGS = {
    *("a", "br", "button", "details", "div", "img", "label", "source", "span", "strong"),
    *("summary", "time"),
}
HANDLER = re.compile(r"<[^>]*\son\w+\s*=[^>]*>")
ADDRESS = re.compile(r'(?:href|src)="([^"]*)"')
OWN = re.compile(r"(?:\.\./assets/|https://www\.instagram\.com/|#)[\w./@%-]*")


@cache
def _environment() -> jinja2.Environment:
    theme = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=False)  # noqa: S701 - as MkDocs'
    return make_environment(theme)


def show_input(data: bytes) -> str:
    """Show a fuzzer's input: a byte for the status, a byte for the options, and the body."""
    return show(200 if data[:1] < b"\xf0" else 400, data[HEAD:], data[1] if len(data) > 1 else 0)


def show(status: int, body: bytes, way: int) -> str:
    """Return the page of an answer, "" for one that is refused.

    Raises:
        AssertionError: The page contains HTML that is not from our templates.
        Exception: Anything except an `InstagramError`: users would see a traceback.
    """
    try:
        answer = graph.decipher_response(status, {}, body)
        batch = graph.decipher_batch(answer)
        user = graph.decipher_user(answer) if "username" in answer else User("1")
    except InstagramError:
        return ""
    saved = [graph.encode_media(media) for media in batch.items]
    assert graph.decipher_batch({"data": saved}).items == batch.items
    options = WAYS[way % len(WAYS)]
    items = tuple(choose_media(batch.items, options, {}))
    html = _render(Feed(user, items, NOW), options)
    _look(html)
    return html


def _render(feed: Feed, options: FeedOptions) -> str:
    children = (child for media in feed.items for child in media.children)
    nodes: list[Media | Child] = [*feed.items, *children]
    digest = hashlib.sha256(b"").hexdigest()
    images = {node.id: (Rendition(digest, 320, 400, "webp"),) for node in nodes}
    videos = {node.id: Video(digest) for node in nodes if node.video}
    shown = LoadedFeed(Account("main"), feed, None, images, videos=videos)
    items = make_items(shown, options, {}, ENGLISH, _find_url, write_date=datetime.isoformat)
    context: dict[str, Any] = {
        "page": None,
        "config": {},
        "avatar": make_avatar(shown, _find_url),
        "feed_id": "mk-ig-1",
    }
    return render_feed(
        _environment(), shown, items, options, language="", labels=ENGLISH, context=context
    )


def _find_url(file: Rendition | Video) -> str:
    return f"../assets/mk-ig/{file.name}"


def _look(html: str) -> None:
    # Quotation marks in texts are escaped: each one here begins or ends an attribute's value.
    bare = re.sub(r'"[^"]*"', '""', html)
    unknown = {name for _, name in TAGS.findall(bare)} - KNOWN_TAGS
    assert not unknown, unknown
    assert not HANDLER.search(bare), HANDLER.search(bare)
    for address in ADDRESS.findall(html):
        assert OWN.fullmatch(address), address
