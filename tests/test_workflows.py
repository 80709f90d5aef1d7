"""The repository's own workflows, and the notes of a release."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mkdocs.config import load_config

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
CI_PAGE = (ROOT / "example-site" / "docs" / "guide" / "ci.md").read_text(encoding="utf-8")
USES = re.compile(r"\buses: ([\w./-]+)@(\S+)(?: # (v\d+(?:\.\d+)*))?")


def read_yaml(path: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def jobs_of(name: str) -> dict[str, Any]:
    return dict(read_yaml(GITHUB / "workflows" / name)["jobs"])


def all_steps() -> Iterator[dict[str, Any]]:
    for path in WORKFLOWS:
        for job in read_yaml(path)["jobs"].values():
            yield from job.get("steps", [])
    yield from read_yaml(ROOT / "action.yml")["runs"]["steps"]


def pins() -> list[tuple[str, str, str]]:
    files = [*WORKFLOWS, ROOT / "action.yml"]
    found = [pin for path in files for pin in USES.findall(path.read_text(encoding="utf-8"))]
    return [(re.sub(r"/(restore|save)$", "", name), *rest) for name, *rest in found]


def test_no_value_is_pasted_into_a_script() -> None:
    scripts = [step["run"] for step in all_steps() if "run" in step]

    assert len(scripts) > 20
    assert [script for script in scripts if "${{" in script] == []


def test_each_action_is_pinned_to_one_commit_with_its_version() -> None:
    found = pins()

    assert len(found) > 20
    assert [pin for pin in found if not re.fullmatch(r"[0-9a-f]{40}", pin[1]) or not pin[2]] == []
    assert len(set(found)) == len({name for name, _, _ in found})


def test_the_documentation_has_the_same_major_versions() -> None:
    ours = {name: version.partition(".")[0] for name, _, version in pins()}
    shown = {
        (re.sub(r"/(restore|save)$", "", name), tag)
        for name, tag, _ in USES.findall(CI_PAGE)
        if name.startswith("actions/")
    }

    assert len(shown) > 5
    assert {(name, tag) for name, tag in shown if ours[name] != tag} == set()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_least_permissions_and_an_end(path: Path) -> None:
    workflow = read_yaml(path)

    assert workflow["permissions"] == {}
    assert workflow["concurrency"]
    for job in workflow["jobs"].values():
        assert "uses" in job or 0 < job["timeout-minutes"] <= 20
        assert "permissions" in job


def test_only_the_jobs_that_publish_may_write() -> None:
    written = {
        (path.stem, name): sorted(
            key for key, value in job["permissions"].items() if value == "write"
        )
        for path in WORKFLOWS
        for name, job in read_yaml(path)["jobs"].items()
    }

    assert {job: keys for job, keys in written.items() if keys} == {
        ("pages", "deploy"): ["id-token", "pages"],
        ("release", "publish"): ["id-token"],
        ("release", "release"): ["contents"],
    }


@pytest.mark.parametrize("name", ["mkdocs", "theme-mkdocs", "theme-readthedocs"])
def test_the_example_site_gets_the_addresses_of_pages_and_repository(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (step,) = (step for step in jobs_of("pages.yml")["build"]["steps"] if "env" in step)
    base = "https://somebody.github.io/mkdocs-instagram"
    path = ROOT / "example-site" / f"{name}.yml"
    before = load_config(str(path)).site_url
    for variable, value in step["env"].items():
        given = value.replace("${{ steps.pages.outputs.base_url }}", base)
        given = given.replace("${{ github.server_url }}", "https://github.com")
        given = given.replace("${{ github.repository }}", "somebody/mkdocs-instagram")
        monkeypatch.setenv(variable, given)

    after = load_config(str(path))

    assert before
    assert after.site_url == before.replace("https://quillmoor.example.org", base)
    assert after.repo_url == "https://github.com/somebody/mkdocs-instagram"


def test_recipes_in_the_published_site_name_the_repository() -> None:
    hook = runpy.run_path(str(ROOT / "example-site" / "hooks" / "repository.py"))
    path = str(ROOT / "example-site" / "mkdocs.yml")
    config = load_config(path, repo_url="https://github.com/somebody/mkdocs-instagram")

    assert "  - hooks/repository.py\n" in Path(path).read_text(encoding="utf-8")
    assert hook["on_page_markdown"](CI_PAGE, config=load_config(path, repo_url="")) == CI_PAGE
    assert "OWNER" not in hook["on_page_markdown"](CI_PAGE, config=config)


def test_a_release_is_made_of_what_was_tested_and_told() -> None:
    jobs = jobs_of("release.yml")
    needs = {name: job.get("needs") for name, job in jobs.items()}
    scripts = [step["run"] for step in jobs["version"]["steps"] if "run" in step]

    assert needs == {
        "ci": None,
        "version": "ci",
        "publish": ["ci", "version"],
        "release": "publish",
    }
    assert any("release_notes.py" in script for script in scripts)


CHANGES = """\
# Changelog

## [Unreleased]

* Not yet

## [0.2.0] - 2026-10-01

Some words that are
wrapped.

### Added

* One thing, which takes
  [two
  lines](example-site/docs/index.md).
    * A detail
* Another, as [everybody](https://example.org/) says

## [0.1.1] - soon

* Undated

## [0.1.0] - 2026-08-01
"""


def run_notes(tmp_path: Path, version: str) -> "subprocess.CompletedProcess[str]":
    script = tmp_path / ".github" / "scripts" / "release_notes.py"
    script.parent.mkdir(parents=True)
    script.write_text((GITHUB / "scripts" / "release_notes.py").read_text(encoding="utf-8"))
    (tmp_path / "CHANGELOG.md").write_text(CHANGES, encoding="utf-8")
    address = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b"}
    return subprocess.run(
        [sys.executable, str(script), version],
        env={**os.environ, **address},
        capture_output=True,
        check=False,
        text=True,
    )


def test_the_notes_of_a_release_are_its_section_of_the_changelog(tmp_path: Path) -> None:
    done = run_notes(tmp_path, "0.2.0")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Some words that are wrapped.\n\n### Added\n\n"
        "* One thing, which takes [two lines]"
        "(https://github.com/a/b/blob/v0.2.0/example-site/docs/index.md).\n"
        "    * A detail\n"
        "* Another, as [everybody](https://example.org/) says\n"
    )


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("0.3.0", "CHANGELOG.md has no heading `## [0.3.0] - YYYY-MM-DD`."),
        ("0.1.1", "CHANGELOG.md has no heading `## [0.1.1] - YYYY-MM-DD`."),
        ("0.2", "CHANGELOG.md has no heading `## [0.2] - YYYY-MM-DD`."),
        ("0.1.0", "CHANGELOG.md lists no change of version 0.1.0."),
    ],
)
def test_a_version_without_a_section_is_not_released(
    tmp_path: Path, version: str, reason: str
) -> None:
    done = run_notes(tmp_path, version)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{reason} Nothing was published. Write it, and tag again.\n"
