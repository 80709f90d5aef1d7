"""The shapes of Instagram's data export; performs no I/O."""

# Meta publishes no schema. What is read here was seen in exports of 2018 to 2026; the rest of an
# export, such as messages and logins, is neither named nor read.

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mkdocs_instagram.text import clean

from .export_names import FILE
from .models import JSON

_ABOVE_LATIN = re.compile(rb"\\u(?!00)[0-9A-Fa-f]{4}|[\xc4-\xf4]")
_DEEPEST = 12
# Labels follow the language of the account: English, French, German, Spanish, Italian, Portuguese.
_USERNAME = {
    "Username",
    "Nom d\u2019utilisateur",
    "Nom d'utilisateur",
    "Benutzername",
    "Nombre de usuario",
    "Nome utente",
    "Nome de usuário",
}
_NAME = {"Name", "Nom", "Nombre", "Nome"}
_BIO = {"Bio", "Biographie", "Steckbrief", "Biografía", "Biografia"}
_WEBSITE = {"Website", "Site web", "Webseite", "Sitio web", "Sito web", "Site"}
_PRIVATE = {
    "Private Account",
    "Private account",
    "Compte privé",
    "Privates Konto",
    "Cuenta privada",
    "Account privato",
    "Conta privada",
}
_CAPTION = {"Caption", "Légende"}
_DRAFT, _PUBLISHED = {"Draft", "Brouillon"}, {"Published", "Publié"}
_LABELS = {*_CAPTION, *_DRAFT, *_PUBLISHED, "Media", "Contenu multimédia", "Creation time"}
_TRUE = {"True", "Vrai", "Wahr", "Verdadero", "Vero", "Verdadeiro"}
_FALSE = {"False", "Faux", "Falsch", "Falso"}


Repair = Callable[[str], str]
"""Returns a text of a file as it was meant."""


class UnknownLanguage(ValueError):
    """The labels of a list are in a language that this version does not know."""


class ExportPost(NamedTuple):
    """One post, with the names of its files.

    Attributes:
        time: `None` if it has none that can be read.
        files: From the root of the export, in their order; those of other kinds are left out.
    """

    caption: str
    time: datetime | None
    files: tuple[str, ...]


class Profile(NamedTuple):
    """The little that is read of the account.

    Attributes:
        picture: The name of a file; "" without one.
        is_private: `None` if the export does not say it in a language that is known.
    """

    username: str = ""
    name: str = ""
    biography: str = ""
    website: str = ""
    picture: str = ""
    is_private: bool | None = None


def read_posts(data: bytes) -> list[ExportPost]:
    """Return the posts in a list of posts, reels or archived posts.

    Raises:
        ValueError, RecursionError: It is not JSON, or has no list.
    """
    repair = _find_repair(data)
    return [_read_post(entry, repair) for entry in _list_entries(json.loads(data))]


def read_labelled_posts(data: bytes) -> list[ExportPost]:
    """Return the posts in `posts.json`, the list of 2026 that has labels; without its drafts.

    Raises:
        UnknownLanguage: No label is known.
        ValueError, RecursionError: It is not JSON, or has no list.
    """
    repair = _find_repair(data)
    entries = _list_entries(json.loads(data))
    labels = {label for entry in entries for label, _ in _list_labels(entry, repair)}
    if entries and not labels & _LABELS:
        raise UnknownLanguage("posts.json")
    return [_read_labelled(entry, repair) for entry in entries if not _is_draft(entry, repair)]


def read_old_posts(data: bytes) -> list[ExportPost]:
    """Return the posts in `media.json` of 2018 to 2020, which has an entry for each file.

    Files with the same time and caption are one post.

    Raises:
        ValueError, RecursionError: It is not JSON, or no mapping.
    """
    repair, lists = _find_repair(data), json.loads(data)
    if not isinstance(lists, dict):
        raise ValueError("no mapping")  # noqa: TRY004 - as of damaged JSON
    posts: dict[tuple[str, str], ExportPost] = {}
    for entry in [*_list_of(lists, "photos"), *_list_of(lists, "videos")]:
        key = _text_of(entry, "taken_at"), _text_of(entry, "caption")
        files = posts[key].files if key in posts else ()
        posts[key] = ExportPost(
            clean(repair(key[1])), _read_day(key[0]), (*files, *_list_files([entry], "path"))
        )
    return list(posts.values())


def read_profile(data: bytes) -> Profile:
    """Return what is read of the profile, never "the first that looks right".

    E-mail, phone and birth date are beside it.

    Raises:
        ValueError, RecursionError: It is not JSON.
    """
    repair = _find_repair(data)
    entries = _list_entries(json.loads(data))
    entry = entries[0] if entries else {}
    texts = entry.get("string_map_data")
    known = {
        repair(key): clean(repair(_text_of(value, "value")))
        for key, value in (texts.items() if isinstance(texts, dict) else ())
    }
    files = entry.get("media_map_data")
    pictures = list(files.values()) if isinstance(files, dict) else []

    def find(labels: set[str]) -> str:
        return next((known[label] for label in known if label in labels), "")

    private = find(_PRIVATE)
    return Profile(
        find(_USERNAME),
        find(_NAME),
        find(_BIO),
        find(_WEBSITE),
        next(iter(_list_files(pictures, "uri")), ""),
        True if private in _TRUE else False if private in _FALSE else None,
    )


def _find_repair(data: bytes) -> Repair:
    """Return what makes the texts of a file right.

    Meta writes each byte of UTF-8 as one character. A file with any other character is right.
    """
    return str if _ABOVE_LATIN.search(data) else _repair


def _repair(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _list_entries(value: Any) -> list[JSON]:
    """Return the entries: of a list, of the first list in a mapping, or one that stands alone."""
    if isinstance(value, dict):
        media = value.get("media")
        if isinstance(media, list) and any(_text_of(it, "uri") for it in media):
            value = [value]
        else:
            value = next((it for it in value.values() if isinstance(it, list)), None)
    if not isinstance(value, list):
        raise ValueError("no list")  # noqa: TRY004 - as of damaged JSON
    return [entry for entry in value if isinstance(entry, dict)]


def _read_post(entry: JSON, repair: Repair) -> ExportPost:
    media = _list_of(entry, "media")
    titles = [clean(repair(_text_of(it, "title"))) for it in (entry, *media)]
    times = [_read_time(it, "creation_timestamp") for it in media]
    return ExportPost(
        next((title for title in titles if title.strip()), ""),
        _read_time(entry, "creation_timestamp") or min(filter(None, times), default=None),
        _list_files(media, "uri"),
    )


def _read_labelled(entry: JSON, repair: Repair) -> ExportPost:
    media = list(_walk_media(entry, 0))
    texts = [clean(repair(_text_of(it, "title"))) for it in media]
    for label, value in _list_labels(entry, repair):
        if label in _CAPTION:
            texts.insert(0, clean(repair(_text_of(value, "value"))))
    times = [_read_time(it, "creation_timestamp") for it in media]
    return ExportPost(
        next((text for text in texts if text.strip()), ""),
        _read_time(entry, "timestamp") or min(filter(None, times), default=None),
        _list_files(media, "uri"),
    )


def _is_draft(entry: JSON, repair: Repair) -> bool:
    values = {
        label: repair(_text_of(value, "value")) for label, value in _list_labels(entry, repair)
    }
    return any(
        (label in _DRAFT and value in _TRUE) or (label in _PUBLISHED and value in _FALSE)
        for label, value in values.items()
    )


def _list_labels(entry: JSON, repair: Repair) -> Iterator[tuple[str, JSON]]:
    for value in _list_of(entry, "label_values"):
        yield repair(_text_of(value, "label")), value


def _walk_media(value: Any, depth: int) -> Iterator[JSON]:
    """Yield what has a `uri`, at any place: a carousel's files can be deep inside."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict) and _text_of(value, "uri"):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _walk_media(inner, depth + 1)


def _list_of(entry: JSON, name: str) -> list[JSON]:
    value = entry.get(name)
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []


def _list_files(entries: Iterable[Any], name: str) -> tuple[str, ...]:
    named = (_text_of(entry, name) for entry in entries)
    return tuple(dict.fromkeys(it for it in named if FILE.fullmatch(it)))


def _text_of(entry: Any, name: str) -> str:
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""


def _read_time(entry: JSON, name: str) -> datetime | None:
    """Return a time in Unix seconds, in UTC."""
    value = entry.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _read_day(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
