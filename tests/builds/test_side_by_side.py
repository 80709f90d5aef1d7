"""Other processes at the same cache: what they remove or change there breaks no build."""

from pathlib import Path

import pytest
from beside import HOOK
from conftest import TOKEN
from fake import FakeInstagram, FakeUser, close
from sites import Build, Site

EVENTS = ("on_page_content", "on_env", "on_post_page", "on_post_build")
STEPS = ("purge", "remove_files", "empty_files", "swap_files", "link_files")
LATE = "{% extends 'main.html' %}{% block content %}{{ instagram_feed(limit=2) }}{% endblock %}"


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(6)
    return user


@pytest.fixture
def disturbed(site: Site) -> Site:
    """A site whose feeds appear early and late, in several pages, with pictures and videos."""
    site.options["videos"] = "file"
    site.write(
        {
            "index.md": "# Bread\n\n<!-- instagram -->\n",
            "more.md": "# More\n\n<!-- instagram {open: viewer, header: true} -->\n",
            "../theme/404.html": LATE,
        }
    )
    site.config |= {
        "theme": {"name": "mkdocs", "custom_dir": "theme"},
        "hooks": [str(HOOK)],
    }
    return site


def build(site: Site, at: str = "on_env", times: int = 0, *arguments: str) -> Build:
    return site.build(*arguments, environment={"AT": at, "TIMES": str(times)})


@pytest.mark.parametrize("is_saved", [True, False])
@pytest.mark.parametrize("event", EVENTS)
def test_a_purge_between_two_steps_changes_nothing_in_the_site(
    disturbed: Site, user: FakeUser, event: str, *, is_saved: bool
) -> None:
    expected = build(disturbed).files()
    if not is_saved:
        assert disturbed.command("purge").returncode == 0

    beside = build(disturbed, event, 99, "--strict")

    assert (beside.status, beside.warnings) == (0, []), beside.log
    assert beside.files() == expected
    assert build(disturbed, "on_env", 0, "--strict").files() == expected


@pytest.mark.parametrize("step", STEPS)
def test_files_that_vanish_before_they_are_published_are_made_again(
    disturbed: Site, user: FakeUser, step: str
) -> None:
    expected = build(disturbed).files()

    beside = build(disturbed, step, 2, "--strict")

    assert (beside.status, beside.warnings) == (0, []), beside.log
    assert beside.files() == expected


def test_what_vanishes_again_and_again_is_left_out_and_counted(
    disturbed: Site, user: FakeUser
) -> None:
    expected = build(disturbed).files()

    beside = build(disturbed, "empty_files", 99)

    assert beside.status == 0, beside.log
    assert beside.media() == []
    assert "index.md, feed tag 1: the pictures of 6 posts could not be" in beside.warnings[0]
    assert [path for path in beside.files() if path.endswith((".webp", ".mp4"))] == []
    assert build(disturbed, "on_env", 0, "--strict").files() == expected


def test_what_vanishes_while_instagram_is_down_is_left_out_and_counted(
    disturbed: Site, user: FakeUser
) -> None:
    build(disturbed)
    for kind in ("user", "media", "picture", "video"):
        disturbed.fake.fail(kind, close())

    beside = build(disturbed, "purge", 1)

    assert beside.status == 0, beside.log
    assert beside.media() == []
    assert "index.md, feed tag 1: the pictures of 6 posts could not be" in beside.warnings[0]


def test_a_page_published_before_the_purge_keeps_its_pictures(site: Site, user: FakeUser) -> None:
    """A dirty build does not empty the site, and finds there what an earlier build has copied."""
    expected = site.build().files()
    assert site.command("purge").returncode == 0
    for kind in ("user", "media", "picture"):
        site.fake.fail(kind, close())

    dirty = site.build("--dirty")

    assert dirty.status == 0
    images = {path: data for path, data in expected.items() if path.endswith(".webp")}
    assert {path: data for path, data in dirty.files().items() if path in images} == images


def test_a_file_of_the_site_with_our_name_is_the_sites_own(site: Site, user: FakeUser) -> None:
    first = site.build()
    name = first.images()[0].name
    own = site.folder / "docs" / "assets" / "mk-ig" / name
    own.parent.mkdir(parents=True)
    own.write_bytes(b"the site's own")

    second = site.build("--strict")

    assert second.status == 0, second.log
    assert second.files()[f"assets/mk-ig/{name}"] == own.read_bytes()
    assert Path(name).suffix == ".webp"
