"""`inject` after other generators: the feeds are those of MkDocs."""

from functools import partial
from pathlib import Path

import pytest
import yaml
from compatibility import DemoSite, Node, find_feeds, find_stylesheets
from generators import FEEDS, GENERATORS, OPTIONS, TAGS, build, inject, read_version

from mkdocs_instagram.render.stylesheet import name_stylesheet

works_with = pytest.mark.works_with
BY_PLACE = {"loading", "fetchpriority"}  # depend on what is above the feed in the page


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Node]:
    """The feeds that MkDocs makes of the tags."""
    site = DemoSite(tmp_path_factory.mktemp("mkdocs"), options=yaml.safe_load(OPTIONS))
    tags = TAGS.replace('<template data-instagram="team"></template>', "<!-- instagram team -->")
    site.write({"docs/index.md": f"# Home\n\n{tags}"})
    return [without_place(feed) for feed in find_feeds(site.build("--strict"), "index.html")]


def without_place(node: Node) -> Node:
    tag, attributes, children = node
    return (
        tag,
        tuple(pair for pair in attributes if pair[0] not in BY_PLACE),
        tuple(without_place(it) if isinstance(it, tuple) else it for it in children),
    )


def see(name: str, folder: Path, expected: list[Node]) -> None:
    generator = GENERATORS[name]
    site = build(generator, folder)
    (folder / "instagram.yml").write_text(OPTIONS, encoding="utf-8")

    done = inject(folder, site, "--strict")

    assert f"{FEEDS} feeds in 1 page: 1 changed." in done.log
    assert [without_place(feed) for feed in find_feeds(done, generator.page)] == expected
    (link,) = find_stylesheets(done, generator.page)
    assert link == f"assets/mk-ig/{name_stylesheet()}"


@works_with("Zensical, then inject", partial(read_version, GENERATORS["Zensical"]))
def test_zensical(tmp_path: Path, expected: list[Node]) -> None:
    see("Zensical", tmp_path, expected)


@works_with("Sphinx with MyST, then inject", partial(read_version, GENERATORS["Sphinx with MyST"]))
def test_sphinx(tmp_path: Path, expected: list[Node]) -> None:
    see("Sphinx with MyST", tmp_path, expected)


@works_with("Pelican, then inject", partial(read_version, GENERATORS["Pelican"]))
def test_pelican(tmp_path: Path, expected: list[Node]) -> None:
    see("Pelican", tmp_path, expected)


@works_with("Eleventy, then inject", partial(read_version, GENERATORS["Eleventy"]))
def test_eleventy(tmp_path: Path, expected: list[Node]) -> None:
    see("Eleventy", tmp_path, expected)


@works_with("Hugo, then inject", partial(read_version, GENERATORS["Hugo"]))
def test_hugo(tmp_path: Path, expected: list[Node]) -> None:
    see("Hugo", tmp_path, expected)


@works_with("Jekyll, then inject", partial(read_version, GENERATORS["Jekyll"]))
def test_jekyll(tmp_path: Path, expected: list[Node]) -> None:
    see("Jekyll", tmp_path, expected)


def test_a_generator_that_removes_comments_is_told_the_setting(tmp_path: Path) -> None:
    generator = GENERATORS["Hugo"]
    safe = {**generator.files, "config.toml": "baseURL = 'https://example.org/'\n"}
    site = build(generator._replace(files=safe), tmp_path)
    (tmp_path / "instagram.yml").write_text(OPTIONS, encoding="utf-8")
    before = (site / generator.page).read_bytes()

    done = inject(tmp_path, site, status=1)

    assert "has a feed tag, so nothing was changed." in done.log
    assert "`markup.goldmark.renderer.unsafe = true`" in done.log
    assert (site / generator.page).read_bytes() == before


def test_a_clean_build_of_zensical_loses_no_saved_feed(tmp_path: Path) -> None:
    generator = GENERATORS["Zensical"]
    site = build(generator, tmp_path)
    cache = tmp_path / ".instagram-cache" / "cache.db"
    inject(tmp_path, site)
    saved = cache.read_bytes()
    beside = tmp_path / ".cache" / "plugin" / "beside"
    beside.parent.mkdir(parents=True)
    beside.touch()

    build(generator._replace(arguments=["build", "--clean"]), tmp_path)

    assert not beside.exists(), "this is why"
    assert cache.read_bytes() == saved
    assert " 0 fetched)" in inject(tmp_path, site).log
