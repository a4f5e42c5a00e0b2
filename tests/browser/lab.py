"""A Jupyter server as learners have it, and a notebook driven in a real browser.

Used by the browser tests and by the benchmarks. Nothing here waits a fixed time: every wait has its condition.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 90_000  # a busy machine with two cores
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync"]  # fmt: skip


@dataclass
class Server:
    """A running server: its address, its token and the folder it serves, which is also the learner's home."""

    url: str
    token: str
    home: Path
    process: subprocess.Popen

    @property
    def notes(self) -> Path:
        return self.home / "my" / "notes.jsonl"


@contextlib.contextmanager
def serve(home: Path, settings: Path) -> Iterator[Server]:
    """Serve a folder with the course's own settings for learners, and none of whoever runs this."""
    lab_settings = settings / "lab"
    lab_settings.mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "overrides.json", lab_settings)
    token, port = secrets.token_hex(16), _free_port()
    # Both programs are served by one process; each reads the same settings.
    programs = [(f"--{app}.expose_app_in_browser=True", f"--{app}.app_settings_dir={lab_settings}") for app in ("LabApp", "JupyterNotebookApp")]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *(option for program in programs for option in program)),
        *(f"--ServerApp.root_dir={home}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.log_level=ERROR"),
        *(f"--LabServerApp.labextensions_path={Path(sys.prefix) / 'share' / 'jupyter' / 'labextensions'}",),
    ]
    log = settings / "server.log"
    with open(log, "wb") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
        process = subprocess.Popen(command, cwd=home, env=_variables(home, settings, token), **streams)
    server = Server(f"http://127.0.0.1:{port}", token, home, process)
    try:
        _wait_until_it_answers(server, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _variables(home: Path, settings: Path, token: str) -> dict[str, str]:
    foreign = ("JUPYTER", "IPYTHON", "PYTEST", "PYTHON", "MPL", "COURSE_", "NBGRADER")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    own = {"HOME": "home", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run", "IPYTHONDIR": "ipython"}
    for folder in own.values():
        (settings / folder).mkdir(parents=True, exist_ok=True)
    variables.update({name: str(settings / folder) for name, folder in own.items()})
    learner = str(ROOT / "deploy" / "learner")
    return variables | {"COURSE_HOME": str(home), "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": learner, "JUPYTER_PREFER_ENV_PATH": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(server: Server, log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end and server.process.poll() is None:
        with contextlib.suppress(OSError), direct.open(f"{server.url}/api", timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"Jupyter did not start:\n{log.read_text(errors='replace')[-2000:]}")


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def chromium() -> Iterator:
    """A browser without a window, which talks to this machine only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*CHROMIUM_FLAGS, "--no-proxy-server"], timeout=PATIENCE_MS)
        yield browser
        browser.close()


class Notebook:
    """One notebook open in a page, in JupyterLab (``view="lab"``) or in Notebook 7 (``view="notebook"``)."""

    def __init__(self, page: Page, server: Server, path: str, view: str = "lab"):
        self.page, self.server, self.path, self.view = page, server, path, view
        page.set_default_timeout(PATIENCE_MS)
        self.load()

    def load(self) -> None:
        """Open it (again), as from a bookmark, and wait until its kernel answers."""
        place = {"lab": f"lab/tree/{self.path}?reset&", "notebook": f"notebooks/{self.path}?"}[self.view]
        self.page.goto(f"{self.server.url}/{place}token={self.server.token}")
        self.page.wait_for_function("window.jupyterapp?.shell")
        self._wait_for_its_kernel()

    def another(self, path: str) -> None:
        """Save and close it, and open another one in the same window, as from the list of files."""
        self.tell("await panel.context.save(); panel.dispose(); await app.commands.execute('docmanager:open', { path: argument })", path)
        self.path = path
        self._wait_for_its_kernel()

    def _wait_for_its_kernel(self) -> None:
        self.page.wait_for_function("path => jupyterapp.shell.currentWidget?.context?.path === path", arg=self.path)
        self.tell("await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info")

    def tell(self, script: str, argument=None):
        """Run a script in the page that may use ``app``, ``panel`` and ``argument``; give what it returns."""
        return self.page.evaluate(
            "async ([script, argument]) => { const app = window.jupyterapp, panel = app.shell.currentWidget;"
            " const AsyncFunction = (async () => {}).constructor;"
            " return await new AsyncFunction('app', 'panel', 'argument', script)(app, panel, argument); }",
            [script, argument],
        )

    def command(self, name: str, **arguments) -> None:
        self.tell("await app.commands.execute(argument[0], argument[1])", [name, arguments])

    def run_all(self) -> None:
        """Run every cell, and wait until each has run, or one has stopped the others."""
        self.command("notebook:run-all-cells")
        self._wait_until(
            """cells.every(cell => cell.executionCount) || cells.some(cell =>
                !cell.metadata.tags?.includes('raises-exception') && cell.outputs.toJSON().some(each => each.output_type === 'error'))"""
        )
        self.wait_for_pages()

    def run_cell(self, cell: str) -> None:
        """Run one cell and leave it active, as Ctrl and Enter do."""
        self.activate(cell)
        self.tell("panel.content.activeCell.model.executionCount = null")
        self.command("notebook:run-cell")
        self._wait_until("cells.find(cell => cell.id === argument).executionCount", cell)
        self.wait_for_pages(cell)

    def _wait_until(self, condition: str, argument=None) -> None:
        """Until something holds of the code ``cells``."""
        cells = "const cells = jupyterapp.shell.currentWidget.content.widgets.map(each => each.model).filter(each => each.type === 'code');"
        self.page.wait_for_function(f"argument => {{ {cells} return {condition} }}", arg=argument)

    def activate(self, cell: str) -> None:
        """Make a cell the active one, with the focus on it."""
        self.tell(
            "const notebook = panel.content; notebook.activeCellIndex = notebook.widgets.findIndex(each => each.model.id === argument);"
            " notebook.mode = 'command'; notebook.activate(); await notebook.scrollToCell(notebook.activeCell)",
            cell,
        )

    @property
    def active_cell(self) -> str:
        return self.tell("return panel.content.activeCell.model.id")

    def wait_for_pages(self, cell: str = "") -> None:
        """Until every widget is drawn that this cell, or any cell, put out."""
        self.page.wait_for_function(
            """wanted => jupyterapp.shell.currentWidget.content.widgets.filter(cell => !wanted || cell.model.id === wanted).every(cell => {
                const outputs = cell.model.type === 'code' ? cell.model.outputs.toJSON() : [];
                const widgets = outputs.filter(each => each.data?.['application/vnd.jupyter.widget-view+json']).length;
                return cell.node.querySelectorAll('.cc-page > .cc-body > *:first-child').length >= widgets;
            })""",
            arg=cell,
        )

    def code_cells(self) -> list[dict]:
        """Of every code cell: id, tags, execution count, outputs (as in the file) and what a reader sees of them."""
        return self.tell(
            """return panel.content.widgets.filter(cell => cell.model.type === 'code').map(cell => ({
                id: cell.model.id, tags: cell.model.metadata.tags ?? [], count: cell.model.executionCount,
                outputs: cell.model.outputs.toJSON(), shown: cell.node.querySelector('.jp-Cell-outputArea').innerText }))"""
        )

    def output(self, cell: str):
        """The course's page in one cell's output."""
        index = self.tell("return panel.content.widgets.findIndex(each => each.model.id === argument)", cell)
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".cc-page")

    def theme(self, name: str) -> None:
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=str("Dark" not in name).lower())

    def save(self) -> None:
        self.tell("await panel.context.save()")

    def shut_down(self) -> None:
        self.tell("await panel.sessionContext.shutdown()")
