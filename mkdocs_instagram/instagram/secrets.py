"""Values that must not be shown."""

import hashlib
import os
from operator import xor
from typing import NamedTuple, Never


def read_variable(name: str) -> str:
    """Return an environment variable without the white space around it; "" if it is unset.

    Nothing keeps the environment: what a plugin holds, a theme's template can print.
    """
    return os.environ.get(name, "").strip()


class Secret:
    """A text that does not show itself: not in a repr, a str, a format or a pickle.

    It is masked in memory, so that nothing that prints attributes, at any depth, shows it.
    """

    __slots__ = ("_mask", "_masked")

    def __init__(self, value: str) -> None:
        data = value.encode("utf-8", "surrogatepass")
        self._mask = os.urandom(len(data))
        self._masked = bytes(map(xor, data, self._mask))

    def reveal(self) -> str:
        """Return the text itself: `client` calls this to send it, `tokens.store` to store it."""
        return bytes(map(xor, self._masked, self._mask)).decode("utf-8", "surrogatepass")

    def is_same_as(self, other: "Secret") -> bool:
        """Tell whether both texts are equal, in a time that does not show where they differ."""
        import hmac

        return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

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
        return self.reveal().startswith("EAA")

    @property
    def fingerprint(self) -> str:
        """16 hex digits of its SHA-256, the name of what the cache knows of it."""
        return hashlib.sha256(self.reveal().encode()).hexdigest()[:16]

    @property
    def last_four(self) -> str:
        """Its last four characters, by which a person can tell tokens apart; "" if it is short."""
        value = self.reveal()
        return value[-4:] if len(value) >= 24 else ""


class Grant(NamedTuple):
    """The answer of a token endpoint.

    Attributes:
        expires_in: Seconds from now; `None` when the answer did not say.
        user_id: From the code exchange only; otherwise "".
    """

    token: Token
    expires_in: float | None = None
    user_id: str = ""
