"""`login`: from a pasted token, or a login in the browser, to a checked token in the store."""

from datetime import datetime
from typing import TYPE_CHECKING

from mkdocs_instagram.config.models import Account, name_command
from mkdocs_instagram.errors import TokenError
from mkdocs_instagram.instagram.models import User
from mkdocs_instagram.instagram.oauth import (
    REDIRECT_URI,
    App,
    authorize_url,
    code_request,
    exchange_request,
    make_state,
    read_redirect,
)
from mkdocs_instagram.instagram.secrets import Grant, Secret
from mkdocs_instagram.text import quote
from mkdocs_instagram.tokens.expiry import Expiry, find_end
from mkdocs_instagram.tokens.store import StoredToken
from mkdocs_instagram.tokens.validation import check_token, check_user

from . import terminal
from .context import Context

if TYPE_CHECKING:
    from mkdocs_instagram.instagram.client import Client

_PASTE_ANOTHER = (
    "Copy the complete token again, or generate another one (Instagram, API setup with Instagram "
    "login). Then run this command again."
)


def log_in(context: Context, *, by_oauth: bool) -> None:
    """Get a token from the person, check it by one call of `/me`, and store it.

    Raises:
        InstagramError: Instagram does not accept it, or it is not one that this account can show.
        StoreUnusable: It could not be stored.
    """
    context.refuse_demo()
    context.store.names()  # before the person is asked for anything
    grant = _log_in(context) if by_oauth else _paste_token()
    try:
        user = check_user(context.client, grant.token, context.account)
    except TokenError as error:
        raise type(error)(error.what, error.cure or _PASTE_ANOTHER) from None
    terminal.say(
        f"The token belongs to {quote(user.username or user.id)}"
        f" ({quote(user.name) or 'no name'}, {quote(user.account_type).lower() or 'type unknown'})."
    )
    _ask_before_replacing(context, user)
    stored = make_stored(
        context.account, grant, user, "oauth" if by_oauth else "dashboard", context.now
    )
    context.store.put(stored)
    _tell_stored(context, stored)
    if other := context.find_other_user(user):
        purge = name_command("purge", context.account.name)
        terminal.say(
            f"The feed saved for this site is {quote(other.username)}'s, and builds keep it. To "
            f"show {quote(user.username)}'s feed instead, run `{purge}`."
        )


def _paste_token() -> Grant:
    return Grant(check_token(terminal.ask("Token", hidden=True), "The pasted text"))


def _log_in(context: Context) -> Grant:
    app_id = terminal.ask("Instagram app ID")
    if not (app_id.isascii() and app_id.isdigit()):
        raise terminal.Failed(
            "An app ID is a number. Copy it from API setup with Instagram login in the dashboard."
        )
    secret = Secret(terminal.ask("Instagram app secret", hidden=True))
    app = App(app_id, secret, terminal.ask("Redirect address", default=REDIRECT_URI))
    state = make_state()
    url = authorize_url(app.app_id, app.redirect_uri, state)
    terminal.say(
        "Open this address in a browser, log in as the account of the feed, and allow access:"
    )
    terminal.say_whole(url)
    terminal.open_browser(url)
    code = read_redirect(
        terminal.ask("The address that the browser was sent to", hidden=True), state
    )
    return exchange_code(context.client, app, code)


def _ask_before_replacing(context: Context, user: User) -> None:
    kept = context.store.get(context.account.name)
    if kept is None or not is_other_user(kept, user):
        return
    is_sure = terminal.confirm(
        f"A token of {quote(kept.username)} is stored for {context.account.name}. If you replace "
        f"it, every site on this computer that uses this account name shows {quote(user.username)} "
        "from now on. To keep both tokens, answer no, add an account with another name to "
        "mkdocs.yml (`accounts:`), and use --account."
    )
    if not is_sure:
        raise terminal.Failed("Nothing was stored.")


def _tell_stored(context: Context, stored: StoredToken) -> None:
    account = context.account
    terminal.say(f"Stored for {account.name} in {context.store.path}.")
    expiry = Expiry(stored.expires_at, stored.is_guess, is_stored=True)
    terminal.say(f"It {expiry.describe(context.now)}.")
    terminal.say("From its 20th day on, builds on this computer refresh it.")
    if context.environment.get(account.token_env, "").strip():
        terminal.say(f"${account.token_env} is set, so it is used in place of the stored token.")


def exchange_code(client: "Client", app: App, code: Secret) -> Grant:
    """Return the long-lived token for a code, by way of the short-lived one.

    Raises:
        InstagramError: Instagram hands out none. Caught by `cli`.
    """
    short = client.request_grant(code_request(app, code))
    return client.request_grant(exchange_request(app, short.token))


def make_stored(
    account: Account, grant: Grant, user: User, source: str, now: datetime
) -> StoredToken:
    """Return what the store keeps of a token that was just handed out, or pasted."""
    ends = find_end(grant, now)
    return StoredToken(
        account=account.name,
        token=grant.token,
        user_id=user.user_id or user.id,
        username=user.username,
        issued_at=now,
        expires_at=ends.at,
        is_guess=ends.is_guess,
        source=source,
    )


def is_other_user(kept: StoredToken, user: User) -> bool:
    """Tell whether a stored token is somebody else's; ids decide, as names can change."""
    return kept.user_id not in {user.user_id, user.id}
