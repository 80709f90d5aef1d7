"""Which feed is shown, and which calls are made: a scripted account and a stopped clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stored import Store

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import MediaOverride, Overrides
from mkdocs_instagram.errors import (
    InstagramError,
    NotAskedYet,
    OtherUser,
    RateLimited,
    TokenMissing,
    Unreachable,
)
from mkdocs_instagram.feed.listing import decode_listing
from mkdocs_instagram.feed.loader import AccountFeeds
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.instagram.models import JSON, Batch, Child, Media, User

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BAKERY = User(id="26011", user_id="17841", username="harbour.bakery", media_count=100)
URL = "https://scontent.cdninstagram.com/v/1_n.jpg"


def media(number: int, **changes: Any) -> Media:
    """Return the media posted `number` days ago."""
    return Media(
        id=f"179{number:05}",
        media_type="IMAGE",
        shortcode=f"Code{number:05}",
        timestamp=NOW - number * DAY,
        media_url=URL,
        **changes,
    )


@dataclass
class Account:
    """A user whose media come in batches of `size`; `failures` are raised by number of call."""

    items: Sequence[Media]
    user: User = BAKERY
    size: int = 100
    failures: dict[int, InstagramError] = field(default_factory=dict)
    limits: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    batch_limit: int = 100
    asked_after: list[str] = field(default_factory=list)
    next_cursor: Callable[[int], str] = str

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        return self.user, self._batch(limit, 0)

    def next_batch(self, limit: int, after: str) -> Batch:
        return self._batch(limit, int(after))

    def is_gone(self, media_id: str) -> bool:
        self.asked_after.append(media_id)
        return media_id not in {item.id for item in self.items}

    def _batch(self, limit: int, start: int) -> Batch:
        self.limits.append(limit)
        if failure := self.failures.get(len(self.limits)):
            raise failure
        end = start + min(limit, self.size)
        items = tuple(self.items[start:end])
        after = self.next_cursor(end) if end < len(self.items) else None
        return Batch(items, after, len(items))


@dataclass
class Desk:
    """Opens an account's feeds as one build does, with a store that all builds share."""

    account: Account
    store: Store = field(default_factory=Store)
    overrides: Overrides = field(default_factory=dict)
    username: str = ""
    max_age: timedelta = HOUR
    pace: Pace = field(default_factory=lambda: Pace(is_serve=False))
    token_error: InstagramError | None = None

    def open(self, now: datetime = NOW) -> AccountFeeds:
        return AccountFeeds(
            name="main",
            username=self.username,
            max_age=self.max_age,
            overrides=self.overrides,
            open_source=self._source,
            store=self.store,
            pace=self.pace,
            now=now,
        )

    def _source(self) -> Account:
        if self.token_error:
            raise self.token_error
        return self.account

    def codes(self, options: FeedOptions | None = None, now: datetime = NOW) -> list[str]:
        return [item.shortcode for item in self.open(now).load(options or FeedOptions()).items]


def desk(count: int = 30, **changes: Any) -> Desk:
    return Desk(Account([media(number) for number in range(count)]), **changes)


def code_list(numbers: Sequence[int]) -> list[str]:
    return [f"Code{number:05}" for number in numbers]


def test_a_fresh_listing_is_shown_without_a_call() -> None:
    shop = desk()
    first = shop.codes()

    assert shop.codes(now=NOW + HOUR - MINUTE) == first == code_list(range(12))
    assert len(shop.account.limits) == 1


def test_max_age_zero_asks_at_every_build() -> None:
    shop = desk(max_age=timedelta(0))
    shop.codes()
    shop.codes(now=NOW + timedelta(seconds=1))

    assert len(shop.account.limits) == 2


def test_builds_of_one_moment_are_one_run_and_share_what_came_of_a_call() -> None:
    shop = desk(max_age=timedelta(0))

    assert shop.codes() == shop.codes()
    assert len(shop.account.limits) == 1
    shop.account.failures = {2: Unreachable("Down.")}
    later = NOW + HOUR
    for _ in range(2):
        assert isinstance(shop.open(later).load(FeedOptions()).stale_because, Unreachable)
    assert len(shop.account.limits) == 2


def test_tags_of_one_build_share_what_is_read() -> None:
    shop = desk(130)
    feeds = shop.open()

    for limit in (12, 20, 25):
        feeds.load(FeedOptions(limit=limit))
    assert shop.account.limits == [25]

    assert len(feeds.load(FeedOptions(limit=60)).items) == 60
    assert shop.account.limits == [25, 100]


def test_a_deeper_feed_reads_on_though_the_listing_is_fresh() -> None:
    shop = desk(130)
    shop.codes()

    assert shop.codes(FeedOptions(limit=110)) == code_list(range(110))


def test_a_listing_from_the_future_is_not_fresh() -> None:
    shop = desk()
    shop.codes(now=NOW + 365 * DAY)
    shop.codes()

    assert len(shop.account.limits) == 2


def test_a_failed_later_batch_shows_what_was_saved_behind_the_new() -> None:
    shop = desk(130)
    shop.codes(FeedOptions(limit=130))
    shop.account.items = [media(0, caption="new"), *shop.account.items[1:]]
    shop.account.failures = {4: Unreachable("cut")}

    feed = shop.open(NOW + 2 * HOUR).load(FeedOptions(limit=130))

    assert [item.shortcode for item in feed.items] == code_list(range(130))
    assert feed.items[0].caption == "new"
    assert isinstance(feed.stale_because, Unreachable)
    listing = decode_listing(shop.store["listing/main"])
    assert listing
    assert (len(listing.items), listing.depth) == (130, 100)


def test_after_a_good_build_only_what_it_read_stays_saved() -> None:
    shop = desk(130)
    shop.codes(FeedOptions(limit=130))
    feeds = shop.open(NOW + 2 * HOUR)
    feeds.load(FeedOptions())
    assert len(shop.store["listing/main"]["media"]) == 130

    feeds.settle()

    assert len(shop.store["listing/main"]["media"]) == 25


def test_one_failure_in_a_build_is_not_tried_again_by_the_next_tag() -> None:
    shop = desk()
    shop.account.failures = dict.fromkeys(range(1, 9), Unreachable("down"))
    feeds = shop.open()

    for limit in (3, 4):
        with pytest.raises(Unreachable):
            feeds.load(FeedOptions(limit=limit))
    assert len(shop.account.limits) == 1


@pytest.mark.parametrize("error", [TokenMissing("none"), Unreachable("down")])
def test_a_failure_shows_the_saved_feed_and_says_why(error: InstagramError) -> None:
    shop = desk()
    shown = shop.codes()
    shop.token_error = error

    feed = shop.open(NOW + 3 * DAY).load(FeedOptions())

    assert [item.shortcode for item in feed.items] == shown
    assert feed.stale_because is error
    assert feed.fetched_at == NOW


def test_throttling_holds_until_its_end_and_no_longer_than_a_day() -> None:
    shop = desk()
    shop.codes()
    shop.account.failures = {2: RateLimited("slow down", code=4, retry_after=5400)}
    shop.codes(now=NOW + 2 * HOUR)

    held = shop.open(NOW + 3 * HOUR).load(FeedOptions())
    assert isinstance(held.stale_because, RateLimited)
    assert len(shop.account.limits) == 2

    assert "not asked again for about 30 minutes." in held.stale_because.what
    nearly = shop.open(NOW + 3 * HOUR + 30 * MINUTE - timedelta(seconds=20)).load(FeedOptions())
    assert "not asked again for about 20 seconds." in getattr(nearly.stale_because, "what", "")

    shop.codes(now=NOW + 4 * HOUR)
    assert len(shop.account.limits) == 3

    shop.store["throttle/main"] = {"until": (NOW + 365 * DAY).isoformat()}
    shop.codes(now=NOW + 6 * HOUR)
    assert len(shop.account.limits) == 4


@pytest.mark.parametrize("next_cursor", [lambda _: "25", lambda end: str(max(25, end - 25))])
def test_a_cursor_that_repeats_ends_the_account(next_cursor: Callable[[int], str]) -> None:
    shop = desk(200)
    shop.account.size = 25
    shop.account.next_cursor = next_cursor

    assert 25 <= len(shop.codes(FeedOptions(limit=200))) <= 50
    assert len(shop.account.limits) <= 4


def test_batches_that_bring_nothing_new_do_not_go_on_for_ever() -> None:
    shop = desk(30)
    cursors = iter(range(10_000_000, 10_001_000))
    shop.account.next_cursor = lambda _: str(next(cursors))
    shop.account.size = 10
    endless = Account(shop.account.items[:10])
    endless.next_cursor = shop.account.next_cursor

    def repeat(limit: int, after: str) -> Batch:
        endless.limits.append(limit)
        return Batch(tuple(endless.items), str(next(cursors)), 10)

    endless.first_batch = lambda limit: (BAKERY, repeat(limit, ""))  # type: ignore[method-assign]
    endless.next_batch = repeat  # type: ignore[method-assign]
    shop.account = endless

    feed = shop.open().load(FeedOptions(limit=50))

    assert len(feed.items) == 10
    assert isinstance(feed.stale_because, Unreachable)
    assert len(endless.limits) < 10


def test_an_account_ends_for_us_after_10_000_media() -> None:
    shop = desk()
    shop.account.items = [media(number, caption="") for number in range(10_150)]

    feed = shop.open().load(FeedOptions(limit=12, sort="oldest"))

    assert [item.shortcode for item in feed.items] == code_list(range(9_999, 9_987, -1))
    assert len(shop.account.limits) == 100


def test_no_media_where_there_were_some_is_believed_the_third_time() -> None:
    shop = desk()
    shown = shop.codes()
    shop.account.items = []

    for hours in (2, 4):
        feed = shop.open(NOW + hours * HOUR).load(FeedOptions())
        assert [item.shortcode for item in feed.items] == shown
        assert isinstance(feed.stale_because, Unreachable)
    assert shop.codes(now=NOW + 6 * HOUR) == []


def test_no_media_is_believed_at_once_where_the_user_has_none() -> None:
    shop = desk()
    shop.codes()
    shop.account.items, shop.account.user = [], BAKERY._replace(media_count=0)

    assert shop.codes(now=NOW + 2 * HOUR) == []


def test_media_of_which_none_can_be_shown_replace_nothing() -> None:
    shop = desk()
    shown = shop.codes()
    shop.account.items = [media(number)._replace(media_url="") for number in range(900, 910)]

    for hours in (2, 4, 6):
        feed = shop.open(NOW + hours * HOUR).load(FeedOptions())
        assert [item.shortcode for item in feed.items] == shown
        assert isinstance(feed.stale_because, Unreachable)


def test_an_answer_of_what_is_no_media_replaces_nothing() -> None:
    shop = desk()
    shown = shop.codes()

    def first_batch(limit: int) -> tuple[User, Batch]:
        return BAKERY, Batch((), None, received=3)

    shop.account.first_batch = first_batch  # type: ignore[method-assign]

    for hours in (2, 4, 6):
        assert shop.codes(now=NOW + hours * HOUR) == shown


@pytest.mark.parametrize(
    ("username", "user", "is_refused"),
    [
        ("", BAKERY, False),
        ("", BAKERY._replace(id="999", username="new.name"), False),
        ("", BAKERY._replace(user_id="17999", username="other"), True),
        ("harbour.bakery", BAKERY._replace(user_id="17999"), False),
        ("Harbour.Bakery", BAKERY, False),
        ("harbour.bakery", BAKERY._replace(username="renamed"), False),
        ("harbour.bakery", BAKERY._replace(user_id="17999", username="other"), True),
    ],
)
def test_an_answer_of_another_user_is_refused(
    username: str, user: User, *, is_refused: bool
) -> None:
    shop = desk(username=username)
    shop.codes()
    shop.account.user = user._replace(media_count=1)
    shop.account.items = [media(50)]

    feed = shop.open(NOW + 2 * HOUR).load(FeedOptions())

    assert isinstance(feed.stale_because, OtherUser) is is_refused
    assert (feed.items[0].shortcode == "Code00050") is not is_refused


def test_nothing_is_kept_of_another_user_who_has_the_name_now() -> None:
    shop = desk(username="harbour.bakery")
    shop.codes()
    shop.account.user = BAKERY._replace(user_id="17999")
    shop.account.items = [media(0)]

    assert shop.codes(now=NOW + 2 * HOUR) == code_list([0])


def test_a_renamed_user_stays_accepted_under_the_old_name_in_the_config() -> None:
    shop = desk(username="harbour.bakery")
    shop.codes()
    shop.account.user = BAKERY._replace(username="renamed")

    for hours in (2, 4, 6):
        feed = shop.open(NOW + hours * HOUR).load(FeedOptions())
        assert feed.stale_because is None
        assert feed.user.username == "renamed"


@pytest.mark.parametrize("count", [1, 130])
def test_media_none_of_which_can_be_shown_never_replace_a_saved_feed(count: int) -> None:
    shop = desk()
    shown = shop.codes()
    shop.account.items = [media(number)._replace(media_url="") for number in range(count)]

    for hours in (2, 4, 6, 8):
        feed = shop.open(NOW + hours * HOUR).load(FeedOptions())
        assert [item.shortcode for item in feed.items] == shown
        assert isinstance(feed.stale_because, Unreachable)


def test_nothing_saved_and_an_empty_account_is_no_failure() -> None:
    shop = desk(0)

    feed = shop.open().load(FeedOptions())

    assert feed.items == ()
    assert feed.stale_because is None


def test_a_found_pin_is_dropped_once_its_place_in_the_listing_is_empty() -> None:
    shop = desk(40, overrides={"Code00030": MediaOverride(pin=True)})
    assert shop.codes()[0] == "Code00030"

    shop.account.items = [item for item in shop.account.items if item.shortcode != "Code00030"]
    feed = shop.open(NOW + 2 * HOUR)

    assert feed.load(FeedOptions(limit=39)).items[0].shortcode == "Code00000"


def test_a_found_pin_behind_the_listing_is_asked_after_once_a_day_and_dropped_when_gone() -> None:
    shop = desk(230, overrides={"Code00220": MediaOverride(pin=True)})
    assert shop.codes()[0] == "Code00220"
    for hours in (2, 22, 26, 28):
        assert shop.codes(now=NOW + hours * HOUR)[0] == "Code00220"
    assert len(shop.account.asked_after) == 1

    shop.account.items = shop.account.items[:200]
    assert shop.codes(now=NOW + 49 * HOUR)[0] == "Code00220"
    assert shop.codes(now=NOW + 51 * HOUR)[0] == "Code00000"
    assert len(shop.account.asked_after) == 2


def test_a_found_post_is_asked_after_although_another_tag_has_fetched_the_listing() -> None:
    shop = desk(230)
    shown = []
    for hours in (0, 2, 25, 50):
        feeds = shop.open(NOW + hours * HOUR)
        feeds.load(FeedOptions())
        feed = feeds.load(FeedOptions(post=("Code00220",)))
        assert feed.stale_because is None
        shown.append(len(feed.items))
        if hours == 25:
            shop.account.items = shop.account.items[:200]

    assert shown == [1, 1, 1, 0]
    assert shop.account.asked_after == ["17900220", "17900220"]


def test_a_missing_pin_is_looked_for_once_a_day() -> None:
    shop = desk(230, overrides={"NoSuchPin01": MediaOverride(pin=True)})
    calls = []
    for hours in (0, 2, 4, 26):
        feeds = shop.open(NOW + hours * HOUR)
        feeds.load(FeedOptions())
        calls.append((len(shop.account.limits), feeds.missed))
        shop.account.limits.clear()

    assert calls == [(3, {"NoSuchPin01"}), (1, set()), (1, set()), (3, {"NoSuchPin01"})]


def test_a_failed_search_does_not_count_as_not_found() -> None:
    shop = desk(230)
    shop.account.failures = {2: Unreachable("cut")}

    feed = shop.open().load(FeedOptions(post=("NoSuchPost1",)))

    assert feed.unfound == ()
    assert isinstance(feed.stale_because, Unreachable)


def test_a_found_post_is_dropped_30_days_after_the_last_tag_that_names_it() -> None:
    shop = desk(230)

    def build(days: float, *posts: str) -> JSON:
        feeds = shop.open(NOW + days * DAY)
        feeds.load(FeedOptions())
        for post in posts:
            feeds.load(FeedOptions(post=(post,)))
        feeds.settle()
        return shop.store["found/main"]

    build(0, "Code00220", "Code00221", "NoSuchPost1")
    assert len(build(29, "Code00221")["media"]) == 2
    kept = build(31, "Code00221")

    assert [item["shortcode"] for item in kept["media"]] == ["Code00221"]
    assert kept["missing"] == {}


def test_a_build_that_fails_drops_no_found_post() -> None:
    shop = desk(230)
    shop.open().load(FeedOptions(post=("Code00220",)))
    shop.token_error = TokenMissing("gone")

    feeds = shop.open(NOW + 100 * DAY)
    feeds.load(FeedOptions())
    feeds.settle()

    assert len(shop.store["found/main"]["media"]) == 1


def test_a_hidden_pin_is_not_looked_for() -> None:
    shop = desk(230, overrides={"Gone0000001": MediaOverride(pin=True, hide=True)})
    shop.codes()

    assert shop.account.limits == [25]


class TestServe:
    def test_twenty_rebuilds_ask_once(self) -> None:
        shop = desk(pace=Pace(is_serve=True))
        for second in range(20):
            shop.codes(now=NOW + timedelta(seconds=second))

        assert len(shop.account.limits) == 1

    def test_max_age_zero_asks_at_most_once_a_minute(self) -> None:
        shop = desk(pace=Pace(is_serve=True), max_age=timedelta(0))
        for second in range(0, 180, 10):
            shop.codes(now=NOW + timedelta(seconds=second))

        assert len(shop.account.limits) == 3

    def test_with_a_saved_feed_a_failure_is_not_tried_again_before_max_age(self) -> None:
        shop = desk(pace=Pace(is_serve=True))
        shop.codes()
        shop.account.failures = dict.fromkeys(range(2, 99), Unreachable("down"))
        for minute in range(61, 180, 5):
            assert shop.codes(now=NOW + minute * MINUTE) == code_list(range(12))

        assert len(shop.account.limits) == 3

    def test_with_nothing_saved_a_failure_is_tried_again_after_a_minute(self) -> None:
        shop = desk(pace=Pace(is_serve=True))
        shop.account.failures = {1: Unreachable("down")}
        for second in (0, 30):
            with pytest.raises(Unreachable, match="down"):
                shop.codes(now=NOW + timedelta(seconds=second))

        assert len(shop.codes(now=NOW + timedelta(seconds=61))) == 12
        assert len(shop.account.limits) == 2

    def test_a_raised_limit_is_met_after_a_minute(self) -> None:
        shop = desk(130, pace=Pace(is_serve=True))
        shop.codes()
        deeper = FeedOptions(limit=60)

        early = shop.open(NOW + timedelta(seconds=10)).load(deeper)
        assert isinstance(early.stale_because, NotAskedYet)
        assert len(early.items) == 25
        assert len(shop.codes(deeper, NOW + 2 * MINUTE)) == 60


ENTRY_FAULTS: dict[str, Callable[[JSON], object]] = {
    "no media": lambda entry: entry.pop("media"),
    "media null": lambda entry: entry.update(media=None),
    "user null": lambda entry: entry.update(user=None),
    "no time": lambda entry: entry.update(fetched_at="yesterday"),
    "depth text": lambda entry: entry.update(depth="deep"),
    "count list": lambda entry: entry.update(half_answers=[]),
    "count endless": lambda entry: entry.update(half_answers=float("inf")),
    "limit text": lambda entry: entry.update(batch_limit="all"),
    "no count": lambda entry: entry.pop("half_answers"),
}


@pytest.mark.parametrize("fault", ENTRY_FAULTS.values(), ids=list(ENTRY_FAULTS))
def test_a_saved_entry_of_another_shape_is_no_entry(fault: Callable[[JSON], object]) -> None:
    shop = desk()
    shop.codes()
    fault(shop.store["listing/main"])

    assert len(shop.codes()) == 12
    assert len(shop.account.limits) == 2


class TestLostAddresses:
    """Instagram leaves out `media_url` now and then, or for good."""

    @pytest.mark.parametrize("count", [1, 3, 11])
    def test_a_media_without_its_picture_keeps_the_saved_address(self, count: int) -> None:
        shop = desk()
        shown = shop.codes()
        for number in range(count):
            shop.account.items = [
                item._replace(media_url="") if index == number else item
                for index, item in enumerate(shop.account.items)
            ]

        for hours in (2, 4, 6):
            feed = shop.open(NOW + hours * HOUR).load(FeedOptions())
            assert [item.shortcode for item in feed.items] == shown
            assert feed.stale_because is None
            assert all(item.picture for item in feed.items)

    def test_a_later_batch_recalls_them_too(self) -> None:
        shop = desk(40)
        shop.account.size = 5
        shown = shop.codes(FeedOptions(limit=20))
        shop.account.items = [
            item._replace(media_url="") if index == 17 else item
            for index, item in enumerate(shop.account.items)
        ]

        assert shop.codes(FeedOptions(limit=20), NOW + 2 * HOUR) == shown

    def test_a_carousel_keeps_its_children_and_their_pictures(self) -> None:
        children = (Child("1", "IMAGE", URL), Child("2", "VIDEO", "", URL))
        carousel = media(0)._replace(media_type="CAROUSEL_ALBUM", children=children)
        shop = desk()
        shop.account.items = [carousel, *shop.account.items[1:]]
        shop.codes()
        spoilt = {
            "a child's": carousel._replace(children=(Child("1", "IMAGE"), children[1])),
            "all": carousel._replace(media_url="", children=(Child("1", "IMAGE"), children[1])),
            "children": carousel._replace(children=()),
            "type": carousel._replace(media_type="", children=()),
        }

        for hours, item in enumerate(spoilt.values(), start=2):
            shop.account.items = [item, *shop.account.items[1:]]
            (first, *_) = shop.open(NOW + 2 * hours * HOUR).load(FeedOptions()).items
            assert first.picture == carousel.picture
            assert len(first.children) == 2

    def test_a_child_that_was_taken_out_stays_out(self) -> None:
        children = (Child("1", "IMAGE", URL), Child("2", "IMAGE", URL))
        carousel = media(0)._replace(media_type="CAROUSEL_ALBUM", children=children)
        shop = desk()
        shop.account.items = [carousel]
        shop.codes()
        shop.account.items = [carousel._replace(children=children[1:])]

        (first,) = shop.open(NOW + 2 * HOUR).load(FeedOptions()).items

        assert [child.id for child in first.children] == ["2"]


def test_empty_batches_and_then_a_failure_leave_the_saved_feed_and_its_age() -> None:
    shop = desk()
    shown = shop.codes()
    shop.account.items = []
    saved = dict(shop.store)

    def first_batch(limit: int) -> tuple[User, Batch]:
        return BAKERY, Batch((), "more", 0)

    def next_batch(limit: int, after: str) -> Batch:
        raise Unreachable("Cut off.")

    shop.account.first_batch = first_batch  # type: ignore[method-assign]
    shop.account.next_batch = next_batch  # type: ignore[method-assign]

    feed = shop.open(NOW + 2 * HOUR).load(FeedOptions())

    assert [item.shortcode for item in feed.items] == shown
    assert isinstance(feed.stale_because, Unreachable)
    assert feed.fetched_at == NOW
    assert not feed.is_fetched
    assert shop.store["listing/main"] == saved["listing/main"]
