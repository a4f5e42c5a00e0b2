"""What can stand on a page, as plain data, and the same as text.

An interactive is a list of blocks. The page draws them with native HTML elements; :func:`as_text` writes
the same blocks as plain text, so that widget and text can never say different things.

Text in a block may hold paragraphs (an empty line between them) and links, ``[46 %](https://… "Wiles 2013")``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

Block = dict[str, Any]
Control = dict[str, Any]

LINK = re.compile(r'\[([^\]]+)\]\((https?://[^\s)]+)(?: "([^"]*)")?\)')

#: A judgement is a word, a shape and then a colour.
JUDGEMENTS = {
    "best": "Best ✓",
    "reasonable": "Reasonable ○",
    "weak": "Weak △",
    "unsafe": "Unsafe ■",
    "right": "Right ✓",
    "not yet": "Not yet △",
    "unreadable": "Not read yet ○",
    "unanswered": "Not answered yet ○",
    "passed": "Passed ✓",
    "recorded": "Recorded ○",
    "guess": "Your guess ○",
}

#: The four steps of confidence: never marks.
SURE = ("guess", "lean", "fairly sure", "would act on it")


def heading(text: str, level: int = 3, eyebrow: str = "", focus: str = "") -> Block:
    """A heading; ``focus`` names it as a place the keyboard can be sent to."""
    return {"is": "heading", "text": text, "level": level, "eyebrow": eyebrow, "focus": focus}


def prose(text: str, tone: str = "") -> Block:
    return {"is": "prose", "text": text, "tone": tone}


def note(title: str, text: str) -> Block:
    """A notice set apart by a rule: a content note, crisis help, where the receipt goes."""
    return {"is": "note", "title": title, "text": text}


def trend(name: str, low: int, high: int, band: float, points: list[tuple[int, int]], words: str) -> Block:
    """A small line chart of one scale; ``points`` are (week, score)."""
    return {"is": "trend", "name": name, "low": low, "high": high, "band": band, "points": [list(p) for p in points], "words": words}


def choice(name: str, legend: str, options: dict[str, str], submit: str = "Choose", sure: bool | str = False, value=None) -> Block:
    """One answer among several, as a radio group.

    Of this and every control below: ``name`` is what is sent, ``sure`` also asks how sure the learner is (the
    step chosen before, or True), and ``value`` is what stands there already.
    """
    return {"is": "choice", "name": name, "legend": legend, "options": _pairs(options), "submit": submit, "sure": sure, "value": value}


def several(name: str, legend: str, options: dict[str, str], submit: str = "Check", sure: bool | str = False, value=None) -> Block:
    """Any number of answers, as check boxes."""
    return {"is": "several", "name": name, "legend": legend, "options": _pairs(options), "submit": submit, "sure": sure, "value": value}


def number(name: str, legend: str, unit: str = "", submit: str = "Check", sure: bool | str = False, value=None, bounds=None) -> Block:
    """A number to type, sent as it was typed; with ``bounds``, two numbers, sent as a number between them."""
    return {"is": "number", "name": name, "legend": legend, "unit": unit, "submit": submit, "sure": sure, "value": value, "bounds": bounds}


def writing(name: str, legend: str, label: str, hint: str = "", submit: str = "Check", sure: bool | str = False, value=None) -> Block:
    """A few sentences to write, in a field of several lines; ``hint`` describes it."""
    return {"is": "writing", "name": name, "legend": legend, "label": label, "hint": hint, "submit": submit, "sure": sure, "value": value}


def order(name: str, legend: str, options: dict[str, str], submit: str = "Check", sure: bool | str = False, value=None) -> Block:
    """A list to put in order with Up and Down buttons."""
    return {"is": "order", "name": name, "legend": legend, "options": _pairs(options), "submit": submit, "sure": sure, "value": value}


def places(name: str, legend: str, items: dict[str, str], options: dict[str, str], submit: str = "Check", sure: bool | str = False, value=None) -> Block:
    """A place to choose for each item, from a native menu."""
    return {"is": "places", "name": name, "legend": legend, "items": _pairs(items), "options": _pairs(options), "submit": submit, "sure": sure,
            "value": value}  # fmt: skip


def feedback(judgement: str, text: str, because: str = "", sources: tuple[tuple[str, str], ...] = (), focus: str = "feedback") -> Block:
    """What happened and why. ``sources`` are (citation, link)."""
    return {"is": "feedback", "judgement": judgement, "word": JUDGEMENTS[judgement], "text": text, "because": because,
            "sources": [list(source) for source in sources], "focus": focus}  # fmt: skip


def folded(summary: str, blocks: list[Block]) -> Block:
    """Blocks behind one line that opens."""
    return {"is": "folded", "summary": summary, "blocks": blocks}


def buttons(**labels: str) -> Block:
    """Things to do next: what is sent, and what the button says."""
    return {"is": "buttons", "buttons": _pairs({key.replace("_", "-"): label for key, label in labels.items()})}


def figure(picture) -> Block:
    """A figure with its alt text and its table."""
    return {"is": "figure", "html": picture.html, "text": picture.text}


def listing(items: list[str], ordered: bool = False) -> Block:
    return {"is": "listing", "items": items, "ordered": ordered}


def tasks(asked: Iterable[tuple[str, str]]) -> Iterator[Block]:
    """Something to try, question by question, each with an answer that opens."""
    yield heading("Now use it", 4)
    for number, (ask, answer) in enumerate(asked, 1):
        yield prose(f"{number}. {ask}")
        yield folded("Compare your answer", [prose(answer)])


def columns(*parts: tuple[str, str, list[str]]) -> Block:
    """Lists beside each other where there is room, below each other where there is not: (title, text, items)."""
    return {"is": "columns", "columns": [{"title": title, "text": text, "items": items} for title, text, items in parts]}


def receipt(label: str, value: str) -> Block:
    """A line to copy."""
    return {"is": "receipt", "label": label, "value": value}


# ── Settings: native controls that apply at once ─────────────────────────────────────────────────

AT_ONCE = "What you change here is applied at once."


def settings(name: str, legend: str, *controls: Control, reset: str = "Back to the start") -> Block:
    """Controls that apply at once: a change sends ``{"do": name, "value": {control: value, …}}``, the reset button ``"value": None``.

    While pages follow each other with settings of the same name, the controls stay where they are: the focus
    stays on them, an open menu stays open, and only what differs between the two is drawn anew.
    :func:`chosen` reads what was sent.
    """
    return {"is": "settings", "name": name, "legend": legend, "intro": AT_ONCE, "controls": list(controls), "reset": reset}


def menu(name: str, label: str, options: dict[str, str], value: str) -> Control:
    """One of several, from a native menu. Of this and every control below: ``name`` is its key among the values, ``value`` what stands there."""
    return {"is": "menu", "name": name, "label": label, "options": _pairs(options), "value": value}


def radio(name: str, label: str, options: dict[str, str], value: str) -> Control:
    """One of a few, all in sight."""
    return {"is": "radio", "name": name, "label": label, "options": _pairs(options), "value": value}


def ticks(name: str, label: str, options: dict[str, str], value: list[str]) -> Control:
    """Any number of several, none among them."""
    return {"is": "ticks", "name": name, "label": label, "options": _pairs(options), "value": list(value)}


def slider(name: str, label: str, low: float, high: float, step: float, value: float, unit: str = "") -> Control:
    """A number in a range: a native slider, and beside it a field to type the number."""
    return {"is": "slider", "name": name, "label": label, "low": low, "high": high, "step": step, "value": value, "unit": unit}


def chosen(block: Block, sent: Any) -> dict[str, Any]:
    """Each control's value by its name: as it was sent where it can stand there, else as it stood.

    >>> chosen(settings("s", "Settings", menu("to", "To", {"a": "A", "b": "B"}, "a")), {"to": "b"})
    {'to': 'b'}
    """
    sent = sent if isinstance(sent, dict) else {}
    return {control["name"]: _read(control, sent.get(control["name"])) for control in block["controls"]}


def _read(control: Control, value: Any) -> Any:
    if control["is"] == "slider":
        return _on_step(control, value) if type(value) in (int, float) and abs(value) < math.inf else control["value"]
    keys = [key for key, _ in control["options"]]
    if control["is"] == "ticks":
        return [key for key in keys if key in value] if isinstance(value, (list, tuple)) else control["value"]
    return value if value in keys else control["value"]


def _on_step(control: Control, value: float) -> float:
    """The nearest number that the slider can stand on; whole where its steps are whole."""
    low, high, step = control["low"], control["high"], control["step"]
    steps = round((min(high, max(low, value)) - low) / step)
    return round(min(low + steps * step, high), 9)


def _pairs(options: dict[str, str]) -> list[list[str]]:
    """A dictionary as a list of pairs, which keeps its order on the way to the browser."""
    return [[key, text] for key, text in options.items()]


# ── The text twin ────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """Text without link marks: ``46 % (Wiles 2013)``."""
    return LINK.sub(lambda link: f"{link[1]} ({link[3]})" if link[3] else link[1], text)


def as_text(blocks: list[Block]) -> str:
    """The blocks as plain text, in the same order and with the same words."""
    return "\n\n".join(filter(None, (plain(_TEXT[block["is"]](block)) for block in blocks)))


def _heading_text(block: Block) -> str:
    eyebrow = f"{block['eyebrow']}\n" if block["eyebrow"] else ""
    return f"{eyebrow}{'#' * block['level']} {block['text']}"


def _options_text(block: Block) -> str:
    lines = [block["legend"], *(f"  {key}: {text}" for key, text in block["options"])]
    return "\n".join(lines)


def _places_text(block: Block) -> str:
    items = [f"  {key}: {text}" for key, text in block["items"]]
    return "\n".join([block["legend"], *items, "Places:", *(f"  {key}: {text}" for key, text in block["options"])])


def _feedback_text(block: Block) -> str:
    parts = [f"{block['word']}\n{block['text']}"]
    if block["because"]:
        parts.append(f"Why: {block['because']}")
    if block["sources"]:
        parts.append("Source: " + "; ".join(name for name, _ in block["sources"]))
    return "\n".join(parts)


def _settings_text(block: Block) -> str:
    return "\n".join([block["legend"], block["intro"], *(_control_text(control) for control in block["controls"])])


def _control_text(control: Control) -> str:
    """What a control is called, what stands there now, and what could."""
    head = f"{control['label']} ({control['name']}), now"
    if control["is"] == "slider":
        unit = f" {control['unit']}" if control["unit"] else ""
        return f"{head} {control['value']:g}{unit}: from {control['low']:g} to {control['high']:g}{unit} in steps of {control['step']:g}"
    now = ", ".join(control["value"]) or "none" if control["is"] == "ticks" else control["value"]
    return "\n".join([f"{head} {now}:", *(f"  {key}: {text}" for key, text in control["options"])])


_TEXT = {
    "heading": _heading_text,
    "prose": lambda block: block["text"],
    "note": lambda block: f"{block['title']}\n{block['text']}",
    "trend": lambda block: block["words"],
    "choice": _options_text,
    "several": _options_text,
    "order": _options_text,
    "number": lambda block: block["legend"] + (f" ({block['unit']})" if block["unit"] else ""),
    "writing": lambda block: "\n".join(filter(None, (block["legend"], block["label"], block["hint"]))),
    "places": _places_text,
    "feedback": _feedback_text,
    "folded": lambda block: f"{block['summary']}\n\n{as_text(block['blocks'])}",
    "buttons": lambda block: "",
    "figure": lambda block: block["text"],
    "listing": lambda block: "\n".join(f"{f'{n}.' if block['ordered'] else '-'} {item}" for n, item in enumerate(block["items"], 1)),
    "columns": lambda block: "\n\n".join(
        "\n".join([column["title"], column["text"], *(f"{n}. {item}" for n, item in enumerate(column["items"], 1))])
        for column in block["columns"]
    ),
    "settings": _settings_text,
    "receipt": lambda block: f"{block['label']}\n{block['value']}",
}
