"""Real builds in other languages than English, with mkdocs-static-i18n and without."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from conftest import TOKEN
from fake import FakeInstagram, FakeUser, text
from sites import Build, Site

LABELS = {
    "image": "Picture",
    "de": {"likes": "Gefällt:", "reel": "Clip", "feed": "Instagram-Feed"},
    "pt": {"likes": "Curtidas:"},
    "he": {"likes": "לייקים:"},
}
# MkDocs' own themes want pt_BR, Material for MkDocs wants pt-BR.
LANGUAGES: list[dict[str, Any]] = [
    {"locale": "en", "name": "English", "default": True},
    {"locale": "de", "name": "Deutsch"},
    {"locale": "pt_BR", "name": "Português"},
]
TAG = "<!-- instagram {limit: 2, show: [date, likes, type]} -->"


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN, username="harbour.bakery")
    user.add_mixed(3)
    user.listing()[0].fields["like_count"] = 1204
    return user


def i18n(brazil: str = "pt_BR", **options: Any) -> dict[str, Any]:
    languages = [*LANGUAGES[:2], {**LANGUAGES[2], "locale": brazil}]
    return {"i18n": {"docs_structure": "suffix", "languages": languages, **options}}


def shown(html: str) -> dict[str, str]:
    """Return the texts of this plugin on a page."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)

    def find(name: str) -> str:
        element = tree.find(f".//*[@class='{name}']")
        return "" if element is None else " ".join("".join(element.itertext()).split())

    language = str(tree.get("lang"))
    group = tree.find(".//*[@role='group']")
    assert group is not None
    return {
        "lang": language,
        "likes": find("mk-ig__likes"),
        "date": find("mk-ig__date"),
        "title": str(group.get("aria-label")),
        "type": find("mk-ig__type mk-ig__type--reel"),
    }


def find_files(build: Build, page: str) -> list[Path]:
    """Return this plugin's files that a page names; each must be there."""
    urls = re.findall(r'(?:src|href)="([^"]*mk-ig/[^"]+)"', build.html(page))
    paths = [((build.site / page).parent / url).resolve() for url in urls]
    assert all(path.is_file() for path in paths), urls
    return paths


@pytest.mark.parametrize(
    ("theme", "brazil", "is_before"), [("mkdocs", "pt_BR", True), ("material", "pt-BR", False)]
)
def test_each_language_of_static_i18n_has_its_texts_dates_and_numbers(
    site: Site, user: FakeUser, theme: str, brazil: str, *, is_before: bool
) -> None:
    site.config["theme"] = {"name": theme}
    site.options |= {"labels": LABELS, "max_age": 0}
    (site.before if is_before else site.after).append(i18n(brazil))
    site.write({"index.md": TAG, "index.de.md": f"# Brot\n\n{TAG}"})

    build = site.build("--strict")

    assert build.status == 0, build.log
    english, german, portuguese = (
        shown(build.html(page)) for page in ("index.html", "de/index.html", f"{brazil}/index.html")
    )
    assert english == {
        "lang": "en",
        "likes": "Likes: 1,204",
        "date": "Jul 22, 2026",
        "title": "Instagram feed: harbour.bakery",
        "type": "Reel",
    }
    assert german == {
        "lang": "de",
        "likes": "Gefällt: 1.204",
        "date": "22.07.2026",
        "title": "Instagram-Feed: harbour.bakery",
        "type": "Clip",
    }
    assert (portuguese["likes"], portuguese["date"]) == ("Curtidas: 1.204", "22 de jul. de 2026")
    for page in ("index.html", "de/index.html", f"{brazil}/index.html"):
        assert len(find_files(build, page)) == 3
    # All languages belong to one run: `max_age` does not matter.
    assert site.fake.count("picture") == 2
    assert site.fake.count("media") == 1


def test_languages_in_folders_find_pictures_and_styles(site: Site, user: FakeUser) -> None:
    site.before.append(i18n(docs_structure="folder"))
    (site.folder / "docs" / "index.md").unlink()
    site.write(dict.fromkeys(("en/index.md", "de/index.md", "pt_BR/index.md"), TAG))

    build = site.build("--strict")

    assert build.status == 0, build.log
    for page in ("index.html", "de/index.html", "pt_BR/index.html"):
        assert len(find_files(build, page)) == 3


def test_every_language_asks_an_instagram_that_is_down_once(site: Site, user: FakeUser) -> None:
    site.before.append(i18n())
    site.fake.fail("media", text(502, "<html>Bad gateway</html>"))

    build = site.build()

    assert build.status == 0, build.log
    assert site.fake.count("media") == 3  # the attempts of one call
    assert len(build.warnings) == 3
    assert "mk-ig__empty" in build.html("de/index.html")


@pytest.mark.parametrize(
    ("theme", "lang", "likes"),
    [
        ({"name": "mkdocs", "locale": "pt_BR"}, "pt", "Curtidas: 1.204"),
        ({"name": "readthedocs", "locale": "de"}, "de", "Gefällt: 1.204"),
        ({"name": "material", "language": "he"}, "he", "לייקים: 1,204"),
        ({"name": "material"}, "en", "Likes: 1,204"),
    ],
    ids=["mkdocs", "readthedocs", "material", "material without a word"],
)
def test_a_site_of_one_language_says_it_in_its_theme(
    site: Site, user: FakeUser, theme: dict[str, str], lang: str, likes: str
) -> None:
    site.config["theme"] = theme
    site.options["labels"] = LABELS
    site.write({"index.md": TAG})

    build = site.build("--strict")

    assert build.status == 0, build.log
    said = shown(build.html())
    assert said["lang"].startswith(lang)
    assert said["likes"] == likes


def test_a_site_writes_dates_and_numbers_as_it_likes(site: Site, user: FakeUser) -> None:
    folder = site.folder / "overrides" / "instagram"
    folder.mkdir(parents=True)
    (folder / "formats.html").write_text(
        '{% macro date(day, language) %}{{ language }} {{ day.strftime("<%d %b>") }}{% endmacro %}',
        encoding="utf-8",
    )
    site.config["theme"] = {"name": "mkdocs", "custom_dir": "overrides"}
    site.write({"index.md": TAG})

    build = site.build("--strict")

    assert (shown(build.html())["date"], shown(build.html())["likes"]) == (
        "en <22 Jul>",
        "Likes: 1,204",
    )


def test_a_broken_macro_is_told(site: Site, user: FakeUser) -> None:
    folder = site.folder / "overrides" / "instagram"
    folder.mkdir(parents=True)
    site.config["theme"] = {"name": "mkdocs", "custom_dir": "overrides"}
    site.write({"index.md": TAG})
    for broken, said in (
        ("{% macro date( %}", "the template instagram/formats.html failed"),
        ("{% macro date(day) %}x{% endmacro %}", "failed: macro 'date' takes"),
    ):
        (folder / "formats.html").write_text(broken, encoding="utf-8")

        build = site.build()

        assert build.status == 1
        assert said in build.log
        assert "Traceback" not in build.log


NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)


def test_a_misspelt_label_warns(site: Site, user: FakeUser) -> None:
    site.options["labels"] = {"de": {"lieks": "Gefällt:"}}

    strict, normal = site.build("--strict"), site.build(now=NOW + timedelta(minutes=5))

    assert (strict.status, normal.status) == (1, 0)
    assert "de: unknown label lieks is ignored. Did you mean likes?" in normal.log
