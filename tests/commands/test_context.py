"""A command's context: opened when it is needed, and closed at the end."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from reach import show, walk
from stored import stored_token

from mkdocs_instagram.commands.context import Context, Runtime, open_site
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import (
    CacheUnusable,
    TokenError,
    TokenMalformed,
    TokenMissing,
    TokenRefused,
    Unreachable,
)
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.graph import user_request
from mkdocs_instagram.tokens.store import TokenStore

# Not the tokens of conftest, which may be in no file: this test has a store.
VALUE = "IGAA" + "x1Y2z3W4v5" * 15
NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
SHOP = Account("shop", "SHOP_TOKEN")
STORED = stored_token(VALUE, NOW, account="shop", user_id="1", is_guess=True)


@dataclass
class Around:
    """A folder, and the clients and contexts that were opened."""

    folder: Path
    clients: list[Client] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)

    def context(self, account: Account = SHOP) -> Context:
        runtime = Runtime(self.folder, NOW, self.open_client, lambda: self.store)
        site = open_site(None, self.folder)
        self.contexts.append(Context(site, account, runtime, is_chosen=False))
        return self.contexts[-1]

    @property
    def store(self) -> TokenStore:
        return TokenStore(self.folder / "config")

    def open_client(self) -> Client:
        async def handle(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=httpx.ByteStream(b'{"id": "1"}'))

        self.clients.append(Client(httpx.MockTransport(handle)))
        return self.clients[-1]


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Around]:
    around = Around(tmp_path)
    yield around
    for context in around.contexts:
        context.close()
    assert "mkdocs-instagram" not in [thread.name for thread in threading.enumerate()]


def test_nothing_is_opened_before_it_is_needed(around: Around) -> None:
    context = around.context()
    assert context.find_cache() is None
    context.close()

    assert around.clients == []
    assert list(around.folder.iterdir()) == []


def test_the_network_and_the_cache_are_opened_once(around: Around) -> None:
    context = around.context()

    assert context.client is context.client
    assert context.open_writable_cache() is context.open_cache() is context.find_cache()
    assert len(around.clients) == 1
    assert context.site.cache_dir.is_dir()


def test_a_cache_that_is_there_is_found(around: Around) -> None:
    first = around.context()
    first.open_cache().put("listing/shop", {"media": []})
    first.close()

    cache = around.context().find_cache()

    assert cache
    assert cache.keys("") == ["listing/shop"]


def test_a_cache_that_cannot_be_written_is_an_error_where_this_matters(around: Around) -> None:
    context = around.context()
    context.site.cache_dir.mkdir(parents=True)
    (context.site.cache_dir / "media").write_text("mine", encoding="utf-8")

    assert context.find_cache() is context.open_cache()
    with pytest.raises(CacheUnusable):
        context.open_writable_cache()


@pytest.mark.parametrize(
    ("environment", "source", "cure"),
    [
        ({"SHOP_TOKEN": VALUE}, "$SHOP_TOKEN", "Put a new token into $SHOP_TOKEN."),
        ({}, "{store}", "Run `mkdocs-instagram login --account shop` to store a new token."),
    ],
    ids=["environment", "store"],
)
def test_what_is_told_names_where_the_token_comes_from(
    around: Around,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    source: str,
    cure: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    around.store.put(STORED)
    context = around.context()

    found = context.find_token()

    place = source.format(store=around.store.path)
    assert context.describe_token(found) == f"{place}, ending in …{VALUE[-4:]}"
    refused, down = TokenRefused("It is refused."), Unreachable("It is down.")
    assert context.describe_error(refused) == f"It is refused. {cure}"
    assert context.describe_error(TokenRefused("It is refused.", "Do.")) == "It is refused. Do."
    assert context.describe_error(down) == "It is down. Try again later."


def test_without_a_usable_token_the_error_says_why(
    around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TokenMissing):
        around.context().find_token()

    monkeypatch.setenv("SHOP_TOKEN", "two words")
    with pytest.raises(TokenMalformed):
        around.context().find_token()


def test_the_demo_is_refused_where_a_token_is_needed(around: Around) -> None:
    around.context().refuse_demo()

    with pytest.raises(TokenError, match="account try is the demo") as caught:
        around.context(Account("try", demo=True)).refuse_demo()

    assert "--account" in caught.value.cure


def test_a_session_has_the_sites_options_and_the_commands_store(around: Around) -> None:
    around.store.put(STORED)
    context = around.context()

    session = context.open_session()

    assert session.account_names == ["main"]
    expiry = session.find_expiry(SHOP)
    assert expiry
    assert expiry.is_stored
    session.close()
    assert around.clients == []
    assert VALUE.encode() not in b"".join(
        path.read_bytes() for path in context.site.cache_dir.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("is_stored", [False, True], ids=["environment", "store"])
def test_nothing_that_a_command_holds_prints_a_secret(
    around: Around, monkeypatch: pytest.MonkeyPatch, is_stored: bool
) -> None:
    planted = "harbour-9f81c3-planted"
    monkeypatch.setenv("PLANTED", planted)
    if is_stored:
        around.store.put(STORED)
    else:
        monkeypatch.setenv("SHOP_TOKEN", VALUE)
    context = around.context()
    context.client.ask(context.find_token().token, [user_request()])

    seen = [(way, text) for thing, way in walk(context) for _, text in show(thing)]

    assert any("Token(hidden)" in text for _, text in seen)
    assert [way for way, text in seen if VALUE[8:20] in text or planted in text] == []
