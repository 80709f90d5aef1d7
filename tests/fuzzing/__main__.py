"""Lets atheris look for answers of the API that break a rule: see `make fuzz`.

Arguments: libFuzzer's own, such as `-runs=1000000`, then a folder of what it has found, to which
good answers are added first.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mkdocs_instagram"]):
    from fuzzing.answers import show
from fuzzing.seeds import write_answers


def try_answer(data: bytes) -> None:
    """Show an answer; the first two bytes choose status and way."""
    show(200 if data[:1] < b"\xf0" else 400, data[2:], data[1] if len(data) > 1 else 0)


if __name__ == "__main__":
    folder = Path(sys.argv[-1])
    folder.mkdir(parents=True, exist_ok=True)
    write_answers(folder)
    atheris.Setup(sys.argv, try_answer)
    atheris.Fuzz()
