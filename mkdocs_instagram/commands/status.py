"""`status`: what is known of an account's token and of its saved feed, without asking Instagram."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mkdocs_instagram.config.models import Account, name_command
from mkdocs_instagram.errors import InstagramError, TokenError
from mkdocs_instagram.feed.models import Listing
from mkdocs_instagram.text import pluralize, quote
from mkdocs_instagram.tokens.expiry import Expiry, advise, describe_end, find_expiry, find_obstacle
from mkdocs_instagram.tokens.store import FoundToken
from mkdocs_instagram.tokens.validation import check_user

from . import terminal
from .context import Context


@dataclass(frozen=True, slots=True)
class Status:
    """An account's token and what is saved of its feed.

    Attributes:
        found: `None` without a token that could be used; `trouble` says why.
        why_not_refreshable: "" for a token that can be refreshed, as far as is known here.
        listing: The saved feed; `None` without one.
        cache_size: Bytes; `None` without a cache.
    """

    account: Account
    found: FoundToken | None
    trouble: TokenError | None
    expiry: Expiry | None
    why_not_refreshable: str
    listing: Listing | None
    cache_dir: Path
    cache_size: int | None

    @property
    def source(self) -> str:
        """`environment`, `store`, or "" without a token."""
        if self.found is None:
            return ""
        return "store" if self.found.stored else "environment"

    @property
    def username(self) -> str:
        """Whose token it is, as far as is known here: the store's word, else the saved feed's."""
        if self.found and self.found.stored:
            return self.found.stored.username
        return self.listing.user.username if self.listing else ""

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Return it for a script; what is not known is null."""
        expiry, listing = self.expiry, self.listing
        return {
            "account": self.account.name,
            "source": self.source or None,
            "variable": self.account.token_env,
            "last_four": (self.found.token.last_four or None) if self.found else None,
            "username": self.username or None,
            "expires_at": expiry.at.isoformat(timespec="seconds") if expiry else None,
            "expires_at_is_guess": expiry.is_guess if expiry else None,
            "days_left": expiry.days_left(now) if expiry else None,
            "is_refreshable": not self.why_not_refreshable if self.found else None,
            "fetched_at": listing.fetched_at.isoformat(timespec="seconds") if listing else None,
            "media": len(listing.items) if listing else None,
            "cache_dir": str(self.cache_dir),
            "cache_bytes": self.cache_size,
        }


def read_status(context: Context, found: FoundToken | None, trouble: TokenError | None) -> Status:
    """Return the status of an account, whose token was found, or was not for a reason."""
    cache = context.find_cache()
    return Status(
        account=context.account,
        found=found,
        trouble=trouble,
        expiry=find_expiry(found, cache) if found else None,
        why_not_refreshable=find_obstacle(found, context.now) if found else "",
        listing=context.find_listing(),
        cache_dir=context.site.cache_dir,
        cache_size=cache.measure() if cache else None,
    )


def show_status(context: Context, *, as_json: bool, min_days: int | None, check: bool) -> None:
    """Show an account's status, with `check` also whose token Instagram says it is.

    Raises:
        TokenError: There is no token that can be used; all else was shown.
        InstagramError: The check failed.
    """
    found, trouble = (None, None) if context.account.demo else context.try_token()
    known = read_status(context, found, trouble)
    accepted_as, refusal = _ask(context, found) if check else ("", None)
    if as_json:
        extra = {"accepted_as": accepted_as or None} if check else {}
        terminal.show_json(known.as_json(context.now) | extra)
    else:
        accepted = f"Instagram accepts the token, which belongs to {accepted_as}"
        terminal.show_rows(_describe(context, known) + [("Check", accepted)] * bool(accepted_as))
    if context.account.demo:
        return
    if error := trouble or refusal:
        raise error
    if min_days is not None:
        _check_days(min_days, known.expiry, context.account, context.now)


def _ask(context: Context, found: FoundToken | None) -> tuple[str, InstagramError | None]:
    """Return whose token Instagram says it is, or why it does not."""
    if found is None:
        return "", None
    try:
        user = check_user(context.client, found.token, context.account)
    except InstagramError as error:
        return "", error
    return quote(user.username or user.id), None


def _check_days(min_days: int, expiry: Expiry | None, account: Account, now: datetime) -> None:
    """Raise if fewer than `min_days` are left, or if nobody knows how many."""
    if expiry is None:
        refresh = name_command("refresh", account.name)
        raise terminal.Failed(f"The token's end is not known. Run `{refresh}` to get it.")
    if expiry.days_left(now) < min_days:
        raise terminal.Failed(
            f"The token ends too soon for --min-days {min_days}. It {expiry.describe(now)}. "
            f"{advise(expiry, account, now)}"
        )


def _describe(context: Context, known: Status) -> list[tuple[str, str]]:
    site, account, now = context.site, context.account, context.now
    rows = [("Account", f"{account.name} ({site.path or 'no mkdocs.yml here'})")]
    if account.demo:
        rows.append(("Token", "not needed: this is the demo"))
    elif known.found:
        last_four = known.found.token.last_four
        ending = f", ending in …{last_four}" if last_four else ""
        rows.append(("Token", f"{context.name_source(known.found)}{ending}"))
        rows.append(("User", quote(known.username) or "not known yet"))
        rows.append(("End", describe_end(known.expiry, account, now)))
        obstacle = known.why_not_refreshable
        rows.append(("Refresh", f"not possible: {obstacle}" if obstacle else "possible"))
    else:
        rows.append(("Token", "no usable token"))
    listing = known.listing
    fetched = "nothing is saved"
    if listing:
        fetched = (
            f"{listing.fetched_at:%Y-%m-%d %H:%M} UTC, {pluralize(len(listing.items), 'post')}"
        )
    rows.append(("Last fetch", fetched))
    size = ", not created yet"
    if known.cache_dir.exists():
        size = ", cannot be used: `mkdocs-instagram doctor` says why"
    if known.cache_size is not None:
        size = f", {known.cache_size / 1e6:.1f} MB"
    return [*rows, ("Cache", f"{known.cache_dir}{size}")]
