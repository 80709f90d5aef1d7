"""Values that must not be shown."""

import hashlib
from typing import NamedTuple, Never


class Secret:
    """A text that does not show itself: not in a repr, a str, a format or a pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the text itself: `client` calls this to send it, `tokens.store` to store it."""
        return self._value

    def is_same_as(self, other: "Secret") -> bool:
        """Tell whether both texts are equal, in a time that does not show where they differ."""
        import hmac

        return hmac.compare_digest(self._value.encode(), other.reveal().encode())

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"

    def __getstate__(self) -> Never:
        raise TypeError("a secret is not pickled")


class Token(Secret):
    """An access token."""

    __slots__ = ()

    @property
    def is_facebook(self) -> bool:
        """Whether the prefix is that of Facebook Login's tokens: a hint for the host, no proof."""
        return self._value.startswith("EAA")

    @property
    def fingerprint(self) -> str:
        """16 hex digits of its SHA-256, the name of what the cache knows of it."""
        return hashlib.sha256(self._value.encode()).hexdigest()[:16]

    @property
    def last_four(self) -> str:
        """Its last four characters, by which a person can tell tokens apart; "" if it is short."""
        return self._value[-4:] if len(self._value) >= 24 else ""


class Grant(NamedTuple):
    """The answer of a token endpoint.

    Attributes:
        expires_in: Seconds from now; `None` when the answer did not say.
        user_id: From the code exchange only; otherwise "".
    """

    token: Token
    expires_in: float | None = None
    user_id: str = ""
