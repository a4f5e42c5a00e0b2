"""Every lesson runs in a real browser, and what the course puts there passes axe-core in both themes; in the full ring, so does every exercise."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from course.content.syllabus import ready_modules

MODULES = [module.slug for module in ready_modules()]
THEMES = ("JupyterLab Light", "JupyterLab Dark")
SIGNS_OF_A_TRACEBACK = ("Traceback", 'File "', "Error:", "line 1")


def findings(page) -> list[str]:
    """What axe-core finds serious or critical inside the course's own pages and figures."""
    page.evaluate(AXE_SCRIPT)
    result = page.evaluate("axe.run({include: ['.cc-page', '.cc-figure'].filter(each => document.querySelector(each))}, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary']}"
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def surprises(cells: list[dict]) -> list[str]:
    """The cells that did not run, or show an error that no learner should meet."""
    found = [f"{cell['id']} did not run" for cell in cells if not cell["count"]]
    for cell in cells:
        errors = [output["ename"] for output in cell["outputs"] if output["output_type"] == "error"]
        if errors and ("raises-exception" not in cell["tags"] or set(errors) != {"NotYet"}):
            found.append(f"{cell['id']}: {errors}")
        found += [f"{cell['id']} shows {sign}" for sign in SIGNS_OF_A_TRACEBACK if sign in cell["shown"]]
        found += [f"{cell['id']} writes to stderr" for output in cell["outputs"] if output.get("name") == "stderr"]
    return found


@pytest.mark.parametrize("slug", MODULES)
def test_a_lesson_runs_and_is_accessible_in_both_themes(window, slug):
    notebook = window(f"notebooks/{slug}.ipynb")
    notebook.run_all()
    assert surprises(notebook.code_cells()) == []
    for theme in THEMES:
        notebook.theme(theme)
        assert findings(notebook.page) == [], theme


@pytest.mark.parametrize("slug", [MODULES[0], *(pytest.param(slug, marks=pytest.mark.full) for slug in MODULES[1:])])
def test_an_unanswered_exercise_runs_to_its_end_in_plain_words(window, slug):
    notebook = window(f"exercises/{slug}/{slug}.ipynb")
    notebook.run_all()
    cells = notebook.code_cells()
    assert surprises(cells) == []
    checks = [cell for cell in cells if "raises-exception" in cell["tags"]]
    assert checks and all("not answered" in cell["shown"].lower() or "three dots" in cell["shown"].lower() for cell in checks), [c["shown"] for c in checks]
