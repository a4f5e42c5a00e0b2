"""Figures of the clinic: waits by group, the queue over time, and why full hurts. Artists that change are made once and moved."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "full": ["why_full_hurts"],
        "waits": ["WaitsDrawing", "save_waits"],
    },
)
