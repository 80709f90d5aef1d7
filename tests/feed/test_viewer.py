"""Files for header and viewer: the user's picture, children's pictures, videos."""

import hashlib
import os
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

import httpx
import pytest
from conftest import TOKEN
from fake.pictures import video
from PIL import Image
from test_session import DAY, HOUR, MAIN, NOW, Builds, Instagram, builds, code, codes

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.labels import ENGLISH
from mkdocs_instagram.config.models import MediaOverride
from mkdocs_instagram.feed.models import LoadedFeed, MissingCount
from mkdocs_instagram.feed.pictures import list_needs
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.render.items import make_items

__all__ = ["builds"]

CDN = "https://scontent.cdninstagram.com"
PLAIN = FeedOptions()
VIEWER = FeedOptions(open="viewer")
HEADER = FeedOptions(header=True)


@dataclass
class Harbour(Instagram):
    """One account: an image, a reel, a carousel of image, video and image, a reel without mp4."""

    media: dict[str, list[int]] = field(default_factory=lambda: {TOKEN: [1, 2, 3, 4]})
    avatar: int = 10
    children: tuple[int, ...] = (21, 22, 23)
    withdrawn: set[int] = field(default_factory=lambda: {4})
    """Videos that have only a poster."""
    posters: bool = True
    """Videos have one."""
    unlinked: set[int] = field(default_factory=set)
    """Posts that have no address on Instagram."""

    def _user(self, number: int) -> JSON:
        url = f"{CDN}/{self.avatar}.jpg?oh={self.signature}"
        return {**super()._user(number), "profile_picture_url": url}

    def _node(self, number: int) -> JSON:
        node = {**super()._node(number), **self._file(number)}
        if number == 3:
            children = [{"id": f"179{child:05}", **self._file(child)} for child in self.children]
            node |= {"media_type": "CAROUSEL_ALBUM", "children": {"data": children}}
        return node | ({"shortcode": ""} if number in self.unlinked else {})

    def _file(self, number: int) -> JSON:
        picture = f"{CDN}/{number}.jpg?oh={self.signature}"
        if number not in {2, 4, 22}:
            return {"media_type": "IMAGE", "media_url": picture}
        film = "" if number in self.withdrawn else f"{CDN}/{number}.mp4?oh={self.signature}"
        poster = picture if self.posters else ""
        return {"media_type": "VIDEO", "media_url": film, "thumbnail_url": poster}

    def _picture(self, request: httpx.Request) -> tuple[int, bytes]:
        status, body = super()._picture(request)
        if not request.url.path.endswith(".mp4"):
            return self.statuses.get(int(request.url.path[1:-4]), status), body
        number = int(request.url.path[1:-4])
        self.asked[-1] = "video"
        if status == 403:
            return status, body
        return self.statuses.get(-number, 200), video(number)


@pytest.fixture
def harbour(builds: Builds) -> Harbour:
    builds.instagram = Harbour()
    return builds.instagram


def show(
    builds: Builds, options: FeedOptions, now: datetime = NOW, *, host_videos: bool = False
) -> tuple[LoadedFeed, Session]:
    """Return what one build shows for one tag, and its session, closed."""
    session = builds.open(now, host_videos=host_videos)
    shown = session.load(options, MAIN)
    session.finish()
    session.close()
    return shown, session


def pixel(builds: Builds, shown: LoadedFeed, media_id: str = "") -> int:
    """Return a number that differs for each picture of these tests; without an id, the avatar's."""
    renditions = shown.images[media_id] if media_id else shown.avatar
    with Image.open(builds.site / renditions[-1].name) as image:
        value = image.getpixel((0, 0))
    assert isinstance(value, tuple)
    return round(value[0] / 8)


def test_a_plain_feed_fetches_neither_children_nor_user_nor_videos(
    builds: Builds, harbour: Harbour
) -> None:
    shown, _ = show(builds, PLAIN, host_videos=True)

    assert harbour.counts == {"me": 1, "media": 1, "picture": 4}
    assert set(shown.images) == {f"179{number:05}" for number in (1, 2, 3, 4)}
    assert (shown.avatar, dict(shown.videos)) == ((), {})


def test_the_viewer_has_every_child_and_the_first_is_fetched_once(
    builds: Builds, harbour: Harbour
) -> None:
    shown, session = show(builds, VIEWER)

    assert harbour.counts["picture"] == 7, "with the avatar"
    assert set(shown.images) == {f"179{number:05}" for number in (1, 2, 3, 4, 21, 22, 23)}
    assert shown.images["17900003"] == shown.images["17900021"]
    assert session.totals.media == session.totals.fetched == {f"179{n:05}" for n in (1, 2, 3, 4)}


@pytest.mark.parametrize(("number", "children"), [(1, set()), (3, {21, 22, 23})])
def test_only_a_post_without_a_permalink_has_all_that_its_viewer_shows(
    builds: Builds, harbour: Harbour, number: int, children: set[int]
) -> None:
    harbour.unlinked = {number}

    shown, _ = show(builds, PLAIN, host_videos=True)

    assert set(shown.images) == {f"179{node:05}" for node in {1, 2, 3, 4} | children}
    assert set(shown.videos) == {f"179{node:05}" for node in children & {22}}
    assert shown.feed
    needs = list_needs(shown.feed, PLAIN)
    assert {picture.media_id for picture, need in needs.items() if need == inf} == {
        f"179{node:05}" for node in children or {number}
    }


def test_a_child_taken_out_is_gone_from_cover_and_viewer(builds: Builds, harbour: Harbour) -> None:
    show(builds, VIEWER)
    harbour.children = (22, 23)

    shown, _ = show(builds, VIEWER, NOW + 2 * DAY)

    assert "17900021" not in shown.images
    assert shown.images["17900003"] == shown.images["17900022"]
    assert shown.missing_children == MissingCount()
    age(builds)
    show(builds, VIEWER, NOW + 4 * DAY)
    kept = {path.name for path in builds.media_files()}
    assert {item.digest for items in shown.images.values() for item in items} <= kept
    assert "picture/17900021/media_url" not in entries(builds)


def age(builds: Builds) -> None:
    """Make all files old enough to be removed."""
    for path in builds.media_files():
        os.utime(path, (0, 0))


def entries(builds: Builds) -> list[str]:
    with closing(Cache(builds.folder)) as cache:
        return cache.keys("")


def test_a_child_without_its_picture_leaves_only_the_viewer(
    builds: Builds, harbour: Harbour
) -> None:
    harbour.statuses = {22: 404, 23: 404}

    shown, _ = show(builds, VIEWER)

    assert len(codes(shown)) == 4
    assert (shown.missing_media.lost, shown.missing_children) == (0, MissingCount(lost=2))
    assert {"17900022", "17900023"} & set(shown.images) == set()


@pytest.mark.parametrize(("options", "number"), [(VIEWER, 1), (PLAIN, 3)])
def test_a_carousel_has_as_many_pictures_as_its_viewer_else_as_the_post(
    builds: Builds, harbour: Harbour, options: FeedOptions, number: int
) -> None:
    harbour.statuses = {22: 404, 23: 404}
    shown, _ = show(builds, options)

    items = make_items(
        shown, options, {}, ENGLISH, lambda file: file.name, write_date=datetime.isoformat
    )

    assert [(item.type, item.length) for item in items] == [
        ("image", 0),
        ("video", 0),
        ("carousel", number),
        ("video", 0),
    ]


def test_a_carousel_with_a_link_of_the_site_has_as_many_pictures_as_the_post(
    builds: Builds, harbour: Harbour
) -> None:
    harbour.statuses = {22: 404}
    shown, _ = show(builds, VIEWER)
    link = {code(3): MediaOverride(link="https://bakery.example/")}

    items = make_items(
        shown, VIEWER, link, ENGLISH, lambda file: file.name, write_date=datetime.isoformat
    )

    assert items[2].length == 3


def test_a_carousel_without_its_cover_is_one_media_lost(builds: Builds, harbour: Harbour) -> None:
    harbour.statuses = {21: 404}

    shown, _ = show(builds, VIEWER)

    assert len(codes(shown)) == 3
    assert (shown.missing_media.lost, shown.missing_children) == (1, MissingCount())


class TestAvatar:
    def test_it_is_there_for_a_header(self, builds: Builds, harbour: Harbour) -> None:
        shown, session = show(builds, HEADER)

        assert [item.width for item in shown.avatar] == [16, 32]
        assert harbour.counts["picture"] == 5
        assert len(session.totals.media) == 4

    def test_it_is_fetched_once_though_signed_anew(self, builds: Builds, harbour: Harbour) -> None:
        shown, _ = show(builds, HEADER)

        later, _ = show(builds, HEADER, NOW + 9 * DAY)

        assert later.avatar == shown.avatar
        assert harbour.counts["picture"] == 5

    def test_another_picture_is_noticed_by_its_path(self, builds: Builds, harbour: Harbour) -> None:
        first, _ = show(builds, HEADER)
        assert pixel(builds, first) == 10
        harbour.avatar = 20

        second, _ = show(builds, HEADER, NOW + DAY)

        assert pixel(builds, second) == 20
        assert harbour.counts["picture"] == 6
        age(builds)
        show(builds, HEADER, NOW + 3 * DAY)
        assert harbour.counts["picture"] == 6
        assert not {item.digest for item in first.avatar} & {
            path.name for path in builds.media_files()
        }

    def test_the_old_one_stays_when_the_new_one_cannot_be_had(
        self, builds: Builds, harbour: Harbour
    ) -> None:
        first, _ = show(builds, HEADER)
        harbour.avatar, harbour.statuses = 20, {20: 404}

        second, _ = show(builds, HEADER, NOW + DAY)
        third, _ = show(builds, HEADER, NOW + DAY + HOUR / 2)

        assert first.avatar == second.avatar == third.avatar
        assert harbour.counts["picture"] == 6
        harbour.statuses = {}
        fourth, _ = show(builds, HEADER, NOW + DAY + 2 * HOUR)
        assert pixel(builds, fourth) == 20

    def test_one_that_cannot_be_had_takes_nothing_with_it(
        self, builds: Builds, harbour: Harbour
    ) -> None:
        harbour.statuses = {10: 404}

        shown, _ = show(builds, HEADER)

        assert shown.avatar == ()
        assert len(codes(shown)) == 4
        assert (shown.missing_media.lost, shown.missing_children) == (0, MissingCount())

    def test_it_comes_behind_the_posts_and_before_the_pictures_in_carousels(
        self, builds: Builds, harbour: Harbour
    ) -> None:
        both = HEADER._replace(open="viewer")
        shown, _ = show(builds, both)
        assert shown.feed
        pictures = list(list_needs(shown.feed, both))

        place = pictures.index(shown.feed.user.picture)  # type: ignore[arg-type]
        assert place == len(shown.feed.items)
        assert len(pictures) > place + 1

    def test_it_stays_in_the_cache_while_the_account_is_read(
        self, builds: Builds, harbour: Harbour
    ) -> None:
        show(builds, HEADER)
        show(builds, PLAIN, NOW + 5 * DAY)

        show(builds, HEADER, NOW + 10 * DAY)

        assert harbour.counts["picture"] == 5


class TestVideos:
    def test_those_that_instagram_gives_are_files(self, builds: Builds, harbour: Harbour) -> None:
        shown, session = show(builds, VIEWER, host_videos=True)

        assert set(shown.videos) == {"17900002", "17900022"}
        for number, media_id in ((2, "17900002"), (22, "17900022")):
            digest = hashlib.sha256(video(number)).hexdigest()
            assert shown.videos[media_id].digest == digest
            assert (builds.site / shown.videos[media_id].name).read_bytes() == video(number)
        assert shown.missing_videos == MissingCount()
        assert harbour.counts["video"] == 2
        assert len(session.totals.videos) == len(session.totals.fetched_videos) == 2

    def test_with_posters_only_none_is_fetched(self, builds: Builds, harbour: Harbour) -> None:
        shown, _ = show(builds, VIEWER)

        assert dict(shown.videos) == {}
        assert "video" not in harbour.counts

    def test_one_withdrawn_later_goes_with_the_third_answer_and_its_picture_stays(
        self, builds: Builds, harbour: Harbour
    ) -> None:
        first, _ = show(builds, VIEWER, host_videos=True)
        harbour.withdrawn = {2, 4, 22}

        later = [show(builds, VIEWER, NOW + n * DAY, host_videos=True)[0] for n in (2, 4)]
        age(builds)
        third, _ = show(builds, VIEWER, NOW + 6 * DAY, host_videos=True)

        assert [shown.videos for shown in later] == [first.videos] * 2
        assert dict(third.videos) == {}
        assert third.images == first.images
        assert third.missing_videos == MissingCount()
        assert harbour.counts["video"] == 2
        names = {path.name for path in builds.media_files()}
        assert not names & {hashlib.sha256(video(number)).hexdigest() for number in (2, 22)}
        assert not [key for key in entries(builds) if key.startswith("video/")]

    def test_one_that_is_offered_again_is_counted_anew(
        self, builds: Builds, harbour: Harbour
    ) -> None:
        first, _ = show(builds, VIEWER, host_videos=True)
        for day, withdrawn in enumerate(({2}, {2}, set(), {2}, {2}), start=1):
            harbour.withdrawn = {4, *withdrawn}
            shown, _ = show(builds, VIEWER, NOW + day * DAY, host_videos=True)
            assert shown.videos == first.videos

    def test_only_answers_with_all_fields_of_the_video_count(
        self, builds: Builds, harbour: Harbour
    ) -> None:
        first, _ = show(builds, VIEWER, host_videos=True)
        for day in range(1, 9):
            harbour.withdrawn = {2, 4, 22}
            harbour.unknown_field = "alt_text" if day % 2 else ""
            harbour.posters = day % 2 == 1
            shown, _ = show(builds, VIEWER, NOW + day * DAY, host_videos=True)
            again, _ = show(builds, VIEWER, NOW + day * DAY + HOUR / 2, host_videos=True)
            assert shown.videos == again.videos == first.videos

    def test_tags_of_one_build_count_one_answer(self, builds: Builds, harbour: Harbour) -> None:
        show(builds, VIEWER, host_videos=True)
        harbour.withdrawn = {2, 4, 22}
        session = builds.open(NOW + DAY, host_videos=True)

        counts = [
            len(session.load(VIEWER._replace(limit=limit), MAIN).videos) for limit in (3, 4, 5, 6)
        ]

        assert counts == [2] * 4

    def test_one_of_a_deleted_media_goes(self, builds: Builds, harbour: Harbour) -> None:
        show(builds, VIEWER, host_videos=True)
        harbour.media[TOKEN] = [1, 3, 4]

        for days in (2, 4):
            age(builds)
            show(builds, VIEWER, NOW + days * DAY, host_videos=True)

        names = {path.name for path in builds.media_files()}
        assert hashlib.sha256(video(2)).hexdigest() not in names
        assert hashlib.sha256(video(22)).hexdigest() in names
        assert [key for key in entries(builds) if key.startswith("video/")] == ["video/17900022"]

    def test_one_that_cannot_be_had_is_counted(self, builds: Builds, harbour: Harbour) -> None:
        harbour.statuses = {-2: 404, -22: 404}

        shown, _ = show(builds, VIEWER, host_videos=True)

        assert len(codes(shown)) == 4
        assert shown.missing_videos == MissingCount(lost=2)

    def test_an_expired_address_is_asked_for_anew(self, builds: Builds, harbour: Harbour) -> None:
        show(builds, VIEWER)
        harbour.oldest_good = 2

        shown, _ = show(builds, VIEWER, NOW + HOUR / 2, host_videos=True)

        assert set(shown.videos) == {"17900002", "17900022"}
        assert harbour.counts["media"] == 2

    def test_what_time_did_not_allow_waits(self, builds: Builds, harbour: Harbour) -> None:
        def open_client() -> Client:
            return Client(httpx.MockTransport(harbour.handle), downloads_seconds=0)

        session = builds.open(host_videos=True)
        session.load(PLAIN, MAIN)  # saves the pictures
        session.close()
        session = builds.open(host_videos=True, open_client=open_client)

        shown = session.load(VIEWER, MAIN)

        assert shown.missing_children == MissingCount(waiting=2)
        assert shown.missing_videos == MissingCount(waiting=1)


def test_header_and_viewer_of_several_tags_share_what_is_fetched(
    builds: Builds, harbour: Harbour
) -> None:
    session = builds.open(host_videos=True)

    for options in (PLAIN, HEADER, VIEWER, FeedOptions(open="viewer", header=True, limit=2)):
        session.load(options, MAIN)

    assert harbour.counts == {"me": 1, "media": 1, "picture": 7, "video": 2}
