import pickle

import pytest

from mkdocs_instagram.errors import TokenMalformed, TokenMissing
from mkdocs_instagram.models import Token
from mkdocs_instagram.tokens import read_token

VALUE = "IGAA" + "x1Y2z3W4v5" * 15


@pytest.mark.parametrize(
    "written",
    [VALUE, f"{VALUE}\n", f"  {VALUE}\r\n", f"\t{VALUE}\u00a0", "EAAG" + "b" * 1020, "other"],
)
def test_the_token_is_what_stands_in_the_variable(written: str) -> None:
    token = read_token("SHOP_TOKEN", {"SHOP_TOKEN": written, "INSTAGRAM_ACCESS_TOKEN": "no"})

    assert token.reveal() == written.strip()


@pytest.mark.parametrize("environment", [{}, {"SHOP_TOKEN": ""}, {"SHOP_TOKEN": " \n"}])
def test_an_unset_or_empty_variable_is_a_missing_token(environment: dict[str, str]) -> None:
    with pytest.raises(TokenMissing, match="SHOP_TOKEN is unset or empty") as caught:
        read_token("SHOP_TOKEN", environment)

    assert not caught.value.needs_person


@pytest.mark.parametrize(
    "written",
    [
        f"{VALUE}\n{VALUE}",
        f"{VALUE} # main",
        f"INSTAGRAM_ACCESS_TOKEN={VALUE}",
        f"{VALUE}\x00",
        f"{VALUE}\u200b",
        f"“{VALUE}”",
        VALUE.replace("x", "х"),
        f"{VALUE}\ud83d",
        "IG" + "a" * 1023,
    ],
    ids=[
        "two lines",
        "a comment",
        "an assignment",
        "NUL",
        "zero width",
        "curly quotes",
        "other script",
        "lone surrogate",
        "too long",
    ],
)
def test_what_cannot_be_a_token_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(TokenMalformed, match="SHOP_TOKEN holds") as caught:
        read_token("SHOP_TOKEN", {"SHOP_TOKEN": written})

    assert caught.value.needs_person
    assert "1Y2z3W4v5" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "is_facebook"), [(VALUE, False), ("EAAGabc", True), ("eaag", False), ("xEAA", False)]
)
def test_the_prefix_tells_the_login_product(value: str, is_facebook: bool) -> None:
    assert Token(value).is_facebook is is_facebook


def test_a_token_does_not_show_itself() -> None:
    token = Token(VALUE)

    shown = f"{token} {token!r} {token!s} {[token]} {vars(Token)}"

    assert "x1Y2z3W4v5" not in shown
    assert "Token(hidden)" in shown
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(token)
