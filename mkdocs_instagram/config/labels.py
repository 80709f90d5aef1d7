"""Every text that the plugin writes into a page, by name; performs no I/O.

The option `labels` replaces them, for the whole site or for one language of it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.text import clean, quote, suggest

from .checks import FORBIDDEN, FORBIDDEN_TEXT, Schema, check_mapping

ENGLISH: Mapping[str, str] = {
    "feed": "Instagram feed",
    "empty": "There is nothing to show here at the moment.",
    "by": "Instagram photo by",
    "open": "Open on Instagram",
    "image": "Photo",
    "video": "Video",
    "reel": "Reel",
    "carousel": "Carousel",
    "likes": "Likes:",
    "comments": "Comments:",
    "posts": "Posts",
    "followers": "Followers",
    "following": "Following",
    "more": "Show more",
    "less": "Show less",
    "close": "Close",
    "previous": "Previous",
    "next": "Next",
    "play": "Play on Instagram",
}
"""The texts as they are without the option."""

EXAMPLE = "{more: Show more}"
_TEXTS: Schema = {name: {"type": "string", "default": text} for name, text in ENGLISH.items()}
SCHEMA: Schema = {
    "type": "object",
    "properties": _TEXTS,
    "additionalProperties": {
        "type": "object",
        "properties": _TEXTS,
        "additionalProperties": False,
    },
}

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class Labels(NamedTuple):
    """The option `labels`, checked.

    Attributes:
        texts: What it says for all languages.
        languages: What it says for one, by its code in lower case with "-": `pt-br`.
    """

    texts: Mapping[str, str] = MappingProxyType({})
    languages: Mapping[str, Mapping[str, str]] = MappingProxyType({})

    def choose(self, language: str) -> Mapping[str, str]:
        """Return every text for a page in `language`, such as `de`, `pt-BR` or "".

        A regional language takes what its own texts do not say from the general one, then from the
        texts for all languages, then from English.
        """
        code = _code(language)
        general = code.partition("-")[0]
        own = {**self.languages.get(general, {}), **self.languages.get(code, {})}
        return {**ENGLISH, **self.texts, **own}


def check_labels(given: Mapping[object, object]) -> tuple[Labels, list[str]]:
    """Check the option: texts by name, and mappings of such by language; `null` says nothing.

    Returns:
        The labels, and a sentence for each unknown name, which is left out.

    Raises:
        OptionError: A text is none, or a token stands where none may.
    """
    by_language = {name: entry for name, entry in given.items() if _is_language(name, entry)}
    texts, unknown = _check_texts({k: v for k, v in given.items() if k not in by_language})
    languages: dict[str, Mapping[str, str]] = {}
    for name, entry in by_language.items():
        if name in FORBIDDEN:
            raise OptionError(FORBIDDEN_TEXT.format(name=name))
        code = _spell(name)
        if code in ENGLISH or not _LANGUAGE.fullmatch(code):
            raise OptionError(
                f"{quote(name)} has a mapping of texts, but is not the code of a language, such as "
                "de or pt-BR."
            )
        languages[_code(code)], more = _check_texts(check_mapping(entry, EXAMPLE))
        unknown += [f"{code}: {text}" for text in more]
    return Labels(texts, languages), unknown


def _is_language(name: object, entry: object) -> bool:
    if entry is None:
        code = _spell(name)
        return code not in ENGLISH and _LANGUAGE.fullmatch(code) is not None
    return isinstance(entry, Mapping)


def _spell(name: object) -> str:
    return "no" if name is False else str(name)  # YAML reads the code of Norwegian so


def _check_texts(given: Mapping[object, object]) -> tuple[dict[str, str], list[str]]:
    texts: dict[str, str] = {}
    unknown = []
    for name, text in given.items():
        if name in FORBIDDEN:
            raise OptionError(FORBIDDEN_TEXT.format(name=name))
        if not isinstance(name, str) or name not in ENGLISH:
            hint = suggest(name, ENGLISH) or f" Known labels: {', '.join(ENGLISH)}."
            unknown.append(f"unknown label {quote(name)}.{hint}")
        elif text is not None and not isinstance(text, str):
            raise OptionError(f"{name}: {quote(text)} is not text; put it in quotes.")
        elif text is not None:
            texts[name] = clean(text)
    return texts, unknown


def _code(language: str) -> str:
    return language.replace("_", "-").lower()
