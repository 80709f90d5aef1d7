"""One run's client, cache and token store."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_instagram.errors import CacheUnusable
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
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._cache_warning = ""
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
        """Return the site's cache; make it if there is none.

        Raises:
            CacheUnusable: It cannot be written. Caught by `cli`.
        """
        if self.cache is None:
            from mkdocs_instagram.cache.cache import Cache

            self.cache = Cache(self._cache_dir)
        return self.cache

    def find_cache(self) -> "Cache | None":
        """Return the site's cache; `None` without one that can be used."""
        if not self._cache_dir.is_dir():
            return None
        try:
            return self.open_cache()
        except CacheUnusable:
            return None

    def open_cache_or_temporary(self) -> "Cache":
        """Return the site's cache, or a temporary one if that cannot be used."""
        if self.cache:
            return self.cache
        from mkdocs_instagram.cache import cache

        try:
            self.cache = self.open_cache()
            if self.cache.was_broken:
                self._cache_warning = cache.describe_broken_cache(self._cache_dir)
        except CacheUnusable as error:
            self._cache_warning = cache.describe_unusable_cache(self._cache_dir, str(error))
            self._temporary = tempfile.TemporaryDirectory(prefix="mkdocs-instagram-")
            self.cache = cache.Cache(Path(self._temporary.name))
        return self.cache

    def take_cache_warning(self) -> str:
        """Return, once, what is wrong with the site's cache; "" for nothing."""
        warning, self._cache_warning = self._cache_warning, ""
        return warning

    def close(self) -> None:
        """Close what was opened; nothing may be used after that."""
        if self._client:
            self._client.close()
        if self.cache:
            self.cache.close()
        if self._temporary:
            self._temporary.cleanup()
