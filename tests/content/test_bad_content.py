"""Every slip that an author can make is met by one line that names the file, the place, what is wrong and what would be right.

Each test breaks a copy of the course's own content in one way.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from course.authoring.checks import check_content, check_file
from course.authoring.content_checks import TABLES
from course.content.reading import CONTENT
from course.evidence import ledger

CASE, PAIR, GRACE = "cases/dev.toml", "cases/hanna.toml", "cases/grace.toml"
FIRST, SECOND = "questions/00_start_here.toml", "questions/05_depression.toml"
STUDIES, EFFECTS, REFERENCES, SAFETY = "evidence/studies.csv", "evidence/effects.csv", "evidence/references.json", "safety.toml"
NEEDS = {PAIR: [GRACE], SECOND: [PAIR]}
NO_PER_CENT = next(key for key, effect in ledger().effects.items() if effect.measure != "percent")
RETRACTED = next(key for key, effect in ledger().effects.items() if effect.status == "retracted")

# name: (file, what to find in it, what to put there, the place, what is wrong, what would be right)
BROKEN = {
    # Values of another kind
    "text for a whole number": (CASE, r"^week = 0", 'week = "zero"', "scenes.intake.week", "it is the text 'zero'", "write a whole number"),
    "true for a whole number": (CASE, r"^age = .*", "age = true", "age", "it is 'true'", "write a whole number"),
    "a decimal for a whole number": (CASE, r"^age = .*", "age = 27.5", "age", "it is the number 27.5", "write a whole number"),
    "number for text": (CASE, r"^name = .*", "name = 7", "name", "it is the number 7", "write a text in quotes"),
    "list for text": (CASE, r"^title = .*", 'title = ["a"]', "title", "it is a list", "write a text in quotes"),
    "a date for text": (CASE, r"^title = .*", "title = 2026-01-01", "title", "it is a date", "write a text in quotes"),
    "table for list": (CASE, r"^safety = .*", 'safety = { a = "suicide" }', "safety", "it is a table", "write a list in square brackets"),
    "text for list": (CASE, r"^safety = .*", 'safety = "suicide"', "safety", "it is the text 'suicide'", "write a list in square brackets"),
    "number in a list of texts": (CASE, r"^safety = .*", 'safety = ["suicide", 3]', "safety[2]", "it is the number 3", "write a text in quotes"),
    "list for table": (CASE, r"^sets = .*", 'sets = ["phq9"]', "scenes.intake.sets", "it is a list", "write a table"),
    "text for table": (CASE, r"^moves = .*", 'moves = "phq9"', "scenes.intake.options[1].moves", "it is the text 'phq9'", "write a table"),
    "text deep inside": (CASE, r"^moves = .*", 'moves = { phq9 = { time = "one" } }', "moves.phq9.time", "it is the text 'one'", "write a whole number"),
    "text for true": (CASE, r"^rescue = true", 'rescue = "yes"', "rescue", "it is the text 'yes'", "write true or false"),
    "1 for true": (CASE, r"^rescue = true", "rescue = 1", "rescue", "it is the number 1", "write true or false"),
    "text for points": (SECOND, r"^points = 2", 'points = "two"', "m05-q2.points", "it is the text 'two'", "write a whole number"),
    "text for the answer to a number": (SECOND, r"^answer = 12$", 'answer = "12"', "m05-q4", "the answer is '12'", "write a number"),
    "list for a table of options": (SECOND, r"^\[m05-c1.options.a\]", "[[m05-c1.options.a]]", "m05-c1.options.a", "it is a list", "write a table"),
    "text for the low of a scale": ("instruments.toml", r"^low = 0", 'low = "0"', "phq9.low", "it is the text '0'", "write a whole number"),
    "text for ready": ("syllabus.toml", r"^ready = true", 'ready = "yes"', "modules[1].ready", "it is the text 'yes'", "write true or false"),
    # Keys
    "a missing key": (CASE, r"^consequence = .*\n", "", "scenes.intake.options[1].consequence", "it is missing", "add this key"),
    "a missing key at the top": (CASE, r"^opening = .*\n", "", "opening", "it is missing", "add this key"),
    "a misspelt key": (CASE, r"^consequence = ", "consequense = ", "options[1].consequense", "there is no such key here", "did you mean 'consequence'?"),
    "an unknown key": (CASE, r"^opening = .*\n", r'\g<0>zzz = "low"\n', "zzz", "there is no such key here", "there is: accepted, age"),
    "a misspelt key of a question": (SECOND, r"^stem = ", "stam = ", "m05-c1.stam", "there is no such key here", "did you mean 'stem'?"),
    "a key twice": (CASE, r"^(week = 0)", r"\1\nweek = 1", "line", "a key stands here twice", "keep one of the two"),
    "a table twice": (CASE, r"^\[debrief.twin\]", '[debrief.twin]\nscene = "x"\n[debrief.twin]', "line", "a table stands here twice", "keep one of the two"),
    "a question twice": (SECOND, r"\Z", '\n[m05-q4]\nkind = "number"\n', "line", "a table stands here twice", "keep one of the two"),
    "a key unlike its file": (CASE, r'^key = "dev"', 'key = "devi"', "key", "it is 'devi'", 'write key = "dev"'),
    "an option's key with capitals": (CASE, r'^key = "form-only"', 'key = "Form Only"', "options[1]", "key is 'Form Only'", "write small letters and hyphens"),
    "two options of one key": (CASE, r'^key = "measure-and-ask"', 'key = "form-only"', "scenes.intake", "'form-only' stands here twice", "its own key"),
    "a question of another module": (SECOND, r"^\[m05-q8\]", "[m06-q8]", "m06-q8", "it is not a question of module 05", "write m05-"),
    "a question without a number": (SECOND, r"^\[m05-q8\]", "[m05-last]", "m05-last", "the key is 'm05-last'", "write it like m05-q2"),
    # Names that lead nowhere
    "an unknown first scene": (CASE, r"^start = .*", 'start = "intakee"', "start", "no scene 'intakee'", "did you mean 'intake'?"),
    "an unknown next scene": (CASE, r'^next = "two-weeks"', 'next = "two-week"', "form-only.next", "no scene 'two-week'", "did you mean 'two-weeks'?"),
    "an unknown scale": (CASE, r"^moves = .*", "moves = { phq8 = { time = 1 } }", "form-only.moves", "no scale 'phq8'", "did you mean 'phq9'?"),
    "an unknown cause": (CASE, r"^moves = .*", "moves = { phq9 = { luck = 1 } }", "moves.phq9.luck", "there is no such key here", "there is: life, medication"),
    "an unknown quality": (CASE, r'^quality = "best"', 'quality = "bset"', "options[2]", "'quality' is 'bset'", "did you mean 'best'?"),
    "an unknown remembered fact": (CASE, r"^moves = ", 'when = ["never-said"]\nmoves = ', "scenes.intake", "no remembered fact 'never-said'", "there is: "),
    "an unknown danger": (CASE, r"^safety = .*", 'safety = ["suicde"]', "file", "safety names 'suicde'", "did you mean 'suicide'?"),
    "an unknown study": (CASE, r'^cites = \["\w+"', 'cites = ["louzon_2061"', "form-only.cites", "no study 'louzon_2061'", "did you mean 'louzon_2016'?"),
    "an unknown number in a case": (CASE, r"^because = \"", r"\g<0>{wiles_2013.response_bot} ", ".because", "no number 'wiles_2013", "did you mean 'wiles"),
    "an unknown turning point": (CASE, r"(turning_points\]\]\nscene = ).*", r'\1"nowhere"', "debrief.turning_points", "no scene 'nowhere'", "there is: "),
    "an unknown twin": (CASE, r"(\[debrief.twin\]\nscene = .*\noption = ).*", r'\1"sing"', "debrief.twin.option", "no option 'sing'", "there is: "),
    "an unknown rate": (CASE, r'rate = "[\w.]+"', 'rate = "nobody_1999.share"', "debrief.thousand", "no number 'nobody_1999.share'", "there is: "),
    "an unknown other half": (PAIR, r'^contrast = \{ of = "\w+"', 'contrast = { of = "gracie"', "contrast.of", "no case 'gracie'", "there is: "),
    "an unknown misconception": (SECOND, r'^misconception = "([\w-]+)"', r'misconception = "\1y"', "m05-c1", "no misconception '", "did you mean '"),
    "an unknown objective": (SECOND, r'^objective = "m05-o\d"', 'objective = "m05-o0"', "m05-c1.objective", "no objective 'm05-o0'", "did you mean 'm05-o"),
    "an unknown kind": (SECOND, r'^kind = "choice"', 'kind = "chioce"', "m05-c1", "'kind' is 'chioce'", "did you mean 'choice'?"),
    "an unknown study of a question": (SECOND, r'^cites = \["\w+"', 'cites = ["simon_2031"', "m05-c1.cites", "no study 'simon_2031'", "did you mean 'simon_20"),
    "an unknown number in a question": (SECOND, r'^because = "', r"\g<0>{wiles_2013.response_bot} ", "m05-c1", "no number 'wiles_2013", "did you mean 'wiles"),
    "an unknown case": (SECOND, r'^case = "hanna"', 'case = "hana"', "m05-q8.case", "no case 'hana'", "did you mean 'hanna'?"),
    "an unknown place": (SECOND, r'^place = "similar"', 'place = "simlar"', "m05-q5", "'a' belongs to 'simlar'", "did you mean 'similar'?"),
    "an unknown study of a scale": ("instruments.toml", r'^cites = \["\w+"', 'cites = ["qqqqqq"', "phq9.cites", "no study 'qqqqqq'", "there is: "),
    "an unknown family": ("misconceptions.toml", r'^family = "[^"]+"', 'family = "safty"', "", "'family' is 'safty'", "did you mean 'safety'?"),
    "no such number in a scene's question": (CASE, r'^question = "', r"\g<0>{nobody_1999.x} ", "scenes.intake.question", "no number 'nobody", "there is: "),
    "a number nobody has, in a fact": (PAIR, r'fact = "', r"\g<0>{nobody_1999.x} ", "contrast.fact", "no number 'nobody_1999.x'", "there is: "),
    "a number nobody has, in a twin": (CASE, r'^says = "', r"\g<0>{nobody_1999.x} ", "debrief.twin.says", "no number 'nobody_1999.x'", "there is: "),
    "a number nobody has, in a place": (SECOND, r'^(similar = ")', r"\1{nobody_1999.x} ", "m05-q5", "no number 'nobody_1999.x'", "there is: "),
    "braces in a title": (CASE, r'^title = "', r"\g<0>{phq9} ", "title", "'{phq9}' is shown here as it stands", "write words only"),
    "braces in a scene's title": (CASE, r'^title = "The', 'title = "{phq9} The', "scenes.intake.title", "is shown here as it stands", "write words only"),
    "braces in the name of a good path": (CASE, r'(\[accepted\]\]\nname = ")', r"\1{x} ", "accepted.name", "'{x}' is shown here", "write words only"),
    "braces in an outcome": (CASE, r'^outcome = "', r"\g<0>{x} ", "debrief.thousand.outcome", "'{x}' is shown here as it stands", "write words only"),
    "braces in a label": (CASE, r'label = "', r"\g<0>{x} ", "debrief.thousand.label", "'{x}' is shown here as it stands", "write words only"),
    "a score that the case does not follow": (CASE, r"\{phq9\}", "{phq8}", "scenes.", "no score 'phq8' can be shown here", "in a scene write one of: phq9"),
    "a score outside a scene": (CASE, r'^take_along = "', r"\g<0>{phq9} ", "debrief.take_along", "no score 'phq9'", "in a scene write one of"),
    "a word in braces in a question": (SECOND, r'^because = "', r"\g<0>{phq9} ", "m05-c1", "no number 'phq9' in the ledger", "there is: "),
    "a scale that there is not": (CASE, r'^scales = .*', 'scales = ["phq9", "phq8"]', "scales", "no scale 'phq8'", "there is: phq9"),
    "an unknown module": (CASE, r"^module = .*", 'module = "00_start_hero"', "module", "no module '00_start_hero'", "did you mean '00_start_here'?"),
    # A case as a whole
    "a score outside its scale": (CASE, r"^sets = .*", "sets = { phq9 = 99 }", "scenes.intake.sets", "phq9 is 99", "the scale goes from 0 to 27"),
    "a scale without a first value": (CASE, r"^sets = .*", "", "scenes.", "on some path phq9 has no value by here", "give it one with sets"),
    "a case without a scale": (CASE, r"^scales = .*", "scales = []", "file", "it follows no scale", 'write scales = ["phq9"]'),
    "a week before the first": (CASE, r"^week = 0", "week = -1", "scenes.intake", "the week is -1", "count from 0, the first visit"),
    "a version before the first": (CASE, r"^version = .*", "version = 0", "file", "the version is 0", "begin with version = 1"),
    "a rate that is no per cent": (CASE, r'rate = "[\w.]+"', f'rate = "{NO_PER_CENT}"', "debrief.thousand", "is no per cent", "measure is percent"),
    "a thousand without groups": (CASE, r"^groups = \[\n(.*\n)+?\]", "groups = []", "debrief.thousand", "it has no groups", "name at least one"),
    "two best options": (CASE, r'^quality = "(?!best)\w+"', 'quality = "best"', "scenes.intake", "2 options are best", "exactly one option of a scene is best"),
    "no best option": (CASE, r'^quality = "best"', 'quality = "weak"', "scenes.intake", "0 options are best", "exactly one option of a scene is best"),
    "an option that cites nothing": (CASE, r"^cites = .*\n", "", "form-only.cites", "this option cites nothing", "name the study"),
    "a scene that nobody reaches": (CASE, r"\Z", '\n[scenes.attic]\nweek = 3\ntitle = "A"\ntext = "B"\n', "scenes.attic", "no path leads", "or remove it"),
    "a ring": (CASE, r'^next = "slip-of-paper"', 'next = "intake"', "scenes.intake", "a path comes back to this scene", "lead it on to a later scene"),
    "an unsafe choice that is not caught": (CASE, r"^rescue = true\n", "", "looks-fine", "which does not catch it", "a scene with rescue = true"),
    "weeks that go back": (CASE, r"^week = 0", "week = 90", "scenes.intake.form-only", "it leads from week 90 back to week", "weeks only go forward"),
    "an accepted path that cannot be played": (CASE, r'^choices = \["[\w-]+"', 'choices = ["sing"', "accepted[1]", "no option 'sing'", "write the"),
    "no content note": (CASE, r"^content_note = .*\n", "", "file", "there is no content_note", "opens with one"),
    "a first scene unlike its pair's": (PAIR, r'^text = """\n', r"\g<0>It rains. ", "scenes.first-visit.text", "it differs from", "make both the same"),
    # A question as a whole
    "a capital for an option's key": (SECOND, r"^\[m05-c1.options.c\]", "[m05-c1.options.C]", "m05-c1", "an answer's key is 'C'", "write small letters"),
    "a bracket in an option's key": (SECOND, r"^\[m05-c1.options.c\]", '[m05-c1.options."c)"]', "m05-c1", "an answer's key is 'c)'", "write small letters"),
    "a space in an item's key": (SECOND, r"^\[m05-q5.items.a\]", '[m05-q5.items."a b"]', "m05-q5", "an answer's key is 'a b'", "write small letters, digits"),
    "a capital for a place's key": (SECOND, r"^similar = ", "Similar = ", "m05-q5", "an answer's key is 'Similar'", "write small letters, digits and hyphens"),
    "a capital in a plan's option": (SECOND, r"(?s)(fields.drug.options).c\]", r"\1.C]", "m05-q7", "an answer's key is 'C'", "write small letters"),
    "a digit in a field's name": (SECOND, r"(?s)\A.*\Z", lambda text: text[0].replace("fields.drug", "fields.drug2"), "m05-q7",
                                  "a field is named 'drug2'", "write small letters"),
    "a plan's option without a reason": (SECOND, r"(fields.drug.options.c\]\ntext = .*\n)because = .*\n", r"\1", "m05-q7", "has no because", "clinical"),
    "a plan's option without a misconception": (SECOND, r'^misconception = "drug-builds-life"\n', "", "m05-q7", "names no misconception", "add misconception"),
    "no number for an answer": (SECOND, r"^answer = 12$", "answer = nan", "m05-q4", "the answer is nan", "write a number"),
    "an answer without end": (SECOND, r"^answer = 12$", "answer = inf", "m05-q4", "the answer is inf", "write a number"),
    "an answer of ten thousand digits": (SECOND, r"^answer = 12$", "answer = 1" + "0" * 10_000, "file", "cannot be read", "write a shorter number"),
    "no number for a tolerance": (FIRST, r"^tolerance = 5", "tolerance = nan", "m00-p1", "the tolerance is nan", "write 0 or more"),
    "a tolerance without end": (FIRST, r"^tolerance = 5", "tolerance = inf", "m00-p1", "the tolerance is inf", "write 0 or more"),
    "no number for the low of a field": (SECOND, r"^low = 4", "low = nan", "m05-q7", "the field 'week' goes from nan to 8", "the smaller one as low"),
    "a field upside down": (SECOND, r"^low = 4", "low = 9", "m05-q7", "the field 'week' goes from 9 to 8", "the smaller one as low"),
    "a field's mistake that is right": (SECOND, r"^answer = 2$", "answer = 5", "m05-q7", "the mistake 5 is right in the field 'week'", "give a wrong one"),
    "a field's mistake that is no number": (SECOND, r"^answer = 2$", 'answer = "two"', "m05-q7", "the mistake two is no answer", "write a number"),
    "a mistake that is no number": (SECOND, r"^answer = 24$", 'answer = "24"', "m05-q4", "the mistake 24 is no answer", "write a number, as in answer = 12"),
    "a mistake that is no list": (FIRST, r'^answer = \["c"\]$', 'answer = "c"', "m00-q2", "the mistake c is no answer", "some of these, each once: a, b"),
    "a mistake with an unknown option": (FIRST, r'^answer = \["c"\]$', 'answer = ["z"]', "m00-q2", "is no answer", "write a list of some of these"),
    "a mistake that leaves an item out": (FIRST, r'^answer = \["a", "c", "b", "d"\]', 'answer = ["a", "c"]', "m00-q4", "is no answer", "all of these: a, b"),
    "a mistake with an unknown place": (SECOND, r'^answer = \["more",', 'answer = ["most",', "m05-q5", "is no answer", "4 of these, in the order"),
    "a mistake of a choice": (SECOND, r"^\[m05-c2\]", '[[m05-c1.mistakes]]\nanswer = "c"\nbecause = "B."\nmisconception = "drug-first"\n[m05-c2]', "m05-c1",
                              "the mistake c is no answer", "put the reason at the option"),
    "two correct options in a choice": (SECOND, r'^misconception = "[\w-]+"', "correct = true", "m05-c1", "2 options are correct", "a choice has exactly one"),
    "no correct option": (SECOND, r"^correct = true\n", "", "m05-c1", "0 options are correct", "a choice has exactly one"),
    "an option without a reason": (SECOND, r"^because = .*\n", "", "m05-c1", "has no because", "in clinical terms"),
    "a wrong option without a misconception": (SECOND, r"^misconception = .*\n", "", "m05-c1", "names no misconception", "add misconception = "),
    "a question without points": (SECOND, r"^points = 2", "points = 0", "m05-q2.points", "has no points", "write points = 1 or more"),
    "an order that leaves one out": (FIRST, r'^answer = \["c", "a", "b", "d"\]', 'answer = ["c", "a", "b"]', "m00-q4", "does not name every", "order these"),
    "a mistake that is right": (SECOND, r"^answer = 24$", "answer = 12", "m05-q4", "the mistake 12 is the right answer", "give a wrong one"),
    "a tolerance below nothing": (FIRST, r"^tolerance = 5", "tolerance = -5", "m00-p1", "the tolerance is -5", "write 0 or more"),
    "a withdrawn number": (SECOND, r'^because = "', rf"\g<0>{{{RETRACTED}}} ", "m05-c1", "comes from a withdrawn version", "only the story of its retraction"),
    "a withdrawn number in a case": (CASE, r'^because = "', rf"\g<0>{{{RETRACTED}}} ", ".because", "comes from a withdrawn version", "only the story"),
    # Scales and modules
    "a scale upside down": ("instruments.toml", r"^high = 27", "high = -1", "phq9", "low is 0 and high is -1", "low must be the smaller one"),
    "a scale that belongs to nobody": ("instruments.toml", r'^licence = ".*"', 'licence = ""', "phq9", "licence is empty", "say who owns the scale"),
    "a band wider than its scale": ("instruments.toml", r"^band = 6", "band = 60", "phq9", "band is 60", "write points between"),
    "severities that begin too late": ("instruments.toml", r'\{ start = 0, word = "minimal" \},\n', "", "phq9", "severities start at 5", "start = 0"),
    "a slug without its number": ("syllabus.toml", r'^slug = "05_', 'slug = "5_', "modules[6]", "the slug is '5_depression'", "start it with 05_"),
    "two modules with one number": ("syllabus.toml", r'^number = 1\nslug = "01_', 'number = 0\nslug = "00_', "modules[2]", "two modules 0", "its own"),
    # What is no TOML
    "lists too deep in each other": (CASE, r"\Z", "\ndeep = " + "[" * 5000 + "]" * 5000, "file", "stand too deep in each other", "take the inner ones out"),
    "a line break in a key": (CASE, r"^title", '"a\\\\nb" = 1\ntitle', "a b", "there is no such key here", "there is: "),
    "a byte-order mark": (CASE, r"\A", "\ufeff", "line 1", "it starts with a byte-order mark", "save it as UTF-8 without BOM"),
    "a tab in a text": (CASE, r'^title = "(.)', 'title = "\\1\t', "line 2", "there is a tab", "write spaces"),
    "a tab before a key": (CASE, r"^title", "\ttitle", "line 2", "there is a tab", "write spaces"),
    "text without quotes": (CASE, r'^title = "(.*)"', r"title = \1", "line 2", "a value cannot be read", "put text in quotes"),
    "a quote that is not closed": (CASE, r'^title = "(.*)"', r'title = "\1', "line 2", "a text is not closed", "close it with the quotes"),
    "three quotes that are not closed": (CASE, r"\Z", '\nlast = """never', "line", "a text is not closed", "close it with the quotes"),
    "a list that is not closed": (CASE, r"^safety = .*", 'safety = ["suicide"', "line", "a list is not closed", "end it with ]"),
    "a key without =": (CASE, r"^title = ", "title ", "line 2", "a key has no '='", 'write key = "value"'),
    "braces over several lines": (CASE, r"^sets = \{ ", "sets = {\n", "line", "a key cannot be read", "stands on one line"),
    # The ledger
    "a missing column": (EFFECTS, r"\A(.*),outcome,", r"\1,", "line 1", "the column 'outcome' is missing", "the header is: study,name,value"),
    "a renamed column": (EFFECTS, r"\A(.*),outcome,", r"\1,result,", "line 1", "'outcome' is missing (is it 'result'?)", "the header is: "),
    "an extra column": (STUDIES, r"\A(.*)\n", r"\1,mood\n", "line 1", "there is an unknown column 'mood'", "there is: "),
    "columns in another order": (STUDIES, r"\Akey,design", "design,key", "line 1", "the columns are in another order", "the header is: "),
    "semicolons": (STUDIES, r"(?s)\A.*\Z", lambda text: text[0].replace(",", ";"), "line 1", "cells are separated by semicolons", "separate them by commas"),
    "tabs for commas": (STUDIES, r"(?s)\A.*\Z", lambda text: text[0].replace(",", "\t"), "line 1", "cells are separated by tabs", "separate them by commas"),
    "an empty file": (STUDIES, r"(?s)\A.*\Z", "", "line 1", "the column 'key' is missing", "the header is: key,design"),
    "a ragged row": (EFFECTS, r"\n(\w+),(.*)\n", r"\n\1,\2,more\n", "line 2", "it has 12 cells where the header has 11", "in double quotes"),
    "a study twice": (STUDIES, r"\n(.*)\n", r"\n\1\n\1\n", "line 3", "stands here twice", "keep one of the two"),
    "an effect twice": (EFFECTS, r"\n(.*)\n", r"\n\1\n\1\n", "line 3", "stands here twice", "keep one of the two"),
    "an effect of an unknown study": (EFFECTS, r"\n(\w+),", r"\n\1x,", "line 2", "no study '", "did you mean '"),
    "an unknown status": (EFFECTS, r",seen\n", ",sene\n", "line", "the status is 'sene'", "write seen or retracted"),
    "a word for a value": (EFFECTS, r"\n(\w+),(\w+),([^,]*),", r"\n\1,\2,many,", "line 2", "value is 'many'", "write a number with a decimal point"),
    "no number for a value": (EFFECTS, r"\n(\w+),(\w+),([^,]*),", r"\n\1,\2,nan,", "line 2", "value is 'nan'", "write a number with a decimal point"),
    "a value without end": (EFFECTS, r"\n(\w+),(\w+),([^,]*),", r"\n\1,\2,inf,", "line 2", "value is 'inf'", "write a number with a decimal point"),
    "an open quote in the header": (STUDIES, r"\Akey", '"key', "line", "it is not CSV", "close every quote"),
    "a decimal comma": (EFFECTS, r"\n(\w+),(\w+),([^,]*),", r'\n\1,\2,"1,5",', "line 2", "value is '1,5'", "write a number with a decimal point"),
    "an unknown design": (STUDIES, r",randomised trial,", ",randomized trial,", "line", "no design 'randomized trial'", "did you mean 'randomised trial'?"),
    "a study withdrawn by nobody": (STUDIES, r'"Retracted and replaced by its authors[^"]*"', "Retracted", "line", "does not say by whom", "write it like"),
    "a number of nobody": (EFFECTS, r",adults[^,]*,", ",,", "line", "population is empty", "say in whom it was seen"),
    "a retracted number of a study that stands": (EFFECTS, r",seen\n", ",retracted\n", "line 2", "it is retracted, and 'cuijpers_2020' was", "who withdrew"),
    "a withdrawn number that passes for one that stands": (EFFECTS, r"^(hollon_2014,.*),retracted$", r"\1,seen", "line", "it is seen, and 'hollon_2014' was",
                                                           "write retracted"),
    # References
    "no list of references": (REFERENCES, r"(?s)\A.*\Z", "{}", "file", "it is not a list", "between [ and ]"),
    "references that are no JSON": (REFERENCES, r'"type": ', '"type" ', "line 4", "it is not JSON", "compare this line"),
    "an item that is no reference": (REFERENCES, r"\A\[", '["kuyken_2015", ', "item 1", "it is no reference", 'write { "id"'),
    "a reference without an id": (REFERENCES, r'  "id": "aap_2019",\n', "", "item 1.id", "it is missing", "add this key"),
    "a reference without an author": (REFERENCES, r'  "author": .*\n', "", "aap_2019.author", "it is missing", "add this key"),
    "a reference twice": (REFERENCES, r'"id": "acog_2023"', '"id": "aap_2019"', "aap_2019", "this id stands here twice", "keep one of the two"),
    "a misspelt key of a reference": (REFERENCES, r'"container-title"', '"container_title"', ".container_title", "no such key", "'container-title'?"),
    "a number for a volume": (REFERENCES, r'"volume": "176"', '"volume": 176', "acp_2023.volume", "it is 176", "write a text in quotes"),
    "a word for a year": (REFERENCES, r"\[\[2019\]\]", '[["soon"]]', "aap_2019.issued", 'it is {"date-parts": [["soon"]]}', 'write {"date-parts": [[2015]]}'),
    "a year that cannot be": (REFERENCES, r"\[\[2019\]\]", "[[20199]]", "aap_2019.issued", "20199", 'write {"date-parts": [[2015]]}'),
    "an unknown type": (REFERENCES, r'"article-journal"', '"article"', "aap_2019", "'type' is 'article'", "did you mean 'article-journal'?"),
    "an author without a name": (REFERENCES, r'\{"family": "Wolraich"\}', "{}", "aap_2019.author[1]", "the author has no name", '{"family": "Kuyken"}'),
    "others before the first": (REFERENCES, r'\{"family": "Wolraich"\}, ', "", "aap_2019", "the authors cannot be read", "may only stand last"),
    "a reference without a place": (REFERENCES, r'  "container-title": "Pediatrics",\n', "", "aap_2019", "neither a title nor a journal", "add title"),
    "a reference that nobody can find": (REFERENCES, r',\n  "DOI": "10.1542/peds.2019-2528"', "", "aap_2019", "it has no DOI, PMID or URL", "find one"),
    "a study without a reference": (STUDIES, r"\nkuyken_2015,", "\nkuyken_2016,", "line", "'kuyken_2016' has no reference", "did you mean 'kuyken_2015'?"),
    # Safety
    "a misspelt key of a fact": (SAFETY, r"^action = ", "actions = ", "facts.antidepressant-suicidality.actions", "no such key", "did you mean 'action'?"),
    "an unknown source of a fact": (SAFETY, r'^sources = \["\w+"\]', 'sources = ["fluoxetine_lable"]', "facts.", "no study 'fl", "'fluoxetine_label'?"),
    "a fact without a source": (SAFETY, r"^sources = .*", "sources = []", "facts.antidepressant-suicidality", "it names no source", "name the studies"),
    "a fact that says nothing": (SAFETY, r'^fact = ".*"', 'fact = ""', "facts.antidepressant-suicidality", "a text is empty", "fill in fact"),
    "a fact's number of another study": (SAFETY, r'^fact = "', r"\g<0>{wiles_2013.response_both} ", "suicidality.sources", "the study of 'wiles", "add it"),
    "an unknown number in a fact": (SAFETY, r'^fact = "', r"\g<0>{wiles_2013.response_bot} ", "suicidality.fact", "no number 'wiles", "did you mean 'wiles"),
    "a withdrawn number in a fact": (SAFETY, r'^fact = "', rf"\g<0>{{{RETRACTED}}} ", "suicidality.fact", "comes from a withdrawn version", "only the story"),
    "a number without a source in a fact": (SAFETY, r'^fact = "', r"\g<0>It helps 46 %. ", "suicidality.fact", "has no source", "say it without a number"),
    "an unknown document to read again": (SAFETY, r'^reread = "\w+"', 'reread = "lamotrigine_lable"', "rash.reread", "no study", "lamotrigine_label"),
    "a document without its days": (SAFETY, r"^dea_2025 = .*\n", "", "documents", "'dea_2025' is to be read again and has no date", "add dea_2025"),
    "days of no document": (SAFETY, "^dea_2025 = ", "x_2024 = { checked = 2026-01-01, until = 2026-02-01 }\ndea_2025 = ", "documents.x_2024", "no fact", ""),
    "a last day before the first": (SAFETY, r"until = 2026-12-31", "until = 2026-11-01", "documents.dea_2025", "'until' is not after", "write the day"),
    "a text for a day": (SAFETY, r"until = 2026-12-31", 'until = "soon"', "documents.dea_2025.until", "it is the text 'soon'", "write a date without quotes"),
    "a study's key with a space": (STUDIES, r"\n(\w+),", r"\nKroenke 2001,", "line 2", "the key is 'Kroenke 2001'", "write it like kuyken_2015"),
    "a quote that is not closed in a row": (STUDIES, r"\n(\w+),", r'\n\1,"', "line", "it is not CSV", "close every quote"),
}  # fmt: skip


@pytest.fixture
def content(tmp_path):
    """A copy of the content to break: everything but the cases and questions of other modules, which would only take time."""
    for path in (*CONTENT.glob("*.toml"), *CONTENT.glob("evidence/*.*"), *(CONTENT / name for name in (CASE, PAIR, GRACE, FIRST, SECOND))):
        name = path.relative_to(CONTENT)
        if path.suffix in (".toml", ".csv", ".json"):
            (tmp_path / "content" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, tmp_path / "content" / name)
    return tmp_path / "content"


def broken(content, file, pattern, replacement):
    path = content / file
    before = path.read_text(encoding="utf-8")
    after = re.sub(pattern, replacement, before, count=1, flags=re.MULTILINE)
    assert after != before, "there is nothing to break"
    path.write_text(after, encoding="utf-8")
    return path


def expect(findings, file, where, problem, remedy):
    """One finding says it; every finding is one line of four parts."""
    for finding in findings:
        line = str(finding)
        assert "\n" not in line
        assert all((finding.file, finding.where, finding.problem, finding.remedy)), line
        assert line == f"{finding.file}: {finding.where}: {finding.problem}; {finding.remedy}"
    fitting = [f for f in findings if f.file == file and where in f.where and problem in f.problem and remedy in f.remedy]
    assert fitting, "\n".join(map(str, findings)) or "nothing was found"


@pytest.mark.parametrize("name", BROKEN)
def test_a_slip_is_named_with_its_place_and_its_remedy(content, name):
    file, pattern, replacement, where, problem, remedy = BROKEN[name]
    path = broken(content, file, pattern, replacement)
    for other in {CASE, PAIR, GRACE, FIRST, SECOND} - {file, *NEEDS.get(file, ())}:
        (content / other).unlink()  # only to be quick
    expect(list(check_content(content)), path.name, where, problem, remedy)


def test_the_copy_without_a_slip_has_no_finding(content):
    assert list(check_content(content)) == []


# ── What takes more than one stroke to break ──


def test_an_accepted_path_with_a_weak_step(content):
    """The first reasonable step on an accepted path becomes a weak one."""
    path = content / CASE
    text, case = path.read_text(encoding="utf-8"), tomllib.loads(path.read_text(encoding="utf-8"))
    reasonable = {option["key"] for scene in case["scenes"].values() for option in scene.get("options", []) if option["quality"] == "reasonable"}
    step = next(key for accepted in case["accepted"] for key in accepted["choices"] if key in reasonable)
    path.write_text(re.sub(rf'(key = "{step}"\ntext = .*\nquality = )"reasonable"', r'\1"weak"', text), encoding="utf-8")
    expect(list(check_content(content)), "dev.toml", "accepted[", f"'{step}' is weak", "only best and reasonable steps")


def test_a_path_that_is_too_long(content):
    scene = '\n[scenes.s{0}]\nweek = 1\ntitle = "T"\ntext = "X"\nquestion = "Q"\n[[scenes.s{0}.options]]\nkey = "on"\ntext = "X"\nquality = "best"\n' \
            'consequence = "C"\nbecause = "B"\ncites = ["simon_2013"]\nnext = "{1}"\n'  # fmt: skip
    path = content / CASE
    text = path.read_text(encoding="utf-8").replace('next = "two-weeks"', 'next = "s0"', 1)
    path.write_text(text + "".join(scene.format(n, f"s{n + 1}" if n < 12 else "two-weeks") for n in range(13)), encoding="utf-8")
    expect(list(check_content(content)), "dev.toml", "scenes", "decisions", "at most 12")


def test_a_pair_whose_answer_does_not_differ(content):
    """The other half, made a copy of the first in all but its name."""
    text = (content / "cases" / "grace.toml").read_text(encoding="utf-8")
    path = content / "cases" / "zoe.toml"
    path.write_text(text.replace('key = "grace"', 'key = "zoe"', 1).replace('contrast = { of = "hanna"', 'contrast = { of = "grace"', 1), encoding="utf-8")
    expect(list(check_content(content)), "zoe.toml", "contrast", "the best first option is the same as in 'grace'", "must change the answer")


def test_a_number_that_foresees_no_mistake(content):
    path = content / SECOND
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[[m05-q4.mistakes]]")] + text[text.index("[m05-q5]") :], encoding="utf-8")
    expect(list(check_content(content)), "05_depression.toml", "m05-q4", "it foresees no mistake", "add at least one [[m05-q4.mistakes]]")


@pytest.mark.parametrize(
    ("change", "problem", "remedy"),
    [
        ({"value": "99999"}, "99999 lies outside", "check the three numbers at the source"),
        ({"low": ""}, "the interval has only one end", "give both low and high, or neither"),
        ({"measure": "percents"}, "no measure 'percents'", "did you mean 'percent'?"),
    ],
)
def test_a_row_of_the_ledger_that_does_not_hold(content, change, problem, remedy):
    path = content / EFFECTS
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    number = next(number for number, row in enumerate(rows) if row["low"])
    rows[number] |= change
    write_rows(path, rows)
    expect(list(check_content(content)), "effects.csv", f"line {number + 2}", problem, remedy)


def test_a_reference_that_belongs_to_no_study(content):
    broken(content, STUDIES, r"\nhuijbers_2016,.*", "")
    expect(list(check_content(content)), "references.json", "huijbers_2016", "there is no such study in studies.csv", "did you mean '")


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("file", [CASE, SECOND, STUDIES, REFERENCES, "instruments.toml", SAFETY])
def test_a_file_that_cannot_be_read(content, file):
    (content / file).unlink()
    (content / file).mkdir()
    expect(list(check_content(content)), file.rpartition("/")[2], "file", "it cannot be read", "make it a readable file")


@pytest.mark.parametrize("file", [CASE, SECOND, EFFECTS, "syllabus.toml"])
def test_a_file_that_is_not_utf8(content, file):
    path = content / file
    path.write_bytes(path.read_bytes() + b"\n# caf\xe9\n")
    expect(list(check_content(content)), path.name, "line", "a character is not UTF-8", "save it as UTF-8")


@pytest.mark.parametrize("file", [STUDIES, REFERENCES, "instruments.toml", "syllabus.toml", "misconceptions.toml", SAFETY])
def test_a_file_that_is_missing(content, file):
    (content / file).unlink()
    (finding,) = {str(finding) for finding in check_content(content)}
    assert "there is no such file" in finding


def test_several_slips_are_named_in_one_go(content):
    broken(content, CASE, r"^age = .*", "age = true")
    broken(content, CASE, r"^week = 0", 'week = "zero"')
    broken(content, SECOND, r"^points = 2", 'points = "two"')
    assert [finding.where for finding in check_content(content)] == ["age", "scenes.intake.week", "m05-q2.points"]


def test_nothing_is_converted_behind_an_authors_back(content):
    """A number in quotes stays a text, and is refused wherever a number belongs."""
    for pattern in (r"^(age = )(\d+)", r"^(version = )(\d+)", r"^(week = )(\d+)"):
        broken(content, CASE, pattern, r'\1"\2"')
    assert [finding.problem for finding in check_content(content)] == ["it is the text '1'", "it is the text '27'", "it is the text '0'"]


# ── The command ──


def course(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "course.cli", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["text for a whole number", "an unknown next scene", "two correct options in a choice", "a tab in a text", "a question twice"])
def test_the_command_prints_one_line_and_says_1(content, name):
    file, pattern, replacement, where, problem, remedy = BROKEN[name]
    path = broken(content, file, pattern, replacement)
    done = course("check", path)
    assert (done.returncode, done.stderr) == (1, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"{path.name}: ")
    assert all(part in line for part in (where, problem, remedy))


def test_the_command_prints_the_same_as_json(content):
    file, pattern, replacement, *_ = BROKEN["text for a whole number"]
    done = course("check", "--json", broken(content, file, pattern, replacement))
    (finding,) = json.loads(done.stdout)
    assert finding == {"file": "dev.toml", "where": "scenes.intake.week", "problem": "it is the text 'zero'", "remedy": "write a whole number"}
    assert done.returncode == 1


def test_the_command_says_0_when_there_is_nothing_to_mend():
    done = course("check", CONTENT / CASE, CONTENT / SECOND)
    assert (done.returncode, done.stdout) == (0, "Nothing to mend.\n")


# ── One file ──


def test_a_file_that_stands_alone_is_read_itself(tmp_path):
    """What is read is the file that was named, and never the course's own in its place."""
    for number, name in enumerate((STUDIES, EFFECTS, REFERENCES, "syllabus.toml", "misconceptions.toml", "instruments.toml", SAFETY, CASE, SECOND)):
        path, broken_one = tmp_path / f"good-{number}" / name, tmp_path / f"broken-{number}" / name
        for each in (path, broken_one):
            each.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CONTENT / name, path)
        broken_one.write_text("nothing that fits")
        assert check_file(path) == [], name
        (finding,) = check_file(broken_one)
        assert finding.file == path.name


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_the_course_can_be_checked_by_its_name(name, tmp_path):
    """A copy of the content in which this table is broken; only its own slip is named."""
    content = shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    path = next(content.rglob(name))
    path.write_text("nothing that fits")
    (finding,) = check_file(path)
    assert finding.file == name


@pytest.mark.parametrize("name", ["gains.toml", "claims.toml", "courses.toml", "trials.csv"])
def test_a_table_that_names_rows_of_the_ledger_is_not_read_without_one(name, tmp_path):
    (finding,) = check_file(shutil.copy(CONTENT / "evidence" / name, tmp_path / name))
    assert (finding.file, finding.problem) == (name, "there is no ledger beside it")


def test_a_number_without_a_source_in_who_gains_is_found(tmp_path):
    shutil.copytree(CONTENT / "evidence", tmp_path / "evidence")
    path = broken(tmp_path, "evidence/gains.toml", r"Being in hospital", "46 % improved. Being in hospital")
    expect(check_file(path), "gains.toml", "rows[", "the number in '46 %' has no source (per cent)", "write {wiles_2013.response_both}")


def test_a_case_that_stands_alone_is_named_as_it_lies(tmp_path):
    path = tmp_path / "cases" / "dev.toml"
    path.parent.mkdir()
    path.write_text((CONTENT / CASE).read_text(encoding="utf-8").replace("{phq9}", "{phq8}", 1), encoding="utf-8")
    (finding,) = check_file(path)
    assert finding.file == "dev.toml"


@pytest.mark.parametrize("name", ["", "README.md", "effects.txt", "cases", "cases/notes.md", "pyproject.toml"])
def test_what_cannot_be_checked_is_said_with_what_can(tmp_path, name):
    (tmp_path / "cases").mkdir()
    path = tmp_path / name
    if not path.is_dir():
        path.write_text("words")
    (finding,) = check_file(path)
    assert finding.problem == "this is nothing that can be checked"
    assert "a notebook" in finding.remedy and "effects.csv" in finding.remedy


def test_the_command_says_2_when_there_is_no_such_file(tmp_path):
    done = course("check", tmp_path / "nobody.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("nobody.toml: there is no such file; give a path from this folder\n")


def test_checking_a_file_loads_neither_nbformat_nor_nbgrader():
    program = (
        "import sys\nfrom course.cli import main\nsys.argv = ['course', 'check', sys.argv[1]]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)"
    )
    for file in (CONTENT / CASE, CONTENT / SECOND):
        printed = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True).stdout
        assert printed.startswith("Nothing to mend.")
        assert not {"nbformat", "nbgrader", "numpy", "matplotlib", "ipywidgets", "anywidget"} & set(printed.split())
