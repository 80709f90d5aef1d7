"""Cures for names that are not options."""

import re
from collections.abc import Iterable, Mapping

from mkdocs_instagram.text import suggest

from .checks import Check
from .cures import mend, write_option
from .other_words import find_example, find_sentence, find_site_option, normalize

SITE_NAMES = (
    "accounts",
    "defaults",
    "feeds",
    "media",
    "max_age",
    "max_stale",
    "on_error",
    "cache_dir",
    "assets_dir",
    "images",
    "videos",
    "labels",
    "search",
)
"""The options in mkdocs.yml, which `site_options` has as attributes."""

Checks = Mapping[str, Check | None]
"""The check of each option by its name; `None` for a mapping."""

_TAG_WORDS = {"hashtag", "hashtags", "tag", "tags"}


def suggest_option(name: object, value: object, checks: Checks) -> str:
    """Return what to do about an unknown feed option, as a sentence after a space.

    Args:
        name: As it is typed.
        value: Its value, for the line to write.
        checks: The feed options.
    """
    own = _find_own(name, SITE_NAMES)
    if not own or isinstance(value, int):  # such as `images: true`
        if line := find_option(name, value, checks):
            return f" Write {line}."
        if sentence := find_sentence(name):
            return f" {sentence}"
    if own := own or find_site_option(name):
        line = write_option(own, value) or f"{own}: …"
        return f" It is an option of the plugin: write {line} under `- instagram:` in mkdocs.yml."
    return suggest(name, checks) or f" Known options: {', '.join(checks)}."


def suggest_site_option(
    name: object,
    value: object,
    checks: Checks,
    nested: Mapping[str, Checks],
) -> str:
    """Return what to do about an unknown option in mkdocs.yml, as a sentence after a space, or "".

    Args:
        name: As it is typed.
        value: Its value, for the line to write.
        checks: The options at this place.
        nested: The options within these mappings, by their names.
    """
    own = _find_own(name, checks) or find_site_option(name)
    if check := checks.get(own):
        line = mend(own, value, check.takes, check.schema)
        return f" Write {line}." if line else f" Did you mean {own}?"
    if own in checks:
        return f" Did you mean {own}?"
    if not isinstance(value, dict):
        for parent, inner in nested.items():
            if line := find_option(name, value, inner):
                return f" Write {parent}: {{{line}}}."
    return suggest(name, checks)


def find_option(name: object, value: object, checks: Checks) -> str:
    """Return the line of an option that a name means exactly; "" for a typing error."""
    example = find_example(name, value)
    found = (_find_own(name, checks), example.partition(":")[0], find_site_option(name))
    option = next((option for option in found if checks.get(option)), "")
    if not (check := checks.get(option)):
        return ""
    if normalize(name) in _TAG_WORDS:
        items = value if isinstance(value, list) else re.split(r"[\s,;]+", str(value or ""))
        value = [f"#{str(item).lstrip('#')}" for item in items if item] or None
    line = "" if value is None else mend(option, value, check.takes, check.schema)
    return line or (example if example.startswith(f"{option}:") else "")


def _find_own(name: object, names: Iterable[str]) -> str:
    return next((own for own in names if normalize(own) == normalize(name)), "")
