"""Requests and answers of login and token refresh."""

# Source: Instagram Platform, business login, access_token and refresh_access_token. The steps are
# authorize, code, short-lived token (1 hour), long-lived token (60 days), refresh.

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from mkdocs_instagram.errors import InstagramError, LoginRefused, Unreachable
from mkdocs_instagram.text import can_be_token, quote

from . import graph
from .models import JSON
from .refusals import find_error, load_json, make_exception, make_rate_limited
from .secrets import Grant, Secret, Token

SCOPE = "instagram_business_basic"
CODE_HOST = "api.instagram.com"
REDIRECT_URI = "https://localhost/"
_AUTHORIZE = "https://www.instagram.com/oauth/authorize"
_LONGEST_LIFE = 366 * 86400.0


@dataclass(frozen=True, slots=True)
class App:
    """An app of the dashboard, by its *Instagram* app id and secret, not those of the Meta app.

    Attributes:
        redirect_uri: Exactly as the dashboard lists it.
    """

    app_id: str
    secret: Secret
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """One call of a token endpoint: a GET with all parameters in the query, or a POST of a form.

    Attributes:
        secrets: Further parameters. As the query has them, the URL of a GET is a secret too.
    """

    method: str
    host: str
    path: str
    params: Mapping[str, str]
    secrets: Mapping[str, Secret] = field(repr=False)


def make_state() -> str:
    """Return a value that nobody can guess: the answer to this login repeats it."""
    return secrets.token_urlsafe(32)


def authorize_url(app_id: str, redirect_uri: str, state: str) -> str:
    """Return where the account's owner logs in and allows the app; it contains no secret."""
    params = {
        "client_id": app_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": SCOPE,
        "state": state,
    }
    return f"{_AUTHORIZE}?{urlencode(params)}"


def read_redirect(address: str, state: str) -> Secret:
    """Return the code in the address that the browser was sent to.

    Instagram appends `#_`, which is not part of the code.

    Raises:
        LoginRefused: The person or Instagram refused, or the address is not of this login.
    """
    try:
        url = urlsplit(address.strip())
    except ValueError:
        raise LoginRefused("That is not an address.", _PASTE_WHOLE) from None
    params = dict(parse_qsl(url.query))
    if "convert_to_professional_account" in url.path:
        raise LoginRefused(
            "Instagram asks you to switch to a professional account first.", _PROFESSIONAL
        )
    if url.path == urlsplit(_AUTHORIZE).path and "client_id" in params:
        raise LoginRefused(
            "That is the address to open, not the one that you were sent to.", _PASTE_WHOLE
        )
    if "state" not in params:
        raise LoginRefused(
            "That is not the address that Instagram sent you to: it contains no state.",
            _PASTE_WHOLE,
        )
    if not hmac.compare_digest(params["state"].encode("utf-8", "replace"), state.encode()):
        raise LoginRefused(
            "The address belongs to another login: its state is not that of this login.",
            _PASTE_WHOLE,
        )
    if reason := params.get("error"):
        reason = params.get("error_description") or params.get("error_reason") or reason
        raise LoginRefused(f"Instagram gave no code: {quote(reason, 160)}.", _ALLOW)
    if not (code := params.get("code", "").removesuffix("#_")):
        raise LoginRefused("The address contains no code.", _PASTE_WHOLE)
    return Secret(code)


def code_request(app: App, code: Secret) -> GrantRequest:
    """Ask for the short-lived token in exchange for a code; it works once, within an hour."""
    params = {
        "client_id": app.app_id,
        "grant_type": "authorization_code",
        "redirect_uri": app.redirect_uri,
    }
    secret = {"client_secret": app.secret, "code": code}
    return GrantRequest("POST", CODE_HOST, "/oauth/access_token", params, secret)


def exchange_request(app: App, short: Token) -> GrantRequest:
    """Ask for the long-lived token in exchange for a short-lived one."""
    secret = {"client_secret": app.secret, "access_token": short}
    params = {"grant_type": "ig_exchange_token"}
    return GrantRequest("GET", graph.HOST, "/access_token", params, secret)


def refresh_request(token: Token) -> GrantRequest:
    """Ask for another 60 days of a long-lived token that is a day old and has not expired."""
    params = {"grant_type": "ig_refresh_token"}
    return GrantRequest("GET", graph.HOST, "/refresh_access_token", params, {"access_token": token})


def decipher_grant(status: int, body: bytes) -> Grant | None:
    """Return the token of an answer; `None` where it contains none."""
    answer = load_json(body)
    if status != 200 or not isinstance(answer, dict) or find_error(answer):
        return None
    node = graph.find_node(answer)
    value = node.get("access_token")
    if not isinstance(value, str) or not can_be_token(value := value.strip()):
        return None
    return Grant(Token(value), _read_life(node), graph.read_id(node, "user_id"))


def decipher_refusal(status: int, headers: Mapping[str, str], body: bytes) -> InstagramError:
    """Return the exception for an answer that contains no token.

    Args:
        status: The HTTP status.
        headers: With lower-case names.
        body: Without the secrets that were sent, as the message can quote it.
    """
    answer = load_json(body)
    error = find_error(answer) if isinstance(answer, dict) else None
    if error is None:
        if status == 429:
            return make_rate_limited(None, headers)
        if status == 200:
            return Unreachable("Instagram's answer contains no token.")
        return Unreachable(f"Instagram gave no usable answer (HTTP {status}).")
    message = str(error.get("message") or "")
    said = message.lower().replace("_", " ")
    for part, what, cure in _LOGIN_ERRORS:
        if part in said:
            return LoginRefused(f"{what} (it says: {quote(message, 160)})", cure)
    return make_exception(error, status, headers)


def _read_life(node: JSON) -> float | None:
    value = node.get("expires_in")
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:12])
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 < value <= _LONGEST_LIFE else None


_LOG_IN_AGAIN = "Log in again for a new code: each works once, within an hour."
_PASTE_WHOLE = (
    "Log in again, and paste the whole address that the browser shows at the end. It does not "
    "matter that the page itself cannot be opened."
)
_ALLOW = "Log in again as the account of the feed, and allow the app to read it."
_PROFESSIONAL = (
    "Personal accounts have no API. In the Instagram app: Settings and privacy, Account type and "
    "tools, Switch to professional account. Then log in again."
)
_REDIRECT = (
    "Compare it with the list in the dashboard (Instagram, API setup with Instagram login, "
    "Business login settings): every character must be the same, also a / at the end."
)
_APP = (
    "Use the Instagram app ID and secret (Instagram, API setup with Instagram login), not the app "
    "ID and secret of the Meta app."
)
_LOGIN_ERRORS = (
    ("redirect uri", "The app does not have this redirect address.", _REDIRECT),
    ("code was not found", "The code has already been used, or has expired.", _LOG_IN_AGAIN),
    ("code has expired", "The code has expired.", _LOG_IN_AGAIN),
    ("code has been used", "The code has already been used.", _LOG_IN_AGAIN),
    ("client secret", "The app secret does not belong to the app.", _APP),
    ("platform app", "Instagram does not know the app ID.", _APP),
    ("client id", "Instagram does not know the app ID.", _APP),
)
