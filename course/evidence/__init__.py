"""What has been published: studies, the numbers and findings read in them, the arms of trials, and figures of those numbers."""

from .records import Effect, Ledger, Statement, Study, ledger, statements

__all__ = ["Effect", "Ledger", "Statement", "Study", "ledger", "statements"]
