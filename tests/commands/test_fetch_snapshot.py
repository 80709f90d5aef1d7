"""`fetch --snapshot`: what is written, and what stays."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import OTHER_TOKEN, TOKEN
from fake import FakeInstagram, FakeUser, error, text
from fake.pictures import picture
from PIL import Image
from shell import DAY, Shell

from mkdocs_instagram.feed.snapshot import read_snapshot

TOKEN_ENV = "INSTAGRAM_ACCESS_TOKEN"


@pytest.fixture
def shell(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    monkeypatch.chdir(tmp_path)
    with fake.remapped():
        yield Shell(tmp_path, fake, {"INSTAGRAM_ACCESS_TOKEN": TOKEN})


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(6)
    return user


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_it_writes_user_posts_and_pictures_of_the_feeds(shell: Shell, user: FakeUser) -> None:
    shell.configure(defaults={"limit": 4, "header": True}, feeds={"six": {"limit": 6}})

    done = shell.run("fetch", "--snapshot", "instagram-feed")

    assert done.status == 0, done.err
    assert "has 6 posts and 7 pictures: 10 files changed." in done.err
    snapshot = read_snapshot(shell.folder / "instagram-feed")
    assert snapshot.user.username == "harbour.bakery"
    assert len(snapshot.items) == 6
    assert all(media.picture and media.permalink for media in snapshot.items)
    assert snapshot.user.picture


def test_no_address_no_metadata_and_no_token_is_written(shell: Shell, user: FakeUser) -> None:
    shell.configure(defaults={"open": "viewer", "header": True})
    assert shell.run("fetch", "--snapshot", "feed").status == 0

    for name, (data, _) in files(shell.folder / "feed").items():
        if name.endswith(".jpg"):
            with Image.open(BytesIO(data)) as image:
                assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        else:
            assert not re.search(rb"cdninstagram|fbcdn|oe=|access_token", data)


def test_the_same_posts_are_the_same_bytes_even_without_the_cache(
    shell: Shell, user: FakeUser
) -> None:
    shell.configure(defaults={"open": "viewer", "header": True})
    shell.run("fetch", "--snapshot", "feed")
    before = files(shell.folder / "feed")

    shell.now += 7 * DAY
    (shell.folder / ".cache").rename(shell.folder / ".gone")
    done = shell.run("fetch", "--snapshot", "feed")

    assert "no change." in done.err
    assert files(shell.folder / "feed") == before


def test_what_is_gone_or_hidden_leaves_the_snapshot(shell: Shell, user: FakeUser) -> None:
    shell.configure()
    shell.run("fetch", "--snapshot", "feed")
    hidden, deleted = user.media[0], user.media[1]

    user.media.remove(deleted)
    shell.configure(media={hidden.shortcode: {"hide": True}})
    shell.now += 7 * DAY
    assert shell.run("fetch", "--snapshot", "feed").status == 0

    written = files(shell.folder / "feed")
    listed = {media.shortcode for media in read_snapshot(shell.folder / "feed").items}
    assert listed == {media.shortcode for media in user.media[1:]}
    assert len([name for name in written if name.startswith("pictures/")]) == 4
    everything = b"".join(data for data, _ in written.values())
    assert hidden.shortcode.encode() not in everything


@pytest.mark.parametrize("answer", ["empty", "short", "refused", "pictures"])
def test_a_bad_answer_changes_no_byte(
    shell: Shell, user: FakeUser, fake: FakeInstagram, answer: str
) -> None:
    shell.configure(defaults={"limit": 50}, images={"widths": [64]})
    user.add_mixed(20)
    shell.run("fetch", "--snapshot", "feed")
    before = files(shell.folder / "feed")
    (shell.folder / ".cache").rename(shell.folder / ".gone")
    shell.now += 7 * DAY
    user.fields["media_count"] = 26

    if answer in {"empty", "short"}:
        user.media[:] = user.media[: 10 if answer == "short" else 0]
    elif answer == "refused":
        fake.fail("media", error(190))
    else:
        fake.fail("picture", text(404, ""))
    done = shell.run("fetch", "--snapshot", "feed")

    assert done.status == 1
    assert re.search("stays as it was", done.err)
    assert files(shell.folder / "feed") == before


def test_many_posts_that_were_deleted_leave_it(shell: Shell, user: FakeUser) -> None:
    shell.configure(defaults={"limit": 50})
    user.add_mixed(14)
    shell.run("fetch", "--snapshot", "feed")

    del user.media[10:]
    shell.now += 7 * DAY
    done = shell.run("fetch", "--snapshot", "feed")

    assert done.status == 0, done.err
    assert "has 10 posts" in done.err


def test_pictures_are_as_wide_as_the_feeds_need(shell: Shell, user: FakeUser) -> None:
    user.media[0].picture = picture(1, 900, 900)
    cases: tuple[tuple[dict[str, Any], int], ...] = (
        ({"images": {"widths": [100, 200, 320, 640]}, "defaults": {"layout": "carousel"}}, 640),
        ({"images": {"widths": [100, 200, 320, 640]}, "defaults": {"layout": "list"}}, 640),
        ({"images": {"widths": [100, 800]}, "defaults": {"open": "viewer"}}, 800),
    )
    for options, width in cases:
        shell.configure(**options)
        assert shell.run("fetch", "--snapshot", "feed").status == 0
        with Image.open(shell.folder / "feed" / "pictures" / f"{user.media[0].id}.jpg") as image:
            assert image.width == width


def test_another_user_s_snapshot_stays(shell: Shell, user: FakeUser, fake: FakeInstagram) -> None:
    shell.configure()
    shell.run("fetch", "--snapshot", "feed")
    before = files(shell.folder / "feed")
    fake.add_user(OTHER_TOKEN, username="other.baker").add_mixed(3)
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = OTHER_TOKEN
    (shell.folder / ".cache").rename(shell.folder / ".gone")

    done = shell.run("fetch", "--snapshot", "feed")

    assert done.status == 1
    assert "is of harbour.bakery, not of other.baker. It stays as it was." in done.err
    assert files(shell.folder / "feed") == before


@pytest.mark.parametrize("where", ["docs/feed", "site/feed", "theme", "."])
def test_a_folder_of_the_site_is_refused(shell: Shell, user: FakeUser, where: str) -> None:
    path = shell.configure()
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["theme"] = {"name": "mkdocs", "custom_dir": "theme"}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")

    done = shell.run("fetch", "--snapshot", where)

    assert done.status == 1
    assert "There MkDocs would publish or remove it. Nothing was written." in done.err
    assert shell.fake.count() == 0


def test_a_folder_with_something_else_is_refused(shell: Shell, user: FakeUser) -> None:
    (shell.folder / "thesis").mkdir()
    (shell.folder / "thesis" / "chapter.md").write_text("one", encoding="utf-8")

    done = shell.run("fetch", "--snapshot", "thesis")

    assert done.status == 1
    assert "thesis is not empty, and it is not a snapshot." in done.err
    assert [path.name for path in (shell.folder / "thesis").iterdir()] == ["chapter.md"]


def test_a_planted_link_is_not_followed(shell: Shell, user: FakeUser) -> None:
    shell.configure()
    shell.run("fetch", "--snapshot", "feed")
    outside = shell.folder / "outside"
    outside.write_bytes(b"mine")
    picture = shell.folder / "feed" / "pictures" / f"{user.media[0].id}.jpg"
    picture.unlink()
    picture.symlink_to(outside)
    picture.with_name(f"{picture.name}.part").symlink_to(outside)

    assert shell.run("fetch", "--snapshot", "feed").status == 0

    assert outside.read_bytes() == b"mine"
    assert not picture.is_symlink()
    assert not list(picture.parent.glob("*.part"))


def test_the_demo_has_no_snapshot(shell: Shell) -> None:
    shell.configure(accounts={"demo": {"demo": True}})

    done = shell.run("fetch", "--snapshot", "feed")

    assert done.status == 1
    assert "The account demo is the demo" in done.err


def test_it_is_said_how_a_site_shows_the_folder_until_it_does(shell: Shell, user: FakeUser) -> None:
    hint = "To show it, write `snapshot: feeds/main` for the account main in mkdocs.yml."
    shell.configure()
    assert hint in shell.run("fetch", "--snapshot", "feeds/main").err

    shell.configure(accounts={"main": {"token_env": TOKEN_ENV, "snapshot": "feeds/main"}})
    assert "To show it" not in shell.run("fetch", "--snapshot", "feeds/main").err
