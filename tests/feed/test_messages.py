import errno
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_instagram.cache.problems import describe_broken_cache, describe_problem
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import (
    GraphError,
    InstagramError,
    NotAskedYet,
    OtherUser,
    PermissionDenied,
    RateLimited,
    TokenMalformed,
    TokenMissing,
    TokenRefused,
    Unreachable,
)
from mkdocs_instagram.feed.messages import (
    describe_feed,
    describe_totals,
    describe_unfound,
    find_cure,
)
from mkdocs_instagram.feed.models import EmptyReason, Feed, LoadedFeed, MissingCount, Totals
from mkdocs_instagram.instagram.models import Media, User
from mkdocs_instagram.text import Message
from mkdocs_instagram.tokens.expiry import Expiry, warn_of_expiry

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
MAIN = Account("main", "SHOP_TOKEN")
BAKERY = User("1", username="harbour.bakery")
DOWN = Unreachable("Instagram gave no usable answer (HTTP 502).")
REFUSED = TokenRefused("Instagram refused the token: it has expired.")


def make_feed(age: timedelta = timedelta(0), **given: object) -> Feed:
    return Feed(BAKERY, (), NOW - age, **given)  # type: ignore[arg-type]


def tell_at(shown: LoadedFeed, on_error: str = "warn") -> list[Message]:
    return describe_feed(shown, max_stale=WEEK, on_error=on_error, now=NOW)


def test_a_fresh_feed_is_not_worth_a_word() -> None:
    assert tell_at(LoadedFeed(MAIN, make_feed())) == []


def test_a_fetched_feed_is_told_with_its_user() -> None:
    fetched = make_feed(is_fetched=True)

    assert tell_at(LoadedFeed(MAIN, fetched)) == [
        Message(logging.INFO, "fetched the feed of harbour.bakery.")
    ]


def test_the_account_stands_for_a_user_without_a_name() -> None:
    fetched = Feed(User("1"), (), NOW, is_fetched=True)

    assert tell_at(LoadedFeed(MAIN, fetched))[0].text == "fetched the feed of main."


@pytest.mark.parametrize(
    ("age", "says", "level"),
    [
        (timedelta(minutes=-3), "less than a minute ago", logging.INFO),
        (timedelta(seconds=59), "less than a minute ago", logging.INFO),
        (timedelta(minutes=1), "1 minute ago", logging.INFO),
        (timedelta(minutes=59), "59 minutes ago", logging.INFO),
        (timedelta(hours=1), "1 hour ago", logging.INFO),
        (timedelta(hours=47), "47 hours ago", logging.INFO),
        (timedelta(hours=48), "2 days ago", logging.INFO),
        (timedelta(days=7), "7 days ago", logging.INFO),
        (timedelta(days=7, seconds=1), "7 days ago", logging.WARNING),
        (timedelta(days=400), "400 days ago", logging.WARNING),
    ],
)
def test_a_saved_feed_tells_its_age_and_warns_past_max_stale(
    age: timedelta, says: str, level: int
) -> None:
    (message,) = tell_at(LoadedFeed(MAIN, make_feed(age, stale_because=DOWN)))

    assert message == Message(
        level,
        f"Instagram gave no usable answer (HTTP 502). Showing the feed saved {says}. "
        "Nothing to do: the next build asks again.",
    )


@pytest.mark.parametrize(
    "error",
    [REFUSED, TokenMalformed("x."), OtherUser("x."), PermissionDenied("x.", "Do.")],
    ids=lambda error: type(error).__name__,
)
def test_what_a_person_must_mend_is_a_warning_at_any_age(error: InstagramError) -> None:
    (message,) = tell_at(LoadedFeed(MAIN, make_feed(stale_because=error)))

    assert message.level == logging.WARNING


@pytest.mark.parametrize(
    "error",
    [TokenMissing("x."), RateLimited("x.", code=4, retry_after=60.0), GraphError("x."), DOWN],
    ids=lambda error: type(error).__name__,
)
def test_what_passes_by_itself_is_no_warning_while_the_feed_is_young(
    error: InstagramError,
) -> None:
    (message,) = tell_at(LoadedFeed(MAIN, make_feed(WEEK, stale_because=error)))

    assert message.level == logging.INFO


def test_a_rebuild_of_serve_that_waits_says_nothing() -> None:
    assert tell_at(LoadedFeed(MAIN, make_feed(stale_because=NotAskedYet("x.")))) == []


def test_a_failure_half_way_shows_what_was_fetched_before_it() -> None:
    fetched, failed = tell_at(LoadedFeed(MAIN, make_feed(is_fetched=True, stale_because=DOWN)))

    assert fetched.text == "fetched the feed of harbour.bakery."
    says = "Showing what was fetched before this failure, and what was saved earlier."
    assert says in failed.text


@pytest.mark.parametrize(
    ("on_error", "level"),
    [("warn", logging.WARNING), ("ignore", logging.INFO), ("fail", logging.WARNING)],
)
def test_nothing_to_show_is_told_as_on_error_says(on_error: str, level: int) -> None:
    (message,) = tell_at(LoadedFeed(MAIN, None, REFUSED), on_error)

    assert message == Message(
        level,
        "Instagram refused the token: it has expired. Nothing is saved, so the feed is empty. "
        "Put a new token into $SHOP_TOKEN.",
    )


def test_media_left_out_are_counted() -> None:
    new = (Media("1", "HOLOGRAM"), Media("2", ""))
    shown = LoadedFeed(MAIN, make_feed(lacking=new), missing_media=MissingCount(3, 4))

    lost, waiting, unknown = tell_at(shown)

    assert lost.level == logging.WARNING
    assert lost.text.startswith(
        "the pictures of 3 posts could not be downloaded. The feed is shown without such posts."
    )
    assert waiting == Message(
        logging.INFO,
        "the time for downloads was over before the pictures of 4 posts were there. The next build "
        "downloads them.",
    )
    assert unknown == Message(
        logging.INFO, "left out 2 posts of an unknown type without a picture."
    )


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "1 post (C0001abcDEF). The feed"),
        (5, "5 posts (C0001abcDEF, C0002abcDEF, C0003abcDEF, C0004abcDEF, 5). The feed"),
        (7, "7 posts (C0001abcDEF, C0002abcDEF, C0003abcDEF, C0004abcDEF, 5, …). The feed"),
    ],
)
def test_posts_that_came_without_a_picture_are_counted_and_named(count: int, says: str) -> None:
    lacking = tuple(
        Media(str(number), "VIDEO", shortcode=f"C000{number}abcDEF" if number < 5 else "")
        for number in range(1, count + 1)
    )

    (message,) = tell_at(LoadedFeed(MAIN, make_feed(lacking=lacking)))

    assert message.level == logging.WARNING
    assert message.text.startswith(f"Instagram sent no picture of {says} is shown without such")
    assert message.text.endswith("hide them in `media`.")


def test_what_the_viewer_lacks_is_counted() -> None:
    missing = LoadedFeed(
        MAIN, make_feed(), missing_children=MissingCount(2, 3), missing_videos=MissingCount(lost=4)
    )

    pictures, waiting, videos = tell_at(missing)

    assert [pictures.level, waiting.level, videos.level] == [
        logging.WARNING,
        logging.INFO,
        logging.WARNING,
    ]
    assert pictures.text == (
        "2 pictures in carousels could not be downloaded. The viewer is shown without such "
        "pictures. The next builds try again, once an hour."
    )
    assert waiting.text == "no time was left for 3 pictures in carousels. The next build goes on."
    assert videos.text == (
        "4 videos could not be downloaded. The viewer shows a poster and a link instead. The next "
        "builds try again, once an hour."
    )


def test_posts_that_the_account_does_not_have_are_named() -> None:
    (message,) = tell_at(LoadedFeed(MAIN, make_feed(unfound=("C0001abcDEF", "C0002abcDEF"))))

    assert message == Message(
        logging.WARNING,
        "the account has no post C0001abcDEF, C0002abcDEF. The feed is shown without such posts. "
        "Check the shortcode in `post`. A build searches again after a day.",
    )


@pytest.mark.parametrize("is_token_stored", [False, True])
@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OtherUser("x.", "Set `username: y`."), "Set `username: y`."),
        (TokenRefused("x.", "Use another."), "Use another."),
        (PermissionDenied("x.", "Accept the invite."), "Accept the invite."),
        (DOWN, "Nothing to do: the next build asks again."),
        (GraphError("x."), ""),
    ],
)
def test_a_cure_that_is_known_is_that_of_the_error(
    error: InstagramError, says: str, is_token_stored: bool
) -> None:
    assert find_cure(error, MAIN, is_token_stored=is_token_stored) == says


@pytest.mark.parametrize(
    "error", [TokenMalformed("x."), TokenRefused("x."), OtherUser("x.")], ids=type
)
def test_the_cure_of_a_token_names_where_it_comes_from(error: InstagramError) -> None:
    shop = Account("shop", "SHOP_TOKEN")

    assert find_cure(error, MAIN, is_token_stored=False) == "Put a new token into $SHOP_TOKEN."
    assert find_cure(error, MAIN, is_token_stored=True) == (
        "Run `mkdocs-instagram login` to store a new token."
    )
    assert find_cure(error, shop, is_token_stored=True) == (
        "Run `mkdocs-instagram login --account shop` to store a new token."
    )


def test_the_cure_of_no_token_names_every_way_to_one() -> None:
    for account, login in (
        (MAIN, "mkdocs-instagram login"),
        (Account("shop", "SHOP_TOKEN"), "mkdocs-instagram login --account shop"),
    ):
        assert find_cure(TokenMissing("x."), account, is_token_stored=False) == (
            f"Put a token into $SHOP_TOKEN (in CI: a secret), run `{login}` on your own computer, "
            f"or write `accounts: {{{account.name}: {{demo: true}}}}` in mkdocs.yml to see the "
            "demo."
        )


@pytest.mark.parametrize("is_token_stored", [False, True])
def test_a_feeds_message_names_where_its_token_comes_from(is_token_stored: bool) -> None:
    says = "Run `mkdocs-instagram login`" if is_token_stored else "into $SHOP_TOKEN."
    for shown in (
        LoadedFeed(MAIN, None, REFUSED, is_token_stored=is_token_stored),
        LoadedFeed(MAIN, make_feed(stale_because=REFUSED), is_token_stored=is_token_stored),
    ):
        (message,) = tell_at(shown)
        assert says in message.text


class TestExpiry:
    """From ten days before the end, the day and the command are named."""

    def tell(self, left: timedelta, account: Account = MAIN, **given: bool) -> list[Message]:
        return warn_of_expiry(Expiry(NOW + left, **{"is_guess": False, **given}), account, NOW)

    def test_an_unknown_end_is_not_worth_a_word(self) -> None:
        assert warn_of_expiry(None, MAIN, NOW) == []

    @pytest.mark.parametrize("is_guess", [True, False])
    @pytest.mark.parametrize("is_stored", [True, False])
    @pytest.mark.parametrize(
        ("left", "is_told"),
        [
            (timedelta(days=60), False),
            (timedelta(days=10, seconds=1), False),
            (timedelta(days=10), True),
            (timedelta(0), True),
        ],
    )
    def test_it_is_told_from_ten_days_on(
        self, left: timedelta, is_told: bool, is_stored: bool, is_guess: bool
    ) -> None:
        assert bool(self.tell(left, is_stored=is_stored, is_guess=is_guess)) is is_told

    @pytest.mark.parametrize(
        ("left", "says"),
        [
            (timedelta(days=10), "ends on 2026-08-02, in 10 days."),
            (timedelta(days=2, hours=23), "ends on 2026-07-26, in 2 days."),
            (timedelta(days=1), "ends on 2026-07-24, in 1 day."),
            (timedelta(hours=3), "ends on 2026-07-23, in less than a day."),
        ],
    )
    def test_the_day_and_the_command_are_named_by_the_source(
        self, left: timedelta, says: str
    ) -> None:
        assert self.tell(left) == [
            Message(
                logging.WARNING,
                f"the token in $SHOP_TOKEN {says} The feed is still shown. Run "
                "`mkdocs-instagram refresh --output FILE` and put what it writes into $SHOP_TOKEN.",
            )
        ]
        assert self.tell(left, Account("shop"), is_stored=True) == [
            Message(
                logging.WARNING,
                f"the token stored for shop {says} The feed is still shown. Run "
                "`mkdocs-instagram refresh --account shop`.",
            )
        ]

    @pytest.mark.parametrize("left", [timedelta(seconds=-1), timedelta(days=-30)])
    def test_an_ended_token_is_not_to_be_refreshed_but_replaced(self, left: timedelta) -> None:
        day = f"{NOW + left:%Y-%m-%d}"
        assert self.tell(left) == [
            Message(
                logging.WARNING,
                f"the token in $SHOP_TOKEN ended on {day}. Put a new token into $SHOP_TOKEN.",
            )
        ]
        assert self.tell(left, Account("shop"), is_stored=True) == [
            Message(
                logging.WARNING,
                f"the token stored for shop ended on {day}. Run "
                "`mkdocs-instagram login --account shop` to store a new token.",
            )
        ]

    def test_a_guess_is_told_as_one_and_is_no_warning_for_a_variable(self) -> None:
        assert self.tell(timedelta(days=3), is_guess=True) == [
            Message(
                logging.INFO,
                "the token in $SHOP_TOKEN may end about 2026-07-26, in 3 days: 60 days after it "
                "was first seen here. Run `mkdocs-instagram refresh --output FILE` and put what it "
                "writes into $SHOP_TOKEN. This also gives the true day.",
            )
        ]
        assert self.tell(timedelta(seconds=-1), is_guess=True) == []

    def test_a_stored_guess_that_is_over_is_no_end(self) -> None:
        (message,) = self.tell(timedelta(days=-1), is_guess=True, is_stored=True)

        assert "may have ended about 2026-07-22" in message.text
        assert "Run `mkdocs-instagram refresh`." in message.text


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (MissingCount(lost=1), "the profile picture could not be downloaded."),
        (MissingCount(unsaved=1), "the profile picture could not be downloaded."),
        (MissingCount(waiting=1), "no time was left for the profile picture. The next build"),
        (MissingCount(), None),
    ],
)
def test_an_avatar_that_waits_is_not_told_as_lost(missing: MissingCount, said: str | None) -> None:
    messages = tell_at(LoadedFeed(MAIN, make_feed(), missing_avatar=missing))

    assert [message.level for message in messages] == [logging.INFO] * bool(said)
    assert all(message.text.startswith(str(said)) for message in messages)


def empty(options: FeedOptions, posts: int = 37, hidden: int = 0, **left: int) -> EmptyReason:
    return EmptyReason(options, posts, hidden, left, None)


BREAD = FeedOptions(include=("#bread", "rye"))
REELS = BREAD._replace(types=("reel",), since=date(2026, 7, 1))


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (
            empty(BREAD, include=0),
            (
                "`include: #bread, rye` leaves none of 37 posts, so the feed is empty. All posts "
                "of the account were read."
            ),
        ),
        (
            empty(REELS, 1, include=0, types=1, since=0)._replace(read_to=NOW),
            (
                "the filters leave none of 1 post, so the feed is empty. Each alone: "
                "`include: #bread, rye` leaves 0, `types: reel` leaves 1, `since: 2026-07-01` "
                "leaves 0. The account was read back to 2026-07-23."
            ),
        ),
        (empty(BREAD, 0), "the account has no posts, so the feed is empty."),
        (empty(FeedOptions(), 0, 2), "`media` hides 2 posts, so the feed is empty."),
        (
            empty(FeedOptions(post=("C0001abcDEF", "C0002abcDEF"))),
            (
                "none of the posts in `post` (C0001abcDEF, C0002abcDEF) can be shown, so the feed "
                "is empty. The account does not have them, or `media` hides them."
            ),
        ),
    ],
)
def test_an_empty_feed_says_why(reason: EmptyReason, says: str) -> None:
    feed = make_feed(empty_because=reason)

    assert tell_at(LoadedFeed(MAIN, feed)) == [Message(logging.INFO, says)]


def test_an_empty_account_that_counts_posts_is_told_so() -> None:
    user = BAKERY._replace(media_count=3)
    feed = make_feed(empty_because=empty(FeedOptions(), 0))._replace(user=user)

    (message,) = tell_at(LoadedFeed(MAIN, feed))

    assert message.text.endswith("so the feed is empty. Instagram counts 3, but sends none.")


@pytest.mark.parametrize("said", [{"unfound": ("C",)}, {"lacking": (Media("2", "IMAGE"),)}])
def test_an_empty_feed_says_nothing_twice(said: dict[str, Any]) -> None:
    feed = make_feed(empty_because=empty(FeedOptions(), 0), **said)

    assert not any("is empty" in message.text for message in tell_at(LoadedFeed(MAIN, feed)))


def test_unfound_posts_of_media_are_named() -> None:
    assert describe_unfound(["C0001abcDEF", "C0002abcDEF"]) == (
        "`media` in mkdocs.yml names C0001abcDEF, C0002abcDEF, but no account in this build has "
        "such a post. The feeds are shown without such posts. Check the shortcode. A build "
        "searches again after a day."
    )


def test_trouble_with_the_cache_tells_folder_and_cure() -> None:
    folder = Path("cache")

    error = OSError(errno.EROFS, "Read-only file system")
    unusable = describe_problem(folder, error)
    assert "cache cannot be used as it is (Read-only file system)" in unusable
    assert "set `cache_dir`" in unusable
    assert "renamed to broken-cache.db" in describe_broken_cache(folder)


@pytest.mark.parametrize(
    ("totals", "line"),
    [
        (Totals(), ""),
        (
            Totals({"1", "2", "3"}, {"3", "9"}, {"a", "b", "c", "d"}, encoded={"a", "d"}),
            "3 posts (2 cached, 1 fetched), 4 images (2 cached)",
        ),
        (
            Totals({"1"}, set(), {"a"}, videos={"v"}),
            "1 post (1 cached, 0 fetched), 1 image (1 cached), 1 video (1 cached)",
        ),
        (
            Totals({"1"}, set(), {"a"}, videos={"v", "w", "x"}, fetched_videos={"w", "x"}),
            "1 post (1 cached, 0 fetched), 1 image (1 cached), 3 videos (1 cached)",
        ),
        (  # files that several posts share, or that were made and are not shown
            Totals({"1", "2"}, {"1", "2", "3"}, {"a"}, {"a", "b"}, {"v"}, {"v", "w"}),
            "2 posts (0 cached, 2 fetched), 1 image (0 cached), 1 video (0 cached)",
        ),
    ],
)
def test_the_closing_line_counts_what_was_used(totals: Totals, line: str) -> None:
    assert describe_totals(totals) == line
