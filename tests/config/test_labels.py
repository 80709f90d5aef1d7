from typing import Any

import pytest

from mkdocs_instagram.config.labels import ENGLISH, Labels, check_labels
from mkdocs_instagram.errors import OptionError

TOKEN = "IGAA" + "x1Y2z3W4v5" * 15


def test_without_the_option_every_text_is_english() -> None:
    assert Labels().choose("de") == Labels().choose("") == ENGLISH
    assert all(ENGLISH.values())


@pytest.mark.parametrize(
    ("language", "more", "close", "play"),
    [
        ("", "All", "Close", "Play on Instagram"),
        ("en", "All", "Close", "Play on Instagram"),
        ("de", "Mehr", "Zu", "Play on Instagram"),
        ("de-AT", "Mehr", "Zu", "Play on Instagram"),
        ("DE", "Mehr", "Zu", "Play on Instagram"),
        ("pt", "Mais", "Close", "Ver"),
        ("pt-BR", "Mostrar", "Close", "Ver"),
        ("pt_BR", "Mostrar", "Close", "Ver"),
        ("pt-PT", "Mais", "Close", "Ver"),
        ("no", "Mer", "Close", "Play on Instagram"),
        ("zh-Hant", "更多", "Close", "Play on Instagram"),
    ],
)
def test_the_nearest_language_gives_each_text(
    language: str, more: str, close: str, play: str
) -> None:
    labels, unknown = check_labels(
        {
            "more": "All",
            "de": {"more": "Mehr", "close": "Zu"},
            "pt": {"more": "Mais", "play": "Ver"},
            "pt-BR": {"more": "Mostrar"},
            False: {"more": "Mer"},  # as YAML reads the word no
            "zh_Hant": {"more": "更多"},
        }
    )

    chosen = labels.choose(language)

    assert unknown == []
    assert (chosen["more"], chosen["close"], chosen["play"]) == (more, close, play)
    assert set(chosen) == set(ENGLISH)


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        (("pt-BR", "pt_br"), "pt-BR and pt_br"),
        (("DE", "de"), "DE and de"),
        ((False, "no"), "no and no"),
    ],
)
def test_two_keys_for_one_language_are_an_error(keys: tuple[object, object], names: str) -> None:
    with pytest.raises(OptionError) as caught:
        check_labels({keys[0]: {"more": "Mostrar"}, keys[1]: {"close": "Fechar"}})

    assert str(caught.value) == (
        f"{names} name the same language. Put everything under one of them."
    )


@pytest.mark.parametrize("where", [lambda given: given, lambda given: {"de": given}])
def test_a_misspelt_name_is_told_with_the_nearest_and_left_out(where: Any) -> None:
    labels, (text,) = check_labels(where({"moer": "Mehr", "close": "Zu"}))

    assert text.removeprefix("de: ") == "unknown label moer is ignored. Did you mean more?"
    assert labels.choose("de")["close"] == "Zu"
    assert "moer" not in labels.choose("de")


def test_a_name_like_no_other_is_told_with_all_of_them() -> None:
    _, (text,) = check_labels({1: "one"})

    assert text == f"unknown label 1 is ignored. Known labels: {', '.join(ENGLISH)}."


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"more": 3}, "more: 3 is not text; put it in quotes."),
        ({"more": True}, "more: true is not text"),
        ({"more": ["a"]}, "more: [a] is not text"),
        ({"de": {"more": {"a": "b"}}}, "more: {a: b} is not text"),
        (
            {"german": {}},
            "german has a mapping of texts, but is not the code of a language, such as de or pt-BR",
        ),
        ({"more": {"de": "Mehr"}}, "more has a mapping of texts"),
        ({"<b>": {}}, "<b> has a mapping of texts"),
        ({True: {}}, "True has a mapping of texts"),
        ({"token": TOKEN}, "a token must not be in mkdocs.yml"),
        ({"de": {"access_token": TOKEN}}, "a token must not be in mkdocs.yml"),
        ({"token": {"de": "x"}}, "a token must not be in mkdocs.yml"),
    ],
)
def test_what_is_no_text_stops_the_build_and_no_token_is_repeated(
    given: dict[object, object], says: str
) -> None:
    with pytest.raises(OptionError) as caught:
        check_labels(given)

    assert says in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_null_is_the_text_without_the_option() -> None:
    labels, unknown = check_labels({"more": None, "de": {"more": None}, "pt-BR": None, False: None})

    assert unknown == []
    assert all(labels.choose(code) == ENGLISH for code in ("", "de", "pt-BR", "no"))
    assert check_labels({"moer": None})[1] == ["unknown label moer is ignored. Did you mean more?"]


def test_a_token_in_place_of_a_text_or_name_is_not_repeated() -> None:
    _, (text,) = check_labels({TOKEN: "x"})
    assert TOKEN not in text
    with pytest.raises(OptionError) as caught:
        check_labels({"more": [TOKEN]})
    assert TOKEN not in str(caught.value)


def test_control_characters_are_taken_out() -> None:
    labels, _ = check_labels({"more": "A\x00\u202eB\ud83d"})

    assert labels.choose("")["more"] == "AB\ufffd"
