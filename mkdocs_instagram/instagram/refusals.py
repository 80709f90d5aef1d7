"""Which exception an error answer calls for; performs no I/O.

Decided by `code` and `error_subcode`: neither the HTTP status nor `type` says much. Source:
Instagram Platform, error codes.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from mkdocs_instagram.errors import (
    AppRemoved,
    GraphError,
    InstagramError,
    PermissionDenied,
    RateLimited,
    TokenRefused,
    UnknownField,
    Unreachable,
)
from mkdocs_instagram.text import quote

from .models import JSON

_THROTTLED = {4, 17, 32, 341, 613, 80001, 80002}
_TEMPORARY = {1, 2, -1, -2}
_REFUSED = {190, 102}
_APP_REMOVED = (190, 458)
_DENIED = {3, 10}
_BLOCKED = 368
_PARAMETER = 100
_REFUSED_BECAUSE = {
    458: "the app was removed from the account",
    459: "the account must log in on instagram.com first",
    460: "the password was changed",
    463: "it has expired",
    464: "the user is not confirmed",
    467: "it is no longer valid",
    492: "the role on the Page was lost",
}
_RETRY_AFTER_DEFAULT = 3600.0
_RETRY_AFTER_MAX = 24 * 3600.0
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_EXPIRED_ON = re.compile(r"expired on \w+, (\d{2})-([A-Z][a-z]{2})-(\d{2})")


def load_json(body: bytes) -> Any:
    """Return what `body` holds; `None` for what is no JSON, or JSON that no API writes."""
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


def to_exception(error: JSON, status: int, headers: Mapping[str, str]) -> InstagramError:
    """Return the exception for an error answer; its text has Meta's own message and trace id."""
    code, subcode = _integer(error.get("code")), _integer(error.get("error_subcode"))
    message = str(error.get("message") or "")
    said = _said(message, code, error.get("fbtrace_id"))
    if code in _REFUSED:
        what = _why_refused(message, subcode) + said
        is_removed = (code, subcode) == _APP_REMOVED
        return _to_removed(what, headers) if is_removed else TokenRefused(what)
    if code in _THROTTLED or status == 429:
        return throttled(code, headers)
    if code == _PARAMETER and "nonexisting field" in message:
        return UnknownField("Instagram does not know a field that was asked for." + said, code=code)
    if what_and_cure := _why_denied(code, message):
        what, cure = what_and_cure
        return PermissionDenied(what + said, cure, code=code)
    is_transient = error.get("is_transient") is True or (status >= 500 and code is None)
    if code in _TEMPORARY or (is_transient and code != _BLOCKED):
        return Unreachable("Instagram has a temporary problem." + said)
    return GraphError("Instagram refused the request." + said, _LOOK_UP, code=code)


def _to_removed(what: str, headers: Mapping[str, str]) -> AppRemoved:
    return AppRemoved(what, answered_at=_read_date(headers.get("date", "")))


def _why_denied(code: int | None, message: str) -> tuple[str, str] | None:
    if "method type: get" in message:
        return "The account is not allowed for the app.", _ACCEPT_INVITE
    if code is not None and (code in _DENIED or 200 <= code < 300):
        return "The app lacks a permission.", _GRANT
    return None


_ACCEPT_INVITE = (
    "Accept the Instagram Tester invite as that account (instagram.com, Settings, Apps and "
    "websites, Tester invites), or check the app's role and its Data Use Checkup."
)
_GRANT = "Generate a new token and allow `instagram_business_basic` when asked."
_LOOK_UP = (
    "Look the code up in the error codes of the Instagram Platform, and report it if it stays."
)


def _why_refused(message: str, subcode: int | None) -> str:
    if match := _EXPIRED_ON.search(message):
        day, month, year = match.groups()
        if month in _MONTHS:
            date = f"20{year}-{_MONTHS.index(month) + 1:02}-{day}"
            return f"Instagram refused the token, which expired on {date}."
    if "Cannot parse access token" in message:
        return (
            "Instagram refused the token: it is cut short, or was made for another login product."
        )
    because = _REFUSED_BECAUSE.get(subcode or 0)
    return f"Instagram refused the token: {because}." if because else "Instagram refused the token."


def _said(message: str, code: int | None, trace_id: object) -> str:
    parts = [f"code {code}" if code is not None else "no code"]
    if message:
        parts.append(f"it says: {quote(message, 160)}")
    if isinstance(trace_id, str):
        parts.append(f"trace {quote(trace_id, 40)}")
    return f" ({'; '.join(parts)})"


def throttled(code: int | None, headers: Mapping[str, str]) -> RateLimited:
    """Return the exception for throttling, with the seconds that the headers tell, else an hour."""
    seconds = _seconds_to_wait(headers)
    by = f" (code {code})" if code is not None else ""
    what = f"Instagram throttles this app{by} for about {seconds / 60:.0f} more minutes."
    return RateLimited(what, code=code, retry_after=seconds)


def _seconds_to_wait(headers: Mapping[str, str]) -> float:
    usage = load_json(headers.get("x-business-use-case-usage", "").encode())
    minutes = [
        _integer(entry.get("estimated_time_to_regain_access")) or 0
        for entries in (usage.values() if isinstance(usage, dict) else ())
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    ]
    seconds = max(0.0, *minutes) * 60 if minutes else 0.0
    retry_after = headers.get("retry-after", "")
    if not seconds and retry_after.isascii() and retry_after.isdigit():
        seconds = int(retry_after[:9])
    elif not seconds:
        seconds = _seconds_between(headers.get("date", ""), retry_after)
    return float(min(seconds or _RETRY_AFTER_DEFAULT, _RETRY_AFTER_MAX))


def _seconds_between(date: str, later: str) -> float:
    """Return the seconds from one HTTP date to another; 0 where one is none, or for a step back.

    Both are of the same answer: the clock of this computer may be wrong.
    """
    start, end = _read_date(date), _read_date(later)
    return max(0.0, (end - start).total_seconds()) if start and end else 0.0


def _read_date(text: str) -> datetime | None:
    """Return an HTTP date, in UTC; `None` for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
