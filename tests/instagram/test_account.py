"""Calls for users and media, and unknown fields."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest
from conftest import TOKEN

from mkdocs_instagram.errors import (
    AnswerTooLarge,
    GraphError,
    InstagramError,
    PermissionDenied,
    RateLimited,
    TokenRefused,
    UnknownField,
    Unreachable,
)
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.account import InstagramAccount
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.instagram.secrets import Token

NODES: dict[str, JSON] = {
    "me": {"id": "26011223344556677", "username": "harbour.bakery", "followers_count": 1204},
    "media": {
        "data": [{"id": "17900000000000001", "media_type": "IMAGE", "like_count": 57}],
        "paging": {"cursors": {"after": "QVFI"}, "next": "https://graph.instagram.com/next"},
    },
}
TOO_MUCH = {
    "error": {
        "message": "Please reduce the amount of data you're asking for, then retry your request",
        "type": "OAuthException",
        "code": 1,
    }
}
REDUCED = {"me": graph.USER_FIELDS_REDUCED, "media": graph.MEDIA_FIELDS_REDUCED}
FULL = {"me": graph.USER_FIELDS, "media": graph.MEDIA_FIELDS}


def refusal(code: int, message: str) -> JSON:
    return {"error": {"message": message, "type": "OAuthException", "code": code}}


class Graph:
    """Knows all fields except `unknown`; records each request's node and set of fields."""

    def __init__(self) -> None:
        self.unknown: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.params: list[dict[str, str]] = []
        self.answer: Callable[[str], JSON] = NODES.__getitem__

    async def handle(self, request: httpx.Request) -> httpx.Response:
        node = request.url.path.rpartition("/")[2]
        self.params.append(dict(request.url.params))
        fields = request.url.params["fields"]
        self.asked.append((node, "reduced" if fields == REDUCED[node] else "full"))
        assert fields in {REDUCED[node], FULL[node]}
        body = self.answer(node)
        if bad := sorted(self.unknown & set(fields.split(","))):
            body = refusal(100, f"(#100) Tried accessing nonexisting field ({bad[0]})")
        stream = httpx.ByteStream(json.dumps(body).encode())
        return httpx.Response(400 if "error" in body else 200, stream=stream)


@pytest.fixture
def api() -> Graph:
    return Graph()


@pytest.fixture
def account(api: Graph) -> Iterator[InstagramAccount]:
    client = Client(httpx.MockTransport(api.handle))
    yield InstagramAccount(client, Token(TOKEN))
    client.close()


def test_user_and_media_are_asked_for_once(api: Graph, account: InstagramAccount) -> None:
    user, batch = account.first_batch(25)

    assert (user.username, user.followers_count) == ("harbour.bakery", 1204)
    assert [media.like_count for media in batch.items] == [57]
    assert batch.after == "QVFI"
    assert sorted(api.asked) == [("me", "full"), ("media", "full")]
    assert account.notes == []


def test_the_next_batch_is_asked_for_by_its_cursor(api: Graph, account: InstagramAccount) -> None:
    account.first_batch(25)
    account.next_batch(100, "QVFI")

    (params,) = [params for params in api.params if "after" in params]
    assert (params["after"], params["limit"]) == ("QVFI", "100")


UNKNOWN = {
    "of the user": ("biography", "me", "the user's name only"),
    "of the media": ("alt_text", "media", "without counts, alt texts"),
}


@pytest.mark.parametrize(("field", "node", "note"), UNKNOWN.values(), ids=list(UNKNOWN))
def test_an_unknown_field_means_one_more_try_without_it_and_a_note(
    api: Graph, account: InstagramAccount, field: str, node: str, note: str
) -> None:
    api.unknown = {field}

    user, batch = account.first_batch(25)

    assert user.username == "harbour.bakery"
    assert [media.id for media in batch.items] == ["17900000000000001"]
    assert sorted(api.asked[:2]) == [("me", "full"), ("media", "full")]
    assert api.asked[2:] == [(node, "reduced")]
    (said,) = account.notes
    assert note in said
    assert f"nonexisting field ({field})" in said


def test_unknown_fields_of_both_mean_one_more_try_each(
    api: Graph, account: InstagramAccount
) -> None:
    api.unknown = {"biography", "alt_text"}

    account.first_batch(25)

    assert api.asked[2:] == [("me", "reduced"), ("media", "reduced")]
    assert len(account.notes) == 2


@pytest.mark.parametrize(("field", "node"), [("username", "me"), ("permalink", "media")])
def test_a_second_unknown_field_is_the_end(
    api: Graph, account: InstagramAccount, field: str, node: str
) -> None:
    api.unknown = {field}

    with pytest.raises(UnknownField, match=field):
        account.first_batch(25)

    assert api.asked[2:] == [(node, "reduced")]


def test_later_batches_keep_the_reduced_fields(api: Graph, account: InstagramAccount) -> None:
    api.unknown = {"alt_text"}
    account.first_batch(25)
    api.asked.clear()

    account.next_batch(100, "QVFI")
    account.next_batch(100, "QVFJ")
    account.first_batch(25)

    assert sorted(api.asked) == [("me", "full"), *[("media", "reduced")] * 3]
    assert len(account.notes) == 1


def test_an_unknown_field_of_a_later_batch_means_one_more_try_without_it(
    api: Graph, account: InstagramAccount
) -> None:
    _, first = account.first_batch(25)
    api.unknown = {"alt_text"}
    api.asked.clear()

    second = account.next_batch(100, "QVFI")

    assert [media.id for media in second.items] == ["17900000000000001"]
    assert api.asked == [("media", "full"), ("media", "reduced")]
    assert [batch.is_reduced for batch in (first, second)] == [False, True]
    assert api.params[-1]["after"] == "QVFI"
    assert len(account.notes) == 1


class Limited:
    """Refuses batches of more than `most`, and the first of `unlucky`."""

    def __init__(self) -> None:
        self.most = 100
        self.unlucky = 0
        self.limits: list[int] = []
        self.client = Client(httpx.MockTransport(self.handle))
        self.account = InstagramAccount(self.client, Token(TOKEN))

    async def handle(self, request: httpx.Request) -> httpx.Response:
        body = NODES[request.url.path.rpartition("/")[2]]
        if limit := int(request.url.params.get("limit", 0)):
            self.limits.append(limit)
            if limit > self.most or limit == self.unlucky:
                self.unlucky = 0
                body = TOO_MUCH
        stream = httpx.ByteStream(json.dumps(body).encode())
        return httpx.Response(500 if "error" in body else 200, stream=stream)


@pytest.fixture
def limited() -> Iterator[Limited]:
    limited = Limited()
    yield limited
    limited.client.close()


class TestTooLarge:
    """HTTP 500, code 1, "reduce the amount of data"."""

    @pytest.mark.parametrize(
        ("most", "asked", "limits"),
        [
            (100, 100, [100]),
            (50, 100, [100, 100, 50]),
            (49, 100, [100, 100, 50, 25]),
            (10, 100, [100, 100, 50, 25, 10]),
            (25, 60, [60, 60, 50, 25]),
            (10, 25, [25, 25, 10]),
        ],
    )
    def test_it_is_asked_for_once_more_and_then_in_smaller_batches(
        self, limited: Limited, most: int, asked: int, limits: list[int]
    ) -> None:
        limited.most = most

        _, batch = limited.account.first_batch(asked)

        assert [media.id for media in batch.items] == ["17900000000000001"]
        assert limited.limits == limits
        assert limited.account.batch_limit == (limits[-1] if len(limits) > 1 else 100)
        assert limited.account.notes == []

    def test_by_chance_it_changes_nothing(self, limited: Limited) -> None:
        limited.unlucky = 100

        limited.account.first_batch(100)

        assert limited.limits == [100, 100]
        assert limited.account.batch_limit == 100

    def test_a_later_batch_is_asked_for_again_too(self, limited: Limited) -> None:
        limited.account.first_batch(100)
        limited.most = 25

        limited.account.next_batch(100, "QVFI")
        limited.account.next_batch(100, "QVFJ")

        assert limited.limits == [100, 100, 100, 50, 25, 25]

    def test_a_smaller_batch_than_the_largest_stays_as_it_is(self, limited: Limited) -> None:
        limited.most = 50
        limited.account.batch_limit = 50

        limited.account.first_batch(25)
        limited.account.first_batch(100)

        assert limited.limits == [25, 50]

    @pytest.mark.parametrize(("asked", "calls"), [(100, 5), (10, 2), (1, 2)])
    def test_too_large_at_any_size_is_a_failure(
        self, limited: Limited, asked: int, calls: int
    ) -> None:
        limited.most = 0

        with pytest.raises(AnswerTooLarge, match="too large") as caught:
            limited.account.first_batch(asked)

        assert len(limited.limits) == calls
        assert "the next build asks again" in caught.value.cure


GONE = "Unsupported get request. Object with ID '17900' does not exist"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ({"code": 100, "error_subcode": 33, "message": GONE}, True),
        ({"code": 100, "message": GONE}, False),
        ({"code": 100, "error_subcode": 34, "message": GONE}, False),
        ({"code": 100, "error_subcode": "33", "message": GONE}, False),
        ({"code": 100, "message": "(#100) Invalid parameter"}, False),
        ({"code": 100, "message": "(#100) Tried accessing nonexisting field (id)"}, False),
        ({"code": 100, "message": "Unsupported request - method type: get"}, PermissionDenied),
        ({"code": 803, "error_subcode": 33, "message": GONE}, GraphError),
        ({"code": 190, "error_subcode": 33, "message": GONE}, TokenRefused),
        ({"code": 4, "error_subcode": 33, "message": GONE}, RateLimited),
    ],
)
def test_only_code_100_with_subcode_33_says_that_a_media_is_gone(
    error: JSON, outcome: bool | type[InstagramError]
) -> None:
    async def handle(request: httpx.Request) -> httpx.Response:
        assert dict(request.url.params)["fields"] == "id"
        return httpx.Response(400, stream=httpx.ByteStream(json.dumps({"error": error}).encode()))

    with closing(Client(httpx.MockTransport(handle))) as client:
        account = InstagramAccount(client, Token(TOKEN))
        if isinstance(outcome, bool):
            assert account.is_gone("17900") is outcome
        else:
            with pytest.raises(outcome):
                account.is_gone("17900")


FAILURES = {
    "user refused": ("me", refusal(190, "Session has expired"), TokenRefused),
    "media refused": ("media", refusal(190, "Session has expired"), TokenRefused),
    "user without id": ("me", {"username": "harbour.bakery"}, Unreachable),
    "media without list": ("media", {"data": None}, Unreachable),
}


@pytest.mark.parametrize(("node", "body", "error"), FAILURES.values(), ids=list(FAILURES))
def test_a_failure_of_either_is_a_failure_of_both(
    api: Graph, account: InstagramAccount, node: str, body: JSON, error: type[Exception]
) -> None:
    api.answer = lambda asked: body if asked == node else NODES[asked]

    with pytest.raises(error):
        account.first_batch(25)


class TestUserAlone:
    def test_the_user_is_asked_for_without_media(
        self, api: Graph, account: InstagramAccount
    ) -> None:
        user = account.read_user()

        assert (user.username, user.followers_count) == ("harbour.bakery", 1204)
        assert api.asked == [("me", "full")]

    def test_an_unknown_field_means_one_more_try_without_it(
        self, api: Graph, account: InstagramAccount
    ) -> None:
        api.unknown = {"biography"}

        assert account.read_user().username == "harbour.bakery"

        assert api.asked == [("me", "full"), ("me", "reduced")]
        (said,) = account.notes
        assert "nonexisting field (biography)" in said

    def test_later_calls_keep_the_reduced_fields(
        self, api: Graph, account: InstagramAccount
    ) -> None:
        api.unknown = {"biography"}
        account.read_user()
        api.asked.clear()

        account.first_batch(25)

        assert sorted(api.asked) == [("me", "reduced"), ("media", "full")]

    def test_a_second_unknown_field_is_the_end(self, api: Graph, account: InstagramAccount) -> None:
        api.unknown = {"username"}

        with pytest.raises(UnknownField, match="username"):
            account.read_user()

        assert api.asked == [("me", "full"), ("me", "reduced")]

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (refusal(190, "Session has expired"), TokenRefused),
            (refusal(100, "Unsupported request - method type: get"), PermissionDenied),
            ({"username": "harbour.bakery"}, Unreachable),
        ],
        ids=["refused", "not allowed", "without id"],
    )
    def test_a_failure_is_that_of_the_call(
        self, api: Graph, account: InstagramAccount, body: JSON, error: type[Exception]
    ) -> None:
        api.answer = lambda _: body

        with pytest.raises(error) as caught:
            account.read_user()

        assert type(caught.value) is error
        assert "EAA" not in str(caught.value)


@pytest.mark.parametrize(
    "code", [190, 100, 10, 2500], ids=["refused", "no such user", "no permission", "no such path"]
)
@pytest.mark.parametrize(
    "read",
    [InstagramAccount.read_user, lambda account: account.first_batch(25)],
    ids=["user", "both"],
)
def test_a_token_of_the_other_product_is_told_as_one(
    api: Graph, read: Callable[[InstagramAccount], object], code: int
) -> None:
    api.answer = lambda _: refusal(code, "Invented")
    client = Client(httpx.MockTransport(api.handle))

    with pytest.raises(TokenRefused, match="begins with EAA") as caught:
        read(InstagramAccount(client, Token("EAA" + TOKEN[3:])))
    client.close()

    assert f"code {code}" in str(caught.value)
    assert "API setup with Instagram login" in caught.value.cure
    assert caught.value.needs_person


def test_a_host_that_is_down_says_nothing_of_the_token(api: Graph) -> None:
    api.answer = lambda _: refusal(2, "Invented")
    client = Client(httpx.MockTransport(api.handle))

    with pytest.raises(Unreachable) as caught:
        InstagramAccount(client, Token("EAA" + TOKEN[3:])).read_user()
    client.close()

    assert "EAA" not in str(caught.value)
