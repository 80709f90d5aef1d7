"""Checks of a token and its user."""

import re
from typing import TYPE_CHECKING

from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import LoginRefused, OtherUser, TokenMalformed
from mkdocs_instagram.instagram.models import User
from mkdocs_instagram.instagram.secrets import Token
from mkdocs_instagram.text import can_be_token

if TYPE_CHECKING:
    from mkdocs_instagram.instagram.client import Client

_QUOTES = "[\"'`\u00ab\u00bb\u2018-\u201f]"
_MISTAKES = (
    (
        rf"{_QUOTES}.*|.*{_QUOTES}",
        "has quotation marks around the token.",
        "Remove them: Docker and some CI systems keep them as a part of the value.",
    ),
    (
        r"bearer\b.*",
        "begins with the word Bearer, which belongs to a header of HTTP.",
        "Keep only the token behind it.",
    ),
)
"""What people write around a token: a pattern, what it is, and the cure."""

_PERSONAL = {"PERSONAL", "CONSUMER"}
_SWITCH = (
    "In the Instagram app: Settings and privacy, Account type and tools, Switch to professional "
    "account. It is free. Then generate a new token."
)


def check_token(value: str, where: str) -> Token:
    """Return a token without the white space around it, as files and secrets have.

    Raises:
        TokenMalformed: It is not one word of the characters and the length that tokens have, or
            something is around it. The text begins with `where`. Caught by `loader`, `store` and
            `cli`.
    """
    value = value.strip()
    if not value:
        raise TokenMalformed(f"{where} is empty.")
    for pattern, what, cure in _MISTAKES:
        if re.fullmatch(pattern, value, re.DOTALL | re.IGNORECASE):
            raise TokenMalformed(f"{where} {what}", cure)
    if len(value.split()) > 1:
        raise TokenMalformed(f"{where} contains several lines or words, not one token.")
    if not can_be_token(value):
        raise TokenMalformed(f"{where} contains characters that no token has, or is too long.")
    return Token(value)


def check_user(client: "Client", token: Token, account: Account) -> User:
    """Return whose token it is, by one call of `/me`.

    Raises:
        InstagramError: Instagram refuses it, or its user is not right for this account. Caught by
            `login`, `status` and `doctor`.
    """
    from mkdocs_instagram.instagram.account import InstagramAccount

    user = InstagramAccount(client, token).read_user()
    name = user.username or user.id
    if user.account_type.upper() in _PERSONAL:
        raise LoginRefused(
            f"{name} is a personal account, and the API does not work for those.", _SWITCH
        )
    if account.username and account.username.lower() != user.username.lower():
        raise OtherUser(
            f"The token belongs to {name}, but mkdocs.yml expects one of {account.username} for "
            f"the account {account.name}.",
            f"Log in to Instagram as {account.username} and generate a token there, or change "
            "`username:` in mkdocs.yml.",
        )
    return user
