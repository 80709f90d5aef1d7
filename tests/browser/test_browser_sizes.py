"""What `sizes` and `srcset` say of pictures, beside what Chromium lays out."""

from collections.abc import Iterator

import pytest
from browsing import LAYOUTS, DemoSites, Pages, needs_chromium
from playwright.sync_api import Page

pytestmark = needs_chromium

# Feeds that are as wide as the window, but for the margins that themes have on a phone.
ALONE = """
    const feeds = [...document.querySelectorAll(".mk-ig")];
    document.body.replaceChildren(...feeds);
    // Laid out, but not painted, which takes as long.
    const style = "margin: 0 16px; padding: 0; min-width: 0; visibility: hidden";
    document.body.setAttribute("style", style);
"""
# For each picture: its width, what `sizes` says without `auto`, its widest file, its `img.width`.
MEASURE = """async () => {
    const seen = [...document.querySelectorAll(".mk-ig__frame .mk-ig__img")];
    return Promise.all(seen.filter(it => it.checkVisibility()).map(async it => {
        const probe = new Image();
        const width = it.getAttribute("width");
        probe.sizes = it.sizes.replace("auto, ", "");
        probe.srcset = `${it.src} ${width}w`;
        await new Promise((end, fail) => Object.assign(probe, {onload: end, onerror: fail}));
        const widths = [...it.srcset.matchAll(/ (\\d+)w/g)].map(match => +match[1]);
        const shown = it.getBoundingClientRect().width;
        return [shown, probe.naturalWidth, Math.max(...widths), +width];
    }));
}"""


@pytest.fixture
def page(pages: Pages) -> Iterator[Page]:
    with pages.open(has_scripts=True) as page:
        yield page


@pytest.mark.parametrize("name", ["index", "columns", *LAYOUTS])
def test_sizes_are_what_chromium_lays_out(demo_sites: DemoSites, page: Page, name: str) -> None:
    page.goto(demo_sites.url("mkdocs", name))
    page.evaluate(ALONE)
    for width in (360, 600, 800, 1200, 1600):
        page.set_viewport_size({"width": width, "height": 900})

        measured = page.evaluate(MEASURE)

        assert measured
        for shown, told, _, _ in measured:
            assert told == pytest.approx(shown, rel=0.1, abs=3), width


@pytest.mark.parametrize("name", ["index", "columns", *LAYOUTS])
def test_two_pixels_are_there_for_each_of_the_widest_feed_and_not_far_more(
    demo_sites: DemoSites, page: Page, name: str
) -> None:
    widest: dict[int, float] = {}
    files: list[tuple[float, float]] = []
    for width in (*range(330, 1632, 50), 1363, 1632):
        page.set_viewport_size({"width": width, "height": 900})
        if width == 330:
            page.goto(demo_sites.url("mkdocs", name))
            page.evaluate(ALONE)
        measured = page.evaluate(MEASURE)
        for index, (shown, _, _, _) in enumerate(measured):
            widest[index] = max(widest.get(index, 0), shown)
        files = [(there, whole) for _, _, there, whole in measured]

    assert len(files) == len(widest)
    for index, (there, whole) in enumerate(files):
        needed = 2 * widest[index]
        assert there >= 0.9 * min(needed, whole), "sharp"
        enough = [width for width in (320, 640, 1080) if width >= 0.9 * needed]
        assert there <= min([*enough, 1080]), "no wider than that"
