"""Numbers without a source: ``bare_numbers(text, kind)`` gives every number about the world that carries no link.

Rule 4 of the course: a number about the world leads to the study it was read in. :data:`MUST_LINK` lists what counts as
such a number, a :class:`Pattern` each, with strings it must catch and strings it must spare; :data:`FREE` lists what may stand
by itself although it looks like one. Three kinds of text:

=========  ==================================================================================================
fact       lessons, reasons, claims, debriefs: every pattern holds
story      scenes, options and what follows them: doses, scores and weeks are the patient's own; results of trials are not free
given      questions on made-up numbers: free wherever a sentence works with a number that the question gives
=========  ==================================================================================================

``own`` holds the amounts of the made-up people: a dose, score or stretch of time that stands in a story may stand in its reasons too.

Not caught, because such words mostly round a number that stands linked beside them, or tell a story: fractions and multiples in
words ("a third", "half of them", "twice as many", "doubled"), small counts of each other ("two of three signs"), "a year",
"week 8" (the week of a story), ranges of whole numbers without brackets ("from 0 to 27", a scale), how many points a score fell
("4 points"), and a number that stands in another cell of a table than its name. A paragraph is free from the words "made-up",
"Suppose" or "Imagine" on, and so is a sentence that does arithmetic. Readers of a module look for these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import attrs

from course.cases.records import Case
from course.evidence import ledger
from course.evidence.records import BRACED
from course.questions import Question

from .notebooks import NUMBER_LINK

KINDS = ("fact", "story", "given")

_N = r"(?<![\w.,])[-−]?\d+(?:,\d{3})*(?:\.\d+)?"
_SMALL = "two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ROUND = f"ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:{_TENS})(?:-(?:one|{_SMALL}))?|a hundred|one hundred|a thousand|hundred|thousand"
_WORD = f"(?:one|{_SMALL}|{_ROUND})"
_OF = r"(?:\s(?:of|was|is|at|about|around|only|from|=)|\s?[=:]|,)*\s?"
_UNIT = r"(?:mg|g|µg|mcg|micrograms?|milligrams?|grams?|ml|mL|IU|mmol|mEq|nmol|µmol|ng|kg|cm)(?:/(?:kg|day|d|L|mL|ml|l|m2))*"
_SPAN = r"(?:hours?|days?|nights?|weeks?|months?|years?)"


@attrs.frozen
class Pattern:
    """What one kind of number looks like.

    ``catches`` and ``spares`` are strings that it must and must not catch. ``stories`` is true for results of research, which are
    never a story's own; ``patient`` for what may be somebody's own: a dose, a score, a stretch of time.
    """

    name: str
    regex: re.Pattern = attrs.field(converter=lambda text: re.compile(text, re.IGNORECASE))
    catches: tuple[str, ...]
    spares: tuple[str, ...]
    stories: bool = False
    patient: bool = False


#: Everything that must carry a link to the ledger.
MUST_LINK = (
    Pattern(
        "per cent",
        rf"{_N}\s?(?:%|per\s?cent\b|percentage points?\b)",
        ("46 %", "about 12.5%", "46 per cent", "46 percent", "9 percentage points", "−3 %", "1,200 %"),
        ("a few per cent", "percentages", "per cent of people"),
        stories=True,
    ),
    Pattern(
        "per cent in words",
        rf"\b{_WORD}\sper\s?cent\b",
        ("forty-six per cent", "ten percent", "Seventy per cent"),
        ("some per cent", "in per cent"),
        stories=True,
    ),
    Pattern(
        "ratio",
        rf"\b(?:(?-i:RR|OR|HR|IRR)|(?:risk|odds|hazard|rate|incidence)\sratios?|relative\srisk|ratio)\b{_OF}(?!1(?![.\d])){_N}",
        ("RR 1.27", "RR = 0.85", "OR: 2.5", "odds ratio of 2", "hazard ratio was 0.47", "a ratio of 1.27", "risk ratio 0.85", "relative risk of about 2"),
        ("an odds ratio above it", "the risk ratio", "or 3 of them are", "a ratio of 1 means"),
        stories=True,
    ),
    Pattern(
        "times as many",
        rf"(?:{_N}|\b(?:{_SMALL}|ten|twelve|twenty)\b)(?:\s?-?\s?times\s(?:as|more|less|higher|lower|greater|larger|the\s(?:risk|odds|hazard|chance|rate|number)|that|those|what)|-?\s?fold\b)",
        ("1.8 times as likely", "2.61 times those after stopping", "three times as many", "5-fold", "four-fold", "2 times the risk"),
        ("5 times 0.3", "1.5 times the square root", "several times as many", "three times a week", "four times this month", "twice as many"),
        stories=True,
    ),
    Pattern(
        "effect size",
        rf"(?:\b(?:SMD|(?:standardi[sz]ed\s)?mean\sdifferences?|(?:Hedges|Cohen)['’]s?\s[gd]|effect\ssizes?|correlations?|kappa|difference)\b{_OF}{_N})"
        rf"|(?<![\w'’])[gdr]\s?(?:[=:]|of\b|was\b|is\b)?\s?[-−]?\d?\.\d+",
        ("g 0.43", "g = 0.43", "d of 0.2", "r = .35", "SMD of -0.3", "standardised mean difference 0.43", "a correlation of 0.28", "an effect size of 0.5",
         "Hedges’ g of 0.4", "a difference of 1.8 points"),
        ("a difference", "effect sizes", "g and d", "the difference is small", "group 1.2"),
        stories=True,
    ),
    Pattern(
        "number needed to treat",
        rf"\bNN[TH]s?(?:\s?\((?:benefit|harm)\))?{_OF}{_N}|\bnumbers?\sneeded(?:\sto\s(?:treat|harm))?(?:\sfor\s[\w\s]{{1,40}}?)?{_OF}(?:{_N}|\b{_WORD}\b)"
        rf"|\b(?:{_N}|{_WORD})\s(?:people|patients|adults|children)\s(?:would\s)?(?:need|have|had)\s(?:to\sbe|to\shave\sbeen)\s(?:treated|given)"
        rf"|\btreat(?:ing)?\s(?:{_N}|{_WORD})\s(?:people|patients|adults)|\bfor\severy\s(?:{_N}|{_WORD})\s(?:people\s|patients\s)?treated",
        ("NNT 7", "an NNT of 7", "NNT = 4.2", "NNH was 20", "NNT(benefit) 4", "number needed to treat is 4", "number needed to treat of about seven",
         "number needed to harm: 25", "7 people need to be treated", "eight patients would have to be treated", "treat 7 people", "for every 8 treated"),
        ("the NNT", "number needed to treat", "NNT and its interval", "treat people well", "these people need to be treated kindly"),
        stories=True,
    ),
    Pattern(
        "interval",
        rf"{_N}\.?\s?%?\s?(?:to|–|—|-|and)\s?[-−]?\d+\.\d+|(?<![\w.])[-−]?\d+\.\d+\s?(?:to|–|—)\s?[-−]?\d"
        rf"|\(\s?(?!(?:19|20)\d\d)[-−]?\d[\d,.]*\s?%?\s?(?:to|–|—|,|;)\s?[-−]?\d[\d,.]*\s?%?\s?\)|\b(?:interval|CI)s?\b(?:\s(?:from|of|was|is|runs|between))*[\s,:]+{_N}\s?%?\s?(?:to|–|-|,|and)\s?[-−]?\d",
        ("1.14 to 1.37", "1.14–1.37", "0.5 - 1.2", "(3 to 9)", "(69 to 80 %)", "(1.14, 1.37)", "−0.3 to 1.2", "an interval from 3 to 9", "95 % CI 2–7",
         "between 0.8 and 1.2", "2 to 3.5"),
        ("from 0 to 27", "between 1 and 4", "(2015–2019)", "(1999, 2003)", "from 9 to 16", "2 to 4 people", "the interval", "weeks 0–8"),
        stories=True,
    ),
    Pattern(
        "x of y",
        rf"{_N}\s(?:out\s)?of\s(?:every\s|the\s)?\d[\d,]*\b|(?<![\w./])\d[\d,]*\s?/\s?\d[\d,]*(?![\w/])",
        ("23 of 32", "29 out of 100", "10 of every 100", "113/140", "1,200 of 11,910", "46 of the 100"),
        ("half of them", "one of 32 rows", "3 of your 4", "mg/kg", "question of 2"),
        stories=True,
    ),
    Pattern(
        "x of y in words",
        rf"\b{_WORD}\s(?:out\sof|of)\s(?:every\s)?(?:{_ROUND})\b|\b{_WORD}\sout\sof\s(?:every\s)?{_WORD}\b|\b{_WORD}\sin\s(?:every\s)?(?:three|four|five|six|seven|eight|nine|{_ROUND})\b(?!\s(?:{_SPAN[3:-1]})\b)",
        ("four of ten people", "eleven of twenty-eight", "nine out of ten", "two out of three", "one in eight", "three in four", "one in a hundred",
         "one in every ten"),
        ("two of her three jobs", "three of your four", "one of two drugs", "two in one", "three in a row", "one in the morning", "two of three signs"),
    ),
    Pattern(
        "rate",
        rf"{_N}\s(?:\w+\s){{0,2}}(?:per|in(?:\severy)?|for\severy)\s(?:\d[\d,]*|{_ROUND}\b|person)",
        ("5 per 1,000", "12 deaths per 100,000", "1 in 8", "3 in every 10", "2 per hundred", "7 per person-year"),
        ("per person", "3 sessions a week", "in 2016", "weeks 1 and 2 in turn"),
        stories=True,
    ),
    Pattern(
        "dose",
        rf"{_N}\s?-?\s?{_UNIT}(?![\w])",
        ("50 mg", "50mg", "a 50-mg tablet", "0.8 mmol/L", "5 mg/kg", "1.2 mEq/L", "20 µg", "3 kg", "50 to 200 mg", "2 g"),
        ("mg", "some mg", "5 groups", "10 minutes", "group 3", "2 gains"),
        patient=True,
    ),
    Pattern(
        "threshold",
        rf"(?:\b(?:above|below|under|exceeds?|cut-?offs?(?:\sof|\sat)?|thresholds?(?:\sof|\sat)?|at\sleast|at\smost)\s|[≥≤><]\s?)(?!(?:0|1)(?![\d.,]\d|\d)){_N}(?!\s?(?:{_SPAN[3:-1]}|minutes?|characters|words|lines|cells)\b)"
        rf"|{_N}\s(?:points\s)?(?:or|and)\s(?:more|higher|above|over|less|lower|below|fewer)\b|\bscores?\sof\s{_N}",
        ("PHQ-9 of 10 or more", "above 20", "below 5", "≥ 10", "a cut-off of 23", "at least 10 points", "20 points or more", "a score of 8",
         "under 0.6"),
        ("above 1", "below 0", "above all", "under way", "at least halved", "at most a week", "10 or so", "at least 6 cells"),
        patient=True,
    ),
    Pattern(
        "time",
        rf"{_N}(?:\s?(?:to|or|–|-)\s?\d+)?(?:\s|-){_SPAN}\b(?!-old|\sold|\sof\sage)",
        ("after 8 weeks", "for 6 months", "a 12-month follow-up", "within 24 hours", "6 to 12 weeks", "2 years later", "an 8-week course", "1 year"),
        ("week 8", "weeks 0–8", "an 18-year-old", "12 years of age", "8 years old", "six months", "90 minutes", "in 2016", "24/7"),
        patient=True,
    ),
    Pattern(
        "time in words",
        rf"\b(?:after|at|by|for|over|within|lasting|least)\s(?:(?:about|at\sleast|more\sthan|the\sfirst)\s)?(?:{_SMALL}|{_ROUND})(?:\s(?:to|or)\s{_WORD})?(?:\s|-){_SPAN}\b",
        ("after six months", "Over two years", "for at least twelve weeks", "within the first four weeks", "for six to nine months"),
        ("within a year", "six weeks on one chart", "two years ago", "eight months pregnant", "in three days"),
        patient=True,
    ),
    Pattern(
        "people and trials",
        rf"(?!(?:19|20)\d\d\s){_N}\s(?:(?!(?:and|at|between|by|for|from|in|of|or|to|with)\b)[\w-]+\s){{0,2}}"
        r"(?:people|patients|participants|adults|children|adolescents|veterans|women|men|trials|studies|reviews)\b",
        ("120 people in one centre", "292 adults", "101 trials", "36 randomised controlled trials", "11,910 participants"),
        ("two people", "trials", "people aged 20", "studies of 2016", "in 2016 people", "a spread of 5 between people"),
        stories=True,
    ),
    Pattern(
        "test of chance",
        r"\bp\s?(?:[<>=≤]|of\b|was\b|is\b)\s?0?\.\d+",
        ("p = 0.03", "p<.05", "P of 0.2", "p = .07"),
        ("p = ", "step 3", "up .5"),
        stories=True,
    ),
)  # fmt: skip


@attrs.frozen
class Free:
    """What may stand without a link, with examples of it."""

    name: str
    regex: re.Pattern = attrs.field(converter=re.compile)
    examples: tuple[str, ...]


#: What is free although it looks like a number about the world.
FREE = (
    Free(
        "names",
        r"\b(?:PHQ|GAD|PCL|BDI|CGI|HAM-?[AD]|SF|MADRS|AUDIT|ISI|QIDS|DSM|ICD|NG|CG|COVID|STAR|omega|type|item|5-HT)-?\s?\d+\w?\b(?:-\d\b)?|\b(?:988|911|999|112)\b|\b24/7\b"
        r"|\b(?:12|twelve)-step\b|\d\s?[×x]\s?\d",
        ("PHQ-9", "NG222", "DSM-5", "omega-3", "call or text 988", "call 911", "a 12-step group", "a 2×2 table", "open 24/7", "ICD-11 of 24"),
    ),
    Free(
        "years",
        r"(?<![\d,.])(?:19|20)\d\d\b(?!\s?(?:%|mg|of\b))",
        ("since 2016 people ask", "1999 to 2016", "(2014; 2016)"),
    ),
    Free(
        "ages",
        r"\b(?:aged?|ages)\s(?:of\s)?(?:about\s)?\d+(?:\s(?:to|and|or)\s(?:\d+|over|older|younger|above))?(?:\syears)?|\d+(?:\sto\s\d+)?(?:-|\s)years?(?:-|\s)(?:old|of\sage)s?\b",
        ("a person aged 65 and over", "ages 7 to 17 years", "an 18-year-old", "12 years of age", "25 to 40 years old"),
    ),
    Free(
        "round denominators",
        r"\b(?:[Oo]f|[Ii]n|[Aa]mong|[Ff]or|[Tt]reat(?:ing)?)\s(?:every\s|each\s)?(?:10|100|1,000)\s(?:such\s|treated\s)?(?:adults|children|outpatients|patients|people|veterans)\b",
        ("Of 100 people like her", "of 1,000 people with depression", "in every 100 patients"),
    ),
    Free(
        "things on the page",
        r"\b(?:question|part|step|page|card|chapter|module|session|table|figure|scene|visit|row|line)s?\s\d+\s(?:out\s)?of\s\d+|\babout\s\d+\sminutes\b|\bat\smost\s\d+\sof\sthem\b"
        r"|\b(?:four\sin\sfive|80\s%)\sof\s(?:your|its|the)\s(?:decisions|points)\b",
        ("question 2 of 8", "step 3 of 4", "about 80 minutes", "in at most 150 of them", "at least four in five of your decisions", "80 % of its points"),
    ),
    Free(
        "kinds of interval",
        r"\b(?:95|90|99|80)\s?%\s(?=(?:confidence\s|prediction\s|credible\s)?(?:interval|CI|limit)s?\b)",
        ("its 95 % interval", "the 95 % confidence interval", "a 90 % prediction interval"),
    ),
)

#: Words that open an example with made-up numbers: what follows in the same paragraph is free.
_MADE_UP = re.compile(r"\bmade-up\b|\bSuppose\b|\bImagine\b")
#: Signs of arithmetic before the reader's eyes: the numbers of such a sentence follow from those around it.
_ARITHMETIC = re.compile(r"\d\s(?:(?:minus|plus|divided\sby|multiplied\sby|times)\s(?:\d|the\ssquare)|−\s\d)|[÷×]|\bsquare\sroot\b")
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.)\s)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_AMOUNT = re.compile(rf"({_N}|\b{_WORD})(?:\s?-?\s?)({_UNIT}|{_SPAN})\b", re.IGNORECASE)
_DIGITS = ("one", *_SMALL.split("|"), "ten", "eleven", "twelve")
#: Addresses, code, pictures and comments: nothing that is read as a sentence.
_NOT_PROSE = re.compile(r"\]\([^)]*\)|`[^`]*`|<!--.*?-->|<[^>]*>|https?://\S+|^\s*\|?[-:| ]+\|?\s*$|^\s*\d+\.\s", re.DOTALL | re.MULTILINE)


def bare_numbers(text: str, kind: str, own: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Every number about the world in a text that no link leads from: the name of its pattern and the words it stands in.

    >>> bare_numbers("In one trial 46 % got better; [22 %](#wiles_2013.response_usual) did without.", "fact")
    [('per cent', '46 %')]
    >>> bare_numbers("She takes 50 mg.", "story")
    []
    """
    return list(_bare_numbers(text, kind, frozenset(own)))


@cache  # the same texts are looked at again each time that one file of the course has changed
def _bare_numbers(text: str, kind: str, given: frozenset[str]) -> tuple[tuple[str, str], ...]:
    own, found = set(given), []
    for paragraph in _PARAGRAPH.split(text):
        made_up = False
        for sentence in _SENTENCE.split(paragraph.replace("\n", " ")):
            made_up = made_up or bool(_MADE_UP.search(sentence))
            if kind == "given" and own & numbers_in(sentence):
                own |= numbers_in(sentence)  # what one sentence works out, the next may go on with
            elif not (made_up or _ARITHMETIC.search(without_links(sentence))):
                found += _hits(sentence, kind, own)
    return tuple(_longest(found))


def _hits(sentence: str, kind: str, own: set[str]) -> Iterator[tuple[str, str]]:
    prose = without_links(sentence)
    for pattern in MUST_LINK:
        if kind == "story" and not pattern.stories:
            continue
        for hit in pattern.regex.finditer(prose):
            if not (pattern.patient and amounts_in(hit[0]) <= own):
                yield pattern.name, hit[0].strip()


def _longest(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The hits without those that say the same, or stand inside a longer one."""
    found = list({words: (name, words) for name, words in reversed(found)}.values())[::-1]
    return [hit for hit in found if not any(hit[1] in words and hit[1] != words for _, words in found)]


def without_links(text: str) -> str:
    """The prose of a text: linked and braced numbers, addresses and code taken out, and what is free."""
    text = _NOT_PROSE.sub(" … ", BRACED.sub("…", NUMBER_LINK.sub("…", text)))
    for free in FREE:
        text = free.regex.sub("…", text)
    return text


def numbers_in(text: str) -> set[str]:
    """The numbers that a reader sees in a text, as digits: also those of its links and braces."""
    text = NUMBER_LINK.sub(r"\1", BRACED.sub(_printed, text))
    return {found[0].replace(",", "") for found in _NUMBER.finditer(text)}


def amounts_in(text: str) -> set[str]:
    """The doses and stretches of time in a text, each with its unit and in digits (``50 mg``, ``8 week``), and its other numbers."""
    text = NUMBER_LINK.sub(r"\1", BRACED.sub(_printed, text)).casefold()
    found = {f"{_as_digits(amount[1])} {amount[2].removesuffix('s')}" for amount in _AMOUNT.finditer(text)}
    return found | ({f"{float(number):g}" for number in numbers_in(_AMOUNT.sub(" ", text))})


def _as_digits(number: str) -> str:
    """``eight`` and ``8`` as the same digits; words above twelve stay as they are."""
    return str(_DIGITS.index(number) + 1) if number in _DIGITS else number.replace(",", "")


def _printed(brace: re.Match) -> str:
    return ledger()[brace[1]].number if brace[1] in ledger() else ""


# ── What holds numbers ───────────────────────────────────────────────────────────────────────────


def bare_in_question(question: Question) -> Iterator[tuple[str, str]]:
    """The numbers without a source in everything that a question says."""
    if not question.given:
        for text in (*question.asks, *question.explains):
            yield from bare_numbers(text, "fact")
        return
    ends = (end for field in question.fields.values() for end in (field.low, field.high))
    answers = [question.answer, *(mistake.answer for mistake in question.all_mistakes), *ends]
    figures = [f"{answer:g}" for answer in answers if isinstance(answer, (int, float))]
    own = set().union(*(amounts_in(text) | numbers_in(text) for text in (*question.asks, *figures)))
    for text in question.explains:
        yield from bare_numbers(text, "given", own)


def bare_in_case(case: Case) -> Iterator[tuple[str, str, str]]:
    """Where in a case a number stands without a source, and the number. What the story tells of its patient is free."""
    in_story, in_reasons = list(told(case)), list(said(case))
    own = set().union(*(amounts_in(text) | numbers_in(text) for _, text in in_story))
    for kind, texts in (("story", in_story), ("fact", in_reasons)):
        for where, text in texts:
            for name, words in bare_numbers(text, kind, own):
                yield where, name, words


def told(case: Case) -> Iterator[tuple[str, str]]:
    """The story itself: scenes, options and what follows from them."""
    yield "patient", f"{case.patient}. {case.opening} {case.content_note}"
    for scene in case.scenes.values():
        yield f"scenes.{scene.key}", scene.text
        for passage in scene.passages:
            yield f"scenes.{scene.key}.passages", passage.text
        for option in scene.options:
            yield f"scenes.{scene.key}.{option.key}", f"{option.text} {option.consequence}"


def said(case: Case) -> Iterator[tuple[str, str]]:
    """What a case says of the world: reasons, and its debrief."""
    for scene in case.scenes.values():
        for option in scene.options:
            yield f"scenes.{scene.key}.{option.key}.because", option.because
    for accepted in case.accepted:
        yield "accepted", accepted.trade_off
    debrief = case.debrief
    for point in debrief.turning_points:
        yield "debrief.turning_points", point.why
    yield "debrief.twin", f"{debrief.twin.says} {debrief.twin.instead}"
    yield "debrief.thousand", f"{debrief.thousand.title}. {debrief.thousand.outcome}. {debrief.thousand.says}"
    yield "debrief.take_along", debrief.take_along
