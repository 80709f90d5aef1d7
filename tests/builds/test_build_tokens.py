"""Real builds with stored tokens: they are refreshed, and their end is reported in time."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import OTHER_TOKEN, TOKEN
from fake import Answer, FakeInstagram, FakeUser, error, text
from sites import Site
from stored import stored_token

from mkdocs_instagram.instagram.secrets import Token
from mkdocs_instagram.tokens.store import StoredToken

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(2)
    return user


def keep(site: Site, age: timedelta, token: str = TOKEN) -> None:
    """Store a token issued that long before NOW, and leave none in the environment."""
    site.environment.pop("INSTAGRAM_ACCESS_TOKEN", None)
    site.store.put(stored_token(token, NOW - age))


def find_stored(site: Site) -> StoredToken:
    stored = site.store.get("main")
    assert stored
    return stored


def test_what_login_stored_is_what_a_build_reads(site: Site, user: FakeUser) -> None:
    del site.environment["INSTAGRAM_ACCESS_TOKEN"]
    assert site.command("login", lines=[TOKEN]).returncode == 0

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert len(build.media()) == 2


def test_the_variable_comes_before_the_store(
    site: Site, fake: FakeInstagram, user: FakeUser
) -> None:
    keep(site, DAY, "IGAAgoneInventedToken")
    site.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN

    assert site.build("--strict", now=NOW).status == 0
    assert {request.username for request in fake.requests if request.kind == "user"} == {
        user.username
    }


@pytest.mark.parametrize("new", [None, OTHER_TOKEN])
def test_a_stored_token_is_refreshed_from_its_20th_day_on(
    site: Site, user: FakeUser, new: str | None
) -> None:
    user.next_token = new
    keep(site, 20 * DAY)
    assert site.build("--strict", now=NOW).status == 0
    assert site.fake.count("token") == 0

    build = site.build("--strict", now=NOW + 2 * HOUR)

    assert build.status == 0
    assert "index.md, feed tag 1: refreshed the token, which now ends on 2026-09-21." in build.log
    stored = find_stored(site)
    assert stored.token.is_same_as(Token(new or TOKEN))
    assert stored.expires_at - NOW > 59 * DAY

    build = site.build("--strict", now=NOW + 2 * DAY)
    assert build.status == 0
    assert site.fake.count("token") == 1


def test_a_refresh_that_fails_is_tried_once_a_day_and_breaks_nothing(
    site: Site, user: FakeUser
) -> None:
    keep(site, 30 * DAY)
    site.fake.fail("token", text(500, "oops"))

    for age, tries in [(0 * HOUR, 3), (23 * HOUR, 3), (25 * HOUR, 6)]:
        build = site.build("--strict", now=NOW + age)
        assert build.status == 0, build.log
        assert len(build.media()) == 2
        assert site.fake.count("token") == tries  # each try asks three times
        assert ("the token was not refreshed" in build.log) is (age in (0 * HOUR, 25 * HOUR))
    assert find_stored(site).token.is_same_as(Token(TOKEN))


def test_a_token_from_the_environment_is_never_refreshed_by_a_build(
    site: Site, user: FakeUser
) -> None:
    for age in (0 * DAY, 21 * DAY):
        assert site.build("--strict", now=NOW + age).status == 0

    assert site.fake.count("token") == 0


@pytest.mark.parametrize(
    ("age", "level", "says"),
    [
        (49 * DAY, "", ""),
        (51 * DAY, "WARNING", "ends on 2026-08-01, in 9 days. The feed is still shown."),
    ],
)
def test_the_end_of_a_stored_token_is_a_warning_from_10_days_before(
    site: Site, user: FakeUser, age: timedelta, level: str, says: str
) -> None:
    keep(site, age)
    site.fake.fail("token", error(2))

    build = site.build("--strict", now=NOW)

    assert build.status == (1 if level else 0)
    assert len(build.media()) == 2
    told = f"index.md, feed tag 1: the token stored for main {says} Run `mkdocs-instagram refresh`."
    assert build.warnings == ([told] if level else [])


def test_the_end_that_refresh_learned_is_told_of_a_token_in_the_environment(
    site: Site, user: FakeUser
) -> None:
    assert site.command("refresh", now=NOW).returncode == 0

    build = site.build("--strict", now=NOW + 50 * DAY)

    assert build.status == 1
    told = (
        "index.md, feed tag 1: the token in $INSTAGRAM_ACCESS_TOKEN ends on 2026-09-21, in 9 days. "
        "The feed is still shown. Run `mkdocs-instagram refresh --output FILE` and put what "
        "it writes into $INSTAGRAM_ACCESS_TOKEN."
    )
    assert build.warnings == [told]
    # A build without requests reports it too.
    site.fake.clear()
    assert site.build("--strict", now=NOW + 50 * DAY).warnings == build.warnings
    assert site.fake.count() == 0
    # A token that works past its end was refreshed elsewhere.
    assert site.build("--strict", now=NOW + 61 * DAY).status == 0


def test_a_guessed_end_is_told_but_fails_no_strict_build(site: Site, user: FakeUser) -> None:
    site.build(now=NOW)

    build = site.build("--strict", now=NOW + 51 * DAY)

    assert build.status == 0
    assert (
        "the token in $INSTAGRAM_ACCESS_TOKEN may end about 2026-09-21, in 9 days: 60 days after "
        "it was first seen here." in build.log
    )
    # The token still works: the guess was wrong, and nothing is reported any more.
    assert "may end" not in site.build("--strict", now=NOW + 61 * DAY).log


@pytest.mark.parametrize("answer", [error(190, subcode=463), error(190, subcode=460)])
def test_the_cure_for_a_stored_token_is_to_log_in(
    site: Site, user: FakeUser, answer: Answer
) -> None:
    keep(site, DAY)
    files = site.build(now=NOW).files()
    site.fake.fail("user", answer)

    build = site.build(now=NOW + 2 * HOUR)

    assert build.status == 0
    assert build.files() == files
    assert len(build.warnings) == 1
    assert build.warnings[0].endswith("Run `mkdocs-instagram login` to store a new token.")


def test_a_damaged_store_is_told_and_the_saved_feed_shown(site: Site, user: FakeUser) -> None:
    keep(site, DAY)
    files = site.build(now=NOW).files()
    site.store.path.write_text("{]", encoding="utf-8")

    build = site.build(now=NOW + 2 * HOUR)

    assert build.status == 0
    assert build.files() == files
    assert "cannot be used: it is damaged. Showing the feed saved 2 hours ago." in build.log
    assert "Move the file away, and run `mkdocs-instagram login`" in build.log
