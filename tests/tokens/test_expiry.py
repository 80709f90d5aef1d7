"""When a token ends, when it is refreshed, and what stays when that fails."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from stored import facts, stored_token

from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import TokenRefused
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.instagram.secrets import Grant, Token
from mkdocs_instagram.tokens.expiry import (
    Expiry,
    find_end,
    find_expiry,
    find_obstacle,
    note_expiry,
    note_seen,
    refresh_if_due,
    request_refresh,
    store_grant,
    warn_of_expiry,
)
from mkdocs_instagram.tokens.store import FoundToken, StoredToken, TokenStore

# Not the tokens of conftest, which no file may contain, not even a store.
OLD = "IGAA" + "x1Y2z3W4v5" * 15
NEW = "IGAA" + "k9J8h7G6f5" * 15
FACEBOOK = "EAAG" + "x1Y2z3W4v5" * 15
NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STORED = stored_token(OLD, NOW - 21 * DAY, is_guess=True)
ENVIRONMENT = FoundToken(Token(OLD))


class Notes(dict[str, JSON]):
    """Keeps entries as the cache does."""

    def put(self, key: str, entry: JSON) -> None:
        self[key] = {**entry, "schema": 1}


@pytest.fixture
def notes() -> Notes:
    return Notes()


class TestExpiry:
    def test_the_store_knows_the_end_of_its_token(self, notes: Notes) -> None:
        note_expiry(STORED.token, NOW, notes)

        for is_guess in (True, False):
            stored = STORED._replace(is_guess=is_guess)
            assert find_expiry(FoundToken(stored.token, stored), notes) == Expiry(
                STORED.expires_at, is_guess, is_stored=True
            )

    def test_nobody_knows_the_end_of_a_new_token(self, notes: Notes) -> None:
        assert find_expiry(ENVIRONMENT, notes) is None
        assert find_expiry(ENVIRONMENT, None) is None

    def test_sixty_days_from_the_first_time_are_a_guess(self, notes: Notes) -> None:
        note_seen(ENVIRONMENT, notes, NOW)
        note_seen(ENVIRONMENT, notes, NOW + 5 * DAY)

        assert find_expiry(ENVIRONMENT, notes) == Expiry(NOW + 60 * DAY, is_guess=True)

    def test_what_instagram_told_is_no_guess(self, notes: Notes) -> None:
        note_seen(ENVIRONMENT, notes, NOW)
        note_expiry(ENVIRONMENT.token, NOW + 59 * DAY, notes)
        note_seen(ENVIRONMENT, notes, NOW + DAY)

        assert find_expiry(ENVIRONMENT, notes) == Expiry(NOW + 59 * DAY, is_guess=False)

    def test_a_token_that_works_past_its_end_was_refreshed_elsewhere(self, notes: Notes) -> None:
        note_seen(ENVIRONMENT, notes, NOW - 50 * DAY)
        note_expiry(ENVIRONMENT.token, NOW, notes)
        ends = []
        for moment in (NOW - SECOND, NOW, NOW + SECOND, NOW + DAY):
            note_seen(ENVIRONMENT, notes, moment)
            ends.append(find_expiry(ENVIRONMENT, notes))

        told = Expiry(NOW, is_guess=False)
        guessed = Expiry(NOW + 10 * DAY, is_guess=True)
        assert ends == [told, told, guessed, guessed]

    def test_a_wrong_end_of_a_token_never_seen_makes_it_seen_now(self, notes: Notes) -> None:
        note_expiry(ENVIRONMENT.token, NOW - DAY, notes)

        note_seen(ENVIRONMENT, notes, NOW)

        assert find_expiry(ENVIRONMENT, notes) == Expiry(NOW + 60 * DAY, is_guess=True)

    def test_another_token_is_another_note(self, notes: Notes) -> None:
        note_expiry(ENVIRONMENT.token, NOW, notes)

        assert find_expiry(FoundToken(Token(NEW)), notes) is None

    def test_a_note_holds_times_under_a_fingerprint(self, notes: Notes) -> None:
        note_seen(ENVIRONMENT, notes, NOW)
        note_expiry(ENVIRONMENT.token, NOW + DAY, notes)

        assert notes == {
            f"token/{Token(OLD).fingerprint}": {
                "schema": 1,
                "seen_at": "2026-07-23T12:00:00+00:00",
                "expires_at": "2026-07-24T12:00:00+00:00",
            }
        }

    def test_a_stored_token_needs_no_note(self, notes: Notes) -> None:
        note_seen(FoundToken(STORED.token, STORED), notes, NOW)

        assert notes == {}

    @pytest.mark.parametrize("name", ["seen_at", "expires_at"])
    @pytest.mark.parametrize(
        "wrong", [None, 5, [], {}, "soon", "2026-13-01", "9999-12-31T23:59:59", "0001-01-01"]
    )
    def test_a_note_that_nobody_wrote_breaks_nothing(
        self, notes: Notes, name: str, wrong: object
    ) -> None:
        notes.put(f"token/{Token(OLD).fingerprint}", {name: wrong})

        expiry = find_expiry(ENVIRONMENT, notes)
        note_seen(ENVIRONMENT, notes, NOW)

        if expiry:
            expiry.days_left(NOW)
            assert warn_of_expiry(expiry, Account("main"), NOW) is not None

    @pytest.mark.parametrize(
        ("left", "days"),
        [
            (60 * DAY, 60),
            (DAY, 1),
            (DAY - SECOND, 0),
            (timedelta(0), 0),
            (-SECOND, -1),
            (-DAY, -1),
            (-DAY - SECOND, -2),
        ],
    )
    def test_days_left_are_whole_ones(self, left: timedelta, days: int) -> None:
        assert Expiry(NOW + left, is_guess=False).days_left(NOW) == days

    @pytest.mark.parametrize(
        ("expires_in", "expiry"),
        [
            (None, Expiry(NOW + 60 * DAY, is_guess=True)),
            (5110824.0, Expiry(NOW + timedelta(seconds=5110824), is_guess=False)),
        ],
    )
    def test_a_life_that_was_not_told_is_guessed(
        self, expires_in: float | None, expiry: Expiry
    ) -> None:
        assert find_end(Grant(Token(NEW), expires_in), NOW) == expiry


def issued(age: timedelta, *, is_guess: bool = False) -> FoundToken:
    stored = STORED._replace(issued_at=NOW - age, is_guess=is_guess)
    return FoundToken(stored.token, stored)


ENDED = STORED._replace(expires_at=NOW - DAY, is_guess=False)
OBSTACLES: dict[str, tuple[FoundToken, str]] = {
    "none": (ENVIRONMENT, ""),
    "Facebook Login": (FoundToken(Token(FACEBOOK)), "it is from Facebook Login (EAA…)"),
    "young": (issued(DAY - HOUR), "it is not 24 hours old; wait until 2026-07-23 13:00 UTC"),
    "new": (issued(timedelta(0)), "it is not 24 hours old; wait until 2026-07-24 12:00 UTC"),
    "a day old": (issued(DAY), ""),
    # It may have been refreshed elsewhere.
    "ended": (FoundToken(ENDED.token, ENDED), ""),
    # Pasted just now, but made in the dashboard at any time: Instagram will say.
    "pasted": (issued(HOUR, is_guess=True), ""),
    "of a clock that was ahead": (issued(-HOUR), ""),
    "of no clock": (issued(NOW - datetime.max.replace(tzinfo=UTC)), ""),
}


@pytest.mark.parametrize(("found", "why"), OBSTACLES.values(), ids=list(OBSTACLES))
def test_what_would_not_be_refreshed_is_known_beforehand(found: FoundToken, why: str) -> None:
    assert find_obstacle(found, NOW) == why


@dataclass
class Graph:
    """Refreshes a token to `handed`, knows the users of `good`, and records its requests."""

    handed: object = NEW
    expires_in: object = 5183944
    good: set[str] = field(default_factory=lambda: {OLD, NEW})
    answer: Callable[[], tuple[int, bytes]] | None = None
    on_refresh: Callable[[], object] = lambda: None
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        token = request.url.params["access_token"]
        self.asked.append((request.url.path, token))
        status, body = self.refresh() if "refresh" in request.url.path else self.user(token)
        return httpx.Response(status, stream=httpx.ByteStream(body))

    def refresh(self) -> tuple[int, bytes]:
        self.on_refresh()
        if self.answer:
            return self.answer()
        grant = {"access_token": self.handed, "expires_in": self.expires_in}
        return 200, json.dumps({"token_type": "bearer", **grant}).encode()

    def user(self, token: str) -> tuple[int, bytes]:
        if token in self.good:
            return 200, b'{"id": "26011223344556677", "username": "harbour.bakery"}'
        return 400, b'{"error": {"message": "Invented", "code": 190}}'

    @property
    def refreshed(self) -> int:
        return sum("refresh" in path for path, _ in self.asked)


@pytest.fixture
def graph() -> Graph:
    return Graph()


@pytest.fixture
def client(graph: Graph) -> Iterator[Client]:
    client = Client(httpx.MockTransport(graph.handle))
    yield client
    client.close()


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    store = TokenStore(tmp_path / "config")
    store.put(STORED)
    return store


@pytest.mark.usefixtures("store")
class TestRequestRefresh:
    def test_a_new_string_is_tried_before_it_is_returned(
        self, graph: Graph, client: Client
    ) -> None:
        grant = request_refresh(client, Token(OLD))

        assert grant.token.reveal() == NEW
        assert grant.expires_in == 5183944.0
        assert graph.asked == [("/refresh_access_token", OLD), ("/v26.0/me", NEW)]

    def test_the_same_string_needs_no_trial(self, graph: Graph, client: Client) -> None:
        graph.handed = OLD

        assert request_refresh(client, Token(OLD)).token.reveal() == OLD
        assert graph.asked == [("/refresh_access_token", OLD)]

    def test_a_new_string_that_does_not_work_is_not_returned(
        self, graph: Graph, client: Client
    ) -> None:
        graph.good = {OLD}

        with pytest.raises(TokenRefused):
            request_refresh(client, Token(OLD))

    def test_a_token_of_facebook_login_is_not_sent_there(
        self, graph: Graph, client: Client
    ) -> None:
        with pytest.raises(TokenRefused, match="cannot be refreshed") as caught:
            request_refresh(client, Token(FACEBOOK))

        assert "API setup with Instagram login" in caught.value.cure
        assert graph.asked == []


class TestStoreGrant:
    def test_what_is_known_of_the_old_one_stays_with_the_new(self, store: TokenStore) -> None:
        renewed = store_grant(store, STORED, Grant(Token(NEW), 5183944.0), NOW)

        wanted = STORED._replace(
            token=Token(NEW),
            issued_at=NOW,
            expires_at=NOW + timedelta(seconds=5183944),
            is_guess=False,
        )
        assert facts(renewed) == facts(store.get("main")) == facts(wanted)

    def test_without_a_life_the_end_is_guessed_anew(self, store: TokenStore) -> None:
        renewed = store_grant(store, STORED, Grant(Token(OLD)), NOW)

        assert renewed
        assert (renewed.expires_at, renewed.is_guess) == (NOW + 60 * DAY, True)

    def test_what_was_stored_meanwhile_stays(self, store: TokenStore) -> None:
        another = STORED._replace(token=Token("IGAA" + "s" * 60))
        store.put(another)

        assert store_grant(store, STORED, Grant(Token(NEW)), NOW) is None
        assert facts(store.get("main")) == facts(another)


FAILURES: dict[str, tuple[int, bytes]] = {
    "refused": (400, b'{"error": {"message": "Invented", "code": 190}}'),
    "too young": (400, b'{"error": {"message": "Invented", "code": 9999}}'),
    "throttled": (403, b'{"error": {"message": "Invented", "code": 4}}'),
    "down": (502, b"<html>Bad gateway"),
    "no token": (200, b'{"token_type": "bearer"}'),
    "no json": (200, b"Sorry"),
    "not allowed": (
        400,
        b'{"error": {"message": "Unsupported request - method type: get", "code": 100}}',
    ),
}


class TestOnTheWay:
    """What a build does with a stored token."""

    @pytest.fixture(autouse=True)
    def _keep(self, client: Client, store: TokenStore, notes: Notes) -> None:
        self.client, self.store, self.notes = client, store, notes

    def build(
        self, stored: StoredToken = STORED, now: datetime = NOW
    ) -> tuple[dict[str, object] | None, str]:
        used, said = refresh_if_due(self.client, stored, self.store, self.notes, now)
        return facts(used), said

    @pytest.mark.parametrize("handed", [OLD, NEW], ids=["the same", "a new string"])
    def test_an_old_token_is_refreshed_stored_and_used(self, graph: Graph, handed: str) -> None:
        graph.handed = handed

        used, said = self.build()

        assert used == facts(self.store.get("main"))
        assert used == facts(STORED) | {  # type: ignore[operator]
            "token": handed,
            "issued_at": NOW,
            "expires_at": NOW + timedelta(seconds=5183944),
            "is_guess": False,
        }
        assert said == "refreshed the token, which now ends on 2026-09-21."
        assert graph.refreshed == 1

    @pytest.mark.parametrize(
        ("stored", "is_due"),
        [
            (STORED._replace(issued_at=NOW - 20 * DAY), False),
            (STORED._replace(issued_at=NOW - 20 * DAY - SECOND), True),
            (STORED._replace(issued_at=NOW + DAY), False),
            (STORED._replace(expires_at=NOW + SECOND, is_guess=False), True),
            (STORED._replace(expires_at=NOW, is_guess=False), True),
            (STORED._replace(expires_at=NOW - SECOND, is_guess=False), True),
            (STORED._replace(expires_at=NOW - DAY), True),
            (STORED._replace(token=Token(FACEBOOK)), False),
        ],
        ids=[
            "20 days old",
            "older",
            "of the future",
            "about to end",
            "ends now",
            "ended",
            "ended, as guessed",
            "Facebook Login",
        ],
    )
    def test_who_is_refreshed(self, graph: Graph, stored: StoredToken, is_due: bool) -> None:
        self.store.put(stored)

        used, said = self.build(stored)

        assert bool(graph.refreshed) is bool(said) is is_due
        assert is_due or used == facts(stored)
        assert is_due or self.notes == {}

    def test_it_is_tried_once_a_day_at_most(self, graph: Graph) -> None:
        graph.answer = lambda: (400, b'{"error": {"message": "Invented", "code": 9999}}')
        moments = [
            timedelta(0),
            SECOND,
            DAY - SECOND,
            DAY,
            DAY + HOUR,
            2 * DAY,
        ]

        tries = []
        for moment in moments:
            before = graph.refreshed
            self.build(now=NOW + moment)
            tries.append(graph.refreshed - before)

        assert tries == [1, 0, 0, 1, 0, 1]

    def test_a_clock_that_was_ahead_does_not_stop_it(self, graph: Graph) -> None:
        graph.answer = lambda: (400, b'{"error": {"message": "Invented", "code": 9999}}')
        self.build(now=NOW + 30 * DAY)

        self.build(now=NOW)

        assert graph.refreshed == 2

    def test_the_day_of_one_token_is_not_that_of_another(self, graph: Graph) -> None:
        graph.answer = lambda: (400, b'{"error": {"message": "Invented", "code": 9999}}')
        self.build()
        another = STORED._replace(token=Token(NEW))

        self.build(another)

        assert [token for _, token in graph.asked] == [OLD, NEW]

    def test_the_try_is_noted_before_it_is_made(self, graph: Graph) -> None:
        noted: list[Notes] = []
        graph.on_refresh = lambda: noted.append(Notes(self.notes))
        note_expiry(STORED.token, NOW + DAY, self.notes)

        self.build()

        (entry,) = noted[0].values()
        assert entry["tried_at"] == NOW.isoformat()
        assert entry["expires_at"] == (NOW + DAY).isoformat()

    @pytest.mark.parametrize("answer", FAILURES.values(), ids=list(FAILURES))
    def test_an_endpoint_that_fails_keeps_the_old_token(
        self, graph: Graph, answer: tuple[int, bytes]
    ) -> None:
        graph.answer = lambda: answer

        used, said = self.build()

        assert used == facts(STORED) == facts(self.store.get("main"))
        assert said.startswith("the token was not refreshed: ")
        assert said.endswith(" The old one is used for now.")
        assert said.isprintable()

    def test_a_new_string_that_does_not_work_is_not_stored(self, graph: Graph) -> None:
        graph.good = {OLD}

        used, said = self.build()

        assert used == facts(STORED) == facts(self.store.get("main"))
        assert "was not refreshed" in said

    def test_another_token_stored_meanwhile_stays(self, graph: Graph) -> None:
        another = STORED._replace(token=Token("IGAA" + "s" * 60))
        graph.on_refresh = lambda: self.store.put(another)

        used, said = self.build()

        assert used == facts(STORED)
        assert said == ""
        assert facts(self.store.get("main")) == facts(another)

    def test_a_store_that_cannot_be_written_keeps_the_old_token(self, graph: Graph) -> None:
        graph.on_refresh = lambda: self.store.path.write_bytes(b"{")

        used, said = self.build()

        assert used == facts(STORED)
        assert "cannot be used: it is damaged. The old one is used" in said

    def test_what_is_told_holds_neither_token(self, graph: Graph) -> None:
        graph.answer = lambda: (400, json.dumps({"error": {"message": OLD, "code": 9}}).encode())

        _, said = self.build()

        assert "1Y2z3W4v5" not in said

    def test_notes_that_cannot_be_kept_stop_nothing(self) -> None:
        class Lost(Notes):
            def put(self, key: str, entry: JSON) -> None:
                """Store nothing, as with a full disk."""

        self.notes = Lost()

        _, said = self.build()

        assert said.startswith("refreshed the token")
