"""The account behind a token."""

from mkdocs_instagram.errors import GraphError, TokenRefused, UnknownField

from . import graph
from .client import Client
from .models import JSON, Batch, User
from .secrets import Token

_NOT_FOUND = 100
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
        notes: A sentence for each set of fields that Instagram did not know, for the log.
    """

    def __init__(self, client: Client, token: Token) -> None:
        self._client = client
        self._token = token
        self._known_fields: dict[str, str] = {}
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
        return graph.decipher_user(user), graph.decipher_batch(media)

    def next_batch(self, limit: int, after: str) -> Batch:
        """Return the media behind the cursor `after`.

        Raises:
            InstagramError: The call failed. Caught by `feed.loader`.
        """
        return graph.decipher_batch(self._ask(graph.media_request(limit, after)))

    def is_gone(self, media_id: str) -> bool:
        """Tell whether Instagram says that a media no longer exists (code 100).

        Raises:
            InstagramError: The call failed otherwise. Caught by `feed.loader`.
        """
        try:
            self._ask(graph.node_request(media_id))
        except GraphError as error:
            if error.code == _NOT_FOUND:
                return True
            raise
        return False

    def _ask_all(self, *requests: graph.GraphRequest) -> list[JSON]:
        """Return the answers; a request with a field that is unknown is sent again with fewer."""
        try:
            answers = self._client.ask(self._token, [self._adapt(it) for it in requests])
            return [
                self._ask_for_less(request, answer) if isinstance(answer, UnknownField) else answer
                for request, answer in zip(requests, answers, strict=True)
            ]
        except (GraphError, TokenRefused) as error:
            if self._token.is_facebook:
                what = f"{error.what} {_FACEBOOK_LOGIN}"
                raise TokenRefused(what, _GENERATE_ANOTHER) from None
            raise

    def _ask_for_less(self, request: graph.GraphRequest, error: UnknownField) -> JSON:
        fields = request.params["fields"]
        self._known_fields[fields], note = _FEWER_FIELDS[fields]
        self.notes.append(f"{error.what} {note}")
        return self._ask(request)

    def _ask(self, request: graph.GraphRequest) -> JSON:
        (answer,) = self._client.ask(self._token, [self._adapt(request)])
        if isinstance(answer, UnknownField):
            raise answer
        return answer

    def _adapt(self, request: graph.GraphRequest) -> graph.GraphRequest:
        fields = request.params["fields"]
        known = self._known_fields.get(fields, fields)
        return request._replace(params={**request.params, "fields": known})
