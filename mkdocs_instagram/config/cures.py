"""Corrected lines for wrong names and values."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from mkdocs_instagram.text import quote

from .other_words import find_line, find_value

_LONGEST = 100
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NUMBER = r"\+?(\d{1,9})(?:\.0+)?\s*(?:px|%)?"
_PROFILE = r"^(?:https?://)?(?:www\.)?instagram\.com/|^@|/$"
_LONG_DURATION = r"(\d{1,6})\s*(s|m|h|d|w)[a-z]*"
# `title: Our bakery: news`: the text ends where another option, or the mapping, does.
_TEXT_WITH_COLON = (
    r"(?:^|[{,])\s*([\w-]+):\s+([^\s'\"\[\]{},:][^\"\[\]{},]*?:(?:\s[^\"\[\]{},]*)?)(?=[,}]|$)"
)
_DAY_LAST = r"(\d{4})[./](\d{1,2})[./](\d{1,2})"
_DAY_FIRST = r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"

Takes = Callable[[object], bool]
"""Tells whether a value of an option is right."""


def show(value: object) -> str:
    """Return a value for a message as it is typed in YAML, where `'6'` is text and `6` a number."""
    is_list = isinstance(value, str) and "," in value  # needs quotes to be told from a real one
    return quote(_write([value])[1:-1] if is_list else _write(value).removesuffix("\n..."))


def write_option(name: str, value: object) -> str:
    """Return a line such as `types: [image]`; "" for one that is too long, or holds a token."""
    line = _write({name: value})[1:-1]
    return line if line == quote(line, _LONGEST) else ""


def suggest_value(name: str, value: object, takes: Takes, schema: Mapping[str, Any]) -> str:
    """Return " Write limit: 6." with the right value that is nearest to a wrong one, else ""."""
    return _advise(mend(name, value, takes, schema))


def suggest_line(name: str, value: object) -> str:
    """Return " Write limit: 6."; "" if the line is too long, or holds a token."""
    return _advise(write_option(name, value))


def mend(name: str, value: object, takes: Takes, schema: Mapping[str, Any]) -> str:
    """Return the line that sets an option to the right value nearest to the given one, else ""."""
    if line := find_line(name, value):
        return line
    near = (
        found
        for found in _list_near(name, value, takes, schema)
        if found is not None and takes(found)
    )
    return next(filter(None, (write_option(name, found) for found in near)), "")


def suggest_template(name: str) -> str:
    """Return what to do if the name of a template contains the folders that it is in, else ""."""
    inner = name.rpartition("instagram/")[2] if "instagram/" in name else name.partition("/")[2]
    if not inner:
        return ""
    line = suggest_line("template", inner)
    return f" The option is a path below instagram/ in that folder.{line}"


def suggest_yaml(line: str, problem: str, names: Iterable[str]) -> str:
    """Return what to do about a line of a tag that is not valid YAML; "" if that is not known.

    Args:
        line: The line, or the whole tag.
        problem: What PyYAML says.
        names: The feed options.
    """
    if problem == "found unexpected end of stream":
        return (
            " A quotation mark has no partner. If the text contains -->, that ends the tag, also "
            "within quotes: write → in its place."
        )
    inner = line.strip().removeprefix("{").removesuffix("}")
    options = re.split(rf",?\s+(?=(?:{'|'.join(names)}):\s)", inner)
    mapping = f"{{{', '.join(options)}}}"
    if len(options) > 1 and _is_mapping(mapping) and mapping == quote(mapping, _LONGEST):
        return f" Write <!-- instagram {mapping} -->"
    colon = re.search(_TEXT_WITH_COLON, line)
    return suggest_line(colon[1], colon[2].strip()) if colon else ""


def _list_near(
    name: str, value: object, takes: Takes, schema: Mapping[str, Any]
) -> Iterator[object]:
    """Yield what may be meant by a value: it is not checked as a whole."""

    def change(item: object) -> object:
        changed = _list_changes(name, item, schema)
        return next((it for it in changed if takes(it) or takes([it])), item)

    yield value
    if isinstance(value, dict):
        yield {find_value(name, key) or key: _read_number(item) for key, item in value.items()}
        return
    items = value if isinstance(value, list) else [value]
    if isinstance(value, str):
        items = [item for item in re.split(r"\s+and\s+|[\s,;&+]+", value.strip(" []")) if item]
    changed = [change(item) for item in items]
    if len(changed) == 1:
        yield changed[0]
    if all(isinstance(item, str | int) for item in changed):
        yield list(dict.fromkeys(changed))
    yield change(value)


def _list_changes(name: str, item: object, schema: Mapping[str, Any]) -> Iterator[object]:
    """Yield what may be meant by one item."""
    from difflib import get_close_matches

    if isinstance(item, dict | list) or item is None:
        return
    text = str(item).strip().lower()
    if found := find_value(name, item):
        yield from (found, _read_number(found))
    yield from (_read_number(text), _SWITCHES.get(text), *_list_durations(text), *_list_days(text))
    if not isinstance(item, bool):
        yield from (text, re.sub(_PROFILE, "", text), str(item), f"{item}.html")
    yield from get_close_matches(text, list(_list_choices(schema)), n=1)


def _read_number(value: object) -> object:
    match = re.fullmatch(_NUMBER, str(value).strip())
    return int(match[1]) if match else value


def _list_durations(text: str) -> Iterator[str]:
    if match := re.fullmatch(_LONG_DURATION, text):
        number, unit = int(match[1]), match[2]
        yield f"{7 * number}d" if unit == "w" else f"{number}{unit}"


def _list_days(text: str) -> Iterator[date]:
    last, first = re.fullmatch(_DAY_LAST, text), re.fullmatch(_DAY_FIRST, text)
    found = last.groups() if last else first.group("year", "month", "day") if first else None
    if found:
        try:
            yield date(*map(int, found))
        except ValueError:
            return


def _list_choices(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words that a schema allows."""
    yield from (word for word in (*schema.get("enum", ()), schema.get("const")) if word)
    inner = [*schema.get("anyOf", ())] + ([schema["items"]] if "items" in schema else [])
    for part in inner:
        yield from _list_choices(part)


def _advise(line: str) -> str:
    return f" Write {line}." if line else ""


def _is_mapping(text: str) -> bool:
    try:
        return isinstance(yaml.safe_load(text), dict)
    except (yaml.YAMLError, ValueError):
        return False


def _write(value: object) -> str:
    try:
        text = yaml.safe_dump(
            value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=100_000
        )
    except yaml.YAMLError:
        text = repr(value)  # from a tag such as !!python/name
    return str(text).strip()
