"""Golden files: YAML with the input of a case and, under `expected`, its result.

`pytest --regenerate` writes `expected` again; read the diff then.
"""

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

_FOLDER = Path(__file__).parent / "golden"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, where YAML can."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)


def list_cases(folder: str) -> list[Any]:
    """Return a parameter per file; its name states the case."""
    paths = sorted((_FOLDER / folder).glob("*.yml"))
    assert paths, f"no golden files in {folder}"
    return [pytest.param(path, id=path.stem) for path in paths]


def check(path: Path, run: Callable[[dict[str, Any]], Any], *, regenerate: bool) -> None:
    """Compare what `run` makes of the case with what its file expects."""
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    actual = run(case)
    if regenerate:
        text = yaml.dump(
            {**case, "expected": actual},
            Dumper=_Dumper,
            allow_unicode=True,
            sort_keys=False,
            width=10_000,
        )
        path.write_text(text, encoding="utf-8")
        case["expected"] = actual
    assert actual == case["expected"]


def check_text(name: str, actual: str, *, regenerate: bool) -> None:
    """Compare a text with the file of this name in `golden/`."""
    path = _FOLDER / name
    if regenerate:
        path.write_text(actual, encoding="utf-8")
    expected = path.read_text(encoding="utf-8")
    # This module's assertions show no difference, as pytest rewrites those of tests only.
    difference = difflib.unified_diff(expected.splitlines(), actual.splitlines(), lineterm="")
    assert actual == expected, "\n".join(difference)
