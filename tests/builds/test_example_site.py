"""The example site, built by Zensical: `inject` makes the same feeds as the plugin in MkDocs."""

import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from compatibility import run as build_with_mkdocs
from generators import GENERATORS, ROOT, build, inject, read_version


@pytest.mark.works_with(
    "Zensical: the example site, then inject", partial(read_version, GENERATORS["Zensical"])
)
def test_zensical_and_inject_make_the_same_feeds(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("site", ".cache")
    shutil.copytree(ROOT / "example-site", tmp_path, ignore=ignore, dirs_exist_ok=True)
    expected = find_media(build_with_mkdocs(tmp_path, "--strict").pages)
    del expected["try/index.html"]  # a hook writes it, and Zensical has none
    shutil.rmtree(tmp_path / "site")

    site = build(GENERATORS["Zensical"]._replace(files={}), tmp_path)
    done = inject(tmp_path, site, "--strict")

    assert sum(map(len, expected.values())) > 80
    assert find_media(done.pages) == expected
    for name in expected:
        links = re.findall(r'<link rel="stylesheet" href="([^"]*mk-ig/[^"]*)">', done.pages[name])
        assert len(links) == 1
        assert (site / name).parent.joinpath(links[0]).is_file()


def find_media(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the shortcodes of the pages with feeds, in order."""
    found = {name: re.findall(r'data-media="([^"]*)"', html) for name, html in pages.items()}
    return {name: codes for name, codes in found.items() if codes}
