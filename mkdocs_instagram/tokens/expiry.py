"""The end of a token, and its refresh."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from mkdocs_instagram.cache.keys import EntryStore, read_moment, token_key
from mkdocs_instagram.config.models import Account, name_command
from mkdocs_instagram.errors import (
    InstagramError,
    LoginRefused,
    OtherUser,
    StoreUnusable,
    TokenRefused,
)
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.instagram.secrets import Grant, Token
from mkdocs_instagram.text import Message, pluralize

from .store import FoundToken, StoredToken, TokenStore

if TYPE_CHECKING:
    from mkdocs_instagram.instagram.client import Client

LIFE = timedelta(days=60)
WARN_FROM = timedelta(days=10)
REFRESH_FROM = timedelta(days=20)
YOUNGEST = timedelta(days=1)
_TRY_AGAIN = timedelta(days=1)


class Expiry(NamedTuple):
    """When a token ends.

    Attributes:
        at: In UTC.
        is_guess: Instagram did not send it: it is 60 days after the token was first seen here.
        is_stored: The token is in the store, not in the environment.
    """

    at: datetime
    is_guess: bool
    is_stored: bool = False

    def days_left(self, now: datetime) -> int:
        """Return the whole days that are left; negative once it has ended."""
        return (self.at - now).days

    def is_near(self, now: datetime) -> bool:
        """Tell whether it is at most 10 days away, or past."""
        return self.at - now <= WARN_FROM

    def describe(self, now: datetime) -> str:
        """Return a text such as `ends on 2026-12-01, in 9 days`, without the name of the token."""
        day, days = f"{self.at:%Y-%m-%d}", self.days_left(now)
        left = pluralize(days, "day") if days else "less than a day"
        has_ended = self.at <= now
        if not self.is_guess:
            return f"ended on {day}" if has_ended else f"ends on {day}, in {left}"
        end = f"may have ended about {day}" if has_ended else f"may end about {day}, in {left}"
        if self.at - now >= LIFE:
            return f"{end}: the life of a new token"
        since = "stored" if self.is_stored else "first seen here"
        return f"{end}: 60 days after it was {since}"


def correct_end(
    expiry: Expiry | None, now: datetime, error: InstagramError | None
) -> Expiry | None:
    """Return what is known of a token's end after Instagram's answer, which is right.

    Args:
        expiry: What was known before.
        now: The time, in UTC.
        error: The answer; `None` if Instagram accepted the token.
    """
    if isinstance(error, TokenRefused):
        return None
    is_accepted = error is None or isinstance(error, LoginRefused | OtherUser)
    return None if expiry and expiry.at <= now and is_accepted else expiry


def describe_end(expiry: Expiry | None, account: Account, now: datetime) -> str:
    """Return when a token ends, or how to learn that."""
    if expiry is None:
        return f"not known; run `{name_command('refresh', account.name)}` to get it"
    return expiry.describe(now)


def warn_of_expiry(expiry: Expiry | None, account: Account, now: datetime) -> list[Message]:
    """Return what the log says of a token's end, from 10 days before.

    A guess is no WARNING for a token from the environment, which builds do not refresh.
    """
    if expiry is None or not expiry.is_near(now):
        return []
    name = f"stored for {account.name}" if expiry.is_stored else f"in ${account.token_env}"
    what, cure = f"the token {name} {expiry.describe(now)}.", advise(expiry, account, now)
    if expiry.at < now and not expiry.is_guess:
        return [Message(logging.WARNING, f"{what} {cure}")]
    if expiry.is_stored or not expiry.is_guess:
        return [Message(logging.WARNING, f"{what} The feed is still shown. {cure}")]
    if expiry.at < now:
        return []
    return [Message(logging.INFO, f"{what} {cure} This also gives the true day.")]


def advise(expiry: Expiry, account: Account, now: datetime) -> str:
    """Return what to do about a token that ends soon, or has ended."""
    if expiry.at < now and not expiry.is_guess:
        return advise_replacing(account, is_token_stored=expiry.is_stored)
    refresh = name_command("refresh", account.name)
    if expiry.is_stored:
        return f"Run `{refresh}`."
    return f"Run `{refresh} --output FILE` and put what it writes into ${account.token_env}."


def advise_replacing(account: Account, *, is_token_stored: bool) -> str:
    """Return what to do about a token that cannot be used."""
    if is_token_stored:
        return f"Run `{name_command('login', account.name)}` to store a new token."
    return f"Put a new token into ${account.token_env}."


def find_expiry(found: FoundToken, notes: EntryStore | None) -> Expiry | None:
    """Return when a token ends, from the store or the notes; `None` if neither knows.

    The notes are entries of the cache, under the token's fingerprint, so that a build knows the end
    of a token from the environment.
    """
    if found.stored:
        return Expiry(found.stored.expires_at, found.stored.is_guess, is_stored=True)
    note = _read_note(found.token, notes) if notes else {}
    if ends := read_moment(note.get("expires_at")):
        return Expiry(ends, is_guess=False)
    if seen := read_moment(note.get("seen_at")):
        return Expiry(seen + LIFE, is_guess=True)
    return None


def note_seen(found: FoundToken, notes: EntryStore, now: datetime) -> None:
    """Note that a token from the environment works.

    If it works after its noted end, it was refreshed elsewhere, and that end is forgotten.
    """
    if found.stored:
        return
    note = _read_note(found.token, notes)
    ends = read_moment(note.get("expires_at"))
    was_wrong = ends is not None and ends < now
    if was_wrong:
        del note["expires_at"]
    if was_wrong or "seen_at" not in note:
        notes.put(token_key(found.token), {"seen_at": now.isoformat(), **note})


def note_expiry(token: Token, expires_at: datetime, notes: EntryStore) -> None:
    """Note when a token ends, as Instagram said."""
    note = _read_note(token, notes)
    notes.put(token_key(token), {**note, "expires_at": expires_at.isoformat()})


def find_end(grant: Grant, now: datetime) -> Expiry:
    """Return when a token ends that Instagram has just sent."""
    if grant.expires_in is None:
        return Expiry(now + LIFE, is_guess=True)
    return Expiry(now + timedelta(seconds=grant.expires_in), is_guess=False)


def find_obstacle(found: FoundToken, now: datetime) -> str:
    """Return why a token cannot be refreshed; "" if no reason is known here.

    A past end is not a reason: the token may have been refreshed elsewhere.
    """
    stored = found.stored
    if found.token.is_facebook:
        return "it is from Facebook Login (EAA…)"
    if stored and not stored.is_guess and timedelta(0) <= now - stored.issued_at < YOUNGEST:
        ready_at = stored.issued_at + YOUNGEST
        return f"it is not 24 hours old; wait until {ready_at:%Y-%m-%d %H:%M} UTC"
    return ""


def request_refresh(client: "Client", token: Token) -> Grant:
    """Return what Instagram sends for a token; a new string has been tested, and works.

    Raises:
        InstagramError: The old token is not replaced. Caught by `refresh_if_due` and `refresh`.
    """
    from mkdocs_instagram.instagram.account import InstagramAccount
    from mkdocs_instagram.instagram.oauth import refresh_request

    if token.is_facebook:
        raise TokenRefused(
            "A token that begins with EAA is from Facebook Login and cannot be refreshed.",
            "Generate a token under API setup with Instagram login, and log in with it.",
        )
    grant = client.request_grant(refresh_request(token))
    if not grant.token.is_same_as(token):
        InstagramAccount(client, grant.token).read_user()
    return grant


def store_grant(
    store: TokenStore, stored: StoredToken, grant: Grant, now: datetime
) -> StoredToken | None:
    """Store the result of a refresh in place of `stored`, and return it.

    `None` if another token was stored in the meantime, which stays.

    Raises:
        StoreUnusable: It could not be stored. Caught by `refresh_if_due` and `cli`.
    """
    ends = find_end(grant, now)
    renewed = stored._replace(
        token=grant.token, issued_at=now, expires_at=ends.at, is_guess=ends.is_guess
    )
    return renewed if store.put(renewed, instead_of=stored.token) else None


def refresh_if_due(
    client: "Client", stored: StoredToken, store: TokenStore, notes: EntryStore, now: datetime
) -> tuple[StoredToken, str]:
    """Refresh a stored token that is older than 20 days, at most once a day.

    Not for a token from the environment: a new string would be lost.

    Returns:
        What to use from now on, and a sentence for the log; "" without a refresh.
    """
    note = _read_note(stored.token, notes)
    tried = read_moment(note.get("tried_at"))
    was_tried = tried is not None and timedelta(0) <= now - tried < _TRY_AGAIN
    is_young = now - stored.issued_at <= REFRESH_FROM
    if is_young or was_tried or stored.token.is_facebook:
        return stored, ""
    notes.put(token_key(stored.token), {**note, "tried_at": now.isoformat()})
    try:
        grant = request_refresh(client, stored.token)
        renewed = store_grant(store, stored, grant, now)
    except (InstagramError, StoreUnusable) as error:
        return stored, f"the token was not refreshed: {error} The old one is used for now."
    if renewed is None:
        return stored, ""
    return renewed, f"refreshed the token, which now ends on {renewed.expires_at:%Y-%m-%d}."


def _read_note(token: Token, notes: EntryStore) -> JSON:
    note = notes.get(token_key(token)) or {}
    return {name: value for name, value in note.items() if name != "schema"}
