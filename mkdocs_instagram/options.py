"""The feed options and their checks, the same for a tag, `feeds` and `defaults`; performs no I/O.

Kept apart from `tag`, which finds tags: here lives what a tag may say. To add an option, add a
field to `FeedOptions`; nothing else has to learn its name.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from .errors import OptionError
from .graph import parse_shortcode
from .text import clean, quote, suggest

MAX_LIMIT = 1000
MAX_COLUMNS = 12
LAYOUTS = ("grid", "masonry", "carousel", "highlight", "list")
FORBIDDEN = {"token", "access_token"}


class Check(NamedTuple):
    """Reads what stands in YAML for one option.

    Attributes:
        read: Gives the checked value, or raises `OptionError`.
        schema: What may stand there, in the words of JSON Schema, for editors. It refuses nothing
            that a person would write and `read` takes.
    """

    read: Callable[[object], Any]
    schema: Mapping[str, Any]

    def __call__(self, value: object) -> Any:
        """Return the checked value."""
        return self.read(value)


def _takes(schema: Mapping[str, Any]) -> Callable[[Callable[[object], Any]], Check]:
    return lambda read: Check(read, schema)


def _one_or_list(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item}]}


class Columns(NamedTuple):
    """Columns per container size; `None` on all three means as many as fit."""

    small: int | None = None
    medium: int | None = None
    large: int | None = None


def _one_of(*choices: str) -> Check:
    @_takes({"enum": list(choices)})
    def check(value: object) -> str:
        if value not in choices or not isinstance(value, str):
            raise OptionError(
                f"{_given(value)} is none of {', '.join(choices)}.{suggest(value, choices)}"
            )
        return value

    return check


def _some_of(*choices: str) -> Check:
    check_one = _one_of(*choices)

    @_takes(_one_or_list(check_one.schema))
    def check(value: object) -> tuple[str, ...]:
        return tuple(check_one(item) for item in _list(value))

    return check


def _whole(lowest: int, highest: int) -> Check:
    @_takes({"type": "integer", "minimum": lowest, "maximum": highest})
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise OptionError(f"{_given(value)} is not a whole number from {lowest} to {highest}.")
        return value

    return check


@_takes({"type": "boolean"})
def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise OptionError(f"{_given(value)} is neither true nor false.")
    return value


@_takes({"anyOf": [{"const": "none"}, _whole(1, MAX_LIMIT).schema]})
def _more(value: object) -> int | None:
    count: int | None = None if value == "none" else _whole(1, MAX_LIMIT)(value)
    return count


@_takes({"type": "string"})
def _text(value: object) -> str:
    if not isinstance(value, str):
        raise OptionError(f"{_given(value)} is not a text; put it in quotes.")
    return clean(value)


@_takes({"type": "string", "minLength": 1})
def _name(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise OptionError(f"{_given(value)} is not the name of an account in mkdocs.yml.")
    return value


_some_types = _some_of("image", "video", "reel", "carousel")


@_takes({"anyOf": [{"const": "all"}, *_some_types.schema["anyOf"]]})
def _types(value: object) -> tuple[str, ...]:
    return () if value == "all" else _some_types(value)


@_takes(_one_or_list({"type": ["string", "number"], "minLength": 1}))
def _words(value: object) -> tuple[str, ...]:
    words = tuple(
        str(word).strip() for word in _list(value) if not isinstance(word, dict | list | bool)
    )
    if not all(words) or len(words) != len(_list(value)):
        raise OptionError(
            f'{_given(value)} is not a list of words or tags, such as ["#team", bread].'
        )
    return words


@_takes({"type": "string", "format": "date"})
def _date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise OptionError(f"{_given(value)} is not a date, such as 2026-07-22.") from None


@_takes(_one_or_list({"type": "string", "minLength": 1}))
def _posts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(check_shortcode(item) for item in _list(value)))


def check_shortcode(value: object) -> str:
    """Return the shortcode of a permalink or a bare one.

    Raises:
        OptionError: It is neither.
    """
    code = parse_shortcode(value) if isinstance(value, str) else None
    if code is None:
        raise OptionError(
            f"{_given(value)} is neither a shortcode nor a permalink: write the part behind /p/ or "
            "/reel/ in the address of the media, in quotes."
        )
    return code


_count = _whole(1, MAX_COLUMNS)


@_takes(
    {
        "anyOf": [
            {"const": "auto"},
            _count.schema,
            {
                "type": "object",
                "properties": dict.fromkeys(Columns._fields, _count.schema),
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    }
)
def _columns(value: object) -> Columns:
    if value == "auto":
        return Columns()
    if isinstance(value, Mapping):
        known = set(Columns._fields)
        if not value or set(value) - known:
            raise OptionError(
                f"{_given(dict(value))} names other sizes than small, medium and large."
            )
        sizes = {name: _count(number) for name, number in value.items()}
        small = sizes.get("small", sizes.get("medium", sizes.get("large")))
        medium = sizes.get("medium", small)
        return Columns(small, medium, sizes.get("large", medium))
    if isinstance(value, int):
        return Columns(_count(value), _count(value), _count(value))
    raise OptionError(
        f"{_given(value)} is not auto, a number from 1 to {MAX_COLUMNS}, or "
        "{small: 2, medium: 3, large: 4}."
    )


_ratios = _one_of("square", "4/5", "3/4", "original")


@_takes(_ratios.schema)
def _ratio(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        raise OptionError(f"{value} is a number to YAML, which reads 3:4 so. Write 3/4 or 4/5.")
    return str(_ratios(value))


@_takes({"type": "string", "pattern": r"^[\w -]*$"})
def _class(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\w -]*", value):
        raise OptionError(
            f"{_given(value)} is not a list of CSS classes: letters, digits, - and _."
        )
    return " ".join(value.split())


@_takes({"type": "string", "pattern": r"^(?:[\w-]+/)*[\w-]+\.html$"})
def _template(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"(?:[\w-]+/)*[\w-]+\.html", value):
        raise OptionError(
            f"{_given(value)} is not the name of a file under instagram/, such as feed.html."
        )
    return value


class FeedOptions(NamedTuple):
    """What one tag asks for, every value checked; each field is annotated with its check."""

    account: Annotated[str, _name] = ""
    """Name of the account; "" stands for the first one."""
    limit: Annotated[int, _whole(1, MAX_LIMIT)] = 12
    """How many media to show, after all filters."""
    types: Annotated[tuple[str, ...], _types] = ()
    """Which types; empty means all. `video` covers reels, `reel` only those."""
    include: Annotated[tuple[str, ...], _words] = ()
    """Words or #tags of which one must be in the caption."""
    exclude: Annotated[tuple[str, ...], _words] = ()
    """Words or #tags of which none may be in the caption."""
    since: Annotated[date | None, _date] = None
    """First UTC day."""
    until: Annotated[date | None, _date] = None
    """Last UTC day."""
    sort: Annotated[str, _one_of("newest", "oldest", "likes", "comments", "random")] = "newest"
    """Order; pinned media come first."""
    post: Annotated[tuple[str, ...], _posts] = ()
    """Shortcodes of exactly the media to show, in that order."""
    layout: Annotated[str, _one_of(*LAYOUTS)] = "grid"
    """How the media are laid out."""
    columns: Annotated[Columns, _columns] = Columns()
    """Columns, for all or each container size."""
    ratio: Annotated[str, _ratio] = "square"
    """The frame of each picture; `original` crops nothing."""
    header: Annotated[bool, _switch] = False
    """Whether the user stands above the media."""
    caption: Annotated[str, _one_of("none", "below", "overlay")] = "none"
    """Where the caption stands."""
    caption_length: Annotated[int, _whole(1, 2200)] = 200
    """Characters of the caption, cut at a word."""
    show: Annotated[tuple[str, ...], _some_of("date", "likes", "comments", "type")] = ("type",)
    """What else to show of a media."""
    open: Annotated[str, _one_of("post", "viewer", "image", "none")] = "post"
    """What a media leads to: its permalink, the viewer on the page, the picture's file, nothing."""
    more: Annotated[int | None, _more] = None
    """How many media stand there at first, the rest behind a disclosure; `None` for all."""
    title: Annotated[str, _text] = ""
    """Accessible name of the feed."""
    new_tab: Annotated[bool, _switch] = False
    """Whether links to Instagram open in a new tab."""
    extra_class: Annotated[str, _class] = ""
    """Extra CSS classes on the root; the option `class`."""
    template: Annotated[str, _template] = "feed.html"
    """File under `instagram/`."""


# `class` is a keyword of Python; every other option is spelled as its field.
CHECKS: Mapping[str, tuple[str, Check]] = {
    ("class" if field == "extra_class" else field): (field, annotation.__metadata__[0])
    for field, annotation in FeedOptions.__annotations__.items()
}
"""The field and the check of each option, by its name in YAML."""

NAMES = tuple(CHECKS)


def check_options(given: Mapping[object, object]) -> tuple[dict[str, Any], list[str]]:
    """Check options by their names in YAML.

    Returns:
        The checked values by field of `FeedOptions`, and a sentence for each unknown name, which is
        left out.

    Raises:
        OptionError: A value is wrong or missing, or a token stands where none may.
    """
    checked: dict[str, Any] = {}
    unknown = []
    for name, value in given.items():
        if name in FORBIDDEN:
            raise OptionError(FORBIDDEN_TEXT.format(name=name))
        if not isinstance(name, str) or name not in CHECKS:
            unknown.append(f"unknown option {quote(name)}.{suggest(name, NAMES) or _known(NAMES)}")
            continue
        if value is None:
            raise OptionError(f"option {name} has no value.{_HASH}")
        try:
            field, check = CHECKS[name]
            checked[field] = check(value)
        except OptionError as error:
            raise OptionError(f"option {name}: {error}") from None
    if checked.get("since") and checked.get("until") and checked["since"] > checked["until"]:
        raise OptionError("option since: it is later than until.")
    return checked, unknown


FORBIDDEN_TEXT = (
    "a token never stands in mkdocs.yml or a page, where other plugins can print it. Take {name} "
    "out, put the token into an environment variable (INSTAGRAM_ACCESS_TOKEN) and, if the file was "
    "shared, generate a new one."
)
_HASH = ' In YAML an unquoted # starts a comment: write include: ["#team"].'


def _list(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        if any(item is None for item in value):
            raise OptionError(f"the list holds an empty entry.{_HASH}")
        return list(value)
    return [value]


def _given(value: object) -> str:
    return quote(value)


def _known(names: tuple[str, ...]) -> str:
    return f" Known are {', '.join(names)}."
