"""Several accounts in one feed: whose posts it shows, what is asked, and what a failure leaves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import OTHER_TOKEN, TOKEN
from fake import FakeInstagram, FakeUser
from sites import Build, Site

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LEFT_OUT = "Nothing is saved, so the feed is shown without its posts."


@pytest.fixture
def shops(site: Site, fake: FakeInstagram) -> tuple[FakeUser, FakeUser]:
    """Two accounts whose posts alternate: BreadMedia00 is the newest, BooksMedia00 the next."""
    site.environment["SHOP_TOKEN"] = OTHER_TOKEN
    site.options["accounts"] = {"main": {}, "shop": {"token_env": "SHOP_TOKEN"}}
    site.write({"index.md": "<!-- instagram {account: [main, shop], limit: 4} -->\n"})
    users = fake.add_user(TOKEN, "harbour.bakery"), fake.add_user(OTHER_TOKEN, "tide.books")
    for number in range(4):
        for user, name, hours in ((users[0], "Bread", 0), (users[1], "Books", 12)):
            user.add_media(
                shortcode=f"{name}Media0{number}",
                caption=f"Post of {name} #{'even' if number % 2 == 0 else 'odd'}",
                timestamp=NOW - number * DAY - hours * HOUR,
                like_count=number,
            )
    return users


def build(site: Site, tag: str = "", *, now: datetime = NOW, strict: bool = True) -> Build:
    if tag:
        site.write({"index.md": f"<!-- instagram {tag} -->\n"})
    built = site.build(*(["--strict"] if strict else []), now=now)
    assert not strict or built.status == 0, built.log
    return built


Shops = tuple[FakeUser, FakeUser]


def test_posts_are_merged_by_time_and_only_shown_pictures_are_downloaded(
    site: Site, shops: Shops
) -> None:
    html = build(site).html()

    assert build(site).media() == ["BreadMedia00", "BooksMedia00", "BreadMedia01", "BooksMedia01"]
    counts = {kind: site.fake.count(kind) for kind in ("user", "media", "picture")}
    assert counts == {"user": 2, "media": 2, "picture": 4}
    assert 'aria-label="Instagram feed: harbour.bakery, tide.books"' in html


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ("limit: 3, sort: oldest", ["BooksMedia03", "BreadMedia03", "BooksMedia02"]),
        ("limit: 3, sort: likes", ["BreadMedia03", "BooksMedia03", "BreadMedia02"]),
        ('limit: 3, include: ["#odd"]', ["BreadMedia01", "BooksMedia01", "BreadMedia03"]),
        ("post: [BooksMedia03, BreadMedia02]", ["BooksMedia03", "BreadMedia02"]),
        ("limit: 2, more: 1", ["BreadMedia00", "BooksMedia00"]),
    ],
)
def test_options_apply_to_the_merged_feed(
    site: Site, shops: Shops, options: str, codes: list[str]
) -> None:
    assert build(site, f"{{account: [main, shop], {options}}}").media() == codes


def test_pinned_posts_of_every_account_come_first(site: Site, shops: Shops) -> None:
    site.options["media"] = {"BooksMedia03": {"pin": True}, "BreadMedia00": {"hide": True}}

    assert build(site).media() == ["BooksMedia03", "BooksMedia00", "BreadMedia01", "BooksMedia01"]


def test_one_account_that_fails_leaves_the_posts_of_the_other(site: Site, shops: Shops) -> None:
    del site.fake.users[OTHER_TOKEN]

    built = build(site, strict=False)

    assert built.status == 0
    assert built.media() == ["BreadMedia00", "BreadMedia01", "BreadMedia02", "BreadMedia03"]
    assert len(built.warnings) == 1
    assert built.warnings[0].startswith("index.md, feed tag 1, account shop: ")
    assert LEFT_OUT in built.warnings[0]


def test_a_failed_account_shows_what_is_saved_of_it(site: Site, shops: Shops) -> None:
    build(site)
    del site.fake.users[OTHER_TOKEN]

    built = build(site, now=NOW + 2 * HOUR, strict=False)

    assert built.media() == ["BreadMedia00", "BooksMedia00", "BreadMedia01", "BooksMedia01"]
    assert "account shop: " in built.warnings[0]
    assert "Showing the feed saved 2 hours ago." in built.warnings[0]


def test_fail_stops_a_build_only_if_no_account_has_a_post_to_show(site: Site, shops: Shops) -> None:
    site.options["on_error"] = "fail"
    del site.fake.users[OTHER_TOKEN]
    assert "BreadMedia00" in build(site, strict=False).media()
    del site.fake.users[TOKEN]
    site.options["cache_dir"] = ".cache/other"

    built = build(site, strict=False)

    assert built.status == 1
    assert "account main: " in built.log
    assert "Nothing is saved, so the feed is empty." in built.log


def test_a_post_of_both_accounts_is_shown_once(site: Site, shops: Shops) -> None:
    both = shops[0].media[0]
    shops[1].media.insert(0, both)

    assert build(site).media() == ["BreadMedia00", "BooksMedia00", "BreadMedia01", "BooksMedia01"]


def test_a_post_that_no_account_has_is_told_once(site: Site, shops: Shops) -> None:
    built = build(site, "{account: [main, shop], post: [BooksMedia01, NoSuchPost1]}", strict=False)

    assert built.media() == ["BooksMedia01"]
    assert [line.partition(". ")[0] for line in built.warnings] == [
        "index.md, feed tag 1, account main: the account has no post NoSuchPost1"
    ]


def test_filters_that_leave_nothing_are_told_for_each_account(site: Site, shops: Shops) -> None:
    shops[1].media.clear()
    shops[1].fields["media_count"] = 0

    built = build(site, "{account: [main, shop], include: zzz}")

    lines = [line for line in built.lines("INFO") if "feed is empty" in line]
    assert lines[0].startswith(
        "index.md, feed tag 1, account main: `include: zzz` leaves none of 4"
    )
    assert lines[1].startswith("index.md, feed tag 1, account shop: the account has no posts")


def test_nothing_is_said_of_an_account_whose_posts_are_not_chosen(site: Site, shops: Shops) -> None:
    built = build(site, "{account: [main, shop], include: Books, limit: 1}")

    assert built.media() == ["BooksMedia00"]
    assert "leaves none" not in built.log


def test_user_says_whose_post_it_is(site: Site, shops: Shops) -> None:
    html = build(site, "{account: [main, shop], limit: 2, show: [user, date]}").html()

    link = '<a class="mk-ig__user" href="https://www.instagram.com/{0}/">@{0}</a>'
    assert html.index(link.format("harbour.bakery")) < html.index(link.format("tide.books"))


@pytest.mark.parametrize(
    ("options", "tag", "text"),
    [
        (
            {},
            "{account: [main, shop], header: true}",
            "this feed has 2. Write `header: false`, or name one account.",
        ),
        (
            {"defaults": {"header": True}},
            "{account: [main, shop]}",
            "index.md, feed tag 1: option header: a header shows one account, and this feed has 2.",
        ),
        (
            {"defaults": {"header": True}, "feeds": {"team": {"account": ["main", "shop"]}}},
            "",
            "'feeds: team': option header: a header shows one account, and this feed has 2.",
        ),
        ({}, "{account: [main, shpo]}", "no account is called shpo. Did you mean shop?"),
        ({"defaults": {"account": ["main", "x"]}}, "", "'defaults': no account is called x. Known"),
        ({}, "{account: []}", "option account: the list is empty."),
        (
            {},
            "{account: [shop, shop]}",
            "option account: shop is in the list twice. Write it once.",
        ),
    ],
)
def test_lists_of_accounts_that_are_wrong_stop_the_build(
    site: Site, shops: Shops, options: dict[str, Any], tag: str, text: str
) -> None:
    site.options |= options

    built = build(site, tag, strict=False)

    assert built.status == 1
    assert text in " ".join(built.log.split())
    assert "Traceback" not in built.log
    assert site.fake.count() == 0
