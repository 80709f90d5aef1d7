"""`import`: exports of each era, and what is refused."""

import json
import re
import stat
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from exports import DAY, FIRST, NAME, POSTS, SECRET, Export, medium, photo, post, profile
from fake import FakeInstagram, pictures
from PIL import Image
from shell import DAY as ONE_DAY
from shell import Done, Shell

from mkdocs_instagram.cache import regular_files
from mkdocs_instagram.commands import terminal
from mkdocs_instagram.commands.context import Context
from mkdocs_instagram.feed import export_archive, progress
from mkdocs_instagram.feed.progress import Progress
from mkdocs_instagram.feed.snapshot import Snapshot, read_snapshot
from mkdocs_instagram.instagram.models import Media


@pytest.fixture
def shell(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, fake)
    shell.configure(accounts={"main": {"snapshot": "feed"}}, images={"widths": [32, 48]})
    return shell


def run(shell: Shell, *paths: Path, options: tuple[str, ...] = ()) -> Done:
    return shell.run("import", *map(str, paths), "--to", "feed", *options)


def take(shell: Shell, export: Export, *options: str) -> tuple[Snapshot, Done]:
    done = run(shell, export.zip(shell.folder / "in" / f"{NAME}.zip"), options=options)
    assert done.status == 0, done.err
    return read_snapshot(shell.folder / "feed"), done


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def check_posts(items: tuple[Media, ...]) -> None:
    assert [media.caption for media in items] == [
        "Rye is back 🍞\n#bread @miller",
        "Café am Hafen",
        "",
    ]
    assert [media.media_type for media in items] == ["CAROUSEL_ALBUM", "IMAGE", "IMAGE"]
    assert [child.id for child in items[0].children] == [
        "18000000000000000",
        "18000000000000001",
        "18000000000000002",
    ]
    assert [media.id for media in items][1:] == ["18000000000000010", "18000000000000020"]
    stamps = [media.timestamp.timestamp() for media in items if media.timestamp]
    assert stamps == [FIRST + 1, FIRST - DAY, FIRST - 2 * DAY]
    assert all(media.picture and not media.permalink for media in items)


# Eras


@pytest.mark.parametrize("era", "BCDE")
def test_each_era_is_read(shell: Shell, era: str) -> None:
    export = Export.of(era)
    if era == "E":  # which has this list too; the numbered ones say all
        export.lists["your_instagram_activity/media/posts.json"] = [{"label_values": []}]

    snapshot, done = take(shell, export)

    check_posts(snapshot.items)
    assert snapshot.user.username == "harbour.bakery"
    assert snapshot.user.name == "Bäckerei am Hafen"
    assert snapshot.user.biography == "Bread by the water."
    assert snapshot.user.website == "https://bakery.example"
    assert snapshot.user.picture
    assert "has 3 posts and 6 pictures" in done.err
    assert "No post was left out. The newest is of 2026-07-08." in done.err
    assert shell.fake.count() == 0


def test_an_export_of_2019_is_read(shell: Shell) -> None:
    names = [f"photos/201909/{index:032x}.jpg" for index in range(3)]
    entries = [
        {"caption": "Caf\u00c3\u00a9", "taken_at": "2019-09-20T03:40:04+00:00", "path": names[0]},
        {"caption": "Caf\u00c3\u00a9", "taken_at": "2019-09-20T03:40:04+00:00", "path": names[1]},
        {"caption": "", "taken_at": "2018-05-01T10:00:00", "path": names[2], "location": "Harbour"},
    ]
    export = Export(lists={"media.json": {"photos": entries, "videos": [], "stories": []}})
    export.add_pictures()

    snapshot, _ = take(shell, export)

    first, second = snapshot.items
    assert (first.caption, len(first.children)) == ("Café", 2)
    assert second.timestamp
    assert second.timestamp.isoformat() == "2018-05-01T10:00:00+00:00"
    assert b"Harbour" not in (shell.folder / "feed" / "media.json").read_bytes()


def label(name: str, value: str) -> dict[str, Any]:
    return {"label": name, "value": value}


def labelled(number: int, *labels: dict[str, Any], name: str = "Media") -> dict[str, Any]:
    media = [medium(f"media/other/{18000000000000000 + number}.jpg", time=FIRST - number)]
    return {
        "timestamp": FIRST - number,
        "media": [],
        "label_values": [*labels, {"label": name, "dict": [{"dict": [{"media": media}]}]}],
    }


@pytest.mark.parametrize(
    ("caption", "draft", "true", "published", "false"),
    [
        ("Caption", "Draft", "True", "Published", "False"),
        ("L\u00c3\u00a9gende", "Brouillon", "Vrai", "Publi\u00c3\u00a9", "Faux"),
    ],
)
def test_the_list_with_labels_is_read_without_drafts(
    shell: Shell, caption: str, draft: str, true: str, published: str, false: str
) -> None:
    posts = [
        labelled(1, label(caption, "Rye is back"), label(published, true)),
        labelled(2, label(draft, true)),
        labelled(3, label(published, false)),
    ]
    export = Export(lists={"your_instagram_activity/media/posts.json": posts})
    export.add_pictures()

    snapshot, _ = take(shell, export)

    assert [media.caption for media in snapshot.items] == ["Rye is back"]


def test_a_list_with_labels_of_an_unknown_language_is_refused(shell: Shell) -> None:
    posts = [labelled(1, label("下書き", "真"), name="メディア")]
    export = Export(lists={"your_instagram_activity/media/posts.json": posts})
    export.add_pictures()

    done = run(shell, export.zip(shell.folder / "export.zip"))

    check_refused(shell, done, "The labels in your_instagram_activity/media/posts.json are in a")


# Texts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Pe\u00c3\u00b1a", "Peña"),
        ("\u00f0\u009f\u008d\u009e", "🍞"),
        ("Peña", "Peña"),
        ("夜に", "夜に"),
        ("夜 \u00c3\u00a9", "夜 \u00c3\u00a9"),  # written rightly: nothing in it is repaired
        ("cut \u00f0\u009f\u008d", "cut ð"),
        ("bidi \u202e and \u0000 bell", "bidi  and  bell"),
    ],
)
def test_captions_are_repaired(shell: Shell, written: str, read: str) -> None:
    entry = {"media": [medium(photo(1))], "title": written, "creation_timestamp": FIRST}

    snapshot, _ = take(shell, Export.of("D", [entry]))

    assert snapshot.items[0].caption == read


def test_caption_and_time_come_from_the_post_or_the_medium(shell: Shell) -> None:
    both = {"media": [medium(photo(1), title="same")], "title": "same", "creation_timestamp": FIRST}
    on_post = {"media": [medium(photo(2), time=0)], "title": "post", "creation_timestamp": 5 * DAY}
    on_second = {"media": [medium(photo(3), time=9), medium(photo(4), title="second", time=7)]}

    snapshot, _ = take(shell, Export.of("D", [both, on_post, on_second]))

    read = [
        (media.caption, media.timestamp and media.timestamp.timestamp()) for media in snapshot.items
    ]
    assert read == [("same", FIRST), ("post", 5 * DAY), ("second", 7)]


def test_a_single_post_can_stand_alone(shell: Shell) -> None:
    export = Export.of("D")
    export.lists["your_instagram_activity/media/posts_1.json"] = post(0, "Alone")

    snapshot, _ = take(shell, export)

    assert [media.caption for media in snapshot.items] == ["Alone"]


# What is left out


def test_archived_posts_drafts_and_stories_stay_out(shell: Shell) -> None:
    export = Export.of(
        "D",
        [*POSTS, post(7, "archived too")],
        archived_posts={"ig_archived_post_media": [post(7, "archived too")]},
        other_content={"ig_other_media": [post(8, "a draft")]},
        stories={"ig_stories": [medium("media/stories/202607/18000000000000099.jpg")]},
        recently_deleted_content=[post(9, "deleted")],
    )

    snapshot, done = take(shell, export)

    check_posts(snapshot.items)
    assert "Posts left out: 2 archived." in done.err


def test_what_is_left_out_is_counted(shell: Shell) -> None:
    export = Export.of(
        "D",
        [
            *POSTS,
            post(3, "reel", end="mp4"),
            {"media": [medium(photo(41), time=0)]},
            {"media": [medium("")], "title": "only text"},
            POSTS[2],
            post(5, "broken"),
            "no post",
        ],
    )
    export.files[photo(50)] = b"no picture"

    snapshot, done = take(shell, export)

    check_posts(snapshot.items)
    for told in (
        "1 only videos, which --videos imports",
        "1 without a picture in the export",
        "1 without a date",
        "1 listed twice",
        "1 with a picture that cannot be shown, such as HEIC",
    ):
        assert told in done.err


def test_videos_are_imported_on_request_without_their_metadata(shell: Shell) -> None:
    place = b"\xa9xyz+54.3123+013.0987/"
    box = (16 + len(place)).to_bytes(4, "big") + b"moov" + (8 + len(place)).to_bytes(4, "big")
    film = pictures.video(1) + box + b"udta" + place
    reels = {"ig_reels_media": [{"media": [medium("media/reels/202606/18000000000000905.mp4")]}]}
    export = Export.of("D", [post(0, "both", count=2)], reels=reels)
    name = photo(1)
    export.lists["your_instagram_activity/media/posts_1.json"][0]["media"][1]["uri"] = name.replace(
        "jpg", "mp4"
    )
    export.files = {"media/reels/202606/18000000000000905.mp4": film}
    export.add_pictures()

    snapshot, _ = take(shell, export, "--videos")

    reel, both = sorted(snapshot.items, key=lambda media: media.media_type, reverse=True)
    assert reel.is_reel
    assert reel.picture
    assert [child.media_type for child in both.children] == ["IMAGE", "VIDEO"]
    written = (shell.folder / "feed" / "videos" / f"{reel.id}.mp4").read_bytes()
    assert len(written) == len(film)
    assert b"54.3123" not in written

    plain, _ = take(shell, export)
    assert [media.media_type for media in plain.items] == ["IMAGE"]
    assert not list((shell.folder / "feed" / "videos").iterdir())


def test_nothing_private_is_kept(shell: Shell) -> None:
    _, done = take(shell, Export.of("D"))

    for name, (data, _) in files(shell.folder / "feed").items():
        for secret in (b"54.3", b"android", b"fbcdn", b"anna@", b"+49", b"1990", SECRET.encode()):
            assert secret not in data, name
        assert NAME.encode() not in data
        if name.endswith(".jpg"):
            with Image.open(BytesIO(data)) as image:
                assert not {"exif", "xmp", "comment"} & set(image.info)
    assert SECRET not in done.err
    assert not (shell.folder / ".cache").exists()


# Parts and folders


def test_several_zips_are_one_export(shell: Shell) -> None:
    export = Export.of("D", POSTS[:1])
    names = list(export.contents())
    lists = [name for name in names if name.endswith(".json")]
    second = Export(lists={lists[0]: POSTS[1:]})
    second.add_pictures()
    rest = [name for name in names if name not in lists]

    done = run(
        shell,
        export.zip(shell.folder / f"{NAME}.zip", only=lists),
        export.zip(shell.folder / f"{NAME[:-1]}5.zip", only=rest),
        second.zip(shell.folder / f"{NAME[:-1]}6.zip"),
    )

    assert done.status == 0, done.err
    check_posts(read_snapshot(shell.folder / "feed").items)


@pytest.mark.parametrize("root", ["", f"{NAME}/"])
@pytest.mark.parametrize("is_folder", [False, True])
def test_the_export_may_be_in_a_folder_of_its_own(
    shell: Shell, root: str, *, is_folder: bool
) -> None:
    export = Export.of("D")
    if is_folder:
        export.unpack(shell.folder / "in" / root)
        done = run(shell, shell.folder / "in")
    else:
        done = run(shell, export.zip(shell.folder / "in.zip", root=root))

    assert done.status == 0, done.err
    check_posts(read_snapshot(shell.folder / "feed").items)


def test_what_macs_add_is_not_read(shell: Shell) -> None:
    export = Export.of("D")
    export.files["__MACOSX/your_instagram_activity/media/._posts_1.json"] = b"\0"
    export.files["your_instagram_activity/media/._posts_2.json"] = b"\0"

    check_posts(take(shell, export)[0].items)


# Twice


def test_the_same_export_again_changes_no_byte(shell: Shell) -> None:
    export = Export.of("D")
    take(shell, export)
    before = files(shell.folder / "feed")

    shell.now += 30 * ONE_DAY
    _, done = take(shell, export)

    assert "no change" in done.err
    assert files(shell.folder / "feed") == before


def test_a_newer_export_replaces_the_posts(shell: Shell) -> None:
    take(shell, Export.of("D"))
    newer = {"media": [medium(photo(99), title="new", time=FIRST + 9 * DAY)]}

    snapshot, _ = take(shell, Export.of("D", [newer, *POSTS[:2]]))

    assert [media.caption[:4] for media in snapshot.items] == ["new", "Rye ", "Café"]
    assert not (shell.folder / "feed" / "pictures" / "18000000000000020.jpg").exists()


def test_an_older_export_does_not_replace_a_newer_one(shell: Shell) -> None:
    take(shell, Export.of("D"))
    before = files(shell.folder / "feed")

    done = run(shell, Export.of("D", POSTS[1:]).zip(shell.folder / "old.zip"))

    assert done.status == 1
    assert "The newest post of the export is of 2026-07-07, that of the snapshot" in done.err
    assert files(shell.folder / "feed") == before


def test_another_user_s_export_does_not_replace_it(shell: Shell) -> None:
    take(shell, Export.of("D"))
    export = Export.of("D")
    export.lists["personal_information/personal_information/personal_information.json"] = profile(
        Username="other.baker"
    )

    done = run(shell, export.zip(shell.folder / "other.zip"))

    assert done.status == 1
    assert "is of harbour.bakery, not of other.baker. It stays as it was." in done.err


# Refused


def check_refused(shell: Shell, done: Done, says: str) -> None:
    assert done.status == 1
    assert says in done.err
    assert not (shell.folder / "feed").exists()
    assert not (shell.folder / ".cache").exists()


def html(export: Export) -> None:
    export.lists = {}
    export.files = {
        "start_here.html": b"<html>",
        "your_instagram_activity/media/posts_1.html": b"<html>",
        photo(1): b"",
    }


def other_category(export: Export) -> None:
    export.lists = {"connections/contacts/synced_contacts.json": [SECRET]}
    export.files = {}


def only_profile(export: Export) -> None:
    export.lists = {name: value for name, value in export.lists.items() if "personal" in name}
    export.files = {}


def only_pictures(export: Export) -> None:
    export.lists = {}


def only_lists(export: Export) -> None:
    posts = [post(number) for number in range(9)]
    export.lists["your_instagram_activity/media/posts_1.json"] = posts
    export.files = {}


def damaged_list(export: Export) -> None:
    export.files["your_instagram_activity/media/posts_2.json"] = b"[{"


def deep_list(export: Export) -> None:
    export.files["your_instagram_activity/media/posts_2.json"] = b"[" * 100_000


def changed_list(export: Export) -> None:
    export.files["your_instagram_activity/media/posts_2.json"] = b'{"posts": {}}'


def traversal(export: Export) -> None:
    export.files["../../planted.jpg"] = b"x"


def absolute(export: Export) -> None:
    export.files["/etc/planted.jpg"] = b"x"


def windows_traversal(export: Export) -> None:
    export.files["media\\..\\..\\planted.jpg"] = b"x"


def empty(export: Export) -> None:
    export.lists["your_instagram_activity/media/posts_1.json"] = []


def private(export: Export) -> None:
    export.lists["personal_information/personal_information/personal_information.json"] = profile(
        private="True"
    )


PART = "contains no list of posts. It is a part of an export, or an export of other things."
REFUSED: dict[str, tuple[Callable[[Export], None], str]] = {
    "HTML": (html, "export.zip is an export in HTML, which cannot be imported."),
    "another category": (other_category, "export.zip is not an Instagram export."),
    "only the profile": (only_profile, PART),
    "only pictures": (only_pictures, PART),
    "only lists": (only_lists, "9 of 9 files that the lists of the export name are not in it."),
    "a damaged list": (damaged_list, "posts_2.json of the export is not in a form that is known."),
    "a deep list": (deep_list, "posts_2.json of the export is not in a form that is known."),
    "a changed list": (changed_list, "posts_2.json of the export is not in a form that is known."),
    "traversal": (traversal, "export.zip contains a link, or a name that leads out of it: ../../"),
    "an absolute name": (absolute, "contains a link, or a name that leads out of it: /etc/"),
    "traversal of Windows": (windows_traversal, "contains a link, or a name that leads out of it"),
    "no post": (empty, "The export has no post that can be shown. No post was left out."),
    "a private account": (
        private,
        "The account harbour.bakery is private: its posts were meant for few people.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_imported_is_refused_with_a_sentence(shell: Shell, name: str) -> None:
    spoil, says = REFUSED[name]
    export = Export.of("D")
    spoil(export)

    check_refused(shell, run(shell, export.zip(shell.folder / "export.zip")), says)


def test_a_private_account_is_imported_with_a_switch(shell: Shell) -> None:
    export = Export.of("D")
    private(export)

    check_posts(take(shell, export, "--private-account")[0].items)


def test_it_is_said_if_private_is_not_known(shell: Shell) -> None:
    export = Export.of("D")
    export.lists["personal_information/personal_information/personal_information.json"] = {}

    _, done = take(shell, export)

    assert "The export does not say whether the account is private." in done.err


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_a_broken_zip_is_refused(shell: Shell, data: bytes) -> None:
    (shell.folder / "export.zip").write_bytes(data)

    done = run(shell, shell.folder / "export.zip")

    check_refused(shell, done, "export.zip is not a zip, or it is damaged.")


def test_a_damaged_member_is_refused(shell: Shell) -> None:
    path = Export.of("D").zip(shell.folder / "export.zip")
    data = path.read_bytes()
    path.write_bytes(data.replace(b'[{"media": [{"uri"', b'[{"medja": [{"uri"', 1))

    check_refused(shell, run(shell, path), "is damaged, or protected by a password.")


def test_a_link_in_a_zip_is_refused(shell: Shell) -> None:
    path = Export.of("D").zip(shell.folder / "export.zip")
    link = zipfile.ZipInfo("media/posts/202607/1.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")

    check_refused(shell, run(shell, path), "contains a link, or a name that leads out of it")


def test_a_link_in_a_folder_is_not_followed(shell: Shell) -> None:
    folder = Export.of("D").unpack(shell.folder / "in")
    secret = shell.folder / "secret.jpg"
    picture = folder / photo(20)
    picture.rename(secret)
    picture.symlink_to(secret)

    done = run(shell, folder)

    assert done.status == 0
    assert "1 with a picture that cannot be shown" in done.err


def test_a_bomb_of_a_list_is_refused(shell: Shell) -> None:
    path = Export.of("D").zip(shell.folder / "export.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("your_instagram_activity/media/posts_2.json", b" " * (65 * 1024 * 1024))

    check_refused(shell, run(shell, path), "posts_2.json of the export is larger than 64 MB.")


def test_a_bomb_of_a_picture_is_left_out(shell: Shell) -> None:
    export = Export.of("D")
    buffer = BytesIO()
    Image.new("L", (9000, 9000)).save(buffer, "PNG")
    export.files[photo(20)] = buffer.getvalue()

    snapshot, done = take(shell, export)

    assert len(snapshot.items) == 2
    assert "1 with a picture that cannot be shown" in done.err


def test_parts_of_different_exports_are_refused(shell: Shell) -> None:
    one = Export.of("D").zip(shell.folder / f"{NAME}.zip")
    other = Export.of("D").zip(shell.folder / f"{NAME.replace('07-23', '06-23')}.zip")

    check_refused(shell, run(shell, one, other), "These are parts of different exports: harbour.ba")


def test_the_user_in_mkdocs_yml_is_respected(shell: Shell) -> None:
    shell.configure(accounts={"main": {"snapshot": "feed", "username": "other.baker"}})
    path = Export.of("D").zip(shell.folder / "export.zip")

    check_refused(shell, run(shell, path), "The export is of harbour.bakery, but mkdocs.yml expe")


@pytest.mark.parametrize("place", ["docs", "site", "theme"])
def test_an_export_in_a_folder_of_the_site_is_refused(shell: Shell, place: str) -> None:
    config = json.dumps(
        {
            "site_name": "Harbour Bakery",
            "theme": {"name": "mkdocs", "custom_dir": "theme"},
            "plugins": ["instagram"],
        }
    )
    (shell.folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    path = Export.of("D").zip(shell.folder / place / "files" / "export.zip")

    check_refused(shell, run(shell, path), "There MkDocs would publish or remove it.")


def test_an_export_in_a_git_repository_is_warned_of(shell: Shell) -> None:
    (shell.folder / ".git").mkdir()

    _, done = take(shell, Export.of("D"))

    assert "is in a git repository. Never commit it" in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Missing argument 'EXPORT...'"),
        (("export.zip",), "Missing option '--to'"),
        (("nowhere.zip", "--to", "feed"), "'nowhere.zip' does not exist"),
    ],
)
def test_wrong_use_is_said(shell: Shell, arguments: tuple[str, ...], says: str) -> None:
    (shell.folder / "export.zip").touch()

    done = shell.run("import", *arguments)

    assert done.status == 2
    assert says in done.err


@pytest.mark.parametrize("is_folder", [False, True])
def test_nothing_is_opened_but_lists_pictures_and_the_profile(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, *, is_folder: bool
) -> None:
    export = Export.of("D", archived_posts=[])
    beside = "media/other/18000000000000500.jpg"  # of no post
    export.files[beside] = pictures.picture(1, 60, 60)
    expected = {name for name in export.contents() if not re.search("message|contacts", name)}
    opened: set[str] = set()
    open_member, open_path = zipfile.ZipFile.open, regular_files.open_file

    def note_member(archive: zipfile.ZipFile, name: Any, *args: Any) -> Any:
        opened.add(name)
        return open_member(archive, name, *args)

    def note_path(path: Path) -> Any:
        opened.add(path.relative_to(shell.folder / "in").as_posix())
        return open_path(path)

    path = shell.folder / "in"
    path = export.unpack(path) if is_folder else export.zip(path.with_suffix(".zip"))
    monkeypatch.setattr(zipfile.ZipFile, "open", note_member)
    monkeypatch.setattr(export_archive, "open_file", note_path)

    assert run(shell, path).status == 0

    assert opened == expected - {beside}


def test_long_work_shows_its_progress(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Context, "make_progress", lambda _: Progress(terminal.say, first=0.0, pause=0.0)
    )
    monkeypatch.setattr(progress, "_LOOK", 0.001)
    posts = [post(number) for number in range(60)]

    _, done = take(shell, Export.of("D", posts))

    assert re.search(r"Pictures: \d+ of 61 \(\d+ s\)", done.err)
