"""How the values in the plugin's entry of mkdocs.yml are read; performs no I/O.

`config` wraps these for MkDocs, `sitefile` calls them for the commands, which run without it. The
feed options have their own checks in `options`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .errors import OptionError
from .models import Account, MediaOverride
from .options import FORBIDDEN, FORBIDDEN_TEXT, check_options, check_shortcode
from .text import clean, looks_like_token, quote

DEFAULTS: Mapping[str, Any] = {
    "max_age": "1h",
    "cache_dir": ".cache/plugin/instagram",
    "images": {"widths": [320, 640, 1080], "format": "webp", "quality": 80},
}
"""What stands for an option that commands read too, where mkdocs.yml does not say."""

FORMATS = ("webp", "jpeg")
VIDEOS = ("poster", "file")

_TOKEN_ENV = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_NAME = re.compile(r"[\w-]{1,64}")
_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")
_DURATION = re.compile(r"(\d{1,9})\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_RIGHT = {
    "token_env": "the name of an environment variable (A-Z, 0-9, _), never the token itself",
    "username": "the account's name on Instagram, without @",
    "demo": "true or false",
    "alt": "a text",
    "link": "an address that begins with https:// or http://",
    "pin": "true or false",
    "hide": "true or false",
}

CheckEntry = Callable[[str, object, list[str]], Any]
"""Checks one entry of a map: its name, its value, and where sentences on unknown keys go."""


def check_duration(value: object) -> float:
    """Return the seconds of `90`, `30m`, `1h` or `2d`.

    Raises:
        OptionError: It is none of these.
    """
    match = None if isinstance(value, bool | float) else _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise OptionError(f"{quote(value)} is no duration: write seconds, or 30m, 1h, 2d.")
    return float(int(match[1]) * _SECONDS[match[2]])


def check_map(value: object, check_entry: CheckEntry, warnings: list[str]) -> dict[str, Any]:
    """Return the checked entries of a map by name.

    Raises:
        OptionError: It is no map, or an entry is wrong; the text begins with the entry's name.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise OptionError(f"{quote(value)} is not a map of names.")
    checked = {}
    for name, entry in value.items():
        try:
            checked[str(name)] = check_entry(_no_token(name), entry, warnings)
        except OptionError as error:
            raise OptionError(f"{quote(name)}: {error}") from None
    return checked


def check_account(name: str, entry: object, warnings: list[str]) -> Account:
    """Return one entry of `accounts`."""
    if not is_account_name(name):
        raise OptionError("a name of an account is letters, digits, - and _.")
    given = check_mapping(entry, "{token_env: INSTAGRAM_ACCESS_TOKEN} or {demo: true}")
    checks: dict[str, Callable[[Any], bool]] = {
        "token_env": lambda value: (
            isinstance(value, str)
            and bool(_TOKEN_ENV.fullmatch(value))
            and ("_" in value or not looks_like_token(value))
        ),
        "username": lambda value: isinstance(value, str) and bool(_USERNAME.fullmatch(value)),
        "demo": lambda value: isinstance(value, bool),
    }
    _check_keys(given, checks, warnings, name)
    if "token_env" in given and given.get("demo"):
        raise OptionError("an account has one source: token_env or demo.")
    return Account(name, **{key: given[key] for key in checks if key in given})


def is_account_name(name: str) -> bool:
    """Tell whether an account can be called so."""
    return _NAME.fullmatch(name) is not None


def check_media(name: str, entry: object, warnings: list[str]) -> MediaOverride:
    """Return one entry of `media`."""
    given = check_mapping(entry, '{alt: "What it shows", pin: true}')
    checks: dict[str, Callable[[Any], bool]] = {
        "alt": lambda value: isinstance(value, str),
        "link": lambda value: (
            isinstance(value, str) and bool(re.fullmatch(r"https?://[^\s\\]+", value))
        ),
        "pin": lambda value: isinstance(value, bool),
        "hide": lambda value: isinstance(value, bool),
    }
    check_shortcode(name)
    _check_keys(given, checks, warnings, name)
    known = {key: given[key] for key in checks if key in given}
    return MediaOverride(**{**known, "alt": clean(known.get("alt", ""))})


def check_feed(name: str, entry: object, warnings: list[str]) -> dict[str, Any]:
    """Return one entry of `feeds`, or `defaults` (with the name ""), by field of `FeedOptions`."""
    checked, unknown = check_options(check_mapping(entry, "{limit: 6, columns: 3}"))
    warnings.extend(f"{quote(name)}: {text}" if name else text for text in unknown)
    return checked


def check_mapping(value: object, example: str) -> dict[Any, Any]:
    """Return a map, empty for none.

    Raises:
        OptionError: It is something else; the text shows `example`.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise OptionError(f"a map is wanted here, such as {example}.")
    return value


def check_widths(widths: Sequence[int]) -> None:
    """Raise `OptionError` for widths of pictures that are not made."""
    if not widths or not all(16 <= width <= 4096 for width in widths):
        raise OptionError("a list of widths from 16 to 4096 pixels is wanted.")


def check_quality(quality: int) -> None:
    """Raise `OptionError` for a quality that no encoder knows."""
    if not 1 <= quality <= 100:
        raise OptionError("a number from 1 to 100 is wanted.")


def _check_keys(
    given: Mapping[str, Any],
    checks: Mapping[str, Callable[[Any], bool]],
    warnings: list[str],
    name: str,
) -> None:
    """Raise for a wrong value without repeating it: what stands here by mistake may be a token."""
    for key, value in given.items():
        if _no_token(key) not in checks:
            warnings.append(
                f"{quote(name)}: unknown key {quote(key)}. Known are {', '.join(checks)}."
            )
        elif not checks[key](value):
            raise OptionError(f"{key} wants {_RIGHT[key]}.")


def _no_token(key: object) -> str:
    """Return a key as text.

    Raises:
        OptionError: It is one under which only a token can stand.
    """
    if key in FORBIDDEN:
        raise OptionError(FORBIDDEN_TEXT.format(name=key))
    return str(key)
