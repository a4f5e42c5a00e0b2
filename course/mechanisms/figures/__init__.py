"""Figures of the models, to be drawn at each change: their artists are made once and only moved afterwards."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "curves": ["Curve", "CurvesDrawing"],
        "day": ["DayDrawing", "Slot"],
        "days": ["DaysDrawing", "Line"],
        "doors": ["DoorsDrawing", "Passage"],
        "dose": ["DoseDrawing"],
        "panel": ["Panel"],
        "payoff": ["PayoffDrawing", "Way"],
        "reach": ["ReachDrawing"],
        "strands": ["StrandsDrawing"],
    },
)
