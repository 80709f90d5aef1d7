import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_instagram.text import (
    can_be_token,
    clean,
    describe_wait,
    looks_like_token,
    quote,
    shorten,
)

LONG_TOKEN = "IGAA" + "x1Y2z3W4v5" * 15
FAMILY = "👩‍👩‍👧"
THUMB = "👍🏽"
GERMANY = "🇩🇪"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"

quickly = settings(database=None, derandomize=True, deadline=None)
any_text = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    "number",
    [
        *(number for number in range(0x20) if number not in {0x09, 0x0A}),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ],
    ids=hex,
)
def test_controls_and_bidi_overrides_are_removed(number: int) -> None:
    assert clean(f"be{chr(number)}fore") == "before"


@pytest.mark.parametrize(
    "text",
    [
        "line\nbreak\ttab",
        FAMILY,
        THUMB,
        "שלום",
        "مرحبا",
        "\u200f\u200e",
        "<script>",
        "{{ 7 }}",
        "\\g<0>",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("text", ["\ud83d", "a\ud83d", "\udc00b", "\ud83d\ud83d"])
def test_a_lone_surrogate_becomes_the_replacement_character(text: str) -> None:
    cleaned = clean(text)

    assert len(cleaned) == len(text)
    assert "\ufffd" in cleaned
    cleaned.encode()


@quickly
@given(any_text)
def test_cleaned_text_can_be_written_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)

    cleaned.encode()
    assert clean(cleaned) == cleaned


@quickly
@given(any_text, st.integers(1, 200))
def test_a_quote_is_one_printable_line_of_bounded_length(text: str, length: int) -> None:
    line = quote(text, length)

    assert len(line) <= length
    assert line.isprintable()


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("plain", "plain"),
        ("two\nlines\r\n  and\tmore ", "two lines and more"),
        ("zero\u200bwidth\x1b[31m", "zerowidth[31m"),
        (None, "None"),
        (["#team", 3], "['#team', 3]"),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
        ("", ""),
    ],
)
def test_a_quote_shows_what_was_written(value: object, quoted: str) -> None:
    assert quote(value) == quoted


@pytest.mark.parametrize(
    "value",
    [
        LONG_TOKEN,
        f"token={LONG_TOKEN}&x=1",
        {"token": LONG_TOKEN},
        [LONG_TOKEN.replace("IGAA", "EAAG")],
        LONG_TOKEN[:10] + "\x00" + LONG_TOKEN[10:],
        LONG_TOKEN[:24],
    ],
    ids=["bare", "in a query", "in a map", "of Facebook", "with a control", "cut short"],
)
def test_a_quote_hides_what_looks_like_a_token(value: object) -> None:
    line = quote(value, 1000)

    assert "(hidden)" in line
    assert "1Y2z3W4v5" not in line


@pytest.mark.parametrize(
    ("text", "is_token"),
    [
        (LONG_TOKEN, True),
        (f" {LONG_TOKEN}\n", True),
        ("EAAG" + "9" * 30, True),
        ("C0001abcDEF", False),
        ("IGAAx1Y2z3W4v5", True),
        ("IGQWx1Y2z3W4v5", True),
        ("IGNORED", False),
        ("DESIGNER_HANDBOOK", False),
        ("", False),
    ],
)
def test_a_token_is_told_by_its_prefix_and_length(text: str, is_token: bool) -> None:
    assert looks_like_token(text) is is_token


@pytest.mark.parametrize(
    ("text", "length", "shortened"),
    [
        ("Rye is back", 11, "Rye is back"),
        ("Rye is back", 10, "Rye is…"),
        ("Rye is back", 7, "Rye is…"),
        ("Rye is\nback", 9, "Rye is…"),
        ("Rye   is", 6, "Rye…"),
        ("unbreakable", 5, "unbr…"),
        ("a unbreakableword", 10, "a unbreak…"),
        ("", 1, ""),
        ("ab", 1, "…"),
    ],
)
def test_text_is_cut_at_a_word_where_one_is_near(text: str, length: int, shortened: str) -> None:
    assert shorten(text, length) == shortened


@pytest.mark.parametrize(
    ("whole", "length"),
    [
        *((FAMILY, length) for length in range(7, 12)),
        *((THUMB, length) for length in range(4, 6)),
        *((GERMANY, length) for length in range(4, 6)),
        *((SCOTLAND, length) for length in range(9, 16)),
        ("e\u0301", 4),
        ("\u0915\u093e", 4),
        ("✈\ufe0f", 4),
    ],
)
def test_a_character_of_several_parts_is_not_torn(whole: str, length: int) -> None:
    cut = shorten(whole * 20, length)

    assert cut.endswith("…")
    assert len(cut) <= length
    assert cut[:-1] == whole * ((len(cut) - 1) // len(whole))
    assert len(cut) > 1


@quickly
@given(any_text, st.integers(1, 300))
def test_shortened_text_is_a_beginning_of_bounded_length(text: str, length: int) -> None:
    shortened = shorten(text, length)

    assert len(shortened) <= length
    if len(text) <= length:
        assert shortened == text
    else:
        assert shortened.endswith("…")
        assert text.startswith(shortened[:-1])


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [
        (0.0, "about 1 second"),
        (1.4, "about 1 second"),
        (20, "about 20 seconds"),
        (59.4, "about 59 seconds"),
        (59.6, "about 1 minute"),
        (89, "about 1 minute"),
        (95, "about 2 minutes"),
        (3600, "about 60 minutes"),
        (119 * 60, "about 119 minutes"),
        (7200, "about 2 hours"),
        (86400, "about 24 hours"),
        (48 * 3600, "about 2 days"),
    ],
)
def test_a_wait_is_told_in_the_unit_that_fits(seconds: float, wait: str) -> None:
    assert describe_wait(seconds) == wait


@pytest.mark.parametrize(
    ("value", "can_be"),
    [
        ("a", True),
        ("!~<>/+|.-_", True),
        ("a" * 1024, True),
        ("a" * 1025, False),
        ("", False),
        ("a b", False),
        ("a\n", False),
        ("a\t", False),
        ("a=b", False),
        ("a\x7f", False),
        ("\x1fa", False),
        ("é", False),
        ("\ud83d", False),
    ],
)
def test_a_token_is_one_word_of_plain_characters(value: str, can_be: bool) -> None:
    assert can_be_token(value) is can_be
