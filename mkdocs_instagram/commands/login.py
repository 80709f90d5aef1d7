"""`login`: a token is checked and stored."""

import re

from mkdocs_instagram.config.models import name_command
from mkdocs_instagram.errors import TokenError, TokenMalformed
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
from mkdocs_instagram.text import looks_like_token, quote
from mkdocs_instagram.tokens.expiry import find_end
from mkdocs_instagram.tokens.store import StoredToken
from mkdocs_instagram.tokens.validation import check_token, check_user

from . import terminal
from .context import Context

_PASTE_ANOTHER = (
    "Copy the complete token again, or generate another one (Instagram, API setup with Instagram "
    "login). Then run this command again."
)


_PASTE_SOMETHING = (
    "Run this command again, paste the token, which the prompt does not show, and press Enter. In "
    "a script, check that the variable or file with the token is not empty."
)


def log_in(context: Context, *, by_oauth: bool) -> None:
    """Ask for a token or a login, check the token with one call of `/me`, and store it.

    Raises:
        InstagramError: Instagram refuses the token, or this account cannot show its user.
        StoreUnusable: The token could not be stored.
    """
    context.refuse_demo()
    context.store.names()  # an unusable store is an error before anything is typed
    grant = _request_grant(context) if by_oauth else _read_pasted()
    try:
        with context.waiting():
            user = check_user(context.client, grant.token, context.account)
    except TokenError as error:
        raise type(error)(error.what, error.cure or _PASTE_ANOTHER) from None
    terminal.say(
        f"The token belongs to {quote(user.username or user.id)}"
        f" ({quote(user.name) or 'no name'}, {quote(user.account_type).lower() or 'type unknown'})."
    )
    _confirm_replacing(context, user)
    _store(context, grant, user, "oauth" if by_oauth else "dashboard")
    if other := context.find_other_user(user):
        purge = name_command("purge", context.account.name)
        terminal.say(
            f"The feed saved for this site is {quote(other.username)}'s, and builds keep it. To "
            f"show {quote(user.username)}'s feed instead, run `{purge}`."
        )


def _read_pasted() -> Grant:
    pasted = terminal.ask("Token", hidden=True)
    try:
        return Grant(check_token(pasted, "The pasted text"))
    except TokenMalformed as error:
        cure = error.cure or (_PASTE_ANOTHER if pasted else _PASTE_SOMETHING)
        raise TokenMalformed(error.what, cure) from None


def _ask_redirect_address() -> str:
    """Return the address, which the command prints: a secret pasted here must not be shown."""
    address = terminal.ask("Redirect address", default=REDIRECT_URI)
    is_address = re.fullmatch(r"https?://[^\s#]+", address, re.IGNORECASE)
    if looks_like_token(address) or re.search(r"[?&#](code|access_token)=", address):
        raise terminal.Failed(
            "A redirect address contains no token and no code. Nothing that you typed was shown or "
            "sent. Copy the address from Business login settings in the dashboard, and run this "
            "command again."
        )
    if not is_address:
        raise terminal.Failed(
            "A redirect address begins with https://. Copy it from Business login settings in the "
            "dashboard, or press Enter if it is https://localhost/ there."
        )
    return address


def _request_grant(context: Context) -> Grant:
    """Return the long-lived token for a login in the browser, by way of the short-lived one."""
    app_id = terminal.ask("Instagram app ID")
    if not (app_id.isascii() and app_id.isdigit()):
        raise terminal.Failed(
            "An app ID is a number. Copy it from API setup with Instagram login in the dashboard."
        )
    secret = terminal.ask("Instagram app secret", hidden=True)
    if len(secret.split()) != 1 or looks_like_token(secret):
        raise terminal.Failed(
            "An app secret is one word, and not a token. Copy it from API setup with Instagram "
            "login in the dashboard, where it is beside the app ID."
        )
    app = App(app_id, Secret(secret), _ask_redirect_address())
    state = make_state()
    url = authorize_url(app.app_id, app.redirect_uri, state)
    terminal.say(
        "Open this address in a browser, log in as the account of the feed, and allow access:"
    )
    terminal.say_unbroken(url)
    terminal.open_browser(url)
    code = read_redirect(
        terminal.ask("The address that the browser was sent to", hidden=True), state
    )
    with context.waiting():
        short = context.client.request_grant(code_request(app, code))
        return context.client.request_grant(exchange_request(app, short.token))


def _confirm_replacing(context: Context, user: User) -> None:
    """Ask before another user's token is replaced; ids decide, as usernames can change."""
    stored = context.store.get(context.account.name)
    if stored is None or stored.user_id in {user.user_id, user.id}:
        return
    is_sure = terminal.confirm(
        f"A token of {quote(stored.username)} is stored for {context.account.name}. If you replace "
        f"it, every site on this computer that uses this account name shows {quote(user.username)} "
        "from now on. To keep both tokens, answer no, add an account with another name to "
        "mkdocs.yml (`accounts:`), and use --account."
    )
    if not is_sure:
        raise terminal.Failed("Nothing was stored.")


def _store(context: Context, grant: Grant, user: User, source: str) -> None:
    account, store = context.account, context.store
    expiry = find_end(grant, context.now)._replace(is_stored=True)
    store.put(
        StoredToken(
            account=account.name,
            token=grant.token,
            user_id=user.user_id or user.id,
            username=user.username,
            issued_at=context.now,
            expires_at=expiry.at,
            is_guess=expiry.is_guess,
            source=source,
        )
    )
    terminal.say(f"Stored for {account.name} in {store.path}.")
    terminal.say(f"It {expiry.describe(context.now)}.")
    terminal.say("From its 20th day on, builds on this computer refresh it.")
    if context.is_variable_set:
        terminal.say(f"${account.token_env} is set, so it is used in place of the stored token.")
