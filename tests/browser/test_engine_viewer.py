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


@pytest.mark.parametrize("settings", [PHONE, Settings()], ids=["phone", "desktop"])
def test_the_viewer_is_the_same_size_for_each_post(
    engine: Engine, demo_sites: DemoSites, settings: Settings
) -> None:
    engine.use(settings)
    engine.open(demo_sites.url("mkdocs", "grid"))
    sizes = set()
    for index in range(8):
        engine.run(f"{OPENER}.click()", index)
        engine.wait_for(IS_OPEN, index)
        engine.wait_for(f"{OPEN}.querySelector('.mk-ig__img').complete")
        x, y, width, height, stage, picture, bottom = engine.run(
            f"""const box = it => it.getBoundingClientRect(), viewer = box({OPEN});
            const stage = {OPEN}.querySelector(".mk-ig__stage");
            return [viewer.x, viewer.y, viewer.width, viewer.height, box(stage).height,
                box(stage.querySelector(".mk-ig__img")).height, viewer.bottom];"""
        )
        sizes.add((x, y, width, height))
        assert bottom <= settings.height
        assert picture <= stage
        if settings == PHONE:
            assert stage <= picture + 40, "no bands above and below the picture"
        engine.press("Escape")
        engine.wait_for(f"!{OPEN}")

    assert len(sizes) == 1


def test_an_album_turns_by_keys_and_by_buttons(engine: Engine, demo_sites: DemoSites) -> None:
    engine.use(WITHOUT_SCRIPTS)
    engine.open(demo_sites.url("mkdocs", "grid"))
    engine.click(".mk-ig__open:has(.mk-ig__type--carousel)")
    strip = f"{OPEN}.querySelector('.mk-ig__strip')"
    width = engine.wait_for(f"{OPEN} && {strip}.clientWidth")

    def expect_child(number: int) -> None:
        engine.wait_for(f"Math.abs({strip}.scrollLeft - arguments[0]) < 2", number * width)
        engine.wait_until_still(f"{strip}.scrollLeft")  # a key counts from where it is

    engine.press("ArrowRight")
    expect_child(1)
    engine.press("ArrowRight")
    expect_child(2)
    engine.press("ArrowLeft")
    expect_child(1)
    engine.press("Escape")
    engine.wait_for(f"!{OPEN}")
    assert "mk-ig__open" in engine.run("return document.activeElement.className")

    # Opened again, it is where it was. Chromium has buttons of its own; others have links there.
    engine.press("Enter")
    engine.wait_for(OPEN)
    expect_child(1)
    x, y = engine.find_middle(":popover-open .mk-ig__strip")
    engine.click_at(x + width / 2 - 28, y)
    expect_child(2)
    engine.click_at(x - width / 2 + 28, y, touch=True)
    expect_child(1)
