"""Captions over pictures in Chromium, Firefox and WebKit: how much they cover, and when."""

import pytest
from browsing import DemoSites
from engines import Engine, Settings

OPACITY = "getComputedStyle(document.querySelector('.mk-ig__overlay')).opacity"
MEASURE = """
    const overlays = document.querySelectorAll(".mk-ig__overlay:has(.mk-ig__caption)");
    return [...overlays].map(it => {
        const parts = [...it.children].map(part => part.getBoundingClientRect());
        const frame = it.closest(".mk-ig__frame").getBoundingClientRect();
        const caption = it.querySelector(".mk-ig__caption"), text = document.createRange();
        text.selectNodeContents(caption);
        const {borderBottomWidth} = getComputedStyle(caption);
        const end = caption.getBoundingClientRect().bottom - parseFloat(borderBottomWidth);
        const isCut = [...text.getClientRects()].some(
            line => Math.abs((line.top + line.bottom) / 2 - end) < 4);
        return [(parts.at(-1).bottom - parts[0].top) / frame.height, isCut];
    })"""


@pytest.mark.parametrize("width", [390, 1280])
def test_an_overlay_has_whole_lines_on_less_than_half_of_a_picture(
    engine: Engine, demo_sites: DemoSites, width: int
) -> None:
    engine.use(Settings(width, 800))
    engine.open(demo_sites.url("mkdocs", "masonry"))

    measured = engine.run(MEASURE)

    assert len(measured) > 5
    assert max(share for share, _ in measured) <= 0.451
    assert not any(is_cut for _, is_cut in measured), "a line is seen in part"


def test_an_overlay_comes_with_the_pointer_and_with_the_focus(
    engine: Engine, demo_sites: DemoSites
) -> None:
    engine.use(Settings())
    engine.open(demo_sites.url("mkdocs", "overlay"))
    engine.wait_for(f"{OPACITY} == 0")

    engine.hover(".mk-ig__frame")
    engine.wait_for(f"{OPACITY} == 1")
    engine.hover("h1")
    engine.wait_for(f"{OPACITY} == 0")

    engine.run("document.querySelector('.mk-ig__link').focus({focusVisible: true})")
    engine.press("Tab", "Shift+Tab")
    engine.wait_for(f"{OPACITY} == 1")
