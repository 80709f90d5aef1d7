"""The tokens of accounts in one run."""

from contextlib import suppress
from datetime import datetime

from mkdocs_instagram.cache.keys import token_key
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import TokenError
from mkdocs_instagram.instagram.secrets import Token
from mkdocs_instagram.tokens.expiry import Expiry, find_expiry, note_seen, refresh_if_due
from mkdocs_instagram.tokens.store import FoundToken, find_token

from .resources import Resources


class AccountTokens:
    """Finds the token of each account, and its end, once.

    Args:
        resources: Has the token store, and notes on tokens in the cache.
        now: The time, in UTC.
    """

    def __init__(self, resources: Resources, now: datetime) -> None:
        self._resources = resources
        self._now = now
        self._found: dict[str, FoundToken] = {}
        self._expiries: dict[str, Expiry | None] = {}

    def find(self, account: Account) -> FoundToken:
        """Return an account's token.

        Raises:
            TokenError: There is none that can be used. Caught by `loader` and `cli`.
        """
        if account.name not in self._found:
            try:
                self._found[account.name] = find_token(account, lambda: self._resources.store)
            except TokenError as error:
                # The frames of the traceback contain the value.
                raise error.with_traceback(None) from None
        return self._found[account.name]

    def list_keys(self) -> set[str]:
        """Return the keys in the cache of the tokens found in this run."""
        return {token_key(found.token) for found in self._found.values()}

    def is_stored(self, account: Account) -> bool:
        """Tell whether a token was found in the store, not in the environment."""
        found = self._found.get(account.name)
        return found is not None and found.stored is not None

    def find_fresh(self, account: Account) -> tuple[Token, str]:
        """Return an account's token, refreshed if that is due.

        Returns:
            The token, and a sentence for the log about the refresh; "" without one.

        Raises:
            TokenError: There is none that can be used. Caught by `loader`.
        """
        stored = self.find(account).stored
        note = ""
        if stored:
            resources = self._resources
            cache = resources.open_cache()
            stored, note = refresh_if_due(
                resources.client, stored, resources.store, cache, self._now
            )
            self._found[account.name] = FoundToken(stored.token, stored)
        return self._found[account.name].token, note

    def note_seen(self, account: Account) -> None:
        """Note that an account's token works, if it was used."""
        if account.name in self._found:
            cache = self._resources.open_cache()
            note_seen(self._found[account.name], cache, self._now)

    def find_expiry(self, account: Account) -> Expiry | None:
        """Return when an account's token ends; `None` without a token, and if it is not known."""
        name = account.name
        if name not in self._expiries:
            self._expiries[name] = None
            with suppress(TokenError):
                if not account.is_offline:
                    found = self.find(account)
                    cache = self._resources.open_cache()
                    self._expiries[name] = find_expiry(found, cache)
        return self._expiries[name]
