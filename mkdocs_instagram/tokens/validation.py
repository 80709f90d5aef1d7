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
_GENERATE = "Generate a token in the dashboard (Instagram, API setup with Instagram login)"
_MISTAKES = (
    (
        r"https?://.*[?&]code=.*",
        "contains an address with a code, not a token.",
        "Run `mkdocs-instagram login --oauth`, and paste the address that this login leads to.",
    ),
    (
        r"https?://.*access_token=.*",
        "contains an address, not only a token.",
        "Keep what is between access_token= and the next &.",
    ),
    (r"(?:https?://|www\.).*", "contains an address, not a token.", f"{_GENERATE}."),
    (
        r"(?:export\s+)?[a-z_][\w-]*\s*[=:].*",
        "contains a name before the token.",
        "Keep only the token behind it, without quotation marks.",
    ),
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
    (
        r"[{\[].*",
        "contains a whole answer in JSON, not one token.",
        "Keep only the value of access_token, without quotation marks.",
    ),
    (
        r"\$.*|%\w+%|[a-z][a-z0-9_]*_token",
        "contains the name of a variable, not its value.",
        "Put the token itself there. Between single quotes, a shell replaces no name.",
    ),
    (
        r".*(?:\.{3}|\u2026|\*{3}|\u2022).*",
        "contains a token with dots or stars in place of characters.",
        "Copy it again where it is shown in full.",
    ),
    (r"<.*>|your[ _-].*", "contains the words of an example.", f"{_GENERATE}."),
    (
        r"[0-9a-f]{32}",
        "contains an app secret, not a token.",
        f"{_GENERATE}: it begins with IGAA. Only `login --oauth` asks for the secret.",
    ),
    (
        r"\d{5,}\|.*",
        "contains the token of an app, not of an account.",
        f"{_GENERATE}: it begins with IGAA.",
    ),
    (
        r"\d{5,}",
        "contains a number, such as an app ID, not a token.",
        f"{_GENERATE}: it begins with IGAA.",
    ),
)
"""What people write around a token, or in its place: a pattern, what it is, and the cure."""

_PERSONAL = {"PERSONAL", "CONSUMER"}
_SWITCH = (
    "In the Instagram app: Settings and privacy, Account type and tools, Switch to professional "
    "account. It is free. Then generate a new token."
)


def check_token(value: str, where: str) -> Token:
    """Return a token without the white space around it, as files and secrets have.

    Raises:
        TokenMalformed: It is not one word of the characters and the length that tokens have, or
            something is around it, or in its place. The text begins with `where`. Caught by
            `loader`, `store` and `cli`.
    """
    value = value.strip()
    if not value:
        raise TokenMalformed(f"{where} is empty.")
    # With nothing around it, a token is spared the patterns, which are compiled here.
    is_plain = value.startswith("IGAA") and value.isalnum()
    for pattern, what, cure in () if is_plain else _MISTAKES:
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
