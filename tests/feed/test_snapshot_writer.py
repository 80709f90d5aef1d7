"""The writer of snapshots."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import snapshots

from mkdocs_instagram.errors import SnapshotUnusable
from mkdocs_instagram.feed.snapshot import read_snapshot


def read(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_second_write_of_500_posts_changes_no_byte(tmp_path: Path) -> None:
    posts = snapshots.invent_posts(500)
    first = snapshots.write(tmp_path / "feed", posts, width=8)
    before = read(tmp_path / "feed")

    second = snapshots.write(
        tmp_path / "feed", posts[::-1], width=8, now=snapshots.WRITTEN + timedelta(days=7)
    )

    assert (first.posts, first.changed) == (500, 503)
    assert (second.posts, second.changed) == (500, 0)
    assert read(tmp_path / "feed") == before


def test_a_new_post_changes_list_and_index_and_adds_its_picture(tmp_path: Path) -> None:
    posts = snapshots.invent_posts(4)
    snapshots.write(tmp_path, posts[1:])
    now = snapshots.WRITTEN + timedelta(days=7)

    written = snapshots.write(tmp_path, posts, now=now)

    assert written.changed == 3
    assert read_snapshot(tmp_path).written_at == now


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    posts = snapshots.invent_posts(3)
    snapshots.write(tmp_path, posts)

    items = read_snapshot(tmp_path).items

    assert [media._replace(media_url="", picture_digest="") for media in items] == posts
    assert all(len(media.picture_digest) == 64 for media in items)


@pytest.mark.parametrize("stopped_at", range(1, 9))
def test_wherever_it_is_interrupted_the_snapshot_can_be_shown(
    tmp_path: Path, stopped_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = snapshots.invent_posts(6)
    snapshots.write(tmp_path, posts[3:])
    replace, count = Path.replace, 0

    def interrupt(path: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == stopped_at:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupt)
    with suppress(KeyboardInterrupt):
        snapshots.write(tmp_path, posts[:4])
    monkeypatch.undo()

    snapshot = read_snapshot(tmp_path)
    pictures = [media.picture for media in snapshot.items if media.picture]
    assert len(pictures) in {3, 4}
    assert all(isinstance(data, bytes) for _, data in snapshot.source.download(pictures))
    snapshots.write(tmp_path, posts[:4])
    assert len(list((tmp_path / "pictures").iterdir())) == 4


def test_a_damaged_picture_is_written_again(tmp_path: Path) -> None:
    posts = snapshots.invent_posts(2)
    snapshots.write(tmp_path, posts)
    before = read(tmp_path)
    picture = tmp_path / "pictures" / f"{posts[0].id}.jpg"
    picture.write_bytes(b"spoilt")

    snapshots.write(tmp_path, posts)

    assert picture.read_bytes() == before[f"pictures/{picture.name}"][0]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "feed" / "pictures").mkdir(parents=True)
    posts = snapshots.invent_posts(1)
    (tmp_path / "feed" / "pictures" / f"{posts[0].id}.jpg.part").mkdir()

    with pytest.raises(SnapshotUnusable, match="cannot be written: "):
        snapshots.write(tmp_path / "feed", posts)
