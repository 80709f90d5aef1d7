"""Pages in Chromium, Firefox and WebKit: what a visitor sees, and what scrolls and opens."""

from browsing import THEMES, DemoSites
from engines import Engine, Settings

PHONE = Settings(390, 844)


def test_an_opener_is_called_what_its_picture_shows(engine: Engine, demo_sites: DemoSites) -> None:
    """A `label` for it elsewhere would take the place of its name."""
    engine.use(Settings())
    engine.open(demo_sites.url("mkdocs", "grid"))
    engine.click("summary.mk-ig__toggle")

    texts = engine.run(
        """return [...document.querySelectorAll(".mk-ig__open")].map(
            it => it.querySelector("img").alt)"""
    )
    labels = engine.labels(".mk-ig__open")

    assert len(labels) == 12
    for text, label in zip(texts, labels, strict=True):
        assert " ".join(text.split()) in " ".join(label.split())


def test_show_more_opens_and_closes(engine: Engine, demo_sites: DemoSites) -> None:
    engine.use(Settings())
    engine.open(demo_sites.url("mkdocs", "grid"))
    engine.click("summary.mk-ig__toggle")
    shown = "document.querySelectorAll('.mk-ig__open')[11].checkVisibility()"
    text = "return document.querySelector('summary.mk-ig__toggle').innerText"
    assert engine.run(f"return {shown}")
    opened = engine.run(text)
    engine.wait_for(
        """[...document.querySelectorAll(".mk-ig__more .mk-ig__frame .mk-ig__img")].every(
            it => it.complete || it.getBoundingClientRect().top > innerHeight)"""
    )

    for key in ("Enter", "Space"):
        engine.press(key)
        engine.wait_for(f"!{shown}")
        assert engine.run(text) != opened
        engine.press(key)
        engine.wait_for(shown)
        assert engine.run("return document.activeElement.matches('summary.mk-ig__toggle')")


def test_a_carousel_scrolls_by_keys_and_by_the_wheel(engine: Engine, demo_sites: DemoSites) -> None:
    engine.use(Settings())
    engine.open(demo_sites.url("mkdocs", "carousel"))
    left = "document.querySelector('.mk-ig__strip').scrollLeft"
    x, y = engine.find_middle(".mk-ig__strip .mk-ig__frame")
    engine.wheel_at(x, y, right=300)
    assert engine.wait_for(left) > 0
    engine.wheel_at(x, y, right=-2000)
    engine.wait_for(f"{left} == 0")

    engine.run("document.querySelector('.mk-ig__strip .mk-ig__open').focus()")
    engine.press("ArrowRight")
    engine.wait_for(left)
    assert engine.wait_until_still(left) > 200
    engine.press("ArrowLeft")
    engine.wait_for(f"{left} == 0")


def test_links_in_captions_are_underlined(engine: Engine, demo_sites: DemoSites) -> None:
    engine.use(Settings())
    for theme in THEMES:
        engine.open(demo_sites.url(theme, "grid"))

        lines = engine.run(
            """return [...document.querySelectorAll(".mk-ig__caption a")].map(
                it => getComputedStyle(it).textDecorationLine)"""
        )

        assert set(lines) == {"underline"}


def test_a_cut_caption_shows_its_beginning(engine: Engine, demo_sites: DemoSites) -> None:
    """Not the hashtag that it ends with."""
    engine.use(PHONE)
    engine.open(demo_sites.url("mkdocs", "grid"))

    tags = engine.run(
        """return [...document.querySelectorAll(".mk-ig__text .mk-ig__caption")].flatMap(it => {
            const isCut = it.scrollHeight > 1.5 * it.clientHeight;
            if (!isCut || it.lastChild.nodeName != "A") return [];
            return [it.lastChild.getBoundingClientRect().top - it.getBoundingClientRect().bottom];
        })"""
    )

    assert tags
    assert [tag for tag in tags if tag < -1] == [], "seen"


def test_no_bright_bar_lies_under_a_dark_carousel(engine: Engine, demo_sites: DemoSites) -> None:
    engine.use(Settings(is_dark=True))
    engine.open(demo_sites.url("mkdocs", "carousel"))
    engine.run("document.documentElement.dataset.bsTheme = 'dark'; scrollTo(0, 0)")
    left, right, bottom = engine.run(
        """const box = document.querySelector(".mk-ig__strip").getBoundingClientRect();
        return [box.left, box.right, box.bottom];"""
    )

    strip = engine.screenshot().crop((int(left), int(bottom) - 12, int(right), int(bottom) - 1))

    rows = strip.convert("L").resize((1, strip.height)).tobytes()
    assert max(rows) < 128, "the mean of each row"
