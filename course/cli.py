"""``course …``: every task of an author, an instructor or a reader of evidence, one verb each.

Findings go to standard output, progress and errors to standard error. Exit codes: 0 fine, 1 there are
findings, 2 the command could not be carried out.
"""

from __future__ import annotations

import json as json_format
import os
import sys
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import attrs
import typer

from course import notes
from course.content.reading import Finding, PlainError

app = typer.Typer(
    help="Check, tidy and release the course; play a case; run a clinic; look up, pool and add up evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
new = typer.Typer(help="Begin a new case or module from a valid skeleton.", no_args_is_help=True)
app.add_typer(new, name="new")

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def main() -> None:
    """The ``course`` command. An error is one plain sentence, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot print τ prints a question mark instead
    try:
        app()
    except PlainError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None
    except OSError as error:
        typer.echo(f"{error.filename or 'a file'}: {error.strerror}; check that it is there and may be written", err=True)
        raise SystemExit(2) from None
    except Exception as error:
        if os.environ.get("COURSE_DEBUG"):
            raise
        typer.echo(f"course stopped: {type(error).__name__}: {error}; nothing was deleted. COURSE_DEBUG=1 shows where.", err=True)
        raise SystemExit(2) from None


# ── Progress ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def progress(label: str, total: int | None = None):
    """A bar on standard error while something takes long; gives the function that moves it on."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        typer.echo(f"{label} …", err=True)
        yield lambda what: None
        return
    columns = TextColumn(label), BarColumn(), TextColumn("{task.completed} of {task.total}"), TextColumn("{task.fields[what]}"), TimeRemainingColumn()
    # Without a thread of its own, so that other processes may be started meanwhile.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=total, what="")
        bar.refresh()
        yield lambda what: bar.update(task, advance=1, what=what, refresh=True)


# ── Check and tidy ───────────────────────────────────────────────────────────────────────────────


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Files to check; without any, everything.")] = None,
    release: Annotated[bool, typer.Option("--release", help="Also refuse facts whose document is to be read again.")] = False,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Check as if it were this day.", show_default="today")] = None,
    json: Json = False,
) -> None:
    """Find what is wrong in content and notebooks, one line each."""
    from course.authoring.checks import check_everything, check_file, notebook_paths

    root = notes.home()
    if files:
        found = [finding for file in files for finding in check_file(_existing(file))]
    else:
        with progress("Checking", len(notebook_paths(root)) + 1) as moved:
            found = check_everything(root, moved)
        if not found:
            found = _out_of_date((on or datetime.now()).date(), release)
    _print_findings(found, json)
    raise typer.Exit(1 if found else 0)


def _out_of_date(day: date, release: bool) -> list[Finding]:
    """The facts that are to be read again by this day: findings before a release, else a warning each."""
    from course.evidence.safety import overdue

    late = overdue(day)
    for finding in [] if release else late:
        typer.echo(f"Warning: {finding}", err=True)
    return late if release else []


def _as_shown(path: Path) -> Path:
    """A path as a person here would type it: from the course's folder where it lies in it."""
    return path.relative_to(notes.home()) if path.is_relative_to(notes.home()) else path


def _existing(file: Path) -> Path:
    if not file.exists():
        raise PlainError(f"{file}: there is no such file; give a path from this folder")
    return file


def _print_findings(found: list[Finding], as_json: bool) -> None:
    if as_json:
        typer.echo(json_format.dumps([attrs.asdict(finding) for finding in found], ensure_ascii=False, indent=1))
        return
    for finding in found:
        typer.echo(str(finding))
    if not found:
        typer.echo("Nothing to mend.")


@app.command()
def tidy(names: Annotated[list[str] | None, typer.Argument(help="Modules or files; without any, all, and the tables of the papers.")] = None) -> None:
    """Strip notebooks of outputs, and make their questions, numbers and sources anew from the content."""
    from course.authoring import reading
    from course.authoring.checks import notebook_paths
    from course.authoring.tables import refresh_papers
    from course.authoring.tidy import tidy as tidy_notebook

    paths = _notebooks_named(names) if names else notebook_paths(notes.home())
    changed = []
    with progress("Tidying", len(paths)) as moved:
        for path in paths:
            moved(path.stem)
            changed += [path] if tidy_notebook(path) else []
    for path in changed + ([] if names else [*reading.refresh(notes.home()), *refresh_papers(notes.home())]):
        typer.echo(f"Tidied {_as_shown(path)}.")


def _notebooks_named(names: list[str]) -> list[Path]:
    from course.authoring.checks import notebook_paths
    from course.content.syllabus import find_module

    paths: list[Path] = []
    for name in names:
        if Path(name).suffix == ".ipynb":
            paths.append(_existing(Path(name)))
        else:
            slug = find_module(name).slug
            paths += [path for path in notebook_paths(notes.home()) if path.stem == slug]
    return paths


# ── Release and reset ────────────────────────────────────────────────────────────────────────────


@app.command()
def release(
    modules: Annotated[list[str] | None, typer.Argument(help="Modules; without any, all that are ready.")] = None,
    register: Annotated[bool, typer.Option("--register", help="Put the assignments into the gradebook, and leave the exercises as they are.")] = False,
) -> None:
    """Make the exercises from the solutions."""
    from course.authoring.release import release as make_release
    from course.content.syllabus import find_module, ready_modules

    slugs = [find_module(name).slug for name in modules] if modules else [module.slug for module in ready_modules()]
    with progress("Releasing", len(slugs)) as moved:
        changed = make_release(notes.home(), register, slugs, moved)
    for slug in slugs:
        typer.echo(f"exercises/{slug}: {'in the gradebook' if register else 'made anew' if slug in changed else 'as it was'}.")


@app.command()
def reset(module: Annotated[str, typer.Argument(help="The module, as in 05_depression.")]) -> None:
    """Put a clean copy of a lesson and its exercise back; yours is kept beside it, with its date."""
    from course.authoring.release import reset as put_back
    from course.content.syllabus import find_module

    root = notes.home()
    done = put_back(root, find_module(module).slug)
    for path, kept in done:
        typer.echo(f"{path.relative_to(root)} is clean again." + (f" Yours is kept as {kept.name}." if kept else ""))
    if not done:
        typer.echo("Both are clean already; nothing was changed.")


# ── Grade ────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def collect(
    source: Annotated[Path, typer.Argument(help="The ZIP file of Canvas, Moodle, Brightspace or Blackboard, or a folder with one folder a student.")],
    module: Annotated[str | None, typer.Argument(help="Take every notebook for this module; without it, by the name of the file.")] = None,
    roster: Annotated[Path | None, typer.Option(help="The class: a CSV file with the columns id,name,email,lms.", show_default="grading/roster.csv")] = None,
    json: Json = False,
) -> None:
    """Put what students handed in where grading looks for it."""
    from course.content.syllabus import find_module, ready_modules
    from course.grading import intake

    root, slugs = notes.home(), [module.slug for module in ready_modules()]
    file = roster or root / intake.ROSTER
    people = intake.read_roster(_existing(file)) if roster or file.exists() else []
    with progress("Collecting") as moved:
        told = intake.collect(root, source, slugs, find_module(module).slug if module else None, people, moved)
    shown = [each for each in told if each.state != intake.PASSED or each.student]
    if json:
        _print_json([attrs.asdict(each) for each in told])
    else:
        _print_table(("Student", "State", "File", "Why"), [(each.student, each.state, each.file, each.why) for each in shown])
        counts = {state: sum(each.state == state for each in told) for state in dict.fromkeys(each.state for each in told)}
        typer.echo("\n" + (", ".join(f"{count} {state}" for state, count in counts.items()) or "There was no file in it") + ".")
    raise typer.Exit(1 if any(each.state == intake.REFUSED for each in told) else 0)


@app.command()
def grade(
    module: Annotated[str, typer.Argument(help="The module, as in 05_depression.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given again for more.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Mark also what was marked before and has not changed.")] = False,
    json: Json = False,
) -> None:
    """Mark what a class handed in, into nbgrader's gradebook."""
    from course.content.syllabus import find_module
    from course.grading.runner import REFUSED, find_submissions
    from course.grading.runner import grade as mark_class

    slug, root = find_module(module).slug, notes.home()
    with progress("Marking", len(student or find_submissions(root, slug))) as moved:
        outcomes = mark_class(root, slug, student or (), again, moved)
    if json:
        _print_json([attrs.asdict(outcome) for outcome in outcomes])
    else:
        _print_outcomes(outcomes)
    raise typer.Exit(1 if any(outcome.state == REFUSED for outcome in outcomes) else 0)


def _print_outcomes(outcomes) -> None:
    """Who was marked, who waits for a reader, who was refused and why; and how many of each."""
    counts = {state: sum(outcome.state == state for outcome in outcomes) for state in dict.fromkeys(outcome.state for outcome in outcomes)}
    rows = [
        (outcome.student, outcome.state, "" if outcome.points is None else f"{outcome.points:g}", ", ".join(outcome.safety_missed), outcome.why)
        for outcome in outcomes
    ]
    _print_table(("Student", "State", "Points so far", "Safety missed", "Why"), rows)
    typer.echo("\n" + ", ".join(f"{count} {state}" for state, count in counts.items()) + ".")


@app.command()
def feedback(
    module: Annotated[str, typer.Argument(help="The module, as in 05_depression.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given again for more.")] = None,
) -> None:
    """Write a page for each student: every answer, what the lesson says to it, and its points."""
    from course.content.syllabus import find_module
    from course.grading.feedback import write_feedback

    slug = find_module(module).slug
    with progress("Writing feedback") as moved:
        written = write_feedback(notes.home(), slug, tuple(student or ()), moved)
    typer.echo(f"{len(written)} {'page' if len(written) == 1 else 'pages'} in grading/feedback. To send them: course return {slug}")


@app.command("return")
def give_back(module: Annotated[str, typer.Argument(help="The module, as in 05_depression.")]) -> None:
    """Pack the feedback into one ZIP file, named as the platform named what it gave."""
    from course.content.syllabus import find_module
    from course.grading.feedback import pack

    packed, count = pack(notes.home(), find_module(module).slug)
    typer.echo(f"{_as_shown(packed)}: {count} {'page' if count == 1 else 'pages'}.")


@app.command()
def export(
    module: Annotated[str, typer.Argument(help="The module, as in 05_depression.")],
    to: Annotated[str, typer.Option(help="canvas, moodle or csv.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="Write it into this new file; without it, it is printed.")] = None,
    roster: Annotated[Path | None, typer.Option(help="The class: a CSV file with the columns id,name,email,lms.", show_default="grading/roster.csv")] = None,
) -> None:
    """The marks as a table, in the columns that a learning platform takes in."""
    from course.content.syllabus import find_module
    from course.grading import intake
    from course.grading.export import TABLES, as_csv
    from course.grading.gradebook import results

    slug, form = find_module(module).slug, _as_written("form", to, TABLES)
    file = roster or notes.home() / intake.ROSTER
    people = intake.read_roster(_existing(file)) if roster or file.exists() else []
    text = as_csv(results(notes.home(), slug), slug, people, form)
    if out is None:
        return typer.echo(text, nl=False)
    _check_new_files(out.parent, [out], force=False)
    out.touch(mode=0o600)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"The marks are in {out}.", err=True)


# ── Play ─────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def play(case: Annotated[str, typer.Argument(help="The case, as in grace.")]) -> None:
    """Play a case here in the terminal, to its receipt."""
    from course.cases import Session, load_case
    from course.cases.pages import debrief_page, feedback_page, opening_page, scene_page
    from course.controls.blocks import as_text

    session = Session(load_case(case))
    typer.echo(as_text(opening_page(session.case)))
    while not session.finished:
        typer.echo("\n" + as_text([block for block in scene_page(session) if block["is"] != "folded"]))
        if session.choose(_asked_for([option.key for option in session.options])):
            typer.echo("\n" + as_text([block for block in feedback_page(session) if block["is"] != "folded"]))
    typer.echo("\n" + as_text(debrief_page(session, guess="cannot-tell")))


def _asked_for(keys: list[str]) -> str:
    """The option that the reader types, by its number or its name."""
    while True:
        given = typer.prompt(f"\nYour choice (1 to {len(keys)}, or its name; q to stop)", err=True).strip().lower()
        if given in ("q", "quit"):
            raise typer.Exit(0)
        if given.isdigit() and 1 <= int(given) <= len(keys):
            return keys[int(given) - 1]
        if given in keys:
            return given
        typer.echo(f"Type a number from 1 to {len(keys)}, or one of: {', '.join(keys)}.", err=True)


# ── Evidence ─────────────────────────────────────────────────────────────────────────────────────

TABLE_ROWS = 50


@app.command()
def pool(
    file: Annotated[Path, typer.Argument(help="A CSV file: trial,events_1,n_1,events_2,n_2 or trial,mean_1,sd_1,n_1,mean_2,sd_2,n_2.")],
    measure: Annotated[str, typer.Option(help="RR, OR or RD for counts; SMD or MD for means.")] = "RR",
    method: Annotated[str, typer.Option(help="fixed, DL, PM or REML.")] = "REML",
    knapp_hartung: Annotated[bool, typer.Option("--knapp-hartung", help="The interval of Hartung and Knapp.")] = False,
    figure: Annotated[Path | None, typer.Option(help="Also draw the forest plot into this new file: .svg, .png or .pdf.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Let the figure take the place of a file that is there.")] = False,
    json: Json = False,
) -> None:
    """Pool a table of trials, and say in words what it shows."""
    from course.evidence.pooling import MEASURES, METHODS, RATIOS
    from course.evidence.table import pool_file, read_trials
    from course.evidence.words import plain, usual_risk, words_of_pooled

    measure, method = _as_written("measure", measure, MEASURES), _as_written("method", method, METHODS)
    if figure:
        _check_new_figure(figure, force)
    pooled = pool_file(file, measure, method, knapp_hartung)
    if figure:
        _draw_pooled(pooled, figure)
    if json:
        return _print_json(plain(pooled))
    names = {each.trial for each in pooled.trials}
    usual = usual_risk([trial for trial in read_trials(file, measure) if trial.trial in names]) if measure in RATIOS else None
    typer.echo("\n".join(words_of_pooled(pooled, risk_2=usual)))
    rows = [(each.trial, each.text, f"{weight:.1f} %") for each, weight in zip(pooled.trials, pooled.weights, strict=True)]
    header = ("Trial", f"{MEASURES[measure].capitalize()} (95 % interval)", "Weight")
    _print_table(header, rows, ("Together", pooled.text, "100.0 %"))


def _check_new_figure(path: Path, force: bool) -> None:
    """What would be wrong with the place of a figure, said before anything is worked out."""
    from course.evidence.figures.forest import FILES

    if path.suffix.lower().removeprefix(".") not in FILES:
        raise PlainError(f"{path}: a figure cannot be written with this ending; use one of: {', '.join(f'.{kind}' for kind in FILES)}")
    if not path.parent.is_dir():
        raise PlainError(f"{path}: there is no folder '{path.parent}'; make it, or name another place")
    if path.is_dir():
        raise PlainError(f"{path}: this is a folder; name a file in it")
    if path.exists() and not force:
        raise PlainError(f"{path}: there is such a file already; choose another name, or add --force to replace it")


def _draw_pooled(pooled, path: Path) -> None:
    from course.evidence.figures import save_forest

    save_forest(pooled, path, labels=("group 1", "group 2"))
    typer.echo(f"The forest plot is in {path}.", err=True)


@app.command()
def components(
    file: Annotated[Path, typer.Argument(help="A CSV file with a row an arm: trial,treatment,events,n. A treatment such as A+B is a combination.")],
    json: Json = False,
) -> None:
    """Work out what each part of a combination does, if parts simply add up."""
    from course.evidence.table import components_file
    from course.evidence.words import plain, words_of_components

    result = components_file(file)
    if json:
        return _print_json(plain(result))
    typer.echo("\n".join(words_of_components(result)))
    _print_table(("Part", "Odds ratio (95 % interval)"), [(part.name, part.text) for part in result.components])
    seen = [(each.treatment, each.against, each.observed_text, each.predicted.text) for each in result.combinations]
    if seen:
        _print_table(("Combination", "Against", "Seen", "Adding up predicts"), seen)


@app.command()
def evidence(
    words: Annotated[list[str], typer.Argument(help="Words of the outcome, the people, the comparison or the study.")],
    most: Annotated[int, typer.Option(min=1, help="How many numbers to show.")] = 12,
    json: Json = False,
) -> None:
    """Find published numbers, findings and safety facts in the ledger, the best match first."""
    from course.evidence.search import search

    asked = " ".join(words)
    found = search(asked)
    withdrawn = [f"Not shown: what stands in {study.short}. {study.withdrawn}" for study in found.withdrawn]
    rows = [*found.effects[:most], *found.statements[: max(most - len(found.effects), most // 4)]]
    if json:
        numbers, says = ([_plain_row(row) for row in rows if hasattr(row, "says") == told] for told in (False, True))
        safety = [_plain_fact(fact) for fact in found.facts[:most]]
        return _print_json({"words": asked, "found": len(found.effects), "numbers": numbers, "statements": says, "safety": safety, "withdrawn": withdrawn})
    if not (rows or withdrawn or found.facts):
        typer.echo(f"The ledger has nothing on “{asked}”. Try fewer or other words: an outcome, a treatment, or a study's first author.")
    for row in rows:
        typer.echo(row.says if hasattr(row, "says") else f"{row.text}  {row.measure}")
        typer.echo(f"  {row.meaning}\n  {row.key}, {row.study.design}: {row.study.citation} {row.study.link or row.study.address}\n")
    for fact in found.facts[: max(most - len(rows), most // 4, 1)]:
        plain = _plain_fact(fact)
        typer.echo(f"Safety: {plain['fact']}\n  What to do: {plain['action']}\n  {fact.key}: {' '.join(plain['sources'])}{_again(plain)}\n")
    total = len(found.effects) + len(found.statements)
    if total > len(rows):
        typer.echo(f"{total - len(rows):,} more fit. Add a word, or --most {total}.")
    for line in withdrawn:
        typer.echo(line)


def _plain_row(row) -> dict:
    """A number or statement of the ledger as plain data."""
    names = ("key", "text", "value", "low", "high", "measure", "says", "outcome", "population", "comparison", "time", "status")
    study = {"study": row.study.key, "design": row.study.design, "citation": row.study.citation, "link": row.study.link or row.study.address}
    return {name: getattr(row, name) for name in names if hasattr(row, name)} | study


def _plain_fact(fact) -> dict:
    """A safety fact as plain data, with its numbers put in."""
    from course.evidence import ledger
    from course.evidence.records import CITED
    from course.evidence.safety import documents, sources_of

    texts = {name: CITED.sub(lambda found: ledger()[found[1]].number, text) for name, text in fact.texts}
    named = [f"{study.citation} {study.link}" for study in (*sources_of(fact), *([ledger().study(fact.reread)] if fact.reread else []))]
    again = "".join(f"{document} {documents()[fact.reread].note}" for document in named[len(fact.sources) :])
    return {"key": fact.key, **texts, "sources": named[: len(fact.sources)], "reread": again}


def _again(plain_fact: dict) -> str:
    """Which document to read again before a fact is used, on a line of its own."""
    return f"\n  Read again before you use it: {plain_fact['reread']}" if plain_fact["reread"] else ""


def _as_written(what: str, given: str, names) -> str:
    """The name as the course writes it, so that ``rr`` and ``dl`` are understood too."""
    written = {name.lower(): name for name in names}.get(given.strip().lower())
    if written is None:
        raise PlainError(f"there is no {what} '{given}'; use one of: {', '.join(names)}")
    return written


def _print_json(data) -> None:
    typer.echo(json_format.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))


def _print_table(header: tuple[str, ...], rows: list[tuple[str, ...]], last: tuple[str, ...] = ()) -> None:
    """A small table on standard output, below the words."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_footer=bool(last), header_style="bold", footer_style="bold")
    for i, name in enumerate(header):
        table.add_column(Text(name), Text(last[i] if last else ""), justify="right" if name == "Weight" else "left", overflow="fold")
    for row in rows[:TABLE_ROWS]:
        table.add_row(*map(Text, row))
    typer.echo()
    Console(highlight=False).print(table)
    if len(rows) > TABLE_ROWS:
        typer.echo(f"… and {len(rows) - TABLE_ROWS:,} more rows; --json has them all.")


# ── Clinic ───────────────────────────────────────────────────────────────────────────────────────


@app.command("clinic")
def run_clinic(
    scenario: Annotated[Path, typer.Argument(help="A scenario file, as in mine.toml, or one of the course's clinics: harbour, valley, mill.")],
    seeds: Annotated[int, typer.Option(min=1, max=2000, help="How many runs.")] = 30,
    out: Annotated[Path, typer.Option(help="The folder for the figure, the table and the words.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Let them take the place of files that are there.")] = False,
    json: Json = False,
) -> None:
    """Run a clinic of your own many times: waits, people treated and lost, cost and fairness, beside the clinic that it is like."""
    from course.clinic.figures import save_waits
    from course.clinic.records import clinic, clinics, read_scenario
    from course.clinic.runs import as_csv, as_data, in_words, summary

    known = not scenario.suffix and not scenario.exists()
    made, before = (clinic(str(scenario)), None) if known and str(scenario) in clinics() else read_scenario(_existing(scenario))
    files = [out / f"{scenario.stem}-clinic.{kind}" for kind in ("svg", "csv", "txt")]
    _check_new_files(out, files, force)
    with progress("Running the clinic", seeds * (2 if before else 1)) as moved:
        after = summary(made, seeds, before, moved)
        was = summary(before, seeds, None, moved) if before else None
    save_waits(files[0], after, was)
    files[1].write_text(as_csv(after, was), encoding="utf-8")
    words = in_words(after, was)
    files[2].write_text(words + "\n", encoding="utf-8")
    if json:
        return _print_json(as_data(after, was))
    typer.echo(words)
    typer.echo(f"The figure, the table and these words are in {', '.join(map(str, files))}.", err=True)


def _check_new_files(folder: Path, files: list[Path], force: bool) -> None:
    """What would be wrong with the place of some files, said before anything is worked out."""
    if not folder.is_dir():
        raise PlainError(f"{folder}: there is no such folder; make it, or name another with --out")
    for file in files:
        if file.exists() and not force:
            raise PlainError(f"{file}: there is such a file already; name another folder with --out, or add --force to replace it")


# ── New ──────────────────────────────────────────────────────────────────────────────────────────


@new.command("case")
def new_case(name: Annotated[str, typer.Argument(help="The patient's first name, as in grace.")]) -> None:
    """Begin a case: a small valid one to rewrite."""
    from course.authoring.skeletons import begin_case

    path = begin_case(name)
    typer.echo(f"Begun: {_as_shown(path)}")
    typer.echo(f"Rewrite it, then: course check {_as_shown(path)} and course play {path.stem}")


@new.command("module")
def new_module(name: Annotated[str, typer.Argument(help="The slug from the syllabus, as in 13_sleep.")]) -> None:
    """Begin a module: its lesson, solution and questions, small and valid."""
    from course.authoring.skeletons import begin_module

    for path in begin_module(notes.home(), name):
        typer.echo(f"Begun: {_as_shown(path)}")
    typer.echo("Rewrite them, then: course tidy, course release, course check")


if __name__ == "__main__":
    sys.exit(main())
