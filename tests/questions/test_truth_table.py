"""The truth table: for every question of the course, what each answer is worth and what is said to it.

What is right, and what is said to a wrong answer, is read here from the author's file itself, so that marking
is held against the content and not against its own reading of it.

No message gives the key away. That is meant in two ways, both tested. What is said to an answer that could not
be read stays the same when another answer is made the right one: it cannot tell what it does not depend on.
And what is said to a wrong answer holds neither the words of the right one nor its number nor its list.
"""

from __future__ import annotations

import copy
import itertools
import random
import re
import tomllib

import attrs
import pytest

from course.cases import Session, load_case
from course.content.reading import CONTENT, Source, structure
from course.content.syllabus import FAMILIES, misconceptions
from course.controls.blocks import plain
from course.grading.answers import Asked, asked, parts
from course.questions import Question, load_question, mark, questions
from course.questions.capstone import find_patient, good_plans
from course.questions.marking import NOT_YET, RECORDED, RIGHT, UNANSWERED, UNREADABLE, example
from course.questions.pages import filled
from course.questions.records import question_files
from course.questions.sentences import load_task, sentences

WRITTEN = {key: table for path in question_files() for key, table in tomllib.loads(path.read_text(encoding="utf-8")).items()}
QUESTIONS = {key: load_question(key) for key in WRITTEN}
PARTS = {part.key: part for question in QUESTIONS.values() if not question.private for part in parts(question)}
EVERY_PART = pytest.mark.parametrize("key", PARTS)


def of_kind(*kinds):
    return pytest.mark.parametrize("key", [key for key, part in PARTS.items() if kind(part) in kinds])


def kind(part: Asked) -> str:
    return part.question.fields[part.field].kind if part.question.kind == "plan" else part.question.kind


def written(part: Asked) -> dict:
    """The author's own table for a question, or for one field of a plan."""
    table = WRITTEN[part.question.key]
    return table["fields"][part.field] if part.field else table


def marked(part: Asked, answer, question: Question | None = None):
    return mark(question or part.question, answer, part.field)


def right_answers(part: Asked) -> list:
    """Every right answer that a learner could be expected to write."""
    table, what = written(part), kind(part)
    correct = [key for key, option in table.get("options", {}).items() if option.get("correct")]
    if what == "choice":
        return correct
    if what == "choices":
        return [correct, correct[::-1], tuple(correct), set(correct)]
    if what == "number" and part.field:
        return [table["low"], table["high"], (table["low"] + table["high"]) / 2]
    if what == "number":
        return [table["answer"], table["answer"] + table.get("tolerance", 0), table["answer"] - table.get("tolerance", 0)]
    if what == "order":
        return [table["answer"], tuple(table["answer"])]
    if what in ("match", "sort"):
        places = {key: item["place"] for key, item in table["items"].items()}
        return [list(places.values()), tuple(places.values()), places]
    if what == "capstone":
        return [plan for variant in SOME_VARIANTS for plan in good_plans(find_patient(variant))]
    if what == "sentence":
        return [load_task(table["task"]).model]
    sessions = [Session(load_case(table["case"]), path.choices) for path in load_case(table["case"]).accepted]
    return [answer for session in sessions for answer in (session.receipt(), list(session.choices), session.choices)]


def wrong_answers(part: Asked) -> list[tuple]:
    """(answer, exactly what is said to it first, the misconception it shows) of every wrong answer in the author's file."""
    table, what = written(part), kind(part)
    foreseen = [(mistake["answer"], mistake["because"], mistake["misconception"]) for mistake in table.get("mistakes", [])]
    options = table.get("options", {})
    if what == "capstone":
        return broken_plans(part)
    if what == "sentence":
        return slipped(part)
    if what == "choice":
        return [(key, option["because"], option["misconception"]) for key, option in options.items() if not option.get("correct")]
    if what != "choices":
        return foreseen
    correct = {key for key, option in options.items() if option.get("correct")}
    own = {frozenset(answer) for answer, _, _ in foreseen}
    for key, option in options.items():
        answer = correct ^ {key}
        if frozenset(answer) not in own:
            said = (option["missed"], None) if key in correct else (option["because"], option["misconception"])
            foreseen.append((sorted(answer), *said))
    return foreseen


def slipped(part: Asked) -> list[tuple]:
    """The model text with one thing said too much; the first words back quote it and end with the question of sentences.toml."""
    model, found = load_task(written(part)["task"]).model, []
    for slip in sentences().slips.values():
        answer = f"{model} {slip.example}"
        first = marked(part, answer).messages[0]
        found.append((answer, first if first.startswith("You write “") and first.endswith(slip.asks) else slip.asks, slip.misconception))
    return found


SOME_VARIANTS = ("17-valley", "05-mill", "21-harbour")


def broken_plans(part: Asked) -> list[tuple]:
    """Good plans with one thing wrong in this part, and what capstone.toml says to it (tests/questions/test_capstone.py has every rule)."""
    file = tomllib.loads((CONTENT / "capstone.toml").read_text(encoding="utf-8"))
    broken = {
        "safety": ({"owner": "everyone"}, file["owners"]["everyone"]["because"]),
        "clinic": ({"therapy": "list"}, file["therapies"]["list"]["because"]),
        "measure": ({"target": "happiness"}, file["targets"]["happiness"]["because"]),
        "dates": ({"review": 1}, file["says"]["unordered"]),
        "claim": ({"certainty": "does"}, file["says"]["too-strong"]),
        "plan": ({"audit": ["suicide"]}, file["says"]["short-audit"]),
    }
    change, said = broken[part.field]
    return [({**plan, **change}, said, None) for plan in right_answers(part)]


def truth_table(part: Asked, question: Question | None = None) -> list[str]:
    """What does not hold for one question, a line each."""
    found = []
    for answer in right_answers(part):
        if marked(part, answer, question).status != RIGHT:
            found.append(f"{answer!r} is right and marked {marked(part, answer, question)}")
    for answer, said, misconception in wrong_answers(part):
        verdict = marked(part, answer, question)
        if verdict.status != NOT_YET:
            found.append(f"{answer!r} is wrong and marked {verdict.status}")
        elif verdict.messages[0] != said:
            found.append(f"to {answer!r} it says {verdict.messages[0]!r}")
        elif misconception and verdict.misconceptions != (misconception,):
            found.append(f"{answer!r} shows {misconception}, marked {verdict.misconceptions}")
    if marked(part, ..., question).status != UNANSWERED:
        found.append("three dots are not unanswered")
    return found


@EVERY_PART
def test_the_truth_table_holds(key):
    assert truth_table(PARTS[key]) == []


@EVERY_PART
def test_every_question_has_right_answers_and_foresees_wrong_ones(key):
    part = PARTS[key]
    assert right_answers(part)
    if kind(part) == "case":
        assert any(option.quality == "unsafe" for scene in load_case(part.question.case).scenes.values() for option in scene.options)
    else:
        assert wrong_answers(part)


@EVERY_PART
def test_whatever_is_said_can_be_shown_as_plain_words(key):
    part = PARTS[key]
    for answer in (*right_answers(part), *(answer for answer, _, _ in wrong_answers(part))):
        for message in marked(part, answer).messages:
            words = plain(filled(message))
            assert words.strip()
            assert "{" not in words, words


# ── Every possible answer ──


def possible_answers(part: Asked) -> list:
    """Every answer that can be made of what is offered (for a number, a hundred of them)."""
    table, what = written(part), kind(part)
    keys = list(table.get("options", table.get("items", {})))
    if what == "choice":
        return keys
    if what == "choices":
        return [list(subset) for size in range(len(keys) + 1) for subset in itertools.combinations(keys, size)]
    if what == "order":
        return [list(order) for order in itertools.permutations(keys)]
    if what in ("match", "sort"):
        return [list(places) for places in itertools.product(table["places"], repeat=len(keys))][:20_000]
    return [n / 2 for n in range(-40, 260)]


@of_kind("choice", "choices", "order", "match", "sort", "number")
def test_of_all_possible_answers_only_the_key_is_right(key):
    part = PARTS[key]
    keys, table = right_answers(part), written(part)
    for answer in possible_answers(part):
        verdict = marked(part, answer)
        if kind(part) == "number":
            low, high = (table["low"], table["high"]) if part.field else (min(keys), max(keys))
            is_right = low <= answer <= high
        else:
            is_right = answer in keys
        assert (verdict.status == RIGHT) == is_right, answer
        assert verdict.messages and all(message.strip() for message in verdict.messages), answer


@of_kind("case")
def test_a_case_counts_when_no_step_was_unsafe_and_four_in_five_were_good(key):
    part = PARTS[key]
    case = load_case(part.question.case)
    for number in range(200):
        session, chance = Session(case), random.Random(number)
        while not session.finished:
            session.choose(chance.choice(session.options).key)
        verdict = marked(part, session.receipt())
        qualities = [step.option.quality for step in session.steps]
        good = sum(quality in ("best", "reasonable") for quality in qualities)
        assert (verdict.status == RIGHT) == ("unsafe" not in qualities and good * 5 >= len(qualities) * 4)
        assert verdict.messages[0] == session.verdict()
        for step in session.steps:
            if step.option.quality == "unsafe":
                assert step.option.because in verdict.messages
        assert marked(part, list(session.choices)) == verdict


@of_kind("case")
def test_an_unfinished_case_does_not_count(key):
    part = PARTS[key]
    best = load_case(part.question.case).accepted[0].choices
    for length in range(len(best)):
        verdict = marked(part, list(best[:length]))
        assert verdict.status == NOT_YET
        assert "not finished" in verdict.messages[0]


# ── The table would notice ──


def swapped(part: Asked) -> list[Question]:
    """The same question, with another answer made the right one in its file: one for each that is offered."""
    made = []
    for change in _changes(part):
        table = copy.deepcopy(WRITTEN[part.question.key])
        change(table["fields"][part.field] if part.field else table)
        made.append(structure(Question, Source({"key": part.question.key, **table}, CONTENT / "questions" / "swapped.toml")))
    return made


def _changes(part: Asked):
    table, what = written(part), kind(part)
    options = table.get("options", {})
    correct = [key for key, option in options.items() if option.get("correct")]
    for distractor in set(options) - set(correct):

        def swap_options(table, distractor=distractor):
            mine, other = table["options"][correct[0]], table["options"][distractor]
            for name in ("text", "because", "correct", "misconception", "missed"):
                values = mine.pop(name, None), other.pop(name, None)
                for option, value in zip((other, mine), values, strict=True):
                    if value is not None:
                        option[name] = value

        yield swap_options
    if what in ("number", "order"):
        for number, mistake in enumerate(table["mistakes"]):

            def swap_answers(table, number=number, other=mistake["answer"]):
                table["mistakes"][number]["answer"] = table.get("answer")
                if part.field:
                    table["mistakes"][number]["answer"], table["low"], table["high"] = table["low"], other, other
                else:
                    table["answer"] = other

            yield swap_answers
    if what in ("match", "sort"):
        items = list(table["items"])
        for first, second in itertools.combinations(items, 2):
            if table["items"][first]["place"] != table["items"][second]["place"]:

                def swap_places(table, first=first, second=second):
                    one, two = table["items"][first], table["items"][second]
                    one["place"], two["place"] = two["place"], one["place"]
                    table["mistakes"] = [{"answer": [next(iter(table["places"]))] * len(table["items"]), "because": "…", "misconception": "…"}]

                yield swap_places


@of_kind("choice", "choices", "order", "match", "sort", "number")
def test_a_key_swapped_with_a_distractor_turns_the_table_red(key):
    part = PARTS[key]
    mutants = swapped(part)
    assert mutants
    for mutant in mutants:
        assert truth_table(part, mutant) != []


# ── Odd answers ──

ODD = {
    "None": None, "True": True, "False": False, "zero": 0, "a negative number": -3, "a number": 3, "a whole float": 3.0, "a float": 2.718,
    "a huge number": 10**5000, "not a number": float("nan"), "infinite": float("inf"), "complex": 1j,
    "empty text": "", "a space": " ", "a sentence": "I think it is the second one", "bytes": b"b", "a lone surrogate": "\ud800",
    "an empty list": [], "a list": ["a"], "a nested list": [["a"]], "a list of everything": [None, 3, "a", object()], "a list of numbers": [1, 2, 3, 4],
    "a list twice the same": ["a", "a"], "a list with a missing comma": ["ab"], "a text list": "a, b",
    "a tuple": ("a", "b"), "a decimal comma": (6, 65), "two booleans": (True, False), "a set": {"a", "b"}, "a dictionary": {"a": "b"},
    "a dictionary of odd keys": {None: 1, 2: []}, "an object": object(), "a class": int, "a function": len, "a generator": iter(()), "a range": range(3),
    "other dots": "...", "a receipt": "hanna:v1:base:ask:abcd", "half a receipt": "hanna:v1", "long text": "b" * 10_000,
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@EVERY_PART
def test_an_odd_answer_is_read_kindly_or_answered_with_a_sentence(key, odd):
    part = PARTS[key]
    verdict = marked(part, ODD[odd])
    assert verdict.status in (RIGHT, NOT_YET, UNREADABLE)
    for message in verdict.messages:
        assert re.search(r"[.!?:]", message), message
        assert not re.search(r"<\w+ |Traceback|Error\b", message), message


class Stubborn:
    """An object that claims to be equal to everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("a")


@EVERY_PART
def test_an_object_that_equals_everything_is_not_right(key):
    for answer in (Stubborn(), [Stubborn()], [Stubborn(), Stubborn()]):
        assert marked(PARTS[key], answer).status == UNREADABLE


class Hostile:
    """An object that answers every question with an error."""

    def _raise(self, *_):
        raise RuntimeError("no")

    __eq__ = __str__ = __repr__ = __len__ = __iter__ = __float__ = __index__ = __getattribute__ = _raise
    __hash__ = object.__hash__


HOSTILE = [type(f"Hostile{base.__name__}", (Hostile, base), {})() for base in (object, str, int, list, tuple, set, dict)]


def nested(depth: int) -> list:
    answer: list = []
    for _ in range(depth):
        answer = [answer]
    return answer


HASHABLE = [each for each in HOSTILE if not issubclass(type(each), (list, set, dict))]
AROUND = [[each] for each in HOSTILE] + [{each} for each in HASHABLE] + [{each: each} for each in HASHABLE]
DEEP = nested(100_000)
OWN: list = []
OWN.append(OWN)


@EVERY_PART
def test_an_object_is_never_asked_what_it_is(key):
    for answer in (*HOSTILE, *AROUND, DEEP, OWN, [OWN] * 1000, {10**5000, "a"}, {"a": nested(9)}, {(1, (2, 3))}):
        assert marked(PARTS[key], answer).status in (UNREADABLE, NOT_YET)


@EVERY_PART
def test_what_is_said_repeats_no_more_than_a_line_and_can_be_printed(key):
    for long in ("b" * 10_000, "1," + "000," * 5000 + "000", "b\n" * 500, "\ud800" * 500, "hanna:v1:base:\ud800:abcd", "x" * 5000 + ":v1:base:a:bcde"):
        for answer in (long, [long], [long, "a"]):
            (said,) = marked(PARTS[key], answer).messages
            assert len(said) < 500
            assert "\n" not in said
            said.encode("utf-8")


def kind_spellings(part: Asked, answer) -> list:
    """The same answer with the small slips that are read kindly."""
    what = kind(part)
    if what == "choice":
        return [f"{answer.upper()} ", f"{answer})", f" {answer}.", f"“{answer}”", f"'{answer}'", [answer], (answer,)]
    if what == "number":
        text = f"{answer:g}"
        same = [float(answer), text, f" {text} ", text.replace(".", ","), f"{text} %", f"“{text}”"]
        return [*same, int(answer)] if float(answer).is_integer() else same
    if what == "case":
        copied = [answer.upper(), f"{answer[:20]}\n{answer[20:]}", f"{answer[:9]} {answer[9:]}"] if isinstance(answer, str) else []
        return [f" {answer}\n", f"“{answer}”", f'"{answer}"', *copied] if isinstance(answer, str) else [[f" {each.upper()} " for each in answer]]
    if what == "sentence":
        return [f"  {answer}\n", f"“{answer}”", answer.replace(" ", "\n"), answer.replace(" ", "  "), [answer], (answer,)]
    if what == "capstone":
        unlike = {key: [f"{each.upper()} " for each in value] if isinstance(value, list) else f" “{value}” " for key, value in answer.items()}
        return [unlike, {**answer, "audit": ", ".join(answer["audit"]), "start": float(answer["start"])}]
    if isinstance(answer, list):
        return [tuple(answer), [f"{each.upper()} " for each in answer], [f"“{each}”" for each in answer], ", ".join(answer), "; ".join(answer)]
    return []


@EVERY_PART
def test_small_slips_of_spelling_change_no_verdict(key):
    part = PARTS[key]
    answers = [*right_answers(part), *(answer for answer, _, _ in wrong_answers(part))]
    tried = 0
    for answer in answers:
        for spelling in kind_spellings(part, answer):
            tried += 1
            assert marked(part, spelling) == marked(part, answer), spelling
    assert tried


@EVERY_PART
def test_every_key_can_be_typed_as_it_stands(key):
    """Keys are small letters, numbers and hyphens: what reading kindly takes away is never part of one."""
    part = PARTS[key]
    for name in (*part.question.options, *part.question.items, *part.question.places, *(part.question.fields)):
        assert re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", name)


@of_kind("choices", "order", "match", "sort")
def test_a_missing_comma_is_named(key):
    part = PARTS[key]
    right = right_answers(part)[0]
    verdict = marked(part, [right[0] + right[1], *right[2:]])  # what Python makes of ["a" "b", "c"]
    assert verdict.status == UNREADABLE
    assert "comma" in verdict.messages[0]


@of_kind("number")
def test_a_decimal_comma_without_quotes_is_named(key):
    verdict = marked(PARTS[key], (6, 65))
    assert verdict.status == UNREADABLE
    assert "6.65" in verdict.messages[0]


# ── Nothing gives the key away ──


@of_kind("choice", "choices", "order", "match", "sort", "number")
def test_what_is_said_to_an_unreadable_answer_does_not_depend_on_the_key(key):
    part = PARTS[key]
    unreadable = [answer for answer in ODD.values() if marked(part, answer).status == UNREADABLE]
    assert unreadable
    for other in swapped(part):
        for answer in unreadable:
            assert marked(part, answer, other) == marked(part, answer)
        assert example(other, part.field) == example(part.question, part.field)


@EVERY_PART
def test_the_example_of_how_to_write_an_answer_is_one_that_can_be_read(key):
    part = PARTS[key]
    line = example(part.question, part.field)
    names: dict = {}
    exec(line, names)
    assert list(names)[-1] == part.variable
    if kind(part) not in ("choice", "choices", "case", "capstone"):  # of a choice it names letters that are no answer
        assert marked(part, names[part.variable]).status == NOT_YET, f"the example is the key: {line}"


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every run of words of this length in a text."""
    words = re.findall(r"\w+", plain(filled(text)).lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@of_kind("choice", "choices", "order", "match", "sort", "number")
def test_what_is_said_to_a_wrong_answer_holds_no_right_one(key):
    part, table = PARTS[key], written(PARTS[key])
    options = table.get("options", {})
    right = [option for option in options.values() if option.get("correct")]
    of_the_answer = set().union(*(runs(option["text"], 5) for option in right)) - runs(part.question.stem, 5)
    of_the_reason = set().union(*(runs(option["because"], 9) for option in right))
    for answer in possible_answers(part):
        verdict = marked(part, answer)
        if verdict.status != NOT_YET:
            continue
        for message in verdict.messages:
            assert not runs(message, 5) & of_the_answer, message
            assert not runs(message, 9) & of_the_reason, message
            assert not re.search(r"\b(answer|option|letter) (is )?“?[a-f]\b", message), message
            if kind(part) == "number" and not part.field:
                assert f"{table['answer']:g}" not in re.findall(r"-?\d+(?:\.\d+)?", message), message
            for listed in right_answers(part) if kind(part) in ("choices", "order", "match", "sort") else ():
                if isinstance(listed, list):
                    assert ", ".join(listed) not in message.replace('"', ""), message


@of_kind("match", "sort")
def test_a_hint_does_not_name_the_place(key):
    table = written(PARTS[key])
    for item in table["items"].values():
        assert item["hint"], "an item has no hint"
        assert item["place"] not in re.findall(r"\w+", item["hint"].lower())
        assert not runs(item["hint"], 3) & runs(table["places"][item["place"]], 3)


# ── Misconceptions ──


def test_every_misconception_that_is_named_exists_and_belongs_to_one_family():
    named = {slug for part in PARTS.values() for _, _, slug in wrong_answers(part) if slug}
    assert named
    assert named <= set(misconceptions())
    for slug, misconception in misconceptions().items():
        assert misconception.family in FAMILIES, slug
        assert misconception.says.strip(), slug


# ── A key kept elsewhere ──


@of_kind("choice", "choices", "order", "match", "sort", "number")  # a case holds no key: it is played
def test_without_its_key_a_question_is_recorded_and_says_nothing_of_it(key):
    part = PARTS[key]
    bare = without_key(part.question)
    assert not bare.has_key
    assert mark(bare, ..., part.field).status == UNANSWERED
    for answer in (*right_answers(part), *(answer for answer, _, _ in wrong_answers(part)), *ODD.values()):
        verdict = mark(bare, answer, part.field)
        assert verdict.status == RECORDED
        assert verdict.messages == ("Recorded. Your instructor marks this one.",)


def without_key(question: Question) -> Question:
    """The question as the course holds it when it is private: stem and options, nothing on what is right."""
    unmarked = lambda options: {key: attrs.evolve(option, correct=False, because="", missed="", misconception="") for key, option in options.items()}  # noqa: E731
    fields = {name: attrs.evolve(field, options=unmarked(field.options), low=None, high=None, mistakes=()) for name, field in question.fields.items()}
    items = {key: attrs.evolve(item, place="", hint="") for key, item in question.items.items()}
    return attrs.evolve(question, private=True, options=unmarked(question.options), fields=fields, items=items, answer=None, mistakes=(), because="")


# ── Names ──


def test_every_part_is_found_under_the_name_its_check_cell_uses():
    for key, part in PARTS.items():
        assert asked(key) == part
        own = key.replace("-", "_") if part.question.kind != "capstone" else f"{part.question.variable}_variant"  # which its parts share
        assert part.variable == own


@pytest.mark.parametrize("module", [path.stem for path in question_files()])
def test_a_module_holds_only_its_own_questions(module):
    assert {question.module_number for question in questions(module).values()} == {module[:2]}


@pytest.mark.parametrize("written", ["1,000", "12,500", "−1,000"])
def test_a_comma_that_can_be_read_in_two_ways_is_asked_about(written):
    number = next(question for question in QUESTIONS.values() if question.kind == "number")
    assert mark(number, written).status == UNREADABLE
