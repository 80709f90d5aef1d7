"""The example site, built by Zensical: `inject` makes the same feeds as the plugin in MkDocs."""

import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from generators import GENERATORS, build, inject, read_version
from sites import Build


@pytest.mark.works_with(
    "Zensical: the example site, then inject", partial(read_version, GENERATORS["Zensical"])
)
def test_zensical_and_inject_make_the_same_feeds(tmp_path: Path, example_site: Build) -> None:
    expected = find_media(example_site.pages)
    del expected["try/index.html"]  # a hook writes it, and Zensical has none
    ignore = shutil.ignore_patterns("site")
    shutil.copytree(example_site.site.parent, tmp_path, ignore=ignore, dirs_exist_ok=True)

    site = build(GENERATORS["Zensical"]._replace(files={}), tmp_path)
    done = inject(tmp_path, site, "--strict")

    assert sum(map(len, expected.values())) > 80
    assert find_media(done.pages) == expected
    for name in expected:
        links = re.findall(r'<link rel="stylesheet" href="([^"]*mk-ig/[^"]*)">', done.pages[name])
        assert len(links) == 1
        assert (site / name).parent.joinpath(links[0]).is_file()


def test_a_link_to_the_site_is_shown_with_a_picture(example_site: Build) -> None:
    said = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', example_site.html()))

    assert said["title"] == "An Instagram feed in your static site"
    address, _, file = said["image"].partition(".org/")
    assert address == "https://quillmoor.example"
    assert (example_site.site / file).is_file()


def find_media(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the shortcodes of the pages with feeds, in order."""
    found = {name: re.findall(r'data-media="([^"]*)"', html) for name, html in pages.items()}
    return {name: codes for name, codes in found.items() if codes}
