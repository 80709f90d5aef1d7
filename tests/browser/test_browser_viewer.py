"""The viewer in a real Chromium: from post to post, its size, and the page behind it."""

from collections.abc import Iterator

import pytest
from browsing import (
    COLOUR_RULES,
    WIDTHS,
    DemoSites,
    Pages,
    find_violations,
    load_pictures,
    needs_chromium,
    set_scheme,
)
from playwright.sync_api import FloatRect, Page, expect

pytestmark = needs_chromium

VIEWER = ".mk-ig__viewer:popover-open"
WINDOWS = [(1280, 800), (1920, 1000), (844, 390), (768, 1024), (390, 844)]
DESKTOPS = WINDOWS[:3]


@pytest.fixture
def still(pages: Pages) -> Iterator[Page]:
    """A page without scripts or motion."""
    with pages.open(has_scripts=False, has_motion=False) as page:
        yield page


def keys(page: Page) -> list[str]:
    """Return the keys of all posts of the first feed."""
    items = page.locator(".mk-ig").first.locator(".mk-ig__item")
    found: list[str] = items.evaluate_all("all => all.map(it => it.dataset.media)")
    return found


def shown(page: Page) -> str:
    """Return the key of the post in the viewer; "" if it is closed."""
    viewers = page.locator(VIEWER)
    assert viewers.count() < 2
    if not viewers.count():
        return ""
    return viewers.get_attribute("id", timeout=1000).removeprefix("mk-ig-1-")  # type: ignore[union-attr]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def step(page: Page, way: str) -> None:
    page.locator(f"{VIEWER} .mk-ig__step--{way}").click()


def box(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).bounding_box()
    assert found, selector
    return found


@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_steps_lead_from_post_to_post_and_escape_back_to_the_page(
    demo_sites: DemoSites, still: Page, width: int
) -> None:
    still.set_viewport_size({"width": width, "height": 800})
    still.goto(demo_sites.url("mkdocs", "grid"))
    posts = keys(still)

    still.locator(".mk-ig__open").first.click()
    seen = [shown(still)]
    for way in ("next", "next", "next", "previous"):
        step(still, way)
        seen.append(shown(still))

    assert seen == [posts[0], posts[1], posts[2], posts[3], posts[2]]
    still.keyboard.press("Escape")
    assert shown(still) == ""
    assert focused(still) == f"open-mk-ig-1-{posts[2]}"


def test_no_step_leads_behind_show_more_while_it_is_closed(
    demo_sites: DemoSites, still: Page
) -> None:
    still.goto(demo_sites.url("mkdocs", "grid"))
    posts = keys(still)
    assert not still.locator(".mk-ig__open").first.evaluate("it => it.closest('details')")

    still.locator(".mk-ig__open").nth(7).click()
    assert not still.locator(f"{VIEWER} .mk-ig__step--next").is_visible()
    assert still.locator(f"{VIEWER} .mk-ig__step--previous").is_visible()
    still.keyboard.press("Escape")

    still.locator(".mk-ig__toggle").first.click()
    still.locator(".mk-ig__open").nth(7).click()
    step(still, "next")
    assert shown(still) == posts[8]
    step(still, "previous")
    assert shown(still) == posts[7]


def test_tab_leads_to_the_next_post_and_a_ring_shows_it(demo_sites: DemoSites, still: Page) -> None:
    still.goto(demo_sites.url("material", "masonry"))
    posts = keys(still)
    still.locator(".mk-ig__open").nth(3).click()

    assert find_rings(still) == []
    for _ in range(9):
        still.keyboard.press("Tab")  # links of the caption come before the next post
        if focused(still).startswith("open-"):
            break
    assert find_rings(still) == [f"open-mk-ig-1-{posts[4]}"]

    still.keyboard.press("Enter")
    assert shown(still) == posts[4]
    still.keyboard.press("Shift+Tab")
    assert find_rings(still) == []
    for _ in range(9):
        still.keyboard.press("Shift+Tab")
        if focused(still).startswith("open-"):
            break
    assert find_rings(still) == [f"open-mk-ig-1-{posts[3]}"]


def find_rings(page: Page) -> list[str]:
    """Return the openers to which a step with a ring leads."""
    found: list[str] = page.locator(f"{VIEWER} .mk-ig__step").evaluate_all(
        "all => all.filter(it => getComputedStyle(it).outlineStyle == 'solid')"
        ".map(it => it.htmlFor)"
    )
    return found


def test_the_ring_shows_steps_across_show_more(demo_sites: DemoSites, still: Page) -> None:
    still.goto(demo_sites.url("mkdocs", "grid"))
    posts = keys(still)
    still.locator(".mk-ig__toggle").first.click()
    for number, other in ((7, 8), (8, 7)):
        still.locator(".mk-ig__open").nth(number).click()
        still.keyboard.press("Tab")  # of many, through all links of a caption
        still.locator(".mk-ig__open").nth(other).focus()
        assert find_rings(still) == [f"open-mk-ig-1-{posts[other]}"]
        still.keyboard.press("Escape")


def test_what_opens_the_viewer_has_the_name_of_its_picture(
    demo_sites: DemoSites, still: Page
) -> None:
    """A label of another viewer names it too, with nothing, as it is hidden."""
    still.goto(demo_sites.url("mkdocs", "grid"))
    openers = still.locator(".mk-ig__open:visible").all()
    for is_open in (False, True):
        if is_open:
            openers[0].click()
        for opener in openers:
            alt = opener.locator("img").get_attribute("alt") or ""
            words = opener.locator(".mk-ig__type").all_inner_texts()
            name = ", ".join([alt, *(" ".join(it.split()) for it in words)])
            expect(opener).to_have_accessible_name(name)


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_the_page_behind_does_not_scroll(demo_sites: DemoSites, still: Page, theme: str) -> None:
    still.goto(demo_sites.url(theme, "far"))
    opener = still.locator(".mk-ig__open").nth(1)
    opener.scroll_into_view_if_needed()
    before = scrolled(still)

    opener.click()
    for x in (20, 400):
        still.mouse.move(x, 450)
        still.mouse.wheel(0, 600)
        still.wait_for_timeout(200)

    assert scrolled(still) == before
    still.keyboard.press("Escape")
    still.mouse.wheel(0, 600)
    still.wait_for_timeout(200)
    assert scrolled(still) > before


def scrolled(page: Page) -> float:
    return float(page.evaluate("scrollY"))


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_the_viewer_keeps_its_size_and_all_is_reached(
    demo_sites: DemoSites, still: Page, window: tuple[int, int]
) -> None:
    width, height = window
    still.set_viewport_size({"width": width, "height": height})
    still.goto(demo_sites.url("material", "grid"))
    still.locator(".mk-ig__open").first.click()
    load_pictures(still)
    viewer = box(still, VIEWER)
    if window not in DESKTOPS:  # the place of the page's scrollbar is kept
        assert viewer["width"] == pytest.approx(width, abs=15)
        width = round(viewer["width"])
    for _ in range(6):
        step(still, "next")
        load_pictures(still)
        assert box(still, VIEWER) == viewer
        assert find_outside(still) == []
        picture = box(still, f"{VIEWER} .mk-ig__child:first-child .mk-ig__img")
        assert picture["width"] >= (0.5 * viewer["width"] if window in DESKTOPS else width)
        # A wheel or a finger brings the end of the text over the edge and the steps.
        end = still.locator(f"{VIEWER} .mk-ig__details > :last-child")
        end.evaluate("it => it.scrollIntoView({block: 'end'})")
        still.locator(f"{VIEWER} .mk-ig__details").evaluate("it => it.scrollTop = 9999")
        still.locator(VIEWER).evaluate("it => it.scrollTop = 9999")
        at = box(still, f"{VIEWER} .mk-ig__details > :last-child")
        steps = still.locator(f"{VIEWER} .mk-ig__step--next").bounding_box()
        assert steps
        if window not in DESKTOPS:
            assert at["y"] + at["height"] <= steps["y"]
        assert at["y"] + at["height"] <= height
        close = box(still, f"{VIEWER} .mk-ig__close")
        assert 0 <= close["y"] - viewer["y"] < 20, "it does not scroll away"
    if window in DESKTOPS:
        assert viewer["width"] < width - 100
    else:
        assert (viewer["width"], viewer["height"]) == (width, height)


def find_outside(page: Page) -> list[str]:
    """Return what is not all in the window, or lies under something else."""
    found: list[str] = page.locator(
        f"{VIEWER} :is(.mk-ig__close, .mk-ig__step, .mk-ig__name)"
    ).evaluate_all(
        """all => all.filter(it => {
            const {left, right, top, bottom} = it.getBoundingClientRect();
            const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
            return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight
                || !(seen == it || it.contains(seen));
        }).map(it => it.className)"""
    )
    return found


def test_the_buttons_of_an_album_are_inside_and_those_of_posts_outside(
    demo_sites: DemoSites, still: Page
) -> None:
    still.set_viewport_size({"width": 1280, "height": 800})
    still.goto(demo_sites.url("material", "grid"))
    still.locator(".mk-ig__open:has(.mk-ig__type--carousel)").first.click()

    viewer = box(still, VIEWER)
    before, after = (box(still, f"{VIEWER} .mk-ig__step--{it}") for it in ("previous", "next"))

    assert before["x"] + before["width"] < viewer["x"]
    assert after["x"] > viewer["x"] + viewer["width"]
    strip = still.locator(f"{VIEWER} .mk-ig__strip")
    assert "mk-ig__strip" in focused(still), "an arrow key moves the album at once"
    # In the middle of the strip's end, 8 pixels from its edge, is the browser's own button.
    stage = strip.bounding_box()
    assert stage
    still.mouse.click(stage["x"] + stage["width"] - 28, stage["y"] + stage["height"] / 2)
    still.wait_for_timeout(300)
    assert strip.evaluate("it => it.scrollLeft") == pytest.approx(stage["width"], abs=2)


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_axe_finds_nothing_in_the_viewer_of_an_album_or_a_reel(
    demo_sites: DemoSites, pages: Pages, theme: str
) -> None:
    with pages.open(has_scripts=True, has_motion=False) as page:
        page.goto(demo_sites.url(theme, "grid"))
        # The elements are the same in the dark; only the theme's colours differ.
        for scheme, rules in (("light", ()), ("dark", COLOUR_RULES)):
            set_scheme(page, scheme)
            for kind in ("carousel", "reel"):
                page.locator(f".mk-ig__open:has(.mk-ig__type--{kind}):visible").first.click()
                assert find_violations(page, ".mk-ig", rules) == []
                page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_axe_finds_nothing_with_all_shown_after_a_step_and_at_a_ring(
    demo_sites: DemoSites, pages: Pages, theme: str
) -> None:
    with pages.open(has_scripts=True, has_motion=False) as page:
        page.goto(demo_sites.url(theme, "grid"))
        page.locator("summary.mk-ig__toggle").click()
        for scheme, width in (("light", 390), ("dark", 1280)):
            set_scheme(page, scheme)
            page.set_viewport_size({"width": width, "height": 800})
            assert find_violations(page, ".mk-ig") == []
            page.locator(".mk-ig__open").nth(4).click()
            step(page, "next")
            for _ in range(9):
                page.keyboard.press("Tab")
                if focused(page).startswith("open-"):
                    break
            assert find_violations(page, ".mk-ig") == []
            page.keyboard.press("Escape")
