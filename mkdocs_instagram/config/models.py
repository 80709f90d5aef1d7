"""Accounts and overrides of posts."""

from collections.abc import Mapping
from typing import NamedTuple

DEFAULT_ACCOUNT = "main"
"""The name of the account when mkdocs.yml has no `accounts`."""


def name_command(command: str, account: str) -> str:
    """Return a command of ours as a person types it for an account."""
    option = "" if account == DEFAULT_ACCOUNT else f" --account {account}"
    return f"mkdocs-instagram {command}{option}"


class Account(NamedTuple):
    """One source of media in mkdocs.yml: the demo, or a token.

    Attributes:
        token_env: The name of the variable that is read first, never the token.
        username: The user that the token must belong to; "" for any user.
    """

    name: str
    token_env: str = "INSTAGRAM_ACCESS_TOKEN"  # noqa: S105 - a name
    username: str = ""
    demo: bool = False


class MediaOverride(NamedTuple):
    """The entry of one post in the option `media`."""

    alt: str = ""
    link: str = ""
    label: str = ""
    pin: bool = False
    hide: bool = False


Overrides = Mapping[str, MediaOverride]
