"""Questions about the whole graph of a case: does every path end, is every unsafe choice caught?

:func:`findings` lists what an author has to mend; :func:`every_path` plays them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean
from course.content.syllabus import modules
from course.evidence import ledger
from course.evidence.instruments import instruments
from course.evidence.records import BRACED

from .records import Case, Scene, case_keys, load_case
from .session import Refused, Session

MOST_DECISIONS = 12
#: Below this number of paths every one is played; above it, a sample.
MOST_PATHS = 50_000


def every_path(case: Case) -> Iterator[Session]:
    """Every play of the case from start to end, one finished session each."""

    def onward(choices: tuple[str, ...]) -> Iterator[Session]:
        session = Session(case, choices)
        if session.finished:
            yield session
        for option in session.options:
            yield from onward((*choices, option.key))

    return onward(())


def count_paths(case: Case) -> int:
    """An upper bound on the number of paths: conditions on options can only make them fewer."""
    counted: dict[str, int] = {}

    def below(key: str) -> int:
        if key not in counted:
            scene = case.scenes[key]
            counted[key] = 1 if scene.ends else sum(below(option.next) for option in scene.options)
        return counted[key]

    return below(case.start) * max(1, len(case.clinics))


def longest_path(case: Case) -> int:
    """The most decisions that any path can take."""
    longest: dict[str, int] = {}

    def below(key: str) -> int:
        if key not in longest:
            scene = case.scenes[key]
            longest[key] = 0 if scene.ends else 1 + max(below(option.next) for option in scene.options)
        return longest[key]

    return below(case.start)


def findings(case: Case, content: Path = CONTENT, path: Path | None = None) -> list[Finding]:
    """What does not hold over the whole case, one finding each; an empty list when all is well.

    ``path`` is where its file lies, if not among the content.
    """
    source = Source(None, path or content / "cases" / f"{case.key}.toml")
    found = [*_names(case, source, content), *_citations(case, source, content), *_graph(case, source)]
    if any(finding.problem.startswith(("a path comes back", "no scale")) for finding in found):
        return found  # nothing that walks the paths would end
    found += [*_length(case, source), *_rescues(case, source), *_states(case, source)]
    if any("best option is not open" in finding.problem for finding in found):
        return found  # no best path could be walked to its end
    found += [*_accepted(case, source), *_clinics(case, source), *_debrief(case, source), *_contrast(case, source, content)]
    return found


def _names(case: Case, source: Source, content: Path) -> Iterator[Finding]:
    """The module is there, the scales are, and scores begin inside them."""
    slugs = [module.slug for module in modules(content)]
    if case.module not in slugs:
        yield source.finding("module", f"no module '{case.module}'", did_you_mean(case.module, slugs))
    known = instruments()
    for scale in case.scales:
        if scale not in known:
            yield source.finding("scales", f"no scale '{scale}'", f"there is: {', '.join(known)}")
    for scene in case.scenes.values():
        for scale, score in scene.sets.items():
            if scale in known and known[scale].clamp(score) != score:
                tool = known[scale]
                yield source.finding(f"scenes.{scene.key}.sets", f"{scale} is {score}", f"the scale goes from {tool.low} to {tool.high}")


# ── The graph ────────────────────────────────────────────────────────────────────────────────────


def _graph(case: Case, source: Source) -> Iterator[Finding]:
    after = {key: {option.next for option in scene.options} for key, scene in case.scenes.items()}
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        ring = error.args[1]
        yield source.finding(f"scenes.{ring[0]}", "a path comes back to this scene", "lead it on to a later scene")
        return
    reached, waiting = set(), [case.start]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += after[key]
    for key in sorted(case.scenes.keys() - reached):
        yield source.finding(f"scenes.{key}", "no path leads to this scene", "let an option's next name it, or remove it")
    for scene in case.scenes.values():
        yield from _weeks(case, scene, source)


def _weeks(case: Case, scene: Scene, source: Source) -> Iterator[Finding]:
    for option in scene.options:
        later = case.scenes[option.next].week
        if later < scene.week:
            where = f"scenes.{scene.key}.{option.key}"
            yield source.finding(where, f"it leads from week {scene.week} back to week {later}", "weeks only go forward")


def _length(case: Case, source: Source) -> Iterator[Finding]:
    longest = longest_path(case)
    if longest > MOST_DECISIONS:
        yield source.finding("scenes", f"a path takes {longest} decisions", f"at most {MOST_DECISIONS}, so that a case can be finished in one sitting")


def _rescues(case: Case, source: Source) -> Iterator[Finding]:
    for scene in case.scenes.values():
        for option in scene.options:
            after = case.scenes[option.next]
            if option.quality == "unsafe" and not (after.rescue and after.options):
                where = f"scenes.{scene.key}.{option.key}"
                yield source.finding(where, f"this unsafe choice leads to '{after.key}', which does not catch it",
                                     "lead it to a scene with rescue = true and a safe way on")  # fmt: skip


def _states(case: Case, source: Source) -> Iterator[Finding]:
    """In every state that can be reached one best option is open, and each scale gets its first value once."""
    seen: set = set()
    conditions = [each for scene in case.scenes.values() for each in (*scene.passages, *scene.options)]
    asked_for = {fact for each in conditions for fact in (*each.when, *each.unless)}

    def walk(choices: tuple[str, ...]) -> Iterator[Finding]:
        session = Session(case, choices)
        scene = session.scene
        if session.arriving:
            for clinic in case.clinics:
                yield from walk((clinic,))
            return
        state = (scene.key, session.clinic, frozenset(session.remembered & asked_for), frozenset(session.scores))
        if state in seen:
            return
        seen.add(state)
        for scale, score in scene.sets.items():
            if session.scores[scale] != score:
                yield source.finding(f"scenes.{scene.key}.sets", f"{scale} already has a value here", "let options move it instead")
        if scene.ends and case.scales[0] not in session.scores:
            yield source.finding(f"scenes.{scene.key}", f"on some path {case.scales[0]} has no value by here", "give it one with sets, in the first scene")
        best = [option for option in session.options if option.quality == "best"]
        if not scene.ends and not best:
            there = f" in {session.clinic.title}" if session.clinic else ""
            yield source.finding(f"scenes.{scene.key}", f"on some path{there} its best option is not open", "take away its when, unless, needs or lacks")
            return
        if len(best) > 1:
            keys = " and ".join(option.key for option in best)
            yield source.finding(f"scenes.{scene.key}", f"{keys} are best at once in {session.clinic.title}", "let needs and lacks leave one of them open")
        for option in session.options:
            yield from walk((*choices, option.key))

    yield from walk(())


def _accepted(case: Case, source: Source) -> Iterator[Finding]:
    if len(case.accepted) < 2:
        yield source.finding("accepted", f"it has {len(case.accepted)} accepted paths", "give at least two good ones, with what each trades off")
    if len({path.choices for path in case.accepted}) < len(case.accepted):
        yield source.finding("accepted", "two accepted paths are the same", "let them differ in at least one decision")
    for number, path in enumerate(case.accepted, 1):
        where = f"accepted[{number}]"
        try:
            session = Session(case, path.choices)
        except Refused as error:
            yield source.finding(where, str(error), "write the choices of a path that can be played")
            continue
        if not session.finished:
            yield source.finding(where, f"the path stops at '{session.scene.key}'", "go on to an ending")
        for step in session.steps:
            if step.option.quality not in ("best", "reasonable"):
                yield source.finding(where, f"'{step.option.key}' is {step.option.quality}", "an accepted path has only best and reasonable steps")


def _clinics(case: Case, source: Source) -> Iterator[Finding]:
    """Where it matters where one works: a good path in each clinic, no danger behind a closed door, and another best path somewhere."""
    if not case.clinics:
        return
    for clinic in case.clinics:
        if not case.accepted_at(clinic):
            yield source.finding("accepted", f"no accepted path begins with '{clinic}'", "give one for each clinic")
    flagged = [scene for scene in case.scenes.values() if scene.red_flag]
    if not flagged:
        yield source.finding("scenes", "no scene has red_flag = true", "mark those in which a danger has to be seen")
    for scene in flagged:
        for option in scene.options:
            if option.needs or option.lacks:
                yield source.finding(f"scenes.{scene.key}.{option.key}", "a clinic can close this step on a red flag", "take away its needs and lacks")
    if len({best_path(case, clinic) for clinic in case.clinics}) < 2:
        yield source.finding("clinics", "the best path is the same in all of them", "let access change a step, or take the clinics away")


def best_path(case: Case, clinic: str = "") -> tuple[str, ...]:
    """The keys of the best options from the first visit to the end, in one clinic."""
    return tuple(step.option.key for step in Session(case, (clinic,) if clinic else ()).along_the_best().steps)


def _debrief(case: Case, source: Source) -> Iterator[Finding]:
    if len(case.debrief.turning_points) != 2:
        count = len(case.debrief.turning_points)
        yield source.finding("debrief.turning_points", f"it has {count} turning points", "name exactly two")
    for clinic in case.clinics or ("",):
        try:
            on_path = {step.scene.key for path in case.accepted_at(clinic)[:1] for step in Session(case, path.choices).steps}
        except Refused:
            continue  # the accepted path has its own finding
        if on_path and case.debrief.twin.scene not in on_path:
            first = f"the first accepted path at {clinic}" if clinic else "the first accepted path"
            yield source.finding("debrief.twin.scene", f"{first} does not pass this scene", "choose one that it passes")


# ── Citations and pairs ──────────────────────────────────────────────────────────────────────────


def _citations(case: Case, source: Source, content: Path) -> Iterator[Finding]:
    known = ledger(content)
    for scene in case.scenes.values():
        for option in scene.options:
            where = f"scenes.{scene.key}.{option.key}"
            if not option.cites:
                yield source.finding(f"{where}.cites", "this option cites nothing", "name the study behind its reason")
            for study in option.cites:
                yield from _known(lambda key=study: known.study(key), source, f"{where}.cites")
    for where, text in texts(case):
        for key in BRACED.findall(text):
            if where.endswith(AS_IT_STANDS):
                yield source.finding(where, f"'{{{key}}}' is shown here as it stands", "write words only, or put it into a text")
            elif "." in key:
                yield from _known(lambda key=key: known[key], source, where)
            elif key not in case.scales or not where.startswith(("scenes.", "contrast.")):
                remedy = f"in a scene write one of: {', '.join(case.scales)}; elsewhere, a number of the ledger"
                yield source.finding(where, f"no score '{key}' can be shown here", remedy)
            if key in known and known[key].status == "retracted":
                yield source.finding(where, f"'{key}' comes from a withdrawn version", "only the story of its retraction may show it")
    for group in case.debrief.thousand.groups:
        yield from _known(lambda key=group.rate: known[key], source, "debrief.thousand")
        if group.rate in known and known[group.rate].measure != "percent":
            yield source.finding("debrief.thousand", f"'{group.rate}' is no per cent", "name a number whose measure is percent")


def _known(look_up, source: Source, where: str) -> Iterator[Finding]:
    try:
        look_up()
    except NotFound as error:
        problem, _, remedy = str(error).partition("; ")
        yield source.finding(where, problem, remedy)


#: The ends of the places whose texts are shown as they stand, without scores or numbers filled in.
AS_IT_STANDS = ("title", "name", "patient", "content_note", "outcome", "label")


def texts(case: Case) -> Iterator[tuple[str, str]]:
    """Every text of a case with the place it stands in."""
    yield "title", case.title
    yield "name", case.name
    yield "patient", case.patient
    yield "opening", case.opening
    yield "content_note", case.content_note
    for scene in case.scenes.values():
        here = f"scenes.{scene.key}"
        yield f"{here}.title", scene.title
        yield f"{here}.text", scene.text
        yield f"{here}.question", scene.question
        yield from ((f"{here}.passages", passage.text) for passage in scene.passages)
        for option in scene.options:
            there = f"{here}.{option.key}"
            yield f"{there}.text", option.text
            yield f"{there}.consequence", option.consequence
            yield f"{there}.because", option.because
    if case.contrast:
        yield "contrast.fact", case.contrast.fact
    for path in case.accepted:
        yield "accepted.name", path.name
        yield "accepted.trade_off", path.trade_off
    for point in case.debrief.turning_points:
        yield "debrief.turning_points", point.why
    yield "debrief.twin.says", case.debrief.twin.says
    yield "debrief.twin.instead", case.debrief.twin.instead
    yield "debrief.thousand.title", case.debrief.thousand.title
    yield "debrief.thousand.outcome", case.debrief.thousand.outcome
    yield from (("debrief.thousand.label", group.label) for group in case.debrief.thousand.groups)
    yield "debrief.thousand.says", case.debrief.thousand.says
    yield "debrief.take_along", case.debrief.take_along


def _contrast(case: Case, source: Source, content: Path) -> Iterator[Finding]:
    """A contrast pair shares its first scene word for word, except for the declared fact."""
    if case.contrast is None:
        return
    if case.contrast.of not in case_keys(content):
        yield source.finding("contrast.of", f"no case '{case.contrast.of}'", f"there is: {', '.join(case_keys(content))}")
        return
    try:
        other = load_case(case.contrast.of, content)
    except ContentError:
        return  # the other file has its own findings
    mine, yours = _bare_first_scene(case), _bare_first_scene(other)
    if mine != yours:
        part = next(name for name in mine if mine[name] != yours[name])
        yield source.finding(f"scenes.{case.start}.{part}", f"it differs from the first scene of '{other.key}' in more than the fact",
                             "make both the same but for contrast.fact and the name")  # fmt: skip
    elif _best_keys(case.scenes[case.start]) == _best_keys(other.scenes[other.start]):
        yield source.finding("contrast", f"the best first option is the same as in '{other.key}'", "the one fact must change the answer")


def _best_keys(scene: Scene) -> list[str]:
    return [option.key for option in scene.options if option.quality == "best"]


def _bare_first_scene(case: Case) -> dict[str, str]:
    """The first scene without its fact and name."""
    scene = case.scenes[case.start]
    fact = case.contrast.fact if case.contrast else ""
    plain = lambda text: " ".join(text.replace(fact, "…", 1).replace(case.name, "…").split())  # noqa: E731
    return {
        "text": plain(scene.text),
        "question": plain(scene.question),
        "options": " ".join(f"{option.key}: {plain(option.text)}" for option in scene.options),
    }
