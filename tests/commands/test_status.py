"""The status of a token and a saved feed, as text and as JSON."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import httpx
import pytest
from stored import stored_token

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.commands.context import Context, Runtime, open_site
from mkdocs_instagram.commands.status import show_status
from mkdocs_instagram.commands.terminal import Failed
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import TokenMalformed, TokenMissing, TokenRefused
from mkdocs_instagram.feed.listing import encode_listing
from mkdocs_instagram.feed.models import Listing
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.models import Media, User
from mkdocs_instagram.tokens.expiry import note_expiry, note_seen
from mkdocs_instagram.tokens.store import TokenStore

# Not the tokens of conftest, which may be in no file: this test has a store.
VALUE = "IGAA" + "x1Y2z3W4v5" * 15
NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHOP = Account("shop", "SHOP_TOKEN")
STORED = stored_token(VALUE, NOW - 2 * DAY, account="shop", source="oauth")
LISTING = Listing(
    user=User("26011223344556677", username="harbour.bakery"),
    items=(Media("1791", "IMAGE"), Media("1792", "IMAGE")),
    depth=2,
    is_complete=True,
    fetched_at=NOW - DAY,
)


@dataclass
class Setup:
    """A folder without a site, its content, and the number of requests."""

    folder: Path
    account: Account = SHOP
    status: int = 200
    asked: int = 0
    contexts: list[Context] = field(default_factory=list)

    @property
    def store(self) -> TokenStore:
        return TokenStore(self.folder / "config")

    def context(self) -> Context:
        runtime = Runtime(
            folder=self.folder,
            now=NOW,
            open_client=lambda: Client(httpx.MockTransport(self.handle)),
            open_store=lambda: self.store,
        )
        site = open_site(None, self.folder)
        self.contexts.append(Context(site, self.account, runtime, is_chosen=True))
        return self.contexts[-1]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        good = {"id": "26011223344556677", "username": "harbour.bakery", "account_type": "BUSINESS"}
        bad = {"error": {"message": "Invented", "code": 190}}
        content = json.dumps(good if self.status == 200 else bad).encode()
        return httpx.Response(self.status, stream=httpx.ByteStream(content))

    def fill(self, use: Callable[[Cache], object]) -> None:
        cache = Cache(self.folder / ".cache/plugin/instagram")
        use(cache)
        cache.close()


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    setup = Setup(tmp_path)
    with mock.patch.dict(os.environ):
        yield setup
    for context in setup.contexts:
        context.close()


@pytest.fixture
def show(
    setup: Setup, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Return the standard output; standard error must be empty."""
    monkeypatch.setenv("COLUMNS", "100")

    def show(*, as_json: bool = False, min_days: int | None = None, check: bool = False) -> str:
        show_status(setup.context(), as_json=as_json, min_days=min_days, check=check)
        out, err = capsys.readouterr()
        assert err == ""
        assert "1Y2z3W4v5x" not in out
        return out

    return show


def rows(text: str) -> dict[str, str]:
    """Return the values by name, without line breaks."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        name = line[:12].strip() or name
        found[name] = f"{found.get(name, '')} {line[12:]}".strip()
    return found


def test_a_stored_token_and_a_saved_feed_are_shown(setup: Setup, show: Callable[..., str]) -> None:
    setup.store.put(STORED)
    setup.fill(lambda cache: cache.put("listing/shop", encode_listing(LISTING)))

    shown = rows(show())

    assert list(shown) == ["Account", "Token", "User", "End", "Refresh", "Last fetch", "Cache"]
    assert shown["Account"] == "shop (no mkdocs.yml here)"
    assert "".join(shown["Token"].split()) == f"{setup.store.path},endingin…W4v5"
    assert shown["User"] == "harbour.bakery"
    assert shown["End"] == "ends on 2026-09-19, in 58 days"
    assert shown["Refresh"] == "possible"
    assert shown["Last fetch"] == "2026-07-22 12:00 UTC, 2 posts"
    assert shown["Cache"].endswith(" MB")
    assert setup.asked == 0


def test_the_same_for_a_script(setup: Setup, show: Callable[..., str]) -> None:
    setup.store.put(STORED)
    setup.fill(lambda cache: cache.put("listing/shop", encode_listing(LISTING)))

    known = json.loads(show(as_json=True))

    assert known.pop("cache_bytes") > 0
    assert known == {
        "account": "shop",
        "source": "store",
        "variable": "SHOP_TOKEN",
        "last_four": "W4v5",
        "username": "harbour.bakery",
        "expires_at": "2026-09-19T12:00:00+00:00",
        "expires_at_is_guess": False,
        "days_left": 58,
        "is_refreshable": True,
        "fetched_at": "2026-07-22T12:00:00+00:00",
        "media": 2,
        "cache_dir": str(setup.folder / ".cache/plugin/instagram"),
    }


def test_what_is_not_known_is_null_and_nothing_is_made(
    setup: Setup, show: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TokenMissing):
        show(as_json=True)

    known = json.loads(capsys.readouterr().out)
    always = {"account": "shop", "variable": "SHOP_TOKEN", "cache_dir": known["cache_dir"]}
    assert known == {**dict.fromkeys(known), **always}
    assert list(setup.folder.iterdir()) == []


def test_a_token_of_the_environment_is_noted_by_its_variable(
    setup: Setup, show: Callable[..., str]
) -> None:
    setup.store.put(STORED)
    os.environ.update({"SHOP_TOKEN": "IGAA" + "k9J8h7G6f5" * 5})

    shown = rows(show())
    known = json.loads(show(as_json=True))

    assert shown["Token"] == "$SHOP_TOKEN, ending in …G6f5"
    assert shown["User"] == "not known yet"
    assert shown["End"] == "not known; run `mkdocs-instagram refresh --account shop` to get it"
    assert shown["Last fetch"] == "nothing is saved"
    assert shown["Cache"].endswith(", not created yet")
    assert (known["source"], known["last_four"]) == ("environment", "G6f5")
    assert (known["days_left"], known["is_refreshable"]) == (None, True)


def test_a_short_token_tells_nothing_of_itself(setup: Setup, show: Callable[..., str]) -> None:
    os.environ.update({"SHOP_TOKEN": "invented"})

    assert rows(show())["Token"] == "$SHOP_TOKEN"
    assert json.loads(show(as_json=True))["last_four"] is None


def test_the_saved_feed_tells_whose_token_a_variable_holds(
    setup: Setup, show: Callable[..., str]
) -> None:
    os.environ.update({"SHOP_TOKEN": VALUE})
    setup.fill(lambda cache: cache.put("listing/shop", encode_listing(LISTING)))

    assert rows(show())["User"] == "harbour.bakery"


@pytest.mark.parametrize(
    ("is_noted", "ends", "days"),
    [
        (True, "ends on 2026-08-02, in 10 days", 10),
        (False, "may end about 2026-09-21, in 60 days: the life of a new token", 60),
    ],
)
def test_notes_tell_the_end_of_a_token_of_the_environment(
    setup: Setup, show: Callable[..., str], is_noted: bool, ends: str, days: int
) -> None:
    os.environ.update({"SHOP_TOKEN": VALUE})
    found = setup.context().find_token()
    if is_noted:
        setup.fill(lambda cache: note_expiry(found.token, NOW + 10 * DAY, cache))
    else:
        setup.fill(lambda cache: note_seen(found, cache, NOW))

    assert rows(show())["End"] == ends
    known = json.loads(show(as_json=True))
    assert (known["days_left"], known["expires_at_is_guess"]) == (days, not is_noted)


@pytest.mark.parametrize(
    ("left", "ends"),
    [
        (2 * DAY, "ends on 2026-07-25, in 2 days"),
        (DAY, "ends on 2026-07-24, in 1 day"),
        (timedelta(0), "ended on 2026-07-23"),
        (-3 * DAY, "ended on 2026-07-20"),
    ],
)
def test_an_end_is_ahead_or_in_the_past(
    setup: Setup, show: Callable[..., str], left: timedelta, ends: str
) -> None:
    setup.store.put(STORED._replace(expires_at=NOW + left))

    shown = rows(show())

    assert shown["End"] == ends
    assert shown["Refresh"] == "possible"


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(("min_days", "is_enough"), [(0, True), (58, True), (59, False)])
def test_fewer_days_than_wanted_are_a_failure_after_all_was_shown(
    setup: Setup,
    show: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
    min_days: int,
    is_enough: bool,
    as_json: bool,
) -> None:
    setup.store.put(STORED)

    if is_enough:
        assert show(min_days=min_days, as_json=as_json)
        return
    with pytest.raises(
        Failed, match=r"too soon for --min-days 59\. It ends on 2026-09-19, in 58 days\."
    ):
        show(min_days=min_days, as_json=as_json)
    assert "harbour.bakery" in capsys.readouterr().out


def test_an_unknown_end_is_fewer_days_than_any(setup: Setup, show: Callable[..., str]) -> None:
    os.environ.update({"SHOP_TOKEN": VALUE})

    with pytest.raises(Failed, match="Run `mkdocs-instagram refresh --account shop`"):
        show(min_days=0)


@pytest.mark.parametrize("min_days", [None, 30])
def test_without_a_token_that_is_the_failure(
    setup: Setup,
    show: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
    min_days: int | None,
) -> None:
    setup.store.path.parent.mkdir()
    setup.store.path.write_text(VALUE, encoding="utf-8")

    with pytest.raises(TokenMalformed):
        show(min_days=min_days)

    out = capsys.readouterr().out
    assert rows(out)["Token"] == "no usable token"
    assert "1Y2z3W4v5x" not in out


@pytest.mark.parametrize("environment", [{}, {"INSTAGRAM_ACCESS_TOKEN": VALUE}])
def test_the_demo_needs_no_token_and_looks_for_none(
    setup: Setup, show: Callable[..., str], environment: dict[str, str]
) -> None:
    setup.account = Account("try", demo=True)
    os.environ.update(environment)

    assert rows(show(check=True))["Token"] == "not needed: this is the demo"
    assert "Check" not in rows(show(check=True))
    assert json.loads(show(as_json=True, min_days=30))["source"] is None
    assert setup.asked == 0


class TestChecking:
    def test_instagram_is_asked_whose_token_it_is(
        self, setup: Setup, show: Callable[..., str]
    ) -> None:
        os.environ.update({"SHOP_TOKEN": VALUE})

        assert (
            rows(show(check=True))["Check"]
            == "Instagram accepts the token, which belongs to harbour.bakery"
        )
        assert json.loads(show(check=True, as_json=True))["accepted_as"] == "harbour.bakery"
        assert setup.asked == 2

    def test_a_refused_token_is_the_failure(
        self, setup: Setup, show: Callable[..., str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        os.environ.update({"SHOP_TOKEN": VALUE})
        setup.status = 400

        with pytest.raises(TokenRefused):
            show(check=True)

        shown = rows(capsys.readouterr().out)
        assert shown["Token"].startswith("$SHOP_TOKEN")
        assert "Check" not in shown
        assert "End" not in shown
        assert shown["Refresh"] == "not possible: Instagram refused it"

    def test_a_refused_token_has_no_days_left(
        self, setup: Setup, show: Callable[..., str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        setup.store.put(STORED)
        assert json.loads(show(as_json=True))["days_left"] == 58
        setup.status = 400

        with pytest.raises(TokenRefused):
            show(check=True, as_json=True)

        known = json.loads(capsys.readouterr().out)
        told = ("expires_at", "expires_at_is_guess", "days_left", "is_refreshable")
        assert [known[name] for name in told] == [None, None, None, False]

    def test_a_past_end_is_forgotten_if_instagram_accepts_the_token(
        self, setup: Setup, show: Callable[..., str]
    ) -> None:
        setup.store.put(STORED._replace(expires_at=NOW - DAY))

        assert rows(show())["End"] == "ended on 2026-07-22"
        assert rows(show(check=True))["End"].startswith("not known; run `mkdocs-instagram refresh")

    def test_a_refused_token_is_null_for_a_script(
        self, setup: Setup, show: Callable[..., str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        os.environ.update({"SHOP_TOKEN": VALUE})
        setup.status = 400

        with pytest.raises(TokenRefused):
            show(check=True, as_json=True)

        assert json.loads(capsys.readouterr().out)["accepted_as"] is None

    def test_without_a_token_no_request_is_sent(
        self, setup: Setup, show: Callable[..., str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(TokenMissing):
            show(check=True)

        assert "None" not in capsys.readouterr().out
        assert setup.asked == 0


def test_a_listing_that_is_not_ours_is_none(setup: Setup, show: Callable[..., str]) -> None:
    setup.store.put(STORED)
    setup.fill(lambda cache: cache.put("listing/shop", {"media": 5}))

    assert rows(show())["Last fetch"] == "nothing is saved"


def test_hostile_texts_of_the_store_are_one_line(setup: Setup, show: Callable[..., str]) -> None:
    setup.store.put(STORED._replace(username="a\n\x1b[31mb" + "y" * 3000))

    shown = rows(show())

    assert shown["User"].startswith("a [31mb")
    assert len(shown["User"]) < 80
