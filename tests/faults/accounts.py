"""A feed of two accounts, one of which fails; the posts of the other stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conftest import OTHER_TOKEN

from .cases import Case
from .fault import Fault


def _plant(environment: Mapping[str, str]) -> Callable[[Case], Callable[[], None]]:
    def plant(case: Case) -> Callable[[], None]:
        options = dict(case.site.options)
        case.site.options = {
            **options,
            "accounts": {"main": {}, "shop": {"token_env": "SHOP_TOKEN"}},
            "defaults": {**options.get("defaults", {}), "account": ["main", "shop"]},
        }
        case.site.write_config()
        case.environment.update(environment)

        def undo() -> None:
            case.site.options = options
            case.site.write_config()

        return undo

    return plant


def _fail(name: str, said: str, **environment: str) -> Fault:
    return Fault(
        f"Of two accounts, {name}",
        _plant(environment),
        ("renewed", "WARNING"),
        ("renewed", "WARNING"),
        said=said,
        cure="Nothing is saved, so the feed is shown without its posts.",
    )


ACCOUNTS = [
    _fail("the second has no token", "account shop: "),
    _fail("the second's token is refused", "account shop: ", SHOP_TOKEN=OTHER_TOKEN),
    _fail("the second's token is no token", "account shop: ", SHOP_TOKEN="a word"),
]
