"""The account behind a token."""

from mkdocs_instagram.errors import (
    AnswerTooLarge,
    GraphError,
    PermissionDenied,
    TokenRefused,
    UnknownField,
)

from . import graph
from .client import AskForLess, Client
from .models import JSON, Batch, User
from .secrets import Token

_PARAMETER, _NOT_FOUND = 100, 33
_SMALLER_LIMITS = (50, 25, 10)
_FACEBOOK_LOGIN = "The token begins with EAA, as those of Facebook Login do."
_GENERATE_ANOTHER = (
    'Generate a token under "API setup with Instagram login" in the app\'s dashboard: this version '
    "cannot read a feed with a token of Facebook Login."
)
_FEWER_FIELDS = {
    graph.USER_FIELDS: (graph.USER_FIELDS_REDUCED, "Asked again for the user's name only."),
    graph.MEDIA_FIELDS: (
        graph.MEDIA_FIELDS_REDUCED,
        "Asked again without counts, alt texts and product types.",
    ),
}


class InstagramAccount:
    """Reads the user and the media of a token; a `MediaSource` of `feed.paging`.

    Attributes:
        batch_limit: The most media to request at once; smaller when Instagram refuses so many.
        notes: A sentence for each set of fields that Instagram did not know, for the log.
    """

    def __init__(self, client: Client, token: Token) -> None:
        self._client = client
        self._token = token
        self._known_fields: dict[str, str] = {}
        self.batch_limit = graph.MAX_LIMIT
        self.notes: list[str] = []

    def read_user(self) -> User:
        """Return the user, without any media.

        Raises:
            InstagramError: The call failed. Caught by the commands.
        """
        (user,) = self._ask_all(graph.user_request())
        return graph.decipher_user(user)

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        """Return the user and the newest media, requested together.

        Raises:
            InstagramError: The call failed. Caught by `feed.loader` and `commands.doctor`.
        """
        user, media = self._ask_all(graph.user_request(), graph.media_request(limit))
        return graph.decipher_user(user), self._read_batch(media)

    def next_batch(self, limit: int, after: str) -> Batch:
        """Return the media behind the cursor `after`.

        Raises:
            InstagramError: The call failed. Caught by `feed.loader`.
        """
        (media,) = self._ask_all(graph.media_request(limit, after))
        return self._read_batch(media)

    def is_gone(self, media_id: str) -> bool:
        """Tell whether Instagram says that a media no longer exists (code 100/33).

        Other answers with code 100 do not say so: a field or a parameter may be the reason.

        Raises:
            InstagramError: The call failed otherwise. Caught by `feed.loader`.
        """
        try:
            self._ask_all(graph.node_request(media_id))
        except GraphError as error:
            if error.code != _PARAMETER or isinstance(error, PermissionDenied):
                raise
            return error.subcode == _NOT_FOUND
        return False

    def _read_batch(self, answer: JSON) -> Batch:
        is_reduced = graph.MEDIA_FIELDS in self._known_fields
        return graph.decipher_batch(answer)._replace(is_reduced=is_reduced)

    def _ask_all(self, *requests: graph.GraphRequest) -> list[JSON]:
        """Return the answers; a request that asks for too much is sent again for less."""
        try:
            answers = self._client.ask(self._token, [self._adapt(it) for it in requests])
            return [
                self._ask_for_less(request, answer)
                for request, answer in zip(requests, answers, strict=True)
            ]
        except (GraphError, TokenRefused) as error:
            if self._token.is_facebook:
                what = f"{error.what} {_FACEBOOK_LOGIN}"
                raise TokenRefused(what, _GENERATE_ANOTHER) from None
            raise

    def _ask_for_less(self, request: graph.GraphRequest, answer: JSON | AskForLess) -> JSON:
        """Ask with fewer fields, or for fewer media, until the answer is a good one.

        An answer can be too large by chance, so the first time the same call is made again.
        """
        is_first = True
        while not isinstance(answer, dict):
            if isinstance(answer, UnknownField):
                self._drop_fields(request.params["fields"], answer)
            elif not is_first:
                self._shrink_batches(request, answer)
            is_first &= isinstance(answer, UnknownField)
            (answer,) = self._client.ask(self._token, [self._adapt(request)])
        return answer

    def _drop_fields(self, fields: str, error: UnknownField) -> None:
        if fields in self._known_fields or fields not in _FEWER_FIELDS:
            raise error
        self._known_fields[fields], note = _FEWER_FIELDS[fields]
        self.notes.append(f"{error.what} {note}")

    def _shrink_batches(self, request: graph.GraphRequest, error: AnswerTooLarge) -> None:
        asked = int(self._adapt(request).params.get("limit", 0))
        smaller = [limit for limit in _SMALLER_LIMITS if limit < asked]
        if not smaller:
            raise error
        self.batch_limit = smaller[0]

    def _adapt(self, request: graph.GraphRequest) -> graph.GraphRequest:
        params = dict(request.params)
        params["fields"] = self._known_fields.get(params["fields"], params["fields"])
        if "limit" in params:
            params["limit"] = str(min(int(params["limit"]), self.batch_limit))
        return request._replace(params=params)
