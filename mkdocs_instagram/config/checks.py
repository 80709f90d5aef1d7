"""Checks that several options share."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.text import clean, quote

from .cures import show

T = TypeVar("T")
Schema = Mapping[str, Any]

FORBIDDEN = {"token", "access_token"}
FORBIDDEN_TEXT = (
    "a token must not be in mkdocs.yml or a page, where other plugins can print it. Remove {name}, "
    "put the token into an environment variable (INSTAGRAM_ACCESS_TOKEN) and, if the file was "
    "shared, generate a new token."
)

NO_VALUE_HINT = ' In YAML an unquoted # starts a comment: write include: ["#team"].'
"""A likely reason for an option without a value."""

_DURATION = re.compile(r"(\d{1,9})\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_FOLDER = re.compile(r"(?!\.)[\w.-]+(?:/(?!\.)[\w.-]+)*")


class Check(NamedTuple):
    """The check of one option.

    Attributes:
        read: Returns the checked value of what YAML says, or raises `OptionError`.
        schema: The same rule as JSON Schema, for editors. It accepts everything that a person would
            write and `read` accepts.
    """

    read: Callable[[object], Any]
    schema: Schema

    def __call__(self, value: object) -> Any:
        """Read a value."""
        return self.read(value)

    def takes(self, value: object) -> bool:
        """Tell whether a value is right."""
        try:
            self.read(value)
        except OptionError:
            return False
        return True


def accepts(schema: Schema) -> Callable[[Callable[[object], Any]], Check]:
    """Make a check from a function."""
    return lambda read: Check(read, schema)


def one_or_list(item: Schema) -> Schema:
    """Return the schema of one item or a list of items."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def one_of(*choices: str) -> Check:
    """Return a check for one of these words."""

    @accepts({"enum": list(choices)})
    def check(value: object) -> str:
        if value not in choices or not isinstance(value, str):
            raise OptionError(f"{show(value)} is not one of {', '.join(choices)}.")
        return value

    return check


def some_of(*choices: str) -> Check:
    """Return a check for one or several of these words, which returns a tuple."""
    check_one = one_of(*choices)

    @accepts(one_or_list(check_one.schema))
    def check(value: object) -> tuple[str, ...]:
        return tuple(check_one(item) for item in read_list(value))

    return check


def whole(lowest: int, highest: int) -> Check:
    """Return a check for a whole number within these bounds."""

    @accepts({"type": "integer", "minimum": lowest, "maximum": highest})
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise OptionError(f"{show(value)} is not a whole number from {lowest} to {highest}.")
        return value

    return check


@accepts({"type": "boolean"})
def switch(value: object) -> bool:
    """Check for true or false."""
    if not isinstance(value, bool):
        raise OptionError(f"{show(value)} is neither true nor false.")
    return value


@accepts({"type": "string"})
def text(value: object) -> str:
    """Check for text, and remove control characters."""
    if not isinstance(value, str):
        raise OptionError(f"{show(value)} is not text; put it in quotes.")
    return clean(value)


@accepts(
    {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": r"^\d{1,9}\s*[smhd]?$"},
        ]
    }
)
def duration(value: object) -> float:
    """Check for `90`, `30m`, `1h` or `2d`, and return seconds."""
    match = None if isinstance(value, bool | float) else _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise OptionError(f"{show(value)} is not a duration: write seconds, or 30m, 1h, 2d.")
    return float(int(match[1]) * _SECONDS[match[2]])


_width = whole(16, 4096)


@accepts({"type": "array", "items": _width.schema, "minItems": 1})
def widths(value: object) -> list[int]:
    """Check for a list of widths in pixels."""
    if not isinstance(value, list) or not value:
        raise OptionError("expected a list of widths in pixels, such as [320, 640].")
    return [_width(width) for width in value]


_quality = whole(1, 100)


@accepts(_quality.schema)
def quality(value: object) -> int | None:
    """Check for the quality of a picture; `None` for that of its format."""
    return None if value is None else _quality(value)


@accepts({"type": "string"})
def folder(value: object) -> str:
    """Check for a folder, and replace `~` by the home folder."""
    try:
        return str(Path(text(value)).expanduser())
    except RuntimeError:
        raise OptionError(
            f"there is no home folder for {quote(value)}. Write the whole path."
        ) from None


@accepts({"type": "string"})
def folder_in_site(value: object) -> str:
    """Check for a folder inside the site, and remove `/` around it."""
    if not isinstance(value, str) or not _FOLDER.fullmatch(folder := value.strip("/")):
        raise OptionError("expected a folder inside the site, such as assets/mk-ig.")
    return folder


def read_list(value: object) -> list[object]:
    """Return a list as it is, and another value as a list of one item; refuse an empty item."""
    if isinstance(value, list | tuple):
        if any(item is None for item in value):
            raise OptionError(f"the list has an empty entry.{NO_VALUE_HINT}")
        return list(value)
    return [value]


def check_mapping(value: object, example: str) -> dict[Any, Any]:
    """Return a mapping, which is empty for `None`; the message on another value shows `example`."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise OptionError(f"expected a mapping, such as {example}.")
    return value


def check_entries(
    value: object,
    check_entry: Callable[[str, object, list[str]], T],
    warnings: list[str],
    *,
    noun: str,
    example: str,
    read_name: Callable[[str], str] = str,
) -> dict[str, T]:
    """Return the checked entries of a mapping, by name.

    Args:
        value: The mapping in mkdocs.yml.
        check_entry: Checks an entry, given its name, its value and `warnings`.
        warnings: Receives a sentence for each unknown key.
        noun: What an entry describes, for the message on two keys with one name.
        example: A correct mapping, for a message.
        read_name: Returns the name that a key means.
    """
    checked: dict[str, T] = {}
    keys: dict[str, object] = {}
    for key, entry in check_mapping(value, example).items():
        try:
            name = read_name(refuse_token(key))
            checked[name] = check_entry(name, entry, warnings)
        except OptionError as error:
            raise OptionError(f"{quote(key)}: {error}") from None
        if name in keys:
            raise OptionError(
                f"{quote(keys[name])} and {quote(key)} name the same {noun}. Put everything under "
                "one of them."
            )
        keys[name] = key
    return checked


def refuse_token(key: object) -> str:
    """Return a key as text; refuse one that can only hold a token."""
    if key in FORBIDDEN:
        raise OptionError(FORBIDDEN_TEXT.format(name=key))
    return str(key)
