"""A click, a whole lesson, and a kernel's memory, each beside a plain notebook in the same browser."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psutil

from tests.browser.lab import ROOT, Notebook, Server, serve

LESSON = "notebooks/05_depression.ipynb"
PLAIN, EMPTY = "notebooks/plain.ipynb", "notebooks/empty.ipynb"
MEBIBYTE = 2**20
#: A whole lesson takes long and varies little, so it is run this often at most.
WHOLE_LESSONS = 5

# A bare button of ipywidgets, whose click changes a label.
BARE = """import ipywidgets
button, label, clicks = ipywidgets.Button(description="Go"), ipywidgets.Label("0"), []
def change(_):
    clicks.append(1)
    label.value = str(len(clicks))
button.on_click(change)
display(ipywidgets.VBox([button, label]))"""
COURSE = 'from course import play\nplay("grace")'

# Milliseconds from a click until the first frame that is painted after the change.
CLICK = """([button, root]) => new Promise(done => {
    const began = performance.now();
    new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => { const channel = new MessageChannel();
            channel.port1.onmessage = () => done(performance.now() - began); channel.port2.postMessage(0); });
    }).observe(root, { childList: true, subtree: true, characterData: true });
    button.click();
})"""


def measure(browser, folder: Path, rounds: int, say) -> list[tuple]:
    """The three lines, each as (what, baseline, unit, the course's values, the baseline's, aim)."""
    home = folder / "home"
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    lesson = json.loads((home / LESSON).read_text(encoding="utf-8"))
    codes = sum(cell["cell_type"] == "code" for cell in lesson["cells"])
    _write(home / EMPTY, ["pass"] * codes)
    _write(home / PLAIN, [BARE, COURSE])
    with serve(home, folder / "settings") as server, browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        say(f"Clicking, {rounds} rounds ...")
        clicks = _clicks(Notebook(page, server, PLAIN), rounds)
        whole = min(rounds, WHOLE_LESSONS)
        say(f"Running the lesson, {whole} rounds ...")
        runs, memory = _runs(page, server, whole, say)
    return [
        ("a click until the new scene is painted", "a bare button and a label", "ms", *clicks, "ratio at most 1.2"),
        ("Run All of the depression lesson", f"{codes} cells with pass", "ms", *runs),
        ("kernel memory after Run All, RSS", "the empty notebook's kernel", "MiB", *memory["rss"], "course at most 180"),
        ("kernel memory after Run All, USS", "the empty notebook's kernel", "MiB", *memory["uss"]),
    ]


def _write(path: Path, sources: list[str]) -> None:
    cells = [{"cell_type": "code", "id": f"cell-{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
             for n, source in enumerate(sources)]  # fmt: skip
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


def _clicks(notebook: Notebook, rounds: int) -> tuple[list[float], list[float]]:
    """A choice is made and the story goes on, in turns with the bare button. Only moves to a new scene count."""
    notebook.command("notebook:run-all-cells")
    page, body = notebook.page, notebook.output("cell-1").locator(".cc-body")
    body.wait_for()
    bare = page.locator(".jupyter-button")
    bare.wait_for()
    root = page.locator(".widget-vbox").element_handle()
    ours, theirs = [], []
    while len(ours) < rounds:
        finished = body.get_by_role("button", name="Play from here")
        if finished.count():
            body.locator("input[name=again]").first.check()
            finished.click()
        else:
            ours.append(page.evaluate(CLICK, [body.locator("button.cc-main").element_handle(), body.element_handle()]))
        theirs.append(page.evaluate(CLICK, [bare.element_handle(), root]))
        body.get_by_role("button", name="Choose").wait_for()
        body.locator(".cc-question input").first.check()
        body.get_by_role("button", name="Choose").click()
        body.locator("[data-focus=feedback]").wait_for()
        if body.get_by_role("button", name="See how it ended").count():
            body.get_by_role("button", name="See how it ended").click()
            finished.wait_for()
    notebook.shut_down()
    return ours, theirs[: len(ours)]


def _runs(page, server: Server, rounds: int, say) -> tuple[tuple[list[float], list[float]], dict[str, tuple[list[float], list[float]]]]:
    seconds: dict[str, list[float]] = {LESSON: [], EMPTY: []}
    memory: dict[str, dict[str, list[float]]] = {name: {LESSON: [], EMPTY: []} for name in ("rss", "uss")}
    for number in range(rounds + 1):
        for path in (LESSON, EMPTY):
            notebook = Notebook(page, server, path)
            began = page.evaluate("performance.now()")
            notebook.run_all()
            took = page.evaluate("performance.now()") - began
            used = _kernel(server).memory_full_info()
            notebook.shut_down()
            if number:  # the first round only warms up
                seconds[path].append(took)
                for name in memory:
                    memory[name][path].append(getattr(used, name) / MEBIBYTE)
        say(f"  {number} of {rounds}" if number else "  warmed up")
    return (seconds[LESSON], seconds[EMPTY]), {name: (values[LESSON], values[EMPTY]) for name, values in memory.items()}


def _kernel(server: Server) -> psutil.Process:
    """The only kernel that runs."""
    running = psutil.Process(server.process.pid).children(recursive=True)
    return next(process for process in running if "ipykernel_launcher" in " ".join(process.cmdline()))
