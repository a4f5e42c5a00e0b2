"""``explore("versus-what")``: an explorer by its name, as a page to play with or as plain text."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

from course.content.reading import NotFound, did_you_mean, shown
from course.controls import blocks as b
from course.controls.explorer import GUESS, Explorer, State, refined

#: name: (module, the record of its state). A module is loaded when its explorer is asked for.
EXPLORERS = {
    "versus-what": ("course.evidence.explorers.versus", "VersusWhat"),
    "who-gains": ("course.evidence.explorers.gains", "WhoGains"),
    "add-them-up": ("course.evidence.explorers.adding", "AddThemUp"),
    "dose-and-time": ("course.mechanisms.explorers.dose_and_time", "DoseAndTime"),
    "four-strands": ("course.mechanisms.explorers.strands", "FourStrands"),
    "fear-learning": ("course.mechanisms.explorers.fear", "FearLearning"),
    "skills-over-time": ("course.mechanisms.explorers.skills", "SkillsOverTime"),
    "prediction-payoff": ("course.mechanisms.explorers.payoff", "PredictionPayoff"),
    "three-doors": ("course.mechanisms.explorers.doors", "ThreeDoors"),
    "early-warning": ("course.mechanisms.explorers.warning", "EarlyWarning"),
    "target-map": ("course.mechanisms.explorers.target_map", "TargetMap"),
    "working-tuesday": ("course.mechanisms.explorers.day", "WorkingTuesday"),
    "order-machine": ("course.mechanisms.explorers.order_machine", "OrderMachine"),
    "waiting-room": ("course.clinic.explorers.waiting_room", "WaitingRoom"),
    "serotonin-plainly": ("course.mechanisms.explorers.serotonin", "SerotoninPlainly"),
    "twenty-five-minutes": ("course.clinic.explorers.visit", "TwentyFiveMinutes"),
    "staircase": ("course.evidence.explorers.staircase", "StaircaseState"),
}


def explore(name: str, as_text: bool = False, guess: Any = None, **settings: Any) -> None:
    """Open an explorer: predict first, then change one thing after another and watch what is said.

    ``explore("versus-what")``. The same as plain text, without a widget: ``explore("versus-what", as_text=True)`` says what to
    predict and the line to run next, such as ``explore("versus-what", as_text=True, guess=["first", "same", "second"])``; from
    there every setting can be written by its name: ``…, versus="therapy")``.
    """
    state = load(name)
    if as_text:
        print(explorer_text(state, guess, **settings))
        return
    from IPython.display import display

    display(Explorer(state).page)


def load(name: str) -> State:
    """An explorer's state, before anything was predicted."""
    if name not in EXPLORERS:
        raise NotFound(f"there is no explorer '{shown(name)}'; {did_you_mean(name, EXPLORERS)}")
    module, record = EXPLORERS[name]
    return getattr(import_module(module), record)()


def explorer_text(state: State, guess: Any = None, **settings: Any) -> str:
    """The text that :func:`explore` prints."""
    before = state.page()
    state = state if guess is None else state.guessed(guess)
    if state.guess is None:
        return f"{b.as_text(before)}\n\n{_how_to_guess(state, before)}"
    order = [control["name"] for control in _settings(state)["controls"]]  # what a later one offers depends on those before it
    for setting in sorted(settings, key=lambda each: order.index(each) if each in order else len(order)):
        state = state.changed({setting: _fitting(state, setting, settings[setting])})
    while finer := refined(state):
        state = finer
    return f"{b.as_text(state.page())}\n\n{_how_to_change(state)}"


def _settings(state: State) -> b.Block:
    return next(block for block in state.page() if block["is"] == "settings")


def _fitting(state: State, setting: str, value: Any) -> Any:
    """The value of a setting, if it is one that can stand there."""
    controls = {control["name"]: control for control in _settings(state)["controls"]}
    if setting not in controls:
        raise NotFound(f"there is no setting '{shown(setting)}'; {did_you_mean(setting, controls)}")
    read = b.chosen(_settings(state), {setting: value})[setting]
    kind, many = controls[setting]["is"], isinstance(value, (list, tuple))
    if (read == value and value is not True) or (kind == "slider" and type(value) in (int, float) and abs(value) < math.inf):
        return read
    if kind == "slider":
        low, high = controls[setting]["low"], controls[setting]["high"]
        raise NotFound(f"{setting} cannot be '{shown(value)}'; write a number from {low:g} to {high:g}")
    right = read if kind == "ticks" else []
    wrong = [each for each in value if each not in right] if many else [value]
    if kind == "ticks" and not wrong:
        return read
    wrong = shown(wrong[0] if wrong else value)
    raise NotFound(f"{setting} cannot be '{wrong}'; {did_you_mean(wrong, [key for key, _ in controls[setting]['options']])}")


def _how_to_guess(state: State, before: list[b.Block]) -> str:
    control = next(block for block in before if block.get("name") == GUESS)
    options = [key for key, _ in control.get("options", [])]
    places = options[:1] * len(control.get("items", []))
    example = {"places": places, "order": options, "choice": "".join(options[:1]), "number": 10}[control["is"]]
    example = repr(example).replace("'", '"')
    return f'To go on, write your guess and run the line again, as in: explore("{state.name}", as_text=True, guess={example})'


def _how_to_change(state: State) -> str:
    control = next(control for control in _settings(state)["controls"] if control["is"] == "menu")
    return f'To change a setting, add its name (in brackets above) with one of its values to the line, as in: {control["name"]}="{control["options"][-1][0]}"'
