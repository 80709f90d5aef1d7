"""The viewer in Chromium, Firefox and WebKit: how it opens and closes, and where the focus goes."""

import pytest
from browsing import DemoSites
from engines import Engine, Settings

PHONE = Settings(390, 844)
WITHOUT_SCRIPTS = Settings(has_scripts=False)
OPEN = "document.querySelector('.mk-ig__viewer:popover-open')"
OPENER = "document.querySelectorAll('.mk-ig__open')[arguments[0]]"
IS_OPEN = f"{OPEN}?.id == {OPENER}.getAttribute('popovertarget')"
HAS_FOCUS = f"{OPENER} == document.activeElement"


@pytest.mark.parametrize("settings", [PHONE, WITHOUT_SCRIPTS], ids=["phone", "without-scripts"])
def test_the_viewer_opens_and_closes_in_every_way(
    engine: Engine, demo_sites: DemoSites, settings: Settings
) -> None:
    engine.use(settings)
    engine.open(demo_sites.url("mkdocs", "grid"))

    def expect_open(index: int) -> None:
        engine.wait_for(IS_OPEN, index)
        assert engine.run(f"return {OPEN}.contains(document.activeElement)"), "the focus"
        assert engine.run(f"return {OPEN}.querySelector('.mk-ig__img').checkVisibility()")

    def expect_closed(index: int) -> None:
        engine.wait_for(f"!{OPEN}")
        assert engine.run(f"return {HAS_FOCUS}", index), "the focus"

    engine.click(".mk-ig__open", 0)
    expect_open(0)
    engine.press("Escape")
    expect_closed(0)

    engine.press("Enter")
    expect_open(0)
    engine.click(":popover-open .mk-ig__close")
    expect_closed(0)

    engine.press("Space")
    expect_open(0)
    engine.press("Escape")
    expect_closed(0)

    engine.click(".mk-ig__open", 2, touch=True)
    expect_open(2)
    engine.click(":popover-open .mk-ig__close", touch=True)
    expect_closed(2)


def test_the_viewer_closes_by_a_click_beside_it(engine: Engine, demo_sites: DemoSites) -> None:
    engine.use(Settings())
    engine.open(demo_sites.url("mkdocs", "grid"))
    for touch in (False, True):
        engine.click(".mk-ig__open")
        engine.wait_for(IS_OPEN, 0)

        engine.click_at(20, 780, touch=touch)

        engine.wait_for(f"!{OPEN}")
