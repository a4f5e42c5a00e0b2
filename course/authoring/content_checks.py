"""What can be wrong in the content: a file that does not load, a name that leads nowhere, a case with a gap, a number without a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from course.cases import paths
from course.cases.cast import cast
from course.cases.records import Case, case_keys, load_case, read_case
from course.clinic.records import card as clinic_card
from course.clinic.visit import visit
from course.content.reading import CONTENT, ContentError, Finding, Source, did_you_mean
from course.content.settings import settings
from course.content.syllabus import misconceptions, modules
from course.controls.crisis import read_crisis
from course.evidence import ledger, statements
from course.evidence.claims import claims
from course.evidence.conditions import conditions_known
from course.evidence.conditions import texts as texts_of_conditions
from course.evidence.courses import courses
from course.evidence.gains import gains
from course.evidence.instruments import instruments
from course.evidence.records import BRACED, dead_keys, read_effects, read_studies, with_ledger
from course.evidence.references import read_references
from course.evidence.safety import read_safety, safety_facts
from course.evidence.staircase import staircase
from course.evidence.timelines import timelines
from course.evidence.trials import trials
from course.mechanisms.orders import orders
from course.mechanisms.records import models
from course.mechanisms.serotonin import debate
from course.mechanisms.targets import targets
from course.questions import Question, questions
from course.questions.patients import capstone
from course.questions.records import question_files, read_questions
from course.questions.sentences import sentences

from .comparators import half, half_said
from .numbers import bare_in_case, bare_in_question, bare_numbers, said, told

#: What to do about a number without a source in a text of the content.
_BRACE_IT = "write {wiles_2013.response_both} in its place, or say it without a number"


# ── The tables ───────────────────────────────────────────────────────────────────────────────────


def _recomputed(content: Path, path: Path | None = None) -> None:
    """Read the figures that the course works out again. Imported here, because the arithmetic brings numpy and few files need it."""
    from course.evidence.recomputed import read_recomputed

    read_recomputed(path or content / "evidence" / "recomputed.csv", ledger(content))


def _comparisons(content: Path) -> None:
    """Read the sets of trials that may be pooled; imported here, as above."""
    from course.evidence.comparisons import comparisons

    comparisons(content)


def _safety(content: Path) -> None:
    """Read both parts of safety.toml; what the facts cite is looked up where a ledger stands beside them."""
    read_crisis(content)
    if (content / "evidence").is_dir():
        safety_facts(content)
    else:
        read_safety(content / "safety.toml")


#: The ledger itself: each of its files can be read alone.
_LEDGER = ("studies.csv", "references.json", "effects.csv")
#: The tables that lie beside the ledger and name its rows, and how each is read from the content folder.
_BESIDE_LEDGER = {
    "statements.csv": statements, "trials.csv": lambda content: trials(content=content), "comparisons.toml": _comparisons, "recomputed.csv": _recomputed,
    "courses.toml": courses, "timelines.toml": timelines, "gains.toml": gains, "claims.toml": claims,
    "staircase.toml": staircase, "conditions.toml": conditions_known,
}  # fmt: skip
#: The other tables, and how each is read from its folder.
_TABLES = {
    "syllabus.toml": modules, "misconceptions.toml": misconceptions, "instruments.toml": instruments, "safety.toml": _safety, "mechanisms.toml": models,
    "targets.toml": targets, "orders.toml": orders, "capstone.toml": capstone, "sentences.toml": sentences,
    "serotonin.toml": debate, "visit.toml": visit, "settings.toml": settings,
    "clinic.toml": clinic_card, "cast.toml": cast,
}  # fmt: skip
TABLES = (*_LEDGER, *_BESIDE_LEDGER, *_TABLES)

#: The tables whose texts speak of the world: how each is read, and its texts by their places.
_SPEAKS = {
    "safety.toml": (safety_facts, lambda made: ((f"facts.{fact.key}.{place}", text) for fact in made.values() for place, text in fact.texts)),
    "mechanisms.toml": (models, lambda made: ((f"{card.key}.{place}", text) for card in made.values() for place, text in card.texts)),
    "targets.toml": (targets, lambda made: ((f"cells.{cell.target}.{cell.treatment}", cell.says) for cell in made.cells)),
    "orders.toml": (orders, lambda made: ((f"pairs.{key}", each.says) for key, pair in made.items() for each in (*pair.orders.values(), *pair.routes))),
    "sentences.toml": (sentences, lambda made: made.texts),
    "capstone.toml": (capstone, lambda made: made.texts),
    "serotonin.toml": (debate, lambda made: made.texts),
    "visit.toml": (visit, lambda made: made.texts),
    "clinic.toml": (clinic_card, lambda made: made.texts),
    "evidence/staircase.toml": (staircase, lambda made: made.texts),
    "evidence/conditions.toml": (conditions_known, texts_of_conditions),
    "evidence/gains.toml": (gains, lambda made: made.texts),
    "evidence/claims.toml": (
        claims,
        lambda made: ((f"{claim.key}.{place}", text) for claim in made.values() for place, text in (("says", claim.says), *claim.texts)),
    ),
}


#: Tables of which each entry names its comparator and its time in a place of its own.
_SAYS_WHEN_ITSELF = ("evidence/claims.toml", "evidence/conditions.toml")

# ── All of it ────────────────────────────────────────────────────────────────────────────────────


def check_content(content: Path = CONTENT) -> Iterator[Finding]:
    """Every finding in a content folder."""
    loaders = (ledger, instruments, modules, misconceptions, read_crisis)
    broken = [finding for load in loaders for finding in _findings_of(load, content)]
    yield from broken
    if broken:
        return  # whatever cites these would only repeat them
    for name, load in _BESIDE_LEDGER.items():
        if f"evidence/{name}" not in _SPEAKS:
            yield from _findings_of(load, content)
    yield from _instruments_cite(content)
    for name in _SPEAKS:
        if (content / name).is_file():
            yield from _check_texts(name, content)
    for key in case_keys(content):
        path = content / "cases" / f"{key}.toml"
        yield from _findings_of(lambda content, key=key: load_case(key, content), content) or check_case(path, load_case(key, content), content)
    for path in question_files(content):
        broken = _findings_of(lambda content, path=path: questions(path.stem, content), content)
        yield from broken or check_questions(path, questions(path.stem, content), content)


def _findings_of(load, content: Path) -> list[Finding]:
    try:
        load(content)
    except ContentError as error:
        return error.findings
    return []


def _check_texts(name: str, content: Path) -> Iterator[Finding]:
    """The findings of a table whose texts speak of the world: what keeps it from being read, else each number without a source."""
    load, texts = _SPEAKS[name]
    broken = _findings_of(load, content)
    yield from broken
    if not broken:
        spoken, source = list(texts(load(content))), Source(None, content / name)
        yield from _without_source(source, ((place, *hit) for place, text in spoken for hit in bare_numbers(text, "fact")))
        if name not in _SAYS_WHEN_ITSELF:
            yield from _half_said(source, spoken)


def _without_source(source: Source, hits: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
    """Numbers without a source, each with its place, its kind and its words, as findings."""
    for place, kind, words in hits:
        yield source.finding(place, f"the number in '{words}' has no source ({kind})", _BRACE_IT)


def _half_said(source: Source, texts: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Effects without their comparator or their time, each with its place."""
    for place, text in texts:
        for found in half_said(text):
            yield half(source, place, *found)


def _instruments_cite(content: Path) -> Iterator[Finding]:
    known = ledger(with_ledger(content)).studies
    for key, tool in instruments(content).items():
        for study in tool.cites:
            if study not in known:
                yield Source(None, content / "instruments.toml").finding(f"{key}.cites", f"no study '{study}' in the ledger", did_you_mean(study, known))


# ── One file ─────────────────────────────────────────────────────────────────────────────────────


def check_content_file(path: Path) -> Iterator[Finding]:
    """The findings of one file of the content; raises a :class:`ContentError` where it cannot be read."""
    folder = path.parent.name if path.suffix == ".toml" else ""
    if folder == "cases":
        yield from check_case(path, read_case(path), with_ledger(path.parent.parent))
    elif folder == "questions":
        yield from check_questions(path, read_questions(path), with_ledger(path.parent.parent))
    elif path.name in _LEDGER:
        yield from _check_ledger_file(path)
    elif path.name in _BESIDE_LEDGER:
        yield from _check_beside_ledger(path)
    elif path.name in _TABLES:
        yield from _check_table(path)
    else:
        remedy = f"name a notebook, a .toml file in cases or questions, or one of: {', '.join(TABLES)}"
        yield Source(None, path).finding("file", "this is nothing that can be checked", remedy)


def _check_ledger_file(path: Path) -> list[Finding]:
    """The slips in one file of the ledger. Numbers belong to the studies beside them, studies to the references, or to the course's own."""
    found: list[Finding] = []
    beside = {name: path.with_name(name) if path.with_name(name).is_file() else CONTENT / "evidence" / name for name in _LEDGER}
    references = read_references(beside["references.json"], found if path.name == "references.json" else [])
    if path.name != "references.json":
        studies = read_studies(beside["studies.csv"], references, found if path.name == "studies.csv" else [])
    if path.name == "effects.csv":
        read_effects(path, studies, found)
    return found


def _check_beside_ledger(path: Path) -> Iterator[Finding]:
    content = path.parent.parent
    if path.name == "recomputed.csv":
        _recomputed(with_ledger(content), path)
    elif not all((path.parent / name).is_file() for name in _LEDGER) or path.parent.name != "evidence":
        yield Source(None, path).finding("file", "there is no ledger beside it", f"put it in a folder evidence with {', '.join(_LEDGER)}")
    elif f"evidence/{path.name}" in _SPEAKS:
        yield from _check_texts(f"evidence/{path.name}", content)
    else:
        _BESIDE_LEDGER[path.name](content)


def _check_table(path: Path) -> Iterator[Finding]:
    content = path.parent
    _TABLES[path.name](content)
    if path.name == "instruments.toml":
        yield from _instruments_cite(content)
    if path.name in _SPEAKS and (path.name != "safety.toml" or (content / "evidence").is_dir()):  # safety facts are read with their own ledger only
        yield from _check_texts(path.name, content)


# ── Cases and questions ──────────────────────────────────────────────────────────────────────────


def check_case(path: Path, case: Case, content: Path = CONTENT) -> Iterator[Finding]:
    """Findings that need the whole case: its paths, its citations and its numbers."""
    yield from paths.findings(case, content, path)
    yield from _without_source(Source(None, path), bare_in_case(case))
    yield from _half_said(Source(None, path), (*told(case), *said(case)))


def check_questions(path: Path, found: dict[str, Question], content: Path = CONTENT) -> Iterator[Finding]:
    """Findings that need more than the question itself: names that lead elsewhere."""
    source = Source(None, path)
    objectives = {key for module in modules(content) for key in module.objectives}
    for question in found.values():
        if question.objective not in objectives:
            yield source.finding(f"{question.key}.objective", f"no objective '{question.objective}'", did_you_mean(question.objective, objectives))
        if question.key[4] == "q" and question.total < 1:
            yield source.finding(f"{question.key}.points", "a question of an exercise has no points", "write points = 1 or more")
        if question.kind == "case" and question.case not in case_keys(content):
            yield source.finding(f"{question.key}.case", f"no case '{question.case}'", did_you_mean(question.case, case_keys(content)))
        if question.kind == "sentence" and question.task not in sentences(content if (content / "sentences.toml").is_file() else CONTENT).tasks:
            yield source.finding(f"{question.key}.task", f"no task '{question.task}'", did_you_mean(question.task, sentences().tasks))
        for slug in sorted({each.misconception for each in (*question.all_options, *question.all_mistakes) if each.misconception}):
            if slug not in misconceptions(content):
                yield source.finding(question.key, f"no misconception '{slug}'", did_you_mean(slug, misconceptions(content), "add it to misconceptions.toml"))
        yield from _citations(question, source, content)
        yield from _without_source(source, ((question.key, *hit) for hit in bare_in_question(question)))
        yield from _half_said(source, ((question.key, text) for text in (*question.asks, *question.explains)))


def _citations(question: Question, source: Source, content: Path) -> Iterator[Finding]:
    known = ledger(content)
    for study in (*question.cites, *(study for option in question.all_options for study in option.cites)):
        if study not in known.studies:
            yield source.finding(f"{question.key}.cites", f"no study '{study}'", did_you_mean(study, known.studies))
    for text in (*question.asks, *question.explains):
        yield from dead_keys(source, question.key, BRACED.findall(text), known.effects, "number")
    for key in question.reveals:
        if key in known and known[key].measure != "percent":
            yield source.finding(f"{question.key}.reveals", f"'{key}' is no per cent", "reveal per cents, which people can be counted by")
    yield from dead_keys(source, f"{question.key}.reveals", question.reveals, known.effects, "per cent")
