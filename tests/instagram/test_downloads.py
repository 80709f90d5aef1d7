"""Videos from the CDN; `test_client` has the pictures."""

import hashlib
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import httpx
import pytest
from fake.pictures import video
from test_client import FETCHED, HOSTILE, REFUSED_REDIRECTS, Net, Reply, net, script

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.cache.videos import CheckedFile
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.models import DownloadFailure, OfferedVideo, Picture

__all__ = ["net"]

CDN = FETCHED[0]
MP4 = video(1)
DIGEST = hashlib.sha256(MP4).hexdigest()
MEGABYTE = bytes(2**20)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path / "cache")
    yield cache
    cache.close()


def fetch(client: Client, cache: Cache, *urls: str) -> list[str | DownloadFailure]:
    """Return the outcomes in the order of `urls`."""
    videos = [OfferedVideo(str(number), url) for number, url in enumerate(urls)]
    came = dict(client.download_videos(videos, lambda: CheckedFile(cache)))
    assert len(came) == len(videos)
    return [came[video] for video in videos]


def files(cache: Cache) -> list[str]:
    return [path.name for path in (cache.folder / "media").rglob("*") if path.is_file()]


def test_a_video_is_kept_under_its_digest(net: Net, cache: Cache) -> None:
    pieces = [MP4[start : start + 100] for start in range(0, len(MP4), 100)]

    assert fetch(net.open(Reply(body=pieces)), cache, *FETCHED) == [DIGEST] * len(FETCHED)
    assert files(cache) == [DIGEST]
    assert all("authorization" not in request.headers for request in net.requests)


def test_no_other_address_is_even_asked(net: Net, cache: Cache) -> None:
    outcomes = fetch(net.open(Reply(body=MP4)), cache, *HOSTILE)

    assert set(outcomes) == {DownloadFailure.FAILED}
    assert net.urls == []


@pytest.mark.parametrize("location", REFUSED_REDIRECTS)
def test_a_redirect_is_checked_as_the_first_address_is(
    net: Net, cache: Cache, location: str
) -> None:
    def answer(request: httpx.Request) -> Reply:
        return Reply(302, b"", {"location": location}) if request.url == CDN else Reply(body=MP4)

    assert fetch(net.open(answer), cache, CDN) == [DownloadFailure.FAILED]
    assert set(net.urls) == {CDN}


def test_a_redirect_within_the_cdn_is_followed(net: Net, cache: Cache) -> None:
    replies = script(Reply(302, b"", {"location": "/o1/moved.mp4"}), Reply(body=MP4))

    assert fetch(net.open(replies), cache, CDN) == [DIGEST]


HALF_A_HEAD = MP4[:7]
OUTCOMES: dict[str, tuple[Reply, str | DownloadFailure, int]] = {
    "empty": (Reply(body=b""), DownloadFailure.FAILED, 1),
    "cut in its head": (Reply(body=HALF_A_HEAD), DownloadFailure.FAILED, 1),
    "a page": (Reply(body=b"<html>" * 9), DownloadFailure.FAILED, 1),
    "403": (Reply(403, b"URL signature expired"), DownloadFailure.EXPIRED, 1),
    "404": (Reply(404), DownloadFailure.FAILED, 1),
    "206": (Reply(206, MP4), DownloadFailure.FAILED, 1),
    "503": (Reply(503), DownloadFailure.FAILED, 3),
    "reset": (Reply(error=httpx.ReadError), DownloadFailure.FAILED, 3),
    "compressed": (Reply(200, MP4, {"content-encoding": "gzip"}), DownloadFailure.FAILED, 1),
    "past the bound": (Reply(body=[MP4, *[MEGABYTE] * 100]), DownloadFailure.FAILED, 1),
}


@pytest.mark.parametrize(("reply", "outcome", "tries"), OUTCOMES.values(), ids=list(OUTCOMES))
def test_what_comes_of_a_video(
    net: Net, cache: Cache, reply: Reply, outcome: str | DownloadFailure, tries: int
) -> None:
    assert fetch(net.open(reply), cache, CDN) == [outcome]
    assert len(net.requests) == tries
    assert files(cache) == []


def test_a_hundred_megabytes_are_taken_and_not_held_in_memory(net: Net, cache: Cache) -> None:
    import tracemalloc

    rest = 100 * 2**20 - len(MP4)
    pieces = [MP4, *[MEGABYTE] * (rest // 2**20), bytes(rest % 2**20)]
    client = net.open(Reply(body=pieces), call_seconds=60, downloads_seconds=60)
    tracemalloc.start()
    try:
        (digest,) = fetch(client, cache, CDN)
        assert cache.find_media(str(digest))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert cache.locate_media(str(digest)).stat().st_size == 100 * 2**20
    assert peak < 8 * 2**20


def test_what_is_no_mp4_is_left_at_its_first_bytes(net: Net, cache: Cache) -> None:
    assert fetch(net.open(Reply(body=repeat(MEGABYTE))), cache, CDN) == [DownloadFailure.FAILED]
    assert net.bodies[0].taken == len(MEGABYTE)


def test_a_second_try_begins_anew(net: Net, cache: Cache) -> None:
    def broken() -> Iterator[bytes]:
        yield MP4[:2000]
        raise httpx.ReadError("reset")

    replies = script(Reply(body=broken()), Reply(body=MP4))

    assert fetch(net.open(replies), cache, CDN) == [DIGEST]
    assert files(cache) == [DIGEST]


class TestTime:
    """Videos get half of the time, so that the rest is left for pictures of later tags."""

    def test_one_that_had_all_of_it_is_given_up(self, net: Net, cache: Cache) -> None:
        client = net.open(Reply(body=[MP4, MP4], pause=5), downloads_seconds=1)

        assert fetch(client, cache, CDN) == [DownloadFailure.FAILED]
        assert files(cache) == []

    def test_one_that_had_less_waits_for_the_next_build(self, net: Net, cache: Cache) -> None:
        client = net.open(
            lambda request: Reply(body=MP4, wait=0 if request.url.path == "/1.mp4" else 0.3),
            downloads_seconds=1,
        )

        urls = [f"https://scontent.cdninstagram.com/{number}.mp4" for number in range(1, 6)]
        outcomes = fetch(client, cache, *urls)

        assert outcomes == [DIGEST, DIGEST, DIGEST, *[DownloadFailure.WAITING] * 2]

    def test_pictures_have_the_other_half(self, net: Net, cache: Cache) -> None:
        client = net.open(
            lambda request: Reply(body=b"picture", wait=5 if ".mp4" in request.url.path else 0),
            downloads_seconds=1,
        )
        start = time.monotonic()

        videos = fetch(client, cache, "https://scontent.cdninstagram.com/1.mp4")
        picture = Picture("2", "media_url", CDN)
        again = fetch(client, cache, "https://scontent.cdninstagram.com/1.mp4")

        assert (videos, again) == ([DownloadFailure.FAILED], [DownloadFailure.WAITING])
        assert list(client.download([picture])) == [(picture, b"picture")]
        assert time.monotonic() - start < 3

    def test_two_are_on_their_way_at_once(self, net: Net, cache: Cache) -> None:
        fetch(net.open(Reply(body=MP4, wait=0.02)), cache, *[CDN] * 6)

        assert net.most_at_once == 2
