"""From post to post in the viewer, without script, in Chromium, Firefox and WebKit."""

import pytest
from browsing import DemoSites
from engines import Engine, Settings

SCREENS = {
    "phone": Settings(390, 844, has_scripts=False),
    "desktop": Settings(1280, 800, has_scripts=False),
}
OPENERS = "[...document.querySelectorAll('.mk-ig__open')]"
VIEWERS = "[...document.querySelectorAll('.mk-ig__viewer')]"
OPEN = f"{VIEWERS}.findIndex(it => it.matches(':popover-open'))"
FOCUSED = f"{OPENERS}.indexOf(document.activeElement)"
NEXT = ":popover-open .mk-ig__step--next"
PREVIOUS = ":popover-open .mk-ig__step--previous"


@pytest.fixture(params=SCREENS)
def page(request: pytest.FixtureRequest, engine: Engine, demo_sites: DemoSites) -> Engine:
    """A feed of twelve posts; four are behind "Show more"."""
    engine.use(SCREENS[request.param])
    engine.open(demo_sites.url("mkdocs", "grid"))
    return engine


def expect_post(engine: Engine, index: int) -> None:
    engine.wait_for(f"{OPEN} == arguments[0]", index)
    assert engine.run("return document.querySelectorAll(':popover-open').length") == 1


def test_steps_lead_from_post_to_post_and_back(page: Engine) -> None:
    page.click(".mk-ig__open")
    expect_post(page, 0)
    assert not page.run("return !!document.querySelector(arguments[0])", PREVIOUS)

    for index, touch in ((1, False), (2, True), (3, False)):
        page.click(NEXT, touch=touch)
        expect_post(page, index)
        # In WebKit, the focus goes to the opener that the label is for.
        assert page.run(
            f"return {FOCUSED} == {OPEN} || {VIEWERS}[{OPEN}].contains(document.activeElement)"
        )
    for index, touch in ((2, True), (1, False)):
        page.click(PREVIOUS, touch=touch)
        expect_post(page, index)
    assert page.run("return document.querySelector(arguments[0]).textContent", NEXT)

    page.press("Escape")
    expect_post_closed(page, 1)


def expect_post_closed(engine: Engine, index: int) -> None:
    engine.wait_for(f"{OPEN} == -1")
    assert engine.run(f"return {FOCUSED}") == index, "the focus is on another opener"


def test_no_step_leads_into_a_closed_show_more(page: Engine) -> None:
    shown = "return document.querySelector(arguments[0])?.checkVisibility() ?? false"
    page.click(".mk-ig__open", 6)
    expect_post(page, 6)
    assert page.run(shown, NEXT)
    page.click(NEXT)
    expect_post(page, 7)
    assert not page.run(shown, NEXT)
    assert page.run(shown, PREVIOUS)
    page.press("Escape")

    page.click("summary.mk-ig__toggle")
    page.click(".mk-ig__open", 7)
    expect_post(page, 7)
    page.click(NEXT)
    expect_post(page, 8)
    assert page.run(f"return {VIEWERS}[8].checkVisibility()")
    page.click(PREVIOUS)
    expect_post(page, 7)


def test_the_keyboard_walks_from_post_to_post(page: Engine) -> None:
    page.run(f"{OPENERS}[0].focus()")
    page.press("Enter")
    for index in (1, 2):
        for _ in range(20):
            page.press("Tab")
            if page.run(f"return {FOCUSED}") == index:
                break
        page.wait_for(f"{FOCUSED} == arguments[0]", index)
        ring = "getComputedStyle(document.querySelector(arguments[0])).outlineStyle"
        assert page.run(f"return {ring}", NEXT) != "none"

        page.press("Enter")
        expect_post(page, index)

    page.press("Escape")
    expect_post_closed(page, 2)


def test_the_page_behind_does_not_scroll(page: Engine) -> None:
    place = "document.querySelector('.mk-ig').getBoundingClientRect().x"
    left = page.run(f"return {place}")
    page.click(".mk-ig__open")
    expect_post(page, 0)
    top = page.wait_until_still("scrollY")
    for x, y in ((5, 600), page.find_middle(":popover-open .mk-ig__stage")):
        page.wheel_at(x, y, down=400)
        assert page.wait_until_still("scrollY") == top
    if page.name != "chromium":  # Playwright hides its scroll bars
        assert page.run(f"return {place}") == pytest.approx(left, abs=0.5)
    page.press("Escape")
    expect_post_closed(page, 0)

    # Not the wheel: WebKit gives all that follows to what it turned over first.
    page.press("PageDown")
    page.wait_for("scrollY > arguments[0]", top)
