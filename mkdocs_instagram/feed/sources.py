"""Where the media of accounts come from."""

from typing import TYPE_CHECKING

from mkdocs_instagram.config.models import Account

from .account_tokens import AccountTokens
from .paging import MediaSource
from .pictures import FileSource
from .resources import Resources

if TYPE_CHECKING:
    from .snapshot import Snapshot


class AccountSources:
    """Opens Instagram or a folder for each account, when it is first needed."""

    def __init__(self, resources: Resources, tokens: AccountTokens) -> None:
        self._resources = resources
        self._tokens = tokens
        self._folders: dict[Account, Snapshot] = {}

    def open(self, account: Account) -> MediaSource:
        """Return what lists an account's media.

        Raises:
            InstagramError: There is no token that can be used, or the folder cannot be read.
        """
        if account.is_offline:
            return self._open_folder(account).source
        from mkdocs_instagram.instagram.account import InstagramAccount

        token, note = self._tokens.find_fresh(account)
        source = InstagramAccount(self._resources.client, token)
        source.notes.extend(filter(None, [note]))
        return source

    def open_files(self, account: Account) -> FileSource:
        """Return what has the files of an account's media."""
        if account.is_offline:
            return self._open_folder(account).source
        return self._resources.client

    def find_folder(self, account: Account) -> "Snapshot | None":
        """Return the folder of an account, if it was opened."""
        return self._folders.get(account)

    def _open_folder(self, account: Account) -> "Snapshot":
        from .snapshot import open_folder

        if account not in self._folders:
            self._folders[account] = open_folder(account)
        return self._folders[account]
