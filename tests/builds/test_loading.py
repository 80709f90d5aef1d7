"""Which pictures a page loads at once, and which when they are near."""

import re

import pytest
from conftest import TOKEN
from fake import FakeInstagram, FakeUser
from sites import Build, Site


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(6, size=(1080, 1080))
    return user


def count_eager(build: Build, page: str) -> list[int]:
    """Return how many pictures are loaded at once in each feed; they are the first."""
    counts = []
    for feed in build.html(page).split('<div class="mk-ig ')[1:]:
        pictures = re.findall(r"(?:<source [^>]*>)?<img class=.mk-ig__img[^>]*>", feed)
        loading = ["eager" if ' loading="eager"' in it else "lazy" for it in pictures]
        counts.append(loading.count("eager"))
        assert loading == ["eager"] * counts[-1] + ["lazy"] * (len(loading) - counts[-1])
        # What is not lazy is loaded before it is laid out.
        assert all(
            (' sizes="auto, ' in it) is (which == "lazy")
            for it, which in zip(pictures, loading, strict=True)
        )
    return counts


@pytest.mark.parametrize("images", ["webp", "avif"])
def test_the_first_row_of_a_feed_at_the_top_is_loaded_at_once(
    site: Site, user: FakeUser, images: str
) -> None:
    tags = {
        "index": "<!-- instagram -->\n\n<!-- instagram -->",
        "one": "# Title\n\n<!-- instagram {columns: 1, open: viewer} -->",
        "three": "Our week.\n\n<!-- instagram {columns: 3} -->",
        "many": "<!-- instagram {columns: {small: 2, medium: 4, large: 6}} -->",
        "carousel": "<!-- instagram {layout: carousel} -->",
        "far": "Some words. " * 60 + "\n\n<!-- instagram -->",
    }
    site.write({f"{name}.md": text for name, text in tags.items()})
    site.options["images"] = {"format": images}
    site.config["use_directory_urls"] = False

    build = site.build("--strict")

    assert build.status == 0, build.log
    counts = {name: count_eager(build, f"{name}.html") for name in tags}
    assert counts == {
        "index": [3, 0],
        "one": [1],
        "three": [3],
        "many": [4],
        "carousel": [0],
        "far": [0],
    }
