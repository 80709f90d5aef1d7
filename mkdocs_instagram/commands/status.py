"""`status`: an account's token and saved feed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mkdocs_instagram.config.models import Account, name_command
from mkdocs_instagram.errors import InstagramError, SnapshotUnusable, TokenError, TokenRefused
from mkdocs_instagram.feed.cleanup import count_media
from mkdocs_instagram.feed.models import Listing
from mkdocs_instagram.feed.snapshot import Snapshot, describe_snapshot, read_snapshot
from mkdocs_instagram.text import pluralize, quote
from mkdocs_instagram.tokens.expiry import (
    Expiry,
    advise,
    correct_end,
    describe_end,
    find_expiry,
    find_obstacle,
)
from mkdocs_instagram.tokens.store import FoundToken
from mkdocs_instagram.tokens.validation import check_user

from . import terminal
from .context import Context, list_saved_accounts


@dataclass(frozen=True, slots=True)
class Status:
    """An account's token and saved feed, as far as they are known without a request.

    Attributes:
        found: `None` without a usable token.
        obstacle: Why the token cannot be refreshed; "" for no known reason.
        listing: The saved feed; `None` without one.
        cache_size: Bytes; `None` without a cache.
        unnamed: How many posts are saved for accounts that mkdocs.yml does not name.
        is_refused: Instagram has just refused the token.
        snapshot: The account's, or why it cannot be shown; `None` without one.
    """

    account: Account
    found: FoundToken | None
    expiry: Expiry | None
    obstacle: str
    listing: Listing | None
    cache_dir: Path
    cache_size: int | None
    unnamed: Mapping[str, int]
    is_refused: bool = False
    snapshot: Snapshot | SnapshotUnusable | None = None

    @property
    def username(self) -> str:
        """The stored token's user, or else the saved feed's; "" if neither is known."""
        if self.found and self.found.stored:
            return self.found.stored.username
        return self.listing.user.username if self.listing else ""

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Return the status for a script; a value that is not known is `None`.

        There are `unnamed_accounts` only if something is saved for such, and keys of a snapshot
        only if the account has one.
        """
        found, expiry, listing = self.found, self.expiry, self.listing
        source = ("store" if found.stored else "environment") if found else None
        unnamed = [
            {"account": name, "media": count, "purge": name_command("purge", name)}
            for name, count in self.unnamed.items()
        ]
        return {
            "account": self.account.name,
            "source": source,
            "variable": self.account.token_env,
            "last_four": (found.token.last_four or None) if found else None,
            "username": self.username or None,
            "expires_at": expiry.at.isoformat(timespec="seconds") if expiry else None,
            "expires_at_is_guess": expiry.is_guess if expiry else None,
            "days_left": expiry.days_left(now) if expiry else None,
            "is_refreshable": not self.obstacle if found else None,
            "fetched_at": listing.fetched_at.isoformat(timespec="seconds") if listing else None,
            "media": len(listing.items) if listing else None,
            "cache_dir": str(self.cache_dir),
            "cache_bytes": self.cache_size,
            **({"unnamed_accounts": unnamed} if unnamed else {}),
            **self._describe_snapshot(),
        }

    def _describe_snapshot(self) -> dict[str, Any]:
        if self.snapshot is None:
            return {}
        found = self.snapshot if isinstance(self.snapshot, Snapshot) else None
        written_at = found and found.written_at
        return {
            "snapshot": self.account.snapshot,
            "snapshot_written_at": written_at and written_at.isoformat(timespec="seconds"),
            "snapshot_media": len(found.items) if found else None,
        }


def show_status(context: Context, *, as_json: bool, min_days: int | None, check: bool) -> None:
    """Show an account's status; with `check`, ask Instagram whose token it is.

    Raises:
        TokenError: There is no usable token; everything else was shown.
        InstagramError: The check failed.
    """
    found, error = _find_token(context)
    status = _read_status(context, found)
    accepted_as = ""
    if check and found:
        accepted_as, error = _ask_user(context, found)
        status = _correct(status, context.now, error)
    if as_json:
        extra = {"accepted_as": accepted_as or None} if check else {}
        terminal.show_json(status.as_json(context.now) | extra)
    else:
        accepted = f"Instagram accepts the token, which belongs to {accepted_as}"
        terminal.show_rows(_describe(context, status) + [("Check", accepted)] * bool(accepted_as))
    for text in context.take_cache_warnings():
        terminal.say(text)
    if error:
        raise error
    if min_days is not None and not context.account.is_offline:
        _check_days(min_days, status.expiry, context.account, context.now)


def _correct(status: Status, now: datetime, error: InstagramError | None) -> Status:
    """Return the status without what Instagram's answer contradicts."""
    expiry = correct_end(status.expiry, now, error)
    if isinstance(error, TokenRefused):
        return replace(status, expiry=expiry, obstacle="Instagram refused it", is_refused=True)
    return replace(status, expiry=expiry)


def _find_token(context: Context) -> tuple[FoundToken | None, InstagramError | None]:
    """Return the account's token, or why there is none; neither if it needs none."""
    if context.account.is_offline:
        return None, None
    try:
        return context.find_token(), None
    except TokenError as error:
        return None, error


def _read_status(context: Context, found: FoundToken | None) -> Status:
    cache = context.find_cache()
    unnamed = set(list_saved_accounts(context)) - {*context.site.accounts, context.account.name}
    return Status(
        account=context.account,
        found=found,
        expiry=find_expiry(found, cache) if found else None,
        obstacle=find_obstacle(found, context.now) if found else "",
        listing=context.find_listing(),
        cache_dir=context.site.cache_dir,
        cache_size=cache.measure() if cache else None,
        unnamed={name: count_media(cache, name) for name in sorted(unnamed)} if cache else {},
        snapshot=_find_snapshot(context.account),
    )


def _find_snapshot(account: Account) -> Snapshot | SnapshotUnusable | None:
    if not account.snapshot:
        return None
    try:
        return read_snapshot(Path(account.snapshot), account.username)
    except SnapshotUnusable as error:
        return error


def _ask_user(context: Context, found: FoundToken) -> tuple[str, InstagramError | None]:
    """Return the user for whom Instagram accepts the token, or why it does not."""
    try:
        with context.waiting():
            user = check_user(context.client, found.token, context.account)
    except InstagramError as error:
        return "", error
    return quote(user.username or user.id), None


def _check_days(min_days: int, expiry: Expiry | None, account: Account, now: datetime) -> None:
    """Raise if fewer than `min_days` are left, or if the number is not known."""
    if expiry is None:
        refresh = name_command("refresh", account.name)
        raise terminal.Failed(f"The token's end is not known. Run `{refresh}` to get it.")
    if expiry.days_left(now) < min_days:
        raise terminal.Failed(
            f"The token ends too soon for --min-days {min_days}. It {expiry.describe(now)}. "
            f"{advise(expiry, account, now)}"
        )


def _describe(context: Context, status: Status) -> list[tuple[str, str]]:
    site, account, now = context.site, context.account, context.now
    rows = [("Account", f"{account.name} ({site.path or 'no mkdocs.yml here'})")]
    if status.found:
        obstacle = status.obstacle
        rows += [
            ("Token", context.describe_token(status.found)),
            ("User", quote(status.username) or "not known yet"),
            *([] if status.is_refused else [("End", describe_end(status.expiry, account, now))]),
            ("Refresh", f"not possible: {obstacle}" if obstacle else "possible"),
        ]
    else:
        kind = "the demo" if account.demo else "a snapshot"
        text = f"not needed: this is {kind}" if account.is_offline else "no usable token"
        rows.append(("Token", text))
    fetched = "nothing is saved"
    if listing := status.listing:
        posts = pluralize(len(listing.items), "post")
        fetched = f"{listing.fetched_at:%Y-%m-%d %H:%M} UTC, {posts}"
    rows.append(("Last fetch", fetched))
    if snapshot := status.snapshot:
        rows.append(("Snapshot", describe_snapshot(snapshot, now)))
    size = "not created yet"
    if status.cache_size is not None:
        size = f"{status.cache_size / 1e6:.1f} MB"
    rows.append(("Cache", f"{status.cache_dir}, {size}"))
    for name, count in status.unnamed.items():
        command = name_command("purge", name)
        text = f"{pluralize(count, 'post')} of {name}, which mkdocs.yml does not name"
        rows.append(("Also saved", f"{text}; to remove them: `{command}`"))
    return rows
