"""The options `defaults` and `feeds`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.text import quote

from .checks import Schema, check_entries, check_mapping
from .feed_options import BY_NAME, FeedOptions, check_options, check_together
from .unknown_names import find_option


class Presets(NamedTuple):
    """The options `defaults` and `feeds`: checked values by field of `FeedOptions`."""

    defaults: Mapping[str, Any]
    feeds: Mapping[str, Mapping[str, Any]]

    def merge(self, preset: str | None = None, own: Mapping[str, Any] | None = None) -> FeedOptions:
        """Return the options of a feed: its own override its preset, which overrides `defaults`.

        Raises:
            OptionError: Together they contradict each other.
        """
        merged = {**self.defaults, **(self.feeds[preset] if preset else {}), **(own or {})}
        check_together(merged)
        return FeedOptions(**merged)


FEED: Schema = {"$ref": "#/definitions/feed"}
"""The schema of `defaults`; tests/schema.py makes its definition from `CHECKS`."""
FEEDS: Schema = {"type": "object", "additionalProperties": FEED}


def check_defaults(value: object, warnings: list[str]) -> dict[str, Any]:
    """Return the feed options for every tag, by field of `FeedOptions`."""
    checked, unknown = check_options(check_mapping(value, "{limit: 6, columns: 3}"))
    warnings.extend(unknown)
    return checked


def check_feeds(value: object, warnings: list[str]) -> dict[str, dict[str, Any]]:
    """Return the presets by name, each by field of `FeedOptions`."""
    return check_entries(value, _check_feed, warnings, noun="preset", example="{team: {limit: 6}}")


def _check_feed(name: str, entry: object, warnings: list[str]) -> dict[str, Any]:
    if name == "defaults":
        raise OptionError(
            "the name is taken by the option `defaults`. Rename the preset, or move its options to "
            "`defaults`."
        )
    unknown: list[str] = []
    try:
        checked = check_defaults(entry, unknown)
    except OptionError as error:
        line = "" if isinstance(entry, dict) else find_option(name, entry, BY_NAME)
        raise OptionError(f"{error}{f' Write team: {{{line}}}.' if line else ''}") from None
    warnings.extend(f"{quote(name)}: {sentence}" for sentence in unknown)
    return checked
