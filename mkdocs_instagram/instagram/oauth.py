"""The protocol by which tokens are got, exchanged and refreshed; performs no I/O.

Business Login for Instagram: authorize, code, short-lived token (1 hour), long-lived token (60
days), refresh. The refresh and the exchange are documented with the token in the query, so a URL
made from a `GrantRequest` is a secret. Source: Instagram Platform, business login, access_token and
refresh_access_token.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from mkdocs_instagram.errors import InstagramError, LoginRefused, Unreachable
from mkdocs_instagram.text import can_be_token, quote

from . import graph
from .models import JSON
from .refusals import find_error, load_json, throttled, to_exception
from .secrets import Grant, Secret, Token

SCOPE = "instagram_business_basic"
CODE_HOST = "api.instagram.com"
REDIRECT_URI = "https://localhost/"
_AUTHORIZE = "https://www.instagram.com/oauth/authorize"
_LONGEST_LIFE = 366 * 86400.0


@dataclass(frozen=True, slots=True)
class App:
    """An app of the dashboard: the *Instagram* app id and secret, not Meta's, and where it sends.

    Attributes:
        redirect_uri: Byte for byte as the dashboard lists it.
    """

    app_id: str
    secret: Secret
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """One call of a token endpoint: a GET with everything in the query, or a POST of a form.

    Attributes:
        secrets: Further parameters, whose values show nowhere.
    """

    method: str
    host: str
    path: str
    params: Mapping[str, str]
    secrets: Mapping[str, Secret] = field(repr=False)


def make_state() -> str:
    """Return a value that nobody can guess, to know the answer of this login by."""
    return secrets.token_urlsafe(32)


def authorize_url(app_id: str, redirect_uri: str, state: str) -> str:
    """Return where the account's owner logs in and allows the app; it holds nothing secret."""
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
        LoginRefused: The person or Instagram said no, or the address is not this login's.
    """
    try:
        url = urlsplit(address.strip())
    except ValueError:
        raise LoginRefused("That is no address.", _PASTE_WHOLE) from None
    params = dict(parse_qsl(url.query))
    if "convert_to_professional_account" in url.path:
        raise LoginRefused("Instagram wants to make the account professional first.", _PROFESSIONAL)
    if url.path == urlsplit(_AUTHORIZE).path and "client_id" in params:
        raise LoginRefused(
            "That is the address to open, not the one that you were sent to.", _PASTE_WHOLE
        )
    if not _is_state(params.get("state", ""), state):
        raise LoginRefused(_refuse_state(params), _PASTE_WHOLE)
    if reason := params.get("error"):
        said = params.get("error_description") or params.get("error_reason") or reason
        raise LoginRefused(f"Instagram gave no code: {quote(said, 160)}.", _ALLOW)
    if not (code := params.get("code", "").removesuffix("#_")):
        raise LoginRefused("The address holds no code.", _PASTE_WHOLE)
    return Secret(code)


def _is_state(given: str, state: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), state.encode())


def _refuse_state(params: Mapping[str, str]) -> str:
    if "state" in params:
        return "The address is the answer to another login: its state is not the one of this one."
    return "That is not the address that Instagram sent you to: it holds no state."


def code_request(app: App, code: Secret) -> GrantRequest:
    """Ask for the short-lived token that a code stands for; a code works once, within an hour."""
    params = {
        "client_id": app.app_id,
        "grant_type": "authorization_code",
        "redirect_uri": app.redirect_uri,
    }
    secret = {"client_secret": app.secret, "code": code}
    return GrantRequest("POST", CODE_HOST, "/oauth/access_token", params, secret)


def exchange_request(app: App, short: Token) -> GrantRequest:
    """Ask for the long-lived token in place of a short-lived one."""
    secret = {"client_secret": app.secret, "access_token": short}
    params = {"grant_type": "ig_exchange_token"}
    return GrantRequest("GET", graph.HOST, "/access_token", params, secret)


def refresh_request(token: Token) -> GrantRequest:
    """Ask for another 60 days of a long-lived token that is a day old and has not expired."""
    params = {"grant_type": "ig_refresh_token"}
    return GrantRequest("GET", graph.HOST, "/refresh_access_token", params, {"access_token": token})


def decipher_grant(status: int, body: bytes) -> Grant | None:
    """Return what a token endpoint hands out; `None` where the answer holds no token.

    The answer is flat, as recorded, or in `data`, as documented. Ids may be bare numbers beyond
    2^53: they stay exact.
    """
    answer = load_json(body)
    if status != 200 or not isinstance(answer, dict) or find_error(answer):
        return None
    data = answer.get("data")
    node = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else answer
    value = node.get("access_token")
    if not isinstance(value, str) or not can_be_token(value := value.strip()):
        return None
    return Grant(Token(value), _read_life(node), graph.read_id(node, "user_id"))


def decipher_refusal(status: int, headers: Mapping[str, str], body: bytes) -> InstagramError:
    """Return the exception for an answer that holds no token.

    Args:
        status: The HTTP status.
        headers: With lower-case names.
        body: Without the secrets that were sent.
    """
    answer = load_json(body)
    error = find_error(answer) if isinstance(answer, dict) else None
    if error is None:
        if status == 429:
            return throttled(None, headers)
        if status == 200:
            return Unreachable("Instagram's answer holds no token.")
        return Unreachable(f"Instagram gave no usable answer (HTTP {status}).")
    message = str(error.get("message") or "")
    for part, what, cure in _LOGIN_ERRORS:
        if part in message.lower():
            return LoginRefused(f"{what} (it says: {quote(message, 160)})", cure)
    return to_exception(error, status, headers)


def _read_life(node: JSON) -> float | None:
    value = node.get("expires_in")
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:12])
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 < value <= _LONGEST_LIFE else None


_LOG_IN_AGAIN = "Log in again for a new code: each works once, within an hour."
_PASTE_WHOLE = (
    "Log in again, and paste the whole address that the browser shows at the end. That the page "
    "itself cannot be opened does not matter."
)
_ALLOW = "Log in again, as the account whose feed it is, and allow the app to read it."
_PROFESSIONAL = (
    "Personal accounts have no API. In the Instagram app: Settings and privacy, Account type and "
    "tools, Switch to professional account. Then log in again."
)
_REDIRECT = (
    "Compare it with the list in the dashboard (Instagram, API setup with Instagram login, "
    "Business login settings): it must be the same to the last character, a final / included."
)
_APP = (
    "Take the Instagram app ID and secret (Instagram, API setup with Instagram login), not the app "
    "ID and secret of the Meta app."
)
_LOGIN_ERRORS = (
    ("redirect_uri", "The redirect address is not the one that the app has.", _REDIRECT),
    ("redirect uri", "The redirect address is not the one that the app has.", _REDIRECT),
    ("code was not found", "The code was used before, or has expired.", _LOG_IN_AGAIN),
    ("code has expired", "The code has expired.", _LOG_IN_AGAIN),
    ("code has been used", "The code was used before.", _LOG_IN_AGAIN),
    ("client secret", "The app secret is not that of the app.", _APP),
    ("platform app", "Instagram does not know the app ID.", _APP),
    ("client_id", "Instagram does not know the app ID.", _APP),
)
