"""`fetch --feed`: what the JSON Feeds have, and what stays."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from errno import ENOSPC
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import OTHER_TOKEN, TOKEN
from fake import FakeInstagram, FakeUser, error, text
from hostile import TEXTS
from jsonschema import Draft7Validator
from PIL import Image
from shell import DAY, Done, Shell

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.commands import fetch_json

VERSION = "https://jsonfeed.org/version/1.1"
URL = {"type": "string", "pattern": r"^(https?://|media/[0-9a-f]{32}\.(webp|avif|jpg|mp4)$)"}
TEXT = {"type": "string", "minLength": 1}
AUTHOR = {
    "type": "object",
    "minProperties": 1,
    "properties": {"name": TEXT, "url": URL, "avatar": URL},
    "patternProperties": {"^_[a-z]": {"type": "object"}},
    "additionalProperties": False,
}
ATTACHMENT = {
    "type": "object",
    "required": ["url", "mime_type"],
    "properties": {"url": URL, "mime_type": {"pattern": "^(image|video)/[a-z0-9]+$"}},
    "additionalProperties": False,
}
ITEM = {
    "type": "object",
    "required": ["id", "content_text"],
    "properties": {
        "id": TEXT,
        "url": URL,
        "external_url": URL,
        "content_text": {"type": "string"},
        "image": URL,
        # RFC 3339
        "date_published": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"},
        "authors": {"type": "array", "items": AUTHOR},
        "attachments": {"type": "array", "items": ATTACHMENT},
    },
    "patternProperties": {"^_[a-z]": {"type": "object"}},
    "additionalProperties": False,
}
FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": VERSION},
        "title": TEXT,
        "home_page_url": URL,
        "description": TEXT,
        "icon": URL,
        "authors": {"type": "array", "items": AUTHOR},
        "items": {"type": "array", "items": ITEM},
    },
    "patternProperties": {"^_[a-z]": {"type": "object"}},
    "additionalProperties": False,
}


@pytest.fixture
def shell(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    monkeypatch.chdir(tmp_path)
    with fake.remapped():
        yield Shell(tmp_path, fake, {"INSTAGRAM_ACCESS_TOKEN": TOKEN, "SHOP_TOKEN": OTHER_TOKEN})


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(5)
    return user


def fetch(shell: Shell, *, status: int = 0) -> Done:
    done = shell.run("fetch", "--feed", "out")
    assert done.status == status, done.err
    return done


def read(shell: Shell, name: str = "feed.json") -> dict[str, Any]:
    """Return a feed, which is valid, and whose files are there."""
    data = (shell.folder / "out" / name).read_text(encoding="utf-8")
    feed: dict[str, Any] = json.loads(data)
    Draft7Validator(FEED).validate(feed)
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    named = re.findall(r'"(media/[^"]*)"', data)
    assert all((shell.folder / "out" / url).is_file() for url in named)
    return feed


def ids(shell: Shell, name: str = "feed.json") -> list[str]:
    return [item["id"] for item in read(shell, name)["items"]]


def files(shell: Shell) -> dict[str, tuple[bytes, int]]:
    folder = shell.folder / "out"
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lose_cache(shell: Shell) -> None:
    """Go on as in CI, a week later and without a cache."""
    (shell.folder / ".cache").rename(shell.folder / f".gone{shell.now:%m%d}")
    shell.now += 7 * DAY


def test_defaults_and_each_preset_are_valid_feeds_with_their_files(
    shell: Shell, user: FakeUser
) -> None:
    shell.configure(defaults={"limit": 4}, feeds={"reels": {"types": "reel", "title": "Reels"}})

    done = fetch(shell)

    feed = read(shell)
    assert feed["title"] == "Instagram feed: harbour.bakery"
    assert feed["home_page_url"] == "https://www.instagram.com/harbour.bakery/"
    assert feed["description"] == user.fields["biography"]
    assert feed["icon"] == feed["authors"][0]["avatar"]
    assert feed["authors"][0]["_instagram"]["username"] == "harbour.bakery"
    assert ids(shell) == [media.shortcode for media in user.media[:4]]
    reels = read(shell, "reels.json")
    assert reels["title"] == "Reels"
    assert {item["_instagram"]["type"] for item in reels["items"]} == {"reel"}
    assert "2 feeds in" in done.err
    assert "2 changed." in done.err


def test_an_item_has_all_that_a_page_shows(shell: Shell, user: FakeUser) -> None:
    shell.configure(videos="file", images={"widths": [160, 320]})
    fetch(shell)

    image, reel, video, carousel, _ = read(shell)["items"]

    first = user.media[0]
    assert image["url"] == first.fields["permalink"]
    assert image["content_text"] == first.fields["caption"]
    assert datetime.fromisoformat(image["date_published"]) == first.posted
    assert [author["url"] for author in image["authors"]] == [
        "https://www.instagram.com/harbour.bakery/"
    ]
    extension = image["_instagram"]
    assert extension["alt"] == "A dark loaf, cut open"
    assert extension["like_count"] == first.fields["like_count"]
    assert extension["comments_count"] == first.fields["comments_count"]
    assert [picture["width"] for picture in extension["images"]] == [160, 320]
    assert image["image"] == extension["images"][-1]["url"]
    assert reel["content_text"] == ""
    assert reel["_instagram"]["alt"].startswith("Reel by harbour.bakery, 2026-")
    assert video["attachments"][1]["mime_type"] == "video/mp4"
    assert video["_instagram"]["video"] == video["attachments"][1]["url"]
    children = carousel["_instagram"]["children"]
    assert [child["type"] for child in children] == ["image", "video", "image"]
    pictures = [child["images"][-1]["url"] for child in children]
    assert [it["url"] for it in carousel["attachments"] if "image" in it["mime_type"]] == pictures


def test_pictures_are_as_their_names_and_sizes_say(shell: Shell, user: FakeUser) -> None:
    shell.configure(images={"format": "avif", "widths": [160, 320]})
    fetch(shell)

    item = read(shell)["items"][0]

    assert item["image"].endswith(".jpg")
    assert [it["mime_type"] for it in item["_instagram"]["images"]] == [
        "image/avif",
        "image/avif",
        "image/jpeg",
    ]
    for described in item["_instagram"]["images"]:
        data = (shell.folder / "out" / described["url"]).read_bytes()
        with Image.open(BytesIO(data)) as image:
            assert image.size == (described["width"], described["height"])
            assert not {"exif", "xmp", "comment"} & set(image.info)


def test_what_media_says_is_heeded(shell: Shell, user: FakeUser) -> None:
    hidden, linked, pinned = (media.shortcode for media in user.media[:3])
    shell.configure(
        media={
            hidden: {"hide": True},
            linked: {"alt": "Our oven", "link": "https://example.org/shop", "label": "Shop"},
            pinned: {"pin": True},
        }
    )
    fetch(shell)

    items = {item["id"]: item for item in read(shell)["items"]}

    assert next(iter(items)) == pinned
    assert items[pinned]["_instagram"]["is_pinned"] is True
    assert items[linked]["external_url"] == "https://example.org/shop"
    assert items[linked]["url"].endswith(f"/{linked}/")
    assert items[linked]["_instagram"]["label"] == "Shop"
    assert items[linked]["_instagram"]["alt"] == "Our oven"
    assert hidden is not None
    assert not any(hidden.encode() in data for data, _ in files(shell).values())


def test_neither_token_nor_address_of_the_cdn_is_written(shell: Shell, user: FakeUser) -> None:
    shell.configure(videos="file")
    fetch(shell)

    for name, (data, _) in files(shell).items():
        assert TOKEN.encode() not in data, name
        assert not re.search(rb"cdninstagram|fbcdn|access_token|oe=", data), name


def test_hostile_captions_stay_text(shell: Shell, user: FakeUser) -> None:
    user.media.clear()
    for number, caption in enumerate(TEXTS):
        user.add_media(caption=caption, shortcode=f"Hostile{number:03}")
    shell.configure(defaults={"limit": len(TEXTS)})
    fetch(shell)

    shown = {item["id"]: item["content_text"] for item in read(shell)["items"]}

    assert len(shown) == len(TEXTS)
    assert shown["Hostile000"] == TEXTS[0]
    # In a script element of a page too.
    assert b"<" not in files(shell)["feed.json"][0]


def test_the_same_posts_are_the_same_bytes_even_without_the_cache(
    shell: Shell, user: FakeUser
) -> None:
    shell.configure(feeds={"reels": {"types": "reel"}}, videos="file")
    fetch(shell)
    before = files(shell)

    again = fetch(shell)
    assert "0 changed. 0 files added, 0 removed." in again.err
    assert files(shell) == before
    lose_cache(shell)
    fetch(shell)

    assert files(shell) == before


def test_what_no_feed_names_is_removed_and_nothing_else(shell: Shell, user: FakeUser) -> None:
    shell.configure(feeds={"reels": {"types": "reel"}})
    fetch(shell)
    out = shell.folder / "out"
    (out / "media" / "logo.webp").write_bytes(b"mine")
    (out / "theirs.json").write_text(f'{{"version": "{VERSION}"}}')
    gone = user.media[0]
    pictures = read(shell)["items"][0]["_instagram"]["images"]

    user.media.remove(gone)
    shell.configure()
    shell.now += DAY
    fetch(shell)

    assert gone.shortcode not in ids(shell)
    assert not any((out / picture["url"]).exists() for picture in pictures)
    assert (out / "media" / "logo.webp").read_bytes() == b"mine"
    assert (out / "theirs.json").exists()
    assert not (out / "reels.json").exists()


# The paths of pictures that the CDN no longer has.
PATHS = {"pictures": "/v/", "profile picture": "-19/"}


@pytest.mark.parametrize("answer", ["empty", "short", "refused", *PATHS, "one picture", "child"])
def test_a_bad_answer_changes_no_byte(
    shell: Shell, user: FakeUser, fake: FakeInstagram, answer: str
) -> None:
    shell.configure(defaults={"limit": 50}, images={"widths": [64]})
    user.add_mixed(20)
    fetch(shell)
    before = files(shell)
    lose_cache(shell)
    user.fields["media_count"] = 25

    if answer in {"empty", "short"}:
        user.media[:] = user.media[: 10 if answer == "short" else 0]
    elif answer == "refused":
        fake.fail("media", error(190))
    else:
        numbers = {"one picture": user.media[0].serial, "child": user.media[3].children[2].serial}
        where = PATHS.get(answer) or f"{500000000 + numbers[answer]}_n"
        fake.fail("picture", text(404, ""), where=where)
    done = fetch(shell, status=1)

    assert "feed.json stays as it was: " in done.err
    assert "These feeds are not up to date: feed.json." in done.err
    assert files(shell) == before


def test_a_hidden_post_leaves_a_feed_that_cannot_be_renewed(
    shell: Shell, user: FakeUser, fake: FakeInstagram
) -> None:
    shell.configure()
    fetch(shell)
    lose_cache(shell)
    fake.fail("media", error(190))
    hidden = user.media[0].shortcode
    pictures = read(shell)["items"][0]["_instagram"]["images"]

    shell.configure(media={hidden: {"hide": True}})
    fetch(shell, status=1)

    assert ids(shell) == [media.shortcode for media in user.media[1:]]
    assert not any((shell.folder / "out" / it["url"]).exists() for it in pictures)


def test_most_posts_may_be_hidden(shell: Shell, user: FakeUser) -> None:
    shell.configure()
    fetch(shell)

    shell.configure(media={media.shortcode: {"hide": True} for media in user.media})
    fetch(shell)

    assert ids(shell) == []
    assert "icon" in read(shell)


def test_a_lower_limit_is_no_short_answer(shell: Shell, user: FakeUser) -> None:
    user.add_mixed(10)
    shell.configure()
    fetch(shell)
    shell.configure(defaults={"limit": 2})

    fetch(shell)

    assert len(ids(shell)) == 2


def test_one_lost_picture_does_not_keep_a_feed_from_renewal(
    shell: Shell, user: FakeUser, fake: FakeInstagram
) -> None:
    shell.configure(defaults={"limit": 5})
    fetch(shell)
    new = user.add_media(caption="new", newest=True)
    newest = user.add_media(caption="newest", newest=True)
    fake.fail("picture", text(404, ""), where=f"{500000000 + new.serial}_n")
    shell.now += DAY

    fetch(shell)

    assert ids(shell)[0] == newest.shortcode
    assert new.shortcode not in ids(shell)


def test_a_feed_that_is_not_there_is_written_from_what_is_saved(
    shell: Shell, user: FakeUser, fake: FakeInstagram
) -> None:
    shell.configure()
    assert shell.run("fetch").status == 0
    shell.now += 7 * DAY
    fake.fail("media", error(190))
    fake.fail("user", error(190))

    done = fetch(shell, status=1)

    assert "feed.json is not complete: not everything could be fetched." in done.err
    assert ids(shell)


def test_without_a_token_and_without_saved_posts_no_feed_is_written(shell: Shell) -> None:
    shell.configure()
    shell.environment.clear()

    done = fetch(shell, status=1)

    assert "feed.json is not written: not everything could be fetched." in done.err
    assert files(shell) == {}


def test_several_accounts_are_one_feed_with_the_authors_of_both(
    shell: Shell, user: FakeUser, fake: FakeInstagram
) -> None:
    fake.add_user(OTHER_TOKEN, "tide.books").add_mixed(3)
    accounts = {"main": {}, "shop": {"token_env": "SHOP_TOKEN"}}
    shell.configure(accounts=accounts, defaults={"account": ["main", "shop"]})
    fetch(shell)

    feed = read(shell)

    urls = [f"https://www.instagram.com/{name}/" for name in ("harbour.bakery", "tide.books")]
    assert [author["url"] for author in feed["authors"]] == urls
    assert {item["authors"][0]["url"] for item in feed["items"]} == set(urls)
    assert all("avatar" in author for author in feed["authors"])
    assert "home_page_url" not in feed
    # One that fails takes no posts of its own away.
    before = files(shell)
    lose_cache(shell)
    fake.fail("media", error(190), where=fake.users[OTHER_TOKEN].ids[1])
    shell.environment["SHOP_TOKEN"] = ""
    fetch(shell, status=1)
    assert files(shell) == before


def test_another_user_s_feed_stays(shell: Shell, user: FakeUser, fake: FakeInstagram) -> None:
    shell.configure()
    fetch(shell)
    before = files(shell)
    fake.add_user(OTHER_TOKEN, username="other.baker").add_mixed(5)
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = OTHER_TOKEN
    lose_cache(shell)

    done = fetch(shell, status=1)

    assert "feed.json stays as it was: it is of harbour.bakery, not of other.baker." in done.err
    assert files(shell) == before


@pytest.mark.parametrize(
    ("where", "relation"),
    [
        (".", "contains cache_dir"),
        (".cache/plugin/instagram", "is cache_dir"),
        (".cache/plugin/instagram/media", "is inside cache_dir"),
        ("kept/feed", "is inside the snapshot of main"),
    ],
)
def test_a_folder_that_is_not_public_is_refused(
    shell: Shell, user: FakeUser, where: str, relation: str
) -> None:
    shell.configure(accounts={"main": {"token_env": "INSTAGRAM_ACCESS_TOKEN", "snapshot": "kept"}})

    done = shell.run("fetch", "--feed", where)

    assert done.status == 1
    assert relation in done.err
    assert "Nothing was written." in done.err
    assert shell.fake.count() == 0


def test_a_folder_of_the_sources_is_a_good_place(shell: Shell, user: FakeUser) -> None:
    shell.configure()
    assert shell.run("fetch", "--feed", "docs/feed").status == 0
    assert (shell.folder / "docs" / "feed" / "feed.json").is_file()


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "not json",
        "[" * 100_000,
        f'{{"version": "{VERSION}", "items": []}}',
        f'{{"version": "{VERSION}", "items": [], "_instagram": {{"users": {{"1": 2}}}}}}',
        f'{{"version": "{VERSION}1", "items": [], "_instagram": {{"users": {{}}}}}}',
        f'{{"version": "{VERSION}", "items": [{{}}], "_instagram": {{"users": {{}}}}}}',
    ],
)
def test_a_file_of_somebody_else_is_not_replaced(
    shell: Shell, user: FakeUser, content: str
) -> None:
    shell.configure(feeds={"team": {}})
    theirs = shell.folder / "out" / "team.json"
    theirs.parent.mkdir()
    theirs.write_text(content)

    done = fetch(shell, status=1)

    assert "team.json is not a feed that this command has written." in done.err
    assert theirs.read_text() == content
    assert list(theirs.parent.iterdir()) == [theirs]
    assert shell.fake.count() == 0


def test_links_are_not_followed(shell: Shell, user: FakeUser) -> None:
    shell.configure()
    outside = shell.folder / "outside"
    outside.mkdir()
    (shell.folder / "out").mkdir()
    (shell.folder / "out" / "media").symlink_to(outside)

    done = fetch(shell, status=1)

    assert "media is a link, or not a folder." in done.err
    assert not list(outside.iterdir())
    (shell.folder / "out" / "media").unlink()
    (shell.folder / "out" / "feed.json").symlink_to(outside / "feed.json")
    assert "feed.json is not a feed" in fetch(shell, status=1).err
    assert not list(outside.iterdir())


@pytest.mark.parametrize("names", [["Feed"], ["a/b"], ["..", "x"], ["Team", "team"]])
def test_a_preset_whose_name_cannot_be_a_file_is_refused(
    shell: Shell, user: FakeUser, names: list[str]
) -> None:
    shell.configure(feeds={name: {} for name in names})

    done = fetch(shell, status=1)

    assert f"The preset {names[0]} cannot have a file of its own" in done.err
    assert not (shell.folder / "out").exists()


def test_the_demo_has_a_feed(shell: Shell) -> None:
    shell.configure(accounts={"try": {"demo": True}})
    fetch(shell)

    assert len(ids(shell)) == 12
    assert shell.fake.count() == 0


def test_a_snapshot_can_be_written_too(shell: Shell, user: FakeUser) -> None:
    shell.configure()

    done = shell.run("fetch", "--snapshot", "kept", "--feed", "out")

    assert done.status == 0, done.err
    assert (shell.folder / "kept" / "media.json").is_file()
    assert len(ids(shell)) == 5


@pytest.mark.parametrize("what", ["publish", "feed"])
def test_a_full_disk_leaves_the_old_feed_whole(
    shell: Shell, user: FakeUser, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    shell.configure()
    fetch(shell)
    before = ids(shell)
    user.add_media(caption="new", newest=True)
    shell.now += DAY

    def fill(*_: object) -> bool:
        raise OSError(ENOSPC, "No space left on device")

    if what == "feed":
        monkeypatch.setattr(fetch_json, "write_file", fill)
    else:
        monkeypatch.setattr(Cache, "copy_media", fill)
    done = fetch(shell, status=1)

    assert "cannot be written: No space left on device. Make sure" in done.err
    assert ids(shell) == before
    monkeypatch.undo()
    monkeypatch.setenv("SSL_CERT_FILE", str(shell.fake.ca_file))
    monkeypatch.chdir(shell.folder)
    fetch(shell)
    assert len(ids(shell)) == len(before) + 1
    assert not [name for name in files(shell) if name.endswith(("tmp", ".part"))]


def test_a_damaged_picture_is_made_again(shell: Shell, user: FakeUser) -> None:
    shell.configure()
    fetch(shell)
    before = {name: data for name, (data, _) in files(shell).items()}
    damaged = shell.folder / "out" / read(shell)["items"][0]["image"]
    damaged.write_bytes(b"<<<<<<< HEAD")

    fetch(shell)

    assert {name: data for name, (data, _) in files(shell).items()} == before
