"""The exceptions of this package; performs no I/O.

    InstagramError            what happened, and the cure
    ├─ TokenError             a person must act on the token
    │  ├─ TokenMissing        no token to be had: a fork, a laptop
    │  ├─ TokenMalformed      what is there cannot be a token
    │  ├─ TokenRefused        expired, revoked, or of another app
    │  │  └─ AppRemoved       the user removed the app from the account
    │  └─ OtherUser           a good token, of somebody else
    ├─ GraphError             an answer with a code
    │  ├─ RateLimited         throttled: wait, do not retry
    │  ├─ PermissionDenied    the app or the account lacks a permission
    │  └─ UnknownField        one requested field is not known
    ├─ Unreachable            no usable answer: DNS, timeout, 5xx, temporary codes
    ├─ NotAskedYet            `mkdocs serve` asked a moment ago
    └─ LoginRefused           no code, or no token for it
    TagError                  a feed tag that cannot be understood
    OptionError               one option's value is wrong
    BuildStopped              the build must end, as the person asked for or must know
    CacheUnusable             the cache folder cannot be written
    StoreUnusable             the file of tokens cannot be read or written
    SiteFileError             the site's configuration cannot be read by a command

`loader` turns an `InstagramError` into a stale feed where one is saved; otherwise `session` catches
it, and `plugin` does as `on_error` says.
"""

from datetime import datetime


class InstagramError(Exception):
    """Instagram gave nothing that can be shown.

    Attributes:
        what: Sentences that tell what happened. Never a token, never a URL with a query.
        cure: What the person can do, or "" when `messages` knows better, by where the token comes
            from.
        needs_person: Waiting will not mend it, so a stale feed is a WARNING at any age.
    """

    needs_person = False

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


class TokenError(InstagramError):
    """The account's token cannot be used."""

    needs_person = True


class TokenMissing(TokenError):
    """No token: the variable is unset or empty, as in a pull request from a fork."""

    needs_person = False


class TokenMalformed(TokenError):
    """The variable holds something that no token looks like; it is not sent anywhere."""


class TokenRefused(TokenError):
    """Codes 190 and 102: expired, revoked, damaged, or sent to the wrong host."""


class AppRemoved(TokenRefused):
    """Code 190/458, and no other: the user removed the app from the account.

    Attributes:
        answered_at: When Instagram said so, by its own clock; `None` when that is not known.
        kept_until: Until when the saved feed is shown; `None` where none is saved.
        is_final: The time is over: what is saved of the account must go.
    """

    def __init__(
        self,
        what: str,
        cure: str = "",
        *,
        answered_at: datetime | None = None,
        kept_until: datetime | None = None,
        is_final: bool = False,
    ) -> None:
        super().__init__(what, cure)
        self.answered_at = answered_at
        self.kept_until = kept_until
        self.is_final = is_final


class OtherUser(TokenError):
    """The token works, but belongs to another user than this site shows."""


class GraphError(InstagramError):
    """The Graph API answered with an error that no other class describes."""

    def __init__(self, what: str, cure: str = "", *, code: int | None = None) -> None:
        super().__init__(what, cure)
        self.code = code


class RateLimited(GraphError):
    """Codes 4, 17, 32, 341, 613, 80002 and HTTP 429; `retry_after` is in seconds."""

    def __init__(self, what: str, *, code: int | None, retry_after: float) -> None:
        super().__init__(
            what, "Nothing to do: the next build after that time asks again.", code=code
        )
        self.retry_after = retry_after


class PermissionDenied(GraphError):
    """Codes 3, 10, 200-299, and "method type: get": the account is not allowed for the app."""

    needs_person = True


class UnknownField(GraphError):
    """Code 100, "nonexisting field"; `client` asks once more with the reduced set."""


class Unreachable(InstagramError):
    """No usable answer. When `is_temporary`, the same call may work a moment later."""

    def __init__(self, what: str, cure: str = "", *, is_temporary: bool = True) -> None:
        super().__init__(what, cure or "Nothing to do: the next build asks again.")
        self.is_temporary = is_temporary


class NotAskedYet(InstagramError):
    """A rebuild of `mkdocs serve` wants to ask too soon after the last time."""


class LoginRefused(InstagramError):
    """Login did not go through, as the person, the dashboard or Instagram would not have it.

    Caught by `cli`.
    """

    needs_person = True


class OptionError(ValueError):
    """One option's value is wrong; the text says what would be right.

    Caught by `checks`, `options`, `tag` and `config`.
    """


class TagError(Exception):
    """A feed tag cannot be understood; the text names the option and what would be right.

    Caught by `pages`.
    """


class BuildStopped(Exception):
    """The build must end; the text is the whole message. `plugin` makes a `PluginError` of it."""


class CacheUnusable(Exception):
    """The cache folder or its database cannot be used; the text says why. Caught by `session`."""


class StoreUnusable(Exception):
    """The file of tokens is damaged, a link, or cannot be written; the text says which and why.

    Caught by `tokens` when a build reads, else by `cli`.

    Attributes:
        cure: What the person can do.
    """

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.cure = cure


class SiteFileError(Exception):
    """mkdocs.yml is not there, or holds what no command can work with. Caught by `cli`."""
