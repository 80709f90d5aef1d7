"""Where authors put feed tags, in Markdown, and what is shown there."""

from collections.abc import Mapping

TAG = "<!-- instagram -->"

FEED: Mapping[str, str] = {
    "a paragraph": f"Before.\n\n{TAG}\n\nAfter.",
    "the first line": f"{TAG}\n\nAfter.",
    "the last line, without a line break": f"Before.\n\n{TAG}",
    "a sentence": f"Before {TAG} after.",
    "no space in it": "Before.\n\n<!--instagram-->\n",
    "a line under text": f"Before.\n{TAG}\nAfter.",
    "a preset": "<!-- instagram team -->",
    "a preset and options": "<!-- instagram team {caption: below} -->",
    "options of several lines": "<!-- instagram\nlimit: 1\ncaption: below\n-->",
    "options of several lines in a list": "- One\n\n    <!-- instagram\n    limit: 1\n    -->\n",
    "a tight list": f"- One\n- {TAG}\n",
    "a loose list": f"- One\n\n- {TAG}\n",
    "a numbered list": f"1. One\n2. {TAG}\n",
    "a nested list": f"- One\n    - {TAG}\n",
    "a task list": f"- [x] One\n- [ ] {TAG}\n",
    "a definition list": f"Feed\n:   {TAG}\n",
    "a quotation": f"> Before.\n>\n> {TAG}\n",
    "a table": f"| A | B |\n| --- | --- |\n| One | {TAG} |\n",
    "an admonition": f'!!! note "Feed"\n\n    {TAG}\n',
    "a collapsible block": f'??? note "Feed"\n\n    {TAG}\n',
    "a tab": f'=== "Feed"\n\n    {TAG}\n\n=== "Other"\n\n    Words.\n',
    "a tab of an admonition": f'!!! note\n\n    === "Feed"\n\n        {TAG}\n',
    "a footnote": f"Before[^1].\n\n[^1]: {TAG}\n",
    "a snippet": '--8<-- "feed.md"\n',
    "a grid of cards": f'<div class="grid cards" markdown>\n\n- {TAG}\n\n</div>\n',
    "Markdown in HTML": f"<div markdown>\n\n{TAG}\n\n</div>\n",
    "raw HTML": f"<div>\n{TAG}\n</div>\n",
    "raw HTML in a sentence": f"Before <span>{TAG}</span> after.",
    "details of raw HTML": f"<details><summary>Feed</summary>\n{TAG}\n</details>\n",
    "pre of raw HTML, where it is no code": f"<pre>{TAG}</pre>\n",
    "bold text": f"**Before {TAG}**",
    "a heading": f"## Feed {TAG}\n\nAfter.",
    "after code": f"``` html\n&lt;b&gt;\n```\n\n{TAG}\n",
    "a capital letter": "Before.\n\n<!-- Instagram -->\n\nAfter.",
}
"""One feed is shown, and no part of the tag."""

TEXT: Mapping[str, str] = {
    "fenced code": f"``` html\n{TAG}\n```\n",
    "fenced code without a language": f"```\n{TAG}\n```\n",
    "fenced code in a list": f"- One\n\n    ``` html\n    {TAG}\n    ```\n",
    "fenced code in a tab": f'=== "Code"\n\n    ``` html\n    {TAG}\n    ```\n',
    "indented code": f"Before.\n\n    {TAG}\n",
    "inline code": f"Before `{TAG}` after.",
    "inline code with a language": f"Before `#!html {TAG}` after.",
    "inline code in a table": f"| A |\n| --- |\n| `{TAG}` |\n",
    "entities": "Before &lt;!-- instagram --&gt; after.",
    "an escaped mark": "Before <\\!-- instagram --> after.",
}
"""The tag is shown as it is written; no feed is shown."""

NOTHING: Mapping[str, str] = {
    "another comment": "Before.\n\n<!-- not now: <!-- instagram --> \n\nAfter.",
    "a comment of more words": "Before.\n\n<!-- instagram is where we post -->\n\nAfter.",
}
"""Neither a feed nor the tag is shown."""

PLACEMENTS = {
    **{name: ("feed", text) for name, text in FEED.items()},
    **{name: ("text", text) for name, text in TEXT.items()},
    **{name: ("nothing", text) for name, text in NOTHING.items()},
}
EXTENSIONS = [
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    {"toc": {"permalink": True}},
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    {"pymdownx.snippets": {"base_path": ["docs"], "check_paths": True}},
    "pymdownx.superfences",
    {"pymdownx.tabbed": {"alternate_style": True}},
    "pymdownx.tasklist",
]
