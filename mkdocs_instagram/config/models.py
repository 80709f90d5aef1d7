"""Accounts and overrides of posts."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

DEFAULT_ACCOUNT = "main"
"""The name of the account when mkdocs.yml has no `accounts`."""


def name_command(command: str, account: str) -> str:
    """Return a command of ours as a person types it for an account."""
    option = "" if account == DEFAULT_ACCOUNT else f" --account {account}"
    return f"mkdocs-instagram {command}{option}"


class Account(NamedTuple):
    """One source of media in mkdocs.yml: the demo, a token, a snapshot, or both of these.

    Attributes:
        token_env: The name of the variable that is read first, never the token; "" for a snapshot
            alone.
        username: The user that the token must belong to; "" for any user.
        snapshot: The folder of a snapshot; "" without one.
    """

    name: str
    token_env: str = "INSTAGRAM_ACCESS_TOKEN"  # noqa: S105 - a name
    username: str = ""
    demo: bool = False
    snapshot: str = ""

    @property
    def is_offline(self) -> bool:
        """Whether it needs neither a token nor the network."""
        return self.demo or not self.token_env

    @property
    def offline(self) -> "Account":
        """The account of the same folder, without the token."""
        return self._replace(token_env="")

    def locate(self, folder: Path) -> "Account":
        """Return the account of a site in `folder`, with the absolute path of its snapshot."""
        if not self.snapshot:
            return self
        return self._replace(snapshot=str((folder / self.snapshot).absolute()))


class MediaOverride(NamedTuple):
    """The entry of one post in the option `media`."""

    alt: str = ""
    link: str = ""
    label: str = ""
    pin: bool = False
    hide: bool = False


Overrides = Mapping[str, MediaOverride]
