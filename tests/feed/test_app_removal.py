"""After a user removes the app, the feed stays for a week; a wrong clock does not remove it."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import TOKEN
from fake import error
from sites import Site
from stored import Store

from mkdocs_instagram.errors import AppRemoved
from mkdocs_instagram.feed.app_removal import forget_removal, note_removal

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def refuse(store: Store, *days: float) -> list[bool]:
    """Return whether each refusal, that many days after the first, was the final one."""
    return [
        note_removal(AppRemoved("Refused.", answered_at=NOW + day * DAY), "main", store).is_final
        for day in days
    ]


@pytest.mark.parametrize(
    "days",
    [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 0.1, 0.2, 7, 8],
        [0, 3, 6.99, 7],
        [0, 100, 101],
    ],
)
def test_the_last_day_is_the_seventh_or_the_third_with_a_refusal(days: list[float]) -> None:
    assert refuse(Store(), *days) == [False] * (len(days) - 1) + [True]


@pytest.mark.parametrize("days", [[0, 7, 7.1, 7.2], [0, 1, 2, 6.9], [0, 400], [0] * 20])
def test_less_than_seven_days_or_three_refusals_keep_the_feed(days: list[float]) -> None:
    assert not any(refuse(Store(), *days))


def test_a_call_that_goes_through_begins_again() -> None:
    store = Store()
    refuse(store, 0, 1, 2, 3)
    forget_removal("main", store)

    assert refuse(store, 8, 9, 10, 15) == [False] * 3 + [True]


def test_a_refusal_without_a_date_counts_for_nothing() -> None:
    store = Store()
    for _ in range(20):
        assert not note_removal(AppRemoved("Refused."), "main", store).is_final
    assert store == {}


@pytest.mark.parametrize("noted", [5, "x", [5, None, "soon"], {}, [["2026-07-23"]]])
def test_notes_of_another_shape_count_for_nothing(noted: object) -> None:
    store = Store({"removed/main": {"refused": noted}})

    assert refuse(store, 400) == [False]


def test_until_when_it_is_shown_is_told() -> None:
    store = Store()
    told = [
        note_removal(AppRemoved("Refused.", answered_at=NOW + day * DAY), "main", store).kept_until
        for day in (0, 30)
    ]

    assert told == [NOW + 7 * DAY, NOW + 31 * DAY]


def media_files(site: Site) -> int:
    return sum(path.is_file() for path in (site.cache / "media").rglob("*"))


def test_a_feed_is_shown_for_seven_more_days_and_then_removed_with_its_pictures(
    site: Site,
) -> None:
    site.fake.add_user(TOKEN).add_mixed(3)
    shown = site.build(now=NOW).media()
    site.fake.fail("user", error(190, subcode=458))
    site.fake.fail("media", error(190, subcode=458))

    for days in (1, 4):
        build = site.build(now=NOW + days * DAY)
        (warning,) = build.warnings
        assert build.media() == shown
        assert "the app was removed from the account" in warning
        assert "It is shown until 2026-07-31, then removed permanently." in warning

    last = site.build(now=NOW + 8 * DAY)
    (warning,) = last.warnings
    assert last.status == 0
    assert last.media() == []
    assert "the saved feed is removed, with its pictures" in warning
    assert media_files(site) == 0
    assert b"C0001abcDEF" not in (site.cache / "cache.db").read_bytes()


@pytest.mark.parametrize("subcode", [None, 459, 460, 463, 467])
def test_any_other_refusal_keeps_the_feed(site: Site, subcode: int | None) -> None:
    site.fake.add_user(TOKEN).add_mixed(1)
    shown = site.build(now=NOW).media()
    site.fake.fail("user", error(190, subcode=subcode))

    assert site.build(now=NOW + 60 * DAY).media() == shown
    assert "removed/" not in site.cache.joinpath("cache.db").read_bytes().decode("latin-1")


def test_a_wrong_clock_removes_nothing(site: Site) -> None:
    site.fake.add_user(TOKEN).add_mixed(1)
    shown = site.build(now=NOW).media()
    site.fake.fail("user", error(190, subcode=458))

    for days in (1, 400, 401):
        # The computer's clock is wrong, Instagram's is not.
        site.fake.travel(NOW + DAY)
        wrong = {"MK_IG_FAKE_NOW": str((NOW + days * DAY).timestamp())}
        assert site.build(environment=wrong).media() == shown
