"""Every layout in every theme, light and dark, on phone and desktop, as a real Chromium shows it.

Without scripts, but where the browser itself measures: layout shift, and axe-core.
"""

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from browsing import (
    COLOUR_RULES,
    LAYOUTS,
    THEMES,
    WIDTHS,
    DemoSites,
    Pages,
    Quiet,
    find_faults,
    find_violations,
    keep_screenshot,
    load_pictures,
    needs_chromium,
    scroll_through,
    serve,
    set_scheme,
)
from playwright.sync_api import Page, Route

if TYPE_CHECKING:
    from _typeshed import SupportsRead, SupportsWrite

pytestmark = needs_chromium

VIEWER = ".mk-ig__viewer:popover-open"
# Shifts of a feed and of the content around it; themes shift their own breadcrumbs and buttons.
# The page is hidden until all its HTML is there: content that is still arriving does not count.
SHIFTS = """
    window.shifts = [];
    const hidden = new CSSStyleSheet();
    hidden.replaceSync("* { visibility: hidden !important }");
    document.adoptedStyleSheets = [hidden];
    document.addEventListener("DOMContentLoaded", () => { document.adoptedStyleSheets = []; });
    const place = ({x, y, width, height}) => [x, y, width, height].join(" ");
    new PerformanceObserver(list => {
        const around = document.querySelector(".mk-ig").parentElement;
        for (const {sources, value, startTime, hadRecentInput} of list.getEntries())
            if (!hadRecentInput && sources.some(({node}) => node && around.contains(node)))
                window.shifts.push({value, startTime, scrolled: scrollY, sources: sources.map(
                    ({node, previousRect, currentRect}) => [
                        (node?.outerHTML ?? node?.data ?? "gone").slice(0, 80),
                        place(previousRect), place(currentRect)])});
    }).observe({type: "layout-shift", buffered: true});
"""
# Undoes what the stylesheet does for pictures without a size.
UNSIZED = """
    .mk-ig :is(.mk-ig__item, .mk-ig__frame, .mk-ig__link, .mk-ig__img) {
        display: block !important; position: static !important;
        aspect-ratio: auto !important; block-size: auto !important;
    }
"""


@pytest.fixture
def still(pages: Pages) -> Iterator[Page]:
    """A page without scripts or motion."""
    with pages.open(has_scripts=False, has_motion=False) as page:
        yield page


@pytest.fixture
def page(pages: Pages) -> Iterator[Page]:
    """A page with scripts, without motion."""
    with pages.open(has_scripts=True, has_motion=False) as page:
        yield page


@pytest.fixture
def measured(pages: Pages) -> Iterator[Page]:
    """The same, but it records its shifts."""
    with pages.open(has_scripts=True, has_motion=False, init_script=SHIFTS) as page:
        page.route("**/*.woff*", lambda route: route.abort())  # they shift the theme's text
        yield page


def set_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_whole(demo_sites: DemoSites, still: Page, theme: str, layout: str) -> None:
    still.goto(demo_sites.url(theme, layout))
    for device, width in WIDTHS.items():
        set_width(still, width)
        for scheme in ("light", "dark"):
            set_scheme(still, scheme)
            load_pictures(still)
            name = f"{theme}-{layout}-{scheme}-{device}"
            assert find_faults(still) == []
            keep_screenshot(still, name, whole=True)

            still.locator(".mk-ig__open:visible").nth(2).click()
            load_pictures(still)
            assert is_within(still, VIEWER, width)
            assert is_within(still, f"{VIEWER} .mk-ig__close", width)
            keep_screenshot(still, f"{name}-viewer")
            still.keyboard.press("Escape")
            assert still.locator(VIEWER).count() == 0


def is_within(page: Page, selector: str, width: int) -> bool:
    """Tell whether an element is in the window, and nothing in it sticks out sideways."""
    element = page.locator(selector)
    box = element.bounding_box()
    assert box
    return (
        0 <= box["x"] <= box["x"] + box["width"] <= width
        and 0 <= box["y"] <= box["y"] + box["height"] <= 900
        and bool(element.evaluate("it => it.scrollWidth <= it.clientWidth"))
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_shifts_and_axe_finds_nothing(
    demo_sites: DemoSites, measured: Page, theme: str, layout: str
) -> None:
    for width in WIDTHS.values():
        set_width(measured, width)
        assert find_shifts(measured, demo_sites.url(theme, layout)) == []

    for width in WIDTHS.values():
        set_width(measured, width)
        # The elements are the same in the dark; only the theme's colours differ.
        for scheme, rules in (("light", ()), ("dark", COLOUR_RULES)):
            set_scheme(measured, scheme)
            assert find_violations(measured, ".mk-ig", rules) == []
            measured.locator(".mk-ig__open:visible").nth(2).click()
            assert find_violations(measured, VIEWER, rules) == []
            measured.keyboard.press("Escape")


def find_shifts(page: Page, url: str) -> list[Any]:
    """Open and scroll a page whose pictures come after the first paint; return what shifts."""
    late: list[Route] = []
    page.route("**/*.webp", lambda route: late.append(route))  # noqa: PLW0108 - it gets a mark
    with page.expect_request("**/*.webp"):
        page.goto(url, wait_until="domcontentloaded")
    page.evaluate("new Promise(end => requestAnimationFrame(() => requestAnimationFrame(end)))")
    page.unroute("**/*.webp")
    for route in late:
        route.continue_()
    page.wait_for_load_state("load")
    scroll_through(page)
    assert late, "no picture came late"
    found: list[Any] = page.evaluate("window.shifts")
    return found


@pytest.mark.parametrize("layout", ["grid", "highlight"])
def test_a_picture_without_a_size_is_seen_to_shift(
    demo_sites: DemoSites, measured: Page, layout: str
) -> None:
    url = demo_sites.url("mkdocs", layout)

    def spoil(route: Route) -> None:
        # `sizes="auto"` alone gives a picture a size.
        html = re.sub(r' (?:width|height|sizes)="[^"]*"', "", route.fetch().text())
        style = f"<style>{UNSIZED}</style></head>"
        route.fulfill(body=html.replace("</head>", style), content_type="text/html")

    measured.route(url, spoil)
    set_width(measured, WIDTHS["desktop"])

    assert find_shifts(measured, url) != []


def test_a_page_that_comes_in_two_pieces_does_not_shift(
    demo_sites: DemoSites, measured: Page
) -> None:
    """The parser stops between the words and the number of a badge, and a frame is painted."""
    folder = demo_sites.folder("material")

    class Hesitant(Quiet):
        def copyfile(self, source: "SupportsRead[Any]", outputfile: "SupportsWrite[Any]") -> None:
            head, badge, rest = source.read().partition(b">Carousel </span>")
            outputfile.write(head + badge)
            time.sleep(0.7 if badge else 0)
            outputfile.write(rest)

    set_width(measured, WIDTHS["phone"])
    with serve(folder, Hesitant) as url:
        assert find_shifts(measured, f"{url}highlight.html") == []


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_feeds_in_narrow_places_are_whole(demo_sites: DemoSites, page: Page, theme: str) -> None:
    page.goto(demo_sites.url(theme, "places"))
    for device, width in WIDTHS.items():
        set_width(page, width)
        load_pictures(page)
        keep_screenshot(page, f"{theme}-places-{device}", whole=True)
        assert find_faults(page) == []
    assert find_violations(page) == []

    ids = [it.get_attribute("id") for it in page.locator("[id^=mk-ig]").all()]
    assert len(ids) == 4 + 4 + 5 + 3 * 4
    assert len(set(ids)) == len(ids)
    for opener in page.locator(".mk-ig__open:visible").all():
        opener.click()
        viewer = page.locator(VIEWER)
        assert viewer.get_attribute("id") == opener.get_attribute("popovertarget")
        page.keyboard.press("Escape")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_reads_from_right_to_left(demo_sites: DemoSites, still: Page, layout: str) -> None:
    still.goto(demo_sites.url("mkdocs", layout))
    still.evaluate("document.documentElement.dir = 'rtl'")
    for device, width in WIDTHS.items():
        set_width(still, width)
        load_pictures(still)
        keep_screenshot(still, f"mkdocs-{layout}-rtl-{device}", whole=True)
        assert find_faults(still) == []

    feed = still.locator(".mk-ig").bounding_box()
    first = still.locator(".mk-ig__frame").first.bounding_box()
    assert feed
    assert first
    assert first["x"] + first["width"] == pytest.approx(feed["x"] + feed["width"], abs=1)
    still.locator(".mk-ig__open").first.click()
    load_pictures(still)
    assert is_within(still, VIEWER, WIDTHS["desktop"])
    keep_screenshot(still, f"mkdocs-{layout}-rtl-viewer")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_print_shows_every_media_side_by_side(
    demo_sites: DemoSites, still: Page, layout: str
) -> None:
    still.goto(demo_sites.url("material", layout))
    still.emulate_media(media="print")

    feed = still.locator(".mk-ig").bounding_box()
    boxes = [item.bounding_box() for item in still.locator(".mk-ig__frame").all()]
    assert feed
    assert len(boxes) == 12, "those behind 'Show more' too"
    assert all(box and box["x"] + box["width"] <= feed["x"] + feed["width"] + 1 for box in boxes)
    assert all(box and 0.25 < box["width"] / feed["width"] < 0.34 for box in boxes)
    assert all(box and box["height"] > 0.7 * box["width"] for box in boxes)
    assert not still.locator(".mk-ig__toggle").is_visible()


# Of a feed with "Show more": from the pictures to the pill and from the pill to the text after, if
# closed and if open; between the rows of the first list and of the second; what is around it.
DISTANCES = """() => {
    const more = document.querySelector(".mk-ig__more");
    const pill = more.querySelector(".mk-ig__toggle");
    const box = it => it.getBoundingClientRect();
    const lists = [...document.querySelectorAll(".mk-ig__items")];
    const lowest = list => Math.max(
        ...[...list.querySelectorAll(".mk-ig__frame")].map(it => box(it).bottom));
    const after = () => box(document.querySelector(".mk-ig ~ p")).top - box(pill).bottom;
    pill.focus();
    const style = getComputedStyle(more);
    const glow = [style.boxShadow, style.borderTopWidth, style.backgroundColor];
    const closed = [box(pill).top - lowest(lists[0]), after()];
    more.open = true;
    const open = [box(pill).top - lowest(lists[1]), after()];
    const between = box(lists[1].querySelector(".mk-ig__frame")).top - lowest(lists[0]);
    return [closed, open, between, glow];
}"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", ["grid", "masonry"])
def test_show_more_keeps_its_distances_and_has_no_glow(
    demo_sites: DemoSites, still: Page, theme: str, layout: str
) -> None:
    still.goto(demo_sites.url(theme, f"more-{layout}"))

    closed, opened, between, glow = still.evaluate(DISTANCES)

    assert closed[0] == pytest.approx(16, abs=1)
    assert opened == pytest.approx(closed, abs=1)
    assert between == pytest.approx(8, abs=1)
    assert glow == ["none", "0px", "rgba(0, 0, 0, 0)"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_feed_keeps_its_distance_to_the_text_around(
    demo_sites: DemoSites, still: Page, theme: str
) -> None:
    still.goto(demo_sites.url(theme, "around"))

    before, after, heading = still.evaluate(
        """() => {
            const boxes = [...document.querySelector(".mk-ig").parentElement.children].map(
                it => it.getBoundingClientRect());
            const at = [...document.querySelectorAll(".mk-ig")].map(
                it => [...it.parentElement.children].indexOf(it));
            return [boxes[at[0]].top - boxes[at[0] - 1].bottom,
                boxes[at[0] + 1].top - boxes[at[0]].bottom,
                boxes[at[1]].top - boxes[at[1] - 1].bottom];
        }"""
    )

    assert 16 <= heading <= before + 8
    assert before >= 20
    assert after >= 28
