"""Highlights feed tags in code: an HTML comment with YAML in it."""

from pygments.lexer import bygroups, using
from pygments.lexers.data import YamlLexer
from pygments.lexers.html import HtmlLexer
from pygments.token import Comment, Name

TAG = (
    r"(?s)(<!--\s*)(instagram)\b(.*?)(-->)",
    bygroups(Comment, Name.Tag, using(YamlLexer), Comment),
)


def on_startup(**_: object) -> None:
    """Add the tag to Pygments' lexer for HTML, which reads its rules when it is first used."""
    HtmlLexer.tokens["root"].insert(0, TAG)
