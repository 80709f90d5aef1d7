"""What a person reads and types. Its outside thing is the terminal, through click.

Results go to standard output, everything else to standard error. Where standard input is no
terminal, each prompt reads a line of it.
"""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import click

T = TypeVar("T")

_WIDEST = 100
_MARKS = {"ok": ("✓", "ok", "green"), "failed": ("✗", "FAILED", "red"), "skipped": ("·", "-", None)}


class Failed(click.ClickException):
    """A command failed: exit status 1, and the text on standard error."""

    def format_message(self) -> str:
        """Return the text in lines of the terminal's width."""
        prefix = "Error: "  # click writes it
        return _wrap(prefix + self.message, indent=len(prefix)).removeprefix(prefix)


def say(text: str) -> None:
    """Write a sentence to standard error."""
    click.echo(_wrap(text), err=True)


def say_whole(line: str) -> None:
    """Write a line to standard error that must not be broken, such as an address."""
    click.echo(line, err=True)


def show(text: str) -> None:
    """Write a result to standard output, as it is."""
    click.echo(text)


def show_json(value: Any) -> None:
    """Write a result for a script."""
    click.echo(json.dumps(value, indent=2))


def show_rows(rows: Sequence[tuple[str, str]]) -> None:
    """Write names and values, the values in a column of their own."""
    width = max(len(name) for name, _ in rows) + 2
    for name, value in rows:
        click.echo(_wrap(f"{name:<{width}}{value}", indent=width))


def show_check(state: str, name: str, text: str) -> None:
    """Write a check's outcome: `ok`, `failed` or `skipped`."""
    mark, word, colour = _MARKS[state]
    shown = mark if _can_show(mark) else word
    lines = _wrap(f"{shown} {name}: {text}", indent=len(shown) + 1)
    click.echo(click.style(shown, fg=colour) + lines.removeprefix(shown))


def ask(prompt: str, *, hidden: bool = False, default: str = "") -> str:
    """Return what a person types or pastes, hidden if need be; a line of a piped input.

    Raises:
        Failed: Standard input ended, or is no text.
    """
    if sys.stdin.isatty() and hidden:
        return str(click.prompt(prompt, hide_input=True, err=True)).strip()
    if sys.stdin.isatty():
        return _read_typed(f"{prompt} [{default}]" if default else prompt) or default
    line = _read_line()
    if not line:
        raise Failed(f"Standard input ended before this prompt was answered: {prompt}.")
    return line.strip() or default


def confirm(question: str) -> bool:
    """Return whether a person says yes; anything but `y` or `yes` is no."""
    say(question)
    answer = _read_typed("Continue? [y/N]") if sys.stdin.isatty() else _read_line()
    return answer.strip().lower() in {"y", "yes"}


def _read_typed(prompt: str) -> str:
    """Return what a person types; click up to 8.3 would write a space to standard output."""
    click.echo(f"{prompt}: ", nl=False, err=True)
    return input().strip()


def _read_line() -> str:
    try:
        line = sys.stdin.readline()
        line.encode()  # in some locales, bytes that are no text come as lone surrogates
    except UnicodeError:
        raise Failed("Standard input is not text in UTF-8.") from None
    return line


def open_browser(url: str) -> None:
    """Open an address where there is a terminal, and so perhaps a browser."""
    if sys.stdin.isatty():
        click.launch(url)


def watch(arriving: Iterator[T], number: int) -> Iterable[T]:
    """Yield what arrives, with a progress bar when a person looks on."""
    if not sys.stderr.isatty():
        yield from arriving
        return
    with click.progressbar(arriving, length=number, label="Pictures", file=sys.stderr) as bar:
        yield from bar


def obey_no_color(context: click.Context) -> None:
    """Leave colours out where the environment says so (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        context.color = False


def _can_show(mark: str) -> bool:
    try:
        mark.encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def _wrap(text: str, indent: int = 0) -> str:
    width = max(20, min(_WIDEST, shutil.get_terminal_size().columns))
    # Paths and addresses stay whole, for a person to copy.
    return textwrap.fill(
        text,
        width,
        subsequent_indent=" " * min(indent, width // 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
