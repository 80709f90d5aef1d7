"""Builds with the caches of released versions, which `tests/caches/` keeps as they lay on disk.

`pytest --regenerate` writes the cache of this version; released ones are never written again.
"""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import TOKEN
from fake import FakeInstagram, text
from sites import Build, Site

from mkdocs_instagram import __version__

CACHES = Path(__file__).parents[1] / "caches"
VERSIONS = sorted(path.name for path in CACHES.iterdir())
SHOWN = "shown.json"
NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
PAGES = {
    "index.md": "<!-- instagram {open: viewer, header: true} -->",
    "post.md": "<!-- instagram {post: C0003abcDEF, caption: below} -->",
}


@pytest.fixture
def site(site: Site) -> Site:
    site.options |= {"videos": "file", "images": {"widths": [20, 40]}}
    site.write(PAGES)
    return site


def describe(build: Build) -> dict[str, Any]:
    """Return what the pages show; every file that they name must be there."""
    files = re.findall(r'"[./]*(assets/mk-ig/[0-9a-f]+\.\w+)', "".join(build.pages.values()))
    assert all((build.site / file).is_file() for file in files)
    return {
        "index": build.media(),
        "post": build.media("post/index.html"),
        "videos": len({file for file in files if file.endswith(".mp4")}),
        "has_avatar": 'class="mk-ig__avatar"' in build.html(),
        "has_captions": "Market day &lt;3" in build.html(),
    }


def test_this_version_has_a_cache(site: Site, fake: FakeInstagram, regenerate: bool) -> None:
    """A release keeps the cache that it writes: see "Release" in CONTRIBUTING.md."""
    folder = CACHES / __version__
    fake.add_user(TOKEN).add_mixed(4, size=(40, 50))
    build = site.build("--strict", now=NOW)
    shown = describe(build)
    if regenerate:
        shutil.rmtree(folder, ignore_errors=True)
        # The cache tells git to ignore it.
        shutil.copytree(site.cache, folder, ignore=shutil.ignore_patterns(".gitignore"))
        (folder / SHOWN).write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")

    assert len(shown["index"]) == 4
    assert json.loads((folder / SHOWN).read_text(encoding="utf-8")) == shown


def restore(site: Site, version: str) -> dict[str, Any]:
    """Put the cache of a version into the site; return what that version showed."""
    shutil.copytree(CACHES / version, site.cache)
    shown = site.cache / SHOWN
    described: dict[str, Any] = json.loads(shown.read_text(encoding="utf-8"))
    shown.unlink()
    return described


@pytest.mark.parametrize("version", VERSIONS)
def test_the_cache_of_a_release_is_read(site: Site, version: str) -> None:
    shown = restore(site, version)

    build = site.build("--strict", now=NOW + timedelta(minutes=5))

    assert build.status == 0, build.log
    assert describe(build) == shown
    assert site.fake.count() == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_an_outage_after_an_upgrade_loses_no_feed(
    site: Site, fake: FakeInstagram, version: str
) -> None:
    shown = restore(site, version)
    for kind in ("user", "media", "node", "picture", "video"):
        fake.fail(kind, text(502, "<html>Bad gateway</html>"))

    build = site.build("--strict", now=NOW + timedelta(days=2))

    assert build.status == 0, build.log
    assert describe(build) == shown
    assert fake.count("user") > 0, "Instagram was asked"
