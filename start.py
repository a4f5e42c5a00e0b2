"""Set up the course, open it, and run its commands. It needs Python 3.11 or newer and nothing else.

  python start.py                   set up if needed, then open the course in the browser
      --no-browser                  print the link instead of opening it
      --notebook-7                  open it in Jupyter Notebook 7, which is simpler than JupyterLab
      --instructor                  show everything: solutions, tests and nbgrader's Formgrader
      --port N                      use this port instead of the first free one
  python start.py setup [--pip]     only set up (with pip even where uv is installed)
  python start.py update            fetch a newer course with git; your own work is kept
  python start.py test [...]        run the tests; what follows goes to pytest, for example --full
  python start.py bench [...]       run the benchmarks
  python start.py course [...]      run the course command, for example: course check
  python start.py nbgrader [...]    run nbgrader, for example: nbgrader autograde 05_depression

All of it may be run again at any time. Exit codes: 0 fine, 2 could not be carried out; a command
that runs inside the environment passes on its own.
"""

import argparse
import contextlib
import errno
import glob
import hashlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

# This file keeps to the grammar of Python 3.6, so that an older Python can read it and say what is missing.
OLDEST_PYTHON = (3, 11)
WINDOWS = os.name == "nt"

ROOT = Path(__file__).resolve().parent
BUILD = ROOT / "build"
SETUP_LOG = BUILD / "setup.log"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STAMP = VENV / "course-stamp.json"
LOCKS = {"learn": "requirements.lock", "test": "requirements-test.lock"}
FIRST_NOTEBOOK = "notebooks/00_start_here.ipynb"


class Trouble(Exception):
    """What stops us, in one plain sentence for the person at the keyboard."""


class Closed(KeyboardInterrupt):
    """We alone were told to end, as by a closed window; Ctrl+C reaches whatever we run as well."""


def say(text):
    print(text, file=sys.stderr, flush=True)


# ---- Is the environment ready? -------------------------------------------------------------------


def fingerprint(kind):
    """What an environment is made from. The test lock holds all that the lock to learn holds."""
    names = ["pyproject.toml", LOCKS["learn"]] + ([LOCKS["test"]] if kind == "test" else [])
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in names]
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()


def write_stamp(kind):
    """The last act of every set-up: an environment without a stamp counts as half-made."""
    stamp = {"python": python_of_environment(), "folder": str(ROOT)}
    stamp.update({each: fingerprint(each) for each in {"learn", kind}})
    STAMP.write_text(json.dumps(stamp, indent=2), encoding="utf-8")


def read_stamp():
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def python_of_environment():
    """The version of the environment's Python, such as "3.11", or None when it does not run."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.check_output([PYTHON, "-I", "-S", "-c", question], text=True, timeout=60).strip()
    except (OSError, subprocess.SubprocessError):
        return None


def condition(kind):
    """Whether the environment is ready, outdated, broken or absent; and what to say about it."""
    if not os.path.lexists(VENV):
        return "absent", "Setting up the course. This happens once and needs the internet."
    stamp = read_stamp()
    if not stamp:
        return "broken", "The environment in .venv was never finished, so it is made anew."
    if stamp.get("folder") != str(ROOT):
        return "broken", "The course has moved to another folder, so its environment is made anew."
    if stamp.get("python") != python_of_environment():
        return "broken", "The Python behind .venv has gone or changed, so the environment is made anew."
    if stamp.get(kind) == fingerprint(kind):
        return "ready", ""
    if kind == "test" and "test" not in stamp:
        return "outdated", "Adding the test tools. This happens once and needs the internet."
    return "outdated", "The course has changed, so its environment is brought up to date."


# ---- Setting up ----------------------------------------------------------------------------------


def prepare(kind="learn", with_pip=False):
    """See that the environment is there and complete, which costs next to nothing when it is."""
    if condition(kind)[0] != "ready":
        with one_at_a_time() as turn:
            state, why = condition(kind)  # another start.py may have finished while we waited
            if state != "ready":
                say(why)
                try:
                    set_up(kind, state, None if with_pip else find_uv(), turn)
                except Trouble as trouble:
                    if kind not in read_stamp():
                        raise
                    say(f"\n{trouble}\n\nThe update failed, so the older environment is used.")
    copy_settings()


def set_up(kind, state, uv, turn):
    if "test" in read_stamp():
        kind = "test"  # who has the test tools keeps them
    older = STAMP.with_suffix(".old")
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        STAMP.replace(older)  # first: whatever interrupts us now leaves a half-made environment behind
    if state == "outdated" and not uv and not succeeds([PYTHON, "-m", "pip", "--version"]):
        state = "broken"  # uv made it, without pip, and uv is gone
    if state != "outdated":
        remove_environment()
    SETUP_LOG.write_text("", encoding="utf-8")
    steps = installation(kind, uv)[1 if state == "outdated" else 0 :]
    try:
        for number, (title, command) in enumerate(steps, start=1):
            run_step(f"[{number}/{len(steps)}] {title}", command, turn)
    except Trouble:
        if state == "outdated":
            older.replace(STAMP)  # it has served until now, and the next start tries again
        else:
            shutil.rmtree(VENV, ignore_errors=True)  # it would only fill the disk
        raise
    write_stamp(kind)


def installation(kind, uv):
    """The steps as (title, command). Lock first, project second: uv's sync removes what the lock does not name."""
    lock = ROOT / LOCKS[kind]
    itself = ["--no-deps", "--no-build-isolation", "--no-index", "-e", "."]
    if uv:
        make = [uv, "venv", "--python", sys.executable, VENV]
        fill = [uv, "pip", "sync", "--python", PYTHON, "--require-hashes", lock]
        finish = [uv, "pip", "install", "--python", PYTHON, *itself]
    else:
        make = [sys.executable, "-m", "venv", VENV]
        fill = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", lock]
        finish = [PYTHON, "-m", "pip", "install", *itself]
    packages = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    return [
        ("Making an environment in .venv", make),
        (f"Installing {packages} packages with {'uv' if uv else 'pip'}", fill),
        ("Installing the course itself", finish),
    ]


def find_uv():
    """The path of uv, if there is one and it runs: a version manager may leave a stand-in that does not."""
    uv = shutil.which("uv")
    return uv if uv and succeeds([uv, "--version"]) else None


def succeeds(command):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, cwd=ROOT, check=False, **quiet).returncode == 0


def remove_environment():
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise Trouble("This Python runs inside the environment that is to be made anew. Use your system's own.")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        try:
            shutil.rmtree(VENV)
        except PermissionError as error:  # Windows keeps files that are in use
            raise Trouble(f"{error.filename} is in use. Close every window of the course and try again.") from None


def copy_settings():
    """Jupyter and its kernels read the course's settings from inside the environment."""
    targets = {
        "overrides.json": VENV / "share" / "jupyter" / "lab" / "settings",
        "ipython_kernel_config.py": VENV / "etc" / "ipython",
    }
    for name, folder in targets.items():
        source, target = ROOT / "deploy" / name, folder / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


@contextlib.contextmanager
def one_at_a_time():
    """Two set-ups at once would spoil each other, so the second waits.

    The operating system holds this lock and frees it with the last process that has it, so it cannot
    go stale. Installers inherit it: one that outlives a killed start.py keeps its turn.
    """
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "setup.turn", "a") as turn:
        if not take(turn):
            say("Another start.py is setting up this course. Waiting for it to finish; Ctrl+C stops waiting.")
            while not take(turn):
                time.sleep(0.3)
        yield turn


def take(turn):
    try:
        if WINDOWS:
            import msvcrt

            turn.seek(0)
            msvcrt.locking(turn.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: better to go on than to wait for ever
        return True
    return True


def run_step(title, command, turn):
    """Run one installer: its words go to the log, its progress to the screen."""
    with open(SETUP_LOG, "a+", encoding="utf-8", errors="replace") as log:
        print("$", *command, file=log, flush=True)
        start = log.tell()
        inherited = {} if WINDOWS else {"pass_fds": [turn.fileno()]}
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), **streams, **inherited)
        watch(title, process, until=lambda: process.poll() is not None)
        log.seek(start)
        words = log.read()
    if process.returncode:
        raise Trouble(f"{diagnosis(words)}\n\nThe last lines of build/{SETUP_LOG.name}:\n{last_lines(words)}")


def watch(title, process, until):
    """Show a title and the seconds that pass; whatever interrupts us ends the process as well."""
    moving = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"  # else: plain lines, and few of them
    sign, pause = (f"\r{title} ... %d s", 1) if moving else ("      %d s and still working\n", 30)
    print(f"{title} ...", end="" if moving else "\n", file=sys.stderr, flush=True)
    began = time.monotonic()
    signs = 0
    try:
        while not until():
            seconds = time.monotonic() - began
            if seconds >= pause * (signs + 1):
                signs += 1
                print(sign % seconds, end="", file=sys.stderr, flush=True)
            time.sleep(0.1)
    except BaseException:
        end(process)
        raise
    seconds = time.monotonic() - began
    say(f"\r{title}: {seconds:.1f} s    " if moving else f"      {seconds:.1f} s")


def end(process):
    """Ask a process to end, and insist after ten seconds."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# ---- Saying what went wrong ----------------------------------------------------------------------

SENTENCES = {
    r"No space left on device|os error 28\b|os error 112\b|not enough space on the disk":
        "The disk is full. The course needs about 1 GB; free some space, then start again.",
    r"ensurepip is not|No module named '?(venv|ensurepip)":
        "This Python lacks its venv module. On Debian or Ubuntu: sudo apt install python3-venv. Then start again.",
    r"do not match the hashes|hash mismatch":
        "A downloaded package is not the one that the course asks for, so it was not used. Try another network.",
    r"name resolution|getaddrinfo|dns error|failed to lookup|network is unreachable|connection (refused|reset)|"
    r"error sending request|establish a new connection|could not connect|timed out|proxyerror":
        "The packages could not be fetched: no internet, or a firewall or proxy is in the way.",
    r"read-only file system|permission denied|access is denied":
        "A file or folder cannot be written. Copy the course to a folder of your own and start it there.",
}  # fmt: skip


def diagnosis(words):
    """The sentence that fits an installer's or the operating system's words."""
    fitting = [sentence for sign, sentence in SENTENCES.items() if re.search(sign, words, re.IGNORECASE)]
    return fitting[0] if fitting else "This could not be finished."


def last_lines(words, count=12):
    return "\n".join(f"    {line[:160]}" for line in words.rstrip().splitlines()[-count:])


# ---- Running things inside the environment -------------------------------------------------------


def environment(settings="build"):
    """The variables for whatever runs inside: this environment comes first, the user's own Python and Jupyter
    settings stay outside. What learners choose inside Jupyter, such as a dark theme, is kept in my/.jupyter."""
    foreign = ("JUPYTER_", "JUPYTERLAB_", "IPYTHON", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "UV_SYSTEM_PYTHON")
    variables = {name: value for name, value in os.environ.items() if not name.upper().startswith(foreign)}
    own = ROOT / settings / ".jupyter"
    own.mkdir(parents=True, exist_ok=True)
    variables.update(
        PATH=f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",  # nbgrader calls alembic by its bare name
        VIRTUAL_ENV=str(VENV),
        PYTHONNOUSERSITE="1",
        PIP_USER="0",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_PROGRESS_BAR="off",
        JUPYTER_PREFER_ENV_PATH="1",
        JUPYTER_CONFIG_DIR=str(own),
        IPYTHONDIR=str(own / "ipython"),
    )
    return variables


def run_inside(program, *arguments, settings="build", folder=ROOT):
    """Run a program of the environment in the foreground and pass on its exit code."""
    path = shutil.which(program, path=str(BIN))
    if path is None:
        raise Trouble(f"'{program}' is missing from .venv. Delete the folder .venv and run: python start.py setup")
    process = subprocess.Popen([path, *arguments], cwd=folder, env=environment(settings))
    while True:
        try:
            code = process.wait()
            return code if code >= 0 else 128 - code
        except Closed:
            end(process)
        except KeyboardInterrupt:  # Ctrl+C reached the program as well, which ends in its own way
            continue


def setup(arguments):
    parser = argparse.ArgumentParser(prog="python start.py setup")
    parser.add_argument("--pip", action="store_true", help="use pip even where uv is installed")
    prepare(with_pip=parser.parse_args(arguments).pip)
    if condition("learn")[0] != "ready":
        return 2  # the reason has been said, and the older environment still opens the course
    say("The course is set up. Open it with: python start.py")
    return 0


def test(arguments):
    prepare("test")
    processes = [] if any(each.startswith(("-n", "--numprocesses")) for each in arguments) else ["-n", "2"]
    return run_inside("python", "-m", "pytest", *processes, *arguments)


def bench(arguments):
    prepare("test")
    return run_inside("python", "-m", "tests.benchmarks", *arguments)


def course(arguments):
    if arguments[:1] == ["release"]:
        refuse_a_pattern()  # nbgrader makes the exercises
    prepare()
    return run_inside("course", *arguments, settings="my", folder=Path.cwd())


def nbgrader(arguments):
    refuse_a_pattern()
    prepare()
    return run_inside("nbgrader", *arguments, settings="my")


def refuse_a_pattern():
    """nbgrader looks for files by patterns that begin with this folder, and finds none or another folder's."""
    if glob.escape(str(ROOT)) != str(ROOT):
        raise Trouble(f"nbgrader cannot work in a folder with [, * or ? in its path. Move or rename it: {ROOT}")


# ---- Opening the course --------------------------------------------------------------------------


def open_course(arguments):
    wishes = parse_wishes(arguments)
    taken = Trouble(f"Port {wishes.port} is in use or not allowed. Leave --port away and a free one is found.")
    if wishes.port is not None and not is_free(wishes.port):
        raise taken
    if wishes.instructor:
        refuse_a_pattern()
    prepare()
    for port in filter(is_free, [wishes.port] if wishes.port else range(8888, 9888)):
        if serve(wishes, port):
            say("\nThe course is closed, and what you saved stays in place. To open it again: python start.py")
            return 0
    raise taken if wishes.port else Trouble("No port from 8888 to 9887 is free. Choose another one with --port.")


def serve(wishes, port):
    """Keep the course open until somebody closes it. False if another program was quicker to take the port."""
    name, page = ("Jupyter Notebook", "notebooks") if wishes.notebook_7 else ("JupyterLab", "lab/tree")
    token = secrets.token_urlsafe(24)
    server, log = start_server(wishes, port, token, f"/{page}/{FIRST_NOTEBOOK}")
    opened = False
    try:
        watch(f"Opening {name}", server, until=lambda: answers(port, token) or server.poll() is not None)
        opened = server.poll() is None
        if opened:
            say("The course is open. Should no browser window appear, use this link:" if wishes.browser
                else "The course is open at this link:")  # fmt: skip
            print(f"http://localhost:{port}/{page}/{FIRST_NOTEBOOK}?token={token}", flush=True)
            say("Leave this window open while you work. Ctrl+C closes the course.")
        code = server.wait()
    except KeyboardInterrupt:
        end(server)
        code = 0
    if code and not opened and not is_free(port):
        return False
    if code:
        words = log.read_text(encoding="utf-8", errors="replace")
        raise Trouble(f"{name} stopped by itself. The last lines of build/{log.name}:\n{last_lines(words)}")
    return True


def parse_wishes(arguments):
    parser = argparse.ArgumentParser(prog="python start.py", usage="\n" + __doc__.partition("\n\n")[2])
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    parser.add_argument("--notebook-7", action="store_true")
    parser.add_argument("--instructor", action="store_true")
    parser.add_argument("--port", type=int)
    return parser.parse_args(arguments)


def start_server(wishes, port, token, page):
    """Start Jupyter in the background. For learners it reads deploy/learner, which hides the technical parts."""
    variables = environment("my")
    variables["JUPYTER_TOKEN"] = token  # not on the command line, where others on the machine could read it
    if not wishes.instructor:
        variables["JUPYTER_CONFIG_PATH"] = str(ROOT / "deploy" / "learner")
    command = [
        *(PYTHON, "-m", "notebook" if wishes.notebook_7 else "jupyterlab"),
        f"--ServerApp.root_dir={ROOT}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.open_browser={wishes.browser}",
        "--ServerApp.answer_yes=True",
        "--ServerApp.log_level=WARN",
        f"--LabServerApp.default_url={page}",
        f"--LabServerApp.labextensions_path={VENV / 'share' / 'jupyter' / 'labextensions'}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there may be nobody else
    BUILD.mkdir(exist_ok=True)
    path = BUILD / f"jupyter-{port}.log"
    with open(path, "wb") as log:
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        return subprocess.Popen(command, cwd=ROOT, env=variables, **streams), path


def is_free(port):
    """Whether nobody holds the port on either of this machine's own addresses; it may lack the one of IPv6."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.bind((address, port))
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                return False
        except OverflowError:
            return False
    return True


def answers(port, token):
    """Whether our own Jupyter is up: another one does not accept the token, and no proxy knows of this machine."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    question = urllib.request.Request(f"http://localhost:{port}/api/status", headers={"Authorization": f"token {token}"})
    try:
        with direct.open(question, timeout=10):
            return True
    except (OSError, http.client.HTTPException):
        return False


# ---- Updating ------------------------------------------------------------------------------------


def update(arguments):
    """Move to the newest course. Notebooks that both the learner and the course have changed are kept in my/kept."""
    argparse.ArgumentParser(prog="python start.py update").parse_args(arguments)
    newest = fetch_newest()
    if succeeds(["git", "merge-base", "--is-ancestor", newest, "HEAD"]):
        say("This is the newest course already.")
        return 0
    if not succeeds(["git", "merge-base", "--is-ancestor", "HEAD", newest]):
        raise Trouble("This copy has commits of its own, so the newer course has to be merged by hand: git pull")
    both = changed_on_both_sides(newest)
    kept = keep_copies(both)
    try:
        put_ours_back(both)
        git("merge", "--ff-only", "--quiet", newest)
    except BaseException:
        restore(kept)
        raise
    say("The course is up to date.")
    for mine, there in kept:
        say(f"You and the newer course have both changed {mine}; yours is kept as {there}.")
    return subprocess.call([sys.executable, ROOT / "start.py", "setup"])  # the newer start.py


def fetch_newest():
    """Fetch the newer course and return its commit."""
    by_hand = "Download the newer course into a folder of its own; copy your notebooks and the folder 'my' into it."
    if shutil.which("git") is None:
        raise Trouble(f"Updating needs git, which was not found. {by_hand}")
    if not (ROOT / ".git").exists():
        raise Trouble(f"This folder was not made with git clone, so it cannot be updated. {by_hand}")
    if not succeeds(["git", "rev-parse", "--verify", "@{upstream}"]):
        raise Trouble("This branch follows no other one, so there is nothing to update from.")
    try:
        git("fetch", "--quiet")
    except Trouble as trouble:
        raise Trouble(f"The newer course could not be fetched. Is there an internet connection?\n{trouble}") from None
    return git("rev-parse", "@{upstream}").strip()


def changed_on_both_sides(newest):
    """Notebooks changed here and in the newer course. Any other such file is an author's, who has to decide."""
    coming = names(git("diff", "--name-only", "--no-renames", "-z", "HEAD", newest))
    edited = names(git("diff", "--name-only", "--no-renames", "-z", "HEAD"))
    added = names(git("ls-files", "--others", "-z", "notebooks", "exercises"))
    both = sorted(coming & (edited | added))
    others = [name for name in both if not name.startswith(("notebooks/", "exercises/"))]
    if others:
        raise Trouble(f"Changed both here and in the newer course: {', '.join(others)}. Commit or undo this first.")
    return both


def keep_copies(both):
    """Copy the learner's files to a dated folder. Returns pairs of names: (original, copy)."""
    folder = f"my/kept/{time.strftime('%Y-%m-%d_%H%M%S')}"
    pairs = [(name, f"{folder}/{name}") for name in both if (ROOT / name).is_file()]
    for mine, there in pairs:
        (ROOT / there).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / mine, ROOT / there)
    return pairs


def put_ours_back(both):
    """Make room for the newer course by undoing what the learner changed."""
    for path in (ROOT / name for name in both):
        if path.is_file():
            path.unlink()
    ours = names(git("ls-tree", "-r", "-z", "--name-only", "HEAD")).intersection(both)
    if ours:
        git("checkout", "HEAD", "--", *ours)


def restore(kept):
    """After a failed update: every file of the learner's that can be put back is, and each copy is named."""
    for mine, there in kept:
        try:
            (ROOT / mine).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / there, ROOT / mine)
            say(f"Your {mine} is in place as it was; a copy is kept as {there}.")
        except OSError:
            say(f"Your {mine} could not be put back; it is kept as {there}.")


def git(*arguments):
    answer = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False, encoding="utf-8", errors="surrogateescape")
    if answer.returncode:
        raise Trouble(f"git says:\n{last_lines(answer.stderr)}")
    return answer.stdout


def names(separated_by_zeros):
    return set(separated_by_zeros.split("\0")) - {""}


# ---- Here it begins ------------------------------------------------------------------------------

COMMANDS = {"setup": setup, "update": update, "test": test, "bench": bench, "course": course, "nbgrader": nbgrader}


def main(arguments):
    if sys.version_info < OLDEST_PYTHON:
        say(old_python())
        return 2
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__.strip())
        return 0
    for name in {"SIGTERM", "SIGHUP"}.intersection(dir(signal)):  # a closed window ends us like Ctrl+C
        signal.signal(getattr(signal, name), interrupt)
    try:
        if arguments and arguments[0] in COMMANDS:
            return COMMANDS[arguments[0]](arguments[1:])
        return open_course(arguments)
    except Trouble as trouble:
        say(f"\n{trouble}")
    except KeyboardInterrupt:
        say("\nStopped. The same command may be run again at any time.")
    except OSError as error:
        say(f"\n{diagnosis(str(error))}\n    {error}")
    return 2


def interrupt(number, frame):
    raise Closed


def old_python():
    need, found = (".".join(map(str, version[:2])) for version in (OLDEST_PYTHON, sys.version_info))
    candidates = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if shutil.which(name)]
    newer = [name for name in candidates if succeeds([name, "--version"])]
    advice = f"Run: {newer[0]} start.py" if newer else "Install a newer one from python.org and try again."
    return f"The course needs Python {need} or newer; this is Python {found}. {advice}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
