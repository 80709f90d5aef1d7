"""How long a feed stays after its user removed the app; no outside thing but the store passed in.

Who removes the app takes back the permission, but codes are mistaken now and then, and a site
should not lose a feed to one bad answer.
"""

from datetime import UTC, datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, read_moment, removed_key
from mkdocs_instagram.errors import AppRemoved

KEPT = timedelta(days=7)
SEPARATE_DAYS = 3


def note_removal(error: AppRemoved, account: str, store: EntryStore) -> AppRemoved:
    """Note a refusal, and return it with what becomes of the saved feed.

    The feed must go 7 days after the first refusal, if there were some on 3 separate days. All are
    counted by Instagram's clock: a wrong one of this computer removes nothing, and neither does an
    answer without a date.
    """
    moments = _read(account, store)
    if at := error.answered_at:
        if at.date() not in {moment.date() for moment in moments}:
            moments = sorted([*moments, at])
            store.put(removed_key(account), {"refused": [moment.isoformat() for moment in moments]})
        kept_until = moments[0] + KEPT
        if at >= kept_until and len(moments) >= SEPARATE_DAYS:
            what = f"{error.what} {_GONE}"
            return AppRemoved(what, answered_at=at, is_final=True)
        kept_until = max(kept_until, at + timedelta(days=1))
        return AppRemoved(error.what, answered_at=at, kept_until=kept_until)
    return error


def forget_removal(account: str, store: EntryStore) -> None:
    """Forget earlier refusals, as a call went through."""
    if _read(account, store):
        store.put(removed_key(account), {"refused": []})


_GONE = (
    "That was 7 days ago and was so on 3 days at least: the saved feed is removed, with its "
    "pictures."
)


def _read(account: str, store: EntryStore) -> list[datetime]:
    noted = (store.get(removed_key(account)) or {}).get("refused")
    moments = [read_moment(text) for text in (noted if isinstance(noted, list) else ())]
    return sorted(moment.astimezone(UTC) for moment in moments if moment)
