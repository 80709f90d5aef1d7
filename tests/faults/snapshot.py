"""A site without a token, whose account has a snapshot: a good one, or one with a fault."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import snapshots
from fake import error

from .cases import Case
from .fault import Fault, Level


def _plant(spoil: Callable[[Path], None], *, is_refused: bool = False) -> Callable[[Case], None]:
    def plant(case: Case) -> None:
        folder = case.folder / "feed"
        snapshots.write(folder, snapshots.invent_posts(3))
        spoil(folder)
        token = {"token_env": "INSTAGRAM_ACCESS_TOKEN"}
        case.site.options = {"accounts": {"main": {**token, "snapshot": "feed"}}}
        case.site.write_config()
        if is_refused:
            case.fake.fail("media", error(190))
        else:
            case.environment["INSTAGRAM_ACCESS_TOKEN"] = ""

    return plant


def _keep(_: Path) -> None:
    pass


def _remove(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def _link(folder: Path) -> None:
    _remove(folder)
    folder.symlink_to("elsewhere")


def _link_list(folder: Path) -> None:
    (folder / "media.json").rename(folder.with_name("media.json"))
    (folder / "media.json").symlink_to("../media.json")


def _pipe(folder: Path) -> None:
    (folder / "user.json").unlink()
    os.mkfifo(folder / "user.json")


def _forget_index(folder: Path) -> None:
    (folder / "snapshot.json").unlink()


def _forget_pictures(folder: Path) -> None:
    for path in (folder / "pictures").iterdir():
        path.unlink()


def _renew(folder: Path) -> None:
    index = {"version": 2, "written_at": "2026-07-01T09:00:00+00:00", "width": 64}
    (folder / "snapshot.json").write_text(json.dumps(index), encoding="ascii")


def _damage(folder: Path) -> None:
    (folder / "media.json").write_text("<<<<<<< HEAD\n", encoding="ascii")


def _spoil_picture(folder: Path) -> None:
    max((folder / "pictures").iterdir()).write_bytes(b"<svg/>")


def _bad(name: str, spoil: Callable[[Path], None]) -> Fault:
    return Fault(
        f"There is no token, and {name}", _plant(spoil), ("saved", "INFO"), ("nothing", "WARNING")
    )


def _with(
    name: str,
    spoil: Callable[[Path], None],
    *,
    level: Level = "INFO",
    is_refused: bool = False,
) -> Fault:
    return Fault(
        name,
        _plant(spoil, is_refused=is_refused),
        ("saved", "WARNING" if is_refused else "INFO"),
        ("some", level),
    )


SNAPSHOTS = [
    _with("There is no token, but a snapshot", _keep),
    _with("The token is refused, and there is a snapshot", _keep, level="WARNING", is_refused=True),
    _with("A picture of a snapshot is not a picture", _spoil_picture, level="WARNING"),
    _bad("the snapshot is missing", _remove),
    _bad("the snapshot has no index", _forget_index),
    _bad("the snapshot has no pictures", _forget_pictures),
    _bad("the snapshot is of a newer version", _renew),
    _bad("a list of the snapshot is damaged", _damage),
    _bad("the snapshot is a link", _link),
    _bad("a list of the snapshot is a link", _link_list),
    _bad("a list of the snapshot is a pipe", _pipe),
]
