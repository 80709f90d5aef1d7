"""A hook of MkDocs: looks for secrets in everything that can be reached from the plugin.

It goes from object to object through attributes, slots, closures, containers and frames, as a theme
template or a hook can. It does not call anything, and does not enter modules, classes or the global
variables of functions. What it finds is in `reach.json`.
"""

import gc
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType
from typing import Any

_CLOSED = ModuleType | CodeType | BuiltinFunctionType | type
_SHOWN = json.loads(os.environ.get("REACH_SECRETS", "[]"))


def on_post_page(output: str, *, page: Any, config: Any) -> str:
    """Look while the feeds are loaded and the network is open."""
    look(config.plugins["instagram"])
    return output


def on_post_build(*, config: Any) -> None:
    """Look once more, when all is closed."""
    look(config.plugins["instagram"])


def look(plugin: object) -> None:
    """Add what is reached to `reach.json`: the classes of the package, and each place of a leak."""
    path = Path("reach.json")
    found = json.loads(path.read_text("utf-8")) if path.exists() else {"classes": [], "leaks": []}
    for thing, way in walk(plugin):
        kind = type(thing)
        if kind.__module__.startswith("mkdocs_instagram"):
            found["classes"].append(kind.__qualname__)
        found["leaks"] += [f"{way} ({how})" for how, text in show(thing) if is_secret(text)]
    found["classes"] = sorted(set(found["classes"]))
    path.write_text(json.dumps(found), encoding="utf-8")


def walk(root: object) -> Iterator[tuple[object, str]]:
    """Yield each object that can be reached from `root` once, with a way to it."""
    seen: dict[int, object] = {}
    waiting = [(root, "plugin")]
    while waiting:
        thing, way = waiting.pop()
        if id(thing) in seen or isinstance(thing, _CLOSED) or thing is seen:
            continue
        seen[id(thing)] = thing
        yield thing, way
        inner = f"{way} > {type(thing).__name__}"
        waiting += [(part, inner) for part in list_parts(thing)]


def list_parts(thing: object) -> Iterable[object]:
    """Return what an object consists of."""
    if isinstance(thing, FunctionType):
        return [thing.__closure__, thing.__defaults__, thing.__kwdefaults__, thing.__dict__]
    if isinstance(thing, FrameType):
        return [thing.f_locals]
    return gc.get_referents(thing)


def show(thing: object) -> Iterator[tuple[str, str]]:
    """Yield what prints of an object: its text, its repr, its attributes."""
    if isinstance(thing, bytes | bytearray):
        yield "bytes", thing.decode("latin-1")
    elif isinstance(thing, str):
        yield "str", thing
    elif not isinstance(thing, dict | list | tuple | set | frozenset):  # their parts are seen
        yield "repr", repr(thing)
        yield "str", str(thing)
        yield "vars", str(getattr(thing, "__dict__", ""))


def is_secret(text: str) -> bool:
    """Tell whether a text contains a part of a secret."""
    return any(secret in text for secret in _SHOWN)
