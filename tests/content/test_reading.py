"""Content is read strictly: nothing is converted, everything that does not fit is named, and a record remembers its file."""

from __future__ import annotations

import attrs
import pytest

from course.content.reading import CONTENT, ContentError, NotFound, Source, did_you_mean, one_of, read_csv, read_toml, structure
from course.content.syllabus import find_module, misconceptions, modules, ready_modules


@attrs.frozen
class Part:
    name: str
    size: int = 0


@attrs.frozen
class Whole:
    title: str
    kind: str = attrs.field(default="big", validator=one_of("big", "small"))
    share: float = 0.0
    open: bool = False
    parts: tuple[Part, ...] = ()
    named: dict[str, Part] = {}
    words: tuple[str, ...] = ()


def read(**data) -> Whole:
    return structure(Whole, Source(data, CONTENT / "cases" / "made_up.toml"))


def slips(**data) -> list[str]:
    with pytest.raises(ContentError) as caught:
        read(**data)
    return [f"{finding.where}: {finding.problem}; {finding.remedy}" for finding in caught.value.findings]


def test_what_fits_becomes_a_record():
    whole = read(title="A", share=1, open=True, parts=[{"name": "b", "size": 2}], named={"c": {"name": "d"}}, words=["e"])
    assert whole == Whole("A", "big", 1, True, (Part("b", 2),), {"c": Part("d")}, ("e",))


ODD = ["a", 3, 2.5, True, False, ["a"], [1], {"a": 1}, {}, None]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize(("field", "kinds"), [("title", (str,)), ("share", (int, float)), ("open", (bool,))])
def test_a_value_of_another_kind_is_refused_and_never_converted(field, kinds, value):
    data = {"title": "A"} | {field: value}
    if type(value) in kinds:
        assert getattr(read(**data), field) == value
    else:
        (line,) = slips(**data)
        assert line.startswith(f"{field}: it is ")
        assert "; write " in line


@pytest.mark.parametrize("value", [2.0, "2", True, [2], {"a": 2}])
def test_a_whole_number_is_nothing_else(value):
    (line,) = slips(title="A", parts=[{"name": "b", "size": value}])
    assert line.startswith("parts[1].size: it is ")
    assert line.endswith("; write a whole number")


def test_every_slip_is_named_at_once_with_its_place():
    assert sorted(slips(titel="A", kind="huge", parts=[{"name": 1}, {"nam": "b"}], named={"x": 3}, words="a")) == [
        "named.x: it is the number 3; write a table",
        "parts[1].name: it is the number 1; write a text in quotes",
        "parts[2].nam: there is no such key here; did you mean 'name'?",
        "parts[2].name: it is missing; add this key",
        "titel: there is no such key here; did you mean 'title'?",
        "title: it is missing; add this key",
        "words: it is the text 'a'; write a list in square brackets",
    ]


def test_a_word_outside_the_list_is_met_with_the_nearest():
    assert slips(title="A", kind="smal") == ["file: 'kind' is 'smal'; did you mean 'small'?"]
    assert slips(title="A", kind="zzz") == ["file: 'kind' is 'zzz'; write one of: big, small"]


def test_a_finding_reads_as_file_place_problem_and_remedy():
    with pytest.raises(ContentError) as caught:
        read(title=3)
    assert str(caught.value) == "cases/made_up.toml: title: it is the number 3; write a text in quotes"
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_the_nearest_word_or_what_there_is():
    assert did_you_mean("grcae", ["grace", "dev"]) == "did you mean 'grace'?"
    assert did_you_mean("zzz", ["b", "a"]) == "there is: a, b"
    assert did_you_mean("zzz", ["a"], "ask your editor") == "ask your editor"
    assert did_you_mean("zzz", []) == "there is none yet"
    assert did_you_mean("zzz", [f"w{n:03}" for n in range(200)]).endswith(" and 188 more")


def test_a_missing_file_is_met_with_the_nearest_one(tmp_path):
    (tmp_path / "grace.toml").write_text("")
    with pytest.raises(ContentError, match=r"grcae\.toml: file: there is no such file; did you mean 'grace'\?"):
        read_toml(tmp_path / "grcae.toml")


def test_toml_and_csv_remember_their_file_and_line(tmp_path):
    (tmp_path / "a.toml").write_text("x = 1\n")
    assert (read_toml(tmp_path / "a.toml").data, read_toml(tmp_path / "a.toml").file) == ({"x": 1}, "a.toml")
    (tmp_path / "a.csv").write_text('a,b\n1,"two\nlines"\n\n3,4\n')
    rows = read_csv(tmp_path / "a.csv", ("a", "b"))
    assert [row.data for row in rows] == [{"a": "1", "b": "two\nlines", "line": 3}, {"a": "3", "b": "4", "line": 5}]


# ── The syllabus ──


def test_a_module_is_found_by_its_slug_or_number():
    for module in modules():
        for name in (module.slug, str(module.number), f"{module.number:02d}"):
            assert find_module(name) == module
    with pytest.raises(NotFound, match=r"no module '05_depresion'; did you mean '05_depression'\?"):
        find_module("05_depresion")


def test_modules_are_numbered_from_0_and_the_ready_ones_are_among_them():
    assert [module.number for module in modules()] == list(range(len(modules())))
    assert {module.slug for module in ready_modules()} >= {"00_start_here", "05_depression"}
    for module in modules():
        assert all(key.startswith(f"m{module.number:02d}-o") for key in module.objectives)


def test_misconceptions_say_something():
    assert all(misconception.says.strip() for misconception in misconceptions().values())
