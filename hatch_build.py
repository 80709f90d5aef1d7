"""Completes a package: a minified stylesheet, and the links of its page on PyPI."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import rcssmin
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

STYLESHEET = "mkdocs_instagram/render/assets/instagram.css"
DOCS = "example-site/docs/"
# From README.md, GitHub's address of the repository itself.
REPOSITORY = "../../"
CODE_OR_LINK = re.compile(
    r"""
    ^[ ]*(?P<fence>```+|~~~+).*?^[ ]*(?P=fence)[ ]*$      # a code block
    | (?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)    # code in a line
    | (?P<picture>!?)\[(?P<text>(?:!\[[^][]*\]\([^()]*\)|[^][])*)\]\((?P<target>[^()]+)\)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


class MinifyStylesheet(BuildHookInterface[Any]):
    """Puts a minified stylesheet into a wheel; a checkout and the sdist keep the readable one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Replace the stylesheet, unless the package is installed from its source folder."""
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        minified = Path(self._folder.name, "instagram.css")
        css = Path(self.root, STYLESHEET).read_text(encoding="utf-8")
        minified.write_text(rcssmin.cssmin(css), encoding="utf-8")
        build_data["force_include"][str(minified)] = STYLESHEET

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary file."""
        if version != "editable":
            self._folder.cleanup()


class PackagePage(MetadataHookInterface):
    """Gives the package's page the repository's links: `urls`, and those of README.md."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set what is dynamic in pyproject.toml; in an sdist, it is as the sdist was built."""
        root = Path(self.root)
        is_sdist = (root / "PKG-INFO").is_file()
        repository = None if is_sdist else find_repository(root, os.environ)
        metadata.setdefault("urls", repository.list_urls() if repository else {})
        if not is_sdist:
            readme = (root / "README.md").read_text(encoding="utf-8")
            text = complete_links(readme, repository)
            metadata["readme"] = {"content-type": "text/markdown", "text": text}


class Repository(NamedTuple):
    """The repository of this source, at a commit."""

    server: str
    owner: str
    name: str
    commit: str

    @property
    def address(self) -> str:
        """The address of its page."""
        return f"{self.server}/{self.owner}/{self.name}"

    @property
    def documentation(self) -> str:
        """The address of the example site on GitHub Pages; "" on another server."""
        if self.server != "https://github.com":
            return ""
        host = f"{self.owner.lower()}.github.io"
        return f"https://{host}/" + ("" if self.name.lower() == host else f"{self.name}/")

    def list_urls(self) -> dict[str, str]:
        """Return the links beside the description, by name."""
        documentation = {"Documentation": self.documentation} if self.documentation else {}
        return {
            "Homepage": self.documentation or self.address,
            **documentation,
            "Source": self.address,
            "Issues": f"{self.address}/issues",
            "Changelog": f"{self.address}/blob/HEAD/CHANGELOG.md",
        }

    def locate(self, target: str, *, is_picture: bool) -> str:
        """Return the address of a relative link.

        Pages of the documentation are on its site, which renders them: on GitHub, tabs, notes and
        many headings would have no shape and no address. Everything else is as it was at the
        commit, so that the page of an old release does not change.
        """
        if target.startswith(REPOSITORY):
            return f"{self.address}/{target.removeprefix(REPOSITORY)}"
        path, mark, heading = target.partition("#")
        if self.documentation and path.startswith(DOCS) and path.endswith(".md"):
            uri = re.sub(r"(^|/)index/$", r"\1", f"{path[len(DOCS) : -len('.md')]}/")
            return f"{self.documentation}{uri}{mark}{heading}"
        kind = "raw" if is_picture else "tree" if target.endswith("/") else "blob"
        return f"{self.address}/{kind}/{self.commit}/{target}"


def find_repository(root: Path, environment: Mapping[str, str]) -> Repository | None:
    """Return the repository that GitHub Actions, or a server like it, builds.

    Returns:
        None for a build elsewhere, and where another repository's workflow installs this source.
    """
    workspace = environment.get("GITHUB_WORKSPACE")
    if workspace and Path(workspace).resolve() != root.resolve():
        return None
    server = environment.get("GITHUB_SERVER_URL", "").removesuffix("/")
    owner, _, name = environment.get("GITHUB_REPOSITORY", "").partition("/")
    if (
        not re.fullmatch(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?", server)
        or not re.fullmatch(r"[A-Za-z0-9][\w.-]*", owner, re.ASCII)
        or not re.fullmatch(r"(?!\.+$)[\w.-]+", name, re.ASCII)
    ):
        return None
    commit = environment.get("GITHUB_SHA", "")
    is_commit = re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit)
    return Repository(server, owner, name, commit if is_commit else "HEAD")


def complete_links(markdown: str, repository: Repository | None) -> str:
    """Return Markdown with absolute links and pictures.

    Without a repository, the texts of relative links stay, and relative pictures vanish.
    """

    def complete(found: re.Match[str]) -> str:
        target = found["target"]
        if target is None:
            return found[0]
        text = CODE_OR_LINK.sub(complete, found["text"])
        if found["text"] and not text:
            return ""
        if not target.startswith(("https://", "#")):
            if repository is None:
                return "" if found["picture"] else text
            target = repository.locate(target, is_picture=bool(found["picture"]))
        return f"{found['picture']}[{text}]({target})"

    return CODE_OR_LINK.sub(complete, markdown)
