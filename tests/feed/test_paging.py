"""Half an answer: batches that are empty, repeat or end too early take nothing away at once."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from test_loader import BAKERY, DAY, HOUR, NOW, Account, Desk, code_list, media

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import MediaOverride
from mkdocs_instagram.errors import Unreachable
from mkdocs_instagram.feed.listing import decode_listing
from mkdocs_instagram.feed.models import Feed, Listing
from mkdocs_instagram.instagram.models import Batch, Media, User

ALL = FeedOptions(limit=100)
OTHER_CURSOR = 100_000


@dataclass
class Bakery(Account):
    """Sixty posts, the newest of which is number 1, in batches of 25; later ones can be spoilt.

    Attributes:
        spoil: Gets a batch and where it starts, and returns what Instagram sends instead.
        hidden: So many posts are counted, but never listed.
        has_count: The user comes with `media_count`.
    """

    size: int = 25
    spoil: Callable[[Batch, int], Batch] = lambda batch, _: batch
    hidden: int = 0
    has_count: bool = True

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        number = len(self.items) + self.hidden if self.has_count else None
        return BAKERY._replace(media_count=number), self.next_batch(limit, "0")

    def next_batch(self, limit: int, after: str) -> Batch:
        start = int(after) % OTHER_CURSOR
        return self.spoil(self._batch(limit, start), start)

    def remove(self, *numbers: int) -> None:
        gone = code_list(numbers)
        self.items = [item for item in self.items if item.shortcode not in gone]


def posts(numbers: range) -> tuple[Media, ...]:
    return tuple(media(number) for number in numbers)


@pytest.fixture
def account() -> Bakery:
    return Bakery(posts(range(1, 61)))


@pytest.fixture
def desk(account: Bakery) -> Desk:
    return Desk(account)


def load(desk: Desk, hours: float, options: FeedOptions = ALL) -> Feed:
    """Return what a build shows that many hours later."""
    feeds = desk.open(NOW + hours * HOUR)
    feed = feeds.load(options)
    feeds.settle()
    return feed


def codes(feed: Feed) -> list[str]:
    return [item.shortcode for item in feed.items]


def saved(desk: Desk) -> Listing:
    listing = decode_listing(desk.store["listing/main"])
    assert listing
    return listing


def end(batch: Batch) -> Batch:
    return batch._replace(after=None)


FIRST = posts(range(25))
SECOND = posts(range(25, 50))
SPOILT: dict[str, Callable[[Batch, int], Batch]] = {
    "empty": lambda batch, start: Batch((), None, 0) if start else batch,
    "the third one empty": lambda batch, start: Batch((), None, 0) if start > 25 else batch,
    "unreadable": lambda batch, start: Batch((), None, 25) if start else batch,
    "the same cursor again": lambda batch, _: batch._replace(after="25"),
    "empty, with the cursor that was sent": lambda batch, start: (
        Batch((), "25", 0) if start else batch
    ),
    "the first one again": lambda batch, start: Batch(FIRST, "25", 25) if start else batch,
    "the first one again, as the last": lambda batch, start: (
        Batch(FIRST, None, 25) if start else batch
    ),
    "the first one again, in place of the second": lambda batch, start: (
        Batch(FIRST, "50", 25) if start == 25 else batch
    ),
    "the second one again, with another cursor": lambda batch, start: (
        Batch(SECOND, f"{OTHER_CURSOR + 50}", 25) if start == 50 else batch
    ),
    "announced without a cursor": lambda batch, _: batch._replace(after=None, lacks_cursor=True),
    "too short": lambda batch, start: end(batch._replace(items=batch.items[: 1 + start])),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=list(SPOILT))
def test_half_an_answer_takes_nothing_away_before_the_third_build(
    desk: Desk, account: Bakery, spoil: Callable[[Batch, int], Batch]
) -> None:
    load(desk, 0)
    account.items = posts(range(61))
    account.spoil = spoil

    for build in (1, 2):
        feed = load(desk, 2 * build)
        assert codes(feed) == code_list(range(61))
        assert isinstance(feed.stale_because, Unreachable)
        assert "that it sent before" in feed.stale_because.what
        assert "The third such answer is believed" in feed.stale_because.cure
        assert feed.fetched_at == NOW + 2 * build * HOUR
        assert len(saved(desk).items) == 61
    third = load(desk, 6)

    assert third.stale_because is None
    assert 0 < len(third.items) < 61
    assert codes(third)[0] == "Code00000"
    assert saved(desk).is_complete
    assert saved(desk).half_answers == 0


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=list(SPOILT))
def test_a_good_answer_between_starts_the_count_again(
    desk: Desk, account: Bakery, spoil: Callable[[Batch, int], Batch]
) -> None:
    account.items = posts(range(61))
    whole = account.spoil
    for hours, each in enumerate((whole, spoil, spoil, whole, spoil, spoil)):
        account.spoil = each
        assert codes(load(desk, 2 * hours)) == code_list(range(61))
        assert len(saved(desk).items) == 61


@pytest.mark.parametrize("name", [name for name in SPOILT if name != "too short"])
def test_without_a_count_batches_and_cursors_tell(desk: Desk, account: Bakery, name: str) -> None:
    account.items = posts(range(61))
    account.has_count = False
    load(desk, 0)
    account.spoil = SPOILT[name]

    assert len(load(desk, 2).items) == len(load(desk, 4).items) == 61
    assert len(load(desk, 6).items) < 61


def test_as_many_posts_as_are_counted_are_all(desk: Desk, account: Bakery) -> None:
    load(desk, 0)
    account.remove(7, 60)
    account.spoil = lambda batch, start: batch._replace(after="25" if start else batch.after)

    feed = load(desk, 2)
    account.spoil = lambda batch, start: batch._replace(after="50" if start else batch.after)
    whole = load(desk, 4)

    assert len(feed.items) == 60
    assert feed.stale_because
    assert len(whole.items) == 58
    assert whole.stale_because is None


def test_without_a_count_a_short_answer_is_believed_but_an_empty_batch_is_not(
    desk: Desk, account: Bakery
) -> None:
    account.has_count = False
    load(desk, 0)
    account.spoil = SPOILT["empty"]
    assert len(load(desk, 2).items) == 60

    account.spoil = SPOILT["too short"]
    assert len(load(desk, 4).items) == 1


@pytest.mark.parametrize("numbers", [(7,), (1,), (60,), (58, 59, 60), range(5, 40), range(20, 61)])
def test_deleted_posts_go_at_once(desk: Desk, account: Bakery, numbers: tuple[int, ...]) -> None:
    load(desk, 0)
    account.remove(*numbers)

    feed = load(desk, 2)

    assert len(feed.items) == 60 - len(numbers)
    assert feed.stale_because is None


@pytest.mark.parametrize("hidden", [1, 30])
def test_counted_posts_that_are_never_listed_change_nothing(
    desk: Desk, account: Bakery, hidden: int
) -> None:
    account.hidden = hidden
    for hours in (0, 2, 4):
        assert load(desk, hours).stale_because is None
    account.remove(7)
    account.items = (media(0), *account.items)

    feed = load(desk, 6)

    assert feed.stale_because is None
    assert codes(feed) == code_list([*range(7), *range(8, 61)])


def test_an_account_that_always_ends_with_an_empty_batch_loses_a_post_at_once(
    desk: Desk, account: Bakery
) -> None:
    account.hidden = 5
    account.items = account.items[:51]
    account.spoil = lambda batch, start: (
        batch._replace(after=str(start + 25)) if batch.items else batch
    )
    load(desk, 0)
    account.remove(7)

    feed = load(desk, 2)

    assert len(feed.items) == 50
    assert feed.stale_because is None


@pytest.mark.parametrize(
    ("listed", "is_believed"),
    [(1, False), (53, False), (54, False), (55, True), (57, True)],
)
def test_a_tenth_and_more_than_three_are_too_many_to_be_missing(
    desk: Desk, account: Bakery, listed: int, *, is_believed: bool
) -> None:
    account.size = 100
    load(desk, 0)
    account.spoil = lambda batch, _: batch._replace(items=batch.items[:listed])

    feed = load(desk, 2)

    assert (feed.stale_because is None) is is_believed
    assert len(feed.items) == (listed if is_believed else 60)


@pytest.mark.parametrize(("lost", "is_believed"), [(3, True), (4, False)])
def test_three_missing_posts_of_a_small_account_are_believed(
    desk: Desk, account: Bakery, lost: int, *, is_believed: bool
) -> None:
    account.items = account.items[:6]
    load(desk, 0)
    account.spoil = lambda batch, _: batch._replace(items=batch.items[lost:])

    feed = load(desk, 2)

    assert (feed.stale_because is None) is is_believed
    assert codes(feed) == code_list(range(1 + lost, 7) if is_believed else range(1, 7))


def test_batches_that_overlap_are_no_repetition(desk: Desk, account: Bakery) -> None:
    account.has_count = False
    load(desk, 0)
    account.spoil = lambda batch, start: (
        batch._replace(items=(media(start), *batch.items)) if start else batch
    )

    feed = load(desk, 2)

    assert feed.stale_because is None
    assert codes(feed) == code_list(range(1, 61))


def test_an_empty_batch_in_the_middle_is_no_end(desk: Desk, account: Bakery) -> None:
    account.has_count = False
    load(desk, 0)
    account.spoil = lambda batch, start: (
        Batch((), f"{OTHER_CURSOR + 25}", 0) if start == 25 and len(account.limits) < 6 else batch
    )

    feed = load(desk, 2)

    assert feed.stale_because is None
    assert len(feed.items) == 60


def test_empty_batches_to_the_end_are_no_posts(desk: Desk, account: Bakery) -> None:
    load(desk, 0)
    account.spoil = lambda _, start: Batch((), "25" if start < 25 else None, 0)

    for hours in (2, 4):
        feed = load(desk, hours)
        assert len(feed.items) == 60
        assert feed.stale_because
        assert "no posts, although it sent 60 before" in feed.stale_because.what
        assert feed.fetched_at == NOW
    assert load(desk, 6).items == ()


def test_the_account_of_ten_thousand_posts_has_no_half_answer() -> None:
    account = Bakery(posts(range(10, 10_010)), size=100, hidden=5_000)
    desk = Desk(account)
    oldest = FeedOptions(sort="oldest", limit=1)
    load(desk, 0, oldest)
    account.items = posts(range(10_010))

    assert load(desk, 2, oldest).stale_because is None


def test_every_tag_of_the_build_and_of_the_next_shows_what_is_kept(
    desk: Desk, account: Bakery
) -> None:
    account.items = account.items[:20]
    load(desk, 0)
    account.spoil = lambda batch, _: batch._replace(items=batch.items[4:6])
    feeds = desk.open(NOW + 2 * HOUR)
    limits = (2, 1, 20)

    shown = [codes(feeds.load(FeedOptions(limit=limit))) for limit in limits]
    feeds.settle()
    again = [codes(load(desk, 2.5, FeedOptions(limit=limit))) for limit in limits]

    assert shown == again == [code_list(range(1, 1 + limit)) for limit in limits]
    assert len(account.limits) == 2


def test_a_build_counts_once_however_often_it_asks(desk: Desk, account: Bakery) -> None:
    load(desk, 0)
    account.spoil = SPOILT["empty"]
    feeds = desk.open(NOW + 2 * HOUR)
    for limit in (3, 60, 61):
        feeds.load(FeedOptions(limit=limit))
        feeds.refetch(FeedOptions(limit=limit))
    feeds.settle()

    assert saved(desk).half_answers == 1


def test_in_a_second_fetch_of_a_build_the_first_one_is_what_is_saved(
    desk: Desk, account: Bakery
) -> None:
    feeds = desk.open()
    feeds.load(ALL)
    account.spoil = SPOILT["empty"]

    feeds.refetch(ALL)

    assert codes(feeds.load(ALL)) == code_list(range(1, 61))


def test_a_found_post_stays_though_half_an_answer_lacks_it(account: Bakery) -> None:
    desk = Desk(account, overrides={"Code00055": MediaOverride(pin=True)})
    for hours in (0, 2):
        assert codes(load(desk, hours, FeedOptions()))[0] == "Code00055"
    account.spoil = SPOILT["empty"]

    feed = load(desk, 4, FeedOptions(limit=24))
    deep = load(desk, 6, FeedOptions(limit=26))

    assert codes(feed)[0] == codes(deep)[0] == "Code00055"


def test_the_oldest_post_of_an_account_with_hidden_ones_is_asked_after_and_gone_at_once(
    account: Bakery,
) -> None:
    account.hidden = 30
    desk = Desk(account, overrides={"Code00060": MediaOverride(pin=True)})
    load(desk, 0)
    assert codes(load(desk, 2))[0] == "Code00060"
    assert account.asked_after == []
    account.remove(60)

    assert codes(load(desk, 4)) == code_list(range(1, 60))
    assert account.asked_after == [media(60).id]


def test_what_earlier_versions_saved_is_counted_on(desk: Desk, account: Bakery) -> None:
    load(desk, 0)
    entry = desk.store["listing/main"]
    del entry["half_answers"], entry["batch_limit"]
    entry["empty_answers"] = 2
    account.spoil = SPOILT["empty"]

    assert len(load(desk, 2).items) == 25


class TestBatchLimit:
    def test_what_instagram_was_willing_to_send_is_where_the_next_build_begins(
        self, desk: Desk, account: Bakery
    ) -> None:
        account.batch_limit = 50
        load(desk, 0)
        assert saved(desk).batch_limit == 50
        account.batch_limit = 100

        load(desk, 2)

        assert account.batch_limit == saved(desk).batch_limit == 50

    def test_a_later_batch_that_needed_less_is_remembered(
        self, desk: Desk, account: Bakery
    ) -> None:
        def shrink(batch: Batch, start: int) -> Batch:
            account.batch_limit = 10 if start else account.batch_limit
            return batch

        account.spoil = shrink
        load(desk, 0)

        assert saved(desk).batch_limit == 10

    def test_of_another_user_nothing_is_remembered(self, desk: Desk, account: Bakery) -> None:
        account.batch_limit = 50
        load(desk, 0)
        other = Desk(Bakery(account.items), store=desk.store, username="quillmoor")
        other.open(NOW + DAY)

        with pytest.raises(Exception, match="belongs to"):
            load(other, 24)
        assert other.account.batch_limit == 100
