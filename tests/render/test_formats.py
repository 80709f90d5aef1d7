import sys
from datetime import UTC, date, datetime

import pytest

from mkdocs_instagram.render.formats import format_date, format_number

DAY = date(2026, 7, 22)
# No-break spaces, narrow and wide, as in CLDR.
NARROW, WIDE = "\u202f", "\xa0"


@pytest.fixture
def _no_babel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide Babel, as on a site with one of MkDocs' own themes."""
    monkeypatch.setitem(sys.modules, "babel", None)


@pytest.mark.parametrize(
    ("language", "number", "day"),
    [
        ("", "1,204", "Jul 22, 2026"),
        ("en", "1,204", "Jul 22, 2026"),
        ("de", "1.204", "22.07.2026"),
        ("es-MX", "1,204", "22 jul 2026"),
        ("fr", f"1{NARROW}204", "22 juil. 2026"),
        ("sv", f"1{WIDE}204", "22 juli 2026"),
        ("pt-BR", "1.204", "22 de jul. de 2026"),
        ("pt_BR", "1.204", "22 de jul. de 2026"),
        ("ja", "1,204", "2026/07/22"),
        ("zh-Hant", "1,204", "2026年7月22日"),
        ("he", "1,204", "22 ביולי 2026"),
        ("de-formal", "1.204", "22.07.2026"),
        ("tlh", f"1{NARROW}204", "2026-07-22"),
    ],
)
def test_with_babel_a_language_writes_as_it_does(language: str, number: str, day: str) -> None:
    assert format_number(1204, language) == number
    assert format_date(DAY, language) == day


@pytest.mark.parametrize(
    ("language", "number", "short"),
    [
        ("en", 9_999, "9,999"),
        ("en", 10_000, "10K"),
        ("en", 12_345, "12.3K"),
        ("en", 1_204_318, "1.2M"),
        ("de", 12_345, "12.345"),
        ("de", 1_204_318, f"1,2{WIDE}Mio."),
        ("fr", 12_345, f"12,3{WIDE}k"),
        ("ja", 1_204_318, "120.4万"),
        ("hi", 1_204_318, f"12{WIDE}लाख"),
        ("ar", 1_204_318, f"1.2{WIDE}مليون"),
        ("en", 10**15 - 1, "1000T"),
    ],
)
def test_large_numbers_are_short_as_on_instagram(language: str, number: int, short: str) -> None:
    assert format_number(number, language) == short


def test_a_babel_that_cannot_shorten_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("babel.numbers.format_compact_decimal")

    assert format_number(1_204_318, "de") == "1.204.318"


@pytest.mark.usefixtures("_no_babel")
@pytest.mark.parametrize(
    ("language", "number"),
    [
        ("", "1,234,567"),
        ("en-GB", "1,234,567"),
        ("de", "1.234.567"),
        ("DE", "1.234.567"),
        ("pt_BR", "1.234.567"),
        ("fr", f"1{NARROW}234{NARROW}567"),
        ("nb", f"1{NARROW}234{NARROW}567"),
        ("zh-Hant", "1,234,567"),
        ("tlh", f"1{NARROW}234{NARROW}567"),
    ],
)
def test_without_babel_numbers_are_grouped_and_dates_are_iso(language: str, number: str) -> None:
    assert format_number(1234567, language) == number
    assert format_date(DAY, language) == "2026-07-22"


@pytest.mark.parametrize("number", [0, 7, 999])
def test_small_numbers_are_as_they_are(number: int) -> None:
    assert format_number(number, "de") == str(number)


@pytest.mark.parametrize(
    "language", ["<b>", "../etc", "_", "-", "null", "a" * 500, "de\x00", "日本"]
)
def test_other_texts_are_read_as_an_unknown_language(language: str) -> None:
    assert format_number(1204, language) == f"1{NARROW}204"
    assert format_date(DAY, language) == "2026-07-22"


def test_the_day_of_a_moment_is_that_of_its_own_zone() -> None:
    assert format_date(datetime(2026, 7, 22, 23, 59, tzinfo=UTC), "de") == "22.07.2026"
