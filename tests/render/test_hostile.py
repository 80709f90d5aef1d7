"""Hostile texts in every field and template."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import html5lib
import jinja2
import pytest
from hostile import TEXTS
from test_items import (
    ACCOUNT,
    NOW,
    TEMPLATES,
    compiled_environment,
    find_url,
    make_renditions,
    make_theme,
)

from mkdocs_instagram.cache.models import Rendition, Video
from mkdocs_instagram.config.feed_options import LAYOUTS, FeedOptions, check_options
from mkdocs_instagram.config.labels import ENGLISH, check_labels
from mkdocs_instagram.config.models import MediaOverride
from mkdocs_instagram.feed.models import Feed, LoadedFeed
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import Child, Media
from mkdocs_instagram.render.environment import make_environment, render_feed
from mkdocs_instagram.render.items import make_avatar, make_items
from mkdocs_instagram.text import clean

# All elements and attributes that a feed may have. Add to them only with a reason.
ANYWHERE = {"aria-haspopup", "aria-hidden", "aria-label", "class", "dir", "id", "role"}
ELEMENTS = {
    "a": {"data-description", "data-gallery", "data-title", "data-type", "href", "rel", "tabindex"}
    | {"target"},
    "button": {"autofocus", "popovertarget", "popovertargetaction", "type"},
    "details": set[str](),
    "div": {"autofocus", "data-media", "data-next", "data-previous", "popover", "tabindex"},
    "picture": set[str](),
    "source": {"sizes", "srcset", "type"},
    "label": {"for"},
    "img": {"alt", "decoding", "height", "loading", "sizes", "src", "srcset", "width"},
    "span": set[str](),
    "strong": set[str](),
    "summary": set[str](),
    "time": {"datetime"},
}
URLS = ("href", "src")
FILE = r"\.\./assets/mk-ig/[0-9a-f]{32}\.(?:webp|avif|jpg|mp4)"
ADDRESS = re.compile(rf"{FILE}|https://www\.instagram\.com/[\w./%-]*|#[\w-]+")
SRCSET = re.compile(rf"{FILE} \d+w(?:, {FILE} \d+w)*")
WORDS = {
    "dir": {"auto", "ltr", "rtl"},
    "loading": {"eager", "lazy"},
    "decoding": {"async"},
    "popover": {"", "auto"},
    "rel": {"noopener", "nofollow noopener"},
    "role": {"dialog", "group", "list", "listitem"},
    "target": {"_blank"},
    "type": {"button", "image/avif"},
}

CDN = "https://scontent.cdninstagram.com/v"
USER = {"id": "1", "user_id": "17", "username": "harbour.bakery", "name": "Harbour Bakery"}
FILM = {"media_type": "VIDEO", "media_url": f"{CDN}/1.mp4", "thumbnail_url": f"{CDN}/1.jpg"}
CHILDREN = [{"id": "8", "media_type": "IMAGE", "media_url": f"{CDN}/8.jpg"}, {"id": "9", **FILM}]
SORTS: tuple[Mapping[str, Any], ...] = (
    {"media_type": "IMAGE", "media_url": f"{CDN}/1.jpg"},
    {"media_product_type": "REELS", **FILM},
    {"media_type": "CAROUSEL_ALBUM", "children": {"data": CHILDREN}},
)


def media_nodes(**given: str) -> list[dict[str, Any]]:
    """Return an image, a reel and a carousel in the API's shape, each with `given`."""
    return [
        {
            "id": str(10 + number),
            "permalink": f"https://www.instagram.com/p/C000{number}abcDEF/",
            "timestamp": "2026-07-22T10:45:00+0000",
            "username": "harbour.bakery",
            "like_count": 1204,
            "comments_count": 3,
            **sort,
            **given,
        }
        for number, sort in enumerate(SORTS)
    ]


def shown_of(items: tuple[Media, ...], user: Mapping[str, Any]) -> LoadedFeed:
    nodes: list[Media | Child] = [*items, *(child for media in items for child in media.children)]
    images = {node.id: make_renditions(node.id, [[320, 400]]) for node in nodes}
    videos = {node.id: Video(node.id.rjust(64, "0")) for node in nodes if node.video}
    feed = Feed(graph.decipher_user(dict(user)), items, NOW)
    avatar = (Rendition("a" * 64, 320, 320, "webp"),)
    return LoadedFeed(ACCOUNT, feed, None, images, avatar, videos)


def render(
    nodes: list[dict[str, Any]],
    options: Mapping[object, Any],
    *,
    user: Mapping[str, Any] = USER,
    alt: str = "",
    labels: Mapping[object, object] | None = None,
    theme: jinja2.Environment | None = None,
) -> str:
    """Return a feed that shows everything, its texts read as from Instagram and mkdocs.yml."""
    everything: dict[object, object] = {
        "caption": "below",
        "caption_length": 2200,
        "show": ["date", "likes", "comments", "type"],
        "header": True,
        "open": "viewer",
        "more": 1,
    }
    checked, _ = check_options({**everything, **options})
    feed_options = FeedOptions(**checked)
    shown = shown_of(graph.decipher_batch({"data": nodes}).items, user)
    overrides = {media.shortcode: MediaOverride(alt=clean(alt)) for media in shown.feed.items}  # type: ignore[union-attr]
    texts = check_labels(labels or {})[0].choose("de")
    items = make_items(
        shown, feed_options, overrides, texts, find_url, write_date=datetime.isoformat
    )
    environment = make_environment(theme) if theme else compiled_environment()
    return render_feed(
        environment,
        shown,
        items,
        feed_options,
        language="de",
        labels=texts,
        context={
            "page": None,
            "config": {"plugins": ["glightbox"]},
            "avatar": make_avatar(shown, find_url),
            "feed_id": "mk-ig-1",
        },
    )


def check(html: str) -> Any:
    """Return the tree of a feed, and check that it has only what a feed may have."""
    html.encode()
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert len(tree) == 1
    assert not (tree.text or "").strip()
    for element in tree[0].iter():
        assert element.tag in ELEMENTS, element.tag
        for name, value in element.attrib.items():
            assert name in ANYWHERE | ELEMENTS[element.tag], (element.tag, name)
            if name in URLS:
                assert ADDRESS.fullmatch(value), (name, value)
            if name == "srcset":
                assert SRCSET.fullmatch(value), value
            assert value in WORDS.get(name, {value}), (name, value)
            if name in {"data-title", "data-description"}:  # GLightbox writes them into the page
                shown = html5lib.parseFragment(value, namespaceHTMLElements=False)
                assert {it.tag for it in shown} <= {"br"}, value
            if name in {"for", "id", "popovertarget"}:
                assert re.fullmatch(r"[\w-]+", value), value
    return tree


def said(tree: Any) -> Iterator[str]:
    """Yield every text and attribute of a tree, each run of white space as one space."""
    for element in tree.iter():
        yield " ".join("".join(element.itertext()).split())
        yield from (" ".join(value.split()) for value in element.attrib.values())


def says(tree: Any, text: str) -> bool:
    # HTML cannot contain noncharacters: the parser replaces them, like lone surrogates, by U+FFFD.
    wanted = " ".join(clean(text).split()).replace("\uffff", "\ufffd")
    return any(wanted in piece.replace("\uffff", "\ufffd") for piece in said(tree))


PLACES = ("caption", "alt_text", "username", "permalink", "shortcode")
USER_PLACES = ("username", "name", "biography", "website", "account_type")


def test_there_are_sixty_different_texts() -> None:
    assert len(set(TEXTS)) == len(TEXTS) == 60


@pytest.mark.parametrize("text", TEXTS, ids=range(60))
def test_a_text_stays_a_text_in_every_place(text: str) -> None:
    everywhere = check(
        render(
            media_nodes(**dict.fromkeys(PLACES, text)),
            {"title": text},
            user={**USER, **dict.fromkeys(USER_PLACES, text)},
            labels=dict.fromkeys(ENGLISH, text),
        )
    )
    assert says(everywhere, text)
    user = {**USER, "name": text, "biography": text}
    assert says(check(render(media_nodes(caption=text), {}, user=user)), text)
    assert says(check(render(media_nodes(caption=text), {"caption": "overlay"})), text)
    assert says(check(render(media_nodes(), {}, alt=text)), text)
    assert says(check(render([], {}, labels={"de": dict.fromkeys(ENGLISH, text)})), text)


@pytest.mark.parametrize("caption", ["none", "below", "overlay"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_texts_at_once_leave_the_layout_as_it_is(layout: str, caption: str) -> None:
    for open_ in ("post", "viewer", "image", "none"):
        hostile, plain = (
            check(
                render(
                    media_nodes(caption=text, alt_text=text),
                    {"layout": layout, "caption": caption, "open": open_, "title": text},
                    user={**USER, "name": text, "biography": text},
                    labels=dict.fromkeys(ENGLISH, text),
                )
            )
            for text in ("".join(TEXTS[:40])[:2000], "x")
        )
        assert without_links(hostile) == without_links(plain)


def without_links(tree: Any) -> list[tuple[str, list[str]]]:
    """Return the shape without links to #tags and @mentions, which a text may contain."""
    return [
        (element.tag, sorted(element.attrib))
        for element in tree.iter()
        if not re.match(
            r"https://www\.instagram\.com/(?:explore/|(?!p/|reel/|harbour\.bakery))",
            element.get("href", ""),
        )
    ]


def test_these_tests_reach_every_template(monkeypatch: pytest.MonkeyPatch) -> None:
    theme = make_theme()
    loaded = set()
    assert theme.loader
    get_source = theme.loader.get_source

    def record(environment: jinja2.Environment, template: str) -> Any:
        loaded.add(Path(template).name)
        return get_source(environment, template)

    monkeypatch.setattr(theme.loader, "get_source", record)
    monkeypatch.setattr(
        theme.loader, "load", lambda *given: jinja2.BaseLoader.load(theme.loader, *given)
    )
    render(media_nodes(caption="x"), {}, theme=theme)
    render(media_nodes(), {"open": "image"}, theme=theme)
    render([], {}, theme=theme)

    bundled = {path.name for path in (TEMPLATES / "instagram").glob("*.html")}
    assert bundled <= loaded


@pytest.mark.parametrize(
    "html",
    [
        "<div><script>1</script></div>",
        '<div onclick="1"></div>',
        '<div><a href="javascript:1">x</a></div>',
        '<div><img src="https://scontent.cdninstagram.com/1.jpg"></div>',
        '<div><img srcset="//evil.example/1.webp 320w"></div>',
        '<div style="color: red"></div>',
        '<div id="a"><span id="a"></span></div>',
        "<div></div><div></div>",
        "<div><!-- x --></div>",
    ],
)
def test_what_may_not_be_is_found(html: str) -> None:
    with pytest.raises(AssertionError):
        check(html)
