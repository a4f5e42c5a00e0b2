"""What an author does: tidy notebooks, check everything, release exercises, begin a new case or module."""
