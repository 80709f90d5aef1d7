"""Builds of sites with a snapshot."""

import json
import os
from pathlib import Path
from typing import Any

import exports
import pytest
import snapshots
from conftest import TOKEN
from fake import FakeInstagram, error
from shell import Shell
from sites import Site

CODES = [f"S{index:04d}abcDEF" for index in range(3)]
ALONE = {"main": {"snapshot": "feed"}}
BESIDE = {"main": {"token_env": "INSTAGRAM_ACCESS_TOKEN", "snapshot": "feed"}}


@pytest.fixture
def site(site: Site) -> Site:
    """A site without a token, with a snapshot of three posts."""
    snapshots.write(site.folder / "feed", snapshots.invent_posts(3))
    site.options = {"accounts": ALONE}
    site.environment.clear()
    return site


def edit(site: Site, name: str, **values: Any) -> None:
    path = site.folder / "feed" / name
    whole = json.loads(path.read_bytes()) | values
    path.write_text(json.dumps(whole), encoding="utf-8")


def test_a_snapshot_alone_needs_neither_token_nor_network(site: Site, fake: FakeInstagram) -> None:
    done = site.build("--strict")

    assert done.status == 0, done.log
    assert done.media() == CODES
    assert done.warnings == []
    assert fake.count() == 0
    assert f'href="https://www.instagram.com/p/{CODES[0]}/"' in done.html()
    assert len(done.images()) == 3


def test_beside_a_token_it_is_shown_where_there_is_none(site: Site, fake: FakeInstagram) -> None:
    site.options = {"accounts": BESIDE, "on_error": "fail"}

    done = site.build("--strict")

    assert done.status == 0, done.log
    assert done.media() == CODES
    assert fake.count() == 0
    assert any(
        "No token: the environment variable INSTAGRAM_ACCESS_TOKEN is unset or empty" in line
        and f"Showing the snapshot {site.folder / 'feed'} of 2026-07-01 instead." in line
        for line in done.lines("INFO")
    )


def test_with_a_token_the_account_is_shown_and_stays(site: Site, fake: FakeInstagram) -> None:
    site.options = {"accounts": BESIDE}
    fake.add_user(TOKEN).add_mixed(2)

    first = site.build("--strict", environment={"INSTAGRAM_ACCESS_TOKEN": TOKEN})
    second = site.build("--strict")  # a laptop without the token, with the cache

    assert first.media() == second.media()
    assert len(first.media()) == 2
    assert "snapshot" not in first.log + second.log


def test_a_refused_token_is_a_warning_above_the_snapshot(site: Site, fake: FakeInstagram) -> None:
    site.options = {"accounts": BESIDE}
    fake.add_user(TOKEN)
    fake.fail("media", error(190))

    done = site.build(environment={"INSTAGRAM_ACCESS_TOKEN": TOKEN})

    assert done.media() == CODES
    assert len(done.warnings) == 1
    assert "instead." in done.warnings[0]


def test_nothing_of_it_is_saved_as_the_account_s_feed(site: Site) -> None:
    site.options = {"accounts": BESIDE}
    site.build()
    snapshots.write(site.folder / "feed", snapshots.invent_posts(2))

    assert site.build().media() == CODES[:2]


def test_a_picture_that_was_written_again_is_shown(site: Site) -> None:
    site.build()
    snapshots.write(site.folder / "feed", snapshots.invent_posts(3), width=96)

    assert 'width="96"' in site.build().html()


def unlink(site: Site) -> None:
    (site.folder / "feed" / "snapshot.json").unlink()


def rename(site: Site) -> None:
    (site.folder / "feed").rename(site.folder / "elsewhere")


def plant_link(site: Site) -> None:
    rename(site)
    (site.folder / "feed").symlink_to(site.folder / "elsewhere")


def plant_linked_list(site: Site) -> None:
    path = site.folder / "feed" / "media.json"
    path.rename(site.folder / "media.json")
    path.symlink_to(site.folder / "media.json")


def plant_linked_folder(site: Site) -> None:
    path = site.folder / "feed" / "pictures"
    path.rename(site.folder / "pictures")
    path.symlink_to(site.folder / "pictures")


def plant_pipe(site: Site) -> None:
    path = site.folder / "feed" / "media.json"
    path.unlink()
    os.mkfifo(path)


def drop_pictures(site: Site) -> None:
    for path in (site.folder / "feed" / "pictures").iterdir():
        path.unlink()


BAD = {
    "missing": (rename, "There is no snapshot in {}."),
    "half written": (unlink, "The snapshot {} is not complete: it has no snapshot.json."),
    "newer": (
        lambda site: edit(site, "snapshot.json", version=2),
        "The snapshot {} was written by a newer version of this plugin.",
    ),
    "no version": (
        lambda site: edit(site, "snapshot.json", version=None),
        "The snapshot {} is damaged: a file is not in the documented form.",
    ),
    "no list": (
        lambda site: edit(site, "media.json", data="x"),
        "The snapshot {} is damaged: a file is not in the documented form.",
    ),
    "not JSON": (
        lambda site: (site.folder / "feed" / "user.json").write_text("[" * 9000),
        "The snapshot {} is damaged: a file is not in the documented form.",
    ),
    "without pictures": (
        drop_pictures,
        "The snapshot {} is not complete: it has no picture of a post.",
    ),
    "a link": (plant_link, "The snapshot {} cannot be read: feed: it is a link."),
    "a linked list": (
        plant_linked_list,
        "The snapshot {} cannot be read: media.json: it is not a file.",
    ),
    "linked pictures": (
        plant_linked_folder,
        "The snapshot {} cannot be read: pictures: it is a link.",
    ),
    "a pipe": (plant_pipe, "The snapshot {} cannot be read: media.json: it is not a file."),
}


@pytest.mark.parametrize("accounts", [ALONE, BESIDE], ids=["alone", "beside"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_snapshot_is_a_warning_and_an_empty_feed(
    site: Site, name: str, accounts: dict[str, Any]
) -> None:
    spoil, says = BAD[name]
    spoil(site)
    site.options = {"accounts": accounts}

    done = site.build()

    assert done.status == 0, done.log
    assert done.media() == []
    assert "mk-ig__empty" in done.html()
    (warning,) = done.warnings
    assert says.format(site.folder / "feed") in warning


def test_another_user_s_snapshot_is_not_shown(site: Site) -> None:
    site.options = {"accounts": {"main": {"snapshot": "feed", "username": "other.baker"}}}

    done = site.build()

    assert done.media() == []
    assert "is of harbour.bakery, but this feed is other.baker's." in done.warnings[0]


@pytest.mark.parametrize("kind", ["no picture", "a link", "missing"])
def test_a_post_whose_picture_is_none_is_left_out(site: Site, kind: str) -> None:
    picture = max((site.folder / "feed" / "pictures").iterdir())
    data = picture.read_bytes()
    picture.unlink()
    if kind == "a link":
        (site.folder / "secret.jpg").write_bytes(data)
        picture.symlink_to(site.folder / "secret.jpg")
    elif kind == "no picture":
        picture.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")

    done = site.build()

    assert done.status == 0
    assert done.media() == CODES[1:]
    (warning,) = done.warnings
    assert f"the snapshot {site.folder / 'feed'}" in warning.replace("The", "the")
    assert "The feed is shown without such posts." in warning


def test_a_picture_that_was_mended_is_shown_at_once(site: Site, fake: FakeInstagram) -> None:
    site.build()  # and clean up, which is done once a day
    snapshots.write(site.folder / "feed", snapshots.invent_posts(4))
    picture = min((site.folder / "feed" / "pictures").iterdir())
    data = picture.read_bytes()
    picture.write_bytes(b"spoilt")
    assert site.build().media() == CODES

    picture.write_bytes(data)

    assert site.build("--strict").media() == [*CODES, "S0003abcDEF"]


@pytest.mark.parametrize("folder", ["docs/feed", "docs", "site/feed", "."])
def test_a_snapshot_in_a_folder_of_the_site_stops_the_build(site: Site, folder: str) -> None:
    site.options = {"accounts": {"main": {"snapshot": folder}}}

    done = site.build()

    assert done.status == 1
    assert "Nothing was done. Move the snapshot outside docs_dir" in done.log


def test_an_imported_export_opens_in_the_viewer(site: Site, tmp_path: Path) -> None:
    path = exports.Export.of("D").zip(tmp_path / "in" / f"{exports.NAME}.zip")
    Shell(tmp_path, site.fake).run("import", str(path), "--to", str(tmp_path / "imported"))
    code = "18000000000000020"
    site.options = {
        "accounts": {"main": {"snapshot": "imported"}},
        "media": {code: {"alt": "A loaf on a board", "pin": True}},
    }

    done = site.build("--strict")

    assert done.status == 0, done.log
    assert done.media() == [code, "18000000000000000", "18000000000000010"]
    assert done.html().count('class="mk-ig__viewer') >= 3
    assert 'alt="A loaf on a board"' in done.html()
    assert "instagram.com/p/" not in done.html()
    assert "instagram.com/reel/" not in done.html()
