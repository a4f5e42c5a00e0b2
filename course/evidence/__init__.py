"""What has been published: studies, the numbers read in them, and figures of those numbers."""

from .records import Effect, Ledger, Study, ledger

__all__ = ["Effect", "Ledger", "Study", "ledger"]
