"""Video files in the cache."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake.pictures import video

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.cache.keys import video_key
from mkdocs_instagram.cache.models import Video
from mkdocs_instagram.cache.videos import CheckedFile, VideoResults, begins_as_mp4, keep_videos
from mkdocs_instagram.instagram.models import DownloadFailure, OfferedVideo

NOW = 1784800000.0
HOUR = 3600.0
URL = "https://scontent.cdninstagram.com/o1/v/1.mp4?oh=1"


def box(*brands: bytes, size: int | None = None, kind: bytes = b"ftyp") -> bytes:
    """Return a file's first box: the major brand, its version, the compatible brands."""
    body = kind + brands[0] + bytes(4) + b"".join(brands[1:])
    return (len(body) + 4 if size is None else size).to_bytes(4, "big") + body


HEADS: dict[str, tuple[bytes, bool | None]] = {
    "as recorded": (box(b"isom", b"isom", b"iso2", b"avc1", b"mp41"), True),
    "major brand only": (box(b"mp42"), True),
    "compatible brand only": (box(b"M4V ", b"M4V ", b"mp42"), True),
    "with what follows": (box(b"isom", b"mp41") + b"\x00\x00\x00\x08free", True),
    "nothing yet": (b"", None),
    "half a size": (b"\x00\x00", None),
    "half a type": (b"\x00\x00\x00\x18ft", None),
    "half a box": (box(b"isom", b"mp41")[:-3], None),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", False),
    "html": (b"<!doctype html><script>", False),
    "short html": (b"<html>", False),
    "webm": (b"\x1a\x45\xdf\xa3" + bytes(40), False),
    "heic": (box(b"heic", b"mif1", b"heic"), False),
    "avif": (box(b"avif", b"mif1", b"miaf"), False),
    "quicktime": (box(b"qt  ", b"qt  "), False),
    "brand in the version": (b"\x00\x00\x00\x10ftypqt  isom", False),
    "moov first": (box(b"isom", kind=b"moov"), False),
    "box without an end": (box(b"isom", size=0), False),
    "box of 64 bits": (box(b"isom", size=1), False),
    "box of 2 GB": (box(b"isom", size=2**31), False),
    "box too short": (box(b"isom", size=12), False),
    "box of no whole brands": (box(b"isom", b"mp41", size=18), False),
}


@pytest.mark.parametrize(("head", "verdict"), HEADS.values(), ids=list(HEADS))
def test_the_first_box_tells_an_mp4(head: bytes, verdict: bool | None) -> None:
    assert begins_as_mp4(head) is verdict


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path / "cache")
    yield cache
    cache.close()


def files(cache: Cache) -> list[str]:
    return sorted(path.name for path in (cache.folder / "media").rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [1, 3, 7, 25, 4096])
def test_a_file_is_judged_however_its_bytes_come(cache: Cache, size: int) -> None:
    data = video(1)
    file = CheckedFile(cache)

    assert all(file.write(data[start : start + size]) for start in range(0, len(data), size))
    digest = file.keep()
    file.discard()

    assert digest == hashlib.sha256(data).hexdigest()
    assert files(cache) == [digest]
    assert cache.read_media(digest) == data


def test_of_what_is_no_mp4_nothing_is_ever_written(cache: Cache) -> None:
    file = CheckedFile(cache)

    assert file.write(b"\x00\x00\x00\x18")
    assert not file.write(b"html")
    assert files(cache) == []
    assert file.keep() == ""
    file.discard()


def test_what_is_not_kept_leaves_no_file(cache: Cache) -> None:
    file = CheckedFile(cache)
    assert file.write(video(1)[:1000])
    assert len(files(cache)) == 1

    file.discard()

    assert files(cache) == []


def test_on_a_full_disk_no_video_is_kept(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    # A full disk cannot be passed as an argument.
    monkeypatch.setattr(cache, "open_media", fail)
    with pytest.raises(OSError, match="full"):
        CheckedFile(cache).write(video(1))
    monkeypatch.undo()
    file = CheckedFile(cache)
    assert file.write(video(1))
    monkeypatch.setattr(Path, "replace", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(cache.folder / "missing"))
    with pytest.raises(FileNotFoundError):
        file.keep()
    file.discard()

    assert files(cache) == []


@dataclass
class Source:
    """The bytes of videos by id, or a failure."""

    videos: dict[str, bytes | DownloadFailure]
    asked: list[str] = field(default_factory=list)

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: Callable[[], CheckedFile]
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        for wanted in videos:
            self.asked.append(wanted.media_id)
            data = self.videos[wanted.media_id]
            if isinstance(data, DownloadFailure):
                yield wanted, data
                continue
            file = open_file()
            file.write(data)
            yield wanted, file.keep() or DownloadFailure.FAILED
            file.discard()


def keep(cache: Cache, source: Source, *, url: str = URL, now: float = NOW) -> VideoResults:
    return keep_videos(
        [OfferedVideo(name, url) for name in source.videos], source.download_videos, cache, now
    )


def test_a_video_is_fetched_once(cache: Cache) -> None:
    source = Source({"1": video(1), "2": video(2)})

    first = keep(cache, source)
    second = keep(cache, source, url=f"{URL}2", now=NOW + 9 * HOUR)

    assert source.asked == ["1", "2"]
    assert second.videos == first.videos
    assert {item.media_id: file.name for item, file in first.videos.items()} == {
        name: f"{hashlib.sha256(video(int(name))).hexdigest()[:32]}.mp4" for name in ("1", "2")
    }
    assert [len(first.downloaded), len(second.downloaded)] == [2, 0]


def test_a_video_stays_when_instagram_withdraws_its_address(cache: Cache) -> None:
    source = Source({"1": video(1)})
    first = keep(cache, source)

    later = keep(cache, source, url="")

    assert later.videos == first.videos != {}
    assert source.asked == ["1"]


def test_a_video_that_instagram_never_gave_is_no_failure(cache: Cache) -> None:
    source = Source({"1": video(1)})

    kept = keep(cache, source, url="")
    assert (kept.videos, kept.failures, kept.downloaded) == ({}, {}, set())
    assert source.asked == []


def test_what_failed_is_tried_again_in_an_hour(cache: Cache) -> None:
    source = Source({"1": b"<html>"})

    outcomes = [
        keep(cache, source, now=NOW + seconds).failures for seconds in (0, 60, HOUR - 1, HOUR)
    ]

    assert outcomes == [{OfferedVideo("1", ""): DownloadFailure.FAILED}] * 4
    assert source.asked == ["1", "1"]
    assert files(cache) == []


@pytest.mark.parametrize("failure", [DownloadFailure.WAITING, DownloadFailure.EXPIRED])
def test_what_only_waits_is_tried_by_the_next_build(cache: Cache, failure: DownloadFailure) -> None:
    assert keep(cache, Source({"1": failure})).failures == {OfferedVideo("1", ""): failure}

    assert len(keep(cache, Source({"1": video(1)}), now=NOW + 1).videos) == 1


@pytest.mark.parametrize("damage", ["lost", "cut", "link"])
def test_a_damaged_file_is_fetched_again(cache: Cache, tmp_path: Path, damage: str) -> None:
    source = Source({"1": video(1)})
    (file,) = keep(cache, source).videos.values()
    path = cache.locate_media(file.digest)
    if damage == "cut":
        path.write_bytes(video(1)[:-1])
    else:
        path.unlink()
    if damage == "link":
        (tmp_path / "other").write_bytes(video(1))
        path.symlink_to(tmp_path / "other")

    assert keep(cache, source).videos == {OfferedVideo("1", ""): file}
    assert source.asked == ["1", "1"]
    assert not path.is_symlink()
    assert path.read_bytes() == video(1)


@pytest.mark.parametrize(
    "entry", [{}, {"digest": None}, {"digest": "../../etc/passwd"}, {"digest": ["a"]}]
)
def test_an_entry_that_is_not_ours_is_none(cache: Cache, entry: dict[str, object]) -> None:
    cache.put(video_key(OfferedVideo("1", "")), entry)

    assert keep(cache, Source({"1": video(1)})).videos == {
        OfferedVideo("1", ""): Video(hashlib.sha256(video(1)).hexdigest())
    }
