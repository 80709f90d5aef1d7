"""Exceptions for the API's error answers."""

# Source: Instagram Platform, error codes. `code` and `error_subcode` decide: the HTTP status and
# `type` say little.

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from mkdocs_instagram.errors import (
    AnswerTooLarge,
    AppRemoved,
    GraphError,
    InstagramError,
    PermissionDenied,
    RateLimited,
    TokenRefused,
    UnknownField,
    Unreachable,
)
from mkdocs_instagram.text import describe_wait, quote

from .models import JSON

_THROTTLED = {4, 17, 32, 341, 613, 80001, 80002}
_TEMPORARY = {1, 2, -1, -2}
_APP_CHANGED = {101, 104}
_REFUSED = {190, 102, *_APP_CHANGED}
_APP_REMOVED = (190, 458)
_DENIED = {3, 10}
_BLOCKED_FOR_A_WHILE = 368
_PARAMETER = 100
_NO_SUCH_VERSION = 2500
_REFUSED_BECAUSE = {
    458: "the app was removed from the account",
    459: "the account must log in on instagram.com first",
    460: "the password was changed",
    463: "it has expired",
    464: "the user is not confirmed",
    467: "it is no longer valid",
    492: "the user no longer has a role on the Page",
}
_RETRY_AFTER_DEFAULT = 3600.0
_RETRY_AFTER_MAX = 24 * 3600.0
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_EXPIRED_ON = re.compile(r"expired on \w+, (\d{2})-([A-Z][a-z]{2})-(\d{2})")


def load_json(body: bytes) -> Any:
    """Return the value of `body`; `None` for what is not JSON, and for `NaN` or `Infinity`."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def find_error(answer: JSON) -> JSON | None:
    """Return the error of the Graph envelope or of the flat one; `None` for a good answer."""
    error = answer.get("error")
    if error:
        return error if isinstance(error, dict) else {"message": error}
    if "error_message" in answer or "error_type" in answer:
        return {"message": answer.get("error_message"), "code": answer.get("code")}
    return None


def make_exception(error: JSON, status: int, headers: Mapping[str, str]) -> InstagramError:
    """Return the exception for an error answer; its text has Meta's own message and trace id."""
    code, subcode = _read_integer(error.get("code")), _read_integer(error.get("error_subcode"))
    message = str(error.get("message") or "")
    details = _describe_details(message, code, error.get("fbtrace_id"))
    if code in _REFUSED:
        what = _describe_refusal(message, code, subcode) + details
        answered_at = _read_date(headers.get("date", ""))
        is_removed = (code, subcode) == _APP_REMOVED
        cure = _CHECK_APP if code in _APP_CHANGED else ""
        return AppRemoved(what, answered_at=answered_at) if is_removed else TokenRefused(what, cure)
    if code in _THROTTLED or status == 429:
        return make_rate_limited(code, headers)
    if code == _PARAMETER and "nonexisting field" in message:
        return UnknownField(
            "Instagram does not know one of the requested fields." + details, code=code
        )
    if what_and_cure := _describe_denial(code, message):
        what, cure = what_and_cure
        return PermissionDenied(what + details, cure, code=code)
    is_transient = error.get("is_transient") is True or (status >= 500 and code is None)
    if code in _TEMPORARY or (is_transient and code != _BLOCKED_FOR_A_WHILE):
        return _make_unreachable(code, message, details)
    what, cure = _describe_refused_request(code, message)
    return GraphError(what + details, cure, code=code, subcode=subcode)


def _make_unreachable(code: int | None, message: str, details: str) -> Unreachable:
    if code == 1 and "reduce the amount of data" in message.lower():
        what = "Instagram says that the answer is too large, however few posts it has."
        return AnswerTooLarge(what + details, is_temporary=False)
    return Unreachable("Instagram has a temporary problem." + details)


def _describe_denial(code: int | None, message: str) -> tuple[str, str] | None:
    if "method type: get" in message:
        return "The app is not allowed to read the account.", _ACCEPT_INVITE
    if code == 200 and "blocked" in message.lower():
        return "Instagram has blocked the app or the account.", _READ_NOTICES
    if code is not None and (code in _DENIED or 200 <= code < 300):
        return "The app lacks a permission.", _GRANT
    return None


def _describe_refused_request(code: int | None, message: str) -> tuple[str, str]:
    if code == _BLOCKED_FOR_A_WHILE:
        return "Instagram has blocked the app or the account for a while.", _WAIT
    if code == _NO_SUCH_VERSION and "active access token" in message:
        return "The request arrived at Instagram without its token.", _CHECK_PROXY
    if code == _NO_SUCH_VERSION:
        return "Instagram does not have this version of its API.", _UPDATE
    return "Instagram refused the request.", _LOOK_UP


_ACCEPT_INVITE = (
    "Accept the Instagram Tester invite as that account (instagram.com, Settings, Apps and "
    "websites, Tester invites), or check the app's role and its Data Use Checkup."
)
_CHECK_APP = (
    "Check in Meta's dashboard that the app exists and is active. Then generate a new token there, "
    "and put it in the place of the old one."
)
_READ_NOTICES = (
    "A new token does not help. Read the alerts in the app's dashboard and the account's notices "
    "on instagram.com, do what they say, and build less often."
)
_WAIT = (
    "Wait until the block ends: the account's notices on instagram.com say more. Then build less "
    "often."
)
_CHECK_PROXY = "Check whether a proxy removes parts of addresses."
_UPDATE = "Update mkdocs-instagram."
_GRANT = "Generate a new token and allow `instagram_business_basic` when asked."
_LOOK_UP = (
    "Look up the code in the error codes of the Instagram Platform. Report the error if it stays."
)


def _describe_refusal(message: str, code: int, subcode: int | None) -> str:
    if code in _APP_CHANGED:
        return "Instagram refused the token: the app was changed, disabled or deleted."
    if match := _EXPIRED_ON.search(message):
        day, month, year = match.groups()
        if month in _MONTHS:
            date = f"20{year}-{_MONTHS.index(month) + 1:02}-{day}"
            return f"Instagram refused the token, which expired on {date}."
    if "Cannot parse access token" in message:
        return (
            "Instagram refused the token: it is incomplete, or was made for another login product."
        )
    because = _REFUSED_BECAUSE.get(subcode or 0)
    return f"Instagram refused the token: {because}." if because else "Instagram refused the token."


def _describe_details(message: str, code: int | None, trace_id: object) -> str:
    parts = [f"code {code}" if code is not None else "no code"]
    if message:
        parts.append(f"it says: {quote(message, 160)}")
    if isinstance(trace_id, str):
        parts.append(f"trace {quote(trace_id, 40)}")
    return f" ({'; '.join(parts)})"


def make_rate_limited(code: int | None, headers: Mapping[str, str]) -> RateLimited:
    """Return the exception for throttling, with the wait that the headers give, else an hour."""
    seconds = _read_wait(headers)
    by = f" (code {code})" if code is not None else ""
    what = f"Instagram throttles this app{by} for {describe_wait(seconds)}."
    return RateLimited(what, code=code, retry_after=seconds)


def _read_wait(headers: Mapping[str, str]) -> float:
    usage = load_json(headers.get("x-business-use-case-usage", "").encode())
    minutes = [
        _read_integer(entry.get("estimated_time_to_regain_access")) or 0
        for entries in (usage.values() if isinstance(usage, dict) else ())
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    ]
    seconds = max(0.0, *minutes) * 60 if minutes else 0.0
    retry_after = headers.get("retry-after", "")
    if not seconds and retry_after.isascii() and retry_after.isdigit():
        seconds = int(retry_after[:9])
    elif not seconds:
        # Both dates are from the same answer: the clock of this computer may be wrong.
        start, end = _read_date(headers.get("date", "")), _read_date(retry_after)
        seconds = max(0.0, (end - start).total_seconds()) if start and end else 0.0
    return float(min(seconds or _RETRY_AFTER_DEFAULT, _RETRY_AFTER_MAX))


def _read_date(text: str) -> datetime | None:
    """Return an HTTP date, in UTC; `None` for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _read_integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
