"""A search by atheris for answers that break a rule: `make fuzz`.

Arguments: those of libFuzzer, such as `-runs=1000000`, then a folder for what it finds. Good
answers are added to that folder first. Every 100,000 runs it prints how many became a page.
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["mkdocs_instagram"]):
    from fuzzing.answers import show_input
from fuzzing.mutation import mutate
from fuzzing.seeds import write_answers

COUNT: Counter[str] = Counter()


def try_answer(data: bytes) -> None:
    """Show an answer, and count it."""
    COUNT["runs"] += 1
    if show_input(data):
        COUNT["pages"] += 1
    if COUNT["runs"] % 100_000 == 0:
        sys.stderr.write(f"{COUNT['pages']} of {COUNT['runs']} runs became a page\n")


def change(data: bytes, size: int, seed: int) -> bytes:
    """Change an answer so that it is still JSON in most cases."""
    return mutate(data, size, Random(seed), lambda part: bytes(atheris.Mutate(part, size)))


if __name__ == "__main__":
    folder = Path(sys.argv[-1])
    folder.mkdir(parents=True, exist_ok=True)
    write_answers(folder)
    atheris.Setup(sys.argv, try_answer, custom_mutator=change)
    atheris.Fuzz()
