"""Which widths of pictures real builds make, and which a page names."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from conftest import TOKEN
from fake import FakeInstagram, FakeUser
from PIL import Image
from sites import Build, Site

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALL = [320, 640, 1080]
NARROW = "<!-- instagram {columns: 5} -->\n"


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(4, size=(1080, 1080))
    return user


def list_widths(build: Build, page: str = "index.html") -> list[list[int]]:
    """Return the widths that each `srcset` of a page names."""
    srcsets = re.findall(r'srcset="([^"]*)"', build.html(page))
    return [[int(width) for width in re.findall(r" (\d+)w", srcset)] for srcset in srcsets]


def list_made(build: Build) -> list[int]:
    """Return the widths of the files in the site."""
    found = []
    for path in build.images():
        with Image.open(path) as image:
            found.append(image.width)
    return sorted(found)


@pytest.mark.parametrize(
    ("tag", "widths"),
    [
        ("", ALL),
        ("{columns: 5}", [320, 640]),
        ("{columns: 1}", ALL),
        ("{columns: 12}", [320]),
        ("{layout: list}", [320, 640]),
        ("{layout: carousel}", [320, 640]),
        ("{layout: masonry}", ALL),
        ("{post: C0001abcDEF}", ALL),
        ("{more: 2, columns: 4}", ALL),
    ],
)
def test_a_width_is_made_if_a_page_can_show_it(
    site: Site, user: FakeUser, tag: str, widths: list[int]
) -> None:
    site.write({"index.md": f"<!-- instagram {tag} -->\n"})

    build = site.build("--strict")

    assert build.status == 0, build.log
    named = list_widths(build)
    assert named == len(build.media()) * [widths]
    assert list_made(build) == sorted(width for one in named for width in one)


def test_the_large_posts_of_a_highlight_get_the_widest(site: Site, user: FakeUser) -> None:
    user.add_mixed(8, size=(1080, 1080))
    site.write({"index.md": "<!-- instagram {layout: highlight, columns: 5} -->\n"})

    build = site.build("--strict")

    assert list_widths(build) == [ALL, *11 * [[320, 640]]]
    assert list_made(build) == 12 * [320] + 12 * [640] + [1080]


def test_the_picture_in_the_viewer_is_wider_than_in_the_feed(site: Site, user: FakeUser) -> None:
    site.write(
        {"index.md": "<!-- instagram {open: viewer, columns: 5, types: [image, video]} -->\n"}
    )

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert list_widths(build)[:2] == [[320, 640], ALL]
    assert list_made(build).count(1080) == len(build.media())


def test_the_link_to_the_file_leads_to_the_widest(site: Site, user: FakeUser) -> None:
    site.write({"index.md": "<!-- instagram {open: image, columns: 5} -->\n"})

    build = site.build("--strict")

    assert list_widths(build) == 4 * [[320, 640]]
    for href in re.findall(r'mk-ig__link" href="([^"]*)"', build.html()):
        with Image.open(build.site / href) as image:
            assert image.width == 1080


def test_the_header_needs_the_narrowest_file(site: Site, fake: FakeInstagram) -> None:
    fake.add_user(TOKEN).add_mixed(1)
    site.write({"index.md": "<!-- instagram {header: true} -->\n"})

    build = site.build("--strict")

    assert build.html().count("mk-ig__avatar") == 1
    avatar, *_ = list_widths(build)
    assert len(avatar) == 1


def test_what_another_tag_needs_is_made_of_the_originals(site: Site, user: FakeUser) -> None:
    site.write({"index.md": NARROW})
    narrow = site.build("--strict", now=NOW)
    site.fake.clear()
    site.write({"wide.md": "<!-- instagram {columns: 1} -->\n"})

    both = site.build("--strict", now=NOW + MINUTE)

    assert both.status == 0, both.log
    assert site.fake.count() == 0
    assert "12 images (8 cached)" in both.log
    assert list_widths(both) == list_widths(narrow) == 4 * [[320, 640]]
    assert list_widths(both, "wide/index.html") == 4 * [ALL]
    assert set(narrow.files()) - set(both.files()) == set()


def test_what_no_tag_has_needed_for_a_week_goes(site: Site, user: FakeUser) -> None:
    def count_saved() -> int:
        return sum(path.is_file() for path in (site.cache / "media").rglob("*"))

    site.write({"index.md": "<!-- instagram {columns: 1} -->\n"})
    site.build("--strict", now=NOW)
    assert count_saved() == 4 * 4
    site.write({"index.md": NARROW})

    counts = []
    for days in (0, 6, 8):
        build = site.build("--strict", now=NOW + timedelta(days=days, minutes=1))
        assert list_made(build) == 4 * [320] + 4 * [640]
        counts.append(count_saved())

    assert counts == [16, 16, 12]
    assert site.fake.count("picture") == 4


def test_avif_comes_with_a_jpeg_in_each_picture(site: Site, user: FakeUser) -> None:
    site.options["images"] = {"format": "avif"}
    site.write({"index.md": "<!-- instagram {header: true, columns: 5} -->\n"})

    build = site.build("--strict")

    assert build.status == 0, build.log
    html = build.html()
    pictures = re.findall(r"<picture>.*?</picture>", html)
    assert len(pictures) == html.count("<img ") == 5
    for picture in pictures:
        (source,) = re.findall(r'<source type="image/avif" srcset="([^"]*)"', picture)
        first, second = re.findall(r' sizes="([^"]*)"', picture)
        assert first == second
        names = re.findall(r"assets/mk-ig/\w+\.avif", source)
        names += re.findall(r'src="(assets/mk-ig/\w+\.jpg)"', picture)
        kinds = []
        for name in names:
            with Image.open(build.site / name) as image:
                kinds.append((image.format, image.width))
        assert kinds[-1][0] == "JPEG"
        assert {kind for kind, _ in kinds[:-1]} == {"AVIF"}
        assert kinds[-1][1] == kinds[-2][1], "640 or nearest"
    assert list_made(build).count(1080) == 0


def test_another_format_needs_no_request_and_no_second_number(site: Site, user: FakeUser) -> None:
    counts = []
    for format_ in ("webp", "avif", "jpg"):
        site.options["images"] = {"format": format_.replace("jpg", "jpeg"), "widths": [640]}
        build = site.build("--strict", now=NOW)
        counts.append(len([name for name in build.files() if name.endswith((format_, "jpg"))]))

    assert counts == [4, 8, 4]
    assert site.fake.count("picture") == 4
