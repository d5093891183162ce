"""Go fences where the site has no superfences, only Python-Markdown's own fenced code.

A site that has never asked for superfences must look as before: putting it in would change how
every block of code is highlighted. So superfences' search, which is right everywhere a fence can
stand, is run for Go fences only, and a fence that gets no panel is left in the text for whatever
reads it else. Code with a panel is highlighted by the site's own fenced code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymdownx.superfences import (
    SuperFencesBlockPreprocessor,
    SuperFencesCodeBlockProcessor,
    SuperFencesCodeExtension,
)

from mkdocs_gomem.lean import override

if TYPE_CHECKING:
    from markdown import Markdown
    from markdown.preprocessors import Preprocessor


class GoFences(SuperFencesCodeExtension):  # type: ignore[misc]
    """superfences, except that it takes no fence of its own and replaces nothing."""

    def __init__(self, md: Markdown, fenced: Preprocessor) -> None:
        super().__init__()
        self.fenced = fenced
        """The site's own reader of fences."""
        self.block: Any = None
        self.extendMarkdown(md)
        others = {
            "name": "gomem-others",
            "test": _takes_all,
            "validator": _takes_all,
            "formatter": _leaves,
            "reset": None,
        }
        self.superfences[:] = [others]

    @override
    def patch_fenced_rule(self) -> None:
        """Set up the search and its way back from indented code; the site's own reader stays."""
        config = self.getConfigs()
        self.block = SuperFencesBlockPreprocessor(self.md)
        self.block.config = config
        self.block.extension = self
        indented = SuperFencesCodeBlockProcessor(self.md.parser)
        indented.config = config
        indented.extension = self
        self.md.parser.blockprocessors.register(indented, "code", 80)
        self.md.registerExtensions(
            ["pymdownx.highlight"], {"pymdownx.highlight": {"_enabled": False}}
        )

    def highlight(self, src: str, language: str, options: dict[str, Any], **rest: Any) -> str:
        """Show code as the site's own fenced code does."""
        given = [f".{name}" for name in (language, *rest.get("classes", ()))]
        if rest.get("id_value"):
            given.insert(0, f"#{rest['id_value']}")
        given += [f'{key}="{value}"' for key, value in rest.get("attrs", {}).items()]
        lines = f' hl_lines="{options["hl_lines"]}"' if "hl_lines" in options else ""
        header = f"{language}{lines}" if len(given) == 1 else f"{{ {' '.join(given)}{lines} }}"
        fence = "~~~"
        while fence in src:
            fence += "~"
        stash = self.md.htmlStash
        before = stash.html_counter
        self.fenced.run([f"{fence}{header}", *src.rstrip("\n").split("\n"), fence])
        if stash.html_counter != before + 1:
            raise RuntimeError("fenced code did not take the block")
        stash.html_counter = before
        code: str = stash.rawHtmlBlocks.pop()
        return code


def _takes_all(*_: Any, **__: Any) -> bool:
    """Take any language with any options, so that superfences knows what is inside a fence."""
    return True


def _leaves(**_: Any) -> None:
    """Leave a fence in the text."""


def is_superfences(block: Preprocessor) -> bool:
    """Say whether a reader of fences is superfences'."""
    return isinstance(block, SuperFencesBlockPreprocessor)
