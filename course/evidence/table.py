"""A student's own table: read from a CSV file, and the result said in words.

``pool_file(path, "RR")`` and ``components_file(path)`` do it all; ``read_trials`` and ``read_arms`` give what :mod:`.pooling`
and :mod:`.components` need. What cannot be read is one :class:`~course.content.reading.ContentError` with the row and what to
write there. Rows are counted as a spreadsheet counts them: the header is row 1. Commas, semicolons or tabs may stand between
cells; with semicolons or tabs a decimal comma is understood. Columns beyond the needed ones are ignored.

``words_of_pooled`` and ``words_of_components`` give sentences, the headline first; ``plain`` gives either result as plain data
for ``--json``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from statistics import median

import attrs

from course.content.reading import ContentError, Source, did_you_mean

from .components import INACTIVE, Arm, Components, fit_components, joined
from .pooling import (
    MEASURE_OF,
    MEASURES,
    METHODS,
    RATIOS,
    CannotPool,
    Counts,
    LeftOut,
    Means,
    Pooled,
    includes_nothing,
    leave_one_out,
    number_text,
    pool_table,
)

COUNT_COLUMNS = ("trial", "events_1", "n_1", "events_2", "n_2")
MEAN_COLUMNS = ("trial", "mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
ARM_COLUMNS = ("trial", "treatment", "events", "n")
_USELESS = 1000  # a prediction interval whose ends differ by this factor says nothing
MOST_ROWS = 5000
MOST_BYTES = 5_000_000
MOST_LEFT_OUT = 50  # trials up to which each is left out in turn
_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(\.0{1,2})?")  # a spreadsheet may write 12.0; 1.000 could be a thousand
_NUMBER = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " "})


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────


def read_trials(path: Path, measure: str = "RR") -> list[Counts] | list[Means]:
    """The trials in a student's file: counts for RR, OR and RD; means for SMD and MD."""
    if measure not in MEASURES:
        raise CannotPool(f"there is no measure '{measure}'; {did_you_mean(measure, MEASURES, 'use one of: ' + ', '.join(MEASURES))}")
    kind = MEASURE_OF[measure][1]
    columns = COUNT_COLUMNS if kind is Counts else MEAN_COLUMNS
    other = MEAN_COLUMNS if kind is Counts else COUNT_COLUMNS
    hint = "SMD or MD" if kind is Counts else "RR, OR or RD"
    whole = ("events_1", "events_2", "n_1", "n_2")

    def make(row: _Row):
        return kind(row.text("trial"), **{name: row.whole(name) if name in whole else row.number(name) for name in columns[1:]})

    trials = _records(Path(path), columns, make, f"for these columns use --measure {hint}", other)
    first_row: dict[str, int] = {}
    for row, trial in trials:
        if trial.trial in first_row:
            problem = f"the trial '{trial.trial}' stands in row {first_row[trial.trial]} already"
            raise Source(None, Path(path)).error(f"row {row}", problem, "write one row a trial, or its people count twice")
        first_row[trial.trial] = row
    return [trial for _, trial in trials]


def read_arms(path: Path) -> list[Arm]:
    """The arms in a student's file, a row an arm."""
    arms = _records(Path(path), ARM_COLUMNS, lambda row: Arm(row.text("trial"), row.text("treatment"), row.whole("events"), row.whole("n")))
    first_row: dict[tuple, int] = {}
    for row, arm in arms:
        place = (arm.trial, arm.parts)
        if place in first_row:
            problem = f"the trial '{arm.trial}' has '{joined(arm.parts)}' in row {first_row[place]} already"
            raise Source(None, Path(path)).error(f"row {row}", problem, "add the two arms together, or name what differs between them")
        first_row[place] = row
    return [arm for _, arm in arms]


def pool_file(path: Path, measure: str = "RR", method: str = "REML", knapp_hartung: bool = False) -> Pooled:
    """A student's file, pooled. A table without an answer is a finding too: ``file: table: why; what to do``."""
    trials = read_trials(path, measure)
    return _answered(path, lambda: pool_table(trials, measure, method, knapp_hartung))


def components_file(path: Path, method: str = "DL", inactive: Sequence[str] = INACTIVE) -> Components:
    """A student's file of arms, as the additive model's result."""
    arms = read_arms(path)
    return _answered(path, lambda: fit_components(arms, method, inactive))


def _answered(path: Path, work_out: Callable):
    try:
        return work_out()
    except CannotPool as error:
        problem, _, remedy = str(error).rpartition("; ")
        raise Source(None, Path(path)).error("table", problem or remedy, remedy if problem else "check the numbers at their source") from None


@attrs.frozen
class _Row:
    """One row's cells by column, and how to complain about one."""

    cells: dict[str, str]
    where: str
    source: Source
    decimal_comma: bool

    def text(self, column: str) -> str:
        value = " ".join(self.cells[column].split())
        if not value:
            raise self._error(f"{column} is empty", "fill it in, or take the row out")
        if not value.isprintable() or len(value) > 200:
            raise self._error(f"{column} cannot be read", "write a short name in ordinary letters")
        return value

    def whole(self, column: str) -> int:
        text = self._filled(column)
        found = _WHOLE.fullmatch(self._plain(text))
        if not found:
            raise self._error(f"{column} is '{_short(text)}'", "write a whole number, without spaces or thousands marks")
        if int(found[1]) < 0:
            raise self._error(f"{column} is {int(found[1])}", "a count is 0 or more")
        return int(found[1])

    def number(self, column: str) -> float:
        text = self._plain(self._filled(column))
        if not _NUMBER.fullmatch(text):
            remedy = "write a number with a decimal point" if not self.decimal_comma else "write a number, without thousands marks"
            raise self._error(f"{column} is '{_short(self.cells[column].strip())}'", remedy)
        return float(text)

    def _plain(self, text: str) -> str:
        return text.replace(",", ".") if self.decimal_comma and "." not in text and text.count(",") == 1 else text

    def _filled(self, column: str) -> str:
        text = self.cells[column].translate(_MINUS).strip()
        if not text:
            raise self._error(f"{column} is empty", "write the number, or take the row out")
        return text

    def _error(self, problem: str, remedy: str) -> ContentError:
        return self.source.error(self.where, problem, remedy)


def _short(text: str) -> str:
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= 30 else text[:27] + "…"


def _records(path: Path, columns: Sequence[str], make: Callable, other_hint: str = "", other: Sequence[str] = ()) -> list[tuple[int, object]]:
    """The records of a file with the row each stands in."""
    source = Source(None, path)
    found = []
    for row in _rows(source, columns, other_hint, other):
        try:
            found.append((int(row.where.removeprefix("row ")), make(row)))
        except CannotPool as error:
            problem, _, remedy = str(error).partition("; ")
            raise source.error(row.where, problem, remedy or "check the row at its source") from None
    if not found:
        raise source.error("row 2", "there is a header and nothing below it", "write one row a " + ("trial" if "treatment" not in columns else "trial's arm"))
    return found


def _rows(source: Source, columns: Sequence[str], other_hint: str, other: Sequence[str]) -> Iterator[_Row]:
    text = _text(source)
    mark = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True, skipinitialspace=True)
    header, filled, row = None, 0, 0
    try:
        for row, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(source, row, cells, columns, other_hint, other)
                continue
            filled += 1
            if filled > MOST_ROWS:
                raise source.error(f"row {row}", f"the table has more than {MOST_ROWS:,} rows", "pool the trials of one question at a time")
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                raise source.error(f"row {row}", f"it has {len(cells)} cells where the header has {len(header)}", _too_many(mark))
            cells += [""] * (len(header) - len(cells))
            yield _Row(dict(zip(header, cells, strict=False)), f"row {row}", source, mark != ",")
    except csv.Error as error:
        raise source.error(f"row {row + 1}", f"it is not CSV ({error})", "close every quote") from None


def _too_many(mark: str) -> str:
    return "put text with commas in double quotes, and write decimals with a point" if mark == "," else "put text with such marks in double quotes"


def _text(source: Source) -> str:
    """The file's text, whatever mark of its encoding it starts with; a huge file is refused before it is read."""
    try:
        with source.path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise source.error("file", "there is no such file", "check its name and folder") from None
    except (OSError, ValueError) as error:
        raise source.error("file", f"it cannot be read ({getattr(error, 'strerror', None) or error})", "give a CSV file") from None
    if len(raw) > MOST_BYTES:
        where = f"row {MOST_ROWS + 2}" if raw.count(b"\n") > MOST_ROWS + 1 else "file"
        raise source.error(where, f"the file is larger than a table of {MOST_ROWS:,} rows", "pool the trials of one question at a time")
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise source.error(f"row {row}", "a character is not UTF-8", "save the table as “CSV UTF-8”") from None
    if "\0" in text:
        raise source.error(f"row {text[: text.index(chr(0))].count(chr(10)) + 1}", "this is not a text file", "save the table as “CSV UTF-8”")
    if not text.strip():
        raise source.error("row 1", "the file is empty", "write a header and one row a trial")
    return text


def _separator(text: str) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))


def _header(source: Source, row: int, cells: Sequence[str], columns: Sequence[str], other_hint: str, other: Sequence[str]) -> list[str]:
    names = [re.sub(r"[\s.-]+", "_", cell.strip().lower()) for cell in cells]
    for name in columns:
        if names.count(name) > 1:
            raise source.error(f"row {row}", f"the column '{name}' stands there twice", "keep one of the two")
    missing = [name for name in columns if name not in names]
    if missing:
        if other and set(other) <= set(names):
            raise source.error(f"row {row}", f"the column '{missing[0]}' is missing", other_hint)
        extra = [name for name in names if name and name not in columns]
        problem = f"the column '{missing[0]}' is missing" + ("" if len(missing) == 1 else f", and {len(missing) - 1} more")
        near = get_close_matches(missing[0], extra, n=1, cutoff=0.6)
        hint = f"is it '{_short(near[0])}'? " if near else ""
        raise source.error(f"row {row}", problem, f"{hint}the header is: {','.join(columns)}")
    return names


# ── The result in words ──────────────────────────────────────────────────────────────────────────


def headline(pooled: Pooled, group_1: str = "group 1", group_2: str = "group 2", outcome: str = "the outcome") -> str:
    """What the trials say together, in one sentence that never says more than the interval does.

    >>> from course.evidence.pooling import pool_table
    >>> headline(pool_table([Counts("A", 30, 60, 15, 60), Counts("B", 40, 80, 22, 80)], "RR"), "both", "medication", "a response")
    'With both, a response was 1.89 times as likely as with medication (95 % interval 1.37 to 2.61; 2 trials).'
    """
    trials = "1 trial" if len(pooled.trials) == 1 else f"{len(pooled.trials)} trials"
    if pooled.low is None:
        return f"{_capital(MEASURES[pooled.measure])} {pooled.text} ({trials}), without an interval: nobody can say how sure this is."
    interval = f"95 % interval {_side(pooled, pooled.low)} to {_side(pooled, pooled.high)}; {trials}"
    if includes_nothing(pooled) == "the interval includes no difference":
        if pooled.measure in ("SMD", "MD"):
            open_question = f"the scores are higher or lower with {group_1} than with {group_2}"
        else:
            open_question = f"{outcome} is more or less likely with {group_1} than with {group_2}"
        name = MEASURES[pooled.measure]
        return f"It is not settled whether {open_question}: {name} {_side(pooled, pooled.value)} ({interval}). That is not proof of no difference."
    return f"{_settled(pooled, group_1, group_2, outcome)} ({interval})."


def _settled(pooled: Pooled, group_1: str, group_2: str, outcome: str) -> str:
    value = pooled.value
    if pooled.measure == "RR":
        return f"With {group_1}, {outcome} was {number_text('RR', value)} times as likely as with {group_2}"
    if pooled.measure == "OR":
        return f"With {group_1}, the odds of {outcome} were {number_text('OR', value)} times those with {group_2}"
    if pooled.measure == "RD":
        points = number_text("RD", abs(value))
        return f"With {group_1}, {points} {'more' if value > 0 else 'fewer'} of 100 people had {outcome} than with {group_2}"
    unit = " standard deviations" if pooled.measure == "SMD" else " points"
    return f"With {group_1}, scores were {number_text(pooled.measure, abs(value))}{unit} {'higher' if value > 0 else 'lower'} than with {group_2}"


def _side(pooled: Pooled, value: float) -> str:
    if pooled.measure == "RD":
        return f"{number_text('RD', abs(value))} {'more' if value > 0 else 'fewer'}" if abs(value) >= 0.0005 else "0.0"
    return number_text(pooled.measure, value)


def usual_risk(trials: Sequence[Counts]) -> float:
    """The share of people with the outcome in group 2, in the middle one of the trials."""
    return median(trial.events_2 / trial.n_2 for trial in trials)


def of_hundred(pooled: Pooled, risk_2: float, group_1: str = "group 1", group_2: str = "group 2", outcome: str = "the outcome") -> str:
    """A ratio in people: of 100 with group 1, when so many of 100 have the outcome with group 2; nothing for other measures.

    >>> of_hundred(pool_table([Counts("A", 30, 60, 15, 60), Counts("B", 40, 80, 22, 80)], "RR"), 0.25, "both", "medication", "a response")
    'If 25 of 100 people have a response with medication, then with both it is 47 (34 to 65).'
    """
    if pooled.measure not in RATIOS or not 0 < risk_2 < 1:
        return ""

    def people(ratio: float) -> int:
        risk = ratio * risk_2 if pooled.measure == "RR" else ratio * risk_2 / (1 - risk_2 + ratio * risk_2)
        return round(100 * min(1.0, risk))

    interval = "" if pooled.low is None else f" ({people(pooled.low)} to {people(pooled.high)})"
    return f"If {round(100 * risk_2)} of 100 people have {outcome} with {group_2}, then with {group_1} it is {people(pooled.value)}{interval}."


def words_of_pooled(
    pooled: Pooled, group_1: str = "group 1", group_2: str = "group 2", outcome: str = "the outcome", risk_2: float | None = None
) -> tuple[str, ...]:
    """The result as sentences: headline, people, method, spread, a new setting, each trial's pull, what was left out, notes.

    ``risk_2``, such as :func:`usual_risk` gives, turns a ratio into people.
    """
    sentences = [headline(pooled, group_1, group_2, outcome)]
    if risk_2 is not None and of_hundred(pooled, risk_2):
        sentences.append(of_hundred(pooled, risk_2, group_1, group_2, outcome))
    method = METHODS[pooled.method] + (", with Hartung and Knapp's interval" if pooled.knapp_hartung else "")
    sentences.append(f"Method: {method}.")
    sentences += [sentence for sentence in (_spread(pooled), _new_setting(pooled), _pull(pooled)) if sentence]
    sentences += [_left_out(each) for each in pooled.left_out]
    return (*sentences, *pooled.notes)


def _spread(pooled: Pooled) -> str:
    if pooled.q_p is None:
        return ""
    more = "differ more than chance explains" if pooled.q_p < 0.1 else "differ no more than chance may explain"
    return f"The trials {more}: Q {pooled.q:.2f} on {pooled.df}, {_p(pooled.q_p)}; I² {pooled.i2:.0f} %; τ² {pooled.tau2:.4g}."


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}"


def _new_setting(pooled: Pooled) -> str:
    if pooled.prediction_low is None:
        return ""
    nothing = 1 if pooled.measure in RATIOS else 0
    inside = pooled.prediction_low <= nothing <= pooled.prediction_high
    unit = " percentage points" if pooled.measure == "RD" else ""
    if pooled.measure in RATIOS and pooled.prediction_high > _USELESS * pooled.prediction_low:
        return f"What the true effect may be in a new place cannot be said from so few trials: the prediction interval runs from {pooled.prediction_text}."
    return f"In a new place like these the true effect may lie anywhere from {pooled.prediction_text}{unit}" + (
        ", on one side of no difference in one place and on the other in another." if inside else ", on the same side throughout."
    )


def _pull(pooled: Pooled) -> str:
    """The trial whose leaving moves the answer most."""
    if not 3 <= len(pooled.trials) <= MOST_LEFT_OUT or pooled.standard_error is None:
        return ""
    name, without = max(leave_one_out(pooled), key=lambda pair: abs(pair[1].estimate - pooled.estimate))
    turned = includes_nothing(without) != includes_nothing(pooled)
    changed = f"then {includes_nothing(without)}" if turned else "the reading stays the same"
    return f"Leaving out {name or 'one trial'} moves the answer most, to {without.text}; {changed}."


def _left_out(each: LeftOut) -> str:
    return f"Left out: {each.trial}: {each.reason}."


def words_of_components(result: Components) -> tuple[str, ...]:
    """The additive model as sentences: each part, the combinations beside the sum of their parts, spread, notes."""
    trials = f"{result.trials} trial{'s' * (result.trials != 1)} with {result.arms} arms"
    sentences = [f"If parts simply add up on the log-odds scale, {trials} give these odds ratios, each for adding the part to anything else:"]
    sentences += [f"{part.name}: {part.text}{_part_reading(part)}." for part in result.components]
    for each in result.combinations:
        seen = f"{each.trials} trial{'s' * (each.trials != 1)}"
        sentences.append(f"{each.treatment} against {each.against}: {each.observed_text} in {seen}; adding up predicts {each.predicted.text}.")
    if result.q_p is not None:
        more = "disagree with each other or with adding up more than chance explains" if result.q_p < 0.1 else "fit the model no worse than chance may explain"
        sentences.append(f"The trials {more}: Q {result.q:.2f} on {result.df}, {_p(result.q_p)}; I² {result.i2:.0f} %; τ² {result.tau2:.4g}.")
    if result.adding_p is not None:
        verdict = "speaks against adding up" if result.adding_p < 0.05 else "hints that parts do not simply add up"
        verdict = verdict if result.adding_p < 0.1 else "does not contradict adding up, which is not proof of it"
        sentences.append(f"Setting combinations free takes {result.adding_q:.2f} off Q on {result.adding_df} ({_p(result.adding_p)}): this {verdict}.")
    sentences += [_left_out(each) for each in result.left_out]
    return (*sentences, *result.notes)


def _part_reading(part) -> str:
    if part.low is None:
        return ""
    return ", which includes no difference" if part.low <= 1 <= part.high else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def plain(result: Pooled | Components) -> dict:
    """A result as plain data: numbers, texts, lists and ``null``, never ``NaN``."""
    if isinstance(result, Pooled):
        names = ("measure", "method", "knapp_hartung", "estimate", "standard_error", "value", "low", "high", "q", "df", "q_p", "i2", "h", "tau2")
        data = {name: getattr(result, name) for name in (*names, "prediction_low", "prediction_high")}
        data["trials"] = [
            {"trial": t.trial, "value": t.value, "low": t.low, "high": t.high, "estimate": t.estimate, "variance": t.variance, "weight_percent": w}
            for t, w in zip(result.trials, result.weights, strict=True)
        ]
        words = words_of_pooled(result)
    else:
        names = ("method", "trials", "arms", "tau2", "q", "df", "q_p", "i2", "adding_q", "adding_df", "adding_p")
        data = {name: getattr(result, name) for name in names} | {"inactive": list(result.inactive)}
        data["components"] = [_plain_part(part) for part in result.components]
        data["combinations"] = [
            {"treatment": c.treatment, "against": c.against, "trials": c.trials, "predicted": _plain_part(c.predicted)}
            | {"observed": None if c.observed is None else {"odds_ratio": c.observed.value, "low": c.observed.low, "high": c.observed.high}}
            for c in result.combinations
        ]
        words = words_of_components(result)
    data["left_out"] = [attrs.asdict(each) for each in result.left_out]
    return data | {"notes": list(result.notes), "words": list(words)}


def _plain_part(part) -> dict:
    return {"name": part.name, "odds_ratio": part.odds_ratio, "low": part.low, "high": part.high}
