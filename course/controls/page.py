"""The one widget of the course: a page of blocks that sends back what the learner did.

>>> page = Page(blocks, on_act=lambda act: page.show(next_blocks))
>>> page.show(blocks, focus="feedback", say="Best. She agrees to call her sister.")

An act is a dictionary such as ``{"do": "week-3", "value": "same-day-visit", "sure": "lean"}``: the name of
the control or button, its value, and how sure the learner was where that was asked. Each act also has its
``turn``; a view names the turn that it answers, so that a control the learner has moved on since is left alone.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

from course.look import FIGURE_CSS, css_variables

from .blocks import Block, as_text

_HERE = Path(__file__).parent

RERUN = "To go on, open the menu Run and choose Run All Cells. Your choices so far are kept."

#: Beside the live page stands this line. It shows only where the page cannot be drawn (a reopened notebook
#: without saved widget state), and then also hides the host's own message about a missing model.
_SAVED = """<style>
.jp-OutputArea-child:has(.cc-saved):has(+ .jp-OutputArea-child .cc-page){{display:none}}
.jp-OutputArea-child:has(.cc-saved) + .jp-OutputArea-child:not(:has(.cc-page)){{display:none}}
</style><div class="cc-saved" role="note"><p><strong>{title}</strong></p><p>{advice}</p></div>"""


class Page(anywidget.AnyWidget):
    """A page of blocks. ``view`` is all that the browser needs to draw it."""

    _esm = _HERE / "page.js"
    _css = css_variables() + FIGURE_CSS + (_HERE / "page.css").read_text(encoding="utf-8")
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, blocks: list[Block], on_act: Callable[[dict], None], title: str):
        super().__init__(view=_view(blocks, 0), layout={})
        self.title = title
        self._on_act, self._turn = on_act, ""
        self.on_msg(lambda _widget, message, _buffers: self._hear(message))

    def _hear(self, message: dict) -> None:
        self._turn = str(message.get("turn", ""))
        self._on_act(message)

    def show(self, blocks: list[Block], focus: str = "", say: str = "") -> None:
        """Draw these blocks instead, move the focus to the one so named, and announce a sentence."""
        self.view = _view(blocks, self.view["rev"] + 1, focus, say, self._turn)

    @property
    def text(self) -> str:
        """The text twin of what the page shows now."""
        return as_text(self.view["blocks"])

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        display(HTML(_SAVED.format(title=html.escape(self.title), advice=RERUN)))
        # Without words of its own: where the page cannot be drawn, the host would show its address in memory.
        display({**super()._repr_mimebundle_()[0], "text/plain": ""}, raw=True)


def _view(blocks: list[Block], rev: int, focus: str = "", say: str = "", turn: str = "") -> dict:
    return {"rev": rev, "blocks": blocks, "focus": focus, "say": say, "rerun": RERUN, "turn": turn}
