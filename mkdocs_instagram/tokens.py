"""Where a `Token` is read. Its outside thing is the environment."""

from collections.abc import Mapping

from .errors import TokenMalformed, TokenMissing
from .models import Token

_MAX_LENGTH = 1024


def read_token(name: str, environment: Mapping[str, str]) -> Token:
    """Return the token in the variable `name`.

    White space around it, as files and secrets have, is dropped.

    Raises:
        TokenMissing: The variable is unset or empty.
        TokenMalformed: It holds several lines, or characters that no token has.
    """
    value = environment.get(name, "").strip()
    if not value:
        raise TokenMissing(f"No token: the environment variable {name} is unset or empty.")
    if len(value.split()) > 1:
        raise TokenMalformed(
            f"The environment variable {name} holds several lines or words, not one token."
        )
    if not value.isascii() or not value.isprintable() or len(value) > _MAX_LENGTH or "=" in value:
        raise TokenMalformed(
            f"The environment variable {name} holds characters or a length that no token has."
        )
    return Token(value)
