"""Every number of a clinic says where it comes from, and a slip in a scenario is one clear line: where, what is wrong, what would be right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import attrs
import pytest

from course.authoring.numbers import bare_numbers
from course.cli import main
from course.clinic.records import ASSUMPTION, FILE, MOST_VISITS, card, clinic, clinics, numbers_of, read_scenario, source_of
from course.clinic.records import _read as read_clinics
from course.content.reading import CONTENT, ContentError, NotFound, read_toml
from course.evidence import ledger

EVERY_CLINIC = pytest.mark.parametrize("key", clinics())
DATA = read_toml(CONTENT / FILE).data


@pytest.fixture
def scenario(tmp_path):
    """A scenario file like one of the course's clinics, with these lines."""

    def write(lines: str, like: str = "valley"):
        path = tmp_path / "mine.toml"
        path.write_text(f'like = "{like}"\n{lines}\n', encoding="utf-8")
        return path

    return write


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", ["base", *(f"clinics.{key}" for key in clinics())])
def test_every_number_is_the_ledgers_or_says_that_it_is_assumed_or_chosen(table):
    data = DATA["base"] if table == "base" else DATA["clinics"][table.removeprefix("clinics.")]
    for place, value in numbers_of(data):
        number = source_of(place, card().numbers)
        assert number and number.says.strip(), place
        if number.sourced:
            assert ledger()[number.source].value == value and ledger()[number.source].status == "seen", place


def test_the_benefit_of_one_clinician_for_both_is_an_assumption_that_begins_at_nothing():
    assert card().numbers["integrated.benefit"].source == ASSUMPTION
    assert all(each.integrated.benefit == 0 for each in clinics().values())


def test_a_text_holds_no_number_without_a_source():
    for place, text in card().texts:
        assert not bare_numbers(text, "fact"), place


@pytest.mark.parametrize(("old", "new", "said"), [
    ("refuses = 8.2", "refuses = 8.3", "base.refuses: the value is 8.3 and the ledger has 8.2; write 8.2"),
    ('source = "swift_2017.refusal"', 'source = "swift_2017.refusel"', "did you mean 'swift_2017.refusal'?"),
    ('"urgent" = {', '"urgents" = {', "base.urgent: it has no source; add it to sources"),
    ("{sun_2023.available}", "{sun_2023.avialable}", "did you mean 'sun_2023.available'?"),
])  # fmt: skip
def test_a_slip_in_the_clinics_is_one_clear_line(tmp_path, old, new, said):
    text = (CONTENT / FILE).read_text(encoding="utf-8")
    assert old in text
    shutil.copytree(CONTENT / "evidence", tmp_path / "evidence")
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        read_clinics(tmp_path)
    assert any(said in str(finding) for finding in error.value.findings), error.value


def test_a_wrong_name_leads_to_the_nearest():
    with pytest.raises(NotFound, match="did you mean 'harbour'"):
        clinic("harbor")


# ── Scenario files ───────────────────────────────────────────────────────────────────────────────


def test_a_scenario_says_only_what_differs(scenario):
    made, beside = read_scenario(scenario('title = "Ours"\n[staff.therapist]\nhours = 20'))
    assert beside == clinic("valley")
    assert made.staff["therapist"].hours == 20 and made.staff["therapist"].title == beside.staff["therapist"].title
    assert attrs.evolve(made, title=beside.title, staff=beside.staff) == beside


@EVERY_CLINIC
def test_a_scenario_that_changes_nothing_is_the_clinic_itself(scenario, key):
    assert read_scenario(scenario("", key)) == (clinic(key), clinic(key))


SLIPS = {
    "a negative rate": ("referrals_a_week = -3", "file: 'referrals_a_week' is -3; write 0, or a number from 0.01 to 200"),
    "a rate that is no number": ("referrals_a_week = nan", "'referrals_a_week' is nan; write 0, or a number from 0.01 to 200"),
    "a probability above 1": ("urgent = 140", "file: 'urgent' is 140 %; write a per cent from 0 to 100"),
    "a probability below 0": ("[steps.therapy]\nremission = -1", "steps.therapy: 'remission' is -1 %; write a per cent from 0 to 100"),
    "a missed share above 1": ("[missed]\nfirst = [9, 120, 30]", "missed: 'first' holds 120 %; write per cents from 0 to 100"),
    "a share of missed visits too few": ("[missed]\nfirst = [9, 12]", "missed: 3 weeks stand beside 2 shares of missed first visits"),
    "waits out of order": ("[missed]\nweeks = [4, 1, 13]", "missed: the weeks of missed first visits do not grow"),
    "an unknown group": ("[groups.distence]\nshare = 20", "groups.distence: Cedar Valley has no group 'distence'; did you mean 'distance'?"),
    "unknown staff": ("[staff.therapists]\nhours = 20", "staff.therapists: Cedar Valley has no staff 'therapists'; did you mean 'therapist'?"),
    "an unknown clinic": ('like = "vally"', "like: no clinic 'vally'; did you mean 'valley'?"),
    "zero clinicians": ("[staff.therapist]\nclinicians = 0", "staff.therapist: 'clinicians' is 0; write 1 or more"),
    "more hours than a week has": ("[staff.therapist]\nhours = 300", "staff.therapist: 300 hours a week for 1 clinician; write at most 80 hours for each"),
    "nobody for the first visit": ("[staff.prescriber]\nhours = 0", "staff.prescriber.hours: nobody is there to give the first visit; write more than 0 hours"),
    "nobody for a course": ("[staff.therapist]\nhours = 0", "people are sent to 'therapy', and 0 hours a week leave no place in it"),
    "an endless loop": ('[steps.second-medication]\nthen = "medication"', "the steps go round without an end (medication → second-medication → medication)"),
    "a loop of one": ('[steps.therapy]\nthen = "therapy"', "steps.therapy.then: the steps go round without an end (therapy → therapy); end one of them"),
    "a step that is nowhere": ('[steps.therapy]\nthen = "grup"', "steps.therapy.then: there is no step 'grup'; did you mean 'group'?"),
    "another kind of step": ('[steps.therapy]\nkind = "curse"', "steps.therapy: 'kind' is 'curse'; did you mean 'course'?"),
    "too many visits": ("[steps.therapy]\nvisits = 1000", f"steps.therapy: 'visits' is 1000; write a number from 1 to {MOST_VISITS}"),
    "a visit without length": ("[intake]\nminutes = 0", "intake: 'minutes' is 0; write a number above 0"),
    "shares that are too many": ("[groups.none]\nshare = 90", "groups: the shares come to 155 %; let them come to 100"),
    "an offer that eases nothing": ('offers = ["bus"]', "offers: no barrier is eased by 'bus'"),
    "a barrier that is nowhere": ('[groups.none]\nbarriers = ["distanc"]', "groups.none.barriers: there is no barrier 'distanc'; did you mean 'distance'?"),
    "two courses of one person": ('[steps.group]\nstaff = "therapist"', "steps.group.staff: 'therapist' is needed for something else as well"),
    "no patience": ("patience_weeks = 0", "file: 'patience_weeks' is 0; write a number above 0"),
    "patience without end": ("patience_weeks = inf", "file: 'patience_weeks' is inf; write a number of at most 1,000,000,000"),
    "a rate too small to count": ("referrals_a_week = 1e-320", "write 0, or a number from 0.01 to 200"),
    "a century": ("weeks = 5200", "file: 'weeks' is 5200; write a number from 1 to 520"),
    "a key that is not known": ("weekz = 3", "weekz: there is no such key here; did you mean 'weeks'?"),
    "a text for a number": ('urgent = "many"', "urgent: it is the text 'many'; write a number"),
    "a rate of 400 digits": (f"referrals_a_week = 1{'0' * 400}", "'referrals_a_week' is beyond all counting; write 0, or a number from 0.01 to 200"),
    "a share of 400 digits": (f"urgent = 1{'0' * 400}", "'urgent' is beyond all counting %; write a per cent from 0 to 100"),
    "weeks of 400 digits": (f"weeks = 1{'0' * 400}", "'weeks' is beyond all counting; write a number from 1 to 520"),
    "a crowd of clinicians": (f"[staff.prescriber]\nclinicians = 1{'0' * 400}", "'clinicians' is beyond all counting; write at most 1,000"),
    "a cost without end": ("[staff.therapist]\ncost_an_hour = 1e308", "'cost_an_hour' is beyond all counting; write a number from 0 to 1,000,000,000"),
    "an offer that costs no number": ('[offer_costs]\n"transport-help" = nan', "'offer_costs' has nan for 'transport-help'; write dollars a week, from 0"),
    "an offer that costs less than nothing": ('[offer_costs]\n"transport-help" = -1', "'offer_costs' has -1 for 'transport-help'"),
    "a wait that is no number": ("[missed]\nweeks = [1, 2, inf]", "missed: 'weeks' holds what is no number of weeks"),
    "an empty title": ('title = " "', "'title' is empty, or no name on one line; write at most 120 letters"),
    "a title that no figure can hold": ('[groups.none]\ntitle = "a\\u0001b"', "groups.none: 'title' is empty, or no name on one line"),
    "a title that never ends": (f'[steps.therapy]\ntitle = "{"w" * 10**5}"', "steps.therapy: 'title' is empty, or no name on one line"),
    "a clinic of endless name": (f'like = "{"v" * 10**5}"', f"like: no clinic '{'v' * 79}…'; there is: harbour, mill, valley"),
    "visits by who gives a course": ('[steps.second-medication]\nstaff = "therapist"', "steps.therapy.staff: 'therapist' is needed for something else as well"),
    "a list kept by who gives a course": ('[registry]\nstaff = "therapist"', "registry.staff: 'therapist' is needed for something else as well"),
    "a list kept by who sees people": ('[registry]\nstaff = "prescriber"', "registry.staff: 'prescriber' is needed for something else as well"),
    "a list for a table": ("groups = 3", "groups: it is the number 3; write a table"),
}


@pytest.mark.parametrize(("lines", "said"), SLIPS.values(), ids=list(SLIPS))
def test_a_slip_in_a_scenario_is_one_clear_line(scenario, lines, said):
    path = scenario(lines)
    if lines.startswith("like"):
        path.write_text(lines, encoding="utf-8")
    with pytest.raises(ContentError) as error:
        read_scenario(path)
    found = [str(finding) for finding in error.value.findings]
    assert any(said in line and line.startswith("mine.toml: ") and "\n" not in line for line in found), found


# ── course clinic ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def course(monkeypatch, capsys):
    """The ``course`` command, run here: its exit code and what it printed."""

    def run(*arguments: object) -> subprocess.CompletedProcess:
        monkeypatch.setattr(sys, "argv", ["course", "clinic", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(arguments, ended.value.code or 0, *capsys.readouterr())

    return run


SHORT = 'title = "Ours"\nweeks = 20\nsettle_weeks = 10\n[staff.therapist]\nhours = 20'


def test_a_clinic_of_ones_own_is_a_figure_a_table_and_a_paragraph(course, scenario, tmp_path):
    ran = course(scenario(SHORT), "--seeds", 3, "--out", tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Ours, 3 runs of 20 weeks;") and "The wait for therapy" in ran.stdout and "as it is" in ran.stdout
    assert "it predicts no real clinic" in ran.stdout
    files = {path.suffix: path.read_text(encoding="utf-8") for path in tmp_path.glob("mine-clinic.*")}
    assert set(files) == {".svg", ".csv", ".txt"} and files[".txt"] == ran.stdout
    head, *rows = files[".csv"].splitlines()
    assert head == "clinic,measure,of,unit,mean,low,high" and {row.split(",")[0] for row in rows} == {"as changed", "as it is"}
    assert "People waiting go from" in files[".svg"]


def test_the_same_file_says_the_same_twice_and_as_data(course, scenario, tmp_path):
    path = scenario(SHORT)
    first = course(path, "--seeds", 2, "--out", tmp_path)
    again = course(path, "--seeds", 2, "--out", tmp_path, "--force", "--json")
    told = json.loads(again.stdout)
    assert told["words"] + "\n" == first.stdout and told["runs"] == 2
    assert {"measure", "of", "unit", "mean", "low", "high"} == set(told["measures"][0])
    assert told["as it is"]["title"] == "Cedar Valley"


def test_runs_shared_among_processes_are_those_done_alone(course, scenario, tmp_path):
    """Eight runs are worth other processes; their numbers are the same as one after the other."""
    from course.clinic.runs import WORTH_SHARING, few, summary

    made, before = read_scenario(scenario(SHORT))
    assert summary(made, WORTH_SHARING, before) == few(made, WORTH_SHARING, before)


NEW_GROUP = '[groups.none]\nshare = 30\n[groups.care]\ntitle = "People who care for somebody"\nshare = 5\nbarriers = ["hours"]'
NEW_COURSE = """[routes.therapy]
steps = ["skills"]
[steps.skills]
title = "Skills"
kind = "course"
staff = "trainer"
minutes = 60
visits = 8
every_weeks = 1
remission = 30
[staff.trainer]
title = "Trainer"
hours = 1"""


@pytest.mark.parametrize(("lines", "said"), [(NEW_GROUP, "wait for intake,care,"), (NEW_COURSE, "wait,skills,")], ids=["group", "course"])
def test_a_clinic_may_have_what_the_one_that_it_is_like_has_not(course, scenario, tmp_path, lines, said):
    ran = course(scenario(f"weeks = 30\nsettle_weeks = 10\n{lines}"), "--seeds", 2, "--out", tmp_path)
    assert ran.returncode == 0, ran.stderr
    rows = [row for row in (tmp_path / "mine-clinic.csv").read_text(encoding="utf-8").splitlines() if f",{said}" in row]
    assert rows and all(row.startswith("as changed,") for row in rows)


def test_nothing_of_yours_is_replaced_unasked(course, scenario, tmp_path):
    (tmp_path / "mine-clinic.csv").write_text("mine")
    ran = course(scenario(SHORT), "--seeds", 1, "--out", tmp_path)
    assert ran.returncode == 2 and "there is such a file already" in ran.stderr and (tmp_path / "mine-clinic.csv").read_text() == "mine"


@pytest.mark.parametrize(("lines", "said"), [
    ("urgent = 140", "'urgent' is 140 %"),
    ("referrals_a_week = 0\nsettle_weeks = 0", "nobody was seen, so there is nothing to draw"),
])  # fmt: skip
def test_what_cannot_be_run_is_one_line_and_2(course, scenario, tmp_path, lines, said):
    ran = course(scenario(f"weeks = 4\n{lines}"), "--seeds", 1, "--out", tmp_path)
    assert ran.returncode == 2 and said in ran.stderr.splitlines()[-1] and "Traceback" not in ran.stderr
    assert not list(tmp_path.glob("mine-clinic.*"))


def test_a_missing_file_and_a_missing_folder_are_named(course, scenario, tmp_path):
    ran = course(tmp_path / "none.toml")
    assert ran.returncode == 2 and "there is no such file" in ran.stderr
    ran = course(scenario(SHORT), "--out", tmp_path / "none")
    assert ran.returncode == 2 and "there is no such folder" in ran.stderr
