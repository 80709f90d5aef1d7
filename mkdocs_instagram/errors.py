"""The exceptions of this package.

    InstagramError            what happened, and the cure
    ├─ TokenError             a person must act on the token
    │  ├─ TokenMissing        there is no token: a fork, a laptop
    │  ├─ TokenMalformed      the value cannot be a token
    │  ├─ TokenRefused        expired, revoked, or of another app
    │  │  └─ AppRemoved       the user removed the app from the account
    │  └─ OtherUser           a good token, of another user
    ├─ GraphError             an answer with a code
    │  ├─ RateLimited         throttled: wait, do not retry
    │  ├─ PermissionDenied    the app or the account lacks a permission
    │  └─ UnknownField        one requested field is not known
    ├─ Unreachable            no usable answer: DNS, timeout, 5xx, temporary codes
    │  └─ AnswerTooLarge      fewer posts must be requested at once
    ├─ NetworkUnusable        no request can be sent, or no certificate trusted: a setting, a limit
    ├─ NotAskedYet            `mkdocs serve` asked a moment ago
    ├─ SnapshotUnusable       the folder of a snapshot is missing, damaged, or of another user
    ├─ ExportUnusable         an Instagram data export cannot be imported
    └─ LoginRefused           no code, or no token for it
    TagError                  a feed tag cannot be understood
    OptionError               one option's value is wrong
    BuildStopped              the build must end
    CacheUnusable             the cache folder or its database cannot be used
    StoreUnusable             the file of tokens cannot be read or written
    SiteFileError             a command cannot read the site's configuration

`feed.loader` turns an `InstagramError` into a stale feed where one is saved. Otherwise
`feed.session` catches it, and `render.build_log` does as `on_error` says.
"""

from datetime import datetime


class InstagramError(Exception):
    """Instagram gave nothing that can be shown.

    Attributes:
        what: Sentences that say what happened. Never a token, never a URL with a query.
        cure: What the person can do; "" where `feed.messages` knows better, from the source of the
            token.
        needs_person: Waiting does not help, so a stale feed is a WARNING at any age.
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
    """The variable is unset or empty, as in a pull request from a fork, and no token is stored."""

    needs_person = False


class TokenMalformed(TokenError):
    """The value does not look like a token; it is not sent anywhere."""


class TokenRefused(TokenError):
    """Codes 190, 101, 102, 104: expired, revoked, damaged, of a changed app or another host."""


class AppRemoved(TokenRefused):
    """Code 190/458, and no other.

    Attributes:
        answered_at: When Instagram said so, by its own clock; `None` when that is not known.
        kept_until: Until when the saved feed is shown; `None` where none is saved.
        is_final: That time is over: what is saved of the account must be removed.
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

    def __init__(
        self, what: str, cure: str = "", *, code: int | None = None, subcode: int | None = None
    ) -> None:
        super().__init__(what, cure)
        self.code = code
        self.subcode = subcode


class RateLimited(GraphError):
    """Codes 4, 17, 32, 341, 613, 80001, 80002 and HTTP 429; `retry_after` is in seconds."""

    def __init__(self, what: str, *, code: int | None, retry_after: float) -> None:
        super().__init__(
            what, "Nothing to do: the next build after that time asks again.", code=code
        )
        self.retry_after = retry_after


class PermissionDenied(GraphError):
    """Codes 3, 10, 200-299, and "method type: get"."""

    needs_person = True


class UnknownField(GraphError):
    """Code 100, "nonexisting field"; `instagram.account` asks again for fewer fields."""


class Unreachable(InstagramError):
    """No usable answer. When `is_temporary`, the same call may work a moment later."""

    def __init__(self, what: str, cure: str = "", *, is_temporary: bool = True) -> None:
        super().__init__(what, cure or "Nothing to do: the next build asks again.")
        self.is_temporary = is_temporary


class AnswerTooLarge(Unreachable):
    """Code 1, "reduce the amount of data"; `instagram.account` asks again for fewer posts."""


class NetworkUnusable(InstagramError):
    """A proxy, a certificate, a variable or a limit of this computer is in the way."""

    needs_person = True


class NotAskedYet(InstagramError):
    """A rebuild of `mkdocs serve` would ask too soon after the last time."""


class SnapshotUnusable(InstagramError):
    """There is no snapshot in the folder that can be shown, or none may be written.

    Attributes:
        is_damage: The folder may be written again: it is missing, incomplete or damaged.
    """

    needs_person = True

    def __init__(self, what: str, cure: str = "", *, is_damage: bool = False) -> None:
        super().__init__(what, cure)
        self.is_damage = is_damage


class ExportUnusable(InstagramError):
    """What was given is not a data export that can be imported. Caught by `commands.cli`."""

    needs_person = True


class LoginRefused(InstagramError):
    """The person, the dashboard or Instagram refused the login. Caught by `commands.cli`."""

    needs_person = True


class OptionError(ValueError):
    """One option's value is wrong; the text says what would be right.

    Caught in `config`, and by `render.tag`.
    """


class TagError(Exception):
    """The text names the option and says what would be right. Caught by `render.pages`."""


class BuildStopped(Exception):
    """The text is the whole message. `plugin` turns it into a `PluginError`."""


class CacheUnusable(Exception):
    """The text says why. Caught by `feed.resources` and by the commands."""


class StoreUnusable(Exception):
    """The file of tokens is damaged, a link, or cannot be written; the text says which and why.

    Caught in `tokens` during a build, otherwise by the commands.

    Attributes:
        cure: What the person can do.
    """

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.cure = cure


class SiteFileError(Exception):
    """mkdocs.yml does not exist, or no command can work with it. Caught by `commands.cli`."""
