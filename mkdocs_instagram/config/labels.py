"""Texts of the plugin in a page."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.text import clean, quote, suggest

from .checks import Schema, check_mapping, refuse_token
from .cures import show

ENGLISH: Mapping[str, str] = {
    "feed": "Instagram feed",
    "empty": "There is nothing to show here at the moment.",
    "by": "by",
    "open": "Open on Instagram",
    "image": "Photo",
    "video": "Video",
    "reel": "Reel",
    "carousel": "Carousel",
    "carousel_of": "Album of {count}",
    "likes": "Likes:",
    "comments": "Comments:",
    "posts": "posts",
    "followers": "followers",
    "following": "following",
    "more": "Show more",
    "less": "Show less",
    "close": "Close",
    "previous": "Previous",
    "next": "Next",
    "previous_post": "Previous post",
    "next_post": "Next post",
    "follow": "Follow",
    "play": "Play on Instagram",
    "play_file": "Play video",
}
"""The texts without the option `labels`."""

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
        texts: Texts for all languages, by name.
        languages: Texts for one language, by its code in lower case with "-", such as `pt-br`.
    """

    texts: Mapping[str, str] = MappingProxyType({})
    languages: Mapping[str, Mapping[str, str]] = MappingProxyType({})

    def choose(self, language: str) -> Mapping[str, str]:
        """Return every text for a page in `language`, such as `de`, `pt-BR` or "".

        Each text is the first that is given: for `pt-BR`, for `pt`, for all languages, in English.
        """
        code = _normalize(language)
        general = code.partition("-")[0]
        own = {**self.languages.get(general, {}), **self.languages.get(code, {})}
        return {**ENGLISH, **self.texts, **own}


def check_labels(given: Mapping[object, object]) -> tuple[Labels, list[str]]:
    """Check the option: texts by name, and such mappings by language; `null` changes nothing.

    Returns:
        The labels, and a sentence for each unknown name, which is ignored.

    Raises:
        OptionError: A value is not text, a name is one of a token, or two name one language.
    """
    own: dict[object, object] = {}
    languages: dict[str, Mapping[str, str]] = {}
    spellings: dict[str, str] = {}
    unknown: list[str] = []
    for name, entry in given.items():
        refuse_token(name)
        spelled = "no" if name is False else str(name)  # YAML reads the code of Norwegian as false
        is_language = spelled not in ENGLISH and _LANGUAGE.fullmatch(spelled) is not None
        if isinstance(entry, Mapping) and not is_language:
            raise OptionError(
                f"{quote(name)} has a mapping of texts, but is not the code of a language, such as "
                "de or pt-BR."
            )
        if is_language and (entry is None or isinstance(entry, Mapping)):
            code = _normalize(spelled)
            if code in languages:
                raise OptionError(
                    f"{spellings[code]} and {spelled} name the same language. Put everything under "
                    "one of them."
                )
            spellings[code] = spelled
            languages[code], more = _check_texts(check_mapping(entry, EXAMPLE))
            unknown += [f"{spelled}: {text}" for text in more]
        else:
            own[name] = entry
    texts, more = _check_texts(own)
    return Labels(texts, languages), more + unknown


def _check_texts(given: Mapping[object, object]) -> tuple[dict[str, str], list[str]]:
    texts: dict[str, str] = {}
    unknown = []
    for name, text in given.items():
        refuse_token(name)
        if not isinstance(name, str) or name not in ENGLISH:
            hint = suggest(name, ENGLISH) or f" Known labels: {', '.join(ENGLISH)}."
            unknown.append(f"unknown label {quote(name)} is ignored.{hint}")
        elif text is not None and not isinstance(text, str):
            raise OptionError(f"{name}: {show(text)} is not text; put it in quotes.")
        elif text is not None:
            texts[name] = clean(text)
    return texts, unknown


def _normalize(language: str) -> str:
    return language.replace("_", "-").lower()
