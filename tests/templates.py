"""Compiles a template once in a process, where a new environment would compile it again.

Compiling those of a theme and of the plugin is half of the time of a small build.
"""

from types import CodeType
from typing import Any

import jinja2
from jinja2.bccache import Bucket


class Compiled(jinja2.BytecodeCache):
    """The code of templates, by all that it is made from."""

    def __init__(self) -> None:
        self._code: dict[str, CodeType] = {}

    def get_bucket(
        self, environment: jinja2.Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        options = (
            environment.autoescape,
            environment.optimized,
            environment.is_async,
            environment.trim_blocks,
            environment.lstrip_blocks,
            sorted(environment.extensions),
        )
        bucket = Bucket(environment, repr((name, filename, options, source)), "")
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code:
            self._code[bucket.key] = bucket.code


def keep_code() -> None:
    """Let every environment from now on use what others have compiled."""
    compiled, start = Compiled(), jinja2.Environment.__init__

    def start_with_code(self: jinja2.Environment, *arguments: Any, **options: Any) -> None:
        start(self, *arguments, **options)
        self.bytecode_cache = self.bytecode_cache or compiled

    setattr(jinja2.Environment, "__init__", start_with_code)  # noqa: B010 - for mypy


def compile_for_builds() -> None:
    """Compile what a small build needs: the templates of MkDocs' theme and of the plugin."""
    from mkdocs.theme import Theme

    from mkdocs_instagram.render.environment import TEMPLATES, make_environment

    theme = Theme(name="mkdocs")
    theme.dirs.append(str(TEMPLATES))
    of_theme = theme.get_env()
    of_plugin = make_environment(of_theme)
    for name in of_theme.list_templates(extensions=["html", "xml"]):
        environment = of_plugin if name.startswith("instagram/") else of_theme
        environment.get_template(name)
