from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import MediaOverride
from mkdocs_instagram.feed.selection import (
    choose_media,
    contains_word,
    explain_empty,
    is_answered,
    list_lacking,
    list_pinned,
    list_required,
    needs_large_batches,
)
from mkdocs_instagram.instagram.models import Child, Media

PICTURE = "https://scontent.cdninstagram.com/v/1.jpg"
NEWEST = datetime(2026, 7, 22, 12, tzinfo=UTC)
HIDDEN, PINNED = MediaOverride(hide=True), MediaOverride(pin=True)


def make(number: int, **given: object) -> Media:
    """Return an image, each a day older than the one before."""
    media = Media(
        id=str(17900000000000000 + number),
        media_type="IMAGE",
        shortcode=f"C{number:04}abc",
        timestamp=NEWEST - timedelta(days=number),
        media_url=PICTURE,
    )
    return media._replace(**given)  # type: ignore[arg-type]


def code(number: int) -> str:
    return make(number).shortcode


def numbers(items: list[Media]) -> list[int]:
    return [int(media.shortcode[1:5]) for media in items]


FIVE = tuple(make(number) for number in range(5))


@pytest.mark.parametrize(
    ("caption", "word"),
    [
        ("Rye is back #bread", "rye"),
        ("Rye is back #bread", "BREAD"),
        ("Rye is back #bread", "#Bread"),
        ("#bread", "#bread"),
        ("(bread)", "bread"),
        ("bread, butter", "bread"),
        ("rye-bread", "bread"),
        ("fresh bread", "fresh bread"),
        ("Die STRASSE", "straße"),
        ("die Straße", "STRASSE"),
        ("Cafe\u0301 au lait", "café"),
        ("Café au lait", "cafe\u0301"),
        ("#İstanbul sabahı", "#istanbul"),
        ("İSTANBUL", "istanbul"),
        ("IŞIK", "ışık"),
        ("ＲＹＥ ｶﾌｪ", "rye"),
        ("ＲＹＥ ｶﾌｪ", "カフェ"),
        ("Two that touch #rye#oven", "#oven"),
        ("Two that touch #rye#oven", "oven"),
        ("#rye\ufeff\n#bread\u200b", "#rye"),
        ("C#bread «#Bread»", "#bread"),
        ("去#北京，", "#北京"),
        ("by @Mill.er.", "@mill.er"),
        ("order #2045 is ready", "#2045"),
        ("we are #team 1", "#team 1"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("東京タワーへ", "東京"),
        ("東京tower", "東京"),
        ("#東京 散歩", "#東京"),
        ("去北京看看", "北京"),
        ("ร้านกาแฟใหม่", "กาแฟ"),
        ("قهوة الصباح", "قهوة"),
        ("कल सुबह", "कल"),
        ("new 🍞!", "🍞"),
        ("a🍞b", "🍞"),
        ("100% rye", "100%"),
        ("C++ and rust", "C++"),
        ("start art", "art"),
        ("<script>alert(1)</script>", "alert"),
        ("x" * 2200 + " bread", "bread"),
    ],
)
def test_a_caption_contains_a_word(caption: str, word: str) -> None:
    assert contains_word(caption, word)


@pytest.mark.parametrize(
    ("caption", "word"),
    [
        ("start", "art"),
        ("artist", "art"),
        ("art_deco", "art"),
        ("#breadlover", "#bread"),
        ("#bread🍞", "#bread"),
        ("https://bakery.example/#bread", "#bread"),
        ("by @mill.er", "@mill"),
        ("rye@mill.er", "@mill.er"),
        ("order #20456", "#2045"),
        ("#bread_lover", "#bread"),
        ("we#bread", "#bread"),
        ("bread", "#bread"),
        ("#東京タワー", "#東京"),
        ("#กาแฟสด", "#กาแฟ"),
        ("القهوة", "قهوة"),
        ("कला", "कल"),
        ("Straßenbahn", "straße"),
        ("cafe\u0301s", "café"),
        ("bread2", "bread"),
        ("", "bread"),
        ("brea d", "bread"),
    ],
)
def test_a_caption_does_not_contain_part_of_a_word(caption: str, word: str) -> None:
    assert not contains_word(caption, word)


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (FeedOptions(include=("zzz",)), {"include": 0}),
        (FeedOptions(types=("image",), include=("rye",)), {"types": 3, "include": 1}),
        (
            FeedOptions(exclude=("rye",), since=date(2026, 7, 21), until=date(2026, 7, 19)),
            {"exclude": 3, "since": 1, "until": 2},
        ),
        (FeedOptions(), {}),
    ],
)
def test_why_a_feed_is_empty_is_counted_for_each_filter_alone(
    options: FeedOptions, left: dict[str, int]
) -> None:
    items = [
        make(1),
        make(2, caption="rye", media_type="VIDEO"),
        make(3),
        make(4),
        make(5, caption="rye"),
    ]
    hidden = {code(5): HIDDEN}

    reason = explain_empty(items, options, hidden, NEWEST)

    assert (reason.posts, reason.hidden, reason.left) == (4, 1, left)
    assert (reason.options, reason.read_to) == (options, NEWEST)


@pytest.mark.parametrize(
    ("types", "shown"),
    [
        ((), [0, 1, 2, 3]),
        (("image",), [0]),
        (("video",), [1, 2]),
        (("reel",), [2]),
        (("carousel",), [3]),
        (("image", "reel"), [0, 2]),
    ],
)
def test_video_covers_reels_and_reel_only_those(types: tuple[str, ...], shown: list[int]) -> None:
    items = [
        make(0),
        make(1, media_type="VIDEO", media_product_type="FEED", thumbnail_url=PICTURE),
        make(2, media_type="VIDEO", media_product_type="REELS", thumbnail_url=PICTURE),
        make(3, media_type="CAROUSEL_ALBUM"),
    ]

    assert numbers(choose_media(items, FeedOptions(types=types), {})) == shown


def test_a_reel_is_told_by_its_permalink_where_the_product_type_is_absent() -> None:
    reel = make(0, media_type="VIDEO", kind="reel", thumbnail_url=PICTURE)

    assert choose_media([reel], FeedOptions(types=("reel",)), {}) == [reel]


def test_include_wants_one_of_its_words_and_exclude_none() -> None:
    items = [
        make(0, caption="bread #team"),
        make(1, caption="cake #team #ad"),
        make(2, caption="weather"),
        make(3),
    ]
    options = FeedOptions(include=("bread", "cake"), exclude=("#ad",))

    assert numbers(choose_media(items, options, {})) == [0]
    assert numbers(choose_media(items, FeedOptions(exclude=("#team",)), {})) == [2, 3]


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [
        (datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 0, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 3, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 7, 4, 0, 0, 0, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_since_and_until_are_whole_days_in_utc(moment: datetime | None, is_shown: bool) -> None:
    options = FeedOptions(since=date(2026, 7, 1), until=date(2026, 7, 3))

    assert bool(choose_media([make(0, timestamp=moment)], options, {})) is is_shown


@pytest.mark.parametrize("options", [FeedOptions(since=date.min), FeedOptions(until=date.max)])
def test_the_ends_of_the_calendar_leave_everything(options: FeedOptions) -> None:
    assert len(choose_media(FIVE, options, {})) == 5


def test_the_limit_counts_what_is_left_after_the_filters() -> None:
    items = [make(number, caption="bread" if number % 2 else "") for number in range(20)]

    assert numbers(choose_media(items, FeedOptions(include=("bread",), limit=3), {})) == [1, 3, 5]


@pytest.mark.parametrize(
    ("sort", "shown"),
    [
        ("newest", [0, 1, 2, 3]),
        ("oldest", [3, 2, 1, 0]),
        ("likes", [3, 1, 2, 0]),
        ("comments", [2, 0, 1, 3]),
    ],
)
def test_hidden_counts_come_last_and_equal_ones_newest_first(sort: str, shown: list[int]) -> None:
    items = [
        make(2, like_count=0, comments_count=9),
        make(0, like_count=None, comments_count=4),
        make(3, like_count=7, comments_count=None),
        make(1, like_count=5, comments_count=4),
    ]

    assert numbers(choose_media(items, FeedOptions(sort=sort), {})) == shown


def test_a_media_without_a_timestamp_is_the_oldest() -> None:
    items = [make(0, timestamp=None), make(1), make(2)]

    assert numbers(choose_media(items, FeedOptions(), {})) == [1, 2, 0]


def test_random_is_stable_and_a_new_media_moves_no_other() -> None:
    items = [make(number) for number in range(30)]
    options = FeedOptions(sort="random", limit=100)

    order = numbers(choose_media(items, options, {}))

    assert order == numbers(choose_media(reversed(items), options, {}))
    assert order != sorted(order)
    more = numbers(choose_media([make(99), *items], options, {}))
    assert [number for number in more if number != 99] == order
    assert order != numbers(choose_media(items, options._replace(account=("shop",)), {}))


def test_hidden_media_are_not_shown_whoever_asks() -> None:
    overrides = {code(1): HIDDEN, code(2): MediaOverride(hide=True, pin=True)}

    assert numbers(choose_media(FIVE, FeedOptions(), overrides)) == [0, 3, 4]
    assert numbers(choose_media(FIVE, FeedOptions(post=(code(1), code(3))), overrides)) == [3]


@pytest.mark.parametrize("sort", ["newest", "oldest", "likes", "random"])
def test_pinned_media_come_first_in_the_order_of_mkdocs_yml(sort: str) -> None:
    overrides = {code(4): PINNED, code(1): PINNED, code(77): PINNED}

    shown = numbers(choose_media(FIVE, FeedOptions(sort=sort, limit=3), overrides))

    assert shown[:2] == [4, 1]
    assert len(shown) == 3


def test_a_pinned_media_has_to_pass_the_filters() -> None:
    overrides = {code(4): PINNED}

    assert numbers(choose_media(FIVE, FeedOptions(since=date(2026, 7, 21)), overrides)) == [0, 1]


def test_post_shows_exactly_those_in_their_order_whatever_the_filters() -> None:
    options = FeedOptions(post=(code(3), code(77), code(0)), types=("reel",), limit=1)

    assert numbers(choose_media(FIVE, options, {code(0): PINNED})) == [3, 0]


@pytest.mark.parametrize(
    "media",
    [
        make(0, media_url=""),
        make(0, media_type="VIDEO", media_url=PICTURE),
        make(0, media_type="CAROUSEL_ALBUM", media_url="", children=(Child("1", "VIDEO"),)),
    ],
    ids=["image without a file", "video without a poster", "carousel of such a video"],
)
def test_a_media_without_a_picture_is_not_shown(media: Media) -> None:
    assert choose_media([media], FeedOptions(), {}) == []


@pytest.mark.parametrize(
    ("options", "is_enough"),
    [
        (FeedOptions(limit=5), True),
        (FeedOptions(limit=6), False),
        (FeedOptions(limit=1, include=("bread",)), False),
        (FeedOptions(limit=1, sort="oldest"), False),
        (FeedOptions(limit=1, sort="likes"), False),
        (FeedOptions(limit=50, since=date(2026, 7, 20)), True),
        (FeedOptions(limit=50, since=date(2026, 7, 20), sort="likes"), True),
        (FeedOptions(limit=50, since=date(2026, 7, 19)), False),
        (FeedOptions(limit=50, post=(code(77),)), True),
    ],
)
def test_reading_ends_when_older_media_cannot_change_the_feed(
    options: FeedOptions, is_enough: bool
) -> None:
    assert is_answered(FIVE, options, {}) is is_enough


def test_media_without_a_picture_are_told_only_where_they_would_be_shown() -> None:
    items = [make(number) for number in range(1, 10)]
    for number in (2, 3, 6, 9):
        items[number - 1] = make(number, media_url="")

    def lacking(**options: Any) -> list[int]:
        return numbers(list_lacking(items, FeedOptions(**options), {code(3): HIDDEN}))

    assert lacking() == [2, 6, 9]
    assert lacking(limit=1) == []
    assert lacking(limit=2) == [2]
    assert lacking(limit=4) == [2, 6]
    assert lacking(limit=5) == [2, 6]
    assert lacking(limit=6) == [2, 6, 9]
    assert lacking(types=("video",)) == []
    assert lacking(sort="oldest", limit=1) == [9]
    assert lacking(post=(code(9), code(1), code(3)), limit=1) == [9]


def test_nothing_read_answers_nothing() -> None:
    assert not is_answered((), FeedOptions(since=date(2026, 7, 20)), {})


def test_hidden_media_do_not_count_as_enough() -> None:
    assert not is_answered(FIVE, FeedOptions(limit=5), {code(0): HIDDEN})


def test_sought_are_posts_else_pins_and_never_hidden_ones() -> None:
    overrides = {code(4): PINNED, code(1): HIDDEN, code(2): MediaOverride(hide=True, pin=True)}

    assert list_pinned(overrides) == (code(4), code(2))
    assert list_required(FeedOptions(), overrides) == (code(4),)
    assert list_required(FeedOptions(post=(code(1), code(3))), overrides) == (code(3),)
    assert list_required(FeedOptions(), {}) == ()


def test_linked_feeds_have_the_posts_with_a_link_and_seek_them() -> None:
    link = MediaOverride(link="https://example.org/shop")
    overrides = {code(3): link, code(1): link, code(2): PINNED, code(4): link._replace(hide=True)}
    options = FeedOptions(linked=True)

    assert numbers(choose_media(FIVE, options, overrides)) == [1, 3]
    assert list_required(options, overrides) == (code(3), code(1))
    assert list_required(options._replace(post=(code(2),)), overrides) == (code(2),)
    assert is_answered(FIVE, options, overrides)
    reason = explain_empty(list(FIVE), options, {code(2): PINNED}, None)
    assert reason.left == {"linked": 0}


@pytest.mark.parametrize(
    ("options", "is_deep"),
    [
        (FeedOptions(), False),
        (FeedOptions(limit=1000, layout="grid"), False),
        (FeedOptions(types=("image",)), True),
        (FeedOptions(include=("bread",)), True),
        (FeedOptions(exclude=("bread",)), True),
        (FeedOptions(since=date(2026, 7, 1)), True),
        (FeedOptions(until=date(2026, 7, 1)), True),
        (FeedOptions(post=(code(1),)), True),
        (FeedOptions(sort="random"), True),
    ],
)
def test_filters_and_orders_are_worth_large_batches(options: FeedOptions, is_deep: bool) -> None:
    assert needs_large_batches(options) is is_deep
