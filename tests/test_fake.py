"""The fake Instagram keeps to the recorded shape of the API, and allows no other connection."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest
from fake import Child, FakeInstagram, FakeUser, close, drip, error, hang, redirect, throttled
from PIL import Image

API = "https://graph.instagram.com"
TOKEN = "IGAAinvented"
CHILDREN = "children{id,media_type,media_url,thumbnail_url}"
FIELDS = f"id,caption,media_type,media_url,thumbnail_url,permalink,timestamp,username,{CHILDREN}"


@pytest.fixture
def fake() -> Iterator[FakeInstagram]:
    with FakeInstagram(size=(60, 75)) as fake, fake.remapped():
        yield fake
    assert not fake.violations


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    return fake.add_user(TOKEN)


# Connecting takes longer on a busy machine.
NO_ANSWER = httpx.Timeout(30, read=0.1)


def get(
    fake: FakeInstagram, *urls: str, timeout: float | httpx.Timeout = 5, **options: Any
) -> list[httpx.Response]:
    """Fetch the URLs with one client, one after the other."""

    async def fetch() -> list[httpx.Response]:
        async with httpx.AsyncClient(verify=fake.ssl_context(), timeout=timeout) as client:
            return [await client.get(url, **options) for url in urls]

    return anyio.run(fetch)


def call(fake: FakeInstagram, path: str, token: str = TOKEN, **params: str) -> Any:
    """Return the JSON of one call."""
    params = {"access_token": token, **params}
    return get(fake, API + path, params=params)[0].json()


def media(fake: FakeInstagram, **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = call(fake, "/me/media", fields=FIELDS, **params)["data"]
    return items


def test_user_is_found_under_all_its_names(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(3)
    fields = "user_id,username,media_count,biography"
    paths = ["/me", "/v26.0/me", *(f"/v26.0/{known}" for known in user.ids)]
    nodes = [call(fake, path, fields=fields) for path in paths]
    assert all(node == nodes[0] for node in nodes)
    assert nodes[0]["media_count"] == 3
    assert nodes[0]["user_id"].startswith("17841")
    assert call(fake, "/me") == {"id": user.ids[0]}


def test_another_token_is_another_user(fake: FakeInstagram, user: FakeUser) -> None:
    fake.add_user("IGAAother", "tide.books", website=None, media_count=99)
    node = call(fake, "/me", "IGAAother", fields="username,website,media_count")
    assert (node["username"], node["media_count"]) == ("tide.books", 99)
    assert "website" not in node
    assert call(fake, f"/{user.ids[1]}", "IGAAother")["error"]["error_subcode"] == 33
    assert {request.username for request in fake.requests} == {"tide.books"}


@pytest.mark.usefixtures("user")
def test_bad_tokens_and_wrong_hosts_give_190(fake: FakeInstagram) -> None:
    wrong_host = f"https://graph.facebook.com/v26.0/me?access_token={TOKEN}"
    bad_token, elsewhere, missing, posted = (
        call(fake, "/me", "nonsense")["error"],
        get(fake, wrong_host)[0].json()["error"],
        get(fake, f"{API}/me", headers={"authorization": f"Bearer {TOKEN}"})[0].json()["error"],
        httpx.post(f"{API}/me", params={"access_token": TOKEN}, verify=fake.ssl_context()).json()[
            "error"
        ],
    )
    assert bad_token["code"] == elsewhere["code"] == 190
    assert "Cannot parse access token" in elsewhere["message"]
    assert missing["code"] == 2500
    assert posted["message"] == "Unsupported request - method type: post"


def test_mixed_media_have_the_recorded_shapes(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(5)
    image, reel, video, album, film = media(fake)
    assert {"media_url", "thumbnail_url"} & image.keys() == {"media_url"}
    assert {"media_url", "thumbnail_url", "caption"} & reel.keys() == {"thumbnail_url"}
    assert ".mp4?" in video["media_url"]
    assert ".jpg?" in video["thumbnail_url"]
    assert [part["media_type"] for part in album["children"]["data"]] == ["IMAGE", "VIDEO", "IMAGE"]
    first = album["children"]["data"][0]["media_url"]
    assert urlsplit(album["media_url"]).path == urlsplit(first).path
    assert album["media_url"] != first
    assert ".mp4?" in film["media_url"]
    assert "thumbnail_url" not in film
    assert image["timestamp"] == "2026-07-22T10:45:00+0000" > reel["timestamp"]


def test_one_unknown_field_fails_the_request(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(1)
    fake.unknown_fields.add("alt_text")
    for fields in ("id,alt_text", "id,children{id,alt_text}"):
        problem = call(fake, "/me/media", fields=fields)["error"]
        assert problem["code"] == 100
        assert problem["message"] == "(#100) Tried accessing nonexisting field (alt_text)"
    fake.unknown_fields.clear()
    assert call(fake, "/me/media", fields="alt_text")["data"][0]["alt_text"]


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize("fields", ["id,children{id", "id}", "id,children{id}}"])
def test_braces_must_match(fake: FakeInstagram, fields: str) -> None:
    assert call(fake, "/me/media", fields=fields)["error"]["code"] == 2500


def test_paging_ends_without_next(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(7)
    first = call(fake, "/v26.0/me/media", fields="id", limit="4")
    following = parse_qs(urlsplit(first["paging"]["next"]).query)
    assert following["access_token"] == [TOKEN]
    cursor = first["paging"]["cursors"]["after"]
    user.remove(user.media[3].shortcode)
    last = call(fake, "/v26.0/me/media", fields="id", limit="4", after=cursor)
    assert set(last["paging"]) == {"cursors"}
    ids = [item["id"] for answer in (first, last) for item in answer["data"]]
    assert len(ids) == len(set(ids)) == 7


def test_limit_has_a_default_and_a_maximum(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(120)
    assert len(call(fake, "/me/media")["data"]) == 25
    assert len(call(fake, "/me/media", limit="300")["data"]) == 100
    day = int(user.media[2].posted.timestamp())
    assert len(call(fake, "/me/media", since=str(day))["data"]) == 3
    assert len(call(fake, "/me/media", until=str(day), limit="5")["data"]) == 5


@pytest.mark.usefixtures("user")
def test_account_without_posts_has_no_paging(fake: FakeInstagram) -> None:
    assert call(fake, "/me/media") == {"data": []}


def test_node_of_a_removed_media_is_gone(fake: FakeInstagram, user: FakeUser) -> None:
    one = user.add_media(shortcode="CinventedAA", like_count=None, without=("media_url",))
    node = call(fake, f"/{one.id}", fields="permalink,like_count,media_url")
    assert node == {"permalink": "https://www.instagram.com/p/CinventedAA/", "id": one.id}
    user.remove("CinventedAA")
    problem = call(fake, f"/{one.id}")["error"]
    assert (problem["code"], problem["error_subcode"]) == (100, 33)
    assert [request.kind for request in fake.requests] == ["node", "node"]


def test_cdn_serves_the_signed_jpeg_whatever_the_extension(
    fake: FakeInstagram, user: FakeUser
) -> None:
    for _ in range(4):
        user.add_media()
    user.add_media("CAROUSEL_ALBUM", children=["IMAGE", Child("VIDEO", size=(90, 160))])
    items = media(fake)
    parts = items[-1]["children"]["data"]
    urls = [item["media_url"] for item in items[:4]] + [parts[1]["thumbnail_url"]]
    answers = get(fake, *urls)
    pictures = [Image.open(BytesIO(answer.content)) for answer in answers]
    assert {picture.format for picture in pictures} == {"JPEG"}
    assert [picture.size for picture in pictures] == [(60, 75)] * 4 + [(90, 160)]
    assert len({answer.content for answer in answers}) == 5
    assert {".heic", ".webp"} < {PurePosixPath(urlsplit(url).path).suffix for url in urls}
    assert fake.count("picture") == 5
    assert all(565 <= len(url) <= 1222 for url in urls)


def test_every_call_signs_anew_and_signatures_expire(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(1)
    old, new = media(fake)[0]["media_url"], media(fake)[0]["media_url"]
    assert old != new
    expiry = int(parse_qs(urlsplit(new).query)["oe"][0], 16)
    assert 4.3 < (expiry - time.time()) / 86400 < 4.5
    changed = new.replace("e35_tt6", "s320x320")
    assert [answer.status_code for answer in get(fake, old, new, changed)] == [200, 200, 403]
    fake.travel(datetime.now(UTC) + timedelta(days=5))
    refusal = get(fake, new)[0]
    assert (refusal.status_code, refusal.text) == (403, "URL signature expired")
    user.remove(user.media[0].shortcode)
    fake.travel(None)
    assert get(fake, new)[0].status_code == 404


def test_token_sent_to_the_cdn_is_a_violation(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(1)
    url = media(fake)[0]["media_url"]
    asked = [f"{url}&access_token={TOKEN}", f"{url}&x={TOKEN}"]
    assert [answer.status_code for answer in get(fake, *asked)] == [400, 400]
    assert len(fake.violations) == 2
    assert TOKEN not in repr(fake.violations)
    fake.clear()


@pytest.mark.usefixtures("user")
def test_faults_are_used_up_or_healed(fake: FakeInstagram) -> None:
    fake.fail("user", error(190, subcode=463))
    fake.fail("user", throttled(minutes=30), times=1)
    assert [call(fake, "/me")["error"]["code"] for _ in range(3)] == [4, 190, 190]
    assert call(fake, "/me/media") == {"data": []}
    fake.heal()
    assert "id" in call(fake, "/me")
    assert (fake.count("user"), fake.count("media"), fake.count()) == (4, 1, 5)
    assert TOKEN not in repr(fake.requests)


def test_connections_break_in_many_ways(fake: FakeInstagram, user: FakeUser) -> None:
    user.add_mixed(1)
    url = media(fake)[0]["media_url"]
    fake.fail("picture", close(), times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        get(fake, url)
    fake.fail("picture", hang(), times=1)
    with pytest.raises(httpx.ReadTimeout):
        get(fake, url, timeout=NO_ANSWER)
    fake.fail("picture", redirect("https://elsewhere.example/x.jpg"), times=1, where="/v/")
    assert get(fake, url)[0].headers["location"] == "https://elsewhere.example/x.jpg"
    fake.fail("user", drip(error(2), delay=0.001, size=40))
    assert call(fake, "/me")["error"]["is_transient"] is True
    fake.latency = 0.05
    before = time.perf_counter()
    call(fake, "/me/media")
    assert time.perf_counter() - before > 0.05


def test_the_line_is_shared_by_all_connections(fake: FakeInstagram, user: FakeUser) -> None:
    media = [user.add_media(picture=bytes(20_000)) for _ in range(2)]
    urls = [fake.cdn.image_url(item) for item in media]
    fake.bandwidth = 200_000
    before = time.perf_counter()
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda url: get(fake, url)[0].content, urls))
    assert answers == [bytes(20_000)] * 2
    assert 40_000 < fake.sent < 42_000
    assert time.perf_counter() - before > 0.2


def test_refresh_may_return_a_new_token(fake: FakeInstagram, user: FakeUser) -> None:
    path, grant = "/refresh_access_token", "ig_refresh_token"
    assert call(fake, path, grant_type=grant)["access_token"] == TOKEN
    user.next_token = "IGAAnew"
    assert call(fake, path, grant_type=grant)["access_token"] == "IGAAnew"
    assert call(fake, "/me", "IGAAnew") == call(fake, "/me")
    assert call(fake, path)["error"]["code"] == 100
    assert fake.count("token") == 3


def test_nothing_leaves_the_loopback_network(fake: FakeInstagram) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("example.org", 443)
    with socket.socket() as stranger:
        with pytest.raises(ConnectionRefusedError):
            stranger.connect(("192.0.2.1", 443))
        assert stranger.connect_ex(("192.0.2.1", 443)) == errno.ECONNREFUSED
    assert socket.getaddrinfo(b"instagram.fxyz1-1.fna.fbcdn.net", 443)[0][4] == ("127.0.0.1", 443)
    names = ("instagram.fxyz1-1.fna.fbcdn.net", "video.cdninstagram.com")
    answers = get(fake, *(f"https://{name}/v/x.jpg?oh=1" for name in names))
    assert [answer.status_code for answer in answers] == [403, 403]


def test_stopping_is_quick_and_final() -> None:
    with FakeInstagram() as fake, fake.remapped():
        fake.fail("user", hang())
        with pytest.raises(httpx.ReadTimeout):
            get(fake, f"{API}/me", timeout=NO_ANSWER)
        before = time.perf_counter()
    assert time.perf_counter() - before < 0.5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", fake.port))


PROGRAM = """
import asyncio, datetime, os, httpx
async def main():
    async with httpx.AsyncClient() as client:
        params = {"fields": "media_url", "access_token": os.environ["TOKEN"]}
        answer = await client.get("https://graph.instagram.com/me/media", params=params)
        urls = [item["media_url"] for item in answer.json()["data"]]
        pictures = await asyncio.gather(*(client.get(url) for url in urls))
        print(datetime.date.today(), *(picture.status_code for picture in pictures))
        try:
            await client.get("https://example.org/")
        except httpx.ConnectError:
            print("refused")
asyncio.run(main())
"""


def test_another_process_is_sent_here_with_its_clock_moved(
    fake: FakeInstagram, user: FakeUser
) -> None:
    for _ in range(3):
        user.add_media()
    extra = fake.environment(now=datetime(2031, 3, 1, 12, tzinfo=UTC)) | {"TOKEN": TOKEN}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | extra,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["2031-03-01", "200", "200", "200", "refused"]
    assert fake.count("picture") == 3
