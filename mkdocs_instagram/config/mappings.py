"""The options `accounts` and `media`."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.text import clean, looks_like_token, quote, suggest

from .checks import Schema, check_entries, check_mapping, folder, refuse_token
from .cures import suggest_line, suggest_value
from .models import Account, MediaOverride
from .permalinks import check_shortcode

_NAME = re.compile(r"[\w-]{1,64}")
_TYPES = {"string": str, "boolean": bool}


class _Key(NamedTuple):
    """A key of an account or of a post; `expected` describes a right value in a message."""

    schema: Schema
    expected: str

    def fits(self, value: object) -> bool:
        """Tell whether a value has the type and the pattern of the schema."""
        pattern = self.schema.get("pattern", ".*")
        return isinstance(value, _TYPES[self.schema["type"]]) and bool(
            re.fullmatch(pattern, str(value), re.DOTALL)
        )


def _text_key(title: str, expected: str, pattern: str = "", default: str = "") -> _Key:
    schema = {"title": title, "type": "string", "pattern": pattern, "default": default}
    return _Key({name: value for name, value in schema.items() if value}, expected)


def _boolean_key(title: str) -> _Key:
    return _Key({"title": title, "type": "boolean"}, "true or false")


_ACCOUNT_KEYS: Mapping[str, _Key] = {
    "token_env": _text_key(
        "The name of the environment variable that holds the token",
        "the name of an environment variable (A-Z, 0-9, _), never the token itself",
        "^[A-Z_][A-Z0-9_]{0,63}$",
        Account("").token_env,
    ),
    "username": _text_key(
        "The name on Instagram that the token must belong to",
        "the account's name on Instagram, without @",
        "^[A-Za-z0-9._]{1,30}$",
    ),
    "demo": _boolean_key("Whether this is the demo account, which needs no token or network"),
    "snapshot": _text_key(
        "The folder of a snapshot of the account, relative to mkdocs.yml",
        "the folder of a snapshot, such as instagram-feed",
        r"^[^\x00-\x1f]*[^\s\x00-\x1f][^\x00-\x1f]*$",
    ),
}
_MEDIA_KEYS: Mapping[str, _Key] = {
    "alt": _text_key("Alternative text, for people who cannot see the picture", "text"),
    "link": _text_key(
        "The address that the picture links to",
        "an address that begins with https:// or http://",
        r"^https?://[^\s\\]+$",
    ),
    "label": _text_key("The text of a link below the picture, which then leads to `link`", "text"),
    "pin": _boolean_key("Whether the post comes first"),
    "hide": _boolean_key("Whether the post is not shown"),
}


def _make_schema(keys: Mapping[str, _Key]) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": {name: key.schema for name, key in keys.items()},
        "additionalProperties": False,
    }


ACCOUNTS: Schema = {
    "type": "object",
    "propertyNames": {"pattern": r"^[\w-]{1,64}$"},
    "additionalProperties": _make_schema(_ACCOUNT_KEYS),
}
MEDIA: Schema = {"type": "object", "additionalProperties": _make_schema(_MEDIA_KEYS)}


def check_accounts(value: object, warnings: list[str]) -> dict[str, Account]:
    """Return the accounts by name."""
    return check_entries(
        value, _check_account, warnings, noun="account", example="{main: {demo: true}}"
    )


def check_media(value: object, warnings: list[str]) -> dict[str, MediaOverride]:
    """Return the overrides by shortcode."""
    return check_entries(
        value,
        _check_post,
        warnings,
        noun="post",
        example="{C0001abcDEF: {pin: true}}",
        read_name=check_shortcode,
    )


def check_account_name(name: str) -> None:
    """Check the name of an account.

    Raises:
        OptionError: No account can have this name.
    """
    if not is_account_name(name):
        raise OptionError(
            "the name of an account may only have letters, digits, - and _, and may not look like "
            "a token."
        )


def is_account_name(name: str) -> bool:
    """Tell whether an account can have this name."""
    return bool(_NAME.fullmatch(name)) and not looks_like_token(name)


def suggest_account(key: object, value: object) -> str:
    """Return " Write accounts: {…}." for a key of an account that is outside of one, else ""."""
    if key == "demo":
        return " Write accounts: {demo: {demo: true}}."
    if key not in _ACCOUNT_KEYS or not isinstance(key, str):
        return ""
    shown = value if _ACCOUNT_KEYS[key].fits(value) else "…"
    return suggest_line("accounts", {"main": {key: shown}})


def _check_account(name: str, entry: object, warnings: list[str]) -> Account:
    check_account_name(name)
    try:
        given = check_mapping(entry, "{token_env: INSTAGRAM_ACCESS_TOKEN} or {demo: true}")
    except OptionError as error:
        hint = suggest_account(name, entry)
        if not hint and _ACCOUNT_KEYS["token_env"].fits(entry):
            hint = suggest_line(name, {"token_env": entry})
        raise OptionError(f"{error}{hint}") from None
    known = _check_keys(given, _ACCOUNT_KEYS, warnings, name)
    variable = known.get("token_env", "")
    if "_" not in variable and looks_like_token(variable):
        raise OptionError(f"token_env: expected {_ACCOUNT_KEYS['token_env'].expected}.")
    if known.get("demo") and (variable or known.get("snapshot")):
        raise OptionError("an account has one source: token_env, snapshot or demo.")
    if "snapshot" in known:
        known = {"token_env": "", **known, "snapshot": folder(known["snapshot"])}
    return Account(name, **known)


def _check_post(name: str, entry: object, warnings: list[str]) -> MediaOverride:
    given = check_mapping(entry, '{alt: "What it shows", pin: true}')
    known = _check_keys(given, _MEDIA_KEYS, warnings, name)
    texts = {key: clean(known.get(key, "")).strip() for key in ("alt", "label")}
    if texts["label"] and "link" not in known:
        text = "label has no link and is ignored. Add the address that it leads to as link."
        warnings.append(f"{quote(name)}: {text}")
    return MediaOverride(**{**known, **texts})


def _check_keys(
    given: Mapping[Any, Any], keys: Mapping[str, _Key], warnings: list[str], name: str
) -> dict[str, Any]:
    """Return the values of known keys, except those that are `null`.

    No message repeats a wrong value, which may be a token.
    """
    for key, value in given.items():
        if refuse_token(key) not in keys:
            hint = f"{suggest(key, keys)} Known keys: {', '.join(keys)}."
            warnings.append(f"{quote(name)}: unknown key {quote(key)} is ignored.{hint}")
        elif value is not None and not keys[key].fits(value):
            line = suggest_value(key, value, keys[key].fits, keys[key].schema)
            raise OptionError(f"{key}: expected {keys[key].expected}.{line}")
    return {key: given[key] for key in keys if given.get(key) is not None}
