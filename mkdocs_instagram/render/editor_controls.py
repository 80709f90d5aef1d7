"""A control of the editor for each feed option, from the schema."""

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any, NamedTuple

from mkdocs_instagram.config.feed_options import CHECKS, MAX_COLUMNS, Columns, FeedOptions

_COUNT = rf"(?:{'|'.join(map(str, range(MAX_COLUMNS, 0, -1)))})"
_COLUMNS = rf"^(?:auto|{_COUNT}(?:\s*,\s*{_COUNT}){{0,2}})$"
_POST = (
    r"^(?:[\w-]{5,64}|(?:https?://)?(?:www\.)?instagram\.com/(?!share/)(?:[\w.]+/)?"
    r"(?:p|reels?|tv)/(?!audio/)[\w-]{5,64}(?:[/?#].*)?)$"
)
_SCALARS = {"boolean": "switch", "integer": "number", "date": "date", "string": "text"}


class Control(NamedTuple):
    """A control, whose value is a text in the page's address too.

    Attributes:
        name: That of the option.
        help: What the option means.
        kind: `choice`, `switch`, `number`, `some` (of several), `list`, `date`, `columns`, `text`.
        base: The value that a tag need not name.
        choices: Of a `choice` or `some`.
        lowest: Of a `number`, as `highest`.
        pattern: Of a `text`, `columns` or an item of a `list`; "" for any.
        empty: What YAML says for no value; "" if it cannot.
    """

    name: str
    help: str
    kind: str
    base: str
    choices: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 0
    pattern: str = ""
    empty: str = ""


def list_controls(base: FeedOptions) -> list[Control]:
    """Return the controls of all options, in their order.

    Args:
        base: The options of a tag that names none.

    Raises:
        KeyError: There is no control for the schema of an option.
    """
    text = files("mkdocs_instagram").joinpath("schema.json").read_text(encoding="utf-8")
    schemas = json.loads(text)["definitions"]["feed"]["properties"]
    return [
        _make_control(name, schemas[name], write_value(getattr(base, field)))
        for name, (field, _) in CHECKS.items()
    ]


def write_value(value: object) -> str:
    """Return the value of an option as its control has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Columns):
        sizes = value[:1] if len(set(value)) == 1 else value
        return ", ".join(map(str, sizes)) if value.small else "auto"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _make_control(name: str, schema: Mapping[str, Any], base: str) -> Control:
    control = Control(name, schema["markdownDescription"], "text", base)
    alone = _SCALARS.get(schema.get("format", schema.get("type", "")))
    if "enum" in schema:
        return control._replace(kind="choice", choices=tuple(schema["enum"]))
    if alone == "number":
        return _limit(control, schema)
    if alone:
        return control._replace(
            kind=alone, pattern=schema.get("pattern", ""), empty='""' if alone == "text" else ""
        )
    ways = {_name_way(way): way for way in schema["anyOf"]}
    empty = ways.get("const", {}).get("const", "")
    if "object" in ways:
        return control._replace(kind="columns", empty=empty, pattern=_COLUMNS)
    if "integer" in ways:
        return _limit(control._replace(empty=empty), ways["integer"])
    many = ways["array"]
    empty = empty or ("" if "minItems" in many else "[]")
    choices = tuple(many["items"].get("enum", ()))
    pattern = _POST if name == "post" else ""
    kind = "some" if choices else "list"
    return control._replace(kind=kind, choices=choices, empty=empty, pattern=pattern)


def _limit(control: Control, schema: Mapping[str, Any]) -> Control:
    return control._replace(kind="number", lowest=schema["minimum"], highest=schema["maximum"])


def _name_way(schema: Mapping[str, Any]) -> str:
    """Return what one of several schemas of a value is: its type, or `const` or `enum`."""
    kind = schema.get("type", "const" if "const" in schema else "enum")
    return kind if isinstance(kind, str) else "text"
