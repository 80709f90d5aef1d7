"""Writes numbers and dates in a page's language.

Its outside thing is Babel, which MkDocs itself uses where it is installed, as with Material for
MkDocs. Without it numbers follow a small table, and dates are those of ISO 8601.
"""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

# What groups thousands (Unicode CLDR); in all other languages, and beside every unit of measure,
# the narrow no-break space is understood.
_COMMA = re.compile(
    "am|ar|bn|cy|en|fa|ga|gu|he|hi|ja|km|kn|ko|ml|mn|mr|ms|my|ne|pa|ta|te|th|ur|zh|zu"
)
_POINT = re.compile("az|bs|ca|da|de|el|es|eu|gl|hr|id|is|it|lo|mk|nl|pt|ro|sl|sr|tr|vi")
_SPACE = "\u202f"


def format_number(number: int, language: str) -> str:
    """Return a whole number with its thousands grouped: 1,204 or 1.204 or 1 204.

    Args:
        number: 0 or more.
        language: As `de`, `pt-BR` or `zh_Hant`; English for "".
    """
    if locale := _find_locale(language):
        from babel.numbers import format_decimal

        return format_decimal(number, locale=locale)
    general = _split(language)[0]
    mark = "," if _COMMA.fullmatch(general) else "." if _POINT.fullmatch(general) else _SPACE
    return f"{number:,}".replace(",", mark)


def format_date(day: date, language: str) -> str:
    """Return a day as the language writes it, such as "Jul 22, 2026"; without Babel, 2026-07-22.

    Args:
        day: Of a `datetime`, its date is taken as it is.
        language: As for `format_number`.
    """
    plain = day.date() if isinstance(day, datetime) else day
    if locale := _find_locale(language):
        from babel.dates import format_date as format_plain

        return format_plain(plain, "medium", locale=locale)
    return plain.isoformat()


def _find_locale(language: str) -> "Locale | None":
    """Return what Babel knows of a language or of the general one; `None` for nothing."""
    try:
        from babel import Locale, UnknownLocaleError
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
