"""Minifies the stylesheet in a wheel."""

import tempfile
from pathlib import Path
from typing import Any

import rcssmin
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STYLESHEET = "mkdocs_instagram/render/assets/instagram.css"


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
