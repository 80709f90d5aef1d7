"""Output and prompts, at any width, in a terminal and with a pipe."""

import errno
import io
import json
import os
import sys
from collections.abc import Callable

import click
import pytest

from mkdocs_instagram.commands import terminal

SENTENCE = "The token belongs to harbour.bakery (Harbour Bakery, media_creator). " * 3
COMMAND = "Run `mkdocs-instagram login --account shop` to store a new token in its place."
PATH = "/home/anna/.config/mkdocs-instagram/a-folder-with-a-long-name-and-hyphens-in-it/tokens.json"


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Bytes(io.TextIOWrapper):
    """Bytes of a pipe, read as text in an encoding."""

    def __init__(
        self, content: bytes = b"", encoding: str = "utf-8", errors: str = "strict"
    ) -> None:
        super().__init__(io.BytesIO(content), encoding=encoding, errors=errors)


class FullDisk(io.StringIO):
    """A file for which there is no space."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | bytes], None]:
    def pipe(content: str | bytes) -> None:
        content = content.encode() if isinstance(content, str) else content
        monkeypatch.setattr(sys, "stdin", Bytes(content))

    return pipe


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda number: monkeypatch.setenv("COLUMNS", str(number))


class TestWidth:
    @pytest.mark.parametrize(("columns_", "widest"), [(20, 20), (40, 40), (80, 80), (300, 100)])
    def test_sentences_fit_the_terminal_but_are_no_wider_than_is_read_well(
        self,
        capsys: pytest.CaptureFixture[str],
        columns: Callable[[int], None],
        columns_: int,
        widest: int,
    ) -> None:
        columns(columns_)

        terminal.say(SENTENCE)

        out, err = capsys.readouterr()
        assert out == ""
        assert max(map(len, err.splitlines())) <= widest
        assert " ".join(err.split()) == SENTENCE.strip()

    @pytest.mark.parametrize("columns_", [1, 0, -5])
    def test_a_terminal_without_width_is_accepted(
        self, capsys: pytest.CaptureFixture[str], columns: Callable[[int], None], columns_: int
    ) -> None:
        columns(columns_)

        terminal.say("some words")

        assert capsys.readouterr().err.split() == ["some", "words"]

    @pytest.mark.parametrize("columns_", [20, 40, 60])
    @pytest.mark.parametrize("text", [COMMAND, f"Stored in {PATH}."], ids=["command", "path"])
    def test_what_a_person_copies_is_broken_at_spaces_only(
        self,
        capsys: pytest.CaptureFixture[str],
        columns: Callable[[int], None],
        columns_: int,
        text: str,
    ) -> None:
        columns(columns_)

        terminal.say(text)
        with pytest.raises(terminal.Failed) as caught:
            raise terminal.Failed(text)
        caught.value.show()

        assert capsys.readouterr().err.split() == [*text.split(), "Error:", *text.split()]

    def test_a_line_that_must_stay_whole_does(
        self, capsys: pytest.CaptureFixture[str], columns: Callable[[int], None]
    ) -> None:
        columns(20)
        url = "https://www.instagram.com/oauth/authorize?client_id=1&state=" + "x" * 300

        terminal.say_unbroken(url)
        terminal.show(url)

        assert capsys.readouterr() == (f"{url}\n", f"{url}\n")

    def test_names_and_values_are_in_columns(
        self, capsys: pytest.CaptureFixture[str], columns: Callable[[int], None]
    ) -> None:
        columns(40)

        terminal.show_rows([("Account", "main"), ("Refresh", "not possible: " + "why " * 10)])

        out, err = capsys.readouterr()
        assert err == ""
        first, second, *rest = out.splitlines()
        assert first == "Account  main"
        assert second.startswith("Refresh  not possible: why")
        assert {line[:9] for line in rest} == {" " * 9}
        assert max(map(len, out.splitlines())) <= 40

    def test_a_failure_is_indented_behind_its_word(
        self, capsys: pytest.CaptureFixture[str], columns: Callable[[int], None]
    ) -> None:
        columns(40)

        terminal.Failed(SENTENCE).show()

        first, *rest = capsys.readouterr().err.splitlines()
        assert first.startswith("Error: The token")
        assert {line[:7] for line in rest} == {" " * 7}
        assert max(map(len, [first, *rest])) <= 40

    def test_a_first_word_that_is_too_long_stays_behind_it(
        self, columns: Callable[[int], None], capsys: pytest.CaptureFixture[str]
    ) -> None:
        columns(40)
        terminal.Failed(f"/{'folder/' * 9}mkdocs.yml does not exist.").show()

        assert capsys.readouterr().err == (
            f"Error: /{'folder/' * 9}mkdocs.yml\n       does not exist.\n"
        )


def test_a_result_for_a_script_is_json_on_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = {"account": "größe", "days": None, "list": [True, 1]}

    terminal.show_json(value)

    out, err = capsys.readouterr()
    assert json.loads(out) == value
    assert out.isascii()
    assert err == ""


STATES = {"ok": ("✓", "ok"), "failed": ("✗", "FAILED"), "skipped": ("·", "-")}


class TestChecks:
    @pytest.mark.parametrize(("state", "marks"), STATES.items(), ids=list(STATES))
    @pytest.mark.parametrize(("encoding", "index"), [("utf-8", 0), ("ascii", 1), ("latin-1", 1)])
    def test_a_mark_is_one_that_the_output_can_show(
        self,
        monkeypatch: pytest.MonkeyPatch,
        state: str,
        marks: tuple[str, str],
        encoding: str,
        index: int,
    ) -> None:
        out = Bytes(encoding=encoding)
        monkeypatch.setattr(sys, "stdout", out)

        terminal.show_check(state, "user", "harbour.bakery")

        out.flush()
        mark = marks[index] if (state, encoding) != ("skipped", "latin-1") else "·"
        shown = out.buffer.getvalue()  # type: ignore[attr-defined]
        assert shown.decode(encoding) == f"{mark} user: harbour.bakery\n"

    def test_later_lines_are_indented_behind_the_mark(
        self, capsys: pytest.CaptureFixture[str], columns: Callable[[int], None]
    ) -> None:
        columns(30)

        terminal.show_check("failed", "token", "word " * 12)

        first, *rest = capsys.readouterr().out.splitlines()
        assert first.startswith("✗ token: word")
        assert {line[:3] for line in rest} == {"  w"}

    @pytest.mark.parametrize(
        ("no_color", "is_coloured"), [(None, True), ("", True), ("1", False), ("0", False)]
    )
    def test_no_color_leaves_colours_out(
        self, monkeypatch: pytest.MonkeyPatch, no_color: str | None, is_coloured: bool
    ) -> None:
        if no_color is None:
            monkeypatch.delenv("NO_COLOR", raising=False)
        else:
            monkeypatch.setenv("NO_COLOR", no_color)
        out = Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        with click.Context(click.Command("doctor")) as context:
            terminal.apply_no_color(context)

            terminal.show_check("ok", "user", "harbour.bakery")

        assert ("\x1b[" in out.getvalue()) is is_coloured
        assert click.unstyle(out.getvalue()).endswith(" user: harbour.bakery\n")

    def test_a_pipe_gets_no_colours(self, capsys: pytest.CaptureFixture[str]) -> None:
        terminal.show_check("failed", "user", "x")

        assert capsys.readouterr().out == "✗ user: x\n"


class TestAsking:
    @pytest.mark.parametrize(
        ("piped", "default", "answer"),
        [
            ("word\n", "", "word"),
            ("word", "", "word"),
            ("  word \r\nnext\n", "", "word"),
            ("\n", "", ""),
            ("\n", "https://localhost/", "https://localhost/"),
            (" \n", "https://localhost/", "https://localhost/"),
            ("word\n", "https://localhost/", "word"),
        ],
    )
    def test_a_line_of_the_pipe_is_the_answer(
        self, pipe: Callable[[str], None], piped: str, default: str, answer: str
    ) -> None:
        pipe(piped)

        assert terminal.ask("Token", hidden=True, default=default) == answer

    def test_each_question_takes_its_line(self, pipe: Callable[[str], None]) -> None:
        pipe("one\ntwo\n\nyes\n")

        assert [terminal.ask("First"), terminal.ask("Second"), terminal.ask("Third")] == [
            "one",
            "two",
            "",
        ]
        assert terminal.confirm("Sure?")

    def test_a_piped_answer_is_not_shown(
        self, pipe: Callable[[str], None], capsys: pytest.CaptureFixture[str]
    ) -> None:
        pipe("IGAAinvented\n")

        terminal.ask("Token", hidden=True)

        assert capsys.readouterr() == ("", "")

    def test_the_end_of_the_pipe_says_what_was_expected(self, pipe: Callable[[str], None]) -> None:
        pipe("")

        with pytest.raises(terminal.Failed, match="before this prompt was answered: Instagram app"):
            terminal.ask("Instagram app ID", default="1")

    @pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
    @pytest.mark.parametrize("ask", [lambda: terminal.ask("Token"), lambda: terminal.confirm("?")])
    def test_bytes_that_are_not_text_are_an_error_that_does_not_repeat_them(
        self, monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object], errors: str
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Bytes(b"IGAAinvented\xff\xfe\n", errors=errors))

        with pytest.raises(terminal.Failed, match="input is not text in UTF-8") as caught:
            ask()

        assert "invented" not in caught.value.message
        assert caught.value.__suppress_context__

    def test_a_person_is_asked_on_standard_error(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal("  word \n"))

        assert terminal.ask("Redirect address", default="https://localhost/") == "word"

        out, err = capsys.readouterr()
        assert out == ""
        assert err == "Redirect address [https://localhost/]: "

    @pytest.mark.parametrize("typed", ["", "IGAAinvented"])
    def test_a_hidden_answer_is_asked_for_once(
        self, monkeypatch: pytest.MonkeyPatch, typed: str
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(""))
        answers = iter([typed])
        monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda _: next(answers))

        assert terminal.ask("Token", hidden=True) == typed

    def test_a_persons_return_is_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal("\n"))

        assert (
            terminal.ask("Redirect address", default="https://localhost/") == "https://localhost/"
        )

    @pytest.mark.parametrize(
        ("piped", "is_yes"),
        [
            ("y\n", True),
            ("yes\n", True),
            (" YES \r\n", True),
            ("n\n", False),
            ("no\n", False),
            ("\n", False),
            ("", False),
            ("yes please\n", False),
            ("IGAAinvented\n", False),
        ],
    )
    def test_only_a_yes_is_one(
        self,
        pipe: Callable[[str], None],
        capsys: pytest.CaptureFixture[str],
        piped: str,
        is_yes: bool,
    ) -> None:
        pipe(piped)

        assert terminal.confirm("Replace it?") is is_yes
        assert capsys.readouterr() == ("", "Replace it?\n")

    @pytest.mark.parametrize(("typed", "is_yes"), [("y\n", True), ("n\n", False), ("\n", False)])
    def test_a_person_says_no_by_return(
        self, monkeypatch: pytest.MonkeyPatch, typed: str, is_yes: bool
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(typed))

        assert terminal.confirm("Replace it?") is is_yes

    @pytest.mark.parametrize("is_person", [True, False])
    def test_a_browser_is_opened_for_a_person_only(
        self, monkeypatch: pytest.MonkeyPatch, is_person: bool
    ) -> None:
        opened: list[str] = []
        monkeypatch.setattr(click, "launch", opened.append)
        monkeypatch.setattr(sys, "stdin", Terminal() if is_person else Bytes())

        terminal.open_browser("https://www.instagram.com/oauth/authorize")

        assert len(opened) == is_person


@pytest.mark.parametrize(
    "write",
    [
        lambda: terminal.show("C0001abcDEF"),
        lambda: terminal.show_json([]),
        lambda: terminal.show_rows([("User", "harbour.bakery")]),
        lambda: terminal.show_table([["C0001abcDEF", "image"]]),
        lambda: terminal.show_check("ok", "user", "harbour.bakery"),
    ],
    ids=["text", "json", "rows", "table", "check"],
)
def test_a_full_disk_is_told(write: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk())

    with pytest.raises(terminal.Failed, match=r"^The output cannot be written: No space left"):
        write()
