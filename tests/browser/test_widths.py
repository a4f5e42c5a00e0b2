"""The course's pages and figures fit a narrow column, and everything to press is large enough for a finger."""

from __future__ import annotations

import pytest

WIDTHS = (200, 320, 640)
SMALLEST_TARGET = 24
LESSON = "notebooks/05_depression.ipynb"

# Every output takes this width, and everything that is folded is opened, at any depth.
NARROW = """width => {
    document.querySelectorAll('.jp-OutputArea-output').forEach(each => { each.style.width = `${width}px`; each.style.flex = 'none'; });
    document.querySelectorAll('.cc-page details, .cc-figure details').forEach(each => { each.open = true; });
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
# What is wider than its place: it scrolls sideways, or it sticks out of the course's page.
TOO_WIDE = """() => [...document.querySelectorAll('.cc-page, .cc-figure')].flatMap(root => [root, ...root.querySelectorAll('*:not(svg *)')].filter(each =>
    (each.clientWidth && each.scrollWidth > each.clientWidth + 1 && !each.closest('.cc-live') && !each.matches('input'))
    || each.getBoundingClientRect().right > root.getBoundingClientRect().right + 1))
    .map(each => `${each.tagName} ${each.getAttribute('class') ?? ''} ${each.textContent.trim().slice(0, 60)}: ${each.scrollWidth} > ${each.clientWidth}`)"""
# A radio or a check box is pressed by its label as well. A link in a sentence is exempt, as in WCAG 2.5.8.
TOO_SMALL = """smallest => [...document.querySelectorAll('.cc-page, .cc-figure')].flatMap(root => [...root.querySelectorAll('button, input, select, summary')])
    .map(each => [each, (each.type === 'radio' || each.type === 'checkbox' ? each.closest('.cc-option') : each).getBoundingClientRect()])
    .filter(([, box]) => box.width < smallest || box.height < smallest)
    .map(([each, box]) => `${each.tagName} ${each.textContent.slice(0, 40)}: ${box.width} x ${box.height}`)"""


def assert_it_fits(page) -> None:
    for width in WIDTHS:
        page.evaluate(NARROW, width)
        assert page.evaluate(TOO_WIDE) == [], f"at {width} px"
        assert page.evaluate(TOO_SMALL, SMALLEST_TARGET) == [], f"at {width} px"


@pytest.mark.parametrize("view", ["lab", "notebook"])
def test_nothing_scrolls_sideways_from_the_opening_of_a_case_to_its_debrief(open_notebook, view):
    notebook = open_notebook(LESSON, view)
    if view == "lab":
        notebook.command("application:toggle-left-area")
    notebook.run_all()
    assert_it_fits(notebook.page)
    page = notebook.output("m05-grace-play")
    page.get_by_role("button", name="Begin").click()
    onward = page.get_by_role("button", name="Continue to week").or_(page.get_by_role("button", name="See how it ended"))
    fitted = set()
    while True:
        page.locator(".cc-question input").first.check()
        page.get_by_role("button", name="Choose").click()
        onward.wait_for()
        if onward.inner_text() == "See how it ended":
            break
        onward.click()
        page.get_by_role("button", name="Choose").wait_for()
        if not fitted:  # a scene, with a step behind it and its small charts; the others are built the same
            assert_it_fits(notebook.page)
            fitted.add("scene")
    assert_it_fits(notebook.page)
    onward.click()
    page.get_by_role("button", name="Show me").wait_for()
    page.locator("input[name=cause]").first.check()
    page.get_by_role("button", name="Show me").click()
    page.locator("[data-focus=cause]").wait_for()
    assert_it_fits(notebook.page)
