"""The generator of `mkdocs_instagram/schema.json`.

Editors use that file to check and complete mkdocs.yml. It has the form of the schemas of Material
for MkDocs. Names, defaults, descriptions and values come from the config classes.
`pytest --regenerate tests/test_schema.py` writes the file.
"""

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

from mkdocs.config import config_options as c
from mkdocs.config.base import Config

import mkdocs_instagram
from mkdocs_instagram.config.feed_options import CHECKS, FeedOptions
from mkdocs_instagram.config.option_types import Forbidden
from mkdocs_instagram.config.site_options import InstagramConfig

PATH = Path(mkdocs_instagram.__file__).parent / "schema.json"
Schema = dict[str, Any]

NO_MORE: Schema = {"additionalProperties": False}


def make_schema() -> Schema:
    """Return the schema."""
    name = "instagram"
    title = inspect.cleandoc(InstagramConfig.__doc__ or "")
    options = _object(InstagramConfig)
    options["properties"]["enabled"] = {
        "title": "Whether the plugin does anything",
        "type": "boolean",
        "default": True,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An Instagram feed, fetched when the site is built",
        "description": (
            "An entry of `plugins` in mkdocs.yml or properdocs.yml. The object `instagram` in it "
            "is also the table `project.plugins.instagram` of zensical.toml, and the whole of "
            "instagram.yml."
        ),
        "oneOf": [
            {"markdownDescription": title, "const": name},
            {
                "type": "object",
                "properties": {name: {"markdownDescription": title, **options}},
                "required": [name],
                **NO_MORE,
            },
        ],
        "definitions": {"feed": _feed()},
    }


def write(schema: Schema) -> str:
    """Return the text of the file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _object(config: type[Config]) -> Schema:
    texts = _describe(config)
    properties = {
        name: {**_title(texts[name]), **_describe_value(option), **_default(option.default)}
        for name, option in config._schema
        if not isinstance(option, Forbidden)
    }
    return {"type": ["object", "null"], "properties": properties, **NO_MORE}


def _feed() -> Schema:
    defaults = FeedOptions()._asdict()
    texts = _describe(FeedOptions)
    properties = {}
    for name, (field, check) in CHECKS.items():
        default = defaults[field] if isinstance(defaults[field], str | int) else None
        properties[name] = {
            **_title(texts[field]),
            **check.schema,
            **_default(default if default != "" else None),
        }
    return {"type": ["object", "null"], "properties": properties, **NO_MORE}


def _describe_value(option: Any) -> Schema:
    """Return the schema of an option."""
    if isinstance(option, c.SubConfig):
        return _object(option.config_class)
    return dict(option.schema)


def _default(value: Any) -> Schema:
    return {"default": value} if isinstance(value, bool | int | str | list) else {}


def _title(text: str) -> Schema:
    """Return the first sentence of a docstring as title, and all of it as description."""
    text = re.sub(r"\s*Since [\d.]+\.", "", text)
    words, _, example = text.partition("\n\n")
    words = " ".join(words.split())
    first = re.split(r"(?<=\w)[.;:] ", words)[0].rstrip(".")
    return {"title": first, "markdownDescription": "\n\n".join(filter(None, (words, example)))}


def _describe(class_: type) -> dict[str, str]:
    """Return the docstrings of a class's attributes."""
    (body,) = ast.parse(inspect.getsource(class_)).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        target = getattr(before, "target", None) or next(iter(getattr(before, "targets", [])), None)
        if isinstance(target, ast.Name) and isinstance(after, ast.Expr):
            assert isinstance(after.value, ast.Constant)
            found[target.id] = inspect.cleandoc(str(after.value.value))
    return found
