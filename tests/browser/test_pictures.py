"""The pictures of the README and of the themes show what the plugin renders today."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pictures
import pytest
from browsing import THEMES, needs_chromium
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser

pytestmark = needs_chromium

BOUND = 1.25
"""The largest mean difference of two pictures, of 255. With other fonts it is up to 0.7."""

FindSite = Callable[[str], Path]


@pytest.fixture(scope="module")
def find_site(tmp_path_factory: pytest.TempPathFactory) -> FindSite:
    """Return the site in a theme, built when it is first asked for."""
    folder = tmp_path_factory.mktemp("pictures")
    return cache(lambda theme: pictures.build(folder / theme, theme, folder / "cache"))


@contextmanager
def styled(site: Path, style: str) -> Iterator[None]:
    """Add a rule to the plugin's stylesheet in a site."""
    (path,) = (site / "assets" / "mk-ig").glob("instagram*.css")
    css = path.read_text(encoding="utf-8")
    path.write_text(f"{css}\n{style}", encoding="utf-8")
    yield
    path.write_text(css, encoding="utf-8")


def is_like(picture: Image.Image, name: str) -> bool:
    """Tell whether a picture is like the one in the example site, if both are seen from afar."""
    with Image.open(pictures.ASSETS / f"{name}.webp") as saved:
        assert saved.size == picture.size
        one, other = (
            image.resize((32, 32 * image.height // image.width), Image.Resampling.BOX)
            for image in (saved.convert("RGB"), picture)
        )
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3 < BOUND


@pytest.mark.parametrize("theme", THEMES)
def test_the_picture_of_a_theme_is_of_today(
    theme: str, browser: Browser, find_site: FindSite
) -> None:
    picture = pictures.picture_theme(browser, find_site(theme), theme)

    assert is_like(picture, f"theme-{theme}"), "run `make pictures`, and look at them"


def test_the_picture_of_the_readme_is_of_today(browser: Browser, find_site: FindSite) -> None:
    site = find_site("material")
    picture = pictures.picture_readme(browser, site)

    assert is_like(picture, "screenshot"), "run `make pictures`, and look at them"
    with styled(site, ".mk-ig { --mk-ig-surface: #fdd; }"):
        assert not is_like(pictures.picture_readme(browser, site), "screenshot")


@pytest.mark.parametrize(
    "style", [".mk-ig { --mk-ig-gap: 12px; }", ".mk-ig .mk-ig__img { filter: saturate(0.6); }"]
)
def test_another_look_is_noticed(style: str, browser: Browser, find_site: FindSite) -> None:
    site = find_site("mkdocs")
    with styled(site, style):
        assert not is_like(pictures.picture_theme(browser, site, "mkdocs"), "theme-mkdocs")


def test_another_font_makes_no_other_picture(browser: Browser, find_site: FindSite) -> None:
    site = find_site("mkdocs")
    with styled(site, "* { font-family: 'DejaVu Sans' !important; }"):
        assert is_like(pictures.picture_theme(browser, site, "mkdocs"), "theme-mkdocs")
