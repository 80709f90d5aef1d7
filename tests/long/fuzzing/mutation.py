"""Changes to answers that keep them JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from hostile import TEXTS

from .answers import HEAD

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**40,
    1.5,
    "",
    [],
    {},
    "IMAGE",
    "VIDEO",
    "CAROUSEL_ALBUM",
)


def mutate(data: bytes, size: int, chance: Random, mutate_bytes: Callable[[bytes], bytes]) -> bytes:
    """Return `data` with up to four values of its JSON changed; in one of eight cases, its bytes.

    Args:
        data: Two bytes, then an answer's body.
        size: The most bytes to return; where the result is longer, `data` is changed as bytes.
        chance: Decides everything except what `mutate_bytes` does.
        mutate_bytes: libFuzzer's own change.
    """
    try:
        answer = json.loads(data[HEAD:])
    except (ValueError, RecursionError):
        return mutate_bytes(data)
    if chance.randrange(8) == 0:
        return mutate_bytes(data)
    for _ in range(chance.randint(1, 4)):
        answer = _change(answer, chance, mutate_bytes)
    head = bytes((chance.choice((0, 0, 0, 255)), chance.randrange(256)))
    changed = head + json.dumps(answer, ensure_ascii=chance.random() < 0.5).encode(
        "utf-8", "surrogatepass"
    )
    return changed if len(changed) <= size else mutate_bytes(data)


def _change(answer: Any, chance: Random, mutate_bytes: Callable[[bytes], bytes]) -> Any:
    places = _walk(answer)
    if not places:
        return {"data": [{"id": "1"}]}
    parent, key = chance.choice(places)
    match chance.randrange(6):
        case 0:
            del parent[key]
        case 1:
            parent[key] = deepcopy(chance.choice(VALUES))
        case 2:
            other, name = chance.choice(places)
            parent[key] = deepcopy(other[name])
        case 3 if isinstance(parent, list):
            parent.insert(key, deepcopy(parent[key]))
        case _ if isinstance(parent[key], str):
            parent[key] = _change_text(parent[key], chance, mutate_bytes)
        case _:
            parent[key] = chance.choice(TEXTS)
    return answer


def _change_text(text: str, chance: Random, mutate_bytes: Callable[[bytes], bytes]) -> str:
    match chance.randrange(3):
        case 0:
            return mutate_bytes(text.encode("utf-8", "replace")).decode("utf-8", "replace")
        case 1:
            place = chance.randrange(len(text) + 1)
            return text[:place] + chance.choice(TEXTS)[:200] + text[place:]
        case _:
            return chance.choice(TEXTS)[:400]


def _walk(node: Any) -> list[tuple[Any, Any]]:
    """Return container and key of every value below `node`."""
    keys: list[Any] = []
    if isinstance(node, dict | list):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    return [(node, key) for key in keys] + [pair for key in keys for pair in _walk(node[key])]
