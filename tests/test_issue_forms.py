"""The forms for issues, as GitHub reads them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".github" / "ISSUE_TEMPLATE"
FORMS = [FOLDER / "bug.yml", FOLDER / "idea.yml"]

# GitHub's documentation: "Syntax for issue forms" and "Syntax for GitHub's form schema".
FORM_KEYS = {"name", "description", "body", "assignees", "labels", "projects", "title", "type"}
ATTRIBUTES = {
    "markdown": {"value"},
    "textarea": {"label", "description", "placeholder", "value", "render"},
    "input": {"label", "description", "placeholder", "value"},
    "dropdown": {"label", "description", "multiple", "options", "default"},
    "checkboxes": {"label", "description", "options"},
}


def read_yaml(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_as_github_reads_it(path: Path) -> None:
    form = read_yaml(path)
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    ids = [field["id"] for field in fields]
    labels = [field["attributes"]["label"] for field in fields]

    assert {"name", "description", "body"} <= form.keys() <= FORM_KEYS
    assert fields
    assert len(set(ids)) == len(ids)
    assert len(set(labels)) == len(labels)
    assert all(re.fullmatch(r"[\w-]+", name) for name in ids)
    for part in form["body"]:
        assert part.keys() <= {"type", "id", "attributes", "validations"}
        assert part["attributes"].keys() <= ATTRIBUTES[part["type"]]
        assert part.get("validations", {}).keys() <= {"required"}
        for option in part["attributes"].get("options", []):
            assert option.keys() <= {"label", "required"}


def test_a_report_asks_for_the_doctor_and_for_no_secret() -> None:
    text = FORMS[0].read_text(encoding="utf-8")

    assert "`mkdocs-instagram doctor --json`" in text
    assert "**Do not paste an access token, and do not attach the folder `.cache`**" in text


def test_issues_without_a_form_are_off() -> None:
    assert read_yaml(FOLDER / "config.yml") == {"blank_issues_enabled": False}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_links_of_a_form_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\(\.\./(.+?)\)", path.read_text(encoding="utf-8"))

    assert links
    for link in links:
        assert link == "security/policy" or (ROOT / link.removeprefix("blob/HEAD/")).is_file()
