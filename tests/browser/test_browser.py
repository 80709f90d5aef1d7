"""Built pages in a real Chromium: what a visitor sees, loads, and reaches by keyboard."""

import re
from collections.abc import Iterator

import pytest
import rcssmin
from browsing import (
    ARE_THERE,
    DESKTOP,
    LAYOUTS,
    THEMES,
    WIDTHS,
    DemoSites,
    Pages,
    find_faults,
    needs_chromium,
    scroll_through,
    serve,
)
from conftest import TOKEN
from fake import FakeInstagram
from playwright.sync_api import Browser, Locator, Page
from sites import Site

from mkdocs_instagram.render.stylesheet import STYLESHEET

pytestmark = needs_chromium

VIEWER = ".mk-ig__viewer:popover-open"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with scripts. Ours need none, but without scripts browsers ignore loading="lazy".

    The page is new and its cache is empty, because its requests are counted.
    """
    with browser.new_context(viewport=DESKTOP) as context:
        yield context.new_page()


@pytest.fixture
def still(pages: Pages) -> Iterator[Page]:
    """A page without scripts."""
    with pages.open(has_scripts=False) as page:
        yield page


def watch(page: Page) -> list[str]:
    """Return a list that gets the URL of every request from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def pictures(asked: list[str]) -> set[str]:
    return {url for url in asked if url.endswith(".webp")}


def focused(page: Page, attribute: str) -> str:
    """Return an attribute of the focused element; "" if it does not have it."""
    return str(page.evaluate("name => document.activeElement.getAttribute(name) ?? ''", attribute))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_a_feed_is_whole_and_loads_nothing_from_elsewhere(
    demo_sites: DemoSites, page: Page, theme: str, width: int
) -> None:
    url = demo_sites.url(theme)
    page.set_viewport_size({"width": width, "height": 900})
    asked = watch(page)
    page.goto(url)
    scroll_through(page)

    ours = [address for address in asked if "mk-ig" in address]
    assert len(pictures(ours)) == 12
    assert len([address for address in ours if address.endswith(".css")]) == 1
    base = url.removesuffix("index.html")
    assert [address for address in asked if not address.startswith((base, "data:"))] == []
    assert page.locator(".mk-ig :is(script, iframe, style)").count() == 0
    assert len(page.locator(".mk-ig").evaluate("it => it.outerHTML").encode()) <= 12_000
    boxes = [item.bounding_box() for item in page.locator(".mk-ig__frame").all()]
    widths = {round(box["width"]) for box in boxes if box}
    heights = {round(box["height"]) for box in boxes if box}
    assert len(boxes) == 12
    assert len(widths) == 1
    assert max(heights) - min(widths) <= 1, "square frames"
    assert find_faults(page) == []


@pytest.mark.parametrize("device", WIDTHS)
def test_no_more_is_fetched_than_is_near(demo_sites: DemoSites, page: Page, device: str) -> None:
    page.set_viewport_size({"width": WIDTHS[device], "height": 600})
    asked = watch(page)
    page.goto(demo_sites.url("mkdocs", "far"))
    page.wait_for_load_state("networkidle")

    # Chromium fetches what is less than 1,250 pixels away on a fast network.
    boxes = [item.bounding_box() for item in page.locator(".mk-ig__item:visible").all()]
    near = [box for box in boxes if box and box["y"] < 600 + 1250]
    assert len(near) < 10
    assert 0 < len(pictures(asked)) <= len(near) + 1

    scroll_through(page)
    assert len(pictures(asked)) == 10, "neither the viewer's nor what is behind Show more"
    page.locator("summary.mk-ig__toggle").click()
    scroll_through(page)
    assert len(pictures(asked)) == 12


def test_columns_are_as_many_as_asked_for(demo_sites: DemoSites, still: Page) -> None:
    still.set_viewport_size({"width": 1600, "height": 900})
    still.goto(demo_sites.url("mkdocs", "columns"))

    seen = []
    for feed in still.locator(".mk-ig").all():
        edge = feed.bounding_box()
        boxes = [frame.bounding_box() for frame in feed.locator(".mk-ig__item").all()]
        assert edge
        top = min(box["y"] for box in boxes if box)
        right = edge["x"] + edge["width"] + 1
        in_row = [box for box in boxes if box and box["y"] == top]
        seen.append(len([box for box in in_row if box["x"] + box["width"] <= right]))
    # In a highlight the first item takes two columns.
    assert dict(zip(LAYOUTS, zip(seen[::2], seen[1::2], strict=True), strict=True)) == {
        "grid": (2, 5),
        "masonry": (2, 5),
        "carousel": (2, 5),
        "highlight": (1, 4),
        "list": (2, 5),
    }


def test_every_media_is_reached_by_keyboard(demo_sites: DemoSites, still: Page) -> None:
    still.goto(demo_sites.url("mkdocs"))

    still.locator(".mk-ig__link").first.focus()
    reached = []
    for _ in range(12):
        reached.append(focused(still, "href"))
        still.keyboard.press("Tab")

    assert len(set(reached)) == 12
    assert all(href.endswith(".webp") for href in reached)


def test_the_viewer_is_used_by_keyboard_alone(demo_sites: DemoSites, still: Page) -> None:
    still.goto(demo_sites.url("mkdocs", "grid"))
    carousel = still.locator(".mk-ig__open:has(.mk-ig__type--carousel)").first
    identifier = carousel.get_attribute("popovertarget") or ""
    for _ in range(60):
        still.keyboard.press("Tab")
        if focused(still, "popovertarget") == identifier:
            break

    still.keyboard.press("Enter")
    viewer = still.locator(VIEWER)
    assert viewer.get_attribute("id") == identifier
    assert "mk-ig__strip" in focused(still, "class")

    strip = viewer.locator(".mk-ig__strip")
    width = strip.evaluate("it => it.clientWidth")
    still.keyboard.press("ArrowRight")
    wait_for_child(still, strip, width)
    # The buttons come before the strip; the browser reports them as the strip.
    still.keyboard.press("Shift+Tab")
    still.keyboard.press("Shift+Tab")
    assert "mk-ig__strip" in focused(still, "class")
    still.keyboard.press("Enter")
    wait_for_child(still, strip, 0)
    while focused(still, "aria-label") != "Close":
        still.keyboard.press("Shift+Tab")

    still.keyboard.press("Escape")
    assert viewer.count() == 0
    assert focused(still, "popovertarget") == identifier

    still.locator(".mk-ig__open").first.focus()
    still.keyboard.press("Space")
    assert viewer.count() == 1
    still.keyboard.press("Space")
    assert viewer.count() == 0, "the close button had the focus"
    assert focused(still, "popovertarget") == still.locator(".mk-ig__open").first.get_attribute(
        "popovertarget"
    )


@pytest.mark.parametrize(
    "keys", ["ArrowRight", "Shift+Tab Enter", "Shift+Tab Enter Enter", "Shift+Tab Enter Enter Tab"]
)
def test_the_viewer_closes_from_wherever_the_focus_is(
    demo_sites: DemoSites, still: Page, keys: str
) -> None:
    # Chromium 156 crashes when a focused ::scroll-marker, or a focused ::scroll-button that
    # becomes `display: none`, disappears with its popover.
    still.goto(demo_sites.url("mkdocs", "grid"))
    opener = still.locator(".mk-ig__open:has(.mk-ig__type--carousel)").first
    opener.focus()
    for key in ("Enter", *keys.split(), "Escape"):
        still.keyboard.press(key)
        still.wait_for_timeout(300)

    assert still.locator(VIEWER).count() == 0
    assert focused(still, "popovertarget") == opener.get_attribute("popovertarget")


def wait_for_child(page: Page, strip: Locator, left: int) -> None:
    """Wait until a strip has scrolled that far: it scrolls smoothly, and no event tells the end."""
    for _ in range(50):
        page.wait_for_timeout(100)
        if abs(strip.evaluate("it => it.scrollLeft") - left) < 2:
            return
    pytest.fail(f"the strip is at {strip.evaluate('it => it.scrollLeft')}, not {left}")


def test_an_overlay_shows_where_the_focus_is(demo_sites: DemoSites, still: Page) -> None:
    still.emulate_media(reduced_motion="reduce")
    still.goto(demo_sites.url("mkdocs", "overlay"))
    assert opacities(still) == [0, 0, 1, 1], "those without links stay"

    still.locator(".mk-ig__link").first.focus()

    assert opacities(still) == [1, 0, 1, 1]


def test_an_overlay_is_always_there_on_a_touch_screen(
    demo_sites: DemoSites, browser: Browser
) -> None:
    with browser.new_context(has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(demo_sites.url("mkdocs", "overlay"))

        assert opacities(page) == [1, 1, 1, 1]


def opacities(page: Page) -> list[int]:
    captions = page.locator(".mk-ig__overlay")
    found: list[int] = captions.evaluate_all("all => all.map(it => +getComputedStyle(it).opacity)")
    return found


def test_the_viewer_loads_what_it_shows_when_it_opens(
    site: Site, fake: FakeInstagram, page: Page
) -> None:
    fake.add_user(TOKEN).add_mixed(5)
    site.options["videos"] = "file"
    site.write({"index.md": "<!-- instagram {open: viewer} -->\n"})
    assert site.build("--strict").status == 0
    with serve(site.folder / "site") as url:
        asked = watch(page)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        assert len(pictures(asked)) == 5
        assert page.evaluate("document.activeElement == document.body"), "autofocus waits"

        _, reel, video, carousel, _ = page.locator(".mk-ig__open").all()
        carousel.click()
        for child in page.locator(f"{VIEWER} .mk-ig__child").all():
            child.scroll_into_view_if_needed()
            page.wait_for_function(ARE_THERE)
        assert len(pictures(asked)) == 9, "the avatar, two photos and the poster of a video"
        page.keyboard.press("Escape")

        reel.click()
        play = page.locator(f"{VIEWER} .mk-ig__play")
        assert play.get_attribute("href") == "https://www.instagram.com/reel/C0002abcDEF/"
        page.keyboard.press("Escape")

        video.click()
        play = page.locator(f"{VIEWER} .mk-ig__play")
        assert re.fullmatch(r"assets/mk-ig/\w+\.mp4", play.get_attribute("href") or "")
        assert page.locator("video").count() == 0, "it would play on when the viewer is closed"
        assert [address for address in asked if address.endswith(".mp4")] == [], "until it plays"


def test_the_minified_stylesheet_has_the_same_rules(page: Page) -> None:
    css = STYLESHEET.read_text(encoding="utf-8")

    readable, minified = (
        page.evaluate(
            """css => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(css);
                // Of custom properties and @supports, browsers keep the text as it is.
                return [...sheet.cssRules].map(rule => rule.cssText.replace(/([,:]) /g, "$1"));
            }""",
            text,
        )
        for text in (css, rcssmin.cssmin(css))
    )

    assert len(readable) > 50
    assert minified == readable
