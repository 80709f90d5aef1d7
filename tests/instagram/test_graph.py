import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_instagram.errors import (
    InstagramError,
    PermissionDenied,
    RateLimited,
    TokenRefused,
    UnknownField,
    Unreachable,
)
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import JSON, Child, Media, Picture, User

SAMPLES = Path(__file__).parents[1] / "samples"
CDN = "https://scontent-fra5-1.cdninstagram.com/v/t51.82787-15/500000001_n.jpg"

quickly = settings(database=None, derandomize=True, deadline=None)


def load(name: str) -> Any:
    """Return a sample as `decipher_response` gives it."""
    return graph.decipher_response(200, {}, (SAMPLES / f"{name}.json").read_bytes())


def one(**node: object) -> Media:
    (media,) = graph.decipher_batch({"data": [{"id": "1", **node}]}).items
    return media


def test_the_user_is_asked_for_with_all_fields() -> None:
    request = graph.user_request()

    assert request.path == "/v26.0/me"
    assert dict(request.params) == {"fields": graph.USER_FIELDS}


@pytest.mark.parametrize(
    ("limit", "after", "params"),
    [
        (25, None, {"limit": "25"}),
        (100, "QVFI", {"limit": "100", "after": "QVFI"}),
        (5000, None, {"limit": "100"}),
    ],
)
def test_media_are_asked_for_in_batches_of_at_most_100(
    limit: int, after: str | None, params: dict[str, str]
) -> None:
    request = graph.media_request(limit, after)

    assert request.path == "/v26.0/me/media"
    assert dict(request.params) == {"fields": graph.MEDIA_FIELDS, **params}


def test_the_reduced_sets_are_parts_of_the_full_ones() -> None:
    for reduced, full in (
        (graph.USER_FIELDS_REDUCED, graph.USER_FIELDS),
        (graph.MEDIA_FIELDS_REDUCED, graph.MEDIA_FIELDS),
    ):
        assert set(reduced.split(",")) < set(full.split(","))


def test_a_flat_user_node_is_read_whole() -> None:
    assert graph.decipher_user(load("user_flat")) == User(
        id="31415926535897932",
        user_id="17841400000000001",
        username="harbour.bakery",
        name="Harbour Bakery",
        account_type="BUSINESS",
        biography="Rye, wheat and salt.\nOpen from six 🍞",
        website="https://bakery.example/",
        profile_picture_url="https://scontent-fra5-1.cdninstagram.com/v/t51.2885-19/"
        "500000000_n.jpg?stp=dst-jpg_s206x206_tt6&oh=00_AAAA&oe=6A6AB2D0",
        followers_count=1204,
        follows_count=87,
        media_count=342,
    )


def test_a_user_node_in_data_is_read_and_its_only_id_taken() -> None:
    user = graph.decipher_user(load("user_in_data"))

    assert (user.id, user.user_id) == ("17841400000000001", "17841400000000001")
    assert user.username == "harbour.bakery"
    assert (user.name, user.media_count) == ("", None)


@pytest.mark.parametrize(
    "answer",
    [{}, {"data": []}, {"data": ["x"]}, {"id": ""}, {"id": "me"}, {"id": 1.5}, {"id": True}],
)
def test_a_user_without_an_id_is_no_user(answer: Any) -> None:
    with pytest.raises(Unreachable, match="not in the documented shape"):
        graph.decipher_user(answer)


def test_ids_are_strings_though_sent_as_numbers() -> None:
    body = b'{"id": 17841400000000001234567, "username": "harbour.bakery"}'

    user = graph.decipher_user(graph.decipher_response(200, {}, body))

    assert user.id == "17841400000000001234567"


@pytest.mark.parametrize("name", ["<b>", "a b", "../x", "x" * 31, "бакery", "", 7, None])
def test_a_name_that_no_user_can_have_is_left_out(name: object) -> None:
    user = graph.decipher_user({"id": "1", "username": name})

    assert user.username == ""
    assert user.permalink == ""


@pytest.mark.parametrize(
    ("ours", "others", "is_same"),
    [
        (User("1", "17841"), User("2", "17841"), True),
        (User("1", "17841", "a"), User("1", "17842", "a"), False),
        (User("1", "17841", "a"), User("2", "", "A"), True),
        (User("1", "", "a"), User("1", "", "b"), True),
        (User("1", "", "a"), User("2", "", "b"), False),
        (User("1"), User("2"), False),
    ],
)
def test_users_are_compared_by_user_id_first(ours: User, others: User, is_same: bool) -> None:
    assert ours.is_same_as(others) is is_same
    assert others.is_same_as(ours) is is_same


def test_the_first_batch_is_read_whole() -> None:
    batch = graph.decipher_batch(load("media_first"))

    image, reel, carousel = batch.items
    assert image == Media(
        id="17900000000000001",
        media_type="IMAGE",
        media_product_type="FEED",
        caption="Rye is back 🍞 #bread @miller",
        alt_text="A dark loaf, cut open",
        shortcode="C0001abcDEF",
        kind="p",
        username="harbour.bakery",
        timestamp=datetime(2026, 7, 22, 10, 45, tzinfo=UTC),
        like_count=57,
        comments_count=3,
        media_url=f"{CDN}?stp=dst-jpg_e35_tt6&_nc_cat=101&oh=00_AAAB&oe=6A6AB2D0",
    )
    assert (reel.shortcode, reel.kind, reel.caption, reel.like_count) == (
        "C0002abcDEF",
        "reel",
        "",
        None,
    )
    assert [child.id for child in carousel.children] == ["17900000000000004", "17900000000000005"]
    assert (batch.after, batch.received) == ("QVFIUafter", 3)


def test_the_end_is_the_absence_of_next_though_a_cursor_is_there() -> None:
    batch = graph.decipher_batch(load("media_last"))

    assert len(batch.items) == 1
    assert batch.after is None


@pytest.mark.parametrize(
    "paging",
    [
        None,
        [],
        {},
        {"next": ""},
        {"next": "https://x"},
        {"next": "https://x", "cursors": ["a"]},
        {"next": "https://x", "cursors": {"after": ""}},
        {"next": "https://x", "cursors": {"after": 5}},
        {"next": "https://x", "cursors": {"after": "a" * 2049}},
    ],
)
def test_no_usable_cursor_ends_the_account(paging: object) -> None:
    batch = graph.decipher_batch({"data": [], "paging": paging})

    assert batch.after is None
    assert batch.lacks_cursor is (isinstance(paging, dict) and bool(paging.get("next")))


def test_the_address_with_the_token_is_not_kept() -> None:
    batch = graph.decipher_batch(load("media_first"))

    assert "IGAAinvented" not in repr(batch) + json.dumps(
        [graph.encode_media(media) for media in batch.items]
    )


@pytest.mark.parametrize(
    ("sample", "index", "picture"),
    [
        ("media_first", 0, ("17900000000000001", "media_url")),
        ("media_first", 1, ("17900000000000002", "thumbnail_url")),
        ("media_first", 2, ("17900000000000004", "media_url")),
        ("carousel_of_videos", 0, ("17900000000000011", "thumbnail_url")),
    ],
    ids=["image", "reel without media_url", "carousel", "carousel whose first child is a video"],
)
def test_each_kind_of_media_has_its_still_picture(
    sample: str, index: int, picture: tuple[str, str]
) -> None:
    found = graph.decipher_batch(load(sample)).items[index].picture

    assert found is not None
    assert (found.media_id, found.field_name) == picture
    assert ".mp4" not in found.url


@pytest.mark.parametrize(
    "node",
    [
        {"media_type": "VIDEO", "media_url": f"{CDN}.mp4?oe=1"},
        {"media_type": "VIDEO", "media_url": CDN},
        {"media_type": "IMAGE", "media_url": "https://video.cdninstagram.com/v/x.mp4?a=.jpg"},
        {"media_type": "IMAGE"},
        {
            "media_type": "CAROUSEL_ALBUM",
            "children": {"data": [{"id": "2", "media_type": "VIDEO"}]},
        },
    ],
)
def test_a_film_is_no_picture(node: dict[str, Any]) -> None:
    assert one(**node).picture is None


FILM = {"id": "2", "media_type": "VIDEO"}
IMAGE = {"id": "3", "media_type": "IMAGE", "media_url": CDN}


@pytest.mark.parametrize(
    ("own", "children", "media_id"),
    [
        ({}, [IMAGE, FILM], "3"),
        ({"media_url": CDN}, [IMAGE, FILM], "3"),
        ({"media_url": CDN}, [{"id": "4", "media_type": "IMAGE"}, IMAGE], "1"),
        ({"media_url": CDN}, [FILM, IMAGE], "3"),
        ({"media_url": CDN}, [], "1"),
    ],
    ids=["without a file", "with it", "first child has none", "film first", "without children"],
)
def test_a_carousel_has_the_picture_of_its_first_child(
    own: JSON, children: list[JSON], media_id: str
) -> None:
    media = one(id="1", media_type="CAROUSEL_ALBUM", children={"data": children}, **own)

    assert media.picture == Picture(media_id, "media_url", CDN)


def test_the_profile_picture_is_told_by_its_path_not_by_its_signature() -> None:
    def picture(name: str, signature: str) -> Picture | None:
        url = f"https://scontent.cdninstagram.com/v/t51-19/{name}?oh={signature}"
        return graph.decipher_user({"id": "2", "user_id": "17", "profile_picture_url": url}).picture

    assert picture("4_n.jpg", "a") == picture("4_n.jpg", "b")
    assert picture("4_n.jpg", "a") != picture("5_n.jpg", "a")
    found = picture("4_n.jpg", "a")
    assert found
    assert (found.media_id, found.field_name) == ("17", "profile_picture_url")
    assert graph.decipher_user({"id": "2"}).picture is None


def test_a_hostile_answer_leaves_only_what_was_checked() -> None:
    batch = graph.decipher_batch(load("media_hostile"))

    (media,) = batch.items
    assert media == Media(
        id="17900000000000020",
        media_type="IMAGE",
        caption="<script>alert(1)</script> {{ 7*7 }} <!-- instagram --> \\g<0> end �",
        children=(Child("17900000000000021", ""),),
    )
    assert (media.permalink, media.picture) == ("", None)
    assert (batch.after, batch.received) == (None, 6)


@pytest.mark.parametrize("answer", [{}, {"data": None}, {"data": {}}, {"data": "x"}, {"id": "1"}])
def test_an_answer_without_a_list_of_media_is_none(answer: Any) -> None:
    with pytest.raises(Unreachable, match="not in the documented shape"):
        graph.decipher_batch(answer)


def test_each_id_is_taken_once() -> None:
    batch = graph.decipher_batch({"data": [{"id": "1"}, {"id": "2"}, {"id": 1}]})

    assert [media.id for media in batch.items] == ["1", "2"]
    assert batch.received == 3


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-07-22T10:45:00+0000", datetime(2026, 7, 22, 10, 45, tzinfo=UTC)),
        ("2026-07-22T10:45:00+0200", datetime(2026, 7, 22, 8, 45, tzinfo=UTC)),
        ("2026-07-22T10:45:00Z", datetime(2026, 7, 22, 10, 45, tzinfo=UTC)),
        ("2026-07-22T10:45:00", datetime(2026, 7, 22, 10, 45, tzinfo=UTC)),
        ("2026-07-22T10:45:00.0600", datetime(2026, 7, 22, 10, 45, tzinfo=UTC)),
        ("2026-07-22T10:45:00+00:00:07.700000", datetime(2026, 7, 22, 10, 44, 52, tzinfo=UTC)),
        ("2026-07-22T10:45:00,0600", datetime(2026, 7, 22, 10, 45, tzinfo=UTC)),
        ("0001-01-01T00:00:00+1400", None),
        ("9999-12-31T23:59:59-1400", None),
        ("1784716800", None),
        ("", None),
        (1784716800, None),
    ],
)
def test_timestamps_are_kept_in_utc(written: object, moment: datetime | None) -> None:
    assert one(timestamp=written).timestamp == moment


@pytest.mark.parametrize(
    ("written", "count"),
    [(0, 0), (57, 57), (None, None), (-1, None), ("5", None), (True, None), (1.5, None)],
)
def test_a_count_is_a_whole_number_or_hidden(written: object, count: int | None) -> None:
    assert one(like_count=written).like_count == count


@pytest.mark.parametrize(
    ("node", "permalink"),
    [
        ({"permalink": "https://www.instagram.com/p/C0001abcDEF/"}, "p/C0001abcDEF"),
        ({"permalink": "https://www.instagram.com/reel/C0001abcDEF/"}, "reel/C0001abcDEF"),
        ({"permalink": "https://www.instagram.com/tv/C0001abcDEF/"}, "tv/C0001abcDEF"),
        ({"permalink": "https://www.instagram.com/x.y/p/C0001abcDEF/"}, "p/C0001abcDEF"),
        ({"shortcode": "C0001abcDEF"}, "p/C0001abcDEF"),
        ({"shortcode": "C0001abcDEF", "permalink": "javascript:alert(1)"}, "p/C0001abcDEF"),
        (
            {"shortcode": '"><script>', "permalink": "https://www.instagram.com/p/C0001abcDEF/"},
            "p/C0001abcDEF",
        ),
    ],
)
def test_permalinks_are_rebuilt_from_the_checked_shortcode(
    node: dict[str, Any], permalink: str
) -> None:
    assert one(**node).permalink == f"https://www.instagram.com/{permalink}/"


@pytest.mark.parametrize(
    "permalink",
    [
        "javascript:alert(1)//instagram.com/p/C0001abcDEF/",
        "https://www.instagram.com.evil.example/p/C0001abcDEF/",
        "https://evil.example/https://www.instagram.com/p/C0001abcDEF/",
        "https://www.instagram.com/p/C0001abcDEF/\nx",
        "https://www.instagram.com/p/../x/",
        "https://www.instagram.com/stories/x/1/",
        '"onclick="',
    ],
)
def test_another_permalink_is_none(permalink: str) -> None:
    assert one(permalink=permalink).permalink == ""


def test_a_post_of_a_folder_has_only_the_permalink_that_is_written() -> None:
    nodes = [
        {"id": "1", "shortcode": "C0001abcDEF"},
        {"id": "2", "permalink": "https://www.instagram.com/reel/C0002abcDEF/"},
    ]

    items = graph.decipher_batch({"data": nodes}, kind="").items

    assert [media.shortcode for media in items] == ["C0001abcDEF", "C0002abcDEF"]
    assert [media.permalink for media in items] == ["", nodes[1]["permalink"]]
    saved = {"data": [graph.encode_media(media) for media in items]}
    assert graph.decipher_batch(saved, kind="").items == items


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("C-_01", True),
        ("x" * 64, True),
        ("C001", False),
        ("x" * 65, False),
        ("C0001 abcDEF", False),
        ("C0001abcDEF\n", False),
        ("C0001abcDÉF", False),
        ("", False),
    ],
)
def test_a_shortcode_has_5_to_64_plain_characters(text: str, *, is_one: bool) -> None:
    assert graph.is_shortcode(text) is is_one


@pytest.mark.parametrize(
    "url",
    [
        CDN,
        "https://scontent.cdninstagram.com/",
        "https://instagram.fber1-1.fna.fbcdn.net/v/x.jpg?oe=1",
        "https://video-fra3-1.cdninstagram.com/o1/v/x.mp4?a=%0A",
    ],
)
def test_the_cdn_may_be_asked(url: str) -> None:
    assert graph.is_cdn_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://scontent.cdninstagram.com/v/1.jpg",
        "https://cdninstagram.com/v/1.jpg",
        "https://evilcdninstagram.com/v/1.jpg",
        "https://x.evilcdninstagram.com/v/1.jpg",
        "https://scontent.cdninstagram.com.evil.example/v/1.jpg",
        "https://scontent.cdninstagram.com",
        "https://scontent.cdninstagram.com:8443/v/1.jpg",
        "https://user@scontent.cdninstagram.com/v/1.jpg",
        "https://evil.example\\@scontent.cdninstagram.com/v/1.jpg",
        "https://evil.example#.cdninstagram.com/v/1.jpg",
        "https://evil.example/?.cdninstagram.com/v/1.jpg",
        "https://127.0.0.1/.fbcdn.net/v/1.jpg",
        "https://SCONTENT.cdninstagram.com/v/1.jpg",
        "https://scontent。cdninstagram.com/v/1.jpg",
        "https://scontent.cdninstagram.com/v/1 2.jpg",
        "https://scontent.cdninstagram.com/v/1.jpg\r\nHost: evil.example",
        "https://scontent.cdninstagram.com/v\\1.jpg",
        "https://scontent.cdninstagram.com/" + "x" * 4096,
        " https://scontent.cdninstagram.com/v/1.jpg",
        "//scontent.cdninstagram.com/v/1.jpg",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_but_the_cdn_may_be_asked(url: str) -> None:
    assert not graph.is_cdn_url(url)
    assert one(media_url=url, thumbnail_url=url, media_type="IMAGE").picture is None


@pytest.mark.parametrize(
    ("sample", "status", "error"),
    [
        ("error_190_463", 400, TokenRefused),
        ("error_190_463", 200, TokenRefused),
        ("error_4", 403, RateLimited),
        ("error_unknown_field", 400, UnknownField),
        ("error_method_type_get", 400, PermissionDenied),
        ("error_flat", 429, RateLimited),
    ],
)
def test_the_code_in_the_body_decides(
    sample: str, status: int, error: type[InstagramError]
) -> None:
    body = (SAMPLES / f"{sample}.json").read_bytes()

    with pytest.raises(InstagramError) as caught:
        graph.decipher_response(status, {}, body)

    assert type(caught.value) is error


def test_a_page_of_html_is_no_answer() -> None:
    with pytest.raises(Unreachable, match=r"no usable answer \(HTTP 502\)") as caught:
        graph.decipher_response(502, {}, (SAMPLES / "bad_gateway.html").read_bytes())

    assert caught.value.is_temporary


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"Sorry, this content isn\'t available right now"',
        b"Sorry, this content isn't available right now",
        b'{"data": [',
        b'{"data": NaN}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
    ],
    ids=range(11),
)
def test_what_is_no_json_object_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unreachable, match="no usable answer"):
        graph.decipher_response(200, {}, body)


def test_a_good_body_with_another_status_is_no_answer() -> None:
    with pytest.raises(Unreachable, match="HTTP 500"):
        graph.decipher_response(500, {}, b'{"data": []}')


def test_429_without_a_body_is_throttling() -> None:
    with pytest.raises(RateLimited) as caught:
        graph.decipher_response(429, {"retry-after": "120"}, b"Too many requests")

    assert caught.value.retry_after == 120
    assert "None" not in caught.value.what


@pytest.mark.parametrize("sample", ["media_first", "media_last", "carousel_of_videos"])
def test_what_is_saved_is_read_back_by_the_same_parser(sample: str) -> None:
    items = graph.decipher_batch(load(sample)).items

    saved = json.loads(json.dumps({"data": [graph.encode_media(media) for media in items]}))

    assert graph.decipher_batch(saved).items == items
    assert "null" not in json.dumps(saved)


@pytest.mark.parametrize("written", ["2026-07-22T10:45:00+0000", "0001-01-01T00:00:00+0000"])
def test_a_timestamp_is_saved_as_the_api_writes_it(written: str) -> None:
    assert graph.encode_media(one(timestamp=written))["timestamp"] == written


def test_a_saved_user_is_read_back() -> None:
    user = graph.decipher_user(load("user_flat"))
    bare = User("1")

    assert graph.decipher_user(graph.encode_user(user)) == user
    assert graph.encode_user(bare) == {"id": "1"}


def test_an_invented_user_has_a_name_and_no_profile() -> None:
    user = graph.decipher_user({"id": "1", "username": "harbour.bakery", "has_profile": False})

    assert (user.username, user.permalink) == ("harbour.bakery", "")
    assert graph.decipher_user(graph.encode_user(user)) == user


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
fields = st.sampled_from(
    [*graph.MEDIA_FIELDS.partition(",children")[0].split(","), "children", "user_id", "media_count"]
)


@quickly
@given(st.dictionaries(fields, any_json))
def test_no_value_of_any_field_breaks_the_reading_or_the_saving(node: dict[str, Any]) -> None:
    batch = graph.decipher_batch({"data": [{**node, "id": "1"}], "paging": node.get("children")})
    user = graph.decipher_user({**node, "id": "1"})

    (media,) = batch.items
    assert graph.decipher_batch({"data": [graph.encode_media(media)]}).items == (media,)
    assert graph.decipher_user(graph.encode_user(user)) == user


@pytest.mark.parametrize("count", [10**15, 10**40, -1, 1.5, True, "7", None])
def test_what_no_count_can_be_is_none(count: object) -> None:
    node = {"id": "1", "like_count": count, "comments_count": count}
    (media,) = graph.decipher_batch({"data": [node]}).items
    user = graph.decipher_user({"id": "1", "followers_count": count})

    assert (media.like_count, media.comments_count, user.followers_count) == (None, None, None)
