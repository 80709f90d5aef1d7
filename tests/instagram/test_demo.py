"""The bundled demo account."""

import io
import json
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.cache.videos import keep_videos
from mkdocs_instagram.instagram.captions import read_caption
from mkdocs_instagram.instagram.demo import Demo, demo_folder
from mkdocs_instagram.instagram.models import Child, DownloadFailure, Media, OfferedVideo, Picture
from mkdocs_instagram.text import clean

DEMO = demo_folder()


@pytest.fixture(scope="module")
def items() -> tuple[Media, ...]:
    _, batch = Demo(DEMO).first_batch(25)
    return batch.items


def load(name: str) -> Any:
    return json.loads((DEMO / name).read_bytes())


def files(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from files(entry)
        else:
            yield entry


def texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts(value)]
    return [node] if isinstance(node, str) else []


def test_it_has_25_media_and_no_more_to_come() -> None:
    user, batch = Demo(DEMO).first_batch(25)

    assert len({media.id for media in batch.items}) == batch.received == user.media_count == 25
    assert len({media.shortcode for media in batch.items}) == 25
    assert batch.after is None
    assert Demo(DEMO).next_batch(25, "x").items == ()


def test_it_shows_what_feeds_are_made_of(items: tuple[Media, ...]) -> None:
    assert {media.media_type for media in items} == {"IMAGE", "VIDEO", "CAROUSEL_ALBUM"}
    assert sum(media.is_reel for media in items) == 2
    assert any(media.is_video and not media.is_reel for media in items)
    assert max(len(media.children) for media in items) == 8
    assert any(media.like_count is None for media in items)
    assert {bool(media.alt_text) for media in items} == {True, False}
    assert all(media.shortcode and media.timestamp for media in items)
    stamps = [media.timestamp for media in items if media.timestamp]
    assert stamps == sorted(stamps, reverse=True)


def test_captions_are_long_short_and_absent(items: tuple[Media, ...]) -> None:
    lengths = [len(media.caption) for media in items]
    tags = [sum(part.kind == "tag" for part in read_caption(media.caption)) for media in items]

    assert min(length for length in lengths if length) < 5
    assert max(lengths) > 700
    assert 0 in lengths[:12]
    assert max(tags) == 20


def test_a_caption_names_nobody_who_might_exist_by_chance(items: tuple[Media, ...]) -> None:
    parts = [part for media in items for part in read_caption(media.caption)]

    assert [part.name for part in parts if part.kind == "mention"] == ["instagram"]


def test_a_usual_feed_shows_each_photograph_once(items: tuple[Media, ...]) -> None:
    rows = re.findall(r"^\| `pictures/(\d+)\.jpg` \| ([^|]+) \|", licences(), re.MULTILINE)
    photographs = dict(rows)
    shown = [photographs[media.picture.media_id] for media in items[:12] if media.picture]

    assert len(set(shown)) == len(shown) == 12
    assert len(set(photographs.values())) == 17


def test_pictures_have_every_shape_of_instagram(items: tuple[Media, ...]) -> None:
    pictures = [media.picture for media in items if media.picture]
    shapes = {
        round(image.width / image.height, 2)
        for data in dict(Demo(DEMO).download(pictures)).values()
        if isinstance(data, bytes)
        for image in [Image.open(io.BytesIO(data))]
    }

    assert shapes == {0.56, 0.75, 0.8, 1.0, 1.5, 1.91}


def test_every_media_has_its_picture(items: tuple[Media, ...]) -> None:
    pictures = [media.picture for media in items if media.picture]
    assert len(pictures) == 25

    came = dict(Demo(DEMO).download(pictures))

    assert list(came) == pictures
    for data in came.values():
        assert isinstance(data, bytes)
        assert data.startswith(b"\xff\xd8")


def test_header_and_viewer_have_all_that_they_show(
    items: tuple[Media, ...], tmp_path: Path
) -> None:
    user, _ = Demo(DEMO).first_batch(25)
    children = [child for media in items for child in media.children]
    nodes: list[Media | Child] = [*items, *children]
    pictures = [node.picture for node in nodes if node.picture]
    pictures += [user.picture] if user.picture else []
    videos = [node.video for node in nodes if node.video and node.video.url]
    cache = Cache(tmp_path)

    came = dict(Demo(DEMO).download(pictures))
    kept = keep_videos(videos, Demo(DEMO).download_videos, cache, 0.0)
    cache.close()

    assert len(pictures) == 1 + len(nodes) == 43
    assert DownloadFailure.FAILED not in came.values()
    assert [video.media_id for video in kept.videos] == ["17900000000001130"]
    assert kept.failures == {}


def test_a_video_it_has_not_is_told(tmp_path: Path) -> None:
    strange = OfferedVideo("17999999999999999", "https://scontent.cdninstagram.com/1.mp4")
    cache = Cache(tmp_path)

    kept = keep_videos([strange], Demo(DEMO).download_videos, cache, 0.0)
    cache.close()

    assert kept.failures == {strange: DownloadFailure.FAILED}


def licences() -> str:
    return (DEMO / "LICENCES.md").read_text(encoding="utf-8")


def test_every_file_has_a_licence() -> None:
    text = licences()

    for folder in ("pictures", "videos"):
        for file in (DEMO / folder).iterdir():
            assert f"`{folder}/{file.name}`" in text


def test_every_picture_is_somebodys(items: tuple[Media, ...]) -> None:
    nodes = {child.id for media in items for child in media.children}
    nodes |= {media.id for media in items} | {load("user.json")["user_id"]}

    names = {file.name for file in (DEMO / "pictures").iterdir()}
    names |= {file.name for file in (DEMO / "videos").iterdir()}

    assert {name.partition(".")[0] for name in names} <= nodes


def test_pictures_are_photos_without_anything_in_them_but_pixels() -> None:
    for file in (DEMO / "pictures").iterdir():
        with file.open("rb") as opened, Image.open(opened) as image:
            assert image.format == "JPEG"
            assert not {"exif", "xmp", "comment"} & set(image.info), file.name
            assert max(image.size) <= 1440


def test_a_picture_it_has_not_is_told() -> None:
    strange = Picture("17999999999999999", "media_url", "https://scontent.cdninstagram.com/1.jpg")

    assert dict(Demo(DEMO).download([strange])) == {strange: DownloadFailure.FAILED}


def test_it_leaves_room_in_a_wheel_of_2_mb() -> None:
    assert sum(len(file.read_bytes()) for file in files(DEMO)) < 1_700_000


@pytest.mark.parametrize("name", ["user.json", "media.json"])
def test_its_texts_are_clean_and_kept_as_they_stand(name: str) -> None:
    written = texts(load(name))

    assert written
    assert [clean(text) for text in written] == written


def test_it_is_read_as_it_is_written(items: tuple[Media, ...]) -> None:
    nodes = load("media.json")["data"]

    for node, media in zip(nodes, items, strict=True):
        assert media.shortcode == node["shortcode"]
        assert media.caption == node.get("caption", "")
        assert media.alt_text == node.get("alt_text", "")
        assert media.like_count == node.get("like_count")
        assert len(media.children) == len(node.get("children", {}).get("data", []))


def test_no_click_leads_to_a_page_that_does_not_exist(items: tuple[Media, ...]) -> None:
    user, _ = Demo(DEMO).first_batch(25)

    assert [media.permalink for media in items if media.permalink] == []
    assert user.username
    assert user.permalink == ""


def test_it_has_nothing_to_say() -> None:
    assert Demo(DEMO).notes == []
