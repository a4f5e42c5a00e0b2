"""The capstone: each variant is a whole patient with several good plans, each rule stops a plan that breaks it, and only the answer says who it is."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import attrs
import pytest

from course.authoring.notebooks import question_cells
from course.authoring.numbers import bare_numbers
from course.content.reading import CONTENT, ContentError, NotFound
from course.content.settings import settings
from course.evidence.certainty import LEVELS
from course.evidence.claims import claims
from course.evidence.safety import safety_facts
from course.grading.answers import asked, find_answer, parts
from course.questions import load_question, mark, patients
from course.questions.capstone import FIELDS, MENUS, PARTS, capstone, good_plans, menu, problems, reads
from course.questions.marking import NOT_YET, RECORDED, RIGHT, UNANSWERED, UNREADABLE
from course.questions.patients import draw, find_patient, new_patient, variants

FILE = tomllib.loads((CONTENT / "capstone.toml").read_text(encoding="utf-8"))
SAYS = FILE["says"]
QUESTION = load_question("m12-q8")
EVERY_VARIANT = pytest.mark.parametrize("variant", variants())
PLANS = {variant: list(good_plans(find_patient(variant))) for variant in variants()}


def said(plan: dict, part: str) -> tuple[str, ...]:
    """What the check of a part says to a plan that it can read."""
    verdict = mark(QUESTION, plan, part)
    assert verdict.status in (RIGHT, NOT_YET), verdict
    return () if verdict.right else verdict.messages


# ── Patients ──


def test_a_thousand_draws_are_whole_patients_whose_plans_hold_and_clash_with_nothing():
    names, drawn = set(), [draw() for _ in range(1000)]
    for variant in drawn:
        patient = find_patient(variant)
        names.add(patient.name)
        plan = PLANS[variant][0]
        assert not any(problems(part, patient, plan) for part in PARTS)
        taken = {name for key in plan["treatments"] for name in FILE["treatments"][key].get("classes", [])}
        waited = plan["start"] >= patient.twist.earliest
        for pair in FILE["pairs"]:
            assert not (pair["treatment"] in taken and pair["fact"] in patient.facts and not (pair.get("waits") and waited))
    assert set(drawn) == set(variants())
    assert len(names) >= 25


def test_there_are_at_least_two_dozen_patients_in_each_of_three_clinics():
    assert len(FILE["patients"]) >= 24
    assert len(variants()) == len(FILE["patients"]) * len(settings()) == len(set(variants()))
    assert len({row["template"] for row in FILE["patients"].values()}) >= 8
    assert len({find_patient(variant).text for variant in variants()}) == len(variants())


@EVERY_VARIANT
def test_a_patient_is_told_without_a_gap_and_the_same_each_time(variant):
    patient = find_patient(variant)
    text = patient.text
    assert not re.search(r"NAME|ITEM|[{}<>…]|None|\.\.", text)
    assert patient.name in text and patient.clinic.title in text and patient.takes in text
    for key, score in patient.template.scores.items():
        assert f"{patients.measure_name(key)} {score}" in text
    low, high = patient.twist.ages or patient.template.ages
    assert low <= patient.age <= high
    patients._patient.cache_clear()
    assert find_patient(variant).text == text


def test_a_variant_means_the_same_patient_on_every_machine():
    """Drawn with ``random.Random(variant)``: this one is written down here, so that another Python or platform would show."""
    patient = find_patient("17-valley")
    assert (patient.name, patient.age, patient.work) == ("Hoa", 34, "night baker")


def test_names_are_not_tied_to_an_illness_or_a_clinic():
    for chosen in (lambda patient: patient.template.condition, lambda patient: patient.clinic.key):
        for value in {chosen(find_patient(variant)) for variant in variants()}:
            names = {patient.name for patient in map(find_patient, variants()) if chosen(patient) == value}
            assert len(names) > 2


def test_who_hopes_for_a_pregnancy_has_an_age_and_a_name_for_it():
    hoping = [patient for patient in map(find_patient, variants()) if patient.twist.carries]
    assert hoping and all(patient.age < 40 and patient.name in FILE["people"]["women"] for patient in hoping)


@pytest.mark.parametrize("written", ["17-valley", " 17-Valley ", "“17-valley”", "17 valley", "17valley", "17-valley.", "017-valley"])
def test_a_variant_is_read_kindly(written):
    assert find_patient(written).variant == "17-valley"
    assert find_patient("1-mill").variant == "01-mill"


NOBODY = ("99-valley", "00-valley", "17-moon", "17", "valley", "", "x" * 10_000, "17-valley-mill", 17, None, ["17-valley"], object())


@pytest.mark.parametrize("written", NOBODY)
def test_an_unknown_variant_gets_a_sentence(written, capsys):
    with pytest.raises(NotFound, match='as in "17-valley"'):
        find_patient(written)
    new_patient(written)
    assert 'as in "17-valley"' in " ".join(capsys.readouterr().out.split())


# ── The variant is taken from the answer ──


def test_three_dots_draw_somebody_new_and_say_how_to_keep_them(capsys):
    shown = []
    for _ in range(len(variants())):
        new_patient(...)
        printed = " ".join(capsys.readouterr().out.split())
        shown.append(re.search(r"^Patient (\S+)", printed)[1])
        assert f'write "{shown[-1]}" in place of the three dots' in printed
        assert find_patient(shown[-1]).name in printed
    assert len(set(shown[-20:])) == 20, "the next is another"
    new_patient("17-valley")
    printed = capsys.readouterr().out
    assert printed.startswith("Patient 17-valley") and "three dots" not in printed


def test_what_was_drawn_is_not_what_is_marked():
    plan = PLANS["17-valley"][0]
    before = mark(QUESTION, plan, "safety")
    for _ in range(30):
        draw()
        assert mark(QUESTION, plan, "safety") == before


def test_another_clock_user_host_or_folder_changes_no_patient_and_no_mark(tmp_path):
    program = (
        "from course.questions import load_question, mark\nfrom course.questions.capstone import PARTS, find_patient, good_plans\n"
        "patient = find_patient('21-harbour')\nprint(patient.text)\nplan = next(good_plans(patient))\n"
        "print([mark(load_question('m12-q8'), plan, part).status for part in PARTS])"
    )
    own = {"PYTHONPATH": str(CONTENT.parent.parent), "PATH": "/usr/bin"}
    told = {
        subprocess.run([sys.executable, "-c", program], cwd=folder, env={**own, **env}, capture_output=True, text=True, check=True).stdout
        for folder, env in ((tmp_path, {"USER": "ana", "HOSTNAME": "one", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"}),
                            (CONTENT, {"USER": "ben", "HOSTNAME": "two", "TZ": "America/Lima", "PYTHONHASHSEED": "2"}))
    }  # fmt: skip
    assert len(told) == 1


def test_without_a_variant_every_part_asks_for_one():
    for part in parts(QUESTION):
        assert mark(QUESTION, ..., part.field).status == UNANSWERED
        verdict = mark(QUESTION, {**PLANS["17-valley"][0], "variant": "17-moon"}, part.field)
        assert verdict.status == UNREADABLE and "There is no patient “17-moon”" in verdict.messages[0]


# ── Good plans ──


@EVERY_VARIANT
def test_several_different_plans_are_good_for_every_patient(variant):
    plans = PLANS[variant]
    assert len({(tuple(plan["treatments"]), plan["therapy"]) for plan in plans}) >= 2
    for plan in plans:
        assert all(mark(QUESTION, plan, part).right for part in PARTS)


@EVERY_VARIANT
def test_what_is_begun_differs_by_clinic_and_safety_does_not(variant):
    number = variant.split("-")[0]
    ways = {clinic: {plan["therapy"] for plan in PLANS[f"{number}-{clinic}"]} for clinic in settings()}
    assert len(set(map(frozenset, ways.values()))) == len(ways)
    patient, mine = find_patient(variant), PLANS[variant][0]
    for clinic in settings():
        other = find_patient(f"{number}-{clinic}")
        assert (other.flags, other.facts, other.twist.needs) == (patient.flags, patient.facts, patient.twist.needs)
        assert not problems("safety", other, mine), "a step of safety is closed by access"


@EVERY_VARIANT
def test_other_weeks_scores_and_orders_may_be_as_good(variant):
    plan, patient = PLANS[variant][0], find_patient(variant)
    first, last = patient.template.judge
    flags = list(patient.flags)
    for other in (
        {"judge": plan["start"] + first}, {"judge": plan["start"] + last, "review": 26}, {"stop": plan["stop"] - 0.5},
        {"audit": [*flags[::-1], "diagnosis"]}, {"treatments": plan["treatments"][::-1]}, {"start": plan["start"] + 0.5},
    ):  # fmt: skip
        assert all(mark(QUESTION, {**plan, **other}, part).right for part in PARTS), other


# ── Each rule stops a plan ──


def broken(rule: str) -> tuple[str, dict, str]:
    """The part, a plan that breaks one rule, and what is said to it."""
    variant, change, part = BROKEN[rule]
    return part, {**PLANS[variant][0], **change}, SAYS[rule]


BROKEN = {
    "ask-about-suicide": ("01-mill", {"audit": ["taken", "suicide"]}, "safety"),
    "no-flag-first": ("17-valley", {"audit": ["suicide", "taken", "alcohol"]}, "safety"),
    "closed": ("17-valley", {"therapy": "therapist"}, "clinic"),
    "does-not-suit": ("01-mill", {"treatments": ["quetiapine"]}, "clinic"),
    "not-theirs": ("01-mill", {"target": "panic"}, "measure"),
    "other-measure": ("01-mill", {"measure": "isi"}, "measure"),
    "off-scale": ("01-mill", {"stop": 28}, "measure"),
    "lax-stop": ("01-mill", {"stop": 14}, "measure"),
    "strict-stop": ("01-mill", {"stop": 1}, "measure"),
    "before-today": ("01-mill", {"start": -1}, "dates"),
    "late-start": ("01-mill", {"start": 6, "judge": 12, "review": 16}, "dates"),
    "unordered": ("01-mill", {"judge": 8, "review": 6}, "dates"),
    "early-judge": ("01-mill", {"judge": 2}, "dates"),
    "late-judge": ("01-mill", {"judge": 20, "review": 24}, "dates"),
    "late-review": ("01-mill", {"review": 40}, "dates"),
    "other-people": ("01-mill", {"claim": "trauma-alone", "certainty": "may"}, "claim"),
    "not-in-plan": ("17-valley", {"claim": "add-therapy", "certainty": "probably"}, "claim"),
    "too-strong": ("01-mill", {"certainty": "does"}, "claim"),
    "too-weak": ("01-mill", {"certainty": "not-studied"}, "claim"),
    "short-audit": ("01-mill", {"audit": ["suicide"]}, "plan"),
    "long-audit": ("01-mill", {"audit": list(FILE["audit"])}, "plan"),
    "many-treatments": ("01-mill", {"treatments": ["hold", "safety-plan", "ecg", "mood-record", "naloxone"]}, "plan"),
    "many-medicines": ("01-mill", {"treatments": ["bupropion", "mirtazapine"]}, "plan"),
    "holding-and-changing": ("01-mill", {"treatments": ["hold", "bupropion"]}, "plan"),
    "stopping-and-more": ("01-mill", {"treatments": ["stop-now", "raise-dose"]}, "plan"),
    "no-first": ("01-mill", {"treatments": ["safety-plan"]}, "plan"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_plan_that_breaks_a_rule_is_told_which(rule):
    part, plan, expected = broken(rule)
    heard = said(plan, part)
    before, _, after = expected.partition("ITEM")
    assert any(message.startswith(before) and message.endswith(after) for message in heard), heard


def test_a_measure_without_a_first_score_is_no_measure():
    patient = find_patient("25-mill")
    bare = attrs.evolve(patient, template=attrs.evolve(patient.template, scores={"attacks": 6}))
    assert problems("measure", bare, {**PLANS["25-mill"][0], "measure": "gad7"}) == [SAYS["no-baseline"].replace("ITEM", "GAD-7")]


def test_every_sentence_of_the_rules_is_proven_here():
    assert set(SAYS) == {*BROKEN, "no-baseline"}


def patients_with(fact: str) -> list:
    return [find_patient(variant) for variant in variants() if fact in find_patient(variant).facts]


@pytest.mark.parametrize("pair", FILE["pairs"], ids=lambda pair: f"{pair['treatment']}-{pair['fact']}")
def test_a_pair_that_may_not_stand_together_is_never_passed(pair):
    chosen = [key for key, each in FILE["treatments"].items() if pair["treatment"] in each.get("classes", [])]
    met = patients_with(pair["fact"])
    assert chosen and met and set(pair["sources"]) <= set(safety_facts())
    for patient in met:
        for key in chosen:
            plan = PLANS[patient.variant][0]
            steps = [step for step in plan["treatments"] if FILE["treatments"][step].get("step")]
            start = patient.twist.earliest - 1 if pair.get("waits") else plan["start"]
            assert pair["says"] in said({**plan, "treatments": [key, *steps], "start": start}, "safety")
            if pair.get("waits"):
                assert pair["says"] not in said({**plan, "treatments": [key, *steps]}, "safety")


@EVERY_VARIANT
def test_a_needed_step_of_safety_may_not_be_left_out(variant):
    patient, plan = find_patient(variant), PLANS[variant][0]
    for step in patient.twist.needs:
        without = {**plan, "treatments": [each for each in plan["treatments"] if each != step]}
        assert patient.twist.needs_says in said(without, "safety")


@pytest.mark.parametrize("owner", FILE["owners"])
def test_a_crisis_has_one_owner_who_is_there(owner):
    for clinic in settings():
        there = "care-manager" in settings()[clinic].holds or owner != "care-manager"
        heard = said({**PLANS[f"01-{clinic}"][0], "owner": owner}, "safety")
        assert (not heard) == (FILE["owners"][owner].get("accepted", False) and there)


@pytest.mark.parametrize("therapy", FILE["therapies"])
def test_only_what_the_clinic_has_and_what_suits_can_begin(therapy):
    each = FILE["therapies"][therapy]
    for variant in variants():
        patient = find_patient(variant)
        may = set(each.get("needs", [])) <= set(patient.clinic.holds) and patient.template.condition in each.get("suits", [])
        assert (not said({**PLANS[variant][0], "therapy": therapy}, "clinic")) == may


@pytest.mark.parametrize("claim", FILE["claims"])
def test_the_word_of_a_claim_is_that_of_the_audit_and_no_other(claim):
    level = claims()[FILE["claims"][claim]["claim"]].certainty
    for word, meant in FILE["certainties"].items():
        heard = said({**PLANS["17-valley"][0], "claim": claim, "certainty": word}, "claim")
        judged = [SAYS[key] for key in ("too-strong", "too-weak") if SAYS[key] in heard]
        step = LEVELS.index(meant["level"]) - LEVELS.index(level)
        assert judged == ([] if step == 0 else [SAYS["too-strong" if step < 0 else "too-weak"]])


def test_each_claim_can_be_made_by_a_good_plan():
    made = set()
    for variant, plans in PLANS.items():
        for plan in plans:
            for claim, each in FILE["claims"].items():
                level = claims()[each["claim"]].certainty
                word = next(word for word, meant in FILE["certainties"].items() if meant["level"] == level)
                made |= {claim} if not problems("claim", find_patient(variant), {**plan, "claim": claim, "certainty": word}) else set()
    assert made == set(FILE["claims"])


# ── Reading ──


@pytest.mark.parametrize("part", PARTS)
def test_what_a_check_reads_and_is_blank_is_named(part):
    plan = PLANS["17-valley"][0]
    for field in reads(part)[1:]:
        for blank in ({**plan, field: ...}, {key: value for key, value in plan.items() if key != field}):
            verdict = mark(QUESTION, blank, part)
            assert verdict.status == UNANSWERED
            assert verdict.messages[0].startswith(f"Not answered yet: m12_q8_{field}.")


@pytest.mark.parametrize("part", PARTS)
def test_what_cannot_be_read_is_named_by_its_variable(part):
    plan = PLANS["17-valley"][0]
    for field in reads(part)[1:]:
        for odd in (None, object(), "no-such-key", [], [["a"]], {"a": 1}, float("nan"), 10**5000, "\ud800", True):
            verdict = mark(QUESTION, {**plan, field: odd}, part)
            assert verdict.status == UNREADABLE
            assert verdict.messages[0].startswith(f"m12_q8_{field}: ")


def test_a_variable_that_is_missing_is_named_and_no_other_is_taken_for_it():
    names = {f"m12_q8_{field}": value for field, value in PLANS["17-valley"][0].items()}
    assert find_answer(names, asked("m12-q8-plan")) == {field: names[f"m12_q8_{field}"] for field in reads("plan")}
    del names["m12_q8_measure"]
    with pytest.raises(Exception, match=r"no answer named m12_q8_measure yet\. Run the cell above"):
        find_answer(names, asked("m12-q8-measure"))
    with pytest.raises(Exception, match="Did you write it as 'm12_q8_mesure'"):
        find_answer({**names, "m12_q8_mesure": "phq9"}, asked("m12-q8-measure"))


def test_without_its_model_plan_a_private_capstone_is_recorded():
    bare = attrs.evolve(QUESTION, private=True, answer=None)
    assert {mark(bare, PLANS["17-valley"][0], part).status for part in PARTS} == {RECORDED}


# ── The file and the cells ──


def test_every_field_is_asked_once_and_offers_what_can_be_typed():
    assert set(FILE["asks"]) == set(FIELDS) - {"variant"}
    for field in MENUS:
        assert menu(field)
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in menu(field))


def test_what_is_offered_and_never_right_says_why():
    for menu_name in ("therapies", "owners"):
        for key, each in FILE[menu_name].items():
            assert each.get("because") or each.get("accepted") or set(each["suits"]) == {row["condition"] for row in FILE["templates"].values()}, key


def test_a_story_holds_no_result_of_research():
    for place, text in capstone().stories:
        assert bare_numbers(text, "story") == [], place


def test_the_cells_hold_every_variable_once_and_the_patient_before_the_plan():
    cells = question_cells(QUESTION)
    written = [name for cell in cells for name in re.findall(r"^(m12_q8_\w+) = \.\.\.$", cell["source"], re.MULTILINE)]
    assert written == [f"m12_q8_{field}" for field in ("variant", *FIELDS[:-1])]
    assert [cell["source"] for cell in cells[1:3]][1] == "new_patient(m12_q8_variant)"
    assert sum(cell["metadata"]["nbgrader"]["points"] for cell in cells if "-check-" in cell["id"]) == QUESTION.total
    names: dict = {}
    for cell in cells:
        if "-answer-" in cell["id"]:
            exec(cell["source"], names)
    assert all(mark(QUESTION, find_answer(names, part), part.field).right for part in parts(QUESTION))


SLIPS = {
    "an unknown treatment": ('"venlafaxine", "hold"]', '"venlafaxin"]', "starts: no treatment 'venlafaxin'; did you mean 'venlafaxine'?"),
    "an unknown fact": ('fact = "linezolid"', 'fact = "linezolide"', "pairs[2].fact: no fact of a patient 'linezolide'; did you mean 'linezolid'?"),
    "an unknown source": ('sources = ["citalopram-heart"]', 'sources = ["citalopram-hart"]', "sources: no safety fact 'citalopram-hart'"),
    "an unknown claim": ('claim = "H4"', 'claim = "Z9"', "claims.add-therapy.claim: no claim 'Z9'"),
    "an unreadable condition": ('holds = ["therapy:any"]', 'holds = ["therapy"]', "no therapy ''"),
    "an unknown number": ("{ontario_formulary.days_after_maoi}", "{ontario_formulary.days}", "no number 'ontario_formulary.days'"),
    "years the wrong way round": ("ages = [28, 67]", "ages = [67, 28]", "ages is [67, 28]; write two whole numbers, the smaller one first"),
    "a twist that is not there": ('twist = "voices"', 'twist = "voice"', "patients.27.twist: no twist 'voice'; did you mean 'voices'?"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_file_is_one_clear_line(slip, tmp_path):
    old, new, line = SLIPS[slip]
    for path in CONTENT.iterdir():
        if path.name != "capstone.toml":
            (tmp_path / path.name).symlink_to(path)
    text = (CONTENT / "capstone.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "capstone.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        capstone(tmp_path)
    assert any(line in str(finding) for finding in raised.value.findings), str(raised.value)
