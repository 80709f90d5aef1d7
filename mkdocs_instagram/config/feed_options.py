"""The options of a feed, and their checks."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.text import quote

from .checks import (
    NO_VALUE_HINT,
    Check,
    Schema,
    accepts,
    one_of,
    one_or_list,
    read_list,
    refuse_token,
    some_of,
    switch,
    text,
    whole,
)
from .cures import show, suggest_value
from .permalinks import check_shortcode
from .unknown_names import suggest_option

MAX_LIMIT = 1000
MAX_COLUMNS = 12
LAYOUTS = ("grid", "masonry", "carousel", "highlight", "list")


class Columns(NamedTuple):
    """Columns for each width of the feed; all three are `None` for `auto`."""

    small: int | None = None
    medium: int | None = None
    large: int | None = None


@accepts({"anyOf": [{"const": "none"}, whole(1, MAX_LIMIT).schema]})
def _more(value: object) -> int | None:
    return None if value == "none" else int(whole(1, MAX_LIMIT)(value))


_name: Schema = {"type": "string", "minLength": 1}


@accepts({"anyOf": [_name, {"type": "array", "items": _name, "minItems": 1, "uniqueItems": True}]})
def _accounts(value: object) -> tuple[str, ...]:
    names = read_list(value)
    if not names:
        raise OptionError("the list is empty. At least one account is required.")
    for name in names:
        if not isinstance(name, str) or not name:
            raise OptionError(f"{show(name)} is not the name of an account in mkdocs.yml.")
        if names.count(name) > 1:
            raise OptionError(f"{show(name)} is in the list twice. Write it once.")
    return tuple(map(str, names))


_some_details = some_of("date", "likes", "comments", "type", "user")
_some_types = some_of("image", "video", "reel", "carousel")


@accepts({"anyOf": [{"const": "all"}, *_some_types.schema["anyOf"]]})
def _types(value: object) -> tuple[str, ...]:
    return () if value == "all" else _some_types(value)


@accepts(one_or_list({"type": ["string", "number"], "minLength": 1}))
def _words(value: object) -> tuple[str, ...]:
    words = tuple(
        str(word).strip() for word in read_list(value) if not isinstance(word, dict | list | bool)
    )
    if not all(words) or len(words) != len(read_list(value)):
        raise OptionError(
            f'{show(value)} is not a list of words or tags, such as ["#team", bread].'
        )
    return words


@accepts({"type": "string", "format": "date"})
def _date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise OptionError(f"{show(value)} is not a date, such as 2026-07-22.") from None


@accepts(one_or_list({"type": "string", "minLength": 1}))
def _posts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(check_shortcode(item) for item in read_list(value)))


_count = whole(1, MAX_COLUMNS)


@accepts(
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
        if not value or set(value) - set(Columns._fields):
            raise OptionError(
                f"{show(dict(value))} must name small, medium or large, and nothing else."
            )
        sizes = {name: _count(number) for name, number in value.items()}
        small = sizes.get("small", sizes.get("medium", sizes.get("large")))
        medium = sizes.get("medium", small)
        return Columns(small, medium, sizes.get("large", medium))
    if isinstance(value, int):
        return Columns(_count(value), _count(value), _count(value))
    raise OptionError(
        f"{show(value)} is not auto, a number from 1 to {MAX_COLUMNS}, or "
        "{small: 2, medium: 3, large: 4}."
    )


_ratios = one_of("square", "4/5", "3/4", "original")


@accepts(_ratios.schema)
def _ratio(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        raise OptionError(f"{value} is a number: YAML reads 3:4 as a number. Write 3/4 or 4/5.")
    return str(_ratios(value))


@accepts({"type": "string", "pattern": r"^[\w -]*$"})
def _class(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\w -]*", value):
        raise OptionError(f"{show(value)} is not a list of CSS classes: letters, digits, - and _.")
    return " ".join(value.split())


@accepts({"type": "string", "pattern": r"^(?:[\w-]+/)*[\w-]+\.html$"})
def _template(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"(?:[\w-]+/)*[\w-]+\.html", value):
        raise OptionError(
            f"{show(value)} is not the name of a file under instagram/, such as feed.html."
        )
    return value


class FeedOptions(NamedTuple):
    """The checked options of one feed; each field is annotated with its check.

    A new field here is a new option: nothing else lists them.
    """

    account: Annotated[tuple[str, ...], _accounts] = ()
    """Names of accounts in `accounts`, whose posts make one feed; the first one by default."""
    limit: Annotated[int, whole(1, MAX_LIMIT)] = 12
    """Number of posts to show, after all filters."""
    types: Annotated[tuple[str, ...], _types] = ()
    """Types of posts to show; all by default. `video` includes reels, `reel` means only reels."""
    include: Annotated[tuple[str, ...], _words] = ()
    """Only show posts with at least one of these words or #tags in the caption."""
    exclude: Annotated[tuple[str, ...], _words] = ()
    """Do not show posts with one of these words or #tags in the caption."""
    since: Annotated[date | None, _date] = None
    """First day of the posts, in UTC."""
    until: Annotated[date | None, _date] = None
    """Last day of the posts, in UTC."""
    linked: Annotated[bool, switch] = False
    """Whether to show only the posts to which `media` gives a link."""
    sort: Annotated[str, one_of("newest", "oldest", "likes", "comments", "random")] = "newest"
    """Order of the posts; pinned posts come first."""
    post: Annotated[tuple[str, ...], _posts] = ()
    """Permalinks or shortcodes of the only posts to show, in this order."""
    layout: Annotated[str, one_of(*LAYOUTS)] = "grid"
    """Layout of the posts."""
    columns: Annotated[Columns, _columns] = Columns()
    """Number of columns: one number, or one for each width of the feed."""
    ratio: Annotated[str, _ratio] = "square"
    """Shape of each picture; `original` does not crop it."""
    header: Annotated[bool, switch] = False
    """Whether the Instagram profile is shown above the posts."""
    caption: Annotated[str, one_of("none", "below", "overlay")] = "none"
    """Position of the caption."""
    caption_length: Annotated[int | None, whole(1, 2200)] = None
    """Maximum number of characters of a caption, cut at a word: 200 by default, 600 in a list."""
    show: Annotated[tuple[str, ...], _some_details] = ("type",)
    """What else to show with a post."""
    open: Annotated[str, one_of("post", "viewer", "image", "none")] = "post"
    """What a click opens: the post on Instagram, a viewer on the page, the image file, nothing."""
    more: Annotated[int | None, _more] = None
    """Number of posts to show before "Show more"; all by default."""
    title: Annotated[str, text] = ""
    """Name of the feed for screen readers."""
    new_tab: Annotated[bool, switch] = False
    """Whether links to Instagram open in a new tab."""
    extra_class: Annotated[str, _class] = ""
    """Additional CSS classes of the feed."""
    template: Annotated[str, _template] = "feed.html"
    """Template file in the folder `instagram` of the theme."""


# `class` is a keyword of Python; every other option is spelled as its field.
CHECKS: Mapping[str, tuple[str, Check]] = {
    ("class" if field == "extra_class" else field): (field, annotation.__metadata__[0])
    for field, annotation in FeedOptions.__annotations__.items()
}
"""The field and the check of each option, by its name in YAML."""

NAMES = tuple(CHECKS)
BY_NAME = {name: check for name, (_, check) in CHECKS.items()}


def check_options(given: Mapping[object, object]) -> tuple[dict[str, Any], list[str]]:
    """Check options by their names in YAML.

    Returns:
        The checked values by field of `FeedOptions`, and a sentence for each unknown name, which is
        ignored.

    Raises:
        OptionError: A value is wrong or missing, or a name is one of a token.
    """
    checked: dict[str, Any] = {}
    unknown = []
    for name, value in given.items():
        refuse_token(name)
        if not isinstance(name, str) or name not in CHECKS:
            hint = suggest_option(name, value, BY_NAME)
            unknown.append(f"unknown option {quote(name)} is ignored.{hint}")
            continue
        if value is None:
            raise OptionError(f"option {name} has no value.{NO_VALUE_HINT}")
        field, check = CHECKS[name]
        try:
            checked[field] = check(value)
        except OptionError as error:
            line = suggest_value(name, value, check.takes, check.schema)
            raise OptionError(f"option {name}: {error}{line}") from None
    check_together(checked)
    return checked, unknown


def check_together(checked: Mapping[str, Any]) -> None:
    """Check that options, by field of `FeedOptions`, do not contradict each other.

    Raises:
        OptionError: They do.
    """
    if checked.get("since") and checked.get("until") and checked["since"] > checked["until"]:
        raise OptionError("option since: it is later than until.")
    if checked.get("header") and (number := len(checked.get("account", ()))) > 1:
        raise OptionError(
            f"option header: a header shows one account, and this feed has {number}. Write "
            "`header: false`, or name one account."
        )
