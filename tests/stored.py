"""What is stored, for tests: entries in memory, and tokens as `login` and `refresh` make them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.instagram.secrets import Token
from mkdocs_instagram.tokens.store import StoredToken

LIFE = timedelta(days=60)


def make_empty(folder: Path) -> None:
    """Make a cache without entries."""
    cache = Cache(folder)
    cache.check_writable()
    cache.close()


class Store(dict[str, JSON]):
    """Entries in memory, as `EntryStore`."""

    def put(self, key: str, entry: JSON) -> None:
        self[key] = entry


def stored_token(token: str, issued_at: datetime, **known: Any) -> StoredToken:
    """Return what the store keeps of a token that was handed out at a moment."""
    usual: dict[str, Any] = {
        "account": "main",
        "user_id": "17841400000000001",
        "username": "harbour.bakery",
        "expires_at": issued_at + LIFE,
        "is_guess": False,
        "source": "dashboard",
    }
    return StoredToken(token=Token(token), issued_at=issued_at, **{**usual, **known})


def facts(stored: StoredToken | None) -> dict[str, object] | None:
    """Return values that can be compared: secrets are hidden, and so never equal."""
    return stored and {**stored._asdict(), "token": stored.token.reveal()}
