"""Makes the pictures of the README and of the themes: `make pictures`."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import jinja2
import yaml
from browsing import THEMES, load_pictures, open_browser, serve
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "example-site"
ASSETS = EXAMPLE / "docs" / "assets"
SOURCE = ROOT / "tests" / "sites" / "pictures"
# The width of the window, in CSS pixels: Material shows its tabs from 1220 on.
WIDTHS: Mapping[str, int] = {"material": 1240, "mkdocs": 1024, "readthedocs": 1024}
WINDOWS: Mapping[str, int] = {"index": 1240, "visit": 1000, "gallery": 1240, "try": 1120}
"""The pages in the picture of the README, and the widths of their windows."""
EDITED = "try/#sort=likes&layout=highlight&caption=overlay"
POST = "DemoTrail14"
POSTER: ViewportSize = {"width": 1600, "height": 1240}


def build(folder: Path, theme: str, cache_dir: Path) -> Path:
    """Build the site in a theme, in Material with the editor; returns its folder."""
    folder.mkdir(parents=True)
    plugin = {
        "accounts": {"main": {"demo": True}},
        "media": {"DemoParsec4": {"pin": True}, "DemoRedBik5": {"hide": True}},
        "cache_dir": str(cache_dir),
    }
    config = {
        "site_name": "Quillmoor Observatory",
        "docs_dir": str(SOURCE / "docs"),
        "theme": {"name": theme, "features": ["navigation.tabs"], **THEMES[theme]},
        "nav": [{"Home": "index.md"}, {"Gallery": "gallery.md"}, {"Visit": "visit.md"}],
        "plugins": ["search", {"instagram": plugin}],
        "hooks": [str(EXAMPLE / "hooks" / "try_it.py")] if theme == "material" else [],
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
        timeout=180,
    )
    return folder / "site"


def take_picture(page: Page) -> Image.Image:
    """Return what is in the window, without transparency."""
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def picture_theme(browser: Browser, site: Path, theme: str) -> Image.Image:
    """Return a picture of the first page of a site."""
    width = WIDTHS[theme]
    size: ViewportSize = {"width": width, "height": width * 3 // 4}
    with (
        serve(site) as url,
        browser.new_page(viewport=size, device_scale_factor=1600 / width) as page,
    ):
        page.goto(url)
        load_pictures(page)
        return take_picture(page).resize((800, 600), Image.Resampling.LANCZOS)


def picture_readme(browser: Browser, site: Path) -> Image.Image:
    """Return a picture of four pages: two layouts, one of them dark, the viewer and the editor."""
    texts = {name: (SOURCE / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in WINDOWS}
    tags = {name: re.search("<!--.*-->", text) for name, text in texts.items()}
    labels = {name: tag[0] if tag else "mkdocs-instagram edit" for name, tag in tags.items()}
    template = jinja2.Template(
        (SOURCE / "poster.html").read_text(encoding="utf-8"), autoescape=True
    )
    urls = {name: EDITED if name == "try" else f"{name}/" for name in WINDOWS} | {"index": "./"}
    html = template.render(windows=WINDOWS, labels=labels, urls=urls)
    (site / "poster.html").write_text(html, encoding="utf-8")
    with serve(site) as url, browser.new_page(viewport=POSTER) as page:
        page.goto(f"{url}poster.html")
        frames = {frame.name: frame for frame in page.frames}
        frames["gallery"].evaluate("document.body.dataset.mdColorScheme = 'slate'")
        frames["visit"].click(f"[data-media={POST}] button >> nth=0")
        # A bar to scroll, which few visitors have, would be a white stripe beside the viewer.
        frames["visit"].evaluate("document.documentElement.style.scrollbarGutter = 'auto'")
        for frame in page.frames:
            load_pictures(frame)
        return take_picture(page)


def main() -> None:
    """Write the pictures into the example site."""
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        folder = Path(name)
        sites = {theme: build(folder / theme, theme, folder / "cache") for theme in THEMES}
        for theme, site in sites.items():
            picture = picture_theme(browser, site, theme)
            picture.save(ASSETS / f"theme-{theme}.webp", quality=60, method=6)
        picture = picture_readme(browser, sites["material"])
        picture.save(ASSETS / "screenshot.webp", quality=76, method=6)


if __name__ == "__main__":
    main()
