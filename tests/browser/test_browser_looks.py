"""What makes a feed look whole in a real Chromium: full rows, overlays, lists, the focus."""

from collections.abc import Iterator
from typing import Any

import pytest
from browsing import DESKTOP, DemoSites, Pages, find_violations, load_pictures, needs_chromium
from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = needs_chromium

PHONE: ViewportSize = {"width": 390, "height": 844}
# Feeds that are as wide as the window.
ALONE = """
    const feeds = [...document.querySelectorAll(".mk-ig")];
    document.body.replaceChildren(...feeds);
    document.body.setAttribute("style", "margin: 0; padding: 0; min-width: 0");
"""
# For each feed: how many posts are in its first and in its last row, and the width of a post.
ROWS = """() => [...document.querySelectorAll(".mk-ig")].map(feed => {
    const boxes = [...feed.querySelectorAll(".mk-ig__item")].map(it => it.getBoundingClientRect());
    const count = top => boxes.filter(box => box.top == top).length;
    return [count(boxes[0].top), count(boxes.at(-1).top), boxes[0].width];
})"""
# For each overlay: its share of the picture, the lines of its caption, whether its parts are in it.
OVERLAYS = """() => [...document.querySelectorAll(".mk-ig__overlay")].map(it => {
    const box = it.getBoundingClientRect();
    const share = box.height / it.parentElement.getBoundingClientRect().height;
    const caption = it.querySelector(".mk-ig__caption");
    const style = caption && getComputedStyle(caption);
    const lines = caption ? (caption.clientHeight - parseFloat(style.paddingTop)
        - parseFloat(style.paddingBottom)) / parseFloat(style.lineHeight) : 0;
    const parts = it.querySelectorAll(".mk-ig__caption, .mk-ig__likes, .mk-ig__comments");
    const isIn = [...parts].every(part => {
        const {top, bottom} = part.getBoundingClientRect();
        return top >= box.top - 1 && bottom <= box.bottom + 1;
    }) && (!caption || style.paddingBottom == "0px");  // where a line too many would be seen
    const isFaded = getComputedStyle(it.firstChild).backgroundImage.startsWith("linear-gradient");
    return [share, lines, isIn, isFaded];
})"""


@pytest.fixture
def page(pages: Pages) -> Iterator[Page]:
    with pages.open(has_scripts=True, has_motion=False) as page:
        yield page


@pytest.fixture
def touched(browser: Browser) -> Iterator[Page]:
    with browser.new_context(has_touch=True, is_mobile=True, viewport=PHONE) as context:
        yield context.new_page()


def show(demo_sites: DemoSites, page: Page, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(demo_sites.url("mkdocs", name))
    page.evaluate(ALONE)


@pytest.mark.parametrize("width", [200, 358, 690, 860, 1200, 1600])
def test_columns_fill_the_rows(demo_sites: DemoSites, page: Page, width: int) -> None:
    show(demo_sites, page, "filled", width)

    for first, last, shown in page.evaluate(ROWS):
        assert last / first >= 2 / 3 or first == 2
        assert 80 <= shown <= width / min(first, 2)


def test_one_post_is_a_card(demo_sites: DemoSites, page: Page) -> None:
    for width in (358, 690, 1600):
        show(demo_sites, page, "filled", width)
        cards = page.locator(".mk-ig--alone .mk-ig__item").all()
        assert len(cards) == 2
        for card in cards:
            box = card.bounding_box()
            assert box
            assert 260 <= box["width"] <= 560
        assert cards[1].evaluate("it => getComputedStyle(it).borderStyle") == "solid"


@pytest.mark.parametrize("width", [390, 1300])
def test_an_overlay_covers_whole_lines_of_less_than_half(
    demo_sites: DemoSites, page: Page, width: int
) -> None:
    show(demo_sites, page, "overlays", width)

    overlays = page.evaluate(OVERLAYS)

    assert len(overlays) > 40
    check_overlays([it for it in overlays if it[1]], most_lines=4)


def check_overlays(overlays: list[Any], most_lines: int) -> None:
    assert any(lines > 1.5 for _, lines, *_ in overlays)
    for share, lines, is_in, is_faded in overlays:
        assert share <= 0.451
        assert lines == pytest.approx(round(lines), abs=0.02)
        assert lines < most_lines + 0.5
        assert is_in
        assert is_faded


def test_an_overlay_has_two_lines_on_a_touch_screen(demo_sites: DemoSites, touched: Page) -> None:
    touched.goto(demo_sites.url("mkdocs", "overlays"))

    check_overlays([it for it in touched.evaluate(OVERLAYS) if it[1]], most_lines=2)
    assert find_violations(touched) == []


def find_state(page: Page) -> tuple[float, str]:
    """Return the opacity of the first counts over a picture, and what is done to the picture."""
    opacity = page.locator(".mk-ig__overlay").first.evaluate("it => getComputedStyle(it).opacity")
    picture = page.locator(".mk-ig__img").first.evaluate("it => getComputedStyle(it).filter")
    return float(opacity), str(picture)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pointer_and_focus_darken_a_picture_and_show_its_counts(
    demo_sites: DemoSites, page: Page, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(demo_sites.url("mkdocs", "grid"))
    load_pictures(page)
    assert find_state(page) == (0, "none")

    page.locator(".mk-ig__frame").first.hover()
    assert find_state(page) == (1, "brightness(0.8)")
    assert find_violations(page) == []
    page.mouse.down()
    link = page.locator(".mk-ig__link").first
    assert link.evaluate("it => getComputedStyle(it).opacity") == "0.8"
    page.mouse.move(0, 0)
    page.mouse.up()
    assert find_state(page) == (0, "none")

    page.locator(".mk-ig__open").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert find_state(page) == (1, "brightness(0.8)")
    ring = "getComputedStyle(document.querySelector('.mk-ig__frame'), '::after').borderTopWidth"
    assert page.evaluate(ring) == "3px"
    assert find_violations(page) == []


def test_counts_are_always_there_on_a_touch_screen(demo_sites: DemoSites, touched: Page) -> None:
    touched.goto(demo_sites.url("mkdocs", "grid"))

    assert find_state(touched) == (1, "none")


def test_pictures_change_at_once_without_motion(demo_sites: DemoSites, pages: Pages) -> None:
    durations = []
    for has_motion in (True, False):
        with pages.open(has_scripts=True, has_motion=has_motion) as page:
            page.goto(demo_sites.url("mkdocs", "grid"))
            picture = page.locator(".mk-ig__img").first
            durations.append(picture.evaluate("it => getComputedStyle(it).transitionDuration"))

    assert durations == ["0.2s, 0.2s", "0s"]


@pytest.mark.parametrize("layout", ["grid", "highlight"])
def test_frames_are_equal_whatever_the_text(demo_sites: DemoSites, page: Page, layout: str) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto(demo_sites.url("mkdocs", "texts"))

    boxes = [it.bounding_box() for it in page.locator(f".mk-ig--{layout} .mk-ig__frame").all()]
    narrowest = min(box["width"] for box in boxes if box)
    small = [box for box in boxes if box and box["width"] < 1.5 * narrowest]

    assert len(small) >= 10
    assert all(box["height"] == pytest.approx(box["width"], abs=1) for box in small)


def test_a_list_balances_picture_and_text(demo_sites: DemoSites, page: Page) -> None:
    for width, columns in ((358, 1), (690, 1), (760, 2), (1200, 2)):
        show(demo_sites, page, "list", width)
        items = page.locator(".mk-ig__item").all()
        boxes = [item.bounding_box() for item in items]
        assert len({round(box["x"]) for box in boxes if box}) == columns
        for item in items:
            frame = item.locator(".mk-ig__frame").bounding_box()
            text = item.locator(".mk-ig__text").bounding_box()
            date = item.locator(".mk-ig__text .mk-ig__date").bounding_box()
            caption = item.locator(".mk-ig__text > .mk-ig__caption")
            words = caption.bounding_box()
            assert frame
            assert text
            assert date
            assert words
            assert caption.inner_text()
            assert caption.evaluate("it => getComputedStyle(it).fontSize") == "16px"
            assert date["y"] < words["y"]
            assert 0.3 * text["width"] < frame["width"] < 1.5 * text["width"]
            assert text["height"] <= 1.6 * frame["height"]


def test_the_buttons_of_a_carousel_are_beside_the_middle_of_its_pictures(
    demo_sites: DemoSites, page: Page
) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto(demo_sites.url("mkdocs", "carousel"))
    strip, frame = page.locator(".mk-ig__items"), page.locator(".mk-ig__frame").first
    strip.scroll_into_view_if_needed()
    edge, box = strip.bounding_box(), frame.bounding_box()
    assert edge
    assert box

    for offset in (-17, 17):
        page.mouse.click(edge["x"] + edge["width"] - 28, box["y"] + box["height"] / 2 + offset)
        page.wait_for_timeout(300)
        assert strip.evaluate("it => it.scrollLeft") > 0
        assert page.locator(".mk-ig__viewer:popover-open").count() == 0
        strip.evaluate("it => it.scrollTo(0, 0)")
        page.wait_for_timeout(100)


@pytest.mark.parametrize("name", ["carousel", "columns"])
@pytest.mark.parametrize("width", [358, 536, 690, 800, 1200, 1600])
def test_a_carousel_lets_the_next_post_look_in(
    demo_sites: DemoSites, page: Page, name: str, width: int
) -> None:
    show(demo_sites, page, name, width)

    for strip in page.locator(".mk-ig--carousel .mk-ig__items").all():
        cut = strip.evaluate(
            """it => {
                const edge = it.getBoundingClientRect().right;
                return [...it.children].map(child => child.getBoundingClientRect())
                    .filter(box => box.left < edge && box.right > edge)
                    .map(box => (edge - box.left) / box.width);
            }"""
        )
        assert len(cut) == 1
        assert 0.05 < cut[0] < 0.8


def test_a_carousel_shows_its_position(demo_sites: DemoSites, page: Page) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto(demo_sites.url("mkdocs", "carousel"))

    width, is_longer = page.locator(".mk-ig__items").evaluate(
        "it => [getComputedStyle(it).scrollbarWidth, it.scrollWidth > it.clientWidth]"
    )

    assert (width, is_longer) == ("thin", True)
