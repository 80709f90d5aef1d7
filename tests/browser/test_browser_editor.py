"""The editor in a real Chromium: what it shows is what the plugin makes of the tag that it writes.

With `--long` 200 random sets of options; else 20.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from difflib import unified_diff
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import hostile
import html5lib
import jinja2
import pytest
import yaml
from browsing import (
    WIDTHS,
    Pages,
    find_violations,
    keep_screenshot,
    load_pictures,
    needs_chromium,
)
from playwright.sync_api import Page

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.commands.edit import open_server
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.site_options import InstagramConfig, load_options
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.saved_feed import load_saved
from mkdocs_instagram.feed.session import Session, SessionSettings
from mkdocs_instagram.instagram.models import Media
from mkdocs_instagram.render.build_log import BuildLog
from mkdocs_instagram.render.editor import NEEDED, make_editor
from mkdocs_instagram.render.editor_controls import Control, list_controls
from mkdocs_instagram.render.environment import TEMPLATES
from mkdocs_instagram.render.pages import Location, PageFeeds
from mkdocs_instagram.render.stylesheet import STYLESHEET
from mkdocs_instagram.text import clean

pytestmark = needs_chromium

NOW = datetime(2026, 12, 1, tzinfo=UTC)
WORDS = (
    "#opennight", "#SATURDAYWALK", "galaxy", "Telescope", "art", "ESPRESSO", "#espresso", "कॉफ़ी",
    "#कॉफ़ी", "@instagram", "the", "12", "No", "#", "noses.", "nothing at all", "ß", "🌌", "東",
    "open", "night",
)  # fmt: skip
TEXTS = {
    "class": ("wide", "a b-c", " x  y "),
    "title": ("Our feed", "yes", "--> <b>", 'a "quoted" \\ one', "# no comment", "5", "{a: b}"),
    "template": ("feed.html",),
}
MEDIA = {
    "DemoParsec4": {"pin": True},
    "DemoRedBik5": {"hide": True},
    "DemoSeed-12": {"link": "https://example.org/"},
    "DemoRidge22": {"link": "https://example.org/", "label": "Book a walk"},
}


class Site(NamedTuple):
    """What an editor is of, and its files by name."""

    options: InstagramConfig
    folder: Path
    loaded: LoadedFeed
    files: dict[str, Path]

    def publish(self, name: str, write: Callable[[Path], bool]) -> bool:
        self.files[name] = self.folder / name
        return write(self.folder / name)

    @property
    def items(self) -> tuple[Media, ...]:
        return self.loaded.feed.items if self.loaded.feed else ()


class Editor(NamedTuple):
    """The page in a browser, and the plugin."""

    page: Page
    site: Site
    controls: list[Control]

    def open(self, **options: str) -> tuple[str, str]:
        """Open the page with these values of controls; return its tag and its feed."""
        self.page.evaluate("hash => { location.hash = hash; load(); }", urlencode(options))
        shown: list[str] = self.page.evaluate(
            "[document.querySelector('#ed-tag').textContent,"
            " document.querySelector('.ed-stage').innerHTML]"
        )
        return shown[0], shown[1]

    def draw(self, dice: random.Random) -> dict[str, str]:
        """Return random values of some controls; as filters leave few posts, they are rare."""
        rare = {"include", "exclude", "since", "until", "post", "linked", "types"}
        codes = [media.shortcode for media in self.site.items if media.shortcode]
        return {
            control.name: draw(control, codes, dice)
            for control in self.controls
            if dice.random() < (0.1 if control.name in rare else 0.4)
        }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("editor")
    entry = {"accounts": {"try": {"demo": True}}, "media": MEDIA, "images": {"widths": [64, 128]}}
    options = load_options(entry, None)
    settings = SessionSettings.of(options, folder)
    account = settings.accounts["try"]
    site = Site(options, folder, LoadedFeed(account, None), {})
    with closing(Cache(settings.cache_dir)) as cache:
        loaded = load_saved(account, NEEDED, settings, cache, now=NOW, publish=site.publish)
    assert loaded
    return site._replace(loaded=loaded)


def write_page(site: Site, name: str = "index.html") -> Path:
    """Return the file of a site's editor, which is written when it is first asked for."""
    file = site.folder / name
    if not file.exists():
        html = make_editor(site.loaded, site.options, site.publish, str)
        file.write_text(html, encoding="utf-8")
    return file


@contextmanager
def opening(pages: Pages, site: Site, page_file: Path) -> Iterator[Editor]:
    told: list[str] = []
    with pages.open(has_scripts=True) as page, open_server({**site.files, "": page_file}) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield Editor(page, site, list_controls(FeedOptions()))
        server.shutdown()
    # The viewer's buttons ask for the focus, which is where somebody types.
    assert [text for text in told if "Autofocus" not in text] == []


@pytest.fixture
def editor(pages: Pages, site: Site) -> Iterator[Editor]:
    with opening(pages, site, write_page(site)) as editor:
        yield editor


@pytest.fixture
def build(site: Site) -> Iterator[Callable[[str], str]]:
    """Return what the plugin makes of a tag."""
    settings = SessionSettings.of(site.options, site.folder)
    session = Session(settings, Pace(is_serve=False), NOW, publish=lambda *_: True)
    feeds = PageFeeds(
        session,
        site.options,
        lambda: jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True),
        BuildLog(session, site.options, NOW, lambda _: None),
        lambda *_: True,
    )
    numbers = count()

    def build(tag: str) -> str:
        context = {"page": None, "config": {"plugins": ()}}
        return feeds.replace(tag, Location(f"page {next(numbers)}", str, context, ""))

    yield build
    session.close()


def draw(control: Control, codes: list[str], dice: random.Random) -> str:
    """Return a random value of a control."""
    if control.kind == "number":
        most = 300 if control.name == "caption_length" else dice.choice((1, 3, 26))
        return str(dice.randint(control.lowest, most))
    if control.kind == "date":
        return f"2026-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
    if control.kind == "some":
        return ", ".join(dice.sample(control.choices, dice.randint(0, len(control.choices))))
    if control.kind == "columns":
        return ", ".join(str(dice.randint(1, 12)) for _ in range(dice.randint(1, 3)))
    if control.kind == "list":
        choices = {"account": ["try"], "post": codes}.get(control.name, list(WORDS))
        return ", ".join(dice.sample(choices, min(len(choices), dice.randint(1, 3))))
    return dice.choice(control.choices or TEXTS.get(control.name, ("true", "false")))


UNSEEN = {"sizes", "srcset", "loading"}
"""Attributes by which a browser chooses a file and its moment, not what it shows."""


def read_lines(html: str) -> list[str]:
    """Return the elements, attributes and texts, without white space between elements."""

    def read(node: Any, depth: int) -> Iterator[str]:
        attributes = {
            name: " ".join(value.split()) if name == "class" else value
            for name, value in sorted(node.attrib.items())
            if name not in UNSEEN
        }
        yield f"{' ' * depth}{node.tag} {attributes}"
        for text, child in [(node.text, None), *((child.tail, child) for child in node)]:
            if child is not None:
                yield from read(child, depth + 1)
            if text and text.strip():
                yield f"{' ' * depth} {text!r}"

    return list(read(html5lib.parseFragment(html, namespaceHTMLElements=False), 0))


def compare(editor: str, plugin: str) -> list[str]:
    return list(unified_diff(read_lines(editor), read_lines(plugin), "editor", "plugin"))


def test_the_feed_of_random_options_is_the_plugins(
    editor: Editor, build: Callable[[str], str], request: pytest.FixtureRequest
) -> None:
    for number in range(200 if request.config.getoption("--long") else 20):
        tag, html = editor.open(**editor.draw(random.Random(number)))

        assert compare(html, build(tag)) == [], f"set {number}: {tag}"


def test_a_starting_point_has_the_tag_that_it_shows(
    editor: Editor, build: Callable[[str], str]
) -> None:
    starts = editor.page.evaluate(
        """[...document.querySelectorAll(".ed-start")].map(
            it => [it.querySelector("a").hash.slice(1), it.querySelector("code").textContent])"""
    )
    assert len(starts) == 5
    for address, tag in starts:
        html = editor.open(**dict(parse_qsl(address)))[1]
        assert compare(html, build(tag)) == []


def test_captions_of_others_stay_text(pages: Pages, site: Site) -> None:
    media = [
        site.items[number % len(site.items)]._replace(
            id=f"1{number}", shortcode=f"Evil-{number}", caption=text, alt_text=text
        )
        for number, text in enumerate(map(clean, hostile.TEXTS))
    ]
    images = {
        one.id: site.loaded.images[site.items[number % len(site.items)].id]
        for number, one in enumerate(media)
    }
    assert site.loaded.feed
    loaded = site.loaded._replace(
        feed=site.loaded.feed._replace(items=tuple(media)),
        images={**site.loaded.images, **images},
    )
    hostile_site = site._replace(loaded=loaded)
    with opening(pages, hostile_site, write_page(hostile_site, "hostile.html")) as editor:
        page = editor.page
        page.add_init_script("window.alert = () => { window.hacked = true; };")
        page.reload()
        for length in ("7", "30", "2200"):
            for caption in ("below", "overlay"):
                editor.open(limit="100", caption=caption, caption_length=length, open="viewer")
        texts = page.evaluate(
            """[...document.querySelectorAll(".ed-stage .mk-ig__viewer .mk-ig__caption")]
                .map(it => it.textContent)"""
        )
        elements = page.evaluate(
            """[...document.querySelectorAll(".ed-stage *")].filter(
                it => it.matches("script, iframe, object, style, form, svg, [onerror], [onload]"))
                .length"""
        )
        assert len(texts) > 50
        assert "<script>alert(1)</script>" in texts
        assert elements == 0
        assert not page.evaluate("window.hacked")


def test_a_choice_is_kept_in_the_address_and_a_foreign_one_is_checked(editor: Editor) -> None:
    editor.page.select_option("[data-option=layout]", "list")
    editor.page.fill("[data-option=title]", '"--> me')
    editor.page.check("[data-option=show] [value=likes]")

    address = editor.page.url
    tag = editor.page.text_content("#ed-tag")
    assert tag == (
        '<!-- instagram {layout: list, show: [likes, type], title: "\\"-\\u002d\\u003e me"} -->'
    )
    editor.page.goto("about:blank")
    editor.page.goto(address)
    assert editor.page.text_content("#ed-tag") == tag

    assert editor.open(layout="<b>", limit="0", columns="13", ratio="4/5", nothing="x")[0] == (
        "<!-- instagram {ratio: 4/5} -->"
    )
    assert "Not valid: limit, columns." in (editor.page.text_content("#ed-note") or "")


def test_the_preset_and_the_colours_can_be_copied(editor: Editor) -> None:
    editor.open(limit="3", preset="wall", **{"--mk-ig-gap": "2", "--mk-ig-accent": "#ff0000"})

    preset = yaml.safe_load(editor.page.text_content("#ed-preset") or "")
    assert preset == {"plugins": [{"instagram": {"feeds": {"wall": {"limit": 3}}}}]}
    assert editor.page.text_content("#ed-css") == (
        ".mk-ig {\n  --mk-ig-gap: 2px;\n  --mk-ig-accent: #ff0000;\n}"
    )
    gap = "getComputedStyle(document.querySelector('.ed-stage .mk-ig__items')).columnGap"
    assert editor.page.evaluate(gap) == "2px"
    css = STYLESHEET.read_text(encoding="utf-8")
    for control in editor.page.locator("[data-kind=look]").all():
        assert f"{control.get_attribute('data-option')}: " in css


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_the_page_fits_and_is_accessible(editor: Editor, width: int, scheme: str) -> None:
    editor.page.set_viewport_size({"width": width, "height": 900})
    editor.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    editor.open(header="true", caption="below", open="viewer", scheme=scheme)
    load_pictures(editor.page)
    keep_screenshot(editor.page, f"editor-{width}-{scheme}")

    assert find_violations(editor.page, "body") == []
    assert editor.page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_page_is_a_gallery(pages: Pages, site: Site) -> None:
    page_file = write_page(site)
    with (
        pages.open(has_scripts=False) as page,
        open_server({**site.files, "": page_file}) as server,
    ):
        Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        assert page.locator(".mk-ig >> visible=true").count() == 5
        assert page.locator("code >> visible=true").count() == 5
        assert not page.is_visible(".ed-main")
        server.shutdown()
