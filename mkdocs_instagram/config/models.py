"""What mkdocs.yml says, once it is checked; performs no I/O."""

from collections.abc import Mapping
from typing import NamedTuple

DEFAULT_ACCOUNT = "main"
"""What the account is called where mkdocs.yml names none."""


def name_command(command: str, account: str) -> str:
    """Return one of our commands as it is to be typed for an account."""
    option = "" if account == DEFAULT_ACCOUNT else f" --account {account}"
    return f"mkdocs-instagram {command}{option}"


class Account(NamedTuple):
    """One source of media in mkdocs.yml: the demo, or a token.

    Attributes:
        token_env: The name of the variable that is looked into first; never the token.
        username: Whose feed it must be; "" for whoever the token belongs to.
    """

    name: str
    token_env: str = "INSTAGRAM_ACCESS_TOKEN"  # noqa: S105 - a name
    username: str = ""
    demo: bool = False


class MediaOverride(NamedTuple):
    """What mkdocs.yml says of one media, by shortcode."""

    alt: str = ""
    link: str = ""
    pin: bool = False
    hide: bool = False


Overrides = Mapping[str, MediaOverride]
