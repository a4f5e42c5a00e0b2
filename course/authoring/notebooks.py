"""Notebook files as plain data: reading, writing, and the cells that are made from content.

A notebook is JSON, so nothing here needs nbformat, and ``course check`` answers at once. Files are written
just as nbformat writes them (sorted keys, one space of indentation), so that no tool changes a byte.
"""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

from course.content.reading import ContentError, Source, read_text
from course.evidence import ledger
from course.evidence.safety import documents
from course.grading.answers import Asked, parts
from course.questions import Question
from course.questions.capstone import MENUS, PARTS, capstone, find_patient, good_plans, menu
from course.questions.marking import example
from course.questions.pages import filled, scene

Cell = dict[str, Any]
Notebook = dict[str, Any]

KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
RAISES = "raises-exception"
QUESTION_CELL = re.compile(r"(m\d\d-q\d+)(?:-patient|-(?:answer|check|menu)(?:-[a-z]+)?)?")


def read_notebook(path: Path) -> Notebook:
    """A notebook with each cell's source as one text. Raises a ContentError where it is not one."""
    source = Source(None, path)
    remedy = "open it in JupyterLab and save it, or restore it with course reset"
    try:
        notebook = json.loads(read_text(path))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
    except ContentError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise source.error("file", "it is not a notebook", remedy) from None
    findings = [source.finding(f"cell {number}", f"it has no {part} that can be read", remedy)
                for number, cell in enumerate(notebook["cells"], 1) for part in _unreadable_parts(cell)]  # fmt: skip
    if findings:
        raise ContentError(findings)
    return notebook


def _unreadable_parts(cell: Cell) -> list[str]:
    """The parts of a cell that are missing, or not what a notebook has there."""
    metadata = cell.get("metadata")
    fits = {
        "id": isinstance(cell.get("id"), str),
        "cell_type": cell.get("cell_type") in ("markdown", "code", "raw"),
        "metadata": isinstance(metadata, dict) and isinstance(metadata.get("nbgrader", {}), dict),
    }
    return [part for part, well in fits.items() if not well]


def write_notebook(notebook: Notebook, path: Path) -> None:
    path.write_text(as_json(notebook), encoding="utf-8", newline="\n")


def as_json(notebook: Notebook) -> str:
    """The notebook as nbformat would write it."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def empty_notebook(cells: list[Cell]) -> Notebook:
    return {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def markdown(cell_id: str, source: str, **metadata) -> Cell:
    return {"cell_type": "markdown", "id": cell_id, "metadata": metadata, "source": source}


def code(cell_id: str, source: str, **metadata) -> Cell:
    return {"cell_type": "code", "execution_count": None, "id": cell_id, "metadata": metadata, "outputs": [], "source": source}


def code_cells(notebook: Notebook) -> list[Cell]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


# ── nbgrader's marks on cells ────────────────────────────────────────────────────────────────────


def _nbgrader(grade_id: str, kind: str, **flags) -> dict:
    return {"nbgrader": {"cell_type": kind, "grade_id": grade_id, "schema_version": 3, "task": False, **flags}}


def answer_metadata(grade_id: str) -> dict:
    return _nbgrader(grade_id, "code", grade=False, locked=False, solution=True)


def check_metadata(grade_id: str, points: int) -> dict:
    return {**_nbgrader(grade_id, "code", grade=True, locked=True, points=points, solution=False), "tags": [RAISES]}


def reflection_metadata(grade_id: str, points: int) -> dict:
    return _nbgrader(grade_id, "markdown", grade=True, locked=False, points=points, solution=True)


# ── Cells made from a question ───────────────────────────────────────────────────────────────────


def question_cells(question: Question) -> list[Cell]:
    """The cells of a question in a solution notebook: what is asked, then an answer and a check for each part."""
    if question.kind == "capstone":
        return _capstone_cells(question)
    cells = [markdown(question.key, stem(question))]
    for part in parts(question):
        cells += _answer_and_check(part)
    return cells


def _capstone_cells(question: Question) -> list[Cell]:
    """Who the patient is; then a menu, an answer and a check for each part; the check of the whole comes last."""
    *of_parts, whole = parts(question)
    answer_id, check_id = cell_ids(whole)
    cells = [
        markdown(question.key, stem(question)),
        code(answer_id, answer_source(whole), **answer_metadata(answer_id)),
        code(f"{question.key}-patient", f"new_patient({whole.variable})"),
    ]
    for part in of_parts:
        cells.append(markdown(f"{question.key}-menu-{part.field}", capstone_menu(part)))
        cells += _answer_and_check(part)
    return [*cells, code(check_id, check_source(whole), **check_metadata(check_id, whole.points))]


def _answer_and_check(part: Asked) -> list[Cell]:
    answer_id, check_id = cell_ids(part)
    return [
        code(answer_id, answer_source(part), **answer_metadata(answer_id)),
        code(check_id, check_source(part), **check_metadata(check_id, part.points)),
    ]


def capstone_menu(part: Asked) -> str:
    """What the fields of one part may be filled with, and how."""
    lines = [f"### {part.question.fields[part.field].label}", ""]
    lines += ["*Safety question: this part has to be right for the module to be passed.*", ""] if part.safety else []
    for field in PARTS[part.field]:
        lines += [f"**{filled(capstone().asks[field])}** Answer in `{part.question.variable}_{field}`.", ""]
        lines += [*_bullets({key: each.text for key, each in menu(field).items()}), ""] if field in MENUS else []
    return "\n".join(lines).strip()


def cell_ids(part: Asked) -> tuple[str, str]:
    """The ids of a part's answer and check cell: ``m05-q7-answer-drug``, ``m05-q7-check-drug``."""
    tail = f"-{part.field}" if part.field else ""
    return f"{part.question.key}-answer{tail}", f"{part.question.key}-check{tail}"


def stem(question: Question) -> str:
    """The question as Markdown: its number, points, text, answers to choose from, and how to write one."""
    points = "1 point" if question.total == 1 else f"{question.total} points"
    number = question.key.partition("-q")[2]
    lines = [f"## Question {number}: {question.title} · {points}", ""]
    if question.safety and question.kind != "capstone":
        lines += ["*Safety question: it has to be right for the module to be passed.*", ""]
    lines += [filled(question.stem), "", *_what_there_is(question)]
    return "\n".join(lines).strip()


def _what_there_is(question: Question) -> list[str]:
    if question.kind in ("choice", "choices"):
        return [*_bullets({key: option.text for key, option in question.options.items()}), "", _how(question)]
    if question.kind == "order":
        return [*_bullets({key: item.text for key, item in question.items.items()}), "", _how(question)]
    if question.kind in ("match", "sort"):
        items = [f"{number}. {filled(item.text)}" for number, item in enumerate(question.items.values(), 1)]
        return [*items, "", "Places:", "", *_bullets(question.places), "", f"One place for each, in the order above. {_how(question)}"]
    if question.kind == "plan":
        lines = []
        for name, field in question.fields.items():
            lines += [f"**{filled(field.label)}** Answer in `{question.variable}_{name}`.", ""]
            lines += [*_bullets({key: option.text for key, option in field.options.items()}), ""] if field.options else []
        return lines
    if question.kind == "sentence":
        return [scene(question), "", f"{_how(question)} Between three quotes, lines may break as they like. You may change your text and check it again."]
    return [_how(question)]


def _bullets(texts: dict[str, str]) -> list[str]:
    return [f"- **{key}** {filled(text)}" for key, text in texts.items()]


def _how(question: Question) -> str:
    letters = {"choice": ", with your letter in place of x", "choices": ", with your letters in place of x and y"}.get(question.kind, "")
    return f"An answer looks like this: `{example(question)}`{letters}."


def answer_source(part: Asked) -> str:
    """The answer cell of a solution notebook: three dots, and between the marks the right answer."""
    blank = "\n".join(f"{name} = ..." for name in part.writes)
    right = "\n".join(f"{name} = {literal}" for name, literal in zip(part.writes, _literals(part), strict=True))
    return f"{blank}\n### BEGIN SOLUTION\n{right}\n### END SOLUTION"


def _literals(part: Asked) -> list[str]:
    """The right answer for each variable of the cell."""
    if part.question.kind != "capstone" or part.question.private:
        return [_literal(part)] * len(part.writes)
    plan = next(good_plans(find_patient(part.question.answer)))
    return [json.dumps(plan[field], ensure_ascii=False) for field in PARTS[part.field]]


def _literal(part: Asked) -> str:
    if part.question.private:
        return "..."  # its key stays in the folder of private questions, and out of every notebook
    if part.question.kind == "case":
        from course.cases import Session, load_case

        case = load_case(part.question.case)
        return json.dumps(list(Session(case, case.accepted[0].choices).choices))
    if part.question.kind == "sentence":
        return '"""' + textwrap.fill(part.question.correct, 88) + '"""'
    right = part.question.correct[part.field] if part.field else part.question.correct
    return json.dumps(right, ensure_ascii=False)


def check_source(part: Asked) -> str:
    """The check cell. It ends in a statement: nbgrader takes the value of a last expression for a score."""
    return f'check("{part.key}")\npass'


# ── Numbers and their sources ────────────────────────────────────────────────────────────────────

NUMBER_LINK = re.compile(r"\[([^\]]+)\]\(#([a-z0-9_]+\.[a-z0-9_]+)\)")


def linked_numbers(text: str) -> list[tuple[str, str]]:
    """(printed text, ledger key) of every linked number in a Markdown text."""
    return NUMBER_LINK.findall(text)


ALL_LINKED = "Every linked number above leads here; every source leads to where it was read."
IN_THE_ANSWER = "Where the linked numbers of the model answer were read. Your own answer may use any number of the lesson."


def sources_markdown(keys: list[str], intro: str = ALL_LINKED) -> str:
    """The list of sources: under each study the numbers that came from it, as places to be linked to."""
    known = ledger()
    by_study: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        by_study.setdefault(known[key].study.key, []).append(key)
    lines = ["## Sources", "", intro, ""]
    for study_key in sorted(by_study):
        study = known.study(study_key)
        link = f" [{study.doi or study.link}]({study.link})" if study.link else f" {study.address}"
        again = f" {documents()[study_key].note}" if study_key in documents() else ""
        lines.append(f"- {study.citation}{link}{again}")
        for key in by_study[study_key]:
            lines.append(f'    - <a id="{key}"></a>{known[key].text} ({study.short}): {known[key].meaning}.')
    return "\n".join(lines)
