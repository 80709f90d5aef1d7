import gzip
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
import jinja2
import pytest
import rcssmin
from goldens import check, list_cases

import mkdocs_instagram
from mkdocs_instagram.cache.models import Rendition, Renditions, Video
from mkdocs_instagram.config.feed_options import FeedOptions, check_options
from mkdocs_instagram.config.labels import ENGLISH
from mkdocs_instagram.config.models import Account, MediaOverride
from mkdocs_instagram.errors import Unreachable
from mkdocs_instagram.feed.models import Feed, LoadedFeed
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import User
from mkdocs_instagram.render.environment import make_environment, render_feed, write_date
from mkdocs_instagram.render.items import make_avatar, make_items
from mkdocs_instagram.render.stylesheet import STYLESHEET, link_stylesheet, name_stylesheet
from mkdocs_instagram.text import clean

TEMPLATES = Path(mkdocs_instagram.__file__).parent / "render" / "templates"
NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
ACCOUNT = Account("main")
# As in the API; cases override it.
USER = {"id": "1", "user_id": "17841400000000001", "username": "harbour.bakery"}
NODE = {
    "id": "17900000000000001",
    "media_type": "IMAGE",
    "media_url": "https://scontent.cdninstagram.com/v/1.jpg?oh=00_AAAB&oe=6A6AB2D0",
    "permalink": "https://www.instagram.com/p/C0001abcDEF/",
    "timestamp": "2026-07-22T10:45:00+0000",
    "username": "harbour.bakery",
}
HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }} {% raw %} "
    "<!-- instagram --> --> \\g<0> \\1 ]]> &lt;b&gt; \x00\x1b\u202e\ud83d </div></textarea>"
)


def make_theme(**templates: str) -> jinja2.Environment:
    """Return an environment like a theme's, with the site's templates before ours."""
    own = {f"instagram/{name}.html": text for name, text in templates.items()}
    loaders = [jinja2.DictLoader(own), jinja2.FileSystemLoader(TEMPLATES)]
    return jinja2.Environment(loader=jinja2.ChoiceLoader(loaders), autoescape=False)  # noqa: S701 - as MkDocs'


@cache
def compiled_environment() -> jinja2.Environment:
    """Return the environment of a theme without own templates, compiled once."""
    return make_environment(make_theme())


def make_renditions(name: str, sizes: list[list[Any]]) -> Renditions:
    """Return files by width and height, and by the end of their names if that is not webp."""
    digests = [hashlib.sha256(f"{name} {size}".encode()).hexdigest() for size in sizes]
    return tuple(
        Rendition(digest, width, height, *(ending or ["webp"]))
        for digest, (width, height, *ending) in zip(digests, sizes, strict=True)
    )


def render(
    items: list[dict[str, Any]],
    options: FeedOptions | None = None,
    *,
    user: Mapping[str, Any] = USER,
    overrides: Mapping[str, MediaOverride] | None = None,
    sizes: list[list[Any]] | None = None,
    videos: Sequence[str] = (),
    theme: jinja2.Environment | None = None,
    language: str = "",
    plugins: Sequence[str] = (),
) -> str:
    """Return the HTML of a feed of API nodes; `videos` are the ids with an mp4 in the site."""
    media = graph.decipher_batch({"data": [{**NODE, **node} for node in items]}).items
    feed = Feed(graph.decipher_user(dict(user)), media, NOW)
    ids = [item.id for item in media] + [child.id for item in media for child in item.children]
    images = {name: make_renditions(name, sizes or [[320, 400], [600, 750]]) for name in ids}
    shown = LoadedFeed(
        ACCOUNT,
        feed,
        None,
        images,
        avatar=make_renditions("avatar", sizes or [[150, 150]])
        if "profile_picture_url" in user
        else (),
        videos={name: Video(hashlib.sha256(name.encode()).hexdigest()) for name in videos},
    )
    return render_shown(shown, options, overrides, theme=theme, language=language, plugins=plugins)


def find_url(file: Rendition | Video) -> str:
    return f"../assets/mk-ig/{file.name}"


def render_shown(
    shown: LoadedFeed,
    options: FeedOptions | None = None,
    overrides: Mapping[str, MediaOverride] | None = None,
    *,
    theme: jinja2.Environment | None = None,
    language: str = "",
    plugins: Sequence[str] = (),
) -> str:
    options = options or FeedOptions()
    environment = make_environment(theme) if theme else compiled_environment()

    def write_day(day: datetime) -> str:
        return write_date(environment, day, language)

    items = make_items(shown, options, overrides or {}, ENGLISH, find_url, write_date=write_day)
    avatar = make_avatar(shown, find_url)
    context = {
        "page": None,
        "config": {"site_name": "Bakery", "plugins": plugins},
        "avatar": avatar,
        "feed_id": "mk-ig-1",
    }
    return render_feed(
        environment, shown, items, options, language=language, labels=ENGLISH, context=context
    )


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the HTML of a case: `options` as in a tag, `items` and `user` as in the API."""
    options, unknown = check_options(case.get("options", {}))
    assert not unknown
    overrides = {code: MediaOverride(**given) for code, given in case.get("overrides", {}).items()}
    html = render(
        case["items"],
        FeedOptions(**options),
        user=case.get("user", USER),
        overrides=overrides,
        sizes=case.get("sizes"),
        videos=case.get("videos", ()),
        plugins=case.get("plugins", ()),
    )
    return {"html": html + "\n"}


def parse(html: str) -> Any:
    """Return the fragment's tree; invalid HTML is an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(html)


@pytest.mark.parametrize("path", list_cases("feed"))
def test_feeds_become_html(path: Path, regenerate: bool) -> None:
    check(path, run, regenerate=regenerate)


@pytest.mark.parametrize("caption", ["none", "below", "overlay"])
@pytest.mark.parametrize("text", [HOSTILE, HOSTILE * 12, "\n\n", "x" * 2200, "ש" * 2200])
def test_remote_text_never_becomes_markup(text: str, caption: str) -> None:
    node = {"caption": text, "alt_text": text, "username": text, "shortcode": text}
    user = {"id": "1", "username": text, "name": text, "biography": text, "website": text}
    options = FeedOptions(caption=caption, caption_length=2200, title=clean(text), show=("date",))

    html = render([node], options, user=user)

    plain = render([{"caption": "x", "alt_text": "x"}], options)
    assert shape(html) in (shape(plain), shape(render([{}], options)))
    assert "<script" not in html
    assert "<!--" not in html
    assert "\x00" not in html
    html.encode()


def shape(html: str) -> list[tuple[str, list[str]]]:
    """Return the elements of a fragment with the names of their attributes."""
    return [(element.tag, sorted(element.attrib)) for element in parse(html).iter()]


def test_braces_in_a_caption_are_not_a_template() -> None:
    html = render([{"caption": "{{ 7*7 }} {{ config }} {% if %}"}], FeedOptions(caption="below"))

    assert "{{ 7*7 }} {{ config }} {% if %}" in html


def test_every_picture_has_all_attributes() -> None:
    tree = parse(render([{"id": "1"}, {"id": "2", "media_type": "CAROUSEL_ALBUM"}]))

    images = tree.findall(".//img")
    assert len(images) == 2
    for image in images:
        assert set(image.attrib) >= {
            "alt",
            "decoding",
            "height",
            "loading",
            "sizes",
            "src",
            "srcset",
            "width",
        }
        assert all(image.attrib.values())
    assert "cdninstagram" not in render([{}])


def test_without_a_feed_there_is_an_empty_block() -> None:
    html = render_shown(LoadedFeed(ACCOUNT, None, Unreachable("Down.")))

    (root,) = parse(html)
    assert root.attrib["class"].startswith("mk-ig mk-ig--grid")
    assert [child.attrib["class"] for child in root] == ["mk-ig__empty"]
    assert "Down." not in html


def test_a_template_of_the_site_goes_before_ours_and_is_escaped_too() -> None:
    theme = make_theme(item="[{{ item.media.caption }} {{ config.site_name }} {{ page }}]")

    html = render([{"caption": "<b>"}], theme=theme)

    assert "[&lt;b&gt; Bakery None]" in html
    assert "mk-ig__items" in html


def test_the_option_template_names_the_file() -> None:
    theme = make_theme(cards="<p>{{ items | length }} of {{ user.username }}</p>")

    html = render([{}], FeedOptions(template="cards.html"), theme=theme)

    assert html == "<p>1 of harbour.bakery</p>"


@pytest.mark.parametrize(
    ("templates", "name"),
    [
        ({}, "none.html"),
        ({"broken": "{% if %}"}, "broken.html"),
        ({"broken": "{{ nothing.at.all }}"}, "broken.html"),
    ],
)
def test_a_template_that_is_missing_or_wrong_is_an_error(
    templates: dict[str, str], name: str
) -> None:
    with pytest.raises(jinja2.TemplateError):
        render([{}], FeedOptions(template=name), theme=make_theme(**templates))


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        ("<head><title>x</title></head><body>", "<head><title>x</title>{}</head><body>"),
        ("<HEAD></HEAD\n><p>", "<HEAD>{}</HEAD\n><p>"),
        ('<p>a</p><div class="mk-ig mk-ig--grid">', '<p>a</p>{}<div class="mk-ig mk-ig--grid">'),
        ("<p>a</p>", "{}<p>a</p>"),
    ],
)
def test_the_stylesheet_is_linked_in_the_head_else_before_the_feed(html: str, linked: str) -> None:
    link = '<link rel="stylesheet" href="../a.css?a=1&amp;b=&quot;2&quot;">'

    assert link_stylesheet(html, '../a.css?a=1&b="2"') == linked.replace("{}", link)


def test_the_name_of_the_stylesheet_tells_its_content() -> None:
    digest = hashlib.sha256(STYLESHEET.read_bytes()).hexdigest()

    assert name_stylesheet() == f"instagram.{digest[:12]}.css"


def test_user_without_a_name_leaves_no_link() -> None:
    user = User("1")

    assert user.permalink == ""
    assert "mk-ig__profile" not in render([], user={"id": "1"})
    assert "mk-ig__profile" in render([])


@pytest.mark.parametrize(
    ("website", "link"),
    [
        ("https://www.bakery.example/", ("https://www.bakery.example/", "bakery.example")),
        ("HTTP://Bakery.example", ("http://Bakery.example", "bakery.example")),
        ("bakery.example/a?b=1#c", ("https://bakery.example/a?b=1#c", "bakery.example/a?b=1#c")),
        (
            "https://bäckerei.example:8443",
            ("https://bäckerei.example:8443", "bäckerei.example:8443"),
        ),
        ("", ("", "")),
        ("bakery", ("", "")),
        ("javascript:alert(1)", ("", "")),
        ("javascript://bakery.example/%0aalert(1)", ("", "")),
        ("//bakery.example", ("", "")),
        ("https://bakery.example@evil.example", ("", "")),
        ("https://bakery.example\\@evil.example", ("", "")),
        ("https://bakery.example/ x", ("", "")),
        ('https://bakery.example/"onclick=1', ("", "")),
        ("https://10.0.0.1/", ("", "")),
        ("a." * 2000, ("", "")),
    ],
)
def test_a_website_is_a_link_if_it_is_a_web_address(website: str, link: tuple[str, str]) -> None:
    assert User("1", website=website).website_link == link
    html = render([], FeedOptions(header=True), user={**USER, "website": website})
    assert html.count("mk-ig__website") == bool(link[0])


def test_a_header_shows_nothing_of_what_is_not_there() -> None:
    assert "mk-ig__header" not in render([], FeedOptions(header=True), user={"id": "1"})


def test_the_website_of_the_demo_is_no_link() -> None:
    user = {**USER, "website": "https://bakery.example", "has_profile": False}

    html = render([], FeedOptions(header=True), user=user)

    assert '<div class="mk-ig__website">bakery.example</div>' in html
    assert "mk-ig__follow" not in html


def test_the_stylesheet_is_small_and_asks_for_nothing() -> None:
    css = rcssmin.cssmin(STYLESHEET.read_bytes())  # as hatch_build.py does for a wheel

    assert len(gzip.compress(css, 9)) <= 4500
    assert b"url(" not in css
    assert b"@import" not in css


def test_a_template_of_the_site_extends_ours_of_the_same_name() -> None:
    theme = make_theme(
        item='{% extends "instagram/item.html" %}{% block text %}[{{ item.key }}]{% endblock %}',
        feed='{% extends "instagram/feed.html" %}{% block header %}<b>{{ super() }}</b>'
        "{% endblock %}",
    )

    html = render([{"caption": "Rye"}], FeedOptions(header=True, caption="below"), theme=theme)

    assert '<b>\n<div class="mk-ig__header">' in html
    assert "[C0001abcDEF]" in html
    assert '<img class="mk-ig__img"' in html
    assert "Rye</div>" not in html


@pytest.mark.parametrize("block", ["picture", "text"])
def test_a_block_of_an_item_can_be_wrapped(block: str) -> None:
    theme = make_theme(
        item=f'{{% extends "instagram/item.html" %}}{{% block {block} %}}<i>{{{{ super() }}}}</i>'
        "{% endblock %}"
    )
    options = FeedOptions(caption="below", show=("date",), open="viewer")

    wrapped = render([{"caption": "Rye"}], options, theme=theme)

    assert wrapped.replace("<i>", "").replace("</i>", "") == render([{"caption": "Rye"}], options)


def test_a_block_of_the_viewer_can_be_replaced() -> None:
    theme = make_theme(
        viewer='{% extends "instagram/viewer.html" %}{% block details %}[{{ id }}]{% endblock %}'
    )

    html = render([{"caption": "Rye"}], FeedOptions(open="viewer"), theme=theme)

    assert '<div class="mk-ig__details">[mk-ig-1-C0001abcDEF]</div>' in html
    assert html.count("<img ") == 2
