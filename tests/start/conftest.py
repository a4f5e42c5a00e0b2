"""A tiny course around the real start.py, in a folder of its own, with a stand-in for uv."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A test run in the background is deaf to Ctrl+C, and so would be everything that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# It makes real environments, but installs nothing except a script "course" that says how it was called and returns 3.
# It writes down every call. UV_SAYS makes an installation fail with these words; UV_WAITS makes it slow.
# COURSE_WAITS makes the script wait: it says so, and what it says when it is told to end.
STAND_IN_FOR_UV = """#!{python}
import os, sys, time, venv
from pathlib import Path

arguments = sys.argv[1:]
with open({calls!r}, "a") as calls:
    print(*arguments, file=calls)
if arguments[0] == "venv":
    venv.create(arguments[-1], with_pip=False, symlinks=True)
if arguments[:2] == ["pip", "sync"]:
    time.sleep(float(os.environ.get("UV_WAITS", "0")))
    if "UV_SAYS" in os.environ:
        sys.exit(os.environ["UV_SAYS"])
if arguments[:2] == ["pip", "install"]:
    script = Path(arguments[arguments.index("--python") + 1]).with_name("course")
    script.write_text('''#!{python}
import os, signal, sys, time
if "COURSE_WAITS" in os.environ:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit("told to end"))
    print("waiting", flush=True)
    time.sleep(float(os.environ["COURSE_WAITS"]))
print(sys.argv[1:], os.getcwd(), os.environ["PATH"].split(os.pathsep)[0], sep="|")
sys.exit(3)
''')
    script.chmod(0o755)
"""


@pytest.fixture
def start():
    """start.py as a module."""
    specification = importlib.util.spec_from_file_location("start_under_test", ROOT / "start.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@dataclass
class TinyCourse:
    """A folder with a start.py, and what running it gives."""

    folder: Path
    variables: dict[str, str]
    calls: Path
    forgotten: int = field(default=0)

    def command(self, *arguments: str) -> dict:
        return {
            "args": [sys.executable, str(self.folder / "start.py"), *arguments],
            "cwd": self.folder,
            "env": self.variables,
            "text": True,
        }

    def start(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        call = self.command(*arguments)
        call["env"] = {**self.variables, **variables}
        return subprocess.run(**call, capture_output=True, timeout=180, check=False)

    def start_in_background(self, *arguments: str, **variables: str) -> subprocess.Popen:
        call = self.command(*arguments)
        call["env"] = {**self.variables, **variables}
        return subprocess.Popen(**call, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def installer_calls(self) -> list[str]:
        """What the stand-in for uv was asked for since the last time, the question for its version aside."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        new, self.forgotten = lines[self.forgotten :], len(lines)
        return [line for line in new if line != "--version"]


@pytest.fixture
def tiny_course(tmp_path: Path) -> TinyCourse:
    folder, programs, home = tmp_path / "course folder", tmp_path / "programs", tmp_path / "home"
    for each in (folder / "course", folder / "notebooks", folder / "deploy", programs, home):
        each.mkdir(parents=True)
    shutil.copy(ROOT / "start.py", folder)
    shutil.copytree(ROOT / "deploy" / "learner", folder / "deploy" / "learner")
    (folder / "deploy" / "overrides.json").write_text("{}")
    (folder / "deploy" / "ipython_kernel_config.py").write_text("c = get_config()")
    (folder / "pyproject.toml").write_text('[project]\nname = "tiny"\nversion = "1"\n')
    (folder / "requirements.lock").write_text("one==1.0\n")
    (folder / "requirements-test.lock").write_text("one==1.0\ntwo==2.0\n")

    calls = tmp_path / "calls.txt"
    uv = programs / "uv"
    uv.write_text(STAND_IN_FOR_UV.format(python=sys.executable, calls=str(calls)))
    uv.chmod(0o755)
    foreign = ("GIT_", "JUPYTER", "UV_")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    variables.update(HOME=str(home), PATH=f"{programs}{os.pathsep}{os.environ['PATH']}")
    return TinyCourse(folder, variables, calls)
