"""Command lines: help with a link, and no token that somebody typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from mkdocs_instagram.config.documentation import find_command
from mkdocs_instagram.text import hide_tokens, looks_like_token

_CURE = (
    "A token is never typed on a command line, which other programs can read: "
    "`mkdocs-instagram login` asks for it."
)


class _Command(click.Command):
    """A command that does not repeat what else is typed than its options and files."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name the documentation of the command."""
        _write_address(formatter, self.name or "")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse arguments."""
        ctx.allow_extra_args = True
        if super().parse_args(ctx, args):  # what no argument of the command takes
            ctx.fail(f"This command takes options, but no arguments. {_CURE}")
        return []


class Group(click.Group):
    """Commands that repeat no token when they are used wrongly, in click's own messages too."""

    command_class = _Command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name the documentation of all commands."""
        _write_address(formatter)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read the options before the command."""
        with _hiding_tokens():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Find the command, read its options and run it."""
        with _hiding_tokens():
            return super().invoke(ctx)


def _write_address(formatter: click.HelpFormatter, command: str = "") -> None:
    if address := find_command(command):
        formatter.write(f"\nDocumentation: {address}\n")


@contextmanager
def _hiding_tokens() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        message = error.format_message()
        if not looks_like_token(message):
            raise
        raise click.UsageError(f"{hide_tokens(message)} {_CURE}", error.ctx) from None


def check_path(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse the name of a file or folder that is a token."""
    if path and looks_like_token(path.name):
        raise click.BadParameter(f"This looks like a token, not like a name. {_CURE}")
    return path
