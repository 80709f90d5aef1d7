import json
from typing import Any

import pytest

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
from mkdocs_instagram.instagram.refusals import (
    find_error,
    load_json,
    make_exception,
    make_rate_limited,
)
from mkdocs_instagram.text import describe_wait

TOKEN = "IGAA" + "x1Y2z3W4v5" * 15
HOUR = 3600.0
DAY = 24 * HOUR


def classify(**error: Any) -> InstagramError:
    return make_exception({"message": "(#0) Something", **error}, 400, {})


@pytest.mark.parametrize(
    ("codes", "error", "needs_person"),
    [
        ((190, 101, 102, 104), TokenRefused, True),
        ((4, 17, 32, 341, 613, 80002), RateLimited, False),
        ((3, 10, 200, 250, 299), PermissionDenied, True),
        ((1, 2, -1, -2), Unreachable, False),
        ((100, 803, 2500, 18, 24, 368, 300, 199, 9004, 0, 400), GraphError, False),
    ],
)
def test_each_code_has_its_class(
    codes: tuple[int, ...], error: type[InstagramError], needs_person: bool
) -> None:
    for code in codes:
        found = classify(code=code)
        assert type(found) is error, code
        assert found.needs_person is needs_person, code


@pytest.mark.parametrize("code", [4, 190, 10, 200, 368])
def test_a_known_code_wins_over_is_transient(code: int) -> None:
    assert type(classify(code=code, is_transient=True)) is type(classify(code=code))


@pytest.mark.parametrize(
    ("error", "is_temporary"),
    [
        ({"code": 9999, "is_transient": True}, True),
        ({"code": 9999, "is_transient": False}, False),
        ({"code": 9999, "is_transient": "true"}, False),
        ({"is_transient": True}, True),
        ({}, False),
    ],
)
def test_an_unknown_code_is_temporary_when_it_says_so(
    error: dict[str, Any], is_temporary: bool
) -> None:
    assert isinstance(classify(**error), Unreachable) is is_temporary


@pytest.mark.parametrize("code", [None, "190", 190.0, True, [190]])
def test_a_code_that_is_no_number_is_no_code(code: object) -> None:
    error = classify(code=code)

    assert type(error) is GraphError
    assert "no code" in error.what


def test_status_429_is_throttling_whatever_the_body() -> None:
    error = make_exception({"message": "slow down"}, 429, {})

    assert isinstance(error, RateLimited)
    assert "None" not in error.what


@pytest.mark.parametrize(
    ("subcode", "message", "says"),
    [
        (None, "", "Instagram refused the token. ("),
        (458, "", "the app was removed from the account"),
        (459, "", "the account must log in on instagram.com first"),
        (460, "", "the password was changed"),
        (463, "", "it has expired"),
        (464, "", "the user is not confirmed"),
        (467, "", "it is no longer valid"),
        (492, "", "the user no longer has a role on the Page"),
        (1, "", "Instagram refused the token. ("),
        (
            463,
            "Error validating: Session has expired on Tuesday, 01-Dec-26 06:00:00 PST.",
            "which expired on 2026-12-01.",
        ),
        (463, "Session has expired on Tuesday, 01-Xyz-26 06:00:00 PST.", "it has expired"),
        (None, "Invalid OAuth access token - Cannot parse access token", "incomplete, or was made"),
    ],
)
def test_a_refused_token_says_why(subcode: int | None, message: str, says: str) -> None:
    error = make_exception({"code": 190, "error_subcode": subcode, "message": message}, 400, {})

    assert says in error.what
    assert error.cure == ""


def test_an_account_that_is_not_allowed_is_told_what_to_do() -> None:
    error = classify(code=100, message="Unsupported request - method type: get")

    assert isinstance(error, PermissionDenied)
    assert error.what.startswith("The app is not allowed to read the account.")
    assert "Accept the Instagram Tester invite" in error.cure


@pytest.mark.parametrize(
    ("code", "message", "what", "cure"),
    [
        (200, "API access blocked.", "has blocked the app or the account.", "does not help"),
        (200, "(#200) Permissions error", "The app lacks a permission.", "Generate a new token"),
        (101, "Error validating application", "the app was changed", "the app exists"),
        (104, "This API call requires a valid app_id", "the app was changed", "the app exists"),
        (368, "The action has been blocked", "for a while.", "Wait until the block ends"),
        (2500, "Unknown path components: /me", "this version of its API", "Update mkdocs-inst"),
        (2500, "An active access token must be used", "without its token", "a proxy"),
        (803, "(#803) Some of the aliases", "Instagram refused the request.", "Look up the code"),
    ],
)
def test_what_a_code_means_has_its_own_cure(code: int, message: str, what: str, cure: str) -> None:
    error = classify(code=code, message=message)

    assert what in error.what
    assert f"(code {code}; it says: {message[:9]}" in error.what
    assert cure in error.cure


@pytest.mark.parametrize(
    ("code", "message", "is_too_large"),
    [
        (1, "Please reduce the amount of data you're asking for, then retry", True),
        (1, "An unknown error has occurred.", False),
        (2, "Please reduce the amount of data", False),
    ],
)
def test_too_large_an_answer_is_no_problem_that_passes(
    code: int, message: str, *, is_too_large: bool
) -> None:
    error = classify(code=code, message=message)

    assert isinstance(error, Unreachable)
    assert isinstance(error, AnswerTooLarge) is is_too_large
    assert error.is_temporary is not is_too_large


def test_an_error_keeps_code_and_subcode() -> None:
    error = classify(code=100, error_subcode=33)

    assert isinstance(error, GraphError)
    assert (error.code, error.subcode) == (100, 33)


def test_a_lacking_permission_is_told_which_one() -> None:
    assert "instagram_business_basic" in classify(code=10).cure


@pytest.mark.parametrize(
    ("error", "is_unknown"),
    [
        ({"code": 100, "message": "(#100) Tried accessing nonexisting field (alt_text)"}, True),
        ({"code": 100, "message": "(#100) Object does not exist"}, False),
        ({"code": 190, "message": "nonexisting field"}, False),
    ],
)
def test_an_unknown_field_is_told_from_other_bad_parameters(
    error: dict[str, Any], is_unknown: bool
) -> None:
    assert isinstance(classify(**error), UnknownField) is is_unknown


def test_metas_own_words_stand_beside_ours() -> None:
    error = classify(code=2500, message="Unknown path components", fbtrace_id="A0inventedTraceE")

    assert "code 2500; it says: Unknown path components; trace A0inventedTraceE" in error.what


@pytest.mark.parametrize("code", [190, 4, 10, 1, 100, 999])
def test_a_message_is_one_printable_line_without_a_token(code: int) -> None:
    hostile = f"line\n\x1b[31m{TOKEN}\u202e {{{{ x }}}} \ud83d" + "y" * 3000

    what = classify(code=code, message=hostile, fbtrace_id=hostile).what

    assert what.isprintable()
    assert "1Y2z3W4v5" not in what
    assert len(what) < 500


@pytest.mark.parametrize("message", [None, 5, ["a"], {"a": 1}, ""])
def test_a_message_of_any_type_is_borne(message: object) -> None:
    assert classify(code=999, message=message).what


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"data": []}, None),
        ({"error": None, "data": []}, None),
        ({"error": {"code": 4}}, {"code": 4}),
        ({"error": "invalid_request"}, {"message": "invalid_request"}),
        ({"error": ["x"]}, {"message": ["x"]}),
        (
            {"error_type": "OAuthException", "code": 400, "error_message": "Bad"},
            {"message": "Bad", "code": 400},
        ),
        ({"error_message": "Bad"}, {"message": "Bad", "code": None}),
        ({"code": 400, "message": "no error"}, None),
    ],
)
def test_both_envelopes_of_an_error_are_known(
    answer: dict[str, Any], found: dict[str, Any] | None
) -> None:
    assert find_error(answer) == found


LATER = "Wed, 22 Jul 2026 07:28:00 GMT"


def usage(*minutes: object) -> dict[str, str]:
    """Return the header with the minutes until calls are allowed again."""
    entries = [
        {"type": "instagram", "estimated_time_to_regain_access": number} for number in minutes
    ]
    return {"x-business-use-case-usage": json.dumps({"17841400000000001": entries})}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, HOUR),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "0"}, HOUR),
        ({"retry-after": "-5"}, HOUR),
        ({"retry-after": LATER}, HOUR),
        ({"retry-after": LATER, "date": "Wed, 22 Jul 2026 07:18:00 GMT"}, 600.0),
        ({"retry-after": LATER, "date": "Wed, 22 Jul 2026 07:30:00 GMT"}, HOUR),
        ({"retry-after": LATER, "date": "Wed, 22 Jul 2020 07:18:00 GMT"}, DAY),
        ({"retry-after": LATER, "date": "Wed, 22 Jul 2026 07:18:00 -0000"}, HOUR),
        ({"retry-after": LATER, "date": "yesterday"}, HOUR),
        ({"retry-after": "٣"}, HOUR),
        ({"retry-after": "9" * 400}, DAY),
        (usage(7), 420.0),
        (usage(0, 12, 3), 720.0),
        (usage(0) | {"retry-after": "30"}, 30.0),
        (usage(-5), HOUR),
        (usage(10**300), DAY),
        (usage(10**4000), DAY),
        (usage("7", None, True, 1.5), HOUR),
        (usage(), HOUR),
        ({"x-business-use-case-usage": "{"}, HOUR),
        ({"x-business-use-case-usage": "[1]"}, HOUR),
        ({"x-business-use-case-usage": '{"a": 1, "b": [1, null]}'}, HOUR),
    ],
    ids=range(23),
)
def test_the_wait_is_what_the_headers_say_within_a_day(
    headers: dict[str, str], seconds: float
) -> None:
    error = make_rate_limited(4, headers)

    assert error.retry_after == seconds
    assert f"for {describe_wait(seconds)}." in error.what
    assert "code 4" in error.what


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'"\\ud83d"', "\ud83d"),
        (b"{'a': 1}", None),
        (b"Infinity", None),
        (b"\x80", None),
        (b"[" * 100_000, None),
    ],
    ids=range(7),
)
def test_json_that_no_api_writes_is_none(body: bytes, value: object) -> None:
    assert load_json(body) == value
