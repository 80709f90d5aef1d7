"""Records without their signed URLs."""

import pytest

from mkdocs_instagram.instagram.models import Child, Media, OfferedVideo, Picture, User

SIGNED = "https://scontent.cdninstagram.com/1.jpg?oh=00_signed"
CHILD = Child("2", "IMAGE", media_url=SIGNED, thumbnail_url=SIGNED)


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (CHILD, "Child(id='2', media_type='IMAGE', picture_digest='')"),
        (Media("1", "IMAGE", media_url=SIGNED, thumbnail_url=SIGNED, children=(CHILD,)), "'IMAGE'"),
        (User("3", username="harbour.bakery", profile_picture_url=SIGNED), "'harbour.bakery'"),
        (Picture("1", "media_url", SIGNED), "'media_url'"),
        (OfferedVideo("1", SIGNED), "media_id='1'"),
    ],
    ids=lambda it: type(it).__name__,
)
def test_a_signed_address_is_in_no_repr(record: object, shown: str) -> None:
    assert shown in repr(record)
    assert SIGNED not in repr(record)
