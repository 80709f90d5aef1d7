"""Numbers and dates in a page's language."""

from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

# What groups thousands (Unicode CLDR) where Babel is not installed; all other languages understand
# the narrow no-break space.
_COMMA = "|am|ar|bn|cy|en|fa|ga|gu|he|hi|ja|km|kn|ko|ml|mn|mr|ms|my|ne|pa|ta|te|th|ur|zh|zu|"
_POINT = "|az|bs|ca|da|de|el|es|eu|gl|hr|id|is|it|lo|mk|nl|pt|ro|sl|sr|tr|vi|"
_SPACE = "\u202f"
_SHORT_FROM = 10_000


def format_number(number: int, language: str) -> str:
    """Return a number, 0 or more, with its thousands grouped: 1,204 or 1.204 or 1 204.

    As on Instagram, large ones are short: 1.2M or 1,2 Mio.; without Babel they are not. The
    language is like `de`, `pt-BR` or `zh_Hant`; "" means English.
    """
    if locale := _find_locale(language):
        from babel.numbers import format_compact_decimal, format_decimal

        if number >= _SHORT_FROM:
            short = format_compact_decimal(number, locale=locale, fraction_digits=1)
            # German has no word for thousands, so that they are only not grouped.
            if not short.isdecimal():
                return short
        return format_decimal(number, locale=locale)
    general = f"|{_split(language)[0]}|"
    mark = "," if general in _COMMA else "." if general in _POINT else _SPACE
    return f"{number:,}".replace(",", mark)


def format_date(day: date, language: str) -> str:
    """Return a day as the language writes it, such as "Jul 22, 2026"; without Babel, 2026-07-22.

    A `datetime` gives the day in its own time zone.
    """
    plain = day.date() if isinstance(day, datetime) else day
    if locale := _find_locale(language):
        from babel.dates import format_date as format_plain

        return format_plain(plain, "medium", locale=locale)
    return plain.isoformat()


def _find_locale(language: str) -> "Locale | None":
    """Return Babel's locale of `de-CH`, or else of `de`; `None` without either or without Babel."""
    try:
        from babel import Locale, UnknownLocaleError
        from babel.numbers import format_compact_decimal  # noqa: F401 - older ones lack it
    except ImportError:
        return None
    parts = _split(language)
    for name in ("_".join(parts), parts[0]):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return None


def _split(language: str) -> list[str]:
    return (language or "en").lower().replace("-", "_").split("_")
