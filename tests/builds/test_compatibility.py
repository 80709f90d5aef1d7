"""Real builds with other plugins and themes: feeds are complete, without a warning of ours."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path
from typing import Any, TypeVar

import html5lib
import pytest
import yaml
from compatibility import (
    EVERYTHING,
    THEMES,
    DemoSite,
    build_once,
    count_media,
    find_feeds,
    find_stylesheets,
    read_table,
    run,
    shared_folder,
)
from conftest import TOKEN
from PIL import ImageFont
from placements import EXTENSIONS, PLACEMENTS, TAG
from sites import Build, Site

works_with = pytest.mark.works_with
MODULES = (
    "test_browser_plugins",
    "test_compatibility",
    "test_example_site",
    "test_generators",
    "test_properdocs",
    "test_serve",
)
Test = TypeVar("Test", bound=Callable[..., None])
HAS_CAIRO = find_library("cairo") is not None
HAS_PANGO = find_library("pango-1.0") is not None

FOOTER = "{{ instagram_feed(limit=1, sort='oldest', title='F') if instagram_feed is defined }}"
MAIN = f'{{% extends "base.html" %}}{{% block footer %}}{{{{ super() }}}}{FOOTER}{{% endblock %}}'


@pytest.fixture
def demo_site(tmp_path: Path, demo_cache: Path) -> DemoSite:
    return DemoSite(tmp_path, options={"cache_dir": str(demo_cache)})


@pytest.fixture(scope="session")
def demo_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pictures of the demo account, made once."""
    return shared_folder(tmp_path_factory) / "demo-cache"


def told_nothing(build: Build) -> bool:
    """Tell whether a build succeeded, without a warning of this plugin."""
    assert build.status == 0, build.log
    assert build.warnings == []
    assert "Traceback" not in build.log
    return True


def test_the_table_in_the_documentation_has_what_these_tests_try() -> None:
    """Rows are compared without versions, which change; `--regenerate` writes the table again."""
    tried = {
        mark.args[0]
        for name in MODULES
        for test in vars(importlib.import_module(name)).values()
        for mark in getattr(test, "pytestmark", [])
        if mark.name == "works_with"
    }
    table = read_table()

    assert [what for what, _, _ in table] == sorted(tried)
    assert {result for _, _, result in table} == {"works"}


# Themes


@works_with("Theme material", "mkdocs-material")
@pytest.mark.parametrize("is_searched", [False, True])
def test_material(demo_site: DemoSite, *, is_searched: bool) -> None:
    see_a_theme(demo_site, "material", is_searched=is_searched)


@works_with("Themes mkdocs and readthedocs", "mkdocs")
@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
@pytest.mark.parametrize("is_searched", [False, True])
def test_themes_of_mkdocs(demo_site: DemoSite, theme: str, *, is_searched: bool) -> None:
    see_a_theme(demo_site, theme, is_searched=is_searched)


def see_a_theme(site: DemoSite, theme: str, *, is_searched: bool) -> None:
    site.config |= {
        "theme": {**THEMES[theme], "custom_dir": "overrides"},
        "use_directory_urls": is_searched,
    }
    site.options |= {"search": is_searched, "media": {"DemoGalaxy1": {"alt": "A <b>galaxy</b>"}}}
    site.before = ["search"]
    tag = "<!-- instagram {limit: 2, caption: below} -->"
    site.write(
        {
            "docs/index.md": f"# Sky\n\nBefore {tag} after.",
            "docs/a/deep.md": f"# Deep\n\n{tag}",
            "docs/none.md": "# None",
            "overrides/main.html": MAIN,
        }
    )
    if theme != "material":  # its 404.html is made from main.html
        site.write({"overrides/404.html": f"{MAIN}{{% block content %}}Not here{{% endblock %}}"})

    build = site.build("--strict")

    assert told_nothing(build)
    deep, none = (
        ("a/deep/index.html", "none/index.html") if is_searched else ("a/deep.html", "none.html")
    )
    pages = {page: count_media(build, page) for page in build.pages if page != "search.html"}
    assert pages == {"index.html": [2, 1], deep: [2, 1], none: [1], "404.html": [1]}
    assert all(len(find_stylesheets(build, page)) == 1 for page in pages)
    assert 'src="/docs/assets/mk-ig/' in build.html("404.html")
    index = json.loads((build.site / "search" / "search_index.json").read_text(encoding="utf-8"))
    texts = " ".join(entry["text"] for entry in index["docs"])
    assert "Before" in texts
    assert "after" in texts
    assert ("Nearly every speck" in texts) is is_searched
    assert "mk-ig" not in texts


@works_with("Templates that call instagram_feed, without the plugin", "mkdocs")
def test_a_theme_that_calls_the_function_builds_without_the_plugin(tmp_path: Path) -> None:
    site = DemoSite(tmp_path)
    site.write({"docs/index.md": "# Sky\n\n<!-- instagram -->", "overrides/main.html": MAIN})
    config = {"site_name": "Q", "theme": {"name": "mkdocs", "custom_dir": "overrides"}}
    site.write({"mkdocs.yml": yaml.safe_dump({**config, "plugins": []})})

    build = run(tmp_path, "--strict")

    assert told_nothing(build)
    assert "mk-ig" not in build.html()


# Everything at once

# Where the pages of the whole site are in a site that has our plugin alone.
ALONE = {
    "index.html": "index.html",
    "guide/index.html": "guide/index.html",
    "guide/plain/index.html": "guide/plain/index.html",
    "blog/first-night/index.html": "blog/posts/first/index.html",
    "blog/second-night/index.html": "blog/posts/second/index.html",
    "blog/a-day/index.html": "blog/posts/third/index.html",
}


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory, demo_cache: Path) -> Build:
    """The site with every plugin at once."""

    def make(folder: Path) -> Build:
        copy_everything(folder, demo_cache)
        build = run(folder, "--strict")
        for _ in range(3):
            # On a busy machine, optimize's thread may rename a file before optimize removes it from
            # MkDocs' list, which ends any build, with or without our files.
            if "plugins/optimize/plugin.py" not in build.log:
                break
            build = run(folder, "--strict")
        return build

    return build_once(shared_folder(tmp_path_factory) / "everything", make)


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory, demo_cache: Path) -> Build:
    """The same pages with our plugin alone, and tags where others have macros and includes."""
    folder = tmp_path_factory.mktemp("alone")
    copy_everything(folder, demo_cache)
    config = read_config(folder)
    config["plugins"] = [it for it in config["plugins"] if name_of(it) == "instagram"]
    write_config(folder, config)
    index = folder / "docs" / "index.md"
    text = index.read_text(encoding="utf-8")
    text = text.replace(
        '{{ instagram_feed("garden", limit=2) }}', "<!-- instagram garden {limit: 2} -->"
    )
    included = (folder / "includes" / "feed.md").read_text(encoding="utf-8")
    text = text.replace('{% include-markdown "../includes/feed.md" %}', included)
    index.write_text(text, encoding="utf-8")
    return run(folder, "--strict")


def copy_everything(folder: Path, cache: Path) -> None:
    """Copy the site: add the fonts that a plugin would download, remove what cannot run here."""
    shutil.copytree(EVERYTHING, folder, dirs_exist_ok=True)
    config = read_config(folder)
    for plugin in config["plugins"]:
        if name_of(plugin) == "instagram":
            plugin["instagram"]["cache_dir"] = str(cache)
    if not HAS_CAIRO:
        config["plugins"].remove("social")
    write_config(folder, config)
    # Pillow's own font, in the folder where the plugin keeps downloaded fonts.
    fonts = folder / ".cache" / "plugin" / "social" / "fonts" / "Roboto"
    fonts.mkdir(parents=True)
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    for style in ("Regular", "Bold"):
        (fonts / f"{style}.ttf").write_bytes(font.font_bytes)


def read_config(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((folder / "mkdocs.yml").read_text(encoding="utf-8"))
    return config


def write_config(folder: Path, config: dict[str, Any]) -> None:
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")


def name_of(plugin: Any) -> str:
    return plugin if isinstance(plugin, str) else next(iter(plugin))


def works_with_all(*rows: tuple[str, ...]) -> Callable[[Test], Test]:
    """Return a decorator that puts several rows into the table."""

    def decorate(test: Test) -> Test:
        for row in rows:
            test = works_with(*row)(test)
        return test

    return decorate


@works_with_all(
    ("awesome-nav", "mkdocs-awesome-nav"),
    ("git-revision-date-localized", "mkdocs-git-revision-date-localized-plugin"),
    ("include-markdown", "mkdocs-include-markdown-plugin"),
    ("Material: blog, meta, optimize, privacy, search, tags", "mkdocs-material"),
    ("minify", "mkdocs-minify-plugin"),
    ("redirects", "mkdocs-redirects"),
    ("rss", "mkdocs-rss-plugin"),
    ("section-index", "mkdocs-section-index"),
)
def test_feeds_are_whole_with_every_plugin_at_once(everything: Build, alone: Build) -> None:
    assert told_nothing(everything)
    assert told_nothing(alone)
    for page, same in ALONE.items():
        # The last one is in the footer of every page.
        assert find_feeds(everything, page) == find_feeds(alone, same), page
    assert count_media(alone, "index.html") == [3, 2, 4, 1]
    assert count_media(alone, "guide/index.html") == [2, 4, 1]


@works_with("Material: blog, excerpts on index, archive and categories", "mkdocs-material")
def test_excerpts_of_a_blog_show_what_stands_above_more(everything: Build) -> None:
    assert told_nothing(everything)
    # Newest first; the second night has no feed above `more`.
    assert {page: count_media(everything, page) for page in everything.pages if "blog" in page} == {
        "blog/index.html": [2, 1, 1],
        "blog/archive/2026/index.html": [2, 1, 1],
        "blog/category/nights/index.html": [2, 1],
        "blog/category/days/index.html": [1, 1],
        "blog/first-night/index.html": [2, 3, 1],
        "blog/second-night/index.html": [1, 1],
        "blog/a-day/index.html": [1, 1],
    }
    whole = find_feeds(everything, "blog/first-night/index.html")[0]
    for page in ("blog/index.html", "blog/archive/2026/index.html"):
        assert without_ids(find_feeds(everything, page)[0]) == without_ids(whole)


@works_with("glightbox", "mkdocs-glightbox")
def test_a_lightbox_gets_our_pictures_as_one_gallery(everything: Build) -> None:
    document = html5lib.parse(everything.html(), namespaceHTMLElements=False)
    links = document.findall(".//a[@class='mk-ig__link glightbox']")
    ours = [image for image in document.iter("img") if "mk-ig__img" in image.get("class", "")]
    theirs = [image for image in document.iter("img") if image.get("src") == "dome.png"]

    assert len(links) == 4
    assert len({link.get("data-gallery") for link in links}) == 1
    assert all(link.get("href", "").endswith(".jpg") for link in links)
    assert links[0].get("data-title") == "Photo, Nov 20, 2026"
    assert links[0].get("data-description", "").startswith("Nearly every speck")
    assert len(ours) > len(document.findall(".//*[@data-media]")) == 10, "viewers have pictures too"
    assert all("off-glb" in image.get("class", "") for image in ours), "else it wraps them"
    assert document.findall(".//a//a") == []
    assert len(theirs) == 1
    assert document.find(".//a[@class='glightbox']/img[@src='dome.png']") is not None


def test_other_plugins_find_no_work_in_our_feeds(everything: Build) -> None:
    index = (everything.site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "mk-ig" not in index
    assert "Nearly every speck" not in index
    assert "Optimized media file: assets/mk-ig/" in everything.log
    assert "external file" not in everything.log, "privacy looks for what is elsewhere"
    assert "mk-ig" not in everything.html("old/index.html")
    assert all(len(find_stylesheets(everything, page)) == 1 for page in ALONE)
    rss = (everything.site / "feed_rss_created.xml").read_text(encoding="utf-8")
    assert "First night" in rss
    assert "mk-ig" not in rss


@works_with("Material: social", "mkdocs-material", "CairoSVG")
@pytest.mark.skipif(not HAS_CAIRO, reason="the library cairo, which social cards need, is missing")
def test_social_cards_stand_beside_feeds(everything: Build) -> None:
    assert (everything.site / "assets/images/social/index.png").stat().st_size > 5_000
    assert "og:image" in everything.html()


@works_with_all(
    ("awesome-pages", "mkdocs-awesome-pages-plugin"), ("Material: offline", "mkdocs-material")
)
def test_an_offline_site_has_everything_beside_its_pages(demo_site: DemoSite) -> None:
    demo_site.config["theme"] = THEMES["material"]
    demo_site.before = ["search", "awesome-pages", "offline"]
    demo_site.write(
        {
            "docs/index.md": "# Sky\n\n<!-- instagram {limit: 2, open: image} -->",
            "docs/a/deep.md": "# Deep\n\n<!-- instagram {limit: 2, open: viewer} -->",
            "docs/a/.pages": "title: Depths\n",
        }
    )

    build = demo_site.build("--strict")

    assert told_nothing(build)
    assert count_media(build, "index.html") == count_media(build, "a/deep.html") == [2]
    for page in ("index.html", "a/deep.html"):
        assert len(find_stylesheets(build, page)) == 1
        urls = re.findall(r'(?:src|href)="([^"]*mk-ig[^"]*)"', build.pages[page])
        assert all(re.match(r"(?:\.\./)?assets/", url) for url in urls)


@works_with("print-site", "mkdocs-print-site-plugin")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("is_directory", [False, True])
def test_a_page_of_the_whole_site_shows_feeds_as_their_pages_do(
    demo_site: DemoSite, theme: str, *, is_directory: bool
) -> None:
    demo_site.config |= {"theme": THEMES[theme], "use_directory_urls": is_directory}
    demo_site.options |= {"images": {"widths": [160, 320]}, "videos": "file"}
    demo_site.after = ["print-site"]
    tag = "<!-- instagram {limit: 5, open: viewer, header: true} -->"
    demo_site.write(
        {
            "docs/index.md": f"# Sky\n\n{tag}",
            "docs/a/deep.md": f"# Deep\n\n{tag}\n\n<!-- instagram {{open: image}} -->",
            "docs/b.md": "# No feed",
        }
    )

    build = demo_site.build("--strict")

    assert told_nothing(build)
    deep, printed, other = (
        ("a/deep/index.html", "print_page/index.html", "b/index.html")
        if is_directory
        else ("a/deep.html", "print_page.html", "b.html")
    )
    feeds = [*find_feeds(build, "index.html"), *find_feeds(build, deep)]
    assert [without_ids(feed) for feed in find_feeds(build, printed)] == [
        without_ids(feed) for feed in feeds
    ]
    ids = re.findall(r'\bid="(mk-ig-[^"]*)"', build.pages[printed])
    opened = re.findall(r'\bpopovertarget="(mk-ig-[^"]*)" aria', build.pages[printed])
    assert len(ids) == len(set(ids)) == 10
    assert opened == ids
    ids = re.findall(r'\bid="([^"]*mk-ig-[^"]*)"', build.pages[printed])
    assert len(ids) == len(set(ids)) > 20
    assert not re.search(r'(?: for="|href="#)[^"]*mk-ig-', build.pages[printed])
    assert len(find_stylesheets(build, printed)) == len(find_stylesheets(build, deep)) == 1
    assert find_stylesheets(build, other) == []
    assert "<!--mk-ig" not in build.pages[printed]


PLACED = {"id", "popovertarget", "loading", "sizes"}


def without_ids(node: Any) -> Any:
    """Return a feed without what depends on where it is shown."""
    if isinstance(node, str):
        return node
    tag, attributes, children = node
    kept = [pair for pair in attributes if pair[0] not in PLACED]
    return tag, kept, [without_ids(child) for child in children if not is_step(child)]


def is_step(node: Any) -> bool:
    """Tell whether a node leads from viewer to viewer, or within one, by an id."""
    classes = "" if isinstance(node, str) else dict(node[1]).get("class", "")
    return bool({"mk-ig__steps", "mk-ig__turn"} & set(classes.split()))


@works_with("htmlproofer", "mkdocs-htmlproofer-plugin")
@pytest.mark.parametrize("is_directory", [False, True])
@pytest.mark.parametrize("order", ["before", "after"])
def test_links_to_our_files_are_found(
    demo_site: DemoSite, order: str, *, is_directory: bool
) -> None:
    proofer = {"validate_external_urls": False, "raise_error": True}
    setattr(demo_site, order, [{"htmlproofer": {**proofer, "validate_rendered_template": True}}])
    demo_site.config |= {
        "theme": {**THEMES["mkdocs"], "custom_dir": "overrides"},
        "use_directory_urls": is_directory,
    }
    demo_site.write(
        {
            "docs/index.md": "# Sky\n\n<!-- instagram {open: image} -->",
            "docs/a/deep.md": "# Deep\n\n<!-- instagram {open: viewer, limit: 3} -->",
            "overrides/main.html": MAIN,
        }
    )

    build = demo_site.build("--strict")

    assert told_nothing(build)
    assert count_media(build, "index.html") == [2, 1]


@works_with("to-pdf", "mkdocs-to-pdf", "weasyprint")
@pytest.mark.skipif(not HAS_PANGO, reason="the library pango, which PDFs need, is missing")
def test_a_pdf_has_every_feed(demo_site: DemoSite) -> None:
    demo_site.config["theme"] = THEMES["material"]
    demo_site.options |= {"images": {}}  # large ones, of which only one fits on a page
    demo_site.after = [{"to-pdf": {"cover": False}}]
    tags = {
        "list": "{limit: 3, layout: list}",
        "below": "{limit: 6, caption: below, open: viewer, header: true}",
        "more": "{limit: 8, layout: masonry, more: 4}",
        "highlight": "{limit: 8, layout: highlight, caption: overlay}",
        "carousel": "{limit: 8, layout: carousel}",
    }
    pages = {f"docs/{name}.md": f"# A\n\n<!-- instagram {tag} -->" for name, tag in tags.items()}
    demo_site.write({"docs/index.md": "# Without a feed", **pages})

    build = demo_site.build("--strict")

    assert told_nothing(build)
    pdf = (build.site / "pdf" / "document.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", pdf)) <= 10, "pictures share pages"
    assert len(find_stylesheets(build, "index.html")) == 1, "the PDF has the head of this page"


# Other builds of the same site


@works_with_all(
    ("macros", "mkdocs-macros-plugin"), ("static-i18n, with macros", "mkdocs-static-i18n")
)
@pytest.mark.parametrize("order", ["macros, instagram", "instagram, macros"])
def test_languages_are_built_from_one_answer(site: Site, order: str) -> None:
    site.fake.add_user(TOKEN).add_mixed(5)
    languages = [
        {"locale": "en", "name": "English", "default": True},
        {"locale": "de", "name": "Deutsch"},
    ]
    i18n = {"i18n": {"docs_structure": "suffix", "languages": languages}}
    if order.startswith("macros"):
        site.before = ["search", "macros", i18n]
    else:
        site.before, site.after = ["search"], [i18n, "macros"]
    site.config["theme"] = THEMES["material"]
    site.options |= {"max_age": 0, "labels": {"feed": "Feed", "de": {"feed": "Bilder"}}}
    site.write(
        {
            "index.md": "{{ instagram_feed(limit=2) }}\n\n<!-- instagram {limit: 1} -->\n",
            "index.de.md": "{{ instagram_feed(limit=1, sort='oldest') }}\n\n"
            "`{{ instagram_feed() }}`\n",
        }
    )

    build = site.build("--strict")

    assert told_nothing(build)
    assert count_media(build, "index.html") == [2, 1]
    assert count_media(build, "de/index.html") == [1]
    assert "&lt;!-- instagram --&gt;" in build.html("de/index.html")
    assert 'aria-label="Bilder' in build.html("de/index.html")
    assert all(len(find_stylesheets(build, page)) == 1 for page in ("index.html", "de/index.html"))
    assert site.fake.count("user") == site.fake.count("media") == 1


def test_a_macro_of_the_site_itself_stays(demo_site: DemoSite) -> None:
    demo_site.before = ["macros"]
    demo_site.write(
        {
            "main.py": "def define_env(env):\n"
            "    @env.macro\n"
            "    def instagram_feed():\n"
            "        return 'Follow us!'\n",
            "docs/index.md": "{{ instagram_feed() }}",
        }
    )

    build = demo_site.build("--strict")

    assert told_nothing(build)
    assert "<p>Follow us!</p>" in build.html()


@works_with("mike", "mike")
@pytest.mark.skipif(not shutil.which("git"), reason="git is missing, into which mike deploys")
def test_mike_deploys_a_version_and_asks_for_nothing_else(site: Site) -> None:
    site.fake.add_user(TOKEN).add_mixed(2)
    site.before = ["search", "mike"]
    site.config["theme"] = THEMES["material"]  # mike runs ProperDocs, which has no theme of its own
    site.write_config()
    who = {
        f"GIT_{role}_{what}": "a@b.example"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))

    def call(*command: str) -> str:
        done = subprocess.run(
            command,
            cwd=site.folder,
            env=site.whole_environment() | who | {"PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    call("git", "init", "--quiet")
    call("git", "commit", "--quiet", "--allow-empty", "--message", "Begin")

    log = call("mike", "deploy", "1.0", "latest")
    asked = site.fake.count()
    listed = call("mike", "list")

    assert "WARNING" not in log
    assert site.fake.count("user") == 1
    assert site.fake.count() == asked
    assert "1.0" in listed
    files = call("git", "ls-tree", "-r", "--name-only", "gh-pages").split()
    html = call("git", "show", "gh-pages:1.0/index.html")
    pictures = set(re.findall(r"assets/mk-ig/\w+\.webp", html))
    assert len(pictures) == 4
    assert {f"1.0/{picture}" for picture in pictures} <= set(files)


@works_with("mkdocs build --dirty", "mkdocs")
def test_a_dirty_build_keeps_what_it_does_not_build(demo_site: DemoSite) -> None:
    tag = "<!-- instagram {limit: 2} -->"
    demo_site.write({"docs/index.md": tag, "docs/other.md": "<!-- instagram {sort: oldest} -->"})
    whole = demo_site.build("--strict")
    demo_site.write({"docs/index.md": f"Changed.\n\n{tag}"})

    dirty = demo_site.build("--dirty")

    assert told_nothing(dirty)
    assert "Changed." in dirty.html()
    for page in ("index.html", "other/index.html"):
        assert find_feeds(dirty, page) == find_feeds(whole, page)


# Tags in pages


@pytest.fixture(scope="session")
def placed(tmp_path_factory: pytest.TempPathFactory, demo_cache: Path) -> Build:
    """A page for each placement."""

    def make(folder: Path) -> Build:
        site = DemoSite(folder)
        site.options = {
            "cache_dir": str(demo_cache),
            "defaults": {"limit": 1},
            "feeds": {"team": {"layout": "list"}},
        }
        site.config = {"theme": THEMES["material"], "markdown_extensions": EXTENSIONS}
        pages = {
            f"docs/{slug(name)}.md": f"# Page\n\n{text}" for name, (_, text) in PLACEMENTS.items()
        }
        site.write({**pages, "docs/index.md": "# Home", "docs/feed.md": f"{TAG}\n"})
        return site.build("--strict")

    return build_once(shared_folder(tmp_path_factory) / "placed", make)


def slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower())


def test_there_are_46_placements() -> None:
    assert len(PLACEMENTS) == 46


@works_with("Tags in 46 places of a page", "Markdown", "pymdown-extensions")
@pytest.mark.parametrize("name", PLACEMENTS)
def test_a_tag_does_what_is_expected_where_it_stands(placed: Build, name: str) -> None:
    expected = PLACEMENTS[name][0]
    page = f"{slug(name)}/index.html"

    assert told_nothing(placed)
    assert len(find_feeds(placed, page)) == (expected == "feed")
    document = html5lib.parse(placed.pages[page], namespaceHTMLElements=False)
    text = "".join(document.itertext())
    assert ("<!-- instagram -->" in text) is (expected == "text")
    assert "-->" not in text.replace("<!-- instagram -->", "")
