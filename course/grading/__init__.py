"""Marking what a learner wrote in a notebook."""
