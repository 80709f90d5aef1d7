"""Real builds with header, viewer and videos, checked with the site's own template."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import TOKEN
from fake import FakeInstagram, FakeUser, redirect, text
from fake.pictures import video
from sites import Build, Site

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEMPLATE = """
<div class="mk-ig">
{% if avatar %}<img id="avatar" src="{{ avatar.src }}">{% endif %}
{% for item in items %}
<div data-media="{{ item.media.shortcode }}" data-video="{{ item.video }}">
{% for child in item.children %}
<img class="child" data-type="{{ child.type }}" data-video="{{ child.video }}"
 src="{{ child.image.src }}">
{% endfor %}
</div>
{% endfor %}
</div>
"""
TAG = "<!-- instagram {open: viewer, header: true, template: parts.html} -->"


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    """An image, a reel without mp4, a video, and two carousels, each with a video."""
    user = fake.add_user(TOKEN, username="harbour.bakery")
    user.add_mixed(5)
    return user


@pytest.fixture
def site(site: Site, user: FakeUser) -> Site:
    template = site.folder / "overrides" / "instagram" / "parts.html"
    template.parent.mkdir(parents=True)
    template.write_text(TEMPLATE, encoding="utf-8")
    site.config["theme"] = {"name": "mkdocs", "custom_dir": "overrides"}
    site.options["videos"] = "file"
    site.write({"index.md": TAG})
    return site


def videos(build: Build) -> list[str]:
    return re.findall(r'data-video="([^"]+)"', build.html())


def linked(build: Build, pattern: str) -> list[Path]:
    """Return the site's files that the page names; each must be there."""
    paths = [build.site / url for url in re.findall(pattern, build.html())]
    assert all(path.is_file() for path in paths)
    return paths


def test_header_children_and_videos_are_files_of_the_site(site: Site, user: FakeUser) -> None:
    build = site.build("--strict")

    assert build.status == 0, build.log
    children = linked(build, r'class="child"[^>]* src="([^"]+)"')
    assert re.findall(r'data-type="(\w+)"', build.html()) == [
        *("image", "video", "image"),
        *("video", "image"),
    ]
    assert {path.suffix for path in children} == {".webp"}
    assert len(linked(build, r'id="avatar" src="([^"]+)"')) == 1
    films = linked(build, r'data-video="([^"]+)"')
    expected = [media for media in user.listing() if media.is_video and not media.without]
    expected += [part for media in user.listing() for part in media.children if part.is_video]
    assert [path.read_bytes() for path in films] == [video(part.serial) for part in expected]
    assert [path.stem for path in films] == [
        hashlib.sha256(video(part.serial)).hexdigest()[:32] for part in expected
    ]
    # Two carousels share a picture with their first child; the user's has one width, 320 pixels.
    assert site.fake.count("picture") == 3 + 5 + 1
    assert site.fake.count("video") == 3
    assert "5 posts (0 cached, 5 fetched), 17 images (0 cached), 3 videos (0 cached)" in build.log


def test_a_second_build_asks_nothing_and_is_identical(site: Site) -> None:
    files = site.build().files()
    site.fake.clear()

    build = site.build("--strict")

    assert site.fake.count() == 0
    assert build.files() == files
    assert "3 videos (3 cached)" in build.log


def test_posts_without_a_permalink_have_a_viewer_of_their_own_in_each_tag(site: Site) -> None:
    site.options["accounts"] = {"try": {"demo": True}}
    site.write({"index.md": "<!-- instagram {limit: 3} -->\n\n<!-- instagram {limit: 3} -->"})

    build = site.build("--strict")

    assert build.status == 0, build.log
    ids = re.findall(r'\bid="(mk-ig-[^"]+)"', build.html())
    assert len(set(ids)) == len(ids) == 6
    assert re.findall(r'class="mk-ig__link[^>]* popovertarget="([^"]+)"', build.html()) == ids
    assert "Open on Instagram" not in build.html()


def test_with_posters_no_video_is_fetched(site: Site) -> None:
    site.options["videos"] = "poster"

    build = site.build("--strict")

    assert (build.status, videos(build)) == (0, [])
    assert site.fake.count("video") == 0
    assert list(build.site.rglob("*.mp4")) == []
    assert "video" not in "".join(build.lines("INFO"))


def test_a_video_goes_with_the_third_build_after_instagram_withdrew_it(
    site: Site, user: FakeUser
) -> None:
    before = videos(site.build(now=NOW))
    for media in user.media:
        for part in (media, *media.children):
            if part.is_video:
                part.without.add("media_url")

    later = [site.build("--strict", now=NOW + days * DAY) for days in (2, 3, 4)]

    assert [build.status for build in later] == [0, 0, 0]
    assert [videos(build) for build in later] == [before, before, []]
    assert len(before) == 3
    assert site.fake.count("video") == 3
    assert list(later[-1].site.rglob("*.mp4")) == []


@pytest.mark.parametrize("answer", ["page", "404", "elsewhere"])
def test_a_video_that_cannot_be_had_is_told_and_shown_as_its_poster(
    site: Site, answer: str
) -> None:
    replies = {
        "page": text(200, "<html>Log in</html>"),
        "404": text(404, "Not Found"),
        "elsewhere": redirect("https://evil.example/1.mp4"),
    }
    site.fake.fail("video", replies[answer])

    strict, normal = site.build("--strict"), site.build()

    assert (strict.status, normal.status) == (1, 0)
    (told,) = normal.warnings
    assert told == (
        "index.md, feed tag 1: 3 videos could not be downloaded. The viewer shows a poster and "
        "a link instead. The next builds try again, once an hour."
    )
    assert (len(normal.media()), videos(normal)) == (5, [])
    assert list(normal.site.rglob("*.mp4")) == []
    assert site.fake.count("video") == 3


def test_a_child_that_cannot_be_had_is_told_and_left_out(site: Site, user: FakeUser) -> None:
    carousel = next(media for media in user.listing() if len(media.children) == 3)
    site.fake.fail(
        "picture", text(404, "Not Found"), where=f"{500000000 + carousel.children[2].serial}_n"
    )

    build = site.build()

    (told,) = build.warnings
    assert told == (
        "index.md, feed tag 1: 1 picture in carousels could not be downloaded. The viewer is "
        "shown without such pictures. The next builds try again, once an hour."
    )
    assert len(build.media()) == 5
    assert build.html().count('class="child"') == 4


def test_the_profile_picture_is_no_trouble_of_the_feed(site: Site, user: FakeUser) -> None:
    site.fake.fail("picture", text(404, "Not Found"), where="-19/")

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert 'id="avatar"' not in build.html()
    (told,) = [line for line in build.lines("INFO") if "profile" in line]
    assert told == (
        "index.md, feed tag 1: the profile picture could not be downloaded. The header is shown "
        "without it."
    )
    assert len(build.media()) == 5


def test_videos_of_deleted_media_leave_site_and_cache(site: Site, user: FakeUser) -> None:
    site.build(now=NOW)
    for media in list(user.media):
        user.remove(media.shortcode)
    user.add_media(caption="All new")

    build = site.build("--strict", "--clean", now=NOW + 2 * DAY)

    assert (len(build.media()), videos(build)) == (1, [])
    assert list(build.site.rglob("*.mp4")) == []
