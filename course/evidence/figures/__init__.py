"""Figures of published numbers: every value comes from the ledger by its key, or from trials pooled before the reader's eyes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "adding": ["AddingDrawing"],
        "claims": ["claim_map"],
        "forest": ["ForestDrawing", "forest_plot", "save_forest"],
        "funnel": ["funnel_plot"],
        "intervals": ["interval_plot"],
        "over_time": ["effects_over_time"],
        "people": ["icon_array"],
        "relapse": ["relapse_steps"],
    },
)
