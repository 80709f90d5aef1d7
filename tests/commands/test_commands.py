"""The commands over TLS: their exit status, their output, and what they write."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import OTHER_TOKEN, TOKEN
from fake import Answer, FakeApp, FakeInstagram, FakeUser, close, error, refused, text, throttled
from shell import DAY, NOW, Shell

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.commands import login as login_module
from mkdocs_instagram.commands import refresh as refresh_module
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.secrets import Grant, Token
from mkdocs_instagram.tokens.expiry import request_refresh

APP = FakeApp("990000000000001", "0inventedAppSecret5e1f", "https://localhost/")
SECRET = "0123456789abcdef0123456789abcdef"  # of the form of Meta's
COPY = "Copy the complete token again, or generate another one"


@pytest.fixture
def shell(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    monkeypatch.delenv("NO_COLOR", raising=False)
    with fake.remapped():
        yield Shell(tmp_path, fake)


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(3)
    return user


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# login


def test_login_checks_a_pasted_token_with_one_call_and_stores_it(
    shell: Shell, user: FakeUser
) -> None:
    done = shell.run("login", lines=[TOKEN])

    assert done.status == 0
    assert done.out == ""
    assert "The token belongs to harbour.bakery (Harbour Bakery, business)." in done.err
    assert "about 2026-09-21" in done.err
    assert [request.kind for request in shell.fake.requests] == ["user"]
    stored = shell.store.get("main")
    assert stored
    assert stored.token.is_same_as(Token(TOKEN))
    assert (stored.username, stored.user_id) == ("harbour.bakery", "17841400000000001")
    assert (stored.issued_at, stored.expires_at) == (NOW, NOW + 60 * DAY)
    assert (stored.is_guess, stored.source) == (True, "dashboard")
    assert (mode(shell.store.folder), mode(shell.store.path)) == (0o700, 0o600)


@pytest.mark.parametrize(
    ("pasted", "says", "cure"),
    [
        ("", "is empty.", "paste the token, which the prompt does not show, and press Enter."),
        (f"{TOKEN} {TOKEN}", "contains several lines or words, not one token.", COPY),
        (f"access_token={TOKEN}", "contains a name before the token.", "Keep only the token"),
        (SECRET, "contains an app secret, not a token.", "Generate a token in the dashboard"),
        (APP.app_id, "contains a number, such as an app ID", "Generate a token in the dashboard"),
        (f"{APP.app_id}|{SECRET}", "contains the token of an app", "Generate a token in the"),
        ("https://localhost/?code=AQB#_", "contains an address with a code", "login --oauth`, and"),
        ("x" * 2000, "contains characters that no token has, or is too long.", COPY),
        (f'"{TOKEN}"', "has quotation marks around the token.", "Remove them: "),
        (f"Bearer {TOKEN}", "begins with the word Bearer, ", "Keep only the token behind it."),
    ],
)
def test_login_sends_nothing_that_is_no_token(
    shell: Shell, user: FakeUser, pasted: str, says: str, cure: str
) -> None:
    done = shell.run("login", lines=[pasted])

    assert done.status == 1
    assert f"The pasted text {says}" in done.err
    assert cure in done.err
    assert shell.fake.count() == 0
    assert not shell.store.path.exists()


def test_login_without_input_says_what_was_expected(shell: Shell) -> None:
    done = shell.run("login")

    assert done.status == 1
    assert "Standard input ended before this prompt was answered: Token." in done.err


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error(190), COPY),
        (error(190, subcode=463), "expired on 2026-12-01"),
        (error(190, subcode=460), "the password was changed"),
        (refused(), "Accept the Instagram Tester invite as that account"),
        (error(10), "allow `instagram_business_basic`"),
        (throttled(), "throttles this app"),
        (text(502, "<html>Bad gateway</html>"), "no usable answer (HTTP 502)"),
        (close(), "could not be reached"),
    ],
)
def test_login_stores_no_token_that_instagram_does_not_accept(
    shell: Shell, user: FakeUser, answer: Answer, says: str
) -> None:
    shell.fake.fail("user", answer)

    done = shell.run("login", lines=[TOKEN])

    assert done.status == 1
    assert says in done.err
    assert not shell.store.path.exists()


def test_login_explains_a_token_of_the_other_product(shell: Shell) -> None:
    done = shell.run("login", lines=["EAAinventedTokenOfFacebookLogin"])

    assert done.status == 1
    assert "begins with EAA, as those of Facebook Login do" in done.err
    assert "API setup with Instagram login" in done.err
    assert {request.host for request in shell.fake.requests} == {"graph.facebook.com"}


@pytest.mark.parametrize("account_type", ["PERSONAL", "Consumer"])
def test_login_tells_how_a_personal_account_becomes_professional(
    shell: Shell, fake: FakeInstagram, account_type: str
) -> None:
    fake.add_user(TOKEN, account_type=account_type)

    done = shell.run("login", lines=[TOKEN])

    assert done.status == 1
    assert "is a personal account, and the API does not work for those" in done.err
    assert "Switch to professional account" in done.err
    assert not shell.store.path.exists()


def test_login_refuses_another_user_than_mkdocs_yml_wants(shell: Shell, user: FakeUser) -> None:
    shell.configure(accounts={"shop": {"username": "tide.books"}})

    done = shell.run("login", lines=[TOKEN])

    assert done.status == 1
    assert "belongs to harbour.bakery, but mkdocs.yml expects one of tide.books for" in done.err
    assert not shell.store.path.exists()


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("YES", 0), ("n", 1), ("", 1)])
def test_login_asks_before_it_replaces_another_users_token(
    shell: Shell, user: FakeUser, answer: str, status: int
) -> None:
    kept = shell.keep(OTHER_TOKEN, user_id="17841400000000099", username="tide.books")

    done = shell.run("login", lines=[TOKEN, answer])

    assert done.status == status
    assert "A token of tide.books is stored for main." in done.err
    stored = shell.store.get("main")
    assert stored
    assert stored.token.is_same_as(kept.token) is (status == 1)


def test_login_for_the_same_user_asks_nothing(shell: Shell, user: FakeUser) -> None:
    shell.keep(OTHER_TOKEN, username="harbour.bakery.old")

    assert shell.run("login", lines=[TOKEN]).status == 0
    stored = shell.store.get("main")
    assert stored
    assert stored.username == "harbour.bakery"


def test_login_stores_under_the_accounts_name_and_keeps_the_others(
    shell: Shell, user: FakeUser
) -> None:
    shell.configure(accounts={"shop": None, "team": {"token_env": "TEAM_TOKEN"}})
    shell.keep(OTHER_TOKEN, account="main", user_id="17841400000000099")

    assert shell.run("login", lines=[TOKEN]).status == 0
    assert shell.run("login", "--account", "team", lines=[TOKEN]).status == 0

    assert shell.store.names() == ["main", "shop", "team"]


def test_login_says_that_a_set_variable_comes_first(shell: Shell, user: FakeUser) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = OTHER_TOKEN

    done = shell.run("login", lines=[TOKEN])

    assert "$INSTAGRAM_ACCESS_TOKEN is set, so it is used in place of the stored token." in done.err


def test_login_says_when_builds_will_keep_the_feed_of_another_user(
    shell: Shell, fake: FakeInstagram, user: FakeUser
) -> None:
    shell.keep(TOKEN)
    assert shell.run("fetch").status == 0
    assert shell.run("logout").status == 0
    fake.add_user(OTHER_TOKEN, "tide.books")

    done = shell.run("login", lines=[OTHER_TOKEN])

    assert done.status == 0
    assert "The feed saved for this site is harbour.bakery's, and builds keep it." in done.err
    assert "run `mkdocs-instagram purge`" in done.err
    assert states(shell)["user"] == "failed"
    assert shell.run("purge").status == 0
    assert states(shell)["user"] == "ok"


def test_login_to_the_demo_is_refused(shell: Shell) -> None:
    shell.configure(accounts={"try": {"demo": True}})

    done = shell.run("login", lines=[TOKEN])

    assert done.status == 1
    assert "The account try is the demo, which has no token and needs none." in done.err


def test_texts_of_instagram_are_shown_on_one_printable_line(
    shell: Shell, fake: FakeInstagram
) -> None:
    fake.add_user(TOKEN, name="Bakery\n\x1b[31m\u202e" + "x" * 500)

    done = shell.run("login", lines=[TOKEN])

    assert done.status == 0
    assert "\x1b" not in done.err
    assert "\u202e" not in done.err
    assert "x" * 70 not in done.err


# login --oauth


def oauth(shell: Shell, address: str, **answers: str) -> tuple[str, ...]:
    return (
        answers.get("app_id", APP.app_id),
        answers.get("secret", APP.secret),
        answers.get("redirect_uri", ""),
        address,
    )


@pytest.fixture
def state(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> str:
    """The state that `login --oauth` sends; without this fixture it is random."""
    shell.fake.login.app = APP
    monkeypatch.setattr(login_module, "make_state", lambda: "inventedState")
    return "inventedState"


@pytest.mark.parametrize("is_wrapped", [True, False])
def test_oauth_exchanges_the_code_for_a_long_lived_token(
    shell: Shell, user: FakeUser, state: str, *, is_wrapped: bool
) -> None:
    shell.fake.login.is_wrapped = is_wrapped

    done = shell.run("login", "--oauth", lines=oauth(shell, shell.fake.login.allow(user, state)))

    assert done.status == 0, done.err
    url = next(word for word in done.err.split() if word.startswith("https://www.instagram.com/"))
    assert urlsplit(url).path == "/oauth/authorize"
    assert parse_qs(urlsplit(url).query) == {
        "client_id": [APP.app_id],
        "redirect_uri": ["https://localhost/"],
        "response_type": ["code"],
        "scope": ["instagram_business_basic"],
        "state": [state],
    }
    assert APP.secret not in done.err
    assert [request.kind for request in shell.fake.requests] == ["code", "token", "user"]
    stored = shell.store.get("main")
    assert stored
    assert stored.token.is_same_as(Token(TOKEN))
    assert (stored.is_guess, stored.source) == (False, "oauth")
    assert stored.expires_at == NOW + timedelta(seconds=5183944)
    assert APP.secret.encode() not in shell.store.path.read_bytes()


def test_each_login_has_a_state_of_its_own(shell: Shell) -> None:
    shell.fake.login.app = APP
    outputs = [
        shell.run("login", "--oauth", lines=oauth(shell, "https://localhost/")).err for _ in "12"
    ]
    states = {
        value
        for output in outputs
        for word in output.split()
        if word.startswith("https://www.instagram.com/")
        for value in parse_qs(urlsplit(word).query)["state"]
    }
    assert len(states) == 2
    assert all(len(value) >= 40 for value in states)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://localhost/?code=AQB&state=other#_", "its state is not that of this login"),
        ("https://localhost/?code=AQB#_", "it contains no state"),
        ("https://localhost/?state=inventedState", "The address contains no code."),
        (
            "https://localhost/?error=access_denied&error_description=No+thanks&state=inventedState",
            "Instagram gave no code: No thanks.",
        ),
        (
            "https://www.instagram.com/accounts/convert_to_professional_account/?next=x",
            "Personal accounts have no API.",
        ),
        (
            "https://www.instagram.com/oauth/authorize?client_id=1&state=x",
            "That is the address to open",
        ),
        ("AQBinventedCode", "it contains no state"),
        ("http://[", "That is not an address."),
    ],
)
def test_an_address_that_is_not_the_answer_is_refused(
    shell: Shell, state: str, address: str, says: str
) -> None:
    done = shell.run("login", "--oauth", lines=oauth(shell, address))

    assert done.status == 1
    assert says in done.err
    assert shell.fake.count() == 0


@pytest.mark.parametrize(
    ("answers", "says", "cure"),
    [
        (
            {"secret": "wrong"},
            "The app secret does not belong to the app.",
            "not the app ID and secret",
        ),
        ({"app_id": "12345"}, "Instagram does not know the app ID.", "not the app ID and secret"),
        (
            {"redirect_uri": "https://localhost"},
            "The app does not have this redirect address.",
            "every character must be the same, also a / at the end",
        ),
        ({"app_id": "my app"}, "An app ID is a number.", "API setup with Instagram login"),
    ],
)
def test_a_wrong_app_is_told_with_its_cure(
    shell: Shell, user: FakeUser, state: str, answers: dict[str, str], says: str, cure: str
) -> None:
    address = shell.fake.login.allow(user, state)

    done = shell.run("login", "--oauth", lines=oauth(shell, address, **answers))

    assert done.status == 1
    assert says in done.err
    assert cure in done.err
    assert not shell.store.path.exists()


def test_a_code_works_once(shell: Shell, user: FakeUser, state: str) -> None:
    address = shell.fake.login.allow(user, state)
    assert shell.run("login", "--oauth", lines=oauth(shell, address)).status == 0

    done = shell.run("login", "--oauth", lines=oauth(shell, address))

    assert done.status == 1
    assert "The code has already been used, or has expired." in done.err
    assert "Log in again for a new code" in done.err


def test_a_lost_answer_to_the_code_is_not_asked_for_again(
    shell: Shell, user: FakeUser, state: str
) -> None:
    address = shell.fake.login.allow(user, state)
    shell.fake.fail("code", close(), times=1)

    done = shell.run("login", "--oauth", lines=oauth(shell, address))

    assert done.status == 1
    assert shell.fake.count("code") == 1


@pytest.mark.parametrize(
    "answer", [text(200, "{}"), error(190), text(500, "oops"), text(200, '{"access_token": 5}')]
)
def test_a_failed_exchange_stores_nothing(
    shell: Shell, user: FakeUser, state: str, answer: Answer
) -> None:
    address = shell.fake.login.allow(user, state)
    shell.fake.fail("token", answer)

    done = shell.run("login", "--oauth", lines=oauth(shell, address))

    assert done.status == 1
    assert not shell.store.path.exists()


@pytest.mark.parametrize("typed", ["", "two words", TOKEN])
def test_what_is_no_app_secret_is_not_sent(shell: Shell, state: str, typed: str) -> None:
    done = shell.run("login", "--oauth", lines=oauth(shell, "https://localhost/", secret=typed))

    assert done.status == 1
    assert "An app secret is one word, and not a token." in done.err
    assert shell.fake.count() == 0


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (TOKEN, "contains no token and no code. Nothing that you typed was shown"),
        (f"https://localhost/?x={TOKEN}", "contains no token and no code"),
        ("https://localhost/?code=AQBinvented#_", "contains no token and no code"),
        ("https://localhost/#access_token=x", "contains no token and no code"),
        (SECRET, "A redirect address begins with https://."),
        ("localhost", "A redirect address begins with https://."),
        ("https://localhost/ and more", "A redirect address begins with https://."),
    ],
)
def test_a_secret_in_place_of_the_redirect_address_is_not_printed(
    shell: Shell, state: str, typed: str, says: str
) -> None:
    done = shell.run("login", "--oauth", lines=oauth(shell, "", redirect_uri=typed))

    assert done.status == 1
    assert says in done.err
    assert "oauth/authorize" not in done.err
    assert SECRET not in done.err + done.out
    assert shell.fake.count() == 0


# refresh


@pytest.mark.parametrize("new", [None, OTHER_TOKEN])
def test_refresh_stores_what_comes_back_the_same_string_or_a_new_one(
    shell: Shell, user: FakeUser, new: str | None
) -> None:
    shell.keep(TOKEN)
    user.next_token = new

    done = shell.run("refresh")

    assert done.status == 0, done.err
    assert "Refreshed: the token ends on 2026-09-21, in 59 days." in done.err
    stored = shell.store.get("main")
    assert stored
    assert stored.token.is_same_as(Token(new or TOKEN))
    assert (stored.issued_at, stored.is_guess) == (NOW, False)
    assert stored.expires_at == NOW + timedelta(seconds=5183944)
    # A new string is tried before the old one is dropped.
    assert shell.fake.count("user") == (1 if new else 0)


def test_refresh_tells_of_a_token_that_was_stored_meanwhile(
    shell: Shell, user: FakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.keep(TOKEN)

    def request_slowly(client: Client, token: Token) -> Grant:
        grant = request_refresh(client, token)
        shell.keep(OTHER_TOKEN)
        return grant

    monkeypatch.setattr(refresh_module, "request_refresh", request_slowly)
    done = shell.run("refresh")

    assert done.status == 0, done.err
    assert done.err == (
        "Another token was stored in the meantime. It stays, and builds use it. It was not "
        "refreshed: that was the token before, which ends on 2026-09-21, in 59 days."
    )
    stored = shell.store.get("main")
    assert stored
    assert stored.token.is_same_as(Token(OTHER_TOKEN))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error(190, subcode=463), "expired on 2026-12-01"),
        (error(100, message="(#100) The token is too young"), "Instagram refused the request."),
        (text(500, "<html>"), "no usable answer (HTTP 500)"),
        (text(200, '{"token_type": "bearer"}'), "Instagram's answer contains no token."),
        (text(200, '{"access_token": ""}'), "Instagram's answer contains no token."),
        (text(200, "<html>"), "Instagram's answer contains no token."),
        (close(), "could not be reached"),
    ],
)
def test_a_failed_refresh_keeps_the_old_token(
    shell: Shell, user: FakeUser, answer: Answer, says: str
) -> None:
    shell.keep(TOKEN)
    before = shell.store.path.read_bytes()
    shell.fake.fail("token", answer)

    done = shell.run("refresh")

    assert done.status == 1
    assert says in done.err
    assert "The token stays as it was." in done.err
    assert "the next build" not in done.err
    assert shell.store.path.read_bytes() == before


def test_a_new_string_that_does_not_work_is_not_stored(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    before = shell.store.path.read_bytes()
    user.next_token = OTHER_TOKEN
    shell.fake.fail("user", error(190))

    assert shell.run("refresh").status == 1
    assert shell.store.path.read_bytes() == before


@pytest.mark.parametrize(
    ("token", "known", "says"),
    [
        (TOKEN, {"age": 23 * DAY / 24}, "it is not 24 hours old; wait until 2026-07-23 13:00 UTC"),
        ("EAAinventedTokenOfFacebookLogin", {}, "it is from Facebook Login (EAA…)"),
    ],
)
def test_what_cannot_be_refreshed_is_told_without_asking(
    shell: Shell, token: str, known: dict[str, timedelta], says: str
) -> None:
    shell.keep(token, **known)

    done = shell.run("refresh")

    assert done.status == 1
    assert f"The token cannot be refreshed: {says}" in done.err
    assert shell.fake.count() == 0


def test_a_token_that_was_refreshed_elsewhere_is_tried_past_its_end(
    shell: Shell, user: FakeUser
) -> None:
    shell.keep(TOKEN, age=61 * DAY)

    assert shell.run("refresh").status == 0


def test_a_pasted_token_may_be_older_than_it_seems_and_is_tried(
    shell: Shell, user: FakeUser
) -> None:
    shell.keep(TOKEN, age=DAY / 24, is_guess=True)

    assert shell.run("refresh").status == 0


def test_refresh_without_a_token_says_where_one_would_be(shell: Shell) -> None:
    done = shell.run("refresh")

    assert done.status == 1
    assert "INSTAGRAM_ACCESS_TOKEN is unset or empty, and none is stored for main" in done.err
    assert "mkdocs-instagram login" in done.err


def test_a_token_from_the_environment_is_refreshed_and_its_end_remembered(
    shell: Shell, user: FakeUser
) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN

    done = shell.run("refresh")

    assert done.status == 0, done.err
    assert not shell.store.path.exists()
    known = json.loads(shell.run("status", "--json").out)
    assert known["expires_at"] == "2026-09-21T11:59:04+00:00"
    assert known["expires_at_is_guess"] is False


def test_a_cache_that_cannot_be_used_does_not_undo_a_refresh(shell: Shell, user: FakeUser) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
    shell.cache.parent.mkdir(parents=True)
    shell.cache.write_text("a file", encoding="utf-8")

    done = shell.run("refresh")

    assert done.status == 0
    assert "so builds will not warn before the token ends" in done.err
    assert "Refreshed: the token ends on 2026-09-21" in done.err


def test_output_hands_the_token_on_in_a_file_of_ones_own(shell: Shell, user: FakeUser) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
    user.next_token = OTHER_TOKEN
    output = shell.folder / "handed-on"
    output.write_text("old", encoding="utf-8")
    output.chmod(0o644)

    done = shell.run("refresh", "--output", str(output))

    assert done.status == 0, done.err
    assert (output.read_text(encoding="utf-8"), mode(output)) == (OTHER_TOKEN, 0o600)
    assert done.out == ""
    output.unlink()


@pytest.mark.parametrize(("new", "masks"), [(OTHER_TOKEN, True), (None, False)])
def test_a_new_string_is_masked_in_the_log_of_github_first(
    shell: Shell, user: FakeUser, new: str | None, *, masks: bool
) -> None:
    shell.environment |= {"INSTAGRAM_ACCESS_TOKEN": TOKEN, "GITHUB_ACTIONS": "true"}
    user.next_token = new
    output = shell.folder / "handed-on"

    done = shell.run("refresh", "--output", str(output), may_leak=True)

    assert done.raw == (f"::add-mask::{OTHER_TOKEN}\n" if masks else "")
    output.unlink()


def test_a_new_string_without_output_is_a_failure(shell: Shell, user: FakeUser) -> None:
    shell.environment |= {"INSTAGRAM_ACCESS_TOKEN": TOKEN, "GITHUB_ACTIONS": "true"}
    user.next_token = OTHER_TOKEN

    done = shell.run("refresh")

    assert done.status == 1
    assert "a different token than the one in $INSTAGRAM_ACCESS_TOKEN" in done.err
    assert "--output FILE" in done.err


def test_output_into_a_folder_that_is_not_there_asks_nothing(shell: Shell, user: FakeUser) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN

    done = shell.run("refresh", "--output", str(shell.folder / "nowhere" / "file"))

    assert done.status == 1
    assert "No request was sent to Instagram." in done.err
    assert shell.fake.count() == 0


# status


def test_status_shows_source_user_and_days_without_network(shell: Shell) -> None:
    shell.keep(TOKEN, age=20 * DAY)

    done = shell.run("status")

    assert done.status == 0
    assert f"Token {shell.store.path}, ending in …{TOKEN[-4:]}" in done.out
    assert "User harbour.bakery" in done.out
    assert "End ends on 2026-09-01, in 40 days" in done.out
    assert "Refresh possible" in done.out
    assert "Last fetch nothing is saved" in done.out
    assert shell.fake.count() == 0
    assert not shell.cache.exists()


def test_status_as_json_has_what_a_script_needs(shell: Shell, user: FakeUser) -> None:
    shell.environment["SHOP_TOKEN"] = TOKEN
    shell.configure(accounts={"shop": {"token_env": "SHOP_TOKEN"}})
    assert shell.run("fetch").status == 0

    known = json.loads(shell.run("status", "--json").out)

    assert known.pop("cache_bytes") > 10_000
    assert known == {
        "account": "shop",
        "source": "environment",
        "variable": "SHOP_TOKEN",
        "last_four": TOKEN[-4:],
        "username": "harbour.bakery",
        "expires_at": "2026-09-21T12:00:00+00:00",
        "expires_at_is_guess": True,
        "days_left": 60,
        "is_refreshable": True,
        "fetched_at": "2026-07-23T12:00:00+00:00",
        "media": 3,
        "cache_dir": str(shell.cache),
    }


@pytest.mark.parametrize(("days", "status"), [("40", 0), ("41", 1)])
def test_min_days_fails_when_fewer_are_left(shell: Shell, days: str, status: int) -> None:
    shell.keep(TOKEN, age=20 * DAY)

    done = shell.run("status", "--min-days", days)

    assert done.status == status
    says = "The token ends too soon for --min-days 41. It ends on 2026-09-01, in 40 days."
    assert (says in done.err) is bool(status)


def test_min_days_fails_when_nobody_knows(shell: Shell) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN

    done = shell.run("status", "--min-days", "1")

    assert done.status == 1
    assert "The token's end is not known. Run `mkdocs-instagram refresh` to get it." in done.err


def test_status_without_a_token_shows_the_rest_and_fails(shell: Shell) -> None:
    done = shell.run("status", "--json")

    assert done.status == 1
    assert json.loads(done.out)["source"] is None
    assert "mkdocs-instagram login" in done.err


def test_status_asks_instagram_with_check_only(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)

    done = shell.run("status", "--check")

    assert done.status == 0
    assert "Check Instagram accepts the token, which belongs to harbour.bakery" in done.out
    assert shell.fake.count("user") == 1


def test_a_check_that_fails_fails_the_command(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    shell.fake.fail("user", error(190, subcode=460))

    done = shell.run("status", "--check")

    assert done.status == 1
    assert "the password was changed" in done.err
    assert "Run `mkdocs-instagram login` to store a new token." in done.err


def test_status_of_the_demo_needs_nothing(shell: Shell) -> None:
    shell.configure(accounts={"try": {"demo": True}})

    done = shell.run("status")

    assert done.status == 0
    assert "Token not needed: this is the demo" in done.out


# logout


def test_logout_forgets_one_accounts_token(shell: Shell) -> None:
    shell.keep(TOKEN)
    shell.keep(OTHER_TOKEN, account="shop")

    done = shell.run("logout")

    assert done.status == 0
    assert "Removed the stored token of main." in done.err
    assert shell.store.names() == ["shop"]
    assert TOKEN.encode() not in shell.store.path.read_bytes()
    assert "No token is stored for main." in shell.run("logout").err


def test_logout_removes_what_a_killed_login_left(shell: Shell) -> None:
    shell.keep(TOKEN, account="shop")
    left = shell.store.path.with_name("tokens.json.new")
    left.write_text(TOKEN, encoding="utf-8")

    assert "No token is stored for main." in shell.run("logout").err
    assert not left.exists()


def test_logout_tells_of_a_variable_that_is_still_set(shell: Shell) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN

    done = shell.run("logout")

    assert "$INSTAGRAM_ACCESS_TOKEN is set, and builds use the token in it." in done.err


# fetch, list and purge


def test_fetch_warms_the_cache_for_defaults_and_every_preset(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    shell.configure(defaults={"limit": 1}, feeds={"team": {"limit": 2}})

    done = shell.run("fetch")

    assert done.status == 0, done.err
    assert "defaults: 1 post of harbour.bakery." in done.err
    assert "team: 2 posts of harbour.bakery." in done.err
    counts = [shell.fake.count(kind) for kind in ("user", "media", "picture")]
    assert counts == [1, 1, 2]

    shell.fake.clear()
    assert shell.run("fetch").status == 0
    assert shell.fake.count() == 0


def test_fetch_makes_a_damaged_picture_again(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    assert shell.run("fetch").status == 0
    files = [path for path in (shell.cache / "media").rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    for path in files:
        path.chmod(0o600)
        path.write_bytes(b"damaged")

    assert shell.run("fetch").status == 0

    assert {path: path.read_bytes() for path in files if path.is_file()} == before


def test_a_damaged_database_is_told_and_only_replaced_by_what_saves(
    shell: Shell, user: FakeUser
) -> None:
    shell.keep(TOKEN)
    assert shell.run("fetch").status == 0
    database = shell.cache / "cache.db"
    database.write_bytes(bytes(4096))

    status = [shell.run("status"), shell.run("status", "--json")]
    assert [done.err.count("are damaged") for done in status] == [1, 1]
    assert json.loads(status[1].out)["fetched_at"] is None
    assert database.read_bytes() == bytes(4096)
    fetch = [shell.run("fetch"), shell.run("fetch"), shell.run("status")]
    assert [done.err.count("are damaged") for done in fetch] == [1, 0, 0]
    assert (shell.cache / "broken-cache.db").read_bytes() == bytes(4096)


def test_fetch_with_an_account_fetches_its_feeds_only(shell: Shell, fake: FakeInstagram) -> None:
    fake.add_user(TOKEN).add_mixed(1)
    fake.add_user(OTHER_TOKEN, "tide.books").add_mixed(1)
    shell.environment |= {"INSTAGRAM_ACCESS_TOKEN": TOKEN, "SHOP_TOKEN": OTHER_TOKEN}
    shell.configure(
        accounts={"main": None, "shop": {"token_env": "SHOP_TOKEN"}},
        feeds={"books": {"account": "shop"}},
    )

    done = shell.run("fetch", "--account", "shop")

    assert done.status == 0, done.err
    assert {request.username for request in fake.requests if request.kind == "user"} == {
        "tide.books"
    }
    assert "books: 1 post of tide.books." in done.err


def test_fetch_fetches_the_defaults_of_a_named_account(shell: Shell, fake: FakeInstagram) -> None:
    fake.add_user(OTHER_TOKEN, "tide.books").add_mixed(1)
    shell.environment["SHOP_TOKEN"] = OTHER_TOKEN
    shell.configure(accounts={"main": None, "shop": {"token_env": "SHOP_TOKEN"}})

    done = shell.run("fetch", "--account", "shop")

    assert done.status == 0, done.err
    assert "defaults: 1 post of tide.books." in done.err


def test_fetch_asks_nothing_where_nothing_can_be_kept(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    shell.cache.parent.mkdir(parents=True)
    shell.cache.write_text("a file", encoding="utf-8")

    done = shell.run("fetch")

    assert done.status == 1
    assert f"The cache {shell.cache} cannot be used" in done.err
    assert shell.fake.count() == 0
    assert "it is not a folder" in shell.run("status").err


def test_a_failed_fetch_keeps_what_was_saved(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    assert shell.run("fetch").status == 0
    shell.now += timedelta(hours=2)
    shell.fake.fail("media", text(502, "Bad gateway"))

    done = shell.run("fetch")

    assert done.status == 1
    assert "Showing the feed saved 2 hours ago." in done.err
    assert "These feeds could not be fetched completely: defaults." in done.err
    assert "Everything that was saved before stays." in done.err
    assert "2026-07-23 12:00 UTC, 3 posts" in shell.run("status").out


def test_list_shows_what_media_can_name(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    newest, middle, oldest = user.media
    newest.fields["caption"] = "Rye \x1b[2J with\nseeds #bread"
    shell.configure(
        media={
            newest.shortcode: {"pin": True, "link": "https://example.org/shop"},
            middle.shortcode: {"hide": True},
            oldest.shortcode: {"alt": "A loaf"},
        }
    )
    assert shell.run("fetch").status == 0
    shell.fake.clear()

    done = shell.run("list")

    assert done.status == 0, done.err
    first, second, third = done.raw.splitlines()
    assert first.split(maxsplit=3)[:3] == [newest.shortcode, "2026-07-22", "image"]
    assert first.endswith("pinned, link: https://example.org/shop  Rye [2J with seeds #bread")
    assert second.endswith("hidden")
    assert "  alt  " in third
    listed = json.loads(shell.run("list", "--json").out)
    assert [item["shortcode"] for item in listed] == [media.shortcode for media in user.media]
    assert listed[0]["media"] == {"link": "https://example.org/shop", "pin": True}
    assert listed[0]["timestamp"] == "2026-07-22T10:45:00+00:00"
    assert shell.fake.count() == 0


def test_list_says_how_many_more_there_are(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    assert shell.run("fetch").status == 0

    done = shell.run("list", "--limit", "2")

    assert [line.split()[0] for line in done.raw.splitlines()] == [
        media.shortcode for media in user.media[:2]
    ]
    assert "These are the newest 2 of 3 saved posts." in done.err


def test_list_has_older_posts_that_were_found(shell: Shell, user: FakeUser) -> None:
    user.add_mixed(30)
    shell.keep(TOKEN)
    old = user.media[-1].shortcode
    shell.configure(defaults={"limit": 1}, feeds={"old": {"post": old}})
    assert shell.run("fetch").status == 0

    assert old in shell.run("list").out


def test_list_of_an_account_without_saved_posts_fails(shell: Shell) -> None:
    done = shell.run("list")

    assert done.status == 1
    assert "No post of main is saved. Run `mkdocs-instagram fetch`." in done.err
    assert shell.run("list", "--json").out.strip() == "[]"


def test_list_of_the_demo_needs_nothing(shell: Shell) -> None:
    shell.configure(accounts={"try": {"demo": True}})

    assert len(shell.run("list").raw.splitlines()) > 5


def test_purge_forgets_an_accounts_feed_and_pictures_with_a_count(
    shell: Shell, fake: FakeInstagram
) -> None:
    fake.add_user(TOKEN).add_mixed(4)  # the last one is a carousel
    fake.add_user(OTHER_TOKEN, "tide.books").add_mixed(1)
    shell.environment |= {"INSTAGRAM_ACCESS_TOKEN": TOKEN, "SHOP_TOKEN": OTHER_TOKEN}
    shell.configure(
        accounts={"main": None, "shop": {"token_env": "SHOP_TOKEN"}},
        feeds={"books": {"account": "shop"}},
    )
    assert shell.run("fetch").status == 0
    files = {path for path in (shell.cache / "media").rglob("*") if path.is_file()}
    assert len(files) == 15  # an original and two widths each

    done = shell.run("purge")

    assert done.status == 0, done.err
    assert "Removed 4 posts of main and 12 files." in done.err
    assert len([path for path in (shell.cache / "media").rglob("*") if path.is_file()]) == 3
    assert "nothing is saved" in shell.run("status").out
    assert "1 post" in shell.run("status", "--account", "shop").out
    fake.clear()
    assert shell.run("fetch", "--account", "shop").status == 0
    assert fake.count() == 0


@pytest.fixture
def moved(shell: Shell, fake: FakeInstagram) -> Shell:
    """A site whose account `old` is saved, but no longer in mkdocs.yml."""
    fake.add_user(TOKEN).add_mixed(1)
    fake.add_user(OTHER_TOKEN, "tide.books").add_mixed(2)
    shell.environment |= {"INSTAGRAM_ACCESS_TOKEN": TOKEN, "OLD_TOKEN": OTHER_TOKEN}
    shell.configure(
        accounts={"main": None, "old": {"token_env": "OLD_TOKEN"}},
        feeds={"books": {"account": "old"}},
    )
    assert shell.run("fetch").status == 0
    shell.configure(accounts={"main": None})
    return shell


def saved_files(shell: Shell) -> int:
    return len([path for path in (shell.cache / "media").rglob("*") if path.is_file()])


def test_purge_removes_an_account_that_mkdocs_yml_no_longer_names(moved: Shell) -> None:
    assert saved_files(moved) == 9

    done = moved.run("purge", "--account", "old")

    assert done.status == 0, done.err
    assert "Removed 2 posts of old and 6 files." in done.err
    assert saved_files(moved) == 3
    assert "1 post" in moved.run("status").out
    again = moved.run("purge", "--account", "old")
    assert again.status == 2
    assert "has no account old. Its accounts: main." in again.err
    assert "No longer named" not in again.err


@pytest.mark.parametrize("name", ["odl", "../x", "old/../main", ""])
def test_purge_of_a_name_under_which_nothing_is_saved_lists_the_names(
    moved: Shell, name: str
) -> None:
    with closing(Cache(moved.cache)) as cache:
        cache.put("listing/old/../main", {"media": []})

    done = moved.run("purge", "--account", name)

    assert done.status == 2
    assert "Its accounts: main. No longer named there: old." in done.err
    assert saved_files(moved) == 9


@pytest.mark.parametrize("command", ["status", "fetch", "login", "refresh"])
def test_other_commands_take_only_accounts_of_mkdocs_yml(moved: Shell, command: str) -> None:
    done = moved.run(command, "--account", "old")

    assert done.status == 2
    assert "has no account old. Its accounts: main." in done.err


def test_status_lists_what_is_saved_for_accounts_without_a_name_in_mkdocs_yml(
    moved: Shell,
) -> None:
    with closing(Cache(moved.cache)) as cache:
        cache.put("listing/x; rm -rf ~", {"media": []})
        cache.put("found/lost", {"media": []})

    shown = moved.run("status").out
    unnamed = json.loads(moved.run("status", "--json").out)["unnamed_accounts"]

    assert (
        "Also saved 2 posts of old, which mkdocs.yml does not name; to remove them: "
        "`mkdocs-instagram purge --account old`" in shown
    )
    assert unnamed == [
        {"account": name, "media": count, "purge": f"mkdocs-instagram purge --account {name}"}
        for name, count in (("lost", 0), ("old", 2))
    ]
    assert "rm -rf" not in shown
    for one in unnamed:
        assert moved.run(*one["purge"].split()[1:]).status == 0
    assert "Also saved" not in moved.run("status").out
    assert "unnamed_accounts" not in json.loads(moved.run("status", "--json").out)


def test_purge_of_the_demo_counts_its_files(shell: Shell) -> None:
    shell.configure(accounts={"try": {"demo": True}}, videos="file")
    assert shell.run("fetch").status == 0
    count = saved_files(shell)
    assert count

    done = shell.run("purge")

    assert done.status == 0, done.err
    assert f"Removed {count} files of the demo try. Its posts are part of the plugin." in done.err
    assert saved_files(shell) == 0


def test_purge_where_nothing_is_saved_for_the_account_says_so(moved: Shell) -> None:
    assert moved.run("purge").status == 0

    done = moved.run("purge")

    assert done.status == 0
    assert done.err == "Nothing is saved for main. Something is saved for: old."
    assert moved.run("purge", "--account", "old").status == 0
    assert moved.run("purge").err == "Nothing is saved for main."


def test_logout_takes_an_account_that_mkdocs_yml_no_longer_names(shell: Shell) -> None:
    shell.keep(TOKEN, account="old")
    shell.configure(accounts={"main": None})

    refused = shell.run("logout", "--account", "odl")
    assert refused.status == 2
    assert "Its accounts: main. No longer named there: old." in refused.err
    assert shell.run("logout", "--account", "old").status == 0

    assert shell.store.names() == []


def test_logout_of_another_name_tells_of_a_damaged_store(shell: Shell) -> None:
    shell.configure(accounts={"main": None})
    shell.store.folder.mkdir(parents=True)
    shell.store.path.write_text("{", encoding="utf-8")

    done = shell.run("logout", "--account", "old")

    assert done.status == 1
    assert "it is damaged" in done.err


def test_purge_tells_of_what_it_could_not_remove(
    moved: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when another process has locked the database.
    monkeypatch.setattr(Cache, "delete", lambda *_: None)

    done = moved.run("purge")

    assert done.status == 1
    assert "Something is still saved for main." in done.err


def test_purge_tells_of_a_cache_that_cannot_be_used(shell: Shell) -> None:
    shell.cache.parent.mkdir(parents=True)
    shell.cache.write_text("mine", encoding="utf-8")

    done = shell.run("purge")

    assert done.status == 1
    assert f"The cache {shell.cache} cannot be used" in done.err


# Each command runs in a fork, because a process cannot take its rights back.
PLAIN = """
import os, sys
from rights import drop_rights
from mkdocs_instagram.commands import doctor, fetch, purge, status
from mkdocs_instagram.commands.cli import main
for name in sys.argv[1:]:
    if not (child := os.fork()):
        told = os.open(f"{name}.told", os.O_WRONLY | os.O_CREAT)
        os.dup2(told, 1)
        os.dup2(told, 2)
        drop_rights()
        main([name])
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
@pytest.mark.parametrize("name", [".cache", ".cache/plugin/instagram", "config", "mkdocs.yml"])
def test_what_belongs_to_somebody_else_is_told_in_a_sentence(shell: Shell, name: str) -> None:
    shell.configure(accounts={"main": {"demo": True}}, images={"widths": [64]})
    assert shell.run("fetch").status == 0
    shell.keep(TOKEN)
    (shell.folder / name).chmod(0)

    commands = ("status", "purge", "fetch", "doctor", "logout")
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, *commands],
        capture_output=True,
        check=True,
        cwd=shell.folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "XDG_CONFIG_HOME": str(shell.folder / "config"),
        },
        text=True,
    )

    for command, status in zip(commands, done.stdout.split(), strict=True):
        told = (shell.folder / f"{command}.told").read_text(encoding="utf-8")
        assert status in {"0", "1"}, told
        assert "Traceback" not in told
        if name.startswith(".cache") and command in {"fetch", "purge"}:
            assert status == "1"
            assert "Permission denied" in told
    (shell.folder / name).chmod(0o700)


def test_purge_without_a_cache_makes_none(shell: Shell) -> None:
    done = shell.run("purge")

    assert done.status == 0
    assert "Nothing is saved in" in done.err
    assert not shell.cache.exists()


# doctor


def states(shell: Shell) -> dict[str, str]:
    done = shell.run("doctor", "--json")
    return {check["name"]: check["state"] for check in json.loads(done.out)["checks"]}


def test_doctor_finds_nothing_wrong_where_nothing_is(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN, age=20 * DAY)

    done = shell.run("doctor")

    assert done.status == 0, done.out
    assert done.out.count("✓") == 11
    assert "✓ user: harbour.bakery, business" in done.out
    assert "✓ clock: agrees with Instagram's" in done.out
    assert "bytes from Instagram's CDN" in done.out


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_doctor_does_not_name_the_home_folder(shell: Shell, options: tuple[str, ...]) -> None:
    shell.configure()
    shell.environment |= {"HOME": str(shell.folder), "USERPROFILE": str(shell.folder)}

    done = shell.run("doctor", *options)

    assert str(shell.folder) not in done.raw
    assert f"~{os.sep}mkdocs.yml" in done.raw.replace("\\\\", "\\")


@pytest.mark.skipif(os.name != "posix", reason="on Windows there is always a home folder")
def test_doctor_needs_no_home_folder(shell: Shell, homeless: None) -> None:
    assert "Error: 1 of 15 checks failed." in shell.run("doctor").err


def test_doctor_tells_what_is_wrong_and_skips_what_hangs_on_it(shell: Shell) -> None:
    done = shell.run("doctor")

    assert done.status == 1
    assert "✗ token: No token: the environment variable INSTAGRAM_ACCESS_TOKEN" in done.out
    assert "run `mkdocs-instagram login` on your own computer" in done.out
    assert '· user: not checked: it needs the line "host" above' in done.out
    assert '· end of token: not checked: it needs the line "token" above' in done.out
    assert "Error: 1 of 15 checks failed." in done.err


@pytest.mark.parametrize(
    ("kind", "answer", "failed"),
    [
        ("user", error(190, subcode=463), {"user"}),
        ("user", refused(), {"user"}),
        ("user", close(), {"user"}),
        ("media", error(190), {"media"}),
        ("media", error(10), {"media"}),
        ("picture", text(404, "Not found"), {"picture"}),
        ("picture", text(403, "URL signature expired"), {"picture"}),
    ],
)
def test_doctor_names_the_call_that_fails(
    shell: Shell, user: FakeUser, kind: str, answer: Answer, failed: set[str]
) -> None:
    shell.keep(TOKEN, age=20 * DAY)
    shell.fake.fail(kind, answer)  # type: ignore[arg-type]

    found = states(shell)

    assert {name for name, state in found.items() if state == "failed"} == failed


@pytest.mark.parametrize("off", [timedelta(minutes=-9), timedelta(days=365)])
def test_doctor_sees_a_clock_that_is_off(shell: Shell, user: FakeUser, off: timedelta) -> None:
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
    shell.fake.fail("user", Answer(200, {"id": "26011223344556677"}))
    real = shell.fake.travel
    shell.fake.travel = lambda now: real(now + off if now else None)  # type: ignore[method-assign]

    assert states(shell)["clock"] == "failed"


def test_doctor_sees_a_token_near_its_end(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN, age=51 * DAY)

    done = shell.run("doctor")

    assert done.status == 1
    assert (
        "✗ end of token: ends on 2026-08-01, in 9 days. Run `mkdocs-instagram refresh`" in done.out
    )


@pytest.mark.parametrize("kind", ["user", "media"])
@pytest.mark.parametrize("is_stored", [True, False], ids=["stored", "variable"])
def test_doctor_guesses_no_days_against_the_word_of_instagram(
    shell: Shell, user: FakeUser, kind: Any, *, is_stored: bool
) -> None:
    if is_stored:
        shell.keep(TOKEN, age=20 * DAY, is_guess=True)
    else:
        shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
        assert shell.run("fetch").status == 0
        assert "✓ end of token: may end about" in shell.run("doctor").out
    shell.fake.fail(kind, error(190, subcode=463))

    done = shell.run("doctor")

    assert f"✗ {kind}: Instagram refused the token, which expired on 2026-12-01." in done.out
    assert "· end of token: not checked: Instagram refused the token" in done.out
    assert not re.search(r"\d days?\b|may end", done.out)
    assert "1 of 15 checks failed" in done.err


def test_doctor_forgets_a_past_end_if_instagram_accepts_the_token(
    shell: Shell, user: FakeUser
) -> None:
    shell.keep(TOKEN, age=70 * DAY)

    done = shell.run("doctor")

    assert done.status == 0, done.out
    assert "✓ end of token: not known; run `mkdocs-instagram refresh` to get it" in done.out


def test_doctor_tells_of_an_unusable_store_once(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN)
    shell.store.path.write_bytes(b"{]")

    done = shell.run("doctor")

    assert done.out.count("it is damaged") == 1
    assert '· token: not checked: it needs the line "store" above' in done.out


@pytest.mark.parametrize(
    ("plugins", "state", "says"),
    [
        (["instagram"], "ok", "in `plugins`"),
        ([{"instagram": {"max_age": 6}}], "ok", "in `plugins`"),
        ({"instagram": None}, "ok", "in `plugins`"),
        (["search"], "failed", "mkdocs.yml does not name the plugin, so builds show no feed."),
        (None, "failed", "mkdocs.yml does not name the plugin, so builds show no feed."),
        (["mkdocs-instagram"], "failed", "Write `instagram` in place of `mkdocs-instagram`."),
        ([{"Instagram": {}}, "search"], "failed", "Write `instagram` in place of `Instagram`."),
        ([{"instagram": {"enabled": False}}], "skipped", "`enabled` is false here"),
    ],
)
def test_doctor_looks_for_the_plugin(
    shell: Shell, user: FakeUser, plugins: Any, state: str, says: str
) -> None:
    site = {"site_name": "Bread", **({"plugins": plugins} if plugins else {})}
    (shell.folder / "mkdocs.yml").write_text(json.dumps(site), encoding="utf-8")
    shell.keep(TOKEN, age=20 * DAY)

    done = shell.run("doctor", "--json")

    check = json.loads(done.out)["checks"][1]
    assert (check["name"], check["state"]) == ("plugin", state)
    assert says in f"{check['text']} {check['cure']}"
    assert done.status == (state == "failed")


@pytest.mark.parametrize(
    ("name", "text", "is_found"),
    [
        ("docs/team/index.md", "# Team\n\n<!-- instagram {limit: 3} -->\n", True),
        ("docs/index.markdown", "<!--Instagram\nlimit: 3\n-->", True),
        ("docs/index.md", "{{ instagram_feed(limit=6) }}", True),
        ("overrides/home.html", "{{ instagram_feed() if instagram_feed is defined }}", True),
        ("overrides/404.html", "<!-- instagram -->", True),
        ("docs/index.md", "Write `<!-- instagram -->` here.", False),
        ("docs/index.md", "```html\n<!-- instagram -->\n```\n", False),
        ("docs/index.md", "<!-- instagrammer -->", False),
        ("docs/index.txt", "<!-- instagram -->", False),
        ("elsewhere/index.md", "<!-- instagram -->", False),
    ],
)
def test_doctor_looks_for_a_tag(
    shell: Shell, user: FakeUser, name: str, text: str, *, is_found: bool
) -> None:
    site = {"plugins": ["instagram"], "theme": {"name": "mkdocs", "custom_dir": "overrides"}}
    (shell.folder / "mkdocs.yml").write_text(json.dumps(site), encoding="utf-8")
    (shell.folder / "docs" / "folder.md").mkdir(parents=True)
    path = shell.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    shell.keep(TOKEN, age=20 * DAY)

    done = shell.run("doctor")

    assert done.status == 0, done.out
    assert (f"✓ tags: the first is in {path}" in done.out) == is_found
    assert ("· tags: no page and no template has a tag: write <!-- instag" in done.out) != is_found


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"demo": True}, "✗ options: demo: Unrecognised configuration name: demo. It is ignored."),
        ({"defaults": {"cols": 3}}, "✗ options: defaults: unknown option cols is ignored. Write"),
        ({"max_age": 5, "enabled": True}, "✓ options: the plugin knows them all"),
    ],
)
def test_doctor_tells_of_options_that_are_ignored(
    shell: Shell, user: FakeUser, options: dict[str, Any], says: str
) -> None:
    shell.configure(**options)
    shell.keep(TOKEN, age=20 * DAY)

    done = shell.run("doctor")

    assert says in done.out
    assert done.status == ("✗" in says)


def test_doctor_checks_no_site_where_there_is_none(shell: Shell, user: FakeUser) -> None:
    done = shell.run("doctor")

    assert "· plugin: not checked: there is no mkdocs.yml, zensical.toml" in done.out
    assert "· tags: not checked: there is no mkdocs.yml, zensical.toml" in done.out


def test_doctor_sees_a_store_that_others_can_read(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN, age=20 * DAY)
    shell.store.path.chmod(0o644)

    done = shell.run("doctor")

    assert done.status == 1
    assert "has mode 0644, but should have 0600" in done.out
    assert f"chmod -R go= {shell.store.folder}" in done.out


def test_doctor_sees_a_cache_that_cannot_be_used(shell: Shell, user: FakeUser) -> None:
    shell.keep(TOKEN, age=20 * DAY)
    shell.cache.parent.mkdir(parents=True)
    shell.cache.write_text("a file", encoding="utf-8")

    assert states(shell)["cache"] == "failed"


# mkdocs.yml, and wrong use


def test_commands_read_another_file_with_its_parents_and_variables(
    shell: Shell, user: FakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_USER", "harbour.bakery")
    (shell.folder / "base.yml").write_text(
        "plugins:\n  instagram:\n    accounts: {shop: {token_env: SHOP_TOKEN}}\n", encoding="utf-8"
    )
    site = shell.folder / "site.yml"
    site.write_text(
        "INHERIT: base.yml\n"
        "markdown_extensions:\n  - x: {f: !!python/name:os.system }\n"
        "plugins:\n  instagram:\n    accounts: {shop: {username: !ENV FEED_USER}}\n",
        encoding="utf-8",
    )
    shell.environment["SHOP_TOKEN"] = TOKEN

    done = shell.run("status", "-f", str(site), "--check")

    assert done.status == 0, done.err
    assert "Account shop" in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["status", "--account", "nobody"], "has no account nobody. Its accounts: shop."),
        (["status", "-f", "nowhere.yml"], "does not exist"),
        (["status", "--min-days", "x"], "not a valid integer"),
        (["login", TOKEN], "takes options, but no arguments. A token is never typed on a"),
        (["refesh"], "No such command"),
    ],
)
def test_wrong_use_is_exit_status_2(shell: Shell, arguments: list[str], says: str) -> None:
    shell.configure(accounts={"shop": None})

    done = shell.run(*arguments)

    assert done.status == 2
    assert says in done.err


@pytest.mark.parametrize("key", ["token", "access_token"])
def test_a_token_in_mkdocs_yml_is_refused_and_not_repeated(shell: Shell, key: str) -> None:
    shell.configure(**{key: TOKEN})

    done = shell.run("status")

    assert done.status == 1
    assert "a token must not be in mkdocs.yml" in done.err


@pytest.mark.parametrize(
    "content", [b"\x00\xff", b"[]", b"{]", b'{"schema": 2, "accounts": {}}', b""]
)
def test_a_damaged_store_is_told_and_left_alone(
    shell: Shell, user: FakeUser, content: bytes
) -> None:
    shell.keep(TOKEN)
    shell.store.path.write_bytes(content)

    for command in ("status", "refresh", "login", "logout"):
        done = shell.run(command, lines=[TOKEN])
        assert done.status == 1, command
        assert f"The token store {shell.store.path} cannot be used" in done.err
    assert shell.store.path.read_bytes() == content


@pytest.mark.parametrize("linked", ["folder", "file"])
def test_the_store_is_never_reached_through_a_link(
    shell: Shell, user: FakeUser, linked: str
) -> None:
    elsewhere, content = shell.folder / "elsewhere", '{"schema": 1, "accounts": {}}'
    elsewhere.mkdir()
    (elsewhere / "tokens.json").write_text(content, encoding="utf-8")
    shell.store.folder.parent.mkdir()
    if linked == "folder":
        shell.store.folder.symlink_to(elsewhere)
    else:
        shell.store.folder.mkdir()
        shell.store.path.symlink_to(elsewhere / "tokens.json")

    done = shell.run("login", lines=[TOKEN])

    assert done.status == 1
    assert "is a link" in done.err
    assert (elsewhere / "tokens.json").read_text(
        encoding="utf-8"
    ) == '{"schema": 1, "accounts": {}}'
