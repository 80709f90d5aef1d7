"""Output and prompts in the terminal."""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import click

from mkdocs_instagram.config.documentation import add_link
from mkdocs_instagram.text import hide_tokens

_WIDEST = 100
_MARKS = {"ok": ("✓", "ok", "green"), "failed": ("✗", "FAILED", "red"), "skipped": ("·", "-", None)}


class Failed(click.ClickException):
    """A command failed, with exit status 1; the text goes to standard error."""

    def format_message(self) -> str:
        """Return the text, wrapped at the terminal's width."""
        before = len("Error: ")  # click writes it
        return _wrap(add_link(self.message), before, first=before).lstrip()


def say(text: str) -> None:
    """Write a sentence to standard error."""
    click.echo(_wrap(text), err=True)


def say_unbroken(line: str) -> None:
    """Write a line to standard error as it is, such as an address to copy."""
    click.echo(line, err=True)


def show(text: str) -> None:
    """Write a result to standard output as it is.

    Raises:
        Failed: It cannot be written, for example because the disk is full.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        raise  # nobody reads on, and click ends the command without a word
    except OSError as error:
        raise Failed(f"The output cannot be written: {error.strerror}.") from None


def show_json(value: Any) -> None:
    """Write a result for a script to standard output."""
    show(hide_tokens(json.dumps(value, indent=2)))


def show_rows(rows: Sequence[tuple[str, str]]) -> None:
    """Write names and values in two columns."""
    width = max(len(name) for name, _ in rows) + 2
    for name, value in rows:
        show(_wrap(f"{name:<{width}}{value}", indent=width))


def show_table(rows: Sequence[Sequence[str]]) -> None:
    """Write a line for each row, with cells below each other; a column without text is left out."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True) if width)
        show(hide_tokens("  ".join(cells).rstrip()))


def show_check(state: str, name: str, text: str) -> None:
    """Write a check; its state is `ok`, `failed` or `skipped`."""
    mark, word, colour = _MARKS[state]
    shown = mark if _can_show(mark) else word
    lines = _wrap(f"{shown} {name}: {text}", indent=len(shown) + 1)
    show(click.style(shown, fg=colour) + lines.removeprefix(shown))


def ask(prompt: str, *, hidden: bool = False, default: str = "") -> str:
    """Return the answer to a prompt; if standard input is not a terminal, its next line.

    Raises:
        Failed: Standard input ended, or is not text.
    """
    if sys.stdin.isatty() and hidden:
        # With a default, click does not ask again without a word when nothing arrived.
        typed = click.prompt(prompt, hide_input=True, err=True, default="", show_default=False)
        return str(typed).strip()
    if sys.stdin.isatty():
        return _read_typed(f"{prompt} [{default}]" if default else prompt) or default
    line = _read_line()
    if not line:
        raise Failed(
            f"Standard input ended before this prompt was answered: {prompt}. A script must write "
            "one line for each prompt."
        )
    return line.strip() or default


def confirm(question: str) -> bool:
    """Return whether the answer is `y` or `yes`; anything else is no."""
    say(question)
    answer = _read_typed("Continue? [y/N]") if sys.stdin.isatty() else _read_line()
    return answer.strip().lower() in {"y", "yes"}


def _read_typed(prompt: str) -> str:
    """Return a typed line; click up to 8.3 would write a space to standard output."""
    click.echo(f"{prompt}: ", nl=False, err=True)
    return input().strip()


def _read_line() -> str:
    try:
        line = sys.stdin.readline()
        line.encode()  # in some locales, bytes that are not text become lone surrogates
    except UnicodeError:
        raise Failed("Standard input is not text in UTF-8.") from None
    return line


def open_browser(url: str) -> None:
    """Open an address in a browser, unless standard input is a pipe."""
    if sys.stdin.isatty():
        click.launch(url)


def apply_no_color(context: click.Context) -> None:
    """Write no colours if `NO_COLOR` is set (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        context.color = False


def _can_show(mark: str) -> bool:
    try:
        mark.encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def _wrap(text: str, indent: int = 0, *, first: int = 0) -> str:
    width = max(20, min(_WIDEST, shutil.get_terminal_size().columns))
    # Paths and addresses stay unbroken, so that they can be copied.
    return textwrap.fill(
        hide_tokens(text),
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * min(indent, width // 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
