"""One run's client, cache and token store."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_instagram.tokens.store import TokenStore, default_folder

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache
    from mkdocs_instagram.instagram.client import Client


def make_client() -> "Client":
    """Return a client of the real network."""
    from mkdocs_instagram.instagram.client import Client

    return Client()


def make_store() -> TokenStore:
    """Return the token store of the computer's user."""
    return TokenStore(default_folder())


class Resources:
    """Opens each thing when it is first needed, and closes what was opened.

    Args:
        cache_dir: The site's.
        open_client: Makes the client.
        open_store: Makes the token store.

    Attributes:
        cache: `None` before it is opened.
    """

    def __init__(
        self,
        cache_dir: Path,
        open_client: "Callable[[], Client]" = make_client,
        open_store: Callable[[], TokenStore] = make_store,
    ) -> None:
        self._cache_dir = cache_dir
        self._open_client = open_client
        self._open_store = open_store
        self._client: Client | None = None
        self._store: TokenStore | None = None
        self._told: list[str] = []
        self.cache: Cache | None = None

    @property
    def client(self) -> "Client":
        """The network."""
        if self._client is None:
            self._client = self._open_client()
        return self._client

    @property
    def store(self) -> TokenStore:
        """The stored tokens."""
        if self._store is None:
            self._store = self._open_store()
        return self._store

    def open_cache(self) -> "Cache":
        """Return the site's cache, of which not everything may be readable or writable."""
        if self.cache is None:
            from mkdocs_instagram.cache.cache import Cache

            self.cache = Cache(self._cache_dir)
        return self.cache

    def open_writable_cache(self) -> "Cache":
        """Return the site's cache; make it if there is none.

        Raises:
            CacheUnusable: It cannot be written. Caught by `cli`.
        """
        cache = self.open_cache()
        cache.check_writable()
        return cache

    def find_cache(self) -> "Cache | None":
        """Return the site's cache; `None` without one."""
        try:
            self._cache_dir.lstat()
        except FileNotFoundError:
            return None
        except OSError:  # The cache says what is wrong.
            pass
        return self.open_cache()

    def take_cache_warnings(self) -> list[str]:
        """Return, each once, what is wrong with the site's cache."""
        found = self.cache.describe_problems() if self.cache else []
        new = [text for text in found if text not in self._told]
        self._told += new
        return new

    def close(self) -> None:
        """Close what was opened; nothing may be used after that."""
        if self._client:
            self._client.close()
        if self.cache:
            self.cache.close()
