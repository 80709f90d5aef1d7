"""Data exports that tests make, in the shapes of each era; all values are invented."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake import pictures

USERNAME = "harbour.bakery"
FIRST = 1783500000
DAY = 86400
NAME = f"instagram-{USERNAME}-2026-07-23-Ab12Cd34"
PLACES = {
    "B": "content",
    "C": "your_instagram_activity/content",
    "D": "your_instagram_activity/media",
    "E": "your_instagram_activity/media",
}
PROFILES = {
    "B": "account_information/personal_information.json",
    "C": "personal_information/personal_information/personal_information.json",
    "D": "personal_information/personal_information/personal_information.json",
    "E": "personal_information/personal_information/personal_information.json",
}
EXIF = {"exif_data": [{"latitude": 54.3123, "longitude": 13.0987, "device_id": "android-00ff"}]}
SECRET = "Wq9invented-message"


def mangle(text: str) -> str:
    """Return a text as Meta writes it: each byte of UTF-8 as one character."""
    return text.encode().decode("latin-1")


def photo(number: int, *, month: str = "202607", end: str = "jpg") -> str:
    """Return the name of a picture."""
    return f"media/posts/{month}/{18000000000000000 + number}.{end}"


def medium(name: str, *, title: str = "", time: int = FIRST) -> dict[str, Any]:
    """Return a medium with everything that must not be kept."""
    return {
        "uri": name,
        "creation_timestamp": time,
        "title": mangle(title),
        "media_metadata": {"photo_metadata": EXIF},
        "cross_post_source": {"source_app": "FB"},
        "backup_uri": "https://interncache-ldc.fbcdn.net/v/1_n.jpg?oh=00_A&oe=67AD59B9",
    }


def post(number: int, caption: str = "", *, count: int = 1, end: str = "jpg") -> dict[str, Any]:
    """Return a post; of one medium, the caption is there, and the post has no time."""
    time = FIRST - number * DAY
    names = [photo(10 * number + index, end=end) for index in range(count)]
    if count == 1:
        return {"media": [medium(names[0], title=caption, time=time)]}
    media = [medium(name, time=time) for name in names]
    return {"media": media, "title": mangle(caption), "creation_timestamp": time + 1}


POSTS = [
    post(0, "Rye is back 🍞\n#bread @miller", count=3),
    post(1, "Café am Hafen", end="webp"),
    post(2),
]


def profile(*, private: str = "False", **texts: str) -> dict[str, Any]:
    """Return the profile, with what must not be read."""
    values = {
        "Email": "anna@example.org",
        "Phone Number": "+490000",
        "Username": USERNAME,
        "Name": mangle("Bäckerei am Hafen"),
        "Bio": "Bread by the water.",
        "Website": "https://bakery.example",
        "Date of birth": "1990-01-01",
        "Private Account": private,
        **texts,
    }
    strings = {name: {"href": "", "value": value} for name, value in values.items()}
    picture = {"uri": "media/profile/202501/18000000000000777.jpg", "creation_timestamp": FIRST}
    entry = {"media_map_data": {"Profile Photo": picture}, "string_map_data": strings}
    return {"profile_user": [entry]}


@dataclass(slots=True)
class Export:
    """The files of an export; `lists` are JSON, `files` are bytes."""

    era: str = "D"
    lists: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, era: str, posts: Sequence[Any] = POSTS, **more: Any) -> "Export":
        """Return an export with these posts, their pictures, the profile, and secrets."""
        place = PLACES[era]
        export = cls(era)
        export.lists = {
            f"{place}/posts_1.json": list(posts),
            PROFILES[era]: profile(),
            **{f"{place}/{name.replace('__', '.')}.json": value for name, value in more.items()},
            "your_instagram_activity/messages/inbox/ben_1/message_1.json": {"messages": [SECRET]},
            "connections/contacts/synced_contacts.json": [SECRET],
        }
        export.add_pictures()
        return export

    def add_pictures(self, size: int = 60) -> None:
        """Add each picture and video that a list names and that is not there."""
        for name in filter(None, find_uris(self.lists)):
            number = int("".join(filter(str.isdigit, name))[-6:] or 0)
            is_film = name.endswith((".mp4", ".mov"))
            data = pictures.video(number) if is_film else pictures.picture(number % 97, size, size)
            self.files.setdefault(name, data)

    def contents(self) -> dict[str, bytes]:
        lists = {name: json.dumps(value).encode() for name, value in self.lists.items()}
        return {**lists, **self.files}

    def zip(self, path: Path, *, root: str = "", only: Sequence[str] | None = None) -> Path:
        """Write a zip with these names; return its path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in self.contents().items():
                if only is None or name in only:
                    archive.writestr(f"{root}{name}", data)
        return path

    def unpack(self, folder: Path) -> Path:
        """Write the files to a folder; return it."""
        write_files(folder, self.contents())
        return folder


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for name, data in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def find_uris(value: Any) -> list[str]:
    """Return each `uri` and `path` in JSON."""
    if isinstance(value, dict):
        own = [value[name] for name in ("uri", "path") if isinstance(value.get(name), str)]
        return own + [uri for inner in value.values() for uri in find_uris(inner)]
    if isinstance(value, list):
        return [uri for inner in value for uri in find_uris(inner)]
    return []
